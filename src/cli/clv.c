/* millwright clv: who will order again, how often, and what that is worth. */
#include <math.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/commands.h"
#include "cli/customers.h"
#include "cli/output.h"
#include "cli/refusal.h"
#include "engines/clv.h"

static gboolean as_json, list_customers;
static char *customer, *date, *amount, *x_column, *tx_column, *T_column, *m_column, *unit_text,
    *until_text;
static double horizon, rate = 0.10, margin = 1.0;

static const GOptionEntry options[] = {
    { "customer", 0, 0, G_OPTION_ARG_STRING, &customer,
      N_("Column of the customer (default: the first)"), N_("COLUMN") },
    { "date", 0, 0, G_OPTION_ARG_STRING, &date, N_("Log: column of the date (default: the second)"),
      N_("COLUMN") },
    { "amount", 0, 0, G_OPTION_ARG_STRING, &amount,
      N_("Log: column of the amount (default: the third, if there is one)"), N_("COLUMN") },
    { "x", 0, 0, G_OPTION_ARG_STRING, &x_column,
      N_("Summary: column of the orders after the first"), N_("COLUMN") },
    { "tx", 0, 0, G_OPTION_ARG_STRING, &tx_column,
      N_("Summary: column of the time from the first order to the last"), N_("COLUMN") },
    { "T", 0, 0, G_OPTION_ARG_STRING, &T_column,
      N_("Summary: column of the time from the first order to the end"), N_("COLUMN") },
    { "m", 0, 0, G_OPTION_ARG_STRING, &m_column,
      N_("Summary: column of the mean value of the orders after the first"), N_("COLUMN") },
    { "unit", 0, 0, G_OPTION_ARG_STRING, &unit_text, N_("day, week (default) or month"),
      N_("UNIT") },
    { "calibrate-until", 0, 0, G_OPTION_ARG_STRING, &until_text,
      N_("Learn from the log up to this day and compare with the rest"), N_("DATE") },
    { "horizon", 0, 0, G_OPTION_ARG_DOUBLE, &horizon,
      N_("Look so many units ahead (default: a year)"), N_("N") },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate, N_("Discount rate a year (default 0.10)"),
      N_("R") },
    { "margin", 0, 0, G_OPTION_ARG_DOUBLE, &margin,
      N_("Share of the amount that is margin (default 1)"), N_("M") },
    { "customers", 0, 0, G_OPTION_ARG_NONE, &list_customers, N_("List every customer"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

enum { KINDS = MW_PARETO_NBD + 1 };

static const char *const kind_keys[] = { "nbd", "bg_nbd", "pareto_nbd" };
static const char *const kind_names[] = { "NBD", "BG/NBD", "Pareto/NBD" };
static const char *const parameter_keys[][MW_PURCHASE_PARAMETERS] = {
    { "r", "alpha" }, { "r", "alpha", "a", "b" }, { "r", "alpha", "s", "beta" }
};

/* What is expected of customers of one group; the money besides needs their own mean. */
typedef struct {
    double alive, orders, discounted;
} Outlook;

typedef struct {
    MwHistories histories;
    MwCohort *cohort;
    MwPurchaseFit fits[KINDS];
    MwStatus fit_status[KINDS];
    size_t chosen; /* KINDS: none */
    MwGammaGammaFit spend;
    MwStatus spend_status; /* MW_EMPTY also when there are no amounts */
    Outlook *outlook;      /* of each group */
    double per_year;       /* units of time in a year */
    double orders, value;  /* sums over all customers; NAN: unknown */
} Analysis;

static void
analysis_clear(Analysis *a)
{
    mw_histories_clear(&a->histories);
    mw_cohort_free(a->cohort);
    g_free(a->outlook);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Analysis, analysis_clear)

static bool
read_file(Analysis *a, const char *path, GError **error)
{
    static const struct {
        const char *name;
        double days;
    } units[] = { { "week", 7.0 }, { "day", 1.0 }, { "month", 365.25 / 12.0 } };
    size_t unit = 0;
    while (unit_text && unit < G_N_ELEMENTS(units) && !g_str_equal(unit_text, units[unit].name))
        unit++;
    if (unit == G_N_ELEMENTS(units))
        return mw_wrong_call(error, _("--unit is day, week or month."));
    const bool summary = x_column || tx_column || T_column || m_column;
    if (summary && (date || amount || until_text))
        return mw_wrong_call(error, _("--date, --amount and --calibrate-until are of a log, "
                                      "--x, --tx, --T and --m of a summary."));
    MwHistoryOptions how = { customer, date,     amount,           x_column, tx_column,
                             T_column, m_column, units[unit].days, INT64_MAX };
    if (until_text && !mw_date_parse(until_text, &how.until))
        return mw_wrong_call(error, _("--calibrate-until: “%s” is not a date."), until_text);
    a->per_year = 365.25 / units[unit].days;
    if (horizon == 0.0)
        horizon = round(a->per_year);
    if (!(horizon > 0.0 && horizon <= 1e6) || !(rate >= 0.0 && rate <= 10.0) || !isfinite(margin))
        return mw_wrong_call(
            error, _("--horizon must lie above 0 and up to 1,000,000, --rate from 0 to 10."));
    g_autoptr(MwTableReader) reader = mw_table_open(path, NULL, error);
    return (reader && mw_histories_read(&a->histories, reader, &how, error)) ||
           mw_fail_in(path, error);
}

static bool
fit_all(Analysis *a, const char *path, GError **error)
{
    const MwHistories *h = &a->histories;
    MwStatus status = mw_cohort_new((const MwPurchases *)(void *)h->purchases->data,
                                    h->purchases->len, &a->cohort);
    if (status != MW_OK)
        return mw_refuse(status, path, error);
    for (int kind = 0; kind < KINDS; kind++) {
        a->fits[kind].model.kind = (MwPurchaseKind)kind;
        a->fit_status[kind] = mw_purchase_fit(a->cohort, (MwPurchaseKind)kind, &a->fits[kind]);
    }
    a->chosen = a->fit_status[MW_NBD] == MW_OK ? mw_purchase_choose(a->fits, KINDS) : KINDS;

    a->spend_status = MW_EMPTY;
    if (h->has_amounts) {
        g_autofree double *x = g_new(double, h->keys->len);
        for (size_t i = 0; i < h->keys->len; i++) {
            /* Without a known mean a customer tells nothing of spend. */
            bool known = !isnan(g_array_index(h->mean, double, i));
            x[i] = known ? g_array_index(h->purchases, MwPurchases, i).x : 0.0;
        }
        a->spend_status =
            mw_gamma_gamma_fit(x, (const double *)(void *)h->mean->data, h->keys->len, &a->spend);
    }
    return true;
}

/* The value of an order to expect of customer i; NAN where it has no mean. */
static double
spend_of(const Analysis *a, size_t i)
{
    double mean = g_array_index(a->histories.mean, double, i), value = NAN;
    double x =
        isnan(mean) || mean <= 0.0 ? 0.0 : g_array_index(a->histories.purchases, MwPurchases, i).x;
    if (a->spend_status == MW_OK &&
        mw_gamma_gamma_expected(&a->spend.model, x, x > 0.0 ? mean : 0.0, &value) != MW_OK)
        value = NAN;
    return value;
}

static bool
look_ahead(Analysis *a, GError **error)
{
    a->orders = a->value = NAN;
    if (a->chosen == KINDS)
        return true;
    const MwPurchaseModel *model = &a->fits[a->chosen].model;
    double force = log1p(rate) / a->per_year;
    a->outlook = g_new(Outlook, a->cohort->groups);
    a->orders = a->value = 0.0;
    for (size_t g = 0; g < a->cohort->groups; g++) {
        const MwPurchases *c = &a->cohort->group[g];
        Outlook *o = &a->outlook[g];
        MwStatus status = mw_purchase_alive(model, c, &o->alive);
        if (status == MW_OK)
            status = mw_purchase_expected(model, c, horizon, &o->orders);
        if (status == MW_OK)
            status = mw_purchase_discounted(model, c, horizon, force, &o->discounted);
        if (status != MW_OK)
            return mw_refuse(status, _("The expected orders"), error);
        a->orders += a->cohort->count[g] * o->orders;
    }
    for (size_t i = 0; i < a->histories.keys->len; i++)
        a->value += margin * a->outlook[a->cohort->group_of[i]].discounted * spend_of(a, i);
    return true;
}

/* ---- JSON ---- */

static json_t *
purchase_json(const Analysis *a, int kind)
{
    const MwPurchaseFit *f = &a->fits[kind];
    if (a->fit_status[kind] != MW_OK)
        return json_pack("{s:b, s:b, s:s}", "identified", 0, "converged", 0, "reason",
                         mw_status_name(a->fit_status[kind]));
    const double values[] = { f->model.r, f->model.alpha, f->model.a, f->model.b };
    json_t *fit = json_object(), *errors = json_object();
    for (size_t i = 0; i < MW_PURCHASE_PARAMETERS && parameter_keys[kind][i]; i++) {
        json_object_set_new(fit, parameter_keys[kind][i], mw_json_number(values[i]));
        json_object_set_new(errors, parameter_keys[kind][i], mw_json_number(f->standard_error[i]));
    }
    json_object_set_new(fit, "log_likelihood", mw_json_number(f->log_likelihood));
    json_object_set_new(fit, "identified", json_boolean(f->identified));
    json_object_set_new(fit, "converged", json_boolean(f->converged));
    json_object_set_new(fit, "parameters_determined", json_boolean(f->determined));
    json_object_set_new(fit, "starts", json_integer(f->starts));
    json_object_set_new(fit, "starts_agreeing", json_integer(f->agreeing));
    json_object_set_new(fit, "standard_errors", errors);
    return fit;
}

static json_t *
spend_json(const Analysis *a)
{
    const MwGammaGammaFit *f = &a->spend;
    if (a->spend_status != MW_OK)
        return json_null();
    return json_pack(
        "{s:f, s:f, s:f, s:I, s:I, s:f, s:o, s:f, s:b, s:b, s:{s:o, s:o, s:o}}", "p", f->model.p,
        "q", f->model.q, "v", f->model.v, "n", (json_int_t)f->n, "excluded",
        (json_int_t)f->excluded, "log_likelihood", f->log_likelihood, "mean",
        mw_json_number(f->mean), "correlation", f->correlation, "converged", f->converged,
        "identified", f->identified, "standard_errors", "p", mw_json_number(f->standard_error[0]),
        "q", mw_json_number(f->standard_error[1]), "v", mw_json_number(f->standard_error[2]));
}

static json_t *
customers_json(const Analysis *a)
{
    json_t *list = json_array();
    for (size_t i = 0; i < a->histories.keys->len; i++) {
        const MwPurchases *p = &g_array_index(a->histories.purchases, MwPurchases, i);
        Outlook o = { NAN, NAN, NAN };
        double spend = spend_of(a, i);
        if (a->outlook)
            o = a->outlook[a->cohort->group_of[i]];
        json_array_append_new(
            list,
            json_pack("{s:s, s:f, s:f, s:f, s:o, s:o, s:o, s:o, s:o, s:o}", "customer",
                      g_ptr_array_index(a->histories.keys, i), "x", p->x, "tx", p->tx, "T", p->T,
                      "mean_amount", mw_json_number(g_array_index(a->histories.mean, double, i)),
                      "p_alive", mw_json_number(o.alive), "expected_orders",
                      mw_json_number(o.orders), "expected_order_value", mw_json_number(spend),
                      "expected_spend", mw_json_number(o.orders * spend), "lifetime_value",
                      mw_json_number(margin * o.discounted * spend)));
    }
    return list;
}

/* What the log says came after the last day learnt from, and what the model had expected. */
static bool
holdout(const Analysis *a, double *actual, double *expected)
{
    *actual = *expected = 0.0;
    if (!(a->histories.later_time > 0.0) || a->chosen == KINDS)
        return false;
    for (size_t i = 0; i < a->histories.later->len; i++)
        *actual += g_array_index(a->histories.later, double, i);
    for (size_t g = 0; g < a->cohort->groups; g++) {
        double one;
        if (mw_purchase_expected(&a->fits[a->chosen].model, &a->cohort->group[g],
                                 a->histories.later_time, &one) != MW_OK)
            return false;
        *expected += a->cohort->count[g] * one;
    }
    return true;
}

static json_t *
document(const Analysis *a)
{
    const MwHistories *h = &a->histories;
    double actual, expected;
    json_t *compared = holdout(a, &actual, &expected)
                           ? json_pack("{s:f, s:f, s:f}", "time", h->later_time, "actual_orders",
                                       actual, "expected_orders", expected)
                           : json_null();
    json_t *all = json_pack(
        "{s:I, s:I, s:o, s:o, s:o, s:o, s:s?, s:f, s:o, s:o, s:o, s:I, s:I, s:f, s:I, s:I}",
        "customers", (json_int_t)h->keys->len, "repeat_orders", (json_int_t)a->cohort->orders,
        "bg_nbd", purchase_json(a, MW_BG_NBD), "pareto_nbd", purchase_json(a, MW_PARETO_NBD), "nbd",
        purchase_json(a, MW_NBD), "gamma_gamma", spend_json(a), "chosen",
        a->chosen < KINDS ? kind_keys[a->chosen] : NULL, "horizon", horizon,
        "expected_orders_total", mw_json_number(a->orders), "lifetime_value_total",
        mw_json_number(a->value), "holdout", compared, "rows_left_out",
        (json_int_t)h->rows_left_out, "credits_left_out", (json_int_t)h->credits, "credit_total",
        h->credit_total, "same_day_rows_joined", (json_int_t)h->same_day, "newcomers_left_out",
        (json_int_t)h->newcomers);
    if (list_customers)
        json_object_set_new(all, "per_customer", customers_json(a));
    return all;
}

/* ---- For people ---- */

static void
print_fits(const Analysis *a)
{
    const char *const headers[] = { _("Model"), _("Log-likelihood"), _("Parameters"), _("Verdict"),
                                    NULL };
    MwPrintTable *table = mw_print_table_new("lrll", headers);
    for (int kind = 0; kind < KINDS; kind++) {
        const MwPurchaseFit *f = &a->fits[kind];
        if (a->fit_status[kind] != MW_OK) {
            mw_print_table_row(table, kind_names[kind], "", "",
                               mw_refusal_reason(a->fit_status[kind]));
            continue;
        }
        const double values[] = { f->model.r, f->model.alpha, f->model.a, f->model.b };
        g_autoptr(GString) text = g_string_new(NULL);
        for (size_t i = 0; i < MW_PURCHASE_PARAMETERS && parameter_keys[kind][i]; i++)
            g_string_append_printf(text, "%s%s %s ± %s", i > 0 ? ", " : "", parameter_keys[kind][i],
                                   mw_print_number(values[i], 4),
                                   mw_print_number(f->standard_error[i], 4));
        const char *verdict = f->identified ? (f->converged ? _("identified") : _("did not settle"))
                              : kind == MW_NBD ? _("uncertain")
                                               : _("no dropout detectable");
        mw_print_table_row(table, kind_names[kind], mw_print_number(f->log_likelihood, 3),
                           text->str, (size_t)kind == a->chosen ? _("chosen") : verdict);
    }
    mw_print_table_end(table);
}

static void
print_spend(const Analysis *a)
{
    const MwGammaGammaFit *f = &a->spend;
    if (a->spend_status != MW_OK) {
        if (a->histories.has_amounts)
            g_print(_("\nGamma-Gamma: %s.\n"), mw_refusal_reason(a->spend_status));
        return;
    }
    g_print(_("\nGamma-Gamma over %zu customers: p %s, q %s, v %s, log-likelihood %s; mean order "
              "%s\n"),
            f->n, mw_print_number(f->model.p, 4), mw_print_number(f->model.q, 4),
            mw_print_number(f->model.v, 4), mw_print_number(f->log_likelihood, 3),
            mw_print_number(f->mean, 2));
    if (fabs(f->correlation) > 0.3)
        g_print(_("Mean order and number of orders go together (correlation %s); the model takes "
                  "them as unrelated.\n"),
                mw_print_number(f->correlation, 2));
}

static void
print_customers(const Analysis *a)
{
    const char *const headers[] = { _("Customer"),
                                    _("Orders"),
                                    _("Alive, percent"),
                                    _("Expected orders"),
                                    _("Expected spend"),
                                    _("Lifetime value"),
                                    NULL };
    MwPrintTable *table = mw_print_table_new("lrrrrr", headers);
    for (size_t i = 0; i < a->histories.keys->len; i++) {
        const Outlook *o = &a->outlook[a->cohort->group_of[i]];
        double spend = spend_of(a, i);
        mw_print_table_row(
            table, g_ptr_array_index(a->histories.keys, i),
            mw_print_number(g_array_index(a->histories.purchases, MwPurchases, i).x + 1.0, 0),
            mw_print_number(100.0 * o->alive, 1), mw_print_number(o->orders, 3),
            mw_print_number(o->orders * spend, 2),
            mw_print_number(margin * o->discounted * spend, 2));
    }
    g_print("\n");
    mw_print_table_end(table);
}

static void
print_all(const Analysis *a)
{
    const MwHistories *h = &a->histories;
    double actual, expected;
    g_print(_("%u customers, %s orders after the first\n\n"), h->keys->len,
            mw_print_number(a->cohort->orders, 0));
    print_fits(a);
    if (a->chosen == KINDS)
        return;
    if (a->chosen == MW_NBD)
        g_print("%s\n",
                _("No dropout is detectable in these orders; customers are taken to stay."));
    print_spend(a);
    g_print(_("\nExpected in the next %s: %s orders"), mw_print_number(horizon, 2),
            mw_print_number(a->orders, 2));
    if (!isnan(a->value))
        g_print(_(", lifetime value %s"), mw_print_number(a->value, 2));
    g_print("\n");
    if (holdout(a, &actual, &expected))
        g_print(_("After the last day learnt from: %s orders came, %s were expected\n"),
                mw_print_number(actual, 0), mw_print_number(expected, 1));
    if (h->credits > 0)
        g_print(_("%lu rows with a negative amount (%s in all) were left out.\n"),
                (unsigned long)h->credits, mw_print_number(h->credit_total, 2));
    if (h->rows_left_out > 0)
        g_print(_("%lu rows without a customer were left out.\n"), (unsigned long)h->rows_left_out);
    if (h->newcomers > 0)
        g_print(_("%zu customers who first ordered later were left out.\n"), h->newcomers);
    if (list_customers)
        print_customers(a);
}

static bool
run(MwApp *app G_GNUC_UNUSED, int argc, char **argv, GError **error)
{
    g_auto(Analysis) a = { 0 };
    if (argc != 2)
        return mw_wrong_call(error, _("Name one file."));
    if (!read_file(&a, argv[1], error) || !fit_all(&a, argv[1], error) || !look_ahead(&a, error))
        return false;
    if (as_json)
        mw_print_json(document(&a));
    else
        print_all(&a);
    return true;
}

const MwCommand mw_command_clv = {
    .name = "clv",
    .summary = N_("Show who will order again, how often, and what that is worth"),
    .arguments = N_("FILE.csv"),
    .details =
        N_("FILE.csv is a log of orders (customer, date, amount), or a summary with a row a "
           "customer\nif any of --x, --tx, --T, --m is given. Orders of one day count as one; the "
           "first is\nnot counted. See docs/methods/lifetime-value.md."),
    .options = options,
    .run = run,
};
