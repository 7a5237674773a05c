/* open_pool: who sees, takes, gets and returns what nobody owns; limits, rules, what is hidden, two at once. */
#include "base/clock.h"
#include "methods/derivations.h"
#include "methods/open_pool.h"
#include "methods/recycling.h"
#include "record/filter.h"
#include "record/refill.h"
#include "record/work.h"
#include "tests/store/company.h"

/* A company with two teams, and a pool of leads for the first. */
typedef struct {
    Fixture *f;
    int64_t east, west, ann, bob, wim, boss, pool;
} World;

static World
world_new(Fixture *f, const char *holds)
{
    World w = { .f = f };

    mw_company_derive_by(f->company, mw_derivations);
    for (int64_t id = 1; id <= 2; id++) /* those that a company begins with */
        g_assert_true(mw_record_remove(&f->context, mw_test_entity(f, "pool"), id, 0, NULL));
    w.east = mw_test_save(f, 0, mw_test_input(f, "team", "name", "East", NULL));
    w.west = mw_test_save(f, 0, mw_test_input(f, "team", "name", "West", NULL));
    w.ann = mw_test_user(f, "ann", "sales", w.east);
    w.bob = mw_test_user(f, "bob", "sales", w.east);
    w.wim = mw_test_user(f, "wim", "sales", w.west);
    w.boss = mw_test_user(f, "boss", "manager", w.east);
    w.pool = mw_test_save(f, 0,
                          mw_test_input(f, "pool", "name", "East's", "holds", holds, "team",
                                        mw_test_id(f, w.east), "hidden", "phone,need,email",
                                        "picks_per_day", "2", "capacity", "3", NULL));
    mw_test_turn(f, 0);
    return w;
}

/* A lead or account in the pool, put there by an import. */
static int64_t
pooled(const World *w, const char *entity, const char *name)
{
    MwInput *input = mw_test_input(w->f, entity, "phone", "0592 5363891", "pool",
                                   mw_test_id(w->f, w->pool), NULL);

    mw_input_import(input);
    mw_input_set(input, g_str_equal(entity, "lead") ? "company" : "name", name);
    if (g_str_equal(entity, "lead"))
        mw_input_set(input, "need", "slurry pumps");
    return mw_test_save(w->f, 0, input);
}

/* What came of it: "", "field:code" of the problems, or the message of the error. */
static char *
outcome(bool done, const MwProblems *problems, GError *error)
{
    g_autoptr(GError) owned = error;

    if (!done)
        return g_strdup(owned->message);
    g_assert_no_error(owned);
    if (!mw_problems_any(problems))
        return g_strdup("");
    const MwProblem *first = mw_problems_get(problems, 0);
    return g_strdup_printf("%s:%s", first->field, first->code);
}

static void
assert_pick(const World *w, const char *entity, int64_t id, const char *expected)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    GError *error = NULL;
    bool done =
        mw_pool_pick(&w->f->context, mw_test_entity(w->f, entity), id, NULL, problems, &error);
    g_autofree char *text = outcome(done, problems, error);

    g_assert_cmpstr(text, ==, expected);
}

static void
assert_assign(const World *w, int64_t id, int64_t owner, const char *reason, const char *expected)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    GError *error = NULL;
    bool done = mw_pool_assign(&w->f->context, mw_test_entity(w->f, "lead"), id, owner, reason,
                               problems, &error);
    g_autofree char *text = outcome(done, problems, error);

    g_assert_cmpstr(text, ==, expected);
}

static void
assert_return(const World *w, const char *entity, int64_t id, int64_t pool, const char *reason,
              const char *expected)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    GError *error = NULL;
    bool done = mw_pool_return(&w->f->context, mw_test_entity(w->f, entity), id, pool, reason,
                               problems, &error);
    g_autofree char *text = outcome(done, problems, error);

    g_assert_cmpstr(text, ==, expected);
}

/* As the actor reads it; NULL when he does not. */
static MwRecord *
seen(const World *w, const char *entity, int64_t id)
{
    return mw_record_read(&w->f->context, mw_test_entity(w->f, entity), id, MW_LIVE, NULL);
}

static bool
finds(const World *w, const char *entity, const char *condition)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(MwFilter) filter =
        mw_filter_parse_text(&w->f->context, mw_test_entity(w->f, entity), condition, problems);
    MwQuery query = { .entity = mw_test_entity(w->f, entity), .filter = filter };

    g_assert_false(mw_problems_any(problems));
    g_autoptr(GPtrArray) found = mw_record_find(&w->f->context, &query, MW_MAY_READ, NULL, &error);
    g_assert_no_error(error);
    return found->len > 0;
}

static bool
searches(const World *w, const char *words)
{
    g_autoptr(MwFilter) filter = mw_filter_search(mw_test_entity(w->f, "lead"), words);
    MwQuery query = { .entity = mw_test_entity(w->f, "lead"), .filter = filter };
    g_autoptr(GPtrArray) found = mw_record_find(&w->f->context, &query, MW_MAY_READ, NULL, NULL);

    return found->len > 0;
}

/* The moves of a record, oldest first: "action:reason, …". */
static bool
append_move(const MwValue *c, size_t n G_GNUC_UNUSED, void *data)
{
    GString *out = data;

    g_string_append_printf(out, "%s%s:%s", out->len > 0 ? ", " : "", c[0].text, c[1].text);
    return true;
}

static void
assert_moves(const World *w, const char *entity, int64_t id, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);
    MwValue param = MW_INT(id);
    g_autofree char *sql =
        g_strdup_printf("SELECT action, reason FROM pool_move WHERE %s = $1 ORDER BY id", entity);

    g_assert_true(mw_store_run(w->f->store, sql, &param, 1, append_move, out, NULL));
    g_assert_cmpstr(out->str, ==, expected);
}

static void
sql(const World *w, const char *text, int64_t a, int64_t b)
{
    MwValue params[] = { MW_INT(a), MW_INT(b) };
    g_autoptr(GError) error = NULL;

    mw_store_run(w->f->store, text, params, b ? 2 : 1, NULL, NULL, &error);
    g_assert_no_error(error);
}

/* ---- cases ------------------------------------------------------------------------- */

static void
test_seen(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "lead");
    int64_t lead = pooled(&w, "lead", "Keller Pumpen GmbH");

    assert_moves(&w, "lead", lead, "entered:Put there by an import.");
    mw_test_turn(f, w.ann);
    g_autoptr(MwRecord) hers = seen(&w, "lead", lead);
    g_assert_nonnull(hers);
    g_assert_true(mw_record_is_null(hers, "owner") && mw_record_is_null(hers, "team"));
    g_assert_true(mw_record_is_null(hers, "phone") && mw_record_is_null(hers, "need"));
    g_assert_cmpstr(mw_record_text(hers, "company"), ==, "Keller Pumpen GmbH");
    g_assert_true(finds(&w, "lead", "company=like.Keller*"));
    g_assert_false(finds(&w, "lead", "phone=like.*0592*"));
    g_assert_false(finds(&w, "lead", "phone=not.is.null"));
    g_assert_true(searches(&w, "Keller"));
    g_assert_false(searches(&w, "slurry"));
    g_autofree char *changed =
        mw_test_try(f, lead, mw_test_input(f, "lead", "company", "Mine", NULL));
    g_assert_cmpstr(changed, ==, "!4");

    mw_test_turn(f, w.wim);
    g_assert_null(seen(&w, "lead", lead));
    mw_test_turn(f, w.boss);
    g_autoptr(MwRecord) boss = seen(&w, "lead", lead);
    g_assert_cmpstr(mw_record_text(boss, "need"), ==, "slurry pumps");
    g_assert_true(finds(&w, "lead", "phone=not.is.null"));
}

static void
test_order_and_hidden(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "lead");
    MwQuery query = { .entity = mw_test_entity(f, "lead") };
    g_autoptr(MwProblems) problems = mw_problems_new();

    mw_test_turn(f, w.ann);
    query.entity = mw_test_entity(f, "lead");
    g_assert_false(mw_order_parse_list(&f->context, "phone", &query, problems));
    g_assert_cmpstr(mw_problems_get(problems, 0)->code, ==, "hidden");
    g_assert_true(mw_order_parse_list(&f->context, "company", &query, problems));
    mw_test_turn(f, w.boss);
    query.entity = mw_test_entity(f, "lead");
    g_assert_true(mw_order_parse_list(&f->context, "phone", &query, problems));
}

static void
test_pick(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "lead");
    int64_t leads[5];
    MwPoolStanding standing;

    for (size_t i = 0; i < G_N_ELEMENTS(leads); i++)
        leads[i] = pooled(&w, "lead", "Keller Pumpen GmbH");
    mw_test_turn(f, w.wim);
    assert_pick(&w, "lead", leads[0], "There is no such record: Lead.");
    mw_test_turn(f, w.ann);
    assert_pick(&w, "lead", leads[0], "");
    assert_pick(&w, "lead", leads[0], "This is yours already.");
    g_autoptr(MwRecord) hers = seen(&w, "lead", leads[0]);
    g_assert_cmpint(mw_record_int(hers, "owner"), ==, w.ann);
    g_assert_cmpint(mw_record_int(hers, "team"), ==, w.east);
    g_assert_cmpint(mw_record_int(hers, "taken_from"), ==, w.pool);
    g_assert_cmpstr(mw_record_text(hers, "need"), ==, "slurry pumps");
    g_assert_true(searches(&w, "slurry"));
    assert_moves(&w, "lead", leads[0],
                 "entered:Put there by an import., picked:Picked to work on it.");
    assert_pick(&w, "lead", leads[1], "");
    assert_pick(&w, "lead", leads[2], "pool:limit");
    const MwOpenPool *pool = mw_pools_find(mw_actor_pools(f->context.actor), w.pool);
    g_assert_true(mw_pool_standing(&f->context, pool, w.ann, &standing, NULL));
    g_assert_cmpint(standing.picked, ==, 2);
    g_assert_cmpint(standing.held, ==, 2);

    /* Another day, and one more: then her hands are full. */
    sql(&w, "UPDATE pool_move SET id = id - 800000000000000 WHERE to_owner = $1", w.ann, 0);
    assert_pick(&w, "lead", leads[2], "");
    assert_pick(&w, "lead", leads[3], "pool:capacity");
    mw_test_turn(f, w.bob);
    assert_pick(&w, "lead", leads[0], "This is not in a pool; somebody may have taken it already.");
    assert_pick(&w, "lead", leads[3], "");
    sql(&w, "UPDATE pool SET active = 0 WHERE id = $1", w.pool, 0);
    assert_pick(&w, "lead", leads[4], "pool:inactive");
}

static void
test_assign_and_return(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "lead");
    int64_t lead = pooled(&w, "lead", "Keller Pumpen GmbH");

    mw_test_turn(f, w.ann);
    assert_assign(&w, lead, w.bob, "Hers", "Only managers assign.");
    mw_test_turn(f, w.boss);
    assert_assign(&w, lead, w.bob, " ", "reason:required");
    assert_assign(&w, lead, 77, "Near him", "owner:not_found");
    assert_assign(&w, lead, w.wim, "Near him", "owner:denied");
    assert_assign(&w, lead, w.bob, "Near him", "");
    mw_test_turn(f, w.ann);
    assert_return(&w, "lead", lead, 0, "Not his", "Only its owner or a manager returns this.");
    mw_test_turn(f, w.bob);
    assert_return(&w, "lead", lead, 0, NULL, "reason:required");
    assert_return(&w, "lead", lead, 77, "No budget", "pool:not_found");
    assert_return(&w, "lead", lead, 0, "No budget", "");
    assert_return(&w, "lead", lead, 0, "No budget", "This is in a pool already.");
    g_autoptr(MwRecord) back = seen(&w, "lead", lead);
    g_assert_true(mw_record_is_null(back, "owner") && mw_record_is_null(back, "need"));
    assert_moves(&w, "lead", lead,
                 "entered:Put there by an import., assigned:Near him, returned:No budget");
    g_autofree char *owned = mw_test_try(
        f, 0, mw_test_input(f, "lead", "company", "X", "pool", mw_test_id(f, w.pool), NULL));
    g_assert_cmpstr(owned, ==, "pool:read_only");
    mw_test_turn(f, w.boss);
    g_autofree char *by_hand =
        mw_test_try(f, lead, mw_test_input(f, "lead", "owner", mw_test_id(f, w.ann), NULL));
    g_assert_cmpstr(by_hand, ==, "owner:denied owner:pooled");
}

/* Its contacts go with an account; the moves are read by who reads it. */
static void
test_account(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "account");
    int64_t account = pooled(&w, "account", "Keller Pumpen GmbH");
    int64_t contact = mw_test_save(
        f, 0, mw_test_input(f, "contact", "name", "Roth", "account", mw_test_id(f, account), NULL));

    mw_test_turn(f, w.ann);
    g_assert_null(seen(&w, "contact", contact));
    assert_pick(&w, "account", account, "");
    g_autoptr(MwRecord) hers = seen(&w, "contact", contact);
    g_assert_cmpint(mw_record_int(hers, "owner"), ==, w.ann);
    g_assert_true(finds(&w, "pool_move", "action=eq.picked"));
    mw_test_turn(f, w.wim);
    g_assert_false(finds(&w, "pool_move", "action=eq.picked"));
    mw_test_turn(f, w.ann);
    assert_return(&w, "account", account, 0, "Bankrupt", "");
    g_assert_null(seen(&w, "contact", contact));
}

static void
recycle(const World *w, size_t expected)
{
    g_autoptr(GError) error = NULL;
    MwRecycled n;

    g_assert_true(mw_store_commit(w->f->store, NULL));
    mw_recycling_run(w->f->company, w->f->store, NULL, NULL, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n.back, ==, expected);
    g_assert_cmpuint(n.left, ==, 0);
    g_assert_true(mw_store_begin(w->f->store, true, NULL));
}

static void
add_rule(const World *w, const char *rule, const char *days, const char *class,
         const char *expected)
{
    MwInput *input = mw_test_input(w->f, "pool", NULL);
    MwInput *line = mw_input_add_detail(input, mw_test_entity(w->f, "pool_rule"), 0, false);

    mw_input_set(line, "rule", rule);
    mw_input_set(line, "days", days);
    mw_input_set(line, "class", class);
    g_autofree char *text = mw_test_try(w->f, w->pool, input);
    g_assert_cmpstr(text, ==, expected);
}

/* By the age of the last activity, longer for A than for the others. */
static void
test_idle(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "account");
    int64_t key = pooled(&w, "account", "Key"), small = pooled(&w, "account", "Small"),
            own = mw_test_save(f, 0, mw_test_input(f, "account", "name", "Own", NULL));
    int64_t old = f->context.now - 100 * MW_DAY_MS;

    add_rule(&w, "idle", "90", NULL, "");
    add_rule(&w, "idle", "180", "A", "");
    mw_test_turn(f, w.ann);
    assert_pick(&w, "account", key, "");
    assert_pick(&w, "account", small, "");
    mw_test_turn(f, 0);
    sql(&w, "UPDATE account SET class = 'A' WHERE id = $1", key, 0);
    sql(&w, "UPDATE account SET last_activity_at = $1", old, 0);
    mw_test_turn(f, w.ann);
    g_autoptr(GPtrArray) due = mw_recycling_due(&f->context, w.ann, 0, 10, NULL);
    g_assert_cmpuint(due->len, ==, 1);
    g_assert_cmpint(((MwDue *)due->pdata[0])->record, ==, small);
    g_assert_cmpstr(((MwDue *)due->pdata[0])->reason, ==, "Rule: 90 days without activity");
    mw_test_turn(f, 0);

    /* An open opportunity spares it. */
    int64_t deal = mw_test_save(
        f, 0, mw_test_input(f, "opportunity", "name", "D", "account", mw_test_id(f, small), NULL));
    sql(&w, "UPDATE account SET last_activity_at = $1", old, 0);
    recycle(&w, 0);
    sql(&w, "UPDATE opportunity SET deleted_at = 1 WHERE id = $1", deal, 0);
    recycle(&w, 1);
    assert_moves(&w, "account", small,
                 "entered:Put there by an import., picked:Picked to work on it., "
                 "recycled:Rule: 90 days without activity");
    recycle(&w, 0);
    MwValue ann = MW_INT(w.ann);
    g_auto(MwValue) told = MW_NOTHING;
    g_assert_true(mw_store_scalar(
        f->store, "SELECT COUNT(*) FROM notice WHERE owner = $1 AND kind = 'recycled'", &ann, 1,
        &told, NULL));
    g_assert_cmpint(told.integer, ==, 1);

    sql(&w, "UPDATE account SET last_activity_at = $1", f->context.now - 200 * MW_DAY_MS, 0);
    recycle(&w, 1);
    g_autoptr(MwRecord) record = mw_test_read(f, "account", own);
    g_assert_true(mw_record_is_null(record, "pool")); /* was not taken from it */
    sql(&w, "UPDATE account SET owner = $1 WHERE id = $2", w.ann, own);
    sql(&w, "UPDATE account SET team = $1 WHERE id = $2", w.east, own);
    sql(&w, "UPDATE pool SET reach = 'team' WHERE id = $1", w.pool, 0);
    recycle(&w, 1);
}

/* What counts as an activity. */
static void
test_activity(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "account");
    int64_t account = mw_test_save(f, 0, mw_test_input(f, "account", "name", "Own", NULL));
    const char *id = mw_test_id(f, account);

    sql(&w, "UPDATE account SET last_activity_at = 5 WHERE id = $1", account, 0);
    int64_t task = mw_test_save(
        f, 0, mw_test_input(f, "activity", "type", "task", "subject", "S", "account", id, NULL));
    g_autoptr(MwRecord) before = mw_test_read(f, "account", account);
    g_assert_cmpint(mw_record_int(before, "last_activity_at"), ==, 5);
    mw_test_save(f, task, mw_test_input(f, "activity", "done", "true", NULL));
    g_autoptr(MwRecord) after = mw_test_read(f, "account", account);
    g_assert_cmpint(mw_record_int(after, "last_activity_at"), >, 5);
}

static void
test_contract_and_undealt(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "account");
    int64_t ended = pooled(&w, "account", "Ended"), taken = pooled(&w, "account", "Taken");

    add_rule(&w, "contract", "30", NULL, "");
    add_rule(&w, "undealt", "10", NULL, "");
    mw_test_turn(f, w.ann);
    assert_pick(&w, "account", ended, "");
    assert_pick(&w, "account", taken, "");
    mw_test_turn(f, 0);
    recycle(&w, 0);
    mw_test_save(f, ended, mw_test_input(f, "account", "contract_until", "2020-01-31", NULL));
    sql(&w, "UPDATE account SET taken_at = $1 WHERE id = $2", f->context.now - 11 * MW_DAY_MS,
        taken);
    recycle(&w, 2);
    assert_moves(&w, "account", ended,
                 "entered:Put there by an import., picked:Picked to work on it., "
                 "recycled:Rule: 30 days after the end of the contract");
}

static void
test_pool_itself(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "lead");
    int64_t lead = pooled(&w, "lead", "Keller");
    g_autoptr(GError) error = NULL;

    add_rule(&w, "contract", "30", NULL, "pool_rule.1.rule:not_a_choice");
    add_rule(&w, "idle", "30", "A", "pool_rule.1.class:not_a_choice");
    g_autofree char *other =
        mw_test_try(f, w.pool, mw_test_input(f, "pool", "holds", "account", NULL));
    g_assert_cmpstr(other, ==, "holds:read_only");
    g_assert_true(mw_store_mark(f->store, NULL));
    g_assert_false(mw_record_remove(&f->context, mw_test_entity(f, "pool"), w.pool, 0, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_assert_true(mw_store_back_to_mark(f->store, NULL));
    mw_test_turn(f, 0);

    /* What is hidden no longer is found again. */
    mw_test_save(f, w.pool, mw_test_input(f, "pool", "hidden", "phone", NULL));
    g_assert_true(mw_store_commit(f->store, NULL));
    g_assert_true(mw_recycling_words(f->company, f->store, w.pool, NULL));
    g_assert_true(mw_store_begin(f->store, true, NULL));
    mw_test_turn(f, w.ann);
    g_assert_true(searches(&w, "slurry"));
    g_autoptr(MwRecord) record = seen(&w, "lead", lead);
    g_assert_cmpstr(mw_record_text(record, "need"), ==, "slurry pumps");
}

/* One wins; the other is told. */
static void
test_two_at_once(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "lead");
    int64_t lead = pooled(&w, "lead", "Keller");
    MwQuery query = { .entity = mw_test_entity(f, "lead") };
    g_autoptr(GError) error = NULL;

    g_autoptr(MwRecord) record = mw_store_get(f->store, &query, lead, NULL);
    sql(&w, "UPDATE lead SET version = version + 1 WHERE id = $1", lead, 0);
    g_assert_false(mw_pool_put(&f->context, record, w.pool, "returned", "X", &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_assert_cmpstr(error->message, ==, "Somebody else has just taken or changed this.");
}

/* Records of before the keys get them. */
static void
test_refill(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f, "lead");
    int64_t account = mw_test_save(
        f, 0, mw_test_input(f, "account", "name", "恒力泵业", "phone", "0592 5363891", NULL));
    g_autoptr(GError) error = NULL;

    sql(&w,
        "UPDATE account SET name_key = NULL, pinyin_key = NULL, phone_key = NULL, "
        "last_activity_at = NULL WHERE id = $1",
        account, 0);
    g_assert_true(mw_store_commit(f->store, NULL));
    g_assert_true(mw_refill(f->store, f->context.catalog, &error));
    g_assert_no_error(error);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_autoptr(MwRecord) record = mw_test_read(f, "account", account);
    g_assert_cmpstr(mw_record_text(record, "pinyin_key"), ==, "henglibengye");
    g_assert_cmpstr(mw_record_text(record, "name_key"), ==, "恒力泵业");
    g_assert_cmpstr(mw_record_text(record, "phone_key"), ==, "05925363891");
    g_assert_cmpint(mw_record_version(record), ==, 1);
    g_assert_false(mw_record_is_null(record, "last_activity_at"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/open-pool/seen", test_seen);
    mw_test_add("/open-pool/order", test_order_and_hidden);
    mw_test_add("/open-pool/pick", test_pick);
    mw_test_add("/open-pool/assign-and-return", test_assign_and_return);
    mw_test_add("/open-pool/account", test_account);
    mw_test_add("/open-pool/idle", test_idle);
    mw_test_add("/open-pool/activity", test_activity);
    mw_test_add("/open-pool/contract-and-undealt", test_contract_and_undealt);
    mw_test_add("/open-pool/pool-itself", test_pool_itself);
    mw_test_add("/open-pool/refill", test_refill);
    mw_test_add("/open-pool/two-at-once", test_two_at_once);
    return g_test_run();
}
