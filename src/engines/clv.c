/* clv: what one customer will do, under a fitted model. */
#include "engines/clv.h"

#include <math.h>

#include "engines/purchase.h"
#include "engines/special.h"

static MwStatus
check(const MwPurchaseModel *m, const MwPurchases *c, double ahead)
{
    MwStatus status = mw_purchase_check(m);
    if (status != MW_OK)
        return status;
    if (!isfinite(ahead))
        return MW_NOT_FINITE;
    if (ahead < 0.0)
        return MW_OUT_OF_RANGE;
    return mw_purchases_check(c);
}

static MwStatus
answer(double value, double *out)
{
    if (!isfinite(value))
        return MW_NOT_CONVERGED;
    *out = value;
    return MW_OK;
}

static double
alive(const MwPurchaseModel *m, const MwPurchases *c)
{
    return 1.0 / (1.0 + exp(-mw_purchase_log_odds(m, c)));
}

/* (1 - e^(-k y)) / k, which is y where k is 0. */
static double
fading(double k, double y)
{
    return fabs(k * y) < 1e-12 ? y : -expm1(-k * y) / k;
}

/*
 * BG/NBD, orders within t of one who is alive now (Fader, Hardie & Lee 2005, eq. 10, its
 * numerator), with z = t / (alpha + T + t), A = a - 1, C = a + b + x - 1:
 *   [C - (1 - z)^(r + x) C F(r + x, b + x; C; z)] / A
 * or, after Euler's transformation, with B = a + b - 1 - r,
 *   [C - (1 - z)^A C F(A, B; C; z)] / A,  C F = C + A B z S
 * The second has no pole at a = 1 or a + b = 1, once A is divided out, but it loses its digits
 * where A or -B is great; there the first serves.
 */
static const double ASIDE = 1e-5;

static double
bg_nbd_orders(const MwPurchaseModel *m, const MwPurchases *c, double t)
{
    double z = t / (m->alpha + c->T + t), log_rest = -log1p(t / (m->alpha + c->T));
    double A = m->a - 1.0, B = m->a + m->b - 1.0 - m->r, C = m->a + m->b + c->x - 1.0;
    if (A < 1.0 && B > -10.0) {
        double S = mw_hyper_rest(A, B, C, z, 0.0);
        return -B * z * S + (C + A * B * z * S) * fading(A, -log_rest);
    }
    if (fabs(A) < ASIDE) { /* on the line between two points beside the pole */
        MwPurchaseModel above = *m, below = *m;
        above.a = 1.0 + 2.0 * ASIDE;
        below.a = 1.0 - 2.0 * ASIDE;
        double share = 0.5 + 0.25 * A / ASIDE;
        return share * bg_nbd_orders(&above, c, t) + (1.0 - share) * bg_nbd_orders(&below, c, t);
    }
    double power = m->r + c->x, before = m->b + c->x, scale = -power * log_rest;
    double S = mw_hyper_rest(power, before, C, z, scale);
    return (C * -expm1(-scale) - power * before * z * S) / A;
}

/* Orders within `ahead` of one who is alive now. */
static double
orders(const MwPurchaseModel *m, const MwPurchases *c, double ahead)
{
    double rate = (m->r + c->x) / (m->alpha + c->T);
    if (m->kind == MW_NBD)
        return rate * ahead;
    if (m->kind == MW_BG_NBD)
        return bg_nbd_orders(m, c, ahead);
    /* Fader & Hardie 2005, eq. 41. */
    double y = log1p(ahead / (m->b + c->T));
    return rate * (m->b + c->T) * fading(m->a - 1.0, y);
}

MwStatus
mw_purchase_alive(const MwPurchaseModel *model, const MwPurchases *customer, double *out)
{
    MwStatus status = check(model, customer, 0.0);
    return status == MW_OK ? answer(alive(model, customer), out) : status;
}

MwStatus
mw_purchase_expected(const MwPurchaseModel *model, const MwPurchases *customer, double ahead,
                     double *out)
{
    MwStatus status = check(model, customer, ahead);
    if (status != MW_OK)
        return status;
    return answer(alive(model, customer) * orders(model, customer, ahead), out);
}

MwStatus
mw_purchase_mean(const MwPurchaseModel *model, double t, double *out)
{
    const MwPurchases newcomer = { 0.0, 0.0, 0.0 };
    MwStatus status = check(model, &newcomer, t);
    return status == MW_OK ? answer(orders(model, &newcomer, t), out) : status;
}

/* By parts: the integral of e^(-rate u) dE(u) is e^(-rate h) E(h) + rate int e^(-rate u) E(u) du,
 * the last by Gauss and Legendre: E is smooth and bends one way. */
MwStatus
mw_purchase_discounted(const MwPurchaseModel *model, const MwPurchases *customer, double ahead,
                       double rate, double *out)
{
    MwStatus status = check(model, customer, ahead);
    if (status != MW_OK)
        return status;
    if (!isfinite(rate))
        return MW_NOT_FINITE;
    if (rate < 0.0)
        return MW_OUT_OF_RANGE;
    double value = exp(-rate * ahead) * orders(model, customer, ahead), half = ahead / 2.0;
    for (size_t i = 0; i < 16 && rate > 0.0; i++) {
        double u = half + (i < 8 ? half : -half) * mw_gauss_nodes[i % 8];
        value +=
            rate * half * mw_gauss_weights[i % 8] * exp(-rate * u) * orders(model, customer, u);
    }
    return answer(alive(model, customer) * value, out);
}

MwStatus
mw_purchase_probability(const MwPurchaseModel *m, unsigned x, double t, double *out)
{
    const MwPurchases newcomer = { 0.0, 0.0, 0.0 };
    MwStatus status = check(m, &newcomer, t);
    if (status != MW_OK)
        return status;
    if (m->kind == MW_PARETO_NBD)
        return MW_NO_SOLUTION;
    if (x > MW_CLV_ORDERS)
        return MW_TOO_LARGE;

    /* Chance of j orders while alive, j = 0..x; `fewer` is of less than x. */
    double log_rest = m->r * log(m->alpha / (m->alpha + t)), log_ratio = log(t / (m->alpha + t));
    double log_chance = log_rest, fewer = 0.0;
    for (unsigned j = 0; j < x; j++) {
        fewer += exp(log_chance);
        log_chance += log_ratio + log((m->r + j) / (j + 1.0));
    }
    if (m->kind == MW_NBD)
        return answer(exp(log_chance), out);
    double log_stay = 0.0; /* B(a, b + x) / B(a, b) */
    for (unsigned j = 0; j < x; j++)
        log_stay += log1p(-m->a / (m->a + m->b + j));
    double value = exp(log_stay + log_chance);
    if (x > 0)
        value += exp(log_stay) * m->a / (m->b + (x - 1.0)) * fmax(1.0 - fewer, 0.0);
    return answer(value, out);
}

MwStatus
mw_purchase_log_likelihood(const MwPurchaseModel *model, const MwCohort *cohort, double *out)
{
    MwPurchaseWork work;
    MwStatus status = mw_purchase_check(model);
    if (status != MW_OK)
        return status;
    if (!mw_purchase_work_init(&work, cohort))
        return MW_NO_MEMORY;
    status = answer(mw_purchase_likelihood(model, &work, NULL), out);
    mw_purchase_work_clear(&work);
    return status;
}
