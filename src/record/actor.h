#pragma once
/*
 * actor: who asks, and what he may do. Immutable and reference-counted; made from the
 * user's roles once and kept by the company until users, roles or teams change.
 */
#include "record/open_pool.h"

typedef struct MwActor MwActor;

/* From the tables of user, role and team. NULL with MW_ERROR_UNAUTHENTICATED when there is no
 * such active user. */
MwActor *mw_actor_load(MwStore *store, MwCatalog *catalog, int64_t user, GError **error);
/* May do everything and is nobody: the command line, jobs, imports by the administrator. */
MwActor *mw_actor_system(MwCatalog *catalog);
/* May do nothing: a visitor who has not logged in. */
MwActor *mw_actor_nobody(MwCatalog *catalog);
/* The one its rights were made for; the actor keeps it. */
MwCatalog *mw_actor_catalog(const MwActor *actor);
MwActor *mw_actor_ref(MwActor *actor);
void mw_actor_unref(MwActor *actor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwActor, mw_actor_unref)

int64_t mw_actor_user(const MwActor *actor); /* 0: the system */
int64_t mw_actor_team(const MwActor *actor); /* 0: none       */
bool mw_actor_is_system(const MwActor *actor);
bool mw_actor_has_role(const MwActor *actor, const char *key);
/* The system, an administrator or a manager. */
bool mw_actor_leads(const MwActor *actor);
const char *mw_actor_name(const MwActor *actor);
const char *mw_actor_language(const MwActor *actor); /* "" : the company's */
GTimeZone *mw_actor_zone(const MwActor *actor);      /* borrowed; NULL: the company's */

/* How far a right on an entity reaches; of a detail, that of its master (its own create and
 * remove follow the master's update). */
MwScope mw_actor_scope(const MwActor *actor, const MwEntity *entity, MwRight right);
bool mw_actor_may(const MwActor *actor, const MwEntity *entity, MwRight right);
/* Whether a right reaches this record, by its owner and team as they are (to be). */
bool mw_actor_reaches(const MwActor *actor, const MwRecord *record, MwRight right);
/* Per-field rights. */
bool mw_actor_sees(const MwActor *actor, const MwEntity *entity, const MwField *field);
bool mw_actor_edits(const MwActor *actor, const MwEntity *entity, const MwField *field);
/* The same of one record: what its pool hides is not seen before it is picked. */
bool mw_actor_sees_of(const MwActor *actor, const MwRecord *record, const MwField *field);
/* The open pools; NULL for those who know none (the system, nobody). */
const MwPools *mw_actor_pools(const MwActor *actor);
/* The records a right reaches, as a filter; NULL means all of them. The caller frees it. */
MwFilter *mw_actor_filter(const MwActor *actor, const MwCatalog *catalog, const MwEntity *entity,
                          MwRight right);
