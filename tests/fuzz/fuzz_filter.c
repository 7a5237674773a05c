/* filter: any text is refused with a problem, or makes a tree whose SQL has a parameter for each value. */
#include "entities/entities.h"
#include "fuzz.h"
#include "record/filter.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = g_strndup((const char *)bytes, MIN(size, 32 * 1024));
    g_autoptr(MwCatalog) catalog = mw_catalog_new(mw_entities, NULL, 0, NULL);
    g_autoptr(MwActor) actor = mw_actor_system(catalog);
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    const MwContext context = {
        .catalog = catalog,
        .actor = actor,
        .locale = { .language = "en", .zone = zone, .currency = "CNY" },
    };
    const MwEntity *entity = mw_catalog_entity(catalog, "sales_order");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwFilter) filter = mw_filter_parse_text(&context, entity, text, problems);
    MwQuery query = { .entity = entity, .filter = filter };

    g_assert_true((filter == NULL) == mw_problems_any(problems));
    if (filter) {
        g_autoptr(GString) sql = g_string_new(NULL);
        g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
        mw_query_where(&query, MW_POSTGRES, sql, params);
        size_t marks = 0;
        for (const char *c = sql->str; (c = strchr(c, '$')); c++)
            marks++;
        g_assert_cmpuint(marks, ==, params->len);
    }
    mw_order_parse_list(&context, text, &query, problems);
    return 0;
}
