#include "methods/recycling.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "methods/recycling_told.h"
#include "record/notice.h"
#include "record/service.h"
#include "record/work.h"

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

/* ---- walking over what the rules find ----------------------------------------------------- */

/* A record that a rule finds. */
typedef struct {
    int64_t id, owner;
    MwValue key; /* of the column whose age counts */
    char *title;
} Found;

static void
found_clear(gpointer data)
{
    Found *found = data;

    mw_value_clear(&found->key);
    g_free(found->title);
}

/* Where the work stands; kept only once a batch is committed, because it may be run again. */
typedef struct {
    guint rule;  /* the one at hand */
    bool more;   /* there are rules left */
    int64_t id;  /* the last record of this rule; 0: none yet */
    MwValue key; /* and its age */
    size_t done, left;
} Walk;

/* What is done with each record of a batch. */
typedef bool (*Treat)(const MwContext *context, const Rule *rule, const GArray *found, Walk *walk,
                      GError **error);

typedef struct {
    Walk now, next;
    bool ahead; /* within the notice too */
    Treat treat;
} Work;

static void
walk_copy(Walk *to, const Walk *from)
{
    mw_value_clear(&to->key);
    *to = *from;
    to->key = MW_NOTHING;
    mw_value_copy(&to->key, &from->key);
}

/* id, owner, age, title */
static bool
keep_found(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Found found = { .id = c[0].integer,
                    .owner = number_of(&c[1]),
                    .title = g_strdup(c[3].is == MW_TEXT ? c[3].text : "") };

    mw_value_copy(&found.key, &c[2]);
    g_array_append_val((GArray *)data, found);
    return true;
}

/* The next of a rule, the oldest first. */
static bool
find_batch(const MwContext *context, const Work *work, const GArray *rules, const Rule *rule,
           GArray *found, GError **error)
{
    const Walk *walk = &work->next;
    const char *column = column_of(rule);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_autoptr(GString) sql = g_string_new(NULL);
    g_auto(MwValue) limit = limit_of(context, rule, work->ahead ? rule->notice : 0);

    g_string_printf(sql, "SELECT t.id, t.owner, t.%s, t.%s", column, rule->entity->title);
    put_found(sql, params, rules, rule, limit);
    if (walk->id) {
        g_string_append_printf(sql, " AND t.%s >= ", column);
        mw_sql_param(sql, params, walk->key);
        g_string_append_printf(sql, " AND (t.%s > ", column);
        mw_sql_param(sql, params, walk->key);
        g_string_append(sql, " OR t.id > ");
        mw_sql_param(sql, params, MW_INT(walk->id));
        g_string_append_c(sql, ')');
    }
    g_string_append_printf(sql, " ORDER BY t.%s, t.id LIMIT %d", column, BATCH);
    return mw_store_run(context->store, sql->str, (MwValue *)params->data, params->len, keep_found,
                        found, error);
}

static bool
step(const MwContext *context, void *data, GError **error)
{
    Work *work = data;
    Walk *walk = &work->next;
    g_autoptr(GArray) rules = read_rules(context, error);
    g_autoptr(GArray) found = g_array_new(false, true, sizeof(Found));

    g_array_set_clear_func(found, found_clear);
    walk_copy(walk, &work->now);
    walk->more = rules && walk->rule < rules->len;
    if (!walk->more)
        return rules != NULL;
    const Rule *rule = &g_array_index(rules, Rule, walk->rule);
    if (!find_batch(context, work, rules, rule, found, error) ||
        !work->treat(context, rule, found, walk, error))
        return false;
    mw_value_clear(&walk->key);
    walk->id = 0;
    if (found->len < BATCH) {
        walk->rule++;
        return true;
    }
    const Found *last = &g_array_index(found, Found, found->len - 1);
    walk->id = last->id;
    mw_value_copy(&walk->key, &last->key);
    return true;
}

static bool
walk_all(MwCompany *company, MwStore *store, Work *work, bool (*goes_on)(void *data), void *data,
         GError **error)
{
    bool done = true;

    for (work->now.more = true; done && work->now.more;) {
        if (goes_on && !goes_on(data))
            done = mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped before the end."));
        else if ((done = mw_work_atomically(company, store, step, work, error)))
            walk_copy(&work->now, &work->next);
    }
    mw_value_clear(&work->now.key);
    mw_value_clear(&work->next.key);
    return done;
}

/* ---- coming back --------------------------------------------------------------------------- */

/* Somebody may have worked at it, or taken it away, since it was found. */
static bool
is_still_due(const MwRecord *record, const Rule *rule, const Found *found)
{
    const MwField *column = mw_entity_field(rule->entity, column_of(rule));

    return mw_value_equal(mw_record_value(record, column), &found->key) &&
           mw_record_is_null(record, "pool") && mw_record_int(record, "owner") == found->owner;
}

static bool
bring_back(const MwContext *context, const Rule *rule, const Found *found, bool *came,
           GError **error)
{
    MwQuery query = { .entity = rule->entity };
    g_autoptr(MwRecord) record = mw_store_get(context->store, &query, found->id, error);
    g_autofree char *reason = reason_of(rule);

    *came = record && is_still_due(record, rule, found);
    return record &&
           (!*came || (mw_pool_put(context, record, rule->pool, "recycled", reason, error) &&
                       mw_store_wait(context->store, error)));
}

/* Whoever is in somebody's hands just now waits for the next run; the others do not wait for him. */
static bool
bring_all_back(const MwContext *context, const Rule *rule, const GArray *found, Walk *walk,
               GError **error)
{
    MwStore *store = context->store;

    for (guint i = 0; i < found->len; i++) {
        g_autoptr(GError) local = NULL;
        bool came = false;
        if (!mw_store_mark(store, error))
            return false;
        bool done = bring_back(context, rule, &g_array_index(found, Found, i), &came, &local);
        if (!done && !g_error_matches(local, MW_ERROR, MW_ERROR_CONFLICT) &&
            !g_error_matches(local, MW_ERROR, MW_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
        if (done ? !mw_store_forget_mark(store, error) : !mw_store_back_to_mark(store, error))
            return false;
        walk->done += done && came;
        walk->left += !done || !came;
    }
    return true;
}

/* ---- notice of it ---------------------------------------------------------------------------- */

static int64_t
due_day(const MwContext *context, const Rule *rule, const MwValue *key)
{
    int64_t day = 0;

    if (key->is == MW_TEXT)
        mw_date_parse(key->text, &day);
    else
        day = mw_date_of_instant(key->integer, context->settings->zone);
    return day + rule->days;
}

/* Each owner once of each day on which something of his is due; of several rules, of the one that comes first. */
static bool
tell_all(const MwContext *context, const Rule *rule, const GArray *found, Walk *walk,
         GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    for (guint i = 0; i < found->len; i++)
        g_array_append_val(ids, g_array_index(found, Found, i).id);
    g_autoptr(GArray) told = mw_told_read(context, ids, today_of(context) * MW_DAY_MS, error);
    g_autofree char *reason = reason_of(rule);
    int64_t today = today_of(context);

    for (guint i = 0; told && rule->notice > 0 && i < found->len; i++) {
        const Found *item = &g_array_index(found, Found, i);
        int64_t day = due_day(context, rule, &item->key), at = day * MW_DAY_MS;
        bool later;
        MwNotice notice = { .user = item->owner,
                            .kind = "coming_back",
                            .entity = rule->entity,
                            .record = item->id,
                            .title = item->title,
                            .detail = reason,
                            .at = at };
        if (day < today || mw_told_is(told, item->id, item->owner, at, reason, &later))
            continue;
        if ((later && !mw_told_forget_later(context, item->id, item->owner, at, error)) ||
            !mw_notify(context, &notice, error))
            return false;
        walk->done++;
    }
    return told != NULL;
}

bool
mw_recycling_run(MwCompany *company, MwStore *store, bool (*goes_on)(void *data), void *data,
                 MwRecycled *out, GError **error)
{
    Work back = { .treat = bring_all_back }, notice = { .ahead = true, .treat = tell_all };
    bool done = walk_all(company, store, &back, goes_on, data, error) &&
                walk_all(company, store, &notice, goes_on, data, error);

    *out = (MwRecycled){ back.now.done, back.now.left, notice.now.done };
    return done;
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

    *due = (MwDue){ rule->entity,
                    c[1].integer,
                    rule->pool,
                    c[2].integer,
                    due_day(collecting->context, rule, c[4].is == MW_TEXT ? &c[4] : &c[3]),
                    reason_of(rule) };
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
