#pragma once
/* classification_reason: why an account is in its class, in one sentence. Private to the classification. */
#include "methods/classification.h"

/* What the run before said of an account. */
typedef struct {
    int64_t account;
    int class; /* 0 is A */
    double values[MW_N_INDICATORS];
} MwEarlier;

/* How far apart the accounts are in each indicator, so that changes of different ones compare. */
void mw_classification_ranges(const MwClassification *c, double *ranges);
/* For who moved: the criterion that pushed most, by its weight and its change over the range. For the others: the rank
 * and the heaviest criterion. `earlier` NULL: not in the run before. The caller frees it. */
char *mw_classification_reason(const MwClassification *c, size_t i, const MwEarlier *earlier,
                               const double *ranges, const char *currency);
