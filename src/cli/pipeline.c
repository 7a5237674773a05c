/* millwright pipeline-forecast: what the open deals will bring, by group. */
#include <math.h>

#include "base/i18n.h"
#include "cli/commands.h"
#include "cli/deals.h"
#include "cli/input.h"
#include "cli/output.h"

static char *group_column, *stage_column, *amount_column, *item_column, *won_stage, *lost_stage;
static char *open_stages, *prices_path, *price_item, *price_column;
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
    return reader ? mw_deals_read_prices(reader, price_item, price_column, error) : NULL;
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
                                    .won = won_stage ? won_stage : "Won",
                                    .lost = lost_stage ? lost_stage : "Lost",
                                    .open = (const char *const *)open };
    if (prices_path && !prices)
        return false;
    for (char **stage = open; stage && *stage; stage++)
        g_strstrip(*stage);
    g_autoptr(MwTableReader) reader = mw_table_open(path, NULL, error);
    return reader && mw_deals_read(reader, &columns, prices, deals, error);
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
    return json_pack("{s:o, s:o, s:I, s:I, s:i, s:I}", "groups", rows, "total", total, "open",
                     (json_int_t)deals->n_open, "unvalued", (json_int_t)deals->n_unvalued, "draws",
                     draws, "seed", (json_int_t)seed);
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
    print_row(table, json_object_get(all, "total"));
    mw_print_table_end(table);
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
    MwPipelineOptions how = { .draws = draws > 0 ? (uint32_t)draws : 0,
                              .seed = (uint64_t)seed,
                              .n_levels = G_N_ELEMENTS(levels) };

    if (argc != 2) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            _("Name one table of deals."));
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        how.levels[i] = levels[i].level;
    if (!read_deals(argv[1], &deals, error))
        return false;

    const guint n = deals.groups.texts->len;
    g_autofree MwWinRate *rates = g_new0(MwWinRate, n + 1);
    g_autofree bool *own = g_new0(bool, n + 1);
    g_autofree MwPipelineGroup *groups = g_new0(MwPipelineGroup, n + 1);
    if (!set_rates(&deals, rates, own, error))
        return false;
    const MwStatus status = mw_pipeline_forecast((const MwDeal *)(void *)deals.deals->data,
                                                 deals.deals->len, n, &how, groups);
    if (status != MW_OK)
        return mw_input_refused(status, argv[1], error);

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
