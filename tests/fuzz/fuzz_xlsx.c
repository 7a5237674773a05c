/*
 * table: a workbook with any bytes as one of its parts, or any bytes as the archive.
 *
 * The first byte says which: '0' the sheet, '1' the shared texts, '2' the styles, '3' the
 * workbook, '4' its relationships; 'P' (of the magic bytes) the whole.
 */
#include "../unit/workbook.h"
#include "fuzz.h"
#include "table/reader.h"

static void
read_all(const void *bytes, size_t size)
{
    MwTableOptions options = { .limits = { .cell_bytes = 4096,
                                           .row_bytes = 65536,
                                           .columns = 256,
                                           .total_bytes = 1 << 20,
                                           .shared_bytes = 65536 } };
    g_autoptr(GError) error = NULL;
    g_autoptr(MwTableReader) reader = mw_table_open_bytes(bytes, size, &options, &error);
    MwTableRow row;

    g_assert_true(!reader == !!error);
    while (reader && mw_table_next(reader, &row, &error)) {
        g_assert_cmpuint(row.n_cells, >=, mw_table_columns(reader));
        for (size_t i = 0; i < row.n_cells; i++)
            g_assert_true(g_utf8_validate(row.cells[i], -1, NULL));
        g_assert_true(g_utf8_validate(row.raw, (gssize)row.raw_size, NULL));
    }
    g_assert_true(!error || error->domain == MW_ERROR);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 4)
        return 0;
    if (bytes[0] == 'P') {
        if (memcmp(bytes, "PK\3\4", 4) == 0) /* else it would be a CSV */
            read_all(bytes, size);
        return 0;
    }
    g_autofree char *part = g_strndup((const char *)bytes + 1, size - 1);
    TestBook book = { .sheet = "<row><c t=\"s\" s=\"1\"><v>0</v></c><c s=\"1\"><v>1</v></c></row>",
                      .texts = "<si><t>text</t></si>" };
    switch (bytes[0]) {
    case '0':
        book.raw_sheet = part;
        book.raw_sheet_size = strlen(part);
        break;
    case '1':
        book.texts = part;
        break;
    case '2':
        book.styles = part;
        break;
    case '3':
        book.workbook = part;
        break;
    case '4':
        book.relations = part;
        break;
    default:
        return 0;
    }
    g_autoptr(GBytes) archive = make_workbook(&book);
    read_all(g_bytes_get_data(archive, NULL), g_bytes_get_size(archive));
    return 0;
}
