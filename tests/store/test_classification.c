/* classification: classes from a ledger, kept with their reasons, repeatable. */
#include <math.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "methods/classification.h"
#include "methods/policy.h"
#include "record/history.h"
#include "tests/store/orders.h"

enum { ACCOUNTS = 10 };

/* Ends the fixture's transaction, runs, and begins another. */
static void
run(Fixture *f, MwLedger *ledger, int64_t id, MwClassification *out)
{
    g_autoptr(GError) error = NULL;

    mw_test_turn(f, 0);
    mw_store_rollback(f->store); /* the run has transactions of its own */
    g_assert_true(mw_classification_run(f->company, f->store, ledger, id, NULL, NULL, out, &error));
    g_assert_no_error(error);
    g_assert_true(mw_store_begin(f->store, true, &error));
}

static int64_t
queue(Fixture *f, const MwClassificationPlan *plan)
{
    g_autoptr(GError) error = NULL;
    int64_t id = mw_classification_queue(&f->context, plan, NULL, NULL, &error);

    g_assert_no_error(error);
    return id;
}

static MwRecord *
read_one(Fixture *f, const char *entity, int64_t id)
{
    g_autoptr(GError) error = NULL;
    MwRecord *record = mw_record_read(&f->context, mw_catalog_entity(f->context.catalog, entity),
                                      id, MW_LIVE, &error);

    g_assert_no_error(error);
    return record;
}

/* The result of an account in a run. */
static MwRecord *
result(Fixture *f, int64_t run_id, int64_t account)
{
    MwValue params[] = { MW_INT(run_id), MW_INT(account) };
    g_auto(MwValue) id = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    mw_store_scalar(f->store,
                    "SELECT id FROM classification_result WHERE run = $1 AND account = $2", params,
                    2, &id, &error);
    g_assert_no_error(error);
    g_assert_cmpint(id.is, ==, MW_INTEGER);
    return read_one(f, "classification_result", id.integer);
}

/* Account i has orders worth 100 × (i + 1) in 2024. */
static void
make_ledger(Fixture *f, int64_t accounts[ACCOUNTS])
{
    for (int i = 0; i < ACCOUNTS; i++) {
        g_autofree char *name = g_strdup_printf("Account %d", i);
        g_autofree char *price = g_strdup_printf("%d", 100 * (i + 1));
        accounts[i] = orders_account(f, name);
        orders_add(f, accounts[i], "2024-03-01", NULL, NULL,
                   (TestLine[]){ { 0, "1", price, NULL }, { 0 } });
    }
}

static MwClassificationPlan
plan_of_2024(Fixture *f)
{
    MwClassificationPlan plan = mw_classification_plan(&f->context);

    g_assert_true(mw_date_parse("2024-12-31", &plan.ask.as_of));
    return plan;
}

/* The reason of a result for a reader of a language. */
static void
assert_said(const MwRecord *record, const char *language, const char *expected)
{
    const MwField *field = mw_entity_field(record->entity, "reason");
    const MwLocale locale = { .language = language };
    g_autoptr(GString) shown = g_string_new(NULL), json = g_string_new(NULL);

    mw_i18n_use(language);
    field->kind->show(field, &locale, mw_record_value(record, field), shown);
    field->kind->json(field, &locale, mw_record_value(record, field), json);
    mw_i18n_use("en");
    g_assert_cmpstr(shown->str, ==, expected);
    g_assert_nonnull(strstr(json->str, expected));
}

static void
test_kept(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t accounts[ACCOUNTS];
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 64 << 20);
    g_auto(MwClassification) c = { 0 };

    make_ledger(f, accounts);
    MwClassificationPlan plan = plan_of_2024(f);
    int64_t id = queue(f, &plan);
    run(f, ledger, id, &c);
    g_assert_cmpuint(c.n, ==, ACCOUNTS);
    g_assert_cmpint(c.revenue, ==, 550000);

    g_autoptr(MwRecord) kept = read_one(f, "classification_run", id);
    g_assert_cmpstr(mw_record_text(kept, "status"), ==, "done");
    g_assert_cmpint(mw_record_int(kept, "accounts"), ==, ACCOUNTS);
    g_assert_cmpint(mw_record_int(kept, "revenue"), ==, 550000);
    /* Gini of 1..10: (n + 1) / (3 n) · (n - 1) / (n + 1) · … = 0.3, by sum (2 i - 11) i / (10 · 55). */
    g_assert_cmpfloat_with_epsilon(mw_record_real(kept, "gini"), 0.3, 1e-12);
    g_assert_cmpint(mw_record_int(kept, "top20_accounts"), ==, 2);
    g_assert_cmpfloat_with_epsilon(mw_record_real(kept, "top20_share"), 19.0 / 55, 1e-12);
    g_assert_cmpint(mw_record_int(kept, "accounts_for_80"), ==,
                    6); /* 10 + 9 + 8 + 7 + 6 + 5 = 45 of 44 */
    g_assert_cmpstr(mw_record_text(kept, "classes"), ==,
                    "{\"A\":{\"accounts\":2,\"revenue\":\"1900.00\",\"share\":0.345454545},"
                    "\"B\":{\"accounts\":3,\"revenue\":\"2100.00\",\"share\":0.381818182},"
                    "\"C\":{\"accounts\":3,\"revenue\":\"1200.00\",\"share\":0.218181818},"
                    "\"D\":{\"accounts\":2,\"revenue\":\"300.00\",\"share\":0.0545454545}}");

    g_autoptr(MwRecord) best = result(f, id, accounts[9]);
    g_assert_cmpint(mw_record_int(best, "rank"), ==, 1);
    g_assert_cmpstr(mw_record_text(best, "class"), ==, "A");
    g_assert_cmpstr(mw_record_text(best, "moved"), ==, "new");
    g_assert_cmpint(mw_record_int(best, "revenue"), ==, 100000);
    assert_said(best, "en", "Rank 1 of 10; Revenue: ¥1,000.00.");
    assert_said(best, "zh_CN", "第 1 名，共 10 名；销售额：¥1,000.00。");

    g_autoptr(MwRecord) worst = read_one(f, "account", accounts[0]);
    g_assert_cmpstr(mw_record_text(worst, "class"), ==, "D");
    g_assert_cmpstr(mw_record_text(worst, "class_computed"), ==, "D");
    g_assert_false(mw_record_is_null(worst, "classified_at"));

    MwHistoryQuery asked = { .record = accounts[0], .limit = 1 };
    g_autoptr(GPtrArray) history = mw_history_find(f->store, &asked, NULL);
    g_assert_cmpstr(((MwChange *)history->pdata[0])->changes, ==,
                    "{\"class\":[null,\"D\"],\"class_computed\":[null,\"D\"]}");
}

/* The least account orders most; the next run says who moved and why. */
static void
test_moves(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t accounts[ACCOUNTS];
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 64 << 20);
    g_auto(MwClassification) first = { 0 }, second = { 0 };
    g_autoptr(GError) error = NULL;

    make_ledger(f, accounts);
    MwClassificationPlan plan = plan_of_2024(f);
    run(f, ledger, queue(f, &plan), &first);
    orders_add(f, accounts[0], "2024-06-01", NULL, NULL,
               (TestLine[]){ { 0, "1", "5000", NULL }, { 0 } });
    const MwEntity *account = mw_catalog_entity(f->context.catalog, "account");
    g_assert_true(mw_record_remove(&f->context, account, accounts[5], 0, &error));
    int64_t id = queue(f, &plan);
    run(f, ledger, id, &second);
    g_assert_cmpuint(second.n, ==, ACCOUNTS - 1); /* the removed one does not count */

    g_autoptr(MwRecord) up = result(f, id, accounts[0]);
    g_assert_cmpstr(mw_record_text(up, "moved"), ==, "up");
    g_assert_cmpstr(mw_record_text(up, "previous_class"), ==, "D");
    assert_said(up, "en", "Up from D to A: “Revenue” went from ¥100.00 to ¥5,100.00.");
    g_autoptr(MwRecord) down = result(f, id, accounts[8]); /* 9 accounts: cuts after 2, 5, 7 */
    g_assert_cmpstr(mw_record_text(down, "moved"), ==, "down");
    assert_said(down, "en", "Down from A to B, because others went ahead.");
    g_assert_cmpuint(second.fresh, ==, 0);
    g_assert_cmpuint(second.up, ==, 1);
}

/* A decision stands in place of what was computed until its day has passed. */
static void
test_decisions(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t accounts[ACCOUNTS];
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 64 << 20);
    g_auto(MwClassification) c = { 0 };
    g_autoptr(MwProblems) problems = mw_problems_new();
    const MwEntity *account = mw_catalog_entity(f->context.catalog, "account");
    const char *const untils[] = { "2999-01-01", "2020-01-01" };

    make_ledger(f, accounts);
    for (int i = 0; i < 2; i++) {
        g_autoptr(MwInput) input = mw_input_new(account);
        mw_input_set(input, "class_override", "A");
        mw_input_set(input, "class_override_reason", "A pilot plant");
        mw_input_set(input, "class_override_until", untils[i]);
        g_autoptr(MwRecord) saved =
            mw_record_write(&f->context, input, accounts[i], problems, NULL);
        g_assert_cmpstr(mw_record_text(saved, "class"), ==, "A");
    }
    MwClassificationPlan plan = plan_of_2024(f);
    run(f, ledger, queue(f, &plan), &c);

    g_autoptr(MwRecord) held = read_one(f, "account", accounts[0]);
    g_assert_cmpstr(mw_record_text(held, "class"), ==, "A");
    g_assert_cmpstr(mw_record_text(held, "class_computed"), ==, "D");
    g_autoptr(MwRecord) past = read_one(f, "account", accounts[1]);
    g_assert_cmpstr(mw_record_text(past, "class"), ==, "D");
    g_assert_true(mw_record_is_null(past, "class_override"));
    g_assert_true(mw_record_is_null(past, "class_override_reason"));
}

/* Who has no orders in the period any more loses the class of an earlier run. */
static void
test_class_lost(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t accounts[ACCOUNTS];
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 64 << 20);
    g_auto(MwClassification) first = { 0 }, second = { 0 };

    make_ledger(f, accounts);
    orders_add(f, accounts[3], "2024-06-01", NULL, NULL,
               (TestLine[]){ { 0, "1", "1", NULL }, { 0 } });
    MwClassificationPlan plan = plan_of_2024(f);
    run(f, ledger, queue(f, &plan), &first);
    g_assert_true(mw_date_parse("2024-05-01", &plan.ask.from));
    run(f, ledger, queue(f, &plan), &second);
    g_assert_cmpuint(second.n, ==, 1);
    g_autoptr(MwRecord) lost = read_one(f, "account", accounts[9]);
    g_assert_true(mw_record_is_null(lost, "class"));
    g_assert_true(mw_record_is_null(lost, "class_computed"));
    g_autoptr(MwRecord) kept = read_one(f, "account", accounts[3]);
    g_assert_false(mw_record_is_null(kept, "class"));
}

/* A run from its records is the run that was planned, and again the same. */
static void
test_repeatable(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t accounts[ACCOUNTS];
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 64 << 20);
    g_auto(MwClassification) once = { 0 }, twice = { 0 };
    g_autoptr(GError) error = NULL;
    /* revenue matters 3 times as much as orders */
    MwClassificationPlan plan = plan_of_2024(f), back;

    make_ledger(f, accounts);
    orders_add(f, accounts[2], "2024-06-01", NULL, NULL,
               (TestLine[]){ { 0, "1", "1", NULL }, { 0 } });
    plan.criteria[1] = (MwCriterion){ MW_IND_ORDERS, MW_MORE_IS_BETTER, 1.0 };
    plan.n_criteria = 2;
    plan.weighting = MW_WEIGHTS_AHP;
    memcpy(plan.comparisons, (double[]){ 1, 3, 1.0 / 3, 1 }, 4 * sizeof(double));
    plan.by_thresholds = true;
    plan.weighted_sum = plan.ask.sales_only = true;
    memcpy(plan.cuts, (double[]){ 0.7, 0.4, 0.1 }, 3 * sizeof(double));
    int64_t id = queue(f, &plan);
    g_assert_true(mw_classification_plan_of(&f->context, id, &back, &error));
    g_assert_cmpint(back.weighting, ==, MW_WEIGHTS_AHP);
    g_assert_cmpint(back.criteria[0].indicator, ==, MW_IND_REVENUE);
    g_assert_cmpint(back.criteria[1].indicator, ==, MW_IND_ORDERS);
    g_assert_cmpmem(back.comparisons, 4 * sizeof(double), plan.comparisons, 4 * sizeof(double));
    g_assert_cmpmem(back.cuts, 3 * sizeof(double), plan.cuts, 3 * sizeof(double));
    g_assert_cmpint(back.ask.as_of, ==, plan.ask.as_of);

    run(f, ledger, id, &once);
    run(f, ledger, id, &twice);
    g_assert_cmpfloat_with_epsilon(once.plan.criteria[0].weight, 0.75, 1e-12);
    g_assert_cmpmem(once.scores, once.n * sizeof(double), twice.scores, twice.n * sizeof(double));
    g_assert_cmpmem(once.classes, once.n, twice.classes, twice.n);
    MwValue param = MW_INT(id);
    g_auto(MwValue) rows = MW_NOTHING;
    mw_store_scalar(f->store, "SELECT COUNT(*) FROM classification_result WHERE run = $1", &param,
                    1, &rows, &error);
    g_assert_cmpint(rows.integer, ==, ACCOUNTS); /* the first attempt's were replaced */
}

/* Every indicator at once, by what the data tell apart. */
static void
test_all_indicators(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t accounts[ACCOUNTS];
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 64 << 20);
    g_auto(MwClassification) c = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(MwProblems) problems = mw_problems_new();
    MwClassificationPlan plan = plan_of_2024(f);

    make_ledger(f, accounts);
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(f->context.catalog, "account"));
    mw_input_set(input, "potential", "1000");
    mw_input_set(input, "strategic_fit", "4");
    g_autoptr(MwRecord) saved = mw_record_write(&f->context, input, accounts[0], problems, NULL);
    g_assert_nonnull(saved);
    int64_t order = orders_add(f, accounts[1], "2023-06-01", NULL, NULL,
                               (TestLine[]){ { orders_product(f, "P"), "2", "50", "20" },
                                             { 0, "-1", "30", NULL },
                                             { 0 } });
    orders_pay(f, accounts[1], order, "2023-07-20", "2023-07-10", "100");
    mw_test_turn(f, 0);
    plan.n_criteria = MW_N_INDICATORS;
    for (int i = 0; i < MW_N_INDICATORS; i++)
        plan.criteria[i] =
            (MwCriterion){ (MwIndicator)i, mw_indicator_direction((MwIndicator)i), 1 };
    plan.weighting = MW_WEIGHTS_ENTROPY;
    g_assert_true(mw_classification_compute(&f->context, ledger, &plan, &c, &error));
    g_assert_no_error(error);

    const double expected[MW_N_INDICATORS] = {
        20000 + 7000, 6000, 2, 305, (20000.0 - 7000) / 7000, 10, 3000.0 / 30000, 1, NAN, NAN,
    };
    for (int i = 0; i < MW_N_INDICATORS; i++) {
        double found = c.values[(size_t)i * c.n + 1];
        if (isnan(expected[i]))
            g_assert_true(isnan(found));
        else
            g_assert_cmpfloat_with_epsilon(found, expected[i], 1e-9);
    }
    g_assert_cmpfloat(c.values[(size_t)MW_IND_POTENTIAL * c.n], ==, 100000);
    g_assert_cmpfloat(c.values[(size_t)MW_IND_STRATEGIC_FIT * c.n], ==, 4);
    double sum = 0;
    for (size_t j = 0; j < c.plan.n_criteria; j++)
        sum += c.plan.criteria[j].weight;
    g_assert_cmpfloat_with_epsilon(sum, 1.0, 1e-12);
}

static void
test_refused(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t accounts[ACCOUNTS];
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 64 << 20);
    g_autoptr(GError) error = NULL;
    MwClassificationPlan good = plan_of_2024(f), plan = good;

    g_auto(MwClassification) empty = { 0 };
    g_assert_false(mw_classification_compute(&f->context, ledger, &plan, &empty, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, "No account has orders in this period.");
    g_clear_error(&error);

    make_ledger(f, accounts);
    mw_test_turn(f, 0);
    plan.cuts[0] = 21;
    g_auto(MwClassification) a = { 0 };
    g_assert_false(mw_classification_compute(&f->context, ledger, &plan, &a, &error));
    g_assert_cmpstr(error->message, ==,
                    "The shares of the classes are zero or more and make 100 %.");
    g_clear_error(&error);
    plan = good;
    plan.criteria[0].weight = -1;
    g_auto(MwClassification) b = { 0 };
    g_assert_false(mw_classification_compute(&f->context, ledger, &plan, &b, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_clear_error(&error);
    plan = good;
    plan.criteria[0].indicator = MW_IND_PAYMENT_DELAY;
    g_auto(MwClassification) d = { 0 };
    g_assert_false(mw_classification_compute(&f->context, ledger, &plan, &d, &error));
    g_assert_cmpstr(error->message, ==, "“Payment delay (days)” is not known of any account.");
    g_clear_error(&error);

    /* A run that cannot be computed says so on its record. */
    int64_t id = queue(f, &plan);
    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    g_assert_false(
        mw_classification_run(f->company, f->store, ledger, id, NULL, NULL, NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_autoptr(MwRecord) failed = read_one(f, "classification_run", id);
    g_assert_cmpstr(mw_record_text(failed, "status"), ==, "failed");
    g_assert_nonnull(mw_record_text(failed, "message"));
}

/* The published ledger, and the numbers that were computed from it elsewhere. */
static void
test_retail(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 256 << 20);
    g_auto(MwClassification) c = { 0 };
    g_autoptr(GError) error = NULL;

    if (!orders_load_retail(f))
        return;
    MwClassificationPlan plan = mw_classification_plan(&f->context);
    plan.ask.sales_only = true;
    g_assert_true(mw_classification_compute(&f->context, ledger, &plan, &c, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(c.n, ==, 4338);
    g_assert_cmpint(ABS(c.revenue - 891140790), <=, 100);
    g_assert_cmpfloat_with_epsilon(c.concentration.gini, 0.71513962, 1e-6);
    g_assert_cmpuint(c.concentration.top_n, ==, 868);
    g_assert_cmpfloat_with_epsilon(c.concentration.top_share, 0.74617137, 1e-6);
    g_assert_cmpuint(c.concentration.n_for_share, ==, 1133);
    g_assert_cmpuint(c.by_class[0].accounts, ==, 868);
    g_assert_cmpuint(c.by_class[1].accounts, ==, 1301);
    g_assert_cmpuint(c.by_class[2].accounts + c.by_class[3].accounts, ==, 4338 - 868 - 1301);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/classification/kept", test_kept);
    mw_test_add("/classification/moves", test_moves);
    mw_test_add("/classification/decisions", test_decisions);
    mw_test_add("/classification/class-lost", test_class_lost);
    mw_test_add("/classification/repeatable", test_repeatable);
    mw_test_add("/classification/all-indicators", test_all_indicators);
    mw_test_add("/classification/refused", test_refused);
    mw_test_add("/classification/retail", test_retail);
    return g_test_run();
}
