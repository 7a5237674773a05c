#include "record/derivation.h"

bool
mw_derive_after(const MwContext *context, const MwRecord *record, const MwRecord *before,
                GError **error)
{
    const MwDerivation *row = mw_company_derivations(context->company);

    for (; row && row->entity; row++)
        if (g_str_equal(row->entity, record->entity->name) &&
            !row->after(context, record, before, error))
            return false;
    return true;
}
