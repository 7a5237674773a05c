/* classification_page: the classes of accounts as the last run, or another one, found them. */
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"
#include "methods/policy.h"
#include "web/classification.h"
#include "web/routes.h"

enum { RESULTS_A_PAGE = 50, RUNS_SHOWN = 10, OVERDUE_SHOWN = 10 };

/* ---- numbers ---------------------------------------------------------------------------- */

void
mw_put_real(MwNode *node, const char *key, double number, int digits)
{
    mw_put_format(node, key, "%.*f", digits, number);
}

void
mw_put_share(MwNode *node, const char *key, double share)
{
    mw_put_format(node, key, "%.1f %%", share * 100.0);
}

static void
put_field(const MwRequest *request, MwNode *node, const char *key, const MwRecord *record,
          const char *name)
{
    const MwField *field = mw_entity_field(record->entity, name);
    MwLocale locale = request->context->locale;
    g_autoptr(GString) text = g_string_new(NULL);

    locale.record = record;
    mw_field_show(field, &locale, mw_record_value(record, field), text);
    mw_put_copy(node, key, text->len ? text->str : NULL);
}

static const MwChoice *
choice_of(const MwRecord *record, const char *name)
{
    const char *key = mw_record_text(record, name);
    const MwChoice *choice = mw_entity_field(record->entity, name)->choices;

    while (choice->key && g_strcmp0(choice->key, key) != 0)
        choice++;
    return choice->key ? choice : NULL;
}

static void
put_badge(MwNode *node, const char *key, const MwChoice *choice)
{
    if (!choice) {
        mw_put_text(node, key, NULL);
        return;
    }
    MwNode *badge = mw_put_object(node, key);
    mw_put_text(badge, "label", _(choice->label));
    mw_put_text(badge, "tone", choice->tone ? choice->tone : "secondary");
}

static const char *const tones[] = { "red", "orange", "azure", "secondary" };
static const char *const labels[] = { N_("A key"), N_("B major"), N_("C general"),
                                      N_("D maintained") };

static void
put_money(MwNode *node, const char *key, const char *amount, const char *currency)
{
    const MwCurrency *unit = mw_currency_find(currency);
    int64_t minor;
    g_autofree char *text = unit && amount && mw_money_parse(amount, unit, &minor) == MW_DECIMAL_OK
                                ? mw_money_format(minor, unit, MW_MONEY_SYMBOL)
                                : NULL;

    mw_put_copy(node, key, text);
}

void
mw_put_classes(MwNode *page, const char *json, const char *currency)
{
    json_t *classes = json_loads(json ? json : "{}", 0, NULL);
    MwNode *list = mw_put_list(page, "classes");

    for (size_t k = 0; k < MW_CLASS_COUNT; k++) {
        const char key[] = { (char)('A' + k), '\0' };
        const json_t *one = json_object_get(classes, key);
        MwNode *item = mw_put_object(list, NULL);
        mw_put_copy(item, "key", key);
        mw_put_text(item, "label", _(labels[k]));
        mw_put_text(item, "tone", tones[k]);
        mw_put_format(item, "accounts", "%lld",
                      (long long)json_integer_value(json_object_get(one, "accounts")));
        put_money(item, "revenue", json_string_value(json_object_get(one, "revenue")), currency);
        mw_put_share(item, "share", json_number_value(json_object_get(one, "share")));
    }
    json_decref(classes);
}

/* ---- plots --------------------------------------------------------------------------------- */

static void
put_chart(MwNode *page, const char *key, json_t *option)
{
    char *text = json_dumps(option, JSON_COMPACT | JSON_REAL_PRECISION(6));

    mw_put_copy(page, key, text);
    free(text);
    json_decref(option);
}

/* The curve as it is kept, and the line of equality; a table of its tenths for who does not see it. */
static void
put_lorenz(MwNode *page, const char *json)
{
    json_t *curve = json_loads(json ? json : "[]", 0, NULL);
    MwNode *tenths = mw_put_list(page, "tenths");
    size_t n = json_array_size(curve);

    for (size_t i = 0; n > 10 && i <= 10; i++) {
        const json_t *point = json_array_get(curve, i * (n - 1) / 10);
        MwNode *row = mw_put_object(tenths, NULL);
        mw_put_format(row, "accounts", "%zu %%", i * 10);
        mw_put_share(row, "revenue", json_number_value(json_array_get(point, 1)));
    }
    mw_put_bool(page, "has_lorenz", n > 1);
    put_chart(page, "lorenz",
              json_pack("{s:{s:s,s:i,s:i,s:s,s:s,s:i},s:{s:s,s:i,s:i,s:s},s:{s:s},s:{s:i},s:["
                        "{s:s,s:s,s:b,s:{},s:o},{s:s,s:s,s:b,s:{s:s},s:[[i,i],[i,i]]}]}",
                        "xAxis", "type", "value", "min", 0, "max", 1, "name", _("Accounts"),
                        "nameLocation", "middle", "nameGap", 24, "yAxis", "type", "value", "min", 0,
                        "max", 1, "name", _("Revenue"), "tooltip", "trigger", "axis", "legend",
                        "top", 0, "series", "type", "line", "name", _("Lorenz curve"), "showSymbol",
                        0, "areaStyle", "data", curve ? curve : json_array(), "type", "line",
                        "name", _("All alike"), "showSymbol", 0, "lineStyle", "type", "dashed",
                        "data", 0, 0, 1, 1));
}

/* Share of the accounts and of the revenue by class. */
static void
put_bars(MwNode *page, const char *json)
{
    json_t *classes = json_loads(json ? json : "{}", 0, NULL), *one;
    json_t *names = json_array(), *accounts = json_array(), *revenue = json_array();
    double all = 0.0;
    const char *key;

    json_object_foreach(classes, key, one) all +=
        json_number_value(json_object_get(one, "accounts"));
    for (size_t k = 0; k < MW_CLASS_COUNT; k++) {
        const char name[] = { (char)('A' + k), '\0' };
        one = json_object_get(classes, name);
        json_array_append_new(names, json_string(_(labels[k])));
        json_array_append_new(
            accounts,
            json_real(all > 0.0 ? json_number_value(json_object_get(one, "accounts")) / all : 0.0));
        json_array_append_new(revenue, json_real(json_number_value(json_object_get(one, "share"))));
    }
    json_decref(classes);
    put_chart(page, "bars",
              json_pack("{s:{s:s,s:o},s:{s:s,s:i},s:{s:s},s:{s:i},s:[{s:s,s:s,s:o},{s:s,s:s,s:o}]}",
                        "xAxis", "type", "category", "data", names, "yAxis", "type", "value", "max",
                        1, "tooltip", "trigger", "axis", "legend", "top", 0, "series", "type",
                        "bar", "name", _("Share of the accounts"), "data", accounts, "type", "bar",
                        "name", _("Share of the revenue"), "data", revenue));
}

/* ---- the list of results --------------------------------------------------------------------- */

/* Results whose class is above (`up`) or below the one before. */
static MwFilter *
moved(const MwEntity *results, bool up)
{
    const MwField *now = mw_entity_field(results, "class");
    const MwField *before = mw_entity_field(results, "previous_class");
    MwFilter *any = mw_filter_any();

    for (char class = 'A'; class <= 'D'; class ++) {
        MwFilter *both = mw_filter_all(), *others = mw_filter_any();
        const char text[] = { class, '\0' };
        mw_filter_add(both, mw_filter_test(now, MW_TEST_EQ, MW_BORROW(text)));
        for (char other = 'A'; other <= 'D'; other++) {
            const char name[] = { other, '\0' };
            if (up ? other > class : other < class)
                mw_filter_add(others, mw_filter_test(before, MW_TEST_EQ, MW_BORROW(name)));
        }
        mw_filter_add(both, others);
        mw_filter_add(any, both);
    }
    return any;
}

/* What is shown of a run: a class, who moved; and only of accounts that the reader may see. */
static MwFilter *
filter_of(const MwRequest *request, const MwEntity *results, int64_t run)
{
    const MwContext *context = request->context;
    const MwEntity *accounts = mw_catalog_entity(context->catalog, "account");
    const char *class = mw_query_param(request, "class"), *move = mw_query_param(request, "moved");
    MwFilter *all = mw_filter_all();
    MwFilter *scope = mw_actor_filter(context->actor, context->catalog, accounts, MW_MAY_READ);

    mw_filter_add(all, mw_filter_test(mw_entity_field(results, "run"), MW_TEST_EQ, MW_INT(run)));
    if (class && *class)
        mw_filter_add(
            all, mw_filter_test(mw_entity_field(results, "class"), MW_TEST_EQ, MW_BORROW(class)));
    if (g_strcmp0(move, "up") == 0 || g_strcmp0(move, "down") == 0)
        mw_filter_add(all, moved(results, *move == 'u'));
    if (g_strcmp0(move, "new") == 0)
        mw_filter_add(all, mw_filter_test(mw_entity_field(results, "previous_class"), MW_TEST_NULL,
                                          MW_NOTHING));
    if (scope)
        mw_filter_add(all, mw_filter_via(mw_entity_field(results, "account"), accounts, scope));
    return all;
}

static bool
put_result_rows(const MwRequest *request, MwNode *page, const GPtrArray *results, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    MwNode *rows = mw_put_list(page, "rows");
    static const char *const shown[] = {
        "rank", "revenue", "orders", "reason", "recency_days", NULL
    };

    for (guint i = 0; i < results->len; i++) {
        int64_t account = mw_record_int(results->pdata[i], "account");
        g_array_append_val(ids, account);
    }
    g_autoptr(GHashTable) titles =
        mw_record_titles(context, mw_catalog_entity(context->catalog, "account"), ids, error);
    for (guint i = 0; titles && i < results->len; i++) {
        const MwRecord *result = results->pdata[i];
        int64_t account = mw_record_int(result, "account");
        MwNode *row = mw_put_object(rows, NULL);
        mw_put_int(row, "account", account);
        mw_put_copy(row, "title", g_hash_table_lookup(titles, &account));
        put_badge(row, "class", choice_of(result, "class"));
        put_badge(row, "before",
                  g_strcmp0(mw_record_text(result, "class"),
                            mw_record_text(result, "previous_class")) == 0
                      ? NULL
                      : choice_of(result, "previous_class"));
        mw_put_real(row, "score", mw_record_real(result, "score"), 4);
        for (const char *const *name = shown; *name; name++)
            put_field(request, row, *name, result, *name);
    }
    return titles != NULL;
}

static bool
put_results(const MwRequest *request, MwNode *page, int64_t run, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "classification_result");
    const char *after = mw_query_param(request, "after");
    const char *class = mw_query_param(request, "class"), *move = mw_query_param(request, "moved");
    g_autoptr(MwFilter) filter = filter_of(request, entity, run);
    MwQuery query = { .entity = entity, .filter = filter, .limit = RESULTS_A_PAGE, .n_order = 1 };
    MwCursor cursor = { 0 };
    bool more = false;

    mw_order_parse(entity, "rank", &query.order[0]);
    if (after && *after && !mw_cursor_read(after, &cursor, 1, error))
        return false;
    query.after = after && *after ? &cursor : NULL;
    g_autoptr(GPtrArray) results = mw_record_find(context, &query, MW_MAY_READ, &more, error);
    mw_cursor_clear(&cursor);
    if (!results || !put_result_rows(request, page, results, error))
        return false;
    if (!more) {
        mw_put_text(page, "more", NULL);
        return true;
    }
    const MwRecord *last = results->pdata[results->len - 1];
    MwCursor next = { .values = { MW_INT(mw_record_int(last, "rank")) }, .id = mw_record_id(last) };
    g_autofree char *text = mw_cursor_write(&next, 1);
    mw_put_format(page, "more", "/classification?run=%lld&class=%s&moved=%s&after=%s#list",
                  (long long)run, class ? class : "", move ? move : "", text);
    return true;
}

/* ---- beside it ------------------------------------------------------------------------------- */

static bool
put_runs(const MwRequest *request, MwNode *page, GError **error)
{
    const MwContext *context = request->context;
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, "classification_run"),
                      .limit = RUNS_SHOWN };
    g_autoptr(GPtrArray) runs = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    MwNode *list = mw_put_list(page, "runs");
    static const char *const shown[] = { "name",     "as_of",       "accounts", "top20_share",
                                         "schedule", "next_run_on", NULL };

    for (guint i = 0; runs && i < runs->len; i++) {
        MwNode *item = mw_put_object(list, NULL);
        mw_put_int(item, "id", mw_record_id(runs->pdata[i]));
        for (const char *const *name = shown; *name; name++)
            put_field(request, item, *name, runs->pdata[i], *name);
        mw_put_bool(item, "repeats",
                    g_strcmp0(mw_record_text(runs->pdata[i], "schedule"), "none") != 0);
        put_badge(item, "status", choice_of(runs->pdata[i], "status"));
    }
    return runs != NULL;
}

static bool
put_overdue(const MwRequest *request, MwNode *page, GError **error)
{
    const MwContext *context = request->context;
    MwNode *list = mw_put_list(page, "overdue");
    MwQuery query = { 0 };
    g_autoptr(MwFilter) filter = NULL;

    mw_put_bool(
        page, "sees_accounts",
        mw_actor_may(context->actor, mw_catalog_entity(context->catalog, "account"), MW_MAY_READ));
    if (!mw_actor_may(context->actor, mw_catalog_entity(context->catalog, "account"), MW_MAY_READ))
        return true;
    filter = mw_policy_overdue(context, &query);
    query.limit = OVERDUE_SHOWN;
    g_autoptr(GPtrArray) accounts = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    for (guint i = 0; accounts && i < accounts->len; i++) {
        MwNode *item = mw_put_object(list, NULL);
        mw_put_int(item, "id", mw_record_id(accounts->pdata[i]));
        mw_put_copy(item, "title", mw_record_text(accounts->pdata[i], "name"));
        put_badge(item, "class", choice_of(accounts->pdata[i], "class"));
        put_field(request, item, "due", accounts->pdata[i], "next_visit_on");
    }
    return accounts != NULL;
}

/* ---- the page ----------------------------------------------------------------------------------- */

/* The newest run with a result, or of any status. */
static int64_t
latest(const MwRequest *request, const char *status, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "classification_run");
    g_autoptr(MwFilter) filter =
        mw_filter_test(mw_entity_field(entity, "status"), MW_TEST_EQ, MW_BORROW(status));
    MwQuery query = { .entity = entity, .filter = filter, .limit = 1 };
    g_autoptr(GPtrArray) runs = mw_record_find(context, &query, MW_MAY_READ, NULL, error);

    if (!runs)
        return -1;
    return runs->len > 0 ? mw_record_id(runs->pdata[0]) : 0;
}

static bool
put_run(const MwRequest *request, MwNode *page, const MwRecord *run, GError **error)
{
    static const char *const tiles[] = { "accounts", "revenue", "top20_accounts", "accounts_for_80",
                                         "as_of",    "message", "weighting",      NULL };
    const char *class = mw_query_param(request, "class"), *move = mw_query_param(request, "moved");

    for (const char *const *name = tiles; *name; name++)
        put_field(request, page, *name, run, *name);
    mw_put_real(page, "gini", mw_record_real(run, "gini"), 3);
    mw_put_share(page, "top20_share", mw_record_real(run, "top20_share"));
    mw_put_classes(page, mw_record_text(run, "classes"), request->context->settings->currency);
    put_lorenz(page, mw_record_text(run, "lorenz"));
    put_bars(page, mw_record_text(run, "classes"));
    mw_put_int(page, "run", mw_record_id(run));
    mw_put_text(page, "class_chosen", class && *class ? class : NULL);
    MwNode *filters = mw_put_list(page, "moves");
    static const char *const moves[][2] = { { "", N_("All") },
                                            { "up", N_("Moved up") },
                                            { "down", N_("Moved down") },
                                            { "new", N_("New") } };
    for (size_t i = 0; i < G_N_ELEMENTS(moves); i++) {
        MwNode *item = mw_put_object(filters, NULL);
        mw_put_text(item, "value", moves[i][0]);
        mw_put_text(item, "label", _(moves[i][1]));
        mw_put_bool(item, "chosen", g_strcmp0(move ? move : "", moves[i][0]) == 0);
    }
    filters = mw_put_list(page, "letters");
    for (size_t k = 0; k < MW_CLASS_COUNT; k++) {
        const char key[] = { (char)('A' + k), '\0' };
        MwNode *item = mw_put_object(filters, NULL);
        mw_put_copy(item, "value", key);
        mw_put_text(item, "label", _(labels[k]));
        mw_put_bool(item, "chosen", g_strcmp0(class, key) == 0);
    }
    return put_results(request, page, mw_record_id(run), error);
}

static bool
show_page(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "classification_run");
    MwNode *page = mw_view_root(request->view), *actions;
    int64_t id = mw_id_param(request, "run");
    g_autoptr(MwRecord) run = NULL;

    if (!mw_actor_may(context->actor, entity, MW_MAY_READ))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not see this."));
    if (!id && (id = latest(request, "done", error)) < 0)
        return false;
    if (id && !(run = mw_record_read(context, entity, id, MW_LIVE, error)))
        return false;
    mw_put_text(page, "title", _("Classes of accounts"));
    if (run)
        put_field(request, page, "subtitle", run, "name");
    mw_put_done(request, page);
    actions = mw_put_list(page, "actions");
    mw_put_action(actions, _("Class policies"), "/class-policies", "scale", false);
    mw_put_bool(page, "may", mw_actor_may(context->actor, entity, MW_MAY_CREATE));
    if (mw_actor_may(context->actor, entity, MW_MAY_CREATE))
        mw_put_action(actions, _("New classification"), "/classification/new", "plus", true);
    const char *status = run ? mw_record_text(run, "status") : NULL;
    bool waits = g_strcmp0(status, "queued") == 0 || g_strcmp0(status, "running") == 0;
    mw_put_bool(page, "none", !run);
    mw_put_bool(page, "waits", waits);
    mw_put_bool(page, "failed", g_strcmp0(status, "failed") == 0);
    if (waits)
        mw_put_format(page, "progress_url", "/classification/progress?run=%lld", (long long)id);
    mw_put_int(page, "percent", 0);
    mw_put_bool(page, "done", g_strcmp0(status, "done") == 0);
    if (run)
        put_field(request, page, "failure", run, "message");
    mw_put_bool(page, "partly",
                mw_actor_scope(context->actor, mw_catalog_entity(context->catalog, "account"),
                               MW_MAY_READ) != MW_ALL);
    return (g_strcmp0(status, "done") != 0 || put_run(request, page, run, error)) &&
           put_runs(request, page, error) && put_overdue(request, page, error) &&
           mw_reply_page(request, reply, "classification/page", error);
}

static bool
keep_percent(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    *(int64_t *)data = c[0].is == MW_INTEGER ? c[0].integer / 100 : 0;
    return false;
}

/* How far the run is; the page loads again when it has ended. */
static bool
show_progress(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    MwNode *page = mw_view_root(request->view);
    int64_t id = mw_id_param(request, "run"), percent = 0;
    g_autofree char *pattern = g_strdup_printf("%%\"%lld\"%%", (long long)id);
    MwValue params[] = { MW_BORROW(pattern) };
    g_autoptr(MwRecord) run = mw_record_read(
        context, mw_catalog_entity(context->catalog, "classification_run"), id, MW_LIVE, error);

    if (!run || !mw_store_run(context->store,
                              "SELECT progress FROM job WHERE kind = 'classification' AND "
                              "payload LIKE $1 ORDER BY id DESC LIMIT 1",
                              params, 1, keep_percent, &percent, error))
        return false;
    const char *status = mw_record_text(run, "status");
    if (g_strcmp0(status, "queued") != 0 && g_strcmp0(status, "running") != 0)
        mw_reply_header(reply, "HX-Refresh", "true");
    mw_put_format(page, "progress_url", "/classification/progress?run=%lld", (long long)id);
    mw_put_int(page, "percent", percent);
    return mw_reply_page(request, reply, "admin/progress", error);
}

/* A run repeats no more: its job finds that and ends. */
static bool
stop_repeating(const MwRequest *request, MwReply *reply, GError **error)
{
    MwContext context = *request->context;
    const MwEntity *entity = mw_catalog_entity(context.catalog, "classification_run");
    g_autoptr(MwActor) system = mw_company_system(context.company);

    if (!mw_actor_may(context.actor, entity, MW_MAY_UPDATE))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not classify the accounts."));
    context.actor = system;
    g_autoptr(MwRecord) run = mw_record_read(&context, entity, request->id, MW_LIVE, error);
    if (!run)
        return false;
    mw_record_set_text(run, "schedule", "none");
    mw_record_set_null(run, "next_run_on");
    return mw_record_derive(&context, run, error) &&
           mw_reply_see_other(reply, "/classification?done=saved");
}

const MwRoute mw_classification_routes[] = {
    { MW_GET, "/classification", MW_FOR_USERS, 0, MW_RUN_READ, show_page },
    { MW_GET, "/classification/progress", MW_FOR_USERS, 0, MW_RUN_READ, show_progress },
    { MW_POST, "/classification/{id}/stop", MW_FOR_USERS, 0, MW_RUN_WRITE, stop_repeating },
    { .path = NULL },
};
