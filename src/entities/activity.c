/* activity: something done or to do with a customer: a note, call, visit, mail or task. */
#include "base/clock.h"
#include "entities/common.h"

static const MwChoice types[] = {
    { "note", N_("Note"), "secondary" }, { "call", N_("Call"), "green" },
    { "visit", N_("Visit"), "blue" },    { "mail", N_("Mail"), "azure" },
    { "task", N_("Task"), "orange" },    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "type", .label = N_("Type"), .kind = &mw_choice, .choices = types,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "note" },
    { .name = "subject", .label = N_("Subject"), .kind = &mw_text,
      .flags = MW_REQUIRED | MW_SEARCHED },
    { .name = "body", .label = N_("Text"), .kind = &mw_memo, .flags = MW_SEARCHED },
    { .name = "account", .label = N_("Account"), .kind = &mw_link, .target = "account",
      .flags = MW_INDEXED },
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_INDEXED },
    { .name = "opportunity", .label = N_("Opportunity"), .kind = &mw_link,
      .target = "opportunity", .flags = MW_INDEXED },
    { .name = "sales_order", .label = N_("Sales order"), .kind = &mw_link,
      .target = "sales_order", .flags = MW_INDEXED },
    { .name = "starts_at", .label = N_("Begins"), .kind = &mw_instant, .flags = MW_INDEXED },
    { .name = "ends_at", .label = N_("Ends"), .kind = &mw_instant },
    { .name = "place", .label = N_("Place"), .kind = &mw_text },
    { .name = "due_on", .label = N_("Due on"), .kind = &mw_date, .flags = MW_INDEXED },
    { .name = "done", .label = N_("Done"), .kind = &mw_bool, .flags = MW_REQUIRED | MW_INDEXED,
      .initial = "false" },
    { .name = "done_at", .label = N_("Done at"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_IMPORTABLE },
    { .name = "result", .label = N_("Result"), .kind = &mw_memo, .max = 2000,
      .flags = MW_SEARCHED },
    { .name = "next_step", .label = N_("Next step"), .kind = &mw_text },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Activity"), MW_NAMES("type", "subject", "body", "owner", "team") },
    { N_("About"), MW_NAMES("account", "contact", "opportunity", "sales_order") },
    { N_("Time and place"), MW_NAMES("starts_at", "ends_at", "place", "due_on") },
    { N_("Outcome"), MW_NAMES("done", "done_at", "result", "next_step") },
    { NULL },
};

static void
check(MwRecord *record, const MwRecord *before G_GNUC_UNUSED,
      const GPtrArray *details G_GNUC_UNUSED, MwProblems *problems)
{
    mw_check_in_order(record, "starts_at", "ends_at", problems);
    if (!mw_record_int(record, "done"))
        mw_record_set_null(record, "done_at");
    else if (mw_record_is_null(record, "done_at"))
        mw_record_set_int(record, "done_at", mw_clock_now());
}

const MwEntity mw_entity_activity = {
    .name = "activity",
    .path = "activities",
    .label = N_("Activity"),
    .plural = N_("Activities"),
    .help = N_("Notes, calls, visits, mails and tasks, done and planned."),
    .icon = "calendar-event",
    .title = "subject",
    .nav = MW_NAV_CUSTOMERS,
    .flags = MW_OWNED,
    .fields = fields,
    .list = MW_NAMES("type", "subject", "account", "starts_at", "due_on", "done", "owner"),
    .sections = sections,
    .grants = mw_grants_business,
    .hooks = { .check = check },
};
