#pragma once
/*
 * classify: customers into classes by several indicators at once.
 *
 * Weights (given, by pairwise comparison, by entropy), one score a customer (TOPSIS or a
 * weighted sum), classes by quota or by thresholds. Works over the caller's memory and
 * allocates nothing; what it needs besides is on the stack. For what it means and when not to
 * trust it see docs/methods/classification.md.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engines/status.h"

enum {
    MW_AHP_CRITERIA = 15, /* as far as the table of random indices goes */
    MW_INDICATORS = 256,  /* columns at most                            */
    MW_CLASSES = 26,      /* A to Z                                     */
};

/* ---- The table ---- */

typedef enum { MW_MORE_IS_BETTER, MW_LESS_IS_BETTER } MwDirection;

/* Customers and their indicators; borrowed. */
typedef struct {
    const double *values; /* column-major: indicator j of customer i is values[j * rows + i]  */
    size_t rows;          /* customers, 1 or more                                             */
    size_t columns;       /* indicators, 1..MW_INDICATORS                                     */
    const MwDirection *directions; /* one a column; NULL: more is better in all               */
} MwIndicators;

/*
 * Puts the mean of the column's known values in the place of each NaN, so that what nobody has
 * measured neither helps nor hurts; `filled` (may be NULL) is how many. The functions below
 * refuse NaN. MW_EMPTY when nothing is known, MW_NOT_FINITE on an infinity. O(n).
 */
MwStatus mw_fill_missing(double *column, size_t n, size_t *filled);

/* ---- Weights ---- */

/* How priorities come out of a matrix of pairwise comparisons. */
typedef enum {
    MW_AHP_EIGENVECTOR,    /* principal eigenvector: Saaty, J. Math. Psych. 15, 1977, eq. (3)   */
    MW_AHP_GEOMETRIC_MEAN, /* of each row: Crawford & Williams, J. Math. Psych. 29, 1985        */
    MW_AHP_ROW_MEAN,       /* mean over the columns, each divided by its sum: Saaty, "The
                              Analytic Hierarchy Process", 1980, ch. 1                        */
} MwAhpMethod;

/* How far the comparisons contradict each other. */
typedef struct {
    double lambda_max;   /* the eigenvalue; for the two means, the mean of (Aw)_i / w_i       */
    double index;        /* CI = (lambda_max - n) / (n - 1); 0 for n <= 2                     */
    double random_index; /* RI, the mean CI of random matrices; Saaty's table for n <= 15     */
    double ratio;        /* CR = CI / RI; 0 for n <= 2. Above 0.10 ask again.                 */
} MwConsistency;

/*
 * Weights, of sum 1, from `matrix` (n x n, row-major; entry ij says how much more i matters
 * than j). Entries are positive, the diagonal is 1, and ij times ji is 1 within 5 % (people
 * write 0.33 for 1/3). MW_EMPTY, MW_TOO_LARGE (n above MW_AHP_CRITERIA), MW_NOT_FINITE,
 * MW_OUT_OF_RANGE (not positive, or above 1e9), MW_BAD_SHAPE (not reciprocal),
 * MW_NOT_CONVERGED. O(n^2) an iteration.
 */
MwStatus mw_ahp_weights(const double *matrix, size_t n, MwAhpMethod method, double *weights,
                        MwConsistency *consistency);

/*
 * Weights, of sum 1, by Shannon's entropy (Hwang & Yoon, Multiple Attribute Decision Making,
 * 1981, ch. 3.1.2): the more an indicator tells customers apart, the more it weighs. With
 * p_i = x_i / sum x: E = -sum p ln p / ln rows, weight in proportion to 1 - E. Directions play
 * no part. A column with a negative value is shifted so that its least is 0. A constant column
 * weighs 0; if all are (or there is one customer) all weigh the same.
 * MW_EMPTY, MW_TOO_LARGE, MW_NOT_FINITE. O(rows * columns) logarithms.
 */
MwStatus mw_entropy_weights(const MwIndicators *table, double *weights);

/* ---- Scores ---- */

typedef enum {
    MW_SCALE_VECTOR, /* divide a column by its Euclidean length, as TOPSIS does */
    MW_SCALE_NONE,   /* columns are comparable as they are                      */
} MwScaling;

/*
 * scores[i] in [0, 1], higher is better. `weights`: one a column, >= 0, with a sum above 0;
 * their scale does not matter. Both: MW_EMPTY, MW_TOO_LARGE, MW_NOT_FINITE, MW_OUT_OF_RANGE
 * (a weight). Equal rows have bitwise equal scores. O(rows * columns), two passes.
 *
 * TOPSIS (Hwang & Yoon 1981, ch. 3.4.1): the distance to the worst seen, over the sum of the
 * distances to the worst and to the best. Rows that are all equal score 0.5.
 */
MwStatus mw_topsis(const MwIndicators *table, const double *weights, MwScaling scaling,
                   double *scores);
/*
 * Weighted mean of indicators that are stretched to [0, 1], 0 the worst seen and 1 the best
 * (simple additive weighting; Hwang & Yoon 1981, ch. 3.3.2). A constant column counts 0.5.
 */
MwStatus mw_weighted_sum(const MwIndicators *table, const double *weights, double *scores);

/* ---- Classes ---- */

/*
 * Classes by quota: class 0 is the best shares[0] of the customers, and so on. `shares`: k of
 * them, >= 0, with a sum above 0; they are divided by it. The cut after class j comes after
 * customer number floor(n * (shares[0] + ... + shares[j]) + 0.5) from the top. Who ties with
 * the last one above a cut (score within 1e-12 of the largest absolute score) goes up with it:
 * no tie is split, and it is decided in favour of the customer.
 *
 * `work`: n doubles of the caller, overwritten. `classes`: n numbers 0..k-1. `counts`: k, may
 * be NULL. MW_EMPTY (n or k is 0), MW_TOO_LARGE (k above MW_CLASSES), MW_NOT_FINITE,
 * MW_OUT_OF_RANGE (a share). O(n k) on average.
 */
MwStatus mw_quota_classes(const double *scores, size_t n, const double *shares, size_t k,
                          double *work, uint8_t *classes, size_t *counts);

/*
 * Classes by thresholds, k - 1 of them, descending: class 0 scores at least thresholds[0], and
 * so on; class k - 1 is the rest. Errors as above; MW_OUT_OF_RANGE also when not descending.
 */
MwStatus mw_threshold_classes(const double *scores, size_t n, const double *thresholds, size_t k,
                              uint8_t *classes, size_t *counts);
