/* notice: something that a user should know; made by record/notice.h, seen by him alone. */
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "kind", .label = N_("Kind"), .kind = &mw_text, .max = 40, .flags = MW_REQUIRED },
    { .name = "sender", .label = N_("From"), .kind = &mw_link, .target = "user",
      .flags = MW_READ_ONLY },
    { .name = "entity", .label = N_("Records"), .kind = &mw_text, .max = 60 },
    { .name = "record", .label = N_("Record"), .kind = &mw_text, .max = 20, .flags = MW_INDEXED },
    { .name = "title", .label = N_("Title"), .kind = &mw_text, .max = 400 },
    { .name = "detail", .label = N_("Details"), .kind = &mw_text, .max = 400 },
    { .name = "at", .label = N_("When"), .kind = &mw_instant },
    { .name = "count", .label = N_("Number"), .kind = &mw_integer, .max = INT64_MAX },
    { .name = "read_at", .label = N_("Read at"), .kind = &mw_instant },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_notice = {
    .name = "notice",
    .path = "notices",
    .label = N_("Notice"),
    .plural = N_("Notices"),
    .help = N_("What you should know: who mentioned you, what is due."),
    .icon = "bell",
    .title = "title",
    .flags = MW_OWNED | MW_PRIVATE | MW_INTERNAL | MW_NO_HISTORY,
    .fields = fields,
    .list = MW_NAMES("kind", "title", "sender", "created_at", "read_at"),
    .order = "-created_at",
    .indexes = (const char *const *const[]){ MW_NAMES("owner", "read_at", "created_at"),
                                             MW_NAMES("owner", "created_at"), NULL },
    .grants = mw_grants_own,
};
