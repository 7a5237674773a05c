#pragma once
/*
 * opportunity: how a deal goes through its sales process.
 *
 * What holds for every write of an opportunity, by whichever way it comes, is in mw_opportunity_derivations, which the
 * service calls within each write:
 *   - without a process it follows the default one, without a stage it begins in the first;
 *   - a move on asks for the evidence of every stage up to the new one. What is missing is a problem of "stage" with the
 *     code "gate", one each. A manager, an administrator or the system may move it on all the same by giving
 *     `move_reason`. What an import says of another system's deals is taken as it is;
 *   - an open deal can be lost from any stage, with a reason; a closed one can be opened again, with `move_reason`;
 *   - outcome and forecast category are those of the stage; closed_on, days_to_close, probability (that of the stage
 *     unless a user has decided on another) and the weighted amount follow;
 *   - every move is kept as a stage_move: from, to, when, by whom, days in the stage before, stages skipped, reason.
 * The functions below are short ways to such writes. All take a context whose store is in a transaction that writes, and
 * return the record as mw_record_write() does: NULL on an error, unsaved with problems.
 */
#include "record/derivation.h"
#include "record/service.h"

extern const MwDerivation mw_opportunity_derivations[]; /* ends with a NULL entity */

/* Evidence that a stage asks for and that is not there. */
typedef struct {
    char *stage;            /* its name                                              */
    char *text;             /* translated: what is to be done; as the problem says it */
    char *rule, *parameter; /* of the gate                                           */
} MwMissing;

/* What an opportunity lacks to be in the stage that `meant` has, coming from where it is stored, if it is; an array of
 * MwMissing * that frees them. Its lines count as they are stored. NULL on an error. */
GPtrArray *mw_opportunity_missing(const MwContext *context, const MwRecord *meant, GError **error);
/* The text by which a gate's problem is told. The caller frees it. */
char *mw_missing_text(const MwMissing *missing);
/* Whether somebody may move on without evidence. */
bool mw_opportunity_may_override(const MwActor *actor);

/* To a stage by its key or id; `reason` may be NULL. */
MwRecord *mw_opportunity_move(const MwContext *context, int64_t id, const char *stage,
                              const char *reason, MwProblems *problems, GError **error);

typedef struct {
    bool won;
    const char *reason;      /* a choice of opportunity.reason; a loss needs one */
    const char *competitor;  /* id, or NULL */
    const char *note;        /* or NULL */
    const char *closed_on;   /* ISO date; NULL: today */
    const char *move_reason; /* of a manager, in place of evidence; or NULL */
} MwClosing;

/* To the first stage of the process that is won or lost. */
MwRecord *mw_opportunity_close(const MwContext *context, int64_t id, const MwClosing *closing,
                               MwProblems *problems, GError **error);
/* Back to the open stage that it was in last. `reason` must not be NULL. */
MwRecord *mw_opportunity_reopen(const MwContext *context, int64_t id, const char *reason,
                                MwProblems *problems, GError **error);
