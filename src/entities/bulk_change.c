/* bulk_change: one change to many records, or a merge: what was asked, how far it is, what came of it. */
#include "entities/common.h"

static const MwChoice actions[] = {
    { "edit", N_("Changed"), "blue" },
    { "remove", N_("Deleted"), "red" },
    { "restore", N_("Restored"), "green" },
    { "merge", N_("Merged"), "purple" },
    { NULL },
};

static const MwChoice statuses[] = {
    { "queued", N_("Queued"), "azure" },
    { "running", N_("Running"), "blue" },
    { "done", N_("Done"), "green" },
    { "failed", N_("Failed"), "red" },
    { "undoing", N_("Being undone"), "orange" },
    { "undone", N_("Undone"), "orange" },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "title", .label = N_("What"), .kind = &mw_text, .max = 500, .flags = MW_REQUIRED },
    { .name = "entity", .label = N_("Records"), .kind = &mw_text, .max = 60,
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "action", .label = N_("Action"), .kind = &mw_choice, .choices = actions,
      .flags = MW_REQUIRED },
    { .name = "status", .label = N_("Status"), .kind = &mw_choice, .choices = statuses,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "queued" },
    { .name = "records", .label = N_("Number of records"), .kind = &mw_integer },
    { .name = "changed", .label = N_("Changed"), .kind = &mw_integer, .initial = "0" },
    { .name = "skipped", .label = N_("Left alone"), .kind = &mw_integer, .initial = "0" },
    { .name = "kept", .label = N_("Not set back"), .kind = &mw_integer },
    { .name = "input", .label = N_("Values"), .kind = &mw_json },
    { .name = "message", .label = N_("Message"), .kind = &mw_memo },
    { .name = "finished_at", .label = N_("Finished at"), .kind = &mw_instant },
    { .name = "undone_at", .label = N_("Undone at"), .kind = &mw_instant },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_bulk_change = {
    .name = "bulk_change",
    .path = "bulk-changes",
    .label = N_("Bulk change"),
    .plural = N_("Bulk changes"),
    .help = N_("Changes to many records at once, and merges; each can be undone as a whole."),
    .icon = "edit",
    .title = "title",
    .nav = MW_NAV_MANAGE,
    .flags = MW_OWNED | MW_INTERNAL | MW_NO_HISTORY,
    .fields = fields,
    .list = MW_NAMES("title", "action", "status", "records", "changed", "skipped", "owner",
                     "created_at"),
    .grants = mw_grants_own,
};
