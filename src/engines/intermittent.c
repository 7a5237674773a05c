#include "engines/intermittent.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "engines/order.h"
#include "engines/philox.h"
#include "engines/quantile.h"

/* Counts what is in the series and finds where smoothing starts. */
static MwStatus
survey(const double *demand, size_t n, MwIntermittent *fit, double *first_interval,
       double *mean_interval)
{
    size_t last_demand = 0;

    for (size_t i = 0; i < n; i++) {
        if (isinf(demand[i]))
            return MW_NOT_FINITE;
        if (isnan(demand[i])) {
            fit->n_missing++;
            continue;
        }
        fit->n_known++;
        fit->n_negative += demand[i] < 0.0;
        if (demand[i] > 0.0) {
            if (fit->n_demands++ == 0) {
                fit->size = demand[i];
                *first_interval = (double)fit->n_known;
            }
            last_demand = fit->n_known;
        }
    }
    if (fit->n_known == 0)
        return MW_EMPTY;
    if (fit->n_demands > 0)
        *mean_interval = (double)last_demand / (double)fit->n_demands;
    return MW_OK;
}

static double
rate_of(const MwIntermittentOptions *options, const MwIntermittent *fit)
{
    const double a = options->alpha_interval;
    switch (options->method) {
    case MW_CROSTON:
        return fit->size / fit->interval;
    case MW_SBA:
        return (1.0 - a / 2.0) * fit->size / fit->interval;
    case MW_SBJ:
        return (1.0 - a / (2.0 - a)) * fit->size / fit->interval;
    case MW_TSB:
        return fit->size * fit->probability;
    }
    return NAN;
}

static void
smooth(double *value, double alpha, double seen)
{
    *value += alpha * (seen - *value);
}

/* The pass itself, from the first known period to the last. */
static void
run(const double *demand, size_t n, const MwIntermittentOptions *options, MwIntermittent *fit)
{
    const bool tsb = options->method == MW_TSB;
    size_t known = 0, since = 0, demands = 0;

    fit->rate = rate_of(options, fit);
    for (size_t i = 0; i < n; i++) {
        if (isnan(demand[i]))
            continue;
        const double seen = fmax(demand[i], 0.0);
        known++;
        since++;
        if (demands > 0) {
            fit->sse += (seen - fit->rate) * (seen - fit->rate);
            fit->n_errors++;
        }
        if (tsb && known > 1)
            smooth(&fit->probability, options->alpha_interval, seen > 0.0);
        if (seen > 0.0) {
            /* The first demand is where size and interval start. */
            if (demands++ > 0) {
                smooth(&fit->size, options->alpha_size, seen);
                if (!tsb)
                    smooth(&fit->interval, options->alpha_interval, (double)since);
            }
            since = 0;
        }
        if (tsb || since == 0)
            fit->rate = rate_of(options, fit);
    }
}

MwStatus
mw_intermittent(const double *demand, size_t n, const MwIntermittentOptions *options,
                MwIntermittent *out)
{
    if (!(options->alpha_size > 0.0 && options->alpha_size <= 1.0) ||
        !(options->alpha_interval > 0.0 && options->alpha_interval <= 1.0))
        return MW_OUT_OF_RANGE;

    MwIntermittent fit = { 0 };
    double first = 0.0, mean = 0.0;
    const MwStatus status = survey(demand, n, &fit, &first, &mean);
    if (status != MW_OK)
        return status;
    if (fit.n_demands > 0) {
        const bool from_mean = options->start == MW_START_MEAN;
        if (options->method == MW_TSB)
            fit.probability =
                from_mean ? (double)fit.n_demands / (double)fit.n_known : (first == 1.0);
        else
            fit.interval = from_mean ? mean : first;
        run(demand, n, options, &fit);
        if (options->method != MW_TSB)
            fit.probability = 1.0 / fit.interval;
        if (!isfinite(fit.rate) || !isfinite(fit.sse))
            return MW_OUT_OF_RANGE;
    }
    *out = fit;
    return MW_OK;
}

/* The sizes seen, ascending. */
static size_t
collect_sizes(const double *demand, size_t n, double *sizes)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (demand[i] > 0.0)
            sizes[count++] = demand[i];
    mw_sort(sizes, count);
    return count;
}

/* The smallest value that a period stays at or below with chance `level`. */
static double
period_quantile(const double *sizes, size_t count, double probability, double level)
{
    if (level <= 1.0 - probability)
        return 0.0;
    const double rank = ceil((level - (1.0 - probability)) / probability * (double)count);
    return sizes[rank < 1.0 ? 0 : rank > (double)count ? count - 1 : (size_t)rank - 1];
}

static double
draw_total(const double *sizes, size_t count, double probability, const MwSpreadOptions *options,
           uint64_t draw)
{
    double total = 0.0, u[2];

    for (size_t h = 0; h < options->horizon; h++) {
        mw_uniform_pair(options->seed, options->stream, draw * options->horizon + h, u);
        if (u[0] < probability)
            total += sizes[(size_t)(u[1] * (double)count)];
    }
    return total;
}

MwStatus
mw_intermittent_spread(const double *demand, size_t n, const MwIntermittent *fit,
                       const MwSpreadOptions *options, MwSpread *out)
{
    if (options->horizon < 1 || options->horizon > 1000 || options->draws < 100 ||
        options->draws > 1000000 || !(options->low > 0.0) || !(options->low <= options->high) ||
        !(options->high < 1.0) || !(fit->probability >= 0.0 && fit->probability <= 1.0) ||
        !isfinite(fit->rate))
        return MW_OUT_OF_RANGE;
    if (fit->rate == 0.0) {
        *out = (MwSpread){ 0 };
        return MW_OK;
    }

    double *sizes = malloc((n + options->draws) * sizeof *sizes), *totals = sizes + n;
    if (!sizes)
        return MW_NO_MEMORY;
    const size_t count = collect_sizes(demand, n, sizes);
    if (count == 0) {
        free(sizes);
        return MW_BAD_SHAPE;
    }
    double mean = 0.0;
    for (size_t i = 0; i < count; i++)
        mean += sizes[i] / (double)count;
    for (size_t i = 0; i < count; i++)
        sizes[i] *= fit->rate / fit->probability / mean;
    for (uint32_t d = 0; d < options->draws; d++)
        totals[d] = draw_total(sizes, count, fit->probability, options, d);
    mw_sort(totals, options->draws);

    *out = (MwSpread){
        .period_low = period_quantile(sizes, count, fit->probability, options->low),
        .period_high = period_quantile(sizes, count, fit->probability, options->high),
        .total_low = mw_quantile(totals, options->draws, options->low),
        .total_high = mw_quantile(totals, options->draws, options->high),
    };
    free(sizes);
    return MW_OK;
}
