/* money, price: amounts and unit prices in the currency of their record; currency: its code. */
#include "model/kinds/parts.h"

#include <string.h>

#include "model/record.h"

/* The currency that the field names in its record, else the base currency of the company. */
static const MwCurrency *
currency_of(const MwField *field, const MwLocale *locale)
{
    static const MwCurrency none = { "", 2, "" };
    const MwRecord *record = locale->record;
    const MwField *holder =
        field->currency && record ? mw_entity_field(record->entity, field->currency) : NULL;
    const MwValue *code = holder ? mw_record_value(record, holder) : NULL;
    const MwCurrency *currency = NULL;

    if (code && code->is == MW_TEXT)
        currency = mw_currency_find(code->text);
    if (!currency && locale->currency)
        currency = mw_currency_find(locale->currency);
    return currency ? currency : &none;
}

/* Amounts have the digits of their currency, prices more. */
static MwCurrency
measure(const MwField *field, const MwLocale *locale)
{
    MwCurrency currency = *currency_of(field, locale);

    if (field->kind == &mw_price)
        currency.exponent = MW_PRICE_SCALE;
    return currency;
}

static bool
parse(const MwField *field, const MwLocale *locale, const char *text, MwValue *out,
      MwProblems *problems)
{
    const MwCurrency currency = measure(field, locale);
    int64_t amount;
    MwDecimalStatus status = mw_money_parse(text, &currency, &amount);

    if (status == MW_DECIMAL_SYNTAX || status == MW_DECIMAL_EMPTY)
        return mw_kind_refuse(field, problems, "not_a_number",
                              _("Write an amount in %s such as 1,234.50, 120k or 38万."),
                              currency.code);
    if (status == MW_DECIMAL_PRECISE && currency.exponent == 0)
        return mw_kind_refuse(field, problems, "too_precise",
                              _("Amounts in %s have no digits after the point."), currency.code);
    if (status != MW_DECIMAL_OK)
        return mw_kind_refuse_number(field, status, currency.exponent, problems);
    if (!mw_kind_in_limits(field, amount, currency.exponent, problems))
        return false;
    *out = MW_INT(amount);
    return true;
}

static void
append(const MwField *field, const MwLocale *locale, int64_t amount, bool grouped, GString *out)
{
    const MwCurrency *currency = currency_of(field, locale);
    unsigned scale = field->kind == &mw_price ? MW_PRICE_SCALE : currency->exponent;
    g_autofree char *text = mw_decimal_format(amount, scale, currency->exponent, grouped);

    g_string_append(out, text);
}

static void
show(const MwField *field, const MwLocale *locale, const MwValue *value, GString *out)
{
    const MwCurrency *currency = currency_of(field, locale);
    size_t start = out->len;

    append(field, locale, value->integer, true, out);
    if (out->str[start] == '-')
        start++;
    if (!currency->symbol)
        g_string_insert(out, (gssize)start, "\u00a0");
    g_string_insert(out, (gssize)start, currency->symbol ? currency->symbol : currency->code);
}

static void
edit(const MwField *field, const MwLocale *locale, const MwValue *value, GString *out)
{
    append(field, locale, value->integer, false, out);
}

static void
json(const MwField *field, const MwLocale *locale, const MwValue *value, GString *out)
{
    g_string_append_c(out, '"');
    append(field, locale, value->integer, false, out);
    g_string_append_c(out, '"');
}

const MwKind mw_money = {
    .name = "money",
    .label = N_("Amount of money"),
    .widget = "money",
    .storage = MW_INTEGER,
    .operators = MW_EQ | MW_ORDERED | MW_EMPTY_OP,
    .right_aligned = true,
    .custom = true,
    .parse = parse,
    .show = show,
    .edit = edit,
    .json = json,
    .schema = mw_kind_schema_decimal,
};

const MwKind mw_price = {
    .name = "price",
    .label = N_("Unit price"),
    .widget = "money",
    .storage = MW_INTEGER,
    .operators = MW_EQ | MW_ORDERED | MW_EMPTY_OP,
    .right_aligned = true,
    .parse = parse,
    .show = show,
    .edit = edit,
    .json = json,
    .schema = mw_kind_schema_decimal,
};

static bool
parse_currency(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text,
               MwValue *out, MwProblems *problems)
{
    g_autofree char *narrow = mw_kind_narrow(field, text, 20, problems);
    if (!narrow)
        return false;

    g_autofree char *code = g_ascii_strup(narrow, -1);
    const MwCurrency *currency = mw_currency_find(strcmp(code, "RMB") == 0 ? "CNY" : code);
    if (!currency)
        return mw_kind_refuse(field, problems, "not_a_choice",
                              _("Write the code of a currency such as CNY, USD or EUR."));
    mw_value_set_text(out, currency->code);
    return true;
}

static void
schema_currency(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}");
}

const MwKind mw_currency = {
    .name = "currency",
    .label = N_("Currency"),
    .widget = "currency",
    .storage = MW_TEXT,
    .operators = MW_EQ | MW_EMPTY_OP,
    .alike = 500000,
    .parse = parse_currency,
    .show = mw_kind_show_text,
    .json = mw_kind_json_text,
    .schema = schema_currency,
};
