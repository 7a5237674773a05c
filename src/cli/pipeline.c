/* millwright pipeline-forecast: what the open deals will bring, by group. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/cells.h"
#include "cli/commands.h"
#include "cli/deals.h"
#include "cli/output.h"
#include "cli/refusal.h"
#include "engines/order.h"
#include "engines/quantile.h"

static char *group_column, *stage_column, *amount_column, *item_column, *won_stage, *lost_stage;
static char *opened_column, *closed_column, *open_stages, *prices_path, *price_item, *price_column;
static int draws = 20000;
static gint64 seed = 1;
static gboolean as_json;

static const GOptionEntry options[] = {
    { "group", 'g', 0, G_OPTION_ARG_STRING, &group_column,
      N_("Column to group by, each with its own win rate (default: all in one)"), N_("COLUMN") },
    { "stage", 0, 0, G_OPTION_ARG_STRING, &stage_column, N_("Column of the stage (default: stage)"),
      N_("COLUMN") },
    { "amount", 0, 0, G_OPTION_ARG_STRING, &amount_column,
      N_("Column of the amount (default: amount)"), N_("COLUMN") },
    { "won", 0, 0, G_OPTION_ARG_STRING, &won_stage, N_("Stage of won deals (default: Won)"),
      N_("STAGE") },
    { "lost", 0, 0, G_OPTION_ARG_STRING, &lost_stage, N_("Stage of lost deals (default: Lost)"),
      N_("STAGE") },
    { "open", 0, 0, G_OPTION_ARG_STRING, &open_stages,
      N_("Stages of open deals, with commas (default: all others)"), N_("STAGES") },
    { "opened", 0, 0, G_OPTION_ARG_STRING, &opened_column,
      N_("Column of the date when a deal was opened; with --closed, tells how long deals take"),
      N_("COLUMN") },
    { "closed", 0, 0, G_OPTION_ARG_STRING, &closed_column,
      N_("Column of the date when it was won or lost"), N_("COLUMN") },
    { "prices", 0, 0, G_OPTION_ARG_FILENAME, &prices_path,
      N_("Price list for open deals without an amount"), N_("PRICES.csv") },
    { "item", 0, 0, G_OPTION_ARG_STRING, &item_column,
      N_("Column of the item that is looked up there (default: that of --group)"), N_("COLUMN") },
    { "price-item", 0, 0, G_OPTION_ARG_STRING, &price_item,
      N_("Price list: column of the item (default: the first)"), N_("COLUMN") },
    { "price", 0, 0, G_OPTION_ARG_STRING, &price_column,
      N_("Price list: column of the price (default: the second)"), N_("COLUMN") },
    { "draws", 0, 0, G_OPTION_ARG_INT, &draws, N_("Simulated outcomes (default 20000)"), N_("N") },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Seed of the simulation (default 1)"), N_("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

static const struct {
    const char *key;
    double level;
} levels[] = { { "p5", .05 }, { "p25", .25 }, { "p50", .5 }, { "p75", .75 }, { "p95", .95 } };

static GHashTable *
read_prices(GError **error)
{
    g_autoptr(MwTableReader) reader = mw_table_open(prices_path, NULL, error);
    GHashTable *prices =
        reader ? mw_deals_read_prices(reader, price_item, price_column, error) : NULL;
    if (!prices)
        mw_fail_in(prices_path, error);
    return prices;
}

static bool
read_deals(const char *path, MwDeals *deals, GError **error)
{
    g_autoptr(GHashTable) prices = prices_path ? read_prices(error) : NULL;
    g_auto(GStrv) open = open_stages ? g_strsplit(open_stages, ",", -1) : NULL;
    const MwDealColumns columns = { .group = group_column,
                                    .stage = stage_column ? stage_column : "stage",
                                    .amount = amount_column ? amount_column : "amount",
                                    .item = item_column,
                                    .opened = opened_column,
                                    .closed = closed_column,
                                    .won = won_stage ? won_stage : "Won",
                                    .lost = lost_stage ? lost_stage : "Lost",
                                    .open = (const char *const *)open };
    if (prices_path && !prices)
        return false;
    for (char **stage = open; stage && *stage; stage++)
        g_strstrip(*stage);
    g_autoptr(MwTableReader) reader = mw_table_open(path, NULL, error);
    return (reader && mw_deals_read(reader, &columns, prices, deals, error)) ||
           mw_fail_in(path, error);
}

/* Gives each open deal the win rate of its group, or that of all where the group has no history yet. The last
 * of `rates` is of all. */
static bool
set_rates(MwDeals *deals, MwWinRate *rates, bool *own, GError **error)
{
    const guint n = deals->groups.texts->len;
    uint64_t won = 0, lost = 0;

    for (guint g = 0; g < n; g++) {
        won += deals->won[g];
        lost += deals->lost[g];
    }
    if (mw_win_rate(won, lost, &rates[n]) != MW_OK)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("No deal was won or lost yet, so there is no win rate to go by."));
    for (guint g = 0; g < n; g++) {
        rates[g] = rates[n];
        own[g] = mw_win_rate(deals->won[g], deals->lost[g], &rates[g]) == MW_OK;
    }
    for (guint i = 0; i < deals->deals->len; i++) {
        MwDeal *deal = &g_array_index(deals->deals, MwDeal, i);
        deal->probability = rates[deal->group].rate;
    }
    return true;
}

static json_t *
group_json(const char *name, const MwPipelineGroup *group, const MwWinRate *rate)
{
    json_t *object = json_pack("{s:s, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "group", name,
                               "deals", (json_int_t)group->n_deals, "amount", group->amount,
                               "win_rate", rate->rate, "win_rate_low", rate->low, "win_rate_high",
                               rate->high, "weighted", group->weighted, "sd", group->sd, "mean",
                               group->mean, "standard_error", group->standard_error);

    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        json_object_set_new(object, levels[i].key, json_real(group->quantiles[i]));
    return object;
}

/* Mean and median days of the closed deals; `which`: 'w'on, 'l'ost, 'a'll. */
static json_t *
days_json(const MwDeals *deals, char which)
{
    g_autofree double *days = g_new(double, deals->closed->len + 1);
    size_t n = 0;
    double sum = 0.0;

    for (guint i = 0; i < deals->closed->len; i++) {
        const MwClosedDeal *deal = &g_array_index(deals->closed, MwClosedDeal, i);
        if (which == 'a' || deal->won == (which == 'w'))
            sum += days[n++] = deal->days;
    }
    if (n == 0)
        return json_null();
    mw_sort(days, n);
    return json_pack("{s:I, s:f, s:f}", "deals", (json_int_t)n, "mean", sum / (double)n, "median",
                     mw_quantile(days, n, 0.5));
}

static int
compare_keys(const void *a, const void *b, void *data G_GNUC_UNUSED)
{
    return strcmp(a, b);
}

/* Won amounts by the quarter of closing, "2017-Q1", in the order of time. */
static json_t *
quarters_json(const MwDeals *deals)
{
    g_autoptr(GTree) sums = g_tree_new_full(compare_keys, NULL, g_free, g_free);
    json_t *quarters = json_object();

    for (guint i = 0; i < deals->closed->len; i++) {
        const MwClosedDeal *deal = &g_array_index(deals->closed, MwClosedDeal, i);
        int year = 0, month = 0, day = 0;
        if (!deal->won || isnan(deal->amount))
            continue;
        mw_date_to_ymd(deal->closed, &year, &month, &day);
        char *key = g_strdup_printf("%04d-Q%d", year, (month + 2) / 3);
        const double *known = g_tree_lookup(sums, key);
        const double sum = deal->amount + (known ? *known : 0.0);
        g_tree_replace(sums, key, g_memdup2(&sum, sizeof sum));
    }
    for (GTreeNode *node = g_tree_node_first(sums); node; node = g_tree_node_next(node))
        json_object_set_new(quarters, g_tree_node_key(node),
                            mw_json_number(*(const double *)g_tree_node_value(node)));
    return quarters;
}

static json_t *
cycle_json(const MwDeals *deals)
{
    if (deals->closed->len == 0)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o}", "won", days_json(deals, 'w'), "lost",
                     days_json(deals, 'l'), "all", days_json(deals, 'a'), "won_by_quarter",
                     quarters_json(deals));
}

static json_t *
document(const MwDeals *deals, const MwPipelineGroup *groups, const MwWinRate *rates,
         const bool *own)
{
    const guint n = deals->groups.texts->len;
    json_t *rows = json_array(), *total = group_json(_("all"), &groups[n], &rates[n]);
    uint64_t won = 0, lost = 0;

    for (guint g = 0; g < n; g++) {
        json_t *row = group_json(mw_names_text(&deals->groups, g), &groups[g], &rates[g]);
        json_object_set_new(row, "won", json_integer((json_int_t)deals->won[g]));
        json_object_set_new(row, "lost", json_integer((json_int_t)deals->lost[g]));
        json_object_set_new(row, "own_history", json_boolean(own[g]));
        json_array_append_new(rows, row);
        won += deals->won[g];
        lost += deals->lost[g];
    }
    json_object_set_new(total, "won", json_integer((json_int_t)won));
    json_object_set_new(total, "lost", json_integer((json_int_t)lost));
    return json_pack("{s:o, s:o, s:o, s:I, s:I, s:i, s:I}", "groups", rows, "total", total,
                     "days_to_close", cycle_json(deals), "open", (json_int_t)deals->n_open,
                     "unvalued", (json_int_t)deals->n_unvalued, "draws", draws, "seed",
                     (json_int_t)seed);
}

static void
print_row(MwPrintTable *table, const json_t *row)
{
    static const char *const keys[] = { "deals", "amount", "weighted", "p5", "p50", "p95" };
    const char *numbers[G_N_ELEMENTS(keys)];

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        numbers[i] = mw_print_number(json_number_value(json_object_get(row, keys[i])), 0);
    mw_print_table_row(
        table, json_string_value(json_object_get(row, "group")), numbers[0],
        mw_print_number(100 * json_number_value(json_object_get(row, "win_rate")), 1), numbers[1],
        numbers[2], numbers[3], numbers[4], numbers[5]);
}

static const char *
days_at(const json_t *cycle, const char *which, const char *what)
{
    const json_t *value = json_object_get(json_object_get(cycle, which), what);
    return mw_print_number(value ? json_number_value(value) : NAN, 1);
}

static void
print_all(const json_t *all, const bool *own)
{
    const char *const headers[] = { _("Group"),  _("Deals"),    _("Win rate %"),
                                    _("Amount"), _("Weighted"), _("P5"),
                                    _("P50"),    _("P95"),      NULL };
    MwPrintTable *table = mw_print_table_new("lrrrrrrr", headers);
    const json_int_t unvalued = json_integer_value(json_object_get(all, "unvalued"));
    bool borrowed = false;
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(all, "groups"), i, row)
    {
        borrowed = borrowed || !own[i];
        print_row(table, row);
    }
    if (i > 1)
        print_row(table, json_object_get(all, "total"));
    mw_print_table_end(table);
    const json_t *cycle = json_object_get(all, "days_to_close");
    if (json_is_object(cycle))
        g_print(_("\nDays to close, on average: won %s, lost %s; half of all within %s\n"),
                days_at(cycle, "won", "mean"), days_at(cycle, "lost", "mean"),
                days_at(cycle, "all", "median"));
    if (borrowed)
        g_print("\n%s\n", _("A group without won or lost deals has the win rate of all."));
    if (unvalued > 0)
        g_print(_("\n%ld open deals have neither amount nor price and were left out.\n"),
                (long)unvalued);
}

static bool
run(MwApp *app G_GNUC_UNUSED, int argc, char **argv, GError **error)
{
    g_auto(MwDeals) deals = { 0 };
    MwPipelineOptions how = { .draws = (uint32_t)draws,
                              .seed = (uint64_t)seed,
                              .n_levels = G_N_ELEMENTS(levels) };

    if (argc != 2)
        return mw_wrong_call(error, _("Name one table of deals."));
    if (draws < 100 || draws > MW_PIPELINE_DRAWS_MAX)
        return mw_wrong_call(error, _("--draws must be from %d to %d."), 100,
                             MW_PIPELINE_DRAWS_MAX);
    if (!opened_column != !closed_column)
        return mw_wrong_call(error, _("--opened and --closed go together."));
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        how.levels[i] = levels[i].level;
    if (!read_deals(argv[1], &deals, error))
        return false;

    if (deals.deals->len == 0)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("None of the %zu open deals has an amount or a price."), deals.n_open);
    const guint n = deals.groups.texts->len;
    g_autofree MwWinRate *rates = g_new0(MwWinRate, n + 1);
    g_autofree bool *own = g_new0(bool, n + 1);
    g_autofree MwPipelineGroup *groups = g_new0(MwPipelineGroup, n + 1);
    if (!set_rates(&deals, rates, own, error))
        return false;
    const MwStatus status = mw_pipeline_forecast((const MwDeal *)(void *)deals.deals->data,
                                                 deals.deals->len, n, &how, groups);
    if (status != MW_OK)
        return mw_refuse(status, argv[1], error);

    json_t *all = document(&deals, groups, rates, own);
    if (as_json) {
        mw_print_json(all);
    } else {
        print_all(all, own);
        json_decref(all);
    }
    return true;
}

const MwCommand mw_command_pipeline_forecast = {
    .name = "pipeline-forecast",
    .summary = N_("Forecast what the open deals will bring"),
    .arguments = N_("FILE.csv"),
    .details = N_("FILE.csv has a deal a row, won, lost and open ones. Items of a price list are "
                  "found without "
                  "regard to blanks and case.\nSee docs/methods/pipeline-forecast.md."),
    .options = options,
    .run = run,
};
