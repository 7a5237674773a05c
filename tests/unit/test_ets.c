/* ets: against R's forecast 8.20 and stats::HoltWinters, and properties of the recursions. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "dataset.h"
#include "engines/ets.h"
#include "engines/optimise.h"

enum { VALUES_MAX = 600 };

/* Column y of a file "t,y" for t in [from, to]; 0 after a skip. */
static size_t
read_series(const char *file, double from, double to, double *y)
{
    g_auto(GStrv) lines = dataset_lines(file);
    size_t n = 0;
    for (char **line = lines ? lines + 1 : NULL; line && *line; line++) {
        char *comma = NULL;
        const double t = g_ascii_strtod(*line, &comma);
        if (t >= from - 1e-6 && t <= to + 1e-6 && n < VALUES_MAX)
            y[n++] = g_ascii_strtod(comma + 1, NULL);
    }
    return n;
}

typedef struct {
    const char *name, *file;
    double from, to;
    MwEtsModel model;
    MwEtsCriterion criterion;
    double phi;
    /* As R prints them; its optimiser stops where it stops. NAN: not printed. */
    double alpha, beta, gamma, level, trend;
    double sse, log_likelihood, aicc; /* ours are at least as good, and not by a jump */
    double forecast[4];
    double near; /* how far our forecasts may be from R's, whose fit is a little worse */
} Case;

#define HW_ADDITIVE                                                                                \
    {                                                                                              \
        .trend = true, .season = MW_ETS_ADDITIVE, .period = 4                                      \
    }
#define HW_MULTIPLICATIVE                                                                          \
    {                                                                                              \
        .multiplicative_error = true, .trend = true, .season = MW_ETS_MULTIPLICATIVE, .period = 4  \
    }

/* Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 2nd ed. 2018, sections 7.1
 * to 7.6, as R's forecast 8.20 computes them. beta is alpha times Holt's. */
static const Case cases[] = {
    { "fpp2-7.1-ses",
      "series/oil.csv",
      1996,
      2013,
      { 0 },
      MW_ETS_SQUARES,
      0,
      .8339,
      0,
      0,
      446.5868,
      0,
      14235.59,
      NAN,
      NAN,
      { 542.6806, 542.6806, 542.6806, 542.6806 },
      1e-3 },
    { "fpp2-7.2-holt",
      "series/ausair.csv",
      1990,
      2016,
      { .trend = true },
      MW_ETS_SQUARES,
      0,
      .8302,
      .0001,
      0,
      15.5715,
      2.1017,
      NAN,
      NAN,
      NAN,
      { 74.601304, 76.703043, 78.804783, NAN },
      .02 },
    { "fpp2-7.2-damped",
      "series/ausair.csv",
      1990,
      2016,
      { .trend = true, .damped = true },
      MW_ETS_SQUARES,
      .9,
      .7630,
      .2526,
      0,
      NAN,
      NAN,
      NAN,
      NAN,
      NAN,
      { 73.710361, 75.021746, 76.201993, NAN },
      1e-3 },
    { "fpp2-7.3-hw-additive",
      "series/austourists.csv",
      2005,
      2016,
      HW_ADDITIVE,
      MW_ETS_SQUARES,
      0,
      .306,
      .0001,
      .426,
      NAN,
      NAN,
      1.763 * 1.763 * 44,
      NAN,
      NAN,
      { 76.098373, 51.603326, 63.968674, 68.371700 },
      .2 },
    { "fpp2-7.3-hw-multiplicative",
      "series/austourists.csv",
      2005,
      2016,
      HW_MULTIPLICATIVE,
      MW_ETS_SQUARES,
      0,
      .4406,
      .0134,
      .0023,
      NAN,
      NAN,
      1.5756 * 1.5756 * 44,
      NAN,
      NAN,
      { 80.088935, 50.154819, 63.343224, 68.178100 },
      .7 },
    { "fpp2-7.6-ets",
      "series/austourists.csv",
      2005,
      2016,
      HW_MULTIPLICATIVE,
      MW_ETS_LIKELIHOOD,
      0,
      .1908,
      .0392,
      .0002,
      32.3679,
      .9281,
      NAN,
      -103.43139,
      230.1569,
      { 78.997010, 49.453523, 62.960680, 67.865756 },
      .8 },
};

static void
test_fit(gconstpointer data)
{
    const Case *c = data;
    double y[VALUES_MAX], forecast[4];
    MwEts fit;
    const size_t n = read_series(c->file, c->from, c->to, y);
    if (n == 0)
        return;

    g_assert_cmpint(mw_ets_fit(y, n, &c->model, c->criterion, c->phi, &fit), ==, MW_OK);
    g_assert_true(fit.converged);
    if (!isnan(c->sse)) {
        g_assert_cmpfloat(fit.sse, <=, c->sse * 1.0005);
        g_assert_cmpfloat(fit.sse, >=, c->sse * .95);
    }
    if (!isnan(c->aicc)) {
        g_assert_cmpfloat(fit.log_likelihood, >=, c->log_likelihood);
        g_assert_cmpfloat(fit.aicc, <=, c->aicc);
        g_assert_cmpfloat(fit.aicc, >=, c->aicc - 6);
    }
    mw_ets_forecast(&fit, 4, forecast);
    for (int h = 0; h < 4 && !isnan(c->forecast[h]); h++)
        g_assert_cmpfloat_with_epsilon(forecast[h], c->forecast[h], c->near);
    g_assert_cmpfloat(fit.alpha, >=, .0001);
    g_assert_cmpfloat(fit.alpha, <=, .9999);
    g_assert_cmpfloat(fit.beta, <=, fit.alpha);
    g_assert_cmpfloat(fit.gamma, <=, 1 - fit.alpha);
}

/* The starting states that R does not print, found with all it prints held fast. */
typedef struct {
    const Case *c;
    const double *y;
    size_t n;
    MwEts ets;
} Rest;

static double
with_rest(const double *x, double *gradient G_GNUC_UNUSED, void *data)
{
    Rest *rest = data;
    const MwEtsModel *model = &rest->c->model;
    const bool multiplies = model->season == MW_ETS_MULTIPLICATIVE;
    double left = multiplies ? model->period : 0;

    rest->ets.level0 = isnan(rest->c->level) ? 30 + 10 * *x++ : rest->c->level;
    rest->ets.trend0 = isnan(rest->c->trend) ? *x++ : rest->c->trend;
    for (unsigned i = 0; model->season && i + 1 < model->period; i++) {
        rest->ets.season0[i] = multiplies ? 1 + .1 * *x++ : 10 * *x++;
        left -= rest->ets.season0[i];
    }
    if (model->season)
        rest->ets.season0[model->period - 1] = left;
    if (mw_ets_run(rest->y, rest->n, &rest->ets) != MW_OK)
        return INFINITY;
    return rest->c->criterion == MW_ETS_SQUARES ? log(rest->ets.sse) : -rest->ets.log_likelihood;
}

/* With R's own parameters, R's forecasts and its likelihood come out: the recursion is the same. */
static void
test_run(gconstpointer data)
{
    const Case *c = data;
    double y[VALUES_MAX], forecast[4], x[5] = { 0 };
    Rest rest = { .c = c, .y = y, .n = read_series(c->file, c->from, c->to, y) };
    const size_t n_rest = (size_t)isnan(c->level) + (size_t)isnan(c->trend) +
                          (c->model.season ? c->model.period - 1 : 0);
    const MwOptimiseOptions options = { .differences = true };
    MwOptimum optimum;
    if (rest.n == 0)
        return;

    rest.ets = (MwEts){ .model = c->model,
                        .alpha = c->alpha,
                        .beta = c->beta,
                        .gamma = c->gamma,
                        .phi = c->phi > 0 ? c->phi : 1,
                        /* alpha, beta, gamma, level, trend and three seasons */
                        .n_parameters = c->model.season  ? 8
                                        : c->model.trend ? 4
                                                         : 2 };
    if (n_rest > 0)
        g_assert_cmpint(mw_minimise_bfgs(with_rest, &rest, x, n_rest, &options, &optimum), ==,
                        MW_OK);
    g_assert_true(isfinite(with_rest(x, NULL, &rest)));
    mw_ets_forecast(&rest.ets, 4, forecast);
    /* Printed parameters have four digits; states found here differ a little from R's. */
    for (int h = 0; h < 4 && !isnan(c->forecast[h]); h++)
        g_assert_cmpfloat_with_epsilon(forecast[h], c->forecast[h], n_rest > 2 ? .2 : 2e-3);
    if (!isnan(c->log_likelihood))
        g_assert_cmpfloat_with_epsilon(rest.ets.log_likelihood, c->log_likelihood, .02);
    if (!isnan(c->aicc))
        g_assert_cmpfloat_with_epsilon(rest.ets.aicc, c->aicc, .04);
    if (!isnan(c->sse))
        g_assert_cmpfloat_with_epsilon(rest.ets.sse, c->sse, c->sse * .015);
}

typedef struct {
    const char *name, *file;
    MwEtsModel model;
    double alpha, beta, gamma; /* as HoltWinters() prints them */
    double sse, level;
    double forecast[3];
} Classical;

/* stats::HoltWinters() of R 4.2.2 on R's own data; co2 is the example of its help page. */
static const Classical classicals[] = {
    { "co2",
      "series/co2.csv",
      { .trend = true, .season = MW_ETS_ADDITIVE, .period = 12 },
      .5126484,
      .0094977,
      .4728868,
      43.129861,
      NAN,
      { 365.10789, 365.96639, 366.73433 } },
    { "AirPassengers",
      "series/AirPassengers.csv",
      { .multiplicative_error = true,
        .trend = true,
        .season = MW_ETS_MULTIPLICATIVE,
        .period = 12 },
      .27559247,
      .03269295,
      .87072922,
      16570.778,
      NAN,
      { 447.05593, 419.71228, 464.86713 } },
    { "Nile",
      "series/Nile.csv",
      { 0 },
      .24655788,
      0,
      0,
      2038871.8,
      805.03886,
      { 805.03886, 805.03886, 805.03886 } },
};

static void
test_classical(gconstpointer data)
{
    const Classical *c = data;
    double y[VALUES_MAX], forecast[3];
    MwEts fit;
    const size_t n = read_series(c->file, 0, 3000, y);
    if (n == 0)
        return;

    g_assert_cmpint(mw_ets_classical(y, n, &c->model, &fit), ==, MW_OK);
    mw_ets_forecast(&fit, 3, forecast);
    g_assert_cmpfloat_with_epsilon(fit.alpha, c->alpha, 5e-5);
    g_assert_cmpfloat_with_epsilon(fit.beta / fit.alpha, c->beta, 5e-5);
    g_assert_cmpfloat_with_epsilon(fit.gamma / (1 - fit.alpha), c->gamma, 5e-5);
    g_assert_cmpfloat(fit.sse, <=, c->sse * (1 + 1e-7));
    g_assert_cmpfloat_with_epsilon(fit.sse, c->sse, c->sse * 1e-6);
    if (!isnan(c->level))
        g_assert_cmpfloat_with_epsilon(fit.level, c->level, 3e-3);
    for (int h = 0; h < 3; h++)
        g_assert_cmpfloat_with_epsilon(forecast[h], c->forecast[h], 3e-3);
    g_assert_true(isnan(fit.aicc));
}

static const double wave[] = { 12, 15, 9,  11, 13, 17, 8,  12, 15, 18,
                               11, 13, 15, 20, 10, 14, 18, 21, 12, 15 };
enum { WAVE = G_N_ELEMENTS(wave) };

typedef struct {
    const char *name;
    double first; /* in place of the first value of `wave` */
    size_t n;
    MwEtsModel model;
    double phi;
    MwStatus status;
} Refusal;

static const Refusal refusals[] = {
    { "no-values", 12, 0, { 0 }, 0, MW_EMPTY },
    { "unknown", NAN, 1, { 0 }, 0, MW_EMPTY },
    { "infinite", INFINITY, 10, { 0 }, 0, MW_NOT_FINITE },
    { "huge", -1e101, 10, { 0 }, 0, MW_OUT_OF_RANGE },
    { "too-few", 12, 2, { 0 }, 0, MW_NOT_IDENTIFIED },
    { "too-few-for-a-trend", 12, 4, { .trend = true }, 0, MW_NOT_IDENTIFIED },
    { "one-season", 12, 7, { .season = MW_ETS_ADDITIVE, .period = 4 }, 0, MW_NOT_IDENTIFIED },
    { "zero-multiplied", 0, WAVE, { .multiplicative_error = true }, 0, MW_OUT_OF_RANGE },
    { "damped-without-trend", 12, WAVE, { .damped = true }, 0, MW_BAD_SHAPE },
    { "period-one", 12, WAVE, { .season = MW_ETS_ADDITIVE, .period = 1 }, 0, MW_BAD_SHAPE },
    { "season-multiplies-error-adds",
      12,
      WAVE,
      { .season = MW_ETS_MULTIPLICATIVE, .period = 4 },
      0,
      MW_BAD_SHAPE },
    { "period-too-long", 12, WAVE, { .season = MW_ETS_ADDITIVE, .period = 367 }, 0, MW_TOO_LARGE },
    { "phi", 12, WAVE, { .trend = true, .damped = true }, .99, MW_OUT_OF_RANGE },
};

static void
test_refusal(gconstpointer data)
{
    const Refusal *r = data;
    double y[WAVE];
    static MwEts fit;
    memcpy(y, wave, sizeof y);
    y[0] = r->first;
    fit.n = 77;
    g_assert_cmpint(mw_ets_fit(y, r->n, &r->model, MW_ETS_LIKELIHOOD, r->phi, &fit), ==, r->status);
    g_assert_cmpuint(fit.n, ==, 77);
}

static void
test_long_periods(void)
{
    double y[120];
    MwEts fit;
    const MwEtsModel model = { .season = MW_ETS_ADDITIVE, .period = 52 };
    for (int t = 0; t < 120; t++)
        y[t] = 50 + 10 * sin(t * 2 * G_PI / 52) + wave[t % 7] / 10;
    g_assert_cmpint(mw_ets_fit(y, 120, &model, MW_ETS_SQUARES, 0, &fit), ==, MW_TOO_LARGE);
    g_assert_cmpint(mw_ets_classical(y, 120, &model, &fit), ==, MW_OK);
    double forecast[26];
    mw_ets_forecast(&fit, 26, forecast);
    for (int h = 0; h < 26; h++)
        g_assert_cmpfloat_with_epsilon(forecast[h], 51.2 + 10 * sin((120 + h) * 2 * G_PI / 52), 2);
}

static void
test_classical_refusals(void)
{
    double y[WAVE];
    MwEts fit = { .n = 77 };
    const MwEtsModel level = { 0 }, damped = { .trend = true, .damped = true };
    const MwEtsModel season = { .trend = true, .season = MW_ETS_ADDITIVE, .period = 4 };
    memcpy(y, wave, sizeof y);
    y[5] = NAN;
    g_assert_cmpint(mw_ets_classical(y, WAVE, &level, &fit), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_ets_classical(wave, WAVE, &damped, &fit), ==, MW_BAD_SHAPE);
    g_assert_cmpint(mw_ets_classical(wave, 7, &season, &fit), ==, MW_NOT_IDENTIFIED);
    g_assert_cmpint(mw_ets_classical(wave, 2, &level, &fit), ==, MW_NOT_IDENTIFIED);
    g_assert_cmpuint(fit.n, ==, 77);
}

/* No noise: what generated the series comes out, and a constant one has no error. */
static void
test_exact_series(void)
{
    double y[24], forecast[2];
    MwEts fit;
    const MwEtsModel level = { 0 }, trend = { .trend = true };
    const MwEtsModel season = { .multiplicative_error = true,
                                .season = MW_ETS_MULTIPLICATIVE,
                                .period = 4 };

    for (int t = 0; t < 24; t++)
        y[t] = 5;
    g_assert_cmpint(mw_ets_fit(y, 24, &level, MW_ETS_LIKELIHOOD, 0, &fit), ==, MW_OK);
    mw_ets_forecast(&fit, 1, forecast);
    g_assert_cmpfloat_with_epsilon(forecast[0], 5, 1e-6);
    for (int t = 0; t < 24; t++)
        y[t] = 0;
    g_assert_cmpint(mw_ets_choose(y, 24, 1, &fit), ==, MW_OK);
    mw_ets_forecast(&fit, 1, forecast);
    g_assert_cmpfloat_with_epsilon(forecast[0], 0, 1e-6);
    for (int t = 0; t < 24; t++)
        y[t] = 100 + 3 * t;
    g_assert_cmpint(mw_ets_fit(y, 24, &trend, MW_ETS_SQUARES, 0, &fit), ==, MW_OK);
    mw_ets_forecast(&fit, 2, forecast);
    g_assert_cmpfloat_with_epsilon(forecast[1], 100 + 3 * 25, 1e-3);
    for (int t = 0; t < 24; t++)
        y[t] = 50 * (1 + .2 * (t % 4));
    g_assert_cmpint(mw_ets_fit(y, 24, &season, MW_ETS_LIKELIHOOD, 0, &fit), ==, MW_OK);
    mw_ets_forecast(&fit, 2, forecast);
    g_assert_cmpfloat_with_epsilon(forecast[1], 60, 1e-2);
}

/* An unknown period moves the states on: a known value that the model expected anyway, in its
 * place, gives the same states. */
static void
test_missing(void)
{
    double y[WAVE], forecast[1];
    MwEts with = { .model = { .trend = true, .season = MW_ETS_ADDITIVE, .period = 4 },
                   .alpha = .3,
                   .beta = .1,
                   .gamma = .2,
                   .phi = 1,
                   .level0 = 12,
                   .trend0 = .3,
                   .season0 = { 0, 3, -3, 0 } };
    MwEts without = with, up_to = with;

    memcpy(y, wave, sizeof y);
    g_assert_cmpint(mw_ets_run(y, 9, &up_to), ==, MW_OK);
    mw_ets_forecast(&up_to, 1, forecast);
    y[9] = NAN;
    g_assert_cmpint(mw_ets_run(y, WAVE, &without), ==, MW_OK);
    y[9] = forecast[0];
    g_assert_cmpint(mw_ets_run(y, WAVE, &with), ==, MW_OK);
    g_assert_cmpuint(without.n_known, ==, WAVE - 1);
    g_assert_cmpfloat_with_epsilon(without.level, with.level, 1e-12);
    g_assert_cmpfloat_with_epsilon(without.sse, with.sse, 1e-12);

    y[0] = y[9] = NAN;
    const MwEtsModel model = { .trend = true, .season = MW_ETS_ADDITIVE, .period = 4 };
    g_assert_cmpint(mw_ets_fit(y, WAVE, &model, MW_ETS_LIKELIHOOD, 0, &with), ==, MW_OK);
    g_assert_cmpuint(with.n_known, ==, WAVE - 2);
}

/* Other units change nothing but the units. */
static void
test_scale(void)
{
    double y[WAVE], a[4], b[4];
    MwEts fit;
    for (int i = 0; i < WAVE; i++)
        y[i] = wave[i] * 1000;
    g_assert_cmpint(mw_ets_choose(wave, WAVE, 4, &fit), ==, MW_OK);
    const MwEtsModel model = fit.model;
    mw_ets_forecast(&fit, 4, a);
    g_assert_cmpint(mw_ets_choose(y, WAVE, 4, &fit), ==, MW_OK);
    g_assert_cmpint(fit.model.season, ==, model.season);
    mw_ets_forecast(&fit, 4, b);
    for (int h = 0; h < 4; h++)
        g_assert_cmpfloat_with_epsilon(b[h] / 1000, a[h], 1e-3 * a[h]);
}

/* The choice is the least AICc of all that can be fitted; a season is found where there is one. */
static void
test_choose(void)
{
    double y[VALUES_MAX];
    MwEts best, other;
    const size_t n = read_series("series/austourists.csv", 2005, 2016, y);
    if (n == 0)
        return;
    g_assert_cmpint(mw_ets_choose(y, n, 4, &best), ==, MW_OK);
    g_assert_cmpint(best.model.season, ==, MW_ETS_MULTIPLICATIVE);
    g_assert_true(best.model.trend);
    g_assert_cmpfloat(best.aicc, <=, 230.1569); /* R's choice, ETS(M,A,M) */
    const MwEtsModel plain = { 0 };
    g_assert_cmpint(mw_ets_fit(y, n, &plain, MW_ETS_LIKELIHOOD, 0, &other), ==, MW_OK);
    g_assert_cmpfloat(best.aicc, <, other.aicc);
    g_assert_cmpint(mw_ets_choose(y, 2, 4, &best), ==, MW_NOT_IDENTIFIED);
    y[3] = 0; /* then nothing may multiply */
    g_assert_cmpint(mw_ets_choose(y, n, 4, &best), ==, MW_OK);
    g_assert_false(best.model.multiplicative_error);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *fit = g_strdup_printf("/ets/fit/%s", cases[i].name);
        g_autofree char *run = g_strdup_printf("/ets/run/%s", cases[i].name);
        g_test_add_data_func(fit, &cases[i], test_fit);
        g_test_add_data_func(run, &cases[i], test_run);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(classicals); i++) {
        g_autofree char *path = g_strdup_printf("/ets/classical/%s", classicals[i].name);
        g_test_add_data_func(path, &classicals[i], test_classical);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strdup_printf("/ets/refusal/%s", refusals[i].name);
        g_test_add_data_func(path, &refusals[i], test_refusal);
    }
    g_test_add_func("/ets/long-periods", test_long_periods);
    g_test_add_func("/ets/classical-refusals", test_classical_refusals);
    g_test_add_func("/ets/exact-series", test_exact_series);
    g_test_add_func("/ets/missing", test_missing);
    g_test_add_func("/ets/scale", test_scale);
    g_test_add_func("/ets/choose", test_choose);
    return g_test_run();
}
