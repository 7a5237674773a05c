#pragma once
/*
 * clv: what a base of customers will still buy, and what that is worth.
 *
 * Customers are not bound by contract and give no notice when they leave; what is known of each
 * is how often and how long ago he bought. Three models of that, fitted by maximum likelihood:
 *
 *   NBD          buys at his own rate, for ever (Ehrenberg, Applied Statistics 8, 1959);
 *   BG/NBD       may leave after any purchase (Fader, Hardie & Lee, Marketing Science 24, 2005);
 *   Pareto/NBD   may leave at any time (Schmittlein, Morrison & Colombo, Management Science 33,
 *                1987; likelihood as in Fader & Hardie's note of 2005);
 *
 * and the Gamma-Gamma model of his spend an order (Fader & Hardie's note of 2013).
 * docs/methods/lifetime-value.md tells what they mean and when not to trust them.
 *
 * What allocates says so: by malloc(), all of it freed again before the function returns, but
 * for MwCohort. MW_NO_MEMORY when refused. Time is in any one unit (weeks by custom).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engines/status.h"

/* ---- Customers ---- */

/* One customer: what of his history matters. Several orders of one day count as one. */
typedef struct {
    double x;  /* orders after the first: a whole number, 0..MW_CLV_ORDERS         */
    double tx; /* time from the first order to the last; 0 exactly if x is 0       */
    double T;  /* time from the first order to the end of what was watched; >= tx  */
} MwPurchases;

enum { MW_CLV_ORDERS = 1000000 };

/* Whether there can be such a customer: MW_NOT_FINITE, MW_TOO_LARGE (x above MW_CLV_ORDERS),
 * MW_OUT_OF_RANGE (negative, x not whole, tx beyond T, or tx and x not zero together). */
MwStatus mw_purchases_check(const MwPurchases *customer);

/* Customers, with those of equal (x, tx, T) joined; read-only. */
typedef struct {
    size_t customers;
    size_t groups;
    double orders;      /* sum of x over all customers                                    */
    MwPurchases *group; /* of each group, ordered by x, T, tx: the order of the customers
                              changes no bit of any result                                   */
    double *count;      /* customers in the group                                         */
    uint32_t *group_of; /* of each customer, its group                                    */

    /* For the likelihoods: the different times, and the different pairs of x and time. */
    size_t n_times, n_nodes, n_counts;
    double *time;               /* ascending                                            */
    uint32_t *node_time;        /* of each node, its time                               */
    double *node_x;             /* and its x                                            */
    uint32_t *node_tx, *node_T; /* of each group, the nodes (x, tx) and (x, T)          */
    double *more_than;          /* more_than[j]: customers with x > j, j < n_counts     */
} MwCohort;

/*
 * Allocates a cohort; mw_cohort_free() takes it back. MW_EMPTY, MW_TOO_LARGE (n above 2^31), and
 * as mw_purchases_check(). O(n + g log g) for g groups.
 */
MwStatus mw_cohort_new(const MwPurchases *customers, size_t n, MwCohort **out);
void mw_cohort_free(MwCohort *cohort);

/* ---- Models of purchases ---- */

typedef enum { MW_NBD, MW_BG_NBD, MW_PARETO_NBD } MwPurchaseKind;

enum { MW_PURCHASE_PARAMETERS = 4 };

/* The rate of orders is Gamma(r, alpha) over customers; all parameters are positive. */
typedef struct {
    MwPurchaseKind kind;
    double r, alpha; /* alpha in units of time                                        */
    double a, b;     /* BG/NBD: the chance to leave after an order is Beta(a, b).
                        Pareto/NBD: the rate of leaving is Gamma(s = a, beta = b), b in
                        units of time. NBD: not used                                  */
} MwPurchaseModel;

typedef struct {
    MwPurchaseModel model;
    double log_likelihood;
    double standard_error[MW_PURCHASE_PARAMETERS]; /* of r, alpha, a, b, from the curvature of
                          the log-likelihood in the logarithms of the parameters; NaN where it
                          determines none                                                    */
    bool converged;    /* the gradient vanishes at the answer                               */
    bool determined;   /* and the data determine each parameter: the curvature is definite, with
                          no standard error above 3 in the logarithm                          */
    bool identified;   /* NBD: as `determined`. With dropout: the data show dropout, for Akaike's
                          criterion prefers the model to the NBD (more than 2 units of log-
                          likelihood for its 2 more parameters). Customers who all leave at one
                          rate show it, though a and b may then not be determined             */
    unsigned starts;   /* searches begun                                                    */
    unsigned agreeing; /* of which ended within 0.001 of the best log-likelihood            */
    unsigned evaluations;
} MwPurchaseFit;

/*
 * Maximum likelihood in the logarithms of the parameters, from several starts; cohorts of many
 * groups begin on an even sample of their customers. Allocates. MW_NOT_IDENTIFIED when nobody
 * has ordered twice; MW_NOT_CONVERGED when no start led to a finite likelihood. Look at
 * `converged` and `identified` besides. O(groups) a step, some dozens of steps.
 */
MwStatus mw_purchase_fit(const MwCohort *cohort, MwPurchaseKind kind, MwPurchaseFit *out);

/* The fit to rely on: the best log-likelihood among the identified models with dropout, else
 * the NBD. Index into fits[0..n-1], of which one is of the NBD; n if none is. */
size_t mw_purchase_choose(const MwPurchaseFit *fits, size_t n);

/* Log-likelihood of all customers. Allocates. MW_OUT_OF_RANGE: a parameter is not positive. */
MwStatus mw_purchase_log_likelihood(const MwPurchaseModel *model, const MwCohort *cohort,
                                    double *out);

/*
 * Of one customer; nothing is allocated. Errors: as mw_cohort_new() for the customer,
 * MW_OUT_OF_RANGE for a parameter or a time, MW_NOT_CONVERGED (BG/NBD, time ahead more than
 * about 10,000 times T + alpha).
 *
 * The chance that he has not left: 1 with the NBD, and for x = 0 with the BG/NBD.
 */
MwStatus mw_purchase_alive(const MwPurchaseModel *model, const MwPurchases *customer, double *out);
/* Orders to expect in the next `ahead` units of time. O(1); BG/NBD: a series. */
MwStatus mw_purchase_expected(const MwPurchaseModel *model, const MwPurchases *customer,
                              double ahead, double *out);
/* The same, each order counted e^(-rate u) when it comes u from now: times the spend an order
 * and the margin, the customer's lifetime value within `ahead`. `rate` >= 0 a unit of time;
 * ln(1.10) / 52 is 10 % a year in weeks. 17 times the cost. */
MwStatus mw_purchase_discounted(const MwPurchaseModel *model, const MwPurchases *customer,
                                double ahead, double rate, double *out);
/* Orders, after his first, to expect from a new customer within `t`. */
MwStatus mw_purchase_mean(const MwPurchaseModel *model, double t, double *out);
/* NBD and BG/NBD: the chance that a new customer places x more orders within `t` (Fader, Hardie
 * & Lee 2005, eq. 8). MW_NO_SOLUTION for the Pareto/NBD. O(x). */
MwStatus mw_purchase_probability(const MwPurchaseModel *model, unsigned x, double t, double *out);

/* ---- Spend ---- */

/* Spend an order is Gamma(p, nu), nu is Gamma(q, v) over customers; v in units of money. */
typedef struct {
    double p, q, v;
} MwGammaGamma;

typedef struct {
    MwGammaGamma model;
    double log_likelihood;
    double standard_error[3]; /* of p, q, v; NaN where the curvature determines none          */
    double mean;              /* of the population, p v / (q - 1); INFINITY when q <= 1       */
    double correlation;       /* of x and mean spend over those counted; the model assumes 0  */
    size_t n;                 /* customers counted: x >= 1 and a mean above 0                 */
    size_t excluded;          /* x >= 1 but a mean of 0 or less: the model cannot say anything */
    bool converged, identified;
    unsigned starts, agreeing, evaluations;
} MwGammaGammaFit;

/*
 * From x[i] orders (those after the first) and their mean value m[i]; customers without such an
 * order are passed over. Allocates. MW_EMPTY (fewer than 3 to count), MW_NOT_FINITE,
 * MW_OUT_OF_RANGE (x), MW_NOT_IDENTIFIED (all means are equal). O(n) a step.
 */
MwStatus mw_gamma_gamma_fit(const double *x, const double *m, size_t n, MwGammaGammaFit *out);

/* Log-likelihood of one customer with x >= 1 orders of mean value m > 0. */
MwStatus mw_gamma_gamma_log_likelihood(const MwGammaGamma *model, double x, double m, double *out);

/* The value of an order to expect from a customer with x orders of mean m; x = 0 takes the
 * population's (m is not read). MW_OUT_OF_RANGE, also when p x + q <= 1: it has no mean. */
MwStatus mw_gamma_gamma_expected(const MwGammaGamma *model, double x, double m, double *out);
