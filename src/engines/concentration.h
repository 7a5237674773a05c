#pragma once
/*
 * concentration: how much of a total hangs on how few.
 *
 * Lorenz curve, Gini coefficient, Herfindahl–Hirschman index, the share of the largest, how
 * many make a share. See docs/methods/concentration.md.
 */
#include <stddef.h>

#include "engines/status.h"

typedef struct {
    size_t n;              /* values counted: zero or more                                   */
    double total;          /* of those                                                       */
    size_t negative_n;     /* values below zero: not counted above, reported here            */
    double negative_total; /* of those, 0 or less                                            */
    double gini;           /* sum (2 i - n - 1) x_(i) / (n total), 0..1 - 1/n (Sen, "On
                              Economic Inequality", 1973, ch. 2)                             */
    double gini_corrected; /* times n / (n - 1), 0..1 (Deltas, Rev. Econ. Stat. 85, 2003);
                              0 for n = 1                                                    */
    size_t top_n;          /* the first ceil(top * n)                                        */
    double top_share;      /* and their share of the total, 0..1                             */
    size_t n_for_share;    /* the fewest whose values reach `share` of the total             */
    double hhi;            /* sum of squared shares, 1/n..1 (Hirschman 1945, Herfindahl 1950) */
} MwConcentration;

/*
 * Of values[0..n-1], which are sorted in place, ascending; `top` and `share` lie in (0, 1], 0.2
 * and 0.8 by custom. MW_EMPTY (no value of zero or more), MW_NOT_FINITE, MW_OUT_OF_RANGE (top
 * or share, or the total is too large for a double), MW_NO_SOLUTION (the total is zero: there
 * are no shares of nothing). A refusal may have sorted the values. O(n log n).
 */
MwStatus mw_concentration(double *values, size_t n, double top, double share, MwConcentration *out);

/*
 * The Lorenz curve through `points` + 1 points: x[k] = k / points of the customers, from the
 * smallest, own y[k] of the total; linear between customers. `sorted` as left by
 * mw_concentration(); negative values are left out. x and y have room for points + 1.
 * Errors as above, and MW_EMPTY when points is 0. O(n).
 */
MwStatus mw_lorenz(const double *sorted, size_t n, size_t points, double *x, double *y);
