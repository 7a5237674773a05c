#pragma once
/*
 * text: a source as UTF-8. Private to table/.
 *
 * How the encoding is found: a byte order mark decides (UTF-8, UTF-16). Without
 * one, ASCII passes through until the first byte above 127; the 64 KiB from
 * there decide once for the whole file:
 *   - UTF-8 when they are valid, or hold at least as many valid UTF-8
 *     characters as stray bytes (a UTF-8 file with a few damaged places);
 *   - else GB18030 when they are well-formed as such and at least half of the
 *     two-byte characters lie in the GB 2312 area (GBK and GB 2312 are subsets);
 *   - else UTF-8, and the reader marks the rows that are not.
 * So a file that is ASCII for its first gigabyte is still decided rightly, and
 * Latin-1 is not taken for Chinese.
 *
 * What cannot be converted comes out as the byte 0xFF, which no UTF-8 holds, so
 * that the row it stands in is found to be faulty.
 */
#include "table/source.h"

typedef struct MwText MwText;

/* Takes over `source`, also on failure. `encoding`: NULL to find it, or a name known to iconv. */
MwText *mw_text_new(MwSource *source, const char *encoding, GError **error);
void mw_text_free(MwText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwText, mw_text_free)

/* As mw_source_read(); `room` is at least 16. */
gssize mw_text_read(MwText *text, char *into, size_t room, GError **error);
/* "UTF-8" while nothing but ASCII was read. */
const char *mw_text_encoding(const MwText *text);
const MwSource *mw_text_source(const MwText *text);
