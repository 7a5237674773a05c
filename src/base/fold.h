#pragma once
/*
 * fold: text without the differences that a search should not see: width and other compatibility
 * forms (NFKC), case, accents of letters.
 */
#include <glib.h>

/* From here on letters are ideographs or written without blanks like them (radicals, kana, hangul)
 * and keep their marks. */
#define MW_FOLD_IDEOGRAPHS 0x2E80

/* The first `size_max` bytes of `text` as folded characters, not ended by 0; `*n` is their number.
 * Invalid UTF-8 becomes U+FFFD. The caller frees it. O(bytes) */
gunichar *mw_fold(const char *text, size_t size_max, size_t *n);
