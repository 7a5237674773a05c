#pragma once
/*
 * pipeline: what the open deals will bring: the weighted sum, and how far from it
 * the outcome may lie, since each deal is won whole or not at all.
 *
 * Deals are taken as independent, with known probabilities: the spread is that of luck
 * alone. See docs/methods/pipeline-forecast.md.
 */
#include <stddef.h>
#include <stdint.h>

#include "engines/status.h"

typedef struct {
    double rate;      /* won / (won + lost)                                     */
    double low, high; /* 95 % interval of the true rate; Wilson, JASA 22, 1927  */
} MwWinRate;

/* MW_EMPTY when nothing was decided yet. */
MwStatus mw_win_rate(uint64_t won, uint64_t lost, MwWinRate *out);

/*
 * The rate drawn towards `prior` (0..1) as if that were the experience of `weight` (> 0) deals more:
 * (won + weight * prior) / (won + lost + weight), the mean of a beta distribution after seeing the deals. Gelman et al.,
 * Bayesian Data Analysis, 3rd ed., CRC Press 2013, section 2.4. MW_NOT_FINITE, MW_OUT_OF_RANGE.
 */
MwStatus mw_win_rate_shrunk(uint64_t won, uint64_t lost, double prior, double weight, double *out);

typedef struct {
    double amount;      /* any sign, in one currency */
    double probability; /* to be won, 0..1           */
    uint32_t group;     /* 0..n_groups-1             */
} MwDeal;

enum { MW_PIPELINE_LEVELS = 8, MW_PIPELINE_DRAWS_MAX = 10000000, MW_PIPELINE_DEALS_MAX = 10000000 };

typedef struct {
    uint32_t draws; /* 100..MW_PIPELINE_DRAWS_MAX */
    uint64_t seed;
    size_t n_levels;                   /* 0..MW_PIPELINE_LEVELS            */
    double levels[MW_PIPELINE_LEVELS]; /* quantiles to take, each in (0, 1) */
} MwPipelineOptions;

typedef struct {
    size_t n_deals;
    double amount;                        /* if all are won                     */
    double weighted;                      /* exact mean: sum of probability x amount */
    double sd;                            /* exact: root of the sum of p (1 - p) amount^2 */
    double mean, standard_error;          /* of the draws; a check on `weighted` */
    double quantiles[MW_PIPELINE_LEVELS]; /* of the draws, at the levels */
} MwPipelineGroup;

/*
 * Fills out[0..n_groups-1], a group each, and out[n_groups], all of them. Draw d of deal
 * i is number d of stream i (philox.h), so that the same seed gives the same result
 * however the work is split. MW_EMPTY without deals, MW_NOT_FINITE, MW_OUT_OF_RANGE for
 * a probability, group, level or number of draws, MW_TOO_LARGE, MW_NO_MEMORY. Allocates two
 * numbers a draw and one a deal while it runs. O(draws * (deals + groups log draws)).
 */
MwStatus mw_pipeline_forecast(const MwDeal *deals, size_t n_deals, size_t n_groups,
                              const MwPipelineOptions *options, MwPipelineGroup *out);
