#pragma once
/*
 * sums: what groups of records come to, remembered until something changes.
 *
 * The numbers over the columns of a board are of all its records. They are kept by the statement that computed them, the
 * reader's rights among its conditions, for as long as the heads of the history's lanes stay the same: every write moves
 * one, whoever made it. At most SUMS_MAX statements are remembered.
 */
#include "record/context.h"
#include "store/query.h"

MwSums *mw_sums_new(void);
void mw_sums_free(MwSums *sums);

/* As mw_store_groups(), for transactions that only read: what one has not committed must not be remembered. The array is
 * shared: it is not to be changed, only unreffed. */
GArray *mw_sums_groups(const MwContext *context, const MwQuery *query, const MwField *by,
                       const MwField *const *fields, size_t n, bool *all, GError **error);
