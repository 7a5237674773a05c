#pragma once
/*
 * derivation: what follows from a change of a record, computed in the transaction of the change.
 *
 * Where an entity's hook sees one record alone, a derivation may read and write others (by mw_record_derive() or SQL:
 * what it writes is not derived from again). The layers above hand their tables down at start, so that this one does
 * not know them: mw_company_derive_by().
 */
#include "record/context.h"

typedef struct {
    const char *entity;
    /* After a record was created, changed, removed or restored: `record` as it is now, `before` as it was, NULL for a
     * new one. A failure undoes the change. */
    bool (*after)(const MwContext *context, const MwRecord *record, const MwRecord *before,
                  GError **error);
} MwDerivation;

/* `derivations` end with a NULL entity and outlive the company. Call it before any thread writes. */
void mw_company_derive_by(MwCompany *company, const MwDerivation *derivations);
const MwDerivation *mw_company_derivations(const MwCompany *company);
/* Runs those of the record's entity. */
bool mw_derive_after(const MwContext *context, const MwRecord *record, const MwRecord *before,
                     GError **error);
