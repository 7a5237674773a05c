/* gate: the evidence that a stage asks for, in the dialogue of a move: each with what supplies it. See board.h. */
#include "base/i18n.h"
#include "base/id.h"
#include "methods/opportunity.h"
#include "web/board.h"
#include "web/record.h"

enum { TASKS_SHOWN = 10 };

/* ---- what is missing ------------------------------------------------------------- */

/* What was typed just now no longer is, though it is not stored: only what the write has told counts. */
static bool
is_told(const MwProblems *problems, const MwMissing *missing)
{
    g_autofree char *text = mw_missing_text(missing);

    for (size_t i = 0; i < mw_problems_count(problems); i++)
        if (g_str_equal(mw_problems_get(problems, i)->message, text))
            return true;
    return false;
}

/* A look-up for each role in which not identified yet; `placed` has a bit for each that stands there already. */
static void
put_people(MwNode *node, const MwAsk *ask, const char *parameter, guint *placed)
{
    const MwRequest *request = ask->request;
    int64_t account = mw_record_int(ask->record, "account");
    const MwEntity *person = mw_catalog_entity(request->context->catalog, "opportunity_person");
    const MwChoice *roles = mw_entity_field(person, "role")->choices;
    const MwEntity *contact = mw_catalog_entity(request->context->catalog, "contact");
    bool creates = mw_actor_may(request->context->actor, contact, MW_MAY_CREATE);
    MwNode *people = mw_put_list(node, "people");
    g_auto(GStrv) asked = g_strsplit(parameter, ",", -1);

    for (char **key = asked; *key; key++) {
        const MwChoice *role = roles;
        while (role->key && !g_str_equal(role->key, g_strstrip(*key)))
            role++;
        guint bit = (guint)(role - roles);
        if (!role->key || *placed & 1U << bit)
            continue;
        *placed |= 1U << bit;
        MwNode *item = mw_put_object(people, NULL);
        mw_put_text(item, "role", role->key);
        mw_put_text(item, "label", _(role->label));
        mw_put_format(item, "prefix", "opportunity_person.n%u.", 900 + bit);
        /* Those of the account first. */
        if (account)
            mw_put_format(item, "near", "?near=account.%" G_GINT64_FORMAT, account);
        else
            mw_put_text(item, "near", NULL);
        if (!creates)
            mw_put_text(item, "create", NULL);
        else if (account)
            mw_put_format(item, "create", "/%s/new?account=%" G_GINT64_FORMAT, contact->path,
                          account);
        else
            mw_put_format(item, "create", "/%s/new", contact->path);
    }
}

/* The open tasks, those of one subject where the gate names one. */
static bool
put_tasks(MwNode *node, const MwRequest *request, const char *subject, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *activity = mw_catalog_entity(context->catalog, "activity");
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = activity, .filter = filter, .limit = TASKS_SHOWN };

    mw_filter_add(filter, mw_filter_test(mw_entity_field(activity, "opportunity"), MW_TEST_EQ,
                                         MW_INT(request->id)));
    mw_filter_add(filter,
                  mw_filter_test(mw_entity_field(activity, "type"), MW_TEST_EQ, MW_BORROW("task")));
    mw_filter_add(filter, mw_filter_test(mw_entity_field(activity, "done"), MW_TEST_EQ, MW_INT(0)));
    if (*subject)
        mw_filter_add(filter, mw_filter_test(mw_entity_field(activity, "subject"), MW_TEST_EQ,
                                             MW_BORROW(subject)));
    g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    if (!found)
        return false;
    MwNode *tasks = mw_put_list(node, "tasks");
    for (guint i = 0; i < found->len; i++) {
        MwNode *item = mw_put_object(tasks, NULL);
        mw_put_format(item, "id", "%" G_GINT64_FORMAT, mw_record_id(found->pdata[i]));
        mw_put_copy(item, "subject", mw_record_text(found->pdata[i], "subject"));
    }
    mw_put_copy(node, "did", found->len == 0 && *subject ? subject : NULL);
    return true;
}

static void
put_related(MwNode *node, const MwRequest *request, const char *name)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, name);

    if (entity && entity->master)
        mw_put_format(node, "href", "/%s/%" G_GINT64_FORMAT "?tab=%s", request->entity->path,
                      request->id, name);
    else if (entity)
        mw_put_format(node, "href", "/%s/new?opportunity=%" G_GINT64_FORMAT, entity->path,
                      request->id);
    else
        mw_put_text(node, "href", NULL);
}

static bool
put_item(MwNode *list, MwAsk *ask, const MwMissing *missing, guint *roles, GError **error)
{
    const MwRequest *request = ask->request;
    MwNode *item = mw_put_object(list, NULL), *inputs = mw_put_list(item, "inputs");
    const MwField *field = g_str_equal(missing->rule, "field")
                               ? mw_entity_field(request->entity, missing->parameter)
                               : NULL;

    bool stored = request->id != 0; /* what is only just being made has nothing beside it yet */
    g_autofree char *text = mw_missing_text(missing);

    mw_put_copy(item, "text", text);
    mw_put_bool(item, "file", stored && g_str_equal(missing->rule, "file"));
    if (mw_ask_may(ask, field)) {
        mw_ask_put_field(inputs, ask, field);
        g_ptr_array_add(ask->placed, (gpointer)field);
    }
    if (stored && g_str_equal(missing->rule, "related"))
        put_related(item, request, missing->parameter);
    else
        mw_put_text(item, "href", NULL);
    if (g_str_equal(missing->rule, "people"))
        put_people(item, ask, missing->parameter, roles);
    else
        mw_put_text(item, "people", NULL);
    if (stored && g_str_equal(missing->rule, "tasks"))
        return put_tasks(item, request, missing->parameter, error);
    mw_put_text(item, "tasks", NULL);
    mw_put_text(item, "did", NULL);
    return true;
}

static bool
put(MwNode *node, MwAsk *ask, GError **error)
{
    const MwField *reason = mw_entity_field(ask->request->entity, "move_reason");
    const MwContext *context = ask->request->context;
    g_autoptr(GPtrArray) missing = mw_opportunity_missing(context, ask->record, error);
    guint roles = 0;

    if (!missing)
        return false;
    MwNode *list = mw_put_list(node, "missing");
    bool lacks = false;
    for (guint i = 0; i < missing->len; i++) {
        if (!is_told(ask->problems, missing->pdata[i]))
            continue;
        lacks = true;
        if (!put_item(list, ask, missing->pdata[i], &roles, error))
            return false;
    }
    /* A reason stands in place of evidence; where it is asked for anyhow, it is among the fields. */
    bool overrides = lacks && mw_opportunity_may_override(context->actor) &&
                     mw_ask_may(ask, reason) && !mw_problems_of(ask->problems, "move_reason");
    if (overrides)
        g_ptr_array_add(ask->placed, (gpointer)reason);
    mw_put_bool(node, "overrides", overrides);
    mw_put_bool(node, "lacks", lacks);
    return true;
}

/* ---- what is supplied beside the record ---------------------------------------------- */

static bool
write_activity(const MwRequest *request, MwInput *input, int64_t id, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwRecord) record = mw_record_write(request->context, input, id, problems, error);

    if (!record)
        return false;
    if (!mw_problems_any(problems))
        return true;
    g_autofree char *text = mw_problems_text(problems);
    return mw_fail(error, MW_ERROR_INVALID, "%s", text);
}

/* "_task=5": that task is done. "_did=Subject": it was, and nobody has noted it before. */
static bool
keep_tasks(const MwRequest *request, bool *kept, GError **error)
{
    const MwEntity *activity = mw_catalog_entity(request->context->catalog, "activity");

    for (size_t i = 0; i < request->n_form; i++) {
        const MwParam *param = &request->form[i];
        bool did = g_str_equal(param->name, "_did");
        g_autoptr(MwInput) input = mw_input_new(activity);
        if (!did && !g_str_equal(param->name, "_task"))
            continue;
        mw_input_set(input, "done", "true");
        if (did) {
            mw_input_set(input, "type", "task");
            mw_input_set(input, "subject", param->value);
            mw_input_set_value(input, mw_entity_field(activity, "opportunity"),
                               MW_INT(request->id));
        }
        if (!write_activity(request, input, did ? 0 : mw_id_read(param->value), error))
            return false;
        *kept = true;
    }
    return true;
}

static bool
keep(const MwRequest *request, bool *kept, GError **error)
{
    size_t files = 0;

    if (request->n_uploads > 0 && !mw_files_keep(request, &files, error))
        return false;
    *kept = files > 0;
    return keep_tasks(request, kept, error);
}

const MwMoveAid mw_move_aids[] = {
    { "opportunity", put, keep },
    { NULL, NULL, NULL },
};
