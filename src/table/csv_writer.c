/* csv_writer: RFC 4180 text. */
#include <string.h>

#include "base/i18n.h"
#include "table/formatter.h"

enum { FLUSH_BYTES = 64 * 1024 };

typedef struct {
    MwTarget *target;
    char delimiter;
    bool special[256]; /* the bytes that make a cell need quotes */
    bool guard_formulas;
    GString *out;
} CsvWriter;

static void
csv_writer_free(void *state)
{
    CsvWriter *csv = state;

    g_string_free(csv->out, TRUE);
    g_free(csv);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvWriter, csv_writer_free)

static void
append_text(CsvWriter *csv, const char *text, bool guarded)
{
    size_t size = 0;
    bool quoted = false;

    for (; text[size]; size++)
        quoted |= csv->special[(unsigned char)text[size]];
    if (quoted)
        g_string_append_c(csv->out, '"');
    if (guarded)
        g_string_append_c(csv->out, '\'');
    const char *end = text + size;
    for (const char *quote; quoted && (quote = memchr(text, '"', (size_t)(end - text)));
         text = quote + 1) {
        g_string_append_len(csv->out, text, quote + 1 - text);
        g_string_append_c(csv->out, '"');
    }
    g_string_append_len(csv->out, text, end - text);
    if (quoted)
        g_string_append_c(csv->out, '"');
}

static void
append_cell(CsvWriter *csv, const MwCell *cell)
{
    if (cell->kind == MW_CELL_INTEGER)
        g_string_append_printf(csv->out, "%" G_GINT64_FORMAT, cell->integer);
    else if (cell->kind != MW_CELL_EMPTY && cell->text && *cell->text)
        append_text(csv, cell->text,
                    csv->guard_formulas && cell->kind == MW_CELL_TEXT &&
                        strchr("=+-@\t\r", *cell->text));
}

static bool
flush(CsvWriter *csv, GError **error)
{
    bool written = mw_target_write(csv->target, csv->out->str, csv->out->len, error);

    g_string_truncate(csv->out, 0);
    return written;
}

static bool
csv_writer_write(void *state, const MwCell *cells, size_t n_cells, GError **error)
{
    CsvWriter *csv = state;
    size_t start = csv->out->len;

    for (size_t i = 0; i < n_cells; i++) {
        if (i > 0)
            g_string_append_c(csv->out, csv->delimiter);
        append_cell(csv, &cells[i]);
    }
    if (csv->out->len == start) /* an empty line would be no row */
        g_string_append(csv->out, "\"\"");
    g_string_append(csv->out, "\r\n");
    return csv->out->len < FLUSH_BYTES || flush(csv, error);
}

static bool
csv_writer_finish(void *state, GError **error)
{
    return flush(state, error);
}

static void *
csv_writer_new(MwTarget *target, const char *const *columns, const MwTableWriterOptions *options,
               GError **error)
{
    g_autoptr(CsvWriter) csv = g_new0(CsvWriter, 1);
    g_autoptr(GArray) header = g_array_new(FALSE, FALSE, sizeof(MwCell));

    csv->target = target;
    csv->delimiter = options->delimiter ? options->delimiter : ',';
    csv->special['"'] = csv->special['\r'] = csv->special['\n'] = true;
    csv->special[(unsigned char)csv->delimiter] = true;
    csv->guard_formulas = options->guard_formulas;
    csv->out = g_string_sized_new(FLUSH_BYTES + 4096);
    if (options->byte_order_mark)
        g_string_append(csv->out, "\xef\xbb\xbf");
    for (; *columns; columns++)
        g_array_append_val(header, ((MwCell){ MW_CELL_TEXT, *columns, 0 }));
    return csv_writer_write(csv, (const MwCell *)(const void *)header->data, header->len, error)
               ? g_steal_pointer(&csv)
               : NULL;
}

const MwTableFormatter mw_csv_formatter = {
    .new = csv_writer_new,
    .write = csv_writer_write,
    .finish = csv_writer_finish,
    .free = csv_writer_free,
};
