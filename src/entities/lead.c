/* lead: somebody who may need what we sell; converted to an account, a contact and an opportunity. */
#include "entities/common.h"

static const MwChoice statuses[] = {
    { "new", N_("New"), "azure" },
    { "working", N_("In work"), "blue" },
    { "qualified", N_("Qualified"), "green" },
    { "converted", N_("Converted"), "purple" },
    { "disqualified", N_("Disqualified"), "secondary" },
    { NULL },
};

static const MwChoice ratings[] = {
    { "hot", N_("Hot"), "red" },
    { "warm", N_("Warm"), "orange" },
    { "cold", N_("Cold"), "azure" },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "company", .label = N_("Company"), .kind = &mw_text,
      .flags = MW_REQUIRED | MW_SEARCHED | MW_NAMED | MW_INDEXED },
    { .name = "person", .label = N_("Contact person"), .kind = &mw_text, .max = 100,
      .flags = MW_SEARCHED | MW_NAMED | MW_PERSONAL },
    { .name = "job_title", .label = N_("Job title"), .kind = &mw_text, .max = 100,
      .flags = MW_PERSONAL },
    { .name = "source", .label = N_("Source"), .kind = &mw_choice, .choices = mw_sources,
      .flags = MW_INDEXED },
    { .name = "need", .label = N_("Need"), .kind = &mw_memo, .flags = MW_SEARCHED,
      .help = N_("In the customer's own words.") },
    { .name = "product", .label = N_("Product"), .kind = &mw_link, .target = "product",
      .flags = MW_INDEXED },
    { .name = "rating", .label = N_("Rating"), .kind = &mw_choice, .choices = ratings,
      .flags = MW_INDEXED },
    { .name = "status", .label = N_("Status"), .kind = &mw_choice, .choices = statuses,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "new" },
    { .name = "phone", .label = N_("Phone"), .kind = &mw_phone,
      .flags = MW_SEARCHED | MW_PERSONAL },
    { .name = "email", .label = N_("E-mail"), .kind = &mw_email,
      .flags = MW_SEARCHED | MW_PERSONAL },
    { .name = "credit_code", .label = N_("Credit code"), .kind = &mw_credit_code,
      .flags = MW_SEARCHED },
    { .name = "website", .label = N_("Website"), .kind = &mw_url },
    { .name = "country", .label = N_("Country"), .kind = &mw_text, .max = 60 },
    { .name = "region", .label = N_("Region"), .kind = &mw_text, .max = 60, .flags = MW_INDEXED },
    { .name = "city", .label = N_("City"), .kind = &mw_text, .max = 60 },
    { .name = "account", .label = N_("Account"), .kind = &mw_link, .target = "account",
      .flags = MW_READ_ONLY | MW_INDEXED },
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_READ_ONLY },
    { .name = "opportunity", .label = N_("Opportunity"), .kind = &mw_link,
      .target = "opportunity", .flags = MW_READ_ONLY },
    { .name = "converted_at", .label = N_("Converted at"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_INDEXED },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Lead"), MW_NAMES("company", "person", "job_title", "source", "need", "product", "rating",
                           "status", "owner", "team") },
    { N_("Contact data"),
      MW_NAMES("phone", "email", "website", "credit_code", "country", "region", "city") },
    { N_("Converted to"), MW_NAMES("account", "contact", "opportunity", "converted_at") },
    { NULL },
};

static void
check(MwRecord *lead, const MwRecord *before G_GNUC_UNUSED, const GPtrArray *details G_GNUC_UNUSED,
      MwProblems *problems)
{
    bool converted = g_strcmp0(mw_record_text(lead, "status"), "converted") == 0;

    if (converted == mw_record_is_null(lead, "converted_at"))
        mw_problems_add(problems, "status", "not_a_choice",
                        converted ? _("A lead becomes converted by converting it.")
                                  : _("A converted lead stays converted."));
}

const MwEntity mw_entity_lead = {
    .name = "lead",
    .path = "leads",
    .label = N_("Lead"),
    .plural = N_("Leads"),
    .help = N_("Who may need what you sell, before it is known whether there is business in it."),
    .icon = "user-search",
    .title = "company",
    .nav = MW_NAV_SELL,
    .flags = MW_OWNED,
    .fields = fields,
    .list =
        MW_NAMES("company", "person", "need", "source", "rating", "status", "owner", "created_at"),
    .sections = sections,
    .grants = mw_grants_business,
    .hooks = { .check = check },
};
