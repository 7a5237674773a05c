#pragma once
/*
 * optimise: the least value of a smooth function of a few variables.
 *
 * Two ways, for any caller: a simplex that needs values alone (Nelder & Mead, Computer Journal
 * 7, 1965) and a quasi-Newton that needs gradients (BFGS; Nocedal & Wright, Numerical
 * Optimization, 2nd ed. 2006, algorithm 6.1). Bounds are the caller's: search the logarithm
 * of what must be positive, the logit of what must lie in (0, 1), and answer INFINITY (or NaN)
 * outside of a domain; the search steps back from there.
 *
 * Nothing is allocated; the work space is on the stack (about 10 KiB).
 */
#include <stdbool.h>
#include <stddef.h>

#include "engines/status.h"

enum { MW_OPTIMISE_VARIABLES = 24 }; /* the most that one search takes */

/*
 * The function to make small, at x[0..n-1]. Where `gradient` is not NULL the n partial
 * derivatives go there too; mw_minimise_simplex(), and whoever sets `differences`, never asks.
 */
typedef double (*MwObjective)(const double *x, double *gradient, void *data);

/* Zero members mean the defaults. */
typedef struct {
    unsigned iterations; /* at most; default 500 a variable (simplex), 200 (BFGS)             */
    double tolerance;    /* relative; default 1e-10 of the value (simplex), 1e-7 of the scaled
                            gradient (BFGS)                                                   */
    double step;         /* simplex: edge of the first one; BFGS: longest first step;
                            default 0.5 of each variable's max(|x|, 1) (simplex), 1 (BFGS)    */
    double flat;         /* BFGS: three steps in a row that each gain less than this end the search;
                            default 0, none does. For likelihoods that rise for ever, ever less */
    bool differences;    /* BFGS: take central differences; the function gives no gradient    */
    const double *inverse_curvature; /* BFGS: first guess of the inverse Hessian, n x n,
                            symmetric, positive definite; NULL: a multiple of the identity    */
} MwOptimiseOptions;

typedef struct {
    double value; /* of the function at x                                             */
    unsigned iterations;
    unsigned evaluations; /* of the function, with or without its gradient                    */
    bool converged;       /* false: the limit of iterations came first, or no step made the
                             value smaller while the gradient was not yet flat                */
} MwOptimum;

/*
 * Both start at x[0..n-1] and write the best point found there. MW_OK also when the search
 * did not converge: `out->converged` says so, and the caller decides. Refusals leave x and out
 * as they were: MW_EMPTY (n is 0), MW_TOO_LARGE (n above MW_OPTIMISE_VARIABLES), MW_NOT_FINITE
 * (the start, or the function there). `options` may be NULL. The same input gives the same
 * output. Cost: a few evaluations a step; O(n^2) arithmetic besides.
 */
MwStatus mw_minimise_simplex(MwObjective function, void *data, double *x, size_t n,
                             const MwOptimiseOptions *options, MwOptimum *out);
MwStatus mw_minimise_bfgs(MwObjective function, void *data, double *x, size_t n,
                          const MwOptimiseOptions *options, MwOptimum *out);

/*
 * The matrix of second derivatives at x, n x n, made symmetric, by central differences of the
 * gradient (of the values when `differences`), with steps of 1e-4 max(|x|, 1) (1e-3 of values).
 * MW_NOT_FINITE when the function or a gradient is not finite around x.
 */
MwStatus mw_hessian(MwObjective function, void *data, const double *x, size_t n, bool differences,
                    double *hessian);

/*
 * Turns a symmetric matrix n x n into its inverse, in place, by Cholesky's factors. The inverse
 * of minus the Hessian of a log-likelihood is the covariance of the estimates. MW_NOT_IDENTIFIED
 * when it is not positive definite (a pivot below 1e-12 of its diagonal entry).
 */
MwStatus mw_invert_positive(double *matrix, size_t n);
