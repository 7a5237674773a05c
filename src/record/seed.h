#pragma once
/* seed: what every company begins with: the built-in roles, a sales process for each type of sale, open pools. */
#include "store/store.h"

/* Writes what is not there yet, named in the language in use; in a transaction that writes. Companies of an earlier
 * version get what came later; what somebody has made or deleted stays so. `catalog` says which of it the company has. */
bool mw_seed(MwStore *store, const MwCatalog *catalog, GError **error);
/* As above, and what only a new company gets: two open pools. Whoever has none later does not want any. */
bool mw_seed_first(MwStore *store, const MwCatalog *catalog, GError **error);

/* Parts of it, in a company that has none of them. */
bool mw_seed_processes(MwStore *store, GError **error);
bool mw_seed_pools(MwStore *store, GError **error);
