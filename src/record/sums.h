#pragma once
/*
 * sums: what groups of records come to, remembered until something changes (memo.h).
 *
 * The numbers over the columns of a board are of all its records. They are kept by the statement that computed them, the
 * reader's rights among its conditions: who sees the same shares them.
 */
#include "record/context.h"
#include "store/query.h"

/* As mw_store_groups(). The array is shared: it is not to be changed, only unreffed. */
GArray *mw_sums_groups(const MwContext *context, const MwQuery *query, const MwField *by,
                       const MwField *const *fields, size_t n, bool *all, GError **error);
