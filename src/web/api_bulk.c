/* api_bulk: changes to many records, and merges, by REST. */
#include "base/i18n.h"
#include "record/job.h"
#include "record/merge.h"
#include "web/api.h"

/* The body, which may ask to be tried only. */
static json_t *
body_of(const MwRequest *request, const char *const *names, MwProblems *problems, GError **error)
{
    json_t *body = mw_api_object(request, names, problems, error);
    const json_t *dry = json_object_get(body, "dry_run");

    if (dry && !json_is_boolean(dry))
        mw_problems_add(problems, "dry_run", "not_a_choice", _("Send true or false."));
    return body;
}

/* {"run":"…": the bulk_change that can be undone; none of a dry run. */
static void
put_run(MwReply *reply, int64_t run, bool dry)
{
    if (dry)
        g_string_append(mw_reply_body(reply), "{\"run\":null");
    else
        g_string_append_printf(mw_reply_body(reply), "{\"run\":\"%" G_GINT64_FORMAT "\"", run);
    mw_reply_type(reply, "application/json");
}

/* ---- merging ------------------------------------------------------------------------ */

static GHashTable *
choices_of(const MwRequest *request, const json_t *object, MwProblems *problems)
{
    GHashTable *choices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const char *name;
    json_t *value;

    if (object && !json_is_object(object))
        mw_problems_add(problems, "choices", "not_an_object", _("Send an object of field and id."));
    json_object_foreach((json_t *)object, name, value)
    {
        const MwField *field = mw_entity_field(request->entity, name);
        int64_t id = mw_api_id(value);
        if (!field || !mw_merge_chooses(request->context, request->entity, field))
            mw_problems_add(problems, name, "unknown", _("There is no such field."));
        else if (id == 0)
            mw_problems_add(problems, name, "not_an_id", _("This is no id."));
        g_hash_table_insert(choices, g_strdup(name), g_memdup2(&id, sizeof id));
    }
    return choices;
}

static bool
reply_merged(const MwRequest *request, MwReply *reply, int64_t run, const MwMerge *merge, bool dry,
             GError **error)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, "bulk_change");
    g_autoptr(MwRecord) record = mw_record_read(request->context, entity, run, MW_LIVE, error);

    if (!record)
        return false;
    put_run(reply, run, dry);
    g_string_append_printf(mw_reply_body(reply),
                           ",\"survivor\":\"%" G_GINT64_FORMAT "\",\"changed\":%" G_GINT64_FORMAT
                           "}",
                           merge->survivor, mw_record_int(record, "changed"));
    return true;
}

static bool
merge(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    json_t *body =
        body_of(request, MW_NAMES("ids", "survivor", "choices", "dry_run"), problems, error);

    if (!body)
        return false;
    bool dry = json_is_true(json_object_get(body, "dry_run"));
    g_autoptr(GArray) ids =
        mw_api_ids(json_object_get(body, "ids"), "ids", 1, MW_MERGE_MAX, problems);
    g_autoptr(GHashTable) choices = choices_of(request, json_object_get(body, "choices"), problems);
    const MwMerge asked = { request->entity, ids, mw_api_id(json_object_get(body, "survivor")),
                            choices };
    json_decref(body);
    int64_t run =
        mw_problems_any(problems) ? 0 : mw_merge(request->context, &asked, problems, error);
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    if (dry)
        mw_reply_discard(reply);
    return run && reply_merged(request, reply, run, &asked, dry, error);
}

/* ---- changing many -------------------------------------------------------------------- */

/* The values as texts, as mw_api_input() understands them; what is no plain value is a problem. */
static char *
values_of(const MwRequest *request, const json_t *object, MwProblems *problems)
{
    json_t *texts = json_object(), *value;
    const char *name;

    json_object_foreach((json_t *)object, name, value)
    {
        const MwField *field = mw_entity_field(request->entity, name);
        char *text = json_is_string(value) || json_is_null(value)
                         ? NULL
                         : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        if (!field || !mw_actor_edits(request->context->actor, request->entity, field))
            mw_problems_add(problems, name, "unknown", _("There is no such field."));
        else if (json_is_object(value))
            mw_problems_add(problems, name, "not_a_text", _("Send a text."));
        else if (json_is_string(value))
            mw_api_is_plain(field, json_string_value(value), problems);
        json_object_set_new(texts, name,
                            json_string(text                    ? text
                                        : json_is_string(value) ? json_string_value(value)
                                                                : ""));
        free(text);
    }
    char *dumped = json_dumps(texts, JSON_COMPACT), *copy = g_strdup(dumped);
    free(dumped);
    json_decref(texts);
    return copy;
}

/* A dry run does the first of many too, and tells what came of these. */
static bool
begin_bulk(const MwRequest *request, const MwBulk *bulk, bool dry, int64_t *run, MwBulkState *state,
           GError **error)
{
    const MwContext *context = request->context;

    *run = mw_bulk_begin(context, bulk, error);
    state->records = bulk->ids->len;
    if (!*run)
        return false;
    if (dry || bulk->ids->len <= MW_BULK_AT_ONCE)
        return mw_bulk_go_on(context, *run, MW_BULK_AT_ONCE + 1, state, error);
    g_autofree char *payload = g_strdup_printf("{\"run\":\"%" G_GINT64_FORMAT "\"}", *run);
    return mw_job_add(context, "bulk", payload, context->now, error) != 0;
}

static bool
bulk(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    json_t *body =
        body_of(request, MW_NAMES("ids", "action", "values", "dry_run"), problems, error);
    MwBulkState state = { 0 };
    int64_t run = 0;

    if (!body)
        return false;
    const char *given = json_string_value(json_object_get(body, "action"));
    const char *const *actions = MW_NAMES("edit", "remove", "restore"), *action = NULL;
    for (; *actions && !action; actions++)
        action = g_strcmp0(given, *actions) == 0 ? *actions : NULL;
    if (!action)
        mw_problems_add(problems, "action", "not_a_choice", _("Choose edit, remove or restore."));
    bool dry = json_is_true(json_object_get(body, "dry_run"));
    g_autoptr(GArray) ids =
        mw_api_ids(json_object_get(body, "ids"), "ids", 1, MW_BULK_MAX, problems);
    g_autofree char *values = values_of(request, json_object_get(body, "values"), problems);
    const MwBulk asked = { request->entity, action, ids, values };
    json_decref(body);
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    if (!begin_bulk(request, &asked, dry, &run, &state, error))
        return false;
    if (dry)
        mw_reply_discard(reply);
    put_run(reply, run, dry);
    g_string_append_printf(
        mw_reply_body(reply),
        ",\"records\":%" G_GINT64_FORMAT ",\"checked\":%" G_GINT64_FORMAT
        ",\"changed\":%" G_GINT64_FORMAT ",\"skipped\":%" G_GINT64_FORMAT ",\"done\":%s}",
        state.records, state.checked, state.changed, state.skipped, state.done ? "true" : "false");
    return true;
}

const MwRoute mw_api_bulk_routes[] = {
    { MW_POST, "/api/v1/{entity}/merge", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, merge },
    { MW_POST, "/api/v1/{entity}/bulk", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, bulk },
    { .path = NULL },
};
