#pragma once
/* input: what must hold for an input that was made of anybody's bytes, and for its lines. */
#include "record/input.h"

static inline void
fuzz_look_at(const MwInput *input)
{
    const MwEntity *entity = mw_input_entity(input);

    for (size_t i = 0; i < entity->n_fields; i++) {
        const char *text = mw_input_has(input, &entity->fields[i])
                               ? mw_input_get(input, &entity->fields[i])
                               : NULL;
        g_assert_true(!text || g_utf8_validate(text, -1, NULL));
        g_assert_true(!text || !(entity->fields[i].flags & MW_SECRET));
    }
    for (size_t i = 0; entity->details[i]; i++) {
        const GPtrArray *lines = mw_input_details(input, entity->details[i]);
        for (guint j = 0; lines && j < lines->len; j++)
            fuzz_look_at(lines->pdata[j]);
    }
}
