#pragma once
/*
 * intermittent: the rate of a demand that comes seldom (spare parts, projects).
 *
 * One pass, one value a period, oldest first. NaN is a period that nobody knows: it
 * is passed over and lengthens no interval. A negative value (a return, a
 * correction) is taken as no demand and counted, so that it can be reported.
 * See docs/methods/forecasting.md.
 */
#include <stddef.h>
#include <stdint.h>

#include "engines/status.h"

typedef enum {
    MW_CROSTON, /* size / interval; Croston, Operational Research Quarterly 23, 1972 */
    MW_SBA,     /* x (1 - a/2); Syntetos and Boylan, Int. J. Forecasting 21, 2005    */
    MW_SBJ,     /* x (1 - a/(2 - a)); Shale, Boylan, Johnston, JORS 57, 2006         */
    MW_TSB,     /* size x probability, which falls while nothing comes;
                   Teunter, Syntetos, Babai, EJOR 214, 2011                          */
} MwIntermittentMethod;

/* What the first interval (TSB: probability) is; it changes every digit. The first size is
 * that of the first demand, in both. */
typedef enum {
    MW_START_FIRST, /* number of the period of the first demand; TSB: 1 or 0, whether the
                       first period had a demand (tsintermittent "naive", R forecast)         */
    MW_START_MEAN,  /* mean interval; TSB: share of periods with demand ("mean")              */
} MwIntermittentStart;

typedef struct {
    MwIntermittentMethod method;
    MwIntermittentStart start;
    double alpha_size;     /* smoothing of the size, 0 < a <= 1                  */
    double alpha_interval; /* of the interval (TSB: of the probability), 0 < a <= 1 */
} MwIntermittentOptions;

typedef struct {
    double rate;        /* expected demand of any coming period                    */
    double size;        /* smoothed size of a demand, 0 when there never was one   */
    double interval;    /* smoothed periods from demand to demand; 0: none, or TSB */
    double probability; /* that a period has a demand: 1 / interval, or TSB's own  */
    double sse;         /* squares of the errors one period ahead                  */
    size_t n_errors;    /* periods in sse: those known after the first demand      */
    size_t n_known, n_demands, n_missing, n_negative;
} MwIntermittent;

/*
 * All zeros give a rate of 0; a single demand is smoothed from its start like any other.
 * MW_EMPTY when no period is known, MW_NOT_FINITE for an infinite value,
 * MW_OUT_OF_RANGE for a smoothing constant outside (0, 1] or a rate that overflows. O(n),
 * no allocation.
 */
MwStatus mw_intermittent(const double *demand, size_t n, const MwIntermittentOptions *options,
                         MwIntermittent *out);

/* How the coming demand spreads; all members are required but the seed. */
typedef struct {
    size_t horizon;        /* periods, 1..1,000               */
    double low, high;      /* levels, 0 < low <= high < 1     */
    uint32_t draws;        /* 100..1,000,000                  */
    uint64_t seed, stream; /* of the random numbers          */
} MwSpreadOptions;

typedef struct {
    double period_low, period_high; /* quantiles of one period; exact        */
    double total_low, total_high;   /* of the sum over the horizon; simulated */
} MwSpread;

/*
 * Croston's method has no prediction interval of its own. The model taken here: each
 * period has a demand with fit->probability, independent of the others; its size is one of
 * the sizes seen, equally likely, scaled so that the mean is fit->rate. Allocates
 * sizes and draws while it runs. Errors as above, and MW_OUT_OF_RANGE for the options. The
 * same seed and stream give the same result. O(n log n + draws * (horizon + log draws)).
 */
MwStatus mw_intermittent_spread(const double *demand, size_t n, const MwIntermittent *fit,
                                const MwSpreadOptions *options, MwSpread *out);
