/* kinds: what jobs can be. */
#include <jansson.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/id.h"
#include "exchange/import.h"
#include "jobs/bulk.h"
#include "jobs/jobs.h"
#include "jobs/mails.h"
#include "jobs/purge.h"
#include "methods/activity.h"
#include "methods/classification.h"
#include "methods/learning.h"
#include "methods/policy.h"
#include "methods/recycling.h"
#include "record/outbox.h"
#include "record/work.h"

/* The id that a payload such as {"run": "<id>"} names; 0: none. */
static int64_t
id_of(const MwJob *job, const char *name)
{
    json_t *payload = json_loads(job->payload ? job->payload : "{}", 0, NULL);
    const char *text = json_string_value(json_object_get(payload, name));
    int64_t id = mw_id_read(text);

    json_decref(payload);
    return id;
}

/* ---- classification ------------------------------------------------------------ */

static bool
tell_classified(size_t done, size_t all, void *data)
{
    return mw_job_goes_on(data, (int64_t)done, (int64_t)all);
}

/* Payload: {"run": "<id>"}. */
static bool
run_classification(MwJobRun *run, GError **error)
{
    return mw_classification_run(run->company, run->store, run->ledger, id_of(run->job, "run"),
                                 tell_classified, run, NULL, error);
}

static bool
run_schedules(MwJobRun *run, GError **error)
{
    return mw_classification_schedule(run->company, run->store, error);
}

/* ---- policies -------------------------------------------------------------------- */

static bool
run_learning(MwJobRun *run, GError **error)
{
    size_t changed = 0;

    if (!mw_stages_learn(run->company, run->store, &changed, error))
        return false;
    run->message = g_strdup_printf(_("%zu stages"), changed);
    return true;
}

static bool
run_visits(MwJobRun *run, GError **error)
{
    size_t changed;

    if (!mw_policy_visits(run->company, run->store, &changed, error))
        return false;
    run->message = g_strdup_printf(_("%zu accounts changed"), changed);
    return true;
}

static bool
run_overrides(MwJobRun *run, GError **error)
{
    size_t changed;

    if (!mw_policy_overrides(run->company, run->store, &changed, error))
        return false;
    run->message = g_strdup_printf(_("%zu accounts changed"), changed);
    return true;
}

/* ---- open pools -------------------------------------------------------------------- */

static bool
goes_on(void *data)
{
    return mw_job_goes_on(data, 0, 0);
}

static bool
run_pools(MwJobRun *run, GError **error)
{
    MwRecycled n;

    if (!mw_recycling_run(run->company, run->store, goes_on, run, &n, error))
        return false;
    run->message =
        g_strdup_printf(_("%zu came back into their pools, %zu were announced"), n.back, n.told);
    return true;
}

/* Payload: {"pool": "<id>"}. */
static bool
run_pool_words(MwJobRun *run, GError **error)
{
    return mw_recycling_words(run->company, run->store, id_of(run->job, "pool"), error);
}

/* ---- import ------------------------------------------------------------------------ */

static bool
tell_imported(int64_t done, int64_t all, void *data)
{
    return mw_job_goes_on(data, done, all);
}

/* Whether another try may do better; else the run itself says what was wrong. */
static bool
may_pass(const GError *error)
{
    return error->domain != MW_ERROR || error->code == MW_ERROR_UNAVAILABLE ||
           error->code == MW_ERROR_FULL || error->code == MW_ERROR_INTERNAL;
}

/* Payload: {"run": "<id>"} of the import_run. */
static bool
run_import(MwJobRun *run, GError **error)
{
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) local = NULL;
    int64_t id = id_of(run->job, "run");

    if (mw_import_resume(run->company, run->store, id, tell_imported, run, &report, &local)) {
        if (report.cancelled)
            return mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped before the end."));
        run->message = g_strdup_printf(_("%lld rows, %lld rejected"), (long long)report.rows,
                                       (long long)report.rejected);
        return true;
    }
    if (may_pass(local)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    run->message = g_strdup(local->message);
    return true;
}

typedef struct {
    int64_t run;
    const char *reason;
} GivenUp;

static bool
give_up_step(const MwContext *context, void *data, GError **error)
{
    const GivenUp *given_up = data;

    return mw_import_undo_failed(context, given_up->run, given_up->reason, error);
}

/* Payload: {"run": "<id>", "user": "<id>"}: who takes the import back. */
static bool
run_import_undo(MwJobRun *run, GError **error)
{
    g_auto(MwUndone) undone = { 0 };
    g_autoptr(GError) local = NULL;
    int64_t id = id_of(run->job, "run");

    if (!mw_import_undo_run(run->company, run->store, id, id_of(run->job, "user"), tell_imported,
                            run, &undone, &local)) {
        GivenUp given_up = { id, local->message };
        bool again = run->job->attempts < MW_JOB_ATTEMPTS && may_pass(local);
        if (!again && mw_job_goes_on(run, 0, 0))
            mw_work_atomically(run->company, run->store, give_up_step, &given_up, NULL);
        if (!again && !may_pass(local)) { /* no other try would do better */
            run->message = g_strdup(local->message);
            return true;
        }
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    run->message =
        g_strdup_printf(_("%lld removed, %lld set back, %lld kept"), (long long)undone.removed,
                        (long long)undone.restored, (long long)undone.n_kept);
    return true;
}

/* ---- notices ------------------------------------------------------------------------ */

typedef bool (*Teller)(MwCompany *company, MwStore *store, size_t *told, GError **error);

static bool
tell(MwJobRun *run, Teller teller, GError **error)
{
    size_t told = 0;

    if (!teller(run->company, run->store, &told, error))
        return false;
    run->message = g_strdup_printf(_("%zu notices"), told);
    return true;
}

static bool
run_reminders(MwJobRun *run, GError **error)
{
    return tell(run, mw_activity_remind, error);
}

static bool
run_digests(MwJobRun *run, GError **error)
{
    return tell(run, mw_activity_digest, error);
}

const MwJobKind mw_job_kinds[] = {
    { "import", N_("Import"), -1, run_import, NULL, MW_LANE_WORK },
    { "import_undo", N_("Undoing of an import"), -1, run_import_undo, NULL, MW_LANE_WORK },
    { "bulk", N_("Bulk change"), -1, mw_bulk_run, NULL, MW_LANE_WORK },
    { "bulk_undo", N_("Undoing of a bulk change"), -1, mw_bulk_undo_run, NULL, MW_LANE_WORK },
    { "twins", N_("Search for duplicates"), -1, mw_duplicates_run, NULL, MW_LANE_WORK },
    { "classification", N_("Classification"), -1, run_classification, NULL, MW_LANE_WORK },
    { "classification_schedule", N_("Classifications that are due again"), 60, run_schedules, NULL,
      MW_LANE_WORK },
    { "overrides", N_("End of decisions on classes"), 5, run_overrides, NULL, MW_LANE_WORK },
    { "visits", N_("Dates of visits"), 90, run_visits, NULL, MW_LANE_WORK },
    { "pools", N_("What comes back into open pools"), 20, run_pools, NULL, MW_LANE_WORK },
    { "pool_words", N_("Words of what is in a pool"), -1, run_pool_words, NULL, MW_LANE_WORK },
    { "learning", N_("Probabilities learned from closed deals"), 75, run_learning, NULL,
      MW_LANE_WORK },
    { "purge", N_("Purge of what was deleted 30 days ago"), 120, mw_purge_deleted, NULL,
      MW_LANE_WORK },
    { "expire", N_("Clean-up of sessions, old jobs and imported files"), 150, mw_purge_expired,
      NULL, MW_LANE_WORK },
    { "reminders", N_("Reminders"), -1, run_reminders, mw_activity_reminders_wait, MW_LANE_WORK },
    { "digests", N_("Daily summaries of what is overdue"), -1, run_digests,
      mw_activity_digests_wait, MW_LANE_WORK },
    { "mails", N_("Outgoing e-mail"), -1, mw_mails_run, mw_outbox_due, MW_LANE_MAIL },
    { NULL, NULL, 0, NULL, NULL, MW_LANE_WORK },
};
