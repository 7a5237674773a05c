/* product: an industrial good we sell, made to go into others' goods or to be used as it is. */
#include "entities/common.h"

static const MwChoice kinds[] = {
    { "intermediate", N_("Intermediate good"), "azure" },
    { "final", N_("Final good"), "green" },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "code", .label = N_("Product code"), .kind = &mw_text, .max = 60,
      .flags = MW_REQUIRED | MW_UNIQUE | MW_SEARCHED },
    { .name = "name", .label = N_("Name"), .kind = &mw_text,
      .flags = MW_REQUIRED | MW_SEARCHED | MW_NAMED | MW_INDEXED },
    { .name = "name_en", .label = N_("English name"), .kind = &mw_text, .flags = MW_SEARCHED },
    { .name = "line", .label = N_("Product line"), .kind = &mw_text, .max = 100,
      .flags = MW_SEARCHED | MW_INDEXED },
    { .name = "kind", .label = N_("Kind of good"), .kind = &mw_choice, .choices = kinds,
      .flags = MW_INDEXED,
      .help = N_("Intermediate goods become part of the customer's product; final goods do not.") },
    { .name = "unit", .label = N_("Unit"), .kind = &mw_text, .max = 20,
      .help = N_("What is counted: piece, set, kg, m.") },
    { .name = "currency", .label = N_("Currency"), .kind = &mw_currency,
      .initial = "@base_currency" },
    { .name = "list_price", .label = N_("List price"), .kind = &mw_price, .max = INT64_MAX,
      .currency = "currency" },
    { .name = "cost", .label = N_("Cost"), .kind = &mw_price, .max = INT64_MAX,
      .currency = "currency", .help = N_("What one unit costs us.") },
    { .name = "external_code", .label = N_("External code"), .kind = &mw_text, .max = 60,
      .flags = MW_SEARCHED | MW_INDEXED },
    { .name = "active", .label = N_("Active"), .kind = &mw_bool, .flags = MW_INDEXED,
      .initial = "true" },
    { .name = "description", .label = N_("Description"), .kind = &mw_memo, .flags = MW_SEARCHED },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Product"),
      MW_NAMES("code", "name", "name_en", "line", "kind", "unit", "external_code", "active") },
    { N_("Price"), MW_NAMES("currency", "list_price", "cost") },
    { N_("Description"), MW_NAMES("description") },
    { NULL },
};

const MwEntity mw_entity_product = {
    .name = "product",
    .path = "products",
    .label = N_("Product"),
    .plural = N_("Products"),
    .help = N_("Goods you sell, with their list price and cost."),
    .icon = "package",
    .title = "name",
    .nav = MW_NAV_MARKET,
    .fields = fields,
    .list = MW_NAMES("code", "name", "line", "kind", "list_price", "unit", "active"),
    .order = "code",
    .sections = sections,
    .grants = mw_grants_reference,
};
