/* people_page: see people.h; a person of a deal beside the map, new people and relations, next steps, places. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "web/fields.h"
#include "web/form_input.h"
#include "web/people.h"
#include "web/routes.h"

enum { STEP_DAYS = 3, PLACES_MAX = 2 * MW_BUYING_PEOPLE_MAX };

/* ---- what is asked about --------------------------------------------------------------- */

/* The opportunity or account (or, for relations, contact) of the path. */
static MwRecord *
subject(const MwRequest *request, bool contacts, GError **error)
{
    const char *name = request->entity->name;

    if (!g_str_equal(name, "opportunity") && !g_str_equal(name, "account") &&
        !(contacts && g_str_equal(name, "contact")))
        return mw_fail_null(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    return mw_record_read(request->context, request->entity, request->id, MW_LIVE, error);
}

static const MwEntity *
entity_of(const MwRequest *request, const char *name)
{
    return mw_catalog_entity(request->context->catalog, name);
}

static int64_t
id_param(const MwRequest *request, const char *name)
{
    const char *text = mw_form_param(request, name);

    return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static bool
back_to_people(const MwRequest *request, MwReply *reply, const char *done)
{
    char path[MW_RECORD_PATH_SIZE];

    return mw_reply_done(reply, mw_people_path(request->entity, request->id, path), done);
}

static bool
refuse(const MwProblems *problems, GError **error)
{
    g_autofree char *text = mw_problems_text(problems);

    return mw_fail(error, MW_ERROR_INVALID, "%s", text);
}

static bool
edits(const MwRequest *request, const MwRecord *record)
{
    return mw_actor_may(request->context->actor, request->entity, MW_MAY_UPDATE) &&
           mw_actor_reaches(request->context->actor, record, MW_MAY_UPDATE);
}

/* ---- a person ------------------------------------------------------------------------------ */

static const char *const asked[] = { "role", "stance", "influence", "contact_owner", "note", NULL };

void
mw_people_put_relation_form(MwNode *node, const MwContext *context, int64_t account)
{
    const MwEntity *relation = mw_catalog_entity(context->catalog, "contact_relation");
    const MwField *kind = mw_entity_field(relation, "kind");
    static const char *const other_way[][2] = {
        { "-reports_to", N_("is the boss of") },
        { "-advises", N_("is advised by") },
        { "-former_boss_of", N_("worked in former times for") },
    };
    MwNode *form = mw_put_object(node, "relate_form"), *kinds = mw_put_list(form, "kinds");

    for (const MwChoice *choice = kind->choices; choice->key; choice++) {
        MwNode *item = mw_put_object(kinds, NULL);
        mw_put_text(item, "value", choice->key);
        mw_put_text(item, "label", _(choice->label));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(other_way); i++) {
        MwNode *item = mw_put_object(kinds, NULL);
        mw_put_text(item, "value", other_way[i][0]);
        mw_put_text(item, "label", _(other_way[i][1]));
    }
    if (account)
        mw_put_format(form, "lookup", "/lookup/contact?near=account.%" G_GINT64_FORMAT, account);
    else
        mw_put_text(form, "lookup", "/lookup/contact");
}

static void
put_person_facts(MwNode *node, const MwContext *context, const MwBuyingCentre *centre, guint i)
{
    const MwBuyingPerson *person = mw_buying_person(centre, i);
    MwNode *ties = mw_put_list(node, "ties");
    g_autofree char *age = mw_people_age(centre, person);
    char path[MW_RECORD_PATH_SIZE];

    mw_put_copy(node, "name", person->name);
    mw_put_copy(node, "job", person->job_title);
    mw_put_copy(node, "account", person->account);
    mw_put_copy(node, "age", age);
    mw_put_bool(node, "covered", person->covered || mw_buying_closed(centre));
    mw_put_bool(node, "elsewhere", mw_buying_elsewhere(centre, person));
    mw_put_int(node, "reach", person->reach);
    mw_put_format(node, "rank", "%.1f %%", 100 * person->rank);
    if (person->seen)
        mw_put_copy(
            node, "contact",
            mw_record_path(mw_catalog_entity(context->catalog, "contact"), person->contact, path));
    else
        mw_put_text(node, "contact", NULL);
    for (guint j = 0; j < centre->ties->len; j++) {
        const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, j);
        if (tie->from != i && tie->to != i)
            continue;
        MwNode *item = mw_put_object(ties, NULL);
        bool forward = tie->from == i;
        mw_put_text(item, "label", mw_people_tie_label(context, tie->kind, forward));
        mw_put_bool(item, "formal", tie->formal);
        mw_put_copy(item, "name", mw_buying_person(centre, forward ? tie->to : tie->from)->name);
        mw_put_format(item, "id", "%" G_GINT64_FORMAT, tie->id);
        mw_put_format(item, "of", "%" G_GINT64_FORMAT,
                      mw_buying_person(centre, tie->from)->contact);
    }
}

/* The fields of a person in the decision; `line` may be NULL. */
static bool
put_person_form(MwNode *node, const MwRequest *request, const MwRecord *line,
                const MwProblems *problems, bool typed, GError **error)
{
    const MwEntity *entity = entity_of(request, "opportunity_person");
    g_autoptr(MwTitles) links = mw_titles_new(request->context);
    MwNode *fields = mw_put_list(node, "fields");

    if (line)
        mw_titles_want_all(links, line);
    for (size_t i = 0; typed && asked[i]; i++) {
        const MwField *field = mw_entity_field(entity, asked[i]);
        const char *text = mw_form_text(request, field, "");
        MwValue value = MW_INT(text ? g_ascii_strtoll(text, NULL, 10) : 0);
        if (field->target)
            mw_titles_want(links, field, &value);
    }
    if (!mw_titles_read(links, error))
        return false;
    const MwFieldForm form = { request->context, links, line, problems, "" };
    for (size_t i = 0; asked[i]; i++) {
        const MwField *field = mw_entity_field(entity, asked[i]);
        if (mw_actor_edits(request->context->actor, entity, field))
            mw_field_put(mw_put_object(fields, NULL), &form, field,
                         typed ? mw_form_text(request, field, "") : NULL, typed);
    }
    return true;
}

static guint
person_number(const MwBuyingCentre *centre, int64_t contact)
{
    for (guint i = 0; i < centre->people->len; i++)
        if (mw_buying_person(centre, i)->contact == contact)
            return i;
    return MW_NOBODY_THERE;
}

/* The line of a deal that has this contact, NULL when there is none. */
static MwRecord *
line_of(const MwRequest *request, int64_t contact, GError **error)
{
    const MwEntity *entity = entity_of(request, "opportunity_person");
    g_autoptr(GError) local = NULL;
    g_autoptr(GPtrArray) lines = mw_record_details(request->context, entity, request->id, &local);

    if (!lines)
        g_propagate_error(error, g_steal_pointer(&local));
    for (guint i = lines ? lines->len : 0; i-- > 0;) /* the oldest: the details are newest first */
        if (mw_record_int(lines->pdata[i], "contact") == contact)
            return mw_record_copy(lines->pdata[i]);
    return NULL;
}

static bool
show(const MwRequest *request, MwReply *reply, const MwRecord *record, const MwProblems *problems,
     GError **error)
{
    g_auto(MwBuyingCentre) centre = { 0 };
    int64_t contact = g_ascii_strtoll(request->name, NULL, 10);
    bool deal = g_str_equal(request->entity->name, "opportunity");
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "person");
    char path[MW_RECORD_PATH_SIZE];
    g_autoptr(GError) local = NULL;

    if (!mw_buying_centre(request->context, record, 0, false, &centre, error))
        return false;
    guint i = person_number(&centre, contact);
    if (i == MW_NOBODY_THERE)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("This person is not there."));
    g_autoptr(MwRecord) line = deal ? line_of(request, contact, &local) : NULL;
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    bool changes = edits(request, record);
    mw_put_copy(root, "title", mw_buying_person(&centre, i)->name);
    mw_put_copy(node, "back", mw_people_path(request->entity, request->id, path));
    mw_put_format(node, "action", "/%s/%" G_GINT64_FORMAT "/people/%" G_GINT64_FORMAT,
                  request->entity->path, request->id, contact);
    put_person_facts(node, request->context, &centre, i);
    mw_put_bool(node, "member", line != NULL);
    mw_put_bool(node, "edits", deal && changes);
    mw_put_bool(
        node, "relates",
        mw_actor_may(request->context->actor, entity_of(request, "contact"), MW_MAY_UPDATE) &&
            mw_buying_person(&centre, i)->seen);
    mw_people_put_relation_form(node, request->context, centre.account);
    if (deal && changes && !put_person_form(node, request, line, problems, problems != NULL, error))
        return false;
    if (problems) {
        mw_reply_status(reply, 422);
        mw_reply_discard(reply);
    }
    return mw_reply_page(request, reply, "people/person", error);
}

static bool
show_person(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) record = subject(request, false, error);

    return record && show(request, reply, record, NULL, error);
}

/* The fields of the form as a line of the deal. */
static void
fill_line(const MwRequest *request, MwInput *line)
{
    const MwEntity *entity = mw_input_entity(line);

    for (size_t i = 0; asked[i]; i++) {
        const MwField *field = mw_entity_field(entity, asked[i]);
        const char *text = mw_form_text(request, field, "");
        if (text && mw_actor_edits(request->context->actor, entity, field))
            mw_input_set_field(line, field, text);
    }
}

/* Problems of the line under the names of its fields, as the form has them. */
static void
unprefix(const MwProblems *from, MwProblems *to)
{
    for (size_t i = 0; i < mw_problems_count(from); i++) {
        const MwProblem *problem = mw_problems_get(from, i);
        const char *dot = strrchr(problem->field, '.');
        mw_problems_add(to, dot ? dot + 1 : problem->field, problem->code, "%s", problem->message);
    }
}

static bool
save_person(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) record = subject(request, false, error);
    int64_t contact = g_ascii_strtoll(request->name, NULL, 10);
    const MwEntity *entity = entity_of(request, "opportunity_person");
    g_autoptr(MwProblems) problems = mw_problems_new(), told = mw_problems_new();
    g_autoptr(GError) local = NULL;

    if (!record)
        return false;
    if (!g_str_equal(request->entity->name, "opportunity"))
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    g_autoptr(MwRecord) line = line_of(request, contact, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    bool gone = mw_form_param(request, "_remove") != NULL;
    g_autoptr(MwInput) input = mw_input_new(request->entity);
    MwInput *detail = mw_input_add_detail(input, entity, line ? mw_record_id(line) : 0, gone);
    if (!gone)
        fill_line(request, detail);
    if (!line) {
        g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, contact);
        mw_input_set(detail, "contact", text);
    }
    g_autoptr(MwRecord) saved =
        mw_record_write(request->context, input, request->id, problems, error);
    if (!saved)
        return false;
    if (mw_problems_any(problems)) {
        unprefix(problems, told);
        return show(request, reply, record, told, error);
    }
    return back_to_people(request, reply, "saved");
}

/* ---- somebody new ---------------------------------------------------------------------------- */

static bool
show_new(const MwRequest *request, MwReply *reply, const MwRecord *deal, const MwProblems *problems,
         GError **error)
{
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "adding");
    const MwField *contact = mw_entity_field(entity_of(request, "opportunity_person"), "contact");
    g_autoptr(MwTitles) links = mw_titles_new(request->context);
    const MwFieldForm form = { .context = request->context,
                               .links = links,
                               .problems = problems,
                               .prefix = "",
                               .master = deal,
                               .optional = true }; /* or somebody new is named */
    char path[MW_RECORD_PATH_SIZE];

    mw_put_text(root, "title", _("Add a person"));
    mw_put_copy(node, "back", mw_people_path(request->entity, request->id, path));
    mw_put_format(node, "action", "/%s/%" G_GINT64_FORMAT "/people", request->entity->path,
                  request->id);
    mw_titles_only_seen(links);
    MwValue chosen = MW_INT(id_param(request, "contact"));
    mw_titles_want(links, contact, &chosen);
    if (!mw_titles_read(links, error))
        return false;
    MwNode *fields = mw_put_list(node, "contact");
    mw_field_put(mw_put_object(fields, NULL), &form, contact,
                 problems ? mw_form_text(request, contact, "") : NULL, problems != NULL);
    mw_put_copy(node, "new_name", mw_form_param(request, "new_name"));
    mw_put_copy(node, "new_job_title", mw_form_param(request, "new_job_title"));
    mw_put_bool(
        node, "creates",
        mw_actor_may(request->context->actor, entity_of(request, "contact"), MW_MAY_CREATE));
    mw_put_copy(node, "name_problem", problems ? mw_problems_of(problems, "name") : NULL);
    if (!put_person_form(node, request, NULL, problems, problems != NULL, error))
        return false;
    if (problems) {
        mw_reply_status(reply, 422);
        mw_reply_discard(reply);
    }
    return mw_reply_page(request, reply, "people/add", error);
}

static MwRecord *
deal_of(const MwRequest *request, GError **error)
{
    if (!g_str_equal(request->entity->name, "opportunity"))
        return mw_fail_null(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    return subject(request, false, error);
}

static bool
new_person(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) record = deal_of(request, error);

    return record && show_new(request, reply, record, NULL, error);
}

/* The contact that the form names, made when it is new; 0 with problems or on an error. */
static int64_t
contact_of_form(const MwRequest *request, const MwRecord *deal, MwProblems *problems,
                GError **error)
{
    const MwEntity *contact = entity_of(request, "contact");
    int64_t chosen = id_param(request, "contact");
    const char *name = mw_form_param(request, "new_name");

    if (chosen)
        return chosen;
    if (!name || !*name) {
        mw_problems_add(problems, "contact", "required", _("Choose a contact, or name a new one."));
        return 0;
    }
    g_autoptr(MwInput) input = mw_input_new(contact);
    mw_input_set(input, "name", name);
    mw_input_set(input, "job_title", mw_form_param(request, "new_job_title"));
    if (!mw_form_param(request, "new_outside") && !mw_record_is_null(deal, "account"))
        mw_input_set_value(input, mw_entity_field(contact, "account"),
                           MW_INT(mw_record_int(deal, "account")));
    g_autoptr(MwRecord) saved = mw_record_write(request->context, input, 0, problems, error);
    return saved && !mw_problems_any(problems) ? mw_record_id(saved) : 0;
}

static bool
add_person(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) record = deal_of(request, error);
    g_autoptr(MwProblems) problems = mw_problems_new(), told = mw_problems_new();
    g_autoptr(GError) local = NULL;

    if (!record)
        return false;
    int64_t contact = contact_of_form(request, record, problems, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (contact) {
        g_autoptr(MwInput) input = mw_input_new(request->entity);
        MwInput *line =
            mw_input_add_detail(input, entity_of(request, "opportunity_person"), 0, false);
        g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, contact);
        mw_input_set(line, "contact", text);
        fill_line(request, line);
        g_autoptr(MwRecord) saved =
            mw_record_write(request->context, input, request->id, problems, error);
        if (!saved)
            return false;
    }
    if (!mw_problems_any(problems))
        return back_to_people(request, reply, "saved");
    unprefix(problems, told);
    return show_new(request, reply, record, told, error);
}

/* ---- relations --------------------------------------------------------------------------------- */

/* Whose line it is: of the person at hand, unless the relation is told from the other side. */
static bool
relate(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) record = subject(request, true, error);
    int64_t person = g_ascii_strtoll(request->name, NULL, 10),
            other = id_param(request, "to_contact");
    int64_t removed = id_param(request, "_remove");
    const char *kind = mw_form_param(request, "kind");
    const MwEntity *contact = entity_of(request, "contact");
    const MwEntity *relation = entity_of(request, "contact_relation");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwInput) input = mw_input_new(contact);
    bool turned = kind && *kind == '-';
    char path[MW_RECORD_PATH_SIZE];

    if (!record)
        return false;
    int64_t of = removed ? id_param(request, "of") : turned ? other : person;
    MwInput *line = mw_input_add_detail(input, relation, removed, removed != 0);
    if (!removed) {
        g_autofree char *to = g_strdup_printf("%" G_GINT64_FORMAT, turned ? person : other);
        mw_input_set(line, "kind", turned ? kind + 1 : kind);
        mw_input_set(line, "to_contact", other ? to : NULL);
        mw_input_set(line, "strength", mw_form_param(request, "strength"));
    }
    if (!of)
        mw_problems_add(problems, "to_contact", "required", _("Choose a contact."));
    if (mw_problems_any(problems))
        return refuse(problems, error);
    g_autoptr(MwRecord) saved = mw_record_write(request->context, input, of, problems, error);
    if (!saved)
        return false;
    if (mw_problems_any(problems))
        return refuse(problems, error);
    return mw_reply_done(reply, mw_people_path(request->entity, request->id, path), "saved");
}

/* ---- next steps ----------------------------------------------------------------------------------- */

/* In a few days, and on no weekend. */
static char *
step_day(const MwContext *context)
{
    int64_t day = mw_date_of_instant(context->now, context->locale.zone) + STEP_DAYS;

    while (mw_date_weekday(day) > 5)
        day++;
    return mw_date_format(day, MW_CLOCK_ISO);
}

static bool
plan_step(const MwRequest *request, MwReply *reply, GError **error)
{
    static const char *const taken[] = { "type", "subject", "contact", "owner" };
    g_autoptr(MwRecord) record = subject(request, false, error);
    const MwEntity *activity = entity_of(request, "activity");
    g_autoptr(MwProblems) problems = mw_problems_new();

    if (!record)
        return false;
    bool deal = g_str_equal(request->entity->name, "opportunity");
    int64_t account = deal ? mw_record_int(record, "account") : request->id;
    g_autoptr(MwInput) input = mw_input_new(activity);
    g_autofree char *day = step_day(request->context);
    for (size_t i = 0; i < G_N_ELEMENTS(taken); i++) {
        const char *text = mw_form_param(request, taken[i]);
        if (text && *text)
            mw_input_set(input, taken[i], text);
    }
    if (account)
        mw_input_set_value(input, mw_entity_field(activity, "account"), MW_INT(account));
    if (deal)
        mw_input_set_value(input, mw_entity_field(activity, "opportunity"), MW_INT(request->id));
    if (!mw_form_param(request, "owner") && mw_actor_user(request->context->actor))
        mw_input_set_value(input, mw_entity_field(activity, "owner"),
                           MW_INT(mw_actor_user(request->context->actor)));
    mw_input_set(input, "due_on", day);
    mw_input_set(input, "done", "false");
    g_autoptr(MwRecord) saved = mw_record_write(request->context, input, 0, problems, error);
    if (!saved)
        return false;
    return mw_problems_any(problems) ? refuse(problems, error)
                                     : back_to_people(request, reply, "step");
}

/* ---- places ------------------------------------------------------------------------------------------ */

bool
mw_people_place_read(const char *text, int64_t *contact, int *x, int *y)
{
    char *end;
    long numbers[2];

    *contact = g_ascii_strtoll(text, &end, 10);
    for (size_t i = 0; i < 2; i++) {
        if (*end != ',')
            return false;
        numbers[i] = strtol(end + 1, &end, 10);
        if (numbers[i] < -MW_MAP_PLACE_MAX || numbers[i] > MW_MAP_PLACE_MAX)
            return false;
    }
    *x = (int)numbers[0];
    *y = (int)numbers[1];
    return *contact > 0 && !*end;
}

/* "at=CONTACT,X,Y" of each person that was moved; "reset" takes everybody back to where the program puts them. */
static bool
place(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) record = subject(request, false, error);
    g_auto(MwBuyingCentre) centre = { 0 };
    MwValue map = MW_INT(request->id);

    if (!record)
        return false;
    if (!edits(request, record))
        return mw_fail(error, MW_ERROR_DENIED, _("You have no right to do this."));
    if (mw_form_param(request, "reset"))
        return mw_store_run(request->context->store, "DELETE FROM map_position WHERE map = $1",
                            &map, 1, NULL, NULL, error) &&
               back_to_people(request, reply, "saved");
    if (!mw_buying_centre(request->context, record, 0, false, &centre, error))
        return false;
    for (size_t i = 0, n = 0; i < request->n_form; i++) {
        int64_t contact;
        int x, y;
        if (!g_str_equal(request->form[i].name, "at"))
            continue;
        if (!mw_people_place_read(request->form[i].value, &contact, &x, &y) || ++n > PLACES_MAX)
            return mw_fail(error, MW_ERROR_INVALID, _("This is no place on the map: %s"),
                           request->form[i].value);
        if (person_number(&centre, contact) != MW_NOBODY_THERE &&
            !mw_buying_place(request->context, request->id, contact, x, y, error))
            return false;
    }
    mw_reply_status(reply, 204);
    mw_reply_type(reply, "text/plain");
    return true;
}

#define PEOPLE "/{entity}/{id}/people"

const MwRoute mw_people_routes[] = {
    { MW_GET, PEOPLE "/new", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, new_person },
    { MW_POST, PEOPLE, MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, add_person },
    { MW_GET, PEOPLE "/{name}", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, show_person },
    { MW_POST, PEOPLE "/{name}", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, save_person },
    { MW_POST, PEOPLE "/{name}/relations", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, relate },
    { MW_POST, "/{entity}/{id}/steps", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, plan_step },
    { MW_POST, "/{entity}/{id}/map", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, place },
    { .path = NULL },
};
