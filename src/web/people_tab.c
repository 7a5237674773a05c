/* people_tab: see people.h; what the numbers say, and everybody in words. */
#include "base/clock.h"
#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "web/people.h"

/* Of a kind of finding, of the people in words; all where that is asked for. */
enum { RAIL_SHOWN = 6, TIES_SHOWN = 12, FINDINGS_SHOWN = 6, PEOPLE_SHOWN = 50 };

const char *
mw_people_path(const MwEntity *entity, int64_t id, char path[MW_RECORD_PATH_SIZE])
{
    mw_record_path(entity, id, path);
    g_strlcat(path, "?tab=people", MW_RECORD_PATH_SIZE);
    return path;
}

static char *
day_text(const char *day)
{
    int64_t days;

    return mw_date_parse(day, &days) ? mw_date_format(days, MW_CLOCK_LONG) : g_strdup(day);
}

char *
mw_people_age(const MwBuyingCentre *centre, const MwBuyingPerson *person)
{
    if (person->days < 0)
        return g_strdup(_("no contact yet"));
    if (mw_buying_closed(centre))
        return day_text(person->last);
    if (person->days == 0)
        return g_strdup(_("today"));
    return g_strdup_printf(mw_ngettext("%d day ago", "%d days ago", (unsigned long)person->days),
                           (int)person->days);
}

/* ---- findings -------------------------------------------------------------------------- */

static const struct {
    const char *label, *icon;
} kinds[] = {
    [MW_FINDING_ROLE] = { N_("Advisable roles"), "user-search" },
    [MW_FINDING_UNCOVERED] = { N_("Not covered"), "alert-triangle" },
    [MW_FINDING_SINGLE] = { N_("Single points of failure"), "link" },
    [MW_FINDING_WAY] = { N_("Ways to deciders"), "route" },
    [MW_FINDING_BLOCKER] = { N_("Blockers with reach"), "barrier-block" },
    [MW_FINDING_NEXT] = { N_("Talk to next"), "message-circle" },
};

static void
put_id(MwNode *node, const char *key, int64_t id)
{
    if (id)
        mw_put_format(node, key, "%" G_GINT64_FORMAT, id);
    else
        mw_put_text(node, key, NULL);
}

static void
put_finding(MwNode *items, const MwBuyingCentre *centre, const MwFinding *finding, bool acts)
{
    MwNode *item = mw_put_object(items, NULL);

    mw_put_copy(item, "text", finding->text);
    mw_put_copy(item, "reason", finding->reason);
    mw_put_bool(item, "urgent", finding->urgent);
    put_id(item, "about",
           finding->person == MW_NOBODY_THERE ? 0
                                              : mw_buying_person(centre, finding->person)->contact);
    if (!finding->step || !acts) {
        mw_put_text(item, "step", NULL);
        return;
    }
    MwNode *step = mw_put_object(item, "step");
    mw_put_text(step, "type", finding->step_type);
    mw_put_text(step, "icon", g_str_equal(finding->step_type, "visit") ? "map-pin" : "phone");
    mw_put_copy(step, "subject", finding->step);
    put_id(step, "contact",
           finding->step_person == MW_NOBODY_THERE
               ? 0
               : mw_buying_person(centre, finding->step_person)->contact);
    put_id(step, "owner", finding->step_owner);
}

/* Those of one kind (of missing roles first those that a gate asks for), from number `from` on, the urgent ones first; the number of the next kind's first. */
static guint
put_findings_of(MwNode *group, const MwBuyingCentre *centre, guint from, guint most, bool acts)
{
    MwFindingIs is = ((const MwFinding *)centre->findings->pdata[from])->is;
    bool asked = ((const MwFinding *)centre->findings->pdata[from])->urgent; /* by a gate */
    MwNode *items = mw_put_list(group, "items");
    guint end = from, n = 0;

    while (end < centre->findings->len &&
           ((const MwFinding *)centre->findings->pdata[end])->is == is &&
           (is != MW_FINDING_ROLE ||
            ((const MwFinding *)centre->findings->pdata[end])->urgent == asked))
        end++;
    for (int urgent = 1; urgent >= 0; urgent--)
        for (guint i = from; i < end && n < most; i++) {
            const MwFinding *finding = centre->findings->pdata[i];
            if (finding->urgent != urgent)
                continue;
            put_finding(items, centre, finding, acts);
            n++;
        }
    mw_put_text(group, "label",
                is == MW_FINDING_ROLE && asked ? _("Roles that the gate asks for")
                                               : _(kinds[is].label));
    mw_put_text(group, "icon", kinds[is].icon);
    mw_put_int(group, "left", end - from - n);
    return end;
}

static void
put_findings(MwNode *node, const MwRecordPage *page, const MwBuyingCentre *centre, bool all)
{
    const MwContext *context = page->request->context;
    bool acts = mw_actor_may(context->actor, mw_catalog_entity(context->catalog, "activity"),
                             MW_MAY_CREATE) &&
                mw_record_is_null(page->record, "deleted_at");
    MwNode *groups = mw_put_list(node, "groups");

    for (guint i = 0; i < centre->findings->len;)
        i = put_findings_of(mw_put_object(groups, NULL), centre, i,
                            all ? G_MAXUINT : FINDINGS_SHOWN, acts);
    mw_put_bool(node, "has_findings", centre->findings->len > 0);
}

/* ---- everybody in words ------------------------------------------------------------------- */

const char *
mw_people_tie_label(const MwContext *context, const char *kind, bool forward)
{
    static const char *const other_way[][2] = {
        { "reports_to", N_("Subordinate") },
        { "advises", N_("Adviser to them") },
        { "former_boss_of", N_("Former boss") },
    };

    for (size_t i = 0; !forward && i < G_N_ELEMENTS(other_way); i++)
        if (g_str_equal(kind, other_way[i][0]))
            return _(other_way[i][1]);
    return mw_buying_label(context, "contact_relation", "kind", kind);
}

/* "reports to: Li", and from the other side "Subordinate: Wang". */
static void
put_ties(MwNode *node, const MwContext *context, const MwBuyingCentre *centre, const bool *shown,
         guint person)
{
    MwNode *items = mw_put_list(node, "ties");
    guint n = 0;

    for (guint i = 0; i < centre->ties->len && n < TIES_SHOWN; i++) {
        const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
        if ((tie->from != person && tie->to != person) || !shown[tie->from] || !shown[tie->to])
            continue;
        bool forward = tie->from == person;
        MwNode *item = mw_put_object(items, NULL);
        mw_put_text(item, "label", mw_people_tie_label(context, tie->kind, forward));
        mw_put_copy(item, "name", mw_buying_person(centre, forward ? tie->to : tie->from)->name);
        n++;
    }
    mw_put_bool(node, "has_ties", n > 0);
}

static void
put_known_by(MwNode *node, const MwBuyingCentre *centre, guint person)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < centre->knows->len; i++) {
        const MwBuyingKnows *knows = &g_array_index(centre->knows, MwBuyingKnows, i);
        if (knows->person == person)
            g_string_append_printf(names, "%s%s", names->len ? _(", ") : "",
                                   g_array_index(centre->users, MwBuyingUser, knows->user).name);
    }
    mw_put_copy(node, "known_by", names->len ? names->str : NULL);
}

/* As a label with the tone that the catalog has for the choice. */
static void
put_stance(MwNode *node, const MwContext *context, const MwBuyingPerson *person)
{
    const MwChoice *choice =
        mw_entity_field(mw_catalog_entity(context->catalog, "opportunity_person"), "stance")
            ->choices;

    mw_put_text(node, "stance", person->stance ? person->stance : "unknown");
    mw_put_text(node, "sign", mw_people_sign(person));
    mw_put_text(node, "stance_label", _("stance unknown"));
    for (; person->stance && choice->key; choice++)
        if (g_str_equal(choice->key, person->stance)) {
            mw_put_text(node, "stance_name", _(choice->label));
            return;
        }
    mw_put_text(node, "stance_name", _("stance unknown"));
}

static void
put_person(MwNode *items, const MwRecordPage *page, const MwBuyingCentre *centre, const bool *shown,
           guint i)
{
    const MwBuyingPerson *person = mw_buying_person(centre, i);
    const MwContext *context = page->request->context;
    g_autofree char *age = mw_people_age(centre, person);
    MwNode *item = mw_put_object(items, NULL);

    mw_put_int(item, "id", person->contact);
    mw_put_copy(item, "name", person->name);
    mw_put_copy(item, "job", person->job_title);
    mw_put_copy(item, "account", person->account);
    mw_put_copy(item, "note", person->note);
    mw_put_bool(item, "departed", person->departed);
    mw_put_bool(item, "guest", !person->member);
    mw_put_copy(item, "roles", person->role_names);
    bool closed = mw_buying_closed(centre);
    g_autofree char *next = *person->next && !closed ? day_text(person->next) : NULL;
    mw_put_bool(item, "covered", person->covered || closed);
    mw_put_copy(item, "age", age);
    mw_put_copy(item, "next", next);
    mw_put_bool(item, "elsewhere", mw_buying_elsewhere(centre, person));
    if (person->influence)
        mw_put_int(item, "influence", person->influence);
    else
        mw_put_text(item, "influence", NULL);
    mw_put_bool(item, "has_reach", person->reach > 0);
    mw_put_int(item, "reach", person->reach);
    put_stance(item, context, person);
    put_ties(item, context, centre, shown, i);
    put_known_by(item, centre, i);
    mw_put_text(item, "owner", NULL);
    for (guint j = 0; j < centre->users->len; j++)
        if (g_array_index(centre->users, MwBuyingUser, j).id == person->owner)
            mw_put_copy(item, "ours", g_array_index(centre->users, MwBuyingUser, j).name);
}

static void
put_people(MwNode *node, const MwRecordPage *page, const MwBuyingCentre *centre, const bool *shown,
           bool all)
{
    MwNode *items = mw_put_list(node, "people");
    guint n = 0, guests = 0;

    for (guint i = 0; i < centre->people->len; i++)
        guests += shown[i] && !mw_buying_person(centre, i)->member;
    mw_put_int(node, "guests", guests);
    mw_put_format(node, "of_people", "/%s/%" G_GINT64_FORMAT "/people", page->entity->path,
                  centre->record);

    for (guint i = 0; i < centre->people->len; i++)
        if (shown[i] && (n++ < PEOPLE_SHOWN || all))
            put_person(items, page, centre, shown, i);
    mw_put_int(node, "left", all ? 0 : n - MIN(n, PEOPLE_SHOWN));
    mw_put_format(node, "whole", "/%s/%" G_GINT64_FORMAT "?tab=people&days=%u&all=1",
                  page->entity->path, centre->record, centre->days);
}

/* ---- the tab ---------------------------------------------------------------------------------- */

static unsigned
days_of(const MwRequest *request)
{
    const char *text = mw_query_param(request, "days");
    gint64 days = text ? g_ascii_strtoll(text, NULL, 10) : 0;

    return days > 0 && days <= MW_COVERAGE_DAYS_MAX ? (unsigned)days
                                                    : request->context->settings->coverage_days;
}

/* The usual ones, what the company has set, and what was asked for. */
static void
put_days(MwNode *node, const MwRecordPage *page, const MwBuyingCentre *centre)
{
    unsigned offered[] = { 14,          30, 60, 90, page->request->context->settings->coverage_days,
                           centre->days };
    MwNode *items = mw_put_list(node, "day_choices");

    for (unsigned last = 0, next;; last = next) {
        next = G_MAXUINT;
        for (size_t i = 0; i < G_N_ELEMENTS(offered); i++)
            if (offered[i] > last)
                next = MIN(next, offered[i]);
        if (next == G_MAXUINT)
            return;
        MwNode *item = mw_put_object(items, NULL);
        mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT "?tab=people&days=%u",
                      page->entity->path, centre->record, next);
        mw_put_int(item, "days", next);
        mw_put_bool(item, "active", next == centre->days);
    }
}

static void
put_actions(MwNode *node, const MwRecordPage *page, const MwBuyingCentre *centre)
{
    const MwContext *context = page->request->context;
    bool deal = g_str_equal(page->entity->name, "opportunity");
    const MwEntity *contact = mw_catalog_entity(context->catalog, "contact");
    bool live = mw_record_is_null(page->record, "deleted_at");
    bool edits = live && mw_actor_may(context->actor, page->entity, MW_MAY_UPDATE) &&
                 mw_actor_reaches(context->actor, page->record, MW_MAY_UPDATE);

    mw_put_bool(node, "arranges", edits);
    mw_put_bool(node, "closed", mw_buying_closed(centre));
    mw_put_bool(node, "relates", live && mw_actor_may(context->actor, contact, MW_MAY_UPDATE));
    mw_put_bool(node, "deal", deal);
    mw_put_format(node, "steps", "/%s/%" G_GINT64_FORMAT "/steps", page->entity->path,
                  centre->record);
    if (deal && edits)
        mw_put_format(node, "create", "/%s/%" G_GINT64_FORMAT "/people/new", page->entity->path,
                      centre->record);
    else if (!deal && live && mw_actor_may(context->actor, contact, MW_MAY_CREATE))
        mw_put_format(node, "create", "/%s/new?account=%" G_GINT64_FORMAT, contact->path,
                      centre->record);
    else
        mw_put_text(node, "create", NULL);
}

bool
mw_people_put(MwNode *node, MwRecordPage *page, GError **error)
{
    g_auto(MwBuyingCentre) centre = { 0 };

    if (!mw_buying_centre(page->request->context, page->record, days_of(page->request), true,
                          &centre, error))
        return false;
    g_autofree bool *shown = mw_people_shown(&centre);
    bool all = mw_query_param(page->request, "all") != NULL;
    mw_people_lay_out(&centre, shown);
    mw_put_bool(node, "any", centre.people->len > 0);
    mw_put_bool(node, "more", centre.more);
    mw_put_int(node, "members", centre.members);
    mw_put_int(node, "covered_n", centre.covered);
    mw_put_int(node, "key", centre.key);
    mw_put_int(node, "key_covered", centre.key_covered);
    mw_put_bool(node, "key_open", centre.key_covered < centre.key);
    put_days(node, page, &centre);
    put_actions(node, page, &centre);
    put_findings(node, page, &centre, all);
    put_people(node, page, &centre, shown, all);
    if (centre.people->len > 0)
        mw_people_put_map(node, page, &centre, shown);
    else
        mw_put_text(node, "map", NULL);
    return true;
}

/* ---- a contact's ------------------------------------------------------------------------------- */

static bool
put_lines(MwNode *node, const MwRecordPage *page, const char *key, const char *name, GError **error)
{
    const MwContext *context = page->request->context;
    const MwEntity *detail = mw_catalog_entity(context->catalog, name);
    g_autoptr(GPtrArray) fields = mw_fields_seen(context, detail, detail->list);
    g_autoptr(GPtrArray) records =
        mw_record_details(context, detail, mw_record_id(page->record), error);
    MwNode *item = mw_put_object(node, key);
    MwTable table = { context, page->links, fields, NULL, "" };

    if (!records)
        return false;
    mw_table_narrow(fields, NULL, records);
    mw_put_text(item, "label", mw_entity_plural(detail));
    mw_put_text(item, "help", _(detail->help));
    return mw_table_put(item, &table, records, error);
}

static void
put_relation(MwNode *item, const MwRecordPage *page, const MwRecord *relation)
{
    const MwContext *context = page->request->context;
    bool forward = mw_record_int(relation, "contact") == mw_record_id(page->record);
    int64_t other = mw_record_int(relation, forward ? "to_contact" : "contact");
    char path[MW_RECORD_PATH_SIZE];

    mw_put_text(item, "label",
                mw_people_tie_label(context, mw_record_text(relation, "kind"), forward));
    mw_put_bool(item, "formal", mw_record_int(relation, "formal") != 0);
    mw_put_copy(item, "name", mw_titles_get(page->links, page->entity, other));
    mw_put_copy(item, "href", mw_record_path(page->entity, other, path));
    mw_put_copy(item, "note", mw_record_text(relation, "note"));
    mw_put_format(item, "id", "%" G_GINT64_FORMAT, mw_record_id(relation));
    put_id(item, "of", mw_record_int(relation, "contact"));
}

/* Both ways; the filter of the actor's rights holds for either. `limit` 0: as many as a page has. */
static bool
put_relations(MwNode *node, const MwRecordPage *page, unsigned limit, bool *more, GError **error)
{
    const MwContext *context = page->request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "contact_relation");
    const MwField *from = mw_entity_field(entity, "contact");
    const MwField *to = mw_entity_field(entity, "to_contact"),
                  *kind = mw_entity_field(entity, "kind");
    g_autoptr(MwFilter) either = mw_filter_any();
    MwValue id = MW_INT(mw_record_id(page->record));
    MwQuery query = { .entity = entity, .filter = either, .limit = limit };
    MwNode *items = mw_put_list(node, "ties");

    *more = false;
    mw_filter_add(either, mw_filter_test(from, MW_TEST_EQ, id));
    mw_filter_add(either, mw_filter_test(to, MW_TEST_EQ, id));
    if (!mw_actor_may(context->actor, entity, MW_MAY_READ) ||
        !mw_actor_sees(context->actor, entity, kind) || !mw_actor_sees(context->actor, entity, to))
        return true;
    g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, more, error);
    if (!found)
        return false;
    for (guint i = 0; i < found->len; i++)
        mw_titles_want_all(page->links, found->pdata[i]);
    if (!mw_titles_read(page->links, error))
        return false;
    for (guint i = 0; i < found->len; i++)
        put_relation(mw_put_object(items, NULL), page, found->pdata[i]);
    return true;
}

bool
mw_people_head(MwNode *node, MwRecordPage *page, GError **error G_GNUC_UNUSED)
{
    static const char *const shown[] = { "account", "job_title",       "mobile",
                                         "email",   "last_contact_on", "next_contact_on" };
    const MwContext *context = page->request->context;
    MwNode *items = mw_put_list(node, "known");

    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        const MwField *field = mw_entity_field(page->entity, shown[i]);
        if (!mw_actor_sees(context->actor, page->entity, field) ||
            mw_record_value(page->record, field)->is == MW_NULL)
            continue;
        MwNode *item = mw_put_object(items, NULL);
        mw_put_text(item, "label", mw_field_label(field));
        mw_cell_put(context, item, page->links, page->record, field, mw_cell_partial(field));
    }
    return true;
}

bool
mw_people_put_rail(MwNode *rail, const MwRecordPage *page, GError **error)
{
    MwNode *node = mw_put_object(rail, "relations");
    char path[MW_RECORD_PATH_SIZE];
    bool more;

    mw_put_copy(node, "tab", mw_people_path(page->entity, mw_record_id(page->record), path));
    mw_put_bool(node, "relates", false);
    if (!put_relations(node, page, RAIL_SHOWN, &more, error))
        return false;
    mw_put_bool(node, "more", more);
    return true;
}

bool
mw_people_put_contact(MwNode *node, MwRecordPage *page, GError **error)
{
    const MwContext *context = page->request->context;
    bool more;
    bool edits = mw_record_is_null(page->record, "deleted_at") &&
                 mw_actor_may(context->actor, page->entity, MW_MAY_UPDATE) &&
                 mw_actor_reaches(context->actor, page->record, MW_MAY_UPDATE);

    mw_put_bool(node, "edits", edits);
    mw_put_format(node, "edit", "/%s/%" G_GINT64_FORMAT "/edit", page->entity->path,
                  mw_record_id(page->record));
    mw_put_bool(node, "relates", edits);
    mw_put_format(node, "action", "/%s/%" G_GINT64_FORMAT "/people/%" G_GINT64_FORMAT,
                  page->entity->path, mw_record_id(page->record), mw_record_id(page->record));
    if (edits)
        mw_people_put_relation_form(node, context, mw_record_int(page->record, "account"));
    return put_relations(node, page, 0, &more, error) &&
           put_lines(node, page, "accounts", "contact_account", error) &&
           put_lines(node, page, "known", "acquaintance", error);
}
