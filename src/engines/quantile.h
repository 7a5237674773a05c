#pragma once
/* quantile: of sorted numbers, and of the normal distribution. */
#include <math.h>
#include <stddef.h>

/* Linear between order statistics (Hyndman and Fan, The American Statistician 50, 1996,
 * definition 7): `level` 0 is the least, 1 the greatest. n >= 1. */
static inline double
mw_quantile(const double *ascending, size_t n, double level)
{
    const double at = level * (double)(n - 1);
    const size_t below = (size_t)at;

    if (below + 1 >= n)
        return ascending[n - 1];
    return ascending[below] + (at - (double)below) * (ascending[below + 1] - ascending[below]);
}

/* The value that a standard normal stays below with chance p, 0 < p < 1; to 1e-12 for p in
 * 1e-12..1 - 1e-12. Newton's method from the middle, where it approaches from one side. */
static inline double
mw_normal_quantile(double p)
{
    const double tail = p < 0.5 ? p : 1.0 - p;
    double z = 0.0;

    for (int i = 0; i < 60; i++) {
        const double excess = 0.5 * erfc(z * 0.7071067811865476) - tail;
        const double step = excess / (0.3989422804014327 * exp(-0.5 * z * z));
        z += step;
        if (!(fabs(step) > 1e-14))
            break;
    }
    return p < 0.5 ? -z : z;
}
