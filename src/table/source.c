#include "table/source.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/i18n.h"

enum {
    IN_BYTES = 256 * 1024,
    MAGIC_BYTES = 8,
    /* Below this much output the ratio says nothing: small files of zeros are no bombs. */
    EXPANSION_SLACK_BYTES = 16 * 1024 * 1024,
    DEFAULT_EXPANSION = 1000,
};

typedef enum { PLAIN, GZIP, ZSTD } Packing;

struct MwSource {
    int fd;              /* -1: memory                                        */
    uint8_t *in;         /* packed bytes read from fd                         */
    const uint8_t *next; /* unread packed bytes, in `in` or in memory        */
    size_t available;
    bool in_end; /* nothing can be added behind `next`                       */

    Packing packing;
    z_stream inflater;
    ZSTD_DStream *zstd;
    bool whole; /* between two members or frames: the file may end here      */

    MwTableLimits limits;
    uint64_t packed, unpacked, all_bytes;
};

/* Adds packed bytes behind the unread ones. */
static bool
fill(MwSource *source, GError **error)
{
    if (source->in_end)
        return true;
    if (source->next != source->in)
        memmove(source->in, source->next, source->available);
    source->next = source->in;

    ssize_t n;
    do
        n = read(source->fd, source->in + source->available, IN_BYTES - source->available);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return mw_fail(error, errno == EISDIR ? MW_ERROR_INVALID : MW_ERROR_UNAVAILABLE,
                       _("The file cannot be read: %s."), g_strerror(errno));
    source->available += (size_t)n;
    source->in_end = n == 0;
    return true;
}

static void
take(MwSource *source, size_t n)
{
    source->next += n;
    source->available -= n;
    source->packed += n;
}

static bool
starts_with(const MwSource *source, const char *magic, size_t size)
{
    return source->available >= size && memcmp(source->next, magic, size) == 0;
}

static bool
start(MwSource *source, const MwTableLimits *limits, GError **error)
{
    source->limits = *limits;
    if (!source->limits.expansion)
        source->limits.expansion = DEFAULT_EXPANSION;
    while (source->available < MAGIC_BYTES && !source->in_end)
        if (!fill(source, error))
            return false;

    if (starts_with(source, "\x1f\x8b", 2)) {
        source->packing = GZIP;
        if (inflateInit2(&source->inflater, 16 + MAX_WBITS) != Z_OK)
            return mw_fail(error, MW_ERROR_INTERNAL, _("Out of memory."));
    } else if (starts_with(source, "\x28\xb5\x2f\xfd", 4)) {
        source->packing = ZSTD;
        source->zstd = ZSTD_createDStream();
        if (!source->zstd)
            return mw_fail(error, MW_ERROR_INTERNAL, _("Out of memory."));
    }
    return true;
}

MwSource *
mw_source_of_fd(int fd, const MwTableLimits *limits, GError **error)
{
    g_autoptr(MwSource) source = g_new0(MwSource, 1);
    struct stat status;

    source->fd = fd;
    source->in = g_malloc(IN_BYTES);
    source->next = source->in;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        source->all_bytes = (uint64_t)status.st_size;
    return start(source, limits, error) ? g_steal_pointer(&source) : NULL;
}

MwSource *
mw_source_of_bytes(const void *bytes, size_t size, const MwTableLimits *limits, GError **error)
{
    g_autoptr(MwSource) source = g_new0(MwSource, 1);

    source->fd = -1;
    source->next = size > 0 ? bytes : (const uint8_t *)"";
    source->available = source->all_bytes = size;
    source->in_end = true;
    return start(source, limits, error) ? g_steal_pointer(&source) : NULL;
}

void
mw_source_free(MwSource *source)
{
    if (!source)
        return;
    if (source->fd > STDIN_FILENO)
        close(source->fd);
    if (source->packing == GZIP)
        inflateEnd(&source->inflater);
    ZSTD_freeDStream(source->zstd);
    g_free(source->in);
    g_free(source);
}

const uint8_t *
mw_source_peek(const MwSource *source, size_t *size)
{
    *size = source->available;
    return source->next;
}

static gssize
damaged(GError **error)
{
    g_set_error_literal(error, MW_ERROR, MW_ERROR_INVALID,
                        _("The packed file is damaged; it cannot be unpacked."));
    return -1;
}

static gssize
read_plain(MwSource *source, void *into, size_t room)
{
    size_t n = MIN(room, source->available);

    memcpy(into, source->next, n);
    take(source, n);
    return (gssize)n;
}

/* Both return the bytes made, which may be none before the end; `whole` tells whether it may end. */
static gssize
read_gzip(MwSource *source, void *into, size_t room, GError **error)
{
    z_stream *inflater = &source->inflater;

    if (source->whole) { /* another member, or padding behind the last one */
        while (source->available && *source->next == 0)
            take(source, 1);
        if (!source->available)
            return 0;
        if (*source->next != 0x1f || inflateReset(inflater) != Z_OK)
            return damaged(error);
        source->whole = false;
    }
    inflater->next_in = (Bytef *)source->next;
    inflater->avail_in = (uInt)MIN(source->available, G_MAXUINT32);
    inflater->next_out = into;
    inflater->avail_out = (uInt)room;

    uInt offered = inflater->avail_in;
    int status = inflate(inflater, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        return damaged(error);
    take(source, offered - inflater->avail_in);
    source->whole = status == Z_STREAM_END;
    return (gssize)(room - inflater->avail_out);
}

static gssize
read_zstd(MwSource *source, void *into, size_t room, GError **error)
{
    ZSTD_inBuffer in = { source->next, source->available, 0 };
    ZSTD_outBuffer out = { into, room, 0 };
    size_t left = ZSTD_decompressStream(source->zstd, &out, &in);

    if (ZSTD_isError(left))
        return damaged(error);
    take(source, in.pos);
    if (in.pos > 0 || out.pos > 0) /* asked in vain, it speaks of a frame to come */
        source->whole = left == 0;
    return (gssize)out.pos;
}

static gssize
check_limits(MwSource *source, gssize n, GError **error)
{
    const MwTableLimits *limits = &source->limits;

    source->unpacked += (uint64_t)n;
    if (source->unpacked > limits->total_bytes) {
        g_set_error(error, MW_ERROR, MW_ERROR_TOO_LARGE,
                    _("The file is larger than the limit of %llu bytes."),
                    (unsigned long long)limits->total_bytes);
        return -1;
    }
    if (source->packing != PLAIN && source->unpacked > EXPANSION_SLACK_BYTES &&
        source->unpacked / limits->expansion > source->packed) {
        g_set_error(error, MW_ERROR, MW_ERROR_TOO_LARGE,
                    _("The packed file unpacks to more than %u times its size."),
                    limits->expansion);
        return -1;
    }
    return n;
}

gssize
mw_source_read(MwSource *source, void *into, size_t room, GError **error)
{
    room = MIN(room, (size_t)1 << 30);
    for (;;) {
        if (source->available == 0 && !fill(source, error))
            return -1;

        gssize n = source->packing == GZIP   ? read_gzip(source, into, room, error)
                   : source->packing == ZSTD ? read_zstd(source, into, room, error)
                                             : read_plain(source, into, room);
        if (n != 0)
            return n < 0 ? -1 : check_limits(source, n, error);
        if (source->available > 0 || !source->in_end)
            continue;
        if (source->packing != PLAIN && !source->whole) {
            g_set_error_literal(error, MW_ERROR, MW_ERROR_INVALID,
                                _("The packed file ends too early; it is damaged."));
            return -1;
        }
        return 0;
    }
}

void
mw_source_progress(const MwSource *source, uint64_t *read_bytes, uint64_t *all_bytes)
{
    *read_bytes = source->packed;
    *all_bytes = source->all_bytes;
}
