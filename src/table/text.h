#pragma once
/*
 * text: a source as UTF-8. Private to table/.
 *
 * How the encoding is found: a byte order mark decides (UTF-8, UTF-16). Without
 * one, ASCII passes through until the first byte above 127; the 64 KiB from
 * there decide once for the whole file:
 *   - UTF-8 when they hold more characters that are surely UTF-8 (three bytes, or Latin-1)
 *     than bytes that are not: valid, or with a few damaged places;
 *   - else GB18030 (GBK and GB 2312 are subsets) when they are well-formed as such and half of
 *     the two-byte characters are of GB 2312; nine in ten where the bytes would rather be
 *     UTF-8 letters of two bytes, which are Chinese in disguise when they are few (“农业” is
 *     valid UTF-8) and Greek or Russian when they are many;
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
