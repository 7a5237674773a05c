/* export: a list as a workbook or as CSV; of a page with the columns, conditions and order that it shows, by REST with those
 * that are asked for. It is written to a temporary file page by page, in constant memory, and sent from there. */
#include "base/i18n.h"
#include "exchange/export.h"
#include "web/api.h"
#include "web/call.h"
#include "web/list.h"
#include "web/routes.h"

static bool
write_file(const MwRequest *request, const char *path, bool csv, GError **error)
{
    g_auto(MwList) list = { 0 };
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (!mw_list_init(&list, request, request->entity, error))
        return false;
    if (mw_problems_any(list.problems)) { /* less would be asked than what was meant */
        g_autofree char *text = mw_problems_text(list.problems);
        return mw_fail(error, MW_ERROR_INVALID, "%s", text);
    }
    for (guint i = 0; i < list.shown->len; i++)
        g_ptr_array_add(names, (gpointer)((const MwField *)list.shown->pdata[i])->name);
    g_ptr_array_add(names, NULL);
    const MwExportOptions options = {
        .query = &list.query,
        .columns = (const char *const *)names->pdata,
        .table = { .format = csv ? MW_TABLE_CSV : MW_TABLE_XLSX,
                   .byte_order_mark = true,
                   .guard_formulas = true },
    };
    return mw_export_file(request->context, &options, path, NULL, NULL, NULL, error);
}

static char *
temporary(const MwRequest *request)
{
    return g_strdup_printf("%s/export-%" G_GINT64_FORMAT, mw_call_of(request)->server->folder,
                           mw_id_next(mw_company_ids(request->context->company)));
}

static bool
reply_table(const MwRequest *request, MwReply *reply, const char *path, bool csv, GError **error)
{
    g_autofree char *name =
        g_strdup_printf("%s.%s", mw_entity_plural(request->entity), csv ? "csv" : "xlsx");

    return mw_reply_file(reply, path,
                         csv ? "text/csv; charset=utf-8"
                             : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                         name, error);
}

static bool
export_list(const MwRequest *request, MwReply *reply, GError **error)
{
    bool csv = g_strcmp0(mw_query_param(request, "_format"), "csv") == 0;
    g_autofree char *path = temporary(request);

    if (!mw_store_begin(request->context->store, false, error))
        return false;
    bool written = write_file(request, path, csv, error);
    mw_store_rollback(request->context->store);
    return written && reply_table(request, reply, path, csv, error);
}

/* ---- by REST ------------------------------------------------------------------------------- */

static const char *const controls[] = { "order",  "fields", "q",    "deleted", "format",
                                        "labels", "lines",  "keys", NULL };

/* The names of "fields"; NULL: all that the actor sees. */
static char **
fields_of(const MwRequest *request, MwProblems *problems)
{
    const MwContext *context = request->context;
    const MwEntity *entity = request->entity;
    const char *text = mw_query_param(request, "fields");
    char **names = text ? g_strsplit(text, ",", MW_FIELDS_MAX) : NULL;

    for (char **name = names; name && *name; name++) {
        const MwField *field = mw_entity_field(entity, *name);
        if (!strchr(*name, '.') && (!field || !mw_actor_sees(context->actor, entity, field)))
            mw_problems_add(problems, "fields", "unknown", _("There is no field “%s”."), *name);
    }
    return names;
}

static bool
write_asked(const MwRequest *request, MwReply *reply, const char *path, bool *csv, GError **error)
{
    g_autoptr(MwFilter) filter = mw_filter_all();
    g_autoptr(MwProblems) problems = mw_problems_new();
    MwQuery query = { .entity = request->entity };
    g_auto(GStrv) names = fields_of(request, problems);
    bool labels = mw_api_flag(request, "labels", "true", "false", problems);
    MwExportOptions options = {
        .query = &query,
        .columns = (const char *const *)names,
        .raw = !labels,
        .keys = mw_api_flag(request, "keys", "true", "false", problems),
        .lines = mw_api_flag(request, "lines", "true", "false", problems),
        .table = { .sheet = mw_entity_plural(request->entity) },
    };

    *csv = !mw_api_flag(request, "format", "xlsx", "csv", problems);
    options.table.format = *csv ? MW_TABLE_CSV : MW_TABLE_XLSX;
    mw_api_ask(request, request->entity, controls, &query, filter, problems);
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    return mw_export_file(request->context, &options, path, NULL, NULL, NULL, error);
}

static bool
export_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autofree char *path = temporary(request);
    bool csv;

    if (!mw_store_begin(request->context->store, false, error))
        return false;
    bool written = write_asked(request, reply, path, &csv, error);
    mw_store_rollback(request->context->store);
    return written && (mw_reply_body(reply)->len > 0 || /* it says what does not fit */
                       reply_table(request, reply, path, csv, error));
}

const MwRoute mw_export_routes[] = {
    { MW_GET, "/{entity}/export", MW_FOR_RIGHT, MW_MAY_EXPORT, MW_RUN_SLOW, export_list },
    { MW_GET, "/api/v1/{entity}/export", MW_FOR_RIGHT, MW_MAY_EXPORT, MW_RUN_SLOW, export_by_api },
    { .path = NULL },
};
