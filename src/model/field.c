#include "model/field.h"

#include "base/append.h"
#include "base/i18n.h"

void
mw_field_show(const MwField *field, const MwLocale *locale, const MwValue *value, GString *out)
{
    if (value->is != MW_NULL)
        field->kind->show(field, locale, value, out);
}

void
mw_field_edit(const MwField *field, const MwLocale *locale, const MwValue *value, GString *out)
{
    if (value->is == MW_NULL)
        return;
    if (field->kind->edit)
        field->kind->edit(field, locale, value, out);
    else
        field->kind->show(field, locale, value, out);
}

void
mw_field_json(const MwField *field, const MwLocale *locale, const MwValue *value, GString *out)
{
    if (value->is == MW_NULL)
        mw_append(out, "null", 4);
    else
        field->kind->json(field, locale, value, out);
}

bool
mw_is_blank(gunichar c)
{
    return g_unichar_isspace(c) || c == 0x200B || c == 0xFEFF;
}

static bool
is_all_blank(const char *text)
{
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char_validated(text, -1);
        if (c > 0x10FFFF || !mw_is_blank(c)) /* not UTF-8: for parse() to refuse */
            return false;
    }
    return true;
}

bool
mw_field_parse(const MwField *field, const MwLocale *locale, const char *text, MwValue *out,
               MwProblems *problems)
{
    mw_value_clear(out);
    if (!text || is_all_blank(text))
        return true;
    return field->kind->parse(field, locale, text, out, problems);
}

bool
mw_field_fits(const MwField *field, const MwValue *value, MwProblems *problems)
{
    if (value->is != MW_TEXT || field->max <= 0 || field->max == INT64_MAX ||
        g_utf8_strlen(value->text, -1) <= field->max)
        return true;
    mw_problems_add(problems, field->name, "too_long", _("Write at most %lld characters."),
                    (long long)field->max);
    return false;
}

const char *
mw_field_label(const MwField *field)
{
    return field->label ? mw_gettext(field->label) : field->name;
}
