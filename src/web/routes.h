#pragma once
/* routes: the route tables, each at the end of its file; routes.c lists them. */
#include "web/web.h"

extern const MwRoute mw_login_routes[], mw_system_routes[];
extern const MwRoute mw_api_routes[], mw_api_write_routes[];
