#pragma once
/*
 * checkpoint: carries SQLite's log into the database on a thread of its own, beside the one who writes.
 *
 * SQLite does so by itself within the commit that finds 1,000 pages in the log, and that commit waits until they are written
 * and synced: with some 45 pages a record, one request in twenty. Here the thread does it, and the one who writes only ends
 * it, with the few pages that came since, once the log is long: a log begins anew only when all of it is carried over.
 * What a commit syncs, and so what survives, is the same. Private to sqlite.c.
 */
#include <sqlite3.h>

typedef struct MwCheckpoint MwCheckpoint;

/* For a connection to the file at `path`; takes its WAL hook. Ends before the connection is closed. */
MwCheckpoint *mw_checkpoint_new(sqlite3 *db, const char *path);
void mw_checkpoint_free(MwCheckpoint *checkpoint);
