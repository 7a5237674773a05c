#include "cli/commands.h"

const MwCommand *const mw_commands[] = {
    &mw_command_serve,         &mw_command_init,
    &mw_command_demo,          &mw_command_import,
    &mw_command_export,        &mw_command_migrate,
    &mw_command_user,          &mw_command_token,
    &mw_command_backup,        &mw_command_restore,
    &mw_command_check,         &mw_command_audit,
    &mw_command_classify,      &mw_command_classify_table,
    &mw_command_concentration, &mw_command_funnel,
    &mw_command_clv,           &mw_command_influence,
    &mw_command_forecast,      &mw_command_pipeline_forecast,
    &mw_command_negotiate,     &mw_command_value,
    &mw_command_version,       NULL,
};
