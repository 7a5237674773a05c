#pragma once
/*
 * favourites: the records that a user has marked with the star.
 *
 * They are few (MW_FAVOURITES_MAX), so a page reads them whole, once, by one statement that an index answers: what the
 * navigation names, and which rows of a list have a star. What he may not read any more, or was deleted, is not shown.
 */
#include "web/visits.h"

enum {
    MW_FAVOURITES_MAX = 200,
    MW_FAVOURITES_IN_NAV = 5,
};

/* All of the actor's, the newest first, of MwWanted; it lives as long as the request. NULL on an error. */
const GArray *mw_favourites(const MwRequest *request, GError **error);
/* The newest ones that he may read, of MwFound. */
GPtrArray *mw_favourites_find(const MwRequest *request, unsigned limit, GError **error);
/* Puts what templates/star.html reads: `marked`, `star_at`, `star_id`. */
void mw_star_put(MwNode *node, const MwEntity *entity, int64_t id, const GArray *favourites);
/* Puts what templates/favourites/nav.html reads. */
void mw_favourites_put_nav(const MwRequest *request, MwNode *page);
