#pragma once
/* router: from method and path to a row of the route tables, by a tree of path segments. */
#include "web/web.h"

typedef struct MwRouter MwRouter; /* immutable; shared by all threads */

/* What a path was found to mean. */
typedef struct {
    const MwRoute *route; /* NULL: none for this method */
    unsigned index;       /* of the route among all      */
    unsigned allowed;     /* bit set of methods that the path has; 0: no such path */
    const MwEntity *entity;
    int64_t id;
    const char *name; /* of "{name}"; of "{rest}" the text from there on */
} MwMatch;

/* `tables` ends with NULL. A row that could never be reached or asks for a right without an entity
 * is a fault of ours and aborts. */
MwRouter *mw_router_new(const MwRoute *const *tables);
void mw_router_free(MwRouter *router);
unsigned mw_router_count(const MwRouter *router);
const MwRoute *mw_router_route(const MwRouter *router, unsigned index);

/* Decoded segments of `path`. HEAD asks for MW_GET. O(segments) for most paths. */
void mw_router_find(const MwRouter *router, const MwCatalog *catalog, MwMethod method,
                    const char *path, const char *const *segments, size_t n, MwMatch *match);
