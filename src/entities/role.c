/* role: a set of rights; its details say what may be done to which entity and field. */
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "key", .label = N_("Key"), .kind = &mw_text, .max = 40,
      .flags = MW_REQUIRED | MW_UNIQUE, .help = N_("A short name for programs: sales_north.") },
    { .name = "name", .label = N_("Name"), .kind = &mw_text, .max = 100,
      .flags = MW_REQUIRED | MW_SEARCHED | MW_INDEXED },
    { .name = "note", .label = N_("Note"), .kind = &mw_memo },
    { .name = "builtin", .label = N_("Built in"), .kind = &mw_bool, .flags = MW_READ_ONLY,
      .initial = "false" },
    MW_FIELDS_END,
};
/* clang-format on */

static void
check(MwRecord *record, const MwRecord *before, const GPtrArray *details G_GNUC_UNUSED,
      MwProblems *problems)
{
    mw_check_identifier(record, "key", problems);
    if (before && mw_record_int(before, "builtin") && mw_record_has_changed(record, "key"))
        mw_problems_add(problems, "key", "read_only", _("The key of a built-in role is fixed."));
}

const MwEntity mw_entity_role = {
    .name = "role",
    .path = "roles",
    .label = N_("Role"),
    .plural = N_("Roles"),
    .help = N_("What users with this role may see and do."),
    .icon = "shield-lock",
    .title = "name",
    .nav = MW_NAV_MANAGE,
    .flags = MW_GIVES_RIGHTS,
    .fields = fields,
    .list = MW_NAMES("name", "key", "builtin"),
    .order = "name",
    .grants = mw_grants_admin,
    .hooks = { .check = check },
};

/* Their keys are the names of MwScope, see mw_scope_name(). */
static const MwChoice scopes[] = {
    { "nobody", N_("None"), "secondary" },
    { "own", N_("Own records"), "azure" },
    { "team", N_("Records of the team"), "blue" },
    { "team_below", N_("Records of the team and teams below"), "indigo" },
    { "all", N_("All records"), "green" },
    { NULL },
};

/* clang-format off */
#define RIGHT(field, title)                                                                        \
    { .name = field, .label = title, .kind = &mw_choice, .choices = scopes,                        \
      .flags = MW_REQUIRED, .initial = "nobody" }

static const MwField right_fields[] = {
    { .name = "role", .label = N_("Role"), .kind = &mw_link, .target = "role",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "entity", .label = N_("Records"), .kind = &mw_text, .max = 60, .flags = MW_REQUIRED },
    RIGHT("may_read", N_("See")),
    RIGHT("may_create", N_("Create")),
    RIGHT("may_update", N_("Change")),
    RIGHT("may_remove", N_("Delete")),
    RIGHT("may_export", N_("Export")),
    RIGHT("may_import", N_("Import")),
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_role_right = {
    .name = "role_right",
    .path = "role-rights",
    .label = N_("Right of a role"),
    .plural = N_("Rights of roles"),
    .help = N_("How far each right on a kind of record reaches."),
    .icon = "lock-access",
    .title = "entity",
    .fields = right_fields,
    .list = MW_NAMES("role", "entity", "may_read", "may_create", "may_update", "may_remove"),
    .unique = (const char *const *const[]){ MW_NAMES("role", "entity"), NULL },
    .master = "role",
    .flags = MW_GIVES_RIGHTS,
};

static const MwChoice accesses[] = {
    { "read", N_("May only read"), "yellow" },
    { "hide", N_("Hidden"), "red" },
    { NULL },
};

/* clang-format off */
static const MwField field_fields[] = {
    { .name = "role", .label = N_("Role"), .kind = &mw_link, .target = "role",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "entity", .label = N_("Records"), .kind = &mw_text, .max = 60, .flags = MW_REQUIRED },
    { .name = "field", .label = N_("Field"), .kind = &mw_text, .max = 60, .flags = MW_REQUIRED },
    { .name = "access", .label = N_("Access"), .kind = &mw_choice, .choices = accesses,
      .flags = MW_REQUIRED, .initial = "read" },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_role_field = {
    .name = "role_field",
    .path = "role-fields",
    .label = N_("Field right of a role"),
    .plural = N_("Field rights of roles"),
    .help = N_("Fields that a role may not change or not even see; the others follow the record."),
    .icon = "eye-off",
    .title = "field",
    .fields = field_fields,
    .list = MW_NAMES("role", "entity", "field", "access"),
    .unique = (const char *const *const[]){ MW_NAMES("role", "entity", "field"), NULL },
    .master = "role",
    .flags = MW_GIVES_RIGHTS,
};
