/* i18n: the catalogue in the program, and .mo files well and badly formed. */
#include "base/i18n.h"

#include <string.h>

#include "base/error.h"
#include "base/mo.h"
#include "base/plural.h"

static void
test_languages(void)
{
    mw_i18n_use("zh_CN");
    g_assert_cmpstr(mw_i18n_language(), ==, "zh_CN");
    g_assert_cmpstr(_("Show the version"), ==, "显示版本");
    g_assert_cmpstr(_("no such text"), ==, "no such text");
    g_assert_cmpstr(_(""), ==, "");
    mw_i18n_use("tlh");
    g_assert_cmpstr(mw_i18n_language(), ==, "en");
    g_assert_cmpstr(_("Show the version"), ==, "Show the version");
    g_assert_cmpstr(mw_ngettext("%d row", "%d rows", 1), ==, "%d row");
    g_assert_cmpstr(mw_ngettext("%d row", "%d rows", 0), ==, "%d rows");
    mw_i18n_use(NULL);
    g_assert_cmpstr(mw_i18n_language(), ==, "en");
}

static gpointer
language_of_new_thread(gpointer data G_GNUC_UNUSED)
{
    return (gpointer)mw_i18n_language();
}

static void
test_language_belongs_to_the_thread(void)
{
    mw_i18n_use("zh_CN");
    GThread *thread = g_thread_new(NULL, language_of_new_thread, NULL);
    g_assert_cmpstr(g_thread_join(thread), ==, "en");
    g_assert_cmpstr(mw_i18n_language(), ==, "zh_CN");
}

/* The expressions of the gettext manual, "Plural forms"; values worked by hand. */
static const struct {
    const char *expression;
    unsigned long n, value;
} plurals[] = {
    { "0", 7, 0 },
    { "n != 1", 1, 0 },
    { "n != 1;", 2, 1 },
    { "n>1", 0, 0 },
    { "n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2", 21, 0 }, /* Latvian */
    { "n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2", 11, 1 },
    { "n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2", 0, 2 },
    { "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2", 22, 1 },
    { "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2", 12, 2 },
    { "!n", 0, 1 },
    { "10 - 4 - 3", 0, 3 }, /* from the left */
    { "2 + 3 * 4 < 15", 0, 1 },
    { "7 / 2 * 2", 0, 6 },
    { "n / 0 + n % 0", 5, 0 },
};

static void
test_plural_values(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(plurals); i++) {
        unsigned long value = 99;
        g_assert_true(mw_plural(plurals[i].expression, plurals[i].n, &value));
        g_assert_cmpuint(value, ==, plurals[i].value);
    }
}

static void
test_plural_malformed(void)
{
    g_autofree char *deep = g_strnfill(100, '(');
    g_autofree char *negated = g_strnfill(100, '!');
    g_autofree char *chosen = g_strnfill(MW_PLURAL_LENGTH_MAX + 1, '1');
    const char *const bad[] = { "",      "n +", "(n",  "n)", "m",     "n ? 1", "n ? 1 :",
                                "n = 1", "1 2", "& n", deep, negated, chosen };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        unsigned long value = 99;
        g_assert_false(mw_plural(bad[i], 1, &value));
        g_assert_cmpuint(value, ==, 99);
    }
}

/* A catalogue in memory: three messages, one of them with two forms. */
#define HEADER "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n>1;\n"

static GByteArray *
make_mo(const char *header, bool swapped)
{
    const struct {
        const char *text;
        uint32_t size;
    } strings[] = { { "", 0 },          { "Save", 4 },
                    { "row\0rows", 8 }, { header, (uint32_t)strlen(header) },
                    { "保存", 6 },      { "ligne\0lignes", 12 } };
    uint32_t numbers[7 + 12] = { 0x950412de, 0, 3, 28, 52, 0, 76 };
    GByteArray *mo = g_byte_array_new();
    uint32_t offset = sizeof numbers;

    for (size_t i = 0; i < 6; i++) {
        numbers[7 + 2 * i] = strings[i].size;
        numbers[8 + 2 * i] = offset;
        offset += strings[i].size + 1;
    }
    for (size_t i = 0; swapped && i < G_N_ELEMENTS(numbers); i++)
        numbers[i] = GUINT32_SWAP_LE_BE(numbers[i]);
    g_byte_array_append(mo, (const guint8 *)numbers, sizeof numbers);
    for (size_t i = 0; i < 6; i++)
        g_byte_array_append(mo, (const guint8 *)strings[i].text, strings[i].size + 1);
    return mo;
}

static void
test_mo(gconstpointer swapped)
{
    g_autoptr(GByteArray) bytes = make_mo(HEADER, swapped != NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(MwMo) mo = mw_mo_new(bytes->data, bytes->len, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(mw_mo_get(mo, "Save"), ==, "保存");
    g_assert_null(mw_mo_get(mo, "save"));
    g_assert_null(mw_mo_get(mo, ""));
    g_assert_cmpstr(mw_mo_get_plural(mo, "row", 1), ==, "ligne");
    g_assert_cmpstr(mw_mo_get_plural(mo, "row", 2), ==, "lignes");
    g_assert_null(mw_mo_get_plural(mo, "Save", 2)); /* it has one form only */
    g_assert_null(mw_mo_get_plural(mo, "column", 2));
}

/* Reads `bytes` with one number of the header or of the tables changed. */
static void
assert_refused(const char *header, size_t number, uint32_t value, int code)
{
    g_autoptr(GByteArray) bytes = make_mo(header, false);
    g_autoptr(GError) error = NULL;

    memcpy(bytes->data + number * 4, &value, sizeof value);
    g_assert_null(mw_mo_new(bytes->data, bytes->len, &error));
    g_assert_error(error, MW_ERROR, code);
}

static void
test_mo_malformed(void)
{
    assert_refused(HEADER, 0, 0xde12, MW_ERROR_INVALID);         /* magic      */
    assert_refused(HEADER, 1, 1, MW_ERROR_INVALID);              /* revision   */
    assert_refused(HEADER, 2, 4, MW_ERROR_INVALID);              /* one more string than there is */
    assert_refused(HEADER, 2, UINT32_MAX, MW_ERROR_TOO_LARGE);   /* count      */
    assert_refused(HEADER, 3, 1 << 20, MW_ERROR_INVALID);        /* table      */
    assert_refused(HEADER, 4, UINT32_MAX - 4, MW_ERROR_INVALID); /* table      */
    assert_refused(HEADER, 9, UINT32_MAX, MW_ERROR_INVALID);     /* length     */
    assert_refused(HEADER, 9, 3, MW_ERROR_INVALID);              /* no NUL at the end */
    assert_refused(HEADER, 10, UINT32_MAX, MW_ERROR_INVALID);    /* offset     */
    assert_refused("Plural-Forms: nplurals=0; plural=0;", 1, 0, MW_ERROR_INVALID);
    assert_refused("Plural-Forms: nplurals=7; plural=0;", 1, 0, MW_ERROR_INVALID);
    assert_refused("Plural-Forms: nplurals=2; plural=n+;", 1, 0, MW_ERROR_INVALID);
    assert_refused("Plural-Forms: nplurals=2;", 1, 0, MW_ERROR_INVALID);
    assert_refused("\xff", 1, 0, MW_ERROR_INVALID); /* not UTF-8  */
}

static void
test_mo_cut_short(void)
{
    g_autoptr(GByteArray) whole = make_mo(HEADER, false);

    for (guint size = 0; size < whole->len; size++) {
        g_autofree guint8 *part = g_memdup2(whole->data, size ? size : 1);
        g_autoptr(GError) error = NULL;
        g_assert_null(mw_mo_new(part, size, &error));
        g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(mw_mo_new(whole->data, (size_t)MW_MO_BYTES_MAX + 1, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_TOO_LARGE);
}

static char *
say(const void *data)
{
    return g_strdup_printf("%s %s", _("Save"), (const char *)data);
}

static void
assert_part(const char *kept, const char *in, const char *expected)
{
    size_t size;

    mw_i18n_use(in);
    const char *part = mw_i18n_part(kept, &size);
    g_autofree char *text = g_strndup(part, size);
    mw_i18n_use("en");
    g_assert_cmpstr(text, ==, expected);
}

/* A sentence that is kept is read by each in his own language; what was written otherwise, and a part of it, as it is. */
static void
test_each(void)
{
    mw_i18n_use("zh_CN");
    g_autofree char *kept = mw_i18n_each(say, "all");
    g_assert_cmpstr(mw_i18n_language(), ==, "zh_CN");

    assert_part(kept, "en", "Save all");
    assert_part(kept, "zh_CN", "保存 all");
    assert_part("Written by hand", "zh_CN", "Written by hand");
    assert_part("", "en", "");
    assert_part("Only English\x1e", "zh_CN", "Only English");
    assert_part("Cut\x1e"
                "off",
                "zh_CN", "Cut");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/i18n/languages", test_languages);
    g_test_add_func("/i18n/thread", test_language_belongs_to_the_thread);
    g_test_add_func("/i18n/each", test_each);
    g_test_add_func("/i18n/plural/values", test_plural_values);
    g_test_add_func("/i18n/plural/malformed", test_plural_malformed);
    g_test_add_data_func("/i18n/mo/native", NULL, test_mo);
    g_test_add_data_func("/i18n/mo/swapped", "swapped", test_mo);
    g_test_add_func("/i18n/mo/malformed", test_mo_malformed);
    g_test_add_func("/i18n/mo/cut-short", test_mo_cut_short);
    return g_test_run();
}
