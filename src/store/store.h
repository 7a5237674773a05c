#pragma once
/*
 * store: a connection to one company's database, SQLite or PostgreSQL.
 *
 * A store belongs to one thread at a time. Statements are written once in the
 * portable subset, with $1, $2... as parameters (in order of first appearance);
 * prepared statements are kept by their text. The same tests run on both backends.
 *
 *   sqlite:FILE                              a company is a file
 *   postgresql://…?company=NAME              a company is a schema (default "millwright")
 */
#include "base/error.h"
#include "model/catalog.h"

typedef struct MwStore MwStore;

typedef enum { MW_SQLITE, MW_POSTGRES } MwDialect;

typedef enum {
    MW_OPEN_EXISTING = 0,
    MW_OPEN_CREATE = 1 << 0,    /* make the file or schema if it is not there       */
    MW_OPEN_READ_ONLY = 1 << 1, /* for the threads that only read                   */
    MW_OPEN_BULK = 1 << 2,      /* for much writing: larger caches                  */
    MW_OPEN_PLAN_ONCE =
        1
        << 3, /* for many small statements: PostgreSQL plans each once, for all values, as SQLite does;
                                   planning takes several times as long as finding 50 records by an index */
    MW_OPEN_SERVED = 1 << 4, /* people wait for each commit: see store/checkpoint.h */
} MwOpenFlags;

/* One row of a result; `columns` are borrowed until it returns. False stops the rows. */
typedef bool (*MwRowFunc)(const MwValue *columns, size_t n_columns, void *data);

MwStore *mw_store_open(const char *url, MwOpenFlags flags, GError **error);
void mw_store_close(MwStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwStore, mw_store_close)
/* "sqlite:…" of a plain path; a copy of `url` without its password is for logs. Both freed by
 * the caller. */
char *mw_store_url_of(const char *path_or_url);
char *mw_store_url_shown(const char *url);

MwDialect mw_store_dialect(const MwStore *store);

/* A transaction; `writes` takes the write lock at once (SQLite) so that it cannot fail later.
 * A broken connection is opened again here. Not nested. */
bool mw_store_begin(MwStore *store, bool writes, GError **error);
bool mw_store_commit(MwStore *store, GError **error);
void mw_store_rollback(MwStore *store); /* quiet; does nothing outside a transaction */
bool mw_store_in_transaction(const MwStore *store);
/* Inside a transaction, may be nested: undo back to the last mark, or forget it. */
bool mw_store_mark(MwStore *store, GError **error);
bool mw_store_forget_mark(MwStore *store, GError **error);
bool mw_store_back_to_mark(MwStore *store, GError **error);

/* Calls `done` once this transaction is committed, and not at all when it is undone; the same
 * three together are called once. At once when there is no transaction. */
void mw_store_after_commit(MwStore *store, void (*done)(void *data, int key), void *data, int key);
/* What a caller keeps in memory for as long as the transaction: freed at its end, and when work is
 * undone back to a mark. `what` is a literal. NULL when there is none. */
void *mw_store_kept(const MwStore *store, const char *what);
/* `flush` (may be NULL) writes what was put off; it is called before a commit and before a mark. */
void mw_store_keep(MwStore *store, const char *what, void *data, GDestroyNotify free_data,
                   bool (*flush)(MwStore *store, void *data, GError **error));
/* Opened with MW_OPEN_BULK: what changes with every record may be written once, at the end. */
bool mw_store_is_bulk(const MwStore *store);

/* Runs `work` in a transaction of its own: committed if it returns true, else undone. On
 * PostgreSQL it is run again (at most 5 times) when the database asks for that. */
bool mw_store_atomically(MwStore *store, bool (*work)(MwStore *, void *, GError **), void *data,
                         GError **error);

/* Runs one statement of at most 32,000 parameters. `row` may be NULL: then PostgreSQL's answer is not waited for, and
 * its error may come with a later statement, at the latest with the commit. */
bool mw_store_run(MwStore *store, const char *sql, const MwValue *params, size_t n_params,
                  MwRowFunc row, void *data, GError **error);
/* The same for rows that nobody needs yet, to spare a way to PostgreSQL: `row` is called when a later statement with
 * rows is waited for, or mw_store_wait(), and not at all when that fails. `data` has to live as long. */
bool mw_store_run_later(MwStore *store, const char *sql, const MwValue *params, size_t n_params,
                        MwRowFunc row, void *data, GError **error);
/* Inserts rows of n_columns values each; `head` is "INSERT INTO … (…) VALUES ", without the values. In as few
 * statements as the database likes. */
bool mw_store_insert_rows(MwStore *store, const char *head, size_t n_columns,
                          const MwValue *const *rows, size_t n_rows, GError **error);
/* The first column of the first row, MW_NULL when there is none. The caller clears it. */
bool mw_store_scalar(MwStore *store, const char *sql, const MwValue *params, size_t n_params,
                     MwValue *out, GError **error);
/* Waits for the answers to all statements, and tells the first error among them: for who goes on after one. */
bool mw_store_wait(MwStore *store, GError **error);
/* Rows that the last INSERT, UPDATE or DELETE touched; -1 when it failed after all. */
int64_t mw_store_touched(MwStore *store);
/* Tells the database that a table has grown much, so that it plans anew. PostgreSQL keeps the plans of an empty table
 * for long. In a transaction. */
bool mw_store_has_grown(MwStore *store, const char *table, GError **error);
/* Statements run since opened, for /metrics and the tests that bound them. */
uint64_t mw_store_statements(const MwStore *store);

/* Several statements divided by ";" at line ends; for migrations. */
bool mw_store_script(MwStore *store, const char *sql, GError **error);

/* Columns of a table as name -> declared type, NULL with no error when there is no table. The
 * caller unrefs. */
GHashTable *mw_store_columns(MwStore *store, const char *table, GError **error);

/* Copies the whole database to `path` while others go on, then verifies the copy. SQLite only;
 * for PostgreSQL it fails and names pg_dump. */
bool mw_store_backup(MwStore *store, const char *path, GError **error);
