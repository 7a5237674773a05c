#pragma once
/* purchase: the likelihoods behind clv.h. Private to the engine. */
#include "engines/clv.h"

/* What an evaluation works with: one allocation, made once for a search. */
typedef struct {
    const MwCohort *cohort;
    double *log_alpha; /* of each time, ln(1 + t / alpha); of Pareto/NBD also ln(1 + t / beta) */
    double *log_beta;
    double *slope;    /* of each time, minus the derivative of log_alpha by alpha            */
    double *log_base; /* of each node, see purchase.c: ln "still here", ln I, I / still here */
    double *log_rest;
    double *rest;
    double *weight_base, *weight_rest;
    double *derivatives; /* of log_rest at each node: by r, alpha, s, beta                    */
    double *memory;
} MwPurchaseWork;

bool mw_purchase_work_init(MwPurchaseWork *work, const MwCohort *cohort);
void mw_purchase_work_clear(MwPurchaseWork *work);

/* The log-likelihood of the cohort; `gradient` (NULL: not wanted) by r, alpha, a, b. NaN or
 * infinite when the parameters are beyond what can be computed. */
double mw_purchase_likelihood(const MwPurchaseModel *model, MwPurchaseWork *work, double *gradient);

/* ln(alive / dead) of one customer under a model with dropout; INFINITY: certainly alive. */
double mw_purchase_log_odds(const MwPurchaseModel *model, const MwPurchases *customer);

MwStatus mw_purchase_check(const MwPurchaseModel *model);
