/* kinds: what jobs can be. */
#include <jansson.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "exchange/import.h"
#include "jobs/jobs.h"
#include "jobs/purge.h"
#include "methods/classification.h"
#include "methods/policy.h"
#include "record/work.h"

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
    json_t *payload = json_loads(run->job->payload ? run->job->payload : "{}", 0, NULL);
    const char *text = json_string_value(json_object_get(payload, "run"));
    int64_t id = text ? g_ascii_strtoll(text, NULL, 10) : 0;

    json_decref(payload);
    return mw_classification_run(run->company, run->store, run->ledger, id, tell_classified, run,
                                 NULL, error);
}

static bool
run_schedules(MwJobRun *run, GError **error)
{
    return mw_classification_schedule(run->company, run->store, error);
}

/* ---- policies -------------------------------------------------------------------- */

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

/* ---- import ------------------------------------------------------------------------ */

static bool
tell_imported(int64_t done, int64_t all, void *data)
{
    return mw_job_goes_on(data, done, all);
}

/* A list of strings of the payload; its texts are the payload's. NULL when it has none. */
static const char **
list_of(const json_t *payload, const char *name)
{
    const json_t *list = json_object_get(payload, name);
    size_t n = json_array_size(list);
    const char **texts = n > 0 ? g_new0(const char *, n + 1) : NULL;

    for (size_t i = 0, k = 0; i < n; i++)
        if (json_is_string(json_array_get(list, i)))
            texts[k++] = json_string_value(json_array_get(list, i));
    return texts;
}

static bool
import(MwJobRun *run, const json_t *payload, MwActor *actor, GError **error)
{
    g_autofree const char **map = list_of(payload, "map");
    g_autofree const char **constants = list_of(payload, "constants");
    g_autofree const char **values = list_of(payload, "values");
    g_autofree const char **missing = list_of(payload, "create_missing");
    g_auto(MwImportReport) report = { 0 };
    const char *delimiter = json_string_value(json_object_get(payload, "delimiter"));
    const MwImportOptions options = {
        .path = json_string_value(json_object_get(payload, "path")),
        .file_name = json_string_value(json_object_get(payload, "file_name")),
        .shape = json_string_value(json_object_get(payload, "shape")),
        .match = json_string_value(json_object_get(payload, "match")),
        .map = map,
        .constants = constants,
        .values = values,
        .create_missing = missing,
        .table = { .delimiter = delimiter ? *delimiter : '\0',
                   .encoding = json_string_value(json_object_get(payload, "encoding")),
                   .sheet = json_string_value(json_object_get(payload, "sheet")) },
    };

    if (!options.path || !options.shape)
        return mw_fail(error, MW_ERROR_INVALID, _("The job does not say what to import."));
    if (!mw_import(run->company, run->store, actor, &options,
                   json_string_value(json_object_get(payload, "rejects")), tell_imported, run,
                   &report, error))
        return false;
    if (report.cancelled)
        return mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped before the end."));
    run->message = g_strdup_printf(_("%lld rows, %lld rejected"), (long long)report.rows,
                                   (long long)report.rejected);
    return true;
}

typedef struct {
    MwCompany *company;
    int64_t user;
    MwActor *actor;
} Whose;

static bool
find_actor(const MwContext *context, void *data, GError **error)
{
    Whose *whose = data;

    g_clear_pointer(&whose->actor, mw_actor_unref);
    whose->actor = whose->user
                       ? mw_company_actor(whose->company, context->store, whose->user, error)
                       : mw_company_system(whose->company);
    return whose->actor != NULL;
}

/* Payload: {"path", "file_name", "shape", "match", "rejects", "delimiter", "encoding", "sheet": texts; "map", "constants",
 * "values", "create_missing": lists of texts; "user": "<id>", on whose behalf, none: the system's}. As MwImportOptions. */
static bool
run_import(MwJobRun *run, GError **error)
{
    json_t *payload = json_loads(run->job->payload ? run->job->payload : "{}", 0, NULL);
    const char *user = json_string_value(json_object_get(payload, "user"));
    Whose whose = { run->company, user ? g_ascii_strtoll(user, NULL, 10) : 0, NULL };

    bool done = mw_work_atomically(run->company, run->store, find_actor, &whose, error) &&
                import(run, payload, whose.actor, error);
    mw_actor_unref(whose.actor);
    json_decref(payload);
    return done;
}

const MwJobKind mw_job_kinds[] = {
    { "import", N_("Import"), -1, run_import },
    { "classification", N_("Classification"), -1, run_classification },
    { "classification_schedule", N_("Classifications that are due again"), 60, run_schedules },
    { "overrides", N_("End of decisions on classes"), 5, run_overrides },
    { "visits", N_("Dates of visits"), 90, run_visits },
    { "purge", N_("Purge of what was deleted 30 days ago"), 120, mw_purge_deleted },
    { "expire", N_("Clean-up of sessions and old jobs"), 150, mw_purge_expired },
    { NULL, NULL, 0, NULL },
};
