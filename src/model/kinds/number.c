/* integer, quantity, percent, rate: exact numbers; real: a computed figure. */
#include "model/kinds/parts.h"

#include <math.h>
#include <string.h>

/* The largest whole number that every reader of JSON keeps exactly. */
#define JSON_INTEGER_MAX INT64_C(9007199254740991)

static unsigned
scale_of(const MwField *field)
{
    if (field->kind == &mw_quantity)
        return MW_QUANTITY_SCALE;
    if (field->kind == &mw_rate)
        return MW_RATE_SCALE;
    return field->kind == &mw_percent ? 2 : 0;
}

static bool
parse(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text, MwValue *out,
      MwProblems *problems)
{
    unsigned scale = scale_of(field);
    int64_t number;
    MwDecimalStatus status = mw_decimal_parse_large(text, scale, &number);

    if (status == MW_DECIMAL_OK && field->kind == &mw_integer &&
        (number > JSON_INTEGER_MAX || number < -JSON_INTEGER_MAX))
        status = MW_DECIMAL_RANGE;
    if (status != MW_DECIMAL_OK)
        return mw_kind_refuse_number(field, status, scale, problems);
    if (!mw_kind_in_limits(field, number, scale, problems))
        return false;
    *out = MW_INT(number);
    return true;
}

static void
append(const MwField *field, int64_t number, bool grouped, GString *out)
{
    g_autofree char *text = mw_decimal_format(number, scale_of(field), 0, grouped);

    g_string_append(out, text);
}

static void
show(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value, GString *out)
{
    append(field, value->integer, true, out);
}

static void
edit(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value, GString *out)
{
    append(field, value->integer, false, out);
}

static void
json_decimal(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
             GString *out)
{
    g_string_append_c(out, '"');
    append(field, value->integer, false, out);
    g_string_append_c(out, '"');
}

static void
schema_integer(const MwField *field, GString *out)
{
    g_string_append(out, "{\"type\":\"integer\"");
    if (field->min != 0 || field->max != 0)
        g_string_append_printf(out, ",\"minimum\":%" G_GINT64_FORMAT, field->min);
    if (field->max > 0 && field->max <= JSON_INTEGER_MAX)
        g_string_append_printf(out, ",\"maximum\":%" G_GINT64_FORMAT, field->max);
    g_string_append_c(out, '}');
}

const MwKind mw_integer = {
    .name = "integer",
    .label = N_("Whole number"),
    .widget = "number",
    .storage = MW_INTEGER,
    .operators = MW_EQ | MW_ORDERED | MW_EMPTY_OP,
    .right_aligned = true,
    .custom = true,
    .parse = parse,
    .show = show,
    .edit = edit,
    .json = edit,
    .schema = schema_integer,
};

const MwKind mw_quantity = {
    .name = "quantity",
    .label = N_("Quantity"),
    .widget = "number",
    .storage = MW_INTEGER,
    .operators = MW_EQ | MW_ORDERED | MW_EMPTY_OP,
    .right_aligned = true,
    .custom = true,
    .parse = parse,
    .show = show,
    .edit = edit,
    .json = json_decimal,
    .schema = mw_kind_schema_decimal,
};

const MwKind mw_rate = {
    .name = "rate",
    .label = N_("Exchange rate"),
    .widget = "number",
    .storage = MW_INTEGER,
    .operators = MW_EQ | MW_ORDERED | MW_EMPTY_OP,
    .right_aligned = true,
    .parse = parse,
    .show = show,
    .edit = edit,
    .json = json_decimal,
    .schema = mw_kind_schema_decimal,
};

/* "12.5", "12.5 %", "12.5％". */
static bool
parse_percent(const MwField *field, const MwLocale *locale, const char *text, MwValue *out,
              MwProblems *problems)
{
    g_autofree char *narrow = mw_kind_narrow(field, text, MW_DECIMAL_TEXT_MAX, problems);
    if (!narrow)
        return false;

    size_t size = strlen(narrow);
    if (size > 0 && narrow[size - 1] == '%')
        narrow[size - 1] = '\0';
    return parse(field, locale, narrow, out, problems);
}

static void
show_percent(const MwField *field, const MwLocale *locale, const MwValue *value, GString *out)
{
    show(field, locale, value, out);
    g_string_append(out, "\u00a0%");
}

const MwKind mw_percent = {
    .name = "percent",
    .label = N_("Percent"),
    .widget = "percent",
    .storage = MW_INTEGER,
    .operators = MW_EQ | MW_ORDERED | MW_EMPTY_OP,
    .right_aligned = true,
    .custom = true,
    .parse = parse_percent,
    .show = show_percent,
    .edit = edit,
    .json = json_decimal,
    .schema = mw_kind_schema_decimal,
};

static bool
parse_real(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text,
           MwValue *out, MwProblems *problems)
{
    g_autofree char *narrow = mw_kind_narrow(field, text, MW_DECIMAL_TEXT_MAX, problems);
    if (!narrow)
        return false;

    char *end;
    double number = g_ascii_strtod(narrow, &end);
    bool digits = strspn(narrow, "+-.0123456789eE") == strlen(narrow); /* no "inf", no "0x1p3" */
    if (end == narrow || *end || !digits)
        return mw_kind_refuse_number(field, MW_DECIMAL_SYNTAX, 1, problems);
    if (!isfinite(number))
        return mw_kind_refuse_number(field, MW_DECIMAL_RANGE, 1, problems);
    *out = MW_DOUBLE(number);
    return true;
}

/* Four digits after the point at most, without zeros at the end. */
static void
show_real(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED,
          const MwValue *value, GString *out)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (fabs(value->real) >= 1e14 || (value->real != 0.0 && fabs(value->real) < 5e-5)) {
        g_string_append(out, g_ascii_formatd(text, sizeof text, "%.4g", value->real));
        return;
    }
    g_autofree char *fixed = mw_decimal_format((int64_t)llround(value->real * 1e4), 4, 0, true);
    g_string_append(out, fixed);
}

/* The shortest digits that read back as the same number. */
static void
json_real(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED,
          const MwValue *value, GString *out)
{
    static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_ascii_formatd(text, sizeof text, formats[i], value->real);
        if (g_ascii_strtod(text, NULL) == value->real)
            break;
    }
    g_string_append(out, isfinite(value->real) ? text : "null");
}

static void
schema_real(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"number\"}");
}

const MwKind mw_real = {
    .name = "real",
    .label = N_("Figure"),
    .widget = "number",
    .storage = MW_REAL,
    .operators = MW_EQ | MW_ORDERED | MW_EMPTY_OP,
    .right_aligned = true,
    .parse = parse_real,
    .show = show_real,
    .edit = json_real,
    .json = json_real,
    .schema = schema_real,
};
