/* upload: an import in steps: the file is kept in the database, mapped, queued, and run by a job. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <unistd.h>

#include "base/i18n.h"
#include "exchange/importer.h"

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
    set(input, "name", MW_BORROW(name));
    set(input, "content_type", MW_BORROW("application/octet-stream"));
    set(input, "size", MW_INT((int64_t)size));
    set(input, "sha256", MW_BORROW(sum));
    if (mw_actor_user(context->actor))
        set(input, "owner", MW_INT(mw_actor_user(context->actor)));
    int64_t file = mw_run_write(system, input, 0, error);
    return file && keep_pieces(system->store, file, map, error) ? file : 0;
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
    mw_context_begin(&system, context->company, context->store, nobody, "import");
    int64_t file = keep_file(&system, context, path, file_name, error);
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(system.catalog, "import_run"));
    set(input, "file_name", MW_BORROW(file_name));
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

/* ---- queueing and running ------------------------------------------------------------------ */

bool
mw_import_queue(const MwContext *context, int64_t run, const MwImportOptions *options,
                GError **error)
{
    g_autoptr(MwActor) nobody = mw_company_system(context->company);
    g_auto(MwContext) system = { 0 };
    g_autoptr(MwRecord) record = mw_run_read(context, run, error);

    if (!record)
        return false;
    if (g_strcmp0(mw_record_text(record, "status"), "mapping") != 0)
        return mw_fail(error, MW_ERROR_CONFLICT, _("This import has begun already."));
    mw_context_begin(&system, context->company, context->store, nobody, "import");
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(system.catalog, "import_run"));
    mw_run_put_options(input, options->map, options);
    set(input, "status", MW_BORROW("queued"));
    return mw_run_write(&system, input, run, error) != 0;
}

/* A run as it is kept; the texts of `options` are the others'. */
typedef struct {
    json_t *mapping, *options_json;
    const char **map, **constants, **create_missing;
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

bool
mw_import_resume(MwCompany *company, MwStore *store, int64_t run, MwImportProgress progress,
                 void *data, MwImportReport *report, GError **error)
{
    g_auto(Kept) kept = { 0 };
    g_autoptr(MwActor) actor = open_all(company, store, run, &kept, error);

    *report = (MwImportReport){ 0 };
    return actor && mw_importer_run(company, store, actor, &kept.options, run, NULL, progress, data,
                                    report, error);
}
