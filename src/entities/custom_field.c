/* custom_field: a field that an administrator added to an entity; see catalog.h. */
#include "entities/common.h"

#include <string.h>

/* The kinds of kinds.h that say they may be custom; tests/unit/test_entities.c compares. */
static const MwChoice kinds[] = {
    { "text", N_("Text") },
    { "memo", N_("Long text") },
    { "integer", N_("Whole number") },
    { "quantity", N_("Quantity") },
    { "percent", N_("Percent") },
    { "money", N_("Amount of money") },
    { "date", N_("Date") },
    { "instant", N_("Date and time") },
    { "bool", N_("Yes or no") },
    { "choice", N_("Choice") },
    { "choices", N_("Several choices") },
    { "link", N_("Link to a record") },
    { "email", N_("E-mail") },
    { "phone", N_("Phone") },
    { "url", N_("Web address") },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "entity", .label = N_("Records"), .kind = &mw_text, .max = 60,
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "name", .label = N_("Name"), .kind = &mw_text, .max = 40, .flags = MW_REQUIRED,
      .help = N_("For programs and imports: x_ and small letters, digits or _; it stays as it is.") },
    { .name = "label_en", .label = N_("English label"), .kind = &mw_text, .max = 60,
      .flags = MW_REQUIRED },
    { .name = "label_zh", .label = N_("Chinese label"), .kind = &mw_text, .max = 60 },
    { .name = "help", .label = N_("Help"), .kind = &mw_text },
    { .name = "kind", .label = N_("Kind"), .kind = &mw_choice, .choices = kinds,
      .flags = MW_REQUIRED, .initial = "text" },
    { .name = "choices", .label = N_("Choices"), .kind = &mw_memo,
      .help = N_("One choice a line: key=label.") },
    { .name = "target", .label = N_("Links to"), .kind = &mw_text, .max = 60 },
    { .name = "initial", .label = N_("Default"), .kind = &mw_text },
    { .name = "min", .label = N_("Least"), .kind = &mw_integer },
    { .name = "max", .label = N_("Most"), .kind = &mw_integer,
      .help = N_("Characters of a text, or the value of a number.") },
    { .name = "required", .label = N_("Required"), .kind = &mw_bool, .initial = "false" },
    { .name = "searched", .label = N_("Searched"), .kind = &mw_bool, .initial = "false" },
    { .name = "retired", .label = N_("Retired"), .kind = &mw_bool, .initial = "false",
      .help = N_("No longer shown; what was entered is kept.") },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Field"), MW_NAMES("entity", "name", "label_en", "label_zh", "help", "kind") },
    { N_("Rules"),
      MW_NAMES("choices", "target", "initial", "min", "max", "required", "searched", "retired") },
    { NULL },
};

/* The column is made once: what it is cannot change afterwards. */
static void
check_fixed(const MwRecord *record, MwProblems *problems)
{
    static const char *const fixed[] = { "entity", "name", "kind", "target" };

    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
        if (mw_record_has_changed(record, fixed[i]))
            mw_problems_add(problems, fixed[i], "read_only",
                            _("This stays as it is; retire the field and add another one."));
}

/* Every line is "key=label" with a key of its own. */
static void
check_choices(const MwRecord *record, MwProblems *problems)
{
    const char *text = mw_record_text(record, "choices");
    if (!text) {
        mw_problems_add(problems, "choices", "required", _("List the choices, one a line."));
        return;
    }

    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
    for (char **line = lines; *line; line++) {
        if (!*g_strstrip(*line))
            continue;
        char *label = strchr(*line, '=');
        if (label)
            *label++ = '\0';
        if (!label || !*label || !**line || strpbrk(*line, " ,") || !g_hash_table_add(keys, *line))
            mw_problems_add(problems, "choices", "bad_choice",
                            _("Write each choice once, as key=label: %s"), *line);
    }
}

static void
check(MwRecord *record, const MwRecord *before, const GPtrArray *details G_GNUC_UNUSED,
      MwProblems *problems)
{
    const char *name = mw_record_text(record, "name");
    const char *kind = mw_record_text(record, "kind");

    mw_check_identifier(record, "name", problems);
    if (name && !(g_str_has_prefix(name, "x_") && name[2]))
        mw_problems_add(problems, "name", "bad_name", _("Begin the name with x_."));
    if (before)
        check_fixed(record, problems);
    if (g_strcmp0(kind, "choice") == 0 || g_strcmp0(kind, "choices") == 0)
        check_choices(record, problems);
    if (g_strcmp0(kind, "link") == 0 && mw_record_is_null(record, "target"))
        mw_problems_add(problems, "target", "required", _("Say what the link points to."));
    if (!mw_record_is_null(record, "max") &&
        mw_record_int(record, "max") < mw_record_int(record, "min"))
        mw_problems_add(problems, "max", "out_of_range", _("The most is not less than the least."));
}

const MwEntity mw_entity_custom_field = {
    .name = "custom_field",
    .path = "custom-fields",
    .label = N_("Custom field"),
    .plural = N_("Custom fields"),
    .help = N_("Fields of your own on any kind of record."),
    .icon = "forms",
    .title = "label_en",
    .nav = MW_NAV_MANAGE,
    .fields = fields,
    .list = MW_NAMES("entity", "name", "label_en", "label_zh", "kind", "required", "retired"),
    .order = "entity",
    .sections = sections,
    .grants = mw_grants_admin,
    .unique = (const char *const *const[]){ MW_NAMES("entity", "name"), NULL },
    .hooks = { .check = check },
};
