#pragma once
/*
 * views: saved views as each user has them: in his own order, and one of an entity shown first.
 *
 * That one of his own views is shown first is its `initial`; that one which others share with him is, and the order of
 * all, are rows of the table view_place. mw_view_derivations keep it to one view a user and entity, however it is said.
 */
#include "record/derivation.h"

enum { MW_VIEWS_MAX = 100 /* of an entity, that a user sees */ };

typedef struct {
    int64_t view, position;
    bool initial;
} MwViewPlace;

/* The places that the actor has given to views of an entity; of MwViewPlace. */
GArray *mw_views_places(const MwContext *context, const MwEntity *entity, GError **error);
/* Puts the views into this order (ids that he may read, of this entity; those that are not named follow by name), and
 * shows `initial` first, 0: none. Problems name "order" or "initial". */
bool mw_views_arrange(const MwContext *context, const MwEntity *entity, const GArray *order,
                      int64_t initial, MwProblems *problems, GError **error);

extern const MwDerivation mw_view_derivations[];
