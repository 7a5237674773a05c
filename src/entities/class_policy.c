/* class_policy: how accounts of a class are served; one record a class. */
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "class", .label = N_("Class"), .kind = &mw_choice, .choices = mw_classes,
      .flags = MW_REQUIRED | MW_UNIQUE },
    { .name = "visit_every_days", .label = N_("Visit every (days)"), .kind = &mw_integer, .min = 1,
      .max = 3650, .help = N_("Sets the date of the next visit of each account of the class.") },
    { .name = "response_hours", .label = N_("Response time (hours)"), .kind = &mw_integer,
      .min = 1, .max = 8760 },
    { .name = "payment_terms_days", .label = N_("Payment terms (days)"), .kind = &mw_integer,
      .max = 3650 },
    { .name = "discount_authority", .label = N_("Discount without approval"),
      .kind = &mw_percent, .max = 10000 },
    { .name = "responsible", .label = N_("Responsible"), .kind = &mw_link, .target = "user",
      .flags = MW_INDEXED },
    { .name = "service_package", .label = N_("Service package"), .kind = &mw_memo },
    { .name = "added_services", .label = N_("Value-added services"), .kind = &mw_memo,
      .help = N_("What a customer of the class may choose, one a line.") },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_class_policy = {
    .name = "class_policy",
    .path = "class-policies",
    .label = N_("Class policy"),
    .plural = N_("Class policies"),
    .help = N_("Visits, response times, terms and services for each class of account."),
    .icon = "scale",
    .title = "class",
    .nav = MW_NAV_CUSTOMERS,
    .fields = fields,
    .list = MW_NAMES("class", "visit_every_days", "response_hours", "payment_terms_days",
                     "discount_authority", "responsible"),
    .order = "class",
    .grants = mw_grants_reference,
};
