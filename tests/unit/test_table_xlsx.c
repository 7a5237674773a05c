/* table: XLSX, from workbooks put together here part by part. */
#include <fcntl.h>
#include <unistd.h>

#include "table/xlsx_value.h"
#include "table_show.h"
#include "workbook.h"

typedef struct {
    const char *name;
    TestBook book;
    const char *expected;
    MwTableOptions options;
} Case;

#define S(text) "<c t=\"str\"><v>" text "</v></c>"
#define TWO_SHEETS(a, b)                                                                           \
    "<workbook xmlns:r=\"x\"><sheets><sheet name=\"Chart\" r:id=\"r5\"/><sheet name=\"One\"" a     \
    " r:id=\"r1\"/><sheet name=\"Two\"" b " r:id=\"r4\"/></sheets></workbook>"

static const Case cases[] = {
    { "texts",
      { .sheet =
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is>"
            "<t>in</t></is></c><c r=\"C1\" t=\"str\"><f>A1</f><v>f</v></c></row>"
            "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\" t=\"s\"><v>2</v></c></row>",
        .texts =
            "<si><t> 名称 </t></si><si><r><t>ri</t></r><r><t xml:space=\"preserve\">ch </t></r>"
            "<rPh><t>phonetic</t></rPh></si><si><t>_x000D_a_x005F_x0041__x00__xD800_</t></si>" },
      "<名称><in><f>\n<rich ><\ra_x0041__x00__xD800_><>\n",
      { 0 } },
    { "inline-rich",
      { .sheet =
            "<row><c t=\"inlineStr\"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>x</t></rPh></is>"
            "</c></row>" },
      "<ab>\n",
      { 0 } },
    { "sparse",
      { .sheet = "<row r=\"3\">" S("a") S("b")
            S("c") "</row><row r=\"5\"><c r=\"C5\"><v>1</v></c>"
                   "</row><row r=\"6\"><c r=\"A6\" s=\"1\"/></row><row r=\"7\"/><row>" S(
                       "x") "<c r=\"D8\"><v>4</v></c></row>" },
      "<a><b><c>\n5:<><><1>\n8:<x><><><4>\n",
      { 0 } },
    { "numbers",
      { .sheet = "<row>" S(
            "h") "</row>"
                 "<row><c><v>17850</v></c><c><v>-7</v></c><c><v>1.1000000000000001</v></c>"
                 "<c><v>1E-3</v></c><c><v>1.5E-7</v></c><c><v>-2.5E+20</v></c><c><v>1E300</v></c>"
                 "<c><v>123456789012345678</v></c><c><v>x</v></c><c><v>0.30000000000000004</v></c>"
                 "<c t=\"n\" s=\"5\"><v>3</v></c><c s=\"99\"><v>8</v></c></row>" },
      "<h>\n<17850><-7><1.1><0.001><0.00000015><-250000000000000000000><1e+300>"
      "<123456789012346000><x><0.3><3><8>\n",
      { 0 } },
    { "others",
      { .sheet = "<row>" S(
            "h") "</row><row><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c>"
                 "<c t=\"e\"><v>#DIV/0!</v></c><c t=\"d\"><v>2026-03-31T08:05:00.123Z</v></c>"
                 "<c t=\"d\"><v>2026-03-31</v></c><c><f>1+1</f></c></row>" },
      "<h>\n<TRUE><FALSE><#DIV/0!><2026-03-31 08:05:00><2026-03-31>\n",
      { 0 } },
    { "dates",
      { .sheet = "<row>" S(
            "h") "</row>"
                 "<row><c s=\"1\"><v>46112</v></c><c s=\"1\"><v>46112.9</v></c>"
                 "<c s=\"2\"><v>46112.336805555555</v></c><c s=\"2\"><v>46112</v></c>"
                 "<c s=\"3\"><v>0.5</v></c><c s=\"3\"><v>46112.5</v></c><c s=\"4\"><v>1.25</v></c>"
                 "<c s=\"6\"><v>1</v></c><c s=\"6\"><v>59</v></c><c s=\"6\"><v>60</v></c>"
                 "<c s=\"6\"><v>61</v></c><c s=\"1\"><v>0</v></c><c s=\"1\"><v>-5</v></c>"
                 "<c s=\"1\"><v>2958465</v></c><c s=\"1\"><v>2958466</v></c></row>" },
      "<h>\n<2026-03-31><2026-03-31><2026-03-31 08:05:00><2026-03-31 00:00:00><12:00:00>"
      "<2026-03-31 12:00:00><30:00:00><1900-01-01><1900-02-28><60><1900-03-01><0><-5>"
      "<9999-12-31><2958466>\n",
      { 0 } },
    { "dates-since-1904",
      { .sheet =
            "<row>" S("h") "</row><row><c s=\"1\"><v>0</v></c><c s=\"1\"><v>44650</v></c></row>",
        .workbook =
            "<workbook xmlns:r=\"x\"><workbookPr date1904=\"1\"/><sheets><sheet name=\"One\" "
            "r:id=\"r1\"/></sheets></workbook>" },
      "<h>\n<1904-01-01><2026-03-31>\n",
      { 0 } },
    { "no-styles",
      { .sheet = "<row>" S("h") "</row><row><c s=\"1\"><v>46112</v></c></row>",
        .relations = "<Relationships><Relationship Id=\"r1\" Type=\"http://purl.oclc.org/"
                     "ooxml/officeDocument/relationships/worksheet\" "
                     "Target=\"worksheets/sheet1.xml\"/></Relationships>" },
      "<h>\n<46112>\n",
      { 0 } },
    { "prefixed-names",
      { .raw_sheet =
            "<x:worksheet xmlns:x=\"m\"><x:sheetData><x:row><x:c t=\"str\"><x:v>p</x:v></x:c>"
            "</x:row></x:sheetData></x:worksheet>",
        .raw_sheet_size = 109 },
      "<p>\n",
      { 0 } },
    { "no-header",
      { .sheet = "<row r=\"2\">" S("x") S("y") "</row>" },
      "<1><2>\n<x><y>\n",
      { .no_header = true } },
    { "named-sheet", { .workbook = TWO_SHEETS("", "") }, "<second>\n", { .sheet = "Two" } },
    { "hidden-sheet", { .workbook = TWO_SHEETS(" state=\"hidden\"", "") }, "<second>\n", { 0 } },
    { "all-hidden",
      { .sheet = "<row>" S("x") "</row>",
        .workbook = TWO_SHEETS(" state=\"hidden\"", " state=\"veryHidden\"") },
      "<x>\n",
      { 0 } },
    { "out-of-order-cells",
      { .sheet = "<row>" S("a")
            S("b") "</row><row><c r=\"B2\"><v>2</v></c><c r=\"A2\"><v>1</v></c></row>"
                   "<row>" S("c") "</row>" },
      "<a><b>\n<><2>!\n<c><>\n",
      { 0 } },
    { "no-place",
      { .sheet = "<row>" S("a") "</row><row><c r=\"12\"><v>1</v></c></row>" },
      "<a>\n<1>!\n",
      { 0 } },
    { "missing-text",
      { .sheet = "<row>" S("a") S("b") "</row><row><c t=\"s\"><v>7</v></c>" S("x") "</row>" },
      "<a><b>\n<><x>!\n",
      { 0 } },
};

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    TestBook book = c->book;

    if (book.raw_sheet)
        book.raw_sheet_size = strlen(book.raw_sheet);
    g_autoptr(GBytes) bytes = make_workbook(&book);
    assert_shows(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &c->options, c->expected);
}

typedef struct {
    const char *name;
    TestBook book;
    MwError code;
    const char *message;
    MwTableOptions options;
} BadCase;

#define NESTED10 "<a><a><a><a><a><a><a><a><a><a>"

static const BadCase bad_cases[] = {
    { "no-rows", { .sheet = "<row r=\"1\"/>" }, MW_ERROR_INVALID, "no rows", { 0 } },
    { "no-package", { .package = "" }, MW_ERROR_INVALID, "no XLSX workbook", { 0 } },
    { "damaged-package", { .package = "<a>" }, MW_ERROR_INVALID, "damaged", { 0 } },
    { "other-package",
      { .package = "<Relationships/>" },
      MW_ERROR_INVALID,
      "no XLSX workbook",
      { 0 } },
    { "binary",
      { .package = "<Relationships><Relationship Id=\"r1\" Type=\"" TRANSITIONAL
                   "/officeDocument\" Target=\"xl/workbook.bin\"/></Relationships>" },
      MW_ERROR_INVALID,
      "no XLSX workbook",
      { 0 } },
    { "no-relations",
      { .relations = "" },
      MW_ERROR_INVALID,
      "no part “xl/_rels/workbook.xml.rels”",
      { 0 } },
    { "no-workbook", { .workbook = "" }, MW_ERROR_INVALID, "no part “xl/workbook.xml”", { 0 } },
    { "no-styles-part", { .styles = "" }, MW_ERROR_INVALID, "no part “xl/styles.xml”", { 0 } },
    { "no-sheet", { .workbook = "<workbook/>" }, MW_ERROR_INVALID, "has no sheet", { 0 } },
    { "sheet-not-named", { 0 }, MW_ERROR_NOT_FOUND, "no sheet “Three”", { .sheet = "Three" } },
    { "bad-xml", { .sheet = "<row><c></row>" }, MW_ERROR_INVALID, "damaged", { 0 } },
    { "late-bad-xml",
      { .sheet = "<row>" S("a") "</row><row>" S("b") "</row></wrong>" },
      MW_ERROR_INVALID,
      "damaged",
      { 0 } },
    { "row-order",
      { .sheet = "<row r=\"2\">" S("a") "</row><row r=\"2\"/>" },
      MW_ERROR_INVALID,
      "out of order after row 2",
      { 0 } },
    { "row-number", { .sheet = "<row r=\"1048577\"/>" }, MW_ERROR_INVALID, "out of order", { 0 } },
    { "column-limit",
      { .sheet = "<row><c r=\"XFE1\"/></row>" },
      MW_ERROR_TOO_LARGE,
      "limit of 16384 columns",
      { 0 } },
    { "far-column",
      { .sheet = "<row><c r=\"ZZZZZZZZ1\"/></row>" },
      MW_ERROR_TOO_LARGE,
      "columns",
      { 0 } },
    { "cell-limit",
      { .sheet = "<row>" S("12345") S("123456") "</row>" },
      MW_ERROR_TOO_LARGE,
      "Line 1: a cell is larger than the limit of 5 bytes",
      { .limits.cell_bytes = 5 } },
    { "row-limit",
      { .sheet = "<row>" S("12345") S("123456") "</row>" },
      MW_ERROR_TOO_LARGE,
      "Line 1: a row is larger than the limit of 10 bytes",
      { .limits.row_bytes = 10 } },
    { "rows-limit",
      { .sheet = "<row>" S("h") "</row><row>" S("1") "</row><row>" S("2") "</row>" },
      MW_ERROR_TOO_LARGE,
      "limit of 1 rows",
      { .limits.rows = 1 } },
    { "text-limit",
      { .texts = "<si><t>123456</t></si>" },
      MW_ERROR_TOO_LARGE,
      "A cell is larger than the limit of 5 bytes",
      { .limits.cell_bytes = 5 } },
    { "texts-limit",
      { .texts = "<si><t>1234</t></si><si><t>12345</t></si><si/>" },
      MW_ERROR_TOO_LARGE,
      "more than 20 bytes of texts",
      { .limits.shared_bytes = 20 } },
    { "total-limit",
      { 0 },
      MW_ERROR_TOO_LARGE,
      "limit of 1000 bytes",
      { .limits.total_bytes = 1000 } },
    { "entities",
      { .raw_sheet =
            "<!DOCTYPE w [<!ENTITY a \"b\">]><worksheet><sheetData><row><c><v>&a;</v></c></row>"
            "</sheetData></worksheet>" },
      MW_ERROR_INVALID,
      "declares a document type",
      { 0 } },
    { "nesting",
      { .sheet = NESTED10 NESTED10 NESTED10 NESTED10 NESTED10 NESTED10 NESTED10 },
      MW_ERROR_INVALID,
      "nested too deeply",
      { 0 } },
};

static void
test_bad_case(gconstpointer data)
{
    const BadCase *c = data;
    TestBook book = c->book;

    if (book.raw_sheet)
        book.raw_sheet_size = strlen(book.raw_sheet);
    g_autoptr(GBytes) bytes = make_workbook(&book);
    assert_fails(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &c->options, c->code,
                 c->message);
}

/* A part of 64 MiB whose bytes are all the same, behind a proper beginning. */
static void
test_bombs(void)
{
    static const struct {
        const char *start;
        char fill;
        const char *message;
        MwTableLimits limits;
    } bombs[] = {
        { "<worksheet><sheetData>", ' ', "more than 200 times", { 0 } },
        { "<worksheet><sheetData><row><c><v>", '9', "a cell is larger", { .expansion = 100000 } },
        { "<worksheet a=\"", 'x', "markup of more than", { .expansion = 100000 } },
        { "<worksheet>",
          ' ',
          "larger than the limit of 9000000",
          { .expansion = 100000, .total_bytes = 9000000 } },
    };
    size_t size = (size_t)64 << 20;
    g_autofree char *part = g_malloc(size);

    for (size_t i = 0; i < G_N_ELEMENTS(bombs); i++) {
        memset(part, bombs[i].fill, size);
        memcpy(part, bombs[i].start, strlen(bombs[i].start));
        g_autoptr(GBytes) bytes =
            make_workbook(&(TestBook){ .raw_sheet = part, .raw_sheet_size = size });
        g_assert_cmpuint(g_bytes_get_size(bytes), <, 100000);
        assert_fails(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                     &(MwTableOptions){ .limits = bombs[i].limits }, MW_ERROR_TOO_LARGE,
                     bombs[i].message);
    }
}

/* More styles, number formats and relationships than a spreadsheet can have. */
static void
test_too_many_entries(void)
{
    static const char *const entries[] = { "<cellXfs><xf/>",
                                           "<numFmt numFmtId=\"%d\" formatCode=\"0\"/>" };

    for (size_t e = 0; e < G_N_ELEMENTS(entries); e++) {
        g_autoptr(GString) styles = g_string_new("<styleSheet>");
        g_string_append(styles, "<cellXfs>");
        for (int i = 0; i < 65537; i++)
            e == 0 ? g_string_append(styles, "<xf/>")
                   : (g_string_append_printf(styles, entries[e], i), styles);
        g_string_append(styles, "</cellXfs></styleSheet>");
        g_autoptr(GBytes) bytes = make_workbook(&(TestBook){ .styles = styles->str });
        assert_fails(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL,
                     MW_ERROR_TOO_LARGE, "more than 65536");
    }
    g_autoptr(GString) sheets = g_string_new("<workbook xmlns:r=\"x\"><sheets>");
    for (int i = 0; i < 65537; i++)
        g_string_append(sheets, "<sheet name=\"S\" r:id=\"r1\"/>");
    g_string_append(sheets, "</sheets></workbook>");
    g_autoptr(GBytes) many = make_workbook(&(TestBook){ .workbook = sheets->str });
    assert_fails(g_bytes_get_data(many, NULL), g_bytes_get_size(many), NULL, MW_ERROR_TOO_LARGE,
                 "more than 65536");

    g_autoptr(GString) relations = g_string_new("<Relationships>");
    for (int i = 0; i < 65537; i++)
        g_string_append(relations, "<Relationship Id=\"a\" Type=\"b\" Target=\"c\"/>");
    g_string_append(relations, "</Relationships>");
    g_autoptr(GBytes) bytes = make_workbook(&(TestBook){ .relations = relations->str });
    assert_fails(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL, MW_ERROR_TOO_LARGE,
                 "more than 65536");
}

/* Cut off anywhere, or with one byte changed anywhere: an error or a table, never more. */
static void
test_damaged(void)
{
    g_autoptr(GBytes) whole =
        make_workbook(&(TestBook){ .sheet = "<row>" S("a") "</row><row>" S("b") "</row>" });
    size_t size;
    const char *bytes = g_bytes_get_data(whole, &size);

    for (size_t cut = 4; cut < size; cut += 7)
        assert_fails(bytes, cut, NULL, MW_ERROR_INVALID, "cannot be unpacked");
    for (size_t i = 4; i < size; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *changed = g_memdup2(bytes, size);
        changed[i] ^= 0x55;
        g_autoptr(MwTableReader) reader = mw_table_open_bytes(changed, size, NULL, &error);
        g_autofree char *shown = reader ? show(reader, &error) : NULL;
        g_assert_true(error || g_str_equal(shown, "<a>\n<b>\n") || g_str_has_prefix(shown, "<"));
    }
}

static void
test_surroundings(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = make_workbook(
        &(TestBook){ .sheet = "<row>" S("a, b") S("c") "</row><row>" S("x\"y") S("1") "</row>",
                     .workbook = TWO_SHEETS("", "") });
    g_autoptr(MwTableReader) reader =
        mw_table_open_bytes(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL, &error);
    uint64_t done, all;
    MwTableRow row;

    g_assert_no_error(error);
    g_assert_cmpstr(mw_table_raw_header(reader), ==, "\"a, b\",c");
    g_assert_cmpint(mw_table_delimiter(reader), ==, ',');
    g_assert_cmpstr(mw_table_encoding(reader), ==, "UTF-8");
    g_assert_cmpstr(mw_table_sheets(reader)[0], ==, "One");
    g_assert_cmpstr(mw_table_sheets(reader)[1], ==, "Two");
    g_assert_null(mw_table_sheets(reader)[2]);
    g_assert_true(mw_table_next(reader, &row, &error));
    g_assert_cmpmem(row.raw, row.raw_size, "\"x\"\"y\",1", 8);
    g_assert_false(mw_table_next(reader, &row, &error));
    g_assert_no_error(error);
    mw_table_progress(reader, &done, &all);
    g_assert_cmpuint(all, >, 0);
    g_assert_cmpuint(done, ==, all);
}

static void
test_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = make_workbook(&(TestBook){ .sheet = "<row>" S("a") "</row>" });
    char *path = NULL;
    int fd = g_file_open_tmp("mw-XXXXXX.csv", &path, NULL); /* the name does not matter */

    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_file_set_contents(path, g_bytes_get_data(bytes, NULL),
                                      (gssize)g_bytes_get_size(bytes), NULL));
    g_autoptr(MwTableReader) reader = mw_table_open(path, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *shown = show(reader, &error);
    g_assert_cmpstr(shown, ==, "<a>\n");

    int standard = dup(STDIN_FILENO);
    g_assert_cmpint(dup2(fd, STDIN_FILENO), ==, STDIN_FILENO);
    g_assert_cmpint(lseek(STDIN_FILENO, 0, SEEK_SET), ==, 0);
    close(fd);
    fd = open(path, O_RDONLY);
    dup2(fd, STDIN_FILENO);
    g_assert_null(mw_table_open("-", NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    dup2(standard, STDIN_FILENO);
    close(standard);
    close(fd);
    unlink(path);
    g_free(path);
}

static void
test_formats(void)
{
    static const struct {
        const char *code;
        unsigned format;
    } formats[] = {
        { "General", 0 },
        { "0.00", 0 },
        { "#,##0 \"dmy\"", 0 },
        { "0.00E+00", 0 },
        { "[Red]0;[Blue]-0;dd", 0 },
        { "0\\d_d*s", 0 },
        { "\"open", 0 },
        { "[open", 0 },
        { "0\\", 0 },
        { "[$-804]d/m/yy", MW_XLSX_DATE },
        { "mmm", MW_XLSX_DATE },
        { "mm:ss", MW_XLSX_TIME },
        { "h:mm AM/PM", MW_XLSX_TIME },
        { "yyyy-mm-dd hh:mm", MW_XLSX_DATE | MW_XLSX_TIME },
        { "[h]:mm:ss", MW_XLSX_ELAPSED },
        { "[mm]", MW_XLSX_ELAPSED },
        { "[ss].0", MW_XLSX_ELAPSED },
    };
    static const struct {
        unsigned id, format;
    } built_in[] = { { 0, 0 },
                     { 10, 0 },
                     { 14, MW_XLSX_DATE },
                     { 19, MW_XLSX_TIME },
                     { 22, MW_XLSX_DATE | MW_XLSX_TIME },
                     { 30, MW_XLSX_DATE },
                     { 33, MW_XLSX_TIME },
                     { 46, MW_XLSX_ELAPSED },
                     { 47, MW_XLSX_TIME },
                     { 49, 0 },
                     { 55, MW_XLSX_TIME },
                     { 58, MW_XLSX_DATE },
                     { 59, 0 } };

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        g_assert_cmpuint(mw_xlsx_format(formats[i].code), ==, formats[i].format);
    for (size_t i = 0; i < G_N_ELEMENTS(built_in); i++)
        g_assert_cmpuint(mw_xlsx_built_in_format(built_in[i].id), ==, built_in[i].format);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/table/xlsx/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad_cases); i++) {
        g_autofree char *path = g_strdup_printf("/table/xlsx/bad/%s", bad_cases[i].name);
        g_test_add_data_func(path, &bad_cases[i], test_bad_case);
    }
    g_test_add_func("/table/xlsx/bombs", test_bombs);
    g_test_add_func("/table/xlsx/too-many-entries", test_too_many_entries);
    g_test_add_func("/table/xlsx/damaged", test_damaged);
    g_test_add_func("/table/xlsx/surroundings", test_surroundings);
    g_test_add_func("/table/xlsx/file", test_file);
    g_test_add_func("/table/xlsx/formats", test_formats);
    return g_test_run();
}
