#include "engines/pipeline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engines/order.h"
#include "engines/philox.h"
#include "engines/quantile.h"

MwStatus
mw_win_rate(uint64_t won, uint64_t lost, MwWinRate *out)
{
    const double n = (double)won + (double)lost, z = 1.959963984540054;
    if (n == 0.0)
        return MW_EMPTY;

    const double rate = (double)won / n, middle = (rate + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n));
    *out = (MwWinRate){ rate, fmax(middle - half, 0.0), fmin(middle + half, 1.0) };
    return MW_OK;
}

MwStatus
mw_win_rate_shrunk(uint64_t won, uint64_t lost, double prior, double weight, double *out)
{
    if (!isfinite(prior) || !isfinite(weight))
        return MW_NOT_FINITE;
    if (prior < 0.0 || prior > 1.0 || weight <= 0.0)
        return MW_OUT_OF_RANGE;
    *out = ((double)won + weight * prior) / ((double)won + (double)lost + weight);
    return MW_OK;
}

static MwStatus
check(const MwDeal *deals, size_t n_deals, size_t n_groups, const MwPipelineOptions *options)
{
    if (n_deals == 0)
        return MW_EMPTY;
    if (n_deals > MW_PIPELINE_DEALS_MAX || n_groups > MW_PIPELINE_DEALS_MAX)
        return MW_TOO_LARGE;
    if (options->draws < 100 || options->draws > MW_PIPELINE_DRAWS_MAX ||
        options->n_levels > MW_PIPELINE_LEVELS)
        return MW_OUT_OF_RANGE;
    for (size_t i = 0; i < options->n_levels; i++)
        if (!(options->levels[i] > 0.0 && options->levels[i] < 1.0))
            return MW_OUT_OF_RANGE;
    for (size_t i = 0; i < n_deals; i++) {
        if (!isfinite(deals[i].amount) || !isfinite(deals[i].probability))
            return MW_NOT_FINITE;
        if (!(fabs(deals[i].amount) <= 1e15) || deals[i].probability < 0.0 ||
            deals[i].probability > 1.0 || deals[i].group >= n_groups)
            return MW_OUT_OF_RANGE;
    }
    return MW_OK;
}

/* The deals' numbers, those of group 0 first; start[g] is where group g begins. */
static void
by_group(const MwDeal *deals, size_t n_deals, size_t n_groups, size_t *order, size_t *start)
{
    memset(start, 0, (n_groups + 2) * sizeof *start);
    for (size_t i = 0; i < n_deals; i++)
        start[deals[i].group + 2]++;
    for (size_t g = 2; g < n_groups + 2; g++)
        start[g] += start[g - 1];
    for (size_t i = 0; i < n_deals; i++)
        order[start[deals[i].group + 1]++] = i;
}

/* Adds a deal's outcome to the sum of each draw. */
static void
play(const MwDeal *deal, size_t number, const MwPipelineOptions *options, double *sums)
{
    double u[2];

    for (uint32_t d = 0; d < options->draws; d += 2) {
        mw_uniform_pair(options->seed, number, d / 2, u);
        if (u[0] < deal->probability)
            sums[d] += deal->amount;
        if (u[1] < deal->probability && d + 1 < options->draws)
            sums[d + 1] += deal->amount;
    }
}

/* Sorts the sums and tells their mean and quantiles. */
static void
tell(double *sums, const MwPipelineOptions *options, MwPipelineGroup *out)
{
    const double n = options->draws;
    double squares = 0.0;

    for (uint32_t d = 0; d < options->draws; d++)
        out->mean += sums[d] / n;
    for (uint32_t d = 0; d < options->draws; d++)
        squares += (sums[d] - out->mean) * (sums[d] - out->mean);
    out->standard_error = sqrt(squares / (n - 1.0) / n);
    mw_sort(sums, options->draws);
    for (size_t i = 0; i < options->n_levels; i++)
        out->quantiles[i] = mw_quantile(sums, options->draws, options->levels[i]);
}

static void
add(MwPipelineGroup *group, size_t n_deals, double amount, double weighted, double variance)
{
    group->n_deals += n_deals;
    group->amount += amount;
    group->weighted += weighted;
    group->sd = sqrt(group->sd * group->sd + variance);
}

MwStatus
mw_pipeline_forecast(const MwDeal *deals, size_t n_deals, size_t n_groups,
                     const MwPipelineOptions *options, MwPipelineGroup *out)
{
    const MwStatus status = check(deals, n_deals, n_groups, options);
    if (status != MW_OK)
        return status;
    const size_t draws = options->draws;
    size_t *order = malloc((n_deals + n_groups + 2) * sizeof *order), *start = order + n_deals;
    double *sums = malloc(2 * draws * sizeof *sums), *all = sums + draws;
    if (!order || !sums) {
        free(order);
        free(sums);
        return MW_NO_MEMORY;
    }

    memset(out, 0, (n_groups + 1) * sizeof *out);
    memset(all, 0, draws * sizeof *all);
    by_group(deals, n_deals, n_groups, order, start);
    for (size_t g = 0; g < n_groups; g++) {
        if (start[g] == start[g + 1])
            continue;
        memset(sums, 0, draws * sizeof *sums);
        for (size_t i = start[g]; i < start[g + 1]; i++) {
            const MwDeal *deal = &deals[order[i]];
            const double p = deal->probability, a = deal->amount;
            add(&out[g], 1, a, p * a, p * (1 - p) * a * a);
            play(deal, order[i], options, sums);
        }
        for (size_t d = 0; d < draws; d++)
            all[d] += sums[d];
        tell(sums, options, &out[g]);
        add(&out[n_groups], out[g].n_deals, out[g].amount, out[g].weighted, out[g].sd * out[g].sd);
    }
    tell(all, options, &out[n_groups]);
    free(order);
    free(sums);
    return MW_OK;
}
