#pragma once
/*
 * merge: several records that mean the same become one.
 *
 * Every link to the others is moved to the one that stays, over all entities of the catalog, with their lines and files; a
 * record that would then be there twice (by a unique key) is deleted with them. The others are deleted softly, and their
 * ids lead to the one that stays. It is kept as a bulk_change and undone as one (mw_bulk_undo()).
 *
 * An entity says by its `twins` that its records can be merged. It takes the right to change all of them and to delete
 * those that go; what merely points at them is moved whoever owns it. Everything wants a context in a transaction.
 */
#include "record/bulk.h"

enum {
    MW_MERGE_MAX = 10,          /* records in one merge                  */
    MW_MERGE_LINKS_MAX = 10000, /* links that are moved: more is refused */
};

/* Records of one entity whose links would move. */
typedef struct {
    const MwEntity *entity;
    const MwField *field;
    int64_t count; /* at most MW_MERGE_LINKS_MAX + 1 */
} MwMergeLinks;

/* What would be moved to `survivor`; of MwMergeLinks. */
GArray *mw_merge_links(const MwContext *context, const MwEntity *entity, const GArray *ids,
                       int64_t survivor, GError **error);

typedef struct {
    const MwEntity *entity;
    const GArray *ids; /* of int64_t, 2 to MW_MERGE_MAX, the survivor among them */
    int64_t survivor;
    GHashTable *
        choices; /* field name -> id (as a pointer to int64_t) of the record whose value is kept; without: that
                             of the survivor, or where it has none that of the first that has one */
} MwMerge;

/* The records in the order of the ids, all within the rights that a merge takes; NULL otherwise. */
GPtrArray *mw_merge_read(const MwContext *context, const MwEntity *entity, const GArray *ids,
                         int64_t survivor, GError **error);
/* Whether a merge chooses among the values of a field. */
bool mw_merge_chooses(const MwContext *context, const MwEntity *entity, const MwField *field);
/* The record whose value of a field is kept when nobody says. */
const MwRecord *mw_merge_default(const GPtrArray *records, const MwField *field, int64_t survivor);
/* The one with the most links and the fullest data: what a page proposes. 0 on an error. */
int64_t mw_merge_survivor(const MwContext *context, const GPtrArray *records, GError **error);
/* Does it; the id of the bulk_change, 0 on an error or with problems. */
int64_t mw_merge(const MwContext *context, const MwMerge *merge, MwProblems *problems,
                 GError **error);
/* Where an id leads that was merged away; 0 when it was not. */
int64_t mw_merged_into(const MwContext *context, int64_t id);
