/* undo: a whole import taken back; the mechanism is record/changes.h. */
#include "base/i18n.h"
#include "exchange/importer.h"

static bool
mark_undone(const MwContext *context, int64_t run, GError **error)
{
    g_autoptr(MwActor) nobody = mw_company_system(context->company);
    g_auto(MwContext) system = { 0 };

    mw_context_begin(&system, context->company, context->store, nobody, "import");
    const MwEntity *entity = mw_catalog_entity(system.catalog, "import_run");
    g_autoptr(MwInput) input = mw_input_new(entity);
    mw_input_set_value(input, mw_entity_field(entity, "status"), MW_BORROW("undone"));
    mw_input_set_value(input, mw_entity_field(entity, "undone_at"), MW_INT(context->now));
    return mw_run_write(&system, input, run, error) != 0;
}

bool
mw_import_undo(const MwContext *context, int64_t run, MwUndone *undo, GError **error)
{
    g_autoptr(MwRecord) record = mw_run_read(context, run, error);

    *undo = (MwUndone){ 0 };
    if (!record)
        return false;
    if (g_strcmp0(mw_record_text(record, "status"), "done") != 0 &&
        g_strcmp0(mw_record_text(record, "status"), "failed") != 0)
        return mw_fail(error, MW_ERROR_CONFLICT, _("Only an import that has ended can be undone."));
    return mw_changes_undo(context, run, undo, error) && mark_undone(context, run, error);
}
