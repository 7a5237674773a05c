#pragma once
/* commands: every command, in the order of the help. */
#include "cli/command.h"

extern const MwCommand mw_command_serve;
extern const MwCommand mw_command_init;
extern const MwCommand mw_command_demo;
extern const MwCommand mw_command_import;
extern const MwCommand mw_command_export;
extern const MwCommand mw_command_migrate;
extern const MwCommand mw_command_user, mw_command_token;
extern const MwCommand mw_command_backup;
extern const MwCommand mw_command_restore;
extern const MwCommand mw_command_check;
extern const MwCommand mw_command_audit;
extern const MwCommand mw_command_classify;
extern const MwCommand mw_command_classify_table;
extern const MwCommand mw_command_concentration;
extern const MwCommand mw_command_funnel;
extern const MwCommand mw_command_people;
extern const MwCommand mw_command_clv;
extern const MwCommand mw_command_influence;
extern const MwCommand mw_command_forecast;
extern const MwCommand mw_command_pipeline_forecast;
extern const MwCommand mw_command_negotiate;
extern const MwCommand mw_command_value;
extern const MwCommand mw_command_version;

/* Ends with NULL; defined in commands.c. */
extern const MwCommand *const mw_commands[];
