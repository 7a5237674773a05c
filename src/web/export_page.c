/* export_page: a list as a workbook or as CSV, with the columns, conditions and order that it shows. */
#include "base/i18n.h"
#include "exchange/export.h"
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

static bool
export_list(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    bool csv = g_strcmp0(mw_query_param(request, "_format"), "csv") == 0;
    g_autofree char *path =
        g_strdup_printf("%s/export-%" G_GINT64_FORMAT, mw_call_of(request)->server->folder,
                        mw_id_next(mw_company_ids(context->company)));
    g_autofree char *name =
        g_strdup_printf("%s.%s", mw_entity_plural(request->entity), csv ? "csv" : "xlsx");

    if (!mw_store_begin(context->store, false, error))
        return false;
    bool written = write_file(request, path, csv, error);
    mw_store_rollback(context->store);
    return written &&
           mw_reply_file(reply, path,
                         csv ? "text/csv; charset=utf-8"
                             : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                         name, error);
}

const MwRoute mw_export_routes[] = {
    { MW_GET, "/{entity}/export", MW_FOR_RIGHT, MW_MAY_EXPORT, MW_RUN_SLOW, export_list },
    { .path = NULL },
};
