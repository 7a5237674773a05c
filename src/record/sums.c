#include "record/sums.h"

#include "record/memo.h"

typedef struct {
    GArray *groups;
    bool all;
} Known;

static void
known_clear(gpointer data)
{
    g_array_unref(((Known *)data)->groups);
}

/* Without whoever asks: his rights are among the conditions. */
static char *
key_of(const MwContext *context, const MwQuery *query, const MwField *by,
       const MwField *const *fields, size_t n)
{
    GString *key = g_string_new("sums ");

    g_string_append(key, by->name);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(key, " %s", fields[i]->name);
    mw_memo_key_query(key, context, query);
    return g_string_free(key, false);
}

GArray *
mw_sums_groups(const MwContext *context, const MwQuery *query, const MwField *by,
               const MwField *const *fields, size_t n, bool *all, GError **error)
{
    gpointer piece = NULL;
    int64_t heads;

    if (!context->reads)
        return mw_store_groups(context->store, query, by, fields, n, all, error);
    g_autofree char *key = key_of(context, query, by, fields, n);
    if (!mw_memo_find(context, key, &piece, &heads, error))
        return NULL;
    if (!piece) {
        Known known = { NULL, false };
        known.groups = mw_store_groups(context->store, query, by, fields, n, &known.all, error);
        if (!known.groups)
            return NULL;
        piece = g_atomic_rc_box_dup(sizeof known, &known);
        mw_memo_keep(context, key, heads, piece, sizeof known + known.groups->len * sizeof(MwGroup),
                     known_clear);
    }
    GArray *groups = g_array_ref(((Known *)piece)->groups);
    *all = ((Known *)piece)->all;
    g_atomic_rc_box_release_full(piece, known_clear);
    return groups;
}
