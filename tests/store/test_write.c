/* write: what a save does to a record and its lines, and what it refuses. */
#include "record/history.h"
#include "tests/store/company.h"

#define assert_try(f, id, input, expected)                                                         \
    do {                                                                                           \
        g_autofree char *said = mw_test_try(f, id, input);                                         \
        g_assert_cmpstr(said, ==, expected);                                                       \
    } while (false)

static int64_t
account(Fixture *f, const char *name)
{
    return mw_test_save(f, 0, mw_test_input(f, "account", "name", name, NULL));
}

/* An order of one line for every quantity in `quantities`, each at 10. */
static int64_t
order_of(Fixture *f, int64_t customer, const char *const *quantities)
{
    MwInput *input = mw_test_input(f, "sales_order", "account", mw_test_id(f, customer), NULL);

    for (; *quantities; quantities++) {
        MwInput *line = mw_input_add_detail(input, mw_test_entity(f, "sales_order_line"), 0, false);
        mw_input_set(line, "description", "pump");
        mw_input_set(line, "quantity", *quantities);
        mw_input_set(line, "unit_price", "10");
    }
    return mw_test_save(f, 0, input);
}

static GPtrArray *
lines_of(Fixture *f, int64_t order)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *lines =
        mw_record_details(&f->context, mw_test_entity(f, "sales_order_line"), order, &error);

    g_assert_no_error(error);
    return lines;
}

static int64_t
changes(Fixture *f, int64_t record)
{
    MwHistoryQuery query = { .record = record, .limit = 500 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = mw_history_find(f->store, &query, &error);

    g_assert_no_error(error);
    return all->len;
}

static char *
last_change(Fixture *f, int64_t record)
{
    MwHistoryQuery query = { .record = record, .limit = 1 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = mw_history_find(f->store, &query, &error);

    g_assert_no_error(error);
    MwChange *change = all->pdata[0];
    return g_strdup_printf("%s %s", change->action, change->changes);
}

/* ---- what changes nothing ------------------------------------------------- */

static void
test_same_again(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t customer = account(f, "Pumps Ltd");
    int64_t order = order_of(f, customer, MW_NAMES("2", "3"));
    g_autoptr(GPtrArray) lines = lines_of(f, order);
    MwInput *again = mw_test_input(f, "sales_order", "account", mw_test_id(f, customer), NULL);

    for (guint i = 0; i < lines->len; i++) {
        MwInput *line = mw_input_add_detail(again, mw_test_entity(f, "sales_order_line"),
                                            mw_record_id(lines->pdata[i]), false);
        mw_input_set(line, "description", "pump");
        mw_input_set(line, "quantity", i == 0 ? "2.000" : "3");
        mw_input_set(line, "sales_order", mw_test_id(f, order));
    }
    mw_test_save(f, order, again);
    mw_test_save(f, customer, mw_test_input(f, "account", "name", " Pumps Ltd ", NULL));

    g_autoptr(MwRecord) order_now = mw_test_read(f, "sales_order", order);
    g_autoptr(MwRecord) customer_now = mw_test_read(f, "account", customer);
    g_assert_cmpint(mw_record_version(order_now), ==, 1);
    g_assert_cmpint(mw_record_version(customer_now), ==, 1);
    g_assert_cmpint(changes(f, order), ==, 1);
    g_assert_cmpint(changes(f, customer), ==, 1);
}

/* ---- lines ------------------------------------------------------------------ */

static void
test_lines_change_and_go(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t order = order_of(f, account(f, "A"), MW_NAMES("1", "2"));
    g_autoptr(GPtrArray) lines = lines_of(f, order);
    int64_t first = mw_record_id(lines->pdata[0]), second = mw_record_id(lines->pdata[1]);
    const MwEntity *line = mw_test_entity(f, "sales_order_line");
    MwInput *change = mw_test_input(f, "sales_order", NULL);

    mw_input_set(mw_input_add_detail(change, line, second, false), "quantity", "5");
    mw_input_add_detail(change, line, first, true);
    mw_test_save(f, order, change);

    g_autoptr(MwRecord) now = mw_test_read(f, "sales_order", order);
    g_assert_cmpint(mw_record_version(now), ==, 2);
    g_assert_cmpint(mw_record_int(now, "total"), ==, 5000);
    g_autofree char *told = last_change(f, order);
    g_autofree char *expected = g_strdup_printf(
        "update {\"total\":[\"30.00\",\"50.00\"],\"total_base\":[\"30.00\",\"50.00\"],"
        "\"sales_order_line\":[[\"%" G_GINT64_FORMAT "\",\"remove\"],[\"%" G_GINT64_FORMAT
        "\",{\"quantity\":[\"2\",\"5\"],\"amount\":[\"20.00\",\"50.00\"]}]]}",
        first, second);
    g_assert_cmpstr(told, ==, expected);
}

static void
test_problems_name_lines(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t order = order_of(f, account(f, "A"), MW_NAMES("1", "2", "3"));
    const MwEntity *line = mw_test_entity(f, "sales_order_line");
    g_autoptr(GPtrArray) lines = lines_of(f, order);
    MwInput *change = mw_test_input(f, "sales_order", NULL);

    /* The third line of the order is the first of the input. */
    mw_input_set(mw_input_add_detail(change, line, mw_record_id(lines->pdata[2]), false),
                 "quantity", "");
    mw_input_set(mw_input_add_detail(change, line, 0, false), "quantity", "many");
    mw_input_add_detail(change, line, 7, false);
    assert_try(f, order, change,
               "sales_order_line.2.quantity:not_a_number sales_order_line.3.id:unknown "
               "sales_order_line.1.quantity:required sales_order_line.2.quantity:required "
               "sales_order_line.2.unit_price:required sales_order_line.2.product:required");
}

static void
test_line_stays_with_master(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t customer = account(f, "A");
    int64_t order = order_of(f, customer, MW_NAMES("1")),
            other = order_of(f, customer, MW_NAMES("2"));
    const MwEntity *line = mw_test_entity(f, "sales_order_line");
    g_autoptr(GPtrArray) lines = lines_of(f, order);
    int64_t id = mw_record_id(lines->pdata[0]);
    g_autoptr(GError) error = NULL;

    MwInput *moved = mw_test_input(f, "sales_order", NULL);
    mw_input_set(mw_input_add_detail(moved, line, id, false), "sales_order", mw_test_id(f, other));
    assert_try(f, order, moved, "sales_order_line.1.sales_order:read_only");

    MwInput *planted = mw_test_input(f, "sales_order", NULL);
    MwInput *fresh = mw_input_add_detail(planted, line, 0, false);
    mw_input_set(fresh, "sales_order", mw_test_id(f, other));
    mw_input_set(fresh, "description", "x");
    mw_input_set(fresh, "quantity", "1");
    mw_input_set(fresh, "unit_price", "1");
    assert_try(f, order, planted, "sales_order_line.1.sales_order:read_only");

    /* By itself a line can neither be made, nor changed, removed or restored. */
    assert_try(f, 0, mw_test_input(f, "sales_order_line", "quantity", "1", NULL), "!4");
    assert_try(f, id, mw_test_input(f, "sales_order_line", "quantity", "9", NULL), "!4");
    g_assert_false(mw_record_remove(&f->context, line, id, 0, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_DENIED);
    g_clear_error(&error);
    g_assert_false(mw_record_restore(&f->context, line, id, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_DENIED);
}

static void
test_remove_and_restore(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t order = order_of(f, account(f, "A"), MW_NAMES("1", "2"));
    const MwEntity *entity = mw_test_entity(f, "sales_order");
    g_autoptr(GPtrArray) lines = lines_of(f, order);
    MwInput *drop = mw_test_input(f, "sales_order", NULL);
    g_autoptr(GError) error = NULL;

    mw_input_add_detail(drop, mw_test_entity(f, "sales_order_line"), mw_record_id(lines->pdata[0]),
                        true);
    mw_test_save(f, order, drop);
    g_usleep(2000); /* else the line goes in the same millisecond as the order */
    mw_test_turn(f, 0);
    g_assert_false(mw_record_remove(&f->context, entity, order, 1, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_true(mw_record_remove(&f->context, entity, order, 2, &error));
    g_assert_no_error(error);
    g_assert_null(mw_record_read(&f->context, entity, order, MW_LIVE, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_autoptr(GPtrArray) none = lines_of(f, order);
    g_assert_cmpuint(none->len, ==, 0);
    assert_try(f, order, mw_test_input(f, "sales_order", "note", "gone", NULL), "!3");

    g_assert_true(mw_record_restore(&f->context, entity, order, &error));
    g_assert_no_error(error);
    g_autoptr(GPtrArray) back = lines_of(f, order);
    g_assert_cmpuint(back->len, ==, 1);
    g_autoptr(MwRecord) now = mw_test_read(f, "sales_order", order);
    g_assert_cmpint(mw_record_int(now, "total"), ==, 2000);
    g_assert_false(mw_record_restore(&f->context, entity, order, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
}

/* ---- keys --------------------------------------------------------------------- */

static void
test_unique(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *entity = mw_test_entity(f, "account");
    int64_t first =
        mw_test_save(f, 0, mw_test_input(f, "account", "name", "A", "external_code", "K1", NULL));
    g_autoptr(GError) error = NULL;

    assert_try(f, 0, mw_test_input(f, "account", "name", "B", "external_code", "K1", NULL),
               "external_code:taken");
    g_assert_true(mw_record_remove(&f->context, entity, first, 0, &error));
    int64_t second =
        mw_test_save(f, 0, mw_test_input(f, "account", "name", "B", "external_code", "K1", NULL));
    g_assert_false(mw_record_restore(&f->context, entity, first, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_clear_error(&error);
    mw_test_save(f, second, mw_test_input(f, "account", "external_code", "K2", NULL));
    g_assert_true(mw_record_restore(&f->context, entity, first, &error));
    g_assert_no_error(error);

    /* A key of two fields: both are told. */
    mw_test_save(f, 0,
                 mw_test_input(f, "currency_rate", "currency", "USD", "valid_from", "2026-01-01",
                               "rate", "7", NULL));
    assert_try(f, 0,
               mw_test_input(f, "currency_rate", "currency", "USD", "valid_from", "2026-01-01",
                             "rate", "8", NULL),
               "currency:taken valid_from:taken");
}

static void
test_keys_among_lines(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t user = mw_test_user(f, "ann", "sales", 0);
    const MwEntity *user_role = mw_test_entity(f, "user_role");
    MwInput *twice = mw_test_input(f, "user", NULL);

    for (int i = 0; i < 2; i++)
        mw_input_set(mw_input_add_detail(twice, user_role, 0, false), "role", "1");
    assert_try(f, user, twice, "user_role.2.role:taken");

    /* The same roles written anew, as a form without ids does: the old lines go, the new ones come. */
    MwInput *anew = mw_test_input(f, "user", NULL);
    mw_input_replace_details(anew, user_role);
    mw_input_set(mw_input_add_detail(anew, user_role, 0, false), "role", "3");
    mw_input_set(mw_input_add_detail(anew, user_role, 0, false), "role", "1");
    assert_try(f, user, anew, "");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) roles = mw_record_details(&f->context, user_role, user, &error);
    g_assert_cmpuint(roles->len, ==, 2);
}

/* Somebody else's record with the same key comes between the look and the save. */
static void
test_unique_race(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *entity = mw_test_entity(f, "account");
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < 2; i++) {
        g_autoptr(MwRecord) record = mw_record_new(entity);
        mw_record_put(record, &entity->fields[MW_FIELD_ID],
                      MW_INT(mw_id_next(mw_company_ids(f->company))));
        mw_record_set_text(record, "external_code", "K");
        g_assert_true(mw_store_mark(f->store, NULL));
        bool saved = mw_store_insert(f->store, record, &error) && mw_store_wait(f->store, &error);
        g_assert_true(saved == (i == 0));
    }
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_assert_true(mw_store_back_to_mark(f->store, NULL));
    g_autoptr(GPtrArray) all = mw_store_find(f->store, &(MwQuery){ .entity = entity }, NULL, NULL);
    g_assert_cmpuint(all->len, ==, 1);
}

/* ---- versions --------------------------------------------------------------------- */

static void
test_two_writers(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t id = account(f, "A");
    g_autoptr(MwRecord) mine = mw_test_read(f, "account", id);
    MwInput *stale = mw_test_input(f, "account", "name", "C", NULL);
    g_autoptr(GError) error = NULL;

    mw_test_save(f, id, mw_test_input(f, "account", "name", "B", NULL));
    mw_input_expect(stale, 1);
    assert_try(f, id, stale, "!5");
    /* Even without an expectation the version loaded is in the WHERE. */
    mw_record_set_text(mine, "name", "D");
    g_assert_false(mw_store_update(f->store, mine, 1, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_autoptr(MwRecord) now = mw_test_read(f, "account", id);
    g_assert_cmpstr(mw_record_text(now, "name"), ==, "B");
    g_assert_cmpint(mw_record_version(now), ==, 2);
}

static void
test_derive(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t id = account(f, "A");
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < 2; i++) {
        g_autoptr(MwRecord) record = mw_test_read(f, "account", id);
        mw_record_set_text(record, "class", i == 0 ? "B" : "A");
        g_assert_true(mw_record_derive(&f->context, record, &error));
        g_assert_no_error(error);
        g_assert_true(mw_record_derive(&f->context, record, &error)); /* nothing more to do */
    }
    g_autoptr(MwRecord) now = mw_test_read(f, "account", id);
    g_assert_cmpstr(mw_record_text(now, "class"), ==, "A");
    g_assert_cmpint(mw_record_version(now), ==, 1);
    g_assert_cmpint(changes(f, id), ==, 3);
    g_autofree char *told = last_change(f, id);
    g_assert_cmpstr(told, ==, "derive {\"class\":[\"B\",\"A\"]}");
}

/* ---- links, trees, numbers --------------------------------------------------------- */

static void
test_links(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t a = account(f, "A"), b = account(f, "B"), c = account(f, "C");
    g_autoptr(GError) error = NULL;

    assert_try(f, 0, mw_test_input(f, "contact", "name", "N", "account", "12345", NULL),
               "account:not_found");
    mw_test_save(f, b, mw_test_input(f, "account", "parent", mw_test_id(f, a), NULL));
    mw_test_save(f, c, mw_test_input(f, "account", "parent", mw_test_id(f, b), NULL));
    assert_try(f, a, mw_test_input(f, "account", "parent", mw_test_id(f, c), NULL),
               "parent:circular");
    assert_try(f, a, mw_test_input(f, "account", "parent", mw_test_id(f, a), NULL),
               "parent:circular");
    assert_try(f, c, mw_test_input(f, "account", "parent", mw_test_id(f, a), NULL), "");

    g_assert_true(mw_record_remove(&f->context, mw_test_entity(f, "account"), b, 0, &error));
    assert_try(f, 0, mw_test_input(f, "contact", "name", "N", "account", mw_test_id(f, b), NULL),
               "account:not_found");
    g_assert_no_error(error);
}

static char *
number_of(Fixture *f, int64_t order)
{
    g_autoptr(MwRecord) record = mw_test_read(f, "sales_order", order);

    return g_strdup(mw_record_text(record, "number"));
}

/* An import brings the number that comes next: it is passed over, not tried for ever. */
static void
test_numbers(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t customer = account(f, "A");
    g_autofree char *first = number_of(f, order_of(f, customer, MW_NAMES("1")));
    g_autofree char *prefix = g_strndup(first, strlen("SO-2026-"));
    g_autofree char *brought = g_strconcat(prefix, "000002", NULL);
    MwInput *import = mw_test_input(f, "sales_order", "account", mw_test_id(f, customer), NULL);

    g_assert_true(g_str_has_suffix(first, "-000001"));
    mw_input_import(import);
    mw_input_set(import, "number", brought);
    mw_test_save(f, 0, import);
    g_autofree char *next = number_of(f, order_of(f, customer, MW_NAMES("1")));
    g_assert_true(g_str_has_suffix(next, "-000003"));
    assert_try(
        f, 0,
        mw_test_input(f, "sales_order", "account", mw_test_id(f, customer), "number", "SO-1", NULL),
        "number:read_only");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/write/same-again", test_same_again);
    mw_test_add("/write/lines-change-and-go", test_lines_change_and_go);
    mw_test_add("/write/problems-name-lines", test_problems_name_lines);
    mw_test_add("/write/line-stays-with-master", test_line_stays_with_master);
    mw_test_add("/write/remove-and-restore", test_remove_and_restore);
    mw_test_add("/write/unique", test_unique);
    mw_test_add("/write/keys-among-lines", test_keys_among_lines);
    mw_test_add("/write/unique-race", test_unique_race);
    mw_test_add("/write/two-writers", test_two_writers);
    mw_test_add("/write/derive", test_derive);
    mw_test_add("/write/links", test_links);
    mw_test_add("/write/numbers", test_numbers);
    return g_test_run();
}
