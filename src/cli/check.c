/* millwright check: whether the database is whole. */
#include <jansson.h>

#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "record/history.h"
#include "store/migrate.h"
#include "store/search.h"

static gboolean as_json;

static const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

/* One thing that was looked at. */
typedef struct {
    json_t *results;
    bool whole;
} Report;

static void
tell(Report *report, const char *what, const char *fault)
{
    json_object_set_new(report->results, what, fault ? json_string(fault) : json_null());
    report->whole &= !fault;
    if (!as_json)
        g_print("%-14s %s\n", what, fault ? fault : _("in order"));
}

static bool
check_schema(const MwContext *context, Report *report, GError **error)
{
    g_autoptr(GPtrArray) plan = mw_schema_plan(context->store, context->catalog, error);

    if (!plan)
        return false;
    tell(report, "schema",
         plan->len > 0 ? _("tables lack columns or indexes; run “millwright migrate”") : NULL);
    return true;
}

static bool
keep_violation(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_string_printf(data, _("a record of %s points at nothing"), columns[0].text);
    return false;
}

/* PostgreSQL keeps its foreign keys by itself at every moment. */
static bool
check_links(const MwContext *context, Report *report, GError **error)
{
    g_autoptr(GString) fault = g_string_new(NULL);

    if (mw_store_dialect(context->store) == MW_SQLITE &&
        !mw_store_run(context->store, "PRAGMA foreign_key_check", NULL, 0, keep_violation, fault,
                      error))
        return false;
    tell(report, "foreign keys", fault->len > 0 ? fault->str : NULL);
    return true;
}

static bool
check_pages(const MwContext *context, Report *report, GError **error)
{
    g_auto(MwValue) answer = MW_NOTHING;

    if (mw_store_dialect(context->store) != MW_SQLITE)
        return true;
    if (!mw_store_scalar(context->store, "PRAGMA integrity_check(1)", NULL, 0, &answer, error))
        return false;
    tell(report, "file", g_strcmp0(answer.text, "ok") == 0 ? NULL : answer.text);
    return true;
}

static bool
check_history(const MwContext *context, Report *report, GError **error)
{
    MwHistoryReport history;

    if (!mw_history_verify(context->store, &history, error))
        return false;
    tell(report, "history", history.fault);
    g_free(history.fault);
    return true;
}

static void
check_search(const MwContext *context, Report *report)
{
    g_autoptr(GError) error = NULL;

    tell(report, "search index", mw_search_verify(context->store, &error) ? NULL : error->message);
}

static bool
run(MwApp *app, int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED, GError **error)
{
    MwContext context;
    Report report = { .whole = true };

    if (!mw_app_begin(app, true, &context, error))
        return false;
    report.results = json_object();
    bool done = check_schema(&context, &report, error) && check_pages(&context, &report, error) &&
                check_links(&context, &report, error) && check_history(&context, &report, error);
    if (done)
        check_search(&context, &report);
    mw_app_end(app, &context, false, NULL);
    if (done && as_json)
        mw_print_json(json_pack("{s:b,s:o}", "whole", report.whole, "parts", report.results));
    else
        json_decref(report.results);
    if (done && !report.whole)
        return mw_fail(error, MW_ERROR_INTERNAL, _("The database is not in order."));
    return done;
}

const MwCommand mw_command_check = {
    .name = "check",
    .summary = N_("Check schema, foreign keys, history and search index"),
    .options = options,
    .run = run,
};
