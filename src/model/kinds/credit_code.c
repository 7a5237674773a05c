/* credit_code: 统一社会信用代码, whose check character finds mistyped ones. */
#include "model/kinds/parts.h"

#include "base/creditcode.h"

static bool
parse(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text, MwValue *out,
      MwProblems *problems)
{
    char code[MW_CREDIT_CODE_SIZE];

    switch (mw_credit_code_parse(text, code)) {
    case MW_CREDIT_CODE_OK:
        mw_value_set_text(out, code);
        return true;
    case MW_CREDIT_CODE_LENGTH:
        return mw_kind_refuse(field, problems, "bad_length", _("A credit code has 18 characters."));
    case MW_CREDIT_CODE_CHARACTER:
        return mw_kind_refuse(field, problems, "bad_character",
                              _("A credit code has digits and letters except I, O, S, V and Z."));
    case MW_CREDIT_CODE_DIVISION:
        return mw_kind_refuse(field, problems, "bad_division",
                              _("Characters 3 to 8 of a credit code are digits."));
    case MW_CREDIT_CODE_CHECK:
        break;
    }
    return mw_kind_refuse(field, problems, "bad_check",
                          _("The check character does not fit: compare with the licence."));
}

static void
schema(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"string\",\"pattern\":\"^[0-9A-Z]{18}$\"}");
}

const MwKind mw_credit_code = {
    .name = "credit_code",
    .label = N_("Credit code"),
    .widget = "credit_code",
    .storage = MW_TEXT,
    .operators = MW_EQ | MW_MATCHES | MW_EMPTY_OP,
    .parse = parse,
    .show = mw_kind_show_text,
    .json = mw_kind_json_text,
    .schema = schema,
};
