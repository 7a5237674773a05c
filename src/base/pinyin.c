#include "base/pinyin.h"

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
