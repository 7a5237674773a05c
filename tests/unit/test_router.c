/* router: which row of the tables a path means; and what the paths of URLs may be. */
#include <string.h>

#include "entities/entities.h"
#include "web/params.h"
#include "web/router.h"

static const MwRoute routes[] = {
    { MW_GET, "/", 0, 0, 0, NULL },
    { MW_GET, "/{entity}", 0, 0, 0, NULL },
    { MW_POST, "/{entity}", 0, 0, 0, NULL },
    { MW_GET, "/{entity}/new", 0, 0, 0, NULL },
    { MW_GET, "/{entity}/{id}", 0, 0, 0, NULL },
    { MW_PATCH, "/{entity}/{id}", 0, 0, 0, NULL },
    { MW_GET, "/{entity}/{name}", 0, 0, 0, NULL },
    { MW_DELETE, "/users/{id}", 0, 0, 0, NULL },
    { MW_GET, "/help/{rest}", 0, 0, 0, NULL },
    { MW_GET, "/help/index", 0, 0, 0, NULL },
    { .path = NULL },
};
static const MwRoute *const tables[] = { routes, NULL };

typedef struct {
    const char *path;
    MwMethod method;
    int route; /* index above; -1: none */
    unsigned allowed;
    const char *entity, *name;
    int64_t id;
} Case;

enum { G = 1 << MW_GET, P = 1 << MW_POST, C = 1 << MW_PATCH, D = 1 << MW_DELETE };

/* The methods collected on the way matter only where no route is found. */
static const Case cases[] = {
    { "/", MW_GET, 0, 0, NULL, NULL, 0 },
    { "/", MW_POST, -1, G, NULL, NULL, 0 },
    { "/accounts", MW_GET, 1, 0, "account", NULL, 0 },
    { "/accounts", MW_POST, 2, 0, "account", NULL, 0 },
    { "/accounts", MW_DELETE, -1, G | P, NULL, NULL, 0 },
    { "/accounts/new", MW_GET, 3, 0, "account", NULL, 0 },
    { "/accounts/12", MW_GET, 4, 0, "account", NULL, 12 },
    { "/accounts/12", MW_PATCH, 5, 0, "account", NULL, 12 },
    { "/accounts/12", MW_POST, -1, G | C, NULL, NULL, 0 },
    { "/accounts/012", MW_GET, 6, 0, "account", "012", 0 },
    { "/accounts/+1", MW_GET, 6, 0, "account", "+1", 0 },
    { "/accounts/9223372036854775807", MW_GET, 4, 0, "account", NULL, INT64_MAX },
    { "/accounts/9223372036854775808", MW_GET, 6, 0, "account", "9223372036854775808", 0 },
    /* A fixed part wins; where it leads nowhere, the next meaning is tried. */
    { "/users/7", MW_DELETE, 7, 0, NULL, NULL, 7 },
    { "/users/7", MW_GET, 4, 0, "user", NULL, 7 },
    { "/users", MW_GET, 1, 0, "user", NULL, 0 },
    { "/users/7", MW_POST, -1, G | C | D, NULL, NULL, 0 },
    { "/help/a/b c/d", MW_GET, 8, 0, NULL, "a/b c/d", 0 },
    { "/help/index", MW_GET, 9, 0, NULL, NULL, 0 },
    { "/help/index/x", MW_GET, 8, 0, NULL, "index/x", 0 },
    { "/help", MW_GET, -1, 0, NULL, NULL, 0 },
    { "/nothings", MW_GET, -1, 0, NULL, NULL, 0 },
    { "/accounts/1/2", MW_GET, -1, 0, NULL, NULL, 0 },
};

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    MwArena arena;
    const char *segments[MW_PATH_SEGMENTS_MAX];
    size_t n;
    MwMatch match;
    g_autoptr(MwCatalog) catalog = mw_catalog_new(mw_entities, NULL, 0, NULL);
    MwRouter *router = mw_router_new(tables);

    mw_arena_init(&arena);
    const char *path = mw_path_read(&arena, c->path, strlen(c->path), segments, &n);
    g_assert_cmpstr(path, ==, c->path);
    mw_router_find(router, catalog, c->method, path, segments, n, &match);
    if (c->route >= 0) {
        g_assert_true(match.route == &routes[c->route]);
        g_assert_true(mw_router_route(router, match.index) == match.route);
        g_assert_cmpstr(match.entity ? match.entity->name : NULL, ==, c->entity);
        g_assert_cmpstr(match.name, ==, c->name);
        g_assert_cmpint(match.id, ==, c->id);
    } else {
        g_assert_null(match.route);
        g_assert_cmpuint(match.allowed, ==, c->allowed);
    }
    mw_router_free(router);
    mw_arena_clear(&arena);
}

static void
test_cookies(void)
{
    static const struct {
        const char *header, *value; /* of "a"; NULL: none */
    } cookies[] = {
        { "a=1", "1" }, { "b=2; a=1", "1" }, { "aa=2; a=1;b=3", "1" },
        { "a=", "" },   { "b=a=1", NULL },   { "a", NULL },
        { "", NULL },   { NULL, NULL },      { "; ;a=x=y", "x=y" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cookies); i++) {
        size_t size = 0;
        const char *value = mw_cookie_find(cookies[i].header, "a", &size);
        g_autofree char *copy = value ? g_strndup(value, size) : NULL;
        g_assert_cmpstr(copy, ==, cookies[i].value);
    }
}

int
main(int argc, char **argv)
{
    static const char *const methods[] = { "get", "post", "patch", "delete" };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name =
            g_strdup_printf("/router/%zu-%s%s", i, methods[cases[i].method],
                            g_str_equal(cases[i].path, "/") ? "" : cases[i].path);
        g_test_add_data_func(name, &cases[i], test_case);
    }
    g_test_add_func("/router/cookies", test_cookies);
    return g_test_run();
}
