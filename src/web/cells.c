#include "web/cells.h"

#include "base/i18n.h"
#include "base/mention.h"
#include "model/kinds/kinds.h"

enum { MEMO_SHOWN_MAX = 120 }; /* characters of a text in a list */

/* ---- titles of linked records ------------------------------------------------ */

/* What is wanted of one entity, and what is known. */
typedef struct {
    const MwEntity *entity;
    GArray *wanted;     /* of int64_t, not yet read */
    GHashTable *titles; /* int64_t -> text; NULL as long as nothing was read */
} Target;

struct MwTitles {
    const MwContext *context;
    GArray *targets; /* of Target: a page points at few entities */
    bool only_seen;
};

static void
target_clear(gpointer data)
{
    Target *target = data;

    g_array_unref(target->wanted);
    g_clear_pointer(&target->titles, g_hash_table_unref);
}

MwTitles *
mw_titles_new(const MwContext *context)
{
    MwTitles *links = g_new0(MwTitles, 1);

    links->context = context;
    links->targets = g_array_new(false, true, sizeof(Target));
    g_array_set_clear_func(links->targets, target_clear);
    return links;
}

void
mw_titles_free(MwTitles *links)
{
    if (!links)
        return;
    g_array_unref(links->targets);
    g_free(links);
}

static Target *
target_of(const MwTitles *links, const MwEntity *entity)
{
    for (guint i = 0; i < links->targets->len; i++) {
        Target *target = &g_array_index(links->targets, Target, i);
        if (target->entity == entity)
            return target;
    }
    return NULL;
}

void
mw_titles_want_id(MwTitles *links, const MwEntity *entity, int64_t id)
{
    Target *target = target_of(links, entity);

    if (id <= 0)
        return;
    if (!target) {
        Target fresh = { .entity = entity, .wanted = g_array_new(false, false, sizeof(int64_t)) };
        g_array_append_val(links->targets, fresh);
        target = target_of(links, entity);
    }
    if (target->titles && g_hash_table_contains(target->titles, &id))
        return;
    for (guint i = 0; i < target->wanted->len; i++) /* a page has at most some hundreds */
        if (g_array_index(target->wanted, int64_t, i) == id)
            return;
    g_array_append_val(target->wanted, id);
}

static const MwEntity *
target_entity(const MwContext *context, const MwField *field)
{
    return field->target ? mw_catalog_entity(context->catalog, field->target) : NULL;
}

void
mw_titles_want(MwTitles *links, const MwField *field, const MwValue *value)
{
    const MwEntity *entity = target_entity(links->context, field);

    if (entity && value->is == MW_INTEGER)
        mw_titles_want_id(links, entity, value->integer);
}

void
mw_titles_want_all(MwTitles *links, const MwRecord *record)
{
    for (size_t i = MW_FIELD_ID + 1; i < record->entity->n_fields; i++)
        mw_titles_want(links, &record->entity->fields[i],
                       mw_record_value(record, &record->entity->fields[i]));
}

void
mw_titles_want_columns(MwTitles *links, const GPtrArray *fields, const GPtrArray *records)
{
    for (guint i = 0; i < fields->len; i++) {
        const MwField *field = fields->pdata[i];
        for (guint j = 0; field->target && j < records->len; j++)
            mw_titles_want(links, field, mw_record_value(records->pdata[j], field));
    }
}

void
mw_titles_only_seen(MwTitles *links)
{
    links->only_seen = true;
}

/* Who sees no users and no teams still knows his own name and team. */
static bool
put_own(const MwContext *context, const MwEntity *entity, const GArray *ids, GHashTable *titles,
        GError **error)
{
    int64_t own = g_str_equal(entity->name, "user")   ? mw_actor_user(context->actor)
                  : g_str_equal(entity->name, "team") ? mw_actor_team(context->actor)
                                                      : 0;
    g_autoptr(GArray) asked = g_array_new(false, false, sizeof(int64_t));

    for (guint i = 0; own && i < ids->len && asked->len == 0; i++)
        if (g_array_index(ids, int64_t, i) == own && !g_hash_table_contains(titles, &own))
            g_array_append_val(asked, own);
    if (asked->len == 0)
        return true;
    g_autoptr(GHashTable) found = mw_record_titles(context, entity, asked, error);
    const char *title = found ? g_hash_table_lookup(found, &own) : NULL;
    if (title)
        g_hash_table_insert(titles, g_memdup2(&own, sizeof own), g_strdup(title));
    return found != NULL;
}

/* As mw_record_titles(), of at most MW_PAGE_MAX records that the actor may read. */
static GHashTable *
titles_seen(const MwContext *context, const MwEntity *entity, const GArray *ids, GError **error)
{
    g_autoptr(GHashTable) titles =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g_autoptr(MwFilter) filter =
        mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
    MwQuery query = {
        .entity = entity, .filter = filter, .which = MW_LIVE_AND_DELETED, .limit = MW_PAGE_MAX
    };

    for (guint i = 0; i < MIN(ids->len, MW_PAGE_MAX); i++)
        mw_filter_value(filter, MW_INT(g_array_index(ids, int64_t, i)));
    g_autoptr(GPtrArray) records = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    for (guint i = 0; records && i < records->len; i++) {
        int64_t id = mw_record_id(records->pdata[i]);
        GString *title = g_string_new(NULL);
        mw_record_title(records->pdata[i], title);
        g_hash_table_insert(titles, g_memdup2(&id, sizeof id), g_string_free(title, false));
    }
    return records && put_own(context, entity, ids, titles, error) ? g_steal_pointer(&titles)
                                                                   : NULL;
}

bool
mw_titles_read(MwTitles *links, GError **error)
{
    for (guint i = 0; i < links->targets->len; i++) {
        Target *target = &g_array_index(links->targets, Target, i);
        if (target->wanted->len == 0)
            continue;
        GHashTable *titles = (links->only_seen ? titles_seen : mw_record_titles)(
            links->context, target->entity, target->wanted, error);
        if (!titles)
            return false;
        g_array_set_size(target->wanted, 0);
        if (!target->titles) {
            target->titles = titles;
            continue;
        }
        GHashTableIter iter;
        gpointer key, value;
        g_hash_table_iter_init(&iter, titles);
        while (g_hash_table_iter_next(&iter, &key, &value)) {
            g_hash_table_iter_steal(&iter);
            g_hash_table_insert(target->titles, key, value);
        }
        g_hash_table_unref(titles);
    }
    return true;
}

const char *
mw_titles_get(const MwTitles *links, const MwEntity *entity, int64_t id)
{
    const Target *target = target_of(links, entity);

    return target && target->titles ? g_hash_table_lookup(target->titles, &id) : NULL;
}

/* ---- small things ---------------------------------------------------------------- */

bool
mw_entity_opens(const MwContext *context, const MwEntity *entity)
{
    return !(entity->flags & MW_HIDDEN) && !entity->master &&
           mw_actor_may(context->actor, entity, MW_MAY_READ);
}

const char *
mw_record_path(const MwEntity *entity, int64_t id, char path[MW_RECORD_PATH_SIZE])
{
    g_snprintf(path, MW_RECORD_PATH_SIZE, "/%s/%" G_GINT64_FORMAT, entity->path, id);
    return path;
}

GPtrArray *
mw_fields_seen(const MwContext *context, const MwEntity *entity, const char *const *names)
{
    GPtrArray *fields = g_ptr_array_new();

    for (; names && *names; names++) {
        const MwField *field = mw_entity_field(entity, *names);
        if (field && mw_actor_sees(context->actor, entity, field))
            g_ptr_array_add(fields, (gpointer)field);
    }
    return fields;
}

static const char *
partial_of(const char *folder, const MwField *field)
{
    char name[64];

    g_snprintf(name, sizeof name, "%s/%s", folder, field->kind->widget);
    return g_intern_string(name);
}

const char *
mw_cell_partial(const MwField *field)
{
    return partial_of("cell", field);
}

const char *
mw_cell_widget(const MwField *field)
{
    return partial_of("field", field);
}

const char *
mw_cell_class(const MwField *field)
{
    return field->kind->right_aligned ? "number" : NULL;
}

/* ---- cells ------------------------------------------------------------------------ */

static const MwChoice *
choice_of(const MwField *field, const char *key, size_t size)
{
    for (const MwChoice *choice = field->choices; choice && choice->key; choice++)
        if (strlen(choice->key) == size && strncmp(choice->key, key, size) == 0)
            return choice;
    return NULL;
}

static void
put_choice(MwNode *node, const MwField *field, const char *key, size_t size)
{
    const MwChoice *choice = choice_of(field, key, size);

    mw_put_text(node, "tone", choice ? choice->tone : NULL);
    if (choice)
        mw_put_text(node, "text", _(choice->label));
    else
        mw_put_copy_at(node, mw_key("text"), key, size);
}

static void
put_choices(MwNode *node, const MwField *field, const char *stored)
{
    MwNode *items = mw_put_list(node, "items");

    for (const char *key = stored + strspn(stored, ","); *key; key += strspn(key, ",")) {
        size_t size = strcspn(key, ",");
        put_choice(mw_put_object(items, NULL), field, key, size);
        key += size;
    }
}

static void
put_link(const MwContext *context, MwNode *node, const MwTitles *links, const MwField *field,
         int64_t id)
{
    const MwEntity *entity = target_entity(context, field);
    const char *title = entity && links ? mw_titles_get(links, entity, id) : NULL;

    if (title && *title)
        mw_put_copy(node, "text", title);
    else
        mw_put_format(node, "text", "%" G_GINT64_FORMAT, id);
    if (entity && mw_entity_opens(context, entity))
        mw_put_format(node, "href", "/%s/%" G_GINT64_FORMAT, entity->path, id);
    else
        mw_put_text(node, "href", NULL);
}

/* Where an address leads: never to a script. */
static void
put_href(MwNode *node, const MwField *field, const char *text)
{
    if (field->kind == &mw_email)
        mw_put_format(node, "href", "mailto:%s", text);
    else if (field->kind == &mw_phone)
        mw_put_format(node, "href", "tel:%s", text);
    else if (g_str_has_prefix(text, "http://") || g_str_has_prefix(text, "https://"))
        mw_put_copy(node, "href", text);
    else
        mw_put_text(node, "href", NULL);
}

static void
put_memo(MwNode *node, const char *written)
{
    g_autoptr(GString) shown = g_string_new(NULL);

    mw_mention_show(written, shown);
    const char *text = shown->str;
    bool cut = g_utf8_strlen(text, -1) > MEMO_SHOWN_MAX;

    mw_put_copy(node, "full", text);
    if (!cut) {
        mw_put_copy(node, "text", text);
        return;
    }
    const char *end = g_utf8_offset_to_pointer(text, MEMO_SHOWN_MAX);
    mw_put_format(node, "text", "%.*s…", (int)(end - text), text);
}

static void
put_value(const MwContext *context, MwNode *node, const MwTitles *links, const MwRecord *record,
          const MwField *field, const MwValue *value, const char *partial)
{
    const MwKind *kind = field->kind;
    MwLocale locale = context->locale;

    mw_put_text(node, "cell", value->is == MW_NULL ? "cell/none" : partial);
    if (value->is == MW_NULL) {
        mw_put_text(node, "text", NULL);
        return;
    }
    if (kind == &mw_text) {
        mw_put_copy(node, "text", value->text);
    } else if (kind == &mw_choice) {
        put_choice(node, field, value->text, strlen(value->text));
    } else if (kind == &mw_choices) {
        put_choices(node, field, value->text);
    } else if (kind == &mw_link) {
        put_link(context, node, links, field, value->integer);
    } else if (kind == &mw_memo || kind == &mw_json) {
        put_memo(node, value->text);
    } else {
        g_autoptr(GString) shown = g_string_sized_new(64);
        locale.record = record;
        mw_field_show(field, &locale, value, shown);
        mw_put_copy_at(node, mw_key("text"), shown->str, shown->len);
        mw_put_bool(node, "yes", value->is == MW_INTEGER && value->integer);
        put_href(node, field, shown->str);
    }
}

void
mw_cell_put(const MwContext *context, MwNode *node, const MwTitles *links, const MwRecord *record,
            const MwField *field, const char *partial)
{
    put_value(context, node, links, record, field, mw_record_value(record, field), partial);
}

void
mw_cell_put_value(const MwContext *context, MwNode *node, const MwTitles *links,
                  const MwField *field, const MwValue *value, const char *partial)
{
    put_value(context, node, links, NULL, field, value, partial);
}

void
mw_cell_text(const MwContext *context, const MwTitles *links, const MwRecord *record,
             const MwField *field, const MwValue *value, GString *out)
{
    const MwEntity *entity = target_entity(context, field);
    const char *title = entity && links && value->is == MW_INTEGER
                            ? mw_titles_get(links, entity, value->integer)
                            : NULL;
    MwLocale locale = context->locale;

    if (title) {
        g_string_append(out, title);
        return;
    }
    locale.record = record;
    mw_field_show(field, &locale, value, out);
}

void
mw_cell_put_shown(const MwContext *context, MwNode *node, const MwRecord *record, const char *name)
{
    const MwField *field = mw_entity_field(record->entity, name);
    g_autoptr(GString) text = g_string_new(NULL);

    mw_field_show(field, &context->locale, mw_record_value(record, field), text);
    mw_put_copy(node, name, text->len ? text->str : NULL);
}
