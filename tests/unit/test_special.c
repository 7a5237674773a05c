/* special: against closed forms and differences. */
#include <glib.h>
#include <math.h>

#include "engines/special.h"

#define near g_assert_cmpfloat_with_epsilon

static void
near_ratio(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        g_error("%.15g is not %.15g within %g", value, expected, relative);
}

static void
test_special(void)
{
    near(mw_digamma(1.0), -0.57721566490153286, 1e-14); /* -gamma */
    near(mw_digamma(0.25), -4.2274535333762654, 1e-13); /* -gamma - pi/2 - 3 ln 2 */
    near(mw_digamma(100.0), 4.6001618527380874, 1e-14);
    /* F(1, 1; 2; z) = -ln(1 - z) / z; F(1, b; b + 1; z) at b = 1/2: atanh(sqrt z) / sqrt z. */
    const double z[] = { 0.0, 1e-9, 0.1, 0.5, 0.89, 0.91, 0.999, 0.9999999 };
    for (size_t i = 1; i < G_N_ELEMENTS(z); i++) {
        near_ratio(mw_hyper_1(1.0, 2.0, z[i]).value, -log1p(-z[i]) / z[i], i < 6 ? 1e-13 : 1e-10);
        near_ratio(mw_hyper_1(0.5, 1.5, z[i]).value, atanh(sqrt(z[i])) / sqrt(z[i]), 1e-9);
    }
    near(mw_hyper_1(1.0, 2.0, 0.0).value, 1.0, 1e-16);
    /* Derivatives against differences, on both sides of the change of method. */
    for (double at = 0.3; at < 1.0; at += 0.32) {
        double h = 1e-5, b = 1.7, c = 3.1;
        MwHyper f = mw_hyper_1(b, c, at);
        near(f.by_b, (mw_hyper_1(b + h, c, at).value - mw_hyper_1(b - h, c, at).value) / (2 * h),
             1e-8);
        near(f.by_c, (mw_hyper_1(b, c + h, at).value - mw_hyper_1(b, c - h, at).value) / (2 * h),
             1e-8);
        near(f.by_z, (mw_hyper_1(b, c, at + h).value - mw_hyper_1(b, c, at - h).value) / (2 * h),
             1e-6);
    }
    g_assert_true(isnan(mw_hyper_1(1.0, 2.0, 1.0 - 1e-15).value));
    /* F(1, 1; 2; z) = 1 + z / 2 * rest. */
    near(1.0 + 0.25 * mw_hyper_rest(1.0, 1.0, 2.0, 0.5, 0.0), 2.0 * M_LN2, 1e-14);
    g_assert_true(isnan(mw_hyper_rest(1.0, 1.0, 2.0, 1.0 - 1e-12, 0.0)));
    double sum = 0.0;
    for (size_t i = 0; i < 8; i++)
        sum += 2.0 * mw_gauss_weights[i] * pow(mw_gauss_nodes[i], 30.0);
    near(sum, 2.0 / 31.0, 1e-15); /* the highest power that 16 points integrate exactly */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/special", test_special);
    return g_test_run();
}
