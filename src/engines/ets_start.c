#include "engines/ets_start.h"

#include <math.h>

void
mw_ets_line(const double *y, size_t n, double *intercept, double *slope)
{
    double count = 0.0, mean_t = 0.0, mean_y = 0.0, tt = 0.0, ty = 0.0;

    for (size_t i = 0; i < n; i++) {
        if (isnan(y[i]))
            continue;
        /* Means and products of deviations in one pass. */
        const double t = (double)i + 1.0, dt = t - mean_t;
        count += 1.0;
        mean_t += dt / count;
        mean_y += (y[i] - mean_y) / count;
        tt += dt * (t - mean_t);
        ty += dt * (y[i] - mean_y);
    }
    *slope = tt > 0.0 ? ty / tt : 0.0;
    *intercept = mean_y - *slope * mean_t;
}

/* Mean of the period around i; of an even one, half of each end. */
static double
moving_average(const double *y, size_t n, unsigned period, size_t i)
{
    const size_t reach = period / 2;
    double sum = 0.0;

    if (i < reach || i + reach >= n)
        return NAN;
    for (size_t j = i - reach; j <= i + reach; j++)
        sum += y[j] * (period % 2 == 0 && (j == i - reach || j == i + reach) ? 0.5 : 1.0);
    return sum / period;
}

void
mw_ets_season(const double *y, size_t n, unsigned period, bool multiplicative, double *trend,
              double *season)
{
    double mean = 0.0;

    for (size_t i = 0; i < n; i++)
        trend[i] = moving_average(y, n, period, i);
    for (unsigned phase = 0; phase < period; phase++) {
        double sum = 0.0;
        unsigned count = 0;
        for (size_t i = phase; i < n; i += period) {
            const double left = multiplicative ? y[i] / trend[i] : y[i] - trend[i];
            if (isfinite(left)) {
                sum += left;
                count++;
            }
        }
        season[phase] = count ? sum / count : multiplicative;
        mean += season[phase] / period;
    }
    for (unsigned phase = 0; phase < period; phase++)
        season[phase] = multiplicative ? season[phase] / mean : season[phase] - mean;
}

MwStatus
mw_ets_check(const double *y, size_t n, const MwEtsModel *model, size_t *n_known)
{
    const bool multiplies = model->multiplicative_error || model->season == MW_ETS_MULTIPLICATIVE;

    if ((model->damped && !model->trend) || (unsigned)model->season > MW_ETS_MULTIPLICATIVE ||
        (model->season && model->period < 2) ||
        (model->season == MW_ETS_MULTIPLICATIVE && !model->multiplicative_error))
        return MW_BAD_SHAPE;
    if (n > MW_ETS_VALUES_MAX || (model->season && model->period > MW_ETS_PERIOD_MAX))
        return MW_TOO_LARGE;

    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        if (isinf(y[i]))
            return MW_NOT_FINITE;
        if (fabs(y[i]) > 1e100 || (multiplies && y[i] <= 0.0))
            return MW_OUT_OF_RANGE;
        known += !isnan(y[i]);
    }
    if (known == 0)
        return MW_EMPTY;
    if (model->season && n < 2 * (size_t)model->period)
        return MW_NOT_IDENTIFIED;
    *n_known = known;
    return MW_OK;
}
