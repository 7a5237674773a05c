#include "jobs/bulk.h"

#include <jansson.h>

#include "base/i18n.h"
#include "methods/duplicates.h"
#include "record/bulk.h"
#include "record/work.h"

enum { BULK_BATCH = 200 };

/* A text that the payload names; the document is the caller's. NULL when it has none. */
static const char *
text_of(const MwJob *job, const char *name, json_t **document)
{
    *document = json_loads(job->payload ? job->payload : "{}", 0, NULL);
    return json_string_value(json_object_get(*document, name));
}

/* ---- bulk changes --------------------------------------------------------------------- */

typedef struct {
    MwCompany *company;
    int64_t run;
    MwBulkState state;
} BulkStep;

/* A batch in a transaction, as the user who asked. */
static bool
change_batch(const MwContext *system, void *data, GError **error)
{
    BulkStep *step = data;
    MwValue run = MW_INT(step->run);
    g_auto(MwValue) owner = MW_NOTHING;
    g_auto(MwContext) context = { 0 };

    if (!mw_store_scalar(system->store, "SELECT owner FROM bulk_change WHERE id = $1", &run, 1,
                         &owner, error))
        return false;
    g_autoptr(MwActor) actor =
        owner.is == MW_INTEGER
            ? mw_company_actor(step->company, system->store, owner.integer, error)
            : mw_company_system(step->company);
    if (!actor)
        return false;
    mw_context_begin(&context, step->company, system->store, actor, "web");
    return mw_bulk_go_on(&context, step->run, BULK_BATCH, &step->state, error);
}

/* Payload: {"run": "<id>"}. */
bool
mw_bulk_run(MwJobRun *run, GError **error)
{
    json_t *payload;
    const char *id = text_of(run->job, "run", &payload);
    BulkStep step = { run->company, id ? g_ascii_strtoll(id, NULL, 10) : 0, { 0 } };

    json_decref(payload);
    while (!step.state.done) {
        if (!mw_work_atomically(run->company, run->store, change_batch, &step, error))
            return false;
        if (!mw_job_goes_on(run, step.state.changed + step.state.skipped, step.state.records))
            return mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped before the end."));
    }
    run->message = g_strdup_printf(_("%lld changed, %lld left alone."),
                                   (long long)step.state.changed, (long long)step.state.skipped);
    return true;
}

/* ---- duplicates ------------------------------------------------------------------------- */

/* Payload: {"entity": its name}. */
bool
mw_duplicates_run(MwJobRun *run, GError **error)
{
    json_t *payload;
    const char *entity = text_of(run->job, "entity", &payload);
    size_t groups = 0;
    bool done =
        mw_duplicates_search(run->company, run->store, entity ? entity : "", &groups, error);

    json_decref(payload);
    if (done)
        run->message = g_strdup_printf(_("%zu groups"), groups);
    return done;
}
