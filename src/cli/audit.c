/* millwright audit: the history of changes, verified or shown. */
#include "base/clock.h"
#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "record/history.h"

static gboolean as_json;
static int limit = 50;
static char *entity;

static const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, N_("Changes to show, at most 500"), N_("N") },
    { "entity", 0, 0, G_OPTION_ARG_STRING, &entity, N_("Only changes of these records"),
      N_("NAME") },
    G_OPTION_ENTRY_NULL,
};

static bool
verify(const MwContext *context, GError **error)
{
    MwHistoryReport report;

    if (!mw_history_verify(context->store, &report, error))
        return false;
    g_autofree char *fault = report.fault;
    if (as_json)
        mw_print_json(json_pack("{s:b,s:I,s:s?}", "whole", !fault, "rows", (json_int_t)report.rows,
                                "fault", fault));
    else if (!fault)
        g_print(_("%lld changes, the chain is whole.\n"), (long long)report.rows);
    return !fault || mw_fail(error, MW_ERROR_INTERNAL, "%s", fault);
}

static void
print_change(const MwChange *change, json_t *list, MwPrintTable *table)
{
    g_autofree char *at = mw_instant_rfc3339(change->at);
    g_autofree char *record = g_strdup_printf("%" G_GINT64_FORMAT, change->record);
    g_autofree char *actor = g_strdup_printf("%" G_GINT64_FORMAT, change->actor);

    if (list)
        json_array_append_new(
            list, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o}", "at", at, "actor", actor, "source",
                            change->source, "entity", change->entity, "record", record, "action",
                            change->action, "changes", json_loads(change->changes, 0, NULL)));
    else
        mw_print_table_row(table, at, actor, change->source, change->entity, record, change->action,
                           change->changes);
}

static bool
show(const MwContext *context, GError **error)
{
    static const char *const headers[] = { "at",     "actor",  "source", "entity",
                                           "record", "action", "changes" };
    MwHistoryQuery query = { .entity = entity, .limit = (unsigned)CLAMP(limit, 1, 500) };
    g_autoptr(GPtrArray) changes = mw_history_find(context->store, &query, error);

    if (!changes)
        return false;
    json_t *list = as_json ? json_array() : NULL;
    MwPrintTable *table = as_json ? NULL : mw_print_table_new("lllllll", headers);
    for (guint i = 0; i < changes->len; i++)
        print_change(changes->pdata[i], list, table);
    if (list)
        mw_print_json(list);
    else
        mw_print_table_end(table);
    return true;
}

static bool
run(MwApp *app, int argc, char **argv, GError **error)
{
    bool verifies = argc == 2 && g_str_equal(argv[1], "verify");
    MwContext context;

    if (!verifies && !(argc == 2 && g_str_equal(argv[1], "show")))
        return mw_wrong_call(error, _("Say “audit verify” or “audit show”."));
    if (!mw_app_begin(app, false, &context, error))
        return false;
    bool done = verifies ? verify(&context, error) : show(&context, error);
    mw_app_end(app, &context, false, NULL);
    return done;
}

const MwCommand mw_command_audit = {
    .name = "audit",
    .summary = N_("Verify or show the history of changes"),
    .arguments = N_("verify|show"),
    .options = options,
    .run = run,
};
