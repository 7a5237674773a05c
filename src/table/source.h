#pragma once
/*
 * source: the unpacked bytes of a file, a pipe or memory. Private to table/.
 *
 * gzip (RFC 1952, several members too) and Zstandard (RFC 8878) are found by
 * their magic bytes and unpacked as they are read, within the limits on total
 * bytes and on the ratio of unpacked to packed bytes.
 */
#include "table/reader.h"

typedef struct MwSource MwSource;

/* Takes over `fd` (it is closed with the source, unless it is standard input). */
MwSource *mw_source_of_fd(int fd, const MwTableLimits *limits, GError **error);
/* `bytes` outlive the source. */
MwSource *mw_source_of_bytes(const void *bytes, size_t size, const MwTableLimits *limits,
                             GError **error);
void mw_source_free(MwSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwSource, mw_source_free)

/* The first packed bytes, at least 8 unless the file is shorter; good until the first read. */
const uint8_t *mw_source_peek(const MwSource *source, size_t *size);
/* Fills `into` up to `room` (> 0). The number of bytes; 0 at the end; -1 on an error. */
gssize mw_source_read(MwSource *source, void *into, size_t room, GError **error);
void mw_source_progress(const MwSource *source, uint64_t *read_bytes, uint64_t *all_bytes);
