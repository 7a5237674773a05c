/* classification_form: a new classification: the form with its preview, the work itself, and the API's way to it. */
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"
#include "record/job.h"
#include "web/api.h"
#include "web/call.h"
#include "web/classification.h"
#include "web/routes.h"

static bool
check_right(const MwRequest *request, GError **error)
{
    const MwContext *context = request->context;

    return mw_actor_may(context->actor, mw_catalog_entity(context->catalog, "classification_run"),
                        MW_MAY_CREATE) ||
           mw_fail(error, MW_ERROR_DENIED, _("You may not classify the accounts."));
}

/* ---- the form --------------------------------------------------------------------------- */

static const char *
sent_or(const MwRequest *request, const char *name, const char *usual)
{
    const char *sent = mw_form_param(request, name);

    return sent ? sent : usual;
}

static void
ask_choice(const MwRequest *request, MwNode *fields, const char *name, const char *usual,
           const MwProblems *problems)
{
    const MwEntity *run = mw_catalog_entity(request->context->catalog, "classification_run");
    const MwField *field = mw_entity_field(run, name);
    const char *value = sent_or(request, name, usual);
    MwNode *node = mw_ask(fields, "select", name, mw_field_label(field), value, problems);

    for (const MwChoice *choice = field->choices; choice->key; choice++)
        mw_ask_option(node, choice->key, _(choice->label), g_str_equal(choice->key, value));
}

static void
ask_text(const MwRequest *request, MwNode *fields, const char *type, const char *name,
         const char *usual, const MwProblems *problems)
{
    const MwEntity *run = mw_catalog_entity(request->context->catalog, "classification_run");
    const MwField *field = mw_entity_field(run, name);

    mw_ask_more(
        mw_ask(fields, type, name, mw_field_label(field), sent_or(request, name, usual), problems),
        false, field->help ? _(field->help) : NULL);
}

static void
put_indicators(const MwRequest *request, MwNode *page, const MwProblems *problems)
{
    MwNode *list = mw_put_list(page, "indicators");

    for (int i = 0; i < MW_N_INDICATORS; i++) {
        const char *key = mw_indicator_key((MwIndicator)i);
        g_autofree char *use = g_strconcat("use.", key, NULL);
        g_autofree char *weight = g_strconcat("weight.", key, NULL);
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "key", key);
        mw_put_text(item, "label", mw_indicator_label((MwIndicator)i));
        mw_put_bool(item, "less", mw_indicator_direction((MwIndicator)i) == MW_LESS_IS_BETTER);
        mw_put_bool(item, "used",
                    request->n_form > 0 ? mw_form_param(request, use) != NULL : i == 0);
        mw_put_copy(item, "weight", sent_or(request, weight, "1"));
        mw_put_copy(item, "problem", problems ? mw_problems_of(problems, weight) : NULL);
    }
    mw_put_copy(page, "indicators_problem",
                problems ? mw_problems_of(problems, "indicators") : NULL);
}

/* The comparisons in pairs of the indicators that are chosen, with what comes of them. */
static void
put_comparisons(const MwRequest *request, MwNode *page)
{
    static const char *const values[] = { "9",   "7",   "5",   "3",   "2",  "1",
                                          "1/2", "1/3", "1/5", "1/7", "1/9" };
    g_autoptr(MwProblems) problems = mw_problems_new();
    MwClassificationPlan plan;
    MwConsistency consistency = { 0 };
    double weights[MW_N_INDICATORS];
    MwNode *pairs = mw_put_list(page, "pairs"), *found = mw_put_list(page, "weights");
    char name[96];

    mw_plan_of_form(request, &plan, problems);
    mw_put_bool(page, "is_ahp", plan.weighting == MW_WEIGHTS_AHP);
    if (plan.weighting != MW_WEIGHTS_AHP) {
        mw_put_text(page, "ratio", NULL);
        return;
    }
    for (size_t i = 0; i < plan.n_criteria; i++) {
        for (size_t j = i + 1; j < plan.n_criteria; j++) {
            MwNode *pair = mw_put_object(pairs, NULL), *options;
            mw_comparison_name(plan.criteria[i].indicator, plan.criteria[j].indicator, name);
            mw_put_copy(pair, "name", name);
            mw_put_text(pair, "first", mw_indicator_label(plan.criteria[i].indicator));
            mw_put_text(pair, "second", mw_indicator_label(plan.criteria[j].indicator));
            options = mw_put_list(pair, "options");
            for (size_t v = 0; v < G_N_ELEMENTS(values); v++) {
                MwNode *option = mw_put_object(options, NULL);
                mw_put_text(option, "value", values[v]);
                mw_put_bool(option, "chosen", g_str_equal(values[v], sent_or(request, name, "1")));
            }
        }
    }
    if (mw_ahp_weights(plan.comparisons, plan.n_criteria, MW_AHP_EIGENVECTOR, weights,
                       &consistency) != MW_OK)
        return; /* of none there is no ratio */
    mw_put_real(page, "ratio", consistency.ratio, 3);
    mw_put_bool(page, "consistent", consistency.ratio <= 0.1);
    for (size_t i = 0; i < plan.n_criteria; i++) {
        MwNode *item = mw_put_object(found, NULL);
        mw_put_text(item, "label", mw_indicator_label(plan.criteria[i].indicator));
        mw_put_share(item, "weight", weights[i]);
    }
}

static void
put_form(const MwRequest *request, MwNode *page, const MwProblems *problems)
{
    MwClassificationPlan usual = mw_classification_plan(request->context);
    g_autofree char *today = mw_date_format(usual.ask.as_of, MW_CLOCK_ISO);
    MwNode *fields = mw_put_list(page, "fields"), *cuts;

    mw_put_text(page, "title", _("New classification"));
    mw_put_crumb(page, _("Classes of accounts"), "/classification");
    ask_text(request, fields, "text", "name", "", problems);
    ask_text(request, fields, "date", "as_of", today, problems);
    ask_text(request, fields, "date", "period_from", "", problems);
    ask_choice(request, fields, "returns_mode", "include", problems);
    ask_choice(request, fields, "method", "topsis", problems);
    ask_choice(request, fields, "weighting", "manual", problems);
    ask_choice(request, fields, "schedule", "none", problems);
    MwNode *cut_fields = mw_put_object(page, "cut_fields");
    cuts = mw_put_list(cut_fields, "fields");
    ask_choice(request, cuts, "cut", "quota", problems);
    ask_text(request, cuts, "text", "quota_a", "20", problems);
    ask_text(request, cuts, "text", "quota_b", "30", problems);
    ask_text(request, cuts, "text", "quota_c", "30", problems);
    ask_text(request, cuts, "text", "threshold_a", "0.7", problems);
    ask_text(request, cuts, "text", "threshold_b", "0.4", problems);
    ask_text(request, cuts, "text", "threshold_c", "0.1", problems);
    put_indicators(request, page, problems);
    mw_put_copy(page, "comparisons_problem",
                problems ? mw_problems_of(problems, "comparisons") : NULL);
    put_comparisons(request, page);
}

static bool
show_form(const MwRequest *request, MwReply *reply, GError **error)
{
    MwNode *page = mw_view_root(request->view);

    if (!check_right(request, error))
        return false;
    mw_put_text(page, "preview", NULL);
    put_form(request, page, NULL);
    return mw_reply_page(request, reply, "classification/new", error);
}

/* The comparisons alone, as the form is being filled in. */
static bool
show_comparisons(const MwRequest *request, MwReply *reply, GError **error)
{
    put_comparisons(request, mw_view_root(request->view));
    return mw_reply_page(request, reply, "classification/comparisons", error);
}

/* ---- running it ------------------------------------------------------------------------------ */

typedef struct {
    const MwRequest *request;
    const MwClassificationPlan *plan;
    const char *name, *schedule;
    int64_t run;
    bool background;
} Queue;

static bool
write_queue(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    Queue *queue = data;
    MwContext context = *queue->request->context;
    g_autoptr(MwActor) system = mw_company_system(context.company);

    context.actor = system; /* runs are the system's own; the right was checked */
    queue->run =
        mw_classification_queue(&context, queue->plan, queue->name, queue->schedule, error);
    if (!queue->run)
        return false;
    g_autofree char *payload = g_strdup_printf("{\"run\":\"%lld\"}", (long long)queue->run);
    return !queue->background ||
           mw_job_add(&context, "classification", payload, context.now, error) > 0;
}

static const char *
some(const char *text)
{
    return text && *text ? text : NULL;
}

static bool
preview(const MwRequest *request, MwReply *reply, const MwClassificationPlan *plan, GError **error)
{
    const MwContext *context = request->context;
    const char *currency = context->settings->currency;
    g_auto(MwClassification) found = { 0 };
    g_autoptr(GError) local = NULL;
    MwNode *page = mw_view_root(request->view);

    if (!mw_store_begin(context->store, false, error))
        return false;
    bool done =
        mw_classification_compute(context, mw_call_of(request)->site->ledger, plan, &found, &local);
    mw_store_rollback(context->store);
    if (!done && local->code != MW_ERROR_INVALID) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    put_form(request, page, NULL);
    mw_put_bool(page, "preview", true);
    if (!done) {
        mw_put_flash(page, false, local->message);
        mw_put_text(page, "words", NULL);
        mw_put_list(page, "classes");
        mw_reply_status(reply, 422);
        return mw_reply_page(request, reply, "classification/new", error);
    }
    g_autofree char *words = mw_classification_words(&found, currency);
    g_autofree char *classes = mw_classification_classes(&found, currency);
    mw_put_copy(page, "words", words);
    mw_put_classes(page, classes, currency);
    return mw_reply_page(request, reply, "classification/new", error);
}

static bool
post_form(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    MwClassificationPlan plan;
    const char *action = mw_form_param(request, "action");
    const char *name = some(mw_form_param(request, "name"));
    const char *schedule = some(mw_form_param(request, "schedule"));

    if (!check_right(request, error))
        return false;
    mw_plan_of_form(request, &plan, problems);
    if (name && g_utf8_strlen(name, -1) > 100)
        mw_problems_add(problems, "name", "too_long", _("Use at most %d characters."), 100);
    if (mw_problems_any(problems)) {
        MwNode *page = mw_view_root(request->view);
        mw_put_text(page, "preview", NULL);
        put_form(request, page, problems);
        mw_reply_status(reply, 422);
        return mw_reply_page(request, reply, "classification/new", error);
    }
    if (g_strcmp0(action, "run") != 0)
        return preview(request, reply, &plan, error);
    Queue queue = { request, &plan, name, schedule, 0, true };
    if (!mw_store_atomically(request->context->store, write_queue, &queue, error))
        return false;
    g_autofree char *back = g_strdup_printf("/classification?run=%lld", (long long)queue.run);
    return mw_reply_see_other(reply, back);
}

/* ---- the API -------------------------------------------------------------------------------------- */

static json_t *
document(const MwClassification *c, int64_t run, const char *currency)
{
    g_autofree char *classes = mw_classification_classes(c, currency);
    g_autofree char *words = mw_classification_words(c, currency);
    g_autofree char *id = run ? g_strdup_printf("%lld", (long long)run) : NULL;
    g_autofree char *revenue =
        mw_money_format(c->revenue, mw_currency_find(currency), MW_MONEY_PLAIN);
    const MwConcentration *found = &c->concentration;

    return json_pack("{s:s?,s:I,s:s,s:s,s:f,s:I,s:f,s:I,s:o,s:s}", "run", id, "accounts",
                     (json_int_t)c->n, "revenue", revenue, "currency", currency, "gini",
                     found->gini, "top20_accounts", (json_int_t)found->top_n, "top20_share",
                     found->top_share, "accounts_for_80", (json_int_t)found->n_for_share, "classes",
                     json_loads(classes, 0, NULL), "summary", words);
}

/* Computes and keeps a classification, or with "dry_run" only computes it; the reply says what it comes to. */
static bool
post_run(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    MwLedger *ledger = mw_call_of(request)->site->ledger;
    MwClassificationPlan plan;
    g_auto(MwClassification) found = { 0 };
    json_t *body = check_right(request, error) ? mw_api_body(request, error) : NULL;
    Queue queue = { .request = request, .plan = &plan };

    if (!body)
        return false;
    bool dry = json_is_true(json_object_get(body, "dry_run"));
    queue.name = json_string_value(json_object_get(body, "name"));
    queue.schedule = json_string_value(json_object_get(body, "schedule"));
    bool done = mw_plan_of_json(context, body, &plan, error);
    if (done && dry) {
        done = mw_store_begin(context->store, false, error) &&
               mw_classification_compute(context, ledger, &plan, &found, error);
        mw_store_rollback(context->store);
    } else if (done) {
        done = mw_store_atomically(context->store, write_queue, &queue, error) &&
               mw_classification_run(context->company, context->store, ledger, queue.run, NULL,
                                     NULL, &found, error);
    }
    json_decref(body);
    if (!done)
        return false;
    json_t *all = document(&found, queue.run, context->settings->currency);
    char *text = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(12));
    mw_reply_status(reply, dry ? 200 : 201);
    mw_reply_type(reply, "application/json");
    g_string_append(mw_reply_body(reply), text);
    free(text);
    json_decref(all);
    if (!dry) {
        g_autofree char *location =
            g_strdup_printf("/api/v1/classification-runs/%lld", (long long)queue.run);
        mw_reply_header(reply, "Location", location);
    }
    return true;
}

const MwRoute mw_classification_form_routes[] = {
    { MW_GET, "/classification/new", MW_FOR_USERS, 0, MW_RUN_READ, show_form },
    { MW_POST, "/classification/new", MW_FOR_USERS, 0, MW_RUN_SLOW, post_form },
    { MW_POST, "/classification/comparisons", MW_FOR_USERS, 0, MW_RUN_SLOW, show_comparisons },
    { MW_POST, "/api/v1/classification-runs", MW_FOR_USERS, 0, MW_RUN_SLOW, post_run },
    { .path = NULL },
};
