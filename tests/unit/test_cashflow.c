/* cashflow: against published numbers, closed forms, and every edge of the input. */
#include <glib.h>
#include <math.h>

#include "engines/cashflow.h"

#define FLOWS(...) { __VA_ARGS__ }, sizeof((double[]){ __VA_ARGS__ }) / sizeof(double)

static void
assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        g_error("got %.15g, expected %.15g within %g", got, expected, tolerance);
}

typedef struct {
    const char *name;
    double flows[12];
    size_t n;
    size_t count; /* 0: none */
    double rates[4];
    double tolerance;
} IrrCase;

static const IrrCase irr_cases[] = {
    /* numpy-financial f47e8af, tests/test_financial.py */
    { "npf-one", FLOWS(-150000, 15000, 25000, 35000, 45000, 60000), 1, { .0524328889 }, 5e-11 },
    { "npf-negative", FLOWS(-100, 0, 0, 74), 1, { -.0954958303 }, 5e-11 },
    { "npf-high", FLOWS(-100, 39, 59, 55, 20), 1, { .2809484212 }, 5e-11 },
    { "npf-gap", FLOWS(-100, 100, 0, 7), 1, { .06206 }, 1e-5 },
    { "npf-two-roots", FLOWS(-100, 100, 0, -7), 2, { -.6788943736, -.0832996662 }, 5e-11 },
    { "npf-three-roots",
      FLOWS(-5, 10.5, 1, -8, 1),
      3,
      { -.8702012475, .0885983385, .7095595277 },
      5e-11 },
    /* numpy-financial, gh_44 */
    { "npf-gh-44",
      FLOWS(-1678.87, 771.96, 1814.05, 3520.30, 3552.95, 3584.99, 4789.91, -1),
      1,
      { 1.0042698487 },
      5e-11 },
    { "all-positive", FLOWS(1, 2, 3), 0, { 0 }, 0 },
    { "all-negative", FLOWS(-1, -2, -3), 0, { 0 }, 0 },
    { "all-zero", FLOWS(0, 0, 0), 0, { 0 }, 0 },
    { "one-flow", FLOWS(-100), 0, { 0 }, 0 },
    /* 1000 (x - 1.1)(x - 1.2) / x^2 */
    { "ten-and-twenty-percent", FLOWS(-1000, 2300, -1320), 2, { .10, .20 }, 1e-12 },
    { "touches-zero-at-ten-percent", FLOWS(-100, 220, -121), 1, { .10 }, 1e-7 },
    { "never-reaches-zero", FLOWS(-100, 200, -110), 0, { 0 }, 0 },
    { "leading-and-trailing-zeros", FLOWS(0, 0, -100, 110, 0), 1, { .10 }, 1e-14 },
    { "highest-rate-counts", FLOWS(-1, 11), 1, { 10.0 }, 1e-13 },
    { "above-the-highest-rate", FLOWS(-1, 11.001), 0, { 0 }, 0 },
    { "lowest-rate-does-not-count", FLOWS(-100, 1), 0, { 0 }, 0 },
    { "just-above-the-lowest-rate", FLOWS(-100, 1.01), 1, { -.9899 }, 1e-12 },
    /* reference-values (c), computed there with numpy */
    { "payback-case", FLOWS(-70000, 12000, 15000, 18000, 21000, 26000), 1, { .086630948 }, 5e-10 },
    { "annuity",
      FLOWS(-48000, 11250, 11250, 11250, 11250, 11250, 11250),
      1,
      { .1070555026 },
      5e-11 },
};

static void
test_irr(gconstpointer data)
{
    const IrrCase *c = data;
    double rates[12], npv, size = 0.0;
    size_t count = 99;
    MwStatus status = mw_irr(c->flows, NULL, c->n, rates, &count);

    if (c->count == 0) {
        g_assert_cmpint(status, ==, MW_NO_SOLUTION);
        g_assert_cmpuint(count, ==, 99);
        return;
    }
    g_assert_cmpint(status, ==, MW_OK);
    g_assert_cmpuint(count, ==, c->count);
    for (size_t i = 0; i < c->n; i++)
        size += fabs(c->flows[i]) * pow(1.0 + rates[0], -(double)i);
    for (size_t i = 0; i < count; i++) {
        assert_near(rates[i], c->rates[i], c->tolerance);
        g_assert_cmpint(mw_npv(c->flows, c->n, rates[i], MW_NPV_FIRST_FLOW_NOW, &npv), ==, MW_OK);
        assert_near(npv, 0.0, 1e-12 * size);
    }
}

/* A polynomial with chosen roots has these roots, and the NPV at each is zero. */
static void
test_irr_of_chosen_rates(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20240501);

    for (int round = 0; round < 500; round++) {
        int n = g_rand_int_range(random, 1, 5);
        double chosen[4], flows[5] = { 1 }, rates[5], at = -0.9;
        for (int i = 0; i < n; i++) { /* ascending, apart, within reach */
            at += g_rand_double_range(random, 0.2, 1.5);
            chosen[i] = at;
            for (int j = i + 1; j > 0; j--)
                flows[j] -= (1.0 + at) * flows[j - 1];
        }
        size_t count = 0;
        g_assert_cmpint(mw_irr(flows, NULL, (size_t)n + 1, rates, &count), ==, MW_OK);
        g_assert_cmpuint(count, ==, (size_t)n);
        for (int i = 0; i < n; i++)
            assert_near(rates[i], chosen[i], 1e-8);
    }
}

/* Any row of 40 flows: what is found is a root, and as many as a fine scan sees at least. */
static void
test_irr_of_random_flows(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);

    for (int round = 0; round < 60; round++) {
        double flows[40], rates[40], before = 0.0, npv;
        size_t count = 0, crossings = 0;
        for (int i = 0; i < 40; i++)
            flows[i] = g_rand_double_range(random, -100, 100);
        if (mw_irr(flows, NULL, 40, rates, &count) != MW_OK)
            count = 0;
        for (size_t i = 0; i < count; i++) {
            double size = 0.0;
            g_assert_true(i == 0 || rates[i] > rates[i - 1]);
            g_assert_true(rates[i] > MW_IRR_MIN && rates[i] <= MW_IRR_MAX);
            g_assert_cmpint(mw_npv(flows, 40, rates[i], MW_NPV_FIRST_FLOW_NOW, &npv), ==, MW_OK);
            for (int j = 0; j < 40; j++)
                size += fabs(flows[j]) * pow(1.0 + rates[i], -(double)j);
            assert_near(npv, 0.0, 1e-12 * size);
        }
        for (int i = 0; i <= 20000; i++) {
            double s = log(0.01) + 1e-9 + (log(11.0) - log(0.01) - 1e-9) * i / 20000.0;
            g_assert_cmpint(mw_npv(flows, 40, expm1(s), MW_NPV_FIRST_FLOW_NOW, &npv), ==, MW_OK);
            crossings += i > 0 && (npv > 0.0) != (before > 0.0);
            before = npv;
        }
        g_assert_cmpuint(count, ==, crossings);
    }
}

static void
test_npv(void)
{
    double npv;

    /* numpy-financial, tests/test_financial.py: 5 %, first flow now */
    mw_npv((double[]){ -15000, 1500, 2500, 3500, 4500, 6000 }, 6, .05, MW_NPV_FIRST_FLOW_NOW, &npv);
    assert_near(npv, 122.894855, 5e-7);
    /* Excel help on NPV: 1,188.44, first flow a year away */
    mw_npv((double[]){ -10000, 3000, 4200, 6800 }, 4, .10, MW_NPV_FIRST_FLOW_LATER, &npv);
    assert_near(npv, 1188.443412, 5e-7);
    /* Excel help on NPV: -40,000 today and five later flows at 8 %: 1,922.06 */
    mw_npv((double[]){ -40000, 8000, 9200, 10000, 12000, 14500 }, 6, .08, MW_NPV_FIRST_FLOW_NOW,
           &npv);
    assert_near(npv, 1922.061555, 5e-7);
}

/* Excel help on XNPV and XIRR: 2086.647602 and .373362535. */
static void
test_dated(void)
{
    const double flows[] = { -10000, 2750, 4250, 3250, 2750 };
    /* days after 2008-01-01: 2008-03-01, 2008-10-30, 2009-02-15, 2009-04-01 */
    const double days[] = { 0, 60, 303, 411, 456 };
    double years[5], npv, rates[5];
    size_t count;

    for (int i = 0; i < 5; i++)
        years[i] = days[i] / 365.0;
    g_assert_cmpint(mw_npv_dated(flows, years, 5, .09, &npv), ==, MW_OK);
    assert_near(npv, 2086.647602, 5e-7);
    g_assert_cmpint(mw_irr(flows, years, 5, rates, &count), ==, MW_OK);
    g_assert_cmpuint(count, ==, 1);
    assert_near(rates[0], .373362534, 2e-9);
}

static void
test_mirr(void)
{
    double mirr;

    /* Excel help on MIRR: 12.61 %; numpy-financial test_mirr for both */
    g_assert_cmpint(
        mw_mirr((double[]){ -120000, 39000, 30000, 21000, 37000, 46000 }, 6, .10, .12, &mirr), ==,
        MW_OK);
    assert_near(mirr, .126094, 5e-7);
    g_assert_cmpint(mw_mirr((double[]){ -4500, -800, 800, 800, 600, 600, 800, 800, 700, 3000 }, 10,
                            .08, .055, &mirr),
                    ==, MW_OK);
    assert_near(mirr, .0666, 5e-5);
    g_assert_cmpint(mw_mirr((double[]){ 1, 2 }, 2, .1, .1, &mirr), ==, MW_NO_SOLUTION);
    g_assert_cmpint(mw_mirr((double[]){ -1, 0 }, 2, .1, .1, &mirr), ==, MW_NO_SOLUTION);
}

static void
test_payback(void)
{
    static const struct {
        double flows[8];
        size_t n;
        double rate, years; /* -1: not paid back */
    } cases[] = {
        /* reference-values (c), by hand: 4 + 4000 / 26000 */
        { FLOWS(-70000, 12000, 15000, 18000, 21000, 26000), .00, 4.153846 },
        { FLOWS(-70000, 12000, 15000, 18000, 21000, 26000), .05, 4.595933 },
        { FLOWS(-48000, 11250, 11250, 11250, 11250, 11250, 11250), .00, 4.266667 },
        { FLOWS(-48000, 11250, 11250, 11250, 11250, 11250, 11250), .08, 5.434735 },
        /* by hand */
        { FLOWS(-100, 50, 49), 0, -1 },
        { FLOWS(-100, 50, 50), 0, 2 },
        { FLOWS(10, 20), 0, 0 },
        { FLOWS(0, 0), 0, 0 },
        { FLOWS(-100, 120, -50, 60), 0, 2.5 }, /* falls back into debt: the last time counts */
        { FLOWS(-100, 120, -50), 0, -1 },
        { FLOWS(0, -100, 200), 0, 1.5 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double years = -1;
        MwStatus status = mw_payback(cases[i].flows, cases[i].n, cases[i].rate, &years);
        g_assert_cmpint(status, ==, cases[i].years < 0 ? MW_NO_SOLUTION : MW_OK);
        assert_near(years, cases[i].years, 5e-7);
    }
}

static void
test_refusals(void)
{
    const double good[] = { -1, 2 }, bad[] = { -1, NAN }, huge[] = { -1, 2e15 };
    const double many[MW_FLOWS_MAX + 1] = { -1, 2 };
    double out = -7, rates[2];
    size_t count = 9;

    g_assert_cmpint(mw_npv(good, 0, .1, MW_NPV_FIRST_FLOW_NOW, &out), ==, MW_EMPTY);
    g_assert_cmpint(mw_npv(many, MW_FLOWS_MAX + 1, .1, MW_NPV_FIRST_FLOW_NOW, &out), ==,
                    MW_TOO_LARGE);
    g_assert_cmpint(mw_npv(bad, 2, .1, MW_NPV_FIRST_FLOW_NOW, &out), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_npv(huge, 2, .1, MW_NPV_FIRST_FLOW_NOW, &out), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_npv(good, 2, NAN, MW_NPV_FIRST_FLOW_NOW, &out), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_npv(good, 2, -1, MW_NPV_FIRST_FLOW_NOW, &out), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_npv(many, 100, -1 + 1e-15, MW_NPV_FIRST_FLOW_NOW, &out), ==, MW_OK);
    out = -7;
    g_assert_cmpint(mw_npv_dated(good, (double[]){ 1, 0 }, 2, .1, &out), ==, MW_BAD_SHAPE);
    g_assert_cmpint(mw_npv_dated(good, (double[]){ 0, 1e9 }, 2, .1, &out), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_npv_dated(good, (double[]){ 0, NAN }, 2, .1, &out), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_irr(bad, NULL, 2, rates, &count), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_irr(good, NULL, 0, rates, &count), ==, MW_EMPTY);
    g_assert_cmpint(mw_mirr(good, 2, -1, .1, &out), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_mirr(good, 2, .1, INFINITY, &out), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_payback(bad, 2, 0, &out), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_payback(good, 2, -1, &out), ==, MW_OUT_OF_RANGE);
    g_assert_cmpfloat(out, ==, -7);
    g_assert_cmpuint(count, ==, 9);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(irr_cases); i++) {
        g_autofree char *path = g_strdup_printf("/cashflow/irr/%s", irr_cases[i].name);
        g_test_add_data_func(path, &irr_cases[i], test_irr);
    }
    g_test_add_func("/cashflow/irr-of-chosen-rates", test_irr_of_chosen_rates);
    g_test_add_func("/cashflow/irr-of-random-flows", test_irr_of_random_flows);
    g_test_add_func("/cashflow/npv", test_npv);
    g_test_add_func("/cashflow/dated", test_dated);
    g_test_add_func("/cashflow/mirr", test_mirr);
    g_test_add_func("/cashflow/payback", test_payback);
    g_test_add_func("/cashflow/refusals", test_refusals);
    return g_test_run();
}
