/* ets_interval: exact intervals against played-out futures, simulated ones against what is known. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engines/ets.h"
#include "engines/philox.h"
#include "engines/quantile.h"

static const double wave[] = { 12, 15, 9,  11, 13, 17, 8,  12, 15, 18,
                               11, 13, 15, 20, 10, 14, 18, 21, 12, 15 };
enum { WAVE = G_N_ELEMENTS(wave) };

/* What a normal error does, played out; an oracle for the exact interval. */
static double
played_sd(const MwEts *fit, size_t horizon)
{
    enum { DRAWS = 40000 };
    double squares = 0, mean[12];
    mw_ets_forecast(fit, horizon, mean);
    for (uint64_t d = 0; d < DRAWS; d++) {
        double level = fit->level, trend = fit->trend, season[12], value = 0;
        memcpy(season, fit->season, sizeof season);
        for (size_t h = 0; h < horizon; h++) {
            double *s = &season[(fit->n + h) % fit->model.period];
            const double e = sqrt(fit->variance) * mw_normal_quantile(mw_uniform(9, d, h));
            const double q = level + fit->phi * trend;
            value = q + *s + e;
            level = q + fit->alpha * e;
            trend = fit->phi * trend + fit->beta * e;
            *s += fit->gamma * e;
        }
        squares += (value - mean[horizon - 1]) * (value - mean[horizon - 1]);
    }
    return sqrt(squares / DRAWS);
}

static void
test_exact_interval(void)
{
    enum { H = 10 };
    const MwEtsIntervalOptions options = { .coverage = .95, .draws = 1000 };
    MwEts fit = {
        .model = { .trend = true, .damped = true, .season = MW_ETS_ADDITIVE, .period = 4 },
        .alpha = .4,
        .beta = .15,
        .gamma = .3,
        .phi = .9,
        .level0 = 12,
        .trend0 = .3,
        .season0 = { 0, 3, -3, 0 },
        .n_parameters = 9
    };
    double mean[H], lower[H], upper[H];
    bool simulated = true;

    g_assert_cmpint(mw_ets_run(wave, WAVE, &fit), ==, MW_OK);
    mw_ets_forecast(&fit, H, mean);
    g_assert_cmpint(mw_ets_interval(&fit, H, &options, lower, upper, &simulated), ==, MW_OK);
    g_assert_false(simulated);
    for (size_t h = 1; h <= H; h += 3) {
        const double sd = (upper[h - 1] - lower[h - 1]) / 2 / 1.959964;
        g_assert_cmpfloat_with_epsilon(upper[h - 1] + lower[h - 1], 2 * mean[h - 1], 1e-9);
        /* The standard error of a standard deviation is sd / sqrt(2 n). */
        g_assert_cmpfloat_with_epsilon(played_sd(&fit, h), sd, 4 * sd / sqrt(2 * 40000.0));
    }
}

/* One period ahead a relative error is normal; further out the same seed gives the same paths. */
static void
test_simulated_interval(void)
{
    const MwEtsModel model = {
        .multiplicative_error = true, .trend = true, .season = MW_ETS_MULTIPLICATIVE, .period = 4
    };
    MwEtsIntervalOptions options = { .coverage = .8, .draws = 20000, .seed = 3 };
    double mean[6], lower[6], upper[6], again[6];
    bool simulated = false;
    MwEts fit;

    g_assert_cmpint(mw_ets_fit(wave, WAVE, &model, MW_ETS_LIKELIHOOD, 0, &fit), ==, MW_OK);
    mw_ets_forecast(&fit, 6, mean);
    g_assert_cmpint(mw_ets_interval(&fit, 6, &options, lower, upper, &simulated), ==, MW_OK);
    g_assert_true(simulated);
    const double sd = mean[0] * sqrt(fit.variance);
    /* 1.2816 sd; the standard error of that quantile is sqrt(.1 .9 / n) / density .1755. */
    g_assert_cmpfloat_with_epsilon(upper[0], mean[0] + 1.2816 * sd,
                                   4 * sd * sqrt(.09 / 20000) / .1755);
    g_assert_cmpfloat_with_epsilon(lower[0], mean[0] - 1.2816 * sd,
                                   4 * sd * sqrt(.09 / 20000) / .1755);
    for (int h = 0; h < 6; h++) {
        g_assert_cmpfloat(lower[h], <, mean[h]);
        g_assert_cmpfloat(upper[h], >, mean[h]);
    }
    g_assert_cmpint(mw_ets_interval(&fit, 6, &options, again, upper, NULL), ==, MW_OK);
    g_assert_cmpmem(again, sizeof again, lower, sizeof lower);

    options.coverage = 1;
    g_assert_cmpint(mw_ets_interval(&fit, 6, &options, lower, upper, NULL), ==, MW_OUT_OF_RANGE);
    options.coverage = .8;
    g_assert_cmpint(mw_ets_interval(&fit, 0, &options, lower, upper, NULL), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_ets_interval(&fit, 50000000, &options, lower, upper, NULL), ==,
                    MW_OUT_OF_RANGE);
    fit.variance = NAN;
    g_assert_cmpint(mw_ets_interval(&fit, 6, &options, lower, upper, NULL), ==, MW_NOT_IDENTIFIED);
}

/* With starts by formula too an error that multiplies is relative: in other units of the series the
 * interval is the same. */
static void
test_classical_interval(void)
{
    const MwEtsModel model = {
        .multiplicative_error = true, .trend = true, .season = MW_ETS_MULTIPLICATIVE, .period = 4
    };
    const MwEtsIntervalOptions options = { .coverage = .8, .draws = 2000, .seed = 3 };
    double y[2][WAVE], mean[4], lower[2][4], upper[2][4];

    for (int unit = 0; unit < 2; unit++) {
        MwEts fit;
        for (int t = 0; t < WAVE; t++)
            y[unit][t] = wave[t] * (unit ? 1024 : 1);
        g_assert_cmpint(mw_ets_classical(y[unit], WAVE, &model, &fit), ==, MW_OK);
        g_assert_cmpfloat(fit.variance, <, 0.05);
        mw_ets_forecast(&fit, 4, mean);
        g_assert_cmpint(mw_ets_interval(&fit, 4, &options, lower[unit], upper[unit], NULL), ==,
                        MW_OK);
        g_assert_cmpfloat(lower[unit][0], >, 0.5 * mean[0]);
        g_assert_cmpfloat(upper[unit][0], <, 1.5 * mean[0]);
    }
    for (int h = 0; h < 4; h++) {
        g_assert_cmpfloat_with_epsilon(lower[1][h] / 1024, lower[0][h], 1e-4);
        g_assert_cmpfloat_with_epsilon(upper[1][h] / 1024, upper[0][h], 1e-4);
    }
}

/* Abramowitz and Stegun, Handbook, table 26.5 and the symmetry. */
static void
test_normal_quantile(void)
{
    g_assert_cmpfloat_with_epsilon(mw_normal_quantile(.5), 0, 1e-15);
    g_assert_cmpfloat_with_epsilon(mw_normal_quantile(.975), 1.959963984540054, 1e-12);
    g_assert_cmpfloat_with_epsilon(mw_normal_quantile(.9), 1.2815515655446004, 1e-12);
    g_assert_cmpfloat_with_epsilon(mw_normal_quantile(1e-9), -5.997807015007687, 1e-9);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ets-interval/exact", test_exact_interval);
    g_test_add_func("/ets-interval/simulated", test_simulated_interval);
    g_test_add_func("/ets-interval/classical", test_classical_interval);
    g_test_add_func("/ets-interval/normal-quantile", test_normal_quantile);
    return g_test_run();
}
