#pragma once
/*
 * jobs: work in the background, by threads of the server.
 *
 * What there is to do is the queue (record/job.h); what can be done is the table of kinds below. To add a kind: a
 * function that is safe to repeat, and its row in kinds.c. A kind with a time of day is queued again for the next one
 * whenever none waits.
 */
#include "methods/ledger.h"
#include "record/job.h"

/* What a job works with. */
typedef struct {
    MwCompany *company;
    MwStore *store; /* of the thread, in no transaction */
    MwLedger *ledger;
    const MwJob *job;
    char *message;             /* what it came to, for the page; owned, may stay NULL */
    gint done, all, *stopping; /* private: see mw_job_goes_on() */
} MwJobRun;

/* Each lane has threads of its own, so that what waits for others' servers holds up nothing else. */
typedef enum {
    MW_LANE_WORK, /* also for kinds that nobody knows (any more) */
    MW_LANE_MAIL,
    MW_LANES,
} MwJobLane;

typedef struct {
    const char *name;  /* of entity job: "purge" */
    const char *label; /* N_(…) */
    int at;            /* minutes after midnight; -1: only when somebody queues it */
    bool (*run)(MwJobRun *run, GError **error);
    /* Asked every minute: whether there is something to do, and so a job is to be queued. Cheap. NULL: by `at` alone. */
    bool (*waits)(const MwContext *context, bool *wait, GError **error);
    MwJobLane lane;
} MwJobKind;

extern const MwJobKind mw_job_kinds[]; /* ends with a NULL name */

/* Tells how far it is; false: the program stops, so return false with an error of MW_ERROR_UNAVAILABLE. Fits
 * MwProgressFunc and the like by a cast-free wrapper of the kind. */
bool mw_job_goes_on(MwJobRun *run, int64_t done, int64_t all);

/* Queues the kinds with a time of day that do not wait yet. */
bool mw_jobs_schedule(MwCompany *company, MwStore *store, GError **error);
/* Runs the job that is due longest, if any, of whatever lane, to its end; `any` tells. A job that fails is no error of this. */
bool mw_jobs_run_one(MwCompany *company, MwStore *store, MwLedger *ledger, bool *any,
                     GError **error);

/* Threads that do so until stopped: `threads` for work, one for each other lane. All borrowed; they outlive the runner. */
typedef struct MwJobRunner MwJobRunner;
MwJobRunner *mw_jobs_start(MwCompany *company, MwLedger *ledger, unsigned threads);
/* Waits for running jobs to stop; those that go on long enough are queued again. */
void mw_jobs_stop(MwJobRunner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwJobRunner, mw_jobs_stop)
