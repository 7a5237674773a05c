#pragma once
/*
 * pool: threads that take work from one queue, in order, up to so many pieces at once.
 *
 * The workers for slow things take one at a time; the writer of a SQLite company is a pool of one
 * thread that takes all that waits, to commit it together.
 */
#include <glib.h>
#include <stdbool.h>

typedef struct MwTask MwTask;
struct MwTask {
    MwTask *next; /* the pool's while it waits */
};

typedef struct {
    const char *name; /* of the threads, at most 15 letters */
    unsigned threads, batch, waiting_max;
    void *(*begin)(void *data); /* in each thread: what it works with */
    void (*work)(void *mine, MwTask **tasks, size_t n);
    void (*end)(void *mine);
    void *data;
} MwPoolOptions;

enum { MW_POOL_BATCH_MAX = 128 };

typedef struct MwPool MwPool;

MwPool *mw_pool_new(const MwPoolOptions *options);
/* False when too much waits already, or after the stop. O(1) */
bool mw_pool_push(MwPool *pool, MwTask *task);
unsigned mw_pool_waiting(MwPool *pool);
/* Does what waits, takes nothing more, ends the threads. */
void mw_pool_stop(MwPool *pool);
void mw_pool_free(MwPool *pool); /* stopped; NULL is fine */
