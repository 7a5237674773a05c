/* pool_standing: how users stand with open pools; see open_pool.h. */
#include "base/clock.h"
#include "methods/open_pool.h"
#include "record/service.h"

enum { HELD_MAX = 100000 };

/* picks_per_day, capacity, active */
static bool
keep_limits(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwPoolStanding *standing = data;

    standing->picks_per_day = c[0].is == MW_INTEGER ? c[0].integer : 0;
    standing->capacity = c[1].is == MW_INTEGER ? c[1].integer : 0;
    standing->active = c[2].integer != 0;
    return true;
}

static bool
count(const MwContext *context, const char *sql, const MwValue *params, size_t n, int64_t *number,
      GError **error)
{
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_store_scalar(context->store, sql, params, n, &found, error))
        return false;
    *number = found.integer;
    return true;
}

/* What is still worked at: a lead that was converted takes no room. */
static const char *
held_sql(const MwEntity *entity)
{
    return mw_entity_field(entity, "converted_at")
               ? "SELECT COUNT(*) FROM (SELECT 1 FROM lead WHERE taken_from = $1 AND owner = $2 "
                 "AND deleted_at IS NULL AND status NOT IN ('converted', 'disqualified') "
                 "LIMIT $3) held"
               : "SELECT COUNT(*) FROM (SELECT 1 FROM account WHERE taken_from = $1 AND "
                 "owner = $2 AND deleted_at IS NULL LIMIT $3) held";
}

bool
mw_pool_standing(const MwContext *context, const MwOpenPool *pool, int64_t user,
                 MwPoolStanding *standing, GError **error)
{
    GTimeZone *zone = context->settings->zone;
    int64_t today = mw_instant_of_date(mw_date_of_instant(context->now, zone), zone);
    const MwValue params[] = { MW_INT(pool->id), MW_INT(user), MW_INT(mw_id_first(today)) };
    const MwValue of_held[] = { MW_INT(pool->id), MW_INT(user), MW_INT(HELD_MAX) };

    *standing = (MwPoolStanding){ 0 };
    return mw_store_run(context->store,
                        "SELECT picks_per_day, capacity, active FROM pool WHERE id = $1", params, 1,
                        keep_limits, standing, error) &&
           count(context,
                 "SELECT COUNT(*) FROM pool_move WHERE pool = $1 AND to_owner = $2 AND id >= $3 "
                 "AND action = 'picked'",
                 params, 3, &standing->picked, error) &&
           count(context, held_sql(pool->entity), of_held, 3, &standing->held, error);
}

typedef struct {
    const MwPools *pools;
    MwPoolStanding *standings;
    int64_t *waiting;
    size_t place; /* of the number in a standing */
} Counting;

static long
index_of(const MwPools *pools, int64_t id)
{
    for (size_t i = 0; i < mw_pools_count(pools); i++)
        if (mw_pools_at(pools, i)->id == id)
            return (long)i;
    return -1;
}

/* pool, picks_per_day, capacity, active */
static bool
keep_limits_of(const MwValue *c, size_t n_columns, void *data)
{
    const Counting *counting = data;
    long i = index_of(counting->pools, c[0].integer);

    return i < 0 || keep_limits(c + 1, n_columns - 1, &counting->standings[i]);
}

/* pool, number */
static bool
keep_number(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    const Counting *counting = data;
    long i = c[0].is == MW_INTEGER ? index_of(counting->pools, c[0].integer) : -1;

    if (i >= 0)
        *(int64_t *)((char *)&counting->standings[i] + counting->place) = c[1].integer;
    return true;
}

static bool
keep_waiting(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    const Counting *counting = data;

    counting->waiting[index_of(counting->pools, c[0].integer)] = c[1].integer;
    return true;
}

static bool
count_waiting(const MwContext *context, Counting *counting, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);

    for (size_t i = 0; i < mw_pools_count(counting->pools); i++) {
        const MwOpenPool *pool = mw_pools_at(counting->pools, i);
        if (pool->usable)
            g_string_append_printf(sql,
                                   "%sSELECT CAST(%" G_GINT64_FORMAT " AS BIGINT), COUNT(*) FROM "
                                   "(SELECT 1 FROM \"%s\" WHERE pool = %" G_GINT64_FORMAT
                                   " AND deleted_at IS NULL LIMIT %d) w%zu",
                                   sql->len > 0 ? " UNION ALL " : "", pool->id, pool->entity->name,
                                   pool->id, MW_POOL_WAITING_MAX + 1, i);
    }
    return sql->len == 0 ||
           mw_store_run(context->store, sql->str, NULL, 0, keep_waiting, counting, error);
}

bool
mw_pool_standings(const MwContext *context, int64_t user, MwPoolStanding *standings,
                  int64_t *waiting, GError **error)
{
    const MwPools *pools = mw_actor_pools(context->actor);
    GTimeZone *zone = context->settings->zone;
    int64_t today = mw_instant_of_date(mw_date_of_instant(context->now, zone), zone);
    const MwValue params[] = { MW_INT(user), MW_INT(mw_id_first(today)) };
    Counting counting = { pools, standings, waiting, offsetof(MwPoolStanding, picked) };

    memset(standings, 0, mw_pools_count(pools) * sizeof *standings);
    memset(waiting, 0, mw_pools_count(pools) * sizeof *waiting);
    if (!mw_store_run(context->store,
                      "SELECT id, picks_per_day, capacity, active FROM pool WHERE deleted_at IS "
                      "NULL",
                      NULL, 0, keep_limits_of, &counting, error) ||
        !mw_store_run(context->store,
                      "SELECT pool, COUNT(*) FROM pool_move WHERE to_owner = $1 AND id >= $2 AND "
                      "action = 'picked' GROUP BY pool",
                      params, 2, keep_number, &counting, error))
        return false;
    counting.place = offsetof(MwPoolStanding, held);
    return mw_store_run(context->store,
                        "SELECT taken_from, COUNT(*) FROM lead WHERE owner = $1 AND deleted_at IS "
                        "NULL AND status NOT IN ('converted', 'disqualified') GROUP BY taken_from",
                        params, 1, keep_number, &counting, error) &&
           mw_store_run(context->store,
                        "SELECT taken_from, COUNT(*) FROM account WHERE owner = $1 AND deleted_at "
                        "IS NULL GROUP BY taken_from",
                        params, 1, keep_number, &counting, error) &&
           count_waiting(context, &counting, error);
}
