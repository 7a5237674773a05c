/* link: the id of a record; file: the id of a document. Titles are read with the record. */
#include "model/kinds/parts.h"

static bool
parse(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text, MwValue *out,
      MwProblems *problems)
{
    int64_t id;

    if (mw_decimal_parse(text, 0, &id) != MW_DECIMAL_OK || id < 1)
        return mw_kind_refuse(field, problems, "not_a_link",
                              _("Choose a record, or give its ID in digits."));
    *out = MW_INT(id);
    return true;
}

static void
show(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
     GString *out)
{
    mw_kind_digits(value->integer, out);
}

/* A string: ids are longer than the numbers that a reader of JSON keeps exactly. */
static void
json(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
     GString *out)
{
    g_string_append_c(out, '"');
    mw_kind_digits(value->integer, out);
    g_string_append_c(out, '"');
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
