#include "store/store.h"

#include "base/i18n.h"
#include "store/backend.h"

enum { RETRIES_MAX = 5, PARAMS_MAX = 32000 };

typedef struct {
    void (*done)(void *data, int key);
    void *data;
    int key;
} AfterCommit;

struct MwStore {
    const MwBackend *backend;
    void *connection;
    bool in_transaction, bulk;
    unsigned marks;
    uint64_t statements;
    GArray *after;     /* of AfterCommit */
    GHashTable *heads; /* see mw_store_heads() */
    GHashTable *kept;  /* literal -> Kept */
    MwFrequentWords words;
};

typedef struct {
    void *data;
    GDestroyNotify free_data;
    bool (*flush)(MwStore *store, void *data, GError **error);
} Kept;

static void
kept_free(gpointer data)
{
    Kept *kept = data;

    kept->free_data(kept->data);
    g_free(kept);
}

static const MwBackend *
backend_of(const char *url)
{
    static const MwBackend *const backends[] = { &mw_sqlite_backend, &mw_postgres_backend };

    for (size_t i = 0; i < G_N_ELEMENTS(backends); i++) {
        size_t n = strlen(backends[i]->scheme);
        if (strncmp(url, backends[i]->scheme, n) == 0 && url[n] == ':')
            return backends[i];
    }
    return g_str_has_prefix(url, "postgres:") ? &mw_postgres_backend : NULL;
}

char *
mw_store_url_of(const char *path_or_url)
{
    return backend_of(path_or_url) ? g_strdup(path_or_url)
                                   : g_strconcat("sqlite:", path_or_url, NULL);
}

char *
mw_store_url_shown(const char *url)
{
    g_autoptr(GRegex) in_front = g_regex_new("://([^:/@]*):.*@", 0, 0, NULL);
    g_autoptr(GRegex) behind = g_regex_new("password=[^&]*", 0, 0, NULL);
    g_autofree char *half = g_regex_replace(in_front, url, -1, 0, "://\\1:***@", 0, NULL);

    return g_regex_replace(behind, half, -1, 0, "password=***", 0, NULL);
}

MwStore *
mw_store_open(const char *url, MwOpenFlags flags, GError **error)
{
    const MwBackend *backend = backend_of(url);

    if (!backend)
        return mw_fail_null(error, MW_ERROR_INVALID,
                            _("“%s” is no database: write sqlite:FILE or postgresql://…"), url);
    void *connection = backend->open(url, flags, error);
    if (!connection)
        return NULL;
    MwStore *store = g_new0(MwStore, 1);
    store->backend = backend;
    store->connection = connection;
    store->bulk = flags & MW_OPEN_BULK;
    store->after = g_array_new(false, false, sizeof(AfterCommit));
    store->heads = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    store->kept = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, kept_free);
    return store;
}

void
mw_store_close(MwStore *store)
{
    if (!store)
        return;
    mw_store_rollback(store);
    store->backend->close(store->connection);
    g_array_unref(store->after);
    g_hash_table_unref(store->heads);
    g_hash_table_unref(store->kept);
    g_clear_pointer(&store->words.counts, g_hash_table_unref);
    g_free(store);
}

MwDialect
mw_store_dialect(const MwStore *store)
{
    return store->backend->dialect;
}

const MwBackend *
mw_store_backend(const MwStore *store)
{
    return store->backend;
}

MwFrequentWords *
mw_store_frequent_words(MwStore *store)
{
    return &store->words;
}

GHashTable *
mw_store_heads(MwStore *store)
{
    return store->heads;
}

static bool
simple(MwStore *store, const char *sql, GError **error)
{
    return mw_store_run(store, sql, NULL, 0, NULL, NULL, error);
}

bool
mw_store_begin(MwStore *store, bool writes, GError **error)
{
    g_return_val_if_fail(!store->in_transaction, false);
    if (!store->backend->begin(store->connection, writes, error))
        return false;
    store->statements++;
    store->in_transaction = true;
    store->marks = 0;
    g_array_set_size(store->after, 0);
    return true;
}

/* Writes what was put off. */
static bool
flush_kept(MwStore *store, GError **error)
{
    GHashTableIter each;
    gpointer value;

    g_hash_table_iter_init(&each, store->kept);
    while (g_hash_table_iter_next(&each, NULL, &value)) {
        const Kept *kept = value;
        if (kept->flush && !kept->flush(store, kept->data, error))
            return false;
    }
    return true;
}

bool
mw_store_commit(MwStore *store, GError **error)
{
    g_return_val_if_fail(store->in_transaction, false);
    if (!flush_kept(store, error) || !simple(store, "COMMIT", error) ||
        !store->backend->wait(store->connection, error)) {
        mw_store_rollback(store);
        return false;
    }
    store->in_transaction = false;
    for (guint i = 0; i < store->after->len; i++) {
        const AfterCommit *call = &g_array_index(store->after, AfterCommit, i);
        call->done(call->data, call->key);
    }
    g_hash_table_remove_all(store->kept);
    return true;
}

void
mw_store_after_commit(MwStore *store, void (*done)(void *data, int key), void *data, int key)
{
    const AfterCommit call = { done, data, key };

    if (!store->in_transaction) {
        done(data, key);
        return;
    }
    for (guint i = 0; i < store->after->len; i++) {
        const AfterCommit *known = &g_array_index(store->after, AfterCommit, i);
        if (known->done == done && known->data == data && known->key == key)
            return;
    }
    g_array_append_val(store->after, call);
}

void
mw_store_rollback(MwStore *store)
{
    if (!store->in_transaction)
        return;
    store->in_transaction = false;
    g_hash_table_remove_all(store->kept);
    /* Fails when the database has rolled back by itself. */
    store->backend->wait(store->connection, NULL);
    simple(store, "ROLLBACK", NULL);
}

bool
mw_store_in_transaction(const MwStore *store)
{
    return store->in_transaction;
}

/* Marks are savepoints named by their depth, so that the statements stay few. */
static bool
mark_statement(MwStore *store, const char *verb, unsigned depth, GError **error)
{
    char sql[48];

    g_snprintf(sql, sizeof sql, "%s m%u", verb, depth);
    return simple(store, sql, error);
}

bool
mw_store_mark(MwStore *store, GError **error)
{
    g_return_val_if_fail(store->in_transaction, false);
    if (!flush_kept(store, error) || !mark_statement(store, "SAVEPOINT", store->marks + 1, error))
        return false;
    store->marks++;
    return true;
}

bool
mw_store_forget_mark(MwStore *store, GError **error)
{
    g_return_val_if_fail(store->marks > 0, false);
    return mark_statement(store, "RELEASE", store->marks--, error);
}

bool
mw_store_back_to_mark(MwStore *store, GError **error)
{
    g_return_val_if_fail(store->marks > 0, false);
    unsigned depth = store->marks--;

    g_hash_table_remove_all(store->kept);
    store->backend->wait(store->connection, NULL); /* what failed is undone */
    return mark_statement(store, "ROLLBACK TO", depth, error) &&
           mark_statement(store, "RELEASE", depth, error);
}

bool
mw_store_is_bulk(const MwStore *store)
{
    return store->bulk;
}

void *
mw_store_kept(const MwStore *store, const char *what)
{
    const Kept *kept = g_hash_table_lookup(store->kept, what);

    return kept ? kept->data : NULL;
}

void
mw_store_keep(MwStore *store, const char *what, void *data, GDestroyNotify free_data,
              bool (*flush)(MwStore *store, void *data, GError **error))
{
    Kept *kept = g_new(Kept, 1);

    *kept = (Kept){ data, free_data, flush };
    g_hash_table_replace(store->kept, (gpointer)what, kept);
}

bool
mw_store_atomically(MwStore *store, bool (*work)(MwStore *, void *, GError **), void *data,
                    GError **error)
{
    for (unsigned tries = 1;; tries++) {
        g_autoptr(GError) local = NULL;

        if (!mw_store_begin(store, true, error))
            return false;
        if (work(store, data, &local) && mw_store_commit(store, &local))
            return true;
        mw_store_rollback(store);
        if (!local) {
            return false; /* the work said no without an error of its own */
        }
        if (local->domain == MW_STORE_RETRY && tries < RETRIES_MAX) {
            g_usleep((gulong)(1000 << tries));
            continue;
        }
        if (local->domain == MW_STORE_RETRY)
            return mw_fail(error, MW_ERROR_UNAVAILABLE, "%s", local->message);
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
}

static bool
is_one(MwStore *store, size_t n_params, GError **error)
{
    store->statements++;
    return n_params <= PARAMS_MAX ||
           mw_fail(error, MW_ERROR_TOO_LARGE, _("This asks for too much at once."));
}

bool
mw_store_run(MwStore *store, const char *sql, const MwValue *params, size_t n_params, MwRowFunc row,
             void *data, GError **error)
{
    return is_one(store, n_params, error) &&
           store->backend->run(store->connection, sql, params, n_params, row, data, error);
}

bool
mw_store_run_later(MwStore *store, const char *sql, const MwValue *params, size_t n_params,
                   MwRowFunc row, void *data, GError **error)
{
    return is_one(store, n_params, error) &&
           store->backend->run_later(store->connection, sql, params, n_params, row, data, error);
}

bool
mw_store_insert_rows(MwStore *store, const char *head, size_t n_columns, const MwValue *const *rows,
                     size_t n_rows, GError **error)
{
    store->statements += n_rows;
    return n_rows == 0 ||
           store->backend->insert(store->connection, head, n_columns, rows, n_rows, error);
}

static bool
keep_first(const MwValue *columns, size_t n_columns, void *data)
{
    if (n_columns > 0)
        mw_value_copy(data, &columns[0]);
    return false;
}

bool
mw_store_scalar(MwStore *store, const char *sql, const MwValue *params, size_t n_params,
                MwValue *out, GError **error)
{
    mw_value_clear(out);
    return mw_store_run(store, sql, params, n_params, keep_first, out, error);
}

bool
mw_store_wait(MwStore *store, GError **error)
{
    return store->backend->wait(store->connection, error);
}

int64_t
mw_store_touched(MwStore *store)
{
    return mw_store_wait(store, NULL) ? store->backend->touched(store->connection) : -1;
}

bool
mw_store_has_grown(MwStore *store, const char *table, GError **error)
{
    g_autofree char *sql = g_strdup_printf("ANALYZE \"%s\"", table);

    return store->backend->dialect == MW_SQLITE || mw_store_script(store, sql, error);
}

uint64_t
mw_store_statements(const MwStore *store)
{
    return store->statements;
}

bool
mw_store_script(MwStore *store, const char *sql, GError **error)
{
    return store->backend->script(store->connection, sql, error);
}

static bool
keep_column(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_hash_table_insert(data, g_strdup(columns[0].text), g_strdup(columns[1].text));
    return true;
}

GHashTable *
mw_store_columns(MwStore *store, const char *table, GError **error)
{
    g_autoptr(GHashTable) columns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    MwValue name = MW_BORROW(table);

    if (!mw_store_run(store, store->backend->columns_sql, &name, 1, keep_column, columns, error) ||
        g_hash_table_size(columns) == 0)
        return NULL;
    return g_steal_pointer(&columns);
}

bool
mw_store_backup(MwStore *store, const char *path, GError **error)
{
    return store->backend->backup(store->connection, path, error);
}
