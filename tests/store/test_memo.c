/* memo: a piece is known to whom it was made for, until somebody writes, and never in place of a newer one. */
#include "record/memo.h"
#include "tests/store/company.h"

static int cleared;

static void
clear(gpointer piece G_GNUC_UNUSED)
{
    cleared++;
}

static char *
key_of(const Fixture *f, const char *what)
{
    return g_string_free(mw_memo_key(&f->context, what, f->context.locale.zone), false);
}

/* The number that is kept by the key; 0: none. */
static int
known(Fixture *f, const char *what, int64_t *heads)
{
    g_autofree char *key = key_of(f, what);
    g_autoptr(GError) error = NULL;
    gpointer piece;
    int number = 0;

    g_assert_true(mw_memo_find(&f->context, key, &piece, heads, &error));
    g_assert_no_error(error);
    if (piece) {
        number = *(int *)piece;
        g_atomic_rc_box_release_full(piece, clear);
    }
    return number;
}

static void
keep(Fixture *f, const char *what, int64_t heads, int number, size_t bytes)
{
    g_autofree char *key = key_of(f, what);
    int *piece = g_atomic_rc_box_dup(sizeof number, &number);

    mw_memo_keep(&f->context, key, heads, piece, bytes, clear);
    g_atomic_rc_box_release_full(piece, clear);
}

static void
write_something(Fixture *f)
{
    mw_test_save(f, 0, mw_test_input(f, "account", "name", "x", NULL));
}

static void
test_state(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t before, after;

    cleared = 0;
    g_assert_cmpint(known(f, "a", &before), ==, 0);
    keep(f, "a", before, 1, 100);
    g_assert_cmpint(known(f, "a", &before), ==, 1);
    g_assert_cmpint(known(f, "b", &before), ==, 0);
    g_assert_cmpint(cleared, ==, 0);
    write_something(f);
    g_assert_cmpint(known(f, "a", &after), ==, 0);
    g_assert_cmpint(after, >, before);
    keep(f, "a", after, 2, 100);
    g_assert_cmpint(cleared, ==, 1); /* the old one went */
    keep(f, "a", before, 3, 100);    /* of a reader who began earlier */
    keep(f, "a", after, 4, 100);     /* of one who was slower */
    g_assert_cmpint(known(f, "a", &after), ==, 2);
    g_assert_cmpint(cleared, ==, 3);
}

/* Pieces of one reader are none of another's, nor of his own with other rights or in another language. */
static void
test_readers(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t one = mw_test_user(f, "one", "sales", 0), two = mw_test_user(f, "two", "sales", 0);
    g_autoptr(GError) error = NULL;
    int64_t heads;

    mw_test_turn(f, one);
    g_assert_cmpint(known(f, "a", &heads), ==, 0);
    keep(f, "a", heads, 1, 100);
    mw_test_turn(f, two);
    g_assert_cmpint(known(f, "a", &heads), ==, 0);
    keep(f, "a", heads, 2, 100);
    mw_test_turn(f, one);
    g_assert_cmpint(known(f, "a", &heads), ==, 1);
    f->context.locale.language = "zh_CN";
    g_assert_cmpint(known(f, "a", &heads), ==, 0);
    f->context.now += 24 * 3600 * 1000;
    f->context.locale.language = "en";
    g_assert_cmpint(known(f, "a", &heads), ==, 0);
    g_assert_true(mw_company_reload(f->company, f->store, &error));
    g_assert_no_error(error);
    mw_test_turn(f, one); /* other actors, whatever their addresses */
    g_assert_cmpint(known(f, "a", &heads), ==, 0);
}

static void
test_bounds(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t heads;

    g_assert_cmpint(known(f, "a", &heads), ==, 0);
    keep(f, "large", heads, 1, MW_MEMO_BYTES + 1);
    g_assert_cmpint(known(f, "large", &heads), ==, 0);
    keep(f, "a", heads, 1, MW_MEMO_BYTES / 2);
    keep(f, "b", heads, 2, MW_MEMO_BYTES / 2);
    g_assert_cmpint(known(f, "a", &heads), ==, 1);
    keep(f, "c", heads, 3, 1);
    g_assert_cmpint(known(f, "a", &heads), ==, 0);
    g_assert_cmpint(known(f, "c", &heads), ==, 3);
    for (int i = 0; i < MW_MEMO_PIECES; i++) {
        g_autofree char *what = g_strdup_printf("%d", i);
        keep(f, what, heads, 4, 1);
    }
    g_assert_cmpint(known(f, "c", &heads), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/memo/state", test_state);
    mw_test_add("/memo/readers", test_readers);
    mw_test_add("/memo/bounds", test_bounds);
    return g_test_run();
}
