#pragma once
/*
 * activity: what follows from visits, calls and tasks: mentions, reminders, the next one of a series, the next step.
 *
 * A series is one open activity with a rule. When it is done the rule moves on to the next one, which is made in the same
 * transaction: docs/decisions/0005-repeating-activities.md says why. mw_activity_derivations is registered with the company.
 */
#include "record/derivation.h"
#include "record/service.h"

extern const MwDerivation mw_activity_derivations[];

/* Says of a new activity what it is about: the record, and what that is about itself; an activity about a contact is about
 * the account too. What the input says of the latter stays. */
void mw_activity_about(MwInput *input, const MwRecord *record);

/* How one is completed. All borrowed; all may be NULL. */
typedef struct {
    const char *result;    /* what came of it                                         */
    const char *next_step; /* what is to be done next: makes another activity         */
    const char *next_type; /* of it, a key; NULL: a task                              */
    const char *next_at;   /* of it, a date, or a date and time in the actor's zone: a next
                              step takes a date, a visit or a call a time too             */
    int64_t version;       /* that the writer has seen; 0: any                        */
} MwCompletion;

/* The activity as done. With problems (of `result`, `next_step`, `next_type`, `next_at`) the caller undoes what was
 * written. `next`: the id of the next step, 0: none. */
MwRecord *mw_activity_complete(const MwContext *context, int64_t id, const MwCompletion *completion,
                               int64_t *next, MwProblems *problems, GError **error);

/* Makes the next step of an activity that was just written; with problems as above the caller undoes. */
bool mw_activity_next(const MwContext *context, const MwRecord *activity,
                      const MwCompletion *completion, int64_t *next, MwProblems *problems,
                      GError **error);
/* Done by mistake, or not yet: open again, with what was written. `version` as in MwCompletion. */
MwRecord *mw_activity_reopen(const MwContext *context, int64_t id, int64_t version,
                             MwProblems *problems, GError **error);
/* Of a type that stands at a time, where others have a day. */
bool mw_activity_is_timed(const char *type);
/* The next working day after a day: from Monday to Friday. */
int64_t mw_activity_next_day(int64_t today);

/* Whether any reminder is due, any user's daily summary: one look into an index each. */
bool mw_activity_reminders_wait(const MwContext *context, bool *wait, GError **error);
bool mw_activity_digests_wait(const MwContext *context, bool *wait, GError **error);
/* Tell them, in transactions of their own on `store`; safe to repeat. `told` counts the notices. */
bool mw_activity_remind(MwCompany *company, MwStore *store, size_t *told, GError **error);
bool mw_activity_digest(MwCompany *company, MwStore *store, size_t *told, GError **error);
