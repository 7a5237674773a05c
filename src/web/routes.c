#include "web/routes.h"

const MwRoute *const mw_route_tables[] = {
    mw_system_routes, mw_login_routes, mw_api_routes, mw_api_write_routes, NULL,
};
