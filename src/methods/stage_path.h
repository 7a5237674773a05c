#pragma once
/*
 * stage_path: the way of an opportunity through its sales process: which stages are done, skipped, current and to come,
 * with the days spent in each.
 *
 * A stage before the furthest one reached is done when a move has led there, else skipped. Of deals that came closed from
 * another system no way is known: their stages are neither.
 */
#include "record/context.h"

typedef enum { MW_STEP_DONE, MW_STEP_SKIPPED, MW_STEP_CURRENT, MW_STEP_COMING } MwStepState;

typedef struct {
    int64_t stage;
    char *name;
    char kind; /* 'o'pen, 'w'on, 'l'ost */
    MwStepState state;
    int64_t days, expected_days;    /* spent there, all times together; the current one until now */
    int64_t probability;            /* default, hundredths of a percent */
    int64_t learned, learned_deals; /* -1: nothing is known */
} MwStep;

typedef struct {
    GArray *steps;     /* of MwStep, in the order of the process */
    int64_t last_open; /* the open stage that it was in last; 0: none is known */
} MwStagePath;

bool mw_stage_path(const MwContext *context, const MwRecord *opportunity, MwStagePath *out,
                   GError **error);
void mw_stage_path_clear(MwStagePath *path);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwStagePath, mw_stage_path_clear)
