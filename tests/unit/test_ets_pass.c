/* ets_pass: the derivatives of a pass against differences. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engines/ets_pass.h"

static const double wave[] = { 12, 15, 9,  11, 13, 17, 8,  12, 15, 18,
                               11, 13, 15, 20, 10, 14, 18, 21, 12, 15 };
enum { WAVE = G_N_ELEMENTS(wave) };

/* The way back gives the derivatives that differences give, for every shape of model. */
static double
weighted(MwEts *ets, const MwEtsWeights *weights, const double *y, MwEtsStep *steps)
{
    MwEtsSums sums;
    g_assert_true(mw_ets_pass(y, ets, &sums, steps));
    return weights->by_sse * ets->sse + weights->by_errors * sums.errors +
           weights->by_logs * sums.logs;
}

static void
test_slopes(gconstpointer data)
{
    const MwEtsModel *model = data;
    const MwEtsWeights weights = { .3, .7, 1.1 };
    const bool multiplies = model->season == MW_ETS_MULTIPLICATIVE;
    MwEts ets = { .model = *model, .n = WAVE, .alpha = .3, .phi = 1, .level0 = 12 };
    MwEtsStep steps[WAVE];
    MwEtsSlopes slopes;
    double y[WAVE];

    memcpy(y, wave, sizeof y);
    y[7] = NAN;
    if (model->trend) {
        ets.beta = .1;
        ets.trend0 = .4;
        ets.phi = model->damped ? .9 : 1;
    }
    for (unsigned i = 0; model->season && i < model->period; i++) {
        ets.gamma = .2;
        ets.season0[i] = multiplies ? .8 + .1 * i : 1.5 - i;
    }
    weighted(&ets, &weights, y, steps);
    mw_ets_pass_back(y, &ets, steps, &weights, &slopes);

    const struct {
        double *value, slope;
    } checks[] = { { &ets.alpha, slopes.alpha },           { &ets.beta, slopes.beta },
                   { &ets.gamma, slopes.gamma },           { &ets.phi, slopes.phi },
                   { &ets.level0, slopes.level0 },         { &ets.trend0, slopes.trend0 },
                   { &ets.season0[0], slopes.season0[0] }, { &ets.season0[2], slopes.season0[2] } };
    for (size_t i = 0; i < (model->season ? 8 : 6); i++) {
        const double kept = *checks[i].value, step = 1e-6;
        *checks[i].value = kept + step;
        const double up = weighted(&ets, &weights, y, NULL);
        *checks[i].value = kept - step;
        const double down = weighted(&ets, &weights, y, NULL);
        *checks[i].value = kept;
        g_assert_cmpfloat_with_epsilon(checks[i].slope, (up - down) / (2 * step),
                                       1e-5 * (1 + fabs(checks[i].slope)));
    }
}

static const MwEtsModel shapes[] = {
    { 0 },
    { .multiplicative_error = true },
    { .trend = true, .damped = true },
    { .multiplicative_error = true, .trend = true },
    { .trend = true, .season = MW_ETS_ADDITIVE, .period = 4 },
    { .multiplicative_error = true,
      .trend = true,
      .damped = true,
      .season = MW_ETS_ADDITIVE,
      .period = 4 },
    { .multiplicative_error = true, .season = MW_ETS_MULTIPLICATIVE, .period = 4 },
    { .multiplicative_error = true,
      .trend = true,
      .damped = true,
      .season = MW_ETS_MULTIPLICATIVE,
      .period = 4 },
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        g_autofree char *path = g_strdup_printf("/ets-pass/slopes/%zu", i);
        g_test_add_data_func(path, &shapes[i], test_slopes);
    }
    return g_test_run();
}
