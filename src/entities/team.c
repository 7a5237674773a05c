/* team: a part of the sales organisation; teams form a tree. */
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "name", .label = N_("Name"), .kind = &mw_text, .max = 100,
      .flags = MW_REQUIRED | MW_UNIQUE | MW_SEARCHED | MW_NAMED },
    { .name = "parent", .label = N_("Part of"), .kind = &mw_link, .target = "team",
      .flags = MW_INDEXED, .help = N_("Who manages this team also sees the teams below it."),
      .back = N_("Teams below") },
    { .name = "leader", .label = N_("Team leader"), .kind = &mw_link, .target = "user",
      .flags = MW_INDEXED },
    { .name = "note", .label = N_("Note"), .kind = &mw_memo },
    MW_FIELDS_END,
};
/* clang-format on */

static void
check(MwRecord *record, const MwRecord *before G_GNUC_UNUSED,
      const GPtrArray *details G_GNUC_UNUSED, MwProblems *problems)
{
    mw_check_not_itself(record, "parent", problems);
}

const MwEntity mw_entity_team = {
    .name = "team",
    .path = "teams",
    .label = N_("Team"),
    .plural = N_("Teams"),
    .help = N_("Teams decide whose records a user sees."),
    .icon = "users-group",
    .title = "name",
    .nav = MW_NAV_MANAGE,
    .fields = fields,
    .list = MW_NAMES("name", "parent", "leader"),
    .order = "name",
    .grants = mw_grants_directory,
    .hooks = { .check = check },
};
