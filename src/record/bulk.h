#pragma once
/*
 * bulk: one change to many records, kept as a bulk_change so that it can be told and undone as a whole.
 *
 * The records are those that were chosen when it began; each is written by the service as the actor may, and one that a
 * right or a rule refuses is left alone and told. A few are changed at once, many by a job that goes on in batches.
 * Everything wants a context in a transaction that writes.
 */
#include "record/changes.h"

enum {
    MW_BULK_MAX = 10000,         /* records of one change                                 */
    MW_BULK_AT_ONCE = 500,       /* up to here within the request; more are done by a job */
    MW_BULK_VALUES_MAX = 100000, /* bytes of the values of an edit                   */
    MW_BULK_KEPT_DAYS = 30,      /* it can be undone so long, then all of it is purged */
};

typedef struct {
    const MwEntity *entity;
    const char *action; /* "edit", "remove", "restore"                                */
    const GArray *ids;  /* of int64_t                                                 */
    const char *values; /* of an edit: {"field":"text as typed, "" to clear it",...}  */
} MwBulk;

/* Keeps what is to be done, "queued"; the id of the bulk_change, 0 on an error (who may not do so to any record of the
 * entity is denied). */
int64_t mw_bulk_begin(const MwContext *context, const MwBulk *bulk, GError **error);

typedef struct {
    int64_t records, changed, skipped;
    int64_t checked; /* in this step */
    bool done;
} MwBulkState;

/* Does the next records, at most `limit`. Safe to repeat after a rollback. */
bool mw_bulk_go_on(const MwContext *context, int64_t run, unsigned limit, MwBulkState *state,
                   GError **error);
/* What an edit would do to one record: the record as it would be, and problems; see mw_record_check(). */
MwRecord *mw_bulk_check(const MwContext *context, const MwBulk *bulk, int64_t id,
                        MwProblems *problems, GError **error);
/* Whether nothing works at it any more: it is done, or its job has failed on the way. */
bool mw_bulk_ended(const MwContext *context, const MwRecord *run, bool *ended, GError **error);
/* Whether it is still kept: within MW_BULK_KEPT_DAYS. */
bool mw_bulk_kept(const MwContext *context, const MwRecord *run);
/* Takes a bulk change or a merge back; see mw_changes_undo(). Only its owner or who may see it,
 * and who may still do so to records of the entity. More than MW_BULK_AT_ONCE are left to a job (undone->later), which goes on
 * in batches; a merge is taken back at once. */
bool mw_bulk_undo(const MwContext *context, int64_t run, MwUndone *undone, GError **error);

/* Takes the next records back, at most `limit`, as the actor; `done` at the end. Safe to repeat after a rollback. */
bool mw_bulk_undo_go_on(const MwContext *context, int64_t run, unsigned limit, bool *done,
                        GError **error);
/* How many records of a run that is being undone are done with; -1 on an error. */
int64_t mw_bulk_undone(const MwContext *context, int64_t run, GError **error);

/* ---- for merge.c ---- */

/* A bulk_change that is made or changed as the system does it: `input` of the entity. The id, 0 on an error. */
int64_t mw_bulk_write(const MwContext *context, const MwInput *input, int64_t run, GError **error);
/* A new one of the actor's with title, entity, action and status. */
MwInput *mw_bulk_input(const MwContext *context, const MwEntity *entity, const char *action,
                       const char *status, const char *title);
