/* purchase_fit: the most likely parameters, how sure they are, and which model to rely on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engines/optimise.h"
#include "engines/purchase.h"

enum { SAMPLE = 5000 }; /* customers of the sample on which large cohorts begin */

static const double FINE = 1e-9; /* of the gradient: the sixth digit of a parameter stands */

typedef struct {
    MwPurchaseKind kind;
    MwPurchaseWork *work;
} Search;

static size_t
n_parameters(MwPurchaseKind kind)
{
    return kind == MW_NBD ? 2 : MW_PURCHASE_PARAMETERS;
}

static MwPurchaseModel
model_at(MwPurchaseKind kind, const double *logs)
{
    bool dropout = kind != MW_NBD;
    return (MwPurchaseModel){ .kind = kind,
                              .r = exp(logs[0]),
                              .alpha = exp(logs[1]),
                              .a = dropout ? exp(logs[2]) : 0.0,
                              .b = dropout ? exp(logs[3]) : 0.0 };
}

/* Minus the log-likelihood, in the logarithms of the parameters. */
static double
objective(const double *logs, double *gradient, void *data)
{
    Search *search = data;
    /* Beyond e^20 a parameter is at its limit for every purpose, and sums lose their digits. */
    for (size_t i = 0; i < n_parameters(search->kind); i++)
        if (!(fabs(logs[i]) <= 20.0))
            return INFINITY;
    MwPurchaseModel model = model_at(search->kind, logs);
    double g[MW_PURCHASE_PARAMETERS];
    double value = mw_purchase_likelihood(&model, search->work, g);
    const double parameter[] = { model.r, model.alpha, model.a, model.b };
    if (gradient)
        for (size_t i = 0; i < n_parameters(search->kind); i++)
            gradient[i] = -g[i] * parameter[i];
    return -value;
}

/* An even sample, in the order of the groups, so that every kind of customer is in it. */
static MwStatus
sample(const MwCohort *c, MwCohort **out)
{
    MwPurchases *picked = malloc(SAMPLE * sizeof *picked);
    if (!picked)
        return MW_NO_MEMORY;
    double step = (double)c->customers / SAMPLE, passed = 0.0;
    size_t n = 0;
    for (size_t g = 0; g < c->groups; g++) {
        passed += c->count[g];
        while (n < SAMPLE && ((double)n + 0.5) * step < passed)
            picked[n++] = c->group[g];
    }
    MwStatus status = mw_cohort_new(picked, n, out);
    free(picked);
    return status;
}

typedef struct {
    double logs[MW_PURCHASE_PARAMETERS];
    MwOptimum optimum;
} Found;

/* From each start to the bottom; the best in found[0]. */
static unsigned
search_all(Search *search, const double (*starts)[MW_PURCHASE_PARAMETERS], unsigned n,
           const MwOptimiseOptions *options, Found *found)
{
    unsigned good = 0;
    for (unsigned i = 0; i < n; i++) {
        Found f;
        memcpy(f.logs, starts[i], sizeof f.logs);
        /* The later ones look for a better valley; only one that does is followed down. */
        MwOptimiseOptions to = *options;
        to.tolerance = i == 0 ? FINE : 1e-6;
        size_t parameters = n_parameters(search->kind);
        if (mw_minimise_bfgs(objective, search, f.logs, parameters, &to, &f.optimum) != MW_OK)
            continue;
        to.tolerance = FINE;
        if (good > 0 && i > 0 && f.optimum.value < found[0].optimum.value - 1e-6 &&
            mw_minimise_bfgs(objective, search, f.logs, parameters, &to, &f.optimum) != MW_OK)
            continue;
        found[good] = f;
        if (good > 0 && f.optimum.value < found[0].optimum.value) {
            found[good] = found[0];
            found[0] = f;
        }
        good++;
    }
    return good;
}

/*
 * Covariance of the logarithms, into `covariance`; false where the curvature is not definite.
 */
static bool
curvature(Search *search, const double *logs, double *covariance)
{
    size_t n = n_parameters(search->kind);
    return mw_hessian(objective, search, logs, n, false, covariance) == MW_OK &&
           mw_invert_positive(covariance, n) == MW_OK;
}

/* Where to begin: the rate that the whole cohort shows, spread little or much over customers,
 * with dropout that is quick, slow or hardly there. */
enum { STARTS = 3 };

static void
choose_starts(const MwCohort *c, MwPurchaseKind kind, double (*starts)[MW_PURCHASE_PARAMETERS])
{
    static const double spread[STARTS] = { 0.5, 1.0, 0.25 };
    static const double leaving[STARTS][2] = { { 0.8, 2.5 }, { 0.3, 3.0 }, { 1.5, 20.0 } };
    static const double near_alpha[STARTS] = { 1.0, 2.0, 4.0 };
    double watched = 0.0;
    for (size_t g = 0; g < c->groups; g++)
        watched += c->count[g] * c->group[g].T;
    for (size_t i = 0; i < STARTS; i++) {
        double faster = kind == MW_NBD ? 1.0 : 1.5; /* while they stay they buy more */
        starts[i][0] = log(spread[i]);
        starts[i][1] = log(spread[i] * watched / (faster * c->orders));
        starts[i][2] = log(leaving[i][0]);
        starts[i][3] = log(leaving[i][1]);
        if (kind == MW_PARETO_NBD) /* beta near alpha, where the series are short */
            starts[i][3] = starts[i][1] + log(near_alpha[i]);
    }
}

/* Searches one cohort; large ones from what their sample answers. */
static MwStatus
search_cohort(const MwCohort *cohort, MwPurchaseKind kind, MwPurchaseFit *fit, double *logs,
              double *covariance, bool *definite)
{
    MwPurchaseWork work;
    Search search = { kind, &work };
    size_t n = n_parameters(kind);
    double starts[STARTS][MW_PURCHASE_PARAMETERS];
    MwOptimiseOptions options = { .flat = 1e-5 };
    unsigned n_starts = STARTS;

    choose_starts(cohort, kind, starts);
    if (cohort->groups > 4 * SAMPLE) {
        MwCohort *part;
        MwStatus status = sample(cohort, &part);
        if (status != MW_OK)
            return status;
        status = search_cohort(part, kind, fit, starts[0], covariance, definite);
        double share = (double)part->customers / (double)cohort->customers;
        mw_cohort_free(part);
        if (status != MW_OK)
            return status;
        n_starts = 1;
        for (size_t i = 0; i < n * n && *definite; i++)
            covariance[i] *= share;
        options.inverse_curvature = *definite ? covariance : NULL;
    }
    if (!mw_purchase_work_init(&work, cohort))
        return MW_NO_MEMORY;
    Found found[STARTS];
    unsigned good = search_all(&search, (const double(*)[MW_PURCHASE_PARAMETERS])starts, n_starts,
                               &options, found);
    if (good > 0) {
        memcpy(logs, found[0].logs, sizeof found[0].logs);
        *definite = curvature(&search, logs, covariance);
        fit->model = model_at(kind, logs);
        fit->log_likelihood = -found[0].optimum.value;
        fit->converged = found[0].optimum.converged;
        for (unsigned i = 0; i < good; i++) {
            fit->evaluations += found[i].optimum.evaluations;
            /* A large cohort's own search adds to the starts of its sample, but is none. */
            if (n_starts > 1)
                fit->agreeing += found[i].optimum.value - found[0].optimum.value < 1e-3;
        }
        if (n_starts > 1)
            fit->starts = n_starts;
    }
    mw_purchase_work_clear(&work);
    return good > 0 ? MW_OK : MW_NOT_CONVERGED;
}

MwStatus
mw_purchase_fit(const MwCohort *cohort, MwPurchaseKind kind, MwPurchaseFit *out)
{
    if (!(cohort->orders > 0.0))
        return MW_NOT_IDENTIFIED;
    MwPurchaseFit fit = { 0 };
    double logs[MW_PURCHASE_PARAMETERS];
    double covariance[MW_PURCHASE_PARAMETERS * MW_PURCHASE_PARAMETERS];
    bool definite = false;
    size_t n = n_parameters(kind);
    MwStatus status = search_cohort(cohort, kind, &fit, logs, covariance, &definite);
    if (status != MW_OK)
        return status;

    fit.determined = fit.converged && definite;
    for (size_t i = 0; i < MW_PURCHASE_PARAMETERS; i++) {
        double of_log = i < n && definite ? sqrt(covariance[i * n + i]) : NAN;
        fit.standard_error[i] = of_log * exp(i < n ? logs[i] : 0.0);
        if (i < n && !(of_log <= 3.0))
            fit.determined = false;
    }
    fit.identified = fit.determined;
    if (kind != MW_NBD) {
        MwPurchaseFit plain;
        fit.identified = mw_purchase_fit(cohort, MW_NBD, &plain) == MW_OK &&
                         fit.log_likelihood - plain.log_likelihood > 2.0;
    }
    *out = fit;
    return MW_OK;
}

size_t
mw_purchase_choose(const MwPurchaseFit *fits, size_t n)
{
    size_t best = n;
    for (size_t i = 0; i < n; i++)
        if (fits[i].model.kind != MW_NBD && fits[i].identified &&
            (best == n || fits[i].log_likelihood > fits[best].log_likelihood))
            best = i;
    for (size_t i = 0; i < n && best == n; i++)
        if (fits[i].model.kind == MW_NBD)
            return i;
    return best;
}
