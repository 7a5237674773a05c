#pragma once
/*
 * migrate: brings a database to the schema of this program.
 *
 * Tables, columns and indexes of entities derive from the catalog: what is missing is
 * added, nothing is ever dropped, renamed or guessed. Everything else is a numbered file
 * in sql/, run once, never edited once released.
 */
#include "store/store.h"

typedef struct {
    int number;
    const char *name;
    const char *sql;
} MwMigration;

/* All, in order; ends with a NULL name. Made from sql/ by tools/embed-sql. */
extern const MwMigration mw_migrations[];

/* Number of the last migration the database has had; 0: it is empty. -1 on error. */
int mw_migrate_level(MwStore *store, GError **error);
/* Runs the numbered migrations that are missing, each in a transaction. */
bool mw_migrate(MwStore *store, GError **error);
/* The statements that would bring the tables to the catalog; strings, freed with the array. A
 * column whose type is another than declared is MW_ERROR_INVALID, naming it. */
GPtrArray *mw_schema_plan(MwStore *store, const MwCatalog *catalog, GError **error);
/* Runs the plan in a transaction. */
bool mw_schema_apply(MwStore *store, const MwCatalog *catalog, GError **error);
