/* contact: a person at an account. */
#include "base/name.h"
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "name", .label = N_("Full name"), .kind = &mw_text, .max = 100,
      .flags = MW_REQUIRED | MW_SEARCHED | MW_NAMED | MW_INDEXED | MW_PERSONAL },
    { .name = "account", .label = N_("Account"), .kind = &mw_link, .target = "account",
      .flags = MW_INDEXED },
    { .name = "job_title", .label = N_("Job title"), .kind = &mw_text, .max = 100,
      .flags = MW_SEARCHED | MW_PERSONAL },
    { .name = "department", .label = N_("Department"), .kind = &mw_text, .max = 100,
      .flags = MW_PERSONAL },
    { .name = "email", .label = N_("E-mail"), .kind = &mw_email,
      .flags = MW_SEARCHED | MW_INDEXED | MW_PERSONAL },
    { .name = "mobile", .label = N_("Mobile"), .kind = &mw_phone,
      .flags = MW_SEARCHED | MW_INDEXED | MW_PERSONAL },
    { .name = "phone", .label = N_("Phone"), .kind = &mw_phone,
      .flags = MW_SEARCHED | MW_PERSONAL },
    { .name = "wechat", .label = N_("WeChat"), .kind = &mw_text, .max = 60,
      .flags = MW_SEARCHED | MW_PERSONAL },
    { .name = "language", .label = N_("Language"), .kind = &mw_choice, .choices = mw_languages,
      .flags = MW_PERSONAL },
    { .name = "birthday", .label = N_("Birthday"), .kind = &mw_date, .flags = MW_PERSONAL },
    { .name = "departed", .label = N_("Has left the company"), .kind = &mw_bool, .initial = "false" },
    { .name = "last_contact_on", .label = N_("Last contact"), .kind = &mw_date,
      .flags = MW_READ_ONLY | MW_INDEXED | MW_QUIET,
      .help = N_("The day of the last call, visit or mail with them.") },
    { .name = "next_contact_on", .label = N_("Next contact"), .kind = &mw_date,
      .flags = MW_READ_ONLY | MW_INDEXED | MW_QUIET,
      .help = N_("The day of the next one that is planned.") },
    { .name = "note", .label = N_("Note"), .kind = &mw_memo, .flags = MW_SEARCHED | MW_PERSONAL },

    MW_KEY("phone_key", N_("Key of the phone")),
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Person"),
      MW_NAMES("name", "account", "job_title", "department", "departed", "owner", "team") },
    { N_("Contact data"), MW_NAMES("email", "mobile", "phone", "wechat") },
    { N_("Personal"), MW_NAMES("language", "birthday", "note") },
    { N_("Coverage"), MW_NAMES("last_contact_on", "next_contact_on") },
    { NULL },
};

static void
check(MwRecord *contact, const MwRecord *before G_GNUC_UNUSED,
      const GPtrArray *details G_GNUC_UNUSED, MwProblems *problems G_GNUC_UNUSED)
{
    mw_put_key(contact, "phone_key", mw_record_is_null(contact, "mobile") ? "phone" : "mobile",
               mw_phone_key);
}

const MwEntity mw_entity_contact = {
    .name = "contact",
    .path = "contacts",
    .label = N_("Contact"),
    .plural = N_("Contacts"),
    .help = N_("People at your accounts and around them: who decides, who uses, who pays."),
    .icon = "address-book",
    .title = "name",
    .nav = MW_NAV_CUSTOMERS,
    .flags = MW_OWNED,
    .fields = fields,
    .list = MW_NAMES("name", "account", "job_title", "mobile", "email", "last_contact_on", "owner"),
    .order = "name",
    .sections = sections,
    .grants = mw_grants_business,
    .hooks = { .check = check },
    .twins = MW_NAMES("mobile", "email", "name+account"),
};
