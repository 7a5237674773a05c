/* schema: what the tables of the entities lack, as statements. */
#include "base/i18n.h"
#include "store/backend.h"
#include "store/migrate.h"
#include "store/query.h"

enum { NAME_MAX_BYTES = 63, ROWS = 1000000, A_FEW = 10 };

typedef struct {
    MwStore *store;
    const MwBackend *backend;
    const MwCatalog *catalog;
    GPtrArray *plan;
    GHashTable *
        known; /* names of indexes and constraints that the database has; of indexes, their tables */
    GHashTable *wanted; /* names of the indexes that are declared */
    GHashTable *told; /* names of indexes of which SQLite's planner knows how selective they are */
    GString *telling; /* of the others, of one entity: rows of an INSERT */
    bool tells;       /* the plan has such an INSERT */
} Planner;

static void
add(Planner *p, GString *sql)
{
    g_ptr_array_add(p->plan, g_string_free(sql, false));
}

static void
put_column(Planner *p, GString *sql, const MwField *field)
{
    mw_sql_name(sql, field->name);
    g_string_append_printf(sql, " %s", p->backend->types[field->kind->storage]);
    if (field->index == MW_FIELD_ID)
        g_string_append(sql, " PRIMARY KEY");
    else if (field->index == MW_FIELD_VERSION)
        g_string_append(sql, " NOT NULL");
    /* PostgreSQL gets its foreign keys later, when every table is there. */
    if (p->backend->dialect == MW_SQLITE && field->target && field->index != MW_FIELD_ID) {
        g_string_append(sql, " REFERENCES ");
        mw_sql_name(sql, field->target);
    }
}

static void
plan_table(Planner *p, const MwEntity *entity)
{
    GString *sql = g_string_new("CREATE TABLE ");

    mw_sql_name(sql, entity->name);
    for (size_t i = 0; i < entity->n_fields; i++) {
        g_string_append(sql, i > 0 ? ", " : " (");
        put_column(p, sql, &entity->fields[i]);
    }
    g_string_append(sql, p->backend->dialect == MW_SQLITE ? ") STRICT" : ")");
    add(p, sql);
}

static bool
same_type(const char *declared, const char *found)
{
    size_t n = strcspn(declared, " "); /* "TEXT COLLATE…", "DOUBLE PRECISION" */

    return g_ascii_strncasecmp(declared, found, n) == 0;
}

static bool
plan_columns(Planner *p, const MwEntity *entity, GHashTable *columns, GError **error)
{
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        const char *type = p->backend->types[field->kind->storage];
        const char *found = g_hash_table_lookup(columns, field->name);

        if (found && !same_type(type, found))
            return mw_fail(error, MW_ERROR_INVALID,
                           _("Column %s.%s is %s in the database, but declared %s."), entity->name,
                           field->name, found, type);
        if (found)
            continue;
        GString *sql = g_string_new("ALTER TABLE ");
        mw_sql_name(sql, entity->name);
        g_string_append(sql, " ADD COLUMN ");
        put_column(p, sql, field);
        add(p, sql);
    }
    return true;
}

/* PostgreSQL cuts names at 63 bytes: a longer one ends in a hash of all of it. */
static char *
object_name(const char *entity, const char *what, const char *ending)
{
    g_autofree char *name = g_strdup_printf("%s__%s%s", entity, what, ending);

    if (strlen(name) > NAME_MAX_BYTES) {
        g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
        memcpy(name + NAME_MAX_BYTES - 12, hash, 12);
        name[NAME_MAX_BYTES] = '\0';
    }
    return g_steal_pointer(&name);
}

/* An index or constraint that is declared: whether the database lacks it. */
static bool
is_new(Planner *p, const char *name)
{
    g_hash_table_add(p->wanted, g_strdup(name));
    return !g_hash_table_contains(p->known, name);
}

/* ---- what SQLite's planner is told ---------------------------------------------------- */

/* Of ROWS records about how many have the same value there. */
static double
alike(const Planner *p, const MwEntity *entity, const char *name)
{
    const MwField *field = mw_entity_field(entity, name);
    const MwEntity *target = field->target ? mw_catalog_entity(p->catalog, field->target) : NULL;

    if (field->index == MW_FIELD_ID || field->flags & MW_UNIQUE)
        return 1;
    if (field->index == MW_FIELD_DELETED)
        return ROWS;
    if (target) /* there are many accounts, but few stages, teams and products */
        return target->flags & MW_OWNED ? A_FEW : ROWS / A_FEW / A_FEW;
    return field->kind->alike ? field->kind->alike : A_FEW;
}

/*
 * Without numbers SQLite takes every index for as good as any other: an account's visits it would find among all visits
 * instead of among all that is of the account. ANALYZE would count, but takes the write lock for long and has to be
 * repeated. What it would find by and large is known beforehand: a link to an account leads to a few, a choice to very
 * many. Whatever ANALYZE has found stays.
 */
static void
tell(Planner *p, const MwEntity *entity, const char *index, const char *const *names, size_t n)
{
    double rows = ROWS;

    if (p->backend->dialect != MW_SQLITE || g_hash_table_contains(p->told, index))
        return;
    g_string_append_printf(p->telling, "%s('%s', '%s', '%d", p->telling->len > 0 ? ", " : "",
                           entity->name, index, ROWS);
    for (size_t i = 0; i < n; i++) {
        if (!names[i])
            continue;
        rows = MAX(rows * alike(p, entity, names[i]) / ROWS, 1);
        g_string_append_printf(p->telling, " %.0f", rows);
    }
    g_string_append(p->telling, "')");
}

/* ---- indexes ---------------------------------------------------------------------------- */

/* An index for lists: the field with the id, so that a keyset page is one range of it. */
static void
plan_index(Planner *p, const MwEntity *entity, const MwField *field)
{
    g_autofree char *name = object_name(entity->name, field->name, "");
    GString *sql;

    tell(p, entity, name, (const char *const[]){ field->name, "id" }, 2);
    if (!is_new(p, name))
        return;
    sql = g_string_new("CREATE INDEX ");
    mw_sql_name(sql, name);
    g_string_append(sql, " ON ");
    mw_sql_name(sql, entity->name);
    g_string_append(sql, " (");
    mw_sql_name(sql, field->name);
    g_string_append(sql, p->backend->dialect == MW_POSTGRES ? " NULLS FIRST" : "");
    /* Links keep deleted records in the index too: the purge follows foreign keys by it. */
    g_string_append(sql, field->target ? ", \"id\")" : ", \"id\") WHERE \"deleted_at\" IS NULL");
    add(p, sql);
}

/*
 * An index that a page is answered from without reading the records: `order` of them (a number, counted from 0) is sorted
 * by, names that are NULL are left out. Its name ends in a hash of its columns, so that a database gets it anew when they
 * are others, and the former one goes. It has deleted_at, although that is NULL in all of them: else SQLite reads the records for it.
 */
static void
plan_covering(Planner *p, const MwEntity *entity, const char *what, const char *const *names,
              size_t n, size_t order)
{
    g_autoptr(GString) columns = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        if (!names[i])
            continue;
        mw_sql_name(columns, names[i]);
        g_string_append(columns,
                        i == order && p->backend->dialect == MW_POSTGRES ? " NULLS FIRST, " : ", ");
    }
    g_string_append(columns, "\"deleted_at\"");
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, columns->str, -1);
    hash[8] = '\0';
    g_autofree char *ending = g_strconcat("__", hash, NULL);
    g_autofree char *name = object_name(entity->name, what, ending);
    tell(p, entity, name, names, n);
    if (!is_new(p, name))
        return;
    GString *sql = g_string_new("CREATE INDEX ");
    mw_sql_name(sql, name);
    g_string_append(sql, " ON ");
    mw_sql_name(sql, entity->name);
    g_string_append_printf(sql, " (%s) WHERE \"deleted_at\" IS NULL", columns->str);
    add(p, sql);
}

/* A column's cards in order, whose they are and what they come to. */
static void
plan_board(Planner *p, const MwEntity *entity)
{
    const MwBoard *board = entity->board;
    bool owned = entity->flags & MW_OWNED;

    if (!board)
        return;
    const char *order = board->order + (*board->order == '-');
    const char *const columns[] = { board->columns,       order,           "id",
                                    board->amount,        board->weighted, owned ? "owner" : NULL,
                                    owned ? "team" : NULL };
    plan_covering(p, entity, "board", columns, G_N_ELEMENTS(columns), 1);
}

/* Whose stands when, done or not. */
static void
plan_calendar(Planner *p, const MwEntity *entity)
{
    const MwCalendar *c = entity->calendar;

    if (!c)
        return;
    const char *const columns[] = {
        "owner", c->done, c->at, "id", c->begin, c->end, c->day, "team"
    };
    plan_covering(p, entity, "calendar", columns, G_N_ELEMENTS(columns), SIZE_MAX);
}

static void
plan_unique(Planner *p, const MwEntity *entity, const char *const *names)
{
    g_autofree char *joined = g_strjoinv("_", (char **)names);
    g_autofree char *name = object_name(entity->name, joined, "__unique");

    tell(p, entity, name, names, g_strv_length((char **)names));
    if (!is_new(p, name))
        return;
    GString *sql = g_string_new("CREATE UNIQUE INDEX ");
    mw_sql_name(sql, name);
    g_string_append(sql, " ON ");
    mw_sql_name(sql, entity->name);
    for (size_t i = 0; names[i]; i++) {
        g_string_append(sql, i > 0 ? ", " : " (");
        mw_sql_name(sql, names[i]);
    }
    g_string_append(sql, ") WHERE \"deleted_at\" IS NULL");
    add(p, sql);
}

/* An index of several fields, and the id: what is asked for by the first ones and sorted by the last. */
static void
plan_index_of(Planner *p, const MwEntity *entity, const char *const *names)
{
    g_autofree char *joined = g_strjoinv("_", (char **)names);
    g_autofree char *name = object_name(entity->name, joined, "__index");

    tell(p, entity, name, names, g_strv_length((char **)names));
    if (!is_new(p, name))
        return;
    GString *sql = g_string_new("CREATE INDEX ");
    mw_sql_name(sql, name);
    g_string_append(sql, " ON ");
    mw_sql_name(sql, entity->name);
    g_string_append(sql, " (");
    for (size_t i = 0; names[i]; i++) {
        mw_sql_name(sql, names[i]);
        g_string_append(sql, !names[i + 1] && p->backend->dialect == MW_POSTGRES ? " NULLS FIRST, "
                                                                                 : ", ");
    }
    g_string_append(sql, "\"id\") WHERE \"deleted_at\" IS NULL");
    add(p, sql);
}

static void
plan_indexes(Planner *p, const MwEntity *entity)
{
    for (size_t i = 1; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        bool own_link = field->target && !(field->flags & MW_QUIET);

        if (field->flags & MW_UNIQUE)
            plan_unique(p, entity, MW_NAMES(field->name));
        if (field->flags & MW_INDEXED || own_link)
            plan_index(p, entity, field);
    }
    for (size_t i = 0; entity->unique && entity->unique[i]; i++)
        plan_unique(p, entity, entity->unique[i]);
    plan_board(p, entity);
    plan_calendar(p, entity);
    for (size_t i = 0; entity->indexes && entity->indexes[i]; i++)
        plan_index_of(p, entity, entity->indexes[i]);
}

static void
plan_foreign_keys(Planner *p, const MwEntity *entity)
{
    if (p->backend->dialect != MW_POSTGRES)
        return;
    for (size_t i = 1; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        g_autofree char *name = object_name(entity->name, field->name, "__fk");

        if (!field->target || !is_new(p, name))
            continue;
        GString *sql = g_string_new("ALTER TABLE ");
        mw_sql_name(sql, entity->name);
        g_string_append(sql, " ADD CONSTRAINT ");
        mw_sql_name(sql, name);
        g_string_append_printf(sql, " FOREIGN KEY (\"%s\") REFERENCES \"%s\" (\"id\")", field->name,
                               field->target);
        add(p, sql);
    }
}

/* Indexes of an entity's table, under a name as those above have, that no declaration has any more: each costs every
 * write. Those of custom fields stay ("__x_"), which the catalog may not know yet, and whatever has another name. */
static void
plan_drops(Planner *p, const MwCatalog *catalog)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(p->known), (GCompareFunc)strcmp);

    for (GList *item = names; item; item = item->next) {
        const char *name = item->data, *table = g_hash_table_lookup(p->known, name);
        g_autofree char *prefix = g_strconcat(table, "__", NULL);
        if (!*table || !g_str_has_prefix(name, prefix) || strstr(name, "__x_") ||
            g_hash_table_contains(p->wanted, name) || !mw_catalog_entity(catalog, table))
            continue;
        GString *sql = g_string_new("DROP INDEX ");
        mw_sql_name(sql, name);
        add(p, sql);
    }
}

/* SQLite reads the numbers with the schema, and again at this ANALYZE, which counts nothing but makes their table. */
static void
plan_reading_statistics(Planner *p)
{
    g_ptr_array_add(p->plan, g_strdup("ANALYZE sqlite_schema"));
}

static void
plan_statistics(Planner *p)
{
    if (p->telling->len == 0)
        return;
    if (!p->tells)
        plan_reading_statistics(p);
    p->tells = true;
    g_ptr_array_add(p->plan, g_strconcat("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ",
                                         p->telling->str, NULL));
    g_string_truncate(p->telling, 0);
}

static bool
keep_name(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_hash_table_insert(data, g_strdup(columns[0].text), g_strdup(columns[1].text));
    return true;
}

static bool
read_told(Planner *p, GError **error)
{
    g_auto(MwValue) there = MW_NOTHING;

    if (p->backend->dialect != MW_SQLITE)
        return true;
    if (!mw_store_scalar(p->store, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'", NULL,
                         0, &there, error))
        return false;
    return there.is == MW_NULL ||
           mw_store_run(p->store, "SELECT idx, tbl FROM sqlite_stat1 WHERE idx IS NOT NULL", NULL,
                        0, keep_name, p->told, error);
}

GPtrArray *
mw_schema_plan(MwStore *store, const MwCatalog *catalog, GError **error)
{
    g_autoptr(GPtrArray) plan = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GString) telling = g_string_new(NULL);
    Planner p = { .store = store,
                  .backend = mw_store_backend(store),
                  .catalog = catalog,
                  .plan = plan,
                  .known = known,
                  .wanted = wanted,
                  .told = told,
                  .telling = telling };
    const char *names = p.backend->dialect == MW_SQLITE
                            ? "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index'"
                            : "SELECT indexname::text, tablename::text FROM pg_indexes "
                              "WHERE schemaname = current_schema() UNION ALL "
                              "SELECT conname::text, '' FROM pg_constraint "
                              "WHERE connamespace = current_schema()::regnamespace";
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(catalog, &n);

    if (!mw_store_run(store, names, NULL, 0, keep_name, known, error) || !read_told(&p, error))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GError) local = NULL;
        g_autoptr(GHashTable) columns = mw_store_columns(store, entities[i]->name, &local);

        if (local) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
        if (!columns)
            plan_table(&p, entities[i]);
        else if (!plan_columns(&p, entities[i], columns, error))
            return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        plan_indexes(&p, entities[i]);
        plan_foreign_keys(&p, entities[i]);
        plan_statistics(&p);
    }
    plan_drops(&p, catalog);
    if (p.tells)
        plan_reading_statistics(&p);
    return g_steal_pointer(&plan);
}

static bool
apply(MwStore *store, void *data, GError **error)
{
    g_autoptr(GPtrArray) plan = mw_schema_plan(store, data, error);

    if (!plan)
        return false;
    for (guint i = 0; i < plan->len; i++) {
        if (!mw_store_script(store, plan->pdata[i], error)) {
            g_prefix_error(error, "%s: ", (char *)plan->pdata[i]);
            return false;
        }
    }
    return true;
}

bool
mw_schema_apply(MwStore *store, const MwCatalog *catalog, GError **error)
{
    return mw_store_atomically(store, apply, (void *)catalog, error);
}
