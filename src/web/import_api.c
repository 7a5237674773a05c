/* import_api: files taken in by REST. The upload is kept and queued, as the wizard's is; its run tells how far it is. */
#include <string.h>

#include "base/i18n.h"
#include "web/api.h"
#include "web/import.h"
#include "web/routes.h"

void
mw_import_reply(MwReply *reply, int64_t run, const char *status, json_t *document)
{
    g_autofree char *location = g_strdup_printf("/api/v1/imports/%" G_GINT64_FORMAT, run);

    json_object_set_new(document, "id",
                        run ? json_string(strrchr(location, '/') + 1) : json_null());
    if (status) {
        json_object_set_new(document, "status", json_string(status));
        mw_reply_header(reply, "Location", location);
        mw_reply_header(reply, "Retry-After", "1");
        mw_reply_status(reply, 202);
    }
    mw_reply_json(reply, document);
}

static bool
check_only(const MwRequest *request, MwReply *reply, const MwAsked *asked, GError **error)
{
    const MwContext *context = request->context;
    MwImportOptions options = mw_asked_options(asked);
    g_auto(MwImportReport) report = { 0 };
    int64_t end = g_get_monotonic_time() + MW_IMPORT_CHECK_SECONDS * G_USEC_PER_SEC;

    options.dry_run = true;
    if (!mw_import(context->company, context->store, (MwActor *)context->actor, &options, NULL,
                   mw_import_still_time, &end, &report, error))
        return false;
    json_t *told = mw_import_report_json(&report, true);
    json_object_set_new(told, "partly", json_boolean(report.cancelled));
    mw_import_reply(reply, 0, NULL, told);
    return true;
}

/* Kept and queued; a worker that waited for the end would be missing to others. */
static bool
queue(const MwRequest *request, MwReply *reply, const MwAsked *asked, GError **error)
{
    int64_t run = mw_import_begin(request, asked, error);

    if (!run)
        return false;
    mw_import_reply(reply, run, "queued", json_object());
    return true;
}

/* Without a mapping the columns go where they went the last time, as for the command. */
static bool
complete(const MwRequest *request, MwAsked *asked, GError **error)
{
    const MwContext *context = request->context;
    MwImportOptions options = mw_asked_options(asked);
    g_auto(MwImportPreview) preview = { 0 };

    if (!mw_store_begin(context->store, false, error))
        return false;
    bool done = true;
    if (asked->map->len == 0) {
        done =
            mw_import_preview(context, asked->path, asked->what, &options.table, &preview, error);
        if (done)
            mw_asked_remembered(asked, &preview);
    }
    options = mw_asked_options(asked);
    done = done && mw_import_check(context, &options, error);
    mw_store_rollback(context->store);
    return done;
}

/* Takes the file of a multipart body in, as its field "options" says. */
static bool
post_import(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *text = mw_form_param(request, "options");
    g_auto(MwAsked) asked = { 0 };
    json_t *options = json_loads(text ? text : "{}", JSON_REJECT_DUPLICATES, NULL);

    mw_asked_init(&asked);
    bool read = json_is_object(options) && mw_asked_read(&asked, options);
    bool dry = json_is_true(json_object_get(options, "dry_run"));
    json_decref(options);
    if (!read || request->n_uploads != 1)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("Send one file, and the field “options” as JSON with at least “what”."));
    asked.path = g_strdup(request->uploads[0].path);
    asked.file_name = g_strdup(request->uploads[0].file_name);
    if (!complete(request, &asked, error))
        return false;
    return dry ? check_only(request, reply, &asked, error) : queue(request, reply, &asked, error);
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

const MwRoute mw_import_api_routes[] = {
    { MW_GET, "/imports/{id}/rejects", MW_FOR_USERS, 0, MW_RUN_SLOW, send_rejects },
    { MW_GET, "/api/v1/imports/{id}/rejects", MW_FOR_USERS, 0, MW_RUN_SLOW, send_rejects },
    { MW_POST, "/api/v1/imports", MW_FOR_USERS, 0, MW_RUN_SLOW, post_import },
    { .path = NULL },
};
