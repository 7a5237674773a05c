#pragma once
/*
 * search: that nobody finds a record by words of fields he may not see.
 *
 * The index has one document a record, of all its searched fields. For an actor who does not see all of them, what it
 * finds is looked at again: of the newest MW_SEARCH_SCAN records that it finds and he may read, those stay whose words
 * in the fields he sees are those asked for. For everybody else nothing is done.
 */
#include "record/context.h"
#include "store/search.h"

/* Whether a searched field of the entity is hidden from the actor. */
bool mw_search_hides(const MwActor *actor, const MwEntity *entity);
/* `filter` (may be NULL) with searches replaced by what may be found; `narrowed` stays NULL where it holds as it is. */
bool mw_search_narrow(const MwContext *context, const MwFilter *filter, MwFilter **narrowed,
                      GError **error);
/* mw_search_find() without what is found by hidden fields alone. */
GPtrArray *mw_record_hits(const MwContext *context, const char *words, const char *entity,
                          unsigned limit, GError **error);
