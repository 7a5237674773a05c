#pragma once
/*
 * open_pool: leads and accounts go into open pools, and are taken from them (公海).
 *
 * A record in a pool (`pool` is set) has no owner and no team. Who may use the pool picks it and owns it then; a manager
 * assigns it; its owner returns it, a rule brings it back (pool_rule). Each of these is one record of pool_move, with a
 * reason, in the same transaction. With an account go those of its contacts that have the same owner.
 *
 * Of two who take the same record one gets MW_ERROR_CONFLICT. Limits are counted under a lock on who gets the record.
 * Rights are checked here, past those of the entity; see record/open_pool.h for who reads what is in a pool.
 */
#include "record/derivation.h"
#include "record/open_pool.h"

/* Ends with a NULL entity: what counts as an activity, records that an import puts into a pool, pools that change. */
extern const MwDerivation mw_pool_derivations[];

/* Whether records of this entity can be in a pool. */
bool mw_pool_suits(const MwEntity *entity);

/* False on an error. With problems (of "pool", "owner", "reason") nothing was written. `reason` may be NULL for picking.
 * `owner`: a user's id. `pool` 0: where it was taken from, else the only one there is to use. */
bool mw_pool_pick(const MwContext *context, const MwEntity *entity, int64_t id, const char *reason,
                  MwProblems *problems, GError **error);
bool mw_pool_assign(const MwContext *context, const MwEntity *entity, int64_t id, int64_t owner,
                    const char *reason, MwProblems *problems, GError **error);
bool mw_pool_return(const MwContext *context, const MwEntity *entity, int64_t id, int64_t pool,
                    const char *reason, MwProblems *problems, GError **error);
/* Puts a record into a pool: what returning and coming back by a rule share. `action` as in pool_move. The record is read
 * whole, past rights. */
bool mw_pool_put(const MwContext *context, MwRecord *record, int64_t pool, const char *action,
                 const char *reason, GError **error);

/* How a user stands with a pool: picked today and at most, held and at most (0: no limit). */
typedef struct {
    int64_t picked, picks_per_day, held, capacity;
    bool active;
} MwPoolStanding;

bool mw_pool_standing(const MwContext *context, const MwOpenPool *pool, int64_t user,
                      MwPoolStanding *standing, GError **error);
/* The same of all pools that the actor knows, in their order, and how many each of those that he uses holds, counted to
 * MW_POOL_WAITING_MAX + 1. `standings` and `waiting` have mw_pools_count() places. */
enum { MW_POOL_WAITING_MAX = 1000 };

bool mw_pool_standings(const MwContext *context, int64_t user, MwPoolStanding *standings,
                       int64_t *waiting, GError **error);
