#include "record/memo.h"

#include "base/clock.h"

typedef struct {
    gpointer piece;
    GDestroyNotify clear;
    MwActor *actor; /* for whom it was made */
} Kept;

struct MwMemo {
    GMutex lock;      /* of all below */
    int64_t heads;    /* of the lanes together: of when the rest is */
    size_t bytes;     /* of all pieces */
    GHashTable *kept; /* key -> Kept */
};

static void
kept_free(gpointer data)
{
    Kept *kept = data;

    g_atomic_rc_box_release_full(kept->piece, kept->clear);
    mw_actor_unref(kept->actor);
    g_free(kept);
}

MwMemo *
mw_memo_new(void)
{
    MwMemo *memo = g_new0(MwMemo, 1);

    g_mutex_init(&memo->lock);
    memo->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_free);
    return memo;
}

void
mw_memo_free(MwMemo *memo)
{
    g_hash_table_unref(memo->kept);
    g_mutex_clear(&memo->lock);
    g_free(memo);
}

GString *
mw_memo_key(const MwContext *context, const char *what, GTimeZone *zone)
{
    GString *key = g_string_new(what);

    g_string_append_printf(key, " %p %s %s %" G_GINT64_FORMAT, (const void *)context->actor,
                           context->locale.language, g_time_zone_get_identifier(zone),
                           mw_date_of_instant(context->now, zone));
    return key;
}

void
mw_memo_key_query(GString *key, const MwContext *context, const MwQuery *query)
{
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    g_string_append_printf(key, " %s", query->entity->name);
    mw_query_where(query, mw_store_dialect(context->store), key, params);
    for (guint i = 0; i < params->len; i++) {
        const MwValue *value = &g_array_index(params, MwValue, i);
        if (value->is == MW_TEXT)
            g_string_append_printf(key, " t%zu:%s", strlen(value->text), value->text);
        else if (value->is == MW_REAL)
            g_string_append_printf(key, " r%a", value->real);
        else if (value->is == MW_INTEGER)
            g_string_append_printf(key, " %" G_GINT64_FORMAT, value->integer);
        else
            g_string_append(key, " -");
    }
}

/* Heads only grow, and each commit moves at least one: their sum tells one state from another. */
static bool
read_heads(const MwContext *context, int64_t *heads, GError **error)
{
    g_auto(MwValue) sum = MW_NOTHING;

    if (!mw_store_scalar(context->store, "SELECT CAST(sum(seq) AS BIGINT) FROM history_lane", NULL,
                         0, &sum, error))
        return false;
    *heads = sum.is == MW_INTEGER ? sum.integer : 0;
    return true;
}

bool
mw_memo_find(const MwContext *context, const char *key, gpointer *piece, int64_t *heads,
             GError **error)
{
    MwMemo *memo = mw_company_memo(context->company);

    *piece = NULL;
    if (!read_heads(context, heads, error))
        return false;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&memo->lock);
    const Kept *kept = *heads == memo->heads ? g_hash_table_lookup(memo->kept, key) : NULL;
    if (kept)
        *piece = g_atomic_rc_box_acquire(kept->piece);
    return true;
}

/* A reader whose transaction began before the last write does not overwrite what is newer. */
void
mw_memo_keep(const MwContext *context, const char *key, int64_t heads, gpointer piece, size_t bytes,
             GDestroyNotify clear)
{
    MwMemo *memo = mw_company_memo(context->company);
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&memo->lock);
    Kept kept = { piece, clear, (MwActor *)context->actor };

    if (heads < memo->heads || bytes > MW_MEMO_BYTES)
        return;
    if (heads > memo->heads || g_hash_table_size(memo->kept) >= MW_MEMO_PIECES ||
        memo->bytes + bytes > MW_MEMO_BYTES) {
        g_hash_table_remove_all(memo->kept);
        memo->bytes = 0;
    }
    if (g_hash_table_contains(memo->kept, key))
        return; /* another thread was quicker */
    memo->heads = heads;
    memo->bytes += bytes;
    g_atomic_rc_box_acquire(piece);
    mw_actor_ref(kept.actor);
    g_hash_table_insert(memo->kept, g_strdup(key), g_memdup2(&kept, sizeof kept));
}
