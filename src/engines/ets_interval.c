/* ets_interval: what comes after the last value; declared in ets.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engines/ets.h"
#include "engines/order.h"
#include "engines/philox.h"
#include "engines/quantile.h"

static size_t
period_of(const MwEts *fit)
{
    return fit->model.season ? fit->model.period : 1;
}

void
mw_ets_forecast(const MwEts *fit, size_t horizon, double *out)
{
    const size_t period = period_of(fit);
    double level = fit->level, trend = fit->trend;

    for (size_t h = 0; h < horizon; h++) {
        const double s = fit->season[(fit->n + h) % period];
        trend *= fit->phi;
        level += trend;
        out[h] = fit->model.season == MW_ETS_MULTIPLICATIVE ? level * s : level + s;
    }
}

/* Normal errors that add: the variance h ahead is variance (1 + c_1^2 + … + c_{h-1}^2). */
static void
exact(const MwEts *fit, size_t horizon, double z, double *lower, double *upper)
{
    const size_t period = period_of(fit);
    double sum = 1.0, trend = 0.0, power = 1.0;

    mw_ets_forecast(fit, horizon, lower);
    for (size_t h = 0; h < horizon; h++) {
        const double half = z * sqrt(fit->variance * sum), middle = lower[h];
        lower[h] = middle - half;
        upper[h] = middle + half;
        power *= fit->phi;
        trend += power;
        const double c =
            fit->alpha + fit->beta * trend + ((h + 1) % period == 0 ? fit->gamma : 0.0);
        sum += c * c;
    }
}

/* Two independent standard normals from one pair of uniforms; Box and Muller 1958. */
static void
normal_pair(const MwEtsIntervalOptions *options, uint64_t pair, double out[2])
{
    double u[2];

    mw_uniform_pair(options->seed, options->stream, pair, u);
    const double radius = sqrt(-2.0 * log(u[0])), angle = 6.283185307179586 * u[1];
    out[0] = radius * cos(angle);
    out[1] = radius * sin(angle);
}

/* One future: path[0], path[step], … */
static void
play(const MwEts *fit, size_t horizon, const MwEtsIntervalOptions *options, uint64_t draw,
     double *path, size_t step)
{
    const size_t period = period_of(fit);
    const bool multiplies = fit->model.season == MW_ETS_MULTIPLICATIVE;
    const double sd = sqrt(fit->variance);
    double season[MW_ETS_PERIOD_MAX], level = fit->level, trend = fit->trend, normal[2];

    memcpy(season, fit->season, period * sizeof *season);
    for (size_t h = 0; h < horizon; h++) {
        double *s = &season[(fit->n + h) % period];
        const double q = level + fit->phi * trend, f = multiplies ? q * *s : q + *s;
        if (h % 2 == 0)
            normal_pair(options, draw * ((horizon + 1) / 2) + h / 2, normal);
        const double e = sd * normal[h % 2], r = fit->model.multiplicative_error ? f * e : e;
        path[h * step] = f + r;
        /* Where the season multiplies, r / s is q e and r / q is s e. */
        level = q + fit->alpha * (multiplies ? q * e : r);
        trend = fit->phi * trend + fit->beta * (multiplies ? q * e : r);
        *s += fit->gamma * (multiplies ? *s * e : r);
    }
}

MwStatus
mw_ets_interval(const MwEts *fit, size_t horizon, const MwEtsIntervalOptions *options,
                double *lower, double *upper, bool *simulated)
{
    const bool exactly =
        !fit->model.multiplicative_error && fit->model.season != MW_ETS_MULTIPLICATIVE;
    if (horizon < 1 || !(options->coverage > 0.0 && options->coverage < 1.0) ||
        options->draws < 100 || options->draws > 1000000 || horizon > 50000000 / options->draws)
        return MW_OUT_OF_RANGE;
    if (!(fit->variance >= 0.0 && isfinite(fit->variance)))
        return MW_NOT_IDENTIFIED;

    const double low = 0.5 * (1.0 - options->coverage);
    if (exactly) {
        exact(fit, horizon, mw_normal_quantile(1.0 - low), lower, upper);
    } else {
        const size_t draws = options->draws;
        double *paths = malloc(draws * horizon * sizeof *paths);
        if (!paths)
            return MW_NO_MEMORY;
        for (size_t d = 0; d < draws; d++)
            play(fit, horizon, options, d, paths + d, draws);
        for (size_t h = 0; h < horizon; h++) {
            double *at = paths + h * draws;
            mw_sort(at, draws);
            lower[h] = mw_quantile(at, draws, low);
            upper[h] = mw_quantile(at, draws, 1.0 - low);
        }
        free(paths);
    }
    if (simulated)
        *simulated = !exactly;
    return MW_OK;
}
