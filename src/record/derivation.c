#include "record/derivation.h"

/* The next row of this entity after `row` (NULL: from the start), over all tables. */
static const MwDerivation *
next_of(const MwDerivation *const **table, const MwDerivation *row, const MwEntity *entity)
{
    for (row = row ? row + 1 : *table ? **table : NULL; row; row = *++*table) {
        for (; row->entity; row++)
            if (g_str_equal(row->entity, entity->name))
                return row;
    }
    return NULL;
}

bool
mw_derive_check(const MwContext *context, MwRecord *record, const MwRecord *before,
                GHashTable *lines, MwProblems *problems, GError **error)
{
    const MwDerivation *const *table = mw_company_derivations(context->company);
    const MwDerivation *row = NULL;

    while ((row = next_of(&table, row, record->entity)))
        if (row->check && !row->check(context, record, before, lines, problems, error))
            return false;
    return true;
}

bool
mw_derive_after(const MwContext *context, const MwRecord *record, const MwRecord *before,
                GError **error)
{
    const MwDerivation *const *table = mw_company_derivations(context->company);
    const MwDerivation *row = NULL;

    while ((row = next_of(&table, row, record->entity)))
        if (row->after && !row->after(context, record, before, error))
            return false;
    return true;
}
