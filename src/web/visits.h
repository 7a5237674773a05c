#pragma once
/* visits: what a user opened last, and records by id, of what he may still see; see favourites.h for what he marked. */
#include "web/cells.h"

typedef struct {
    const MwEntity *entity;
    int64_t id, at;
    char *title; /* owned */
} MwFound;

/* Records by id, of any entities, as far as the actor may read them, in the given order; of MwFound. One
 * statement an entity. */
typedef struct {
    const MwEntity *entity;
    int64_t id, at; /* at: for the caller */
} MwWanted;
GPtrArray *mw_found_read(const MwContext *context, const GArray *wanted, GError **error);
/* What a statement gives for the actor ($1) and a limit ($2): entity, record, when; of MwWanted. */
GArray *mw_wanted_read(const MwContext *context, const char *sql, unsigned limit, GError **error);
/* The newest visits, of MwFound. */
GPtrArray *mw_visits_find(const MwContext *context, unsigned limit, GError **error);
/* Puts a list of them under `key`: href, text, note (the entity's label), icon. */
void mw_found_put(MwNode *node, const char *key, const GPtrArray *found);
void mw_found_put_one(MwNode *node, const MwFound *found);
