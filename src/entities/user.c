/* user: a person who logs in. The password is set by its own page and command. */
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "name", .label = N_("Full name"), .kind = &mw_text, .max = 100,
      .flags = MW_REQUIRED | MW_SEARCHED | MW_NAMED | MW_INDEXED | MW_PERSONAL },
    { .name = "name_zh", .label = N_("Chinese name"), .kind = &mw_text, .max = 100,
      .flags = MW_SEARCHED | MW_NAMED | MW_PERSONAL },
    { .name = "email", .label = N_("E-mail"), .kind = &mw_email,
      .flags = MW_UNIQUE | MW_SEARCHED | MW_PERSONAL,
      .help = N_("Also the name to log in with; who is not active can do without.") },
    { .name = "phone", .label = N_("Phone"), .kind = &mw_phone, .flags = MW_SEARCHED | MW_PERSONAL },
    { .name = "team", .label = N_("Team"), .kind = &mw_link, .target = "team", .flags = MW_INDEXED },
    { .name = "language", .label = N_("Language"), .kind = &mw_choice, .choices = mw_languages,
      .help = N_("Empty: that of the company.") },
    { .name = "time_zone", .label = N_("Time zone"), .kind = &mw_text, .max = 64,
      .help = N_("Such as Asia/Shanghai; empty: that of the company.") },
    { .name = "digest", .label = N_("Daily summary of what is overdue"), .kind = &mw_bool,
      .initial = "true", .help = N_("In the morning, when something is.") },
    { .name = "mail_digest", .label = N_("The daily summary by e-mail too"), .kind = &mw_bool,
      .initial = "true" },
    { .name = "mail_notices", .label = N_("Notices by e-mail too"), .kind = &mw_bool,
      .initial = "false", .help = N_("When you are mentioned, given something or reminded.") },
    { .name = "digest_at", .label = N_("Next summary"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_QUIET | MW_SECRET },
    { .name = "calendar_secret", .label = N_("Address of the calendar"), .kind = &mw_hidden,
      .flags = MW_READ_ONLY | MW_SECRET | MW_QUIET | MW_INDEXED },
    { .name = "active", .label = N_("Active"), .kind = &mw_bool, .flags = MW_REQUIRED | MW_INDEXED,
      .initial = "true", .help = N_("Who is not active cannot log in; records keep the name.") },
    { .name = "password", .label = N_("Password"), .kind = &mw_hidden,
      .flags = MW_READ_ONLY | MW_SECRET },
    { .name = "last_login_at", .label = N_("Last login"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_QUIET },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Person"), MW_NAMES("name", "name_zh", "email", "phone", "team") },
    { N_("Settings"), MW_NAMES("language", "time_zone", "digest", "mail_digest", "mail_notices",
                               "active", "last_login_at") },
    { NULL },
};

static void
check(MwRecord *record, const MwRecord *before G_GNUC_UNUSED,
      const GPtrArray *details G_GNUC_UNUSED, MwProblems *problems)
{
    const char *name = mw_record_text(record, "time_zone");

    if (mw_record_int(record, "active") && mw_record_is_null(record, "email"))
        mw_problems_add(problems, "email", "required", _("%s: please fill this in."), _("E-mail"));
    if (!name)
        return;

    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(name);
    if (!zone)
        mw_problems_add(problems, "time_zone", "not_a_choice",
                        _("Write a time zone such as Asia/Shanghai or Europe/Berlin."));
}

const MwEntity mw_entity_user = {
    .name = "user",
    .path = "users",
    .label = N_("User"),
    .plural = N_("Users"),
    .help = N_("People of the company who log in."),
    .icon = "user",
    .title = "name",
    .nav = MW_NAV_MANAGE,
    .fields = fields,
    .list = MW_NAMES("name", "email", "team", "active", "last_login_at"),
    .order = "name",
    .sections = sections,
    .grants = mw_grants_directory,
    .hooks = { .check = check },
};

/* clang-format off */
static const MwField role_fields[] = {
    { .name = "user", .label = N_("User"), .kind = &mw_link, .target = "user",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "role", .label = N_("Role"), .kind = &mw_link, .target = "role",
      .flags = MW_REQUIRED | MW_INDEXED },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_user_role = {
    .name = "user_role",
    .path = "user-roles",
    .label = N_("Role of a user"),
    .plural = N_("Roles of users"),
    .help = N_("A user may do what any of the roles allows."),
    .icon = "user-shield",
    .title = "role",
    .fields = role_fields,
    .list = MW_NAMES("user", "role"),
    .unique = (const char *const *const[]){ MW_NAMES("user", "role"), NULL },
    .master = "user",
    .flags = MW_GIVES_RIGHTS,
};
