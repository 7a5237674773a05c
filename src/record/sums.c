#include "record/sums.h"

enum { SUMS_MAX = 500 };

typedef struct {
    GArray *groups;
    bool all;
} Known;

struct MwSums {
    GMutex lock;       /* of all below */
    int64_t heads;     /* of the lanes together: of when the rest is */
    GHashTable *known; /* text of a statement -> Known */
};

static void
known_free(gpointer data)
{
    Known *known = data;

    g_array_unref(known->groups);
    g_free(known);
}

MwSums *
mw_sums_new(void)
{
    MwSums *sums = g_new0(MwSums, 1);

    g_mutex_init(&sums->lock);
    sums->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_free);
    return sums;
}

void
mw_sums_free(MwSums *sums)
{
    g_hash_table_unref(sums->known);
    g_mutex_clear(&sums->lock);
    g_free(sums);
}

/* The statement with its parameters; each with its length, so that no two read alike. */
static char *
key_of(const MwContext *context, const MwQuery *query, const MwField *by,
       const MwField *const *fields, size_t n)
{
    GString *key = g_string_new(query->entity->name);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    g_string_append_printf(key, " %s", by->name);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(key, " %s", fields[i]->name);
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
    return g_string_free(key, false);
}

static GArray *
find(MwSums *sums, int64_t heads, const char *key, bool *all)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&sums->lock);
    const Known *known = heads == sums->heads ? g_hash_table_lookup(sums->known, key) : NULL;

    if (!known)
        return NULL;
    *all = known->all;
    return g_array_ref(known->groups);
}

/* A reader whose transaction began before the last write does not overwrite what is newer. */
static void
keep(MwSums *sums, int64_t heads, char *key, GArray *groups, bool all)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&sums->lock);
    Known known = { g_array_ref(groups), all };

    if (heads > sums->heads || g_hash_table_size(sums->known) >= SUMS_MAX)
        g_hash_table_remove_all(sums->known);
    sums->heads = MAX(sums->heads, heads);
    if (heads == sums->heads)
        g_hash_table_replace(sums->known, g_steal_pointer(&key), g_memdup2(&known, sizeof known));
    else
        g_array_unref(groups);
    g_free(key);
}

/* Heads only grow, and each commit moves at least one: their sum tells one state from another. */
GArray *
mw_sums_groups(const MwContext *context, const MwQuery *query, const MwField *by,
               const MwField *const *fields, size_t n, bool *all, GError **error)
{
    MwSums *sums = mw_company_sums(context->company);
    g_auto(MwValue) heads = MW_NOTHING;

    if (!mw_store_scalar(context->store, "SELECT CAST(sum(seq) AS BIGINT) FROM history_lane", NULL,
                         0, &heads, error))
        return NULL;
    int64_t at = heads.is == MW_INTEGER ? heads.integer : 0;
    g_autofree char *key = key_of(context, query, by, fields, n);
    GArray *groups = find(sums, at, key, all);
    if (groups)
        return groups;
    groups = mw_store_groups(context->store, query, by, fields, n, all, error);
    if (groups)
        keep(sums, at, g_steal_pointer(&key), groups, *all);
    return groups;
}
