#pragma once
/*
 * memo: what was worked out from the database, remembered until somebody writes.
 *
 * A piece is kept by its key for as long as the heads of the history's lanes stay the same: every write of the service
 * moves one, whoever made it and in whichever process. So nothing that is written without history (where people stand on
 * a map, sessions) may be part of a piece. All else that it depends on stands in its key: what was asked, and by
 * mw_memo_key() for whom. The rights are those of the actor's snapshot: other rights are another snapshot, and a piece
 * holds the one that it was made for, so that no later one can have its address.
 *
 * A piece is a g_atomic_rc_box that nobody changes once it is kept. For transactions that only read (context->reads): what
 * one has not committed must not be remembered. At most MW_MEMO_PIECES are kept, of MW_MEMO_BYTES together.
 *
 *     gpointer piece;
 *     int64_t heads;
 *     if (!mw_memo_find(context, key, &piece, &heads, error))
 *         return false;
 *     if (!piece) {
 *         piece = …;
 *         mw_memo_keep(context, key, heads, piece, bytes, clear);
 *     }
 *     …
 *     g_atomic_rc_box_release_full(piece, clear);
 */
#include "record/context.h"
#include "store/query.h"

enum { MW_MEMO_PIECES = 500, MW_MEMO_BYTES = 16 << 20 };

MwMemo *mw_memo_new(void);
void mw_memo_free(MwMemo *memo);

/* The beginning of a key: what it is, the actor's snapshot, the language, the zone and the day in it. */
GString *mw_memo_key(const MwContext *context, const char *what, GTimeZone *zone);
/* Which records of which entity: the conditions with their values, each with its length, so that no two read alike. */
void mw_memo_key_query(GString *key, const MwContext *context, const MwQuery *query);
/* *piece: the caller's, NULL when it is not known. *heads: for mw_memo_keep(). One statement. */
bool mw_memo_find(const MwContext *context, const char *key, gpointer *piece, int64_t *heads,
                  GError **error);
/* Takes a reference of its own; `bytes` about, with all that belongs to it. */
void mw_memo_keep(const MwContext *context, const char *key, int64_t heads, gpointer piece,
                  size_t bytes, GDestroyNotify clear);
