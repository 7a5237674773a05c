#pragma once
/* seed: what every company begins with: the built-in roles and the default sales process. */
#include "store/store.h"

/* Writes what is not there yet, named in the language in use; in a transaction that writes. Companies of an earlier
 * version get what came later; what somebody has made or deleted stays so. `catalog` says which of it the company has. */
bool mw_seed(MwStore *store, const MwCatalog *catalog, GError **error);
