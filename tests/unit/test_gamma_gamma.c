/* gamma_gamma: the spend an order, against published values; the fit on CDNOW is in test_clv.c. */
#include <glib.h>
#include <math.h>

#include "engines/clv.h"

#define near g_assert_cmpfloat_with_epsilon

static void
test_gamma_gamma_points(void)
{
    /* Fader & Hardie 2013 with p = 6.25, q = 3.74, v = 15.44; customers of CDNOW. */
    static const MwGammaGamma g = { 6.25, 3.74, 15.44 };
    static const double cases[][3] = {
        { 0, NAN, 35.2190 },
        { 2, 22.35, 24.6637 },
        { 1, 11.77, 18.9169 },
        { 7, 73.74, 71.4697 },
    };
    double value = -7.0;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(mw_gamma_gamma_expected(&g, cases[i][0], cases[i][1], &value), ==, MW_OK);
        near(value, cases[i][2], 5e-5);
    }
    /* No mean where p x + q <= 1: a status, not a negative value. */
    static const MwGammaGamma heavy = { .3, .6, 15.0 };
    value = -7.0;
    g_assert_cmpint(mw_gamma_gamma_expected(&heavy, 0, 0, &value), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_gamma_gamma_expected(&heavy, 1, 5, &value), ==, MW_OUT_OF_RANGE);
    g_assert_cmpfloat(value, ==, -7.0);
    g_assert_cmpint(mw_gamma_gamma_expected(&heavy, 2, 5, &value), ==, MW_OK);
    g_assert_cmpfloat(value, >, 0.0);
}

static void
test_gamma_gamma_refusals(void)
{
    MwGammaGammaFit fit = { .log_likelihood = -7.0 };
    const double x[] = { 1, 2, 1, 0 }, m[] = { 5, 6, 7, NAN }, same[] = { 5, 5, 5, 0 };
    g_assert_cmpint(mw_gamma_gamma_fit(x, m, 0, &fit), ==, MW_EMPTY);
    g_assert_cmpint(mw_gamma_gamma_fit(x, m, 2, &fit), ==, MW_EMPTY);
    g_assert_cmpint(mw_gamma_gamma_fit(x, same, 4, &fit), ==, MW_NOT_IDENTIFIED);
    g_assert_cmpint(mw_gamma_gamma_fit((double[]){ 1.5 }, m, 1, &fit), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_gamma_gamma_fit((double[]){ NAN }, m, 1, &fit), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_gamma_gamma_fit(x, (double[]){ NAN }, 1, &fit), ==, MW_NOT_FINITE);
    g_assert_cmpfloat(fit.log_likelihood, ==, -7.0);

    double value = -7.0;
    const MwGammaGamma good = { 6, 4, 15 }, bad = { 6, -4, 15 }, nan = { NAN, 4, 15 };
    g_assert_cmpint(mw_gamma_gamma_expected(&bad, 1, 5, &value), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_gamma_gamma_expected(&nan, 1, 5, &value), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_gamma_gamma_log_likelihood(&good, 0, 5, &value), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_gamma_gamma_log_likelihood(&good, 1, NAN, &value), ==, MW_NOT_FINITE);
    g_assert_cmpfloat(value, ==, -7.0);

    /* Who has paid nothing is counted apart. */
    const double paid[] = { 5, 0, 7, 0, 9, 4 }, orders[] = { 1, 2, 1, 0, 3, 2 };
    g_assert_cmpint(mw_gamma_gamma_fit(orders, paid, 6, &fit), ==, MW_OK);
    g_assert_cmpuint(fit.n, ==, 4);
    g_assert_cmpuint(fit.excluded, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gamma-gamma/points", test_gamma_gamma_points);
    g_test_add_func("/gamma-gamma/refusals", test_gamma_gamma_refusals);
    return g_test_run();
}
