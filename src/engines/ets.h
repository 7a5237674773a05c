#pragma once
/*
 * ets: exponential smoothing: level, trend and season that follow the series.
 *
 * One recursion for all: with q = level + phi trend and the error r = y - forecast,
 *     level  = q         + alpha r / (season if it multiplies, else 1)
 *     trend  = phi trend + beta  r / (season if it multiplies, else 1)
 *     season = season    + gamma r / (q if the season multiplies, else 1)
 * which is the error-correction form of Hyndman, Koehler, Ord, Snyder, "Forecasting with
 * Exponential Smoothing", 2008, table 2.1 (so beta is alpha times Holt's beta). Whether the error
 * adds or multiplies changes likelihood and spread, not this. The usual bounds, as in R's
 * package forecast: 0.0001 <= alpha <= 0.9999, 0.0001 <= beta <= alpha,
 * 0.0001 <= gamma <= 1 - alpha, 0.8 <= phi <= 0.98.
 *
 * One value a period, oldest first. NaN is a period that nobody knows: the states
 * move on without an error. docs/methods/forecasting.md.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engines/status.h"

enum {
    MW_ETS_PERIOD_MAX = 366,      /* with classical starts                      */
    MW_ETS_PERIOD_ESTIMATED = 18, /* where the starting season is estimated too */
    MW_ETS_VALUES_MAX = 100000,
};

typedef enum { MW_ETS_NO_SEASON, MW_ETS_ADDITIVE, MW_ETS_MULTIPLICATIVE } MwEtsSeason;

/* With a season that multiplies the error must too, and all values be above 0. */
typedef struct {
    bool multiplicative_error;
    bool trend, damped; /* damped only with a trend */
    MwEtsSeason season;
    unsigned period; /* periods of a season, 2 and up; read only with a season */
} MwEtsModel;

typedef enum {
    MW_ETS_LIKELIHOOD, /* n log(sum e^2) + 2 sum log|f|, book eq. 5.3 */
    MW_ETS_SQUARES,    /* sum of r^2, as R's ses(), holt(), hw()      */
} MwEtsCriterion;

typedef struct {
    MwEtsModel model;
    double alpha, beta, gamma, phi;                    /* those that the model lacks: 0, phi 1 */
    double level0, trend0, season0[MW_ETS_PERIOD_MAX]; /* before the first value */
    double level, trend, season[MW_ETS_PERIOD_MAX];    /* after the last         */
    /* Period t (0 = first) has season [t % period]. */
    size_t n, n_known;
    size_t n_parameters; /* estimated from the data, the variance not counted */
    double sse;          /* sum of r^2 */
    double variance;     /* of the model's error: sum e^2 / (known - parameters) */
    /* Up to a constant of n, as R prints them; NaN with classical starts. aicc is infinite with
     * too few values. */
    double log_likelihood, aic, aicc;
    bool converged;
} MwEts;

/*
 * Fits one model, its starting states estimated as well, by BFGS from several starts.
 * `phi` 0: estimated, else as given (0.8..0.98). MW_EMPTY without known values, MW_NOT_FINITE for
 * an infinity, MW_BAD_SHAPE for a model that does not exist, MW_OUT_OF_RANGE for values <= 0 with
 * anything that multiplies, or beyond 1e100, MW_NOT_IDENTIFIED with fewer known values than
 * parameters + 1 or (with a season) than two seasons, MW_TOO_LARGE for period or n, MW_NO_MEMORY:
 * allocates three numbers a value while it runs. O(n) a step.
 */
MwStatus mw_ets_fit(const double *y, size_t n, const MwEtsModel *model, MwEtsCriterion criterion,
                    double phi, MwEts *out);

/*
 * Runs a model over a series with what is given: model, alpha to phi, level0, trend0,
 * season0, n_parameters; fills in the rest but `converged`. For known parameters, or a
 * fit on other data. Errors as above, and MW_OUT_OF_RANGE when the states leave what the model allows. O(n).
 */
MwStatus mw_ets_run(const double *y, size_t n, MwEts *ets);

/*
 * The model with the least AICc among no trend, trend and damped trend, with error of both kinds
 * and, if period > 1, no season and seasons of both kinds; what the data do not allow is
 * left out. Errors as above, when no model is left.
 */
MwStatus mw_ets_choose(const double *y, size_t n, unsigned period, MwEts *out);

/*
 * Classical Holt and Winters: starts by formula, least squares for the smoothing constants only, which
 * lie in [0, 1] each in Holt's form. Level: the first value; trend: the second
 * less the first; with a season: line through the moving average of the first two seasons,
 * season from what is left (Winters, Management Science 6, 1960; as R's HoltWinters(), whose
 * beta is beta / alpha here and whose gamma is gamma / (1 - alpha)). The errors count after the
 * starting values. No NaN: MW_NOT_FINITE. A season that multiplies is
 * smoothed by y / level after the level, as there. damped is MW_BAD_SHAPE.
 */
MwStatus mw_ets_classical(const double *y, size_t n, const MwEtsModel *model, MwEts *out);

/* Point forecasts of the coming `horizon` periods, states moved on without errors. */
void mw_ets_forecast(const MwEts *fit, size_t horizon, double *out);

typedef struct {
    double coverage; /* 0 < c < 1: share of outcomes between lower and upper  */
    uint32_t draws;  /* 100..1,000,000; draws x horizon at most 50,000,000     */
    uint64_t seed, stream;
} MwEtsIntervalOptions;

/*
 * Where the coming values will lie. If neither error nor season multiplies: exact under normal
 * errors, variance (1 + sum c_j^2), book table 6.1; else quantiles of simulated paths
 * (philox.h, Box and Muller), which allocates draws x horizon numbers while it runs.
 * Uncertainty of the parameters is not counted, so the truth is somewhat wider. MW_OUT_OF_RANGE for the options,
 * MW_NOT_IDENTIFIED when the fit left no variance to go by, MW_NO_MEMORY. `simulated` may be NULL.
 */
MwStatus mw_ets_interval(const MwEts *fit, size_t horizon, const MwEtsIntervalOptions *options,
                         double *lower, double *upper, bool *simulated);
