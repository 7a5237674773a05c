/*
 * xlsx: rows of one sheet of a workbook, as a spreadsheet shows them.
 *
 * The parser is stopped at the end of every row and goes on with the next call, so that
 * one row is held, whatever the size of the sheet.
 */
#include <string.h>

#include "base/i18n.h"
#include "table/parser.h"
#include "table/xlsx_book.h"
#include "table/xlsx_value.h"

enum { MAX_ROWS = 1048576 }; /* of a sheet */

typedef struct {
    MwXlsxBook *book;
    MwXlsxPart *part;

    uint64_t line; /* number of the current row */
    size_t width;  /* cells of the first row; later ones have as many at least */
    GString *text; /* of the row's cells, each with its NUL; starts with a NUL for the empty ones */
    GArray *offsets; /* size_t, one a cell, into `text` */
    GPtrArray *cells;
    GString *raw;
    const char *fault;
    bool has_row;

    GString *value; /* of the current cell */
    size_t column, next_column;
    char type; /* the letter of its t="": s, i(nlineStr), t (str), b, e, d; n */
    unsigned format;
    bool in_cell, in_value, in_phonetic;
} Xlsx;

/* "AB12" to 27; false when it does not start with letters or is too far right. */
static bool
parse_column(const char *reference, size_t *column)
{
    size_t n = 0, letters = 0;

    for (; reference[letters] >= 'A' && reference[letters] <= 'Z' && letters < 5; letters++)
        n = n * 26 + (size_t)(reference[letters] - 'A' + 1);
    if (letters > 0)
        *column = n - 1;
    return letters > 0;
}

static void
start_row(Xlsx *xlsx, MwXlsxPart *part, const char *const *attributes)
{
    const char *number = mw_xlsx_attribute(attributes, "r");
    uint64_t line = number ? g_ascii_strtoull(number, NULL, 10) : xlsx->line + 1;

    if (line <= xlsx->line || line > MAX_ROWS) {
        mw_xlsx_part_fail(part, MW_ERROR_INVALID,
                          _("The rows of the sheet are out of order after row %llu."),
                          (unsigned long long)xlsx->line);
        return;
    }
    xlsx->line = line;
    xlsx->fault = NULL;
    xlsx->has_row = false;
    xlsx->next_column = 0;
    g_string_truncate(xlsx->text, 1);
    g_array_set_size(xlsx->offsets, 0);
}

static void
start_cell(Xlsx *xlsx, MwXlsxPart *part, const char *const *attributes)
{
    const char *reference = mw_xlsx_attribute(attributes, "r");
    const char *type = mw_xlsx_attribute(attributes, "t");
    const char *style = mw_xlsx_attribute(attributes, "s");
    size_t limit = xlsx->book->archive.limits.columns;

    xlsx->in_cell = true;
    xlsx->column = xlsx->next_column;
    if (reference && !parse_column(reference, &xlsx->column))
        xlsx->fault = _("A cell has no valid place.");
    xlsx->next_column = xlsx->column + 1;
    if (xlsx->column >= limit)
        mw_xlsx_part_fail(part, MW_ERROR_TOO_LARGE,
                          _("Line %llu: more than the limit of %zu columns."),
                          (unsigned long long)xlsx->line, limit);
    xlsx->type = !type ? 'n' : g_str_equal(type, "str") ? 't' : *type;
    xlsx->format = style ? mw_xlsx_book_format(xlsx->book, g_ascii_strtoull(style, NULL, 10)) : 0;
    g_string_truncate(xlsx->value, 0);
}

/* Appends the current cell's value to `text` as it is shown. */
static void
append_value(Xlsx *xlsx)
{
    const char *value = xlsx->value->str, *shared;

    switch (xlsx->type) {
    case 's':
        shared = mw_xlsx_book_text(xlsx->book, g_ascii_strtoull(value, NULL, 10));
        if (shared)
            g_string_append(xlsx->text, shared);
        else
            xlsx->fault = _("A cell has a text that the workbook does not hold.");
        break;
    case 'i':
    case 't':
        mw_xlsx_append_text(xlsx->text, value);
        break;
    case 'b':
        g_string_append(xlsx->text, g_str_equal(value, "1") ? "TRUE" : "FALSE");
        break;
    case 'd':
        mw_xlsx_append_iso(xlsx->text, value);
        break;
    case 'e':
        g_string_append(xlsx->text, value);
        break;
    default:
        mw_xlsx_append_number(xlsx->text, value, xlsx->format, xlsx->book->since_1904);
    }
}

static void
end_cell(Xlsx *xlsx, MwXlsxPart *part)
{
    size_t offset = xlsx->text->len, limit = xlsx->book->archive.limits.row_bytes;

    xlsx->in_cell = xlsx->in_value = xlsx->in_phonetic = false;
    if (xlsx->value->len == 0)
        return;
    append_value(xlsx);
    if (xlsx->text->len == offset)
        return;
    g_string_append_c(xlsx->text, '\0');
    if (xlsx->text->len > limit)
        mw_xlsx_part_fail(part, MW_ERROR_TOO_LARGE,
                          _("Line %llu: a row is larger than the limit of %zu bytes."),
                          (unsigned long long)xlsx->line, limit);
    if (xlsx->column < xlsx->offsets->len) {
        xlsx->fault = _("The cells of the row are out of order.");
        return;
    }
    g_array_set_size(xlsx->offsets, (guint)xlsx->column); /* the gap gets zeros: empty texts */
    g_array_append_val(xlsx->offsets, offset);
}

static void
sheet_start(void *data, MwXlsxPart *part, const char *name, const char *const *attributes)
{
    Xlsx *xlsx = data;

    if (g_str_equal(name, "row"))
        start_row(xlsx, part, attributes);
    else if (g_str_equal(name, "c") && xlsx->line > 0)
        start_cell(xlsx, part, attributes);
    else if (g_str_equal(name, "rPh"))
        xlsx->in_phonetic = true;
    else if (g_str_equal(name, "v") || g_str_equal(name, "t"))
        xlsx->in_value = xlsx->in_cell && !xlsx->in_phonetic;
}

static void
sheet_end(void *data, MwXlsxPart *part, const char *name)
{
    Xlsx *xlsx = data;

    if (g_str_equal(name, "v") || g_str_equal(name, "t"))
        xlsx->in_value = false;
    else if (g_str_equal(name, "rPh"))
        xlsx->in_phonetic = false;
    else if (g_str_equal(name, "c"))
        end_cell(xlsx, part);
    else if (g_str_equal(name, "row") && xlsx->offsets->len > 0) {
        xlsx->has_row = true;
        mw_xlsx_part_pause(part);
    }
}

static void
sheet_text(void *data, MwXlsxPart *part, const char *text, size_t size)
{
    Xlsx *xlsx = data;
    size_t limit = xlsx->book->archive.limits.cell_bytes;

    if (!xlsx->in_value)
        return;
    g_string_append_len(xlsx->value, text, (gssize)size);
    if (xlsx->value->len > limit)
        mw_xlsx_part_fail(part, MW_ERROR_TOO_LARGE,
                          _("Line %llu: a cell is larger than the limit of %zu bytes."),
                          (unsigned long long)xlsx->line, limit);
}

static void
append_csv(GString *line, const char *cell)
{
    if (!strpbrk(cell, ",\"\r\n")) {
        g_string_append(line, cell);
        return;
    }
    g_string_append_c(line, '"');
    for (; *cell; cell++) {
        if (*cell == '"')
            g_string_append_c(line, '"');
        g_string_append_c(line, *cell);
    }
    g_string_append_c(line, '"');
}

static bool
xlsx_next(void *state, MwTableRow *row, GError **error)
{
    Xlsx *xlsx = state;

    xlsx->has_row = false;
    if (!mw_xlsx_part_run(xlsx->part, error) || !xlsx->has_row)
        return false;
    if (xlsx->width == 0)
        xlsx->width = xlsx->offsets->len;
    g_array_set_size(xlsx->offsets, (guint)MAX(xlsx->width, xlsx->offsets->len));

    g_ptr_array_set_size(xlsx->cells, 0);
    g_string_truncate(xlsx->raw, 0);
    for (guint i = 0; i < xlsx->offsets->len; i++) {
        char *cell = xlsx->text->str + g_array_index(xlsx->offsets, size_t, i);
        g_ptr_array_add(xlsx->cells, cell);
        if (i > 0)
            g_string_append_c(xlsx->raw, ',');
        append_csv(xlsx->raw, cell);
    }
    *row = (MwTableRow){
        .line = xlsx->line,
        .cells = (const char *const *)xlsx->cells->pdata,
        .n_cells = xlsx->cells->len,
        .raw = xlsx->raw->str,
        .raw_size = xlsx->raw->len,
        .fault = xlsx->fault,
    };
    return true;
}

static void
xlsx_progress(const void *state, uint64_t *read_bytes, uint64_t *all_bytes)
{
    mw_xlsx_part_progress(((const Xlsx *)state)->part, read_bytes, all_bytes);
}

static const char *
xlsx_encoding(const void *state G_GNUC_UNUSED)
{
    return "UTF-8";
}

static const char *const *
xlsx_sheets(const void *state)
{
    return (const char *const *)((const Xlsx *)state)->book->sheets->pdata;
}

static void
xlsx_free(void *state)
{
    Xlsx *xlsx = state;

    if (!xlsx)
        return;
    mw_xlsx_part_close(xlsx->part);
    mw_xlsx_book_free(xlsx->book);
    g_string_free(xlsx->text, TRUE);
    g_string_free(xlsx->value, TRUE);
    g_string_free(xlsx->raw, TRUE);
    g_array_unref(xlsx->offsets);
    g_ptr_array_unref(xlsx->cells);
    g_free(xlsx);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Xlsx, xlsx_free)

const MwTableParser mw_xlsx = {
    .next = xlsx_next,
    .progress = xlsx_progress,
    .encoding = xlsx_encoding,
    .sheets = xlsx_sheets,
    .free = xlsx_free,
};

void *
mw_xlsx_new(zip_source_t *source, MwTableOptions *options, GError **error)
{
    static const MwXlsxHandler handler = { sheet_start, sheet_end, sheet_text };
    zip_error_t cause;
    zip_stat_t status;

    zip_error_init(&cause);
    uint64_t size = zip_source_stat(source, &status) == 0 ? status.size : 0;
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &cause);
    if (!zip) {
        g_set_error(error, MW_ERROR, MW_ERROR_INVALID, _("The workbook cannot be unpacked: %s."),
                    zip_error_strerror(&cause));
        zip_error_fini(&cause);
        zip_source_free(source);
        return NULL;
    }

    g_autoptr(Xlsx) xlsx = g_new0(Xlsx, 1);
    xlsx->text = g_string_new_len("", 1);
    xlsx->value = g_string_new(NULL);
    xlsx->raw = g_string_new(NULL);
    xlsx->offsets = g_array_new(FALSE, TRUE, sizeof(size_t));
    xlsx->cells = g_ptr_array_new();
    xlsx->book = mw_xlsx_book_open(zip, size, &options->limits, options->sheet, error);
    if (!xlsx->book)
        return NULL;
    xlsx->part =
        mw_xlsx_part_open(&xlsx->book->archive, xlsx->book->sheet_path, &handler, xlsx, error);
    if (!xlsx->part)
        return NULL;
    options->delimiter = ',';
    return g_steal_pointer(&xlsx);
}
