/* concentration: against closed forms and a published example, and at every edge. */
#include <float.h>
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engines/concentration.h"

#define near g_assert_cmpfloat_with_epsilon

typedef struct {
    const char *name;
    double values[10];
    size_t n;
    MwStatus status;
    double gini, corrected;
    size_t top_n, n_for_share;
} Case;

static const Case cases[] = {
    /* R package ineq, the example of man/ineq.Rd. */
    { "ineq-example",
      { 541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261 },
      10,
      MW_OK,
      .46209113,
      .51343459,
      2,
      5 },
    { "one-to-five", { 5, 3, 1, 2, 4 }, 5, MW_OK, 4. / 15, 1. / 3, 1, 3 },
    { "one-has-all", { 0, 0, 0, 1 }, 4, MW_OK, .75, 1, 1, 1 },
    { "equal", { 7, 7, 7, 7, 7 }, 5, MW_OK, 0, 0, 1, 4 },
    { "fibonacci", { 1, 1, 2, 3, 5, 8, 13, 21 }, 8, MW_OK, .50925926, .50925926 * 8 / 7, 2, 4 },
    { "single", { 3 }, 1, MW_OK, 0, 0, 1, 1 },
    { "empty", { 0 }, 0, MW_EMPTY, 0, 0, 0, 0 },
    { "all-negative", { -1, -2 }, 2, MW_EMPTY, 0, 0, 0, 0 },
    { "all-zero", { 0, 0 }, 2, MW_NO_SOLUTION, 0, 0, 0, 0 },
    { "nan", { 1, NAN }, 2, MW_NOT_FINITE, 0, 0, 0, 0 },
    { "infinite", { 1, INFINITY }, 2, MW_NOT_FINITE, 0, 0, 0, 0 },
    { "too-large", { DBL_MAX, DBL_MAX }, 2, MW_OUT_OF_RANGE, 0, 0, 0, 0 },
    { "too-negative", { 1, -DBL_MAX, -DBL_MAX }, 3, MW_OUT_OF_RANGE, 0, 0, 0, 0 },
};

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    double values[10];
    MwConcentration found = { .gini = -7.0 };
    memcpy(values, c->values, sizeof values);
    g_assert_cmpint(mw_concentration(values, c->n, 0.2, 0.8, &found), ==, c->status);
    if (c->status != MW_OK) {
        g_assert_cmpfloat(found.gini, ==, -7.0);
        return;
    }
    near(found.gini, c->gini, 1e-8);
    near(found.gini_corrected, c->corrected, 1e-8);
    g_assert_cmpuint(found.top_n, ==, c->top_n);
    g_assert_cmpuint(found.n_for_share, ==, c->n_for_share);
}

static void
test_shares(void)
{
    /* 6 + 3 + 1 with -4 apart: shares .6 .3 .1, HHI .46. */
    double values[] = { 3, -4, 1, 6 };
    MwConcentration c;
    g_assert_cmpint(mw_concentration(values, 4, 0.5, 0.9, &c), ==, MW_OK);
    g_assert_cmpuint(c.n, ==, 3);
    g_assert_cmpfloat(c.total, ==, 10.0);
    g_assert_cmpuint(c.negative_n, ==, 1);
    g_assert_cmpfloat(c.negative_total, ==, -4.0);
    near(c.hhi, .46, 1e-15);
    g_assert_cmpuint(c.top_n, ==, 2);
    near(c.top_share, .9, 1e-15);
    g_assert_cmpuint(c.n_for_share, ==, 2);

    double x[4], y[4];
    static const double expected[] = { 0, .1, .4, 1 };
    g_assert_cmpint(mw_lorenz(values, 4, 3, x, y), ==, MW_OK);
    for (size_t k = 0; k < 4; k++) {
        near(x[k], (double)k / 3.0, 1e-15);
        near(y[k], expected[k], 1e-15);
    }
    g_assert_cmpint(mw_lorenz(values, 4, 2, x, y), ==, MW_OK);
    near(y[1], .25, 1e-15); /* half of the second customer's 3 */
}

static void
test_refusals(void)
{
    double values[] = { 1, 2 }, x[2], y[2] = { -7, -7 };
    MwConcentration c = { .gini = -7.0 };
    const double bad[] = { 0.0, -0.1, 1.1, NAN };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_cmpint(mw_concentration(values, 2, bad[i], 0.8, &c), ==, MW_OUT_OF_RANGE);
        g_assert_cmpint(mw_concentration(values, 2, 0.2, bad[i], &c), ==, MW_OUT_OF_RANGE);
    }
    g_assert_cmpint(mw_lorenz(values, 2, 0, x, y), ==, MW_EMPTY);
    g_assert_cmpint(mw_lorenz(values, 0, 1, x, y), ==, MW_EMPTY);
    values[0] = values[1] = 0.0;
    g_assert_cmpint(mw_lorenz(values, 2, 1, x, y), ==, MW_NO_SOLUTION);
    values[1] = NAN;
    g_assert_cmpint(mw_lorenz(values, 2, 1, x, y), ==, MW_NOT_FINITE);
    g_assert_cmpfloat(y[0], ==, -7.0);
    g_assert_cmpfloat(c.gini, ==, -7.0);
}

/* Bounds, and twice the area over the Lorenz curve is the Gini coefficient. */
static void
test_properties(void)
{
    static double values[500], x[501], y[501];
    for (int round = 0; round < 100; round++) {
        size_t n = (size_t)g_test_rand_int_range(1, 500);
        for (size_t i = 0; i < n; i++)
            values[i] = exp(g_test_rand_double_range(-8.0, 8.0));
        MwConcentration c;
        g_assert_cmpint(mw_concentration(values, n, 0.2, 0.8, &c), ==, MW_OK);
        g_assert_true(c.gini >= 0.0 && c.gini <= 1.0 - 1.0 / (double)n + 1e-12);
        g_assert_true(c.gini_corrected >= c.gini && c.gini_corrected <= 1.0);
        g_assert_true(c.hhi >= 1.0 / (double)n - 1e-12 && c.hhi <= 1.0 + 1e-12);
        g_assert_true(c.n_for_share >= 1 && c.n_for_share <= n);

        double area = 0.0;
        g_assert_cmpint(mw_lorenz(values, n, n, x, y), ==, MW_OK);
        for (size_t k = 1; k <= n; k++) {
            g_assert_true(y[k] >= y[k - 1] && y[k] <= x[k] + 1e-12);
            area += 0.5 * (y[k] + y[k - 1]) / (double)n;
        }
        near(1.0 - 2.0 * area, c.gini, 1e-9);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/concentration/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/concentration/shares", test_shares);
    g_test_add_func("/concentration/refusals", test_refusals);
    g_test_add_func("/concentration/properties", test_properties);
    return g_test_run();
}
