/* What was packed is the same when it is unpacked again, and the client's word is heeded. */
#include <stdint.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "web/pack.h"

enum { ROOM = 1 << 16 };

static GString *
page_new(void)
{
    GString *page = g_string_new(NULL);

    for (int i = 0; i < 500; i++)
        g_string_append_printf(page, "<tr><td>厦门轴承 %d</td></tr>\n", i);
    return page;
}

static void
unzstd(const GString *packed, GString *plain)
{
    plain->len = ZSTD_decompress(plain->str, ROOM, packed->str, packed->len);
    g_assert_false(ZSTD_isError(plain->len));
}

static void
gunzip(const GString *packed, GString *plain)
{
    z_stream stream = { .next_in = (Bytef *)packed->str,
                        .avail_in = (uInt)packed->len,
                        .next_out = (Bytef *)plain->str,
                        .avail_out = ROOM };

    g_assert_cmpint(inflateInit2(&stream, 16 + MAX_WBITS), ==, Z_OK);
    g_assert_cmpint(inflate(&stream, Z_FINISH), ==, Z_STREAM_END);
    plain->len = stream.total_out;
    inflateEnd(&stream);
}

static void
test_pack(void)
{
    static const struct {
        const char *accepted, *encoding;
        void (*unpack)(const GString *packed, GString *plain);
    } cases[] = {
        { "gzip, deflate, br, zstd", "zstd", unzstd },
        { "gzip", "gzip", gunzip },
        { "br;q=1.0, gzip;q=0.8", "gzip", gunzip },
        { "zstd;q=0, gzip;q=0.5", "gzip", gunzip },
        { "GZIP", "gzip", gunzip },
        { "gzipped, xzstd", NULL, NULL },
        { "gzip;q=0", NULL, NULL },
        { "br", NULL, NULL },
        { "", NULL, NULL },
        { NULL, NULL, NULL },
    };
    g_autoptr(MwPacker) packer = mw_packer_new();
    g_autoptr(GString) page = page_new();

    for (size_t round = 0; round < 2; round++) { /* with states that were used before */
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
            g_autoptr(GString) plain = g_string_sized_new(ROOM);
            GString *body = g_string_new_len(page->str, (gssize)page->len);
            g_assert_cmpstr(mw_packer_pack(packer, cases[i].accepted, &body), ==,
                            cases[i].encoding);
            if (cases[i].unpack) {
                g_assert_cmpuint(body->len, <, page->len / 4);
                cases[i].unpack(body, plain);
                g_assert_cmpmem(plain->str, plain->len, page->str, page->len);
            } else {
                g_assert_cmpmem(body->str, body->len, page->str, page->len);
            }
            g_string_free(body, true);
        }
    }
}

/* What packing does not make smaller is sent as it is. */
static void
test_noise(void)
{
    g_autoptr(MwPacker) packer = mw_packer_new();
    GString *body = g_string_new(NULL);
    uint32_t state = 1;

    for (int i = 0; i < 4096; i++) {
        state = state * 1664525 + 1013904223;
        g_string_append_c(body, (char)(state >> 24));
    }
    g_autoptr(GString) before = g_string_new_len(body->str, (gssize)body->len);
    g_assert_null(mw_packer_pack(packer, "zstd", &body));
    g_assert_null(mw_packer_pack(packer, "gzip", &body));
    g_assert_cmpmem(body->str, body->len, before->str, before->len);
    g_string_free(body, true);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pack/pack", test_pack);
    g_test_add_func("/pack/noise", test_noise);
    return g_test_run();
}
