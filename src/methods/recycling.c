#include "methods/recycling.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "record/service.h"
#include "record/work.h"
#include "record/write.h"
#include "store/search.h"

enum { BATCH = 200, RULES_MAX = 200 };

/* A rule of a pool, with what of its pool counts. */
typedef struct {
    int64_t pool, team, days, notice;
    const MwEntity *entity;
    char rule[12], class[8], rating[8]; /* "": the general one */
    bool team_reach, spare_deals;
} Rule;

typedef struct {
    const MwCatalog *catalog;
    GArray *rules;
} Reading;

static void
take_text(char *out, size_t size, const MwValue *value)
{
    g_strlcpy(out, value->is == MW_TEXT ? value->text : "", size);
}

static int64_t
number_of(const MwValue *value)
{
    return value->is == MW_INTEGER ? value->integer : 0;
}

static bool
keep_rule(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reading *reading = data;
    Rule rule = { .pool = c[0].integer,
                  .team = number_of(&c[1]),
                  .notice = number_of(&c[2]),
                  .spare_deals = number_of(&c[3]) != 0,
                  .team_reach = g_strcmp0(c[4].text, "team") == 0,
                  .entity = mw_catalog_entity(reading->catalog, c[5].text),
                  .days = c[7].integer };

    take_text(rule.rule, sizeof rule.rule, &c[6]);
    take_text(rule.class, sizeof rule.class, &c[8]);
    take_text(rule.rating, sizeof rule.rating, &c[9]);
    if (rule.entity)
        g_array_append_val(reading->rules, rule);
    return true;
}

/* The rules of all active pools. */
static GArray *
read_rules(const MwContext *context, GError **error)
{
    g_autoptr(GArray) rules = g_array_new(false, true, sizeof(Rule));
    Reading reading = { context->catalog, rules };
    g_autofree char *sql = g_strdup_printf(
        "SELECT p.id, p.team, p.notice_days, p.spare_deals, p.reach, p.holds, r.rule, r.days, "
        "r.class, r.rating FROM pool p JOIN pool_rule r ON r.pool = p.id AND r.deleted_at IS NULL "
        "WHERE p.active = 1 AND p.deleted_at IS NULL ORDER BY p.id, r.id LIMIT %d",
        RULES_MAX);

    return mw_store_run(context->store, sql, NULL, 0, keep_rule, &reading, error)
               ? g_steal_pointer(&rules)
               : NULL;
}

/* ---- a rule as a statement ------------------------------------------------------------- */

/* The column whose age counts. */
static const char *
column_of(const Rule *rule)
{
    return g_str_equal(rule->rule, "idle")      ? "last_activity_at"
           : g_str_equal(rule->rule, "undealt") ? "taken_at"
                                                : "contract_until";
}

static bool
is_dated(const Rule *rule)
{
    return g_str_equal(rule->rule, "contract");
}

static int64_t
today_of(const MwContext *context)
{
    return mw_date_of_instant(context->now, context->settings->zone);
}

/* Whoever's value is less is due, or will be in `ahead` days. The caller frees the text. */
static MwValue
limit_of(const MwContext *context, const Rule *rule, int64_t ahead)
{
    int64_t day = today_of(context) - rule->days + ahead;

    if (is_dated(rule))
        return (MwValue){ .is = MW_TEXT, .text = mw_date_format(day, MW_CLOCK_ISO) };
    return MW_INT(context->now - (rule->days - ahead) * MW_DAY_MS);
}

/* Of one class or rating, or of all that have no rule of their own. */
static void
put_group(GString *sql, GArray *params, const GArray *rules, const Rule *rule, const char *column,
          size_t offset)
{
    const char *mine = (const char *)rule + offset;
    unsigned n = 0;

    if (*mine) {
        g_string_append_printf(sql, " AND t.%s = ", column);
        mw_sql_param(sql, params, MW_BORROW(mine));
        return;
    }
    for (guint i = 0; i < rules->len; i++) {
        const Rule *other = &g_array_index(rules, Rule, i);
        const char *theirs = (const char *)other + offset;
        if (other->pool != rule->pool || !g_str_equal(other->rule, rule->rule) || !*theirs)
            continue;
        g_string_append_printf(sql, n++ ? ", " : " AND (t.%s IS NULL OR t.%s NOT IN (", column,
                               column);
        mw_sql_param(sql, params, MW_BORROW(theirs));
    }
    g_string_append(sql, n ? "))" : "");
}

static void
put_reach(GString *sql, GArray *params, const Rule *rule)
{
    g_string_append(sql, rule->team_reach ? " AND (t.taken_from = " : " AND t.taken_from = ");
    mw_sql_param(sql, params, MW_INT(rule->pool));
    if (!rule->team_reach)
        return;
    g_string_append(sql, " OR t.taken_from IS NULL");
    if (rule->team) {
        g_string_append(sql, " AND t.team IN (WITH RECURSIVE below (id, depth) AS (SELECT id, 1 "
                             "FROM team WHERE id = ");
        mw_sql_param(sql, params, MW_INT(rule->team));
        g_string_append(sql, " UNION ALL SELECT m.id, below.depth + 1 FROM team m JOIN below ON "
                             "m.parent = below.id WHERE below.depth < 30) SELECT id FROM below)");
    }
    g_string_append_c(sql, ')');
}

/* "FROM … WHERE …" of what the rule finds, before `limit`. */
static void
put_found(GString *sql, GArray *params, const GArray *rules, const Rule *rule, MwValue limit)
{
    bool leads = mw_entity_field(rule->entity, "rating") != NULL;

    g_string_append_printf(sql, " FROM \"%s\" t WHERE t.%s < ", rule->entity->name,
                           column_of(rule));
    mw_sql_param(sql, params, limit);
    g_string_append(sql, " AND t.owner IS NOT NULL AND t.pool IS NULL AND t.deleted_at IS NULL");
    put_reach(sql, params, rule);
    if (leads)
        g_string_append(sql, " AND t.status NOT IN ('converted', 'disqualified')");
    put_group(sql, params, rules, rule, leads ? "rating" : "class",
              leads ? offsetof(Rule, rating) : offsetof(Rule, class));
    if (!leads && g_str_equal(rule->rule, "undealt"))
        g_string_append(sql, " AND NOT EXISTS (SELECT 1 FROM opportunity o WHERE o.account = t.id "
                             "AND o.deleted_at IS NULL AND o.created_at >= t.taken_at)");
    if (!leads && rule->spare_deals)
        g_string_append(sql, " AND NOT EXISTS (SELECT 1 FROM opportunity o WHERE o.account = t.id "
                             "AND o.deleted_at IS NULL AND o.outcome = 'open')");
}

static char *
reason_of(const Rule *rule)
{
    const char *group = *rule->class ? rule->class : rule->rating;
    const MwEntity *entity = rule->entity;
    const MwField *field = mw_entity_field(entity, *rule->class ? "class" : "rating");
    g_autofree char *whose = NULL;
    long long days = (long long)rule->days;

    for (const MwChoice *c = field && *group ? field->choices : NULL; c && c->key; c++)
        if (g_str_equal(c->key, group))
            whose = g_strdup_printf(_(" (%s)"), _(c->label));
    if (g_str_equal(rule->rule, "idle"))
        return g_strdup_printf(_("Rule: %lld days without activity%s"), days, whose ? whose : "");
    if (g_str_equal(rule->rule, "undealt"))
        return g_strdup_printf(_("Rule: taken %lld days ago, without an opportunity%s"), days,
                               whose ? whose : "");
    return g_strdup_printf(_("Rule: %lld days after the end of the contract%s"), days,
                           whose ? whose : "");
}

/* ---- coming back --------------------------------------------------------------------------- */

/* A walk over what the rules find. */
typedef struct {
    guint rule; /* the one at hand */
    bool more;  /* there are rules left */
    size_t n;
} Walk;

static bool
keep_id(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_array_append_val((GArray *)data, c[0].integer);
    return true;
}

static bool
bring_back(const MwContext *context, const Rule *rule, int64_t id, GError **error)
{
    MwQuery query = { .entity = rule->entity };
    g_autoptr(MwRecord) record = mw_store_get(context->store, &query, id, error);
    g_autofree char *reason = reason_of(rule);

    return record && mw_pool_put(context, record, rule->pool, "recycled", reason, error);
}

/* A batch of one rule. What came back is found no more, so each batch begins at the oldest. */
static bool
step(const MwContext *context, void *data, GError **error)
{
    Walk *walk = data;
    g_autoptr(GArray) rules = read_rules(context, error);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(GString) sql = g_string_new("SELECT t.id");

    walk->more = rules && walk->rule < rules->len;
    if (!walk->more)
        return rules != NULL;
    const Rule *rule = &g_array_index(rules, Rule, walk->rule);
    g_auto(MwValue) limit = limit_of(context, rule, 0);
    put_found(sql, params, rules, rule, limit);
    g_string_append_printf(sql, " ORDER BY t.%s, t.id LIMIT %d", column_of(rule), BATCH);
    if (!mw_store_run(context->store, sql->str, (MwValue *)params->data, params->len, keep_id, ids,
                      error))
        return false;
    for (guint i = 0; i < ids->len; i++)
        if (!bring_back(context, rule, g_array_index(ids, int64_t, i), error))
            return false;
    walk->n += ids->len;
    walk->rule += ids->len < BATCH;
    return true;
}

bool
mw_recycling_run(MwCompany *company, MwStore *store, bool (*goes_on)(void *data), void *data,
                 size_t *n, GError **error)
{
    Walk walk = { .more = true };

    while (walk.more) {
        if (goes_on && !goes_on(data))
            return mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped before the end."));
        if (!mw_work_atomically(company, store, step, &walk, error))
            return false;
    }
    *n = walk.n;
    return true;
}

/* ---- what is coming back --------------------------------------------------------------------- */

static void
due_free(MwDue *due)
{
    g_free(due->reason);
    g_free(due);
}

typedef struct {
    const MwContext *context;
    const GArray *rules;
    GPtrArray *dues;
} Collecting;

/* number of the rule, id, owner, instant, date */
static bool
keep_due(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Collecting *collecting = data;
    const Rule *rule = &g_array_index(collecting->rules, Rule, (guint)c[0].integer);
    MwDue *due = g_new0(MwDue, 1);
    int64_t day = 0;

    if (c[4].is == MW_TEXT)
        mw_date_parse(c[4].text, &day);
    else
        day = mw_date_of_instant(c[3].integer, collecting->context->settings->zone);
    *due = (MwDue){ rule->entity, c[1].integer,     rule->pool,
                    c[2].integer, day + rule->days, reason_of(rule) };
    g_ptr_array_add(collecting->dues, due);
    return true;
}

static int
compare_dues(gconstpointer a, gconstpointer b)
{
    const MwDue *x = *(MwDue *const *)a, *y = *(MwDue *const *)b;

    return x->on != y->on ? (x->on > y->on) - (x->on < y->on)
                          : (x->record > y->record) - (x->record < y->record);
}

/* Of a record that two rules find, the one that is due first. */
static void
drop_twins(GPtrArray *dues, unsigned limit)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);

    g_ptr_array_sort(dues, compare_dues);
    for (guint i = 0; i < dues->len;) {
        MwDue *due = dues->pdata[i];
        if (g_hash_table_add(seen, &due->record))
            i++;
        else
            g_ptr_array_remove_index(dues, i);
    }
    if (dues->len > limit)
        g_ptr_array_set_size(dues, (int)limit);
}

static bool
is_used(const MwContext *context, int64_t id)
{
    const MwOpenPool *pool = mw_pools_find(mw_actor_pools(context->actor), id);

    return mw_actor_is_system(context->actor) || (pool && pool->usable);
}

GPtrArray *
mw_recycling_due(const MwContext *context, int64_t owner, int64_t record, unsigned limit,
                 GError **error)
{
    g_autoptr(GArray) rules = read_rules(context, error);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_autoptr(GPtrArray) dues = g_ptr_array_new_with_free_func((GDestroyNotify)due_free);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) sql = g_string_new(NULL);
    Collecting collecting = { context, rules, dues };

    for (guint i = 0; rules && i < rules->len; i++) {
        const Rule *rule = &g_array_index(rules, Rule, i);
        MwValue before = limit_of(context, rule, rule->notice);
        bool dated = is_dated(rule);
        if (dated)
            g_ptr_array_add(texts, before.text);
        if (!is_used(context, rule->pool))
            continue;
        g_string_append_printf(sql, "%sSELECT * FROM (SELECT CAST(%u AS BIGINT), t.id, t.owner, %s",
                               sql->len > 0 ? " UNION ALL " : "", i,
                               dated ? "CAST(NULL AS BIGINT), t.contract_until" : "");
        if (!dated)
            g_string_append_printf(sql, "t.%s, CAST(NULL AS TEXT)", column_of(rule));
        put_found(sql, params, rules, rule, before);
        if (owner) {
            g_string_append(sql, " AND t.owner = ");
            mw_sql_param(sql, params, MW_INT(owner));
        }
        if (record) {
            g_string_append(sql, " AND t.id = ");
            mw_sql_param(sql, params, MW_INT(record));
        }
        g_string_append_printf(sql, " ORDER BY t.%s, t.id LIMIT %u) q%u", column_of(rule), limit,
                               i);
    }
    if (!rules || (sql->len > 0 && !mw_store_run(context->store, sql->str, (MwValue *)params->data,
                                                 params->len, keep_due, &collecting, error)))
        return NULL;
    drop_twins(dues, limit);
    return g_steal_pointer(&dues);
}

/* ---- words --------------------------------------------------------------------------------------- */

typedef struct {
    int64_t pool, last;
    guint n;
} Words;

static bool
words_step(const MwContext *context, void *data, GError **error)
{
    Words *words = data;
    MwValue id = MW_INT(words->pool);
    g_auto(MwValue) holds = MW_NOTHING;

    words->n = 0;
    if (!mw_store_scalar(context->store, "SELECT holds FROM pool WHERE id = $1", &id, 1, &holds,
                         error))
        return false;
    const MwEntity *entity =
        holds.is == MW_TEXT ? mw_catalog_entity(context->catalog, holds.text) : NULL;
    if (!entity)
        return true;
    g_autoptr(MwFilter) filter =
        mw_filter_test(mw_entity_field(entity, "pool"), MW_TEST_EQ, MW_INT(words->pool));
    MwCursor cursor = { .id = words->last };
    MwQuery query = { .entity = entity, .filter = filter, .limit = BATCH };
    query.after = words->last ? &cursor : NULL;
    g_autoptr(GPtrArray) records = mw_store_find(context->store, &query, NULL, error);
    if (!records)
        return false;
    for (guint i = 0; i < records->len; i++) {
        MwRecord *record = records->pdata[i];
        const MwField *pool = mw_entity_field(entity, "pool");
        record->changed[pool->index / 64] |= UINT64_C(1) << (pool->index % 64);
        if (!mw_search_drop(context->store, mw_record_id(record), error) ||
            !mw_write_index(context, record, error))
            return false;
        words->last = mw_record_id(record);
    }
    words->n = records->len;
    return true;
}

bool
mw_recycling_words(MwCompany *company, MwStore *store, int64_t pool, GError **error)
{
    Words words = { .pool = pool };

    do
        if (!mw_work_atomically(company, store, words_step, &words, error))
            return false;
    while (words.n == BATCH);
    return true;
}
