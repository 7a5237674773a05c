#pragma once
/*
 * recycling: what nobody works at comes back into its open pool, by the pool's rules (pool_rule).
 *
 *   idle      no activity for so many days (last_activity_at, kept current by open_pool.c)
 *   undealt   taken so many days ago, and no opportunity since: a lead not converted, an account without a new one
 *   contract  the contract with the account ended so many days ago
 *
 * A rule for one class or rating stands in place of the general one of the same kind. Rules hold for what was taken from the
 * pool or, when it says so, for everything that its users own and that no other pool gave them. Converted and disqualified
 * leads stay, and so do accounts with open opportunities unless the pool says otherwise.
 *
 * Each rule reads a range of one index, so what is not due is not read.
 */
#include "methods/open_pool.h"

/* How many came back, were left for the next run because somebody worked at them just then, and were told of beforehand. */
typedef struct {
    size_t back, left, told;
} MwRecycled;

/* Runs all rules, in transactions of its own on `store`; safe to repeat. Then tells each owner what goes back within the
 * notice of its pool, once for each day that it is due. `goes_on` (may be NULL) is asked between batches and stops the work
 * with MW_ERROR_UNAVAILABLE. */
bool mw_recycling_run(MwCompany *company, MwStore *store, bool (*goes_on)(void *data), void *data,
                      MwRecycled *out, GError **error);

/* What is coming back within the notice of its pool. */
typedef struct {
    const MwEntity *entity;
    int64_t record, pool, owner;
    int64_t on;   /* day, as mw_date_of_instant(); may be in the past: the next night then */
    char *reason; /* translated; owned */
} MwDue;

/* Of the pools that the actor uses, the soonest first, at most `limit`; `owner` 0: of anybody, which the caller narrows to
 * what the actor may read. `record` 0: any. One statement, and one for the rules. An array of MwDue. */
GPtrArray *mw_recycling_due(const MwContext *context, int64_t owner, int64_t record, unsigned limit,
                            GError **error);

/* Makes the words anew that the records of a pool are found by: what it hides has changed. As mw_recycling_run(). */
bool mw_recycling_words(MwCompany *company, MwStore *store, int64_t pool, GError **error);
