/* groups: counts and sums of the records of a query, of all and by the values of one field. */
#include "store/query.h"

enum { PART = 1000000000 }; /* a sum is made of two, so that neither can overflow in the database */

typedef struct {
    GArray *groups;
    size_t n;
    int64_t records;
} Reading;

static bool
keep_group(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reading *reading = data;
    MwGroup group = { .count = columns[1].integer, .fits = true };

    mw_value_copy(&group.key, &columns[0]);
    for (size_t i = 0; i < reading->n; i++) {
        const MwValue *high = &columns[2 + 2 * i], *low = &columns[3 + 2 * i];
        if (high->is == MW_INTEGER)
            group.fits &= !__builtin_mul_overflow(high->integer, PART, &group.sums[i]) &&
                          !__builtin_add_overflow(group.sums[i], low->integer, &group.sums[i]);
    }
    reading->records += group.count;
    g_array_append_val(reading->groups, group);
    return true;
}

static void
group_clear(gpointer data)
{
    mw_value_clear(&((MwGroup *)data)->key);
}

GArray *
mw_store_groups(MwStore *store, const MwQuery *query, const MwField *by,
                const MwField *const *fields, size_t n, bool *all, GError **error)
{
    g_autoptr(GArray) groups = g_array_new(false, false, sizeof(MwGroup));
    g_autoptr(GString) sql = g_string_new("SELECT ");
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    Reading reading = { .groups = groups, .n = n };

    g_assert(n <= MW_GROUP_SUMS);
    g_array_set_clear_func(groups, group_clear);
    mw_sql_name(sql, by->name);
    g_string_append(sql, ", count(*)");
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(sql,
                               ", CAST(sum(\"%s\" / %d) AS BIGINT), CAST(sum(\"%s\" %% %d) AS "
                               "BIGINT)",
                               fields[i]->name, PART, fields[i]->name, PART);
    g_string_append(sql, " FROM (SELECT t.");
    mw_sql_name(sql, by->name);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(sql, ", t.\"%s\"", fields[i]->name);
    g_string_append(sql, " FROM ");
    mw_sql_name(sql, query->entity->name);
    g_string_append(sql, " t");
    mw_query_where(query, mw_store_dialect(store), sql, params);
    g_string_append_printf(sql, " LIMIT %d) c GROUP BY 1", MW_GROUPED_MAX + 1);
    if (!mw_store_run(store, sql->str, (MwValue *)params->data, params->len, keep_group, &reading,
                      error))
        return NULL;
    *all = reading.records <= MW_GROUPED_MAX;
    return g_steal_pointer(&groups);
}

int64_t
mw_store_count(MwStore *store, const MwQuery *query, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT count(*) FROM (SELECT 1 FROM ");
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_auto(MwValue) count = MW_NOTHING;

    mw_sql_name(sql, query->entity->name);
    g_string_append(sql, " t");
    mw_query_where(query, mw_store_dialect(store), sql, params);
    g_string_append_printf(sql, " LIMIT %d) c", MW_COUNT_MAX + 1);
    if (!mw_store_scalar(store, sql->str, (MwValue *)params->data, params->len, &count, error))
        return -1;
    return count.integer;
}

typedef struct {
    int64_t *sums;
    int64_t count;
    bool fits;
} Sums;

static bool
keep_sums(const MwValue *columns, size_t n_columns, void *data)
{
    Sums *sums = data;

    sums->count = columns[0].integer;
    sums->fits = true;
    for (size_t i = 0; i < (n_columns - 1) / 2; i++) {
        const MwValue *high = &columns[2 * i + 1], *low = &columns[2 * i + 2];
        int64_t sum = 0;
        if (high->is == MW_INTEGER)
            sums->fits &= !__builtin_mul_overflow(high->integer, PART, &sum) &&
                          !__builtin_add_overflow(sum, low->integer, &sum);
        sums->sums[i] = sum;
    }
    return false;
}

bool
mw_store_sums(MwStore *store, const MwQuery *query, const MwField *const *fields, size_t n,
              int64_t *sums, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT count(*)");
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    Sums kept = { .sums = sums };

    for (size_t i = 0; i < n; i++)
        g_string_append_printf(sql, ", sum(\"%s\" / %d), sum(\"%s\" %% %d)", fields[i]->name, PART,
                               fields[i]->name, PART);
    g_string_append(sql, " FROM (SELECT 1");
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(sql, ", t.\"%s\"", fields[i]->name);
    g_string_append(sql, " FROM ");
    mw_sql_name(sql, query->entity->name);
    g_string_append(sql, " t");
    mw_query_where(query, mw_store_dialect(store), sql, params);
    g_string_append_printf(sql, " LIMIT %d) c", MW_COUNT_MAX + 1);
    return mw_store_run(store, sql->str, (MwValue *)params->data, params->len, keep_sums, &kept,
                        error) &&
           kept.count <= MW_COUNT_MAX && kept.fits;
}
