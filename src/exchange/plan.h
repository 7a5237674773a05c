#pragma once
/* plan: a mapping made good: each column or constant with the field it goes to. Private to exchange/. */
#include "exchange/import.h"
#include "exchange/links.h"

enum { MW_PLAN_VALUES_MAX = 128 };

typedef struct {
    MwPath path;
    char *key;         /* of the mapping, for messages            */
    int column;        /* of the file; -1: `constant`             */
    char *constant;    /* text, or NULL                           */
    GHashTable *meant; /* what the file says -> what is meant; NULL: the same */
    MwLinks *links;    /* of a link: the records it points at     */
    size_t link_field; /* which of their fields, when path.field  */
} MwPlanValue;

typedef struct {
    MwShape shape;
    GArray *values;   /* of MwPlanValue                                           */
    GPtrArray *links; /* of MwLinks                                               */
    int key;          /* the value by which rows belong together; -1: all of the record's own */
    bool has_lines;   /* a row is a line: rows of one record belong together      */
    MwLinks *match;   /* records that are there already; NULL: not asked for      */
} MwPlan;

/* MW_ERROR_INVALID says what does not fit, MW_ERROR_DENIED what the actor may not take in. */
MwPlan *mw_plan_new(const MwContext *context, const MwImportOptions *options,
                    const char *const *map, const MwTableReader *reader, GError **error);
void mw_plan_free(MwPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwPlan, mw_plan_free)

static inline MwPlanValue *
mw_plan_value(const MwPlan *plan, guint i)
{
    return &g_array_index(plan->values, MwPlanValue, i);
}

/* What a row or a constant means; NULL when that is nothing. */
const char *mw_plan_text(const MwPlanValue *value, const MwTableRow *row);
/* The key of the mapping that gives a field of the record or its line, for a message; the field itself if none. */
const char *mw_plan_key_of(const MwPlan *plan, bool line, const char *field);
/* How people call what a key of the mapping, or a field, goes to; "" for "". The caller frees it. */
char *mw_plan_label(const MwPlan *plan, const char *key);
