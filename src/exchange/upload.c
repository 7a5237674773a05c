/* upload: an import in steps: the file is kept in the database, mapped, queued, and run by a job. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <unistd.h>

#include "base/i18n.h"
#include "exchange/importer.h"
#include "record/job.h"
#include "record/work.h"

enum { PIECE = 192 << 10 /* bytes, a multiple of 3 */ };

static void
set(MwInput *input, const char *name, MwValue value)
{
    mw_input_set_value(input, mw_entity_field(mw_input_entity(input), name), value);
}

/* ---- keeping the file ------------------------------------------------------------------ */

static bool
keep_pieces(MwStore *store, int64_t file, GMappedFile *map, GError **error)
{
    const guchar *bytes = (const guchar *)g_mapped_file_get_contents(map);
    size_t size = g_mapped_file_get_length(map);

    for (size_t at = 0, n = 0; at < size; at += PIECE, n++) {
        g_autofree char *text = g_base64_encode(bytes + at, MIN((size_t)PIECE, size - at));
        MwValue row[] = { MW_INT(file), MW_INT((int64_t)n), MW_BORROW(text) };
        if (!mw_store_run(store,
                          "INSERT INTO file_piece (file, position, content) VALUES ($1, $2, $3)",
                          row, 3, NULL, NULL, error))
            return false;
    }
    return true;
}

static int64_t
keep_file(const MwContext *system, const MwContext *context, const char *path, const char *name,
          GError **error)
{
    g_autoptr(GMappedFile) map = g_mapped_file_new(path, false, error);
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(system->catalog, "file"));

    if (!map)
        return 0;
    const guchar *bytes = (const guchar *)g_mapped_file_get_contents(map);
    size_t size = g_mapped_file_get_length(map);
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, size ? bytes : (const guchar *)"", size);
    mw_input_set_cut(input, "name", name);
    set(input, "content_type", MW_BORROW("application/octet-stream"));
    set(input, "size", MW_INT((int64_t)size));
    set(input, "sha256", MW_BORROW(sum));
    if (mw_actor_user(context->actor))
        set(input, "owner", MW_INT(mw_actor_user(context->actor)));
    int64_t file = mw_run_write(system, input, 0, error);
    return file && keep_pieces(system->store, file, map, error) ? file : 0;
}

static bool
keep_oldest(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    int64_t *oldest = data;

    oldest[0] = columns[0].integer;
    oldest[1] = columns[1].is == MW_INTEGER ? columns[1].integer : 0;
    return false;
}

/* Who never maps what he uploads keeps the last of it only. */
static bool
drop_forgotten(const MwContext *context, GError **error)
{
    int64_t oldest[2] = { 0, 0 };
    MwValue whose[] = { MW_INT(mw_actor_user(context->actor)), MW_INT(MW_IMPORTS_MAPPING_MAX - 1) };

    if (!mw_store_run(context->store,
                      "SELECT id, source FROM import_run WHERE status = 'mapping' AND owner = $1 "
                      "AND deleted_at IS NULL ORDER BY id DESC LIMIT 1 OFFSET $2",
                      whose, 2, keep_oldest, oldest, error))
        return false;
    if (!oldest[0])
        return true;
    MwValue run[] = { MW_INT(context->now), MW_INT(oldest[0]) }, file = MW_INT(oldest[1]);
    return mw_store_run(context->store, "UPDATE import_run SET deleted_at = $1 WHERE id = $2", run,
                        2, NULL, NULL, error) &&
           mw_store_run(context->store, "DELETE FROM file_piece WHERE file = $1", &file, 1, NULL,
                        NULL, error);
}

int64_t
mw_import_upload(const MwContext *context, const char *path, const char *file_name,
                 const char *shape_name, GError **error)
{
    g_autoptr(MwActor) nobody = mw_company_system(context->company);
    g_auto(MwContext) system = { 0 };
    MwShape shape;

    if (!mw_shape_find(context->catalog, shape_name, &shape, error))
        return 0;
    if (!mw_actor_may(context->actor, shape.entity, MW_MAY_IMPORT))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not take in files of this: %s."),
                       mw_entity_plural(shape.entity));
    if (!drop_forgotten(context, error))
        return 0;
    mw_context_begin(&system, context->company, context->store, nobody, "import");
    int64_t file = keep_file(&system, context, path, file_name, error);
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(system.catalog, "import_run"));
    mw_input_set_cut(input, "file_name", file_name);
    set(input, "source", MW_INT(file));
    set(input, "entity", MW_BORROW(shape.name));
    set(input, "status", MW_BORROW("mapping"));
    if (mw_actor_user(context->actor))
        set(input, "owner", MW_INT(mw_actor_user(context->actor)));
    return file ? mw_run_write(&system, input, 0, error) : 0;
}

static bool
write_piece(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    gsize size;
    g_autofree guchar *bytes = g_base64_decode(columns[0].text, &size);

    fwrite(bytes, 1, size, data);
    return true;
}

char *
mw_import_file(const MwContext *context, int64_t run, GError **error)
{
    g_autoptr(MwRecord) record = mw_run_read(context, run, error);
    g_autofree char *path = NULL;

    if (!record)
        return NULL;
    int handle = g_file_open_tmp("millwright-import-XXXXXX", &path, error);
    if (handle < 0)
        return NULL;
    FILE *file = fdopen(handle, "wb");
    MwValue source = MW_INT(mw_record_int(record, "source"));
    bool done = mw_store_run(context->store,
                             "SELECT content FROM file_piece WHERE file = $1 ORDER BY position",
                             &source, 1, write_piece, file, error);
    bool whole = !ferror(file);
    if ((fclose(file) != 0 || !whole) && done)
        done =
            mw_fail(error, MW_ERROR_FULL, _("%s cannot be written: %s"), path, g_strerror(errno));
    if (!done)
        g_unlink(path);
    return done ? g_steal_pointer(&path) : NULL;
}

/* ---- queueing ----------------------------------------------------------------------------- */

MwRecord *
mw_import_own(const MwContext *context, int64_t run, GError **error)
{
    g_autoptr(MwRecord) record = mw_run_read(context, run, error);

    if (record && mw_record_int(record, "owner") != mw_actor_user(context->actor))
        return mw_fail_null(error, MW_ERROR_NOT_FOUND, _("There is no such import."));
    return g_steal_pointer(&record);
}

static void
payload_of(int64_t run, char payload[48])
{
    g_snprintf(payload, 48, "{\"run\":\"%" G_GINT64_FORMAT "\"}", run);
}

/* Adds the job, or hastens the one that waits to try again. */
static bool
add_job(const MwContext *system, int64_t run, GError **error)
{
    char payload[48];

    payload_of(run, payload);
    MwValue which[] = { MW_INT(system->now), MW_BORROW(payload) };
    return mw_store_run(system->store,
                        "UPDATE job SET run_at = $1, attempts = 0 WHERE kind = 'import' AND "
                        "status = 'queued' AND payload = $2",
                        which, 2, NULL, NULL, error) &&
           (mw_store_touched(system->store) > 0 ||
            mw_job_add(system, "import", payload, system->now, error) > 0);
}

/* Whether rows of it were taken in already. */
static bool
has_begun(const MwContext *context, int64_t run, bool *begun, GError **error)
{
    MwValue which = MW_INT(run);
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_store_scalar(context->store, "SELECT 1 FROM import_state WHERE run = $1", &which, 1,
                         &found, error))
        return false;
    *begun = found.is != MW_NULL;
    return true;
}

bool
mw_import_maps(const MwContext *context, const MwRecord *run, bool *maps, GError **error)
{
    const char *status = mw_record_text(run, "status");
    bool begun = true;

    if (g_strcmp0(status, "failed") == 0 && !has_begun(context, mw_record_id(run), &begun, error))
        return false;
    *maps = mw_record_int(run, "source") && (g_strcmp0(status, "mapping") == 0 || !begun);
    return true;
}

bool
mw_import_check(const MwContext *context, const MwImportOptions *options, GError **error)
{
    g_autoptr(MwTableReader) reader = mw_table_open(options->path, &options->table, error);
    g_autoptr(MwPlan) plan =
        reader ? mw_plan_new(context, options, options->map, reader, error) : NULL;

    return plan != NULL;
}

/* Sets the status with what else `input` may have, and sees to the job. */
static bool
queue_run(const MwContext *system, MwInput *input, int64_t run, GError **error)
{
    set(input, "status", MW_BORROW("queued"));
    set(input, "message", MW_NOTHING);
    set(input, "finished_at", MW_NOTHING);
    return mw_run_write(system, input, run, error) && add_job(system, run, error);
}

bool
mw_import_queue(const MwContext *context, int64_t run, const MwImportOptions *options,
                GError **error)
{
    g_autoptr(MwActor) nobody = mw_company_system(context->company);
    g_auto(MwContext) system = { 0 };
    g_autoptr(MwRecord) record = mw_import_own(context, run, error);
    bool maps;

    if (!record || !mw_import_maps(context, record, &maps, error))
        return false;
    if (!maps)
        return mw_fail(error, MW_ERROR_CONFLICT, _("This import has begun already."));
    mw_context_begin(&system, context->company, context->store, nobody, "import");
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(system.catalog, "import_run"));
    mw_run_put_options(input, options->map, options);
    if (options->shape)
        set(input, "entity", MW_BORROW(options->shape));
    return queue_run(&system, input, run, error);
}

bool
mw_import_again(const MwContext *context, int64_t run, GError **error)
{
    g_autoptr(MwActor) nobody = mw_company_system(context->company);
    g_auto(MwContext) system = { 0 };
    g_autoptr(MwRecord) record = mw_import_own(context, run, error);

    if (!record)
        return false;
    if (g_strcmp0(mw_record_text(record, "status"), "failed") != 0)
        return mw_fail(error, MW_ERROR_CONFLICT, _("This import has not failed."));
    if (!mw_record_int(record, "source"))
        return mw_fail(error, MW_ERROR_CONFLICT,
                       _("The file of this import is kept no longer; upload it again."));
    mw_context_begin(&system, context->company, context->store, nobody, "import");
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(system.catalog, "import_run"));
    return queue_run(&system, input, run, error);
}

bool
mw_import_progress(const MwContext *context, int64_t run, int64_t *progress, GError **error)
{
    char payload[48];
    g_auto(MwValue) found = MW_NOTHING;

    payload_of(run, payload);
    MwValue which = MW_BORROW(payload);
    if (!mw_store_scalar(context->store,
                         "SELECT progress FROM job WHERE kind = 'import' AND status = 'running' "
                         "AND payload = $1",
                         &which, 1, &found, error))
        return false;
    *progress = found.is == MW_INTEGER ? found.integer : 0;
    return true;
}

/* ---- running ------------------------------------------------------------------------------ */

/* A run as it is kept; the texts of `options` are the others'. */
typedef struct {
    json_t *mapping, *options_json;
    const char **map, **constants, **values, **create_missing;
    char *path, *file_name, *shape;
    int64_t owner;
    MwImportOptions options;
} Kept;

static const char **
strings_of(const json_t *array)
{
    const char **texts = g_new0(const char *, json_array_size(array) + 1);

    for (size_t i = 0; i < json_array_size(array); i++)
        texts[i] = json_string_value(json_array_get(array, i));
    return texts;
}

static const char *
option(const Kept *kept, const char *name)
{
    return json_string_value(json_object_get(kept->options_json, name));
}

static void
kept_read(Kept *kept, const MwRecord *run)
{
    const char *mapping = mw_record_text(run, "mapping"), *text = mw_record_text(run, "options");

    kept->mapping = json_loads(mapping ? mapping : "[]", 0, NULL);
    kept->options_json = json_loads(text ? text : "{}", 0, NULL);
    kept->map = strings_of(kept->mapping);
    kept->constants = strings_of(json_object_get(kept->options_json, "constants"));
    kept->values = strings_of(json_object_get(kept->options_json, "values"));
    kept->create_missing = strings_of(json_object_get(kept->options_json, "create_missing"));
    kept->file_name = g_strdup(mw_record_text(run, "file_name"));
    kept->shape = g_strdup(mw_record_text(run, "entity"));
    kept->owner = mw_record_int(run, "owner");
    const char *delimiter = option(kept, "delimiter");
    kept->options = (MwImportOptions){
        .path = kept->path,
        .file_name = kept->file_name,
        .shape = kept->shape,
        .map = kept->map,
        .constants = kept->constants,
        .values = kept->values,
        .create_missing = kept->create_missing,
        .match = option(kept, "match"),
        .table = { .delimiter = delimiter ? *delimiter : '\0',
                   .encoding = option(kept, "encoding"),
                   .sheet = option(kept, "sheet") },
    };
}

static void
kept_clear(Kept *kept)
{
    if (kept->path)
        g_unlink(kept->path);
    g_free(kept->path);
    g_free(kept->file_name);
    g_free(kept->shape);
    g_free(kept->map);
    g_free(kept->constants);
    g_free(kept->values);
    g_free(kept->create_missing);
    json_decref(kept->mapping);
    json_decref(kept->options_json);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Kept, kept_clear)

static bool
open_run(const MwContext *system, int64_t run, Kept *kept, GError **error)
{
    g_autoptr(MwRecord) record = mw_run_read(system, run, error);
    const char *status = record ? mw_record_text(record, "status") : NULL;

    if (!record)
        return false;
    if (g_strcmp0(status, "queued") != 0 && g_strcmp0(status, "running") != 0 &&
        g_strcmp0(status, "failed") != 0)
        return mw_fail(error, MW_ERROR_CONFLICT, _("This import is not waiting to be run."));
    kept->path = mw_import_file(system, run, error);
    if (kept->path)
        kept_read(kept, record);
    return kept->path != NULL;
}

/* The run, its file and its owner, in a transaction of its own. */
static MwActor *
open_all(MwCompany *company, MwStore *store, int64_t run, Kept *kept, GError **error)
{
    g_autoptr(MwActor) nobody = mw_company_system(company);
    g_auto(MwContext) system = { 0 };
    MwActor *actor = NULL;

    if (!mw_store_begin(store, false, error))
        return NULL;
    mw_context_begin(&system, company, store, nobody, "import");
    if (open_run(&system, run, kept, error))
        actor = kept->owner ? mw_company_actor(company, store, kept->owner, error)
                            : mw_actor_ref(nobody);
    mw_store_rollback(store);
    return actor;
}

typedef struct {
    int64_t run;
    const char *message;
} Failure;

/* What failed before its first row has nobody else who says so. */
static bool
note_failure(const MwContext *system, void *data, GError **error)
{
    const Failure *failure = data;
    g_autoptr(MwRecord) record = mw_run_read(system, failure->run, error);
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(system->catalog, "import_run"));

    if (!record || g_strcmp0(mw_record_text(record, "status"), "queued") != 0)
        return record != NULL;
    set(input, "status", MW_BORROW("failed"));
    set(input, "message", MW_BORROW(failure->message));
    set(input, "finished_at", MW_INT(system->now));
    return mw_run_write(system, input, failure->run, error) != 0;
}

bool
mw_import_resume(MwCompany *company, MwStore *store, int64_t run, MwImportProgress progress,
                 void *data, MwImportReport *report, GError **error)
{
    g_auto(Kept) kept = { 0 };
    g_autoptr(GError) local = NULL;
    g_autoptr(MwActor) actor = open_all(company, store, run, &kept, &local);

    *report = (MwImportReport){ 0 };
    bool done = actor && mw_importer_run(company, store, actor, &kept.options, run, NULL, progress,
                                         data, report, &local);
    if (done)
        return true;
    Failure failure = { run, local->message };
    mw_store_rollback(store);
    if (!g_error_matches(local, MW_ERROR, MW_ERROR_UNAVAILABLE) &&
        !g_error_matches(local, MW_ERROR, MW_ERROR_CONFLICT))
        mw_work_atomically(company, store, note_failure, &failure, NULL);
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}
