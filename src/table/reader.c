#include "table/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "table/parser.h"

struct MwTableReader {
    const MwTableParser *parser;
    void *state;
    MwTableOptions options;

    char **header;
    size_t n_columns;
    char *raw_header;

    MwTableRow first; /* of a file without a header, read already to count its columns */
    bool has_first;
    uint64_t rows;
};

static const MwTableLimits default_limits = {
    .cell_bytes = 1024 * 1024,
    .row_bytes = 4 * 1024 * 1024,
    .columns = 16384,
    .rows = 100000000,
    .total_bytes = UINT64_C(64) << 30,
    .shared_bytes = (size_t)256 << 20,
};

static MwTableOptions
complete(const MwTableOptions *given)
{
    MwTableOptions options = given ? *given : (MwTableOptions){ 0 };
    MwTableLimits *limits = &options.limits;

#define OR_DEFAULT(member) limits->member = limits->member ? limits->member : default_limits.member
    OR_DEFAULT(cell_bytes);
    OR_DEFAULT(row_bytes);
    OR_DEFAULT(columns);
    OR_DEFAULT(rows);
    OR_DEFAULT(total_bytes);
    OR_DEFAULT(shared_bytes);
    limits->shared_bytes = MIN(limits->shared_bytes, G_MAXUINT32 / 2); /* 32-bit offsets */
#undef OR_DEFAULT
    return options;
}

static void
name_columns(MwTableReader *reader, const MwTableRow *row)
{
    reader->n_columns = row->n_cells;
    reader->header = g_new0(char *, row->n_cells + 1);
    for (size_t i = 0; i < row->n_cells; i++)
        reader->header[i] = reader->options.no_header ? g_strdup_printf("%zu", i + 1)
                                                      : g_strstrip(g_strdup(row->cells[i]));
    reader->raw_header =
        reader->options.no_header ? g_strdup("") : g_strndup(row->raw, row->raw_size);
}

static bool
read_header(MwTableReader *reader, GError **error)
{
    GError *cause = NULL;
    MwTableRow row;

    if (!reader->parser->next(reader->state, &row, &cause)) {
        if (!cause)
            return mw_fail(error, MW_ERROR_INVALID, _("The file has no rows."));
        g_propagate_error(error, cause);
        return false;
    }
    if (!reader->options.no_header && row.fault)
        return mw_fail(error, MW_ERROR_INVALID, _("Line %llu, the header: %s"),
                       (unsigned long long)row.line, row.fault);
    name_columns(reader, &row);
    if (reader->options.no_header) {
        reader->first = row;
        reader->has_first = true;
    }
    return true;
}

/* Where the bytes come from; a workbook is not read from front to back. */
typedef struct {
    const char *path;
    const void *bytes;
    size_t size;
} Origin;

static void *
open_workbook(const Origin *origin, MwTableOptions *options, GError **error)
{
    zip_error_t cause;
    zip_error_init(&cause);

    if (origin->path && g_str_equal(origin->path, "-"))
        return mw_fail_null(error, MW_ERROR_INVALID,
                            _("A workbook cannot be read from standard input; name a file."));
    zip_source_t *source = origin->path
                               ? zip_source_file_create(origin->path, 0, -1, &cause)
                               : zip_source_buffer_create(origin->bytes, origin->size, 0, &cause);
    if (!source)
        return mw_fail_null(error, MW_ERROR_INTERNAL, _("Out of memory."));
    return mw_xlsx_new(source, options, error);
}

/* Finds the format by its magic bytes. Takes over `source`. */
static bool
open_format(MwTableReader *reader, MwSource *source, const Origin *origin, GError **error)
{
    size_t size;
    const uint8_t *magic = mw_source_peek(source, &size);

    if (size >= 8 && memcmp(magic, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0) {
        mw_source_free(source);
        return mw_fail(error, MW_ERROR_INVALID,
                       _("This is an old Excel file (.xls) or one with a password; save it as "
                         ".xlsx without a password, or as CSV."));
    }
    if (size >= 4 && memcmp(magic, "PK\3\4", 4) == 0) {
        mw_source_free(source);
        reader->parser = &mw_xlsx;
        reader->state = open_workbook(origin, &reader->options, error);
    } else {
        reader->parser = &mw_csv;
        reader->state = mw_csv_new(source, &reader->options, error);
    }
    return reader->state != NULL;
}

static MwTableReader *
open_source(MwSource *source, const Origin *origin, const MwTableOptions *options, GError **error)
{
    g_autoptr(MwTableReader) reader = g_new0(MwTableReader, 1);

    reader->options = *options;
    if (!open_format(reader, source, origin, error) || !read_header(reader, error))
        return NULL;
    return g_steal_pointer(&reader);
}

static MwError
open_error(int cause)
{
    switch (cause) {
    case ENOENT:
    case ENOTDIR:
        return MW_ERROR_NOT_FOUND;
    case EACCES:
    case EPERM:
        return MW_ERROR_DENIED;
    default:
        return MW_ERROR_UNAVAILABLE;
    }
}

MwTableReader *
mw_table_open(const char *path, const MwTableOptions *given, GError **error)
{
    MwTableOptions options = complete(given);
    bool standard = g_str_equal(path, "-");
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return mw_fail_null(error, open_error(errno), _("%s cannot be opened: %s."), path,
                            g_strerror(errno));
    MwSource *source = mw_source_of_fd(fd, &options.limits, error);
    return source ? open_source(source, &(Origin){ .path = path }, &options, error) : NULL;
}

MwTableReader *
mw_table_open_bytes(const void *bytes, size_t size, const MwTableOptions *given, GError **error)
{
    MwTableOptions options = complete(given);
    MwSource *source = mw_source_of_bytes(bytes, size, &options.limits, error);

    return source ? open_source(source, &(Origin){ .bytes = bytes, .size = size }, &options, error)
                  : NULL;
}

void
mw_table_close(MwTableReader *reader)
{
    if (!reader)
        return;
    if (reader->state)
        reader->parser->free(reader->state);
    g_strfreev(reader->header);
    g_free(reader->raw_header);
    g_free(reader);
}

const char *const *
mw_table_header(const MwTableReader *reader)
{
    return (const char *const *)reader->header;
}

size_t
mw_table_columns(const MwTableReader *reader)
{
    return reader->n_columns;
}

int
mw_table_column(const MwTableReader *reader, const char *name)
{
    for (size_t i = 0; i < reader->n_columns; i++)
        if (g_str_equal(reader->header[i], name))
            return (int)i;
    for (size_t i = 0; i < reader->n_columns; i++)
        if (g_ascii_strcasecmp(reader->header[i], name) == 0)
            return (int)i;
    return -1;
}

const char *
mw_table_raw_header(const MwTableReader *reader)
{
    return reader->raw_header;
}

char
mw_table_delimiter(const MwTableReader *reader)
{
    return reader->options.delimiter;
}

const char *
mw_table_encoding(const MwTableReader *reader)
{
    return reader->parser->encoding(reader->state);
}

const char *const *
mw_table_sheets(const MwTableReader *reader)
{
    static const char *const none[] = { NULL };

    return reader->parser->sheets ? reader->parser->sheets(reader->state) : none;
}

bool
mw_table_next(MwTableReader *reader, MwTableRow *row, GError **error)
{
    if (reader->has_first) {
        *row = reader->first;
        reader->has_first = false;
    } else if (!reader->parser->next(reader->state, row, error)) {
        return false;
    }
    if (++reader->rows > reader->options.limits.rows)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("Line %llu: more than the limit of %llu rows."),
                       (unsigned long long)row->line,
                       (unsigned long long)reader->options.limits.rows);
    return true;
}

void
mw_table_progress(const MwTableReader *reader, uint64_t *read_bytes, uint64_t *all_bytes)
{
    reader->parser->progress(reader->state, read_bytes, all_bytes);
}
