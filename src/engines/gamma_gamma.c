/* gamma_gamma: the spend an order (Fader & Hardie, "The Gamma-Gamma Model of Monetary Value",
 * 2013; the likelihood is its eq. 1a, the expectation its eq. 5). */
#include <math.h>
#include <stdlib.h>

#include "engines/clv.h"
#include "engines/optimise.h"
#include "engines/special.h"

typedef struct {
    double x, m;
} Spend;

/* Customers ordered by x, and the sums that no parameter changes. */
typedef struct {
    const Spend *spend;
    size_t n;
    double log_m;   /* sum of ln m       */
    double x_log_m; /* sum of x ln m     */
    double x_log_x; /* sum of x ln x     */
    double x;       /* sum of x          */
} Spends;

static int
by_orders(const void *left, const void *right)
{
    const Spend *a = left, *b = right;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    return (a->m > b->m) - (a->m < b->m);
}

/*
 * ln L = sum over customers of ln Gamma(p x + q) - ln Gamma(p x) - ln Gamma(q) + q ln v
 *        + (p x - 1) ln m + p x ln x - (p x + q) ln(v + x m)
 * The Gammas are computed once for each x; the sums of logarithms of data, once for all.
 */
static double
likelihood(const MwGammaGamma *g, const Spends *s, double *by)
{
    double n = (double)s->n, digamma_q = mw_digamma(g->q);
    double sum =
        n * (g->q * log(g->v) - mw_log_gamma(g->q)) - s->log_m + g->p * (s->x_log_m + s->x_log_x);
    by[0] = s->x_log_m + s->x_log_x;
    by[1] = n * (log(g->v) - digamma_q);
    by[2] = n * g->q / g->v;
    double x = -1.0, gammas = 0.0, digamma_all = 0.0, digamma_px = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->spend[i].x != x) {
            x = s->spend[i].x;
            gammas = mw_log_gamma(g->p * x + g->q) - mw_log_gamma(g->p * x);
            digamma_all = mw_digamma(g->p * x + g->q);
            digamma_px = mw_digamma(g->p * x);
        }
        double total = g->v + x * s->spend[i].m, log_total = log(total), power = g->p * x + g->q;
        sum += gammas - power * log_total;
        by[0] += x * (digamma_all - digamma_px - log_total);
        by[1] += digamma_all - log_total;
        by[2] -= power / total;
    }
    return sum;
}

static double
objective(const double *logs, double *gradient, void *data)
{
    for (size_t i = 0; i < 3; i++)
        if (!(fabs(logs[i]) <= 60.0))
            return INFINITY;
    MwGammaGamma g = { exp(logs[0]), exp(logs[1]), exp(logs[2]) };
    double by[3], value = likelihood(&g, data, by);
    if (gradient) {
        gradient[0] = -by[0] * g.p;
        gradient[1] = -by[1] * g.q;
        gradient[2] = -by[2] * g.v;
    }
    return -value;
}

/* Keeps those who ordered again and paid; the rest is counted or passed over. */
static MwStatus
collect(const double *x, const double *m, size_t n, Spend *spend, MwGammaGammaFit *fit)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            return MW_NOT_FINITE;
        if (x[i] < 0.0 || x[i] != floor(x[i]) || x[i] > MW_CLV_ORDERS)
            return MW_OUT_OF_RANGE;
        if (x[i] == 0.0)
            continue;
        if (!isfinite(m[i]))
            return MW_NOT_FINITE;
        if (m[i] <= 0.0)
            fit->excluded++;
        else
            spend[fit->n++] = (Spend){ x[i], m[i] };
    }
    return fit->n < 3 ? MW_EMPTY : MW_OK;
}

static MwStatus
sum_up(Spend *spend, MwGammaGammaFit *fit, Spends *s)
{
    qsort(spend, fit->n, sizeof *spend, by_orders);
    *s = (Spends){ .spend = spend, .n = fit->n };
    double n = (double)fit->n, mean_x = 0.0, mean_m = 0.0, xx = 0.0, mm = 0.0, xm = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        double log_m = log(spend[i].m);
        s->x += spend[i].x;
        s->log_m += log_m;
        s->x_log_m += spend[i].x * log_m;
        s->x_log_x += spend[i].x * log(spend[i].x);
        mean_x += spend[i].x / n;
        mean_m += spend[i].m / n;
    }
    for (size_t i = 0; i < s->n; i++) {
        double dx = spend[i].x - mean_x, dm = spend[i].m / mean_m - 1.0;
        xx += dx * dx;
        mm += dm * dm;
        xm += dx * dm;
    }
    fit->correlation = xx > 0.0 ? xm / sqrt(xx * mm) : 0.0;
    return mm > 1e-20 * n ? MW_OK : MW_NOT_IDENTIFIED;
}

/* From several starts, which all have the mean of the data as theirs. */
static MwStatus
search_all(Spends *s, MwGammaGammaFit *fit)
{
    static const double shapes[][2] = { { 2.0, 3.0 }, { 6.0, 4.0 }, { 0.7, 1.5 } };
    MwOptimiseOptions options = { .tolerance = 1e-9 };
    MwOptimum best = { .value = INFINITY };
    double logs[3] = { 0.0 }, values[3], mean = exp(s->log_m / (double)s->n);
    fit->starts = 3;
    for (size_t i = 0; i < 3; i++) {
        double at[] = { log(shapes[i][0]), log(shapes[i][1]),
                        log(mean * (shapes[i][1] - 1.0) / shapes[i][0]) };
        MwOptimum found;
        values[i] = INFINITY;
        if (mw_minimise_bfgs(objective, s, at, 3, &options, &found) != MW_OK)
            continue;
        values[i] = found.value;
        fit->evaluations += found.evaluations;
        if (found.value < best.value) {
            best = found;
            for (size_t k = 0; k < 3; k++)
                logs[k] = at[k];
        }
    }
    if (isinf(best.value))
        return MW_NOT_CONVERGED;
    for (size_t i = 0; i < 3; i++)
        fit->agreeing += values[i] - best.value < 1e-3;
    fit->log_likelihood = -best.value;
    fit->converged = best.converged;
    fit->model = (MwGammaGamma){ exp(logs[0]), exp(logs[1]), exp(logs[2]) };

    double covariance[9];
    bool definite = mw_hessian(objective, s, logs, 3, false, covariance) == MW_OK &&
                    mw_invert_positive(covariance, 3) == MW_OK;
    fit->identified = best.converged && definite;
    for (size_t i = 0; i < 3; i++) {
        double of_log = definite ? sqrt(covariance[i * 4]) : NAN;
        fit->standard_error[i] = of_log * exp(logs[i]);
        if (!(of_log <= 3.0))
            fit->identified = false;
    }
    return MW_OK;
}

MwStatus
mw_gamma_gamma_fit(const double *x, const double *m, size_t n, MwGammaGammaFit *out)
{
    if (n == 0)
        return MW_EMPTY;
    Spend *spend = malloc(n * sizeof *spend);
    if (!spend)
        return MW_NO_MEMORY;
    MwGammaGammaFit fit = { 0 };
    Spends spends;
    MwStatus status = collect(x, m, n, spend, &fit);
    if (status == MW_OK)
        status = sum_up(spend, &fit, &spends);
    if (status == MW_OK)
        status = search_all(&spends, &fit);
    free(spend);
    if (status != MW_OK)
        return status;
    fit.mean = fit.model.q > 1.0 ? fit.model.p * fit.model.v / (fit.model.q - 1.0) : INFINITY;
    *out = fit;
    return MW_OK;
}

static MwStatus
check(const MwGammaGamma *g, double x, double m)
{
    if (!isfinite(g->p) || !isfinite(g->q) || !isfinite(g->v) || !isfinite(x) || !isfinite(m))
        return MW_NOT_FINITE;
    return g->p > 0.0 && g->q > 0.0 && g->v > 0.0 && x >= 0.0 && m >= 0.0 ? MW_OK : MW_OUT_OF_RANGE;
}

MwStatus
mw_gamma_gamma_log_likelihood(const MwGammaGamma *model, double x, double m, double *out)
{
    MwStatus status = check(model, x, m);
    if (status != MW_OK)
        return status;
    if (x < 1.0 || m <= 0.0)
        return MW_OUT_OF_RANGE;
    Spend spend = { x, m };
    Spends one = { &spend, 1, log(m), x * log(m), x * log(x), x };
    double by[3];
    *out = likelihood(model, &one, by);
    return MW_OK;
}

MwStatus
mw_gamma_gamma_expected(const MwGammaGamma *model, double x, double m, double *out)
{
    MwStatus status = check(model, x, x > 0.0 ? m : 0.0);
    if (status != MW_OK)
        return status;
    double below = model->p * x + model->q - 1.0;
    if (!(below > 0.0))
        return MW_OUT_OF_RANGE;
    *out = model->p * (model->v + (x > 0.0 ? x * m : 0.0)) / below;
    return MW_OK;
}
