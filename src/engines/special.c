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

/* A number with its derivatives by b and by c. */
typedef struct {
    double v, b, c;
} Dual;

/* The coefficient number m of 1 / (1 - d1 z / (1 - d2 z / (1 - ...))), times -z. */
static Dual
coefficient(unsigned m, double b, double c, double z)
{
    double k = (double)(m / 2), sign = m % 2 ? 1.0 : -1.0;
    double below = m % 2 ? c + 2.0 * k : c + 2.0 * k - 2.0, other = c + 2.0 * k - 1.0;
    double first = m % 2 ? b + k : c - b + k - 1.0; /* moves with b by `sign` */
    double second = m % 2 ? c + k - 1.0 : k;
    if (m == 1) /* c - 1 is above and below */
        return (Dual){ -z * b / c, -z / c, z * b / (c * c) };
    double inverse = -z / (below * other), moved = second * inverse;
    double by_c = (m % 2 ? first : second) * inverse;
    double value = first * moved;
    return (Dual){ value, sign * moved, by_c - value * (below + other) / (below * other) };
}

/* now + e * before */
static Dual
advance(Dual now, Dual e, Dual before)
{
    return (Dual){ now.v + e.v * before.v, now.b + e.b * before.v + e.v * before.b,
                   now.c + e.c * before.v + e.v * before.c };
}

static Dual
scaled(Dual d, double factor)
{
    return (Dual){ d.v * factor, d.b * factor, d.c * factor };
}

static Dual
quotient(Dual over, Dual under)
{
    double q = over.v / under.v;
    return (Dual){ q, (over.b - q * under.b) / under.v, (over.c - q * under.c) / under.v };
}

/* By the recurrence of numerators and denominators, brought back to size at every turn. */
static MwHyper
hyper_near_one(double b, double c, double z)
{
    Dual a0 = { .v = 1.0 }, a1 = { .v = 1.0 }, b0 = { .v = 0.0 }, b1 = { .v = 1.0 };
    Dual f = { .v = 1.0 };
    for (unsigned m = 1; m <= 100000; m++) {
        Dual e = coefficient(m, b, c, z), a2 = advance(a1, e, a0), b2 = advance(b1, e, b0);
        double factor = 1.0 / a2.v;
        a0 = scaled(a1, factor);
        b0 = scaled(b1, factor);
        a1 = scaled(a2, factor);
        b1 = scaled(b2, factor);
        Dual next = quotient(b1, a1);
        if (fabs(next.v - f.v) <= DBL_EPSILON * fabs(next.v) &&
            fabs(next.b - f.b) <= 1e-13 * fabs(next.b) &&
            fabs(next.c - f.c) <= 1e-13 * fabs(next.c))
            return (MwHyper){ .value = next.v,
                              .by_b = next.b,
                              .by_c = next.c,
                              /* From the differential equation of F(1, b; c; z). */
                              .by_z = (c - 1.0 - (c - 1.0 - b * z) * next.v) / (z * (1.0 - z)) };
        f = next;
    }
    return (MwHyper){ NAN, NAN, NAN, NAN };
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
