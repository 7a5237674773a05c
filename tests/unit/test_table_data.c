/* table: published files, with the counts and sums of their descriptions (SOURCES.md beside them). */
#include "base/money.h"
#include "dataset.h"
#include "table/reader.h"
#include "table/writer.h"
#include "table_show.h"

static MwTableReader *
open_dataset(const char *name, const MwTableOptions *options)
{
    g_autofree char *path = dataset_path(name);
    g_autoptr(GError) error = NULL;

    if (!path)
        return NULL;
    MwTableReader *reader = mw_table_open(path, options, &error);
    g_assert_no_error(error);
    return reader;
}

static int64_t
parse_thousandths(const char *text)
{
    int64_t value;

    g_assert_cmpint(mw_decimal_parse(text, 3, &value), ==, MW_DECIMAL_OK);
    return value;
}

/* UCI Online Retail: 541,909 rows, 135,080 of them without a customer, 1,454 without a
 * description, 6,035 quoted descriptions, 32 rows with a pound sign; sum of all 9,747,747.934, of
 * those with a customer, no credit note, a quantity and a price (397,884 rows) 8,911,407.904. */
static void
test_retail(void)
{
    g_autoptr(MwTableReader) reader = open_dataset("retail/online_retail.csv.zst", NULL);
    g_autoptr(GError) error = NULL;
    MwTableRow row;
    size_t rows = 0, no_customer = 0, no_description = 0, quoted = 0, beyond_ascii = 0, clean = 0;
    int64_t sum = 0, clean_sum = 0;

    if (!reader)
        return;
    g_assert_cmpuint(mw_table_columns(reader), ==, 8);
    int quantity = mw_table_column(reader, "Quantity"),
        price = mw_table_column(reader, "UnitPrice");
    int customer = mw_table_column(reader, "CustomerID");
    int description = mw_table_column(reader, "description");
    for (; mw_table_next(reader, &row, &error); rows++) {
        g_assert_null(row.fault);
        g_assert_cmpuint(row.n_cells, ==, 8);
        g_assert_cmpuint(row.line, ==, rows + 2);
        int64_t amount =
            g_ascii_strtoll(row.cells[quantity], NULL, 10) * parse_thousandths(row.cells[price]);
        sum += amount;
        if (*row.cells[customer] && *row.cells[0] != 'C' && *row.cells[quantity] != '-' &&
            amount > 0) {
            clean++;
            clean_sum += amount;
        }
        no_customer += *row.cells[customer] == '\0';
        no_description += *row.cells[description] == '\0';
        quoted += memchr(row.raw, '"', row.raw_size) != NULL;
        beyond_ascii += strstr(row.cells[description], "£") != NULL;
    }
    g_assert_no_error(error);
    g_assert_cmpuint(rows, ==, 541909);
    g_assert_cmpuint(no_customer, ==, 135080);
    g_assert_cmpuint(no_description, ==, 1454);
    g_assert_cmpuint(quoted, ==, 6035);
    g_assert_cmpuint(beyond_ascii, ==, 32);
    g_assert_cmpint(sum, ==, INT64_C(9747747934));
    g_assert_cmpuint(clean, ==, 397884);
    g_assert_cmpint(clean_sum, ==, INT64_C(8911407904));
    g_assert_cmpstr(mw_table_encoding(reader), ==, "UTF-8");
}

/* CRM Sales Opportunities, CRLF: 8,800 rows, the won ones sum to 10,005,534. */
static void
test_pipeline(void)
{
    g_autoptr(MwTableReader) reader = open_dataset("pipeline/sales_pipeline.csv", NULL);
    g_autoptr(GError) error = NULL;
    MwTableRow row;
    size_t rows = 0;
    int64_t won = 0;

    if (!reader)
        return;
    int stage = mw_table_column(reader, "deal_stage"),
        value = mw_table_column(reader, "close_value");
    g_assert_cmpint(value, ==, 7);
    for (; mw_table_next(reader, &row, &error); rows++) {
        g_assert_null(row.fault);
        g_assert_cmpuint(row.n_cells, ==, 8);
        if (g_str_equal(row.cells[stage], "Won"))
            won += g_ascii_strtoll(row.cells[value], NULL, 10);
    }
    g_assert_no_error(error);
    g_assert_cmpuint(rows, ==, 8800);
    g_assert_cmpint(won, ==, 10005534);
}

/* carparts: 2,674 series of 51 months in one header line of 24 kB; 6,122 NA, 97,398 zeros. */
static void
test_wide(void)
{
    g_autoptr(MwTableReader) reader = open_dataset("spareparts/carparts.csv", NULL);
    g_autoptr(GError) error = NULL;
    MwTableRow row;
    size_t rows = 0, missing = 0, zeros = 0;

    if (!reader)
        return;
    g_assert_cmpuint(mw_table_columns(reader), ==, 2675);
    for (; mw_table_next(reader, &row, &error); rows++) {
        g_assert_cmpuint(row.n_cells, ==, 2675);
        for (size_t i = 1; i < row.n_cells; i++) {
            missing += g_str_equal(row.cells[i], "NA");
            zeros += g_str_equal(row.cells[i], "0");
        }
    }
    g_assert_no_error(error);
    g_assert_cmpuint(rows, ==, 51);
    g_assert_cmpuint(missing, ==, 6122);
    g_assert_cmpuint(zeros, ==, 97398);
}

/* CDNOW: 6,919 lines without a header, CRLF; blanks do not separate cells here. */
static void
test_no_header(void)
{
    g_autoptr(MwTableReader) reader =
        open_dataset("cdnow/CDNOW_sample.txt", &(MwTableOptions){ .no_header = true });
    g_autoptr(GError) error = NULL;
    MwTableRow row;
    size_t rows = 0;

    if (!reader)
        return;
    while (mw_table_next(reader, &row, &error))
        rows++;
    g_assert_no_error(error);
    g_assert_cmpuint(rows, ==, 6919);
    g_assert_cmpstr(mw_table_header(reader)[0], ==, "1");
}

static bool
collect(const void *bytes, size_t size, void *data, GError **error G_GNUC_UNUSED)
{
    g_byte_array_append(data, bytes, (guint)size);
    return true;
}

/* 20,000 rows of the ledger through XLSX and back. */
static void
test_through_xlsx(void)
{
    enum { ROWS = 20000, COLUMNS = 8 };
    static const MwCellKind kinds[COLUMNS] = { MW_CELL_TEXT,    MW_CELL_TEXT,    MW_CELL_TEXT,
                                               MW_CELL_DECIMAL, MW_CELL_INSTANT, MW_CELL_DECIMAL,
                                               MW_CELL_TEXT,    MW_CELL_TEXT };
    g_autoptr(MwTableReader) reader = open_dataset("retail/online_retail.csv.zst", NULL);
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    MwTableRow row, back;

    if (!reader)
        return;
    g_autoptr(MwTableWriter) writer =
        mw_table_writer_new_sink(collect, file, mw_table_header(reader),
                                 &(MwTableWriterOptions){ .format = MW_TABLE_XLSX }, &error);
    for (int n = 0; n < ROWS && mw_table_next(reader, &row, &error); n++) {
        MwCell cells[COLUMNS];
        for (int i = 0; i < COLUMNS; i++)
            cells[i] = (MwCell){ .kind = kinds[i], .text = row.cells[i] };
        g_assert_true(mw_table_write(writer, cells, COLUMNS, &error));
    }
    g_assert_true(mw_table_writer_finish(writer, &error));
    g_assert_no_error(error);

    g_autoptr(MwTableReader) again = open_dataset("retail/online_retail.csv.zst", NULL);
    g_autoptr(MwTableReader) xlsx = mw_table_open_bytes(file->data, file->len, NULL, &error);
    g_assert_no_error(error);
    int n = 0;
    for (; mw_table_next(xlsx, &back, &error) && mw_table_next(again, &row, &error); n++)
        for (int i = 0; i < COLUMNS; i++) {
            if (kinds[i] == MW_CELL_DECIMAL) /* a number has no digits to keep: 2.10 is 2.1 */
                g_assert_cmpint(parse_thousandths(back.cells[i]), ==,
                                parse_thousandths(row.cells[i]));
            else
                g_assert_cmpstr(back.cells[i], ==, row.cells[i]);
        }
    g_assert_no_error(error);
    g_assert_cmpint(n, ==, ROWS);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/table/data/retail", test_retail);
    g_test_add_func("/table/data/pipeline", test_pipeline);
    g_test_add_func("/table/data/wide", test_wide);
    g_test_add_func("/table/data/no-header", test_no_header);
    g_test_add_func("/table/data/through-xlsx", test_through_xlsx);
    return g_test_run();
}
