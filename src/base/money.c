#include "base/money.h"

#include <stdlib.h>
#include <string.h>

/* ISO 4217 list one, without funds codes, metals and test codes. */
static const MwCurrency currencies[] = {
    { "AED", 2, NULL },  { "AFN", 2, NULL },  { "ALL", 2, NULL }, { "AMD", 2, NULL },
    { "ANG", 2, NULL },  { "AOA", 2, NULL },  { "ARS", 2, NULL }, { "AUD", 2, "A$" },
    { "AWG", 2, NULL },  { "AZN", 2, NULL },  { "BAM", 2, NULL }, { "BBD", 2, NULL },
    { "BDT", 2, NULL },  { "BGN", 2, NULL },  { "BHD", 3, NULL }, { "BIF", 0, NULL },
    { "BMD", 2, NULL },  { "BND", 2, NULL },  { "BOB", 2, NULL }, { "BRL", 2, "R$" },
    { "BSD", 2, NULL },  { "BTN", 2, NULL },  { "BWP", 2, NULL }, { "BYN", 2, NULL },
    { "BZD", 2, NULL },  { "CAD", 2, "CA$" }, { "CDF", 2, NULL }, { "CHF", 2, NULL },
    { "CLP", 0, NULL },  { "CNY", 2, "¥" },   { "COP", 2, NULL }, { "CRC", 2, NULL },
    { "CUP", 2, NULL },  { "CVE", 2, NULL },  { "CZK", 2, NULL }, { "DJF", 0, NULL },
    { "DKK", 2, NULL },  { "DOP", 2, NULL },  { "DZD", 2, NULL }, { "EGP", 2, NULL },
    { "ERN", 2, NULL },  { "ETB", 2, NULL },  { "EUR", 2, "€" },  { "FJD", 2, NULL },
    { "FKP", 2, NULL },  { "GBP", 2, "£" },   { "GEL", 2, NULL }, { "GHS", 2, NULL },
    { "GIP", 2, NULL },  { "GMD", 2, NULL },  { "GNF", 0, NULL }, { "GTQ", 2, NULL },
    { "GYD", 2, NULL },  { "HKD", 2, "HK$" }, { "HNL", 2, NULL }, { "HTG", 2, NULL },
    { "HUF", 2, NULL },  { "IDR", 2, NULL },  { "ILS", 2, "₪" },  { "INR", 2, "₹" },
    { "IQD", 3, NULL },  { "IRR", 2, NULL },  { "ISK", 0, NULL }, { "JMD", 2, NULL },
    { "JOD", 3, NULL },  { "JPY", 0, "JP¥" }, { "KES", 2, NULL }, { "KGS", 2, NULL },
    { "KHR", 2, NULL },  { "KMF", 0, NULL },  { "KPW", 2, NULL }, { "KRW", 0, "₩" },
    { "KWD", 3, NULL },  { "KYD", 2, NULL },  { "KZT", 2, "₸" },  { "LAK", 2, NULL },
    { "LBP", 2, NULL },  { "LKR", 2, NULL },  { "LRD", 2, NULL }, { "LSL", 2, NULL },
    { "LYD", 3, NULL },  { "MAD", 2, NULL },  { "MDL", 2, NULL }, { "MGA", 2, NULL },
    { "MKD", 2, NULL },  { "MMK", 2, NULL },  { "MNT", 2, "₮" },  { "MOP", 2, NULL },
    { "MRU", 2, NULL },  { "MUR", 2, NULL },  { "MVR", 2, NULL }, { "MWK", 2, NULL },
    { "MXN", 2, "MX$" }, { "MYR", 2, NULL },  { "MZN", 2, NULL }, { "NAD", 2, NULL },
    { "NGN", 2, "₦" },   { "NIO", 2, NULL },  { "NOK", 2, NULL }, { "NPR", 2, NULL },
    { "NZD", 2, "NZ$" }, { "OMR", 3, NULL },  { "PAB", 2, NULL }, { "PEN", 2, NULL },
    { "PGK", 2, NULL },  { "PHP", 2, "₱" },   { "PKR", 2, NULL }, { "PLN", 2, NULL },
    { "PYG", 0, NULL },  { "QAR", 2, NULL },  { "RON", 2, NULL }, { "RSD", 2, NULL },
    { "RUB", 2, "₽" }, { "RWF", 0, NULL },  { "SAR", 2, NULL }, { "SBD", 2, NULL },
    { "SCR", 2, NULL },  { "SDG", 2, NULL },  { "SEK", 2, NULL }, { "SGD", 2, "S$" },
    { "SHP", 2, NULL },  { "SLE", 2, NULL },  { "SOS", 2, NULL }, { "SRD", 2, NULL },
    { "SSP", 2, NULL },  { "STN", 2, NULL },  { "SVC", 2, NULL }, { "SYP", 2, NULL },
    { "SZL", 2, NULL },  { "THB", 2, "฿" },   { "TJS", 2, NULL }, { "TMT", 2, NULL },
    { "TND", 3, NULL },  { "TOP", 2, NULL },  { "TRY", 2, "₺" },  { "TTD", 2, NULL },
    { "TWD", 2, "NT$" }, { "TZS", 2, NULL },  { "UAH", 2, "₴" },  { "UGX", 0, NULL },
    { "USD", 2, "$" },   { "UYU", 2, NULL },  { "UZS", 2, NULL }, { "VES", 2, NULL },
    { "VND", 0, "₫" },   { "VUV", 0, NULL },  { "WST", 2, NULL }, { "XAF", 0, NULL },
    { "XCD", 2, NULL },  { "XOF", 0, NULL },  { "XPF", 0, NULL }, { "YER", 2, NULL },
    { "ZAR", 2, NULL },  { "ZMW", 2, NULL },
};

static int
compare_code(const void *code, const void *currency)
{
    return strcmp(code, ((const MwCurrency *)currency)->code);
}

const MwCurrency *
mw_currency_find(const char *code)
{
    return bsearch(code, currencies, G_N_ELEMENTS(currencies), sizeof *currencies, compare_code);
}

const MwCurrency *
mw_currencies(size_t *n)
{
    *n = G_N_ELEMENTS(currencies);
    return currencies;
}

/* Takes `mark` off the start (after the sign) or the end of `text`, in place. */
static bool
take_off(char *text, const char *mark)
{
    char *start = text + (*text == '-' || *text == '+');

    if (g_str_has_prefix(start, mark)) {
        char *number = start + strlen(mark);
        if (g_str_has_prefix(number, "\u00a0"))
            number += strlen("\u00a0");
        memmove(start, number, strlen(number) + 1);
        g_strchug(start);
        return true;
    }
    if (g_str_has_suffix(text, mark)) {
        text[strlen(text) - strlen(mark)] = '\0';
        return true;
    }
    return false;
}

MwDecimalStatus
mw_money_parse(const char *text, const MwCurrency *currency, int64_t *minor)
{
    if (strnlen(text, MW_DECIMAL_TEXT_MAX + 1) > MW_DECIMAL_TEXT_MAX)
        return MW_DECIMAL_SYNTAX;

    g_autofree char *number = g_strdup(text);
    g_strstrip(number);
    bool marked =
        take_off(number, currency->code) ||
        (currency->symbol && take_off(number, currency->symbol)) ||
        (g_str_equal(currency->code, "CNY") && (take_off(number, "￥") || take_off(number, "元")));
    MwDecimalStatus status = mw_decimal_parse_large(number, currency->exponent, minor);
    return marked && status == MW_DECIMAL_EMPTY ? MW_DECIMAL_SYNTAX : status;
}

char *
mw_money_format(int64_t minor, const MwCurrency *currency, MwMoneyStyle style)
{
    char *number =
        mw_decimal_format(minor, currency->exponent, currency->exponent, style != MW_MONEY_PLAIN);

    if (style != MW_MONEY_SYMBOL)
        return number;
    g_autofree char *unmarked = number;
    return g_strconcat(minor < 0 ? "-" : "", currency->symbol ? currency->symbol : currency->code,
                       currency->symbol ? "" : "\u00a0", unmarked + (minor < 0), NULL);
}

bool
mw_money_of_line(int64_t quantity, int64_t unit_price, const MwCurrency *currency, int64_t *minor)
{
    return mw_decimal_multiply(quantity, MW_QUANTITY_SCALE, unit_price, MW_PRICE_SCALE,
                               currency->exponent, minor);
}

bool
mw_money_convert(int64_t minor, const MwCurrency *from, int64_t rate, const MwCurrency *to,
                 int64_t *out)
{
    return rate > 0 &&
           mw_decimal_multiply(minor, from->exponent, rate, MW_RATE_SCALE, to->exponent, out);
}
