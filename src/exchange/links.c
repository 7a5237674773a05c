#include "exchange/links.h"

enum { KEYS_AT_ONCE = 200 };

static void
add_lookup(MwLinks *links, const MwField *field)
{
    size_t n = 0;

    if (!field || field->kind->storage != MW_TEXT || field->flags & MW_SECRET)
        return;
    for (; links->lookups[n]; n++)
        if (links->lookups[n] == field)
            return;
    if (n < MW_LOOKUPS_MAX - 1)
        links->lookups[n] = field;
}

static MwLinks *
links_new(const MwEntity *target)
{
    MwLinks *links = g_new0(MwLinks, 1);

    links->target = target;
    links->entries = g_hash_table_new(g_str_hash, g_str_equal);
    links->texts = g_string_chunk_new(64 * 1024);
    links->all = g_ptr_array_new_with_free_func(g_free);
    return links;
}

MwLinks *
mw_links_new(const MwCatalog *catalog, const MwPath *path, bool create)
{
    static const char *const keys[] = { "external_code",   "code",  "number",
                                        "external_number", "email", "key" };
    MwLinks *links = links_new(mw_catalog_entity(catalog, path->link->target));

    links->link = path->link;
    links->line = path->line;
    links->create = create;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const MwField *field = mw_entity_field(links->target, keys[i]);
        if (!field || !(field->flags & (MW_UNIQUE | MW_INDEXED)))
            continue;
        add_lookup(links, field);
        if (!links->key && field->flags & MW_UNIQUE && !(field->flags & MW_READ_ONLY))
            links->key = field;
    }
    if (links->target->title)
        add_lookup(links, mw_entity_field(links->target, links->target->title));
    return links;
}

MwLinks *
mw_links_new_of(const MwEntity *entity, const MwField *match)
{
    MwLinks *links = links_new(entity);

    if (match)
        add_lookup(links, match);
    return links;
}

void
mw_links_free(MwLinks *links)
{
    if (!links)
        return;
    g_hash_table_unref(links->entries);
    g_string_chunk_free(links->texts);
    g_ptr_array_unref(links->all);
    g_free(links);
}

MwLinkEntry *
mw_links_note(MwLinks *links, const char *key)
{
    MwLinkEntry *entry = g_hash_table_lookup(links->entries, key);

    if (entry)
        return entry;
    entry = g_malloc0(sizeof(MwLinkEntry) + links->n_fields * sizeof(char *));
    entry->key = g_string_chunk_insert(links->texts, key);
    g_hash_table_insert(links->entries, (gpointer)entry->key, entry);
    g_ptr_array_add(links->all, entry);
    return entry;
}

MwLinkEntry *
mw_links_get(const MwLinks *links, const char *key)
{
    return g_hash_table_lookup(links->entries, key);
}

void
mw_links_note_text(MwLinks *links, MwLinkEntry *entry, size_t field, const char *text)
{
    if (!entry->texts[field]) {
        entry->texts[field] = g_string_chunk_insert_const(links->texts, text);
    } else if (!(entry->differs >> field & 1) && !g_str_equal(entry->texts[field], text)) {
        entry->differs |= 1u << field;
        links->differing++;
    }
}

/* ---- looking up ------------------------------------------------------------------- */

/* Those of the entries that have no id yet, by the value that `field` would have. */
static GHashTable *
open_entries(const MwContext *context, const MwField *field, gpointer *entries, guint n,
             MwFilter *filter)
{
    GHashTable *open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(MwProblems) problems = mw_problems_new();

    for (guint i = 0; i < n; i++) {
        MwLinkEntry *entry = entries[i];
        g_auto(MwValue) value = MW_NOTHING;
        if (entry->id || !mw_field_parse(field, &context->locale, entry->key, &value, problems) ||
            value.is != MW_TEXT)
            continue;
        mw_filter_value(filter, value);
        g_hash_table_insert(open, g_strdup(value.text), entry);
    }
    return open;
}

static bool
look_up(const MwLinks *links, const MwContext *context, const MwField *field, gpointer *entries,
        guint n, GError **error)
{
    g_autoptr(MwFilter) filter = mw_filter_test(field, MW_TEST_IN, MW_NOTHING);
    g_autoptr(GHashTable) open = open_entries(context, field, entries, n, filter);
    MwQuery query = { .entity = links->target, .filter = filter };
    MwCursor cursor = { 0 };
    bool more = g_hash_table_size(open) > 0;

    mw_query_want(&query, field);
    while (more) {
        query.after = cursor.id ? &cursor : NULL;
        g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, &more, error);
        if (!found)
            return false;
        for (guint i = 0; i < found->len; i++) {
            const MwRecord *record = found->pdata[i];
            MwLinkEntry *entry = g_hash_table_lookup(open, mw_record_value(record, field)->text);
            cursor.id = mw_record_id(record);
            if (!entry)
                continue;
            entry->ambiguous = entry->id != 0;
            entry->id = cursor.id;
        }
    }
    return true;
}

static bool
resolve(const MwLinks *links, const MwContext *context, gpointer *entries, guint n, GError **error)
{
    for (size_t i = 0; links->lookups[i]; i++)
        if (!look_up(links, context, links->lookups[i], entries, n, error))
            return false;
    return true;
}

bool
mw_links_resolve(const MwLinks *links, const MwContext *context, GError **error)
{
    for (guint i = 0; i < links->all->len; i += KEYS_AT_ONCE)
        if (!resolve(links, context, links->all->pdata + i, MIN(KEYS_AT_ONCE, links->all->len - i),
                     error))
            return false;
    return true;
}

bool
mw_links_find(const MwLinks *links, const MwContext *context, MwLinkEntry *entry, GError **error)
{
    gpointer entries[] = { entry };

    return resolve(links, context, entries, 1, error);
}

/* ---- making ------------------------------------------------------------------------- */

bool
mw_links_make(const MwLinks *links, const MwContext *context, MwLinkEntry *entry, bool really,
              MwProblems *problems, GError **error)
{
    const MwField *title =
        links->target->title ? mw_entity_field(links->target, links->target->title) : NULL;
    g_autoptr(MwInput) input = mw_input_new(links->target);

    mw_input_import(input);
    if (title && !(title->flags & MW_READ_ONLY))
        mw_input_set_field(input, title, entry->key);
    for (size_t i = 0; i < links->n_fields; i++)
        if (entry->texts[i])
            mw_input_set_field(input, links->fields[i], entry->texts[i]);
    if (links->key && !mw_input_has(input, links->key))
        mw_input_set_field(input, links->key, entry->key);

    g_autoptr(MwRecord) record = really ? mw_record_write(context, input, 0, problems, error)
                                        : mw_record_check(context, input, 0, problems, error);
    if (record && really && !mw_problems_any(problems))
        entry->id = mw_record_id(record);
    return record != NULL;
}

/* ---- keys ------------------------------------------------------------------------------ */

const char *
mw_exchange_key(const char *text, GString *buffer)
{
    const char *end;

    if (!text)
        return "";
    while (*text && mw_is_blank(g_utf8_get_char(text)))
        text = g_utf8_next_char(text);
    end = text + strlen(text);
    for (const char *last; end > text; end = last) {
        last = g_utf8_prev_char(end);
        if (!mw_is_blank(g_utf8_get_char(last)))
            break;
    }
    if (end - text > 2 && end[-1] == '0' && end[-2] == '.' &&
        strspn(text, "0123456789") == (size_t)(end - text) - 2)
        end -= 2;
    if (!*end)
        return text;
    g_string_truncate(buffer, 0);
    g_string_append_len(buffer, text, end - text);
    return buffer->str;
}
