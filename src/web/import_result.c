/* import_result: an import at work, and what came of it. */
#include <string.h>

#include "base/i18n.h"
#include "web/import.h"
#include "web/routes.h"

typedef struct {
    bool found;
    int64_t percent, user;
    char status[16];
    char *file_name, *error;
} Work;

static void
work_clear(Work *work)
{
    g_free(work->file_name);
    g_free(work->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

static bool
keep_work(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Work *work = data;
    json_t *payload = json_loads(c[2].is == MW_TEXT ? c[2].text : "{}", 0, NULL);
    const char *user = json_string_value(json_object_get(payload, "user"));

    work->found = true;
    g_strlcpy(work->status, c[0].text, sizeof work->status);
    work->percent = c[1].is == MW_INTEGER ? c[1].integer / 100 : 0;
    work->user = user ? g_ascii_strtoll(user, NULL, 10) : 0;
    work->file_name = g_strdup(json_string_value(json_object_get(payload, "file_name")));
    work->error = g_strdup(c[3].is == MW_TEXT ? c[3].text : NULL);
    json_decref(payload);
    return false;
}

/* The run that the job came to: a new one, or an earlier one that it went on with. */
static bool
lead_to_result(const MwRequest *request, MwReply *reply, const Work *work, GError **error)
{
    MwValue params[] = { MW_INT(work->user), MW_BORROW(work->file_name) };
    g_auto(MwValue) run = MW_NOTHING;

    if (!mw_store_scalar(request->context->store,
                         "SELECT id FROM import_run WHERE owner = $1 AND file_name = $2 AND "
                         "deleted_at IS NULL ORDER BY updated_at DESC LIMIT 1",
                         params, 2, &run, error))
        return false;
    g_autofree char *next =
        g_strdup_printf("/imports/%lld", run.is == MW_INTEGER ? (long long)run.integer : 0LL);
    return mw_reply_see_other(reply, run.is == MW_INTEGER ? next : "/imports");
}

/* Of one's own import: its bar while it runs, then its result. */
static bool
show_work(const MwRequest *request, MwReply *reply, GError **error)
{
    MwNode *page = mw_view_root(request->view);
    MwValue id = MW_INT(request->id);
    g_auto(Work) work = { 0 };
    bool read = mw_store_run(request->context->store,
                             "SELECT status, progress, payload, error FROM job WHERE id = $1 AND "
                             "kind = 'import'",
                             &id, 1, keep_work, &work, error);

    if (!read)
        return false;
    if (!work.found || work.user != mw_actor_user(request->context->actor))
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such import."));
    bool done = g_str_equal(work.status, "done"), dead = g_str_equal(work.status, "dead");
    if (done && !request->fragment) {
        return lead_to_result(request, reply, &work, error);
    }
    if (request->fragment && (done || dead))
        mw_reply_header(reply, "HX-Refresh", "true");
    mw_put_text(page, "title", _("Import"));
    mw_put_crumb(page, _("Imports"), "/imports");
    mw_put_format(page, "progress_url", "/imports/work/%lld", (long long)request->id);
    mw_put_int(page, "percent", work.percent);
    mw_put_copy(page, "failure", dead ? work.error ? work.error : _("It was given up.") : NULL);
    return mw_reply_page(request, reply, request->fragment ? "admin/progress" : "import/work",
                         error);
}

static void
put_shown(const MwRequest *request, MwNode *page, const MwRecord *run, const char *name)
{
    const MwField *field = mw_entity_field(run->entity, name);
    g_autoptr(GString) text = g_string_new(NULL);

    mw_field_show(field, &request->context->locale, mw_record_value(run, field), text);
    mw_put_copy(page, name, text->len ? text->str : NULL);
}

typedef struct {
    MwNode *list;
} Rejects;

static bool
put_reject(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    const Rejects *rejects = data;
    MwNode *item = mw_put_object(rejects->list, NULL);
    const char *raw = *c[2].text == '=' ? c[2].text + 1 : "…";
    g_autofree char *text = g_utf8_substring(raw, 0, MIN(120, g_utf8_strlen(raw, -1)));

    mw_put_format(item, "line", "%lld", (long long)c[0].integer);
    mw_put_copy(item, "reason", c[1].text);
    mw_put_copy(item, "raw", text);
    return true;
}

static bool
show_result(const MwRequest *request, MwReply *reply, GError **error)
{
    static const char *const shown[] = { "file_name", "status",   "rows",       "created",
                                         "updated",   "rejected", "started_at", "finished_at",
                                         "message",   NULL };
    const MwContext *context = request->context;
    MwNode *page = mw_view_root(request->view);
    MwValue id = MW_INT(request->id);
    g_autoptr(MwRecord) run = mw_record_read(
        context, mw_catalog_entity(context->catalog, "import_run"), request->id, MW_LIVE, error);
    Rejects rejects = { mw_put_list(page, "rejects") };

    if (!run || !mw_store_run(context->store,
                              "SELECT line, reason, raw FROM import_reject WHERE run = $1 "
                              "ORDER BY line LIMIT 50",
                              &id, 1, put_reject, &rejects, error))
        return false;
    mw_put_copy(page, "title", mw_record_text(run, "file_name"));
    mw_put_crumb(page, _("Imports"), "/imports");
    mw_put_done(request, page);
    mw_put_int(page, "id", request->id);
    for (const char *const *name = shown; *name; name++)
        put_shown(request, page, run, *name);
    mw_put_bool(page, "can_undo", g_strcmp0(mw_record_text(run, "status"), "done") == 0);
    mw_put_bool(page, "any_rejected", mw_record_int(run, "rejected") > 0);
    MwShape shape;
    if (mw_shape_find(context->catalog, mw_record_text(run, "entity"), &shape, NULL)) {
        mw_put_format(page, "records", "/%s", shape.entity->path);
        mw_put_text(page, "plural", mw_entity_plural(shape.entity));
    } else {
        mw_put_text(page, "records", NULL);
    }
    return mw_reply_page(request, reply, "import/result", error);
}

const MwRoute mw_import_result_routes[] = {
    { MW_GET, "/imports/work/{id}", MW_FOR_USERS, 0, MW_RUN_READ, show_work },
    { MW_GET, "/imports/{id}", MW_FOR_USERS, 0, MW_RUN_READ, show_result },
    { .path = NULL },
};
