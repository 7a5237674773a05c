/* api_token: a key with which a program acts for a user; only its hash is kept. */
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "user", .label = N_("User"), .kind = &mw_link, .target = "user",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "name", .label = N_("Name"), .kind = &mw_text, .max = 100, .flags = MW_REQUIRED,
      .help = N_("What the token is for.") },
    { .name = "prefix", .label = N_("Begins with"), .kind = &mw_text, .max = 20,
      .flags = MW_READ_ONLY },
    { .name = "hash", .label = N_("Hash"), .kind = &mw_hidden,
      .flags = MW_READ_ONLY | MW_UNIQUE | MW_SECRET },
    { .name = "expires_at", .label = N_("Expires at"), .kind = &mw_instant, .flags = MW_INDEXED },
    { .name = "last_used_at", .label = N_("Last used at"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_QUIET },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_api_token = {
    .name = "api_token",
    .path = "api-tokens",
    .label = N_("API token"),
    .plural = N_("API tokens"),
    .help = N_("Keys for programs; each acts with the rights of its user."),
    .icon = "key",
    .title = "name",
    .nav = MW_NAV_MANAGE,
    .flags = MW_INTERNAL,
    .fields = fields,
    .list = MW_NAMES("name", "user", "prefix", "expires_at", "last_used_at"),
    .grants = mw_grants_admin,
};
