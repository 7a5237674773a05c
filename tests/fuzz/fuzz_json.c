/* json: any body is refused, or becomes input whose every text and problem is valid UTF-8. */
#include "entities/entities.h"
#include "fuzz.h"
#include "input.h"
#include "web/api.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *body = g_strndup((const char *)bytes, size);
    g_autoptr(MwCatalog) catalog = mw_catalog_new(mw_entities, NULL, 0, NULL);
    const MwRequest request = { .body = body,
                                .body_size = size,
                                .content_type = "application/json" };
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    json_t *value = mw_api_body(&request, &error);

    g_assert_true((value == NULL) == (error != NULL));
    if (!value)
        return 0;
    g_autoptr(MwInput) input =
        mw_api_input(mw_catalog_entity(catalog, "sales_order"), value, problems);
    fuzz_look_at(input);
    for (size_t i = 0; i < mw_problems_count(problems); i++)
        g_assert_true(g_utf8_validate(mw_problems_get(problems, i)->field, -1, NULL));
    json_decref(value);
    return 0;
}
