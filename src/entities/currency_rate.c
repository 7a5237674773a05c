/* currency_rate: what one unit of a currency is worth in the base currency from a day on. */
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "currency", .label = N_("Currency"), .kind = &mw_currency,
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "valid_from", .label = N_("Valid from"), .kind = &mw_date,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "@today" },
    { .name = "rate", .label = N_("Rate"), .kind = &mw_rate, .min = 1, .max = INT64_MAX,
      .flags = MW_REQUIRED, .help = N_("Units of the base currency for one unit of this one.") },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_currency_rate = {
    .name = "currency_rate",
    .path = "currency-rates",
    .label = N_("Exchange rate"),
    .plural = N_("Exchange rates"),
    .help = N_("Rates to the base currency; each is valid until the next one."),
    .icon = "currency-yuan",
    .title = "currency",
    .nav = MW_NAV_MANAGE,
    .fields = fields,
    .list = MW_NAMES("currency", "valid_from", "rate"),
    .order = "-valid_from",
    .grants = mw_grants_reference,
    .unique = (const char *const *const[]){ MW_NAMES("currency", "valid_from"), NULL },
};
