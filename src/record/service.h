#pragma once
/*
 * service: the one way to read and write records. Pages, REST, import, jobs and the
 * command line all come through here; there is no second way to the store.
 *
 * Every function takes a context whose store is in a transaction (for writing, one that
 * writes). After an error the caller rolls back; after problems nothing was written.
 */
#include "record/context.h"
#include "record/input.h"

/* One record the actor may see, with all its fields; MW_ERROR_NOT_FOUND otherwise. */
MwRecord *mw_record_read(const MwContext *context, const MwEntity *entity, int64_t id,
                         MwWhich which, GError **error);
/* Takes out of a record what its open pool hides from the actor, as the two beside do by themselves. */
void mw_record_blank(const MwContext *context, MwRecord *record);
/* A page of records that the actor may see under `right` (MW_MAY_READ, MW_MAY_EXPORT...). The
 * query's scope is set here. See mw_store_find(). */
GPtrArray *mw_record_find(const MwContext *context, MwQuery *query, MwRight right, bool *more,
                          GError **error);
/* At most MW_COUNT_MAX + 1; -1 on error. */
int64_t mw_record_count(const MwContext *context, MwQuery *query, GError **error);
/* See mw_store_sums(). */
bool mw_record_sums(const MwContext *context, const MwQuery *query, const MwField *const *fields,
                    size_t n, int64_t *sums, GError **error);
/* The lines of a master that was read, at most MW_DETAILS_MAX, in their default order; without those that are not
 * seen for what they point at (`seen_with`). */
GPtrArray *mw_record_details(const MwContext *context, const MwEntity *detail, int64_t master,
                             GError **error);
/* id -> title (owned strings; key: pointer to int64_t) of linked records, also of those that the
 * actor may not open, one statement an entity. `ids` of int64_t. */
GHashTable *mw_record_titles(const MwContext *context, const MwEntity *entity, const GArray *ids,
                             GError **error);

enum { MW_DETAILS_MAX = 10000 };

/*
 * Creates (id 0) or updates a record and its lines, in this order: right; load within the
 * scope; parse each given field by its kind; defaults; field rules (required, unique, links);
 * the entity's hook; base-currency amounts and number; save with the version in the WHERE;
 * lines; history; search index.
 *
 * NULL on an error. With problems (mw_problems_any) the record as it was meant, not saved.
 */
MwRecord *mw_record_write(const MwContext *context, const MwInput *input, int64_t id,
                          MwProblems *problems, GError **error);
/* As above, without saving: what a form shows before it is sent, what a dry run finds. */
MwRecord *mw_record_check(const MwContext *context, const MwInput *input, int64_t id,
                          MwProblems *problems, GError **error);
/* Whether the actor may change the record; MW_ERROR_DENIED when he can only see it. */
bool mw_record_changeable(const MwContext *context, const MwEntity *entity, int64_t id,
                          GError **error);
/* As mw_record_check(), and what the lines come to: for each detail that was loaded or given, in the order of the entity's, an array
 * of MwRecord is added to `lines` (which frees them), in the order of the input. */
MwRecord *mw_record_check_lines(const MwContext *context, const MwInput *input, int64_t id,
                                GPtrArray *lines, MwProblems *problems, GError **error);

/* Soft: the record and its lines can be restored until they are purged. `version` 0: any. */
bool mw_record_remove(const MwContext *context, const MwEntity *entity, int64_t id, int64_t version,
                      GError **error);
bool mw_record_restore(const MwContext *context, const MwEntity *entity, int64_t id,
                       GError **error);

/* Sets computed fields of a record past its rules and without a new version for its readers' forms:
 * for engines and derived columns. Changes go into the history unless the fields are quiet. */
bool mw_record_derive(const MwContext *context, MwRecord *record, GError **error);

/* Saves the changed fields of a record that was read whole from the store, past rights and rules but with its version
 * (MW_ERROR_CONFLICT), stamp, history and search index; nothing is derived from it. `before`: as it was. For methods that
 * have a right of their own, such as taking from a pool. */
bool mw_record_amend(const MwContext *context, MwRecord *record, const MwRecord *before,
                     GError **error);
