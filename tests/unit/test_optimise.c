/* optimise: functions whose least value is known, and every refusal. */
#include <glib.h>
#include <math.h>

#include "engines/optimise.h"

/* Rosenbrock, Computer Journal 3, 1960: least 0 at (1, 1), along a curved valley. */
static double
rosenbrock(const double *x, double *gradient, void *data G_GNUC_UNUSED)
{
    double a = 1.0 - x[0], b = x[1] - x[0] * x[0];
    if (gradient) {
        gradient[0] = -2.0 * a - 400.0 * x[0] * b;
        gradient[1] = 200.0 * b;
    }
    return a * a + 100.0 * b * b;
}

/* Powell, Computer Journal 5, 1962: least 0 at 0, with a singular Hessian there. */
static double
powell(const double *x, double *gradient G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    double a = x[0] + 10.0 * x[1], b = x[2] - x[3], c = x[1] - 2.0 * x[2], d = x[0] - x[3];
    return a * a + 5.0 * b * b + c * c * c * c + 10.0 * d * d * d * d;
}

/* x - ln x on x > 0 has its least value 1 at 1; elsewhere it is not a number. */
static double
half_line(const double *x, double *gradient, void *data G_GNUC_UNUSED)
{
    if (gradient)
        gradient[0] = 1.0 - 1.0 / x[0];
    return x[0] - log(x[0]);
}

/* Falls for ever. */
static double
slope(const double *x, double *gradient, void *data G_GNUC_UNUSED)
{
    if (gradient)
        gradient[0] = 1.0;
    return x[0];
}

static void
test_valley(void)
{
    MwOptimum out;
    double x[] = { -1.2, 1.0 };
    g_assert_cmpint(mw_minimise_bfgs(rosenbrock, NULL, x, 2, NULL, &out), ==, MW_OK);
    g_assert_true(out.converged);
    g_assert_cmpfloat_with_epsilon(x[0], 1.0, 1e-5);
    g_assert_cmpfloat_with_epsilon(x[1], 1.0, 1e-5);
    g_assert_cmpuint(out.evaluations, <, 200);

    double y[] = { -1.2, 1.0 };
    MwOptimiseOptions differences = { .differences = true };
    g_assert_cmpint(mw_minimise_bfgs(rosenbrock, NULL, y, 2, &differences, &out), ==, MW_OK);
    g_assert_true(out.converged);
    g_assert_cmpfloat_with_epsilon(y[0], 1.0, 1e-4);

    double z[] = { -1.2, 1.0 };
    g_assert_cmpint(mw_minimise_simplex(rosenbrock, NULL, z, 2, NULL, &out), ==, MW_OK);
    g_assert_true(out.converged);
    g_assert_cmpfloat_with_epsilon(z[0], 1.0, 1e-5);
}

static void
test_flat_bottom(void)
{
    MwOptimum out;
    double x[] = { 3.0, -1.0, 0.0, 1.0 };
    g_assert_cmpint(mw_minimise_simplex(powell, NULL, x, 4, NULL, &out), ==, MW_OK);
    g_assert_cmpfloat(out.value, <, 1e-9);
}

static void
test_domain(void)
{
    MwOptimum out;
    double x[] = { 1e-3 }, y[] = { 20.0 };
    g_assert_cmpint(mw_minimise_bfgs(half_line, NULL, x, 1, NULL, &out), ==, MW_OK);
    g_assert_true(out.converged);
    g_assert_cmpfloat_with_epsilon(x[0], 1.0, 1e-6);
    g_assert_cmpint(mw_minimise_simplex(half_line, NULL, y, 1, NULL, &out), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(y[0], 1.0, 1e-4);
}

static void
test_not_converged(void)
{
    MwOptimum out;
    double x[] = { 0.0 };
    MwOptimiseOptions few = { .iterations = 3 };
    g_assert_cmpint(mw_minimise_bfgs(slope, NULL, x, 1, &few, &out), ==, MW_OK);
    g_assert_false(out.converged);
    x[0] = 0.0;
    g_assert_cmpint(mw_minimise_simplex(slope, NULL, x, 1, &few, &out), ==, MW_OK);
    g_assert_false(out.converged);
}

static void
test_curvature(void)
{
    /* Rosenbrock at (1, 1): second derivatives 802, -400, 200; the inverse has 0.5, 1, 2.005. */
    double x[] = { 1.0, 1.0 }, h[4];
    for (int differences = 0; differences < 2; differences++) {
        g_assert_cmpint(mw_hessian(rosenbrock, NULL, x, 2, differences, h), ==, MW_OK);
        g_assert_cmpfloat_with_epsilon(h[0], 802.0, 0.01);
        g_assert_cmpfloat_with_epsilon(h[1], -400.0, 0.01);
        g_assert_cmpfloat(h[1], ==, h[2]);
        g_assert_cmpfloat_with_epsilon(h[3], 200.0, 0.01);
    }
    double exact[] = { 802.0, -400.0, -400.0, 200.0 };
    g_assert_cmpint(mw_invert_positive(exact, 2), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(exact[0], 0.5, 1e-9);
    g_assert_cmpfloat_with_epsilon(exact[1], 1.0, 1e-9);
    g_assert_cmpfloat_with_epsilon(exact[3], 2.005, 1e-9);

    double singular[] = { 1.0, 1.0, 1.0, 1.0 }, before = singular[0];
    g_assert_cmpint(mw_invert_positive(singular, 2), ==, MW_NOT_IDENTIFIED);
    g_assert_cmpfloat(singular[0], ==, before);
}

static void
test_refusals(void)
{
    MwOptimum out = { .value = -7.0 };
    double x[MW_OPTIMISE_VARIABLES + 1] = { 1.0 }, bad[] = { NAN }, outside[] = { -1.0 };
    MwStatus (*const searches[])(MwObjective, void *, double *, size_t, const MwOptimiseOptions *,
                                 MwOptimum *) = { mw_minimise_simplex, mw_minimise_bfgs };

    for (size_t i = 0; i < G_N_ELEMENTS(searches); i++) {
        g_assert_cmpint(searches[i](slope, NULL, x, 0, NULL, &out), ==, MW_EMPTY);
        g_assert_cmpint(searches[i](slope, NULL, x, G_N_ELEMENTS(x), NULL, &out), ==, MW_TOO_LARGE);
        g_assert_cmpint(searches[i](slope, NULL, bad, 1, NULL, &out), ==, MW_NOT_FINITE);
        g_assert_cmpint(searches[i](half_line, NULL, outside, 1, NULL, &out), ==, MW_NOT_FINITE);
        g_assert_cmpfloat(out.value, ==, -7.0);
    }
    g_assert_cmpint(mw_hessian(half_line, NULL, outside, 1, false, x), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_invert_positive(bad, 1), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_invert_positive(x, 0), ==, MW_EMPTY);
    g_assert_cmpint(mw_invert_positive(x, G_N_ELEMENTS(x)), ==, MW_TOO_LARGE);
    g_assert_cmpfloat(x[0], ==, 1.0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/optimise/valley", test_valley);
    g_test_add_func("/optimise/flat-bottom", test_flat_bottom);
    g_test_add_func("/optimise/domain", test_domain);
    g_test_add_func("/optimise/not-converged", test_not_converged);
    g_test_add_func("/optimise/curvature", test_curvature);
    g_test_add_func("/optimise/refusals", test_refusals);
    return g_test_run();
}
