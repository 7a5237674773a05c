#include "cli/commands.h"

const MwCommand *const mw_commands[] = {
    &mw_command_influence,
    &mw_command_forecast,
    &mw_command_pipeline_forecast,
    &mw_command_version,
    NULL,
};
