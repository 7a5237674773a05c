/* query: every test, join and order against the same worked out in memory on random records. */
#include "record/refill.h"
#include "record/sums.h"
#include "tests/store/company.h"

enum { RECORDS = 240, PAGE = 7 };

static const char *const fields[] = { "region", "payment_terms_days", "credit_limit" };

static MwRecord *
new_account(Fixture *f, const MwEntity *entity)
{
    MwRecord *record = mw_record_new(entity);

    mw_record_put(record, &entity->fields[MW_FIELD_ID],
                  MW_INT(mw_id_next(mw_company_ids(f->company))));
    return record;
}

/* Few different values, so that many are equal, and every fourth is missing. */
static GPtrArray *
make_accounts(Fixture *f)
{
    static const char *const regions[] = { "a", "A", "ab", "B%", "华东", "z_", "" };
    const MwEntity *entity = mw_test_entity(f, "account");
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < RECORDS; i++) {
        MwRecord *record = new_account(f, entity);
        mw_record_set_text(record, "name", g_test_rand_int_range(0, 2) ? "odd" : "even");
        if (g_test_rand_int_range(0, 4))
            mw_record_set_text(record, fields[0],
                               regions[g_test_rand_int_range(0, G_N_ELEMENTS(regions))]);
        if (g_test_rand_int_range(0, 4))
            mw_record_set_int(record, fields[1], g_test_rand_int_range(-2, 3));
        if (g_test_rand_int_range(0, 4))
            mw_record_set_int(record, fields[2], g_test_rand_int_range(0, 9) * 1000000007LL);
        g_ptr_array_add(all, record);
    }
    g_assert_true(mw_store_insert_many(f->store, (MwRecord *const *)all->pdata, all->len, &error));
    g_assert_no_error(error);
    return all;
}

static int
compare(const MwValue *x, const MwValue *y)
{
    if (x->is == MW_NULL || y->is == MW_NULL)
        return (x->is != MW_NULL) - (y->is != MW_NULL);
    if (x->is == MW_TEXT)
        return strcmp(x->text, y->text);
    return (x->integer > y->integer) - (x->integer < y->integer);
}

/* ---- pages -------------------------------------------------------------------- */

static int
in_order(gconstpointer a, gconstpointer b, gpointer data)
{
    const MwQuery *query = data;
    const MwRecord *left = *(MwRecord *const *)a, *right = *(MwRecord *const *)b;
    bool down = query->n_order == 0 || query->order[query->n_order - 1].descending;

    for (size_t i = 0; i < query->n_order; i++) {
        const MwField *field = query->order[i].field;
        int difference = compare(mw_record_value(left, field), mw_record_value(right, field));
        if (difference)
            return query->order[i].descending ? -difference : difference;
    }
    int by_id = mw_record_id(left) < mw_record_id(right) ? -1 : 1;
    return down ? -by_id : by_id;
}

/* The cursor after a record, by way of its text. */
static void
go_after(const MwQuery *query, const MwRecord *record, MwCursor *cursor)
{
    MwCursor here = { .id = mw_record_id(record) };
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; i < query->n_order; i++)
        mw_value_copy(&here.values[i], mw_record_value(record, query->order[i].field));
    g_autofree char *text = mw_cursor_write(&here, query->n_order);
    mw_cursor_clear(&here);
    mw_cursor_clear(cursor);
    g_assert_true(mw_cursor_read(text, cursor, query->n_order, &error));
    g_assert_no_error(error);
}

static void
check_pages(Fixture *f, MwQuery *query, GPtrArray *all)
{
    MwCursor cursor = { 0 };
    guint seen = 0;
    bool more = true;
    g_autoptr(GError) error = NULL;

    g_ptr_array_sort_with_data(all, in_order, query);
    query->limit = PAGE;
    query->after = NULL;
    while (more) {
        g_autoptr(GPtrArray) page = mw_store_find(f->store, query, &more, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(page->len, ==, MIN((guint)PAGE, all->len - seen));
        for (guint i = 0; i < page->len; i++)
            g_assert_cmpint(mw_record_id(page->pdata[i]), ==, mw_record_id(all->pdata[seen + i]));
        seen += page->len;
        go_after(query, page->pdata[page->len - 1], &cursor);
        query->after = &cursor;
    }
    g_assert_cmpuint(seen, ==, all->len);
    g_autoptr(GPtrArray) none = mw_store_find(f->store, query, &more, &error);
    g_assert_cmpuint(none->len, ==, 0);
    mw_cursor_clear(&cursor);
}

static void
test_pages(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GPtrArray) all = make_accounts(f);

    for (size_t n = 0; n <= MW_ORDER_MAX; n++) {
        for (unsigned directions = 0; directions < 1u << n; directions++) {
            for (size_t first = 0; first < (n ? G_N_ELEMENTS(fields) : 1); first++) {
                MwQuery query = { .entity = mw_test_entity(f, "account"), .n_order = n };
                for (size_t i = 0; i < n; i++) {
                    const char *name = fields[(first + i) % G_N_ELEMENTS(fields)];
                    query.order[i] =
                        (MwOrder){ mw_entity_field(query.entity, name), directions >> i & 1 };
                }
                check_pages(f, &query, all);
            }
        }
    }
}

/* ---- names ---------------------------------------------------------------------- */

/* The names of all accounts in the order of a list, page by page. */
static char *
names_by(Fixture *f, const char *order)
{
    MwQuery query = { .entity = mw_test_entity(f, "account"), .n_order = 1, .limit = 3 };
    g_autoptr(GString) names = g_string_new(NULL);
    MwCursor cursor = { 0 };
    bool more = true;
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_order_parse(query.entity, order, &query.order[0]));
    g_assert_cmpstr(query.order[0].asked->name, ==, "name");
    mw_query_want(&query, query.order[0].asked);
    while (more) {
        g_autoptr(GPtrArray) page = mw_store_find(f->store, &query, &more, &error);
        g_assert_no_error(error);
        for (guint i = 0; i < page->len; i++)
            g_string_append_printf(names, "%s ", mw_record_text(page->pdata[i], "name"));
        go_after(&query, page->pdata[page->len - 1], &cursor);
        query.after = &cursor;
    }
    mw_cursor_clear(&cursor);
    return g_string_free(g_steal_pointer(&names), false);
}

static void
assert_names(Fixture *f, const char *order, const char *expected)
{
    g_autofree char *names = names_by(f, order);

    g_assert_cmpstr(names, ==, expected);
}

static void
test_names(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const names[] = { "重庆泵业", "Zeiss",    "abb",      "厦门钨业", "ABC",
                                         "张江",     "长城阀门", "上海电气", "安徽合力", "Öl" };
    int64_t ids[G_N_ELEMENTS(names)];
    g_autoptr(GError) error = NULL;
    MwValue third;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        ids[i] = mw_test_save(f, 0, mw_test_input(f, "account", "name", names[i], NULL));
    assert_names(f, "name", "abb ABC Öl Zeiss 安徽合力 长城阀门 重庆泵业 上海电气 厦门钨业 张江 ");
    assert_names(f, "-name", "张江 厦门钨业 上海电气 重庆泵业 长城阀门 安徽合力 Zeiss Öl ABC abb ");
    mw_test_save(f, ids[0], mw_test_input(f, "account", "name", "北方泵业", NULL));
    mw_test_save(f, ids[1], mw_test_input(f, "account", "city", "Jena", NULL));
    assert_names(f, "name", "abb ABC Öl Zeiss 安徽合力 北方泵业 长城阀门 上海电气 厦门钨业 张江 ");

    third = MW_INT(ids[2]);
    /* As an older program has left them; once filled, a second time does nothing. */
    g_assert_true(mw_store_run(f->store, "UPDATE account SET name_order = NULL WHERE id > $1",
                               &third, 1, NULL, NULL, &error));
    g_assert_true(mw_store_commit(f->store, &error));
    for (int times = 0; times < 2; times++) {
        g_assert_true(mw_refill(f->store, f->context.catalog, &error));
        g_assert_no_error(error);
    }
    g_assert_true(mw_store_begin(f->store, true, &error));
    assert_names(f, "name", "abb ABC Öl Zeiss 安徽合力 北方泵业 长城阀门 上海电气 厦门钨业 张江 ");
}

static void
test_cursors_from_outside(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const bad[] = { "", "!", "AAAA", "aTE", "dA..", "aQBq", "____" };
    MwQuery query = { .entity = mw_test_entity(f, "account"), .n_order = 1 };
    g_autoptr(GError) error = NULL;
    MwCursor cursor;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(mw_cursor_read(bad[i], &cursor, 1, &error));
        g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
        g_clear_error(&error);
    }
    /* Of another order: a text where a number is expected. */
    cursor = (MwCursor){ .id = 1 };
    mw_value_set_text(&cursor.values[0], "x");
    query.order[0].field = mw_entity_field(query.entity, "credit_limit");
    query.after = &cursor;
    g_assert_null(mw_store_find(f->store, &query, NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    mw_cursor_clear(&cursor);
    g_clear_error(&error);

    /* The longest texts there are, in three fields. */
    g_autoptr(GString) longest = g_string_new(NULL);
    for (int i = 0; i < 255; i++)
        g_string_append(longest, "𠮷");
    cursor = (MwCursor){ .id = 1 };
    for (size_t i = 0; i < MW_ORDER_MAX; i++)
        mw_value_set_text(&cursor.values[i], longest->str);
    g_autofree char *text = mw_cursor_write(&cursor, MW_ORDER_MAX);
    mw_cursor_clear(&cursor);
    g_assert_true(mw_cursor_read(text, &cursor, MW_ORDER_MAX, &error));
    g_assert_cmpstr(cursor.values[2].text, ==, longest->str);
    mw_cursor_clear(&cursor);
}

/* ---- filters -------------------------------------------------------------------- */

static bool
like(const char *text, const char *pattern)
{
    if (!*pattern)
        return !*text;
    if (*pattern == '*')
        return like(text, pattern + 1) || (*text && like(text + 1, pattern));
    return g_ascii_tolower(*text) == g_ascii_tolower(*pattern) && like(text + 1, pattern + 1);
}

static bool
holds(MwTest test, const MwValue *mine, const MwValue *other)
{
    bool null = mine->is == MW_NULL;
    int difference = null ? 0 : compare(mine, other);

    switch (test) {
    case MW_TEST_EQ:
    case MW_TEST_IN:
        return !null && difference == 0;
    case MW_TEST_NEQ:
        return null || difference != 0;
    case MW_TEST_LT:
        return !null && difference < 0;
    case MW_TEST_LTE:
        return !null && difference <= 0;
    case MW_TEST_GT:
        return !null && difference > 0;
    case MW_TEST_GTE:
        return !null && difference >= 0;
    case MW_TEST_NULL:
        return null;
    case MW_TEST_NOT_NULL:
        return !null;
    case MW_TEST_LIKE:
        return !null && like(mine->text, other->text);
    case MW_TEST_CONTAINS:
        return false;
    }
    return false;
}

static guint
count(Fixture *f, const MwFilter *filter)
{
    MwQuery query = { .entity = mw_test_entity(f, "account"), .filter = filter };
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) found = mw_store_find(f->store, &query, NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpint(mw_store_count(f->store, &query, &error), ==, found->len);
    return found->len;
}

static void
check_test(Fixture *f, const GPtrArray *all, const MwField *field, MwTest test, MwValue value)
{
    guint expected = 0;

    for (guint i = 0; i < all->len; i++)
        expected += holds(test, mw_record_value(all->pdata[i], field), &value);
    g_autoptr(MwFilter) filter = mw_filter_test(field, test, value);
    g_assert_cmpuint(count(f, filter), ==, expected);
    g_autoptr(MwFilter) opposite = mw_filter_not(mw_filter_copy(filter));
    g_assert_cmpuint(count(f, opposite), ==, all->len - expected);
}

static void
test_tests(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const texts[] = { "a", "A", "B%", "华东", "", "nothing" };
    static const char *const patterns[] = { "a*", "*B*", "b%", "%", "z_", "a_", "*", "华*", "\\" };
    const MwEntity *entity = mw_test_entity(f, "account");
    const MwField *region = mw_entity_field(entity, "region");
    const MwField *days = mw_entity_field(entity, "payment_terms_days");
    g_autoptr(GPtrArray) all = make_accounts(f);

    for (MwTest test = MW_TEST_EQ; test <= MW_TEST_NOT_NULL; test++) {
        if (test == MW_TEST_LIKE || test == MW_TEST_CONTAINS)
            continue;
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
            check_test(f, all, region, test, MW_BORROW(texts[i]));
        for (int64_t number = -3; number <= 3; number++)
            check_test(f, all, days, test, MW_INT(number));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++)
        check_test(f, all, region, MW_TEST_LIKE, MW_BORROW(patterns[i]));
}

static void
test_groups(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *entity = mw_test_entity(f, "account");
    const MwField *region = mw_entity_field(entity, "region");
    const MwField *days = mw_entity_field(entity, "payment_terms_days");
    g_autoptr(GPtrArray) all = make_accounts(f);
    guint both = 0, either = 0, in = 0;

    for (guint i = 0; i < all->len; i++) {
        const MwValue *text = mw_record_value(all->pdata[i], region);
        const MwValue *number = mw_record_value(all->pdata[i], days);
        bool a = text->is == MW_TEXT && g_str_equal(text->text, "a");
        bool one = number->is == MW_INTEGER && number->integer == 1;
        both += a && one;
        either += a || one;
        in += a || (text->is == MW_TEXT && g_str_equal(text->text, "ab"));
    }
    g_autoptr(MwFilter) all_of = mw_filter_all(), any_of = mw_filter_any();
    g_assert_cmpuint(count(f, all_of), ==, all->len);
    g_assert_cmpuint(count(f, any_of), ==, 0);
    mw_filter_add(all_of, mw_filter_test(region, MW_TEST_EQ, MW_BORROW("a")));
    mw_filter_add(all_of, mw_filter_test(days, MW_TEST_EQ, MW_INT(1)));
    mw_filter_add(any_of, mw_filter_test(region, MW_TEST_EQ, MW_BORROW("a")));
    mw_filter_add(any_of, mw_filter_test(days, MW_TEST_EQ, MW_INT(1)));
    g_assert_cmpuint(count(f, all_of), ==, both);
    g_assert_cmpuint(count(f, any_of), ==, either);
    g_autoptr(MwFilter) of = mw_filter_test(region, MW_TEST_IN, MW_BORROW("a"));
    mw_filter_value(of, MW_BORROW("ab"));
    g_assert_cmpuint(count(f, of), ==, in);
    g_autoptr(MwFilter) of_none = mw_filter_test(region, MW_TEST_IN, MW_NOTHING);
    g_assert_cmpuint(count(f, of_none), ==, 0);
}

/* VIA a link, HAS a link, and back again: two tables deep. */
static void
test_joins(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *account = mw_test_entity(f, "account"), *contact = mw_test_entity(f, "contact");
    const MwField *link = mw_entity_field(contact, "account");
    const MwField *name = mw_entity_field(contact, "name");
    const MwField *region = mw_entity_field(account, "region");
    g_autoptr(GError) error = NULL;
    int64_t ids[3];

    for (int i = 0; i < 3; i++) {
        ids[i] = mw_test_save(f, 0,
                              mw_test_input(f, "account", "name", "A", "region",
                                            i == 2 ? NULL
                                            : i    ? "west"
                                                   : "east",
                                            NULL));
        for (int j = 0; j < i; j++)
            mw_test_save(f, 0,
                         mw_test_input(f, "contact", "name", j ? "Bo" : "Al", "account",
                                       mw_test_id(f, ids[i]), NULL));
    }
    g_autoptr(MwFilter) has_any = mw_filter_has(contact, link, NULL);
    g_autoptr(MwFilter) has_bo =
        mw_filter_has(contact, link, mw_filter_test(name, MW_TEST_EQ, MW_BORROW("Bo")));
    g_autoptr(MwFilter) has_none = mw_filter_not(mw_filter_has(contact, link, NULL));
    g_assert_cmpuint(count(f, has_any), ==, 2);
    g_assert_cmpuint(count(f, has_bo), ==, 1);
    g_assert_cmpuint(count(f, has_none), ==, 1);

    g_autoptr(MwFilter) of_west =
        mw_filter_via(link, account, mw_filter_test(region, MW_TEST_EQ, MW_BORROW("west")));
    g_autoptr(MwFilter) of_bos = mw_filter_via(link, account, mw_filter_copy(has_bo));
    const struct {
        const MwFilter *filter;
        guint n;
    } cases[] = { { of_west, 1 }, { of_bos, 2 } };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        MwQuery query = { .entity = contact, .filter = cases[i].filter };
        g_autoptr(GPtrArray) found = mw_store_find(f->store, &query, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(found->len, ==, cases[i].n);
    }
    /* A deleted record is no longer had. */
    g_assert_true(mw_record_remove(&f->context, account, ids[1], 0, &error));
    MwQuery query = { .entity = contact, .filter = of_west };
    g_assert_cmpint(mw_store_count(f->store, &query, &error), ==, 0);
}

static void
test_contains(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const texts[] = { ",a,", ",a,b,", ",ab,", NULL };
    const MwEntity *entity = mw_test_entity(f, "account");
    const MwField *region = mw_entity_field(entity, "region");

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(MwRecord) record = new_account(f, entity);
        mw_record_set_text(record, "region", texts[i]);
        g_assert_true(mw_store_insert(f->store, record, NULL));
    }
    g_autoptr(MwFilter) has_a = mw_filter_test(region, MW_TEST_CONTAINS, MW_BORROW("a"));
    g_autoptr(MwFilter) has_b = mw_filter_test(region, MW_TEST_CONTAINS, MW_BORROW("b"));
    g_autoptr(MwFilter) not_a = mw_filter_not(mw_filter_copy(has_a));
    g_assert_cmpuint(count(f, has_a), ==, 2);
    g_assert_cmpuint(count(f, has_b), ==, 1);
    g_assert_cmpuint(count(f, not_a), ==, 2);
}

static void
test_too_many_parameters(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *entity = mw_test_entity(f, "account");
    g_autoptr(MwFilter) of =
        mw_filter_test(mw_entity_field(entity, "region"), MW_TEST_IN, MW_BORROW("a"));
    MwQuery query = { .entity = entity, .filter = of };
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < 33000; i++)
        mw_filter_value(of, MW_BORROW("b"));
    g_assert_null(mw_store_find(f->store, &query, NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_TOO_LARGE);
}

/* ---- counts and sums --------------------------------------------------------------- */

static void
test_sums(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const int64_t limits[] = { INT64_MAX, -7, INT64_MIN + 8, 3000000000, -1 };
    const MwEntity *entity = mw_test_entity(f, "account");
    const MwField *const limit[] = { mw_entity_field(entity, "credit_limit") };
    MwQuery query = { .entity = entity };
    g_autoptr(GError) error = NULL;
    int64_t sum = -1;

    g_assert_true(mw_store_sums(f->store, &query, limit, 1, &sum, &error));
    g_assert_cmpint(sum, ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autoptr(MwRecord) record = new_account(f, entity);
        mw_record_set_int(record, "credit_limit", limits[i]);
        g_assert_true(mw_store_insert(f->store, record, NULL));
    }
    g_assert_true(mw_store_sums(f->store, &query, limit, 1, &sum, &error));
    g_assert_cmpint(sum, ==, 3000000000 - 1);
    g_autoptr(MwRecord) last = new_account(f, entity);
    mw_record_set_int(last, "credit_limit", INT64_MAX);
    g_assert_true(mw_store_insert(f->store, last, NULL));
    g_assert_false(mw_store_sums(f->store, &query, limit, 1, &sum, &error));
    g_assert_no_error(error);
}

static int64_t
remembered(Fixture *f, const MwFilter *filter, const char *key)
{
    const MwEntity *entity = mw_test_entity(f, "account");
    const MwField *const days[] = { mw_entity_field(entity, "payment_terms_days") };
    MwQuery query = { .entity = entity, .filter = filter };
    g_autoptr(GError) error = NULL;
    bool all;

    f->context.reads = true;
    g_autoptr(GArray) groups = mw_sums_groups(
        &f->context, &query, mw_entity_field(entity, "region"), days, 1, &all, &error);

    g_assert_no_error(error);
    g_assert_true(all);
    for (guint i = 0; i < groups->len; i++)
        if (g_strcmp0(g_array_index(groups, MwGroup, i).key.text, key) == 0)
            return g_array_index(groups, MwGroup, i).sums[0];
    return -1;
}

/* Sums are remembered for each filter, and until somebody writes. */
static void
test_remembered_sums(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwField *days = mw_entity_field(mw_test_entity(f, "account"), "payment_terms_days");
    g_autoptr(MwFilter) few = mw_filter_test(days, MW_TEST_LT, MW_INT(40));
    g_autoptr(MwFilter) fewer = mw_filter_test(days, MW_TEST_LT, MW_INT(20));

    mw_test_save(
        f, 0,
        mw_test_input(f, "account", "name", "A", "region", "N", "payment_terms_days", "30", NULL));
    mw_test_turn(f, 0);
    g_assert_cmpint(remembered(f, NULL, "N"), ==, 30);
    uint64_t before = mw_store_statements(f->store);
    g_assert_cmpint(remembered(f, NULL, "N"), ==, 30);
    g_assert_cmpuint(mw_store_statements(f->store) - before, ==, 1);
    g_assert_cmpint(remembered(f, few, "N"), ==, 30);
    g_assert_cmpint(remembered(f, fewer, "N"), ==, -1);
    mw_test_save(
        f, 0,
        mw_test_input(f, "account", "name", "B", "region", "N", "payment_terms_days", "60", NULL));
    mw_test_turn(f, 0);
    g_assert_cmpint(remembered(f, NULL, "N"), ==, 90);
    g_assert_cmpint(remembered(f, few, "N"), ==, 30);
}

static void
test_bounds(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *entity = mw_test_entity(f, "team");
    const MwField *const id[] = { &entity->fields[MW_FIELD_ID] };
    MwQuery query = { .entity = entity, .limit = 100000 };
    g_autoptr(GPtrArray) many = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
    g_autoptr(GError) error = NULL;
    int64_t sum;
    bool more;

    for (int i = 0; i < MW_COUNT_MAX + 5; i++)
        g_ptr_array_add(many, new_account(f, entity));
    g_assert_true(
        mw_store_insert_many(f->store, (MwRecord *const *)many->pdata, many->len, &error));
    g_assert_cmpint(mw_store_count(f->store, &query, &error), ==, MW_COUNT_MAX + 1);
    g_assert_false(mw_store_sums(f->store, &query, id, 1, &sum, &error));
    g_assert_no_error(error);
    g_autoptr(GPtrArray) page = mw_store_find(f->store, &query, &more, &error);
    g_assert_cmpuint(page->len, ==, MW_PAGE_MAX);
    g_assert_true(more);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/query/pages", test_pages);
    mw_test_add("/query/names", test_names);
    mw_test_add("/query/cursors-from-outside", test_cursors_from_outside);
    mw_test_add("/query/tests", test_tests);
    mw_test_add("/query/groups", test_groups);
    mw_test_add("/query/joins", test_joins);
    mw_test_add("/query/contains", test_contains);
    mw_test_add("/query/too-many-parameters", test_too_many_parameters);
    mw_test_add("/query/sums", test_sums);
    mw_test_add("/query/remembered-sums", test_remembered_sums);
    mw_test_add("/query/bounds", test_bounds);
    return g_test_run();
}
