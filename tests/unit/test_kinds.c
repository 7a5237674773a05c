/* kinds: what each reads, refuses, shows in Chinese and English, and writes back. */
#include <glib.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "model/catalog.h"
#include "model/kinds/kinds.h"

static const MwChoice tones[] = {
    { "draft", N_("Draft") },
    { "done", N_("Done") },
    { "cancelled", N_("Cancelled") },
    { NULL },
};

/* One field of each kind, and of some limits. The record's currency is set by the test. */
/* clang-format off */
static const MwField fields[] = {
    { .name = "text", .kind = &mw_text },
    { .name = "short_text", .kind = &mw_text, .min = 2, .max = 5 },
    { .name = "memo", .kind = &mw_memo },
    { .name = "integer", .kind = &mw_integer },
    { .name = "fit", .kind = &mw_integer, .min = 1, .max = 5 },
    { .name = "days", .kind = &mw_integer, .max = INT64_MAX },
    { .name = "least", .kind = &mw_integer, .min = 10 },
    { .name = "quantity", .kind = &mw_quantity },
    { .name = "real", .kind = &mw_real },
    { .name = "percent", .kind = &mw_percent, .max = 10000 },
    { .name = "money", .kind = &mw_money, .currency = "currency" },
    { .name = "limit", .kind = &mw_money, .currency = "currency", .max = 100000 },
    { .name = "base", .kind = &mw_money },
    { .name = "price", .kind = &mw_price, .currency = "currency" },
    { .name = "rate", .kind = &mw_rate, .min = 1, .max = INT64_MAX },
    { .name = "currency", .kind = &mw_currency },
    { .name = "date", .kind = &mw_date },
    { .name = "instant", .kind = &mw_instant },
    { .name = "bool", .kind = &mw_bool },
    { .name = "choice", .kind = &mw_choice, .choices = tones },
    { .name = "choices", .kind = &mw_choices, .choices = tones },
    { .name = "link", .kind = &mw_link, .target = "thing" },
    { .name = "file", .kind = &mw_file, .target = "thing" },
    { .name = "email", .kind = &mw_email },
    { .name = "phone", .kind = &mw_phone },
    { .name = "url", .kind = &mw_url },
    { .name = "credit_code", .kind = &mw_credit_code },
    { .name = "json", .kind = &mw_json },
    { .name = "worded", .kind = &mw_worded },
    { .name = "hidden", .kind = &mw_hidden, .flags = MW_SECRET | MW_READ_ONLY },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwEntity thing = {
    .name = "thing", .path = "things", .label = "Thing", .plural = "Things", .fields = fields
};

/* created_by of every entity points here. */
static const MwField no_fields[] = { MW_FIELDS_END };
static const MwEntity user = { .name = "user", .path = "users", .fields = no_fields };

static MwCatalog *catalog;
static GTimeZone *shanghai;

typedef void (*Writer)(const MwField *, const MwLocale *, const MwValue *, GString *);

/* A record of the entity whose currency is `code`, or NULL. */
static MwRecord *
record_in(const char *code)
{
    const MwEntity *entity = mw_catalog_entity(catalog, "thing");
    MwRecord *record = mw_record_new(entity);
    MwValue value = MW_NOTHING;

    mw_value_set_text(&value, code);
    mw_record_load(record, mw_entity_field(entity, "currency"), value);
    return record;
}

static MwLocale
locale_of(const MwRecord *record, const char *language)
{
    mw_i18n_use(language);
    return (
        MwLocale){ .language = language, .zone = shanghai, .currency = "CNY", .record = record };
}

static const MwField *
field_named(const char *name)
{
    const MwField *field = mw_entity_field(mw_catalog_entity(catalog, "thing"), name);

    g_assert_nonnull(field);
    return field;
}

static void
assert_written(Writer write, const MwField *field, const MwLocale *locale, const MwValue *value,
               const char *expected)
{
    g_autoptr(GString) text = g_string_new("before:");

    write(field, locale, value, text);
    g_assert_true(g_str_has_prefix(text->str, "before:")); /* appends */
    g_assert_cmpstr(text->str + strlen("before:"), ==, expected);
}

typedef struct {
    const char *field, *text; /* what is read                                  */
    const char *en, *zh;      /* what is shown; zh NULL: the same              */
    const char *edit, *json;  /* edit NULL: as `text`                          */
    const char *currency;     /* of the record                                 */
} Good;

/* clang-format off */
static const Good good[] = {
    { "text", "Pump 5", "Pump 5", NULL, NULL, "\"Pump 5\"" },
    { "text", " \t\u00a0\u3000水泵 A\ufeff \r\n", "水泵 A", NULL, "水泵 A", "\"水泵 A\"" },
    { "text", "<b>\"a\\b\"</b>", "<b>\"a\\b\"</b>", NULL, NULL, "\"<b>\\\"a\\\\b\\\"</b>\"" },
    { "short_text", "五个汉字了", "五个汉字了", NULL, NULL, "\"五个汉字了\"" },
    { "memo", "one\r\ntwo\rthree\n\tfour\n", "one\ntwo\nthree\n\tfour", NULL,
      "one\ntwo\nthree\n\tfour", "\"one\\u000atwo\\u000athree\\u000a\\u0009four\"" },

    { "integer", "1234567", "1,234,567", NULL, NULL, "1234567" },
    { "integer", " -1,234 ", "-1,234", NULL, "-1234", "-1234" },
    { "integer", "１２，３４５", "12,345", NULL, "12345", "12345" },
    { "integer", "12.00", "12", NULL, "12", "12" },
    { "integer", "3千", "3,000", NULL, "3000", "3000" },
    { "integer", "5k", "5,000", NULL, "5000", "5000" },
    { "integer", "9007199254740991", "9,007,199,254,740,991", NULL, NULL, "9007199254740991" },
    { "fit", "5", "5", NULL, NULL, "5" },
    { "days", "0", "0", NULL, NULL, "0" },
    { "least", "99999", "99,999", NULL, NULL, "99999" },
    { "quantity", "1234.5", "1,234.5", NULL, NULL, "\"1234.5\"" },
    { "quantity", "-0.001", "-0.001", NULL, NULL, "\"-0.001\"" },
    { "percent", "12.5", "12.5\u00a0%", NULL, NULL, "\"12.5\"" },
    { "percent", "12.5 %", "12.5\u00a0%", NULL, "12.5", "\"12.5\"" },
    { "percent", "１００％", "100\u00a0%", NULL, "100", "\"100\"" },
    { "rate", "7.12345678", "7.12345678", NULL, NULL, "\"7.12345678\"" },
    { "real", "0.71514", "0.7151", NULL, NULL, "0.71514" },
    { "real", "-1234.5", "-1,234.5", NULL, NULL, "-1234.5" },
    { "real", "0", "0", NULL, NULL, "0" },
    { "real", "0.1", "0.1", NULL, NULL, "0.1" },
    { "real", "1e300", "1e+300", NULL, "1e+300", "1e+300" },
    { "real", "0.00001", "1e-05", NULL, "1e-05", "1e-05" },

    { "money", "1,234", "¥1,234.00", NULL, "1234.00", "\"1234.00\"" },
    { "money", "-0.05", "-¥0.05", NULL, NULL, "\"-0.05\"" },
    { "money", "￥１，２３４．５", "¥1,234.50", NULL, "1234.50", "\"1234.50\"" },
    { "money", "1234", "$1,234.00", NULL, "1234.00", "\"1234.00\"", "USD" },
    { "money", "USD 20", "$20.00", NULL, "20.00", "\"20.00\"", "USD" },
    { "money", "38万元", "¥380,000.00", NULL, "380000.00", "\"380000.00\"" },
    { "money", "¥1.2M", "¥1,200,000.00", NULL, "1200000.00", "\"1200000.00\"" },
    { "money", "1234", "JP¥1,234", NULL, "1234", "\"1234\"", "JPY" },
    { "money", "-1.234", "-KWD\u00a01.234", NULL, "-1.234", "\"-1.234\"", "KWD" },
    { "base", "1", "¥1.00", NULL, "1.00", "\"1.00\"", "USD" },
    { "limit", "1000.00", "¥1,000.00", NULL, "1000.00", "\"1000.00\"" },
    { "price", "0.004321", "¥0.004321", NULL, NULL, "\"0.004321\"" },
    { "price", "12.5", "¥12.50", NULL, "12.50", "\"12.50\"" },
    { "price", "99.5", "JP¥99.5", NULL, NULL, "\"99.5\"", "JPY" },
    { "currency", "usd", "USD", NULL, "USD", "\"USD\"" },
    { "currency", "ＲＭＢ", "CNY", NULL, "CNY", "\"CNY\"" },

    { "date", "2026-11-23", "23 Nov 2026", "2026年11月23日", NULL, "\"2026-11-23\"" },
    { "date", "2026/3/5", "5 Mar 2026", "2026年3月5日", "2026-03-05", "\"2026-03-05\"" },
    { "date", "2026年3月5日", "5 Mar 2026", "2026年3月5日", "2026-03-05", "\"2026-03-05\"" },
    { "instant", "2026-11-23 09:30", "23 Nov 2026, 09:30", "2026年11月23日 09:30", NULL,
      "\"2026-11-23T01:30:00.000Z\"" },
    { "instant", "2026-11-23T09:00:00.000Z", "23 Nov 2026, 17:00", "2026年11月23日 17:00",
      "2026-11-23 17:00", "\"2026-11-23T09:00:00.000Z\"" },
    { "instant", "2026-11-23 09:30:07", "23 Nov 2026, 09:30", "2026年11月23日 09:30", NULL,
      "\"2026-11-23T01:30:07.000Z\"" },
    { "instant", "2026-11-23 09:30:00.042", "23 Nov 2026, 09:30", "2026年11月23日 09:30", NULL,
      "\"2026-11-23T01:30:00.042Z\"" },
    { "instant", "1969-12-31T23:59:59.999Z", "1 Jan 1970, 07:59", "1970年1月1日 07:59",
      "1970-01-01 07:59:59.999", "\"1969-12-31T23:59:59.999Z\"" },

    { "bool", "true", "Yes", "是", NULL, "true" },
    { "bool", "是", "Yes", "是", "true", "true" },
    { "bool", "１", "Yes", "是", "true", "true" },
    { "bool", "off", "No", "否", "false", "false" },
    { "bool", "NO", "No", "否", "false", "false" },
    { "choice", "done", "Done", "已完成", NULL, "\"done\"" },
    { "choice", "DONE", "Done", "已完成", "done", "\"done\"" },
    { "choice", "Cancelled", "Cancelled", "已取消", "cancelled", "\"cancelled\"" },
    { "choice", " 已取消 ", "Cancelled", "已取消", "cancelled", "\"cancelled\"" },
    { "choices", "done,draft,done", "Draft, Done", "草稿、已完成", "draft,done",
      "[\"draft\",\"done\"]" },
    { "choices", "[\"cancelled\"]", "Cancelled", "已取消", "cancelled", "[\"cancelled\"]" },
    { "choices", "已完成、草稿", "Draft, Done", "草稿、已完成", "draft,done",
      "[\"draft\",\"done\"]" },

    { "link", "9223372036854775807", "9223372036854775807", NULL, NULL,
      "\"9223372036854775807\"" },
    { "file", "42", "42", NULL, NULL, "\"42\"" },
    { "email", "Li.Na@Example.COM", "li.na@example.com", NULL, "li.na@example.com",
      "\"li.na@example.com\"" },
    { "email", "ｌｉ＠ｅｘａｍｐｌｅ．ｃｎ", "li@example.cn", NULL, "li@example.cn",
      "\"li@example.cn\"" },
    { "email", "o'hara+crm@泵业.中国", "o'hara+crm@泵业.中国", NULL, NULL,
      "\"o'hara+crm@泵业.中国\"" },
    { "phone", "+86 21 5050-1234", "+86 21 5050-1234", NULL, NULL, "\"+86 21 5050-1234\"" },
    { "phone", "（021）50501234 转 801", "(021)50501234 转 801", NULL, "(021)50501234 转 801",
      "\"(021)50501234 转 801\"" },
    { "phone", "(+49) 89 636-0 ext. 12", "(+49) 89 636-0 ext. 12", NULL, NULL,
      "\"(+49) 89 636-0 ext. 12\"" },
    { "url", "www.example.com/泵?a=1&b=2", "https://www.example.com/泵?a=1&b=2", NULL,
      "https://www.example.com/泵?a=1&b=2", "\"https://www.example.com/泵?a=1&b=2\"" },
    { "url", "http://example.com:8080/a#b", "http://example.com:8080/a#b", NULL, NULL,
      "\"http://example.com:8080/a#b\"" },
    /* Worked by the formula of GB 32100-2015, 4.7; see test_creditcode.c. */
    { "credit_code", "91350100m000100y43", "91350100M000100Y43", NULL, "91350100M000100Y43",
      "\"91350100M000100Y43\"" },
    { "json", "{ \"b\": [1, 2.5], \"a\": null }", "{\"b\":[1,2.5],\"a\":null}", NULL,
      "{\"b\":[1,2.5],\"a\":null}", "{\"b\":[1,2.5],\"a\":null}" },
    { "json", "\"泵\"", "\"泵\"", NULL, NULL, "\"泵\"" },
};
/* clang-format on */

/* What was written, as forms or JSON, reads back as the same value. */
static void
assert_reads_back(const MwField *field, const MwLocale *locale, const MwValue *value,
                  const char *text)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwValue) again = MW_NOTHING;

    g_assert_true(mw_field_parse(field, locale, text, &again, problems));
    g_assert_true(mw_value_equal(value, &again));
}

/* The text of a JSON value: strings without their quotes, the rest as it stands. */
static char *
text_of_json(const char *document)
{
    json_t *value = json_loads(document, JSON_DECODE_ANY, NULL);

    g_assert_nonnull(value);
    char *text = json_is_string(value) ? g_strdup(json_string_value(value)) : g_strdup(document);
    json_decref(value);
    return text;
}

static void
test_good(gconstpointer data)
{
    const Good *c = data;
    const MwField *field = field_named(c->field);
    g_autoptr(MwRecord) record = record_in(c->currency);
    MwLocale locale = locale_of(record, "en");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwValue) value = MW_NOTHING;
    const char *edit = c->edit ? c->edit : c->text;
    g_autofree char *plain = field->kind == &mw_json ? g_strdup(c->json) : text_of_json(c->json);

    if (!mw_field_parse(field, &locale, c->text, &value, problems))
        g_error("%s", mw_problems_of(problems, c->field));
    g_assert_cmpint(value.is, ==, field->kind->storage);
    assert_written(mw_field_show, field, &locale, &value, c->en);
    assert_written(mw_field_edit, field, &locale, &value, edit);
    assert_written(mw_field_json, field, &locale, &value, c->json);
    assert_reads_back(field, &locale, &value, edit);
    assert_reads_back(field, &locale, &value, plain);

    locale = locale_of(record, "zh_CN");
    assert_written(mw_field_show, field, &locale, &value, c->zh ? c->zh : c->en);
    assert_written(mw_field_edit, field, &locale, &value, edit);
    assert_written(mw_field_json, field, &locale, &value, c->json);
    assert_reads_back(field, &locale, &value, edit);
}

typedef struct {
    const char *field, *text, *code, *message; /* message NULL: not looked at */
    const char *currency;
} Bad;

/* clang-format off */
static const Bad bad[] = {
    { "text", "\xff\xfe", "not_utf8", "The text is not valid UTF-8." },
    { "text", "a\xc0\x80", "not_utf8", NULL },
    { "text", "a\nb", "control_character", NULL },
    { "text", "a\033[31mb", "control_character", NULL },
    { "text", "a\xc2\x85" "b", "control_character", NULL },
    { "short_text", "123456", "too_long", "Write at most 5 characters." },
    { "short_text", "1", "too_short", "Write at least 2 characters." },
    { "memo", "a\001b", "control_character", NULL },

    { "integer", "twelve", "not_a_number", "Write a whole number such as 1,234." },
    { "integer", "1.5", "not_a_number", "Write a whole number such as 1,234." },
    { "integer", "1,5", "not_a_number", NULL },
    { "integer", "1e3", "not_a_number", NULL },
    { "integer", "9007199254740992", "out_of_range", "The number is too large." },
    { "integer", "-9007199254740992", "out_of_range", NULL },
    { "integer", "99999999999999999999", "out_of_range", NULL },
    { "fit", "0", "out_of_range", "Write a number between 1 and 5." },
    { "fit", "6", "out_of_range", NULL },
    { "days", "-1", "out_of_range", "Write a number not below 0." },
    { "least", "9", "out_of_range", "Write a number not below 10." },
    { "quantity", "1.2345", "too_precise", "Write at most 3 digits after the point." },
    { "quantity", "12 kg", "not_a_number", "Write a number such as 1,234.5." },
    { "percent", "100.01", "out_of_range", "Write a number between 0 and 100." },
    { "percent", "-1%", "out_of_range", NULL },
    { "percent", "%", "not_a_number", NULL },
    { "rate", "0", "out_of_range", "Write a number not below 0.00000001." },
    { "real", "nan", "not_a_number", NULL },
    { "real", "inf", "not_a_number", NULL },
    { "real", "0x10", "not_a_number", NULL },
    { "real", "1.5.", "not_a_number", NULL },
    { "real", "1e999", "out_of_range", NULL },

    { "money", "much", "not_a_number", "Write an amount in CNY such as 1,234.50, 120k or 38万." },
    { "money", "$5", "not_a_number", NULL },
    { "money", "1.005", "too_precise", "Write at most 2 digits after the point." },
    { "money", "1.5", "too_precise", "Amounts in JPY have no digits after the point.", "JPY" },
    { "money", "99999999999999999999", "out_of_range", NULL },
    { "limit", "1000.01", "out_of_range", "Write a number between 0 and 1,000." },
    { "price", "0.0000001", "too_precise", "Write at most 6 digits after the point." },
    { "currency", "XYZ", "not_a_choice",
      "Write the code of a currency such as CNY, USD or EUR." },
    { "currency", "US", "not_a_choice", NULL },

    { "date", "3/5/2026", "not_a_date", "Write a date as 2026-11-23." },
    { "date", "2026-02-30", "not_a_date", NULL },
    { "date", "tomorrow", "not_a_date", NULL },
    { "instant", "2026-11-23 25:00", "not_an_instant",
      "Write a date and time as 2026-11-23 09:30." },
    { "bool", "perhaps", "not_a_choice", "Write yes or no." },
    { "choice", "lost", "not_a_choice", "“lost” is none of: Draft, Done, Cancelled." },
    { "choice", "don", "not_a_choice", NULL },
    { "choices", "draft,lost", "not_a_choice", "“lost” is none of: Draft, Done, Cancelled." },

    { "link", "0", "not_a_link", "Choose a record, or give its ID in digits." },
    { "link", "-1", "not_a_link", NULL },
    { "link", "1.5", "not_a_link", NULL },
    { "link", "Siemens", "not_a_link", NULL },
    { "link", "9223372036854775808", "not_a_link", NULL },
    { "email", "li.na", "not_an_email", "Write an address such as li.na@example.com." },
    { "email", "@example.com", "not_an_email", NULL },
    { "email", "li@", "not_an_email", NULL },
    { "email", "li@localhost", "not_an_email", NULL },
    { "email", "li@na@example.com", "not_an_email", NULL },
    { "email", "li na@example.com", "not_an_email", NULL },
    { "email", "li..na@example.com", "not_an_email", NULL },
    { "email", "li@.example.com", "not_an_email", NULL },
    { "email", "li@example.com\r\nBcc: x@example.com", "control_character", NULL },
    { "phone", "call me", "not_a_phone", "Write a number such as +86 21 5050 1234." },
    { "phone", "12", "not_a_phone", NULL },
    { "phone", "123+456", "not_a_phone", NULL },
    { "phone", "123456789012345678901", "not_a_phone", NULL },
    { "url", "javascript:alert(1)", "not_a_url",
      "Write a web address such as https://www.example.com." },
    { "url", "ftp://example.com", "not_a_url", NULL },
    { "url", "https://", "not_a_url", NULL },
    { "url", "https://example", "not_a_url", NULL },
    { "url", "https://user@example.com", "not_a_url", NULL },
    { "url", "https://example.com/\"onclick=", "not_a_url", NULL },
    { "credit_code", "123", "bad_length", "A credit code has 18 characters." },
    { "credit_code", "91350100M000100Y4I", "bad_character", NULL },
    { "credit_code", "9135A100M000100Y43", "bad_division", NULL },
    { "credit_code", "91350100M000100Y44", "bad_check", NULL },
    { "json", "{\"a\":1,}", "not_json", NULL },
    { "json", "{\"a\":1,\"a\":2}", "not_json", NULL },
    { "hidden", "$argon2id$", "read_only", "This cannot be set directly." },
};
/* clang-format on */

static void
test_bad(gconstpointer data)
{
    const Bad *c = data;
    const MwField *field = field_named(c->field);
    g_autoptr(MwRecord) record = record_in(c->currency);
    MwLocale locale = locale_of(record, "en");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwValue) value = MW_NOTHING;

    g_assert_false(mw_field_parse(field, &locale, c->text, &value, problems));
    g_assert_cmpint(value.is, ==, MW_NULL);
    g_assert_cmpuint(mw_problems_count(problems), ==, 1);
    g_assert_cmpstr(mw_problems_get(problems, 0)->field, ==, c->field);
    g_assert_cmpstr(mw_problems_get(problems, 0)->code, ==, c->code);
    if (c->message)
        g_assert_cmpstr(mw_problems_get(problems, 0)->message, ==, c->message);

    /* In Chinese another text about the same. */
    g_autoptr(MwProblems) chinese = mw_problems_new();
    locale = locale_of(record, "zh_CN");
    g_assert_false(mw_field_parse(field, &locale, c->text, &value, chinese));
    g_assert_cmpstr(mw_problems_get(chinese, 0)->code, ==, c->code);
    g_assert_cmpstr(mw_problems_get(chinese, 0)->message, !=,
                    mw_problems_get(problems, 0)->message);
}

/* Texts at and above a limit that is too long for a table. */
static void
test_long_texts(void)
{
    static const struct {
        const char *field, *unit; /* repeated; five bytes at most */
        size_t most;
    } cases[] = {
        { "text", "泵", 200 },
        { "memo", "泵", 20000 },
    };
    MwLocale locale = locale_of(NULL, "en");

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MwProblems) problems = mw_problems_new();
        g_autoptr(GString) text = g_string_new(NULL);
        g_auto(MwValue) value = MW_NOTHING;
        for (size_t n = 0; n < cases[i].most; n++)
            g_string_append(text, cases[i].unit);
        g_assert_true(
            mw_field_parse(field_named(cases[i].field), &locale, text->str, &value, problems));
        g_string_append(text, cases[i].unit);
        g_assert_false(
            mw_field_parse(field_named(cases[i].field), &locale, text->str, &value, problems));
        g_assert_cmpstr(mw_problems_get(problems, 0)->code, ==, "too_long");
    }

    g_autofree char *document = g_strnfill(1000001, '1');
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwValue) value = MW_NOTHING;
    g_assert_false(mw_field_parse(field_named("json"), &locale, document, &value, problems));
    g_assert_cmpstr(mw_problems_get(problems, 0)->code, ==, "too_long");
}

/* Blank is nothing, for every kind, and nothing shows as nothing and is null in JSON. */
static void
test_nothing(void)
{
    const MwEntity *entity = mw_catalog_entity(catalog, "thing");
    MwLocale locale = locale_of(NULL, "en");

    for (size_t i = 0; i < entity->n_fields; i++) {
        g_autoptr(MwProblems) problems = mw_problems_new();
        g_auto(MwValue) value = MW_NOTHING;
        g_assert_true(mw_field_parse(&entity->fields[i], &locale, NULL, &value, problems));
        g_assert_true(
            mw_field_parse(&entity->fields[i], &locale, " \t\n\u3000\ufeff", &value, problems));
        g_assert_cmpint(value.is, ==, MW_NULL);
        assert_written(mw_field_show, &entity->fields[i], &locale, &value, "");
        assert_written(mw_field_edit, &entity->fields[i], &locale, &value, "");
        assert_written(mw_field_json, &entity->fields[i], &locale, &value, "null");
    }
}

static void
test_secret_stays_inside(void)
{
    MwLocale locale = locale_of(NULL, "en");
    const MwValue value = MW_BORROW("$argon2id$v=19$");

    assert_written(mw_field_show, field_named("hidden"), &locale, &value, "");
    assert_written(mw_field_edit, field_named("hidden"), &locale, &value, "");
    assert_written(mw_field_json, field_named("hidden"), &locale, &value, "null");
}

/* What is no longer declared, or was never well formed, is shown as it is stored. */
static void
test_stored_before(void)
{
    MwLocale locale = locale_of(NULL, "zh_CN");
    const MwValue gone = MW_BORROW("gone"), several = MW_BORROW(",draft,gone,"),
                  date = MW_BORROW("someday");

    assert_written(mw_field_show, field_named("choice"), &locale, &gone, "gone");
    assert_written(mw_field_show, field_named("choices"), &locale, &several, "草稿、gone");
    assert_written(mw_field_json, field_named("choices"), &locale, &several,
                   "[\"draft\",\"gone\"]");
    assert_written(mw_field_show, field_named("date"), &locale, &date, "someday");
}

/* Without a record money is in base currency; without a zone instants are in UTC. */
static void
test_bare_locale(void)
{
    const MwLocale base = { .language = "en", .currency = "EUR" }, none = { .language = "en" };
    const MwValue amount = MW_INT(123456), moment = MW_INT(0);

    mw_i18n_use("en");
    assert_written(mw_field_show, field_named("money"), &base, &amount, "€1,234.56");
    assert_written(mw_field_show, field_named("money"), &none, &amount, "1,234.56");
    assert_written(mw_field_edit, field_named("instant"), &base, &moment, "1970-01-01 00:00");
}

/* 2026-10-25 in Berlin has 02:30 twice; the forms keep the one that is meant. */
static void
test_hour_that_comes_twice(void)
{
    g_autoptr(GTimeZone) berlin = g_time_zone_new_identifier("Europe/Berlin");
    const MwLocale locale = { .language = "en", .zone = berlin };
    const MwValue summer = MW_INT(INT64_C(1792888200000)), winter = MW_INT(INT64_C(1792891800000));

    assert_written(mw_field_edit, field_named("instant"), &locale, &summer,
                   "2026-10-25T00:30:00.000Z");
    assert_written(mw_field_edit, field_named("instant"), &locale, &winter, "2026-10-25 02:30");
}

/* Schemas are JSON, and say of a value what its JSON is. */
static void
test_schema(gconstpointer data)
{
    const MwField *field = field_named(data);
    g_autoptr(GString) text = g_string_new(NULL);

    field->kind->schema(field, text);
    json_t *schema = json_loads(text->str, 0, NULL);
    g_assert_true(json_is_object(schema));
    const char *type = json_string_value(json_object_get(schema, "type"));
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        if (!g_str_equal(good[i].field, field->name) || !type)
            continue;
        json_t *value = json_loads(good[i].json, JSON_DECODE_ANY, NULL);
        bool fits = (g_str_equal(type, "string") && json_is_string(value)) ||
                    (g_str_equal(type, "integer") && json_is_integer(value)) ||
                    (g_str_equal(type, "number") && json_is_number(value)) ||
                    (g_str_equal(type, "boolean") && json_is_boolean(value)) ||
                    (g_str_equal(type, "array") && json_is_array(value));
        g_assert_true(fits);
        json_decref(value);
    }
    json_decref(schema);
}

static void
test_schema_of_choice(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    mw_choices.schema(field_named("choices"), text);
    g_assert_cmpstr(text->str, ==,
                    "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":"
                    "[\"draft\",\"done\",\"cancelled\"]}}");
    g_string_truncate(text, 0);
    mw_integer.schema(field_named("fit"), text);
    g_assert_cmpstr(text->str, ==, "{\"type\":\"integer\",\"minimum\":1,\"maximum\":5}");
}

/* Every kind is whole, found by its name, and has a field in this test. */
static void
test_table(void)
{
    for (const MwKind *const *kind = mw_kinds; *kind; kind++) {
        g_assert_true(mw_kind_named((*kind)->name) == *kind);
        g_assert_nonnull((*kind)->label);
        g_assert_nonnull((*kind)->widget);
        g_assert_true((*kind)->parse && (*kind)->show && (*kind)->json && (*kind)->schema);
        g_assert_true(field_named((*kind)->name)->kind == *kind);
    }
    g_assert_null(mw_kind_named("no such kind"));
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    const MwEntity *const entities[] = { &thing, &user, NULL };

    g_test_init(&argc, &argv, NULL);
    shanghai = g_time_zone_new_identifier("Asia/Shanghai");
    catalog = mw_catalog_new(entities, NULL, 0, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *path = g_strdup_printf("/kinds/%s/reads-%zu", good[i].field, i);
        g_test_add_data_func(path, &good[i], test_good);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = g_strdup_printf("/kinds/%s/refuses-%zu", bad[i].field, i);
        g_test_add_data_func(path, &bad[i], test_bad);
    }
    for (const MwField *field = fields; field->name; field++) {
        g_autofree char *path = g_strdup_printf("/kinds/%s/schema", field->name);
        g_test_add_data_func(path, field->name, test_schema);
    }
    g_test_add_func("/kinds/long-texts", test_long_texts);
    g_test_add_func("/kinds/nothing", test_nothing);
    g_test_add_func("/kinds/secret-stays-inside", test_secret_stays_inside);
    g_test_add_func("/kinds/stored-before", test_stored_before);
    g_test_add_func("/kinds/bare-locale", test_bare_locale);
    g_test_add_func("/kinds/hour-that-comes-twice", test_hour_that_comes_twice);
    g_test_add_func("/kinds/schema-of-choice", test_schema_of_choice);
    g_test_add_func("/kinds/table", test_table);

    int status = g_test_run();
    mw_catalog_unref(catalog);
    g_time_zone_unref(shanghai);
    return status;
}
