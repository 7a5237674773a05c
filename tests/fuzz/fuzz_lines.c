/* lines: any form becomes the input of a record with lines, whose every text came with it; positions are numbers. */
#include "entities/entities.h"
#include "fuzz.h"
#include "input.h"
#include "web/call.h"
#include "web/form_input.h"
#include "web/params.h"

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
        fuzz_look_at(input);
    }
    mw_arena_clear(&call.arena);
    return 0;
}
