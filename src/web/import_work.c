/* import_work: imports at work: in the background, by REST, and what they leave behind. */
#include <string.h>

#include "base/i18n.h"
#include "web/api.h"
#include "web/import.h"
#include "web/routes.h"

/* ---- what is asked ------------------------------------------------------------------------ */

void
mw_asked_init(MwAsked *asked)
{
    *asked = (MwAsked){ .map = g_ptr_array_new_null_terminated(8, g_free, true),
                        .constants = g_ptr_array_new_null_terminated(8, g_free, true),
                        .create = g_ptr_array_new_null_terminated(8, g_free, true) };
}

void
mw_asked_clear(MwAsked *asked)
{
    g_free(asked->path);
    g_free(asked->file_name);
    g_free(asked->what);
    g_free(asked->match);
    g_free(asked->encoding);
    g_free(asked->sheet);
    g_ptr_array_unref(asked->map);
    g_ptr_array_unref(asked->constants);
    g_ptr_array_unref(asked->create);
}

static json_t *
json_of(const GPtrArray *texts)
{
    json_t *array = json_array();

    for (guint i = 0; i < texts->len; i++)
        json_array_append_new(array, json_string(texts->pdata[i]));
    return array;
}

json_t *
mw_asked_write(const MwAsked *asked)
{
    const char delimiter[] = { asked->delimiter, '\0' };

    return json_pack("{s:s,s:s,s:s,s:s?,s:s?,s:s?,s:s,s:o,s:o,s:o}", "path", asked->path,
                     "file_name", asked->file_name, "shape", asked->what, "match", asked->match,
                     "encoding", asked->encoding, "sheet", asked->sheet, "delimiter", delimiter,
                     "map", json_of(asked->map), "constants", json_of(asked->constants),
                     "create_missing", json_of(asked->create));
}

/* ["a=b"], or {"a":"b"} as "a=b". */
static bool
texts_of(const json_t *value, GPtrArray *out)
{
    json_t *one;
    const char *key;
    size_t at;

    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, one)
        {
            if (!json_is_string(one))
                return false;
            g_ptr_array_add(out, g_strdup_printf("%s=%s", key, json_string_value(one)));
        }
        return true;
    }
    json_array_foreach(value, at, one)
    {
        if (!json_is_string(one))
            return false;
        g_ptr_array_add(out, g_strdup(json_string_value(one)));
    }
    return !value || json_is_array(value);
}

static char *
text_of(const json_t *payload, const char *name)
{
    return g_strdup(json_string_value(json_object_get(payload, name)));
}

bool
mw_asked_read(MwAsked *asked, const json_t *payload)
{
    g_autofree char *delimiter = text_of(payload, "delimiter");

    asked->path = text_of(payload, "path");
    asked->file_name = text_of(payload, "file_name");
    asked->what = text_of(payload, "what");
    asked->match = text_of(payload, "match");
    asked->encoding = text_of(payload, "encoding");
    asked->sheet = text_of(payload, "sheet");
    asked->delimiter = delimiter ? *delimiter : '\0';
    return asked->what && texts_of(json_object_get(payload, "map"), asked->map) &&
           texts_of(json_object_get(payload, "constants"), asked->constants) &&
           texts_of(json_object_get(payload, "create_missing"), asked->create);
}

MwImportOptions
mw_asked_options(const MwAsked *asked)
{
    return (MwImportOptions){
        .path = asked->path,
        .file_name = asked->file_name,
        .shape = asked->what,
        .map = asked->map->len ? (const char *const *)asked->map->pdata : NULL,
        .constants = asked->constants->len ? (const char *const *)asked->constants->pdata : NULL,
        .create_missing = asked->create->len ? (const char *const *)asked->create->pdata : NULL,
        .match = asked->match,
        .table = { .delimiter = asked->delimiter,
                   .encoding = asked->encoding,
                   .sheet = asked->sheet },
    };
}

static bool
send_rejects(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autofree char *copy = g_strdup_printf("%s/send-%lld-%08x", request->server->folder,
                                            (long long)request->id, g_random_int());
    g_autofree char *name = NULL;
    bool sent = false;

    if (!mw_store_begin(context->store, false, error))
        return false;
    g_autoptr(MwRecord) run = mw_record_read(
        context, mw_catalog_entity(context->catalog, "import_run"), request->id, MW_LIVE, error);
    if (run && mw_import_rejects(context->store, request->id, copy, error)) {
        name = g_strdup_printf("rejects-%s.csv", mw_record_text(run, "entity"));
        sent = mw_reply_file(reply, copy, "text/csv; charset=utf-8", name, error);
    }
    mw_store_rollback(context->store);
    return sent;
}

/* ---- the API -------------------------------------------------------------------------------------- */

json_t *
mw_report_json(const MwImportReport *report, bool dry_run)
{
    json_t *created = json_object(), *updated = json_object();
    json_t *problems = json_array(), *warnings = json_array();
    char run[24];

    for (guint i = 0; i < report->counts->len; i++) {
        const MwImportCount *c = &g_array_index(report->counts, MwImportCount, i);
        json_object_set_new(created, c->entity->name, json_integer(c->created));
        json_object_set_new(updated, c->entity->name, json_integer(c->updated));
    }
    for (guint i = 0; i < report->problems->len; i++) {
        const MwImportProblem *p = &g_array_index(report->problems, MwImportProblem, i);
        json_array_append_new(problems, json_pack("{s:I,s:s,s:s}", "line", (json_int_t)p->line,
                                                  "field", p->field, "message", p->message));
    }
    for (guint i = 0; i < report->warnings->len; i++) {
        const MwImportWarning *w = &g_array_index(report->warnings, MwImportWarning, i);
        json_array_append_new(warnings, json_pack("{s:s,s:s,s:I}", "field", w->field, "message",
                                                  w->message, "count", (json_int_t)w->count));
    }
    g_snprintf(run, sizeof run, "%lld", (long long)report->run);
    return json_pack("{s:s?,s:b,s:b,s:I,s:I,s:I,s:o,s:o,s:o,s:o}", "id", report->run ? run : NULL,
                     "dry_run", dry_run, "resumed", report->resumed, "rows",
                     (json_int_t)report->rows, "lines", (json_int_t)report->lines, "rejected",
                     (json_int_t)report->rejected, "created", created, "updated", updated,
                     "warnings", warnings, "problems", problems);
}

/* Takes the file of a multipart body in, as its field "options" says, and replies when it is done. */
static bool
post_import(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const char *text = mw_form_param(request, "options");
    g_auto(MwAsked) asked = { 0 };
    g_auto(MwImportReport) report = { 0 };
    json_t *options = json_loads(text ? text : "{}", JSON_REJECT_DUPLICATES, NULL);
    g_autofree char *rejects =
        g_strdup_printf("%s/rejects-api-%08x", request->server->folder, g_random_int());

    mw_asked_init(&asked);
    bool read = json_is_object(options) && mw_asked_read(&asked, options);
    bool dry = json_is_true(json_object_get(options, "dry_run"));
    json_decref(options);
    if (!read || request->n_uploads != 1)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("Send one file, and the field “options” as JSON with at least “what”."));
    g_free(asked.path);
    g_free(asked.file_name);
    asked.path = g_strdup(request->uploads[0].path);
    asked.file_name = g_strdup(request->uploads[0].file_name);
    MwImportOptions import = mw_asked_options(&asked);
    import.dry_run = dry;
    bool done = mw_import(context->company, context->store, (MwActor *)context->actor, &import,
                          NULL, NULL, NULL, &report, error);
    if (!done)
        return false;
    if (!dry) {
        g_autofree char *location = g_strdup_printf("/api/v1/imports/%lld", (long long)report.run);
        mw_reply_header(reply, "Location", location);
    }
    json_t *all = mw_report_json(&report, dry);
    char *body = json_dumps(all, JSON_COMPACT);
    mw_reply_status(reply, dry ? 200 : 201);
    mw_reply_type(reply, "application/json");
    g_string_append(mw_reply_body(reply), body);
    free(body);
    json_decref(all);
    return true;
}

const MwRoute mw_import_work_routes[] = {
    { MW_GET, "/imports/{id}/rejects", MW_FOR_USERS, 0, MW_RUN_SLOW, send_rejects },
    { MW_GET, "/api/v1/imports/{id}/rejects", MW_FOR_USERS, 0, MW_RUN_SLOW, send_rejects },
    { MW_POST, "/api/v1/imports", MW_FOR_USERS, 0, MW_RUN_SLOW, post_import },
    { .path = NULL },
};
