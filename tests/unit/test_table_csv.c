/* table: CSV, cell by cell; every leniency, fault, limit, encoding and packing. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "table_show.h"

typedef struct {
    const char *name;
    const char *text;
    size_t size; /* 0: strlen(text) */
    const char *expected;
    MwTableOptions options;
} Case;

static const Case cases[] = {
    { "plain", "a,b\n1,2\n3,4\n", 0, "<a><b>\n<1><2>\n<3><4>\n", { 0 } },
    { "no-end-of-line", "a,b\n1,2", 0, "<a><b>\n<1><2>\n", { 0 } },
    { "crlf", "a,b\r\n1,2\r\n3,4\r\n", 0, "<a><b>\n<1><2>\n<3><4>\n", { 0 } },
    { "cr", "a,b\r1,2\r3,4", 0, "<a><b>\n<1><2>\n<3><4>\n", { 0 } },
    { "crlf-at-the-end", "a\r\n", 0, "<a>\n", { 0 } },
    { "empty-lines", "\n\na,b\n\r\n1,2\n\n", 0, "<a><b>\n5:<1><2>\n", { 0 } },
    { "empty-cells", ",b\n,\n,,\n", 0, "<><b>\n<><>\n<><><>\n", { 0 } },
    { "header-only", "a,b", 0, "<a><b>\n", { 0 } },
    { "header-is-trimmed", " a ,\"\tb \"\n x ,y\n", 0, "<a><b>\n< x ><y>\n", { 0 } },
    { "ragged", "a,b\n1\n1,2,3\n", 0, "<a><b>\n<1>\n<1><2><3>\n", { 0 } },
    { "no-header", "1,2\n3,4\n", 0, "<1><2>\n1:<1><2>\n<3><4>\n", { .no_header = true } },

    { "quotes", "a,b\n\"1\",\"x, y\"\n", 0, "<a><b>\n<1><x, y>\n", { 0 } },
    { "quoted-quotes",
      "a\n\"say \"\"hi\"\"\"\n\"\"\"\"\n\"\"\n",
      0,
      "<a>\n<say \"hi\">\n<\">\n<>\n",
      { 0 } },
    { "quoted-lines",
      "a,b\n\"1\n2\r\n3\r4\",x\n5,6\n",
      0,
      "<a><b>\n<1\n2\r\n3\r4><x>\n6:<5><6>\n",
      { 0 } },
    { "quoted-empty-at-end", "a,b\n1,\"\"", 0, "<a><b>\n<1><>\n", { 0 } },
    { "inch-marks", "a,b\n5\" pipe,2\"\n", 0, "<a><b>\n<5\" pipe><2\">\n", { 0 } },
    { "text-after-quote", "a,b\n\"x\"y,2\n3,4\n", 0, "<a><b>\n<xy><2>!\n<3><4>\n", { 0 } },
    { "text-with-quote-after-quote", "a\n\"x\"y\"z\n", 0, "<a>\n<xy\"z>!\n", { 0 } },
    { "text-after-quote-at-end", "a\n\"x\"y", 0, "<a>\n<xy>!\n", { 0 } },
    { "quote-not-closed", "a,b\n1,2\n\"3,4\n5,6\n", 0, "<a><b>\n<1><2>\n<3,4\n5,6\n>!\n", { 0 } },
    { "nul", "a,b\n1\0x,2\n3,4\n", 14, "<a><b>\n<1?x><2>!\n<3><4>\n", { 0 } },

    { "semicolon", "a;b\n1,5;2,5\n", 0, "<a><b>\n<1,5><2,5>\n", { 0 } },
    { "tab", "a\tb\n1,5\t2\n", 0, "<a><b>\n<1,5><2>\n", { 0 } },
    { "bar", "a|b\n1|2\n", 0, "<a><b>\n<1><2>\n", { 0 } },
    { "quoted-other-delimiters",
      "\"a;x;y\",b\n\"1;2;3\",2\n",
      0,
      "<a;x;y><b>\n<1;2;3><2>\n",
      { 0 } },
    { "more-rows-agree",
      "a;b;c,d\n1;2;3,4\n1;2;3\n5;6;7\n",
      0,
      "<a><b><c,d>\n<1><2><3,4>\n<1><2><3>\n<5><6><7>\n",
      { 0 } },
    { "one-column", "a\n1,5\n", 0, "<a>\n<1><5>\n", { 0 } },
    { "given-delimiter", "a:b\n1:2,3\n", 0, "<a><b>\n<1><2,3>\n", { .delimiter = ':' } },
    { "hint", "sep=;\na;b,c\n1;2\n", 0, "<a><b,c>\n3:<1><2>\n", { 0 } },
    { "hint-crlf", "sep=|\r\na|b\r\n1|2\r\n", 0, "<a><b>\n3:<1><2>\n", { 0 } },
    { "hint-overruled", "sep=;\na,b\n", 0, "<sep=;>\n<a><b>\n", { .delimiter = ',' } },

    { "utf-8", "名称,价格\n泵,12\n", 0, "<名称><价格>\n<泵><12>\n", { 0 } },
    { "byte-order-mark",
      "\xef\xbb\xbf"
      "a,b\n1,2\n",
      0,
      "<a><b>\n<1><2>\n",
      { 0 } },
    { "byte-order-mark-given",
      "\xef\xbb\xbf"
      "a,b\n",
      0,
      "<a><b>\n",
      { .encoding = "UTF-8" } },
    { "stray-byte-in-utf-8",
      "名称,价格\n泵\xff,1\n阀,2\n",
      0,
      "<名称><价格>\n<泵?><1>!\n<阀><2>\n",
      { 0 } },
    /* 名称,价格 / 水泵,12 in GB 2312 */
    { "gb18030",
      "\xc3\xfb\xb3\xc6,\xbc\xdb\xb8\xf1\n\xcb\xae\xb1\xc3,12\n",
      0,
      "<名称><价格>\n<水泵><12>\n",
      { 0 } },
    /* U+20000 is 0x95 32 82 36 (GB 18030-2005, four bytes) beside 泵 */
    { "gb18030-four-bytes", "a\n\xb1\xc3\x95\x32\x82\x36\n", 0, "<a>\n<泵𠀀>\n", { 0 } },
    /* 农业, valid as UTF-8 too (“ũҵ”) */
    { "gb18030-like-utf-8", "a\n\xc5\xa9\xd2\xb5\n", 0, "<a>\n<农业>\n", { 0 } },
    /* 银行承兑汇票: as many UTF-8 letters as stray bytes */
    { "gb18030-half-like-utf-8",
      "a\n\xd2\xf8\xd0\xd0\xb3\xd0\xb6\xd2\xbb\xe3\xc6\xb1\n",
      0,
      "<a>\n<银行承兑汇票>\n",
      { 0 } },
    { "russian-is-not-chinese",
      "a\nНасос центробежный\n",
      0,
      "<a>\n<Насос центробежный>\n",
      { 0 } },
    { "greek-is-not-chinese", "a\nαντλία νερού\n", 0, "<a>\n<αντλία νερού>\n", { 0 } },
    { "damaged-russian",
      "a\nНасос центробежный\n\xd0\n",
      0,
      "<a>\n<Насос центробежный>\n<?>!\n",
      { 0 } },
    { "latin-letters-of-utf-8", "a\nMüller\n£2\n", 0, "<a>\n<Müller>\n<£2>\n", { 0 } },
    { "damaged-latin-of-utf-8",
      "a\nMüller\nKöln\nGr\xf6\xdf"
      "e\n£2\n",
      0,
      "<a>\n<Müller>\n<Köln>\n<Gr??e>!\n<£2>\n",
      { 0 } },
    { "gb18030-given", "a\n\xb1\xc3\n", 0, "<a>\n<泵>\n", { .encoding = "GB18030" } },
    { "gb18030-cut-off", "a\n\xb1\xc3\n\xb1\xc3\xb1", 0, "<a>\n<泵>\n<泵?>!\n", { 0 } },
    { "gb18030-damaged",
      "a\n\xb1\xff\n\xb1\xc3\n",
      0,
      "<a>\n<?\?>!\n<泵>\n",
      { .encoding = "GB18030" } },
    { "latin-1-is-not-chinese",
      "a\nM\xfcller\nGr\xf6\xdf"
      "e\nK\xf6ln\nx\n",
      0,
      "<a>\n<M?ller>!\n<Gr??e>!\n<K?ln>!\n<x>\n",
      { 0 } },
    { "latin-1-given", "a\nM\xfcller\n", 0, "<a>\n<Müller>\n", { .encoding = "ISO-8859-1" } },
    { "pound-in-windows-1252",
      "a\n\xa3"
      "2.50\n",
      0,
      "<a>\n<?2.50>!\n",
      { 0 } },
    { "utf-16-le",
      "\xff\xfe"
      "a\0,\0b\0\n\0\x34\x6c,\0\x32\0\n\0",
      18,
      "<a><b>\n<水><2>\n",
      { 0 } },
    { "utf-16-be", "\xfe\xff\0a\0\t\0b\0\n\x6c\x34\0\t\0\x32", 16, "<a><b>\n<水><2>\n", { 0 } },
};

static void
test_case(gconstpointer data)
{
    const Case *c = data;

    assert_shows(c->text, c->size ? c->size : strlen(c->text), &c->options, c->expected);
}

typedef struct {
    const char *name;
    const char *text;
    MwError code;
    const char *message;
    MwTableOptions options;
} BadCase;

static const BadCase bad_cases[] = {
    { "empty", "", MW_ERROR_INVALID, "no rows", { 0 } },
    { "only-empty-lines", "\n\r\n\n", MW_ERROR_INVALID, "no rows", { 0 } },
    { "only-a-mark", "\xef\xbb\xbf", MW_ERROR_INVALID, "no rows", { 0 } },
    { "bad-header", "\n\"a\"b,c\n", MW_ERROR_INVALID, "Line 2, the header", { 0 } },
    { "header-not-closed", "\"a,b\n1,2\n", MW_ERROR_INVALID, "not closed", { 0 } },
    { "delimiter-quote", "a", MW_ERROR_INVALID, "delimiter", { .delimiter = '"' } },
    { "delimiter-line-end", "a", MW_ERROR_INVALID, "delimiter", { .delimiter = '\n' } },
    { "delimiter-beyond-ascii", "a", MW_ERROR_INVALID, "delimiter", { .delimiter = '\xa3' } },
    { "unknown-encoding", "a", MW_ERROR_INVALID, "klingon", { .encoding = "klingon" } },
    { "old-excel", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", MW_ERROR_INVALID, ".xls", { 0 } },
    { "cell-limit",
      "a\n12345\n123456\n",
      MW_ERROR_TOO_LARGE,
      "Line 3: a cell is larger than the limit of 5",
      { .limits.cell_bytes = 5 } },
    { "quoted-cell-limit",
      "a\n\"1\n3\n5\"\n",
      MW_ERROR_TOO_LARGE,
      "Line 2: a cell",
      { .limits.cell_bytes = 5 } },
    { "row-limit",
      "a,b\n123,567\n123,5678\n",
      MW_ERROR_TOO_LARGE,
      "Line 3: a row is larger than the limit of 7",
      { .limits.row_bytes = 7 } },
    { "column-limit",
      "a,b\n1,2,3\n",
      MW_ERROR_TOO_LARGE,
      "Line 2: more than the limit of 2 columns",
      { .limits.columns = 2 } },
    { "rows-limit",
      "a\n1\n2\n3\n",
      MW_ERROR_TOO_LARGE,
      "Line 4: more than the limit of 2 rows",
      { .limits.rows = 2 } },
    { "total-limit",
      "a\n1\n2\n3\n",
      MW_ERROR_TOO_LARGE,
      "larger than the limit of 7 bytes",
      { .limits.total_bytes = 7 } },
};

static void
test_bad_case(gconstpointer data)
{
    const BadCase *c = data;

    assert_fails(c->text, strlen(c->text), &c->options, c->code, c->message);
}

static void
test_raw_and_names(void)
{
    static const char text[] = "No, Name \r\n1,\"a\"\"b\"\r\n\"x\"y,\xff\r\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(MwTableReader) reader = mw_table_open_bytes(text, strlen(text), NULL, &error);
    MwTableRow row;

    g_assert_no_error(error);
    g_assert_cmpstr(mw_table_raw_header(reader), ==, "No, Name ");
    g_assert_cmpint(mw_table_delimiter(reader), ==, ',');
    g_assert_cmpstr(mw_table_encoding(reader), ==, "UTF-8");
    g_assert_null(mw_table_sheets(reader)[0]);
    g_assert_cmpuint(mw_table_columns(reader), ==, 2);
    g_assert_null(mw_table_header(reader)[2]);
    g_assert_cmpint(mw_table_column(reader, "Name"), ==, 1);
    g_assert_cmpint(mw_table_column(reader, "NO"), ==, 0);
    g_assert_cmpint(mw_table_column(reader, "none"), ==, -1);

    g_assert_true(mw_table_next(reader, &row, &error));
    g_assert_cmpmem(row.raw, row.raw_size, "1,\"a\"\"b\"", 8);
    g_assert_cmpstr(row.cells[1], ==, "a\"b");
    g_assert_true(mw_table_next(reader, &row, &error));
    g_assert_cmpmem(row.raw, row.raw_size, "\"x\"y,\xff", 6);
    g_assert_nonnull(row.fault);
    g_assert_false(mw_table_next(reader, &row, &error));
    g_assert_no_error(error);

    uint64_t done, all;
    mw_table_progress(reader, &done, &all);
    g_assert_cmpuint(done, ==, strlen(text));
    g_assert_cmpuint(all, ==, strlen(text));
    mw_table_close(NULL);
}

/* Rows of every length around the block of the scanner, in every kind of line end. */
static void
test_block_edges(void)
{
    static const char *const ends[] = { "\n", "\r\n", "\r" };

    for (size_t e = 0; e < G_N_ELEMENTS(ends); e++) {
        g_autoptr(GString) text = g_string_new("a,b");
        g_autoptr(GString) expected = g_string_new("<a><b>\n");

        g_string_append(text, ends[e]);
        for (unsigned n = 0; n < 300; n++) {
            g_autofree char *fill = g_strnfill(n, 'x');
            g_string_append_printf(text, "%s,\"%s\"\"\"%s", fill, fill, ends[e]);
            g_string_append_printf(expected, "<%s><%s\">\n", fill, fill);
        }
        assert_shows(text->str, text->len, NULL, expected->str);
    }
}

/* A character outside ASCII far behind the first 64 KiB still decides the encoding. */
static void
test_late_encoding(void)
{
    static const struct {
        const char *bytes, *shown, *encoding;
    } late[] = {
        { "\xb1\xc3", "泵", "GB18030" },
        { "泵", "泵", "UTF-8" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(late); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) text = g_string_new("a,b\n");
        while (text->len < 700000)
            g_string_append(text, "1,2\n");
        g_string_append_printf(text, "%s,3\n", late[i].bytes);
        for (int n = 0; n < 100000; n++)
            g_string_append_printf(text, "%s,4\n", late[i].bytes);

        g_autoptr(MwTableReader) reader = mw_table_open_bytes(text->str, text->len, NULL, &error);
        MwTableRow row;
        size_t found = 0;
        while (mw_table_next(reader, &row, &error)) {
            g_assert_null(row.fault);
            found += g_str_equal(row.cells[0], late[i].shown);
        }
        g_assert_no_error(error);
        g_assert_cmpuint(found, ==, 100001);
        g_assert_cmpstr(mw_table_encoding(reader), ==, late[i].encoding);
    }
}

/* A character that the 64 KiB which decide the encoding cut in two says nothing against it. */
static void
test_cut_by_the_sample(void)
{
    static const struct {
        const char *bytes, *shown;
    } characters[] = {
        { "泵", "泵" },       /* 65,536 is no multiple of 3 */
        { "\xbb\xfa", "机" }, /* the comma makes it odd */
        { "\x95\x32\x82\x36", "𠀀" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(characters); i++) {
        g_autoptr(GString) text = g_string_new("a,b\n"), expected = g_string_new("<a><b>\n");
        const char *first = i == 0 ? "机" : "\xbb\xfa";
        g_string_append_printf(text, "%s,", first);
        g_string_append(expected, "<机><");
        for (int n = 0; n < 50000; n++) {
            g_string_append(text, characters[i].bytes);
            g_string_append(expected, characters[i].shown);
        }
        g_string_append(expected, ">\n");
        assert_shows(text->str, text->len, NULL, expected->str);
    }
}

static GByteArray *
gzip_of(const void *bytes, size_t size)
{
    GByteArray *packed = g_byte_array_new();
    z_stream deflater = { .next_in = (Bytef *)bytes, .avail_in = (uInt)size };

    g_assert_cmpint(deflateInit2(&deflater, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
                    ==, Z_OK);
    g_byte_array_set_size(packed, (guint)deflateBound(&deflater, (uLong)size));
    deflater.next_out = packed->data;
    deflater.avail_out = packed->len;
    g_assert_cmpint(deflate(&deflater, Z_FINISH), ==, Z_STREAM_END);
    g_byte_array_set_size(packed, (guint)deflater.total_out);
    deflateEnd(&deflater);
    return packed;
}

static GByteArray *
zstd_of(const void *bytes, size_t size)
{
    GByteArray *packed = g_byte_array_new();

    g_byte_array_set_size(packed, (guint)ZSTD_compressBound(size));
    size_t n = ZSTD_compress(packed->data, packed->len, bytes, size, 3);
    g_assert_false(ZSTD_isError(n));
    g_byte_array_set_size(packed, (guint)n);
    return packed;
}

static GByteArray *(*const packers[])(const void *, size_t) = { gzip_of, zstd_of };

static void
test_packed(void)
{
    static const char one[] = "a,b\n1,2\n", two[] = "3,4\n";

    for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
        g_autoptr(GByteArray) packed = packers[i](one, strlen(one));
        g_autoptr(GByteArray) more = packers[i](two, strlen(two));
        g_autoptr(GByteArray) none = packers[i]("", 0);

        g_byte_array_append(packed, none->data, none->len);
        g_byte_array_append(packed, more->data, more->len);
        assert_shows(packed->data, packed->len, NULL, "<a><b>\n<1><2>\n<3><4>\n");

        for (guint cut = 4; cut < packed->len; cut++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(MwTableReader) reader = mw_table_open_bytes(packed->data, cut, NULL, &error);
            if (reader)
                g_free(show(reader, &error));
            if (error)
                g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
        }
        assert_fails(packed->data, packed->len - 3, NULL, MW_ERROR_INVALID, "ends too early");
        g_byte_array_append(packed, (const guint8 *)"garbage", 7);
        assert_fails(packed->data, packed->len, NULL, MW_ERROR_INVALID, "damaged");
    }
}

static void
test_gzip_end(void)
{
    static const char text[] = "a\n1\n";
    static const guint8 zeros[512];
    g_autoptr(GByteArray) packed = gzip_of(text, strlen(text));

    packed->data[packed->len - 8] ^= 1; /* of the checksum */
    assert_fails(packed->data, packed->len, NULL, MW_ERROR_INVALID, "damaged");
    packed->data[packed->len - 8] ^= 1;
    g_byte_array_append(packed, zeros, sizeof zeros);
    assert_shows(packed->data, packed->len, NULL, "<a>\n<1>\n");
    g_byte_array_append(packed, (const guint8 *)"x", 1);
    assert_fails(packed->data, packed->len, NULL, MW_ERROR_INVALID, "damaged");
}

/* 64 MiB of line ends: found by the ratio, long before it is all unpacked. */
static void
test_bomb(void)
{
    size_t size = (size_t)64 << 20;
    g_autofree char *lines = g_malloc(size);

    memset(lines, '\n', size);
    for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
        g_autoptr(GByteArray) packed = packers[i](lines, size);
        assert_fails(packed->data, packed->len, &(MwTableOptions){ .limits.expansion = 500 },
                     MW_ERROR_TOO_LARGE, "more than 500 times");
        assert_fails(packed->data, packed->len,
                     &(MwTableOptions){ .limits = { .expansion = 100000, .total_bytes = 1 << 20 } },
                     MW_ERROR_TOO_LARGE, "limit of 1048576 bytes");
    }
}

typedef struct {
    int fd;
    const char *start;
    bool stopped;
} Endless;

/* Writes one field without an end until the reader has had enough. */
static gpointer
write_endless_field(gpointer data)
{
    Endless *endless = data;
    g_autofree char *fill = g_strnfill(1 << 20, 'x');
    ssize_t n = write(endless->fd, endless->start, strlen(endless->start));

    for (int i = 0; n > 0 && i < 1024; i++)
        n = write(endless->fd, fill, 1 << 20);
    endless->stopped = n < 0 && errno == EPIPE;
    close(endless->fd);
    return NULL;
}

static void
test_endless_field(gconstpointer start)
{
    g_autoptr(GError) error = NULL;
    int ends[2];

    g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
    Endless endless = { .fd = ends[1], .start = start };
    GThread *thread = g_thread_new("writer", write_endless_field, &endless);
    g_autofree char *path = g_strdup_printf("/dev/fd/%d", ends[0]);
    MwTableReader *reader = mw_table_open(path, NULL, &error);
    close(ends[0]);

    g_assert_no_error(error);
    g_free(show(reader, &error));
    mw_table_close(reader);
    g_thread_join(thread);
    g_assert_error(error, MW_ERROR, MW_ERROR_TOO_LARGE);
    g_assert_true(strstr(error->message, "Line 2: a cell is larger than the limit of 1048576"));
    g_assert_true(endless.stopped);
}

static void
test_files(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("mw-table-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "t.csv", NULL);
    uint64_t done, all;

    g_assert_null(mw_table_open(path, NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_null(mw_table_open(folder, NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_clear_error(&error);

    g_assert_cmpint(symlink(path, path), ==, 0); /* leads to itself */
    g_assert_null(mw_table_open(path, NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE);
    g_clear_error(&error);
    g_unlink(path);

    g_assert_true(g_file_set_contents(path, "a,b\n1,2\n", -1, NULL));
    g_autoptr(MwTableReader) reader = mw_table_open(path, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *shown = show(reader, &error);
    g_assert_cmpstr(shown, ==, "<a><b>\n<1><2>\n");
    mw_table_progress(reader, &done, &all);
    g_assert_cmpuint(done, ==, 8);
    g_assert_cmpuint(all, ==, 8);

    if (geteuid() != 0) {
        g_assert_cmpint(g_chmod(path, 0), ==, 0);
        g_assert_null(mw_table_open(path, NULL, &error));
        g_assert_error(error, MW_ERROR, MW_ERROR_DENIED);
    }
    g_unlink(path);
    g_rmdir(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/table/csv/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad_cases); i++) {
        g_autofree char *path = g_strdup_printf("/table/csv/bad/%s", bad_cases[i].name);
        g_test_add_data_func(path, &bad_cases[i], test_bad_case);
    }
    g_test_add_func("/table/csv/raw-and-names", test_raw_and_names);
    g_test_add_func("/table/csv/block-edges", test_block_edges);
    g_test_add_func("/table/csv/late-encoding", test_late_encoding);
    g_test_add_func("/table/csv/cut-by-the-sample", test_cut_by_the_sample);
    g_test_add_func("/table/csv/packed", test_packed);
    g_test_add_func("/table/csv/gzip-end", test_gzip_end);
    g_test_add_func("/table/csv/bomb", test_bomb);
    g_test_add_data_func("/table/csv/endless-field", "a,b\n1,", test_endless_field);
    g_test_add_data_func("/table/csv/endless-quoted-field", "a,b\n1,\"", test_endless_field);
    g_test_add_func("/table/csv/files", test_files);
    return g_test_run();
}
