/* pool_page: the open pools (公海): what there is to take, picking, assigning and returning, and what records tell of it. */
#include "base/clock.h"
#include "base/i18n.h"
#include "methods/open_pool.h"
#include "methods/recycling.h"
#include "web/fields.h"
#include "web/form_input.h"
#include "web/record.h"
#include "web/routes.h"
#include "web/selection.h"

enum { SELECTED_MAX = 500, DUE_SHOWN = 50, REASONS_SHOWN = 5 };

/* What is to be done with some records. */
typedef struct {
    const MwRequest *request;
    const char *action; /* "pick", "assign", "return" */
    GArray *ids;        /* of int64_t */
    MwProblems *problems;
} Work;

static void
work_clear(Work *work)
{
    g_array_unref(work->ids);
    mw_problems_free(work->problems);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

static bool
is(const Work *work, const char *action)
{
    return g_str_equal(work->action, action);
}

/* Everything that the list has, as far as it is done at once. */
static bool
take_all(Work *work, GError **error)
{
    g_auto(MwSelection) selection = { 0 };

    if (!mw_selection_init(&selection, work->request, error))
        return false;
    if (selection.too_many || selection.ids->len > SELECTED_MAX)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("At most %d at a time: narrow the list down by a filter."), SELECTED_MAX);
    g_array_append_vals(work->ids, selection.ids->data, selection.ids->len);
    return true;
}

/* Of a button in a row ("_one"), else of all that are ticked ("_id") or that the list has ("_all"). */
static bool
work_init(Work *work, const MwRequest *request, const MwParam *params, size_t n, GError **error)
{
    const char *one = mw_param(request, "_one"), *action = mw_param(request, "_action");

    *work = (Work){ request, one || !action ? "pick" : action,
                    g_array_new(false, false, sizeof(int64_t)), mw_problems_new() };
    const char *all = one ? NULL : mw_param(request, "_all");
    if (all && *all && !take_all(work, error))
        return false;
    for (size_t i = 0; i < n && work->ids->len < SELECTED_MAX && !(all && *all); i++) {
        int64_t id = g_str_equal(params[i].name, one ? "_one" : "_id")
                         ? g_ascii_strtoll(params[i].value, NULL, 10)
                         : 0;
        if (id > 0)
            g_array_append_val(work->ids, id);
    }
    if (mw_pool_suits(request->entity) &&
        g_strv_contains(MW_NAMES("pick", "assign", "return"), work->action))
        return true;
    return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
}

static char *
list_path(const MwRequest *request)
{
    const char *list = mw_param(request, "_list");

    return list && *list ? g_strdup_printf("/%s?%s", request->entity->path, list)
                         : g_strdup_printf("/%s", request->entity->path);
}

/* The record, when there is one that is still seen, else the list. */
static bool
go_on(const Work *work, MwReply *reply, const char *what)
{
    const MwRequest *request = work->request;
    int64_t id = work->ids->len == 1 ? g_array_index(work->ids, int64_t, 0) : 0;
    g_autoptr(MwRecord) record =
        id ? mw_record_read(request->context, request->entity, id, MW_LIVE, NULL) : NULL;
    char path[MW_RECORD_PATH_SIZE];
    g_autofree char *list = list_path(request);

    return mw_reply_done(reply, record ? mw_record_path(request->entity, id, path) : list, what);
}

/* ---- the form of assigning and returning --------------------------------------------- */

static void
put_pools(MwNode *node, const MwContext *context, const MwEntity *entity, int64_t chosen)
{
    const MwPools *pools = mw_actor_pools(context->actor);
    MwNode *list = mw_put_list(node, "pools");

    for (size_t i = 0; i < mw_pools_count(pools); i++) {
        const MwOpenPool *pool = mw_pools_at(pools, i);
        if (pool->entity != entity || !pool->usable || !pool->active)
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_format(item, "value", "%" G_GINT64_FORMAT, pool->id);
        mw_put_copy(item, "label", pool->name);
        mw_put_bool(item, "selected", pool->id == chosen);
    }
}

static void
put_field(MwNode *fields, const Work *work, MwTitles *titles, const MwEntity *entity,
          const char *name)
{
    const MwFieldForm form = { work->request->context, titles, NULL, work->problems, "" };
    MwNode *node = mw_put_object(fields, NULL);

    mw_field_put(node, &form, mw_entity_field(entity, name), mw_param(work->request, name), true);
    mw_put_bool(node, "required", true);
}

static int64_t
came_from(const Work *work)
{
    const char *asked = mw_param(work->request, "pool");
    g_autoptr(MwRecord) record =
        asked ? NULL
              : mw_record_read(work->request->context, work->request->entity,
                               g_array_index(work->ids, int64_t, 0), MW_LIVE, NULL);

    return asked    ? g_ascii_strtoll(asked, NULL, 10)
           : record ? mw_record_int(record, "taken_from")
                    : 0;
}

static bool
show_form(const Work *work, MwReply *reply, GError **error)
{
    const MwRequest *request = work->request;
    const MwEntity *entity = request->entity;
    const MwEntity *move = mw_catalog_entity(request->context->catalog, "pool_move");
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "work");
    g_autoptr(MwTitles) titles = mw_titles_new(request->context);
    const MwField *owner = mw_entity_field(entity, "owner");
    const char *given = mw_param(request, "owner");
    g_autofree char *list = list_path(request);
    unsigned n = work->ids->len;

    mw_titles_only_seen(titles);
    if (given)
        mw_titles_want(titles, owner, &MW_INT(g_ascii_strtoll(given, NULL, 10)));
    if (!mw_titles_read(titles, error))
        return false;
    if (is(work, "assign"))
        mw_put_format(root, "title",
                      mw_ngettext("Assign %u record: %s", "Assign %u records: %s", n), n,
                      mw_entity_plural(entity));
    else
        mw_put_format(root, "title",
                      mw_ngettext("Put %u record into an open pool: %s",
                                  "Put %u records into an open pool: %s", n),
                      n, mw_entity_plural(entity));
    mw_put_text(node, "path", entity->path);
    mw_put_text(node, "action", work->action);
    mw_put_text(node, "list", mw_param(request, "_list"));
    if (n == 1)
        mw_put_format(node, "back", "/%s/%" G_GINT64_FORMAT, entity->path,
                      g_array_index(work->ids, int64_t, 0));
    else
        mw_put_copy(node, "back", list);
    MwNode *ids = mw_put_list(node, "ids");
    for (guint i = 0; i < n; i++)
        mw_put_format(mw_put_object(ids, NULL), "id", "%" G_GINT64_FORMAT,
                      g_array_index(work->ids, int64_t, i));
    mw_put_bool(node, "assigns", is(work, "assign"));
    mw_put_bool(node, "returns", is(work, "return"));
    MwNode *others = mw_put_list(node, "others");
    for (size_t i = 0; i < mw_problems_count(work->problems); i++) {
        const MwProblem *problem = mw_problems_get(work->problems, i);
        if (g_str_equal(problem->field, "pool"))
            mw_put_copy(mw_put_object(others, NULL), "text", problem->message);
    }
    put_pools(node, request->context, entity, is(work, "return") ? came_from(work) : 0);
    MwNode *fields = mw_put_list(node, "fields");
    if (is(work, "assign"))
        put_field(fields, work, titles, entity, "owner");
    put_field(fields, work, titles, move, "reason");
    return mw_reply_page(request, reply, "pool/form", error);
}

static bool
show_work(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(Work) work = { 0 };

    if (!work_init(&work, request, request->query, request->n_query, error))
        return false;
    g_autofree char *list = list_path(request);
    if (work.ids->len == 0 || is(&work, "pick"))
        return mw_reply_done(reply, list, "nothing");
    return show_form(&work, reply, error);
}

/* ---- doing it --------------------------------------------------------------------------- */

static bool
do_one(const Work *work, int64_t id, MwProblems *problems, GError **error)
{
    const MwRequest *request = work->request;
    const MwContext *context = request->context;
    const char *reason = mw_form_param(request, "reason");
    const char *owner = mw_form_param(request, "owner"), *pool = mw_form_param(request, "pool");

    if (is(work, "pick"))
        return mw_pool_pick(context, request->entity, id, reason, problems, error);
    if (is(work, "assign"))
        return mw_pool_assign(context, request->entity, id,
                              owner ? g_ascii_strtoll(owner, NULL, 10) : 0, reason, problems,
                              error);
    return mw_pool_return(context, request->entity, id, pool ? g_ascii_strtoll(pool, NULL, 10) : 0,
                          reason, problems, error);
}

static bool
is_refusal(const GError *error)
{
    return g_error_matches(error, MW_ERROR, MW_ERROR_NOT_FOUND) ||
           g_error_matches(error, MW_ERROR, MW_ERROR_CONFLICT) ||
           g_error_matches(error, MW_ERROR, MW_ERROR_DENIED);
}

static void
note_reason(GPtrArray *reasons, const char *text)
{
    if (reasons->len < REASONS_SHOWN &&
        !g_ptr_array_find_with_equal_func(reasons, text, g_str_equal, NULL))
        g_ptr_array_add(reasons, g_strdup(text));
}

static bool
show_outcome(const Work *work, MwReply *reply, guint done, const GPtrArray *reasons, GError **error)
{
    const MwRequest *request = work->request;
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "outcome");
    g_autofree char *list = list_path(request);

    mw_put_format(root, "title", _("%u of %u picked"), done, work->ids->len);
    mw_put_copy(node, "back", list);
    MwNode *texts = mw_put_list(node, "reasons");
    for (guint i = 0; i < reasons->len; i++)
        mw_put_copy(mw_put_object(texts, NULL), "text", reasons->pdata[i]);
    if (done == 0)
        mw_reply_status(reply, 409);
    return mw_reply_page(request, reply, "pool/outcome", error);
}

/* What can be picked is picked; the rest is told. */
static bool
pick_all(const Work *work, MwReply *reply, GError **error)
{
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    guint done = 0;

    for (guint i = 0; i < work->ids->len; i++) {
        g_autoptr(MwProblems) problems = mw_problems_new();
        g_autoptr(GError) local = NULL;
        bool went = do_one(work, g_array_index(work->ids, int64_t, i), problems, &local);
        if (!went && !is_refusal(local)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
        if (!went)
            note_reason(reasons, local->message);
        else if (mw_problems_any(problems))
            note_reason(reasons, mw_problems_get(problems, 0)->message);
        else
            done++;
    }
    return reasons->len == 0 ? go_on(work, reply, "picked")
                             : show_outcome(work, reply, done, reasons, error);
}

/* All of them or none. */
static bool
do_all(const Work *work, MwReply *reply, GError **error)
{
    for (guint i = 0; i < work->ids->len && !mw_problems_any(work->problems); i++)
        if (!do_one(work, g_array_index(work->ids, int64_t, i), work->problems, error))
            return false;
    if (!mw_problems_any(work->problems))
        return go_on(work, reply, is(work, "assign") ? "assigned" : "returned");
    mw_reply_status(reply, 422);
    mw_reply_discard(reply);
    return show_form(work, reply, error);
}

static bool
do_work(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(Work) work = { 0 };

    if (!work_init(&work, request, request->form, request->n_form, error))
        return false;
    if (work.ids->len > 0)
        return is(&work, "pick") ? pick_all(&work, reply, error) : do_all(&work, reply, error);
    g_autofree char *list = list_path(request);
    return mw_reply_done(reply, list, "nothing");
}

/* ---- the pools ------------------------------------------------------------------------------ */

static void
put_number(MwNode *node, const char *key, int64_t n, int64_t most, const char *of,
           const char *alone)
{
    if (most)
        mw_put_format(node, key, of, (long long)n, (long long)most);
    else
        mw_put_format(node, key, alone, (long long)n);
}

/* Why no more can be picked, or how many can be. */
static void
put_room(MwNode *node, const MwPoolStanding *standing)
{
    bool spent = standing->picks_per_day && standing->picked >= standing->picks_per_day;
    bool full = standing->capacity && standing->held >= standing->capacity;
    int64_t left = standing->picks_per_day ? standing->picks_per_day - standing->picked : INT64_MAX;

    if (standing->capacity)
        left = MIN(left, standing->capacity - standing->held);
    mw_put_text(node, "blocked",
                spent  ? _("You have picked as many today as this pool allows.")
                : full ? _("You hold as many from this pool as it allows.")
                       : NULL);
    if (!spent && !full && left < INT64_MAX)
        mw_put_format(node, "left", mw_ngettext("%lld more", "%lld more", (unsigned long)left),
                      (long long)left);
    else
        mw_put_text(node, "left", NULL);
}

static void
put_standing(MwNode *node, const MwOpenPool *pool, const MwPoolStanding *standing)
{
    mw_put_copy(node, "pool_name", pool->name);
    mw_put_bool(node, "active", standing->active);
    put_number(node, "picked", standing->picked, standing->picks_per_day,
               _("%lld of %lld picked today"), _("%lld picked today"));
    put_number(node, "held", standing->held, standing->capacity, _("%lld of %lld held"),
               _("%lld held"));
    mw_put_bool(node, "spent",
                standing->picks_per_day && standing->picked >= standing->picks_per_day);
    mw_put_bool(node, "full", standing->capacity && standing->held >= standing->capacity);
    put_room(node, standing);
}

static bool
may_pick(const MwContext *context, const MwEntity *entity)
{
    return mw_actor_may(context->actor, entity, MW_MAY_UPDATE) && mw_actor_user(context->actor);
}

bool
mw_pool_bar_put(MwNode *node, const MwList *list, GError **error)
{
    const MwContext *context = list->request->context;
    const MwOpenPool *pool = NULL;
    MwPoolStanding standing;

    for (size_t i = 0; i < list->n_conditions && mw_pool_suits(list->entity); i++)
        if (g_str_equal(list->conditions[i].name, "pool") &&
            g_str_has_prefix(list->conditions[i].value, "eq."))
            pool = mw_pools_find(mw_actor_pools(context->actor),
                                 g_ascii_strtoll(list->conditions[i].value + 3, NULL, 10));
    if (!pool || !pool->usable || pool->entity != list->entity || list->deleted) {
        mw_put_text(node, "pool", NULL);
        return true;
    }
    if (!mw_pool_standing(context, pool, mw_actor_user(context->actor), &standing, error))
        return false;
    MwNode *bar = mw_put_object(node, "pool");
    put_standing(bar, pool, &standing);
    mw_put_bool(bar, "picks", standing.active && may_pick(context, pool->entity));
    mw_put_bool(bar, "leads", mw_actor_leads(context->actor));
    return true;
}

static void
put_cards(MwNode *node, const MwContext *context, const MwPoolStanding *standings,
          const int64_t *waiting)
{
    const MwPools *pools = mw_actor_pools(context->actor);
    MwNode *list = mw_put_list(node, "cards");
    bool any = false;

    for (size_t i = 0; i < mw_pools_count(pools); i++) {
        const MwOpenPool *pool = mw_pools_at(pools, i);
        if (!pool->usable || !mw_actor_may(context->actor, pool->entity, MW_MAY_READ))
            continue;
        any = true;
        MwNode *card = mw_put_object(list, NULL);
        put_standing(card, pool, &standings[i]);
        mw_put_text(card, "icon", pool->entity->icon);
        mw_put_text(card, "holds", mw_entity_plural(pool->entity));
        mw_put_format(card, "href", "/%s?pool=eq.%" G_GINT64_FORMAT, pool->entity->path, pool->id);
        if (waiting[i] > MW_POOL_WAITING_MAX)
            mw_put_format(card, "waiting", _("More than %s"), "1,000");
        else
            mw_put_format(card, "waiting", "%" G_GINT64_FORMAT, waiting[i]);
    }
    mw_put_bool(node, "any_cards", any);
}

/* Reads what is due, of it what the actor may see; titles are wanted. */
static bool
want_due(MwTitles *titles, const MwContext *context, const GPtrArray *dues, GError **error)
{
    const MwEntity *user = mw_catalog_entity(context->catalog, "user");

    mw_titles_only_seen(titles);
    for (guint i = 0; i < dues->len; i++) {
        const MwDue *due = dues->pdata[i];
        mw_titles_want_id(titles, due->entity, due->record);
        mw_titles_want_id(titles, user, due->owner);
    }
    return mw_titles_read(titles, error);
}

static char *
day_of(int64_t on, int64_t today)
{
    return mw_date_format(MAX(on, today), MW_CLOCK_LONG);
}

static bool
put_due(MwNode *node, const MwContext *context, GError **error)
{
    const MwEntity *user = mw_catalog_entity(context->catalog, "user");
    int64_t me = mw_actor_user(context->actor);
    int64_t today = mw_date_of_instant(context->now, context->settings->zone);
    bool leads = mw_actor_leads(context->actor);
    g_autoptr(GPtrArray) dues = mw_recycling_due(context, leads ? 0 : me, 0, DUE_SHOWN, error);
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    bool any = false;

    if (!dues || !want_due(titles, context, dues, error))
        return false;
    MwNode *list = mw_put_list(node, "dues");
    for (guint i = 0; i < dues->len; i++) {
        const MwDue *due = dues->pdata[i];
        const char *title = mw_titles_get(titles, due->entity, due->record);
        const MwOpenPool *pool = mw_pools_find(mw_actor_pools(context->actor), due->pool);
        if (!title || !pool)
            continue;
        any = true;
        g_autofree char *day = day_of(due->on, today);
        MwNode *item = mw_put_object(list, NULL);
        mw_put_copy(item, "text", title);
        mw_put_text(item, "icon", due->entity->icon);
        mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT, due->entity->path, due->record);
        mw_put_copy(item, "owner", mw_titles_get(titles, user, due->owner));
        mw_put_copy(item, "pool_name", pool->name);
        mw_put_copy(item, "reason", due->reason);
        mw_put_copy(item, "day", day);
        mw_put_bool(item, "late", due->on <= today);
    }
    mw_put_bool(node, "any_dues", any);
    return true;
}

static bool
show_pools(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    size_t n = mw_pools_count(mw_actor_pools(context->actor));
    g_autofree MwPoolStanding *standings = g_new0(MwPoolStanding, n + 1);
    g_autofree int64_t *waiting = g_new0(int64_t, n + 1);
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "overview");
    const MwEntity *pool = mw_catalog_entity(context->catalog, "pool");

    if (!mw_pool_standings(context, mw_actor_user(context->actor), standings, waiting, error))
        return false;
    mw_put_text(root, "title", _("Open pool"));
    mw_put_text(root, "subtitle", _("What nobody owns, for you to take."));
    MwNode *actions = mw_put_list(root, "actions");
    if (mw_actor_may(context->actor, pool, MW_MAY_UPDATE)) {
        MwNode *action = mw_put_object(actions, NULL);
        mw_put_text(action, "label", mw_entity_plural(pool));
        mw_put_text(action, "href", "/pools");
        mw_put_text(action, "icon", "settings");
        mw_put_text(action, "class", "");
    }
    mw_put_bool(node, "leads", mw_actor_leads(context->actor));
    put_cards(node, context, standings, waiting);
    mw_flash_put(request);
    return put_due(node, context, error) && mw_reply_page(request, reply, "pool/page", error);
}

/* ---- on the page of a record ---------------------------------------------------------------------- */

static bool
any_pool(const MwPools *pools, const MwEntity *entity, bool team_reach)
{
    for (size_t i = 0; i < mw_pools_count(pools); i++) {
        const MwOpenPool *pool = mw_pools_at(pools, i);
        if (pool->entity == entity && pool->usable && pool->active &&
            (pool->team_reach || !team_reach))
            return true;
    }
    return false;
}

static bool
put_coming_back(MwNode *node, const MwRecordPage *page, bool mine, GError **error)
{
    const MwContext *context = page->request->context;
    const MwPools *pools = mw_actor_pools(context->actor);
    bool asked = mine && (!mw_record_is_null(page->record, "taken_from") ||
                          any_pool(pools, page->entity, true));
    g_autoptr(GPtrArray) dues =
        asked ? mw_recycling_due(context, 0, mw_record_id(page->record), 1, error) : NULL;
    const MwDue *due = dues && dues->len > 0 ? dues->pdata[0] : NULL;
    const MwOpenPool *pool = due ? mw_pools_find(pools, due->pool) : NULL;

    if (asked && !dues)
        return false;
    if (!pool) {
        mw_put_text(node, "due", NULL);
        return true;
    }
    g_autofree char *day =
        day_of(due->on, mw_date_of_instant(context->now, context->settings->zone));
    MwNode *item = mw_put_object(node, "due");
    mw_put_format(item, "text", _("Goes back into “%s” on %s."), pool->name, day);
    mw_put_copy(item, "reason", due->reason);
    return true;
}

/* Converting and disqualifying, which only leads have. */
static void
put_lead(MwNode *node, const MwRecordPage *page, bool changes)
{
    bool lead = mw_entity_field(page->entity, "converted_at") != NULL;
    bool open = lead && mw_record_is_null(page->record, "converted_at");
    const char *status = lead ? mw_record_text(page->record, "status") : NULL;

    mw_put_bool(node, "converts", open && changes);
    mw_put_bool(node, "disqualifies", open && changes && g_strcmp0(status, "disqualified") != 0);
}

bool
mw_pool_head_put(MwNode *node, MwRecordPage *page, GError **error)
{
    const MwContext *context = page->request->context;
    const MwActor *actor = context->actor;
    const MwRecord *record = page->record;
    const MwPools *pools = mw_actor_pools(actor);
    const MwOpenPool *pool = mw_pools_find(pools, mw_record_int(record, "pool"));
    bool live = mw_record_is_null(record, "deleted_at"), leads = mw_actor_leads(actor);
    bool pooled = !mw_record_is_null(record, "pool");
    bool reaches = live && !pooled && mw_actor_reaches(actor, record, MW_MAY_UPDATE);
    bool mine = live && !pooled &&
                (mw_record_int(record, "owner") == mw_actor_user(actor) || (leads && reaches));
    bool closed =
        mw_entity_field(page->entity, "converted_at") && !mw_record_is_null(record, "converted_at");

    mw_put_format(node, "id", "%" G_GINT64_FORMAT, mw_record_id(record));
    mw_put_bool(node, "pooled", pooled && live);
    mw_put_copy(node, "pool_name", pool ? pool->name : NULL);
    mw_put_bool(node, "hides", mw_pools_hidden(pools, record) != NULL);
    bool picks = live && pool && pool->usable && pool->active && may_pick(context, page->entity);
    MwPoolStanding standing = { 0 };
    if (picks && !mw_pool_standing(context, pool, mw_actor_user(actor), &standing, error))
        return false;
    mw_put_bool(node, "picks", picks);
    put_room(node, &standing);
    mw_put_bool(node, "leads", leads && live && (pool ? pool->usable : reaches && !closed));
    mw_put_bool(node, "gives_back", mine && !closed && any_pool(pools, page->entity, false));
    put_lead(node, page, reaches);
    return put_coming_back(node, page, mine && !closed, error);
}

const MwRoute mw_pool_routes[] = {
    { MW_GET, "/open-pool", MW_FOR_USERS, 0, MW_RUN_READ, show_pools },
    { MW_GET, "/{entity}/pool", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, show_work },
    { MW_POST, "/{entity}/pool", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, do_work },
    { .path = NULL },
};
