#include "base/rank.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "base/pinyin.h"

/* Names of more characters are asked about their beginning alone: each may have several readings. */
enum { SOUNDS_MAX = 8 };

/* Whether the letters are used up by full readings or initials of the characters from `name` on. */
static bool
sounds(const char *name, const char *letters, unsigned depth)
{
    const char *readings[MW_PINYIN_MAX];
    unsigned n = *name ? mw_pinyin_readings(g_utf8_get_char(name), readings) : 0;

    if (!*letters || depth == SOUNDS_MAX)
        return true;
    for (unsigned i = 0; i < n; i++) {
        size_t size = strlen(readings[i]), left = strlen(letters);
        const char *next = g_utf8_next_char(name);
        if (strncmp(letters, readings[i], MIN(size, left)) == 0 &&
            (left <= size || sounds(next, letters + size, depth + 1)))
            return true;
        if (*letters == *readings[i] && sounds(next, letters + 1, depth + 1))
            return true;
    }
    return false;
}

MwRank
mw_rank(const char *name, const char *typed)
{
    g_autofree char *folded = g_utf8_casefold(name, -1), *words = g_utf8_casefold(typed, -1);
    const char *at = strstr(folded, g_strstrip(words));

    if (!*words)
        return MW_RANK_OTHER;
    if (at == folded)
        return folded[strlen(words)] == '\0' ? MW_RANK_SAME : MW_RANK_BEGINS;
    g_autoptr(GString) letters = g_string_new(words);
    g_string_replace(letters, " ", "", 0);
    if (sounds(folded, letters->str, 0))
        return MW_RANK_SOUNDS;
    return at ? MW_RANK_HAS : MW_RANK_OTHER;
}
