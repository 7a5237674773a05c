#include "store/search.h"

#include "base/tokens.h"

/* A word that no text has: every document of an entity carries it, so that a search within the entity
 * is an intersection in the index. */
static void
put_entity_word(GString *out, const char *entity)
{
    g_string_append(out, "e0");
    for (; *entity; entity++)
        if (*entity != '_')
            g_string_append_c(out, *entity);
}

char *
mw_search_query(MwDialect dialect, const char *entity, const char *text)
{
    bool sqlite = dialect == MW_SQLITE;
    g_autofree char *words = sqlite ? mw_tokens_fts5_query(text) : mw_tokens_tsquery(text);

    if (!words || !entity)
        return g_steal_pointer(&words);
    GString *query = g_string_new(words);
    g_string_append(query, sqlite ? " AND \"" : " & '");
    put_entity_word(query, entity);
    g_string_append_c(query, sqlite ? '"' : '\'');
    return g_string_free(query, false);
}

/* FTS5 wants the old words back before they change. SQLite makes a mark for such a statement, and at each mark FTS5 writes
 * out what it has gathered, which takes longer than all else together: so not for records that are new. */
static bool
forget_words(MwStore *store, int64_t record, GError **error)
{
    MwValue id = MW_INT(record);

    return mw_store_dialect(store) != MW_SQLITE ||
           mw_store_run(store,
                        "INSERT INTO search (search, rowid, tokens) "
                        "SELECT 'delete', record, tokens FROM search_doc WHERE record = $1",
                        &id, 1, NULL, NULL, error);
}

bool
mw_search_put(MwStore *store, const char *entity, int64_t record, bool fresh, const char *title,
              const char *tokens, GError **error)
{
    g_autoptr(GString) all = g_string_new(tokens);

    g_string_append_c(all, ' ');
    put_entity_word(all, entity);
    MwValue params[] = { MW_INT(record), MW_BORROW(entity), MW_BORROW(title), MW_BORROW(all->str) };
    MwValue words[] = { MW_INT(record), MW_BORROW(all->str) };
    const char *sql =
        fresh ? "INSERT INTO search_doc (record, entity, title, tokens) VALUES ($1, $2, $3, $4)"
              : "INSERT INTO search_doc (record, entity, title, tokens) "
                "VALUES ($1, $2, $3, $4) ON CONFLICT (record) DO UPDATE SET "
                "title = excluded.title, tokens = excluded.tokens";

    return (fresh || forget_words(store, record, error)) &&
           mw_store_run(store, sql, params, 4, NULL, NULL, error) &&
           (mw_store_dialect(store) != MW_SQLITE ||
            mw_store_run(store, "INSERT INTO search (rowid, tokens) VALUES ($1, $2)", words, 2,
                         NULL, NULL, error));
}

bool
mw_search_drop(MwStore *store, int64_t record, GError **error)
{
    MwValue id = MW_INT(record);

    return forget_words(store, record, error) &&
           mw_store_run(store, "DELETE FROM search_doc WHERE record = $1", &id, 1, NULL, NULL,
                        error);
}

static void
hit_free(gpointer data)
{
    MwHit *hit = data;

    g_free(hit->entity);
    g_free(hit->title);
    g_free(hit);
}

static bool
keep_hit(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwHit *hit = g_new0(MwHit, 1);

    hit->record = columns[0].integer;
    hit->entity = g_strdup(columns[1].text);
    hit->title = g_strdup(columns[2].text);
    g_ptr_array_add(data, hit);
    return true;
}

GPtrArray *
mw_search_find(MwStore *store, const char *text, const char *entity, unsigned limit, GError **error)
{
    bool sqlite = mw_store_dialect(store) == MW_SQLITE;
    g_autofree char *query = mw_search_query(mw_store_dialect(store), entity, text);
    g_autoptr(GPtrArray) hits = g_ptr_array_new_with_free_func(hit_free);
    /* SQLite gives the newest first, so that it need not look for more than are wanted. */
    MwValue params[] = { MW_BORROW(query), MW_INT(sqlite ? limit : MW_SEARCH_SCAN), MW_INT(limit) };
    g_autoptr(GString) sql = g_string_new("SELECT d.record, d.entity, d.title FROM search_doc d ");

    if (!query)
        return g_steal_pointer(&hits);
    /* Of PostgreSQL as an array, as in put_search() of query.c. */
    g_string_append(sql, sqlite
                             ? "WHERE d.record IN (SELECT rowid FROM search WHERE search MATCH $1 "
                               "ORDER BY rowid DESC LIMIT $2) "
                             : "WHERE d.record = ANY (ARRAY(SELECT record FROM search_doc WHERE "
                               "array_to_tsvector(string_to_array(tokens, ' ')) @@ $1::tsquery "
                               "LIMIT $2)) ");
    g_string_append(sql, "ORDER BY d.record DESC LIMIT $3");
    if (!mw_store_run(store, sql->str, params, G_N_ELEMENTS(params), keep_hit, hits, error))
        return NULL;
    return g_steal_pointer(&hits);
}

static bool
keep_id(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_array_append_val((GArray *)data, columns[0]);
    return true;
}

bool
mw_search_newest(MwStore *store, const char *query, unsigned limit, GArray *ids, GError **error)
{
    const MwValue params[] = { MW_BORROW(query), MW_INT(limit) };

    return mw_store_run(store,
                        "SELECT rowid FROM search WHERE search MATCH $1 ORDER BY rowid DESC "
                        "LIMIT $2",
                        params, G_N_ELEMENTS(params), keep_id, ids, error);
}

bool
mw_search_verify(MwStore *store, GError **error)
{
    return mw_store_dialect(store) != MW_SQLITE ||
           mw_store_run(store, "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)",
                        NULL, 0, NULL, NULL, error);
}
