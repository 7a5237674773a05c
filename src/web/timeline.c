/* timeline: what was done with a record and what was changed in it, newest first: its activities and its history. */
#include <jansson.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/id.h"
#include "base/mention.h"
#include "model/kinds/kinds.h"
#include "record/history.h"
#include "web/activity.h"
#include "web/mailing.h"

enum { SHOWN = 20, CHANGES_READ = 60, FILES_SHOWN = 100 };

typedef struct {
    const MwRecordPage *page;
    const MwContext *context;
    const MwLinkFrom *activity; /* NULL: activities do not link here, or may not be read */
    GPtrArray *changes;         /* of MwChange */
    GPtrArray *documents;       /* of json_t, the changes of each */
    GPtrArray *activities;      /* of MwRecord */
    GPtrArray *files;           /* of MwRecord, of the activities */
    int64_t before;             /* ids less than this; 0: from the newest */
    bool more;
} Timeline;

static void
timeline_clear(Timeline *t)
{
    g_clear_pointer(&t->changes, g_ptr_array_unref);
    g_clear_pointer(&t->documents, g_ptr_array_unref);
    g_clear_pointer(&t->activities, g_ptr_array_unref);
    g_clear_pointer(&t->files, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Timeline, timeline_clear)

/* ---- reading ------------------------------------------------------------------- */

static void
unref_json(gpointer document)
{
    json_decref(document);
}

static bool
read_changes(Timeline *t, GError **error)
{
    MwHistoryQuery query = { .record = mw_record_id(t->page->record),
                             .entity = t->page->entity->name,
                             .by_hand = true,
                             .before = t->before,
                             .limit = CHANGES_READ };

    t->documents = g_ptr_array_new_with_free_func(unref_json);
    t->changes = mw_history_find(t->context->store, &query, error);
    for (guint i = 0; t->changes && i < t->changes->len; i++) {
        const MwChange *change = t->changes->pdata[i];
        json_t *document = json_loads(change->changes, 0, NULL);
        g_ptr_array_add(t->documents, document ? document : json_object());
    }
    return t->changes != NULL;
}

static bool
read_activities(Timeline *t, GError **error)
{
    g_autoptr(MwFilter) filter = mw_filter_all();

    if (!t->activity) {
        t->activities = g_ptr_array_new();
        return true;
    }
    mw_filter_add(filter, mw_filter_test(t->activity->field, MW_TEST_EQ,
                                         MW_INT(mw_record_id(t->page->record))));
    if (t->before)
        mw_filter_add(filter, mw_filter_test(&t->activity->entity->fields[MW_FIELD_ID], MW_TEST_LT,
                                             MW_INT(t->before)));
    MwQuery query = { .entity = t->activity->entity, .filter = filter, .limit = SHOWN + 1 };
    t->activities = mw_record_find(t->context, &query, MW_MAY_READ, NULL, error);
    return t->activities != NULL;
}

/* The files of all the activities that are shown: who sees an activity sees them. */
static bool
read_files(Timeline *t, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(t->context->catalog, "file");
    const MwField *record = mw_entity_field(entity, "record");
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwFilter *ids = NULL;
    MwQuery query = { .entity = entity, .filter = filter, .limit = FILES_SHOWN };

    for (guint i = 0; i < t->activities->len; i++) {
        char id[24];
        g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, mw_record_id(t->activities->pdata[i]));
        if (ids)
            mw_filter_value(ids, MW_BORROW(id));
        else
            ids = mw_filter_test(record, MW_TEST_IN, MW_BORROW(id));
    }
    if (!ids) {
        t->files = g_ptr_array_new();
        return true;
    }
    mw_filter_add(filter, ids);
    mw_filter_add(filter, mw_filter_test(mw_entity_field(entity, "entity"), MW_TEST_EQ,
                                         MW_BORROW("activity")));
    t->files = mw_store_find(t->context->store, &query, NULL, error);
    return t->files != NULL;
}

/* ---- values of the history ------------------------------------------------------- */

/* A value as the history has it: what parse() takes back. */
static bool
value_of(const Timeline *t, const MwField *field, const json_t *json, MwValue *value)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    MwLocale locale = t->context->locale;
    MwField any = *field;
    char *dumped = json_is_string(json) ? NULL : json_dumps(json, JSON_ENCODE_ANY);
    const char *text = json_is_string(json) ? json_string_value(json) : dumped;

    any.min = any.max = 0;
    if (field->kind == &mw_text || field->kind == &mw_memo)
        any.max = INT64_MAX;
    locale.record = t->page->record;
    bool fits = !json || json_is_null(json) ||
                (text && mw_field_parse(&any, &locale, text, value, problems));
    free(dumped);
    return fits;
}

static void
append_value(const Timeline *t, const MwField *field, const json_t *json, GString *out)
{
    g_auto(MwValue) value = MW_NOTHING;

    if (value_of(t, field, json, &value))
        mw_cell_text(t->context, t->page->links, t->page->record, field, &value, out);
    else if (json_is_string(json))
        g_string_append(out, json_string_value(json));
}

/* What somebody did, not what followed from it: the history has all of it. What the system links a record to is news. */
static bool
is_told(const Timeline *t, const json_t *document, const MwField *field)
{
    return field && mw_actor_sees_of(t->context->actor, t->page->record, field) &&
           !mw_is_base_amount(t->page->entity, field) &&
           (!(field->flags & MW_READ_ONLY) || field->target) &&
           !(field->told_by && json_object_get(document, field->told_by));
}

/* Whether anything of a change is told at all. */
static bool
tells(const Timeline *t, guint i)
{
    const MwChange *change = t->changes->pdata[i];
    json_t *document = t->documents->pdata[i], *pair;
    const char *name;

    if (!g_str_equal(change->action, "update"))
        return true;
    json_object_foreach(document, name, pair)
    {
        if (is_told(t, document, mw_entity_field(t->page->entity, name)) ||
            mw_entity_detail(t->page->entity, name))
            return true;
    }
    return false;
}

static void
want_values(const Timeline *t, const json_t *document)
{
    const char *name;
    json_t *pair;

    json_object_foreach((json_t *)document, name, pair)
    {
        const MwField *field = mw_entity_field(t->page->entity, name);
        for (size_t i = 0; field && field->target && i < 2; i++) {
            g_auto(MwValue) value = MW_NOTHING;
            if (value_of(t, field, json_array_get(pair, i), &value))
                mw_titles_want(t->page->links, field, &value);
        }
    }
}

static bool
read_titles(const Timeline *t, GError **error)
{
    const MwEntity *user = mw_catalog_entity(t->context->catalog, "user");

    for (guint i = 0; i < t->changes->len; i++) {
        const MwChange *change = t->changes->pdata[i];
        mw_titles_want_id(t->page->links, user, change->actor);
        if (!g_str_equal(change->action, "create"))
            want_values(t, t->documents->pdata[i]);
    }
    for (guint i = 0; i < t->activities->len; i++)
        mw_titles_want_all(t->page->links, t->activities->pdata[i]);
    return mw_titles_read(t->page->links, error);
}

/* ---- telling ------------------------------------------------------------------------ */

static void
put_instant(const Timeline *t, MwNode *item, int64_t at)
{
    const MwField *field = mw_entity_field(t->page->entity, "created_at");
    MwValue value = MW_INT(at);
    g_autoptr(GString) text = g_string_new(NULL);

    mw_field_show(field, &t->context->locale, &value, text);
    mw_put_copy_at(item, mw_key("when"), text->str, text->len);
}

static void
put_person(const Timeline *t, MwNode *item, int64_t id)
{
    const MwEntity *user = mw_catalog_entity(t->context->catalog, "user");
    const char *name = id ? mw_titles_get(t->page->links, user, id) : NULL;

    mw_put_copy(item, "who", name ? name : _("The system"));
}

/* "2 added, 1 changed, 1 removed" of the lines of one detail; see record/history.h. */
static void
put_line_changes(MwNode *list, const MwEntity *detail, const json_t *lines)
{
    unsigned added = 0, changed = 0, removed = 0;
    g_autoptr(GString) text = g_string_new(NULL);
    MwNode *item = mw_put_object(list, NULL);
    size_t i;
    json_t *line;

    json_array_foreach((json_t *)lines, i, line)
    {
        const json_t *what = json_array_get(line, 1);
        if (json_is_string(what)) /* "remove" */
            removed++;
        else if (json_object_get(what, detail->master)) /* only a new line is given its master */
            added++;
        else
            changed++;
    }
    const struct {
        unsigned n;
        const char *format;
    } parts[] = { { added, _("%u added") },
                  { changed, _("%u changed") },
                  { removed, _("%u removed") } };
    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].n == 0)
            continue;
        g_string_append(text, text->len ? _(", ") : "");
        g_string_append_printf(text, parts[i].format, parts[i].n);
    }
    mw_put_text(item, "label", mw_entity_plural(detail));
    mw_put_text(item, "before", NULL);
    mw_put_copy(item, "after", text->str);
    mw_put_bool(item, "was", false);
    mw_put_bool(item, "is", true);
}

static void
put_field_change(const Timeline *t, MwNode *list, const MwField *field, const json_t *pair)
{
    g_autoptr(GString) before = g_string_new(NULL);
    g_autoptr(GString) after = g_string_new(NULL);
    MwNode *item = mw_put_object(list, NULL);

    append_value(t, field, json_array_get(pair, 0), before);
    append_value(t, field, json_array_get(pair, 1), after);
    mw_put_text(item, "label", mw_field_label(field));
    mw_put_copy_at(item, mw_key("before"), before->str, before->len);
    mw_put_copy_at(item, mw_key("after"), after->str, after->len);
    mw_put_bool(item, "was", before->len > 0);
    mw_put_bool(item, "is", after->len > 0);
}

static void
put_changes(const Timeline *t, MwNode *list, json_t *document)
{
    const char *name;
    json_t *pair;

    json_object_foreach(document, name, pair)
    {
        const MwField *field = mw_entity_field(t->page->entity, name);
        const MwEntity *detail = field ? NULL : mw_entity_detail(t->page->entity, name);
        if (is_told(t, document, field))
            put_field_change(t, list, field, pair);
        else if (detail)
            put_line_changes(list, detail, pair);
    }
}

typedef struct {
    const char *action, *icon, *text;
} Action;

static const Action actions[] = {
    { "create", "plus", N_("created this") },
    { "update", "edit", N_("changed") },
    { "remove", "trash", N_("deleted this") },
    { "restore", "history", N_("restored this") },
    { "first_activity", "bolt", N_("moved this on by the first completed activity") },
    { "first_win", "bolt", N_("moved this on by the first opportunity won") },
    { "first_order", "bolt", N_("moved this on by the first order") },
    { "merge", "arrow-right", N_("merged others into this") },
    { "unmerge", "history", N_("undid a merge") },
    { "login", "user-circle", N_("logged in") },
    { "logout", "logout", N_("logged out") },
};

static const char *
source_label(const char *source)
{
    static const char *const labels[][2] = {
        { "api", N_("through the API") },     { "import", N_("by import") },
        { "cli", N_("on the command line") }, { "job", N_("by a scheduled job") },
        { "demo", N_("as sample data") },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++)
        if (g_str_equal(labels[i][0], source))
            return _(labels[i][1]);
    return NULL; /* the pages: nothing to tell */
}

/* Of one transaction. */
static bool
is_same_write(const MwChange *a, const MwChange *b)
{
    return a->at == b->at && a->actor == b->actor && g_str_equal(a->source, b->source);
}

/* Changes `from` to before `to`, newest first, all of one transaction: what began it says what was done. */
static void
put_change(const Timeline *t, MwNode *items, guint from, guint to)
{
    const MwChange *change = t->changes->pdata[to - 1];
    bool created = g_str_equal(change->action, "create");
    const Action *action = NULL;
    MwNode *item = mw_put_object(items, NULL), *list = mw_put_list(item, "changes");

    for (size_t j = 0; j < G_N_ELEMENTS(actions); j++)
        if (g_str_equal(actions[j].action, change->action))
            action = &actions[j];
    mw_put_bool(item, "is_activity", false);
    mw_put_text(item, "icon", action ? action->icon : "activity");
    mw_put_copy(item, "what", action ? _(action->text) : change->action);
    mw_put_text(item, "source", source_label(change->source));
    put_person(t, item, change->actor);
    put_instant(t, item, change->at);
    for (guint i = to; !created && i-- > from;)
        put_changes(t, list, t->documents->pdata[i]);
}

void
mw_prose_put(MwNode *node, const char *key, const char *text)
{
    MwMentionPart part;

    if (!text) {
        mw_put_text(node, key, NULL);
        return;
    }
    MwNode *parts = mw_put_list(mw_put_object(node, key), "parts");
    for (const char *at = text; mw_mention_next(&at, &part);) {
        MwNode *item = mw_put_object(parts, NULL);
        mw_put_bool(item, "mention", part.user != 0);
        mw_put_copy_at(item, mw_key("text"), part.text, part.size);
    }
}

/* A text of an activity, where the actor sees it. */
static void
put_own_text(const Timeline *t, MwNode *item, const MwRecord *activity, const char *name)
{
    const MwField *field = mw_entity_field(activity->entity, name);
    bool sees = mw_actor_sees(t->context->actor, activity->entity, field);

    if (field->kind == &mw_memo)
        mw_prose_put(item, name, sees ? mw_record_text(activity, name) : NULL);
    else if (sees)
        mw_cell_put_shown(t->context, item, activity, name);
    else
        mw_put_text(item, name, NULL);
}

static void
put_files(const Timeline *t, MwNode *item, int64_t activity)
{
    MwNode *list = mw_put_list(item, "files");
    char id[24];

    g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, activity);
    for (guint i = 0; i < t->files->len; i++) {
        const MwRecord *file = t->files->pdata[i];
        if (g_strcmp0(mw_record_text(file, "record"), id) != 0)
            continue;
        MwNode *node = mw_put_object(list, NULL);
        mw_put_format(node, "content", "/files/%" G_GINT64_FORMAT "/content", mw_record_id(file));
        mw_put_copy(node, "name", mw_record_text(file, "name"));
    }
}

/* What this user may do with it, and where he comes back to. */
static void
put_actions(const Timeline *t, MwNode *item, const MwRecord *activity)
{
    const MwActor *actor = t->context->actor;

    mw_put_bool(item, "updates", mw_actor_reaches(actor, activity, MW_MAY_UPDATE));
    mw_put_bool(item, "removes", mw_actor_reaches(actor, activity, MW_MAY_REMOVE));
    mw_completing_put(item, t->context, activity);
    mw_put_format(item, "then", "/%s/%" G_GINT64_FORMAT "?tab=timeline", t->page->entity->path,
                  mw_record_id(t->page->record));
}

static void
put_activity(const Timeline *t, MwNode *items, const MwRecord *activity)
{
    static const char *const texts[] = { "subject", "body", "result", "next_step", "place" };
    const MwEntity *entity = activity->entity;
    const MwField *type = mw_entity_field(entity, "type");
    const char *const when = mw_record_is_null(activity, "starts_at") ? "created_at" : "starts_at";
    MwNode *item = mw_put_object(items, NULL), *cell = mw_put_object(item, "type");

    mw_put_bool(item, "is_activity", true);
    mw_put_text(item, "icon", mw_activity_icon(mw_record_text(activity, "type")));
    mw_cell_put(t->context, cell, t->page->links, activity, type, mw_cell_partial(type));
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        put_own_text(t, item, activity, texts[i]);
    mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT, entity->path, mw_record_id(activity));
    mw_put_bool(item, "done", mw_record_int(activity, "done") != 0);
    put_person(t, item, mw_record_int(activity, "owner"));
    put_instant(t, item, mw_record_int(activity, when));
    if (mw_record_is_null(activity, "starts_at") && !mw_record_is_null(activity, "due_on"))
        put_own_text(t, item, activity, "due_on");
    else
        mw_put_text(item, "due_on", NULL);
    mw_mail_state_put(item, t->context, activity);
    put_files(t, item, mw_record_id(activity));
    put_actions(t, item, activity);
}

/* The change at `*c` with those of its transaction, if they tell anything; moves `*c` behind them. */
static bool
take_changes(const Timeline *t, MwNode *items, guint *c, int64_t *last)
{
    guint from = *c, to = from + 1;
    bool any = tells(t, from);

    for (; to < t->changes->len && is_same_write(t->changes->pdata[from], t->changes->pdata[to]);
         to++)
        any = any || tells(t, to);
    if (any)
        put_change(t, items, from, to);
    *last = ((const MwChange *)t->changes->pdata[to - 1])->id;
    *c = to;
    return any;
}

/* Both are in order of their ids, which are in order of time. Where one was not read to its end, the other stops with it. */
static void
merge(Timeline *t, MwNode *items, int64_t *last)
{
    bool cut[] = { t->changes->len == CHANGES_READ, t->activities->len > SHOWN };
    guint c = 0, a = 0;

    for (unsigned n = 0; n < SHOWN;) {
        const MwChange *change = c < t->changes->len ? t->changes->pdata[c] : NULL;
        const MwRecord *activity = a < t->activities->len ? t->activities->pdata[a] : NULL;
        if ((!change && (cut[0] || !activity)) || (!activity && cut[1]))
            break;
        if (change && (!activity || change->id > mw_record_id(activity))) {
            n += take_changes(t, items, &c, last);
        } else {
            *last = mw_record_id(activity);
            put_activity(t, items, activity);
            a++;
            n++;
        }
    }
    t->more = c < t->changes->len || a < t->activities->len || cut[0] || cut[1];
}

bool
mw_timeline_put(MwNode *node, const MwRecordPage *page, GError **error)
{
    const MwContext *context = page->request->context;
    const MwLinkFrom *activity = mw_link_from(context->catalog, page->entity, "activity");
    const char *before = mw_query_param(page->request, "before");
    g_auto(Timeline) t = { .page = page, .context = context };
    int64_t last = 0;

    if (activity && mw_actor_may(context->actor, activity->entity, MW_MAY_READ))
        t.activity = activity;
    t.before = before ? g_ascii_strtoll(before, NULL, 10) : 0;
    if (!read_changes(&t, error) || !read_activities(&t, error) || !read_files(&t, error) ||
        !read_titles(&t, error))
        return false;
    MwNode *timeline = mw_put_object(node, "timeline");
    if (!mw_composer_put(timeline, page, t.activity ? t.activity->entity : NULL, error))
        return false;
    MwNode *items = mw_put_list(timeline, "items");
    merge(&t, items, &last);
    mw_put_bool(timeline, "any", last != 0);
    if (t.more)
        mw_put_format(timeline, "older",
                      "/%s/%" G_GINT64_FORMAT "?tab=timeline&before=%" G_GINT64_FORMAT,
                      page->entity->path, mw_record_id(page->record), last);
    else
        mw_put_text(timeline, "older", NULL);
    return true;
}
