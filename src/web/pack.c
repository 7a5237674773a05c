#include "web/pack.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { GZIP_LEVEL = 1, ZSTD_LEVEL = 1 };

struct MwPacker {
    ZSTD_CCtx *zstd;
    z_stream gzip;
    bool has_gzip;
};

MwPacker *
mw_packer_new(void)
{
    return g_new0(MwPacker, 1);
}

void
mw_packer_free(MwPacker *packer)
{
    if (!packer)
        return;
    ZSTD_freeCCtx(packer->zstd);
    if (packer->has_gzip)
        deflateEnd(&packer->gzip);
    g_free(packer);
}

/* A name in the list and not with a weight of zero. */
static bool
takes(const char *accepted, const char *name)
{
    size_t size = strlen(name);

    while (*accepted) {
        accepted += strspn(accepted, ", ");
        size_t whole = strcspn(accepted, ",");
        bool same = g_ascii_strncasecmp(accepted, name, size) == 0;
        const char *rest = accepted + size;
        if (same && (!*rest || strchr(", ;", *rest))) {
            const char *weight = g_strstr_len(accepted, (gssize)whole, "q=");
            return !weight || g_ascii_strtod(weight + 2, NULL) > 0;
        }
        accepted += whole;
    }
    return false;
}

static bool
by_zstd(MwPacker *packer, const GString *body, GString *packed)
{
    if (!packer->zstd)
        packer->zstd = ZSTD_createCCtx();
    size_t size = packer->zstd ? ZSTD_compressCCtx(packer->zstd, packed->str, body->len, body->str,
                                                   body->len, ZSTD_LEVEL)
                               : 0;
    if (size == 0 || ZSTD_isError(size))
        return false;
    packed->len = size;
    return true;
}

static bool
by_gzip(MwPacker *packer, const GString *body, GString *packed)
{
    z_stream *stream = &packer->gzip;

    if (!packer->has_gzip)
        packer->has_gzip =
            deflateInit2(stream, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    if (!packer->has_gzip || deflateReset(stream) != Z_OK)
        return false;
    stream->next_in = (Bytef *)body->str;
    stream->avail_in = (uInt)body->len;
    stream->next_out = (Bytef *)packed->str;
    stream->avail_out = (uInt)body->len; /* what does not get smaller stays as it is */
    if (deflate(stream, Z_FINISH) != Z_STREAM_END)
        return false;
    packed->len = stream->total_out;
    return true;
}

const char *
mw_packer_pack(MwPacker *packer, const char *accepted, GString **body)
{
    static const struct {
        const char *name;
        bool (*pack)(MwPacker *packer, const GString *body, GString *packed);
    } ways[] = { { "zstd", by_zstd }, { "gzip", by_gzip } };

    for (size_t i = 0; accepted && i < G_N_ELEMENTS(ways); i++) {
        if (!takes(accepted, ways[i].name))
            continue;
        GString *packed = g_string_sized_new((*body)->len);
        if (!ways[i].pack(packer, *body, packed)) {
            g_string_free(packed, true);
            return NULL;
        }
        g_string_free(*body, true);
        *body = packed;
        return ways[i].name;
    }
    return NULL;
}
