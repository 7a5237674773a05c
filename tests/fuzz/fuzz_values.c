/* decimal, money, clock, creditcode, phones, mail: what is read can be written and read again. */
#include <string.h>

#include "base/clock.h"
#include "base/creditcode.h"
#include "base/money.h"
#include "base/name.h"
#include "fuzz.h"

static void
check_numbers(const char *text)
{
    for (unsigned scale = 0; scale <= MW_DECIMAL_SCALE_MAX; scale += 6) {
        int64_t value, back;
        if (mw_decimal_parse(text, scale, &value) != MW_DECIMAL_OK)
            continue;
        g_autofree char *written = mw_decimal_format(value, scale, 0, true);
        g_assert_true(mw_decimal_parse(written, scale, &back) == MW_DECIMAL_OK && back == value);
    }

    static const char *const codes[] = { "CNY", "JPY", "CHF" };
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        const MwCurrency *currency = mw_currency_find(codes[i]);
        int64_t minor, back;
        if (mw_money_parse(text, currency, &minor) != MW_DECIMAL_OK)
            continue;
        g_autofree char *written = mw_money_format(minor, currency, MW_MONEY_SYMBOL);
        g_assert_true(mw_money_parse(written, currency, &back) == MW_DECIMAL_OK && back == minor);
    }
}

static void
check_time(const char *text)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("CET-1CEST,M3.5.0,M10.5.0/3");
    int64_t value, back;

    if (mw_date_parse(text, &value)) {
        g_autofree char *written = mw_date_format(value, MW_CLOCK_ISO);
        g_assert_true(mw_date_parse(written, &back) && back == value);
    }
    if (mw_instant_parse(text, zone, &value)) {
        g_autofree char *written = mw_instant_rfc3339(value);
        g_autofree char *shown = mw_instant_format(value, zone, MW_CLOCK_LONG);
        g_assert_true(mw_instant_parse(written, zone, &back) && back == value && *shown);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = g_strndup((const char *)bytes, size);
    char code[MW_CREDIT_CODE_SIZE];

    check_numbers(text);
    check_time(text);
    if (mw_credit_code_parse(text, code) == MW_CREDIT_CODE_OK)
        g_assert_cmpint(mw_credit_code_check(code), ==, code[MW_CREDIT_CODE_SIZE - 2]);
    g_autofree char *phone = mw_phone_key(text);
    g_assert_true(!phone || strspn(phone, "0123456789") == strlen(phone));
    g_autofree char *domain = mw_mail_domain_key(text);
    g_assert_true(!domain || strchr(domain, '.'));
    return 0;
}
