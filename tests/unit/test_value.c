/* value: the value case against closed forms, by hand and over any split of the work. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engines/philox.h"
#include "engines/value.h"

enum { DRAWS = 400000 };

static void
assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        g_error("got %.15g, expected %.15g within %g", got, expected, tolerance);
}

static MwValueLine
once(double scale, double amount, unsigned year)
{
    MwValueLine line = { .scale = scale, .likely = amount, .group = -1 };

    line.profile[year] = 1.0;
    return line;
}

static MwValueLine
yearly(double scale, MwUncertainty kind, double low, double likely, double high, unsigned years)
{
    MwValueLine line = {
        .scale = scale, .kind = kind, .low = low, .likely = likely, .high = high, .group = -1
    };

    for (unsigned y = 1; y <= years; y++)
        line.profile[y] = 1.0;
    return line;
}

/* Known answers of the Random123 library, examples/kat_vectors, philox4x32 with 10 rounds. */
static void
test_philox(void)
{
    static const struct {
        MwPhilox counter;
        uint64_t key;
        uint32_t expected[4];
    } cases[] = {
        { { { 0, 0, 0, 0 } }, 0, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff } },
          UINT64_MAX,
          { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 } },
          UINT64_C(0x299f31d0a4093822),
          { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        MwPhilox out = mw_philox(cases[i].counter, cases[i].key);
        g_assert_cmpmem(out.word, sizeof out.word, cases[i].expected, sizeof cases[i].expected);
    }
    g_assert_cmpfloat(mw_uniform_of(0, 0), >, 0.0);
    g_assert_cmpfloat(mw_uniform_of(UINT32_MAX, UINT32_MAX), <, 1.0);
    double pair[2];
    mw_uniform_pair(3, 4, 5, pair);
    g_assert_cmpfloat(mw_uniform(3, 4, 10), ==, pair[0]);
    g_assert_cmpfloat(mw_uniform(3, 4, 11), ==, pair[1]);
}

/* The case of reference-values (c): 48,000 today, six yearly savings triangular(8000, 11000,
 * 17000), 9 %. */
static MwValueCase
savings_case(MwValueLine lines[2], bool each_year)
{
    lines[0] = once(-1, 48000, 0);
    lines[1] = yearly(1, MW_TRIANGULAR, 8000, 11000, 17000, 6);
    lines[1].each_year = each_year;
    return (MwValueCase){ .lines = lines, .n_lines = 2, .years = 6, .rate = .09 };
}

static void
simulate(const MwValueCase *value_case, uint64_t seed, size_t n, double *npv)
{
    MwValueModel *model = NULL;

    g_assert_cmpint(mw_value_model_new(value_case, &model), ==, MW_OK);
    g_assert_cmpint(mw_value_draws(model, seed, 0, n, npv), ==, MW_OK);
    mw_value_model_free(model);
}

/* Within 4 standard errors of mean, sd and share; 3 * the kurtosis-free error of an sd. */
static void
assert_simulated(const MwDrawSummary *s, double mean, double sd)
{
    assert_near(s->mean, mean, 4 * sd / sqrt(DRAWS));
    assert_near(s->sd, sd, 4 * sd / sqrt(2.0 * DRAWS));
}

static void
test_independent_years(void)
{
    MwValueLine lines[2];
    MwValueCase value_case = savings_case(lines, true);
    g_autofree double *npv = g_new(double, DRAWS);
    MwDrawSummary s;

    simulate(&value_case, 1, DRAWS, npv);
    g_assert_cmpint(mw_draw_summary(npv, DRAWS, &s), ==, MW_OK);
    /* mean and sd exact; the rest by 4 M draws of numpy, reference-values (c) */
    assert_simulated(&s, 5831.023083, 3462.895494);
    assert_near(s.positive, .9582, 1e-4 + 4 * s.positive_error);
    assert_near(s.p5, 265, 60);
    assert_near(s.p50, 5750, 30);
    assert_near(s.p95, 11671, 60);
}

static void
test_one_draw_for_all_years(void)
{
    MwValueLine lines[2];
    MwValueCase value_case = savings_case(lines, false);
    g_autofree double *npv = g_new(double, DRAWS);
    MwDrawSummary s;

    simulate(&value_case, 1, DRAWS, npv);
    g_assert_cmpint(mw_draw_summary(npv, DRAWS, &s), ==, MW_OK);
    assert_simulated(&s, 5831.023083, 8392.385215);
    /* exact: 1 - F(48000 / annuity), F of the triangular distribution */
    assert_near(s.positive, .729970079568, 4 * s.positive_error);
    assert_near(s.positive_error, sqrt(.73 * .27 / DRAWS), 1e-5);
    assert_near(s.mean_error, s.sd / sqrt(DRAWS), 1e-9);
}

/* One line, one year, rate 0: the draws are the distribution itself. */
static void
test_distributions(void)
{
    static const struct {
        MwUncertainty kind;
        double low, likely, high, mean, sd;
    } cases[] = {
        { MW_UNIFORM, 2, 3, 8, 5, 6 / 3.46410161513775 },
        { MW_TRIANGULAR, 0, 0, 3, 1, 0.707106781186548 }, /* sqrt((9) / 18) */
        { MW_TRIANGULAR, 0, 3, 3, 2, 0.707106781186548 },
        /* beta(a, b), a = 1 + 4 * 3/9, b = 1 + 4 * 6/9: mean l + r a / 6, var r^2 ab / (36 * 7) */
        { MW_PERT, 8, 11, 17, 11.5, 1.65359456941537 },
        { MW_PERT, 0, 0, 1, 1 / 6.0, 0.140859042454753 }, /* beta(1, 5): sqrt(5 / 252) */
        { MW_PERT, 0, 1, 1, 5 / 6.0, 0.140859042454753 },
        { MW_PERT, -1, 0, 1, 0, 0.377964473009227 }, /* beta(3, 3) on -1..1: 2 sqrt(9 / 252) */
    };
    g_autofree double *npv = g_new(double, DRAWS);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        MwValueLine line = once(1, cases[i].likely, 0);
        line.kind = cases[i].kind;
        line.low = cases[i].low;
        line.high = cases[i].high;
        MwValueCase value_case = { .lines = &line, .n_lines = 1 };
        MwDrawSummary s;
        simulate(&value_case, 11 + i, DRAWS, npv);
        for (size_t j = 0; j < DRAWS; j++)
            g_assert_true(npv[j] >= cases[i].low && npv[j] <= cases[i].high);
        g_assert_cmpint(mw_draw_summary(npv, DRAWS, &s), ==, MW_OK);
        assert_near(s.mean, cases[i].mean, 4 * cases[i].sd / sqrt(DRAWS));
        assert_near(s.sd, cases[i].sd, 6 * cases[i].sd / sqrt(2.0 * DRAWS));
    }
}

/* beta(1, 5) has the distribution function 1 - (1 - x)^5: the share of draws below each quantile. */
static void
test_pert_quantiles(void)
{
    MwValueLine line = {
        .scale = 1, .kind = MW_PERT, .low = 0, .likely = 0, .high = 1, .profile = { 1 }, .group = -1
    };
    MwValueCase value_case = { .lines = &line, .n_lines = 1 };
    g_autofree double *npv = g_new(double, DRAWS);
    static const double probabilities[] = { 1e-4, .01, .1, .5, .9, .99, .9999 };

    simulate(&value_case, 5, DRAWS, npv);
    for (size_t i = 0; i < G_N_ELEMENTS(probabilities); i++) {
        double p = probabilities[i], x = 1 - pow(1 - p, 0.2);
        size_t below = 0;
        for (size_t j = 0; j < DRAWS; j++)
            below += npv[j] < x;
        assert_near((double)below / DRAWS, p, 4 * sqrt(p * (1 - p) / DRAWS));
    }
}

/* Lines of a group move together: uniform(0, 1) less itself is 0; of no group they do not. */
static void
test_groups(void)
{
    MwValueLine lines[3] = { once(1, .5, 0), once(-1, .5, 0), once(1, 5, 0) };
    g_autofree double *npv = g_new(double, DRAWS);
    MwDrawSummary s;

    for (int i = 0; i < 2; i++) {
        lines[i].kind = MW_UNIFORM;
        lines[i].high = 1;
        lines[i].group = 4;
    }
    MwValueCase value_case = { .lines = lines, .n_lines = 3 };
    simulate(&value_case, 9, 1000, npv);
    for (int i = 0; i < 1000; i++)
        assert_near(npv[i], 5, 1e-15);
    lines[1].group = 5;
    simulate(&value_case, 9, DRAWS, npv);
    g_assert_cmpint(mw_draw_summary(npv, DRAWS, &s), ==, MW_OK);
    assert_simulated(&s, 5, 0.408248290463863); /* sqrt(2 / 12) */
}

typedef struct {
    const MwValueModel *model;
    size_t first, count;
    double *npv;
} Share;

static gpointer
work(gpointer data)
{
    Share *share = data;

    g_assert_cmpint(
        mw_value_draws(share->model, 42, share->first, share->count, share->npv + share->first), ==,
        MW_OK);
    return NULL;
}

/* Not a bit depends on how the draws are cut, nor on how many threads make them. */
static void
test_splitting_changes_no_bit(void)
{
    enum { N = 10007 };
    MwValueLine lines[4] = { once(-1, 30, 0), yearly(1, MW_TRIANGULAR, 1, 2, 5, 9),
                             yearly(2, MW_PERT, 1, 2, 5, 9), yearly(.5, MW_UNIFORM, 1, 2, 5, 9) };
    MwValueCase value_case = { .lines = lines, .n_lines = 4, .years = 9, .rate = .07 };
    MwValueModel *model = NULL;
    g_autofree double *whole = g_new(double, N), *parts = g_new(double, N);

    lines[2].each_year = true;
    g_assert_cmpint(mw_value_model_new(&value_case, &model), ==, MW_OK);
    g_assert_cmpint(mw_value_draws(model, 42, 0, N, whole), ==, MW_OK);
    for (unsigned n_threads = 1; n_threads <= 7; n_threads++) {
        GThread *threads[7];
        Share shares[7];
        memset(parts, 0, N * sizeof *parts);
        for (unsigned i = 0; i < n_threads; i++) {
            size_t first = (size_t)N * i / n_threads, next = (size_t)N * (i + 1) / n_threads;
            shares[i] = (Share){ model, first, next - first, parts };
            threads[i] = g_thread_new("draws", work, &shares[i]);
        }
        for (unsigned i = 0; i < n_threads; i++)
            g_thread_join(threads[i]);
        g_assert_cmpmem(whole, N * sizeof *whole, parts, N * sizeof *parts);
    }
    for (size_t i = 0; i < 300; i++) { /* one by one */
        double one;
        g_assert_cmpint(mw_value_draws(model, 42, i, 1, &one), ==, MW_OK);
        g_assert_cmpmem(&one, sizeof one, &whole[i], sizeof one);
    }
    g_assert_cmpint(mw_value_draws(model, 43, 0, N, parts), ==, MW_OK);
    g_assert_cmpint(memcmp(whole, parts, N * sizeof *whole), !=, 0);
    g_assert_cmpint(mw_value_draws(model, 42, MW_VALUE_DRAWS_MAX, 1, parts), ==, MW_TOO_LARGE);
    mw_value_model_free(model);
}

static void
test_flows(void)
{
    MwValueLine lines[2];
    MwValueCase value_case = savings_case(lines, false);
    double flows[7], npv;

    g_assert_cmpint(mw_value_flows(&value_case, flows), ==, MW_OK);
    g_assert_cmpfloat(flows[0], ==, -48000);
    for (int i = 1; i <= 6; i++)
        g_assert_cmpfloat(flows[i], ==, 11000);
    /* 11000 * (1 - 1.09^-6) / .09 - 48000 */
    g_assert_cmpint(mw_npv(flows, 7, .09, MW_NPV_FIRST_FLOW_NOW, &npv), ==, MW_OK);
    assert_near(npv, 11000 * (1 - pow(1.09, -6)) / .09 - 48000, 1e-8);
}

/* A bar is as wide as coefficient times range; equal bars keep their order. */
static void
test_tornado(void)
{
    MwValueLine lines[6] = {
        once(1, 10, 0),                        /* fixed: no bar     */
        yearly(1, MW_UNIFORM, 1, 2, 3, 1),     /* 2                 */
        yearly(-3, MW_TRIANGULAR, 1, 2, 2, 1), /* 3, a cost         */
        yearly(1, MW_PERT, 0, 2, 3, 1),        /* 3, after the above */
        yearly(2, MW_UNIFORM, 0, 1, 2, 1),     /* 4 with the next: 9 */
        yearly(5, MW_UNIFORM, 0, 1, 1, 1),
    };
    lines[4].group = lines[5].group = 0;
    MwValueCase value_case = { .lines = lines, .n_lines = 6, .years = 1, .rate = 0 };
    static const struct {
        size_t line;
        double at_low, at_high;
    } expected[] = { { 4, 8 + 0, 8 + 9 }, { 2, 18, 15 }, { 3, 13, 16 }, { 1, 14, 16 } };
    MwTornadoBar bars[6];
    size_t n = 0;

    /* base: 10 + 2 - 6 + 2 + 2 + 5 = 15 */
    g_assert_cmpint(mw_value_tornado(&value_case, bars, &n), ==, MW_OK);
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(expected));
    for (size_t i = 0; i < n; i++) {
        g_assert_cmpuint(bars[i].line, ==, expected[i].line);
        assert_near(bars[i].at_low, expected[i].at_low, 1e-12);
        assert_near(bars[i].at_high, expected[i].at_high, 1e-12);
        assert_near(bars[i].width, fabs(bars[i].at_high - bars[i].at_low), 0);
    }
}

static void
test_economic_value(void)
{
    MwEconomicInput in = {
        .reference = 300, .differentiation = 200, .price = 350, .floor = 250, .customer_share = .4
    };
    MwEconomicValue out = { .total = -7 };

    g_assert_cmpint(mw_economic_value(&in, &out), ==, MW_OK);
    g_assert_cmpfloat(out.total, ==, 500);
    g_assert_cmpfloat(out.surplus, ==, 150);
    g_assert_true(out.has_band);
    assert_near(out.split, 400, 1e-12); /* the customer keeps 100 of 250 */
    in.floor = 501;
    g_assert_cmpint(mw_economic_value(&in, &out), ==, MW_OK);
    g_assert_false(out.has_band);
    out.total = -7;
    in.customer_share = 1.1;
    g_assert_cmpint(mw_economic_value(&in, &out), ==, MW_OUT_OF_RANGE);
    in.price = NAN;
    g_assert_cmpint(mw_economic_value(&in, &out), ==, MW_NOT_FINITE);
    g_assert_cmpfloat(out.total, ==, -7);
}

static void
test_refusals(void)
{
    static const struct {
        MwValueLine line;
        unsigned years;
        double rate;
        size_t n;
        MwStatus status;
    } cases[] = {
        { { .likely = 1 }, 1, .1, 0, MW_EMPTY },
        { { .likely = 1 }, 1, .1, MW_VALUE_LINES_MAX + 1, MW_TOO_LARGE },
        { { .likely = 1 }, MW_VALUE_YEARS_MAX + 1, .1, 1, MW_TOO_LARGE },
        { { .likely = 1 }, 1, NAN, 1, MW_NOT_FINITE },
        { { .likely = 1 }, 1, -1, 1, MW_OUT_OF_RANGE },
        { { .likely = NAN }, 1, .1, 1, MW_NOT_FINITE },
        { { .likely = 1e16 }, 1, .1, 1, MW_OUT_OF_RANGE },
        { { .scale = INFINITY }, 1, .1, 1, MW_NOT_FINITE },
        { { .profile = { 0, NAN } }, 1, .1, 1, MW_NOT_FINITE },
        { { .profile = { 0, 1e16 } }, 1, .1, 1, MW_OUT_OF_RANGE },
        { { .kind = MW_UNIFORM, .low = 1, .likely = 1, .high = 1 }, 1, .1, 1, MW_OUT_OF_RANGE },
        { { .kind = MW_PERT, .low = 1, .likely = 3, .high = 2 }, 1, .1, 1, MW_OUT_OF_RANGE },
        { { .kind = MW_PERT, .low = 1, .likely = 0, .high = 2 }, 1, .1, 1, MW_OUT_OF_RANGE },
        { { .kind = MW_UNIFORM, .low = NAN, .likely = 0, .high = 2 }, 1, .1, 1, MW_NOT_FINITE },
    };
    double flows[MW_FLOWS_MAX] = { -7 };
    MwTornadoBar bar = { .width = -7 };
    MwValueModel *model = NULL;
    size_t n = 99;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        MwValueCase value_case = { &cases[i].line, cases[i].n, cases[i].years, cases[i].rate };
        g_assert_cmpint(mw_value_flows(&value_case, flows), ==, cases[i].status);
        g_assert_cmpint(mw_value_tornado(&value_case, &bar, &n), ==, cases[i].status);
        g_assert_cmpint(mw_value_model_new(&value_case, &model), ==, cases[i].status);
    }
    g_assert_cmpfloat(flows[0], ==, -7);
    g_assert_cmpfloat(bar.width, ==, -7);
    g_assert_cmpuint(n, ==, 99);
    g_assert_null(model);

    MwDrawSummary s = { .mean = -7 };
    g_assert_cmpint(mw_draw_summary(flows, 1, &s), ==, MW_EMPTY);
    g_assert_cmpint(mw_draw_summary((double[]){ 1, NAN }, 2, &s), ==, MW_NOT_FINITE);
    g_assert_cmpfloat(s.mean, ==, -7);
}

static void
test_summary(void)
{
    double draws[] = { 4, -1, 0, 2, 3 };
    MwDrawSummary s;

    g_assert_cmpint(mw_draw_summary(draws, 5, &s), ==, MW_OK);
    assert_near(s.mean, 1.6, 1e-15);
    assert_near(s.sd, sqrt(17.2 / 4), 1e-15); /* 5.76 + 6.76 + 2.56 + .16 + 1.96 */
    assert_near(s.p5, -.8, 1e-15);
    assert_near(s.p50, 2, 0);
    assert_near(s.p95, 3.8, 1e-15);
    assert_near(s.positive, .6, 0); /* 0 is no gain */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/value/philox", test_philox);
    g_test_add_func("/value/independent-years", test_independent_years);
    g_test_add_func("/value/one-draw-for-all-years", test_one_draw_for_all_years);
    g_test_add_func("/value/distributions", test_distributions);
    g_test_add_func("/value/pert-quantiles", test_pert_quantiles);
    g_test_add_func("/value/groups", test_groups);
    g_test_add_func("/value/splitting-changes-no-bit", test_splitting_changes_no_bit);
    g_test_add_func("/value/flows", test_flows);
    g_test_add_func("/value/tornado", test_tornado);
    g_test_add_func("/value/economic-value", test_economic_value);
    g_test_add_func("/value/refusals", test_refusals);
    g_test_add_func("/value/summary", test_summary);
    return g_test_run();
}
