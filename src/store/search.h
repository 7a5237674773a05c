#pragma once
/*
 * search: the full-text index over all entities; which words find a text is base/tokens.h.
 */
#include "store/store.h"

/* One thing found. All owned. */
typedef struct {
    int64_t record;
    char *entity, *title;
} MwHit;

/* Of a frequent word this many hits are looked at, on SQLite the newest: ids are ordered by time, and
 * both databases stop early, where sorting by rank would read every hit. */
enum { MW_SEARCH_SCAN = 1000 };

/* What people type, for MATCH or ::tsquery, within an entity or (NULL) all; NULL when it has no
 * word. The caller frees it. */
char *mw_search_query(MwDialect dialect, const char *entity, const char *text);

/* Adds or replaces the words of a record; a `fresh` one has none yet. */
bool mw_search_put(MwStore *store, const char *entity, int64_t record, bool fresh,
                   const char *title, const char *tokens, GError **error);
bool mw_search_drop(MwStore *store, int64_t record, GError **error);
/* At most `limit` records whose words match what people type, newest first, of one entity or (NULL)
 * of all; an array of MwHit *. Rights are the caller's: read each hit by the service. */
GPtrArray *mw_search_find(MwStore *store, const char *text, const char *entity, unsigned limit,
                          GError **error);
/* SQLite: appends to `ids` (of MwValue) the `limit` newest records of all entities that a query of mw_search_query()
 * finds. */
bool mw_search_newest(MwStore *store, const char *query, unsigned limit, GArray *ids,
                      GError **error);
/* PostgreSQL reads all that it finds of words, before it sorts the newest of them out. Whether that are so many, as its
 * statistics tell (read every ten minutes), that it is quicker to look through the newest documents; `query` is one of
 * mw_search_query(). */
bool mw_search_is_frequent(MwStore *store, const char *query, bool *frequent, GError **error);
/* PostgreSQL: appends to `ids` (of MwValue) at most `limit` of the newest records of the entity that the query finds, of
 * a few thousand that are looked through. */
bool mw_search_look_through(MwStore *store, const char *entity, const char *query, unsigned limit,
                            GArray *ids, GError **error);
/* Compares the index with the documents it was made from. */
bool mw_search_verify(MwStore *store, GError **error);
