/* import_page: the way of a file into the company: upload, mapping, check; import_result.c goes on. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/i18n.h"
#include "web/import.h"
#include "web/routes.h"

enum { TEXTS_SECONDS = 5 };

/* ---- the upload ---------------------------------------------------------------------------- */

void
mw_import_put_shapes(const MwRequest *request, MwNode *field, const char *chosen)
{
    const MwContext *context = request->context;
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(context->catalog, &n);
    const MwEntity *orders = mw_catalog_entity(context->catalog, "sales_order");

    if (mw_actor_may(context->actor, orders, MW_MAY_IMPORT))
        mw_ask_option(field, "orders", _("Orders with their lines"),
                      g_strcmp0(chosen, "orders") == 0);
    for (size_t i = 0; i < n; i++)
        if (mw_shape_possible(entities[i]) && !entities[i]->master &&
            !g_str_equal(entities[i]->name, "sales_order") &&
            mw_actor_may(context->actor, entities[i], MW_MAY_IMPORT))
            mw_ask_option(field, entities[i]->path, mw_entity_plural(entities[i]),
                          g_strcmp0(chosen, entities[i]->path) == 0);
}

static bool
show_upload(const MwRequest *request, MwReply *reply, const char *problem, GError **error)
{
    MwNode *page = mw_view_root(request->view), *fields = mw_put_list(page, "fields");
    const char *what = mw_param(request, "what");

    mw_put_text(page, "title", _("Import a file"));
    mw_put_crumb(page, _("Imports"), "/imports");
    mw_import_put_shapes(
        request, mw_ask(fields, "select", "what", _("What the file holds"), what, NULL), what);
    mw_put_copy(page, "problem", problem);
    if (problem)
        mw_reply_status(reply, 422);
    return mw_reply_page(request, reply, "import/upload", error);
}

static bool
show_new(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_upload(request, reply, NULL, error);
}

/* Lists lead here, each with the path of its entity. */
static bool
lead_to_new(const MwRequest *request, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    const MwEntity *entity = mw_catalog_by_path(request->context->catalog, request->name);
    bool orders = entity && g_str_equal(entity->name, "sales_order");
    g_autofree char *next = g_strdup_printf("/imports/new?what=%s", orders   ? "orders"
                                                                    : entity ? entity->path
                                                                             : "");

    return mw_reply_see_other(reply, next);
}

typedef struct {
    const MwRequest *request;
    const char *shape;
    int64_t run;
} Upload;

static bool
keep_upload(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    Upload *u = data;
    const MwUpload *file = &u->request->uploads[0];

    u->run = mw_import_upload(u->request->context, file->path, file->file_name, u->shape, error);
    return u->run != 0;
}

static bool
upload(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *what = mw_form_param(request, "what");
    MwShape shape;
    g_autoptr(GError) local = NULL;

    if (request->n_uploads != 1 || request->uploads[0].size == 0)
        return show_upload(request, reply, _("Choose a file that is not empty."), error);
    if (!mw_shape_find(request->context->catalog, what ? what : "", &shape, &local))
        return show_upload(request, reply, local->message, error);
    if (!mw_actor_may(request->context->actor, shape.entity, MW_MAY_IMPORT))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not take in files of this: %s."),
                       mw_entity_plural(shape.entity));
    g_autoptr(MwTableReader) reader = mw_table_open(request->uploads[0].path, NULL, &local);
    if (!reader)
        return show_upload(request, reply, local->message, error);
    Upload kept = { request, shape.name, 0 };
    if (!mw_store_atomically(request->context->store, keep_upload, &kept, error))
        return false;
    g_autofree char *next = g_strdup_printf("/imports/%lld/mapping", (long long)kept.run);
    return mw_reply_see_other(reply, next);
}

/* ---- the mapping -------------------------------------------------------------------------------- */

/* A run that waits for its mapping, with its file written out. */
typedef struct {
    MwAsked asked;
    MwImportPreview preview;
    bool over; /* it was mapped and has begun: what came of it is to be looked at */
} Step;

static void
step_clear(Step *step)
{
    if (step->asked.path)
        g_unlink(step->asked.path);
    mw_asked_clear(&step->asked);
    mw_import_preview_clear(&step->preview);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Step, step_clear)

static bool
open_run(const MwRequest *request, Step *step, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwRecord) run = mw_import_own(context, request->id, error);
    const char *what = mw_param(request, "what");
    bool maps;

    if (!run || !mw_import_maps(context, run, &maps, error))
        return false;
    step->over = !maps && request->method == MW_GET;
    if (step->over)
        return true;
    if (!maps)
        return mw_fail(error, MW_ERROR_CONFLICT, _("This import has begun already."));
    step->asked.what = g_strdup(what && *what ? what : mw_record_text(run, "entity"));
    step->asked.file_name = g_strdup(mw_record_text(run, "file_name"));
    step->asked.path = mw_import_file(context, request->id, error);
    return step->asked.path != NULL;
}

bool
mw_import_still_time(int64_t done G_GNUC_UNUSED, int64_t all G_GNUC_UNUSED, void *end)
{
    return g_get_monotonic_time() < *(int64_t *)end;
}

/* Texts that fit nothing; none where the mapping itself does not fit: the check tells that. */
static GPtrArray *
texts_of(const MwRequest *request, const MwAsked *asked)
{
    MwImportOptions options = mw_asked_options(asked);
    int64_t end = g_get_monotonic_time() + TEXTS_SECONDS * G_USEC_PER_SEC;

    return options.map
               ? mw_import_texts(request->context, &options, mw_import_still_time, &end, NULL)
               : NULL;
}

/* Reads the run and its file in one transaction; `texts` may stay NULL. */
static bool
begin_step(const MwRequest *request, Step *step, GPtrArray **texts, GError **error)
{
    const MwContext *context = request->context;

    mw_asked_init(&step->asked);
    if (!mw_store_begin(context->store, false, error))
        return false;
    mw_asked_table(&step->asked, request);
    MwImportOptions options = mw_asked_options(&step->asked);
    bool done = open_run(request, step, error) &&
                (step->over || mw_import_preview(context, step->asked.path, step->asked.what,
                                                 &options.table, &step->preview, error));
    if (step->over) {
        mw_store_rollback(context->store);
        return done;
    }
    if (done && request->method == MW_GET)
        mw_asked_remembered(&step->asked, &step->preview);
    else if (done)
        mw_asked_form(&step->asked, request, (const char *const *)step->preview.header);
    if (done)
        *texts = texts_of(request, &step->asked);
    mw_store_rollback(context->store);
    return done;
}

static bool
get_mapping(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(Step) step = { 0 };
    g_autoptr(GPtrArray) texts = NULL;

    if (!begin_step(request, &step, &texts, error))
        return false;
    if (step.over) {
        g_autofree char *run = g_strdup_printf("/imports/%lld", (long long)request->id);
        return mw_reply_see_other(reply, run);
    }
    return mw_import_mapping_page(request, reply, &step.asked, &step.preview, texts, NULL, NULL,
                                  error);
}

/* What the input is to blame for is told on the page. */
static bool
show_fault(const MwRequest *request, MwReply *reply, const Step *step, const GPtrArray *texts,
           GError *local, GError **error)
{
    if (!g_error_matches(local, MW_ERROR, MW_ERROR_INVALID)) {
        g_propagate_error(error, local);
        return false;
    }
    g_autoptr(GError) shown = local;
    return mw_import_mapping_page(request, reply, &step->asked, &step->preview, texts, NULL,
                                  shown->message, error);
}

static bool
check(const MwRequest *request, MwReply *reply, const Step *step, const GPtrArray *texts,
      GError **error)
{
    const MwContext *context = request->context;
    MwImportOptions options = mw_asked_options(&step->asked);
    g_auto(MwImportReport) report = { 0 };
    GError *local = NULL;
    int64_t end = g_get_monotonic_time() + MW_IMPORT_CHECK_SECONDS * G_USEC_PER_SEC;

    options.dry_run = true;
    if (mw_import(context->company, context->store, (MwActor *)context->actor, &options, NULL,
                  mw_import_still_time, &end, &report, &local))
        return mw_import_mapping_page(request, reply, &step->asked, &step->preview, texts, &report,
                                      NULL, error);
    return show_fault(request, reply, step, texts, local, error);
}

typedef struct {
    const MwRequest *request;
    const MwAsked *asked;
} Queue;

static bool
queue(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    const Queue *q = data;
    MwImportOptions options = mw_asked_options(q->asked);

    return mw_import_check(q->request->context, &options, error) &&
           mw_import_queue(q->request->context, q->request->id, &options, error);
}

static bool
post_mapping(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(Step) step = { 0 };
    g_autoptr(GPtrArray) texts = NULL;
    GError *local = NULL;

    if (!begin_step(request, &step, &texts, error))
        return false;
    if (step.asked.map->len == 0)
        return mw_import_mapping_page(request, reply, &step.asked, &step.preview, texts, NULL,
                                      _("Say of at least one column where it goes."), error);
    if (g_strcmp0(mw_form_param(request, "action"), "run") != 0)
        return check(request, reply, &step, texts, error);
    if (mw_import_texts_new(request, texts))
        return mw_import_mapping_page(
            request, reply, &step.asked, &step.preview, texts, NULL,
            _("Some texts of the file fit nothing. Say below what they mean, then import again."),
            error);
    Queue q = { request, &step.asked };
    if (!mw_store_atomically(request->context->store, queue, &q, &local))
        return show_fault(request, reply, &step, texts, local, error);
    g_autofree char *next = g_strdup_printf("/imports/%lld", (long long)request->id);
    return mw_reply_see_other(reply, next);
}

/* ---- once more ---------------------------------------------------------------------------------- */

typedef struct {
    const MwRequest *request;
    const char *path, *name, *shape;
    int64_t run;
} Copy;

static bool
keep_copy(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    Copy *c = data;

    c->run = mw_import_upload(c->request->context, c->path, c->name, c->shape, error);
    return c->run != 0;
}

/* The file of an import that is over, as a new one that waits for its mapping. */
static bool
map_again(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;

    if (!mw_store_begin(context->store, false, error))
        return false;
    g_autoptr(MwRecord) run = mw_import_own(context, request->id, error);
    bool kept = run && mw_record_int(run, "source");
    g_autofree char *path = kept ? mw_import_file(context, request->id, error) : NULL;
    mw_store_rollback(context->store);
    if (run && !kept)
        return mw_fail(error, MW_ERROR_CONFLICT,
                       _("The file of this import is kept no longer; upload it again."));
    if (!path)
        return false;
    Copy copy = { request, path, mw_record_text(run, "file_name"), mw_record_text(run, "entity"),
                  0 };
    bool done = mw_store_atomically(context->store, keep_copy, &copy, error);
    g_unlink(path);
    g_autofree char *next = g_strdup_printf("/imports/%lld/mapping", (long long)copy.run);
    return done && mw_reply_see_other(reply, next);
}

const MwRoute mw_import_routes[] = {
    { MW_GET, "/import/{name}", MW_FOR_USERS, 0, MW_RUN_READ, lead_to_new },
    { MW_GET, "/imports/new", MW_FOR_USERS, 0, MW_RUN_READ, show_new },
    { MW_POST, "/imports/new", MW_FOR_USERS, 0, MW_RUN_SLOW, upload },
    { MW_GET, "/imports/{id}/mapping", MW_FOR_USERS, 0, MW_RUN_SLOW, get_mapping },
    { MW_POST, "/imports/{id}/map", MW_FOR_USERS, 0, MW_RUN_SLOW, map_again },
    { MW_POST, "/imports/{id}/mapping", MW_FOR_USERS, 0, MW_RUN_SLOW, post_mapping },
    { .path = NULL },
};
