#include "web/ages.h"

#include "base/clock.h"
#include "base/i18n.h"

void
mw_ages_init(MwAges *ages, const MwContext *context, MwQuery *query, const GPtrArray *fields)
{
    const MwEntity *entity = query->entity;
    const MwBoard *board = entity->board;
    const MwField *column = board ? mw_entity_field(entity, board->columns) : NULL;
    const MwField *since = board && board->since ? mw_entity_field(entity, board->since) : NULL;

    *ages = (MwAges){ 0 };
    if (!column || !column->target || !since || !mw_actor_sees(context->actor, entity, since) ||
        !g_ptr_array_find((GPtrArray *)fields, column, NULL))
        return;
    ages->column = column;
    ages->since = since;
    mw_query_want(query, since);
}

/* The columns that records are in, as a filter. */
static MwFilter *
columns_of(const MwAges *ages, const MwEntity *target, const GPtrArray *records)
{
    MwFilter *in = mw_filter_test(&target->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);

    for (guint i = 0; i < records->len; i++) {
        const MwValue *value = mw_record_value(records->pdata[i], ages->column);
        if (value->is == MW_INTEGER && g_hash_table_add(seen, (gpointer)&value->integer))
            mw_filter_value(in, *value);
    }
    return in;
}

bool
mw_ages_read(MwAges *ages, const MwContext *context, const GPtrArray *records, GError **error)
{
    const MwBoard *board =
        records->len > 0 ? ((const MwRecord *)records->pdata[0])->entity->board : NULL;

    if (!ages->column || !board)
        return true;
    const MwEntity *target = mw_catalog_entity(context->catalog, ages->column->target);
    const MwField *state = board->state ? mw_entity_field(target, board->state) : NULL;
    const MwField *expected = board->expected ? mw_entity_field(target, board->expected) : NULL;
    g_autoptr(MwFilter) filter = columns_of(ages, target, records);
    MwQuery query = { .entity = target, .filter = filter };

    if (state)
        mw_query_want(&query, state);
    if (expected)
        mw_query_want(&query, expected);
    g_autoptr(GPtrArray) found = mw_store_find(context->store, &query, NULL, error);
    ages->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (guint i = 0; found && i < found->len; i++) {
        const char *key = state ? mw_record_text(found->pdata[i], state->name) : NULL;
        int64_t id = mw_record_id(found->pdata[i]);
        int64_t days = expected ? mw_record_int(found->pdata[i], expected->name) : 0;
        if (!key || !board->closed || !g_strv_contains(board->closed, key))
            g_hash_table_insert(ages->open, g_memdup2(&id, sizeof id), GINT_TO_POINTER((int)days));
    }
    return found != NULL;
}

void
mw_ages_clear(MwAges *ages)
{
    g_clear_pointer(&ages->open, g_hash_table_unref);
}

bool
mw_age_put(MwNode *cell, const MwAges *ages, const MwContext *context, const MwRecord *record,
           const MwField *field)
{
    gpointer usual = NULL;

    if (!ages || !ages->open || field != ages->column ||
        mw_record_value(record, ages->since)->is != MW_INTEGER ||
        mw_record_value(record, field)->is != MW_INTEGER ||
        !g_hash_table_lookup_extended(ages->open, &mw_record_value(record, field)->integer, NULL,
                                      &usual))
        return false;
    int64_t days = MAX(context->now - mw_record_int(record, ages->since->name), 0) / MW_DAY_MS;
    int expected = GPOINTER_TO_INT(usual);
    mw_put_format(cell, "age", mw_ngettext("%lld day", "%lld days", (unsigned long)days),
                  (long long)days);
    mw_put_bool(cell, "late", expected > 0 && days > expected);
    if (expected > 0)
        mw_put_format(cell, "usual",
                      mw_ngettext("In this column for %lld days; usually %d day",
                                  "In this column for %lld days; usually %d days",
                                  (unsigned long)expected),
                      (long long)days, expected);
    else
        mw_put_text(cell, "usual", NULL);
    return true;
}
