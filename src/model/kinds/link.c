/* link: the id of a record; file: the id of a document. Titles are read with the record. */
#include "model/kinds/parts.h"

#include <string.h>

static bool
parse(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text, MwValue *out,
      MwProblems *problems)
{
    g_autofree char *narrow = mw_kind_narrow(field, text, 40, problems);
    guint64 id;

    if (!narrow)
        return false;
    if (!g_ascii_string_to_unsigned(narrow, 10, 1, INT64_MAX, &id, NULL))
        return mw_kind_refuse(field, problems, "not_a_link",
                              _("Choose a record, or give its ID in digits."));
    *out = MW_INT((int64_t)id);
    return true;
}

static void
show(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
     GString *out)
{
    g_string_append_printf(out, "%" G_GINT64_FORMAT, value->integer);
}

/* A string: ids are longer than the numbers that a reader of JSON keeps exactly. */
static void
json(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
     GString *out)
{
    g_string_append_printf(out, "\"%" G_GINT64_FORMAT "\"", value->integer);
}

static void
schema(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"string\",\"pattern\":\"^[0-9]{1,19}$\"}");
}

const MwKind mw_link = {
    .name = "link",
    .label = N_("Link to a record"),
    .widget = "link",
    .storage = MW_INTEGER,
    .operators = MW_EQ | MW_EMPTY_OP,
    .custom = true,
    .parse = parse,
    .show = show,
    .json = json,
    .schema = schema,
};

const MwKind mw_file = {
    .name = "file",
    .label = N_("File"),
    .widget = "file",
    .storage = MW_INTEGER,
    .operators = MW_EQ | MW_EMPTY_OP,
    .parse = parse,
    .show = show,
    .json = json,
    .schema = schema,
};
