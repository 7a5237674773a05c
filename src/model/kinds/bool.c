/* bool: yes or no. */
#include "model/kinds/parts.h"

#include <string.h>

static bool
is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (g_ascii_strcasecmp(word, *words) == 0)
            return true;
    return false;
}

static bool
parse(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text, MwValue *out,
      MwProblems *problems)
{
    static const char *const yes[] = { "true", "1", "yes", "y", "on", "是", "对", "√", NULL };
    static const char *const no[] = { "false", "0", "no", "n", "off", "否", "错", "×", NULL };
    g_autofree char *narrow = mw_kind_narrow(field, text, 20, problems);
    if (!narrow)
        return false;

    if (is_one_of(narrow, yes))
        *out = MW_INT(1);
    else if (is_one_of(narrow, no))
        *out = MW_INT(0);
    else
        return mw_kind_refuse(field, problems, "not_a_choice", _("Write yes or no."));
    return true;
}

static void
show(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
     GString *out)
{
    g_string_append(out, value->integer ? _("Yes") : _("No"));
}

static void
json(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
     GString *out)
{
    g_string_append(out, value->integer ? "true" : "false");
}

static void
schema(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"boolean\"}");
}

const MwKind mw_bool = {
    .name = "bool",
    .label = N_("Yes or no"),
    .widget = "bool",
    .storage = MW_INTEGER,
    .operators = MW_EQ | MW_EMPTY_OP,
    .custom = true,
    .alike = 500000,
    .parse = parse,
    .show = show,
    .edit = json,
    .json = json,
    .schema = schema,
};
