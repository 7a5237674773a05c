/* millwright concentration: how much of a total hangs on how few. */
#include "engines/concentration.h"
#include "base/i18n.h"
#include "cli/commands.h"
#include "cli/customers.h"
#include "cli/output.h"
#include "cli/refusal.h"

static gboolean as_json;
static char *key_column, *value_column;
static int points = 20;

static const GOptionEntry options[] = {
    { "key", 0, 0, G_OPTION_ARG_STRING, &key_column,
      N_("Column of the customer (default: the first)"), N_("COLUMN") },
    { "value", 0, 0, G_OPTION_ARG_STRING, &value_column,
      N_("Column to add up (default: the last), or two to multiply: Quantity*Price"),
      N_("COLUMN") },
    { "points", 0, 0, G_OPTION_ARG_INT, &points, N_("Points of the Lorenz curve (default 20)"),
      N_("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

enum { POINTS_MAX = 10000 };

static json_t *
document(const MwConcentration *c, const MwTotals *totals, const double *x, const double *y)
{
    json_t *lorenz = json_array();
    for (int k = 0; k <= points; k++)
        json_array_append_new(lorenz, json_pack("[f, f]", x[k], y[k]));
    return json_pack("{s:I, s:f, s:f, s:f, s:I, s:f, s:I, s:f, s:I, s:f, s:I, s:o}", "n",
                     (json_int_t)c->n, "total", c->total, "gini", c->gini, "gini_corrected",
                     c->gini_corrected, "top20_n", (json_int_t)c->top_n, "top20_share",
                     c->top_share, "n_for_80", (json_int_t)c->n_for_share, "hhi", c->hhi,
                     "negative_n", (json_int_t)c->negative_n, "negative_total", c->negative_total,
                     "rows_left_out", (json_int_t)totals->rows_left_out, "lorenz", lorenz);
}

static void
print_all(const MwConcentration *c, const MwTotals *totals, const double *x, const double *y)
{
    MwPrintTable *table = mw_print_table_new("lr", NULL);
    mw_print_table_row(table, _("Customers"), mw_print_number((double)c->n, 0));
    mw_print_table_row(table, _("Total"), mw_print_number(c->total, 2));
    mw_print_table_row(table, _("Gini coefficient"), mw_print_number(c->gini, 6));
    mw_print_table_row(table, _("… corrected for few customers"),
                       mw_print_number(c->gini_corrected, 6));
    mw_print_table_row(table, _("Largest fifth, customers"), mw_print_number((double)c->top_n, 0));
    mw_print_table_row(table, _("Largest fifth, percent of the total"),
                       mw_print_number(100.0 * c->top_share, 2));
    mw_print_table_row(table, _("Customers that make 80 percent of the total"),
                       mw_print_number((double)c->n_for_share, 0));
    mw_print_table_row(table, _("Herfindahl–Hirschman index"), mw_print_number(c->hhi, 6));
    if (c->negative_n > 0) {
        mw_print_table_row(table, _("Customers below zero, not counted"),
                           mw_print_number((double)c->negative_n, 0));
        mw_print_table_row(table, _("… their total"), mw_print_number(c->negative_total, 2));
    }
    if (totals->rows_left_out > 0)
        mw_print_table_row(table, _("Rows without key or value, left out"),
                           mw_print_number((double)totals->rows_left_out, 0));
    mw_print_table_end(table);

    const char *const headers[] = { _("Smallest, percent of customers"),
                                    _("Their percent of the total"), NULL };
    g_print("\n");
    table = mw_print_table_new("rr", headers);
    for (int k = 0; k <= points; k++)
        mw_print_table_row(table, mw_print_number(100.0 * x[k], 2),
                           mw_print_number(100.0 * y[k], 2));
    mw_print_table_end(table);
}

static bool
run(MwApp *app G_GNUC_UNUSED, int argc, char **argv, GError **error)
{
    if (argc != 2 || points < 1 || points > POINTS_MAX)
        return mw_wrong_call(error, _("Name one file, and 1 to %d points."), POINTS_MAX);
    g_autoptr(MwTableReader) reader = mw_table_open(argv[1], NULL, error);
    g_auto(MwTotals) totals = { 0 };
    if (!reader || !mw_totals_read(&totals, reader, key_column, value_column, error))
        return mw_fail_in(argv[1], error);

    double *values = (double *)(void *)totals.totals->data;
    MwConcentration c;
    MwStatus status = mw_concentration(values, totals.totals->len, 0.2, 0.8, &c);
    g_autofree double *x = g_new(double, (size_t)points + 1);
    g_autofree double *y = g_new(double, (size_t)points + 1);
    if (status == MW_OK)
        status = mw_lorenz(values, totals.totals->len, (size_t)points, x, y);
    if (status != MW_OK)
        return mw_refuse(status, argv[1], error);
    if (as_json)
        mw_print_json(document(&c, &totals, x, y));
    else
        print_all(&c, &totals, x, y);
    return true;
}

const MwCommand mw_command_concentration = {
    .name = "concentration",
    .summary = N_("Show how much of a total hangs on how few customers"),
    .arguments = N_("FILE.csv"),
    .details = N_("Adds up the value by key and shows Gini, Lorenz, the largest fifth and HHI.\n"
                  "See docs/methods/concentration.md."),
    .options = options,
    .run = run,
};
