/* saved_view: a list with its filter, order and columns under a name. */
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "name", .label = N_("Name"), .kind = &mw_text, .max = 100, .flags = MW_REQUIRED },
    { .name = "entity", .label = N_("Records"), .kind = &mw_text, .max = 60,
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "filter", .label = N_("Filter"), .kind = &mw_json },
    { .name = "sort", .label = N_("Sorting"), .kind = &mw_text },
    { .name = "columns", .label = N_("Columns"), .kind = &mw_text, .max = 2000 },
    { .name = "shared", .label = N_("Shared with all"), .kind = &mw_bool, .initial = "false" },
    { .name = "initial", .label = N_("Shown first"), .kind = &mw_bool, .initial = "false" },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_saved_view = {
    .name = "saved_view",
    .path = "saved-views",
    .label = N_("Saved view"),
    .plural = N_("Saved views"),
    .help = N_("Lists you come back to, with their filter, order and columns."),
    .icon = "bookmark",
    .title = "name",
    .flags = MW_OWNED | MW_PRIVATE | MW_NO_HISTORY,
    .fields = fields,
    .list = MW_NAMES("name", "entity", "shared", "owner"),
    .grants = mw_grants_own,
};
