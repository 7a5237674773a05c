#include "engines/special.h"

#include <float.h>
#include <math.h>

double
mw_log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

double
mw_digamma(double x)
{
    double sum = 0.0;
    for (; x < 10.0; x += 1.0)
        sum -= 1.0 / x;
    double y = 1.0 / (x * x);
    /* Bernoulli numbers over 2 k: 1/12, -1/120, 1/252, -1/240, 1/132, -691/32760, 1/12. */
    double series =
        y *
        (1.0 / 12 -
         y * (1.0 / 120 -
              y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132 - y * (691.0 / 32760 - y / 12))))));
    return sum + log(x) - 0.5 / x - series;
}

/* F = 1 / (1 - d1 z / (1 - d2 z / (1 - ...))) by Lentz's way (Thompson & Barnett 1986). */
static double
continued_fraction(double b, double c, double z)
{
    double f = 1.0, C = 1.0, D = 0.0;
    for (unsigned m = 1; m <= 100000; m++) {
        double k = (double)(m / 2), d;
        if (m % 2)
            d = (b + k) * (c + k - 1.0) / ((c + 2.0 * k - 1.0) * (c + 2.0 * k));
        else
            d = k * (c - b + k - 1.0) / ((c + 2.0 * k - 2.0) * (c + 2.0 * k - 1.0));
        D = 1.0 / (1.0 - d * z * D);
        C = 1.0 - d * z / C;
        f *= C * D;
        if (fabs(C * D - 1.0) < 1e-16 + DBL_EPSILON)
            return 1.0 / f;
    }
    return NAN;
}

static MwHyper
hyper_near_one(double b, double c, double z)
{
    double value = continued_fraction(b, c, z);
    /* The steps keep b below c. */
    double hb = 1e-5 * fmin(b, c - b), hc = 1e-5 * fmin(c, c - b);
    return (MwHyper){
        .value = value,
        .by_b = (continued_fraction(b + hb, c, z) - continued_fraction(b - hb, c, z)) / (2.0 * hb),
        .by_c = (continued_fraction(b, c + hc, z) - continued_fraction(b, c - hc, z)) / (2.0 * hc),
        /* From the differential equation of F(1, b; c; z). */
        .by_z = (c - 1.0 - (c - 1.0 - b * z) * value) / (z * (1.0 - z)),
    };
}

MwHyper
mw_hyper_1(double b, double c, double z)
{
    if (z > 0.9)
        return hyper_near_one(b, c, z);
    double term = 1.0, log_b = 0.0, log_c = 0.0; /* log_*: of the term, differentiated */
    MwHyper f = { .value = 1.0 };
    /* The next factor does not wait for the term: divisions overlap. */
    for (double k = 0.0; term > 1e-17 * f.value; k += 1.0) {
        double inverse = 1.0 / ((b + k) * (c + k)), factor = (b + k) * ((b + k) * inverse);
        log_b += (c + k) * inverse;
        log_c -= (b + k) * inverse;
        f.by_z += term * (factor * (k + 1.0));
        term *= factor * z;
        f.value += term;
        f.by_b += term * log_b;
        f.by_c += term * log_c;
    }
    return f;
}

double
mw_hyper_rest(double a, double b, double c, double z, double scale)
{
    /* A term can pass what a double holds before the scale brings the sum down again. */
    double term = 1.0, sum = 1.0, shift = 0.0;
    for (unsigned i = 0; i < 1000000; i++) {
        double k = (double)i + 1.0;
        double ratio = (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        term *= ratio;
        sum += term;
        if (fabs(term) > 0x1p900) {
            term *= 0x1p-900;
            sum *= 0x1p-900;
            shift += 900.0 * M_LN2;
        }
        double bound = fmax(fabs(ratio), fabs(z));
        if (bound < 1.0 && fabs(term) <= DBL_EPSILON * 0.25 * fabs(sum) * (1.0 - bound))
            return sum * exp(shift - scale);
    }
    return NAN;
}

const double mw_gauss_nodes[8] = { 0.0950125098376374402, 0.2816035507792589132,
                                   0.4580167776572273863, 0.6178762444026437484,
                                   0.7554044083550030339, 0.8656312023878317439,
                                   0.9445750230732325761, 0.9894009349916499326 };
const double mw_gauss_weights[8] = { 0.1894506104550684963, 0.1826034150449235889,
                                     0.1691565193950025382, 0.1495959888165767321,
                                     0.1246289712555338720, 0.0951585116824927848,
                                     0.0622535239386478929, 0.0271524594117540949 };
