/* hidden: the hash of a secret. It is set by the program alone and leaves it in no form. */
#include "model/kinds/parts.h"

static bool
parse(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text G_GNUC_UNUSED,
      MwValue *out G_GNUC_UNUSED, MwProblems *problems)
{
    return mw_kind_refuse(field, problems, "read_only", _("This cannot be set directly."));
}

static void
show(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED,
     const MwValue *value G_GNUC_UNUSED, GString *out G_GNUC_UNUSED)
{
}

static void
json(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED,
     const MwValue *value G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "null");
}

static void
schema(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"null\"}");
}

const MwKind mw_hidden = {
    .name = "hidden",
    .label = N_("Secret"),
    .widget = "hidden",
    .storage = MW_TEXT,
    .parse = parse,
    .show = show,
    .json = json,
    .schema = schema,
};
