#include "web/router.h"

#include <string.h>

typedef enum { ID, ENTITY, NAME, REST, N_WILD } Wild;

typedef struct Node Node;
struct Node {
    GHashTable *fixed; /* segment -> Node; NULL: none */
    Node *wild[N_WILD];
    const MwRoute *routes[MW_N_METHODS];
    unsigned index[MW_N_METHODS];
};

struct MwRouter {
    Node root;
    GPtrArray *routes;
};

static void
node_clear(Node *node)
{
    g_clear_pointer(&node->fixed, g_hash_table_unref);
    for (int i = 0; i < N_WILD; i++) {
        if (node->wild[i])
            node_clear(node->wild[i]);
        g_free(node->wild[i]);
    }
}

static void
node_free(gpointer node)
{
    node_clear(node);
    g_free(node);
}

static Node *
step_into(Node *node, const char *segment, size_t size)
{
    static const char *const wilds[N_WILD] = { "{id}", "{entity}", "{name}", "{rest}" };

    for (int i = 0; i < N_WILD; i++) {
        if (strlen(wilds[i]) == size && strncmp(segment, wilds[i], size) == 0) {
            if (!node->wild[i])
                node->wild[i] = g_new0(Node, 1);
            return node->wild[i];
        }
    }
    if (!node->fixed)
        node->fixed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, node_free);
    g_autofree char *key = g_strndup(segment, size);
    Node *next = g_hash_table_lookup(node->fixed, key);
    if (!next) {
        next = g_new0(Node, 1);
        g_hash_table_insert(node->fixed, g_steal_pointer(&key), next);
    }
    return next;
}

static void
add(MwRouter *router, const MwRoute *route)
{
    Node *node = &router->root;

    for (const char *at = route->path; *at;) {
        at += *at == '/';
        size_t size = strcspn(at, "/");
        if (size > 0)
            node = step_into(node, at, size);
        at += size;
    }
    if (node->routes[route->method])
        g_error("two routes have the path %s", route->path);
    if (route->access == MW_FOR_RIGHT && !strstr(route->path, "{entity}"))
        g_error("the route %s has no entity to have a right on", route->path);
    node->routes[route->method] = route;
    node->index[route->method] = router->routes->len;
    g_ptr_array_add(router->routes, (gpointer)route);
}

MwRouter *
mw_router_new(const MwRoute *const *tables)
{
    MwRouter *router = g_new0(MwRouter, 1);

    router->routes = g_ptr_array_new();
    for (; *tables; tables++)
        for (const MwRoute *route = *tables; route->path; route++)
            add(router, route);
    return router;
}

void
mw_router_free(MwRouter *router)
{
    if (!router)
        return;
    node_clear(&router->root);
    g_ptr_array_unref(router->routes);
    g_free(router);
}

unsigned
mw_router_count(const MwRouter *router)
{
    return router->routes->len;
}

const MwRoute *
mw_router_route(const MwRouter *router, unsigned index)
{
    return router->routes->pdata[index];
}

typedef struct {
    const MwCatalog *catalog;
    MwMethod method;
    const char *path;
    const char *const *segments;
    size_t n;
    MwMatch *match;
} Search;

static bool
arrive(const Node *node, Search *search)
{
    MwMatch *match = search->match;

    for (int method = 0; method < MW_N_METHODS; method++)
        match->allowed |= node->routes[method] ? 1u << method : 0;
    match->route = node->routes[search->method];
    match->index = node->index[search->method];
    return match->route != NULL;
}

static bool
read_id(const char *text, int64_t *id)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 1, INT64_MAX, &number, NULL) || *text == '0')
        return false;
    *id = (int64_t)number;
    return true;
}

static const MwEntity *
entity_of(const Search *search, const char *segment)
{
    const MwEntity *entity = mw_catalog_by_path(search->catalog, segment);

    return entity && !(entity->flags & MW_HIDDEN) ? entity : NULL;
}

/* Where segment `at` begins in the path. */
static const char *
rest_from(const Search *search, size_t at)
{
    const char *text = search->path;

    for (size_t i = 0; i < at; i++)
        text += 1 + strlen(search->segments[i]);
    return text + 1;
}

static bool walk(const Node *node, size_t at, Search *search);

/* One meaning of a segment; when it leads nowhere, nothing of it stays but the methods it allows. */
static bool
attempt(const Node *node, size_t at, Search *search, const MwMatch *so_far)
{
    if (!node)
        return false;
    unsigned allowed = search->match->allowed;
    *search->match = *so_far;
    search->match->allowed = allowed;
    return walk(node, at + 1, search);
}

/* Tries what a segment can mean, the most particular first; true when a route is found. */
static bool
walk(const Node *node, size_t at, Search *search)
{
    MwMatch meant = *search->match;

    if (at == search->n)
        return arrive(node, search);
    const char *segment = search->segments[at];
    if (node->fixed && attempt(g_hash_table_lookup(node->fixed, segment), at, search, &meant))
        return true;
    if (node->wild[ID] && read_id(segment, &meant.id) &&
        attempt(node->wild[ID], at, search, &meant))
        return true;
    const MwEntity *entity = node->wild[ENTITY] ? entity_of(search, segment) : NULL;
    if (entity) {
        MwMatch with = meant;
        with.entity = entity;
        if (attempt(node->wild[ENTITY], at, search, &with))
            return true;
    }
    meant.name = node->wild[NAME] ? segment : meant.name;
    if (attempt(node->wild[NAME], at, search, &meant))
        return true;
    if (!node->wild[REST])
        return false;
    search->match->name = rest_from(search, at);
    return arrive(node->wild[REST], search);
}

void
mw_router_find(const MwRouter *router, const MwCatalog *catalog, MwMethod method, const char *path,
               const char *const *segments, size_t n, MwMatch *match)
{
    Search search = { catalog, method, path, segments, n, match };

    *match = (MwMatch){ 0 };
    walk(&router->root, 0, &search);
}
