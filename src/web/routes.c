#include "web/routes.h"

const MwRoute *const mw_route_tables[] = {
    mw_system_routes,
    mw_login_routes,
    NULL,
};
