#pragma once
/* routes: the route tables, each at the end of its file; routes.c lists them. */
#include "web/web.h"

extern const MwRoute mw_login_routes[], mw_system_routes[];
extern const MwRoute mw_api_routes[], mw_api_write_routes[], mw_api_history_routes[];
extern const MwRoute mw_api_sales_routes[], mw_people_routes[];
extern const MwRoute mw_admin_settings_routes[], mw_admin_users_routes[], mw_admin_roles_routes[];
extern const MwRoute mw_admin_teams_routes[], mw_admin_fields_routes[];
extern const MwRoute mw_profile_routes[], mw_audit_routes[];
extern const MwRoute mw_add_line_routes[], mw_funnel_routes[], mw_board_routes[],
    mw_board_move_routes[];
extern const MwRoute mw_list_routes[], mw_view_routes[], mw_record_routes[], mw_in_place_routes[];
extern const MwRoute mw_form_routes[], mw_lookup_routes[], mw_file_routes[];
extern const MwRoute mw_api_bulk_routes[], mw_bulk_change_routes[], mw_merge_routes[],
    mw_twins_routes[];
extern const MwRoute mw_favourite_routes[];
extern const MwRoute mw_bulk_routes[], mw_search_routes[], mw_start_routes[];
extern const MwRoute mw_classification_routes[], mw_classification_form_routes[];
extern const MwRoute mw_jobs_routes[], mw_import_routes[], mw_import_api_routes[];
extern const MwRoute mw_import_result_routes[], mw_import_undo_routes[];
extern const MwRoute mw_export_routes[], mw_export_routes[];
extern const MwRoute mw_pool_routes[], mw_lead_routes[];
extern const MwRoute mw_notice_routes[], mw_calendar_routes[], mw_feed_routes[];
extern const MwRoute mw_activity_routes[], mw_visit_plan_routes[];
extern const MwRoute mw_calendar_when_routes[];
extern const MwRoute mw_mailing_routes[], mw_api_mail_routes[];
