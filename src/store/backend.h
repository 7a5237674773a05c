#pragma once
/*
 * backend: what differs between databases. Private to store/.
 *
 * sqlite.c and postgres.c each define one MwBackend; all else is common.
 */
#include "store/store.h"

typedef struct {
    const char *scheme; /* of the URL: "sqlite", "postgresql" */
    MwDialect dialect;
    const char *types[4]; /* column types by MwStorage */

    void *(*open)(const char *url, MwOpenFlags flags, GError **error);
    void (*close)(void *connection);
    bool (*begin)(void *connection, bool writes, GError **error);
    /* Runs one prepared statement, kept by its text. */
    bool (*run)(void *connection, const char *sql, const MwValue *params, size_t n_params,
                MwRowFunc row, void *data, GError **error);
    /* The same, but may give the rows when a later statement, or wait(), is waited for. */
    bool (*run_later)(void *connection, const char *sql, const MwValue *params, size_t n_params,
                      MwRowFunc row, void *data, GError **error);
    /* Runs `head`, "INSERT INTO … (…) VALUES ", for rows of n_columns values each. */
    bool (*insert)(void *connection, const char *head, size_t n_columns, const MwValue *const *rows,
                   size_t n_rows, GError **error);
    /* Of statements without rows the answers may come later: waits for them. */
    bool (*wait)(void *connection, GError **error);
    int64_t (*touched)(void *connection);
    bool (*script)(void *connection, const char *sql, GError **error);
    /* SQL that lists name and type of the columns of table $1. */
    const char *columns_sql;
    bool (*backup)(void *connection, const char *path, GError **error);
} MwBackend;

extern const MwBackend mw_sqlite_backend, mw_postgres_backend;

const MwBackend *mw_store_backend(const MwStore *store);
/* For search.c: what PostgreSQL's statistics say of words that very many documents have. */
typedef struct {
    GHashTable *counts; /* word -> double *: documents; NULL: not read yet */
    double documents;
    int64_t read_us; /* monotonic */
} MwFrequentWords;
MwFrequentWords *mw_store_frequent_words(MwStore *store);
/* For save.c: entity -> the beginning of its INSERT. */
GHashTable *mw_store_heads(MwStore *store);
/* The transaction has to be run again (serialisation failure, deadlock, outdated statements, a connection found broken
 * with more than one statement underway). */
#define MW_STORE_RETRY (g_quark_from_static_string("mw-store-retry"))
