/* millwright funnel: what the opportunities of a company come to. */
#include "methods/funnel.h"

#include <math.h>

#include "base/i18n.h"
#include "base/money.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"

static char *by_text;
static gboolean as_json;

static const GOptionEntry options[] = {
    { "by", 0, 0, G_OPTION_ARG_STRING, &by_text,
      N_("product, owner, team, region, month or stage; else by product"), N_("GROUP") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

static void
print_group(MwPrintTable *table, const char *label, const MwFunnelGroup *group,
            const MwCurrency *currency)
{
    g_autofree char *open = g_strdup_printf("%" G_GINT64_FORMAT, group->open);
    g_autofree char *value = mw_money_format(group->open_value, currency, MW_MONEY_GROUPED);
    g_autofree char *expected =
        mw_money_format(llround(group->expected), currency, MW_MONEY_GROUPED);
    g_autofree char *won = g_strdup_printf("%" G_GINT64_FORMAT, group->won);
    g_autofree char *won_value = mw_money_format(group->won_value, currency, MW_MONEY_GROUPED);
    g_autofree char *lost = g_strdup_printf("%" G_GINT64_FORMAT, group->lost);
    g_autofree char *rate = isfinite(group->rate.rate)
                                ? g_strdup_printf("%.2f %%", group->rate.rate * 100.0)
                                : g_strdup("");
    g_autofree char *days =
        isfinite(group->won_days) ? g_strdup_printf("%.2f", group->won_days) : g_strdup("");

    mw_print_table_row(table, label, open, value, expected, won, won_value, lost, rate, days);
}

static void
print_all(const MwContext *context, MwFunnelBy by, const MwFunnel *funnel)
{
    const MwCurrency *currency = mw_currency_find(context->settings->currency);
    const char *const headers[] = { mw_funnel_by_label(by),
                                    _("Open"),
                                    _("Value"),
                                    _("Expected"),
                                    _("Won"),
                                    _("Value"),
                                    _("Lost"),
                                    _("Win rate"),
                                    _("Days to close"),
                                    NULL };
    MwPrintTable *table = mw_print_table_new("lrrrrrrrr", headers);

    for (guint i = 0; i < funnel->groups->len; i++) {
        const MwFunnelGroup *group = &g_array_index(funnel->groups, MwFunnelGroup, i);
        print_group(table, *group->label ? group->label : _("(none)"), group, currency);
    }
    print_group(table, _("Total"), &funnel->total, currency);
    mw_print_table_end(table);
}

static bool
run(MwApp *app, int argc, char **argv G_GNUC_UNUSED, GError **error)
{
    MwFunnelBy by = MW_FUNNEL_PRODUCT;
    g_auto(MwFunnel) funnel = { 0 };
    MwContext context;

    if (argc != 1)
        return mw_wrong_call(error, _("This command takes no arguments."));
    if (by_text && !mw_funnel_by_find(by_text, &by))
        return mw_wrong_call(error,
                             _("--by: choose product, owner, team, region, month or stage."));
    if (!mw_app_begin(app, false, &context, error))
        return false;
    bool done = mw_funnel(&context, &(MwFunnelAsk){ .by = by }, &funnel, error);
    if (done && as_json)
        mw_print_json(mw_funnel_json(&context, by, &funnel));
    else if (done)
        print_all(&context, by, &funnel);
    return mw_app_end(app, &context, false, NULL) && done;
}

const MwCommand mw_command_funnel = {
    .name = "funnel",
    .summary = N_("Sum up the opportunities: open, won, lost, win rates, days to close"),
    .details = N_("Open opportunities without an amount count with the list price of their main "
                  "product.\n“Expected” is their value times the win rate of the product."),
    .options = options,
    .run = run,
};
