/* millwright classify: the accounts of a company in classes, from its ledger. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/customers.h"
#include "cli/output.h"
#include "methods/classification.h"
#include "methods/policy.h"

static gboolean as_json, dry_run;
static char *indicator_text, *weight_text, *ahp_path, *returns_text, *as_of_text, *from_text,
    *method_text, *quota_text, *threshold_text, *run_name, *schedule;

static const GOptionEntry options[] = {
    { "indicators", 0, 0, G_OPTION_ARG_STRING, &indicator_text,
      N_("What accounts are judged by, with weights: revenue,orders=0.3 (default: revenue)"),
      N_("LIST") },
    { "weights", 0, 0, G_OPTION_ARG_STRING, &weight_text,
      N_("given (default), or entropy: by what the data tell apart"), N_("HOW") },
    { "ahp", 0, 0, G_OPTION_ARG_FILENAME, &ahp_path,
      N_("Weights from a table of pairwise comparisons"), N_("MATRIX.csv") },
    { "returns", 0, 0, G_OPTION_ARG_STRING, &returns_text,
      N_("include (default): subtracted; exclude: only lines with positive quantity and price"),
      N_("HOW") },
    { "as-of", 0, 0, G_OPTION_ARG_STRING, &as_of_text, N_("Last day that counts (default: today)"),
      N_("DATE") },
    { "from", 0, 0, G_OPTION_ARG_STRING, &from_text, N_("First day that counts"), N_("DATE") },
    { "method", 0, 0, G_OPTION_ARG_STRING, &method_text, N_("topsis (default) or sum"),
      N_("METHOD") },
    { "quota", 0, 0, G_OPTION_ARG_STRING, &quota_text,
      N_("Shares of the classes A to D in percent (default 20,30,30,20)"), N_("LIST") },
    { "thresholds", 0, 0, G_OPTION_ARG_STRING, &threshold_text,
      N_("Least scores of A, B and C, such as 0.7,0.4,0.1"), N_("LIST") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &run_name, N_("Name of the run"), N_("NAME") },
    { "schedule", 0, 0, G_OPTION_ARG_STRING, &schedule,
      N_("Repeat it: none (default), weekly, monthly, quarterly or yearly"), N_("HOW") },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_("Show it and keep nothing"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

/* ---- the plan -------------------------------------------------------------- */

static bool
number_of(const char *text, double *out)
{
    char *end;

    *out = g_ascii_strtod(text, &end);
    return end != text && *end == '\0' && *out > -1e300 && *out < 1e300;
}

/* "revenue" or "orders=0.3" */
static bool
add_criterion(MwClassificationPlan *plan, char *text, GError **error)
{
    char *equals = strchr(text, '=');
    MwCriterion criterion = { .weight = 1.0 };
    bool good = !equals || number_of(g_strstrip(equals + 1), &criterion.weight);

    if (equals)
        *equals = '\0';
    good = good && mw_indicator_find(g_strstrip(text), &criterion.indicator);
    for (size_t j = 0; good && j < plan->n_criteria; j++)
        good = plan->criteria[j].indicator != criterion.indicator;
    if (!good) {
        g_autoptr(GString) known = g_string_new(NULL);
        for (int i = 0; i < MW_N_INDICATORS; i++)
            g_string_append_printf(known, "%s%s", i > 0 ? ", " : "",
                                   mw_indicator_key((MwIndicator)i));
        return mw_fail(error, MW_ERROR_INVALID,
                       _("--indicators: “%s” is not one of %s, each once."), text, known->str);
    }
    criterion.direction = mw_indicator_direction(criterion.indicator);
    plan->criteria[plan->n_criteria++] = criterion;
    return true;
}

static bool
plan_indicators(MwClassificationPlan *plan, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(indicator_text ? indicator_text : "revenue", ",", -1);

    plan->n_criteria = 0;
    for (char **part = parts; *part; part++)
        if (!add_criterion(plan, *part, error))
            return false;
    return true;
}

/* One of two or three words of an option; NULL is the first. */
static bool
choose(const char *option, const char *text, const char *const *words, size_t *at, GError **error)
{
    for (*at = 0; words[*at]; (*at)++)
        if (!text || g_str_equal(text, words[*at]))
            return true;
    g_autofree char *list = g_strjoinv(", ", (char **)words);
    return mw_fail(error, MW_ERROR_INVALID, _("%s: “%s” is not one of %s."), option, text, list);
}

static bool
plan_weights(MwClassificationPlan *plan, GError **error)
{
    static const char *const words[] = { "given", "entropy", NULL };
    char *names[MW_N_INDICATORS + 1] = { NULL };
    size_t how;

    if (!choose("--weights", weight_text, words, &how, error))
        return false;
    plan->weighting = how == 1 ? MW_WEIGHTS_ENTROPY : MW_WEIGHTS_GIVEN;
    if (!ahp_path)
        return true;
    plan->weighting = MW_WEIGHTS_AHP;
    for (size_t j = 0; j < plan->n_criteria; j++)
        names[j] = (char *)mw_indicator_key(plan->criteria[j].indicator);
    g_autoptr(MwTableReader) reader = mw_table_open(ahp_path, NULL, error);
    return reader && mw_comparisons_read(reader, names, plan->n_criteria, plan->comparisons, error);
}

static bool
plan_day(const char *option, const char *text, int64_t *day, GError **error)
{
    return !text || mw_date_parse(text, day) ||
           mw_fail(error, MW_ERROR_INVALID, _("%s: “%s” is not a date such as 2026-03-05."), option,
                   text);
}

static bool
plan_cuts(MwClassificationPlan *plan, GError **error)
{
    const char *text = threshold_text ? threshold_text : quota_text;
    size_t n = threshold_text ? MW_CLASS_COUNT - 1 : MW_CLASS_COUNT;

    if (!text)
        return true;
    plan->by_thresholds = threshold_text != NULL;
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    bool good = g_strv_length(parts) == n && !(threshold_text && quota_text);
    for (size_t k = 0; good && k < n; k++)
        good = number_of(g_strstrip(parts[k]), &plan->cuts[k]);
    return good || mw_fail(error, MW_ERROR_INVALID,
                           _("Give either --quota with four numbers or --thresholds with three."));
}

static bool
make_plan(const MwContext *context, MwClassificationPlan *plan, GError **error)
{
    static const char *const returns[] = { "include", "exclude", NULL };
    static const char *const methods[] = { "topsis", "sum", NULL };
    size_t excluded, sum;

    *plan = mw_classification_plan(context);
    if (!plan_indicators(plan, error) || !plan_weights(plan, error) ||
        !choose("--returns", returns_text, returns, &excluded, error) ||
        !choose("--method", method_text, methods, &sum, error) ||
        !plan_day("--as-of", as_of_text, &plan->ask.as_of, error) ||
        !plan_day("--from", from_text, &plan->ask.from, error))
        return false;
    plan->ask.sales_only = excluded == 1;
    plan->weighted_sum = sum == 1;
    return plan_cuts(plan, error);
}

/* ---- showing ------------------------------------------------------------------ */

static json_t *
weights_of(const MwClassification *c)
{
    json_t *weights = json_object();

    for (size_t j = 0; j < c->plan.n_criteria; j++)
        json_object_set_new(weights, mw_indicator_key(c->plan.criteria[j].indicator),
                            json_real(c->plan.criteria[j].weight));
    return weights;
}

static json_t *
document(const MwClassification *c, int64_t run, const char *currency)
{
    g_autofree char *classes = mw_classification_classes(c, currency);
    g_autofree char *lorenz = mw_classification_lorenz(c);
    g_autofree char *words = mw_classification_words(c, currency);
    g_autofree char *day = mw_date_format(c->plan.ask.as_of, MW_CLOCK_ISO);
    g_autofree char *id = run ? g_strdup_printf("%" G_GINT64_FORMAT, run) : NULL;
    g_autofree char *revenue =
        mw_money_format(c->revenue, mw_currency_find(currency), MW_MONEY_PLAIN);
    const MwConcentration *found = &c->concentration;

    return json_pack(
        "{s:I, s:s, s:s, s:f, s:I, s:f, s:I, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:s?, s:s}",
        "accounts", (json_int_t)c->n, "revenue", revenue, "currency", currency, "gini", found->gini,
        "top20_accounts", (json_int_t)found->top_n, "top20_share", found->top_share,
        "accounts_for_80", (json_int_t)found->n_for_share, "classes", json_loads(classes, 0, NULL),
        "as_of", day, "returns", c->plan.ask.sales_only ? "exclude" : "include", "method",
        c->plan.weighted_sum ? "sum" : "topsis", "weights", weights_of(c), "consistency_ratio",
        c->plan.weighting == MW_WEIGHTS_AHP ? json_real(c->consistency.ratio) : json_null(),
        "lorenz", json_loads(lorenz, 0, NULL), "run", id, "summary", words);
}

static void
print_all(const MwClassification *c, const char *currency)
{
    const char *const headers[] = { _("Class"), _("Accounts"), _("Revenue"), _("Share"), NULL };
    g_autofree char *words = mw_classification_words(c, currency);
    MwPrintTable *table = mw_print_table_new("lrrr", headers);

    for (size_t k = 0; k < MW_CLASS_COUNT; k++) {
        const char name[] = { (char)('A' + k), 0 };
        g_autofree char *accounts = g_strdup_printf("%zu", c->by_class[k].accounts);
        g_autofree char *revenue =
            mw_money_format(c->by_class[k].revenue, mw_currency_find(currency), MW_MONEY_GROUPED);
        double part = c->revenue != 0 ? (double)c->by_class[k].revenue / (double)c->revenue : 0.0;
        g_autofree char *share = g_strdup_printf("%.1f %%", part * 100.0);
        mw_print_table_row(table, name, accounts, revenue, share);
    }
    mw_print_table_end(table);
    g_print("\n%s\n", words);
}

/* ---- running -------------------------------------------------------------------- */

static bool
compute(MwApp *app, MwLedger *ledger, MwClassification *c, int64_t *run, GError **error)
{
    MwContext context;
    MwClassificationPlan plan;

    if (!mw_app_begin(app, !dry_run, &context, error))
        return false;
    bool done = make_plan(&context, &plan, error);
    if (done && dry_run)
        done = mw_classification_compute(&context, ledger, &plan, c, error);
    else if (done)
        done = (*run = mw_classification_queue(&context, &plan, run_name, schedule, error)) > 0;
    return mw_app_end(app, &context, done && !dry_run, error) && done;
}

static bool
show(MwApp *app, MwLedger *ledger, GError **error)
{
    MwCompany *company = mw_app_company(app, error);
    g_auto(MwClassification) c = { 0 };
    int64_t run = 0;

    if (!compute(app, ledger, &c, &run, error))
        return false;
    if (run) {
        g_autoptr(MwStore) store = mw_company_connect(company, MW_OPEN_BULK, error);
        if (!store || !mw_classification_run(company, store, ledger, run, NULL, NULL, &c, error))
            return false;
    }
    g_autoptr(MwSettings) settings = mw_company_settings(company);
    if (as_json)
        mw_print_json(document(&c, run, settings->currency));
    else
        print_all(&c, settings->currency);
    return true;
}

static bool
run(MwApp *app, int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED, GError **error)
{
    MwCompany *company = mw_app_company(app, error);
    int64_t megabytes;

    if (!company || !mw_app_number(app, "ledger_mb", 0, 1 << 20, &megabytes, error))
        return false;
    g_autoptr(MwLedger) ledger = mw_ledger_new(company, (size_t)megabytes << 20);
    return show(app, ledger, error);
}

const MwCommand mw_command_classify = {
    .name = "classify",
    .summary = N_("Put the accounts in classes by what they order, and keep the result"),
    .details =
        N_("Indicators: revenue, margin, orders, recency, growth, payment_delay, returns_share,\n"
           "products, potential, strategic_fit. Who has an order line that counts is classified.\n"
           "A quota is rounded half up from the top; who ties with the last one of a class goes up "
           "with him."),
    .options = options,
    .run = run,
};
