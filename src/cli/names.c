#include "cli/names.h"

MwNames
mw_names_new(void)
{
    return (MwNames){ .texts = g_ptr_array_new_with_free_func(g_free),
                      .numbers = g_hash_table_new(g_str_hash, g_str_equal) };
}

void
mw_names_clear(MwNames *names)
{
    g_clear_pointer(&names->numbers, g_hash_table_unref);
    g_clear_pointer(&names->texts, g_ptr_array_unref);
}

bool
mw_names_find(const MwNames *names, const char *text, uint32_t *out)
{
    /* Stored one higher, since 0 is NULL. */
    gpointer number = g_hash_table_lookup(names->numbers, text);

    if (number)
        *out = GPOINTER_TO_UINT(number) - 1;
    return number != NULL;
}

uint32_t
mw_names_number(MwNames *names, char *text)
{
    uint32_t number = names->texts->len;

    if (mw_names_find(names, text, &number)) {
        g_free(text);
        return number;
    }
    g_ptr_array_add(names->texts, text);
    g_hash_table_insert(names->numbers, text, GUINT_TO_POINTER(number + 1));
    return number;
}
