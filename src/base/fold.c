#include "base/fold.h"

#include <stdbool.h>
#include <string.h>

/* Folds in place what nearly every text is made of; false if there is anything else. */
static bool
fold_common(gunichar *chars, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        gunichar c = chars[i];
        if (c >= 0xFF01 && c <= 0xFF5E)
            c -= 0xFF01 - '!'; /* full-width forms */
        if (c < 0x80)
            chars[i] = (gunichar)g_ascii_tolower((char)c);
        else if ((c < 0x3000 || c > 0x3011) && (c < 0x4E00 || c > 0x9FFF))
            return false;
    }
    return true;
}

gunichar *
mw_fold(const char *text, size_t size_max, size_t *n)
{
    size_t size = strnlen(text, size_max + 1);
    g_autofree char *valid = NULL;
    glong length;

    if (size > size_max || !g_utf8_validate(text, (gssize)size, NULL)) {
        valid = g_utf8_make_valid(text, (gssize)MIN(size, size_max));
        text = valid;
        size = strlen(valid);
    }
    gunichar *chars = g_utf8_to_ucs4_fast(text, (glong)size, &length);
    if (!fold_common(chars, (size_t)length)) {
        g_free(chars);
        g_autofree char *normal = g_utf8_normalize(text, (gssize)size, G_NORMALIZE_ALL_COMPOSE);
        g_autofree char *folded = g_utf8_casefold(normal, -1);
        chars = g_utf8_to_ucs4_fast(folded, -1, &length);
        for (glong i = 0; i < length; i++) /* a letter without its accents */
            if (chars[i] >= 0x80 && chars[i] < MW_FOLD_IDEOGRAPHS)
                g_unichar_fully_decompose(chars[i], false, &chars[i], 1);
    }
    *n = (size_t)length;
    return chars;
}
