#pragma once
/* ets_pass: one pass of the recursion over a series, and back; private to ets.c. */
#include "engines/ets.h"

typedef struct {
    double errors; /* sum of e^2                             */
    double logs;   /* sum of log f where the error multiplies */
} MwEtsSums;

/* The states before a value. */
typedef struct {
    double level, trend, season;
} MwEtsStep;

/*
 * From level0, trend0, season0 over ets->n values; fills in the last states, sse and sums. `steps` has room for
 * n, or is NULL. False when what multiplies stops being above 0.
 */
bool mw_ets_pass(const double *y, MwEts *ets, MwEtsSums *sums, MwEtsStep *steps);

/* What the criterion is made of: by_sse * sse + by_errors * errors + by_logs * logs, to first order. */
typedef struct {
    double by_sse, by_errors, by_logs;
} MwEtsWeights;

/* Its derivatives by parameters and starting states. */
typedef struct {
    double alpha, beta, gamma, phi, level0, trend0, season0[MW_ETS_PERIOD_ESTIMATED];
} MwEtsSlopes;

/* The chain rule from the last value to the first (adjoint states), along the steps of a pass. O(n). */
void mw_ets_pass_back(const double *y, const MwEts *ets, const MwEtsStep *steps,
                      const MwEtsWeights *weights, MwEtsSlopes *out);
