/* intermittent: against R's forecast and tsintermittent packages, and at the edges. */
#include <glib.h>
#include <math.h>

#include "dataset.h"
#include "engines/intermittent.h"

static const double toy[] = { 0, 0, 3, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 5, 0, 1, 0 };
static const double issue26[] = { 1, 0, 0, 0, 2, 0, 0 };

typedef struct {
    const char *name;
    const double *demand;
    size_t n;
    MwIntermittentOptions options;
    double rate;
} Case;

#define TOY toy, G_N_ELEMENTS(toy)

static const Case cases[] = {
    /* robjhyndman/forecast, issue 26 */
    { "issue-26",
      issue26,
      G_N_ELEMENTS(issue26),
      { MW_CROSTON, MW_START_FIRST, .1, .1 },
      .8461538 },
    /* R forecast 8.20 and tsintermittent */
    { "toy-croston-.1", TOY, { MW_CROSTON, MW_START_FIRST, .1, .1 }, .873227822 },
    { "toy-croston-.2", TOY, { MW_CROSTON, MW_START_FIRST, .2, .2 }, .8028798411 },
    { "toy-croston-.3", TOY, { MW_CROSTON, MW_START_FIRST, .3, .3 }, .7655217351 },
    { "toy-sba", TOY, { MW_SBA, MW_START_FIRST, .1, .1 }, .8295664309 },
    { "toy-sbj", TOY, { MW_SBJ, MW_START_FIRST, .1, .1 }, .8272684630 },
    { "toy-tsb", TOY, { MW_TSB, MW_START_FIRST, .1, .1 }, .7100967921 },
    { "toy-tsb-mean", TOY, { MW_TSB, MW_START_MEAN, .1, .1 }, .8376401717 },
};

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    MwIntermittent fit;
    g_assert_cmpint(mw_intermittent(c->demand, c->n, &c->options, &fit), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(fit.rate, c->rate, 1e-7);
}

/* The mean start by hand: sizes 1, 2; intervals 1, 4, mean 2.5; 1.1 / (2.5 + .1 * 1.5). */
static void
test_mean_start(void)
{
    const MwIntermittentOptions options = { MW_CROSTON, MW_START_MEAN, .1, .1 };
    MwIntermittent fit;
    g_assert_cmpint(mw_intermittent(issue26, G_N_ELEMENTS(issue26), &options, &fit), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(fit.rate, 1.1 / 2.65, 1e-12);
}

/* Column `column` of a file, counted from 0; "NA" is NaN. */
static GArray *
read_column(char **lines, int column)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    for (char **line = lines + 1; *line; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, ",", -1);
        const double value =
            g_str_equal(cells[column], "NA") ? NAN : g_ascii_strtod(cells[column], NULL);
        g_array_append_val(values, value);
    }
    return values;
}

static double
rate_of(const GArray *demand, MwIntermittentMethod method, double alpha)
{
    const MwIntermittentOptions options = { method, MW_START_FIRST, alpha, alpha };
    MwIntermittent fit;
    g_assert_cmpint(
        mw_intermittent((const double *)(void *)demand->data, demand->len, &options, &fit), ==,
        MW_OK);
    return fit.rate;
}

/* R forecast and tsintermittent on the series of the package tsintermittent. */
static void
test_tsintermittent(void)
{
    static const struct {
        const char *file;
        guint n;
        double croston, sba, sbj, tsb;
    } rows[] = {
        { "series/tsintermittent_ts.data2.csv", 24, 1.362534504, 1.294407779, 1.290822162,
          .6694230006 },
        { "series/tsintermittent_ts.data1.csv", 84, .5580143318, .5301136152, .5286451564,
          .2263329946 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) lines = dataset_lines(rows[i].file);
        if (!lines)
            return;
        g_autoptr(GArray) demand = read_column(lines, 1);
        g_assert_cmpuint(demand->len, ==, rows[i].n);
        g_assert_cmpfloat_with_epsilon(rate_of(demand, MW_CROSTON, .1), rows[i].croston, 1e-9);
        g_assert_cmpfloat_with_epsilon(rate_of(demand, MW_SBA, .1), rows[i].sba, 1e-9);
        g_assert_cmpfloat_with_epsilon(rate_of(demand, MW_SBJ, .1), rows[i].sbj, 1e-9);
        g_assert_cmpfloat_with_epsilon(rate_of(demand, MW_TSB, .1), rows[i].tsb, 1e-9);
    }
}

/* Three parts and the sum over all complete ones, R forecast 8.20 and tsintermittent. */
static void
test_carparts(void)
{
    static const struct {
        const char *part;
        double croston1, croston3, sba, tsb;
    } rows[] = {
        { "21048455", .971158068, .7258000652, .9226001646, .8870920106 },
        { "21061848", .9117407281, .4988442564, .8661536917, .6568892781 },
        { "21054576", .5050820375, .4700654315, .4798279356, .334473351 },
    };
    g_auto(GStrv) lines = dataset_lines("spareparts/carparts.csv");
    if (!lines)
        return;

    g_auto(GStrv) header = g_strsplit(lines[0], ",", -1);
    const guint n_parts = g_strv_length(header) - 1, n_months = g_strv_length(lines) - 1;
    g_autofree double *demand = g_new(double, (gsize)n_parts *n_months);
    for (guint m = 0; m < n_months; m++) {
        g_auto(GStrv) cells = g_strsplit(lines[m + 1], ",", -1);
        for (guint p = 0; p < n_parts; p++)
            demand[p * n_months + m] =
                g_str_equal(cells[p + 1], "NA") ? NAN : g_ascii_strtod(cells[p + 1], NULL);
    }

    double sum = 0;
    guint complete = 0, checked = 0;
    for (guint p = 0; p < n_parts; p++) {
        const MwIntermittentOptions croston = { MW_CROSTON, MW_START_FIRST, .1, .1 };
        const GArray series = { (char *)(demand + p * n_months), n_months };
        MwIntermittent fit;
        g_assert_cmpint(mw_intermittent(demand + p * n_months, n_months, &croston, &fit), ==,
                        MW_OK);
        if (fit.n_missing == 0) {
            complete++;
            sum += fit.rate;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
            if (!g_str_equal(header[p + 1], rows[i].part))
                continue;
            checked++;
            g_assert_cmpfloat_with_epsilon(rate_of(&series, MW_CROSTON, .1), rows[i].croston1,
                                           1e-9);
            g_assert_cmpfloat_with_epsilon(rate_of(&series, MW_CROSTON, .3), rows[i].croston3,
                                           1e-9);
            g_assert_cmpfloat_with_epsilon(rate_of(&series, MW_SBA, .1), rows[i].sba, 1e-9);
            g_assert_cmpfloat_with_epsilon(rate_of(&series, MW_TSB, .1), rows[i].tsb, 1e-9);
        }
    }
    g_assert_cmpuint(n_parts, ==, 2674);
    g_assert_cmpuint(complete, ==, 2509);
    g_assert_cmpuint(checked, ==, 3);
    g_assert_cmpfloat_with_epsilon(sum, 1219.90764, 5e-6);
}

static void
test_edges_of_the_input(void)
{
    static const double zeros[6] = { 0 }, none[] = { NAN, NAN }, endless[] = { 1, INFINITY };
    static const double single[] = { 0, 0, 4, 0 }, mixed[] = { NAN, 1, -2, NAN, 0, 2, 0, 0 };
    const MwIntermittentOptions croston = { MW_CROSTON, MW_START_FIRST, .1, .1 };
    const MwIntermittent untouched = { .rate = -7 };
    MwIntermittent fit = untouched;
    MwIntermittentOptions wrong = croston;

    g_assert_cmpint(mw_intermittent(zeros, 0, &croston, &fit), ==, MW_EMPTY);
    g_assert_cmpint(mw_intermittent(none, 2, &croston, &fit), ==, MW_EMPTY);
    g_assert_cmpint(mw_intermittent(endless, 2, &croston, &fit), ==, MW_NOT_FINITE);
    wrong.alpha_size = NAN;
    g_assert_cmpint(mw_intermittent(toy, 6, &wrong, &fit), ==, MW_OUT_OF_RANGE);
    wrong = croston;
    wrong.alpha_interval = 0;
    g_assert_cmpint(mw_intermittent(toy, 6, &wrong, &fit), ==, MW_OUT_OF_RANGE);
    g_assert_cmpfloat(fit.rate, ==, -7);

    for (int method = MW_CROSTON; method <= MW_TSB; method++) {
        const MwIntermittentOptions options = { (MwIntermittentMethod)method, MW_START_MEAN, .1,
                                                .1 };
        g_assert_cmpint(mw_intermittent(zeros, 6, &options, &fit), ==, MW_OK);
        g_assert_cmpfloat(fit.rate, ==, 0);
        g_assert_cmpuint(fit.n_demands, ==, 0);
    }
    g_assert_cmpint(mw_intermittent(single, 4, &croston, &fit), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(fit.rate, 4.0 / 3, 1e-15);
    g_assert_cmpuint(fit.n_errors, ==, 1);

    /* Without the two unknown periods this is issue26 with one month less at the start, and
     * the return is no demand: 1, 0, 0, 2, 0, 0: 1.1 / 1.2. */
    g_assert_cmpint(mw_intermittent(mixed, G_N_ELEMENTS(mixed), &croston, &fit), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(fit.rate, 1.1 / 1.2, 1e-15);
    g_assert_cmpuint(fit.n_missing, ==, 2);
    g_assert_cmpuint(fit.n_negative, ==, 1);
    g_assert_cmpuint(fit.n_known, ==, 6);
}

/* One period is a two-point distribution here; a total of many is nearly normal. */
static void
test_spread(void)
{
    enum { N = 40 };
    double demand[N] = { 0 };
    for (int i = 0; i < N; i += 4)
        demand[i] = 10;
    const MwIntermittentOptions options = { MW_CROSTON, MW_START_FIRST, .1, .1 };
    MwSpreadOptions how = { .horizon = 400, .low = .1, .high = .9, .draws = 20000, .seed = 1 };
    MwIntermittent fit;
    MwSpread spread, again;

    g_assert_cmpint(mw_intermittent(demand, N, &options, &fit), ==, MW_OK);
    g_assert_cmpint(mw_intermittent_spread(demand, N, &fit, &how, &spread), ==, MW_OK);
    const double p = fit.probability, size = fit.rate / p;
    const double mean = 400 * fit.rate, sd = size * sqrt(400 * p * (1 - p));
    g_assert_cmpfloat(spread.period_low, ==, 0);
    g_assert_cmpfloat_with_epsilon(spread.period_high, size, 1e-12);
    /* 1.2816 is the normal quantile; the sum comes in steps of one size. */
    g_assert_cmpfloat_with_epsilon(spread.total_low, mean - 1.2816 * sd, 1.5 * size);
    g_assert_cmpfloat_with_epsilon(spread.total_high, mean + 1.2816 * sd, 1.5 * size);
    mw_intermittent_spread(demand, N, &fit, &how, &again);
    g_assert_cmpmem(&again, sizeof again, &spread, sizeof spread);

    how.low = 0;
    g_assert_cmpint(mw_intermittent_spread(demand, N, &fit, &how, &spread), ==, MW_OUT_OF_RANGE);
    how.low = .95;
    g_assert_cmpint(mw_intermittent_spread(demand, N, &fit, &how, &spread), ==, MW_OUT_OF_RANGE);
    how.low = .1;
    how.horizon = 0;
    g_assert_cmpint(mw_intermittent_spread(demand, N, &fit, &how, &spread), ==, MW_OUT_OF_RANGE);
    how.horizon = 1;
    g_assert_cmpint(mw_intermittent_spread(demand + 1, 2, &fit, &how, &spread), ==, MW_BAD_SHAPE);
    fit.rate = 0;
    g_assert_cmpint(mw_intermittent_spread(demand, N, &fit, &how, &spread), ==, MW_OK);
    g_assert_cmpfloat(spread.total_high, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/intermittent/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/intermittent/mean-start", test_mean_start);
    g_test_add_func("/intermittent/tsintermittent", test_tsintermittent);
    g_test_add_func("/intermittent/carparts", test_carparts);
    g_test_add_func("/intermittent/edges-of-the-input", test_edges_of_the_input);
    g_test_add_func("/intermittent/spread", test_spread);
    return g_test_run();
}
