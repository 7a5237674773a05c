#pragma once
/*
 * refill: keys of records that were saved before the program kept them (base/name.h), made when a company is migrated.
 *
 * Keys are hidden fields that the entity's hook fills in; of each record that lacks its name's key the hook is run and the
 * keys alone are kept, without a new version and without history. In transactions of its own, 500 records each; safe to
 * repeat. Besides, names get their order (5,000 a transaction), whoever knows no last activity the day it was made,
 * and who takes part in something when it is to be done.
 */
#include "model/catalog.h"
#include "store/store.h"

bool mw_refill(MwStore *store, const MwCatalog *catalog, GError **error);
