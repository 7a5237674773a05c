#pragma once
/*
 * pack: bodies made smaller on their way to the client, as it accepts: by zstd, which all current browsers but
 * Safari take, or by gzip. Of a list page of 73 KB zstd makes 6.5 KB in 90 µs, gzip 7.3 KB in 340 µs.
 *
 * The states of both are kept, because making one costs more than packing a page. One packer for each thread.
 */
#include <glib.h>
#include <stdbool.h>

typedef struct MwPacker MwPacker;

MwPacker *mw_packer_new(void);
void mw_packer_free(MwPacker *packer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwPacker, mw_packer_free)

/* Replaces the body by a packed one and returns the name for Content-Encoding; NULL, and the body as it was, when
 * the client takes neither. `accepted` is its Accept-Encoding, NULL: none. */
const char *mw_packer_pack(MwPacker *packer, const char *accepted, GString **body);
