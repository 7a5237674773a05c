#include "record/job.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "store/query.h"

void
mw_job_free(MwJob *job)
{
    if (!job)
        return;
    g_free(job->kind);
    g_free(job->payload);
    g_free(job);
}

static bool
notice(const MwContext *context)
{
    mw_company_changed(context->company, context->store,
                       mw_catalog_entity(context->catalog, "job"));
    return true;
}

int64_t
mw_job_add(const MwContext *context, const char *kind, const char *payload, int64_t run_at,
           GError **error)
{
    int64_t id = mw_id_next(mw_company_ids(context->company)), user = mw_actor_user(context->actor);
    MwValue params[] = {
        MW_INT(id),         MW_INT(context->now), MW_BORROW(kind),
        MW_BORROW(payload), MW_INT(run_at),       user ? MW_INT(user) : MW_NOTHING
    };

    return mw_store_run(context->store,
                        "INSERT INTO job (id, version, created_at, updated_at, status, attempts, "
                        "kind, payload, run_at, created_by) "
                        "VALUES ($1, 1, $2, $2, 'queued', 0, $3, $4, $5, $6)",
                        params, G_N_ELEMENTS(params), NULL, NULL, error) &&
                   notice(context)
               ? id
               : 0;
}

bool
mw_job_ensure(const MwContext *context, const char *kind, int64_t run_at, GError **error)
{
    MwValue param = MW_BORROW(kind);
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_store_scalar(context->store,
                         "SELECT 1 FROM job WHERE kind = $1 AND status IN ('queued', 'running') "
                         "AND deleted_at IS NULL LIMIT 1",
                         &param, 1, &found, error))
        return false;
    return found.is != MW_NULL || mw_job_add(context, kind, NULL, run_at, error) > 0;
}

bool
mw_job_soon(const MwContext *context, const char *kind, GError **error)
{
    MwValue params[] = { MW_BORROW(kind), MW_INT(context->now) };
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_store_scalar(context->store,
                         "SELECT 1 FROM job WHERE kind = $1 AND status = 'queued' AND run_at <= $2 "
                         "AND deleted_at IS NULL LIMIT 1",
                         params, 2, &found, error))
        return false;
    return found.is != MW_NULL || mw_job_add(context, kind, NULL, context->now, error) > 0;
}

int64_t
mw_job_next(const MwContext *context, int minutes)
{
    GTimeZone *zone = context->settings->zone;
    int64_t today = mw_date_of_instant(context->now, zone), at = 0;

    /* By the wall clock: midnight plus so many minutes is another time on days that change the clocks. */
    for (int64_t day = today; at <= context->now; day++) {
        g_autofree char *date = mw_date_format(day, MW_CLOCK_ISO);
        g_autofree char *text = g_strdup_printf("%s %02d:%02d", date, minutes / 60, minutes % 60);
        g_assert(mw_instant_parse(text, zone, &at));
    }
    return at;
}

/* ---- taking -------------------------------------------------------------------- */

/* Appends the WHERE of what is due of these kinds. */
static void
put_due(const MwContext *context, const MwJobKinds *kinds, GString *sql, GArray *params)
{
    g_autoptr(GArray) names = g_array_new(false, false, sizeof(MwValue));

    g_string_append(sql,
                    " FROM job WHERE deleted_at IS NULL AND ((status = 'queued' AND run_at <= ");
    mw_sql_param(sql, params, MW_INT(context->now));
    g_string_append(sql, ") OR (status = 'running' AND lease_until < ");
    mw_sql_param(sql, params, MW_INT(context->now));
    g_string_append(sql, "))");
    for (size_t i = 0; kinds && kinds->kinds[i]; i++) {
        MwValue name = MW_BORROW(kinds->kinds[i]);
        g_array_append_val(names, name);
    }
    if (names->len == 0)
        return;
    g_string_append(sql, kinds->others ? " AND kind NOT IN " : " AND kind IN ");
    mw_sql_list(sql, params, (const MwValue *)names->data, names->len);
}

bool
mw_job_due(const MwContext *context, const MwJobKinds *kinds, bool *due, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT 1");
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_auto(MwValue) found = MW_NOTHING;

    put_due(context, kinds, sql, params);
    g_string_append(sql, " LIMIT 1");
    if (!mw_store_scalar(context->store, sql->str, (MwValue *)params->data, params->len, &found,
                         error))
        return false;
    *due = found.is != MW_NULL;
    return true;
}

static bool
keep_job(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwJob *job = data;

    job->id = c[0].integer;
    job->kind = g_strdup(c[1].text);
    job->payload = g_strdup(c[2].is == MW_TEXT ? c[2].text : NULL);
    job->attempts = c[3].is == MW_INTEGER ? c[3].integer + 1 : 1;
    return false;
}

MwJob *
mw_job_take(const MwContext *context, const MwJobKinds *kinds, GError **error)
{
    g_autoptr(MwJob) job = g_new0(MwJob, 1);
    g_autoptr(GString) sql = g_string_new("SELECT id, kind, payload, attempts");
    g_autoptr(GArray) due = g_array_new(false, false, sizeof(MwValue));

    put_due(context, kinds, sql, due);
    g_string_append(sql, " ORDER BY run_at, id LIMIT 1");
    if (mw_store_dialect(context->store) == MW_POSTGRES)
        g_string_append(sql, " FOR UPDATE SKIP LOCKED");
    if (!mw_store_run(context->store, sql->str, (MwValue *)due->data, due->len, keep_job, job,
                      error) ||
        job->id == 0)
        return NULL;
    MwValue params[] = { MW_INT(context->now), MW_INT(context->now + MW_JOB_LEASE_MS),
                         MW_INT(job->attempts), MW_INT(job->id) };
    if (!mw_store_run(context->store,
                      "UPDATE job SET status = 'running', updated_at = $1, lease_until = $2, "
                      "attempts = $3, progress = 0, error = NULL WHERE id = $4",
                      params, 4, NULL, NULL, error))
        return NULL;
    notice(context);
    return g_steal_pointer(&job);
}

/* ---- holding -------------------------------------------------------------------- */

/* Changes a job as long as it is this holder's. `what` has two parameters, $2 and $3, in this order. */
static bool
set(const MwContext *context, const MwJob *job, const char *what, MwValue second, MwValue third,
    GError **error)
{
    MwValue params[] = { MW_INT(context->now), second, third, MW_INT(job->id),
                         MW_INT(job->attempts) };
    g_autofree char *sql =
        g_strconcat("UPDATE job SET updated_at = $1, ", what,
                    " WHERE id = $4 AND attempts = $5 AND status = 'running'", NULL);

    return mw_store_run(context->store, sql, params, 5, NULL, NULL, error) && notice(context);
}

bool
mw_job_renew(const MwContext *context, const MwJob *job, int64_t progress, const char *message,
             GError **error)
{
    MwValue params[] = { MW_INT(context->now), MW_INT(context->now + MW_JOB_LEASE_MS),
                         MW_INT(progress),     MW_BORROW(message),
                         MW_INT(job->id),      MW_INT(job->attempts) };
    return mw_store_run(context->store,
                        "UPDATE job SET updated_at = $1, lease_until = $2, progress = $3, "
                        "message = $4 WHERE id = $5 AND attempts = $6 AND status = 'running'",
                        params, 6, NULL, NULL, error) &&
           mw_store_touched(context->store) == 1 && notice(context);
}

bool
mw_job_finish(const MwContext *context, const MwJob *job, const char *message, GError **error)
{
    return set(context, job,
               "status = 'done', progress = 10000, lease_until = NULL, message = $2, "
               "finished_at = $3",
               MW_BORROW(message), MW_INT(context->now), error);
}

bool
mw_job_fail(const MwContext *context, const MwJob *job, const char *reason, GError **error)
{
    int64_t wait = (int64_t)MW_JOB_WAIT_MS << CLAMP(job->attempts - 1, 0, 20);

    if (job->attempts >= MW_JOB_ATTEMPTS)
        return set(context, job,
                   "status = 'dead', lease_until = NULL, error = $2, finished_at = $3",
                   MW_BORROW(reason), MW_INT(context->now), error);
    return set(context, job, "status = 'queued', lease_until = NULL, error = $2, run_at = $3",
               MW_BORROW(reason), MW_INT(context->now + wait), error);
}

bool
mw_job_release(const MwContext *context, const MwJob *job, GError **error)
{
    return set(context, job, "status = 'queued', lease_until = NULL, attempts = $2, run_at = $3",
               MW_INT(job->attempts - 1), MW_INT(context->now), error);
}

bool
mw_job_retry(const MwContext *context, int64_t id, GError **error)
{
    MwValue params[] = { MW_INT(context->now), MW_INT(id) };

    if (!mw_store_run(context->store,
                      "UPDATE job SET status = 'queued', attempts = 0, run_at = $1, "
                      "updated_at = $1, finished_at = NULL WHERE id = $2 AND status = 'dead'",
                      params, 2, NULL, NULL, error))
        return false;
    return mw_store_touched(context->store) == 1
               ? notice(context)
               : mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such job that was given up."));
}
