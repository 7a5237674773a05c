#include "record/actor.h"

#include "base/i18n.h"
#include "model/catalog.h"

enum { TEAMS_MAX = 5000, TEAM_DEPTH_MAX = 30 };

typedef struct {
    MwScope may[MW_N_RIGHTS];
    uint64_t hidden[2], fixed[2]; /* by field index: may not see, may not change */
} Rights;

struct MwActor {
    gint references;
    MwCatalog *catalog; /* held: rights are by its indexes */
    int64_t user, team;
    bool system;
    char *name, *language;
    GTimeZone *zone;
    GPtrArray *roles;    /* keys */
    GArray *teams_below; /* of int64_t: the user's team and all below */
    MwPools *pools;
    size_t n_entities;
    Rights rights[]; /* by entity index */
};

static MwActor *
actor_new(MwCatalog *catalog)
{
    size_t n;

    mw_catalog_entities(catalog, &n);
    MwActor *actor = g_malloc0(sizeof(MwActor) + n * sizeof(Rights));
    actor->references = 1;
    actor->catalog = mw_catalog_ref(catalog);
    actor->n_entities = n;
    actor->name = g_strdup("");
    actor->language = g_strdup("");
    actor->roles = g_ptr_array_new_with_free_func(g_free);
    actor->teams_below = g_array_new(false, false, sizeof(int64_t));
    return actor;
}

MwActor *
mw_actor_system(MwCatalog *catalog)
{
    MwActor *actor = actor_new(catalog);

    actor->system = true;
    for (size_t i = 0; i < actor->n_entities; i++)
        for (int right = 0; right < MW_N_RIGHTS; right++)
            actor->rights[i].may[right] = MW_ALL;
    return actor;
}

MwActor *
mw_actor_nobody(MwCatalog *catalog)
{
    return actor_new(catalog);
}

MwActor *
mw_actor_ref(MwActor *actor)
{
    g_atomic_int_inc(&actor->references);
    return actor;
}

void
mw_actor_unref(MwActor *actor)
{
    if (!actor || !g_atomic_int_dec_and_test(&actor->references))
        return;
    g_free(actor->name);
    g_free(actor->language);
    g_clear_pointer(&actor->zone, g_time_zone_unref);
    g_ptr_array_unref(actor->roles);
    g_array_unref(actor->teams_below);
    mw_pools_free(actor->pools);
    mw_catalog_unref(actor->catalog);
    g_free(actor);
}

/* ---- loading ---------------------------------------------------------- */

typedef struct {
    MwActor *actor;
    const MwCatalog *catalog;
    GHashTable *said; /* "entity" of which some row of a role speaks */
    bool found;
} Loading;

static bool
keep_user(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Loading *loading = data;
    MwActor *actor = loading->actor;

    loading->found = true;
    g_free(actor->name);
    g_free(actor->language);
    actor->name = g_strdup(columns[0].is == MW_TEXT ? columns[0].text : "");
    actor->language = g_strdup(columns[1].is == MW_TEXT ? columns[1].text : "");
    if (columns[2].is == MW_TEXT)
        actor->zone = g_time_zone_new_identifier(columns[2].text);
    actor->team = columns[3].is == MW_INTEGER ? columns[3].integer : 0;
    return true;
}

static bool
keep_role(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Loading *loading = data;

    g_ptr_array_add(loading->actor->roles, g_strdup(columns[0].text));
    return true;
}

static void
widen(Rights *rights, MwRight right, MwScope scope)
{
    rights->may[right] = MAX(rights->may[right], scope);
}

static bool
keep_right(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Loading *loading = data;
    const MwEntity *entity = mw_catalog_entity(loading->catalog, columns[1].text);

    g_hash_table_add(loading->said, g_strdup_printf("%s/%s", columns[0].text, columns[1].text));
    for (int right = 0; entity && right < MW_N_RIGHTS; right++) {
        MwScope scope = MW_NOBODY;
        if (columns[2 + right].is == MW_TEXT && mw_scope_parse(columns[2 + right].text, &scope))
            widen(&loading->actor->rights[entity->index], (MwRight)right, scope);
    }
    return true;
}

static void
add(uint64_t bits[2], const MwField *field)
{
    bits[field->index / 64] |= UINT64_C(1) << (field->index % 64);
}

static bool
keep_field_right(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Loading *loading = data;
    const MwEntity *entity = mw_catalog_entity(loading->catalog, columns[0].text);
    const MwField *field = entity ? mw_entity_field(entity, columns[1].text) : NULL;

    if (!field)
        return true;
    Rights *rights = &loading->actor->rights[entity->index];
    add(rights->fixed, field);
    if (g_str_equal(columns[2].text, "hide"))
        add(rights->hidden, field);
    /* In base currency, and summed in it, an amount would be as well known. */
    if (g_str_equal(columns[2].text, "hide") && field->in_base)
        add(rights->hidden, mw_entity_field(entity, field->in_base));
    return true;
}

static bool
keep_team(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    int64_t team = columns[0].integer;

    g_array_append_val((GArray *)data, team);
    return true;
}

/* Declared grants hold for a built-in role unless a row of the role speaks of the entity. */
static void
apply_grants(Loading *loading)
{
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(loading->catalog, &n);

    for (guint i = 0; i < loading->actor->roles->len; i++) {
        const char *role = loading->actor->roles->pdata[i];
        for (size_t e = 0; e < n; e++) {
            g_autofree char *key = g_strdup_printf("%s/%s", role, entities[e]->name);
            const MwGrant *grant = entities[e]->grants;
            if (g_hash_table_contains(loading->said, key))
                continue;
            for (; grant && grant->role; grant++)
                for (int right = 0; g_str_equal(grant->role, role) && right < MW_N_RIGHTS; right++)
                    widen(&loading->actor->rights[e], (MwRight)right, grant->may[right]);
        }
    }
}

static bool
load_tables(MwStore *store, Loading *loading, GError **error)
{
    MwValue user = MW_INT(loading->actor->user), team;

    if (!mw_store_run(store,
                      "SELECT name, language, time_zone, team FROM \"user\" "
                      "WHERE id = $1 AND active = 1 AND deleted_at IS NULL",
                      &user, 1, keep_user, loading, error))
        return false;
    if (!loading->found)
        return mw_fail(error, MW_ERROR_UNAUTHENTICATED, _("Please log in."));
    team = MW_INT(loading->actor->team);
#define ROLES_OF_USER                                                                              \
    " JOIN user_role u ON u.role = r.id AND u.deleted_at IS NULL AND u.\"user\" = $1 "             \
    "WHERE r.deleted_at IS NULL"
    return mw_store_run(store, "SELECT r.key FROM role r" ROLES_OF_USER, &user, 1, keep_role,
                        loading, error) &&
           mw_store_run(store,
                        "SELECT r.key, p.entity, p.may_read, p.may_create, p.may_update, "
                        "p.may_remove, p.may_export, p.may_import FROM role r "
                        "JOIN role_right p ON p.role = r.id AND p.deleted_at IS NULL" ROLES_OF_USER,
                        &user, 1, keep_right, loading, error) &&
           mw_store_run(store,
                        "SELECT p.entity, p.field, p.access FROM role r "
                        "JOIN role_field p ON p.role = r.id AND p.deleted_at IS NULL" ROLES_OF_USER,
                        &user, 1, keep_field_right, loading, error) &&
           mw_store_run(store,
                        "WITH RECURSIVE below (id, depth) AS (SELECT id, 1 FROM team WHERE id = $1 "
                        "UNION SELECT t.id, depth + 1 FROM team t JOIN below b ON t.parent = b.id "
                        "WHERE depth < 30) SELECT DISTINCT id FROM below LIMIT 5000",
                        &team, 1, keep_team, loading->actor->teams_below, error);
}

/* A detail is a part of its master: seen, exported and imported with it, changed by changing it. */
static MwRight
right_on_master(MwRight right)
{
    return right == MW_MAY_CREATE || right == MW_MAY_REMOVE ? MW_MAY_UPDATE : right;
}

static const MwEntity *
master_of(const MwCatalog *catalog, const MwEntity *entity)
{
    return mw_catalog_entity(catalog, mw_entity_field(entity, entity->master)->target);
}

static void
follow_masters(Loading *loading)
{
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(loading->catalog, &n);

    for (size_t e = 0; e < n; e++) {
        if (!entities[e]->master)
            continue;
        const Rights *masters =
            &loading->actor->rights[master_of(loading->catalog, entities[e])->index];
        for (int right = 0; right < MW_N_RIGHTS; right++)
            loading->actor->rights[e].may[right] = masters->may[right_on_master((MwRight)right)];
    }
}

MwActor *
mw_actor_load(MwStore *store, MwCatalog *catalog, int64_t user, GError **error)
{
    g_autoptr(MwActor) actor = actor_new(catalog);
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Loading loading = { .actor = actor, .catalog = catalog, .said = said };

    actor->user = user;
    if (!load_tables(store, &loading, error))
        return NULL;
    apply_grants(&loading);
    follow_masters(&loading);
    actor->pools = mw_pools_load(store, catalog, actor->team, actor->teams_below,
                                 mw_actor_leads(actor), mw_actor_has_role(actor, "admin"), error);
    return actor->pools == NULL ? NULL : g_steal_pointer(&actor);
}

/* ---- asking ----------------------------------------------------------- */

MwCatalog *
mw_actor_catalog(const MwActor *actor)
{
    return actor->catalog;
}

int64_t
mw_actor_user(const MwActor *actor)
{
    return actor->user;
}

int64_t
mw_actor_team(const MwActor *actor)
{
    return actor->team;
}

bool
mw_actor_is_system(const MwActor *actor)
{
    return actor->system;
}

bool
mw_actor_has_role(const MwActor *actor, const char *key)
{
    return g_ptr_array_find_with_equal_func(actor->roles, key, g_str_equal, NULL);
}

bool
mw_actor_leads(const MwActor *actor)
{
    return actor->system || mw_actor_has_role(actor, "manager") ||
           mw_actor_has_role(actor, "admin");
}

const char *
mw_actor_name(const MwActor *actor)
{
    return actor->name;
}

const char *
mw_actor_language(const MwActor *actor)
{
    return actor->language;
}

GTimeZone *
mw_actor_zone(const MwActor *actor)
{
    return actor->zone;
}

MwScope
mw_actor_scope(const MwActor *actor, const MwEntity *entity, MwRight right)
{
    return actor->rights[entity->index].may[right];
}

bool
mw_actor_may(const MwActor *actor, const MwEntity *entity, MwRight right)
{
    return mw_actor_scope(actor, entity, right) != MW_NOBODY;
}

static bool
is_below(const MwActor *actor, int64_t team)
{
    for (guint i = 0; i < actor->teams_below->len; i++)
        if (g_array_index(actor->teams_below, int64_t, i) == team)
            return true;
    return false;
}

bool
mw_actor_reaches(const MwActor *actor, const MwRecord *record, MwRight right)
{
    const MwEntity *entity = record->entity;
    MwScope scope = mw_actor_scope(actor, entity, right);

    if (actor->system || !(entity->flags & MW_OWNED))
        return scope != MW_NOBODY;
    if (mw_record_int(record, "owner") == actor->user && scope != MW_NOBODY)
        return true;
    if (entity->flags & MW_PRIVATE)
        return false;
    int64_t team = mw_record_int(record, "team");
    return scope == MW_ALL || (scope == MW_TEAM && team && team == actor->team) ||
           (scope == MW_TEAM_BELOW && team && is_below(actor, team));
}

static bool
has(const uint64_t bits[2], const MwField *field)
{
    return bits[field->index / 64] >> (field->index % 64) & 1;
}

bool
mw_actor_sees(const MwActor *actor, const MwEntity *entity, const MwField *field)
{
    return !(field->flags & (MW_SECRET | MW_RETIRED)) &&
           !has(actor->rights[entity->index].hidden, field);
}

bool
mw_actor_sees_of(const MwActor *actor, const MwRecord *record, const MwField *field)
{
    const uint64_t *hidden = mw_pools_hidden(actor->pools, record);

    return mw_actor_sees(actor, record->entity, field) && !(hidden && has(hidden, field));
}

const MwPools *
mw_actor_pools(const MwActor *actor)
{
    return actor->pools;
}

bool
mw_actor_edits(const MwActor *actor, const MwEntity *entity, const MwField *field)
{
    return !(field->flags & (MW_SECRET | MW_RETIRED | MW_READ_ONLY)) &&
           !has(actor->rights[entity->index].fixed, field);
}

static MwFilter *
own_filter(const MwActor *actor, const MwEntity *entity)
{
    const MwField *owner = mw_entity_field(entity, "owner");

    if (!owner)
        owner = mw_entity_field(entity, "created_by");
    return mw_filter_test(owner, MW_TEST_EQ, MW_INT(actor->user));
}

static MwFilter *
team_filter(const MwActor *actor, const MwEntity *entity, bool below)
{
    MwFilter *any = mw_filter_any();
    const MwField *team = mw_entity_field(entity, "team");

    mw_filter_add(any, own_filter(actor, entity));
    if (actor->team == 0)
        return any;
    MwFilter *teams = mw_filter_test(team, MW_TEST_IN, MW_INT(actor->team));
    for (guint i = 0; below && i < actor->teams_below->len; i++) {
        int64_t id = g_array_index(actor->teams_below, int64_t, i);
        if (id != actor->team)
            mw_filter_value(teams, MW_INT(id));
    }
    mw_filter_add(any, teams);
    return any;
}

/* Of an entity whose records are private, only one's own and, to read, the shared ones. */
static MwFilter *
private_filter(const MwActor *actor, const MwEntity *entity, MwRight right)
{
    MwFilter *any = mw_filter_any();
    const MwField *shared = mw_entity_field(entity, "shared");

    mw_filter_add(any, own_filter(actor, entity));
    if (shared && right == MW_MAY_READ)
        mw_filter_add(any, mw_filter_test(shared, MW_TEST_EQ, MW_INT(1)));
    return any;
}

/* Records whose link leads to one under that right; NULL when all do. */
static MwFilter *
filter_via(const MwActor *actor, const MwCatalog *catalog, const MwEntity *entity, const char *link,
           MwRight right)
{
    const MwField *field = mw_entity_field(entity, link);
    const MwEntity *target = mw_catalog_entity(catalog, field->target);
    MwFilter *filter = mw_actor_filter(actor, catalog, target, right);

    return filter ? mw_filter_via(field, target, filter) : NULL;
}

static MwFilter *
detail_filter(const MwActor *actor, const MwCatalog *catalog, const MwEntity *entity, MwRight right)
{
    MwFilter *master = filter_via(actor, catalog, entity, entity->master, right_on_master(right));
    MwFilter *other = entity->seen_with
                          ? filter_via(actor, catalog, entity, entity->seen_with, MW_MAY_READ)
                          : NULL;

    if (!master || !other)
        return master ? master : other;
    MwFilter *both = mw_filter_all();
    mw_filter_add(both, master);
    mw_filter_add(both, other);
    return both;
}

/* Records that follow any of those which one of their links points at. */
static MwFilter *
following_filter(const MwActor *actor, const MwCatalog *catalog, const MwEntity *entity,
                 MwRight right)
{
    MwFilter *any = mw_filter_any();

    for (const char *const *link = entity->follows; *link; link++) {
        MwFilter *via = filter_via(actor, catalog, entity, *link, right);
        mw_filter_add(any, via ? via
                               : mw_filter_test(mw_entity_field(entity, *link), MW_TEST_NOT_NULL,
                                                MW_NOTHING));
    }
    return any;
}

/* Those of the pools that one uses are read too; who leads changes them, and nobody else does. */
static MwFilter *
pooled_filter(const MwActor *actor, const MwEntity *entity, MwRight right, MwFilter *filter)
{
    const MwField *pool =
        mw_entity_field(entity, "taken_from") ? mw_entity_field(entity, "pool") : NULL;
    bool changes = right == MW_MAY_UPDATE || right == MW_MAY_REMOVE, leads = mw_actor_leads(actor);
    bool reaches = right == MW_MAY_READ || (changes && leads);
    MwFilter *usable = pool && filter && reaches ? mw_pools_usable(actor->pools, entity) : NULL;

    if (usable) {
        MwFilter *any = mw_filter_any();
        mw_filter_add(any, filter);
        mw_filter_add(any, usable);
        return any;
    }
    if (!pool || !changes || leads)
        return filter;
    MwFilter *all = mw_filter_all();
    mw_filter_add(all, filter);
    mw_filter_add(all, mw_filter_test(pool, MW_TEST_NULL, MW_NOTHING));
    return all;
}

static MwFilter *
scope_filter(const MwActor *actor, const MwEntity *entity, MwScope scope)
{
    if (scope == MW_OWN)
        return own_filter(actor, entity);
    if (scope == MW_ALL || !(entity->flags & MW_OWNED))
        return NULL;
    return team_filter(actor, entity, scope == MW_TEAM_BELOW);
}

MwFilter *
mw_actor_filter(const MwActor *actor, const MwCatalog *catalog, const MwEntity *entity,
                MwRight right)
{
    if (actor->system)
        return NULL;
    if (entity->master)
        return detail_filter(actor, catalog, entity, right);
    MwScope scope = mw_actor_scope(actor, entity, right);
    if (scope == MW_NOBODY)
        return mw_filter_any(); /* nothing */
    if (entity->follows)
        return following_filter(actor, catalog, entity, right);
    if (entity->flags & MW_PRIVATE)
        return private_filter(actor, entity, right);
    return pooled_filter(actor, entity, right, scope_filter(actor, entity, scope));
}
