#include "engines/ets_pass.h"

#include <math.h>
#include <string.h>

bool
mw_ets_pass(const double *y, MwEts *ets, MwEtsSums *sums, MwEtsStep *steps)
{
    const bool relative = ets->model.multiplicative_error;
    const bool multiplies = ets->model.season == MW_ETS_MULTIPLICATIVE;
    const size_t period = ets->model.season ? ets->model.period : 1;
    double level = ets->level0, trend = ets->trend0;
    size_t phase = 0;

    memcpy(ets->season, ets->season0, period * sizeof *ets->season);
    *sums = (MwEtsSums){ 0 };
    ets->sse = 0.0;
    for (size_t t = 0; t < ets->n; t++, phase = phase + 1 == period ? 0 : phase + 1) {
        const double s = ets->season[phase], q = level + ets->phi * trend;
        const double f = multiplies ? q * s : q + s;
        if ((relative && !(f > 0.0)) || (multiplies && !(s > 0.0)))
            return false;
        if (steps)
            steps[t] = (MwEtsStep){ level, trend, s };
        const double r = isnan(y[t]) ? 0.0 : y[t] - f;
        level = q + ets->alpha * (multiplies ? r / s : r);
        trend = ets->phi * trend + ets->beta * (multiplies ? r / s : r);
        ets->season[phase] = s + ets->gamma * (multiplies ? r / q : r);
        ets->sse += r * r;
        sums->errors += relative ? r / f * (r / f) : r * r;
        if (relative && !isnan(y[t]))
            sums->logs += log(f);
    }
    ets->level = level;
    ets->trend = trend;
    return true;
}

void
mw_ets_pass_back(const double *y, const MwEts *ets, const MwEtsStep *steps,
                 const MwEtsWeights *weights, MwEtsSlopes *out)
{
    const bool relative = ets->model.multiplicative_error;
    const bool multiplies = ets->model.season == MW_ETS_MULTIPLICATIVE;
    const size_t period = ets->model.season ? ets->model.period : 1;
    /* d_x is the derivative of the criterion by x; those of the states are by what comes after t. */
    double d_level = 0.0, d_trend = 0.0;

    *out = (MwEtsSlopes){ 0 };
    for (size_t t = ets->n; t-- > 0;) {
        const double b = steps[t].trend, s = steps[t].season, q = steps[t].level + ets->phi * b;
        const double f = multiplies ? q * s : q + s, r = isnan(y[t]) ? 0.0 : y[t] - f;
        const double by_s = multiplies ? 1.0 / s : 1.0, by_q = multiplies ? 1.0 / q : 1.0;
        double *d_season = &out->season0[t % period];
        double d_q = d_level, d_s = *d_season;

        /* level' = q + alpha r by_s, trend' = phi b + beta r by_s, season' = s + gamma r by_q */
        const double d_step = ets->alpha * d_level + ets->beta * d_trend;
        out->alpha += d_level * r * by_s;
        out->beta += d_trend * r * by_s;
        out->gamma += *d_season * r * by_q;
        out->phi += d_trend * b;
        double d_r = d_step * by_s + ets->gamma * *d_season * by_q + 2.0 * weights->by_sse * r;
        double d_f = 0.0;
        if (multiplies) {
            d_s -= d_step * r * by_s * by_s;
            d_q -= ets->gamma * *d_season * r * by_q * by_q;
        }
        if (relative) {
            d_r += 2.0 * weights->by_errors * r / (f * f);
            d_f += -2.0 * weights->by_errors * r * r / (f * f * f) + weights->by_logs / f;
        } else {
            d_r += 2.0 * weights->by_errors * r;
        }
        /* r = y - f where y is known, else 0 and f stands for nothing */
        d_f = isnan(y[t]) ? 0.0 : d_f - d_r;
        d_q += multiplies ? d_f * s : d_f;
        *d_season = d_s + (multiplies ? d_f * q : d_f);
        out->phi += d_q * b;
        d_trend = ets->phi * (d_trend + d_q);
        d_level = d_q;
    }
    out->level0 = d_level;
    out->trend0 = d_trend;
}
