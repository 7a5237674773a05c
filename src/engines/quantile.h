#pragma once
/* quantile: of numbers that are sorted already. */
#include <stddef.h>

/* For qsort(); no NaN. */
static inline int
mw_compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

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
