#include "base/pinyin.h"

#include <stdbool.h>
#include <stdint.h>

#include "pinyin-table.h"

enum { BLOCK = 64 }; /* as in tools/make-pinyin */

G_STATIC_ASSERT(G_N_ELEMENTS(sets[0]) == MW_PINYIN_MAX + 1);
G_STATIC_ASSERT(sizeof syllables[0] == MW_PINYIN_LETTERS + 1);

unsigned
mw_pinyin_readings(gunichar c, const char *readings[MW_PINYIN_MAX])
{
    if (c >= N_CODES)
        return 0;
    const uint16_t *set = sets[set_of[blocks[c / BLOCK] * BLOCK + c % BLOCK]];
    for (unsigned i = 0; i < set[0]; i++)
        readings[i] = syllables[set[1 + i]];
    return set[0];
}

enum { RANKED = 0x3400, SURNAME_MIN = 2, SURNAME_MAX = 3 };

static bool
is_ranked(gunichar c)
{
    return c >= RANKED && c - RANKED < G_N_ELEMENTS(ranks);
}

/* Where the text is a person's name by its looks: how its surname is read. */
static bool
place_surname(gunichar *name, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (n < SURNAME_MIN || n > SURNAME_MAX || !is_ranked(name[i]))
            return false;
    for (size_t i = 0; n > 0 && i < G_N_ELEMENTS(surnames); i++) {
        if (surnames[i].c != name[0])
            continue;
        name[0] = RANKED + surnames[i].rank;
        return true;
    }
    return false;
}

/* Two characters that are read together. */
static bool
place_word(gunichar *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (words[i].c[0] != name[0] || words[i].c[1] != name[1])
            continue;
        name[0] = RANKED + words[i].ranks[0];
        name[1] = RANKED + words[i].ranks[1];
        return true;
    }
    return false;
}

void
mw_pinyin_place(gunichar *name, size_t n)
{
    size_t i = n >= 2 && place_word(name) ? 2 : place_surname(name, n);

    while (i < n) {
        if (i + 1 < n && is_ranked(name[i]) && place_word(name + i)) {
            i += 2;
            continue;
        }
        if (is_ranked(name[i]))
            name[i] = RANKED + ranks[name[i] - RANKED];
        i++;
    }
}
