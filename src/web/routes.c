#include "web/routes.h"

const MwRoute *const mw_route_tables[] = {
    mw_system_routes,        mw_login_routes,          mw_api_routes,
    mw_api_write_routes,     mw_api_history_routes,    mw_admin_settings_routes,
    mw_admin_users_routes,   mw_admin_roles_routes,    mw_admin_teams_routes,
    mw_admin_fields_routes,  mw_profile_routes,        mw_audit_routes,
    mw_list_routes,          mw_view_routes,           mw_record_routes,
    mw_in_place_routes,      mw_form_routes,           mw_lookup_routes,
    mw_file_routes,          mw_bulk_routes,           mw_search_routes,
    mw_start_routes,         mw_classification_routes, mw_classification_form_routes,
    mw_jobs_routes,          mw_import_routes,         mw_import_work_routes,
    mw_import_result_routes, mw_export_routes,         NULL,
};
