#pragma once
/* visits: what a user opened last and what he marked, of what he may still see. */
#include "web/cells.h"

typedef struct {
    const MwEntity *entity;
    int64_t id;
    char *title; /* owned */
} MwFound;

/* Records by id, of any entities, as far as the actor may read them, in the given order; of MwFound. One
 * statement an entity. */
typedef struct {
    const MwEntity *entity;
    int64_t id;
} MwWanted;
GPtrArray *mw_found_read(const MwContext *context, const GArray *wanted, GError **error);
/* The newest visits or, `favourites`, what was marked; of MwFound. */
GPtrArray *mw_visits_find(const MwContext *context, bool favourites, unsigned limit,
                          GError **error);
/* Puts a list of them under `key`: href, text, note (the entity's label), icon. */
void mw_found_put(MwNode *node, const char *key, const GPtrArray *found);
