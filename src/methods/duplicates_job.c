/* duplicates_job: see duplicates.h; who may have a whole base searched, and one search at a time. */
#include "base/i18n.h"
#include "methods/duplicates.h"
#include "record/job.h"

static char *
payload_of(const MwEntity *entity)
{
    return g_strdup_printf("{\"entity\":\"%s\"}", entity->name);
}

static bool
keep_last(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwDuplicatesSearch *last = data;
    const char *status = columns[0].text;

    last->works = g_str_equal(status, "queued") || g_str_equal(status, "running");
    last->failed = g_str_equal(status, "dead");
    last->at = columns[1].integer;
    return false;
}

bool
mw_duplicates_last(const MwContext *context, const MwEntity *entity, MwDuplicatesSearch *last,
                   GError **error)
{
    g_autofree char *payload = payload_of(entity);
    MwValue param = MW_BORROW(payload);

    *last = (MwDuplicatesSearch){ 0 };
    return mw_store_run(context->store,
                        "SELECT status, updated_at FROM job WHERE kind = 'twins' AND payload = $1 "
                        "ORDER BY id DESC LIMIT 1",
                        &param, 1, keep_last, last, error);
}

bool
mw_duplicates_may_search(const MwContext *context, const MwEntity *entity)
{
    return entity->twins && mw_actor_scope(context->actor, entity, MW_MAY_UPDATE) > MW_OWN &&
           mw_actor_scope(context->actor, entity, MW_MAY_REMOVE) > MW_OWN;
}

bool
mw_duplicates_start(const MwContext *context, const MwEntity *entity, GError **error)
{
    g_autofree char *payload = payload_of(entity);
    g_auto(MwValue) works = MW_NOTHING;

    if (!mw_duplicates_may_search(context, entity))
        return mw_fail(error, MW_ERROR_DENIED,
                       _("Only who may change and delete records of others has all of them "
                         "searched."));
    /* The row is held until the commit, so that of two who start at once one sees the other's job. */
    if (!mw_store_run(context->store,
                      "INSERT INTO counter (key, value) VALUES ('twins', 1) ON CONFLICT (key) "
                      "DO UPDATE SET value = counter.value + 1",
                      NULL, 0, NULL, NULL, error) ||
        !mw_store_scalar(context->store,
                         "SELECT 1 FROM job WHERE kind = 'twins' AND status IN "
                         "('queued', 'running') AND deleted_at IS NULL LIMIT 1",
                         NULL, 0, &works, error))
        return false;
    if (works.is != MW_NULL)
        return mw_fail(error, MW_ERROR_CONFLICT,
                       _("A search for duplicates is at work already. Wait until it is done."));
    return mw_job_add(context, "twins", payload, context->now, error) != 0;
}
