/* table: whatever the bytes, the rows are text, and written as CSV they read the same again. */
#include <string.h>

#include "fuzz.h"
#include "table/reader.h"
#include "table/writer.h"

static bool
collect(const void *bytes, size_t size, void *data, GError **error G_GNUC_UNUSED)
{
    g_string_append_len(data, bytes, (gssize)size);
    return true;
}

static void
write_row(MwTableWriter *writer, const MwTableRow *row)
{
    g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(MwCell));

    g_assert_cmpuint(row->n_cells, >, 0);
    g_assert_cmpuint(row->raw_size, >, 0);
    for (size_t i = 0; i < row->n_cells; i++) {
        g_assert_true(g_utf8_validate(row->cells[i], -1, NULL));
        g_array_append_val(cells, ((MwCell){ .kind = MW_CELL_TEXT, .text = row->cells[i] }));
    }
    g_assert_true(mw_table_write(writer, (MwCell *)(void *)cells->data, cells->len, NULL));
}

/* Writes what can be read to `out`; how many rows. */
static size_t
copy(MwTableReader *reader, GString *out)
{
    g_autoptr(GError) error = NULL;
    MwTableWriterOptions options = { .byte_order_mark = true };
    g_autoptr(MwTableWriter) writer =
        mw_table_writer_new_sink(collect, out, mw_table_header(reader), &options, NULL);
    uint64_t line = 0;
    size_t rows = 0;

    for (MwTableRow row; mw_table_next(reader, &row, &error); rows++) {
        g_assert_cmpuint(row.line, >, line);
        line = row.line;
        write_row(writer, &row);
    }
    g_assert_true(!error || error->domain == MW_ERROR);
    g_assert_true(mw_table_writer_finish(writer, NULL));
    return rows;
}

static void
check(const uint8_t *bytes, size_t size, const MwTableOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MwTableReader) reader = mw_table_open_bytes(bytes, size, options, &error);
    g_autoptr(GString) once = g_string_new(NULL), twice = g_string_new(NULL);

    g_assert_true(!reader == !!error);
    if (!reader)
        return;
    size_t rows = copy(reader, once);
    g_autoptr(MwTableReader) again =
        mw_table_open_bytes(once->str, once->len, &(MwTableOptions){ .delimiter = ',' }, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(copy(again, twice), ==, rows);
    g_assert_cmpstr(once->str, ==, twice->str);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const MwTableOptions options[] = {
        { 0 },
        { .delimiter = ';',
          .encoding = "GB18030",
          .no_header = true,
          .limits = { .cell_bytes = 16, .row_bytes = 64, .columns = 4, .rows = 8 } },
    };

    if (size >= 2 && memcmp(bytes, "PK", 2) == 0) /* fuzz_xlsx */
        return 0;
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        check(bytes, size, &options[i]);
    return 0;
}
