#include "jobs/bulk.h"
#include "base/id.h"

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
    int64_t run, user; /* user: 0: the program itself */
    MwBulkState state;
} BulkStep;

/* What the user who asked may do. */
static bool
begin_as_user(MwContext *context, const BulkStep *step, MwStore *store, GError **error)
{
    g_autoptr(MwActor) actor = step->user
                                   ? mw_company_actor(step->company, store, step->user, error)
                                   : mw_company_system(step->company);

    if (actor)
        mw_context_begin(context, step->company, store, actor, "web");
    return actor != NULL;
}

/* A batch in a transaction. */
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
    step->user = owner.is == MW_INTEGER ? owner.integer : 0;
    return begin_as_user(&context, step, system->store, error) &&
           mw_bulk_go_on(&context, step->run, BULK_BATCH, &step->state, error);
}

static bool
undo_batch(const MwContext *system, void *data, GError **error)
{
    BulkStep *step = data;
    g_auto(MwContext) context = { 0 };

    return begin_as_user(&context, step, system->store, error) &&
           mw_bulk_undo_go_on(&context, step->run, BULK_BATCH, &step->state.done, error);
}

/* Payload: {"run": "<id>"}. */
bool
mw_bulk_run(MwJobRun *run, GError **error)
{
    json_t *payload;
    const char *id = text_of(run->job, "run", &payload);
    BulkStep step = { run->company, mw_id_read(id), 0, { 0 } };

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

/* Payload: {"run": "<id>", "user": "<id>"}. */
bool
mw_bulk_undo_run(MwJobRun *run, GError **error)
{
    json_t *payload;
    const char *id = text_of(run->job, "run", &payload);
    const char *user = json_string_value(json_object_get(payload, "user"));
    BulkStep step = { run->company, mw_id_read(id), mw_id_read(user), { 0 } };

    json_decref(payload);
    while (!step.state.done) {
        if (!mw_work_atomically(run->company, run->store, undo_batch, &step, error))
            return false;
        if (!mw_job_goes_on(run, 0, 0))
            return mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped before the end."));
    }
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
