/* merge: records that mean the same become one, with every kind of link; and bulk changes; both undone. */
#include "methods/derivations.h"
#include "record/history.h"
#include "record/merge.h"
#include "tests/store/company.h"

static int64_t
account(Fixture *f, const char *name, const char *field, const char *text)
{
    return mw_test_save(f, 0, mw_test_input(f, "account", "name", name, field, text, NULL));
}

static GArray *
ids_of(int64_t one, int64_t other)
{
    GArray *ids = g_array_new(false, false, sizeof one);

    g_array_append_val(ids, one);
    g_array_append_val(ids, other);
    return ids;
}

static int64_t
merge(Fixture *f, const char *entity, int64_t survivor, int64_t other)
{
    g_autoptr(GArray) ids = ids_of(other, survivor);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    const MwMerge asked = { mw_test_entity(f, entity), ids, survivor, NULL };
    int64_t run = mw_merge(&f->context, &asked, problems, &error);

    g_assert_no_error(error);
    g_autofree char *text = mw_problems_text(problems);
    g_assert_cmpstr(text, ==, "");
    g_assert_cmpint(run, !=, 0);
    return run;
}

/* The number of those kept. */
static int64_t
undo(Fixture *f, int64_t run)
{
    g_auto(MwUndone) undone = { 0 };
    g_autoptr(GError) error = NULL;

    mw_bulk_undo(&f->context, run, &undone, &error);
    g_assert_no_error(error);
    return undone.n_kept;
}

static int64_t
number(Fixture *f, const char *sql, int64_t id)
{
    MwValue param = MW_INT(id);
    g_auto(MwValue) value = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    mw_store_scalar(f->store, sql, &param, strchr(sql, '$') ? 1 : 0, &value, &error);
    g_assert_no_error(error);
    return value.is == MW_INTEGER ? value.integer : 0;
}

static char *
text(Fixture *f, const char *sql, int64_t id)
{
    MwValue param = MW_INT(id);
    g_auto(MwValue) value = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    mw_store_scalar(f->store, sql, &param, 1, &value, &error);
    g_assert_no_error(error);
    return g_strdup(value.is == MW_TEXT ? value.text : "");
}

static void
assert_text(Fixture *f, const char *sql, int64_t id, const char *expected)
{
    g_autofree char *found = text(f, sql, id);
    g_assert_cmpstr(found, ==, expected);
}

static void
test_values(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t stays = account(f, "Acme Pumps", "city", "Ulm");
    int64_t goes = account(f, "Acme Pumps Ltd.", "external_code", "C-7");

    int64_t run = merge(f, "account", stays, goes);
    assert_text(f, "SELECT name FROM account WHERE id = $1", stays, "Acme Pumps");
    assert_text(f, "SELECT external_code FROM account WHERE id = $1", stays, "C-7");
    assert_text(f, "SELECT city FROM account WHERE id = $1", stays, "Ulm");
    g_assert_cmpint(number(f, "SELECT deleted_at FROM account WHERE id = $1", goes), >, 0);
    g_assert_cmpint(mw_merged_into(&f->context, goes), ==, stays);
    g_assert_cmpint(mw_merged_into(&f->context, stays), ==, 0);

    g_assert_cmpint(undo(f, run), ==, 0);
    assert_text(f, "SELECT external_code FROM account WHERE id = $1", stays, "");
    assert_text(f, "SELECT external_code FROM account WHERE id = $1", goes, "C-7");
    g_assert_cmpint(number(f, "SELECT deleted_at FROM account WHERE id = $1", goes), ==, 0);
    g_assert_cmpint(mw_merged_into(&f->context, goes), ==, 0);
}

static void
test_chosen(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t stays = account(f, "Acme Pumps", "city", "Ulm");
    int64_t goes = account(f, "Acme Pumps Ltd.", "city", "Bonn");
    g_autoptr(GArray) ids = ids_of(stays, goes);
    g_autoptr(GHashTable) choices = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;

    g_hash_table_insert(choices, (gpointer) "city", &goes);
    const MwMerge asked = { mw_test_entity(f, "account"), ids, stays, choices };
    g_assert_cmpint(mw_merge(&f->context, &asked, problems, &error), !=, 0);
    g_assert_no_error(error);
    assert_text(f, "SELECT name FROM account WHERE id = $1", stays, "Acme Pumps");
    assert_text(f, "SELECT city FROM account WHERE id = $1", stays, "Bonn");
}

static void
test_currencies(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t stays = account(f, "Acme Pumps", "currency", "EUR");
    int64_t goes = mw_test_save(f, 0,
                                mw_test_input(f, "account", "name", "Acme", "currency", "USD",
                                              "credit_limit", "500", NULL));
    g_autoptr(GArray) ids = ids_of(stays, goes);
    g_autoptr(GHashTable) choices = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;

    g_hash_table_insert(choices, (gpointer) "credit_limit", &goes);
    const MwMerge asked = { mw_test_entity(f, "account"), ids, stays, choices };
    g_assert_true(mw_store_mark(f->store, &error));
    g_assert_cmpint(mw_merge(&f->context, &asked, problems, &error), ==, 0);
    g_assert_no_error(error);
    g_assert_nonnull(mw_problems_of(problems, "credit_limit"));
    g_assert_true(mw_store_back_to_mark(f->store, &error));
    /* Left to itself, the amount stays with its currency. */
    merge(f, "account", stays, goes);
    g_assert_cmpint(number(f, "SELECT credit_limit FROM account WHERE id = $1", stays), ==, 0);
}

/* Everything that can point at an account or a contact. */
typedef struct {
    int64_t stays, goes, contact, lead, opportunity, order, payment, visit, below, file;
} World;

static int64_t
make_file(Fixture *f, int64_t record)
{
    const MwEntity *entity = mw_test_entity(f, "file");
    MwInput *input = mw_test_input(f, "file", "name", "offer.pdf", "entity", "account", "record",
                                   mw_test_id(f, record), "content_type", "application/pdf", "size",
                                   "1", "sha256", "0", NULL);

    mw_input_set_value(input, mw_entity_field(entity, "storage_key"), MW_BORROW("k"));
    return mw_test_save(f, 0, input);
}

static void
make_world(Fixture *f, World *w)
{
    w->stays = account(f, "Acme Pumps", "city", "Ulm");
    w->goes = account(f, "Acme Pumps Ltd.", "city", "Bonn");
    const char *goes = mw_test_id(f, w->goes);
    w->below = mw_test_save(
        f, 0, mw_test_input(f, "account", "name", "Acme Service", "parent", goes, NULL));
    w->contact =
        mw_test_save(f, 0, mw_test_input(f, "contact", "name", "Ada", "account", goes, NULL));
    w->opportunity = mw_test_save(
        f, 0, mw_test_input(f, "opportunity", "name", "Six pumps", "account", goes, NULL));
    w->order = mw_test_save(f, 0, mw_test_input(f, "sales_order", "account", goes, NULL));
    w->visit =
        mw_test_save(f, 0,
                     mw_test_input(f, "activity", "type", "visit", "subject", "Looked", "account",
                                   goes, "starts_at", "2026-03-02 09:00", "done", "true", NULL));
    w->file = make_file(f, w->goes);
}

static void
assert_owner(Fixture *f, const World *w, int64_t account)
{
    g_assert_cmpint(number(f, "SELECT parent FROM account WHERE id = $1", w->below), ==, account);
    g_assert_cmpint(number(f, "SELECT account FROM contact WHERE id = $1", w->contact), ==,
                    account);
    g_assert_cmpint(number(f, "SELECT account FROM opportunity WHERE id = $1", w->opportunity), ==,
                    account);
    g_assert_cmpint(number(f, "SELECT account FROM sales_order WHERE id = $1", w->order), ==,
                    account);
    g_assert_cmpint(number(f, "SELECT account FROM activity WHERE id = $1", w->visit), ==, account);
    assert_text(f, "SELECT record FROM file WHERE id = $1", w->file, mw_test_id(f, account));
}

static void
test_links(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w;

    mw_company_derive_by(f->company, mw_derivations);
    make_world(f, &w);
    assert_text(f, "SELECT last_visit_on FROM account WHERE id = $1", w.stays, "");
    int64_t run = merge(f, "account", w.stays, w.goes);
    assert_owner(f, &w, w.stays);
    assert_text(f, "SELECT last_visit_on FROM account WHERE id = $1", w.stays, "2026-03-02");

    /* A change of another field of what was moved does not keep the link from going back. */
    mw_test_save(f, w.contact, mw_test_input(f, "contact", "name", "Ada L.", NULL));
    g_assert_cmpint(undo(f, run), ==, 0);
    assert_owner(f, &w, w.goes);
    assert_text(f, "SELECT name FROM contact WHERE id = $1", w.contact, "Ada L.");
    assert_text(f, "SELECT last_visit_on FROM account WHERE id = $1", w.stays, "");
    assert_text(f, "SELECT last_visit_on FROM account WHERE id = $1", w.goes, "2026-03-02");

    MwHistoryReport report;
    g_autoptr(GError) error = NULL;
    g_assert_true(mw_history_verify(f->store, &report, &error));
    g_assert_null(report.fault);
}

static void
test_changed_since(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w;

    make_world(f, &w);
    int64_t other = account(f, "Elsewhere", "city", "Jena");
    int64_t run = merge(f, "account", w.stays, w.goes);
    mw_test_save(f, w.contact, mw_test_input(f, "contact", "account", mw_test_id(f, other), NULL));
    g_assert_cmpint(undo(f, run), ==, 1); /* the contact, by name */
    g_assert_cmpint(number(f, "SELECT account FROM contact WHERE id = $1", w.contact), ==, other);
    g_assert_cmpint(number(f, "SELECT account FROM opportunity WHERE id = $1", w.opportunity), ==,
                    w.goes);
}

/* A parent that is merged with its own child does not become its own parent. */
static void
test_circle(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t top = account(f, "Top", "city", "Ulm");
    int64_t middle = account(f, "Middle", "parent", mw_test_id(f, top));
    int64_t bottom = account(f, "Bottom", "parent", mw_test_id(f, middle));

    int64_t run = merge(f, "account", bottom, top);
    g_assert_cmpint(number(f, "SELECT parent FROM account WHERE id = $1", bottom), ==, 0);
    g_assert_cmpint(number(f, "SELECT parent FROM account WHERE id = $1", middle), ==, bottom);
    g_assert_cmpint(undo(f, run), ==, 0);
    g_assert_cmpint(number(f, "SELECT parent FROM account WHERE id = $1", bottom), ==, middle);
    g_assert_cmpint(number(f, "SELECT parent FROM account WHERE id = $1", middle), ==, top);
}

/* Who is in an opportunity twice is there once afterwards. */
static void
test_twin_line(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *line = mw_test_entity(f, "opportunity_competitor");
    int64_t customer = account(f, "Customer", "city", "Ulm");
    int64_t stays = mw_test_save(f, 0, mw_test_input(f, "competitor", "name", "KSB", NULL));
    int64_t goes = mw_test_save(f, 0, mw_test_input(f, "competitor", "name", "KSB SE", NULL));
    MwInput *input = mw_test_input(f, "opportunity", "name", "Six pumps", "account",
                                   mw_test_id(f, customer), NULL);

    for (int i = 0; i < 2; i++)
        mw_input_set(mw_input_add_detail(input, line, 0, false), "competitor",
                     mw_test_id(f, i ? goes : stays));
    int64_t opportunity = mw_test_save(f, 0, input);
    const char *living =
        "SELECT COUNT(*) FROM opportunity_competitor WHERE opportunity = $1 AND deleted_at IS NULL";
    int64_t run = merge(f, "competitor", stays, goes);
    g_assert_cmpint(number(f, living, opportunity), ==, 1);
    g_assert_cmpint(undo(f, run), ==, 0);
    g_assert_cmpint(number(f, living, opportunity), ==, 2);
}

static void
test_refused(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *entity;
        int code;
        bool alone, other;
    } cases[] = {
        { "account", MW_ERROR_INVALID, true, false },   /* one record alone            */
        { "account", MW_ERROR_NOT_FOUND, false, true }, /* one that there is not       */
        { "product", MW_ERROR_INVALID, false, false },  /* products are not merged     */
    };
    int64_t one = account(f, "One", "city", "Ulm"), two = account(f, "Two", "city", "Ulm");

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GArray) ids = ids_of(one, cases[i].other ? 12345 : two);
        g_autoptr(MwProblems) problems = mw_problems_new();
        g_autoptr(GError) error = NULL;
        const MwMerge asked = { mw_test_entity(f, cases[i].entity), ids, one, NULL };
        if (cases[i].alone)
            g_array_set_size(ids, 1);
        g_assert_cmpint(mw_merge(&f->context, &asked, problems, &error), ==, 0);
        g_assert_error(error, MW_ERROR, cases[i].code);
    }
}

static void
test_rights(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t team = mw_test_save(f, 0, mw_test_input(f, "team", "name", "North", NULL));
    int64_t user = mw_test_user(f, "sales", "sales", team);
    int64_t mine =
        mw_test_save(f, 0,
                     mw_test_input(f, "account", "name", "Mine", "owner", mw_test_id(f, user),
                                   "team", mw_test_id(f, team), NULL));
    int64_t teams = mw_test_save(
        f, 0, mw_test_input(f, "account", "name", "Mine Ltd.", "team", mw_test_id(f, team), NULL));
    g_autoptr(GArray) ids = ids_of(mine, teams);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    MwMerge asked = { NULL, ids, mine, NULL };

    mw_test_turn(f, user);
    asked.entity = mw_test_entity(f, "account");
    g_assert_cmpint(mw_merge(&f->context, &asked, problems, &error), ==, 0);
    g_assert_error(error, MW_ERROR, MW_ERROR_DENIED); /* he may change, but not delete it */
    g_clear_error(&error);
    asked.survivor = teams;
    g_assert_cmpint(mw_merge(&f->context, &asked, problems, &error), !=, 0);
    g_assert_no_error(error);
}

/* ---- bulk ---------------------------------------------------------------------------------- */

static int64_t
bulk(Fixture *f, const char *action, const char *values, GArray *ids, MwBulkState *state)
{
    g_autoptr(GError) error = NULL;
    const MwBulk asked = { mw_test_entity(f, "account"), action, ids, values };
    int64_t run = mw_bulk_begin(&f->context, &asked, &error);

    g_assert_no_error(error);
    g_assert_true(mw_bulk_go_on(&f->context, run, 1, state, &error));
    g_assert_no_error(error);
    g_assert_false(state->done);
    g_assert_true(mw_bulk_go_on(&f->context, run, 10, state, &error));
    g_assert_true(state->done);
    MwBulkState ended;
    g_assert_false(mw_bulk_go_on(&f->context, run, 10, &ended, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    return run;
}

static void
test_bulk_edit(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t one = account(f, "One", "city", "Ulm"), two = account(f, "Two", "city", "Bonn");
    int64_t third = account(f, "Three", "region", "South");
    g_autoptr(GArray) ids = ids_of(one, two);
    MwBulkState state;

    g_array_append_val(ids, third);
    int64_t run = bulk(f, "edit", "{\"city\":\"Bonn\",\"region\":\"South\"}", ids, &state);
    g_assert_cmpint(state.changed, ==, 3);
    assert_text(f, "SELECT city FROM account WHERE id = $1", one, "Bonn");
    mw_test_save(f, two, mw_test_input(f, "account", "region", "West", NULL));
    g_assert_cmpint(undo(f, run), ==, 1); /* the second: somebody has changed it since */
    assert_text(f, "SELECT city FROM account WHERE id = $1", one, "Ulm");
    assert_text(f, "SELECT region FROM account WHERE id = $1", one, "");
    assert_text(f, "SELECT region FROM account WHERE id = $1", two, "West");
    assert_text(f, "SELECT region FROM account WHERE id = $1", third, "South");

    g_auto(MwUndone) undone = { 0 };
    g_autoptr(GError) error = NULL;
    g_assert_false(mw_bulk_undo(&f->context, run, &undone, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT); /* only once */
}

/* What a rule refuses is left alone and told; what is the same already is no change to be undone. */
static void
test_bulk_skips(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t one = account(f, "One", "city", "Ulm"), two = account(f, "Two", "city", "Bonn");
    g_autoptr(GArray) ids = ids_of(one, two);
    g_autofree char *self = g_strdup_printf("{\"parent\":\"%s\"}", mw_test_id(f, one));
    MwBulkState state;

    int64_t run = bulk(f, "edit", self, ids, &state);
    g_assert_cmpint(state.changed, ==, 1);
    g_assert_cmpint(state.skipped, ==, 1);
    g_autofree char *message = text(f, "SELECT message FROM bulk_change WHERE id = $1", run);
    g_assert_true(g_str_has_prefix(message, "One: "));

    run = bulk(f, "edit", "{\"city\":\"Bonn\"}", ids, &state);
    g_assert_cmpint(state.changed, ==, 1);
    g_assert_cmpint(undo(f, run), ==, 0);
    assert_text(f, "SELECT city FROM account WHERE id = $1", two, "Bonn");
}

static void
test_bulk_remove(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t one = account(f, "One", "city", "Ulm"), two = account(f, "Two", "city", "Bonn");
    g_autoptr(GArray) ids = ids_of(one, two);
    const char *living = "SELECT COUNT(*) FROM account WHERE deleted_at IS NULL";
    MwBulkState state;

    int64_t run = bulk(f, "remove", NULL, ids, &state);
    g_assert_cmpint(number(f, living, 0), ==, 0);
    g_assert_cmpint(undo(f, run), ==, 0);
    g_assert_cmpint(number(f, living, 0), ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/merge/values", test_values);
    mw_test_add("/merge/chosen", test_chosen);
    mw_test_add("/merge/currencies", test_currencies);
    mw_test_add("/merge/links", test_links);
    mw_test_add("/merge/changed-since", test_changed_since);
    mw_test_add("/merge/circle", test_circle);
    mw_test_add("/merge/twin-line", test_twin_line);
    mw_test_add("/merge/refused", test_refused);
    mw_test_add("/merge/rights", test_rights);
    mw_test_add("/bulk/edit", test_bulk_edit);
    mw_test_add("/bulk/skips", test_bulk_skips);
    mw_test_add("/bulk/remove", test_bulk_remove);
    return g_test_run();
}
