/* filter: what is asked, against the SQL that comes of it; and everything that is refused. */
#include "record/filter.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "entities/entities.h"

/* A context without a database: what the parser uses. */
typedef struct {
    MwCatalog *catalog;
    MwActor *actor;
    MwContext context;
} World;

static void
world_clear(World *world)
{
    g_time_zone_unref(world->context.locale.zone);
    mw_actor_unref(world->actor);
    mw_catalog_unref(world->catalog);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_clear)

static World
world_new(void)
{
    World world = { .catalog = mw_catalog_new(mw_entities, NULL, 0, NULL) };

    g_assert_nonnull(world.catalog);
    world.actor = mw_actor_system(world.catalog);
    world.context = (MwContext){
        .catalog = world.catalog,
        .actor = world.actor,
        .locale = { .language = "en", .zone = g_time_zone_new_utc(), .currency = "CNY" },
        .now = INT64_C(1774944000000), /* 2026-03-31T08:00:00Z */
    };
    return world;
}

static char *
sql_of(const MwFilter *filter, const MwEntity *entity)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    MwQuery query = { .entity = entity, .filter = filter };

    mw_query_where(&query, MW_SQLITE, sql, params);
    g_string_erase(sql, 0, strlen(" WHERE t.\"deleted_at\" IS NULL AND "));
    for (guint i = 0; i < params->len; i++) {
        const MwValue *value = &g_array_index(params, MwValue, i);
        if (value->is == MW_INTEGER)
            g_string_append_printf(sql, " [%" G_GINT64_FORMAT "]", value->integer);
        else
            g_string_append_printf(sql, " [%s]", value->text);
    }
    return g_string_free(g_steal_pointer(&sql), false);
}

typedef struct {
    const char *name, *entity, *text, *sql;
} Good;

static const Good good[] = {
    { "equal", "account", "name=eq.ACME", "(t.\"name\" = $1) [ACME]" },
    { "and", "account", "class=eq.A&potential=gte.1000.50",
      "(t.\"class\" = $1 AND t.\"potential\" >= $2) [A] [100050]" },
    { "below-the-limit-of-the-field", "account", "potential=gt.-1",
      "(t.\"potential\" > $1) [-100]" },
    { "in", "account", "class=in.(A,B)", "(t.\"class\" IN ($1, $2)) [A] [B]" },
    { "in-padded", "account", "city=in.(\"a,b\",\"c\\\"d\",e)", /* few lengths: few statements */
      "(t.\"city\" IN ($1, $2, $3, $4)) [a,b] [c\"d] [e] [e]" },
    { "in-nothing", "account", "city=in.()", "(1=0)" },
    { "like", "account", "name=like.*50%泵*", "(t.\"name\" LIKE $1 ESCAPE '\\') [%50\\%泵%]" },
    { "not", "account", "city=not.eq.x", "(NOT COALESCE((t.\"city\" = $1), 0)) [x]" },
    { "null", "account", "phone=is.null", "(t.\"phone\" IS NULL)" },
    { "not-null", "account", "phone=not.is.null", "(NOT COALESCE((t.\"phone\" IS NULL), 0))" },
    { "empty-is-null", "account", "phone=eq.&email=neq.",
      "(t.\"phone\" IS NULL AND t.\"email\" IS NOT NULL)" },
    { "true", "product", "active=is.true", "(t.\"active\" = $1) [1]" },
    { "or", "account", "or=(class.eq.A,and(status.eq.former,name.like.\"a,(b\"))",
      "((t.\"class\" = $1 OR (t.\"status\" = $2 AND t.\"name\" LIKE $3 ESCAPE '\\'))) "
      "[A] [former] [a,(b]" },
    { "not-or", "account", "not.or=(class.eq.A,class.eq.B)",
      "(NOT COALESCE(((t.\"class\" = $1 OR t.\"class\" = $2)), 0)) [A] [B]" },
    { "link", "sales_order", "account.region=eq.East",
      "(EXISTS (SELECT 1 FROM \"account\" t1 WHERE t1.\"id\" = t.\"account\" AND "
      "t1.\"deleted_at\" IS NULL AND (t1.\"region\" = $1))) [East]" },
    { "link-in-a-group", "sales_order", "or=(account.name.not.is.null)",
      "((EXISTS (SELECT 1 FROM \"account\" t1 WHERE t1.\"id\" = t.\"account\" AND "
      "t1.\"deleted_at\" IS NULL AND (NOT COALESCE((t1.\"name\" IS NULL), 0)))))" },
    { "detail", "sales_order", "sales_order_line.product=eq.71",
      "(EXISTS (SELECT 1 FROM \"sales_order_line\" t1 WHERE t1.\"sales_order\" = t.\"id\" AND "
      "t1.\"deleted_at\" IS NULL AND (t1.\"product\" = $1))) [71]" },
    { "relative-date", "sales_order", "due_on=lt.@today-30", "(t.\"due_on\" < $1) [2026-03-01]" },
    { "relative-instant", "sales_order", "ordered_at=gte.@today&ordered_at=lt.@now",
      "(t.\"ordered_at\" >= $1 AND t.\"ordered_at\" < $2) [1774915200000] [1774944000000]" },
    { "me", "account", "owner=eq.@me", "(t.\"owner\" = $1) [0]" },
    { "percent-encoded", "account", "name=eq.a%26b%3Dc", "(t.\"name\" = $1) [a&b=c]" },
    { "nothing-asked", "account", "", "1=1" },
};

static void
test_good(gconstpointer data)
{
    const Good *c = data;
    g_auto(World) world = world_new();
    const MwEntity *entity = mw_catalog_entity(world.catalog, c->entity);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwFilter) filter = mw_filter_parse_text(&world.context, entity, c->text, problems);
    g_autofree char *text = mw_problems_text(problems);

    g_assert_cmpstr(text, ==, "");
    g_assert_nonnull(filter);
    g_autofree char *sql = sql_of(filter, entity);
    g_assert_cmpstr(sql, ==, c->sql);
}

typedef struct {
    const char *name, *text, *code;
} Bad;

static const Bad bad[] = {
    { "no-such-field", "colour=eq.red", "unknown" },
    { "no-such-field-of-a-link", "parent.colour=eq.red", "unknown" },
    { "path-through-no-link", "name.city=eq.x", "unknown" },
    { "no-test", "name=ACME", "bad_test" },
    { "unknown-test", "name=similar.ACME", "bad_test" },
    { "order-of-a-choice", "class=gt.A", "bad_test" },
    { "like-of-a-number", "potential=like.1*", "bad_test" },
    { "contains-of-one-choice", "name=cs.a", "bad_test" },
    { "not-a-number", "potential=gt.much", "not_a_number" },
    { "nothing-to-compare", "potential=gt.", "required" },
    { "is-what", "name=is.blue", "bad_value" },
    { "list-without-parentheses", "class=in.A,B", "bad_list" },
    { "quote-not-closed", "city=in.(\"a)", "bad_list" },
    { "parenthesis-not-closed", "or=(city.eq.a,and(city.eq.b)", "bad_list" },
    { "empty-group", "or=()", "bad_list" },
    { "group-without-test", "or=(city)", "bad_test" },
    { "too-deep", "or=(or(or(or(or(or(city.eq.a))))))", "too_deep" },
    { "links-too-deep", "parent.parent.parent.parent.parent.parent.name=eq.a", "too_deep" },
    { "no-equals-sign", "name", "bad_filter" },
    { "not-utf8", "name=eq.\xff", "bad_filter" },
};

static void
test_bad(gconstpointer data)
{
    const Bad *c = data;
    g_auto(World) world = world_new();
    const MwEntity *entity = mw_catalog_entity(world.catalog, "account");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwFilter) filter = mw_filter_parse_text(&world.context, entity, c->text, problems);

    g_assert_null(filter);
    g_assert_cmpuint(mw_problems_count(problems), ==, 1);
    g_assert_cmpstr(mw_problems_get(problems, 0)->code, ==, c->code);
}

static void
test_limits(void)
{
    g_auto(World) world = world_new();
    const MwEntity *account = mw_catalog_entity(world.catalog, "account");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwFilter) filter = mw_filter_all();
    g_autoptr(GString) list = g_string_new("(a");

    for (int i = 0; i < MW_FILTER_TESTS_MAX; i++)
        g_assert_true(mw_filter_parse(&world.context, account, "city", "eq.a", filter, problems));
    g_assert_false(mw_filter_parse(&world.context, account, "city", "eq.a", filter, problems));
    g_assert_cmpstr(mw_problems_get(problems, 0)->code, ==, "too_many");

    for (int i = 0; i < MW_FILTER_VALUES_MAX; i++)
        g_string_append(list, ",a");
    g_string_append_c(list, ')');
    g_string_prepend(list, "in.");
    g_autoptr(MwFilter) other = mw_filter_all();
    mw_problems_reset(problems);
    g_assert_false(mw_filter_parse(&world.context, account, "city", list->str, other, problems));
    g_assert_cmpstr(mw_problems_get(problems, 0)->code, ==, "too_many");
}

static void
test_secret_field_is_unknown(void)
{
    g_auto(World) world = world_new();
    const MwEntity *user = mw_catalog_entity(world.catalog, "user");
    g_autoptr(MwProblems) problems = mw_problems_new();
    bool secret = false;

    for (size_t i = 0; i < user->n_fields; i++) {
        g_autoptr(MwFilter) filter = mw_filter_all();
        if (!(user->fields[i].flags & MW_SECRET))
            continue;
        secret = true;
        mw_problems_reset(problems);
        g_assert_false(mw_filter_parse(&world.context, user, user->fields[i].name, "is.null",
                                       filter, problems));
        g_assert_cmpstr(mw_problems_get(problems, 0)->code, ==, "unknown");
    }
    g_assert_true(secret);
}

static void
test_order(void)
{
    g_auto(World) world = world_new();
    MwQuery query = { .entity = mw_catalog_entity(world.catalog, "account") };
    g_autoptr(MwProblems) problems = mw_problems_new();

    g_assert_true(mw_order_parse_list(&world.context, "-potential, name", &query, problems));
    g_assert_cmpuint(query.n_order, ==, 2);
    g_assert_true(query.order[0].descending);
    g_assert_cmpstr(query.order[1].field->name, ==, "name_order"); /* as people list names */
    g_assert_false(mw_order_parse_list(&world.context, "colour", &query, problems));
    g_assert_false(mw_order_parse_list(&world.context, "name,city,region,type", &query, problems));
    g_assert_cmpuint(mw_problems_count(problems), ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_i18n_use("en");
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *path = g_strdup_printf("/filter/%s", good[i].name);
        g_test_add_data_func(path, &good[i], test_good);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = g_strdup_printf("/filter/bad/%s", bad[i].name);
        g_test_add_data_func(path, &bad[i], test_bad);
    }
    g_test_add_func("/filter/limits", test_limits);
    g_test_add_func("/filter/secret-field-is-unknown", test_secret_field_is_unknown);
    g_test_add_func("/filter/order", test_order);
    return g_test_run();
}
