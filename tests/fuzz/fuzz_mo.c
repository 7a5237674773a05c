/* mo: a catalogue of any bytes is refused, or answers every look-up with text inside it. */
#include <string.h>

#include "base/mo.h"
#include "fuzz.h"

static void
check_inside(const char *text, const uint8_t *bytes, size_t size)
{
    if (text) {
        g_assert_true((const uint8_t *)text >= bytes && (const uint8_t *)text < bytes + size);
        g_assert_nonnull(memchr(text, '\0', size - (size_t)((const uint8_t *)text - bytes)));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const texts[] = { "", "a", "%d file", "Name" };
    g_autoptr(GError) error = NULL;
    g_autoptr(MwMo) mo = mw_mo_new(bytes, size, &error);

    g_assert_true((mo == NULL) == (error != NULL));
    for (size_t i = 0; mo && i < G_N_ELEMENTS(texts); i++) {
        check_inside(mw_mo_get(mo, texts[i]), bytes, size);
        for (unsigned long n = 0; n < 12; n++)
            check_inside(mw_mo_get_plural(mo, texts[i], n), bytes, size);
    }
    return 0;
}
