/*
 * Reading the retail ledger (MILLWRIGHT_DATA, 541,909 rows, 48 MB) beside the raw limits: memchr()
 * for the line ends of the same bytes, and the library unpacking them; writing it beside a copy.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <zstd.h>

#include "bench.h"
#include "table/reader.h"
#include "table/writer.h"

typedef struct {
    char *plain, *packed;
    size_t plain_size, packed_size;
    char *path; /* of the plain bytes, in a file */
    size_t rows, cells;
} Ledger;

static void
read_rows(Ledger *ledger, MwTableReader *reader)
{
    g_autoptr(GError) error = NULL;
    MwTableRow row;

    g_assert_nonnull(reader);
    ledger->rows = ledger->cells = 0;
    for (; mw_table_next(reader, &row, &error); ledger->rows++)
        ledger->cells += row.n_cells;
    g_assert_no_error(error);
}

static void
read_plain(void *data)
{
    Ledger *ledger = data;
    g_autoptr(MwTableReader) reader =
        mw_table_open_bytes(ledger->plain, ledger->plain_size, NULL, NULL);

    read_rows(ledger, reader);
}

static void
read_file(void *data)
{
    Ledger *ledger = data;
    g_autoptr(MwTableReader) reader = mw_table_open(ledger->path, NULL, NULL);

    read_rows(ledger, reader);
}

static void
read_packed(void *data)
{
    Ledger *ledger = data;
    g_autoptr(MwTableReader) reader =
        mw_table_open_bytes(ledger->packed, ledger->packed_size, NULL, NULL);

    read_rows(ledger, reader);
}

static void
find_lines(void *data)
{
    const Ledger *ledger = data;
    const char *s = ledger->plain, *end = s + ledger->plain_size;
    size_t lines = 0;

    for (; (s = memchr(s, '\n', (size_t)(end - s))); s++)
        lines++;
    g_assert_cmpuint(lines, >, 1);
}

/* Every delimiter and line end by its own memchr(): what a reader without blocks would do. */
static void
find_cells(void *data)
{
    const Ledger *ledger = data;
    const char *s = ledger->plain, *end = s + ledger->plain_size;
    size_t cells = 0;

    while (s < end) {
        const char *line = memchr(s, '\n', (size_t)(end - s));
        if (!line)
            line = end;
        for (; (s = memchr(s, ',', (size_t)(line - s))); s++)
            cells++;
        s = line + 1;
        cells++;
    }
    g_assert_cmpuint(cells, >, 1);
}

static void
unpack(void *data)
{
    const Ledger *ledger = data;
    g_autofree char *out = g_malloc(256 * 1024);
    ZSTD_DStream *stream = ZSTD_createDStream();
    ZSTD_inBuffer in = { ledger->packed, ledger->packed_size, 0 };

    while (in.pos < in.size) {
        ZSTD_outBuffer to = { out, 256 * 1024, 0 };
        g_assert_false(ZSTD_isError(ZSTD_decompressStream(stream, &to, &in)));
    }
    ZSTD_freeDStream(stream);
}

static bool
count(const void *bytes G_GNUC_UNUSED, size_t size, void *data, GError **error G_GNUC_UNUSED)
{
    *(size_t *)data += size;
    return true;
}

static void
write_rows(const Ledger *ledger, const MwTableWriterOptions *options, size_t limit)
{
    g_autoptr(MwTableReader) reader =
        mw_table_open_bytes(ledger->plain, ledger->plain_size, NULL, NULL);
    size_t written = 0;
    g_autoptr(MwTableWriter) writer =
        mw_table_writer_new_sink(count, &written, mw_table_header(reader), options, NULL);
    MwCell cells[8] = { { MW_CELL_TEXT, NULL, 0 },    { MW_CELL_TEXT, NULL, 0 },
                        { MW_CELL_TEXT, NULL, 0 },    { MW_CELL_DECIMAL, NULL, 0 },
                        { MW_CELL_INSTANT, NULL, 0 }, { MW_CELL_DECIMAL, NULL, 0 },
                        { MW_CELL_TEXT, NULL, 0 },    { MW_CELL_TEXT, NULL, 0 } };
    MwTableRow row;

    for (size_t n = 0; n < limit && mw_table_next(reader, &row, NULL); n++) {
        for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
            cells[i].text = i < row.n_cells ? row.cells[i] : NULL;
        g_assert_true(mw_table_write(writer, cells, G_N_ELEMENTS(cells), NULL));
    }
    g_assert_true(mw_table_writer_finish(writer, NULL));
    g_assert_cmpuint(written, >, 0);
}

static void
write_csv(void *data)
{
    write_rows(data, &(MwTableWriterOptions){ .format = MW_TABLE_CSV }, SIZE_MAX);
}

enum { XLSX_ROWS = 50000 };

static void
write_xlsx(void *data)
{
    write_rows(data, &(MwTableWriterOptions){ .format = MW_TABLE_XLSX }, XLSX_ROWS);
}

static void
unpack_plain(Ledger *ledger)
{
    ledger->plain_size = (size_t)ZSTD_getFrameContentSize(ledger->packed, ledger->packed_size);
    ledger->plain = g_malloc(ledger->plain_size);
    g_assert_cmpuint(
        ZSTD_decompress(ledger->plain, ledger->plain_size, ledger->packed, ledger->packed_size), ==,
        ledger->plain_size);
}

static void
row(const char *work, const Ledger *ledger, double ours_s, const char *reference, double theirs_s)
{
    double mb = (double)ledger->plain_size / 1e6;
    g_autofree char *ours = g_strdup_printf("%s (%.0f MB/s, %.1f M rows/s)", work, mb / ours_s,
                                            (double)ledger->rows / ours_s / 1e6);
    g_autofree char *theirs = theirs_s > 0
                                  ? g_strdup_printf("%s (%.0f MB/s)", reference, mb / theirs_s)
                                  : g_strdup(reference);

    bench_row_s(ours, ours_s, theirs, theirs_s);
}

int
main(void)
{
    const char *folder = g_getenv("MILLWRIGHT_DATA");
    g_autofree char *path = g_build_filename(folder ? folder : "../shared/data", "retail",
                                             "online_retail.csv.zst", NULL);
    Ledger ledger = { 0 };

    if (!g_file_get_contents(path, &ledger.packed, &ledger.packed_size, NULL)) {
        bench_row_s("Tables: the retail ledger is not there (MILLWRIGHT_DATA)", 0, "–", 0);
        return 0;
    }
    unpack_plain(&ledger);
    int fd = g_file_open_tmp("mw-bench-XXXXXX.csv", &ledger.path, NULL);
    g_assert_true(g_close(fd, NULL));
    g_assert_true(g_file_set_contents(ledger.path, ledger.plain, (gssize)ledger.plain_size, NULL));

    double lines_s = bench_best_s(find_lines, &ledger), cells_s = bench_best_s(find_cells, &ledger);
    double unpack_s = bench_best_s(unpack, &ledger);
    double plain_s = bench_best_s(read_plain, &ledger);
    row("Read the ledger from memory", &ledger, plain_s, "memchr of its line ends", lines_s);
    row("The same", &ledger, plain_s, "memchr of its commas and line ends", cells_s);
    row("Read the ledger from a file", &ledger, bench_best_s(read_file, &ledger),
        "memchr of its line ends", lines_s);
    row("Read it packed by zstd", &ledger, bench_best_s(read_packed, &ledger),
        "zstd unpacking alone", unpack_s);
    row("Read it and write it as CSV", &ledger, bench_best_s(write_csv, &ledger), "reading it",
        plain_s);
    ledger.rows = XLSX_ROWS;
    bench_row_per_s("Write 50,000 of its rows as XLSX: rows",
                    XLSX_ROWS / bench_best_s(write_xlsx, &ledger), "nothing like it", 0);

    g_remove(ledger.path);
    g_free(ledger.path);
    g_free(ledger.plain);
    g_free(ledger.packed);
    return 0;
}
