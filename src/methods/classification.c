#include "methods/classification.h"

#include <math.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"

enum { LEDGER_THREADS = 2 };

typedef struct {
    const char *key, *label;
    MwDirection direction;
} IndicatorKind;

static const IndicatorKind kinds[MW_N_INDICATORS] = {
    [MW_IND_REVENUE] = { "revenue", N_("Revenue"), MW_MORE_IS_BETTER },
    [MW_IND_MARGIN] = { "margin", N_("Margin"), MW_MORE_IS_BETTER },
    [MW_IND_ORDERS] = { "orders", N_("Orders"), MW_MORE_IS_BETTER },
    [MW_IND_RECENCY] = { "recency", N_("Days since the last order"), MW_LESS_IS_BETTER },
    [MW_IND_GROWTH] = { "growth", N_("Growth"), MW_MORE_IS_BETTER },
    [MW_IND_PAYMENT_DELAY] = { "payment_delay", N_("Payment delay (days)"), MW_LESS_IS_BETTER },
    [MW_IND_RETURNS_SHARE] = { "returns_share", N_("Share of returns"), MW_LESS_IS_BETTER },
    [MW_IND_PRODUCTS] = { "products", N_("Products bought"), MW_MORE_IS_BETTER },
    [MW_IND_POTENTIAL] = { "potential", N_("Potential a year"), MW_MORE_IS_BETTER },
    [MW_IND_STRATEGIC_FIT] = { "strategic_fit", N_("Strategic fit"), MW_MORE_IS_BETTER },
};

const char *
mw_indicator_key(MwIndicator indicator)
{
    return kinds[indicator].key;
}

const char *
mw_indicator_label(MwIndicator indicator)
{
    return mw_gettext(kinds[indicator].label);
}

MwDirection
mw_indicator_direction(MwIndicator indicator)
{
    return kinds[indicator].direction;
}

bool
mw_indicator_find(const char *key, MwIndicator *out)
{
    for (size_t i = 0; i < MW_N_INDICATORS; i++) {
        if (g_str_equal(kinds[i].key, key)) {
            *out = (MwIndicator)i;
            return true;
        }
    }
    return false;
}

MwClassificationPlan
mw_classification_plan(const MwContext *context)
{
    return (MwClassificationPlan){
        .ask = { .from = MW_DATE_MIN,
                 .as_of = mw_date_of_instant(context->now, context->settings->zone) },
        .criteria = { { MW_IND_REVENUE, MW_MORE_IS_BETTER, 1.0 } },
        .n_criteria = 1,
        .cuts = { 20, 30, 30, 20 },
    };
}

void
mw_classification_clear(MwClassification *c)
{
    g_clear_pointer(&c->sums, g_array_unref);
    g_clear_pointer(&c->values, g_free);
    g_clear_pointer(&c->scores, g_free);
    g_clear_pointer(&c->ranks, g_free);
    g_clear_pointer(&c->classes, g_free);
}

static const MwAccountSums *
sums_of(const MwClassification *c, size_t i)
{
    return &g_array_index(c->sums, MwAccountSums, i);
}

/* ---- what the accounts themselves tell ------------------------------------------ */

typedef struct {
    int64_t id;
    double potential, fit;
} Account;

typedef struct {
    GArray *accounts;  /* of Account, those that are there */
    GHashTable *rates; /* currency -> double */
    const char *base;
} Accounts;

static bool
keep_rate(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    int64_t one_million;

    /* What a million minor units are, so that the digits of the currencies are minded. */
    if (mw_currency_find(c[0].text) &&
        mw_money_convert(1000000, mw_currency_find(c[0].text), c[1].integer,
                         mw_currency_find(((Accounts *)data)->base), &one_million)) {
        double *rate = g_new(double, 1);
        *rate = (double)one_million / 1e6;
        g_hash_table_replace(((Accounts *)data)->rates, g_strdup(c[0].text), rate);
    }
    return true;
}

/* id, potential, strategic_fit, currency */
static bool
keep_account(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Accounts *accounts = data;
    Account account = { .id = c[0].integer, .potential = NAN, .fit = NAN };

    if (c[1].is == MW_INTEGER) {
        bool foreign = c[3].is == MW_TEXT && !g_str_equal(c[3].text, accounts->base);
        const double *rate = foreign ? g_hash_table_lookup(accounts->rates, c[3].text) : NULL;
        account.potential =
            foreign ? (rate ? (double)c[1].integer * *rate : NAN) : (double)c[1].integer;
    }
    if (c[2].is == MW_INTEGER)
        account.fit = (double)c[2].integer;
    g_array_append_val(accounts->accounts, account);
    return true;
}

static int
by_id(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

/* Those that are not deleted, by id; what they tell only when it is asked for. */
static GArray *
read_accounts(const MwContext *context, const MwClassificationPlan *plan, GError **error)
{
    g_autoptr(GArray) list = g_array_new(false, false, sizeof(Account));
    g_autoptr(GHashTable) rates = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Accounts accounts = { list, rates, context->settings->currency };
    g_autofree char *day = mw_date_format(plan->ask.as_of, MW_CLOCK_ISO);
    MwValue param = MW_BORROW(day);
    bool told = false;

    for (size_t j = 0; j < plan->n_criteria; j++)
        told |= plan->criteria[j].indicator >= MW_IND_POTENTIAL;
    if (told && !mw_store_run(context->store,
                              "SELECT currency, rate FROM currency_rate WHERE valid_from <= $1 "
                              "AND deleted_at IS NULL ORDER BY currency, valid_from",
                              &param, 1, keep_rate, &accounts, error))
        return NULL;
    if (!mw_store_run(context->store,
                      told ? "SELECT id, potential, strategic_fit, currency FROM account "
                             "WHERE deleted_at IS NULL"
                           : "SELECT id, NULL, NULL, NULL FROM account WHERE deleted_at IS NULL",
                      NULL, 0, keep_account, &accounts, error))
        return NULL;
    g_array_sort(list, by_id); /* the id is the first member */
    return g_steal_pointer(&list);
}

/* ---- indicators ------------------------------------------------------------------ */

static double
share(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : NAN;
}

static void
put_values(MwClassification *c, size_t i, const Account *account)
{
    const MwAccountSums *s = sums_of(c, i);
    const double values[MW_N_INDICATORS] = {
        [MW_IND_REVENUE] = (double)s->revenue,
        [MW_IND_MARGIN] = s->costed ? (double)s->margin : NAN,
        [MW_IND_ORDERS] = s->orders,
        [MW_IND_RECENCY] = s->orders > 0 ? (double)(c->plan.ask.as_of - s->last_day) : NAN,
        [MW_IND_GROWTH] = share(s->last_year - s->year_before, s->year_before),
        [MW_IND_PAYMENT_DELAY] = s->payments > 0 ? (double)s->late_days / (double)s->payments : NAN,
        [MW_IND_RETURNS_SHARE] = share(s->returned, s->sold),
        [MW_IND_PRODUCTS] = s->products,
        [MW_IND_POTENTIAL] = account->potential,
        [MW_IND_STRATEGIC_FIT] = account->fit,
    };

    for (size_t j = 0; j < MW_N_INDICATORS; j++)
        c->values[j * c->n + i] = values[j];
    c->revenue += s->revenue;
}

/* Leaves out the accounts that are deleted. */
static void
join_accounts(MwClassification *c, const GArray *accounts)
{
    g_autofree const Account **found = g_new(const Account *, c->sums->len + 1);
    size_t kept = 0;

    for (guint i = 0, k = 0; i < c->sums->len && k < accounts->len;) {
        const Account *account = &g_array_index(accounts, Account, k);
        int64_t id = sums_of(c, i)->account;
        if (account->id == id) {
            found[kept] = account;
            g_array_index(c->sums, MwAccountSums, kept++) = *sums_of(c, i);
        }
        i += account->id >= id;
        k += account->id <= id;
    }
    g_array_set_size(c->sums, (guint)kept);
    c->n = kept;
    c->values = g_new(double, kept *MW_N_INDICATORS);
    for (size_t i = 0; i < kept; i++)
        put_values(c, i, found[i]);
}

/* ---- scores and classes ------------------------------------------------------------- */

static bool
refused(MwStatus status, const char *what, GError **error)
{
    return status == MW_OK || mw_fail(error, MW_ERROR_INVALID, _("%s cannot be used (%s)."), what,
                                      mw_status_name(status));
}

static bool
check_plan(const MwClassificationPlan *plan, GError **error)
{
    double sum = 0.0, cuts = 0.0;

    if (plan->n_criteria == 0)
        return mw_fail(error, MW_ERROR_INVALID, _("Choose at least one indicator."));
    for (size_t j = 0; j < plan->n_criteria; j++)
        sum += plan->criteria[j].weight >= 0.0 ? plan->criteria[j].weight : NAN;
    if (plan->weighting == MW_WEIGHTS_GIVEN && !(sum > 0.0 && isfinite(sum)))
        return mw_fail(error, MW_ERROR_INVALID,
                       _("Weights are zero or more, and not all of them zero."));
    for (size_t k = 0; k < MW_CLASS_COUNT; k++)
        cuts += plan->cuts[k] >= 0.0 ? plan->cuts[k] : NAN;
    if (!plan->by_thresholds && !(fabs(cuts - 100.0) < 1e-9))
        return mw_fail(error, MW_ERROR_INVALID,
                       _("The shares of the classes are zero or more and make 100 %%."));
    return true;
}

static bool
weigh(MwClassification *c, const MwIndicators *table, GError **error)
{
    MwClassificationPlan *plan = &c->plan;
    double weights[MW_N_INDICATORS], sum = 0.0;
    MwStatus status = MW_OK;

    for (size_t j = 0; j < plan->n_criteria; j++)
        weights[j] = plan->criteria[j].weight;
    if (plan->weighting == MW_WEIGHTS_AHP)
        status = mw_ahp_weights(plan->comparisons, plan->n_criteria, MW_AHP_EIGENVECTOR, weights,
                                &c->consistency);
    else if (plan->weighting == MW_WEIGHTS_ENTROPY)
        status = mw_entropy_weights(table, weights);
    for (size_t j = 0; j < plan->n_criteria; j++)
        sum += weights[j];
    for (size_t j = 0; j < plan->n_criteria; j++)
        plan->criteria[j].weight = weights[j] / sum;
    return refused(status, _("The comparisons"), error);
}

/* The columns that count, without gaps. The caller frees it. */
static double *
chosen_values(const MwClassification *c, GError **error)
{
    g_autofree double *values = g_new(double, c->n * c->plan.n_criteria);

    for (size_t j = 0; j < c->plan.n_criteria; j++) {
        MwIndicator indicator = c->plan.criteria[j].indicator;
        double *column = values + j * c->n;
        memcpy(column, c->values + indicator * c->n, c->n * sizeof *column);
        MwStatus status = mw_fill_missing(column, c->n, NULL);
        if (status == MW_EMPTY) {
            g_set_error(error, MW_ERROR, MW_ERROR_INVALID, _("“%s” is not known of any account."),
                        mw_indicator_label(indicator));
            return NULL;
        }
        if (!refused(status, mw_indicator_label(indicator), error))
            return NULL;
    }
    return g_steal_pointer(&values);
}

static bool
put_classes(MwClassification *c, double *work, GError **error)
{
    const MwClassificationPlan *plan = &c->plan;
    MwStatus status =
        plan->by_thresholds
            ? mw_threshold_classes(c->scores, c->n, plan->cuts, MW_CLASS_COUNT, c->classes, NULL)
            : mw_quota_classes(c->scores, c->n, plan->cuts, MW_CLASS_COUNT, work, c->classes, NULL);

    for (size_t i = 0; status == MW_OK && i < c->n; i++) {
        c->by_class[c->classes[i]].accounts++;
        c->by_class[c->classes[i]].revenue += sums_of(c, i)->revenue;
    }
    return refused(status, plan->by_thresholds ? _("The thresholds") : _("The shares"), error);
}

/* An account on its way to its rank. */
typedef struct {
    double score;
    int64_t revenue;
    uint32_t index;
} Ranked;

static int
by_rank(const void *left, const void *right)
{
    const Ranked *a = left, *b = right;

    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->revenue != b->revenue)
        return a->revenue > b->revenue ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void
put_ranks(MwClassification *c)
{
    g_autofree Ranked *ranked = g_new(Ranked, c->n);

    for (size_t i = 0; i < c->n; i++)
        ranked[i] = (Ranked){ c->scores[i], sums_of(c, i)->revenue, (uint32_t)i };
    qsort(ranked, c->n, sizeof *ranked, by_rank);
    for (size_t i = 0; i < c->n; i++)
        c->ranks[ranked[i].index] = (uint32_t)i + 1;
}

/* The test of the 20/80 law. Nothing sold at all is no error: there are no shares of nothing. */
static bool
put_concentration(MwClassification *c, double *work, GError **error)
{
    double x[MW_LORENZ_POINTS + 1];

    memcpy(work, c->values + MW_IND_REVENUE * c->n, c->n * sizeof *work);
    MwStatus status = mw_concentration(work, c->n, 0.2, 0.8, &c->concentration);
    if (status == MW_EMPTY || status == MW_NO_SOLUTION)
        return true;
    if (status == MW_OK)
        status = mw_lorenz(work, c->n, MW_LORENZ_POINTS, x, c->lorenz);
    return refused(status, _("Revenue"), error);
}

static bool
score(MwClassification *c, double *work, GError **error)
{
    MwDirection directions[MW_N_INDICATORS];
    g_autofree double *values = chosen_values(c, error);
    const MwIndicators table = { values, c->n, c->plan.n_criteria, directions };
    double weights[MW_N_INDICATORS];

    if (!values)
        return false;
    for (size_t j = 0; j < c->plan.n_criteria; j++)
        directions[j] = c->plan.criteria[j].direction;
    if (!weigh(c, &table, error))
        return false;
    for (size_t j = 0; j < c->plan.n_criteria; j++)
        weights[j] = c->plan.criteria[j].weight;
    MwStatus status = c->plan.weighted_sum ? mw_weighted_sum(&table, weights, c->scores)
                                           : mw_topsis(&table, weights, MW_SCALE_VECTOR, c->scores);
    return refused(status, _("The scores"), error) && put_classes(c, work, error);
}

bool
mw_classification_compute(const MwContext *context, MwLedger *ledger,
                          const MwClassificationPlan *plan, MwClassification *c, GError **error)
{
    *c = (MwClassification){ .plan = *plan };
    if (!check_plan(plan, error))
        return false;
    c->sums = mw_ledger_sums(ledger, &plan->ask, LEDGER_THREADS, error);
    if (!c->sums)
        return false;
    g_autoptr(GArray) accounts = read_accounts(context, plan, error);
    if (!accounts)
        return false;
    join_accounts(c, accounts);
    if (c->n == 0)
        return mw_fail(error, MW_ERROR_INVALID, _("No account has orders in this period."));
    c->scores = g_new(double, c->n);
    c->ranks = g_new(uint32_t, c->n);
    c->classes = g_new(uint8_t, c->n);
    g_autofree double *work = g_new(double, c->n);
    if (!score(c, work, error) || !put_concentration(c, work, error))
        return false;
    put_ranks(c);
    return true;
}

/* ---- words -------------------------------------------------------------------------- */

static void
add_law(const MwClassification *c, GString *text)
{
    const MwConcentration *found = &c->concentration;
    double percent = found->top_share * 100.0;

    g_string_append_printf(text,
                           _("The top 20 %% of the accounts (%zu) bring %.1f %% of the revenue; "
                             "%zu accounts make 80 %%. "),
                           found->top_n, percent, found->n_for_share);
    if (percent >= 90.0)
        g_string_append(text,
                        _("That is more concentrated than the 20/80 rule says: few carry all."));
    else if (percent >= 70.0)
        g_string_append(text, _("The 20/80 rule holds here."));
    else
        g_string_append(text, _("The 20/80 rule does not hold here: revenue is spread wider."));
    g_string_append_printf(text, _(" Gini coefficient %.3f.\n"), found->gini);
    if (found->negative_n > 0)
        g_string_append_printf(
            text, _("%zu accounts returned more than they bought; shares leave them out.\n"),
            found->negative_n);
}

char *
mw_classification_words(const MwClassification *c, const char *currency)
{
    GString *text = g_string_new(NULL);
    g_autofree char *revenue =
        mw_money_format(c->revenue, mw_currency_find(currency), MW_MONEY_SYMBOL);
    g_autofree char *day = mw_date_format(c->plan.ask.as_of, MW_CLOCK_LONG);

    g_string_append_printf(text, _("%zu accounts with a revenue of %s up to %s.\n"), c->n, revenue,
                           day);
    if (c->concentration.n > 0 && c->concentration.total > 0)
        add_law(c, text);
    if (c->plan.weighting == MW_WEIGHTS_AHP && c->consistency.ratio > 0.1)
        g_string_append_printf(text,
                               _("The comparisons contradict each other (consistency ratio %.2f, "
                                 "above 0.10): compare again.\n"),
                               c->consistency.ratio);
    if (c->kept && c->fresh < c->n)
        g_string_append_printf(text, _("%zu accounts moved up, %zu moved down, %zu are new.\n"),
                               c->up, c->down, c->fresh);
    g_string_truncate(text, text->len - 1);
    return g_string_free(text, false);
}

char *
mw_classification_classes(const MwClassification *c, const char *currency)
{
    json_t *classes = json_object();

    for (size_t k = 0; k < MW_CLASS_COUNT; k++) {
        const char name[] = { (char)('A' + k), '\0' };
        g_autofree char *revenue =
            mw_money_format(c->by_class[k].revenue, mw_currency_find(currency), MW_MONEY_PLAIN);
        double part = c->revenue != 0 ? (double)c->by_class[k].revenue / (double)c->revenue : 0.0;
        json_object_set_new(classes, name,
                            json_pack("{s:I,s:s,s:f}", "accounts",
                                      (json_int_t)c->by_class[k].accounts, "revenue", revenue,
                                      "share", part));
    }
    char *text = json_dumps(classes, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(classes);
    return text;
}

char *
mw_classification_lorenz(const MwClassification *c)
{
    json_t *points = json_array();

    for (size_t k = 0; k <= MW_LORENZ_POINTS; k++)
        json_array_append_new(points,
                              json_pack("[f,f]", (double)k / MW_LORENZ_POINTS, c->lorenz[k]));
    char *text = json_dumps(points, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(points);
    return text;
}
