/*
 * purchase: the likelihoods of NBD, BG/NBD and Pareto/NBD and their gradients.
 *
 * All are written in logarithms, with times over alpha (over beta) so that the limits of great
 * parameters keep their digits, and as "still here" plus "has left":
 *
 *   L = [Gamma(r + x) alpha^r / Gamma(r)] (still here + has left)
 *
 * BG/NBD (Fader, Hardie & Lee 2005, eq. 6), with B the beta function:
 *   still here = B(a, b + x) / B(a, b) (alpha + T)^-(r + x)
 *   has left   = still here * a / (b + x - 1) ((alpha + T) / (alpha + tx))^(r + x), 0 if x = 0
 *
 * Pareto/NBD (Fader & Hardie 2005, eq. 10 before its integration):
 *   still here = beta^s (alpha + T)^-(r + x) (beta + T)^-s
 *   has left   = beta^s integral of s (alpha + u)^-(r + x) (beta + u)^-(s + 1) from tx to T
 *
 * With I(t) for that integral from t to infinity, has left = I(tx) - I(T). I(T) never passes
 * "still here" and belongs to the same T, so the sum loses no digits however near tx is to T.
 * By Euler's transformation I(t) is, times F(1, .; r + s + x + 1; .), all terms positive,
 *   (alpha + t)^-(r + x) (beta + t)^-s s / (r + s + x)
 *     * F(1, r + x; r + s + x + 1; (alpha - beta) / (alpha + t))                if alpha >= beta
 *     * F(1, s + 1; r + s + x + 1; (beta - alpha) / (beta + t)) (alpha + t) / (beta + t)  if not
 */
#include "engines/purchase.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engines/special.h"

bool
mw_purchase_work_init(MwPurchaseWork *work, const MwCohort *cohort)
{
    size_t times = cohort->n_times, nodes = cohort->n_nodes;
    double *p = malloc((3 * times + 9 * nodes) * sizeof *p);
    if (!p)
        return false;
    *work = (MwPurchaseWork){ .cohort = cohort, .memory = p };
    work->log_alpha = p;
    work->log_beta = p + times;
    work->slope = p + 2 * times;
    work->log_base = p += 3 * times;
    work->log_rest = p + nodes;
    work->rest = p + 2 * nodes;
    work->weight_base = p + 3 * nodes;
    work->weight_rest = p + 4 * nodes;
    work->derivatives = p + 5 * nodes;
    return true;
}

void
mw_purchase_work_clear(MwPurchaseWork *work)
{
    free(work->memory);
    *work = (MwPurchaseWork){ 0 };
}

MwStatus
mw_purchase_check(const MwPurchaseModel *m)
{
    bool dropout = m->kind != MW_NBD;
    if (!isfinite(m->r) || !isfinite(m->alpha) || (dropout && !(isfinite(m->a) && isfinite(m->b))))
        return MW_NOT_FINITE;
    return m->r > 0.0 && m->alpha > 0.0 && (!dropout || (m->a > 0.0 && m->b > 0.0))
               ? MW_OK
               : MW_OUT_OF_RANGE;
}

static void
take_times(const MwPurchaseModel *m, MwPurchaseWork *work)
{
    const MwCohort *c = work->cohort;
    for (size_t i = 0; i < c->n_times; i++) {
        work->log_alpha[i] = log1p(c->time[i] / m->alpha);
        work->slope[i] = c->time[i] / (m->alpha * (m->alpha + c->time[i]));
    }
}

/* What depends on x and the shapes alone: sums over all orders j = 0..x-1 of all customers. */
static double
order_terms(const MwPurchaseModel *m, const MwCohort *c, double *g)
{
    double sum = -c->orders * log(m->alpha);
    g[1] = -c->orders / m->alpha;
    for (size_t j = 0; j < c->n_counts; j++) {
        double k = (double)j;
        sum += c->more_than[j] * log(m->r + k);
        g[0] += c->more_than[j] / (m->r + k);
        if (m->kind == MW_BG_NBD) {
            /* ln of (b + j) / (a + b + j): B(a, b + x) / B(a, b) one order at a time. */
            double rest = m->a + m->b + k;
            sum += c->more_than[j] * log1p(-m->a / rest);
            g[2] -= c->more_than[j] / rest;
            g[3] += c->more_than[j] * m->a / ((m->b + k) * rest);
        }
    }
    return sum;
}

static double
nbd(const MwPurchaseModel *m, MwPurchaseWork *work, double *g)
{
    const MwCohort *c = work->cohort;
    double sum = order_terms(m, c, g);
    for (size_t i = 0; i < c->groups; i++) {
        size_t end = c->node_time[c->node_T[i]];
        double n = c->count[i], power = m->r + c->group[i].x;
        sum -= n * power * work->log_alpha[end];
        g[0] -= n * work->log_alpha[end];
        g[1] += n * power * work->slope[end];
    }
    return sum;
}

/* ln(1 + exp(d)), and the share of exp(d) in it. */
static double
softplus(double d, double *share)
{
    double e = exp(-fabs(d));
    *share = (d > 0.0 ? 1.0 : e) / (1.0 + e);
    return fmax(d, 0.0) + log1p(e);
}

static double
bg_nbd(const MwPurchaseModel *m, MwPurchaseWork *work, double *g)
{
    const MwCohort *c = work->cohort;
    double sum = order_terms(m, c, g), x = 0.0, log_ratio = 0.0, before = 0.0;
    for (size_t i = 0; i < c->groups; i++) {
        size_t end = c->node_time[c->node_T[i]];
        double n = c->count[i], power = m->r + c->group[i].x, share = 0.0;
        sum -= n * power * work->log_alpha[end];
        g[0] -= n * work->log_alpha[end];
        g[1] += n * power * work->slope[end];
        if (c->group[i].x == 0.0)
            continue;
        if (c->group[i].x != x) { /* groups come ordered by x */
            x = c->group[i].x;
            before = m->b + (x - 1.0);
            log_ratio = log(m->a / before);
        }
        size_t last = c->node_time[c->node_tx[i]];
        double gap = work->log_alpha[end] - work->log_alpha[last];
        sum += n * softplus(log_ratio + power * gap, &share);
        double weight = n * share;
        g[0] += weight * gap;
        g[1] += weight * power * (work->slope[last] - work->slope[end]);
        g[2] += weight / m->a;
        g[3] -= weight / before;
    }
    return sum;
}

/* I(t) over (alpha + t)^-(r + x) (beta + t)^-s, and the derivatives of its logarithm. */
static double
pareto_rest(const MwPurchaseModel *m, double x, double t, double *d)
{
    double s = m->a, beta = m->b, all = m->r + s + x;
    bool slow = m->alpha < beta; /* is alpha the smaller? */
    double inverse = 1.0 / (slow ? beta + t : m->alpha + t), of_all = 1.0 / all;
    double z = fabs(m->alpha - beta) * inverse;
    MwHyper f = mw_hyper_1(slow ? s + 1.0 : m->r + x, all + 1.0, z);
    double of_f = 1.0 / f.value, by_b = f.by_b * of_f, by_c = f.by_c * of_f;
    double away = -f.by_z * of_f * inverse, toward = -away * (1.0 - z);

    d[0] = by_c - of_all + (slow ? 0.0 : by_b);
    d[2] = by_c - of_all + 1.0 / s + (slow ? by_b : 0.0);
    d[1] = slow ? away + 1.0 / (m->alpha + t) : toward;
    d[3] = slow ? toward - inverse : away;
    return s * of_all * f.value * (slow ? (m->alpha + t) * inverse : 1.0);
}

static void
take_nodes(const MwPurchaseModel *m, MwPurchaseWork *work)
{
    const MwCohort *c = work->cohort;
    for (size_t i = 0; i < c->n_times; i++)
        work->log_beta[i] = log1p(c->time[i] / m->b);
    for (size_t k = 0; k < c->n_nodes; k++) {
        size_t i = c->node_time[k];
        work->log_base[k] = -(m->r + c->node_x[k]) * work->log_alpha[i] - m->a * work->log_beta[i];
        work->rest[k] = pareto_rest(m, c->node_x[k], c->time[i], work->derivatives + 4 * k);
        work->log_rest[k] = work->log_base[k] + log(work->rest[k]);
        work->weight_base[k] = work->weight_rest[k] = 0.0;
    }
}

static double
pareto_nbd(const MwPurchaseModel *m, MwPurchaseWork *work, double *g)
{
    const MwCohort *c = work->cohort;
    double sum = order_terms(m, c, g);
    take_nodes(m, work);

    /* In units of "still here": 1 - I(T) + I(tx). Each weight is the share of one of the three
     * in the customer's likelihood; what the nodes owe to the gradient is summed up first. */
    for (size_t i = 0; i < c->groups; i++) {
        size_t end = c->node_T[i], last = c->node_tx[i];
        double d = work->log_rest[last] - work->log_base[end], here = 1.0 - work->rest[end];
        /* In units of exp(d) where that is beyond a double: "still here" is then nothing. */
        double high = d < 700.0 ? 0.0 : d, one = d < 700.0 ? 1.0 : 0.0, gone = exp(d - high);
        double all = here * one + gone, share = c->count[i] / all;
        sum += c->count[i] * (work->log_base[end] + high + log(all));
        work->weight_base[end] += share * here * one;
        work->weight_rest[end] -= share * work->rest[end] * one;
        work->weight_base[last] += share * gone;
        work->weight_rest[last] += share * gone;
    }
    for (size_t k = 0; k < c->n_nodes; k++) {
        size_t i = c->node_time[k];
        double base = work->weight_base[k], rest = work->weight_rest[k];
        const double *d = work->derivatives + 4 * k;
        g[0] += rest * d[0] - base * work->log_alpha[i];
        g[1] += rest * d[1] + base * (m->r + c->node_x[k]) * work->slope[i];
        g[2] += rest * d[2] - base * work->log_beta[i];
        g[3] += rest * d[3] + base * m->a * c->time[i] / (m->b * (m->b + c->time[i]));
    }
    return sum;
}

double
mw_purchase_likelihood(const MwPurchaseModel *model, MwPurchaseWork *work, double *gradient)
{
    double g[MW_PURCHASE_PARAMETERS] = { 0.0 }, value;
    take_times(model, work);
    if (model->kind == MW_NBD)
        value = nbd(model, work, g);
    else if (model->kind == MW_BG_NBD)
        value = bg_nbd(model, work, g);
    else
        value = pareto_nbd(model, work, g);
    if (gradient)
        memcpy(gradient, g, sizeof g);
    return value;
}

double
mw_purchase_log_odds(const MwPurchaseModel *m, const MwPurchases *c)
{
    double power = m->r + c->x, gap = log((m->alpha + c->T) / (m->alpha + c->tx));
    if (m->kind == MW_BG_NBD && c->x > 0.0)
        return -log(m->a / (m->b + (c->x - 1.0))) - power * gap;
    if (m->kind != MW_PARETO_NBD)
        return INFINITY;
    double d[4], later = log(pareto_rest(m, c->x, c->T, d));
    double rest = log(pareto_rest(m, c->x, c->tx, d)) + power * gap +
                  m->a * log((m->b + c->T) / (m->b + c->tx));
    /* has left / still here = exp(rest) - exp(later), none when tx is T */
    return rest > later ? -rest - log(-expm1(later - rest)) : INFINITY;
}
