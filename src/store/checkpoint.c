#include "store/checkpoint.h"

#include <glib.h>
#include <stdbool.h>

enum {
    CARRY_PAGES = 1000,  /* not carried over yet, after which the thread begins */
    END_PAGES = 8192,    /* of the log (32 MB), after which it is ended          */
    REST_PAGES = 200,    /* that the one who writes may carry over himself       */
    LIMIT_PAGES = 16384, /* of the log, after which he carries whatever there is */
};

struct MwCheckpoint {
    char *path;
    GThread *thread;
    GMutex mutex;
    GCond changed; /* wanted or ending */
    /* under the mutex */
    int carried; /* pages of the log, from its beginning */
    bool wanted, ending;
};

static void
carry(MwCheckpoint *c, sqlite3 *db)
{
    int pages, carried;

    if (sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &carried) !=
            SQLITE_OK ||
        carried < 0)
        return; /* somebody else is at it, or it does not go: at the next commit again */
    g_mutex_lock(&c->mutex);
    c->carried = carried;
    g_mutex_unlock(&c->mutex);
}

static gpointer
run(gpointer data)
{
    MwCheckpoint *c = data;
    sqlite3 *db = NULL;
    bool opened = sqlite3_open_v2(c->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                                  NULL) == SQLITE_OK &&
                  sqlite3_exec(db, "PRAGMA synchronous=FULL", NULL, NULL, NULL) == SQLITE_OK;

    g_mutex_lock(&c->mutex);
    while (!c->ending) {
        if (!c->wanted) {
            g_cond_wait(&c->changed, &c->mutex);
            continue;
        }
        g_mutex_unlock(&c->mutex);
        if (opened)
            carry(c, db);
        g_mutex_lock(&c->mutex);
        c->wanted = false;
        g_cond_broadcast(&c->changed);
    }
    g_mutex_unlock(&c->mutex);
    sqlite3_close(db);
    return NULL;
}

/* After each commit; `pages` are in the log. */
static int
committed(void *data, sqlite3 *db, const char *name G_GNUC_UNUSED, int pages)
{
    MwCheckpoint *c = data;

    g_mutex_lock(&c->mutex);
    if (pages < c->carried)
        c->carried = 0; /* the log has begun anew */
    int rest = pages - c->carried;
    if (rest > (pages < END_PAGES ? CARRY_PAGES : REST_PAGES) && !c->wanted) {
        c->wanted = true;
        g_cond_broadcast(&c->changed);
    }
    while (c->wanted && pages >= LIMIT_PAGES)
        g_cond_wait(&c->changed, &c->mutex);
    bool end = !c->wanted && pages >= END_PAGES && rest <= REST_PAGES;
    g_mutex_unlock(&c->mutex);
    if (end || pages >= LIMIT_PAGES)
        carry(c, db);
    return SQLITE_OK;
}

MwCheckpoint *
mw_checkpoint_new(sqlite3 *db, const char *path)
{
    MwCheckpoint *c = g_new0(MwCheckpoint, 1);

    c->path = g_strdup(path);
    g_mutex_init(&c->mutex);
    g_cond_init(&c->changed);
    c->thread = g_thread_new("mw-checkpoint", run, c);
    sqlite3_wal_hook(db, committed, c);
    return c;
}

void
mw_checkpoint_free(MwCheckpoint *c)
{
    if (!c)
        return;
    g_mutex_lock(&c->mutex);
    c->ending = true;
    g_cond_broadcast(&c->changed);
    g_mutex_unlock(&c->mutex);
    g_thread_join(c->thread);
    g_mutex_clear(&c->mutex);
    g_cond_clear(&c->changed);
    g_free(c->path);
    g_free(c);
}
