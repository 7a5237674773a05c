#include "model/field.h"

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
        g_string_append(out, "null");
    else
        field->kind->json(field, locale, value, out);
}

static bool
is_blank(const char *text)
{
    for (; *text; text++)
        if (!g_ascii_isspace(*text))
            return false;
    return true;
}

bool
mw_field_parse(const MwField *field, const MwLocale *locale, const char *text, MwValue *out,
               MwProblems *problems)
{
    mw_value_clear(out);
    if (!text || is_blank(text))
        return true;
    return field->kind->parse(field, locale, text, out, problems);
}

const char *
mw_field_label(const MwField *field)
{
    return field->label ? mw_gettext(field->label) : field->name;
}
