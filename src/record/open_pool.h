#pragma once
/*
 * open_pool: the open pools as one reader has them. A record in a pool has no owner: whoever may use the pool reads it,
 * without the fields that the pool hides, and nobody but managers and administrators changes it.
 *
 * Immutable; a part of the actor (actor.h), loaded with it and again when a pool changes.
 */
#include "model/record.h"
#include "store/query.h"

typedef struct {
    int64_t id, team; /* team 0: everybody's */
    char *name;
    const MwEntity *entity;
    bool active, team_reach; /* team_reach: its rules hold for whatever its users own */
    bool usable;             /* by this reader                                   */
    uint64_t hidden[2];      /* from this reader, by field index of the entity   */
} MwOpenPool;

typedef struct MwPools MwPools;

enum { MW_POOLS_MAX = 500 };

/* `leads`: sees what is hidden, and uses the pools of `teams_below` (int64_t); `all`: uses every pool. A pool of a team is
 * used by the members of the team and of those below it. */
MwPools *mw_pools_load(MwStore *store, const MwCatalog *catalog, int64_t team,
                       const GArray *teams_below, bool leads, bool all, GError **error);
void mw_pools_free(MwPools *pools);

size_t mw_pools_count(const MwPools *pools);
const MwOpenPool *mw_pools_at(const MwPools *pools, size_t i);
const MwOpenPool *mw_pools_find(const MwPools *pools, int64_t id); /* NULL: unknown or deleted */

/* The fields hidden of a record, as bits by field index; NULL when none are. Of a pool that is not known, whatever a pool
 * can hide. */
const uint64_t *mw_pools_hidden(const MwPools *pools, const MwRecord *record);
/* Whether anything of the entity can be hidden from the reader. */
bool mw_pools_hide(const MwPools *pools, const MwEntity *entity);
/* Records in whose pool the field is not hidden, or in none; NULL: all of them. */
MwFilter *mw_pools_shown(const MwPools *pools, const MwEntity *entity, const MwField *field);
/* Records of the pools that the reader uses; NULL: none are. */
MwFilter *mw_pools_usable(const MwPools *pools, const MwEntity *entity);

/* What a pool's list of hidden fields (as it is stored; NULL) names of an entity. */
void mw_pool_bits(const MwEntity *entity, const char *hidden, uint64_t bits[2]);
