/* job: work done outside of requests, at least once, and again after a failure. */
#include "entities/common.h"

/* clang-format off */
static const MwChoice statuses[] = {
    { "queued", N_("Queued"), "azure" },
    { "running", N_("Running"), "blue" },
    { "done", N_("Done"), "green" },
    { "dead", N_("Given up"), "red" },
    { NULL },
};

static const MwField fields[] = {
    { .name = "kind", .label = N_("Kind"), .kind = &mw_text, .max = 60,
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "status", .label = N_("Status"), .kind = &mw_choice, .choices = statuses,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "queued" },
    { .name = "payload", .label = N_("Payload"), .kind = &mw_json },
    { .name = "run_at", .label = N_("Runs at"), .kind = &mw_instant,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "@now" },
    { .name = "attempts", .label = N_("Attempts"), .kind = &mw_integer, .max = INT64_MAX,
      .initial = "0" },
    { .name = "lease_until", .label = N_("Lease until"), .kind = &mw_instant, .flags = MW_INDEXED },
    { .name = "progress", .label = N_("Progress"), .kind = &mw_percent, .max = 10000 },
    { .name = "message", .label = N_("Message"), .kind = &mw_text, .max = 500 },
    { .name = "error", .label = N_("Error"), .kind = &mw_memo },
    { .name = "finished_at", .label = N_("Finished at"), .kind = &mw_instant },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_job = {
    .name = "job",
    .path = "jobs",
    .label = N_("Job"),
    .plural = N_("Jobs"),
    .help = N_("Work in the background: imports, classifications, clean-up."),
    .icon = "settings-automation",
    .title = "kind",
    .nav = MW_NAV_MANAGE,
    .flags = MW_INTERNAL | MW_NO_HISTORY,
    .fields = fields,
    .list = MW_NAMES("kind", "status", "run_at", "attempts", "progress", "message"),
    .grants = mw_grants_admin,
};
