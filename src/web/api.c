/* api: reading by REST; see docs/modules/web.md for its conventions. */
#include "web/api.h"
#include "record/merge.h"

#include <sodium.h>

#include "base/i18n.h"
#include "base/json.h"
#include "derive/openapi.h"
#include "record/filter.h"

enum { EXPAND_MAX = 5 };

/* ---- problems ------------------------------------------------------------------- */

void
mw_api_put_problems(GString *out, const MwProblems *problems, int index)
{
    for (size_t i = 0; i < mw_problems_count(problems); i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        g_string_append(out, out->len > 0 ? ",{" : "{");
        if (index >= 0)
            g_string_append_printf(out, "\"index\":%d,", index);
        g_string_append(out, "\"field\":");
        mw_json_string(problem->field, out);
        g_string_append(out, ",\"code\":");
        mw_json_string(problem->code, out);
        g_string_append(out, ",\"message\":");
        mw_json_string(problem->message, out);
        g_string_append_c(out, '}');
    }
}

void
mw_api_end_problems(MwReply *reply, GString *errors)
{
    GString *body = mw_reply_body(reply);

    g_string_truncate(body, 0);
    g_string_append(body, "{\"type\":\"about:blank\",\"title\":");
    mw_json_string(_("Please correct this"), body);
    g_string_append_printf(body, ",\"status\":422,\"errors\":[%s]}", errors->str);
    mw_reply_type(reply, "application/problem+json");
    mw_reply_status(reply, 422);
    mw_reply_discard(reply);
}

void
mw_api_problems(MwReply *reply, const MwProblems *problems, int index)
{
    g_autoptr(GString) errors = g_string_new(NULL);

    mw_api_put_problems(errors, problems, index);
    mw_api_end_problems(reply, errors);
}

/* ---- fields and expansion ---------------------------------------------------------- */

static void
all_fields(const MwRequest *request, const MwEntity *entity, MwFieldSet *set)
{
    for (size_t i = 0; i < entity->n_fields; i++)
        if (mw_actor_sees(request->context->actor, entity, &entity->fields[i]))
            mw_field_set_add(set, &entity->fields[i]);
}

static bool
is_detail(const MwEntity *entity, const char *name)
{
    for (size_t i = 0; entity->details[i]; i++)
        if (g_str_equal(entity->details[i]->name, name))
            return true;
    return false;
}

/* The fields of "a,b" with id and version, or all that the actor sees; names of details are let
 * through where `with_details`. */
static void
parse_fields(const MwRequest *request, const MwEntity *entity, bool with_details, MwFieldSet *set,
             MwProblems *problems)
{
    const char *names = mw_query_param(request, "fields");

    *set = (MwFieldSet){ 0 };
    if (!names) {
        all_fields(request, entity, set);
        return;
    }
    g_auto(GStrv) list = g_strsplit(names, ",", MW_FIELDS_MAX);
    mw_field_set_add(set, &entity->fields[MW_FIELD_ID]);
    mw_field_set_add(set, &entity->fields[MW_FIELD_VERSION]);
    for (char **name = list; *name; name++) {
        const MwField *field = mw_entity_field(entity, *name);
        if (with_details && is_detail(entity, *name))
            continue;
        if (field && mw_actor_sees(request->context->actor, entity, field))
            mw_field_set_add(set, field);
        else
            mw_problems_add(problems, "fields", "unknown", _("There is no field “%s”."), *name);
    }
}

/* Linked records that a page shows whole: a link field, and id -> record. */
typedef struct {
    const MwRequest *request;
    size_t n;
    struct {
        const MwField *field;
        MwFieldSet set;
        GHashTable *records;
    } links[EXPAND_MAX];
} Expansion;

static void
expansion_clear(Expansion *expansion)
{
    for (size_t i = 0; i < expansion->n; i++)
        g_clear_pointer(&expansion->links[i].records, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Expansion, expansion_clear)

static void
expansion_begin(Expansion *expansion, const MwEntity *entity, MwProblems *problems)
{
    const MwContext *context = expansion->request->context;
    const char *names = mw_query_param(expansion->request, "expand");
    g_auto(GStrv) list = g_strsplit(names ? names : "", ",", EXPAND_MAX + 1);

    for (char **name = list; *name; name++) {
        const MwField *field = mw_entity_field(entity, *name);
        if (expansion->n == EXPAND_MAX) {
            mw_problems_add(problems, "expand", "too_many", _("At most %d links can be expanded."),
                            EXPAND_MAX);
            return;
        }
        if (!field || !field->target || !mw_actor_sees(context->actor, entity, field)) {
            mw_problems_add(problems, "expand", "unknown", _("There is no link “%s” to expand."),
                            *name);
            continue;
        }
        const MwEntity *target = mw_catalog_entity(context->catalog, field->target);
        expansion->links[expansion->n].field = field;
        all_fields(expansion->request, target, &expansion->links[expansion->n].set);
        expansion->links[expansion->n++].records = g_hash_table_new_full(
            g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)mw_record_free);
    }
}

/* One statement a link: the records that the page points at and that the actor may see. */
static bool
load_link(Expansion *expansion, size_t at, const GPtrArray *page, GError **error)
{
    const MwContext *context = expansion->request->context;
    const MwField *field = expansion->links[at].field;
    const MwEntity *target = mw_catalog_entity(context->catalog, field->target);
    g_autoptr(MwFilter) filter =
        mw_filter_test(&target->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
    MwQuery query = { .entity = target, .filter = filter, .which = MW_LIVE_AND_DELETED };

    memcpy(query.columns, expansion->links[at].set.bits, sizeof query.columns);
    for (guint i = 0; i < page->len; i++) {
        const MwValue *value = mw_record_value(page->pdata[i], field);
        if (value->is == MW_INTEGER)
            mw_filter_value(filter, *value);
    }
    g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    if (!found)
        return false;
    for (guint i = 0; i < found->len; i++) {
        MwRecord *record = g_steal_pointer(&found->pdata[i]);
        g_hash_table_replace(expansion->links[at].records, &record->values[MW_FIELD_ID].integer,
                             record);
    }
    return true;
}

static bool
put_linked(const MwRecord *record, const MwField *field, GString *out, void *data)
{
    Expansion *expansion = data;

    for (size_t i = 0; i < expansion->n; i++) {
        const MwValue *value = mw_record_value(record, field);
        if (expansion->links[i].field != field || value->is != MW_INTEGER)
            continue;
        const MwRecord *linked = g_hash_table_lookup(expansion->links[i].records, &value->integer);
        if (!linked)
            return false;
        mw_record_json(linked, &expansion->request->context->locale, &expansion->links[i].set, NULL,
                       NULL, out);
        return true;
    }
    return false;
}

/* ---- one record ----------------------------------------------------------------------- */

/* Whether the lines of `detail` are asked for: by name, or with everything. */
static bool
wants_detail(const MwRequest *request, const MwEntity *detail)
{
    const char *names = mw_query_param(request, "fields");
    g_auto(GStrv) list = g_strsplit(names ? names : "", ",", -1);

    return !names || g_strv_contains((const char *const *)list, detail->name);
}

static bool
put_details(const MwRequest *request, const MwRecord *record, GString *body, GError **error)
{
    for (size_t i = 0; record->entity->details[i]; i++) {
        const MwEntity *detail = record->entity->details[i];
        MwFieldSet set = { 0 };

        if (!wants_detail(request, detail))
            continue;
        g_autoptr(GPtrArray) lines =
            mw_record_details(request->context, detail, mw_record_id(record), error);
        if (!lines)
            return false;
        all_fields(request, detail, &set);
        g_string_append_printf(body, ",\"%s\":[", detail->name);
        for (guint j = 0; j < lines->len; j++) {
            g_string_append(body, j > 0 ? "," : "");
            mw_record_json(lines->pdata[j], &request->context->locale, &set, NULL, NULL, body);
        }
        g_string_append_c(body, ']');
    }
    return true;
}

/* The version, which If-Match asks for, and a hash of the whole: derived values change without a
 * new version, and so does what is linked. */
static void
put_etag(MwReply *reply, const MwRecord *record)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES];
    const GString *body = mw_reply_body(reply);
    uint64_t hash;
    char etag[48];

    G_STATIC_ASSERT(sizeof hash == crypto_shorthash_BYTES);
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)body->str, body->len, key);
    g_snprintf(etag, sizeof etag, "\"%lld-%016" G_GINT64_MODIFIER "x\"",
               (long long)mw_record_version(record), hash);
    mw_reply_header(reply, "ETag", etag);
}

bool
mw_api_reply_record(const MwRequest *request, MwReply *reply, const MwRecord *record,
                    GError **error)
{
    GString *body = mw_reply_body(reply);
    g_auto(Expansion) expansion = { .request = request };
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GPtrArray) page = g_ptr_array_new();
    MwFieldSet set;

    parse_fields(request, record->entity, true, &set, problems);
    expansion_begin(&expansion, record->entity, problems);
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    g_ptr_array_add(page, (gpointer)record);
    for (size_t i = 0; i < expansion.n; i++)
        if (!load_link(&expansion, i, page, error))
            return false;
    mw_record_json(record, &request->context->locale, &set, expansion.n ? put_linked : NULL,
                   &expansion, body);
    if (record->entity->details[0]) {
        g_string_truncate(body, body->len - 1);
        if (!put_details(request, record, body, error))
            return false;
        g_string_append_c(body, '}');
    }
    put_etag(reply, record);
    mw_reply_type(reply, "application/json");
    return true;
}

/* Whether the client has just this: If-None-Match is its ETag, or a list of them, or *. */
static bool
is_known(const MwRequest *request, const MwReply *reply)
{
    const char *known = mw_request_header(request, "If-None-Match");
    const char *etag = known ? mw_reply_header_value(reply, "ETag") : NULL;

    return etag && (g_str_equal(known, "*") || strstr(known, etag));
}

static bool
read_one(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, request->entity, request->id, MW_LIVE, error);

    int64_t survivor = record ? 0 : mw_merged_into(request->context, request->id);

    if (survivor) {
        g_autofree char *path =
            g_strdup_printf("/api/v1/%s/%" G_GINT64_FORMAT, request->entity->path, survivor);
        g_clear_error(error);
        mw_reply_status(reply, 307);
        mw_reply_header(reply, "Location", path);
        return true;
    }
    if (!record || !mw_api_reply_record(request, reply, record, error))
        return false;
    if (is_known(request, reply)) {
        g_string_truncate(mw_reply_body(reply), 0);
        mw_reply_status(reply, 304);
    }
    return true;
}

/* ---- lists --------------------------------------------------------------------------------- */

static const char *const list_controls[] = { "limit", "after", "order",   "fields", "expand",
                                             "q",     "count", "deleted", NULL };

bool
mw_api_flag(const MwRequest *request, const char *name, const char *yes, const char *no,
            MwProblems *problems)
{
    const char *text = mw_query_param(request, name);

    if (text && !g_str_equal(text, yes) && !g_str_equal(text, no))
        mw_problems_add(problems, name, "not_a_choice", _("Write %s or %s."), yes, no);
    return text && g_str_equal(text, yes);
}

void
mw_api_ask(const MwRequest *request, const MwEntity *entity, const char *const *controls,
           MwQuery *query, MwFilter *filter, MwProblems *problems)
{
    const char *order = mw_query_param(request, "order"), *words = mw_query_param(request, "q");
    const char *limit = mw_query_param(request, "limit");
    guint64 number = 50;

    if (limit && !g_ascii_string_to_unsigned(limit, 10, 1, MW_PAGE_MAX, &number, NULL))
        mw_problems_add(problems, "limit", "out_of_range", _("Ask for 1 to %d records."),
                        MW_PAGE_MAX);
    for (size_t i = 0; i < request->n_query; i++)
        if (!g_strv_contains(controls, request->query[i].name))
            mw_filter_parse(request->context, entity, request->query[i].name,
                            request->query[i].value, filter, problems);
    if (words)
        mw_filter_add(filter, mw_filter_search(entity, words));
    if (!order && !words) /* what is found comes newest first, which both databases stop early at */
        order = entity->order;
    if (order)
        mw_order_parse_list(request->context, order, query, problems);
    query->filter = filter;
    query->limit = (unsigned)number;
    query->which = mw_api_flag(request, "deleted", "only", "no", problems) ? MW_DELETED : MW_LIVE;
}

static char *
cursor_after(const MwQuery *query, const MwRecord *last)
{
    MwCursor cursor = { .id = mw_record_id(last) };

    for (size_t i = 0; i < query->n_order; i++)
        cursor.values[i] = *mw_record_value(last, query->order[i].field); /* borrowed */
    return mw_cursor_write(&cursor, query->n_order);
}

static bool
put_count(const MwRequest *request, MwQuery *query, GString *body, GError **error)
{
    if (g_strcmp0(mw_query_param(request, "count"), "true") != 0)
        return true;
    query->after = NULL;
    int64_t count = mw_record_count(request->context, query, error);
    if (count < 0)
        return false;
    g_string_append_printf(body, ",\"count\":%lld,\"count_is_exact\":%s",
                           (long long)MIN(count, MW_COUNT_MAX),
                           count <= MW_COUNT_MAX ? "true" : "false");
    return true;
}

static bool
reply_list(const MwRequest *request, MwReply *reply, MwQuery *query, const MwFieldSet *set,
           Expansion *expansion, GError **error)
{
    GString *body = mw_reply_body(reply);
    bool more = false;
    g_autoptr(GPtrArray) page = mw_record_find(request->context, query, MW_MAY_READ, &more, error);

    if (!page)
        return false;
    for (size_t i = 0; i < expansion->n; i++)
        if (!load_link(expansion, i, page, error))
            return false;
    g_string_append(body, "{\"data\":[");
    for (guint i = 0; i < page->len; i++) {
        g_string_append(body, i > 0 ? "," : "");
        mw_record_json(page->pdata[i], &request->context->locale, set,
                       expansion->n ? put_linked : NULL, expansion, body);
    }
    g_string_append(body, "],\"next\":");
    if (more) {
        g_autofree char *next = cursor_after(query, page->pdata[page->len - 1]);
        mw_json_string(next, body);
    } else {
        g_string_append(body, "null");
    }
    if (!put_count(request, query, body, error))
        return false;
    g_string_append_c(body, '}');
    mw_reply_type(reply, "application/json");
    return true;
}

/* The columns of a list: what is shown, what is expanded, and the currencies that tell how many
 * digits amounts have. */
static void
want_columns(MwQuery *query, const MwFieldSet *set, const Expansion *expansion)
{
    memcpy(query->columns, set->bits, sizeof query->columns);
    for (size_t i = 0; i < query->entity->n_fields; i++) {
        const MwField *field = &query->entity->fields[i];
        const MwField *currency =
            field->currency ? mw_entity_field(query->entity, field->currency) : NULL;
        if (currency && mw_field_set_has(set, field))
            mw_query_want(query, currency);
    }
    for (size_t i = 0; i < expansion->n; i++)
        mw_query_want(query, expansion->links[i].field);
}

/* A list of `entity`, narrowed by `filter` (taken). */
static bool
list_of(const MwRequest *request, MwReply *reply, const MwEntity *entity, MwFilter *narrowing,
        GError **error)
{
    g_autoptr(MwFilter) filter = narrowing;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(Expansion) expansion = { .request = request };
    const char *after = mw_query_param(request, "after");
    MwQuery query = { .entity = entity };
    MwCursor cursor = { 0 };
    MwFieldSet set;

    mw_api_ask(request, entity, list_controls, &query, filter, problems);
    parse_fields(request, entity, false, &set, problems);
    expansion_begin(&expansion, entity, problems);
    mw_api_flag(request, "count", "true", "false", problems);
    if (after && !mw_problems_any(problems) && !mw_cursor_read(after, &cursor, query.n_order, NULL))
        mw_problems_add(problems, "after", "not_a_place",
                        _("This place in the list is not known; start again."));
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    want_columns(&query, &set, &expansion);
    query.after = after ? &cursor : NULL;
    bool done = reply_list(request, reply, &query, &set, &expansion, error);
    mw_cursor_clear(&cursor);
    return done;
}

static bool
list(const MwRequest *request, MwReply *reply, GError **error)
{
    return list_of(request, reply, request->entity, mw_filter_all(), error);
}

/* /{entity}/{id}/{name}: records of the entity with path {name} that link here. */
static bool
list_linked(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *other = mw_catalog_by_path(context->catalog, request->name);
    g_autoptr(MwRecord) record =
        mw_record_read(context, request->entity, request->id, MW_LIVE, error);
    size_t n;

    if (!record)
        return false;
    const MwLinkFrom *links = mw_catalog_links_to(context->catalog, request->entity, &n);
    for (size_t i = 0; i < n; i++) {
        if (links[i].entity != other || links[i].field->flags & MW_QUIET ||
            other->flags & MW_HIDDEN || !mw_actor_sees(context->actor, other, links[i].field))
            continue;
        if (!mw_actor_may(context->actor, other, MW_MAY_READ))
            return mw_fail(error, MW_ERROR_DENIED, _("You may not see these: %s."),
                           mw_entity_plural(other));
        MwFilter *filter = mw_filter_all();
        mw_filter_add(filter, mw_filter_test(links[i].field, MW_TEST_EQ, MW_INT(request->id)));
        return list_of(request, reply, other, filter, error);
    }
    return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no list “%s” here."), request->name);
}

/* ---- the document ------------------------------------------------------------------- */

static bool
sees(const MwEntity *entity, const MwField *field, void *data)
{
    const MwActor *actor = data;

    return mw_actor_may(actor, entity, MW_MAY_READ) &&
           (!field || mw_actor_sees(actor, entity, field));
}

static bool
openapi(const MwRequest *request, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    g_autofree char *document =
        mw_openapi(request->context->catalog, "1", sees, (void *)request->context->actor);

    g_string_append(mw_reply_body(reply), document);
    mw_reply_type(reply, "application/json");
    return true;
}

const MwRoute mw_api_routes[] = {
    { MW_GET, "/api/v1/openapi.json", MW_FOR_USERS, 0, MW_RUN_READ, openapi },
    { MW_GET, "/api/v1/{entity}", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, list },
    { MW_GET, "/api/v1/{entity}/{id}", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, read_one },
    { MW_GET, "/api/v1/{entity}/{id}/{name}", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, list_linked },
    { .path = NULL },
};
