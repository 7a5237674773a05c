/* ets_classical: Holt and Winters with starts by formula; declared in ets.h. */
#include <math.h>
#include <string.h>

#include "engines/ets_start.h"
#include "engines/optimise.h"

typedef struct {
    const double *y;
    size_t begin;  /* the first value that is forecast */
    double scale;  /* of the values: a sum of squares below its share is a perfect fit */
    double errors; /* sum of the squares of the model's error, r / f where it multiplies */
    MwEts ets;
} Work;

static void
run(Work *w)
{
    MwEts *e = &w->ets;
    const bool multiplies = e->model.season == MW_ETS_MULTIPLICATIVE;
    const size_t period = e->model.season ? e->model.period : 1;
    const double gamma = e->gamma / (1.0 - e->alpha); /* Winters' own */
    double level = e->level0, trend = e->trend0;

    memcpy(e->season, e->season0, period * sizeof *e->season);
    e->sse = w->errors = 0.0;
    for (size_t t = w->begin; t < e->n; t++) {
        double *s = &e->season[t % period];
        const double q = level + trend;
        const double f = multiplies ? q * *s : q + *s, r = w->y[t] - f;
        const double error = e->model.multiplicative_error ? r / f : r;
        level = q + e->alpha * (multiplies ? r / *s : r);
        trend += e->beta * (multiplies ? r / *s : r);
        if (multiplies)
            *s = gamma * w->y[t] / level + (1.0 - gamma) * *s;
        else
            *s += e->gamma * r;
        e->sse += r * r;
        w->errors += error * error;
    }
    e->level = level;
    e->trend = trend;
}

/* Each constant of Holt's form in (0, 1), the limits included as far as doubles tell. */
static void
unpack(Work *w, const double *x)
{
    MwEts *e = &w->ets;

    e->alpha = 1.0 / (1.0 + exp(-fmin(*x++, 30.0)));
    e->beta = e->model.trend ? e->alpha / (1.0 + exp(-*x++)) : 0.0;
    e->gamma = e->model.season ? (1.0 - e->alpha) / (1.0 + exp(-*x)) : 0.0;
}

static double
objective(const double *x, double *gradient, void *data)
{
    Work *w = data;
    const double n = (double)w->ets.n_known;
    (void)gradient;

    unpack(w, x);
    run(w);
    return n * log(w->ets.sse + n * w->scale * w->scale * 1e-18);
}

/* Starting states, and where the errors begin to count. */
static void
start(Work *w)
{
    MwEts *e = &w->ets;
    const double *y = w->y;
    double trend[2 * MW_ETS_PERIOD_MAX];

    if (e->model.season) {
        const unsigned period = e->model.period;
        mw_ets_season(y, 2 * (size_t)period, period, e->model.season == MW_ETS_MULTIPLICATIVE,
                      trend, e->season0);
        double slope = 0.0;
        mw_ets_line(trend + period / 2, 2 * (size_t)period - 2 * (size_t)(period / 2), &e->level0,
                    &slope);
        e->trend0 = e->model.trend ? slope : 0.0;
        w->begin = period;
    } else if (e->model.trend) {
        e->level0 = y[1];
        e->trend0 = y[1] - y[0];
        w->begin = 2;
    } else {
        e->level0 = y[0];
        w->begin = 1;
    }
    for (size_t i = 0; i < e->n; i++)
        w->scale = fmax(w->scale, fabs(y[i]));
    if (!(w->scale > 0.0))
        w->scale = 1.0;
}

MwStatus
mw_ets_classical(const double *y, size_t n, const MwEtsModel *model, MwEts *out)
{
    static const double alphas[] = { 0.1, 0.3, 0.5, 0.9 };
    Work w = { .y = y, .ets = { .model = *model, .n = n, .phi = 1.0 } };
    MwStatus status = model->damped ? MW_BAD_SHAPE : mw_ets_check(y, n, model, &w.ets.n_known);
    if (status != MW_OK)
        return status;
    if (w.ets.n_known < n)
        return MW_NOT_FINITE;
    w.ets.n_parameters = 1 + (size_t)model->trend + (model->season != MW_ETS_NO_SEASON);
    if (n < (model->season ? model->period : 1 + (size_t)model->trend) + w.ets.n_parameters + 1)
        return MW_NOT_IDENTIFIED;

    const MwOptimiseOptions options = { .differences = true };
    double best[3] = { 0 }, value = INFINITY;
    start(&w);
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
        double x[3] = { log(alphas[i] / (1.0 - alphas[i])), -2.0, -2.0 };
        MwOptimum optimum;
        status = mw_minimise_bfgs(objective, &w, x, w.ets.n_parameters, &options, &optimum);
        if (status == MW_OK && optimum.value < value) {
            value = optimum.value;
            w.ets.converged = optimum.converged;
            memcpy(best, x, sizeof best);
        }
    }
    if (isinf(value))
        return MW_NOT_CONVERGED;
    unpack(&w, best);
    run(&w);
    w.ets.log_likelihood = w.ets.aic = w.ets.aicc = NAN;
    w.ets.variance = w.errors / (double)(n - w.begin - w.ets.n_parameters);
    *out = w.ets;
    return MW_OK;
}
