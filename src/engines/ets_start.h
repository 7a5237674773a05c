#pragma once
/* ets_start: where smoothing starts; private to ets.c and ets_classical.c. */
#include "engines/ets.h"

/* A line through points (1, y[0]), (2, y[1]), …, NaN left out; slope 0 through one point. */
void mw_ets_line(const double *y, size_t n, double *intercept, double *slope);

/*
 * Season of the first n values (n >= 2 period) by centred moving average, mean 0 or 1: what
 * is left of each phase, averaged; a phase without a value is neutral. `trend`, of n values, is the moving
 * average, NaN where it does not reach; R's decompose().
 */
void mw_ets_season(const double *y, size_t n, unsigned period, bool multiplicative, double *trend,
                   double *season);

/* The model exists and the values are fit for it; counts the known ones. */
MwStatus mw_ets_check(const double *y, size_t n, const MwEtsModel *model, size_t *n_known);
