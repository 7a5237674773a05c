/* clv: against published fits and values computed to 40 digits, on CDNOW where it is there. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "dataset.h"
#include "engines/clv.h"
#include "engines/purchase.h"
#include "engines/special.h"

#define near g_assert_cmpfloat_with_epsilon

static void
near_ratio(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        g_error("%.15g is not %.15g within %g", value, expected, relative);
}

/* ---- One customer ---- */

static const MwPurchaseModel bg = { MW_BG_NBD, .243, 4.414, .793, 2.426 };
static const MwPurchaseModel bg_mle = { MW_BG_NBD, .242595, 4.413602, .792922, 2.425907 };

static void
test_bg_points(void)
{
    double value;
    /* Hardie's spreadsheet: customer 1 of CDNOW, 39 weeks ahead, 1.226 (to 7 digits: scipy). */
    const MwPurchases first = { 2, 30.43, 38.86 };
    g_assert_cmpint(mw_purchase_expected(&bg, &first, 39.0, &value), ==, MW_OK);
    near(value, 1.226028175, 1e-9);

    /* lifetimes, tests/test_estimation.py, quoting BTYD.pdf. */
    g_assert_cmpint(mw_purchase_probability(&bg, 10, 2.0, &value), ==, MW_OK);
    near(value, 1.0786896e-07, 1e-13);
    g_assert_cmpint(mw_purchase_probability(&bg, 0, 39.0, &value), ==, MW_OK);
    near(value, .5737863521, 1e-10);
    static const double chance[] = { .00199952, .00151702, .00116332, .00090031, .00070236,
                                     .00055179, .00043619, .00034672, .00027696, .00022223 };
    for (unsigned x = 11; x <= 20; x++) {
        g_assert_cmpint(mw_purchase_probability(&bg, x, 30.0, &value), ==, MW_OK);
        near(value, chance[x - 11], 1e-8);
    }
    /* Hardie's spreadsheet: orders to expect from a new customer (computed to 5 digits). */
    static const double mean[][2] = { { .1429, .00782 },    { 1, .05318 },   { 3, .15063 },
                                      { 31.8571, 1.04049 }, { 32, 1.04373 }, { 78, 1.85796 } };
    for (size_t i = 0; i < G_N_ELEMENTS(mean); i++) {
        g_assert_cmpint(mw_purchase_mean(&bg_mle, mean[i][0], &value), ==, MW_OK);
        near(value, mean[i][1], 1e-5);
    }
}

static void
test_pareto_points(void)
{
    static const MwPurchaseModel m = { MW_PARETO_NBD, .55, 10.56, .61, 11.64 };
    static const MwPurchaseModel btyd = { MW_PARETO_NBD, .5534, 10.5802, .6061, 11.6562 };
    static const double mean[] = { 0,         .05078021, .09916088, .14542507, .18979930,
                                   .23247466, .27361274, .31335159, .35181024, .38909211 };
    double value;
    /* lifetimes, tests/test_estimation.py; the value for t = 1 holds to 4 digits. */
    for (size_t t = 0; t < G_N_ELEMENTS(mean); t++) {
        g_assert_cmpint(mw_purchase_mean(&m, (double)t, &value), ==, MW_OK);
        near(value, mean[t], t == 1 ? 5e-6 : 1e-8);
    }
    /* The BTYD vignette prints 25.46 and .9979; to 12 digits by mpmath. */
    const MwPurchases best = { 26, 30.86, 31 };
    g_assert_cmpint(mw_purchase_alive(&btyd, &best, &value), ==, MW_OK);
    near(value, .997917766552, 1e-12);
    g_assert_cmpint(mw_purchase_expected(&btyd, &best, 52.0, &value), ==, MW_OK);
    near(value, 25.4549135115, 1e-9);
    MwCohort *cohort;
    g_assert_cmpint(mw_cohort_new(&best, 1, &cohort), ==, MW_OK);
    g_assert_cmpint(mw_purchase_log_likelihood(&btyd, cohort, &value), ==, MW_OK);
    near(value, -39.1321278835, 1e-9);
    mw_cohort_free(cohort);
}

typedef struct {
    const char *name;
    MwPurchaseModel model;
    MwPurchases customer;
    double ahead, alive, expected, log_likelihood; /* NAN: not compared */
} Hard;

/* clang-format off */
static const Hard hard_cases[] = {
    /* lifetimes, test_conditional_expectation_underflow; by mpmath. */
    { "underflow-132", { MW_PARETO_NBD, .55, 10.58, .61, 11.67 }, { 132, 200, 200 }, 10,
      1.0, 6.20605178896, NAN },
    { "underflow-133", { MW_PARETO_NBD, .55, 10.58, .61, 11.67 }, { 133, 200, 200 }, 10,
      1.0, 6.25287224757, NAN },
    /* CLVTools, test_correctness_pnbd: expects finite values; by mpmath. */
    { "clvtools-221", { MW_PARETO_NBD, .5143, 2.8845, .2856, 14.1087 },
      { 221, 103.42857, 103.57143 }, 1, .999596052318, NAN, -61.5846485617 },
    { "clvtools-161", { MW_PARETO_NBD, .5143, 2.8845, .2856, 14.1087 },
      { 161, 94.71429, 98 }, 1, .749487752258, NAN, -87.4292548633 },
    /* The BTYD source, run on its own fit, whose parameters print as these. */
    { "btyd-bg-26", { MW_BG_NBD, .243, 4.414, .793, 2.426 },
      { 26, 30.857143, 31 }, 52, .96885215, 25.756538, NAN },
    { "bg-never-again", { MW_BG_NBD, .243, 4.414, .793, 2.426 }, { 0, 0, 38 }, 0, 1.0, 0.0, NAN },
};
/* clang-format on */

static void
test_hard(gconstpointer data)
{
    const Hard *c = data;
    double value;
    g_assert_cmpint(mw_purchase_alive(&c->model, &c->customer, &value), ==, MW_OK);
    near(value, c->alive, c->model.kind == MW_BG_NBD ? 1e-6 : 1e-11);
    g_assert_cmpint(mw_purchase_expected(&c->model, &c->customer, c->ahead, &value), ==, MW_OK);
    if (!isnan(c->expected))
        near(value, c->expected, c->model.kind == MW_BG_NBD ? 1e-4 : 1e-9);
    MwCohort *cohort;
    g_assert_cmpint(mw_cohort_new(&c->customer, 1, &cohort), ==, MW_OK);
    g_assert_cmpint(mw_purchase_log_likelihood(&c->model, cohort, &value), ==, MW_OK);
    if (!isnan(c->log_likelihood))
        near(value, c->log_likelihood, 1e-9);
    mw_cohort_free(cohort);
}

/* The integral from which BG/NBD's expectation comes,
 *   int Beta(p; a, b + x) (1 - (1 + p t / (alpha + T))^-(r + x)) / p dp,
 * by Gauss and Legendre in u, with p = u^k / 2 below the middle and 1 - p = u^k / 2 above it. */
static double
bg_by_integral(const MwPurchaseModel *m, const MwPurchases *c, double ahead)
{
    double b = m->b + c->x, sum = 0.0;
    double log_beta = mw_log_gamma(m->a) + mw_log_gamma(b) - mw_log_gamma(m->a + b);
    enum { PANELS = 100 };
    for (size_t i = 0; i < 2 * PANELS * 16; i++) {
        double node = i % 16 < 8 ? mw_gauss_nodes[i % 8] : -mw_gauss_nodes[i % 8];
        double u = ((double)(i / 16 % PANELS) + 0.5 + 0.5 * node) / PANELS;
        bool low = i < PANELS * 16;
        double k = fmax(12.0 / (low ? m->a : b), 1.0), half = 0.5 * pow(u, k);
        double log_p = low ? log(half) : log1p(-half), log_q = low ? log1p(-half) : log(half);
        double p = exp(log_p), density = exp((m->a - 1.0) * log_p + (b - 1.0) * log_q - log_beta);
        double bought = -expm1(-(m->r + c->x) * log1p(p * ahead / (m->alpha + c->T))) / p;
        sum += mw_gauss_weights[i % 8] * 0.5 / PANELS * density * bought * k * half / u;
    }
    return sum;
}

static void
test_bg_integral(void)
{
    /* Around every special case of the series: a = 1, a + b = 1, great r, great b, long ahead. */
    static const MwPurchaseModel models[] = {
        { MW_BG_NBD, .243, 4.414, .793, 2.426 }, { MW_BG_NBD, .7, 9.0, 1.0, 3.0 },
        { MW_BG_NBD, .7, 9.0, 1.0 + 1e-9, 3.0 }, { MW_BG_NBD, .7, 9.0, .4, .6 },
        { MW_BG_NBD, 40.0, 90.0, .8, 2.4 },      { MW_BG_NBD, 40.0, 90.0, 1.0, 2.4 },
        { MW_BG_NBD, .8, 9.9, 1.03, 53345.0 },   { MW_BG_NBD, .8, 9.9, 3.5, 1.2 },
    };
    static const MwPurchases customers[] = {
        { 0, 0, 30 }, { 1, 3, 30 }, { 7, 29, 30 }, { 300, 30, 30 }
    };
    static const double ahead[] = { .01, 5, 52, 2000 };
    for (size_t i = 0; i < G_N_ELEMENTS(models); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(customers); j++) {
            for (size_t k = 0; k < G_N_ELEMENTS(ahead); k++) {
                double alive, value;
                const MwPurchases *c = &customers[j];
                g_assert_cmpint(mw_purchase_alive(&models[i], c, &alive), ==, MW_OK);
                g_assert_cmpint(mw_purchase_expected(&models[i], c, ahead[k], &value), ==, MW_OK);
                near_ratio(value, alive * bg_by_integral(&models[i], c, ahead[k]), 1e-8);
            }
        }
    }
}

/* A thousand steps of orders, each discounted: what the closed form must come to. */
static void
test_discounted(void)
{
    static const MwPurchaseModel models[] = {
        { MW_NBD, .385, 12.07, 0, 0 },
        { MW_BG_NBD, .243, 4.414, .793, 2.426 },
        { MW_PARETO_NBD, .553, 10.578, .606, 11.669 },
        { MW_PARETO_NBD, .553, 10.578, 1.0, 11.669 },
    };
    const MwPurchases customer = { 4, 25, 30 };
    const double rate = log(1.1) / 52.0;
    for (size_t i = 0; i < G_N_ELEMENTS(models); i++) {
        double sum = 0.0, before = 0.0, value;
        for (int step = 1; step <= 1000; step++) {
            double u = 156.0 * step / 1000.0;
            g_assert_cmpint(mw_purchase_expected(&models[i], &customer, u, &value), ==, MW_OK);
            sum += (value - before) * exp(-rate * (u - 0.078));
            before = value;
        }
        g_assert_cmpint(mw_purchase_discounted(&models[i], &customer, 156.0, rate, &value), ==,
                        MW_OK);
        near_ratio(value, sum, 1e-7);
        g_assert_cmpint(mw_purchase_discounted(&models[i], &customer, 156.0, 0.0, &value), ==,
                        MW_OK);
        near_ratio(value, before, 1e-12);
    }
}

/* ---- Fits on CDNOW ---- */

enum { CUSTOMERS = 2357 };

typedef struct {
    MwPurchases customers[CUSTOMERS];
    double x[CUSTOMERS], m[CUSTOMERS];
} Cdnow;

/* The summary, rounded to 2 decimals, as the published spreadsheets use it. */
static Cdnow *
load_cdnow(void)
{
    g_auto(GStrv) lines = dataset_lines("cdnow/cdnow_customers_summary_with_transactions.csv");
    if (!lines)
        return NULL;
    Cdnow *d = g_new0(Cdnow, 1);
    for (size_t i = 0; i < CUSTOMERS; i++) {
        g_auto(GStrv) cell = g_strsplit(lines[i + 1], ",", -1);
        g_assert_cmpuint(g_strv_length(cell), ==, 5);
        d->customers[i] =
            (MwPurchases){ g_ascii_strtod(cell[1], NULL), g_ascii_strtod(cell[2], NULL),
                           g_ascii_strtod(cell[3], NULL) };
        d->x[i] = d->customers[i].x;
        d->m[i] = g_ascii_strtod(cell[4], NULL);
    }
    return d;
}

typedef struct {
    const char *name;
    MwPurchaseKind kind;
    double r, alpha, a, b, log_likelihood, expected_39, alive;
    double r_error, alpha_error, a_error, b_error; /* tolerances of the parameters */
} Fit;

/* clang-format off */
static const Fit fits[] = {
    /* Fader, Hardie & Lee 2005: .243 4.414 .793 2.426, -9582.4; more digits computed from the
     * rounded summary by an independent program. */
    { "bg-nbd", MW_BG_NBD, .242593, 4.413531, .792886, 2.425754, -9582.4256, 1653.423, 1917.28,
      2e-6, 5e-6, 5e-6, 5e-6 },
    /* Fader & Hardie: .553 10.578 .606 11.669, -9595.0. The surface is flat. */
    { "pareto-nbd", MW_PARETO_NBD, .553276, 10.577613, .606214, 11.667914, -9594.9739, 1665.534,
      1051.88, 1e-5, .0005, .0001, .001 },
};
/* clang-format on */

static void
test_fit(gconstpointer data)
{
    const Fit *expected = data;
    g_autofree Cdnow *d = load_cdnow();
    if (!d)
        return;
    MwCohort *cohort;
    g_assert_cmpint(mw_cohort_new(d->customers, CUSTOMERS, &cohort), ==, MW_OK);
    g_assert_cmpfloat(cohort->orders, ==, 2457.0);
    MwPurchaseFit fit;
    g_assert_cmpint(mw_purchase_fit(cohort, expected->kind, &fit), ==, MW_OK);
    g_assert_true(fit.converged && fit.identified && fit.determined);
    g_assert_cmpuint(fit.agreeing, ==, fit.starts);
    near(fit.log_likelihood, expected->log_likelihood, 1e-4);
    near(fit.model.r, expected->r, expected->r_error);
    near(fit.model.alpha, expected->alpha, expected->alpha_error);
    near(fit.model.a, expected->a, expected->a_error);
    near(fit.model.b, expected->b, expected->b_error);

    double alive = 0.0, orders = 0.0;
    for (size_t g = 0; g < cohort->groups; g++) {
        double one;
        g_assert_cmpint(mw_purchase_alive(&fit.model, &cohort->group[g], &one), ==, MW_OK);
        g_assert_true(one >= 0.0 && one <= 1.0);
        alive += cohort->count[g] * one;
        g_assert_cmpint(mw_purchase_expected(&fit.model, &cohort->group[g], 39.0, &one), ==, MW_OK);
        orders += cohort->count[g] * one;
    }
    near(orders, expected->expected_39, .002);
    near(alive, expected->alive, .02);
    mw_cohort_free(cohort);
}

static void
test_pareto_errors(void)
{
    g_autofree Cdnow *d = load_cdnow();
    if (!d)
        return;
    MwCohort *cohort;
    MwPurchaseFit fit;
    g_assert_cmpint(mw_cohort_new(d->customers, CUSTOMERS, &cohort), ==, MW_OK);
    g_assert_cmpint(mw_purchase_fit(cohort, MW_PARETO_NBD, &fit), ==, MW_OK);
    /* CLVTools, tests/testthat/test_correctness_pnbd: .0476264 .8427222 .1872594 6.2105448,
     * from the unrounded log. */
    near(fit.standard_error[0], .0476264, 1e-4);
    near(fit.standard_error[1], .8427222, 1e-3);
    near(fit.standard_error[2], .1872594, 1e-3);
    near(fit.standard_error[3], 6.2105448, 1e-2);
    mw_cohort_free(cohort);
}

static void
test_gamma_gamma_fit(void)
{
    g_autofree Cdnow *d = load_cdnow();
    if (!d)
        return;
    MwGammaGammaFit fit;
    g_assert_cmpint(mw_gamma_gamma_fit(d->x, d->m, CUSTOMERS, &fit), ==, MW_OK);
    /* Fader & Hardie 2013: 6.25 3.74 15.44, mean 35.17; more digits computed independently. */
    g_assert_true(fit.converged && fit.identified);
    g_assert_cmpuint(fit.n, ==, 946);
    g_assert_cmpuint(fit.excluded, ==, 0);
    near(fit.log_likelihood, -4055.9232, 1e-4);
    near(fit.model.p, 6.24880, 1e-4);
    near(fit.model.q, 3.74459, 1e-4);
    near(fit.model.v, 15.44775, 1e-3);
    near(fit.mean, 35.17, 5e-3);

    double sum = 0.0, one;
    for (size_t i = 0; i < CUSTOMERS; i++) {
        if (d->x[i] < 1.0)
            continue;
        g_assert_cmpint(mw_gamma_gamma_log_likelihood(&fit.model, d->x[i], d->m[i], &one), ==,
                        MW_OK);
        sum += one;
    }
    near(sum, fit.log_likelihood, 1e-8);
}

/* ---- Properties ---- */

static void
random_customers(MwPurchases *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double T = g_test_rand_int_range(1, 60) / 7.0 + 1.0;
        double x = floor(exp(g_test_rand_double_range(-1.5, 3.0)));
        c[i] = (MwPurchases){ x, x > 0.0 ? g_test_rand_int_range(1, 8) / 8.0 * T : 0.0, T };
    }
}

/* The gradient is the slope of the value, for all three models and anywhere. */
static void
test_gradients(void)
{
    MwPurchases customers[60];
    for (int round = 0; round < 60; round++) {
        random_customers(customers, G_N_ELEMENTS(customers));
        MwCohort *cohort;
        MwPurchaseWork work;
        g_assert_cmpint(mw_cohort_new(customers, G_N_ELEMENTS(customers), &cohort), ==, MW_OK);
        g_assert_true(mw_purchase_work_init(&work, cohort));
        double logs[4], g[4];
        for (size_t i = 0; i < 4; i++)
            logs[i] = g_test_rand_double_range(-2.5, 4.0);
        for (int kind = MW_NBD; kind <= MW_PARETO_NBD; kind++) {
            MwPurchaseModel m = { (MwPurchaseKind)kind, exp(logs[0]), exp(logs[1]), exp(logs[2]),
                                  exp(logs[3]) };
            mw_purchase_likelihood(&m, &work, g);
            double *at[] = { &m.r, &m.alpha, &m.a, &m.b };
            for (size_t i = 0; i < (kind == MW_NBD ? 2u : 4u); i++) {
                double value = *at[i], h = 1e-5 * value;
                *at[i] = value + h;
                double up = mw_purchase_likelihood(&m, &work, NULL);
                *at[i] = value - h;
                double down = mw_purchase_likelihood(&m, &work, NULL);
                *at[i] = value;
                near(g[i] * value, (up - down) / 2e-5, 1e-5 * (1.0 + fabs(g[i] * value)) + 1e-4);
            }
        }
        mw_purchase_work_clear(&work);
        mw_cohort_free(cohort);
    }
}

/* The order of customers changes no bit; joined or one by one, the likelihood is the same. */
static void
test_permutation(void)
{
    MwPurchases a[200], b[200];
    random_customers(a, 200);
    memcpy(b, a, sizeof a);
    for (size_t i = 200; i-- > 1;) {
        size_t j = (size_t)g_test_rand_int_range(0, (gint32)i + 1);
        MwPurchases swap = b[i];
        b[i] = b[j];
        b[j] = swap;
    }
    MwCohort *one, *other;
    g_assert_cmpint(mw_cohort_new(a, 200, &one), ==, MW_OK);
    g_assert_cmpint(mw_cohort_new(b, 200, &other), ==, MW_OK);
    for (size_t i = 0; i < 200; i++)
        g_assert_cmpmem(&one->group[one->group_of[i]], sizeof a[0], &a[i], sizeof a[0]);
    for (int kind = MW_NBD; kind <= MW_PARETO_NBD; kind++) {
        MwPurchaseFit x = { 0 }, y = { 0 };
        g_assert_cmpint(mw_purchase_fit(one, (MwPurchaseKind)kind, &x), ==, MW_OK);
        g_assert_cmpint(mw_purchase_fit(other, (MwPurchaseKind)kind, &y), ==, MW_OK);
        g_assert_cmpfloat(x.model.r, ==, y.model.r);
        g_assert_cmpfloat(x.model.alpha, ==, y.model.alpha);
        g_assert_cmpfloat(x.model.a, ==, y.model.a);
        g_assert_cmpfloat(x.model.b, ==, y.model.b);
        g_assert_cmpfloat(x.log_likelihood, ==, y.log_likelihood);

        double sum = 0.0, part;
        for (size_t i = 0; i < 200; i++) {
            MwCohort *single;
            g_assert_cmpint(mw_cohort_new(&a[i], 1, &single), ==, MW_OK);
            g_assert_cmpint(mw_purchase_log_likelihood(&x.model, single, &part), ==, MW_OK);
            sum += part;
            mw_cohort_free(single);
        }
        near_ratio(sum, x.log_likelihood, 1e-10);
    }
    mw_cohort_free(one);
    mw_cohort_free(other);
}

/* Chances lie in [0, 1] and values are finite, wherever the parameters are. */
static void
test_bounds(void)
{
    for (int round = 0; round < 4000; round++) {
        MwPurchaseModel m = { (MwPurchaseKind)g_test_rand_int_range(0, 3), 0, 0, 0, 0 };
        double *parameter[] = { &m.r, &m.alpha, &m.a, &m.b };
        for (size_t i = 0; i < 4; i++)
            *parameter[i] = exp(g_test_rand_double_range(-8.0, 8.0));
        MwPurchases c;
        random_customers(&c, 1);
        if (round % 4 == 0 && c.x > 0.0)
            c.x += 900.0;
        double value;
        g_assert_cmpint(mw_purchase_alive(&m, &c, &value), ==, MW_OK);
        g_assert_true(value >= 0.0 && value <= 1.0);
        g_assert_cmpint(mw_purchase_expected(&m, &c, 20.0, &value), ==, MW_OK);
        g_assert_cmpfloat(value, >=, -1e-9);
        g_assert_cmpfloat(value, <=, (m.r + c.x) * 20.0 / (m.alpha + c.T) * (1.0 + 1e-6));
    }
}

/* More groups than are searched at once: the answer is still the top for all of them. */
static void
test_large(void)
{
    enum { N = 45000 };
    g_autofree MwPurchases *customers = g_new(MwPurchases, N);
    for (size_t i = 0; i < N; i++) {
        double T = 30.0 + (double)i / N, x = floor(exp(3.0 * (double)(i * 7919 % N) / N) - 1.0);
        double share = 0.2 + 0.8 * (double)(i * 104729 % N) / N;
        customers[i] = (MwPurchases){ x, x > 0.0 ? T * share : 0.0, T };
    }
    MwCohort *cohort;
    MwPurchaseFit fit;
    g_assert_cmpint(mw_cohort_new(customers, N, &cohort), ==, MW_OK);
    g_assert_cmpuint(cohort->groups, >, 40000);
    g_assert_cmpint(mw_purchase_fit(cohort, MW_BG_NBD, &fit), ==, MW_OK);
    /* All leave at one rate here, as good as: dropout is plain, a and b are known by their ratio. */
    g_assert_true(fit.converged && fit.identified && !fit.determined);
    g_assert_cmpuint(fit.starts, ==, 3);
    for (size_t i = 0; i < 8; i++) {
        MwPurchaseModel beside = fit.model;
        double *parameter[] = { &beside.r, &beside.alpha, &beside.a, &beside.b }, value;
        *parameter[i / 2] *= i % 2 ? 1.001 : 0.999;
        g_assert_cmpint(mw_purchase_log_likelihood(&beside, cohort, &value), ==, MW_OK);
        g_assert_cmpfloat(value, <, fit.log_likelihood);
    }
    mw_cohort_free(cohort);
}

/* Customers who never leave: the models with dropout say so, and the NBD is chosen. */
static void
test_not_identified(void)
{
    enum { N = 400, WEEKS = 100 };
    MwPurchases customers[N];
    for (size_t i = 0; i < N; i++) {
        /* Orders as regular as can be, up to the end: no one looks as if he had left. */
        double every = 2.0 + (double)(i % 20);
        double x = floor((WEEKS - 1) / every);
        customers[i] = (MwPurchases){ x, x * every, WEEKS };
    }
    MwCohort *cohort;
    MwPurchaseFit found[3];
    g_assert_cmpint(mw_cohort_new(customers, N, &cohort), ==, MW_OK);
    for (int kind = MW_NBD; kind <= MW_PARETO_NBD; kind++) {
        g_assert_cmpint(mw_purchase_fit(cohort, (MwPurchaseKind)kind, &found[kind]), ==, MW_OK);
        g_assert_cmpint(found[kind].identified, ==, kind == MW_NBD);
    }
    near(found[MW_BG_NBD].log_likelihood, found[MW_NBD].log_likelihood, 0.5);
    g_assert_cmpuint(mw_purchase_choose(found, 3), ==, MW_NBD);
    g_assert_cmpuint(mw_purchase_choose(found + 1, 2), ==, 2);
    found[MW_BG_NBD].identified = true;
    g_assert_cmpuint(mw_purchase_choose(found, 3), ==, MW_BG_NBD);
    mw_cohort_free(cohort);
}

/* ---- Refusals ---- */

static void
test_refusals(void)
{
    MwCohort *cohort = NULL;
    static const struct {
        MwPurchases customer;
        MwStatus status;
    } bad[] = {
        { { NAN, 1, 2 }, MW_NOT_FINITE },  { { 1, INFINITY, 2 }, MW_NOT_FINITE },
        { { 1, 1, NAN }, MW_NOT_FINITE },  { { 1.5, 1, 2 }, MW_OUT_OF_RANGE },
        { { -1, 1, 2 }, MW_OUT_OF_RANGE }, { { 1, -1, 2 }, MW_OUT_OF_RANGE },
        { { 1, 3, 2 }, MW_OUT_OF_RANGE },  { { 0, 1, 2 }, MW_OUT_OF_RANGE },
        { { 1, 0, 2 }, MW_OUT_OF_RANGE },  { { 1e7, 1, 2 }, MW_TOO_LARGE },
    };
    double value = -7.0;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_cmpint(mw_cohort_new(&bad[i].customer, 1, &cohort), ==, bad[i].status);
        g_assert_cmpint(mw_purchase_alive(&bg, &bad[i].customer, &value), ==, bad[i].status);
        g_assert_cmpint(mw_purchase_expected(&bg, &bad[i].customer, 1.0, &value), ==,
                        bad[i].status);
    }
    g_assert_cmpint(mw_cohort_new(NULL, 0, &cohort), ==, MW_EMPTY);
    g_assert_null(cohort);

    const MwPurchases good = { 1, 1, 2 }, once = { 0, 0, 2 };
    MwPurchaseModel negative = { MW_BG_NBD, 1, 1, -1, 1 }, nan = { MW_NBD, NAN, 1, 0, 0 };
    g_assert_cmpint(mw_purchase_alive(&negative, &good, &value), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_purchase_mean(&nan, 1.0, &value), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_purchase_expected(&bg, &good, -1.0, &value), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_purchase_expected(&bg, &good, 1e300, &value), ==, MW_NOT_CONVERGED);
    g_assert_cmpint(mw_purchase_discounted(&bg, &good, 1.0, -1.0, &value), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_purchase_discounted(&bg, &good, 1.0, NAN, &value), ==, MW_NOT_FINITE);
    MwPurchaseModel pareto = { MW_PARETO_NBD, 1, 1, 1, 1 };
    g_assert_cmpint(mw_purchase_probability(&pareto, 1, 1.0, &value), ==, MW_NO_SOLUTION);
    g_assert_cmpfloat(value, ==, -7.0);

    MwPurchaseFit fit = { .log_likelihood = -7.0 };
    g_assert_cmpint(mw_cohort_new(&once, 1, &cohort), ==, MW_OK);
    g_assert_cmpint(mw_purchase_fit(cohort, MW_BG_NBD, &fit), ==, MW_NOT_IDENTIFIED);
    g_assert_cmpint(mw_purchase_log_likelihood(&negative, cohort, &value), ==, MW_OUT_OF_RANGE);
    g_assert_cmpfloat(fit.log_likelihood, ==, -7.0);
    mw_cohort_free(cohort);
    mw_cohort_free(NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(hard_cases); i++) {
        g_autofree char *path = g_strdup_printf("/clv/hard/%s", hard_cases[i].name);
        g_test_add_data_func(path, &hard_cases[i], test_hard);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(fits); i++) {
        g_autofree char *path = g_strdup_printf("/clv/fit/%s", fits[i].name);
        g_test_add_data_func(path, &fits[i], test_fit);
    }
    g_test_add_func("/clv/bg-points", test_bg_points);
    g_test_add_func("/clv/pareto-points", test_pareto_points);
    g_test_add_func("/clv/bg-integral", test_bg_integral);
    g_test_add_func("/clv/discounted", test_discounted);
    g_test_add_func("/clv/pareto-errors", test_pareto_errors);
    g_test_add_func("/clv/gamma-gamma-fit", test_gamma_gamma_fit);
    g_test_add_func("/clv/gradients", test_gradients);
    g_test_add_func("/clv/permutation", test_permutation);
    g_test_add_func("/clv/bounds", test_bounds);
    g_test_add_func("/clv/large", test_large);
    g_test_add_func("/clv/not-identified", test_not_identified);
    g_test_add_func("/clv/refusals", test_refusals);
    return g_test_run();
}
