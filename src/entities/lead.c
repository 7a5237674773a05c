/* lead: somebody who may need what we sell; converted to an account, a contact and an opportunity. */
#include "base/name.h"
#include "entities/common.h"

static const MwChoice statuses[] = {
    { "new", N_("Not contacted"), "azure" },
    { "working", N_("In work"), "blue" },
    { "qualified", N_("Qualified"), "green" },
    { "converted", N_("Converted"), "purple" },
    { "disqualified", N_("Disqualified"), "secondary" },
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
    { .name = "rating", .label = N_("Rating"), .kind = &mw_choice, .choices = mw_ratings,
      .flags = MW_INDEXED },
    { .name = "status", .label = N_("Status"), .kind = &mw_choice, .choices = statuses,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "new" },
    { .name = "disqualified_because", .label = N_("Reason of disqualifying"), .kind = &mw_text,
      .max = 500 },
    { .name = "phone", .label = N_("Phone"), .kind = &mw_phone,
      .flags = MW_SEARCHED | MW_PERSONAL },
    { .name = "email", .label = N_("E-mail"), .kind = &mw_email,
      .flags = MW_SEARCHED | MW_PERSONAL },
    { .name = "credit_code", .label = N_("Credit code"), .kind = &mw_credit_code,
      .flags = MW_SEARCHED | MW_INDEXED },
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
    MW_POOL_FIELDS,

    MW_KEY("name_key", N_("Key of the name")),
    MW_KEY("pinyin_key", N_("Key of the pinyin")),
    MW_KEY("phone_key", N_("Key of the phone")),
    MW_KEY("mail_key", N_("Key of the mail domain")),
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Lead"), MW_NAMES("company", "person", "job_title", "source", "need", "product", "rating",
                           "status", "disqualified_because", "owner", "team") },
    { N_("Contact data"),
      MW_NAMES("phone", "email", "website", "credit_code", "country", "region", "city") },
    { N_("Converted to"), MW_NAMES("account", "contact", "opportunity", "converted_at") },
    { N_("Open pool"),
      MW_NAMES("pool", "pooled_at", "taken_from", "taken_at", "last_activity_at") },
    { NULL },
};

static void
check(MwRecord *lead, const MwRecord *before, const GPtrArray *details G_GNUC_UNUSED,
      MwProblems *problems)
{
    const char *status = mw_record_text(lead, "status");
    bool converted = g_strcmp0(status, "converted") == 0;

    if (converted == mw_record_is_null(lead, "converted_at"))
        mw_problems_add(problems, "status", "not_a_choice",
                        converted ? _("A lead becomes converted by converting it.")
                                  : _("A converted lead stays converted."));
    if (g_strcmp0(status, "disqualified") != 0)
        mw_record_set_null(lead, "disqualified_because");
    else if (mw_record_is_null(lead, "disqualified_because") &&
             (!before || mw_record_has_changed(lead, "status")))
        mw_problems_add(problems, "disqualified_because", "required",
                        _("Say why the lead is disqualified."));
    mw_check_pooled(lead, before, problems);
    mw_put_key(lead, "name_key", "company", mw_name_key);
    mw_put_key(lead, "pinyin_key", "company", mw_name_pinyin);
    mw_put_key(lead, "phone_key", "phone", mw_phone_key);
    mw_put_key(lead, "mail_key", "email", mw_mail_domain_key);
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
    .twins = MW_NAMES("credit_code", "company", "phone", "email"),
    .hooks = { .check = check },
};
