/* millwright demo: a company that looks alive, to try everything on. */
#include "cli/demo.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "entities/entities.h"
#include "methods/classification.h"
#include "methods/learning.h"
#include "record/history.h"
#include "record/password.h"

enum {
    ACCOUNTS_MAX = 1000000,
    ORDERS_MAX = 100000000,
    DEALS_MIN = 24,
    DEALS_MAX = 400,
    LEADS_MIN = 16,
    LEADS_MAX = 80,
};

static int64_t n_accounts = 400, n_orders = -1, seed = 1;
static char *password, *as_of;
static const char *spoken; /* the language of the caller, who is told; the company has its own */

static const GOptionEntry options[] = {
    { "accounts", 0, 0, G_OPTION_ARG_INT64, &n_accounts,
      N_("How many customers (default 400, at most 1,000,000)"), N_("N") },
    { "orders", 0, 0, G_OPTION_ARG_INT64, &n_orders, N_("How many orders (default 15 a customer)"),
      N_("N") },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Another number makes another company"),
      N_("N") },
    { "as-of", 0, 0, G_OPTION_ARG_STRING, &as_of,
      N_("The last day of the company's life (default: today)"), N_("DATE") },
    { "password", 0, 0, G_OPTION_ARG_STRING, &password,
      N_("Password of all its users (default: millwright-demo)"), N_("TEXT") },
    G_OPTION_ENTRY_NULL,
};

/* ---- an empty company ------------------------------------------------------------ */

static bool
make_database(MwApp *app, const MwDemoWords *words, const char *language, GError **error)
{
    const char *database = mw_app_database(app, error);
    const char *const settings[] = {
        "company_name", words->company, "currency",  words->currency,
        "language",     language,       "time_zone", words->zone,
        NULL,           NULL,
    };
    g_autoptr(GError) local = NULL;

    if (!database)
        return false;
    g_autofree char *url = mw_store_url_of(database);
    if (mw_company_create(url, mw_entities, settings, &local) ||
        g_error_matches(local, MW_ERROR, MW_ERROR_CONFLICT))
        return true;
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

/* A company that was made but never used will do; it takes the demo's name and settings. */
static bool
take_company(const MwContext *context, const MwDemoWords *words, const char *language,
             GError **error)
{
    static const char *const tables[] = { "user", "account", "sales_order", "product" };

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *sql = g_strdup_printf("SELECT 1 FROM \"%s\" LIMIT 1", tables[i]);
        g_auto(MwValue) found = MW_NOTHING;
        if (!mw_store_scalar(context->store, sql, NULL, 0, &found, error))
            return false;
        if (found.is != MW_NULL)
            return mw_fail(error, MW_ERROR_CONFLICT,
                           _("This company is in use; the demo goes into an empty one only."));
    }
    mw_company_touch(context->company);
    return mw_settings_put(context->store, "company_name", words->company, error) &&
           mw_settings_put(context->store, "currency", words->currency, error) &&
           mw_settings_put(context->store, "language", language, error) &&
           mw_settings_put(context->store, "time_zone", words->zone, error);
}

static bool
prepare(MwApp *app, const MwDemoWords *words, const char *language, GError **error)
{
    MwContext context;

    if (!make_database(app, words, language, error) || !mw_app_begin(app, true, &context, error))
        return false;
    bool empty = take_company(&context, words, language, error);
    return mw_app_end(app, &context, empty, error) && empty;
}

/* ---- all of it ------------------------------------------------------------------------ */

/* Who was drawn for no order is still a prospect; and the history tells that much was loaded past it. */
static bool
settle(MwDemo *demo, GError **error)
{
    const MwContext *context = demo->context;

    return mw_store_run(context->store,
                        "UPDATE account SET status = 'prospect' WHERE status <> 'prospect' AND "
                        "NOT EXISTS (SELECT 1 FROM sales_order o WHERE o.account = account.id)",
                        NULL, 0, NULL, NULL, error) &&
           mw_history_add(context, "account", 0, "load", "{}", error) &&
           mw_history_add(context, "sales_order", 0, "load", "{}", error);
}

/* On whose behalf things are done. */
static bool
load_actors(MwDemo *demo, GError **error)
{
    const MwContext *context = demo->context;

    for (size_t i = 0; i < MW_DEMO_USERS; i++) {
        demo->actors[i] =
            mw_actor_load(context->store, mw_actor_catalog(context->actor), demo->users[i], error);
        if (!demo->actors[i])
            return false;
    }
    return true;
}

static bool
fill(MwContext *context, const MwDemoWords *words, GError **error)
{
    MwDemo demo = {
        .context = context,
        .words = words,
        .deal_words = words == &mw_demo_zh ? &mw_demo_deals_zh : &mw_demo_deals_en,
        .zh = words == &mw_demo_zh,
        .seed = (uint64_t)seed,
        .n_accounts = (size_t)n_accounts,
        .n_orders = (size_t)n_orders,
        .n_deals = (size_t)CLAMP(n_accounts * 3 / 5, DEALS_MIN, DEALS_MAX),
        .n_leads = (size_t)CLAMP(n_accounts / 7, LEADS_MIN, LEADS_MAX),
        .today = mw_date_of_instant(context->now, context->settings->zone),
        .products = g_array_new(false, false, sizeof(MwDemoProduct)),
        .accounts = g_array_new(false, false, sizeof(MwDemoAccount)),
        .weights = g_new(double, (size_t)n_accounts),
    };

    if (as_of)
        mw_date_parse(as_of, &demo.today);
    const char *made = mw_i18n_language();
    mw_i18n_use(spoken);
    g_print(_("Users, all with the password “%s”:\n"), password);
    mw_i18n_use(made);
    bool done = mw_demo_make_company(&demo, password, error) && mw_demo_make_pools(&demo, error) &&
                load_actors(&demo, error) && mw_demo_make_processes(&demo, error) &&
                mw_demo_make_accounts(&demo, error) && mw_demo_make_orders(&demo, error) &&
                mw_demo_make_deals(&demo, error) && mw_demo_make_leads(&demo, error) &&
                mw_demo_make_today(&demo, error) && mw_demo_fill_pool(&demo, error) &&
                settle(&demo, error);
    mw_i18n_use(spoken);
    if (done)
        g_print(_("%zu accounts, %zu contacts, %zu leads, %zu opportunities, %zu orders with %zu "
                  "lines, %zu payments, %zu activities\n"),
                demo.n_accounts, demo.made_contacts, demo.made_leads, demo.made_deals,
                demo.made_orders, demo.made_lines, demo.made_payments, demo.made_activities);
    mw_i18n_use(made);
    for (size_t i = 0; i < MW_DEMO_USERS; i++)
        g_clear_pointer(&demo.actors[i], mw_actor_unref);
    for (guint i = 0; i < demo.products->len; i++)
        g_free(g_array_index(demo.products, MwDemoProduct, i).name);
    g_array_unref(demo.products);
    g_array_unref(demo.accounts);
    g_free(demo.weights);
    return done;
}

/* One a year ago and one now, so that it shows who has moved; and what closed deals teach, as every night. */
static bool
classify(MwApp *app, GError **error)
{
    static const MwIndicator judged[] = { MW_IND_REVENUE, MW_IND_MARGIN, MW_IND_GROWTH,
                                          MW_IND_RECENCY, MW_IND_PAYMENT_DELAY };
    static const double weights[] = { 0.45, 0.2, 0.1, 0.15, 0.1 };
    MwCompany *company = mw_app_company(app, error);
    g_autoptr(MwStore) store = mw_company_connect(company, MW_OPEN_BULK, error);
    g_autoptr(MwLedger) ledger = mw_ledger_new(company, (size_t)1 << 30);
    MwContext context;
    int64_t runs[2] = { 0 };

    if (!store || !mw_app_begin(app, true, &context, error))
        return false;
    MwClassificationPlan plan = mw_classification_plan(&context);
    if (as_of)
        mw_date_parse(as_of, &plan.ask.as_of);
    plan.n_criteria = G_N_ELEMENTS(judged);
    for (size_t j = 0; j < plan.n_criteria; j++)
        plan.criteria[j] =
            (MwCriterion){ judged[j], mw_indicator_direction(judged[j]), weights[j] };
    plan.ask.as_of -= 365;
    runs[0] = mw_classification_queue(&context, &plan, NULL, NULL, error);
    plan.ask.as_of += 365;
    runs[1] = runs[0] ? mw_classification_queue(&context, &plan, NULL, "quarterly", error) : 0;
    if (!mw_app_end(app, &context, runs[1] > 0, error) || runs[1] == 0)
        return false;
    for (size_t i = 0; i < 2; i++)
        if (!mw_classification_run(company, store, ledger, runs[i], NULL, NULL, NULL, error))
            return false;
    return mw_stages_learn(company, store, NULL, error);
}

static bool
check_options(GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    int64_t day;

    if (!password)
        password = g_strdup("millwright-demo");
    if (n_orders < 0)
        n_orders = n_accounts * 15;
    if (n_accounts < 1 || n_accounts > ACCOUNTS_MAX || n_orders < 1 || n_orders > ORDERS_MAX)
        return mw_fail(error, MW_ERROR_INVALID, _("Accounts from 1 to %d, orders from 1 to %d."),
                       ACCOUNTS_MAX, ORDERS_MAX);
    if (as_of && !mw_date_parse(as_of, &day))
        return mw_fail(error, MW_ERROR_INVALID, _("%s: “%s” is not a date such as 2026-03-05."),
                       "--as-of", as_of);
    if (!mw_password_acceptable(password, NULL, "password", problems))
        return mw_fail(error, MW_ERROR_INVALID, "%s", mw_problems_get(problems, 0)->message);
    return true;
}

static bool
run(MwApp *app, int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED, GError **error)
{
    /* The company speaks Chinese unless English is asked for; what is printed is in the language of the caller. */
    const char *asked = mw_app_get(app, "language");
    bool en = asked && g_str_has_prefix(asked, "en");
    const MwDemoWords *words = en ? &mw_demo_en : &mw_demo_zh;
    const char *language = en ? "en" : "zh_CN";
    MwContext context;

    spoken = mw_i18n_language();
    if (!check_options(error))
        return false;
    mw_i18n_use(language);
    bool done = prepare(app, words, language, error) && mw_app_begin(app, true, &context, error);
    if (done) {
        done = fill(&context, words, error);
        done = mw_app_end(app, &context, done, error) && done && classify(app, error);
    }
    mw_i18n_use(spoken);
    return done;
}

const MwCommand mw_command_demo = {
    .name = "demo",
    .summary = N_("Make a company of example data to try everything on"),
    .details = N_("A maker of pumps, bearings and machine tools with three years of orders. The\n"
                  "same numbers make the same company. With --language en in English."),
    .options = options,
    .run = run,
};
