#pragma once
/*
 * job: the queue of work outside of requests; rows of entity job, which pages and API show.
 *
 * At least once: who takes a job holds a lease; when that runs out (the process was killed) another takes the job
 * again, so a job's work must be safe to repeat. A failed job waits, twice as long each time, and is given up after
 * MW_JOB_ATTEMPTS; then it stays as dead until somebody retries it. Every function wants a context whose store is in a
 * transaction that writes; from its commit on the job counts.
 */
#include "record/context.h"

enum {
    MW_JOB_ATTEMPTS = 8,
    MW_JOB_LEASE_MS = 60 * 1000,
    MW_JOB_WAIT_MS = 60 * 1000, /* after the first failure; then 2, 4, 8… minutes */
};

typedef struct {
    int64_t id;
    char *kind, *payload;
    int64_t attempts; /* this one included; also tells this holder from an earlier one */
} MwJob;

void mw_job_free(MwJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwJob, mw_job_free)

/* Queues a job for `run_at`; `payload` is JSON or NULL. The id, 0 on an error. */
int64_t mw_job_add(const MwContext *context, const char *kind, const char *payload, int64_t run_at,
                   GError **error);
/* The same, unless one of this kind is queued or running already. */
bool mw_job_ensure(const MwContext *context, const char *kind, int64_t run_at, GError **error);
/* Queues one for now, unless one waits for now already: one that runs may have looked before there was something to do. */
bool mw_job_soon(const MwContext *context, const char *kind, GError **error);
/* The next moment of a clock time in the company's time zone, minutes after midnight. */
int64_t mw_job_next(const MwContext *context, int minutes);

/* The kinds that somebody takes: those named, or all others. */
typedef struct {
    const char *const *kinds;
    bool others;
} MwJobKinds;

/* Whether one of these (NULL: of any kind) is due; needs no writing transaction. */
bool mw_job_due(const MwContext *context, const MwJobKinds *kinds, bool *due, GError **error);
/* Takes the one that is due longest; NULL without an error when none is. */
MwJob *mw_job_take(const MwContext *context, const MwJobKinds *kinds, GError **error);
/* Still at work: renews the lease. `progress` in hundredths of a percent, `message` may be NULL. False without an error
 * when the job is no longer this holder's. */
bool mw_job_renew(const MwContext *context, const MwJob *job, int64_t progress, const char *message,
                  GError **error);
bool mw_job_finish(const MwContext *context, const MwJob *job, const char *message, GError **error);
/* It failed: waits for another attempt, or is given up. */
bool mw_job_fail(const MwContext *context, const MwJob *job, const char *reason, GError **error);
/* It was stopped for the program's sake: queued as if it had not been taken. */
bool mw_job_release(const MwContext *context, const MwJob *job, GError **error);
/* Queues a dead one again; MW_ERROR_NOT_FOUND when it is not dead. */
bool mw_job_retry(const MwContext *context, int64_t id, GError **error);
