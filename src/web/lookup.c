/* lookup: what a link may point at, while typing; records that a new one may be a twin of. */
#include <jansson.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/name.h"
#include "base/rank.h"
#include "methods/twins.h"
#include "model/kinds/kinds.h"
#include "store/search.h"
#include "web/cells.h"
#include "web/routes.h"

enum { OFFERED = 20, RANKED = 100, NOTES = 2, COMPARED = 30, TWINS_SHOWN = 5 };
static const double likeness_least = 0.8;

static const MwEntity *
entity_of(const MwRequest *request, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, request->name);

    if (!entity || entity->flags & MW_HIDDEN)
        return mw_fail_null(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    if (!mw_actor_may(request->context->actor, entity, MW_MAY_READ))
        return mw_fail_null(error, MW_ERROR_DENIED, _("You have no right to do this."));
    return entity;
}

/* What tells records of one title apart: of the list's fields the first link but to a user (the account of a contact),
 * and the first plain text that is not the title (the job title). */
static void
find_notes(const MwContext *context, const MwEntity *entity, const MwField *notes[NOTES])
{
    for (const char *const *name = entity->list; name && *name; name++) {
        const MwField *field = mw_entity_field(entity, *name);
        if (!field || g_strcmp0(entity->title, field->name) == 0 ||
            !mw_actor_sees(context->actor, entity, field))
            continue;
        bool link = field->target && !g_str_equal(field->target, "user");
        bool text = !field->target && field->kind->storage == MW_TEXT && field->kind != &mw_memo;
        size_t at = link ? 0 : 1;
        if ((link || text) && !notes[at])
            notes[at] = field;
    }
}

/* "near=account.12", "within=process.3": the field and the record that it names; false when it means nothing. */
static bool
read_link(const MwRequest *request, const MwEntity *entity, const char *param,
          const MwField **field, int64_t *id)
{
    const char *text = mw_query_param(request, param), *dot = text ? strchr(text, '.') : NULL;
    g_autofree char *name = dot ? g_strndup(text, (size_t)(dot - text)) : NULL;

    *field = name ? mw_entity_field(entity, name) : NULL;
    *id = *field && (*field)->target ? g_ascii_strtoll(dot + 1, NULL, 10) : 0;
    return *id && mw_actor_sees(request->context->actor, entity, *field);
}

typedef struct {
    const MwRequest *request;
    const MwEntity *entity;
    const MwField *title, *notes[NOTES];
    const MwField *near; /* NULL: none; else `near_id` is what it should name */
    int64_t near_id;
    const char *words; /* NULL: all */
    GPtrArray *found;  /* of MwRecord, the best first */
    guint n_near;      /* how many of them stand near */
    GHashTable *known; /* their ids */
} Offer;

/* Those that link there, or have a line that does: a contact's further accounts. */
static MwFilter *
near_filter(const Offer *o)
{
    const MwCatalog *catalog = o->request->context->catalog;
    MwFilter *any = mw_filter_any();
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(catalog, &n);

    mw_filter_add(any, mw_filter_test(o->near, MW_TEST_EQ, MW_INT(o->near_id)));
    for (size_t i = 0; i < n; i++) {
        const MwEntity *detail = entities[i];
        const MwField *master = detail->master ? mw_entity_field(detail, detail->master) : NULL;
        const MwField *same = master ? mw_entity_field(detail, o->near->name) : NULL;
        if (same && same->target && g_str_equal(master->target, o->entity->name) &&
            g_str_equal(same->target, o->near->target) &&
            mw_actor_sees(o->request->context->actor, detail, same))
            mw_filter_add(any, mw_filter_has(detail, master,
                                             mw_filter_test(same, MW_TEST_EQ, MW_INT(o->near_id))));
    }
    return any;
}

static int
compare_rank(gconstpointer a, gconstpointer b, gpointer data)
{
    const Offer *o = data;
    const MwRecord *x = *(MwRecord *const *)a, *y = *(MwRecord *const *)b;
    const char *left = o->title ? mw_record_text(x, o->title->name) : NULL;
    const char *right = o->title ? mw_record_text(y, o->title->name) : NULL;
    int first = (int)mw_rank(left ? left : "", o->words);
    int second = (int)mw_rank(right ? right : "", o->words);

    return first != second ? first - second : g_strcmp0(left, right);
}

/* Adds what is found by a condition (taken) and not there yet, in the order of the query. */
static bool
find(Offer *o, MwQuery *query, MwFilter *condition, bool near, GError **error)
{
    g_autoptr(MwFilter) filter = mw_filter_all();
    const MwField *within;
    int64_t id;

    query->entity = o->entity;
    query->filter = filter;
    mw_filter_add(filter, condition);
    mw_filter_add(filter, near ? near_filter(o) : NULL);
    if (read_link(o->request, o->entity, "within", &within, &id))
        mw_filter_add(filter, mw_filter_test(within, MW_TEST_EQ, MW_INT(id)));
    mw_query_want(query, &o->entity->fields[MW_FIELD_ID]);
    if (o->title)
        mw_query_want(query, o->title);
    for (size_t i = 0; i < NOTES; i++)
        if (o->notes[i])
            mw_query_want(query, o->notes[i]);
    g_autoptr(GPtrArray) records =
        mw_record_find(o->request->context, query, MW_MAY_READ, NULL, error);
    if (!records)
        return false;
    if (query->limit == RANKED)
        g_ptr_array_sort_with_data(records, compare_rank, (gpointer)o);
    for (guint i = 0; i < records->len && o->found->len < OFFERED; i++) {
        int64_t record = mw_record_id(records->pdata[i]);
        if (g_hash_table_add(o->known, g_memdup2(&record, sizeof record)))
            g_ptr_array_add(o->found, mw_record_copy(records->pdata[i]));
    }
    return true;
}

/* Without words in the entity's order. With words first by the index of the title those that begin so, the one that is
 * what was typed before all others; then of what the full text finds the best. */
static bool
offer(Offer *o, bool near, GError **error)
{
    const MwEntity *entity = o->entity;
    MwQuery query = { .limit = OFFERED };

    if (!o->words) {
        if (entity->order && mw_order_parse(entity, entity->order, &query.order[0]))
            query.n_order = 1;
        return find(o, &query, NULL, near, error);
    }
    if (o->title && o->title->flags & (MW_INDEXED | MW_UNIQUE) &&
        o->title->kind->storage == MW_TEXT &&
        mw_actor_sees(o->request->context->actor, entity, o->title)) {
        g_autofree char *end = g_strconcat(o->words, "\xf4\x8f\xbf\xbf", NULL);
        MwFilter *begins = mw_filter_all();
        mw_filter_add(begins, mw_filter_test(o->title, MW_TEST_GTE, MW_BORROW(o->words)));
        mw_filter_add(begins, mw_filter_test(o->title, MW_TEST_LT, MW_BORROW(end)));
        query.order[0] =
            (MwOrder){ o->title, false, o->title }; /* by its bytes, as what is typed */
        query.n_order = 1;
        if (!find(o, &query, begins, near, error))
            return false;
    }
    MwQuery wide = { .limit = RANKED };
    return o->found->len == OFFERED ||
           find(o, &wide, mw_filter_search(entity, o->words), near, error);
}

static json_t *
option_of(const Offer *o, const MwTitles *titles, const MwRecord *record, bool other)
{
    const MwContext *context = o->request->context;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) note = g_string_new(NULL);
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, mw_record_id(record));
    MwLocale locale = context->locale;

    locale.record = record;
    if (o->title)
        mw_field_show(o->title, &locale, mw_record_value(record, o->title), text);
    for (size_t i = 0; i < NOTES; i++) {
        g_autoptr(GString) more = g_string_new(NULL);
        if (o->notes[i])
            mw_cell_text(context, titles, record, o->notes[i], mw_record_value(record, o->notes[i]),
                         more);
        if (more->len > 0)
            g_string_append_printf(note, "%s%s", note->len > 0 ? " · " : "", more->str);
    }
    json_t *option = json_pack("{s:s, s:s, s:s}", "value", id, "text",
                               text->len > 0 ? text->str : id, "note", note->str);
    if (other) {
        g_autofree char *mark = g_strdup_printf(_("not of this %s"), mw_field_label(o->near));
        g_autofree char *warning = g_strdup_printf(
            _("%s differs from that of this record. It may be chosen; check that it is meant."),
            mw_field_label(o->near));
        json_object_set_new(option, "other", json_string(mark));
        json_object_set_new(option, "warning", json_string(warning));
    }
    return option;
}

static bool
reply_offer(const Offer *o, MwReply *reply, GError **error)
{
    g_autoptr(MwTitles) titles = mw_titles_new(o->request->context);

    for (guint i = 0; i < o->found->len; i++)
        for (size_t j = 0; j < NOTES; j++)
            if (o->notes[j])
                mw_titles_want(titles, o->notes[j],
                               mw_record_value(o->found->pdata[i], o->notes[j]));
    if (!mw_titles_read(titles, error))
        return false;
    json_t *options = json_array();
    for (guint i = 0; i < o->found->len; i++)
        json_array_append_new(options,
                              option_of(o, titles, o->found->pdata[i], o->near && i >= o->n_near));
    return mw_reply_json(reply, options);
}

static bool
look_up(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = entity_of(request, error);
    const char *words = mw_query_param(request, "q");
    g_autofree char *stripped = words ? g_strstrip(g_strdup(words)) : NULL;
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    if (!entity)
        return false;
    Offer o = { .request = request,
                .entity = entity,
                .title = entity->title ? mw_entity_field(entity, entity->title) : NULL,
                .words = stripped && *stripped ? stripped : NULL,
                .found = found,
                .known = known };
    find_notes(request->context, entity, o.notes);
    if (!read_link(request, entity, "near", &o.near, &o.near_id))
        o.near = NULL;
    if (o.near && !offer(&o, true, error))
        return false;
    o.n_near = found->len;
    return (found->len == OFFERED || offer(&o, false, error)) && reply_offer(&o, reply, error);
}

/* ---- twins ---------------------------------------------------------------------- */

/* Why a record may be the same: its name, credit code, phone or mail domain; NULL: it is not. */
static const char *
likeness(const MwRequest *request, const MwRecord *record, const MwField *named)
{
    const MwEntity *entity = record->entity;
    const char *typed = mw_query_param(request, named->name);

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        const char *mine = mw_query_param(request, field->name);
        const char *theirs =
            field->kind->storage == MW_TEXT ? mw_record_text(record, field->name) : NULL;
        if (!mine || !*mine || !theirs || !mw_actor_sees(request->context->actor, entity, field))
            continue;
        if (field->kind == &mw_credit_code && g_ascii_strcasecmp(mine, theirs) == 0)
            return mw_field_label(field);
        if (field->kind == &mw_phone) {
            g_autofree char *a = mw_phone_key(mine), *b = mw_phone_key(theirs);
            if (a && g_strcmp0(a, b) == 0)
                return mw_field_label(field);
        }
        if (field->kind == &mw_email) {
            g_autofree char *a = mw_mail_domain_key(mine), *b = mw_mail_domain_key(theirs);
            if (a && g_strcmp0(a, b) == 0)
                return mw_field_label(field);
        }
    }
    if (!typed || !*typed || mw_record_is_null(record, named->name))
        return NULL;
    g_autofree char *a = mw_name_key(typed), *b = mw_name_key(mw_record_text(record, named->name));
    return mw_name_likeness(a, b) >= likeness_least ? mw_field_label(named) : NULL;
}

static const MwField *
named_field(const MwEntity *entity)
{
    for (size_t i = 0; i < entity->n_fields; i++)
        if (entity->fields[i].flags & MW_NAMED)
            return &entity->fields[i];
    return NULL;
}

/* Candidates by words of the name, then by each other value that the form has. */
static bool
collect(const MwRequest *request, const MwEntity *entity, const char *words, GPtrArray *found,
        GError **error)
{
    g_autoptr(MwFilter) filter = mw_filter_search(entity, words);
    MwQuery query = { .entity = entity, .filter = filter, .limit = COMPARED };
    g_autoptr(GPtrArray) records =
        mw_record_find(request->context, &query, MW_MAY_READ, NULL, error);

    if (!records)
        return false;
    g_ptr_array_extend_and_steal(found, g_steal_pointer(&records));
    return true;
}

static bool
find_candidates(const MwRequest *request, const MwEntity *entity, const MwField *named,
                GPtrArray *found, GError **error)
{
    const char *typed = mw_query_param(request, named->name);

    if (typed && g_utf8_strlen(typed, -1) >= 2) {
        g_autofree char *key = mw_name_key(typed); /* without the legal form, which all have */
        if (!collect(request, entity, *key ? key : typed, found, error))
            return false;
    }
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        const char *text = mw_actor_sees(request->context->actor, entity, field)
                               ? mw_query_param(request, field->name)
                               : NULL;
        bool told =
            field->kind == &mw_credit_code || field->kind == &mw_phone || field->kind == &mw_email;
        const char *at = text ? strchr(text, '@') : NULL;
        if (told && text && strlen(text) >= 5 &&
            !collect(request, entity, at && field->kind == &mw_email ? at + 1 : text, found, error))
            return false;
    }
    return true;
}

static void
put_link(MwNode *item, const char *key, const MwTitles *titles, const MwContext *context,
         const MwRecord *record)
{
    const MwField *field = record ? mw_entity_field(record->entity, key) : NULL;
    const MwEntity *target = field ? mw_catalog_entity(context->catalog, field->target) : NULL;

    if (target && mw_actor_sees(context->actor, record->entity, field))
        mw_put_copy(item, key, mw_titles_get(titles, target, mw_record_int(record, key)));
    else
        mw_put_text(item, key, NULL);
}

static void
put_twin(MwNode *items, const MwTitles *titles, const MwContext *context, const MwTwin *twin)
{
    MwNode *item = mw_put_object(items, NULL);
    g_autoptr(GString) title = g_string_new(NULL);

    if (twin->record) {
        mw_record_title(twin->record, title);
        mw_put_copy(item, "text", title->str);
        mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT, twin->entity->path, twin->id);
    } else {
        mw_put_text(item, "text", _("held by a colleague"));
        mw_put_text(item, "href", NULL);
    }
    mw_put_text(item, "label", mw_entity_label(twin->entity));
    mw_put_text(item, "why", mw_twin_words(twin->by));
    put_link(item, "owner", titles, context, twin->record);
    put_link(item, "pool", titles, context, twin->record);
}

/* Leads, accounts and contacts are compared with each other, by their keys. */
static bool
show_twins(const MwRequest *request, MwReply *reply, const MwEntity *entity, const MwField *named,
           int64_t own, GError **error)
{
    const MwContext *context = request->context;
    bool people = g_str_equal(entity->name, "contact");
    const char *mobile = mw_query_param(request, "mobile");
    MwTwinAsk ask = { .name = people ? NULL : mw_query_param(request, named->name),
                      .credit_code = mw_query_param(request, "credit_code"),
                      .phone = mobile ? mobile : mw_query_param(request, "phone"),
                      .email = mw_query_param(request, "email"),
                      .contacts = people,
                      .except = own ? entity : NULL,
                      .except_id = own };
    g_autoptr(GPtrArray) twins = mw_twins_find(context, &ask, TWINS_SHOWN, error);
    g_autoptr(MwTitles) titles = mw_titles_new(context);

    for (guint i = 0; twins && i < twins->len; i++)
        if (((MwTwin *)twins->pdata[i])->record)
            mw_titles_want_all(titles, ((MwTwin *)twins->pdata[i])->record);
    if (!twins || !mw_titles_read(titles, error))
        return false;
    MwNode *root = mw_view_root(request->view), *items = mw_put_list(root, "twins");
    for (guint i = 0; i < twins->len; i++)
        put_twin(items, titles, context, twins->pdata[i]);
    mw_put_bool(root, "any_twins", twins->len > 0);
    return mw_reply_page(request, reply, "form/duplicates", error);
}

static bool
show_duplicates(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = entity_of(request, error);
    const MwField *named = entity ? named_field(entity) : NULL;
    const char *except = mw_query_param(request, "_except");
    int64_t own = except ? g_ascii_strtoll(except, NULL, 10) : 0;
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    if (!entity)
        return false;
    if (named && mw_entity_field(entity, "phone_key"))
        return show_twins(request, reply, entity, named, own, error);
    if (named && !find_candidates(request, entity, named, found, error))
        return false;
    MwNode *root = mw_view_root(request->view), *items = mw_put_list(root, "twins");
    for (guint i = 0; i < found->len && g_hash_table_size(told) < TWINS_SHOWN; i++) {
        const MwRecord *record = found->pdata[i];
        int64_t id = mw_record_id(record);
        const char *why = id == own ? NULL : likeness(request, record, named);
        if (!why || !g_hash_table_add(told, g_memdup2(&id, sizeof id)))
            continue;
        g_autoptr(GString) title = g_string_new(NULL);
        MwNode *item = mw_put_object(items, NULL);
        mw_record_title(record, title);
        mw_put_copy(item, "text", title->str);
        mw_put_text(item, "why", why);
        mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT, entity->path, id);
        mw_put_text(item, "label", NULL);
        mw_put_text(item, "owner", NULL);
        mw_put_text(item, "pool", NULL);
    }
    mw_put_bool(root, "any_twins", g_hash_table_size(told) > 0);
    return mw_reply_page(request, reply, "form/duplicates", error);
}

const MwRoute mw_lookup_routes[] = {
    { MW_GET, "/lookup/{name}", MW_FOR_USERS, 0, MW_RUN_READ, look_up },
    { MW_GET, "/duplicates/{name}", MW_FOR_USERS, 0, MW_RUN_READ, show_duplicates },
    { .path = NULL },
};
