/* demo_company: the seller itself: users, teams, products, rates, policies, views. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"
#include "cli/demo.h"
#include "record/user.h"

static bool
make_teams(MwDemo *demo, GError **error)
{
    for (size_t i = 0; i < MW_DEMO_TEAMS; i++) {
        g_autoptr(MwInput) input = mw_demo_input(demo, "team");
        mw_input_set(input, "name", demo->words->teams[i]);
        if (i > 0)
            mw_demo_put(input, "parent", demo->teams[0]);
        demo->teams[i] = mw_demo_save(demo->context, input, 0, error);
        if (!demo->teams[i])
            return false;
    }
    return true;
}

static bool
make_users(MwDemo *demo, const char *password, GError **error)
{
    static const struct {
        const char *login, *role;
        size_t team;
    } users[MW_DEMO_USERS] = {
        { "admin", "admin", 0 },     { "manager", "manager", 0 },     { "sales1", "sales", 1 },
        { "sales2", "sales", 1 },    { "sales3", "sales", 2 },        { "sales4", "sales", 3 },
        { "service", "service", 4 }, { "marketing", "marketing", 5 }, { "viewer", "viewer", 0 },
    };

    for (size_t i = 0; i < MW_DEMO_USERS; i++) {
        g_autoptr(MwProblems) problems = mw_problems_new();
        g_autoptr(MwInput) input = mw_demo_input(demo, "user");
        g_autofree char *email = g_strdup_printf("%s@%s", users[i].login, demo->words->domain);
        demo->users[i] = mw_user_create(demo->context, demo->words->people[i], email, users[i].role,
                                        password, NULL, problems, error);
        if (mw_problems_any(problems)) {
            g_autofree char *text = mw_problems_text(problems);
            return mw_fail(error, MW_ERROR_INVALID, "%s", text);
        }
        mw_demo_put(input, "team", demo->teams[users[i].team]);
        if (!demo->users[i] || !mw_demo_save(demo->context, input, demo->users[i], error))
            return false;
        g_print("  %-28s %s\n", email, demo->words->people[i]);
    }
    for (size_t i = 0; i < 4; i++) { /* leaders: the manager, then sellers of the regions */
        static const size_t leaders[] = { MW_DEMO_MANAGER, MW_DEMO_SELLER, MW_DEMO_SELLER + 2,
                                          MW_DEMO_SELLER + 3 };
        g_autoptr(MwInput) input = mw_demo_input(demo, "team");
        mw_demo_put(input, "leader", demo->users[leaders[i]]);
        if (!mw_demo_save(demo->context, input, demo->teams[i], error))
            return false;
    }
    return true;
}

static bool
make_product(MwDemo *demo, const MwDemoFamily *family, size_t size, double price, GError **error)
{
    g_autoptr(MwInput) input = mw_demo_input(demo, "product");
    g_autofree char *code = g_strconcat(family->code, family->sizes[size], NULL);
    g_autofree char *zh = g_strdup_printf("%s %s", family->name_zh, code);
    g_autofree char *en = g_strdup_printf("%s %s", family->name_en, code);
    double base = demo->zh ? price : price / 7.7;
    MwDemoProduct product = {
        .list_price = (int64_t)(base * 100 + 0.5) * 10000,
        .cost = (int64_t)(base * (1.0 - family->margin) * 100 + 0.5) * 10000,
        .unit = demo->zh ? family->unit_zh : family->unit_en,
        .most = family->most,
        .family = (int)(family - mw_demo_families),
        .name = g_strdup(demo->zh ? zh : en),
    };

    mw_input_set(input, "code", code);
    mw_input_set(input, "name", demo->zh ? zh : en);
    mw_input_set(input, "name_en", en);
    mw_input_set(input, "line", demo->zh ? family->line_zh : family->line_en);
    mw_input_set(input, "kind", family->kind);
    mw_input_set(input, "unit", product.unit);
    mw_demo_put(input, "list_price", product.list_price);
    mw_demo_put(input, "cost", product.cost);
    product.id = mw_demo_save(demo->context, input, 0, error);
    g_array_append_val(demo->products, product);
    return product.id != 0;
}

static bool
make_products(MwDemo *demo, GError **error)
{
    for (const MwDemoFamily *family = mw_demo_families; family->code; family++) {
        double price = family->price;
        for (size_t i = 0; family->sizes[i]; i++, price *= family->step)
            if (!make_product(demo, family, i, price, error))
                return false;
    }
    return true;
}

static bool
make_rates(MwDemo *demo, GError **error)
{
    for (size_t which = 0; which < 2; which++) {
        for (int64_t day = demo->today - 400 * MW_DEMO_YEARS; day <= demo->today; day += 91) {
            g_autoptr(MwInput) input = mw_demo_input(demo, "currency_rate");
            g_autofree char *text = mw_date_format(day, MW_CLOCK_ISO);
            mw_input_set(input, "currency", demo->words->rate_currencies[which]);
            mw_input_set(input, "valid_from", text);
            mw_demo_put(input, "rate", mw_demo_rate(demo, which, day));
            if (!mw_demo_save(demo->context, input, 0, error))
                return false;
        }
    }
    return true;
}

static bool
make_policies(MwDemo *demo, GError **error)
{
    static const int64_t numbers[4][4] = {
        { 14, 4, 60, 1000 }, { 30, 8, 45, 500 }, { 90, 24, 30, 300 }, { 180, 48, 15, 0 }
    };
    const char *const services[] = {
        N_("Own engineer, yearly energy survey, spares kept for you"),
        N_("Yearly inspection, spares within two days"),
        N_("Inspection on request"),
        N_("Support by phone"),
    };

    for (size_t i = 0; i < 4; i++) {
        g_autoptr(MwInput) input = mw_demo_input(demo, "class_policy");
        const char class[] = { (char)('A' + i), 0 };
        mw_input_set(input, "class", class);
        mw_demo_put(input, "visit_every_days", numbers[i][0]);
        mw_demo_put(input, "response_hours", numbers[i][1]);
        mw_demo_put(input, "payment_terms_days", numbers[i][2]);
        mw_demo_put(input, "discount_authority", numbers[i][3]);
        mw_demo_put(input, "responsible", demo->users[i < 2 ? MW_DEMO_MANAGER : MW_DEMO_SERVICE]);
        mw_input_set(input, "service_package", mw_gettext(services[i]));
        if (!mw_demo_save(demo->context, input, 0, error))
            return false;
    }
    return true;
}

static bool
make_views(MwDemo *demo, GError **error)
{
    static const struct {
        const char *name, *entity, *filter, *sort;
    } views[] = {
        { N_("Key accounts"), "account", "class=eq.A", "name" },
        { N_("Overdue for a visit"), "account", "next_visit_on=lt.@today", "next_visit_on" },
        { N_("Prospects"), "account", "status=eq.prospect", "name" },
        { N_("Orders of the last 30 days"), "sales_order", "ordered_at=gte.@today-30",
          "-ordered_at" },
        { N_("Open opportunities"), "opportunity", "outcome=eq.open", "close_on" },
        { N_("Mine, open"), "opportunity", "outcome=eq.open&owner=eq.@me", "close_on" },
        { N_("To close within 30 days"), "opportunity",
          "outcome=eq.open&close_on=gte.@today&close_on=lt.@today+30", "close_on" },
        { N_("Should have closed"), "opportunity", "outcome=eq.open&close_on=lt.@today",
          "close_on" },
        { N_("Won in the last year"), "opportunity", "outcome=eq.won&closed_on=gte.@today-365",
          "-closed_on" },
        { N_("New leads"), "lead", "status=eq.new", "-created_at" },
        { N_("Leads in work"), "lead", "status=in.(new,working,qualified)", "-created_at" },
        { N_("Overdue tasks"), "activity", "done=is.false&due_on=lt.@today", "due_on" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
        g_autoptr(MwInput) input = mw_demo_input(demo, "saved_view");
        g_autofree char *json = g_strdup_printf("\"%s\"", views[i].filter);
        mw_input_set(input, "name", mw_gettext(views[i].name));
        mw_input_set(input, "entity", views[i].entity);
        mw_input_set(input, "filter", json);
        mw_input_set(input, "sort", views[i].sort);
        mw_input_set(input, "shared", "true");
        mw_demo_put(input, "owner", demo->users[MW_DEMO_MANAGER]);
        if (!mw_demo_save(demo->context, input, 0, error))
            return false;
    }
    return true;
}

bool
mw_demo_make_company(MwDemo *demo, const char *password, GError **error)
{
    return make_teams(demo, error) && make_users(demo, password, error) &&
           make_products(demo, error) && make_rates(demo, error) && make_policies(demo, error) &&
           make_views(demo, error);
}
