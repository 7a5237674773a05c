/* lines: any form becomes the input of a record with lines, whose every text came with it; positions are numbers. */
#include "entities/entities.h"
#include "fuzz.h"
#include "web/call.h"
#include "web/form_input.h"
#include "web/params.h"

static void
look_at(const MwInput *input)
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
            look_at(lines->pdata[j]);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    MwCall call = { 0 };
    MwParam *params;
    size_t n;

    mw_arena_init(&call.arena);
    if (mw_params_read(&call.arena, (const char *)bytes, size, &params, &n, NULL)) {
        g_autoptr(MwCatalog) catalog = mw_catalog_new(mw_entities, NULL, 0, NULL);
        g_autoptr(MwActor) actor = mw_actor_system(catalog);
        MwContext context = { .catalog = catalog, .actor = actor };
        const MwRequest request = {
            .context = &context, .native = &call, .form = params, .n_form = n
        };
        g_autoptr(MwInput) input =
            mw_form_input(&request, mw_catalog_entity(catalog, "sales_order"));
        look_at(input);
    }
    mw_arena_clear(&call.arena);
    return 0;
}
