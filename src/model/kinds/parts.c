#include "model/kinds/parts.h"

#include <string.h>

#include "base/append.h"

/* Checks the characters of text[0..size) and counts them. */
static bool
check_characters(const MwField *field, const char *text, size_t size, bool lines, int64_t *length,
                 MwProblems *problems)
{
    *length = 0;
    for (const char *p = text; p < text + size; p = g_utf8_next_char(p), ++*length) {
        gunichar c = (unsigned char)*p < 0x7F ? (gunichar)*p : g_utf8_get_char(p);
        if ((c < 0x20 || (c >= 0x7F && g_unichar_iscntrl(c))) &&
            !(lines && (c == '\n' || c == '\r' || c == '\t')))
            return mw_kind_refuse(field, problems, "control_character",
                                  _("The text holds a line end or another control character."));
    }
    return true;
}

char *
mw_kind_clean(const MwField *field, const char *text, bool lines, int64_t max, MwProblems *problems)
{
    const char *end = text + strlen(text);
    int64_t length;

    if (!g_utf8_validate(text, end - text, NULL)) {
        mw_problems_add(problems, field->name, "not_utf8", _("The text is not valid UTF-8."));
        return NULL;
    }
    while (text < end && mw_is_blank(g_utf8_get_char(text)))
        text = g_utf8_next_char(text);
    for (const char *last; text < end; end = last) {
        last = g_utf8_prev_char(end);
        if (!mw_is_blank(g_utf8_get_char(last)))
            break;
    }
    if (!check_characters(field, text, (size_t)(end - text), lines, &length, problems))
        return NULL;
    if (length > max) {
        mw_problems_add(problems, field->name, "too_long", _("Write at most %lld characters."),
                        (long long)max);
        return NULL;
    }
    return g_strndup(text, (size_t)(end - text));
}

char *
mw_kind_narrow(const MwField *field, const char *text, int64_t max, MwProblems *problems)
{
    char *clean = mw_kind_clean(field, text, false, max, problems);
    if (!clean)
        return NULL;

    char *to = clean;
    for (const char *p = clean; *p;) {
        gunichar c = g_utf8_get_char(p);
        p = g_utf8_next_char(p);
        if (c >= 0xFF01 && c <= 0xFF5E)
            c -= 0xFF01 - '!';
        else if (g_unichar_isspace(c))
            c = ' ';
        to += g_unichar_to_utf8(c, to); /* never longer than what it replaces */
    }
    *to = '\0';
    return clean;
}

void
mw_kind_digits(int64_t number, GString *out)
{
    char digits[sizeof "-9223372036854775808"], *first = digits + sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do
        *--first = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        *--first = '-';
    mw_append(out, first, (size_t)(digits + sizeof digits - first));
}

bool
mw_kind_in_limits(const MwField *field, int64_t value, unsigned scale, MwProblems *problems)
{
    bool limited = field->min != 0 || field->max != 0;
    bool above = field->max >= field->min && value > field->max;

    if (!limited || (value >= field->min && !above))
        return true;
    g_autofree char *min = mw_decimal_format(field->min, scale, 0, true);
    g_autofree char *max = mw_decimal_format(field->max, scale, 0, true);
    if (field->max >= field->min && field->max < INT64_MAX)
        return mw_kind_refuse(field, problems, "out_of_range",
                              _("Write a number between %s and %s."), min, max);
    return mw_kind_refuse(field, problems, "out_of_range", _("Write a number not below %s."), min);
}

bool
mw_kind_refuse_number(const MwField *field, MwDecimalStatus status, unsigned scale,
                      MwProblems *problems)
{
    if (status == MW_DECIMAL_RANGE)
        return mw_kind_refuse(field, problems, "out_of_range", _("The number is too large."));
    if (status == MW_DECIMAL_PRECISE && scale > 0)
        return mw_kind_refuse(field, problems, "too_precise",
                              _("Write at most %u digits after the point."), scale);
    if (scale == 0)
        return mw_kind_refuse(field, problems, "not_a_number",
                              _("Write a whole number such as 1,234."));
    return mw_kind_refuse(field, problems, "not_a_number", _("Write a number such as 1,234.5."));
}

void
mw_kind_show_text(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED,
                  const MwValue *value, GString *out)
{
    g_string_append(out, value->text);
}

void
mw_kind_json_text(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED,
                  const MwValue *value, GString *out)
{
    mw_json_string(value->text, out);
}

void
mw_kind_schema_text(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"string\"}");
}

void
mw_kind_schema_decimal(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"string\",\"format\":\"decimal\","
                         "\"pattern\":\"^-?[0-9]+([.][0-9]+)?$\"}");
}
