/* runner: takes jobs and runs them; a keeper thread holds their leases meanwhile. */
#include "base/i18n.h"
#include "jobs/jobs.h"
#include "record/work.h"

enum {
    THREADS_MAX = 16,
    KINDS_MAX = 64,
    POLL_MS = 1000,
    LOOK_MS = 100,
    KEEP_MS = 2000,
    SCHEDULE_MS = 60000
};

struct MwJobRunner {
    MwCompany *company;
    MwLedger *ledger;
    unsigned n;
    GThread *threads[THREADS_MAX], *keeper;
    gint stopping;
    GMutex lock; /* of all below */
    GCond changed;
    MwJobRun *running[THREADS_MAX]; /* NULL: idle */
};

bool
mw_job_goes_on(MwJobRun *run, int64_t done, int64_t all)
{
    /* Per ten thousand, so that it fits what threads can exchange without a lock. */
    g_atomic_int_set(&run->done, all > 0 ? (gint)((double)done / (double)all * 10000.0) : 0);
    return !run->stopping || !g_atomic_int_get(run->stopping);
}

static const MwJobKind *
kind_of(const char *name)
{
    for (const MwJobKind *kind = mw_job_kinds; kind->name; kind++)
        if (g_str_equal(kind->name, name))
            return kind;
    return NULL;
}

/* The kinds of a lane. Work is what the others do not take, unknown kinds too. */
typedef struct {
    const char *names[KINDS_MAX + 1];
    MwJobKinds kinds;
} LaneKinds;

static void
kinds_of_lane(MwJobLane lane, LaneKinds *of)
{
    size_t n = 0;

    for (const MwJobKind *kind = mw_job_kinds; kind->name && n < KINDS_MAX; kind++)
        if (lane == MW_LANE_WORK ? kind->lane != MW_LANE_WORK : kind->lane == lane)
            of->names[n++] = kind->name;
    of->names[n] = NULL;
    of->kinds = (MwJobKinds){ of->names, lane == MW_LANE_WORK };
}

/* ---- steps in transactions ---------------------------------------------------- */

static bool
schedule_step(const MwContext *context, void *data G_GNUC_UNUSED, GError **error)
{
    for (const MwJobKind *kind = mw_job_kinds; kind->name; kind++) {
        bool wait = false;
        if (kind->at >= 0 &&
            !mw_job_ensure(context, kind->name, mw_job_next(context, kind->at), error))
            return false;
        if (kind->waits && (!kind->waits(context, &wait, error) ||
                            (wait && !mw_job_ensure(context, kind->name, context->now, error))))
            return false;
    }
    return true;
}

bool
mw_jobs_schedule(MwCompany *company, MwStore *store, GError **error)
{
    return mw_work_atomically(company, store, schedule_step, NULL, error);
}

typedef struct {
    const MwJobKinds *kinds;
    MwJob *job;
} Taking;

static bool
take_step(const MwContext *context, void *data, GError **error)
{
    g_autoptr(GError) local = NULL;
    Taking *taking = data;

    g_clear_pointer(&taking->job, mw_job_free); /* of a try that was undone */
    taking->job = mw_job_take(context, taking->kinds, &local);
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    return taking->job != NULL;
}

/* What became of a job. */
typedef struct {
    MwJobRun *run;
    const GError *error; /* NULL: done */
    bool stopped;
} Outcome;

static bool
settle_step(const MwContext *context, void *data, GError **error)
{
    const Outcome *outcome = data;
    const MwJob *job = outcome->run->job;

    if (outcome->stopped)
        return mw_job_release(context, job, error);
    return outcome->error ? mw_job_fail(context, job, outcome->error->message, error)
                          : mw_job_finish(context, job, outcome->run->message, error);
}

static bool
renew_step(const MwContext *context, void *data, GError **error)
{
    MwJobRun *run = data;

    mw_job_renew(context, run->job, g_atomic_int_get(&run->done), NULL, error);
    return true;
}

/* A look before the leap: taking a job locks the database, looking does not. */
static bool
any_due(MwCompany *company, MwStore *store, const MwJobKinds *kinds, bool *due, GError **error)
{
    g_autoptr(MwActor) system = mw_company_system(company);
    MwContext context;

    if (!mw_store_begin(store, false, error))
        return false;
    mw_context_begin(&context, company, store, system, "job");
    bool done = mw_job_due(&context, kinds, due, error);
    mw_context_end(&context);
    mw_store_rollback(store);
    return done;
}

/* ---- running --------------------------------------------------------------------- */

static void
publish(MwJobRunner *runner, unsigned slot, MwJobRun *run)
{
    if (!runner)
        return;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&runner->lock);
    runner->running[slot] = run;
}

static bool
run_job(MwJobRunner *runner, unsigned slot, MwJobRun *run, GError **error)
{
    const MwJobKind *kind = kind_of(run->job->kind);
    g_autoptr(GError) failure = NULL;
    g_autoptr(MwSettings) settings = mw_company_settings(run->company);
    const char *language = mw_i18n_language();

    publish(runner, slot, run);
    mw_i18n_use(settings->language); /* messages are read by people of the company */
    bool done = kind ? kind->run(run, &failure)
                     : mw_fail(&failure, MW_ERROR_INVALID, _("There is no kind of job “%s”."),
                               run->job->kind);
    mw_i18n_use(language);
    publish(runner, slot, NULL);
    mw_store_rollback(run->store); /* whatever a failure has left */
    if (failure)
        g_warning("job %s: %s", run->job->kind, failure->message);
    Outcome outcome = { run, done ? NULL : failure, false };
    outcome.stopped = !done && run->stopping && g_atomic_int_get(run->stopping);
    return mw_work_atomically(run->company, run->store, settle_step, &outcome, error);
}

static bool
take_and_run(MwJobRunner *runner, unsigned slot, MwJobRun *run, const MwJobKinds *kinds, bool *any,
             GError **error)
{
    Taking taking = { .kinds = kinds };
    g_autoptr(GError) local = NULL;

    *any = false;
    if (!any_due(run->company, run->store, kinds, any, error) || !*any)
        return *any == false && !(error && *error);
    if (!mw_work_atomically(run->company, run->store, take_step, &taking, &local)) {
        g_clear_pointer(&taking.job, mw_job_free);
        *any = false;
        if (local)
            g_propagate_error(error, g_steal_pointer(&local));
        return !local; /* somebody else was quicker */
    }
    g_autoptr(MwJob) job = taking.job;
    run->job = job;
    bool done = run_job(runner, slot, run, error);
    g_clear_pointer(&run->message, g_free);
    return done;
}

bool
mw_jobs_run_one(MwCompany *company, MwStore *store, MwLedger *ledger, bool *any, GError **error)
{
    MwJobRun run = { .company = company, .store = store, .ledger = ledger };

    return take_and_run(NULL, 0, &run, NULL, any, error);
}

/* ---- threads ------------------------------------------------------------------------ */

static void
pause_ms(MwJobRunner *runner, int64_t ms)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&runner->lock);

    if (!g_atomic_int_get(&runner->stopping))
        g_cond_wait_until(&runner->changed, &runner->lock, g_get_monotonic_time() + ms * 1000);
}

static uint64_t
jobs_changed(MwJobRunner *runner)
{
    g_autoptr(MwCatalog) catalog = mw_company_catalog(runner->company);

    return mw_company_generation(runner->company, mw_catalog_entity(catalog, "job"));
}

/* Until POLL_MS have passed, or this program has changed a job: one that it queues begins soon. */
static void
pause_until_change(MwJobRunner *runner, uint64_t changed)
{
    for (int64_t ms = 0;
         ms < POLL_MS && !g_atomic_int_get(&runner->stopping) && jobs_changed(runner) == changed;
         ms += LOOK_MS)
        pause_ms(runner, LOOK_MS);
}

typedef struct {
    MwJobRunner *runner;
    unsigned slot;
    MwJobLane lane;
} Worker;

static gpointer
work(gpointer data)
{
    g_autofree Worker *worker = data;
    MwJobRunner *runner = worker->runner;
    g_autoptr(MwStore) store = NULL;
    LaneKinds of;

    kinds_of_lane(worker->lane, &of);
    while (!g_atomic_int_get(&runner->stopping)) {
        g_autoptr(GError) error = NULL;
        uint64_t changed = jobs_changed(runner);
        bool any = false;
        if (!store)
            store = mw_company_connect(runner->company, MW_OPEN_EXISTING, &error);
        MwJobRun run = {
            .company = runner->company,
            .store = store,
            .ledger = runner->ledger,
            .stopping = &runner->stopping,
        };
        if (store && !take_and_run(runner, worker->slot, &run, &of.kinds, &any, &error) && error)
            g_info("jobs: %s", error->message); /* the database is away; it will be back */
        if (!any)
            pause_until_change(runner, changed);
    }
    return NULL;
}

/* The lock is held while a run is renewed, so that it does not end meanwhile. */
static void
renew_all(MwJobRunner *runner, MwStore *store)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&runner->lock);

    for (unsigned i = 0; i < runner->n; i++)
        if (runner->running[i])
            mw_work_atomically(runner->company, store, renew_step, runner->running[i], NULL);
}

static gpointer
keep(gpointer data)
{
    MwJobRunner *runner = data;
    g_autoptr(MwStore) store = NULL;
    int64_t scheduled = 0;

    while (!g_atomic_int_get(&runner->stopping)) {
        int64_t now = g_get_monotonic_time() / 1000;
        if (!store)
            store = mw_company_connect(runner->company, MW_OPEN_EXISTING, NULL);
        if (store && (scheduled == 0 || now - scheduled > SCHEDULE_MS) &&
            mw_jobs_schedule(runner->company, store, NULL))
            scheduled = now;
        if (store)
            renew_all(runner, store);
        pause_ms(runner, KEEP_MS);
    }
    return NULL;
}

MwJobRunner *
mw_jobs_start(MwCompany *company, MwLedger *ledger, unsigned threads)
{
    MwJobRunner *runner = g_new0(MwJobRunner, 1);

    g_mutex_init(&runner->lock);
    g_cond_init(&runner->changed);
    runner->company = company;
    runner->ledger = ledger;
    threads = CLAMP(threads, 1, THREADS_MAX - (MW_LANES - 1));
    runner->n = threads + (MW_LANES - 1);
    runner->keeper = g_thread_new("job-keeper", keep, runner);
    for (unsigned i = 0; i < runner->n; i++) {
        Worker *worker = g_new(Worker, 1);
        *worker =
            (Worker){ runner, i, i < threads ? MW_LANE_WORK : MW_LANE_WORK + 1 + i - threads };
        runner->threads[i] = g_thread_new("job", work, worker);
    }
    return runner;
}

void
mw_jobs_stop(MwJobRunner *runner)
{
    if (!runner)
        return;
    g_mutex_lock(&runner->lock);
    g_atomic_int_set(&runner->stopping, 1);
    g_cond_broadcast(&runner->changed);
    g_mutex_unlock(&runner->lock);
    for (unsigned i = 0; i < runner->n; i++)
        g_thread_join(runner->threads[i]);
    g_thread_join(runner->keeper);
    g_cond_clear(&runner->changed);
    g_mutex_clear(&runner->lock);
    g_free(runner);
}
