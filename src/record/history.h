#pragma once
/*
 * history: who changed what, when and from where, in the transaction of the change.
 *
 * Append-only. Each row's hash covers the row and the hash before it in its lane, so that a
 * changed or missing row shows. PostgreSQL has 16 lanes, so that writers do not queue for one.
 */
#include "record/context.h"

typedef struct {
    int64_t id, at, actor, record;
    char *source, *entity, *action;
    char *changes; /* {"field":[before,after],...} */
} MwChange;

void mw_change_free(MwChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwChange, mw_change_free)

/* `action`: "create", "update", "remove", "restore", "merge", "login", ..., and of what follows by itself "derive" (computed) and
 * those of methods/progress.h; `changes`: JSON. */
bool mw_history_add(const MwContext *context, const char *entity, int64_t record,
                    const char *action, const char *changes, GError **error);
/* In SQL: nobody did these; taking back what brought them about does not stop at them. */
#define MW_HISTORY_FOLLOWS "('derive', 'first_activity', 'first_win', 'first_order')"
/* The changes of a record as JSON; NULL when nothing that is kept has changed. */
char *mw_history_changes(const MwContext *context, const MwRecord *record, const MwRecord *before);

typedef struct {
    int64_t record, actor; /* 0: any */
    const char *entity;    /* NULL: any */
    bool by_hand;          /* without what was computed ("derive") */
    int64_t before;        /* ids less than this; 0: from the newest */
    unsigned limit;        /* 1..500 */
} MwHistoryQuery;
/* Newest first; an array of MwChange *. Rights are the caller's to check. */
GPtrArray *mw_history_find(MwStore *store, const MwHistoryQuery *query, GError **error);

typedef struct {
    int64_t rows;
    int64_t bad_id; /* the first row whose hash does not fit, or 0 */
    char *fault;    /* what is wrong, translated, or NULL; owned */
} MwHistoryReport;

/* Walks every lane as far as it goes when asked; others may write on. False only when the database fails. */
bool mw_history_verify(MwStore *store, MwHistoryReport *report, GError **error);
