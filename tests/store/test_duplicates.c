/* duplicates: what is probably there twice in a whole base. */
#include "methods/duplicates.h"

#include "record/service.h"
#include "tests/store/company.h"

static int64_t
account(Fixture *f, const char *name, const char *field, const char *text)
{
    return mw_test_save(f, 0, mw_test_input(f, "account", "name", name, field, text, NULL));
}

/* Groups as "id,id;id,id", each with the better score first. */
static char *
search(Fixture *f, const char *entity)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    size_t groups = 0;

    mw_test_turn(f, 0);
    g_assert_true(mw_store_commit(f->store, &error));
    g_assert_true(mw_duplicates_search(f->company, f->store, entity, &groups, &error));
    g_assert_no_error(error);
    g_assert_true(mw_store_begin(f->store, true, &error));
    g_autoptr(GPtrArray) found =
        mw_duplicates_find(&f->context, mw_test_entity(f, entity), 0, 50, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(found->len, ==, groups);
    for (guint i = 0; i < found->len; i++) {
        const MwDuplicates *twins = found->pdata[i];
        for (guint j = 0; j < twins->ids->len; j++)
            g_string_append_printf(text, "%s%" G_GINT64_FORMAT,
                                   j   ? ","
                                   : i ? ";"
                                       : "",
                                   g_array_index(twins->ids, int64_t, j));
    }
    return g_string_free(g_steal_pointer(&text), false);
}

static void
assert_groups(Fixture *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *expected = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *found = search(f, "account");
    g_assert_cmpstr(found, ==, expected);
}

static void
test_reasons(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t name[2] = { account(f, "厦门钨业股份有限公司", "city", "厦门"),
                        account(f, "福建厦门钨业", "city", "厦门") };
    int64_t code[2] = { account(f, "North", "credit_code", "91445450P0U8YRJPNY"),
                        account(f, "South", "credit_code", "91445450P0U8YRJPNY") };
    int64_t phone[2] = { account(f, "East", "phone", "0592-5363891"),
                         account(f, "West", "phone", "(0592) 536 3891") };
    int64_t near[2] = { account(f, "Westinghouse Pumps", "city", "Ulm"),
                        account(f, "Westinghause Pumps", "city", "Ulm") };
    int64_t sound[2] = { account(f, "常州恒力", "city", "常州"),
                         account(f, "常州恒立", "city", "常州") };

    account(f, "Nobody else", "city", "Ulm");
    account(f, "张伟", "city", "Ulm");
    g_autofree char *found = search(f, "account");
    g_assert_nonnull(strstr(found, mw_test_id(f, code[0])));
    g_assert_true(g_str_has_prefix(found, mw_test_id(f, code[0]))); /* the surest first */
    const int64_t *const all[] = { code, phone, near };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autofree char *pair =
            g_strdup_printf("%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, all[i][0], all[i][1]);
        g_assert_nonnull(strstr(found, pair));
    }
    g_assert_nonnull(strstr(found, mw_test_id(f, sound[1])));
    (void)name;
}

static void
test_parted(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t one = account(f, "Acme Ltd.", "city", "Ulm"), two = account(f, "ACME", "city", "Ulm");
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof one);
    g_autoptr(GError) error = NULL;

    assert_groups(f, "%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, one, two);
    g_array_append_val(ids, two);
    g_array_append_val(ids, one);
    g_assert_true(mw_duplicates_part(&f->context, mw_test_entity(f, "account"), ids, &error));
    g_assert_no_error(error);
    assert_groups(f, "%s", "");
}

/* What many share says nothing; what is deleted is not there. */
static void
test_shared(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    int64_t last = 0;

    for (int i = 0; i <= MW_DUPLICATES_BUCKET; i++) {
        g_autofree char *name = g_strdup_printf("%c%c branch %d", 'A' + i, 'Z' - i, i * 7);
        last = account(f, name, "phone", "0592-5363891");
    }
    assert_groups(f, "%s", "");
    g_assert_true(mw_record_remove(&f->context, mw_test_entity(f, "account"), last, 0, &error));
    g_autofree char *found = search(f, "account");
    g_assert_cmpstr(found, !=, "");
    g_assert_null(strstr(found, mw_test_id(f, last)));
}

/* Persons: a name alone says little, with the company it does. */
static void
test_persons(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t one = account(f, "One", "city", "Ulm"), two = account(f, "Two", "city", "Bonn");

    for (int i = 0; i < 3; i++)
        mw_test_save(f, 0,
                     mw_test_input(f, "contact", "name", "张伟", "account",
                                   mw_test_id(f, i < 2 ? one : two), NULL));
    g_autofree char *found = search(f, "contact");
    g_assert_nonnull(strchr(found, ','));
    g_assert_null(strchr(strchr(found, ',') + 1, ',')); /* two of the three */
}

static void
test_refused(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_commit(f->store, &error));
    g_assert_false(mw_duplicates_search(f->company, f->store, "product", NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_true(mw_store_begin(f->store, true, &error));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/duplicates/reasons", test_reasons);
    mw_test_add("/duplicates/parted", test_parted);
    mw_test_add("/duplicates/shared", test_shared);
    mw_test_add("/duplicates/persons", test_persons);
    mw_test_add("/duplicates/refused", test_refused);
    return g_test_run();
}
