/* competitor: who else sells to our customers. */
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "name", .label = N_("Name"), .kind = &mw_text,
      .flags = MW_REQUIRED | MW_UNIQUE | MW_SEARCHED | MW_NAMED },
    { .name = "website", .label = N_("Website"), .kind = &mw_url },
    { .name = "strengths", .label = N_("Strengths"), .kind = &mw_memo, .flags = MW_SEARCHED },
    { .name = "weaknesses", .label = N_("Weaknesses"), .kind = &mw_memo, .flags = MW_SEARCHED },
    { .name = "note", .label = N_("Note"), .kind = &mw_memo, .flags = MW_SEARCHED },
    MW_FIELDS_END,
};
/* clang-format on */

/* Whoever meets one in the field may write it down. */
static const MwGrant grants[] = {
    { "admin", { MW_ALL, MW_ALL, MW_ALL, MW_ALL, MW_ALL, MW_ALL } },
    { "manager", { MW_ALL, MW_ALL, MW_ALL, MW_NOBODY, MW_ALL, MW_ALL } },
    { "sales", { MW_ALL, MW_ALL, MW_ALL } },
    { "service", { MW_ALL } },
    { "marketing", { MW_ALL, MW_ALL, MW_ALL, MW_NOBODY, MW_ALL } },
    { "viewer", { MW_ALL } },
    { NULL },
};

const MwEntity mw_entity_competitor = {
    .name = "competitor",
    .path = "competitors",
    .label = N_("Competitor"),
    .plural = N_("Competitors"),
    .help = N_("Who else sells to your customers."),
    .icon = "swords",
    .title = "name",
    .nav = MW_NAV_MARKET,
    .fields = fields,
    .list = MW_NAMES("name", "website"),
    .order = "name",
    .grants = grants,
    .twins = MW_NAMES("name"),
};
