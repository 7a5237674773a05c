/* kinds: what a field takes, it writes for forms and for JSON, and takes again as the same. */
#include <jansson.h>
#include <string.h>

#include "fuzz.h"
#include "model/kinds/kinds.h"

static const MwChoice choices[] = {
    { "draft", "Draft" }, { "done", "Done" }, { "x_y", "X, y" }, { NULL }
};

static void
assert_takes_again(const MwField *field, const MwLocale *locale, const char *text,
                   const MwValue *value)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwValue) again = MW_NOTHING;

    g_assert_true(mw_field_parse(field, locale, text, &again, problems));
    g_assert_true(mw_value_equal(value, &again));
}

static void
check(const MwField *field, const MwLocale *locale, const char *text)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GString) shown = g_string_new(NULL);
    g_autoptr(GString) edited = g_string_new(NULL);
    g_autoptr(GString) json = g_string_new(NULL);
    g_auto(MwValue) value = MW_NOTHING;

    if (!mw_field_parse(field, locale, text, &value, problems)) {
        g_assert_cmpuint(mw_problems_count(problems), ==, 1);
        g_assert_cmpint(value.is, ==, MW_NULL);
        return;
    }
    mw_field_show(field, locale, &value, shown);
    mw_field_edit(field, locale, &value, edited);
    mw_field_json(field, locale, &value, json);
    g_assert_true(g_utf8_validate(shown->str, (gssize)shown->len, NULL));
    assert_takes_again(field, locale, edited->str, &value);

    json_t *document = json_loads(json->str, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    g_assert_nonnull(document);
    if (json_is_string(document) && field->kind != &mw_json)
        assert_takes_again(field, locale, json_string_value(document), &value);
    json_decref(document);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = g_strndup((const char *)bytes, size);
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("CET-1CEST,M3.5.0,M10.5.0/3");
    const MwLocale locale = { .language = "en", .zone = zone, .currency = "CHF" };

    for (const MwKind *const *kind = mw_kinds; *kind; kind++) {
        const MwField field = { .name = (*kind)->name, .kind = *kind, .choices = choices };
        check(&field, &locale, text);
    }
    return 0;
}
