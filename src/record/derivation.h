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
    /* Before a record, or a line, is saved, and when it is only checked: after its hook, fills in and checks what takes
     * other records. It writes nothing. `lines`: of a master, those it will have, by the name of their entity (GPtrArray
     * of MwRecord *); of a line, NULL. False only when something could not be read. */
    bool (*check)(const MwContext *context, MwRecord *record, const MwRecord *before,
                  GHashTable *lines, MwProblems *problems, GError **error);
} MwDerivation;

/* Tables, ended by NULL, of derivations that each end with a NULL entity; all outlive the company. Either function of a
 * derivation may be NULL. Call it before any thread writes. */
void mw_company_derive_by(MwCompany *company, const MwDerivation *const *derivations);
const MwDerivation *const *mw_company_derivations(const MwCompany *company);
/* Run those of the record's entity. */
bool mw_derive_check(const MwContext *context, MwRecord *record, const MwRecord *before,
                     GHashTable *lines, MwProblems *problems, GError **error);
bool mw_derive_after(const MwContext *context, const MwRecord *record, const MwRecord *before,
                     GError **error);
