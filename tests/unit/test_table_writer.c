/* table: what the writers write is what the reader reads; and what a failure leaves. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "table/writer.h"
#include "table_show.h"

static const char *const columns[] = { "name", "n", "amount", "day", "moment", NULL };

#define TEXT(value)                                                                                \
    {                                                                                              \
        MW_CELL_TEXT, value, 0                                                                     \
    }
#define NUMBER(value)                                                                              \
    {                                                                                              \
        MW_CELL_INTEGER, NULL, value                                                               \
    }
#define DECIMAL(value)                                                                             \
    {                                                                                              \
        MW_CELL_DECIMAL, value, 0                                                                  \
    }
#define DATE(value)                                                                                \
    {                                                                                              \
        MW_CELL_DATE, value, 0                                                                     \
    }
#define INSTANT(value)                                                                             \
    {                                                                                              \
        MW_CELL_INSTANT, value, 0                                                                  \
    }
#define EMPTY                                                                                      \
    {                                                                                              \
        MW_CELL_EMPTY, NULL, 0                                                                     \
    }

static const MwCell rows[][5] = {
    { TEXT("水泵"), NUMBER(17850), DECIMAL("-1234.50"), DATE("2026-03-31"),
      INSTANT("2026-03-31 08:05:00") },
    { TEXT("say \"hi\", twice\nover"), NUMBER(-3), DECIMAL("0.001"), DATE("1900-03-01"),
      INSTANT("9999-12-31 23:59:59") },
    { EMPTY, EMPTY, EMPTY, EMPTY, EMPTY },
    { TEXT(NULL), NUMBER(INT64_MAX), DECIMAL("12345678901234567.89"), DATE("1900-02-28"),
      INSTANT("1899-12-31 00:00:00") },
    { TEXT(" _x0041_ =1+1 "), NUMBER(999999999999999), DECIMAL("soon"), DATE("2026-02-29"),
      INSTANT("2026-03-31") },
    { TEXT("-"), NUMBER(INT64_MIN), DECIMAL("5"), DATE("2026-03-31x"),
      INSTANT("2026-03-31 24:00:00") },
};

static const char csv_bytes[] =
    "name,n,amount,day,moment\r\n"
    "水泵,17850,-1234.50,2026-03-31,2026-03-31 08:05:00\r\n"
    "\"say \"\"hi\"\", twice\nover\",-3,0.001,1900-03-01,9999-12-31 23:59:59\r\n"
    ",,,,\r\n"
    ",9223372036854775807,12345678901234567.89,1900-02-28,1899-12-31 00:00:00\r\n"
    " _x0041_ =1+1 ,999999999999999,soon,2026-02-29,2026-03-31\r\n"
    "-,-9223372036854775808,5,2026-03-31x,2026-03-31 24:00:00\r\n";

static const char shown_by_xlsx[] =
    "<name><n><amount><day><moment>\n"
    "<水泵><17850><-1234.5><2026-03-31><2026-03-31 08:05:00>\n"
    "<say \"hi\", twice\nover><-3><0.001><1900-03-01><9999-12-31 23:59:59>\n"
    "5:<><9223372036854775807><12345678901234567.89><1900-02-28><1899-12-31 00:00:00>\n"
    "< _x0041_ =1+1 ><999999999999999><soon><2026-02-29><2026-03-31>\n"
    "<-><-9223372036854775808><5><2026-03-31x><2026-03-31 24:00:00>\n";

static bool
collect(const void *bytes, size_t size, void *data, GError **error G_GNUC_UNUSED)
{
    g_string_append_len(data, bytes, (gssize)size);
    return true;
}

/* A new empty folder for one test. */
typedef struct {
    char *path, *file;
} Folder;

static Folder
folder_new(const char *name)
{
    Folder folder = { .path = g_dir_make_tmp("mw-writer-XXXXXX", NULL) };

    g_assert_nonnull(folder.path);
    folder.file = g_build_filename(folder.path, name, NULL);
    return folder;
}

/* Removes it; it holds `expected` entries. */
static void
folder_end(Folder *folder, unsigned expected)
{
    g_autoptr(GDir) dir = g_dir_open(folder->path, 0, NULL);
    unsigned found = 0;

    for (const char *name; (name = g_dir_read_name(dir)); found++) {
        g_autofree char *path = g_build_filename(folder->path, name, NULL);
        g_unlink(path);
    }
    g_assert_cmpuint(found, ==, expected);
    g_assert_cmpint(g_rmdir(folder->path), ==, 0);
    g_free(folder->path);
    g_free(folder->file);
}

static bool
write_rows(MwTableWriter *writer, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (!mw_table_write(writer, rows[i], G_N_ELEMENTS(rows[i]), error))
            return false;
    return mw_table_writer_finish(writer, error);
}

static GString *
written(const char *const *names, const MwCell *cells, size_t n_cells,
        const MwTableWriterOptions *options)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(MwTableWriter) writer =
        mw_table_writer_new_sink(collect, out, names, options, &error);

    g_assert_no_error(error);
    g_assert_true(mw_table_write(writer, cells, n_cells, &error));
    g_assert_true(mw_table_writer_finish(writer, &error));
    g_assert_no_error(error);
    return out;
}

static void
test_csv_bytes(void)
{
    static const char *const one[] = { "a;b", NULL };
    static const struct {
        MwCell cells[3];
        size_t n_cells;
        MwTableWriterOptions options;
        const char *expected;
    } cases[] = {
        { { TEXT("x"), TEXT("y") }, 2, { 0 }, "a;b\r\nx,y\r\n" },
        { { TEXT("x;"), TEXT(",") }, 2, { .delimiter = ';' }, "\"a;b\"\r\n\"x;\";,\r\n" },
        { { TEXT("") }, 1, { 0 }, "a;b\r\n\"\"\r\n" },
        { { EMPTY }, 0, { 0 }, "a;b\r\n\"\"\r\n" },
        { { TEXT("a\rb"), TEXT("\"") }, 2, { 0 }, "a;b\r\n\"a\rb\",\"\"\"\"\r\n" },
        { { TEXT("x") },
          1,
          { .byte_order_mark = true },
          "\xef\xbb\xbf"
          "a;b\r\nx\r\n" },
        { { TEXT("=1"), TEXT("+86"), TEXT("@x") }, 3, { 0 }, "a;b\r\n=1,+86,@x\r\n" },
        { { TEXT("=1,2"), TEXT("-x"), DECIMAL("-5.0") },
          3,
          { .guard_formulas = true },
          "a;b\r\n\"'=1,2\",'-x,-5.0\r\n" },
        { { TEXT("\t="), TEXT(""), TEXT("a=") },
          3,
          { .guard_formulas = true },
          "a;b\r\n'\t=,,a=\r\n" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *out = written(one, cases[i].cells, cases[i].n_cells, &cases[i].options);
        g_assert_cmpstr(out->str, ==, cases[i].expected);
        g_string_free(out, TRUE);
    }
}

static void
test_csv_file(void)
{
    g_autoptr(GError) error = NULL;
    Folder folder = folder_new("t.csv");
    g_autoptr(MwTableWriter) writer = mw_table_writer_new(folder.file, columns, NULL, &error);
    g_autofree char *contents = NULL;
    struct stat status;

    g_assert_no_error(error);
    g_assert_false(g_file_test(folder.file, G_FILE_TEST_EXISTS));
    g_assert_true(write_rows(writer, &error));
    g_assert_true(g_file_get_contents(folder.file, &contents, NULL, NULL));
    g_assert_cmpstr(contents, ==, csv_bytes);

    mode_t mask = umask(0);
    umask(mask);
    g_assert_cmpint(stat(folder.file, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 0777, ==, 0666 & ~mask);
    folder_end(&folder, 1);
}

/* Many times the buffer, read again. */
static void
test_csv_long(void)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(MwTableWriter) writer = mw_table_writer_new_sink(collect, out, columns, NULL, &error);

    for (int i = 0; i < 20000; i++)
        g_assert_true(mw_table_write(writer, rows[i % 2], 5, &error));
    g_assert_true(mw_table_writer_finish(writer, &error));

    g_autoptr(MwTableReader) reader = mw_table_open_bytes(out->str, out->len, NULL, &error);
    MwTableRow row;
    int n = 0;
    for (; mw_table_next(reader, &row, &error); n++) {
        g_assert_null(row.fault);
        for (int i = 0; i < 5; i++)
            if (i != 1)
                g_assert_cmpstr(row.cells[i], ==, rows[n % 2][i].text);
    }
    g_assert_no_error(error);
    g_assert_cmpint(n, ==, 20000);
    g_string_free(out, TRUE);
}

static char *
part_of(const char *path, const char *name)
{
    zip_t *zip = zip_open(path, ZIP_RDONLY, NULL);
    zip_stat_t status;

    g_assert_nonnull(zip);
    g_assert_cmpint(zip_stat(zip, name, 0, &status), ==, 0);
    char *part = g_malloc0(status.size + 1);
    zip_file_t *file = zip_fopen(zip, name, 0);
    g_assert_cmpint(zip_fread(file, part, status.size), ==, (zip_int64_t)status.size);
    zip_fclose(file);
    zip_discard(zip);
    return part;
}

static void
test_xlsx_file(void)
{
    g_autoptr(GError) error = NULL;
    Folder folder = folder_new("t.xlsx");
    MwTableWriterOptions options = { .format = MW_TABLE_XLSX,
                                     .sheet = " 订单/2026: 'all' of [them] and more " };
    g_autoptr(MwTableWriter) writer = mw_table_writer_new(folder.file, columns, &options, &error);

    g_assert_no_error(error);
    g_assert_true(write_rows(writer, &error));
    g_assert_no_error(error);

    g_autoptr(MwTableReader) reader = mw_table_open(folder.file, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *shown = show(reader, &error);
    g_assert_cmpstr(shown, ==, shown_by_xlsx);
    g_assert_cmpstr(mw_table_sheets(reader)[0], ==, "订单_2026_ _all_ of _them_ and m");

    g_autofree char *sheet = part_of(folder.file, "xl/worksheets/sheet1.xml");
    g_autofree char *styles = part_of(folder.file, "xl/styles.xml");
    g_assert_nonnull(strstr(sheet, "<pane ySplit=\"1\" topLeftCell=\"A2\""));
    g_assert_nonnull(strstr(sheet, "state=\"frozen\""));
    /* The longest line of the column and 2; the library adds the padding of 5 pixels. */
    g_assert_nonnull(strstr(sheet, "<col min=\"1\" max=\"1\" width=\"17.7")); /* say "hi", twice */
    g_assert_nonnull(strstr(sheet, "<col min=\"2\" max=\"2\" width=\"22.7")); /* the smallest */
    g_assert_nonnull(strstr(styles, "<b/>"));
    g_assert_nonnull(strstr(styles, "#,##0.00\""));
    folder_end(&folder, 1);
}

static void
test_xlsx_sink(void)
{
    MwTableWriterOptions options = { .format = MW_TABLE_XLSX };
    GString *out = written(columns, rows[0], 5, &options);

    assert_shows(out->str, out->len, NULL,
                 "<name><n><amount><day><moment>\n"
                 "<水泵><17850><-1234.5><2026-03-31><2026-03-31 08:05:00>\n");
    g_string_free(out, TRUE);
}

/* What XML or a sheet cannot hold. */
static void
test_xlsx_texts(void)
{
    g_autofree char *longest = g_strnfill(32767, 'x'), *too_long = g_strnfill(32768, 'x');
    g_autofree char *cut = g_strndup(too_long, 32766);
    g_autoptr(GString) chinese = g_string_new(NULL);
    for (int i = 0; i < 20000; i++)
        g_string_append(chinese, "泵");
    MwCell cells[] = { TEXT(longest),
                       TEXT(too_long),
                       TEXT(chinese->str),
                       TEXT("\x01"),
                       TEXT("a\xff"
                            "b"),
                       TEXT("\xef\xbf\xbf\xef\xbf\xbe\xef\xbf\xbd") };
    GString *out = written(columns, cells, 6, &(MwTableWriterOptions){ .format = MW_TABLE_XLSX });
    g_autofree char *expected =
        g_strdup_printf("<name><n><amount><day><moment>\n<%s><%s…><%s><\x01><a\xef\xbf\xbd"
                        "b><\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd>\n",
                        longest, cut, chinese->str);

    assert_shows(out->str, out->len, NULL, expected);
    g_string_free(out, TRUE);
}

static void
test_xlsx_limits(void)
{
    static const MwCell wide[16385];
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    MwTableWriterOptions options = { .format = MW_TABLE_XLSX };
    g_autoptr(MwTableWriter) writer =
        mw_table_writer_new_sink(collect, out, columns, &options, &error);

    g_assert_false(mw_table_write(writer, wide, G_N_ELEMENTS(wide), &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_TOO_LARGE);
    g_clear_error(&error);
    for (int row = 1; row < 1048576; row++)
        g_assert_true(mw_table_write(writer, NULL, 0, &error));
    g_assert_false(mw_table_write(writer, NULL, 0, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_TOO_LARGE);
    g_string_free(out, TRUE);
}

static unsigned
count_descriptors(void)
{
    g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
    unsigned n = 0;

    while (dir && g_dir_read_name(dir))
        n++;
    return n;
}

/* Without a finish the target stays as it was, and nothing else is left. */
static void
test_abandoned(gconstpointer format)
{
    g_autoptr(GError) error = NULL;
    Folder folder = folder_new("t");
    g_autofree char *contents = NULL;
    MwTableWriterOptions options = { .format = *(const MwTableFormat *)format };
    unsigned before = count_descriptors();

    g_assert_true(g_file_set_contents(folder.file, "old", -1, NULL));
    MwTableWriter *writer = mw_table_writer_new(folder.file, columns, &options, &error);
    g_assert_true(mw_table_write(writer, rows[0], 5, &error));
    mw_table_writer_free(writer);
    g_assert_true(g_file_get_contents(folder.file, &contents, NULL, NULL));
    g_assert_cmpstr(contents, ==, "old");
    g_assert_cmpuint(count_descriptors(), ==, before);
    folder_end(&folder, 1);
}

/* A limit on the size of files stands for a full disk. */
static void
test_full(gconstpointer format)
{
    g_autoptr(GError) error = NULL;
    Folder folder = folder_new("t");
    MwTableWriterOptions options = { .format = *(const MwTableFormat *)format };
    struct rlimit before, low;

    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    signal(SIGXFSZ, SIG_IGN);
    /* Small: the first flush fails. Larger: only the archive, or what it is made of, fails. */
    for (rlim_t limit = 512; limit <= 1 << 20; limit *= 2) {
        low = before;
        low.rlim_cur = limit;
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &low), ==, 0);
        MwTableWriter *writer = mw_table_writer_new(folder.file, columns, &options, &error);
        bool done = writer != NULL;
        for (int i = 0; done && i < 40000; i++)
            done = mw_table_write(writer, rows[i % 2], 5, &error);
        done = done && mw_table_writer_finish(writer, &error);
        mw_table_writer_free(writer);
        setrlimit(RLIMIT_FSIZE, &before);
        g_assert_false(done);
        g_assert_error(error, MW_ERROR, MW_ERROR_FULL);
        g_clear_error(&error);
    }
    folder_end(&folder, 0);
}

/* The folder is gone before the end. */
static void
test_folder_removed(gconstpointer format)
{
    g_autoptr(GError) error = NULL;
    Folder folder = folder_new("t");
    g_autofree char *inner = g_build_filename(folder.path, "inner", NULL);
    g_autofree char *path = g_build_filename(inner, "t", NULL);
    MwTableWriterOptions options = { .format = *(const MwTableFormat *)format };

    g_assert_cmpint(g_mkdir(inner, 0700), ==, 0);
    g_autoptr(MwTableWriter) writer = mw_table_writer_new(path, columns, &options, &error);
    g_assert_no_error(error);
    Folder gone = { .path = g_strdup(inner), .file = NULL };
    folder_end(&gone, 1);
    g_assert_false(write_rows(writer, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    folder_end(&folder, 0);
}

static void
test_full_device(gconstpointer format)
{
    g_autoptr(GError) error = NULL;
    MwTableWriterOptions options = { .format = *(const MwTableFormat *)format };

    if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
        g_test_skip("there is no /dev/full");
        return;
    }
    g_autoptr(MwTableWriter) writer = mw_table_writer_new("/dev/full", columns, &options, &error);
    g_assert_no_error(error);
    g_assert_false(mw_table_writer_finish(writer, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_FULL);
}

static bool
refuse(const void *bytes G_GNUC_UNUSED, size_t size G_GNUC_UNUSED, void *data G_GNUC_UNUSED,
       GError **error)
{
    return mw_fail(error, MW_ERROR_CONFLICT, "gone");
}

static void
test_failing_sink(gconstpointer format)
{
    g_autoptr(GError) error = NULL;
    MwTableWriterOptions options = { .format = *(const MwTableFormat *)format };
    g_autoptr(MwTableWriter) writer =
        mw_table_writer_new_sink(refuse, NULL, columns, &options, &error);

    g_assert_no_error(error);
    g_assert_false(mw_table_writer_finish(writer, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
}

static void
test_targets(void)
{
    g_autoptr(GError) error = NULL;
    Folder folder = folder_new("t.csv");
    g_autofree char *nowhere = g_build_filename(folder.path, "none", "t.csv", NULL);
    g_autofree char *link = g_build_filename(folder.path, "link", NULL);
    g_autofree char *contents = NULL;

    g_assert_null(mw_table_writer_new(nowhere, columns, NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_null(mw_table_writer_new(folder.path, columns, NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    if (geteuid() != 0) {
        g_assert_null(mw_table_writer_new("/proc/none", columns, NULL, &error));
        g_assert_error(error, MW_ERROR, MW_ERROR_DENIED);
        g_clear_error(&error);
    }

    g_assert_true(g_file_set_contents(folder.file, "old", -1, NULL));
    g_assert_cmpint(symlink("t.csv", link), ==, 0);
    g_autoptr(MwTableWriter) writer = mw_table_writer_new(link, columns, NULL, &error);
    g_assert_true(write_rows(writer, &error));
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_assert_true(g_file_get_contents(folder.file, &contents, NULL, NULL));
    g_assert_cmpstr(contents, ==, csv_bytes);
    folder_end(&folder, 2);
    mw_table_writer_free(NULL);
}

static void
test_standard_output(gconstpointer format)
{
    g_autoptr(GError) error = NULL;
    Folder folder = folder_new("t");
    MwTableWriterOptions options = { .format = *(const MwTableFormat *)format };

    fflush(stdout);
    int standard = dup(STDOUT_FILENO), fd = open(folder.file, O_RDWR | O_CREAT, 0600);
    dup2(fd, STDOUT_FILENO);
    MwTableWriter *writer = mw_table_writer_new("-", columns, &options, &error);
    bool done = writer && write_rows(writer, &error);
    mw_table_writer_free(writer);
    dup2(standard, STDOUT_FILENO);
    close(standard);
    close(fd);

    g_assert_no_error(error);
    g_assert_true(done);
    g_autoptr(MwTableReader) reader = mw_table_open(folder.file, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(mw_table_header(reader)[4], ==, "moment");
    folder_end(&folder, 1);
}

int
main(int argc, char **argv)
{
    static const MwTableFormat formats[] = { MW_TABLE_CSV, MW_TABLE_XLSX };
    static const struct {
        const char *name;
        GTestDataFunc test;
    } both[] = {
        { "abandoned", test_abandoned },       { "full", test_full },
        { "full-device", test_full_device },   { "folder-removed", test_folder_removed },
        { "failing-sink", test_failing_sink }, { "standard-output", test_standard_output },
    };

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/table/writer/csv-bytes", test_csv_bytes);
    g_test_add_func("/table/writer/csv-file", test_csv_file);
    g_test_add_func("/table/writer/csv-long", test_csv_long);
    g_test_add_func("/table/writer/xlsx-file", test_xlsx_file);
    g_test_add_func("/table/writer/xlsx-sink", test_xlsx_sink);
    g_test_add_func("/table/writer/xlsx-texts", test_xlsx_texts);
    g_test_add_func("/table/writer/xlsx-limits", test_xlsx_limits);
    g_test_add_func("/table/writer/targets", test_targets);
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++)
        for (size_t f = 0; f < G_N_ELEMENTS(formats); f++) {
            g_autofree char *path =
                g_strdup_printf("/table/writer/%s-%s", f == 0 ? "csv" : "xlsx", both[i].name);
            g_test_add_data_func(path, &formats[f], both[i].test);
        }
    return g_test_run();
}
