#include "base/id.h"

#include <stdatomic.h>

#include "base/clock.h"

#define EPOCH_MS INT64_C(1577836800000) /* 2020-01-01T00:00:00Z */
enum { COUNTER_BITS = 12, NODE_BITS = 10 };

int64_t
mw_id_next(MwIds *ids)
{
    int64_t now = (mw_clock_now() - EPOCH_MS) << COUNTER_BITS;
    int64_t last = atomic_load(&ids->last), mine;

    do {
        mine = now > last ? now : last + 1;
    } while (!atomic_compare_exchange_weak(&ids->last, &last, mine));

    int64_t counter = mine & ((1 << COUNTER_BITS) - 1);
    return (mine >> COUNTER_BITS) << (COUNTER_BITS + NODE_BITS) |
           (int64_t)ids->node << COUNTER_BITS | counter;
}

int64_t
mw_id_read(const char *text)
{
    gint64 id;

    return text && g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, &id, NULL) ? id : 0;
}

int64_t
mw_id_instant(int64_t id)
{
    return (id >> (COUNTER_BITS + NODE_BITS)) + EPOCH_MS;
}

int64_t
mw_id_first(int64_t instant)
{
    return instant > EPOCH_MS ? (instant - EPOCH_MS) << (COUNTER_BITS + NODE_BITS) : 1;
}
