#pragma once
/*
 * pinyin: the common readings of Chinese characters, without tones.
 *
 * From Unihan (the package unicode-data), turned into a table by
 * tools/make-pinyin when the program is built: what a frequency list of the
 * spoken language, or a dictionary of the standard characters, gives for them.
 * ü is v, as input methods want it (lv, nve).
 */
#include <glib.h>
#include <stddef.h>

enum {
    MW_PINYIN_MAX = 4,    /* readings of a character */
    MW_PINYIN_LETTERS = 6 /* of a reading: zhuang    */
};

/* The readings of `c`, the commonest first, and their number; 0 where none is known. The strings
 * are static. O(1) */
unsigned mw_pinyin_readings(gunichar c, const char *readings[MW_PINYIN_MAX]);

/*
 * Puts in place of each ideograph of the blocks from U+3400 to U+9FFF one that stands for its place in the order of
 * Chinese dictionaries (syllable, tone, strokes), so that texts of such characters compare by code point as their
 * names are listed. Readings are those of names: 厦门 is xià mén, 重庆 chóng qìng, and 单 at the beginning of a name of two
 * or three characters the surname shàn. Other characters stay. O(n)
 */
void mw_pinyin_place(gunichar *name, size_t n);
