#include "engines/ets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engines/ets_pass.h"
#include "engines/ets_start.h"
#include "engines/optimise.h"

static const double lowest = 0.0001, highest = 0.9999;
static const double phi_lowest = 0.8, phi_highest = 0.98;

/* What the optimiser's function needs. */
typedef struct {
    const double *y;
    MwEtsCriterion criterion;
    double phi;   /* 0: estimated                                        */
    double scale; /* of the values, for steps of the states; above 0       */
    double level, trend, season[MW_ETS_PERIOD_ESTIMATED]; /* first guess */
    MwEts ets;        /* worked on: model, parameters, states                */
    MwEtsStep *steps; /* of the last pass                                    */
} Work;

static double
within(double low, double high, double x)
{
    return low + (high - low) / (1.0 + exp(-x));
}

/* The optimiser's variables to parameters and starting states. */
static void
unpack(Work *w, const double *x)
{
    MwEts *e = &w->ets;
    const MwEtsModel *model = &e->model;
    const bool multiplies = model->season == MW_ETS_MULTIPLICATIVE;

    e->alpha = within(lowest, highest, *x++);
    e->beta = model->trend ? within(lowest, e->alpha, *x++) : 0.0;
    e->gamma = model->season ? within(lowest, 1.0 - e->alpha, *x++) : 0.0;
    e->phi = !model->damped ? 1.0 : w->phi > 0.0 ? w->phi : within(phi_lowest, phi_highest, *x++);
    e->level0 = w->level + w->scale * *x++;
    e->trend0 = model->trend ? w->trend + 0.1 * w->scale * *x++ : 0.0;
    e->season0[0] = 0.0;
    if (!model->season)
        return;
    double left = multiplies ? model->period : 0.0;
    for (unsigned i = 0; i + 1 < model->period; i++) {
        e->season0[i] = w->season[i] + (multiplies ? 0.1 : 0.5 * w->scale) * *x++;
        left -= e->season0[i];
    }
    e->season0[model->period - 1] = left;
}

/* The other way: the criterion's derivatives by the variables, from those by what they mean. */
static void
pack_slopes(const Work *w, const MwEtsSlopes *d, double *gradient)
{
    const MwEts *e = &w->ets;
    const MwEtsModel *model = &e->model;
    const double beta_room = e->alpha - lowest, gamma_room = 1.0 - e->alpha - lowest;
    const double beta_share = model->trend ? (e->beta - lowest) / beta_room : 0.0;
    const double gamma_share = model->season ? (e->gamma - lowest) / gamma_room : 0.0;

    *gradient++ = (d->alpha + d->beta * beta_share - d->gamma * gamma_share) * (e->alpha - lowest) *
                  (highest - e->alpha) / (highest - lowest);
    if (model->trend)
        *gradient++ = d->beta * beta_share * (1.0 - beta_share) * beta_room;
    if (model->season)
        *gradient++ = d->gamma * gamma_share * (1.0 - gamma_share) * gamma_room;
    if (model->damped && !(w->phi > 0.0))
        *gradient++ =
            d->phi * (e->phi - phi_lowest) * (phi_highest - e->phi) / (phi_highest - phi_lowest);
    *gradient++ = d->level0 * w->scale;
    if (model->trend)
        *gradient++ = d->trend0 * 0.1 * w->scale;
    for (unsigned i = 0; model->season && i + 1 < model->period; i++)
        *gradient++ = (d->season0[i] - d->season0[model->period - 1]) *
                      (model->season == MW_ETS_MULTIPLICATIVE ? 0.1 : 0.5 * w->scale);
}

/* The criterion, to be made small; a perfect fit stops at a hair above 0. */
static double
objective(const double *x, double *gradient, void *data)
{
    Work *w = data;
    MwEtsSums sums;

    unpack(w, x);
    if (!mw_ets_pass(w->y, &w->ets, &sums, gradient ? w->steps : NULL))
        return INFINITY;
    const bool squares = w->criterion == MW_ETS_SQUARES;
    const double n = (double)w->ets.n_known;
    const bool relative = w->ets.model.multiplicative_error && !squares;
    const double hair = 1e-9 * w->scale / (relative ? fabs(w->level) : 1.0);
    const double sum = (squares ? w->ets.sse : sums.errors) + n * hair * hair;
    if (gradient) {
        const MwEtsWeights weights = { squares ? n / sum : 0.0, squares ? 0.0 : n / sum,
                                       squares ? 0.0 : 2.0 };
        MwEtsSlopes slopes;
        mw_ets_pass_back(w->y, &w->ets, w->steps, &weights, &slopes);
        pack_slopes(w, &slopes, gradient);
    }
    return n * log(sum) + (squares ? 0.0 : 2.0 * sums.logs);
}

/* First guess of the states from the first values. `work` has room for them. */
static void
guess(Work *w)
{
    enum { SPAN = 3 * MW_ETS_PERIOD_ESTIMATED };
    const MwEtsModel *model = &w->ets.model;
    const bool multiplies = model->season == MW_ETS_MULTIPLICATIVE;
    const size_t n = w->ets.n, period = model->season ? model->period : 1;
    const size_t span = n < 3 * period ? n : 3 * period;
    double plain[SPAN], trend[SPAN];
    size_t used = 2 * period > 10 ? 2 * period : 10;

    w->season[0] = 0.0;
    if (model->season)
        mw_ets_season(w->y, span, model->period, multiplies, trend, w->season);
    if (used > n)
        used = n;
    for (size_t i = 0; i < used; i++) {
        const double s = w->season[i % period];
        plain[i] = multiplies ? w->y[i] / s : w->y[i] - s;
    }
    mw_ets_line(plain, used, &w->level, &w->trend);

    double mean = 0.0, squares = 0.0, count = 0.0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(w->y[i])) {
            const double step = w->y[i] - mean;
            mean += step / ++count;
            squares += step * (w->y[i] - mean);
        }
    if (!model->trend)
        w->level += w->trend * 0.5 * (double)(used + 1);
    /* A guess that the model cannot start from gives way to the mean. */
    if (model->multiplicative_error && !(w->level > 0.0 && w->level + w->trend > 0.0)) {
        w->level = mean;
        w->trend = 0.0;
    }
    w->scale = sqrt(squares / count);
    if (!(w->scale > 1e-9 * fabs(mean)))
        w->scale = fabs(mean) > 0.0 ? 0.01 * fabs(mean) : 1.0;
}

static size_t
count_variables(const MwEtsModel *model, double phi)
{
    return 2 + 2 * (size_t)model->trend + (model->damped && !(phi > 0.0)) +
           (model->season ? model->period : 0);
}

/* Searches from one set of smoothing constants; keeps it in `best` if it is better. */
static void
search(Work *w, size_t n_variables, double alpha, double *best, double *value, bool *converged)
{
    const MwEtsModel *model = &w->ets.model;
    double x[MW_OPTIMISE_VARIABLES] = { 0 };
    MwOptimum optimum;
    size_t i = 0;

    x[i++] = log(alpha / (1.0 - alpha));
    if (model->trend)
        x[i++] = -2.0; /* a tenth of alpha */
    if (model->season)
        x[i++] = -2.0;
    if (model->damped && !(w->phi > 0.0))
        x[i] = 2.0;
    if (mw_minimise_bfgs(objective, w, x, n_variables, NULL, &optimum) == MW_OK &&
        optimum.value < *value) {
        *value = optimum.value;
        *converged = optimum.converged;
        memcpy(best, x, n_variables * sizeof *best);
    }
}

static void
judge(MwEts *e, const MwEtsSums *sums)
{
    const double n = (double)e->n_known, k = (double)e->n_parameters + 1.0;
    const double floor = 1e-300; /* of a perfect fit, whose likelihood has no end */

    e->log_likelihood = -0.5 * (n * log(fmax(sums->errors, floor)) + 2.0 * sums->logs);
    e->aic = -2.0 * e->log_likelihood + 2.0 * k;
    e->aicc = n - k - 1.0 > 0.0 ? e->aic + 2.0 * k * (k + 1.0) / (n - k - 1.0) : INFINITY;
    e->variance = sums->errors / (n - (double)e->n_parameters);
}

MwStatus
mw_ets_run(const double *y, size_t n, MwEts *ets)
{
    MwEts e = *ets;
    MwEtsSums sums;
    e.n = n;
    const MwStatus status = mw_ets_check(y, n, &e.model, &e.n_known);
    if (status != MW_OK)
        return status;
    if (e.n_known <= e.n_parameters)
        return MW_NOT_IDENTIFIED;
    if (!mw_ets_pass(y, &e, &sums, NULL) || !isfinite(e.sse))
        return MW_OUT_OF_RANGE;
    judge(&e, &sums);
    *ets = e;
    return MW_OK;
}

MwStatus
mw_ets_fit(const double *y, size_t n, const MwEtsModel *model, MwEtsCriterion criterion, double phi,
           MwEts *out)
{
    static const double alphas[] = { 0.1, 0.5, 0.9 };
    Work w = { .y = y, .criterion = criterion, .phi = phi, .ets = { .model = *model, .n = n } };
    MwStatus status = mw_ets_check(y, n, model, &w.ets.n_known);
    if (status != MW_OK)
        return status;
    if (!(phi == 0.0 || (phi >= phi_lowest && phi <= phi_highest)))
        return MW_OUT_OF_RANGE;
    if (model->season && model->period > MW_ETS_PERIOD_ESTIMATED)
        return MW_TOO_LARGE;
    w.ets.n_parameters = count_variables(model, phi);
    if (w.ets.n_known < w.ets.n_parameters + 1)
        return MW_NOT_IDENTIFIED;

    w.steps = malloc(n * sizeof *w.steps);
    if (!w.steps)
        return MW_NO_MEMORY;
    double best[MW_OPTIMISE_VARIABLES], value = INFINITY;
    guess(&w);
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++)
        search(&w, w.ets.n_parameters, alphas[i], best, &value, &w.ets.converged);
    free(w.steps);
    if (isinf(value))
        return MW_NOT_CONVERGED;
    MwEtsSums sums;
    unpack(&w, best);
    mw_ets_pass(y, &w.ets, &sums, NULL);
    judge(&w.ets, &sums);
    *out = w.ets;
    return MW_OK;
}

MwStatus
mw_ets_choose(const double *y, size_t n, unsigned period, MwEts *out)
{
    MwStatus first = MW_OK;
    bool found = false;
    MwEts fit, best;

    for (int season = 0; season <= (period > 1 ? MW_ETS_MULTIPLICATIVE : 0); season++)
        for (int trend = 0; trend < 3; trend++)
            for (int error = 0; error < 2; error++) {
                const MwEtsModel model = { error == 1, trend > 0, trend == 2, (MwEtsSeason)season,
                                           period };
                if (season == MW_ETS_MULTIPLICATIVE && error == 0)
                    continue;
                const MwStatus status = mw_ets_fit(y, n, &model, MW_ETS_LIKELIHOOD, 0.0, &fit);
                if (status != MW_OK && first == MW_OK)
                    first = status;
                if (status == MW_OK && (!found || fit.aicc < best.aicc)) {
                    best = fit;
                    found = true;
                }
            }
    if (!found)
        return first;
    *out = best;
    return MW_OK;
}
