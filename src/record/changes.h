#pragma once
/*
 * changes: what one piece of work has done to many records, item by item, so that it can be taken back as a whole.
 *
 * An import, a bulk change and a merge each have a run (an id); their items are the rows of change_item. What an update
 * was is told by its row of the history, which each item names. Everything wants a context in a transaction that writes.
 */
#include "record/service.h"

/* Adds an item behind the others of a run; `action` is a literal: "create", "update", "remove", "restore", "point",
 * "drop". */
bool mw_changes_add(const MwContext *context, int64_t run, int64_t position, const MwRecord *record,
                    const char *action, int64_t history, GError **error);
/* The row of the history that tells of what was done to a record since `begun` (an id of then); 0 when nothing was. */
bool mw_changes_history(const MwContext *context, int64_t record, int64_t begun, int64_t *history,
                        GError **error);

/* Gives a link (or the text of an id, as files have) of a record another value (0: none), past its rules: of records that others
 * own, or that would not be valid by today's rules. What derives from it follows; the history tells it as a merge. */
bool mw_changes_point(const MwContext *context, MwRecord *record, const MwField *field,
                      int64_t target, GError **error);

/* Deletes a record softly, or (`back`) undoes that, past its rules and rights: for one that would be there twice. */
bool mw_changes_drop(const MwContext *context, MwRecord *record, bool back, GError **error);

typedef struct {
    int64_t removed, restored; /* deleted again; set back */
    GPtrArray *kept; /* titles of those that stay as they are, with the reason; at most 100 */
    int64_t n_kept;
    bool later; /* a job does it; see mw_bulk_undo() */
} MwUndone;

void mw_undone_clear(MwUndone *undone);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwUndone, mw_undone_clear)

/* Takes a whole run back, the last thing first, as the actor and within his rights. What others have changed since, or
 * refer to, stays and is told. */
bool mw_changes_undo(const MwContext *context, int64_t run, MwUndone *undone, GError **error);
/* The same of the last `limit` items before position `before` (INT64_MAX: of all) that are not undone yet, which are marked as
 * "undone"; `before` then is where the next step begins, so that it need not read them again; `more`: there are others. For runs
 * that have each record once: what others change between two steps is found. */
bool mw_changes_undo_some(const MwContext *context, int64_t run, unsigned limit, int64_t *before,
                          MwUndone *undone, bool *more, GError **error);
