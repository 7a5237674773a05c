#include "web/pool.h"

struct MwPool {
    MwPoolOptions options;
    GMutex lock; /* of all below */
    GCond more;
    MwTask *first, *last;
    unsigned waiting;
    bool stopping;
    GThread *threads[];
};

/* Up to options.batch tasks; 0 when the pool has stopped and nothing waits. */
static size_t
take(MwPool *pool, MwTask **tasks)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&pool->lock);
    size_t n = 0;

    while (!pool->first && !pool->stopping)
        g_cond_wait(&pool->more, &pool->lock);
    while (pool->first && n < pool->options.batch) {
        tasks[n++] = pool->first;
        pool->first = pool->first->next;
    }
    pool->waiting -= (unsigned)n;
    return n;
}

static gpointer
run(gpointer data)
{
    MwPool *pool = data;
    MwTask *tasks[MW_POOL_BATCH_MAX];
    void *mine = pool->options.begin(pool->options.data);

    for (size_t n; (n = take(pool, tasks)) > 0;)
        pool->options.work(mine, tasks, n);
    pool->options.end(mine);
    return NULL;
}

MwPool *
mw_pool_new(const MwPoolOptions *options)
{
    MwPool *pool = g_malloc0(sizeof *pool + options->threads * sizeof *pool->threads);

    g_return_val_if_fail(options->batch <= MW_POOL_BATCH_MAX, NULL);
    pool->options = *options;
    g_mutex_init(&pool->lock);
    g_cond_init(&pool->more);
    for (unsigned i = 0; i < options->threads; i++)
        pool->threads[i] = g_thread_new(options->name, run, pool);
    return pool;
}

bool
mw_pool_push(MwPool *pool, MwTask *task)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&pool->lock);

    if (pool->stopping || pool->waiting >= pool->options.waiting_max)
        return false;
    task->next = NULL;
    if (pool->first)
        pool->last->next = task;
    else
        pool->first = task;
    pool->last = task;
    pool->waiting++;
    g_cond_signal(&pool->more);
    return true;
}

unsigned
mw_pool_waiting(MwPool *pool)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&pool->lock);

    return pool->waiting;
}

void
mw_pool_stop(MwPool *pool)
{
    g_mutex_lock(&pool->lock);
    pool->stopping = true;
    g_cond_broadcast(&pool->more);
    g_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->options.threads; i++)
        g_clear_pointer(&pool->threads[i], g_thread_join);
}

void
mw_pool_free(MwPool *pool)
{
    if (!pool)
        return;
    g_mutex_clear(&pool->lock);
    g_cond_clear(&pool->more);
    g_free(pool);
}
