#include "store/search.h"

#include "base/tokens.h"
#include "store/backend.h"
#include "store/query.h"

enum {
    FREQUENT = 500,        /* documents that are expected to be found */
    LOOKED_THROUGH = 4000, /* newest documents */
};
#define READ_AGAIN_US (INT64_C(600) * G_USEC_PER_SEC)

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
    /* SQLite gives the newest first, so that it need not look for more than are wanted; PostgreSQL would have to read all
     * that it finds. A limit in the text is known when it plans. */
    g_autofree char *sql = g_strdup_printf(
        sqlite ? "SELECT d.record, d.entity, d.title FROM search_doc d WHERE d.record IN "
                 "(SELECT rowid FROM search WHERE search MATCH $1 ORDER BY rowid DESC LIMIT %u) "
                 "ORDER BY d.record DESC LIMIT %u"
               : "SELECT d.record, d.entity, d.title FROM (SELECT record, entity, title FROM "
                 "search_doc WHERE array_to_tsvector(string_to_array(tokens, ' ')) @@ $1::tsquery "
                 "LIMIT %u) d ORDER BY d.record DESC LIMIT %u",
        sqlite ? limit : MW_SEARCH_SCAN, limit);
    MwValue asked = MW_BORROW(query);

    if (!query)
        return g_steal_pointer(&hits);
    if (!mw_store_run(store, sql, &asked, 1, keep_hit, hits, error))
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

/* ---- words that very many documents have, on PostgreSQL ------------------------------------- */

static bool
keep_count(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwFrequentWords *words = data;
    double *count = g_new(double, 1);

    *count = columns[1].real;
    words->documents = columns[2].real;
    g_hash_table_insert(words->counts, g_strdup(columns[0].text), count);
    return true;
}

static bool
read_counts(MwStore *store, MwFrequentWords *words, GError **error)
{
    int64_t now = g_get_monotonic_time();
    MwValue least = MW_INT(FREQUENT);

    if (words->counts && now - words->read_us < READ_AGAIN_US)
        return true;
    g_clear_pointer(&words->counts, g_hash_table_unref);
    words->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    words->read_us = now;
    return mw_store_run(
        store,
        "SELECT w.word, CAST(w.share * c.reltuples AS double precision), "
        "CAST(c.reltuples AS double precision) FROM pg_stats s "
        "JOIN pg_class c ON c.oid = to_regclass('search_doc') CROSS JOIN "
        "unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS w(word, share) "
        "WHERE s.schemaname = current_schema() AND s.tablename = 'search_doc__tokens' "
        "AND w.share * c.reltuples >= $1 AND w.word IS NOT NULL",
        &least, 1, keep_count, words, error);
}

/* The words of a query of mw_search_query() without that of the entity; freed by the caller. */
static char **
words_of(const char *query)
{
    GStrvBuilder *builder = g_strv_builder_new();
    g_auto(GStrv) parts = g_strsplit(query, "'", -1);

    for (char **part = parts; *part && part[1]; part += 2) /* between quotes: every second */
        if (!g_str_has_prefix(part[1], "e0"))
            g_strv_builder_add(builder, part[1]);
    char **words = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return words;
}

bool
mw_search_is_frequent(MwStore *store, const char *query, bool *frequent, GError **error)
{
    MwFrequentWords *words = mw_store_frequent_words(store);

    if (!read_counts(store, words, error))
        return false;
    double expected = words->documents;
    g_auto(GStrv) all = words_of(query);
    for (char **word = all; *word && expected > 0; word++) {
        const double *count = g_hash_table_lookup(words->counts, *word);
        expected *= count ? *count / words->documents : 0;
    }
    *frequent = expected >= FREQUENT;
    return true;
}

bool
mw_search_look_through(MwStore *store, const char *entity, const char *query, unsigned limit,
                       GArray *ids, GError **error)
{
    g_auto(GStrv) words = words_of(query);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_autoptr(GString) sql = g_string_new("SELECT record FROM (SELECT record, tokens FROM "
                                          "search_doc WHERE entity >= ");

    /* No equation, so that only the index of both columns has this order. */
    mw_sql_param(sql, params, MW_BORROW(entity));
    g_string_append(sql, " AND entity <= ");
    mw_sql_param(sql, params, MW_BORROW(entity));
    g_string_append_printf(sql, " ORDER BY entity DESC, record DESC LIMIT %d) d WHERE ",
                           LOOKED_THROUGH);
    for (char **word = words; *word; word++) { /* which takes a tenth of the time of what follows */
        g_string_append(sql, "strpos(tokens, ");
        mw_sql_param(sql, params, MW_BORROW(*word));
        g_string_append(sql, ") > 0 AND ");
    }
    g_string_append(sql, "array_to_tsvector(string_to_array(tokens, ' ')) @@ ");
    mw_sql_param(sql, params, MW_BORROW(query));
    g_string_append_printf(sql, "::tsquery LIMIT %u", limit);
    return mw_store_run(store, sql->str, (const MwValue *)params->data, params->len, keep_id, ids,
                        error);
}

bool
mw_search_verify(MwStore *store, GError **error)
{
    return mw_store_dialect(store) != MW_SQLITE ||
           mw_store_run(store, "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)",
                        NULL, 0, NULL, NULL, error);
}
