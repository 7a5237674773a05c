#pragma once
/* names: texts by number, 0, 1, 2, … in the order in which they first came. */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    GPtrArray *texts;
    GHashTable *numbers;
} MwNames;

MwNames mw_names_new(void);
void mw_names_clear(MwNames *names);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwNames, mw_names_clear)

/* The number of a text, a new one if the text is new. Takes the text. */
uint32_t mw_names_number(MwNames *names, char *text);
/* False when there is no such text. */
bool mw_names_find(const MwNames *names, const char *text, uint32_t *out);

static inline const char *
mw_names_text(const MwNames *names, size_t number)
{
    return g_ptr_array_index(names->texts, number);
}
