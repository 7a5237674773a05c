/* load: the record that is to be changed. */
#include "base/i18n.h"
#include "record/write.h"

MwRecord *
mw_write_load(const MwContext *context, const MwEntity *entity, int64_t id, MwRight right,
              MwWhich which, GError **error)
{
    g_autoptr(MwFilter) scope = mw_actor_filter(context->actor, context->catalog, entity, right);
    MwQuery query = { .entity = entity, .scope = scope, .which = which };
    g_autoptr(GError) local = NULL;
    MwRecord *record = mw_store_get(context->store, &query, id, &local);

    if (record)
        return record;
    if (g_error_matches(local, MW_ERROR, MW_ERROR_NOT_FOUND)) {
        g_autoptr(MwRecord) seen = mw_record_read(context, entity, id, which, NULL);
        if (seen)
            return mw_fail_null(error, MW_ERROR_DENIED, _("You may see this %s, but not do that."),
                                mw_entity_label_inside(entity));
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
}
