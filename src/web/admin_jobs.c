/* admin_jobs: work in the background: what waits, runs, is done, was given up; trying again. */
#include "base/i18n.h"
#include "jobs/jobs.h"
#include "web/admin.h"
#include "web/routes.h"

enum { JOBS_SHOWN = 100 };

static const MwChoice *
status_of(const MwRecord *job)
{
    const MwChoice *choice = mw_entity_field(job->entity, "status")->choices;

    while (choice->key && g_strcmp0(choice->key, mw_record_text(job, "status")) != 0)
        choice++;
    return choice;
}

static const char *
label_of(const char *kind)
{
    const MwJobKind *known = mw_job_kinds;

    while (known->name && !g_str_equal(known->name, kind))
        known++;
    return known->name ? _(known->label) : kind;
}

static bool
show_jobs(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    MwNode *page = mw_view_root(request->view), *rows = mw_put_list(page, "rows"), *tabs;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "job");
    const MwField *status = mw_entity_field(entity, "status");
    const char *of = mw_query_param(request, "status");
    g_autoptr(MwFilter) filter =
        of && *of ? mw_filter_test(status, MW_TEST_EQ, MW_BORROW(of)) : NULL;
    MwQuery query = { .entity = entity, .filter = filter, .limit = JOBS_SHOWN };
    g_autoptr(GPtrArray) jobs = mw_record_find(context, &query, MW_MAY_READ, NULL, error);

    if (!jobs)
        return false;
    mw_put_text(page, "title", _("Jobs"));
    mw_put_text(page, "subtitle", mw_gettext(entity->help));
    mw_put_done(request, page);
    mw_put_copy(page, "status_chosen", of ? of : "");
    tabs = mw_put_list(page, "statuses");
    for (const MwChoice *choice = status->choices; choice->key; choice++) {
        MwNode *tab = mw_put_object(tabs, NULL);
        mw_put_text(tab, "value", choice->key);
        mw_put_text(tab, "label", _(choice->label));
        mw_put_bool(tab, "chosen", g_strcmp0(of, choice->key) == 0);
    }
    for (guint i = 0; i < jobs->len; i++) {
        const MwRecord *job = jobs->pdata[i];
        const MwChoice *now = status_of(job);
        MwNode *row = mw_put_object(rows, NULL);
        mw_put_int(row, "id", mw_record_id(job));
        mw_put_copy(row, "kind", label_of(mw_record_text(job, "kind")));
        mw_put_text(row, "label", now->key ? _(now->label) : NULL);
        mw_put_text(row, "tone", now->tone ? now->tone : "secondary");
        mw_put_bool(row, "running", g_strcmp0(now->key, "running") == 0);
        mw_put_bool(row, "dead", g_strcmp0(now->key, "dead") == 0);
        mw_put_int(row, "percent", mw_record_int(job, "progress") / 100);
        mw_put_instant(request, row, "run_at", mw_record_int(job, "run_at"));
        mw_put_instant(request, row, "finished", mw_record_int(job, "finished_at"));
        mw_put_int(row, "attempts", mw_record_int(job, "attempts"));
        mw_put_copy(row, "message",
                    mw_record_is_null(job, "error") ? mw_record_text(job, "message")
                                                    : mw_record_text(job, "error"));
    }
    return mw_reply_page(request, reply, request->fragment ? "admin/jobs-table" : "admin/jobs",
                         error);
}

static bool
retry(const MwRequest *request, MwReply *reply, GError **error)
{
    MwContext context = *request->context;
    g_autoptr(MwActor) system = mw_company_system(context.company);

    context.actor = system; /* jobs are the system's own */
    return mw_job_retry(&context, request->id, error) &&
           mw_reply_see_other(reply, "/jobs?done=queued");
}

const MwRoute mw_jobs_routes[] = {
    { MW_GET, "/jobs", MW_FOR_ADMINS, 0, MW_RUN_READ, show_jobs },
    { MW_POST, "/jobs/{id}/retry", MW_FOR_ADMINS, 0, MW_RUN_WRITE, retry },
    { .path = NULL },
};
