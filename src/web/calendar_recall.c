/* calendar_recall: what stands in a calendar, remembered until somebody writes; see calendar.h. */
#include "record/memo.h"
#include "web/calendar.h"

typedef struct {
    GArray *entries;
    MwEntriesCut cut;
} Found;

static void
found_clear(gpointer found)
{
    g_array_unref(((Found *)found)->entries);
}

static bool
name_whose(const MwContext *context, GArray *entries, GError **error)
{
    g_autoptr(MwTitles) titles = mw_titles_new(context);

    for (int reading = 1; reading >= 0; reading--) {
        for (guint i = 0; i < entries->len; i++) {
            MwEntry *entry = &g_array_index(entries, MwEntry, i);
            const MwEntity *of =
                entry->whose ? mw_catalog_entity(context->catalog, entry->whose->target) : NULL;
            if (of && reading)
                mw_titles_want_id(titles, of, entry->whose_id);
            else if (of)
                entry->whose_name = g_strdup(mw_titles_get(titles, of, entry->whose_id));
        }
        if (reading && !mw_titles_read(titles, error))
            return false;
    }
    return true;
}

static char *
key_of(const MwContext *context, const MwEntity *entity, const MwFilter *asked,
       const GArray *owners, int64_t from, int64_t to, unsigned most)
{
    GString *key = mw_memo_key(context, "calendar", context->locale.zone);
    const MwQuery query = { .entity = entity, .filter = asked };

    g_string_append_printf(key, " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u of", from, to, most);
    for (guint i = 0; i < owners->len; i++)
        g_string_append_printf(key, " %" G_GINT64_FORMAT, g_array_index(owners, int64_t, i));
    mw_memo_key_query(key, context, &query);
    return g_string_free(key, false);
}

GArray *
mw_entries_recall(const MwContext *context, const MwEntity *entity, const MwFilter *asked,
                  const GArray *owners, int64_t from, int64_t to, unsigned most, MwEntriesCut *cut,
                  GError **error)
{
    g_autofree char *key = key_of(context, entity, asked, owners, from, to, most);
    gpointer piece = NULL;
    int64_t heads = 0;

    if (context->reads && !mw_memo_find(context, key, &piece, &heads, error))
        return NULL;
    if (!piece) {
        Found found = { .entries = NULL };
        found.entries =
            mw_entries_find(context, entity, asked, owners, from, to, most, &found.cut, error);
        if (!found.entries || !name_whose(context, found.entries, error)) {
            g_clear_pointer(&found.entries, g_array_unref);
            return NULL;
        }
        piece = g_atomic_rc_box_dup(sizeof found, &found);
        if (context->reads)
            mw_memo_keep(context, key, heads, piece,
                         sizeof found + found.entries->len * (sizeof(MwEntry) + 100), found_clear);
    }
    GArray *entries = g_array_ref(((Found *)piece)->entries);
    *cut = ((Found *)piece)->cut;
    g_atomic_rc_box_release_full(piece, found_clear);
    return entries;
}
