/* import_run: one import of a file: what was asked, how far it is, what came of it. */
#include "entities/common.h"

static const MwChoice statuses[] = {
    { "mapping", N_("Being mapped"), "secondary" },
    { "queued", N_("Queued"), "azure" },
    { "running", N_("Running"), "blue" },
    { "done", N_("Done"), "green" },
    { "failed", N_("Failed"), "red" },
    { "undoing", N_("Being undone"), "orange" },
    { "undone", N_("Undone"), "orange" },
    { "undo_failed", N_("Not undone to the end"), "red" },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "file_name", .label = N_("File name"), .kind = &mw_text, .max = 255,
      .flags = MW_REQUIRED },
    { .name = "source", .label = N_("File"), .kind = &mw_file, .target = "file" },
    { .name = "entity", .label = N_("Records"), .kind = &mw_text, .max = 60,
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "status", .label = N_("Status"), .kind = &mw_choice, .choices = statuses,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "mapping" },
    { .name = "mapping", .label = N_("Mapping"), .kind = &mw_json },
    { .name = "options", .label = N_("Options"), .kind = &mw_json },
    { .name = "rows", .label = N_("Rows"), .kind = &mw_integer },
    { .name = "created", .label = N_("Created"), .kind = &mw_integer },
    { .name = "updated", .label = N_("Updated"), .kind = &mw_integer },
    { .name = "rejected", .label = N_("Rejected"), .kind = &mw_integer },
    { .name = "progress", .label = N_("Progress"), .kind = &mw_percent, .max = 10000 },
    { .name = "rejects", .label = N_("Rejected rows"), .kind = &mw_file, .target = "file" },
    { .name = "message", .label = N_("Message"), .kind = &mw_memo },
    { .name = "report", .label = N_("Report"), .kind = &mw_json },
    { .name = "started_at", .label = N_("Started at"), .kind = &mw_instant },
    { .name = "finished_at", .label = N_("Finished at"), .kind = &mw_instant },
    { .name = "undone_at", .label = N_("Undone at"), .kind = &mw_instant },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Import"),
      MW_NAMES("file_name", "source", "entity", "status", "progress", "message", "owner", "team") },
    { N_("Result"), MW_NAMES("rows", "created", "updated", "rejected", "rejects", "report") },
    { N_("Settings"), MW_NAMES("mapping", "options") },
    { N_("Time"), MW_NAMES("started_at", "finished_at", "undone_at") },
    { NULL },
};

const MwEntity mw_entity_import_run = {
    .name = "import_run",
    .path = "imports",
    .label = N_("Import"),
    .plural = N_("Imports"),
    .help = N_("Files taken in, with their rejected rows; each can be undone as a whole."),
    .icon = "file-import",
    .title = "file_name",
    .nav = MW_NAV_MANAGE,
    .flags = MW_OWNED | MW_INTERNAL | MW_NO_HISTORY,
    .fields = fields,
    .list = MW_NAMES("file_name", "entity", "status", "rows", "created", "updated", "rejected",
                     "started_at"),
    .sections = sections,
    .grants = mw_grants_own,
    .made_at = "/imports/new",
};
