/* files: documents of a record: who sees the record sees them, who may change it adds and removes them. */
#include <stdio.h>

#include "base/i18n.h"
#include "record/history.h"
#include "web/call.h"
#include "web/record.h"
#include "web/routes.h"

enum { PIECE = 192 << 10 /* bytes, a multiple of 3 */, FILES_AT_ONCE = 20 };

static const MwEntity *
file_entity(const MwContext *context)
{
    return mw_catalog_entity(context->catalog, "file");
}

/* The rows of files are the system's; rights are those of the record that they are of. */
static MwContext
as_system(const MwContext *context, MwActor *system)
{
    MwContext copy = *context;

    copy.actor = system;
    return copy;
}

GPtrArray *
mw_files_of(const MwContext *context, const MwRecord *record, unsigned limit, GError **error)
{
    const MwEntity *entity = file_entity(context);
    char id[24];
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = entity, .filter = filter, .limit = limit };

    g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, mw_record_id(record));
    mw_filter_add(filter,
                  mw_filter_test(mw_entity_field(entity, "record"), MW_TEST_EQ, MW_BORROW(id)));
    mw_filter_add(filter, mw_filter_test(mw_entity_field(entity, "entity"), MW_TEST_EQ,
                                         MW_BORROW(record->entity->name)));
    return mw_store_find(context->store, &query, NULL, error);
}

/* ---- adding ------------------------------------------------------------------ */

static bool
write_pieces(const MwContext *context, int64_t file, const MwUpload *upload, GError **error)
{
    g_autoptr(GMappedFile) map = g_mapped_file_new(upload->path, false, error);

    if (!map)
        return false;
    const guchar *bytes = (const guchar *)g_mapped_file_get_contents(map);
    for (size_t at = 0, n = 0; at < upload->size; at += PIECE, n++) {
        g_autofree char *text = g_base64_encode(bytes + at, MIN((size_t)PIECE, upload->size - at));
        MwValue row[] = { MW_INT(file), MW_INT((int64_t)n), MW_BORROW(text) };
        if (!mw_store_run(context->store,
                          "INSERT INTO file_piece (file, position, content) VALUES ($1, $2, $3)",
                          row, 3, NULL, NULL, error))
            return false;
    }
    return true;
}

static char *
checksum_of(const MwUpload *upload, GError **error)
{
    g_autoptr(GMappedFile) map = g_mapped_file_new(upload->path, false, error);

    return map ? g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                             (const guchar *)g_mapped_file_get_contents(map),
                                             g_mapped_file_get_length(map))
               : NULL;
}

static bool
add_file(const MwRequest *request, const MwEntity *of, int64_t of_id, const MwUpload *upload,
         GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = file_entity(context);
    g_autoptr(MwActor) system = mw_company_system(context->company);
    MwContext own = as_system(context, system);
    g_autoptr(MwInput) input = mw_input_new(entity);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autofree char *sum = checksum_of(upload, error);
    MwValue user = MW_INT(mw_actor_user(context->actor));
    char id[24];

    if (!sum)
        return false;
    g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, of_id);
    mw_input_set(input, "name", *upload->file_name ? upload->file_name : _("File"));
    mw_input_set(input, "entity", of->name);
    mw_input_set(input, "record", id);
    mw_input_set(input, "content_type", *upload->type ? upload->type : "application/octet-stream");
    mw_input_set_value(input, mw_entity_field(entity, "size"), MW_INT((int64_t)upload->size));
    mw_input_set(input, "sha256", sum);
    mw_input_set_value(input, mw_entity_field(entity, "owner"), user);
    mw_input_set_value(input, mw_entity_field(entity, "created_by"), user);
    g_autoptr(MwRecord) record = mw_record_write(&own, input, 0, problems, error);
    if (!record)
        return false;
    if (mw_problems_any(problems))
        return mw_fail(error, MW_ERROR_INVALID, "%s", mw_problems_get(problems, 0)->message);
    return write_pieces(context, mw_record_id(record), upload, error);
}

bool
mw_files_add(const MwRequest *request, const MwEntity *of, int64_t id, size_t *n, GError **error)
{
    *n = 0;
    if (request->n_uploads > FILES_AT_ONCE)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("At most %d files are possible at once."),
                       FILES_AT_ONCE);
    for (size_t i = 0; i < request->n_uploads; i++) {
        const MwUpload *upload = &request->uploads[i];
        if (upload->size == 0)
            continue; /* nothing was chosen */
        if (upload->size > MW_FILE_MAX)
            return mw_fail(error, MW_ERROR_TOO_LARGE, _("A file may have at most %d MiB."),
                           MW_FILE_MAX >> 20);
        if (!add_file(request, of, id, upload, error))
            return false;
        (*n)++;
    }
    return true;
}

bool
mw_files_keep(const MwRequest *request, size_t *n, GError **error)
{
    *n = 0;
    return mw_record_changeable(request->context, request->entity, request->id, error) &&
           mw_files_add(request, request->entity, request->id, n, error);
}

static bool
upload_files(const MwRequest *request, MwReply *reply, GError **error)
{
    char path[MW_RECORD_PATH_SIZE];
    size_t n;

    return mw_files_keep(request, &n, error) &&
           mw_reply_see_other(reply, mw_record_path(request->entity, request->id, path));
}

/* ---- reading and removing -------------------------------------------------------- */

/* The row of a file whose record the actor may see. */
static MwRecord *
read_file(const MwRequest *request, const MwEntity **of, int64_t *id, GError **error)
{
    const MwContext *context = request->context;
    MwQuery query = { .entity = file_entity(context) };
    g_autoptr(MwRecord) file = mw_store_get(context->store, &query, request->id, error);

    if (!file)
        return NULL;
    const char *name = mw_record_text(file, "entity"), *record = mw_record_text(file, "record");
    *of = name ? mw_catalog_entity(context->catalog, name) : NULL;
    *id = record ? g_ascii_strtoll(record, NULL, 10) : 0;
    if (!*of) {
        if (mw_record_int(file, "owner") == mw_actor_user(context->actor))
            return g_steal_pointer(&file);
        return mw_fail_null(error, MW_ERROR_NOT_FOUND, _("There is no such file."));
    }
    g_autoptr(MwRecord) seen = mw_record_read(context, *of, *id, MW_LIVE_AND_DELETED, error);
    return seen ? g_steal_pointer(&file) : NULL;
}

static bool
append_piece(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    gsize size;
    g_autofree guchar *bytes = g_base64_decode(columns[0].text, &size);

    g_string_append_len(data, (const char *)bytes, (gssize)size);
    return true;
}

static bool
send_file(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *of;
    int64_t record;
    g_autoptr(MwRecord) file = read_file(request, &of, &record, error);
    MwValue id = MW_INT(request->id);
    g_autoptr(GString) disposition = g_string_new("attachment; filename*=UTF-8''");

    if (!file || !mw_store_run(request->context->store,
                               "SELECT content FROM file_piece WHERE file = $1 ORDER BY position",
                               &id, 1, append_piece, mw_reply_body(reply), error))
        return false;
    g_string_append_uri_escaped(disposition, mw_record_text(file, "name"), NULL, false);
    mw_reply_header(reply, "Content-Disposition", disposition->str);
    mw_reply_type(reply, "application/octet-stream"); /* never shown as a page of this server */
    return true;
}

static bool
remove_file(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *of;
    int64_t record;
    g_autoptr(MwRecord) file = read_file(request, &of, &record, error);
    char path[MW_RECORD_PATH_SIZE] = "/";

    if (!file || (of && !mw_record_changeable(context, of, record, error)))
        return false;
    mw_record_put(file, &file->entity->fields[MW_FIELD_DELETED], MW_INT(context->now));
    if (!mw_store_update(context->store, file, mw_record_version(file), error) ||
        !mw_history_add(context, "file", request->id, "remove", "{}", error))
        return false;
    return mw_reply_see_other(reply, of ? mw_record_path(of, record, path) : path);
}

const MwRoute mw_file_routes[] = {
    { MW_POST, "/{entity}/{id}/files", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, upload_files },
    { MW_GET, "/files/{id}/content", MW_FOR_USERS, 0, MW_RUN_READ, send_file },
    { MW_POST, "/files/{id}/remove-file", MW_FOR_USERS, 0, MW_RUN_WRITE, remove_file },
    { .path = NULL },
};
