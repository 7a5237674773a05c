/* search: what people type finds the records they mean, in Chinese, pinyin and Latin. */
#include "store/search.h"

#include "tests/store/company.h"

static int64_t
account(Fixture *f, const char *name)
{
    return mw_test_save(f, 0, mw_test_input(f, "account", "name", name, NULL));
}

/* Titles of the hits in order, joined by "|"; both ways of searching must agree on accounts. */
static char *
found(Fixture *f, const char *text, const char *entity)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) hits = mw_search_find(f->store, text, entity, 50, &error);
    g_autoptr(GString) titles = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < hits->len; i++)
        g_string_append_printf(titles, "%s%s", i > 0 ? "|" : "", ((MwHit *)hits->pdata[i])->title);
    if (g_strcmp0(entity, "account") == 0) {
        const MwEntity *account_entity = mw_test_entity(f, "account");
        g_autoptr(MwFilter) filter = mw_filter_search(account_entity, text);
        MwQuery query = { .entity = account_entity, .filter = filter };
        g_autoptr(GPtrArray) records = mw_store_find(f->store, &query, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(records->len, ==, hits->len);
        for (guint i = 0; i < hits->len; i++)
            g_assert_cmpint(mw_record_id(records->pdata[i]), ==, ((MwHit *)hits->pdata[i])->record);
    }
    return g_string_free(g_steal_pointer(&titles), false);
}

static void
test_words(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *text, *titles;
    } cases[] = {
        { "钨业", "厦门钨业股份有限公司" },
        { "钨", "厦门钨业股份有限公司" },
        { "厦门", "厦门航空|厦门钨业股份有限公司" },
        { "门厦", "" },
        { "厦业", "" },
        { "厦门钨业股份有限公司", "厦门钨业股份有限公司" },
        { "xiamen", "厦门航空|厦门钨业股份有限公司" },
        { "xmwy", "厦门钨业股份有限公司" },
        { "xm", "厦门航空|厦门钨业股份有限公司" },
        { "chongqing", "重庆水泵" },
        { "cqsb", "重庆水泵" },
        { "siemens", "Siemens Energy AG" },
        { "SIEM", "Siemens Energy AG" },
        { "energy siemens", "Siemens Energy AG" },
        { "iemens", "" },
        { "siemens 厦门", "" },
        { "", "" },
        { "  \"'*():^-", "" },
        { "Müller", "Müller & Söhne" },
        { "muller", "Müller & Söhne" },
    };

    account(f, "厦门钨业股份有限公司");
    account(f, "重庆水泵");
    account(f, "Siemens Energy AG");
    account(f, "Müller & Söhne");
    account(f, "厦门航空");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *titles = found(f, cases[i].text, "account");
        g_test_message("%s", cases[i].text);
        g_assert_cmpstr(titles, ==, cases[i].titles);
    }
    g_assert_true(mw_search_verify(f->store, NULL));
}

static void
test_changes(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *entity = mw_test_entity(f, "account");
    int64_t id = account(f, "Alpha Pumps");
    g_autoptr(GError) error = NULL;

    mw_test_save(f, id, mw_test_input(f, "account", "name", "Beta Valves", NULL));
    g_autofree char *old = found(f, "alpha", NULL), *now = found(f, "valves", NULL);
    g_assert_cmpstr(old, ==, "");
    g_assert_cmpstr(now, ==, "Beta Valves");
    /* A change of another field keeps the words. */
    mw_test_save(f, id, mw_test_input(f, "account", "type", "oem", NULL));
    g_autofree char *still = found(f, "valves", "account");
    g_assert_cmpstr(still, ==, "Beta Valves");

    g_assert_true(mw_record_remove(&f->context, entity, id, 0, &error));
    g_autofree char *gone = found(f, "valves", "account");
    g_assert_cmpstr(gone, ==, "");
    g_assert_true(mw_record_restore(&f->context, entity, id, &error));
    g_autofree char *back = found(f, "valves", "account");
    g_assert_cmpstr(back, ==, "Beta Valves");
    g_assert_true(mw_search_verify(f->store, &error));
    g_assert_no_error(error);
}

static void
test_entities(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t id = account(f, "Gamma");

    mw_test_save(
        f, 0, mw_test_input(f, "contact", "name", "Gamma Ray", "account", mw_test_id(f, id), NULL));
    g_autofree char *all = found(f, "gamma", NULL), *one = found(f, "gamma", "account");
    g_autofree char *other = found(f, "gamma", "contact"), *none = found(f, "gamma", "product");
    g_assert_cmpstr(all, ==, "Gamma Ray|Gamma");
    g_assert_cmpstr(one, ==, "Gamma");
    g_assert_cmpstr(other, ==, "Gamma Ray");
    g_assert_cmpstr(none, ==, "");
}

/* A word that more records of another entity have than are looked at together, older and newer ones. */
static void
test_frequent(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    account(f, "Delta one");
    for (int i = 0; i < 250; i++) {
        g_autofree char *code = g_strdup_printf("D%d", i);
        mw_test_save(f, 0, mw_test_input(f, "product", "code", code, "name", "Delta rare", NULL));
    }
    account(f, "Delta two");
    g_autofree char *two = found(f, "delta", "account"), *newest = found(f, "delta", NULL);
    g_autofree char *both = found(f, "delta rare", "account");
    g_assert_cmpstr(two, ==, "Delta two|Delta one");
    g_assert_true(g_str_has_prefix(newest, "Delta two|Delta rare|Delta rare"));
    g_assert_cmpstr(both, ==, "");
    /* A page that the newest hits of all entities do not fill. */
    MwQuery query = { .entity = mw_test_entity(f, "account"), .limit = 1 };
    g_autoptr(MwFilter) filter = mw_filter_search(query.entity, "delta");
    bool more = false;
    query.filter = filter;
    g_autoptr(GPtrArray) page = mw_store_find(f->store, &query, &more, NULL);
    g_assert_cmpuint(page->len, ==, 1);
    g_assert_true(more);
    g_assert_cmpstr(mw_record_text(page->pdata[0], "name"), ==, "Delta two");
}

/* The first `limit` accounts with these words, and with this code unless it is NULL; numbers of their names, joined by ",". */
static char *
numbers(Fixture *f, const char *words, const char *code, unsigned limit)
{
    MwQuery query = { .entity = mw_test_entity(f, "account"), .limit = limit };
    g_autoptr(MwFilter) filter = mw_filter_all();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    mw_filter_add(filter, mw_filter_search(query.entity, words));
    if (code)
        mw_filter_add(filter, mw_filter_test(mw_entity_field(query.entity, "external_code"),
                                             MW_TEST_EQ, MW_BORROW(code)));
    query.filter = filter;
    g_autoptr(GPtrArray) page = mw_store_find(f->store, &query, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < page->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "",
                               strrchr(mw_record_text(page->pdata[i], "name"), ' ') + 1);
    return g_string_free(g_steal_pointer(&text), false);
}

/* So frequent in the entity itself that PostgreSQL looks through the newest documents. */
static void
test_frequent_in_entity(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    enum { N = 600 };
    bool frequent = false, rare = true;

    for (int i = 1; i <= N; i++) {
        g_autofree char *name = g_strdup_printf("厦门轴承 Epsilon%s %d", i % 50 ? "" : " odd", i);
        g_autofree char *code = g_strdup_printf("E%d", i);
        mw_test_save(f, 0, mw_test_input(f, "account", "name", name, "external_code", code, NULL));
    }
    g_assert_true(mw_store_has_grown(f->store, "search_doc", NULL));
    if (mw_store_dialect(f->store) == MW_POSTGRES) {
        g_autofree char *words = mw_search_query(MW_POSTGRES, "account", "厦门轴承");
        g_autofree char *odd = mw_search_query(MW_POSTGRES, "account", "厦门 odd");
        g_assert_true(mw_search_is_frequent(f->store, words, &frequent, NULL));
        g_assert_true(mw_search_is_frequent(f->store, odd, &rare, NULL));
        g_assert_true(frequent);
        g_assert_false(rare);
    }
    g_autofree char *newest = numbers(f, "厦门 轴承", NULL, 5);
    g_autofree char *odd = numbers(f, "厦门 odd", NULL, 3);
    g_autofree char *oldest = numbers(f, "厦门轴承", "E1", 5);
    g_autofree char *none = numbers(f, "厦门轴承", "E0", 5);
    g_assert_cmpstr(newest, ==, "600,599,598,597,596");
    g_assert_cmpstr(odd, ==, "600,550,500");
    g_assert_cmpstr(oldest, ==, "1"); /* which is not among the newest hits */
    g_assert_cmpstr(none, ==, "");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/search/words", test_words);
    mw_test_add("/search/changes", test_changes);
    mw_test_add("/search/entities", test_entities);
    mw_test_add("/search/frequent", test_frequent);
    mw_test_add("/search/frequent-in-entity", test_frequent_in_entity);
    return g_test_run();
}
