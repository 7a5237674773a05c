#pragma once
/*
 * classification: the customers of a company in classes A to D, by several indicators at once.
 *
 * A run is planned (which indicators, weights, cuts), computed from the ledger, and kept: the plan and the findings in
 * classification_run and classification_indicator, each account's indicators, score, rank, class and the reason in
 * classification_result, the class on the account. The same plan over the same orders gives the same result.
 *
 * Who has a line that counts is classified. An indicator that is not known of an account (no order of the year before,
 * so no growth) counts as the mean of the others. Ties and rounding: engines/classify.h.
 */
#include "engines/classify.h"
#include "engines/concentration.h"
#include "methods/ledger.h"

/* In the order of the choices of classification_indicator. */
typedef enum {
    MW_IND_REVENUE,       /* minor units of the base currency                                    */
    MW_IND_MARGIN,        /* likewise; unknown when no line has a cost                           */
    MW_IND_ORDERS,        /* with at least one sales line                                        */
    MW_IND_RECENCY,       /* days from the last order to as_of                                   */
    MW_IND_GROWTH,        /* 12 months up to as_of over the 12 before, less 1; unknown when the
                             revenue of those was not above zero                                 */
    MW_IND_PAYMENT_DELAY, /* mean days after the due date, over its payments                     */
    MW_IND_RETURNS_SHARE, /* lines below zero over sales lines, in money                         */
    MW_IND_PRODUCTS,      /* different ones                                                      */
    MW_IND_POTENTIAL,     /* of the account, in base currency by the rate of as_of               */
    MW_IND_STRATEGIC_FIT, /* of the account, 1..5                                                */
    MW_N_INDICATORS,
} MwIndicator;

const char *mw_indicator_key(MwIndicator indicator);   /* "revenue" */
const char *mw_indicator_label(MwIndicator indicator); /* translated */
bool mw_indicator_find(const char *key, MwIndicator *out);
/* Less is better for recency, payment delay and the share of returns. */
MwDirection mw_indicator_direction(MwIndicator indicator);

enum { MW_CLASS_COUNT = 4, MW_LORENZ_POINTS = 100 };

typedef enum { MW_WEIGHTS_GIVEN, MW_WEIGHTS_AHP, MW_WEIGHTS_ENTROPY } MwWeighting;

typedef struct {
    MwIndicator indicator;
    MwDirection direction;
    double weight; /* given, 0 or more; after the run its share of 1 */
} MwCriterion;

typedef struct {
    MwLedgerAsk ask;
    MwCriterion criteria[MW_N_INDICATORS];
    size_t n_criteria; /* 1 or more, each indicator once */
    MwWeighting weighting;
    double comparisons[MW_N_INDICATORS *
                       MW_N_INDICATORS]; /* of MW_WEIGHTS_AHP: n x n, see mw_ahp_weights() */
    bool weighted_sum;                   /* else TOPSIS                                        */
    bool by_thresholds;                  /* else by quota                                      */
    double cuts
        [MW_CLASS_COUNT]; /* shares of A to D in percent, of sum 100; or the least scores of A to C */
} MwClassificationPlan;

/* Revenue in all, TOPSIS, 20/30/30/20, up to today in the company's time zone. */
MwClassificationPlan mw_classification_plan(const MwContext *context);

typedef struct {
    MwClassificationPlan plan; /* with the weights that were found */
    MwConsistency consistency; /* of the comparisons */
    GArray *sums;              /* of MwAccountSums, by account; n of them */
    size_t n;
    double *values;                /* column-major, MW_N_INDICATORS columns of n; NAN: not known */
    double *scores;                /* 0..1, higher is better */
    uint32_t *ranks;               /* 1 is the best; ties by revenue, then by age of the account */
    uint8_t *classes;              /* 0 is A */
    int64_t revenue;               /* of all, minor units */
    MwConcentration concentration; /* of the revenue; all zero when there is none above zero */
    double lorenz[MW_LORENZ_POINTS + 1]; /* share of the revenue of the smallest k / points */
    struct {
        size_t accounts;
        int64_t revenue;
    } by_class[MW_CLASS_COUNT];
    bool kept; /* then also: */
    size_t up, down, fresh;
} MwClassification;

void mw_classification_clear(MwClassification *classification);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwClassification, mw_classification_clear)

/* Computes and writes nothing. Of the context it uses store (in a transaction), settings and zone. MW_ERROR_INVALID
 * says what is wrong with the plan, or that no account has orders. */
bool mw_classification_compute(const MwContext *context, MwLedger *ledger,
                               const MwClassificationPlan *plan, MwClassification *out,
                               GError **error);
/* What it comes to in sentences of the language in use, one a line. The caller frees it. */
char *mw_classification_words(const MwClassification *classification, const char *currency);
/* {"A":{"accounts":…,"revenue":"…","share":…},…}; [[0,0],[0.01,…],…]. The caller frees them. */
char *mw_classification_classes(const MwClassification *classification, const char *currency);
char *mw_classification_lorenz(const MwClassification *classification);

/* Keeps the plan as a new run that is queued; `name` may be NULL, `schedule` is a choice of the run or NULL. Returns its
 * id, 0 on an error. */
int64_t mw_classification_queue(const MwContext *context, const MwClassificationPlan *plan,
                                const char *name, const char *schedule, GError **error);
bool mw_classification_plan_of(const MwContext *context, int64_t run, MwClassificationPlan *plan,
                               GError **error);

/* `done` of `all` accounts are stored; false stops with MW_ERROR_UNAVAILABLE. */
typedef bool (*MwProgressFunc)(size_t done, size_t all, void *data);

/*
 * Computes a queued run and keeps it, in transactions of its own on `store` (which is in none), so that others can
 * write meanwhile. Interrupted, it can be run again: what was kept of it is replaced. `out` may be NULL.
 *
 * On each account: class_computed and, unless a decision holds, class; a decision past its day is taken back;
 * class_reason, classified_at, next_visit_on. Accounts of an earlier run that no longer have orders lose their class.
 */
bool mw_classification_run(MwCompany *company, MwStore *store, MwLedger *ledger, int64_t run,
                           MwProgressFunc progress, void *data, MwClassification *out,
                           GError **error);

/* Queues a job "classification" for each run whose next_run_on has come: a new run by its plan, as of today, that goes on
 * with the schedule. In a transaction of its own on `store`; safe to repeat. */
bool mw_classification_schedule(MwCompany *company, MwStore *store, GError **error);
