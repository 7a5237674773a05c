/* millwright version: which program this is. */
#include "base/i18n.h"
#include "cli/commands.h"
#include "cli/main.h"

static bool
run(MwApp *app G_GNUC_UNUSED, int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED,
    GError **error G_GNUC_UNUSED)
{
    g_print("millwright %s\n", MW_VERSION);
    return true;
}

const MwCommand mw_command_version = {
    .name = "version",
    .summary = N_("Show the version"),
    .run = run,
};
