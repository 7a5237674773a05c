#pragma once
/* workbook: XLSX files put together part by part, for the tests of table/. */
#include <glib.h>
#include <string.h>
#include <zip.h>

/* The parts of a workbook; NULL: the usual one, "": none. */
typedef struct {
    const char *sheet; /* rows, inside <sheetData> */
    const char *texts; /* inside <sst> */
    const char *styles;
    const char *workbook;
    const char *relations;
    const char *package;
    const char *raw_sheet; /* the whole part instead of `sheet` */
    size_t raw_sheet_size;
} TestBook;

#define TRANSITIONAL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static const char usual_package[] =
    "<Relationships><Relationship Id=\"r1\" Type=\"" TRANSITIONAL
    "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char usual_relations[] =
    "<Relationships>"
    "<Relationship Id=\"r1\" Type=\"" TRANSITIONAL "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"r2\" Type=\"" TRANSITIONAL "/styles\" Target=\"/xl/styles.xml\"/>"
    "<Relationship Id=\"r3\" Type=\"" TRANSITIONAL "/sharedStrings\" Target=\"sharedStrings.xml\"/>"
    "<Relationship Id=\"r4\" Type=\"" TRANSITIONAL "/worksheet\" Target=\"worksheets/two.xml\"/>"
    "<Relationship Id=\"r5\" Type=\"" TRANSITIONAL "/chartsheet\" Target=\"charts/one.xml\"/>"
    "<Relationship Id=\"broken\"/>"
    "</Relationships>";
static const char usual_workbook[] = "<workbook xmlns:r=\"x\"><sheets><sheet name=\"One\" "
                                     "sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
/* 0 general, 1 date, 2 date and time, 3 time, 4 elapsed, 5 quoted letters, 6 Chinese date */
static const char usual_styles[] =
    "<styleSheet><numFmts>"
    "<numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd hh:mm;@\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"0 &quot;days&quot;\"/>"
    "<numFmt numFmtId=\"166\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>"
    "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>"
    "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"20\"/>"
    "<xf numFmtId=\"46\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/>"
    "</cellXfs></styleSheet>";
static const char two[] =
    "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>second</v></c>"
    "</row></sheetData></worksheet>";

static void
add(zip_t *zip, const char *name, const char *content, size_t size)
{
    zip_source_t *source = zip_source_buffer(zip, content, size, 0);

    g_assert_cmpint(zip_file_add(zip, name, source, 0), >=, 0);
}

static void
add_part(zip_t *zip, const char *name, const char *content, const char *usual)
{
    if (!content)
        content = usual;
    if (*content)
        add(zip, name, content, strlen(content));
}

static GBytes *
bytes_of(zip_source_t *archive)
{
    zip_stat_t status;

    g_assert_cmpint(zip_source_open(archive), ==, 0);
    g_assert_cmpint(zip_source_stat(archive, &status), ==, 0);
    char *bytes = g_malloc(status.size);
    g_assert_cmpint(zip_source_read(archive, bytes, status.size), ==, (zip_int64_t)status.size);
    zip_source_close(archive);
    zip_source_free(archive);
    return g_bytes_new_take(bytes, status.size);
}

static GBytes *
make_workbook(const TestBook *book)
{
    zip_source_t *archive = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_source_keep(archive);
    zip_t *zip = zip_open_from_source(archive, ZIP_TRUNCATE, NULL);
    g_assert_nonnull(zip);

    g_autofree char *sheet = g_strdup_printf("<worksheet><sheetData>%s</sheetData></worksheet>",
                                             book->sheet ? book->sheet : "");
    g_autofree char *texts = g_strdup_printf("<sst>%s</sst>", book->texts ? book->texts : "");
    add_part(zip, "_rels/.rels", book->package, usual_package);
    add_part(zip, "xl/workbook.xml", book->workbook, usual_workbook);
    add_part(zip, "xl/_rels/workbook.xml.rels", book->relations, usual_relations);
    add_part(zip, "xl/styles.xml", book->styles, usual_styles);
    add(zip, "xl/sharedStrings.xml", texts, strlen(texts));
    add(zip, "xl/worksheets/two.xml", two, strlen(two));
    if (book->raw_sheet)
        add(zip, "xl/worksheets/Sheet1.XML", book->raw_sheet, book->raw_sheet_size);
    else
        add(zip, "xl/worksheets/Sheet1.XML", sheet, strlen(sheet)); /* names know no case */
    g_assert_cmpint(zip_close(zip), ==, 0);
    return bytes_of(archive);
}
