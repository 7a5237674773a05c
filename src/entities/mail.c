/* mail: the outbox. Written with what causes it, sent by a job; see record/outbox.h. What stands in it is made when it is
 * sent, from the activity or the notice that it is about, so that nothing is kept twice. */
#include "entities/common.h"

static const MwChoice kinds[] = {
    { "letter", N_("Written by a colleague"), "azure" },
    { "notice", N_("Notice"), "secondary" },
    { "digest", N_("Daily summary"), "secondary" },
    { NULL },
};

static const MwChoice statuses[] = {
    { "queued", N_("Queued"), "azure" },
    { "sending", N_("Being sent"), "blue" },
    { "sent", N_("Sent"), "green" },
    { "failed", N_("Not sent"), "red" },
    { "dropped", N_("No longer wanted"), "secondary" },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "kind", .label = N_("Kind"), .kind = &mw_choice, .choices = kinds,
      .flags = MW_REQUIRED },
    { .name = "status", .label = N_("Status"), .kind = &mw_choice, .choices = statuses,
      .flags = MW_REQUIRED },
    { .name = "recipients", .label = N_("Recipients"), .kind = &mw_memo,
      .flags = MW_REQUIRED | MW_PERSONAL },
    { .name = "sender", .label = N_("From"), .kind = &mw_link, .target = "user" },
    { .name = "activity", .label = N_("Activity"), .kind = &mw_link, .target = "activity",
      .flags = MW_INDEXED },
    { .name = "notice", .label = N_("Notice"), .kind = &mw_integer, .max = INT64_MAX,
      .flags = MW_SECRET },
    { .name = "reader", .label = N_("To whom"), .kind = &mw_link, .target = "user" },
    { .name = "message_id", .label = N_("Message id"), .kind = &mw_text, .max = 300 },
    { .name = "send_at", .label = N_("Next attempt"), .kind = &mw_instant },
    { .name = "attempts", .label = N_("Attempts"), .kind = &mw_integer, .max = INT64_MAX },
    { .name = "lease_until", .label = N_("Lease until"), .kind = &mw_instant,
      .flags = MW_SECRET },
    { .name = "error", .label = N_("Last error"), .kind = &mw_memo },
    { .name = "finished_at", .label = N_("Sent or given up"), .kind = &mw_instant },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("E-mail message"), MW_NAMES("kind", "recipients", "reader", "sender", "activity") },
    { N_("Delivery"),
      MW_NAMES("status", "attempts", "send_at", "error", "finished_at", "message_id") },
    { NULL },
};

const MwEntity mw_entity_mail = {
    .name = "mail",
    .path = "mails",
    .label = N_("E-mail message"),
    .plural = N_("Outgoing e-mail"),
    .help = N_("What was sent by e-mail, what waits and what could not be delivered."),
    .icon = "mail",
    .title = "recipients",
    .nav = MW_NAV_MANAGE,
    .flags = MW_INTERNAL | MW_NO_HISTORY,
    .fields = fields,
    .list = MW_NAMES("status", "kind", "recipients", "activity", "created_at", "attempts",
                     "send_at", "error"),
    .sections = sections,
    .grants = mw_grants_admin,
    .indexes = (const char *const *const[]){ MW_NAMES("status", "send_at"), NULL },
};
