#include "methods/funnel.h"

#include <math.h>

#include "base/decimal.h"
#include "base/i18n.h"
#include "base/money.h"
#include "model/kinds/kinds.h"
#include "store/query.h"

/* What is summed: the same outcome, product and group. */
typedef struct {
    char *key;
    char outcome;
    int64_t product, n, value, valued, weighted, days, timed;
} Cell;

typedef struct {
    int64_t id, won, lost;
    int64_t price; /* list price in minor units of the base currency */
} Product;

typedef struct {
    const MwContext *context;
    GArray *cells;        /* of Cell */
    GHashTable *products; /* id -> Product */
    double rate;          /* of all; 0 when nothing was decided */
} Funnel;

static const struct {
    const char *name, *label, *column, *join, *shown;
} kinds[MW_N_FUNNELS] = {
    [MW_FUNNEL_PRODUCT] = { "product", N_("Product"), "t.product", "",
                            "SELECT id, name FROM product" },
    [MW_FUNNEL_OWNER] = { "owner", N_("Owner"), "t.owner", "", "SELECT id, name FROM \"user\"" },
    [MW_FUNNEL_TEAM] = { "team", N_("Team"), "t.team", "", "SELECT id, name FROM team" },
    [MW_FUNNEL_REGION] = { "region", N_("Region"), "COALESCE(a.region, a.country)",
                           " LEFT JOIN account a ON a.id = t.account", NULL },
    [MW_FUNNEL_MONTH] = { "month", N_("Month"), "substr(COALESCE(t.closed_on, t.close_on), 1, 7)",
                          "", NULL },
    [MW_FUNNEL_STAGE] = { "stage", N_("Stage"), "t.stage", "",
                          "SELECT id, name FROM stage ORDER BY process, \"position\"" },
};

bool
mw_funnel_by_find(const char *name, MwFunnelBy *by)
{
    for (int i = 0; i < MW_N_FUNNELS; i++) {
        if (g_strcmp0(kinds[i].name, name) == 0) {
            *by = (MwFunnelBy)i;
            return true;
        }
    }
    return false;
}

const char *
mw_funnel_by_label(MwFunnelBy by)
{
    return mw_gettext(kinds[by].label);
}

const char *
mw_funnel_by_name(MwFunnelBy by)
{
    return kinds[by].name;
}

/* Of an account there, or in that country when it has no region. */
static MwFilter *
region_filter(const MwContext *context, const MwEntity *entity, const char *region)
{
    const MwEntity *account = mw_catalog_entity(context->catalog, "account");
    const MwField *field = mw_entity_field(account, "region");
    MwFilter *any = mw_filter_any(), *abroad = mw_filter_all();

    mw_filter_add(any, mw_filter_test(field, MW_TEST_EQ, MW_BORROW(region)));
    mw_filter_add(abroad, mw_filter_test(field, MW_TEST_NULL, MW_NOTHING));
    mw_filter_add(
        abroad, mw_filter_test(mw_entity_field(account, "country"), MW_TEST_EQ, MW_BORROW(region)));
    mw_filter_add(any, abroad);
    return mw_filter_via(mw_entity_field(entity, "account"), account, any);
}

/* ---- regions --------------------------------------------------------------------------- */

static bool
keep_region(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_ptr_array_add(data, g_strdup(columns[0].text));
    return true;
}

/* Each step leaps to the next value in the index. */
static void
put_leaps(GString *sql, const char *name, const char *column)
{
    g_string_append_printf(
        sql,
        "%s (v, n) AS (SELECT (SELECT min(a.%s) FROM account a WHERE a.deleted_at IS NULL), 1 "
        "UNION ALL SELECT (SELECT min(a.%s) FROM account a WHERE a.deleted_at IS NULL AND a.%s > "
        "%s.v), n + 1 FROM %s WHERE %s.v IS NOT NULL AND n <= %d)",
        name, column, column, column, name, name, name, MW_REGIONS_MAX);
}

GPtrArray *
mw_funnel_regions(const MwContext *context, bool *more, GError **error)
{
    static const char *const columns[] = { "region", "country" };
    const MwEntity *account = mw_catalog_entity(context->catalog, "account");
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, account, MW_MAY_READ);
    g_autoptr(GPtrArray) regions = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) sql = g_string_new("WITH RECURSIVE ");
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    MwQuery query = { .entity = account, .scope = scope };

    *more = false;
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        if (!mw_actor_sees(context->actor, account, mw_entity_field(account, columns[i])))
            return g_steal_pointer(&regions);
    put_leaps(sql, "r", "region");
    g_string_append(sql, ", ");
    put_leaps(sql, "c", "country");
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        const char *of = i == 0 ? "r" : "c";
        g_string_append_printf(
            sql, "%s SELECT v FROM %s WHERE v <> '' AND EXISTS (SELECT 1 FROM account t ",
            i == 0 ? "" : " UNION", of);
        mw_query_where(&query, mw_store_dialect(context->store), sql, params);
        g_string_append_printf(sql, " AND t.%s = %s.v%s)", columns[i], of,
                               i == 0 ? "" : " AND t.region IS NULL");
    }
    g_string_append_printf(sql, " ORDER BY v LIMIT %d", MW_REGIONS_MAX + 1);
    if (!mw_store_run(context->store, sql->str, (const MwValue *)params->data, params->len,
                      keep_region, regions, error))
        return NULL;
    *more = regions->len > MW_REGIONS_MAX;
    return g_steal_pointer(&regions);
}

MwFilter *
mw_funnel_filter(const MwContext *context, const MwFunnelAsk *ask)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "opportunity");
    const MwField *closed = mw_entity_field(entity, "closed_on");
    const struct {
        const char *name;
        int64_t id;
    } links[] = { { "owner", ask->owner },
                  { "team", ask->team },
                  { "process", ask->process },
                  { "product", ask->product } };
    MwFilter *filter = mw_filter_all();

    for (size_t i = 0; i < G_N_ELEMENTS(links); i++)
        if (links[i].id)
            mw_filter_add(filter, mw_filter_test(mw_entity_field(entity, links[i].name), MW_TEST_EQ,
                                                 MW_INT(links[i].id)));
    if (ask->region)
        mw_filter_add(filter, region_filter(context, entity, ask->region));
    if (!ask->from && !ask->to)
        return filter;
    MwFilter *any = mw_filter_any(), *then = mw_filter_all();
    mw_filter_add(
        any, mw_filter_test(mw_entity_field(entity, "outcome"), MW_TEST_EQ, MW_BORROW("open")));
    if (ask->from)
        mw_filter_add(then, mw_filter_test(closed, MW_TEST_GTE, MW_BORROW(ask->from)));
    if (ask->to)
        mw_filter_add(then, mw_filter_test(closed, MW_TEST_LTE, MW_BORROW(ask->to)));
    mw_filter_add(any, then);
    mw_filter_add(filter, any);
    return filter;
}

static void
cell_clear(gpointer data)
{
    g_free(((Cell *)data)->key);
}

static void
group_clear(gpointer data)
{
    MwFunnelGroup *group = data;

    g_free(group->key);
    g_free(group->label);
}

void
mw_funnel_clear(MwFunnel *funnel)
{
    group_clear(&funnel->total);
    g_clear_pointer(&funnel->groups, g_array_unref);
}

/* ---- reading ------------------------------------------------------------------------ */

static int64_t
number(const MwValue *value)
{
    return value->is == MW_INTEGER ? value->integer : 0;
}

static bool
keep_cell(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Cell cell = {
        .key = c[0].is == MW_INTEGER ? g_strdup_printf("%" G_GINT64_FORMAT, c[0].integer)
                                     : g_strdup(c[0].is == MW_TEXT ? c[0].text : ""),
        .outcome = c[1].is == MW_TEXT ? *c[1].text : 'o',
        .product = number(&c[2]),
        .n = number(&c[3]),
        .value = number(&c[4]),
        .valued = number(&c[5]),
        .weighted = number(&c[6]),
        .days = number(&c[7]),
        .timed = number(&c[8]),
    };

    g_array_append_val(((Funnel *)data)->cells, cell);
    return true;
}

static bool
read_cells(Funnel *f, const MwFunnelAsk *ask, GError **error)
{
    MwFunnelBy by = ask->by;
    g_autoptr(MwFilter) filter = mw_funnel_filter(f->context, ask);
    const MwEntity *entity = mw_catalog_entity(f->context->catalog, "opportunity");
    g_autoptr(MwFilter) scope =
        mw_actor_filter(f->context->actor, f->context->catalog, entity, MW_MAY_READ);
    MwQuery query = { .entity = entity, .scope = scope, .filter = filter };
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    g_string_printf(
        sql,
        "SELECT %s, t.outcome, t.product, COUNT(*), CAST(SUM(t.amount_base) AS BIGINT), "
        "COUNT(t.amount_base), CAST(SUM(t.weighted_base) AS BIGINT), "
        "CAST(SUM(t.days_to_close) AS BIGINT), COUNT(t.days_to_close) "
        "FROM opportunity t%s ",
        kinds[by].column, kinds[by].join);
    mw_query_where(&query, mw_store_dialect(f->context->store), sql, params);
    g_string_append(sql, " GROUP BY 1, 2, 3");
    return mw_store_run(f->context->store, sql->str, (MwValue *)params->data, params->len,
                        keep_cell, f, error);
}

typedef struct {
    GHashTable *products;
    const MwCurrency *base;
} Prices;

/* id, list_price, rate (NULL: in base currency) */
static bool
keep_product(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Prices *prices = data;
    Product *product = g_new0(Product, 1);
    int64_t one = 1, scale = 0;

    product->id = c[0].integer;
    if (c[2].is == MW_INTEGER) {
        one = c[2].integer;
        scale = MW_RATE_SCALE;
    }
    if (c[1].is != MW_INTEGER || !mw_decimal_multiply(c[1].integer, MW_PRICE_SCALE, one, scale,
                                                      prices->base->exponent, &product->price))
        product->price = 0;
    g_hash_table_insert(prices->products, &product->id, product);
    return true;
}

/* A product in a currency whose rate is not known counts without a price. */
static bool
read_products(Funnel *f, GError **error)
{
    Prices prices = { f->products, mw_currency_find(f->context->settings->currency) };
    MwValue params[] = { MW_BORROW(f->context->settings->currency) };

    return mw_store_run(
        f->context->store,
        "SELECT p.id, p.list_price, CASE WHEN p.currency IS NULL OR p.currency = $1 THEN NULL ELSE "
        "COALESCE((SELECT r.rate FROM currency_rate r WHERE r.currency = p.currency AND "
        "r.deleted_at IS NULL ORDER BY r.valid_from DESC LIMIT 1), 0) END FROM product p",
        params, G_N_ELEMENTS(params), keep_product, &prices, error);
}

/* ---- sums ----------------------------------------------------------------------------- */

static const Product *
product_of(const Funnel *f, const Cell *cell)
{
    return g_hash_table_lookup(f->products, &cell->product);
}

static void
learn(Funnel *f)
{
    int64_t won = 0, lost = 0;

    for (guint i = 0; i < f->cells->len; i++) {
        const Cell *cell = &g_array_index(f->cells, Cell, i);
        Product *product = g_hash_table_lookup(f->products, &cell->product);
        int64_t *n = cell->outcome == 'w' ? &won : cell->outcome == 'l' ? &lost : NULL;
        if (n)
            *n += cell->n;
        if (n && product)
            *(cell->outcome == 'w' ? &product->won : &product->lost) += cell->n;
    }
    f->rate = won + lost > 0 ? (double)won / (double)(won + lost) : 0.0;
}

static double
rate_of(const Funnel *f, const Product *product)
{
    return product && product->won + product->lost > 0
               ? (double)product->won / (double)(product->won + product->lost)
               : f->rate;
}

/* Sums in won_days and lost_days until finish(). */
static void
add_cell(const Funnel *f, const Cell *cell, MwFunnelGroup *group, int64_t timed[2])
{
    const Product *product = product_of(f, cell);
    int64_t value = cell->value + (product ? (cell->n - cell->valued) * product->price : 0);
    bool won = cell->outcome == 'w';

    if (cell->outcome == 'o') {
        group->open += cell->n;
        group->open_value += value;
        group->weighted += cell->weighted;
        group->expected += (double)value * rate_of(f, product);
        return;
    }
    *(won ? &group->won : &group->lost) += cell->n;
    *(won ? &group->won_value : &group->lost_value) += value;
    *(won ? &group->won_days : &group->lost_days) += (double)cell->days;
    timed[!won] += cell->timed;
}

static void
finish(MwFunnelGroup *group, const int64_t timed[2])
{
    group->won_days = timed[0] > 0 ? group->won_days / (double)timed[0] : NAN;
    group->lost_days = timed[1] > 0 ? group->lost_days / (double)timed[1] : NAN;
    if (mw_win_rate((uint64_t)group->won, (uint64_t)group->lost, &group->rate) != MW_OK)
        group->rate = (MwWinRate){ NAN, NAN, NAN };
}

static bool
keep_label(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_ptr_array_add(data, g_strdup_printf("%" G_GINT64_FORMAT, c[0].integer));
    g_ptr_array_add(data, g_strdup(c[1].is == MW_TEXT ? c[1].text : ""));
    return true;
}

static gint
by_key(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(((const MwFunnelGroup *)a)->key, ((const MwFunnelGroup *)b)->key);
}

static gint
by_place(gconstpointer a, gconstpointer b)
{
    const MwFunnelGroup *x = a, *y = b;

    return x->place < y->place ? -1 : x->place > y->place;
}

static gint
by_won_value(gconstpointer a, gconstpointer b)
{
    const MwFunnelGroup *x = a, *y = b;

    if (x->won_value != y->won_value)
        return x->won_value < y->won_value ? 1 : -1;
    return by_key(a, b);
}

/* Names the groups by the records that their keys are ids of. */
static bool
name_groups(const Funnel *f, MwFunnelBy by, GArray *groups, GError **error)
{
    g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) labels = g_hash_table_new(g_str_hash, g_str_equal);

    if (kinds[by].shown &&
        !mw_store_run(f->context->store, kinds[by].shown, NULL, 0, keep_label, pairs, error))
        return false;
    for (guint i = 0; i + 1 < pairs->len; i += 2)
        g_hash_table_insert(labels, pairs->pdata[i], GUINT_TO_POINTER(i + 1));
    for (guint i = 0; i < groups->len; i++) {
        MwFunnelGroup *group = &g_array_index(groups, MwFunnelGroup, i);
        group->place = GPOINTER_TO_UINT(g_hash_table_lookup(labels, group->key));
        group->label = g_strdup(group->place ? pairs->pdata[group->place] : group->key);
    }
    return true;
}

static void
sum_up(const Funnel *f, MwFunnel *out)
{
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GArray) timed = g_array_new(false, true, 2 * sizeof(int64_t));
    int64_t all[2] = { 0, 0 };

    for (guint i = 0; i < f->cells->len; i++) {
        const Cell *cell = &g_array_index(f->cells, Cell, i);
        gpointer place = g_hash_table_lookup(places, cell->key);
        if (!place) {
            MwFunnelGroup group = { .key = g_strdup(cell->key) };
            g_array_append_val(out->groups, group);
            g_array_set_size(timed, out->groups->len);
            place = GUINT_TO_POINTER(out->groups->len);
            g_hash_table_insert(places, cell->key, place);
        }
        guint n = GPOINTER_TO_UINT(place) - 1;
        add_cell(f, cell, &g_array_index(out->groups, MwFunnelGroup, n),
                 (int64_t *)timed->data + (size_t)n * 2);
        add_cell(f, cell, &out->total, all);
    }
    for (guint i = 0; i < out->groups->len; i++)
        finish(&g_array_index(out->groups, MwFunnelGroup, i),
               (int64_t *)timed->data + (size_t)i * 2);
    finish(&out->total, all);
}

/* Sums tell what the amounts are. */
static bool
sees_amounts(const MwContext *context, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "opportunity");

    return (mw_actor_sees(context->actor, entity, mw_entity_field(entity, "amount_base")) &&
            mw_actor_sees(context->actor, entity, mw_entity_field(entity, "weighted_base"))) ||
           mw_fail(error, MW_ERROR_DENIED, _("You may not see what opportunities come to."));
}

bool
mw_funnel(const MwContext *context, const MwFunnelAsk *ask, MwFunnel *out, GError **error)
{
    MwFunnelBy by = ask->by;
    g_autoptr(GArray) cells = g_array_new(false, false, sizeof(Cell));
    g_autoptr(GHashTable) products =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    Funnel f = { context, cells, products, 0.0 };

    g_array_set_clear_func(cells, cell_clear);
    *out = (MwFunnel){ .groups = g_array_new(false, true, sizeof(MwFunnelGroup)) };
    g_array_set_clear_func(out->groups, group_clear);
    if (!sees_amounts(context, error) || !read_cells(&f, ask, error) || !read_products(&f, error))
        return false;
    learn(&f);
    sum_up(&f, out);
    if (!name_groups(&f, by, out->groups, error))
        return false;
    g_array_sort(out->groups, by == MW_FUNNEL_MONTH   ? by_key
                              : by == MW_FUNNEL_STAGE ? by_place
                                                      : by_won_value);
    return true;
}

/* ---- telling ------------------------------------------------------------------------------ */

static void
put_money(json_t *object, const char *name, int64_t amount, const MwCurrency *currency)
{
    g_autofree char *text = mw_money_format(amount, currency, MW_MONEY_PLAIN);

    json_object_set_new(object, name, json_string(text));
}

static void
put_real(json_t *object, const char *name, double value)
{
    json_object_set_new(object, name, isfinite(value) ? json_real(value) : json_null());
}

static json_t *
group_json(const MwFunnelGroup *group, const MwCurrency *currency)
{
    json_t *object = json_object();

    if (group->key) {
        json_object_set_new(object, "key", json_string(group->key));
        json_object_set_new(object, "label", json_string(group->label));
    }
    json_object_set_new(object, "open", json_integer(group->open));
    put_money(object, "open_value", group->open_value, currency);
    put_money(object, "weighted", group->weighted, currency);
    put_money(object, "expected", llround(group->expected), currency);
    json_object_set_new(object, "won", json_integer(group->won));
    put_money(object, "won_value", group->won_value, currency);
    json_object_set_new(object, "lost", json_integer(group->lost));
    put_money(object, "lost_value", group->lost_value, currency);
    put_real(object, "win_rate", group->rate.rate);
    put_real(object, "win_rate_low", group->rate.low);
    put_real(object, "win_rate_high", group->rate.high);
    put_real(object, "won_days", group->won_days);
    put_real(object, "lost_days", group->lost_days);
    return object;
}

json_t *
mw_funnel_json(const MwContext *context, MwFunnelBy by, const MwFunnel *funnel)
{
    const char *code = context->settings->currency;
    const MwCurrency *currency = mw_currency_find(code);
    json_t *groups = json_array();

    for (guint i = 0; i < funnel->groups->len; i++)
        json_array_append_new(
            groups, group_json(&g_array_index(funnel->groups, MwFunnelGroup, i), currency));
    return json_pack("{s:s,s:s,s:o,s:o}", "by", kinds[by].name, "currency", code, "total",
                     group_json(&funnel->total, currency), "groups", groups);
}
