/* opportunity: stages, gates, moves, outcomes and probabilities in every write. */
#include "methods/derivations.h"
#include "methods/funnel_stages.h"
#include "methods/learning.h"
#include "methods/next_activity.h"
#include "methods/opportunity.h"
#include "methods/stage_path.h"
#include "record/derivation.h"
#include "record/history.h"
#include "tests/store/company.h"

static int64_t
account_of(Fixture *f, const char *name)
{
    mw_company_derive_by(f->company, mw_derivations);
    return mw_test_save(f, 0, mw_test_input(f, "account", "name", name, NULL));
}

static int64_t
opportunity_of(Fixture *f, int64_t account)
{
    return mw_test_save(f, 0,
                        mw_test_input(f, "opportunity", "name", "Mill", "account",
                                      mw_test_id(f, account), "amount", "1000", NULL));
}

/* The result of a short way: "" or "field:code …". */
static char *
told(MwRecord *record, MwProblems *problems)
{
    g_autoptr(MwRecord) owned = record;
    GString *text = g_string_new(owned ? "" : "!");

    for (size_t i = 0; i < mw_problems_count(problems); i++)
        g_string_append_printf(text, "%s%s:%s", i > 0 ? " " : "",
                               mw_problems_get(problems, i)->field,
                               mw_problems_get(problems, i)->code);
    mw_problems_reset(problems);
    return g_string_free(text, false);
}

#define assert_told(record, problems, expected)                                                    \
    do {                                                                                           \
        g_autofree char *told_ = told(record, problems);                                           \
        g_assert_cmpstr(told_, ==, expected);                                                      \
    } while (0)

static void
test_begins(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t id = opportunity_of(f, account_of(f, "Keller"));

    mw_test_assert_text(f, "opportunity", id, "outcome", "open");
    mw_test_assert_text(f, "opportunity", id, "forecast_category", "pipeline");
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "probability"), ==, 500);
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "weighted"), ==, 5000);
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "weighted_base"), ==, 5000);
    g_autoptr(GPtrArray) moves =
        mw_record_details(&f->context, mw_test_entity(f, "stage_move"), id, NULL);
    g_assert_cmpuint(moves->len, ==, 1);
    g_assert_true(mw_record_is_null(moves->pdata[0], "from_stage"));
}

/* Without a name it is made of account and product; without either it is asked for. */
static void
test_name(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = account_of(f, "Keller");
    int64_t product =
        mw_test_save(f, 0, mw_test_input(f, "product", "code", "P", "name", "Pump", NULL));
    int64_t id = mw_test_save(f, 0,
                              mw_test_input(f, "opportunity", "account", mw_test_id(f, account),
                                            "product", mw_test_id(f, product), NULL));
    g_autofree char *without = mw_test_try(f, 0, mw_test_input(f, "opportunity", NULL));

    mw_test_assert_text(f, "opportunity", id, "name", "Keller, Pump");
    g_assert_cmpstr(without, ==, "name:required");
}

static void
test_lines(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t id = opportunity_of(f, account_of(f, "Keller"));
    int64_t product =
        mw_test_save(f, 0, mw_test_input(f, "product", "code", "P", "name", "Pump", NULL));
    MwInput *input = mw_test_input(f, "opportunity", NULL);
    MwInput *line = mw_input_add_detail(input, mw_test_entity(f, "opportunity_line"), 0, false);

    mw_input_set(line, "product", mw_test_id(f, product));
    mw_input_set(line, "quantity", "2.5");
    mw_input_set(line, "unit_price", "99.99");
    mw_test_save(f, id, input);
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "amount"), ==,
                    24998); /* 249.975, half away from zero */
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "weighted"), ==, 1250);
}

static void
test_probability(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = account_of(f, "Keller");
    int64_t id = opportunity_of(f, account);
    g_autoptr(MwProblems) problems = mw_problems_new();

    mw_test_save(f, id, mw_test_input(f, "opportunity", "probability", "33", NULL));
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "probability_overridden"), ==, 1);
    assert_told(mw_opportunity_move(&f->context, id, "access", NULL, problems, NULL), problems, "");
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "probability"), ==, 3300);
    mw_test_save(f, id, mw_test_input(f, "opportunity", "probability_overridden", "false", NULL));
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "probability"), ==, 1000);
    mw_test_save(f, id, mw_test_input(f, "opportunity", "probability", NULL, NULL));
}

/* From a user's side: what is missing is named, by whichever way the stage is changed. */
static void
test_gates(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = account_of(f, "Keller"), sales = mw_test_user(f, "sally", "sales", 0);
    int64_t boss = mw_test_user(f, "max", "manager", 0);
    int64_t contact =
        mw_test_save(f, 0,
                     mw_test_input(f, "contact", "name", "Frau Roth", "account",
                                   mw_test_id(f, account), "owner", mw_test_id(f, sales), NULL));
    int64_t id = mw_test_save(
        f, 0, mw_test_input(f, "opportunity", "name", "Mill", "owner", mw_test_id(f, sales), NULL));
    int64_t proof = 5; /* id of the fifth stage */
    g_autoptr(MwProblems) problems = mw_problems_new();

    mw_test_save(f, account, mw_test_input(f, "account", "owner", mw_test_id(f, sales), NULL));
    mw_test_turn(f, sales);
    MwRecord *refused = mw_opportunity_move(&f->context, id, "proof", NULL, problems, NULL);
    g_assert_cmpstr(mw_problems_get(problems, 2)->message, ==,
                    "Before “Solution design”: Find out who is: Decider.");
    assert_told(refused, problems, "stage:gate stage:gate stage:gate");
    g_autofree char *by_form =
        mw_test_try(f, id, mw_test_input(f, "opportunity", "stage", mw_test_id(f, proof), NULL));
    g_assert_cmpstr(by_form, ==, "stage:gate stage:gate stage:gate");
    /* A reason does not help who is no manager. */
    assert_told(mw_opportunity_move(&f->context, id, "proof", "Please", problems, NULL), problems,
                "stage:gate stage:gate stage:gate");

    MwInput *input = mw_test_input(f, "opportunity", "account", mw_test_id(f, account), "contact",
                                   mw_test_id(f, contact), "stage", mw_test_id(f, proof), NULL);
    MwInput *person = mw_input_add_detail(input, mw_test_entity(f, "opportunity_person"), 0, false);
    mw_input_set(person, "contact", mw_test_id(f, contact));
    mw_input_set(person, "role", "decider");
    mw_test_save(f, id, input); /* evidence and move in one write */
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "stage"), ==, proof);
    assert_told(mw_opportunity_move(&f->context, id, "negotiation", NULL, problems, NULL), problems,
                "stage:gate");
    /* Going back asks for nothing. */
    assert_told(mw_opportunity_move(&f->context, id, "needs", NULL, problems, NULL), problems, "");

    mw_test_turn(f, 0);
    mw_test_save(f, id, mw_test_input(f, "opportunity", "owner", mw_test_id(f, boss), NULL));
    mw_test_turn(f, boss);
    assert_told(
        mw_opportunity_move(&f->context, id, "negotiation", "Budget is fixed", problems, NULL),
        problems, "");
    mw_test_assert_text(f, "opportunity", id, "move_reason", NULL);
    g_autoptr(GPtrArray) moves =
        mw_record_details(&f->context, mw_test_entity(f, "stage_move"), id, NULL);
    g_assert_cmpuint(moves->len, ==, 4);
    g_assert_cmpstr(mw_record_text(moves->pdata[1], "skipped"), ==,
                    "First contact, Needs and decision map, Solution design");
    g_assert_cmpstr(mw_record_text(moves->pdata[3], "skipped"), ==,
                    "Solution design, Technical proof");
    g_assert_cmpstr(mw_record_text(moves->pdata[3], "reason"), ==, "Budget is fixed");
    g_assert_cmpint(mw_record_int(moves->pdata[3], "days"), ==, 0);
}

/* Moves are the system's: nobody else writes them. */
static void
test_moves_are_kept(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t sales = (account_of(f, "Keller"), mw_test_user(f, "sally", "admin", 0));
    int64_t id = mw_test_save(f, 0, mw_test_input(f, "opportunity", "name", "Mill", NULL));

    mw_test_turn(f, sales);
    MwInput *input = mw_test_input(f, "opportunity", NULL);
    mw_input_replace_details(input, mw_test_entity(f, "stage_move"));
    g_autofree char *cleared = mw_test_try(f, id, input);
    g_assert_cmpstr(cleared, ==, "stage_move:read_only");
}

/* That nobody decided is no reason to win; what was kept before that was told apart stays. */
static void
test_reasons(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t id = opportunity_of(f, account_of(f, "Keller"));
    g_autoptr(MwProblems) problems = mw_problems_new();
    MwClosing won = { .won = true, .reason = "cancelled", .move_reason = "Signed" };
    MwValue param = MW_INT(id);

    assert_told(mw_opportunity_close(&f->context, id, &won, problems, NULL), problems,
                "reason:not_a_choice");
    won.reason = "product";
    assert_told(mw_opportunity_close(&f->context, id, &won, problems, NULL), problems, "");
    g_autofree char *refused =
        mw_test_try(f, id, mw_test_input(f, "opportunity", "reason", "no_decision", NULL));
    g_assert_cmpstr(refused, ==, "reason:not_a_choice");
    g_assert_true(mw_store_run(f->store, "UPDATE opportunity SET reason = 'budget' WHERE id = $1",
                               &param, 1, NULL, NULL, NULL));
    mw_test_save(f, id, mw_test_input(f, "opportunity", "close_note", "Old", NULL));
    mw_test_assert_text(f, "opportunity", id, "reason", "budget");
    assert_told(mw_opportunity_reopen(&f->context, id, "Again", problems, NULL), problems, "");
    MwClosing lost = { .reason = "budget" };
    assert_told(mw_opportunity_close(&f->context, id, &lost, problems, NULL), problems, "");
}

static void
test_outcome(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t id = opportunity_of(f, account_of(f, "Keller"));
    g_autoptr(MwProblems) problems = mw_problems_new();
    const MwContext *context = &f->context;

    mw_test_save(f, id, mw_test_input(f, "opportunity", "engaged_on", "2026-01-10", NULL));
    assert_told(mw_opportunity_close(context, id, &(MwClosing){ 0 }, problems, NULL), problems,
                "reason:required");
    int64_t rival = mw_test_save(f, 0, mw_test_input(f, "competitor", "name", "Rival", NULL));
    MwClosing lost = { .reason = "price",
                       .competitor = mw_test_id(f, rival),
                       .note = "5 % dearer",
                       .closed_on = "2026-03-01" };
    assert_told(mw_opportunity_close(context, id, &lost, problems, NULL), problems, "");
    mw_test_assert_text(f, "opportunity", id, "outcome", "lost");
    g_autoptr(MwRecord) prospect =
        mw_test_read(f, "account", mw_test_int(f, "opportunity", id, "account"));
    g_assert_cmpstr(mw_record_text(prospect, "status"), ==, "prospect");
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "days_to_close"), ==, 50);
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "probability"), ==, 0);
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "competitor"), ==, rival);
    assert_told(mw_opportunity_close(context, id, &lost, problems, NULL), problems,
                "outcome:closed");

    assert_told(mw_opportunity_reopen(context, id, NULL, problems, NULL), problems,
                "move_reason:required");
    assert_told(mw_opportunity_reopen(context, id, "New tender", problems, NULL), problems, "");
    mw_test_assert_text(f, "opportunity", id, "outcome", "open");
    mw_test_assert_text(f, "opportunity", id, "closed_on", NULL);
    mw_test_assert_text(f, "opportunity", id, "reason", NULL);
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "stage"), ==, 1);
    assert_told(mw_opportunity_reopen(context, id, "Again", problems, NULL), problems,
                "outcome:open");

    MwClosing won = { .won = true, .move_reason = "Signed at the fair" };
    assert_told(mw_opportunity_close(context, id, &won, problems, NULL), problems, "");
    mw_test_assert_text(f, "opportunity", id, "outcome", "won");
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "weighted"), ==, 100000);
    g_autoptr(MwRecord) record = mw_test_read(f, "opportunity", id);
    g_autoptr(MwRecord) customer = mw_test_read(f, "account", mw_record_int(record, "account"));
    g_assert_cmpstr(mw_record_text(customer, "status"), ==, "customer");
    MwHistoryQuery query = { .record = mw_record_id(customer), .limit = 1 };
    g_autoptr(GPtrArray) changes = mw_history_find(f->store, &query, NULL);
    g_assert_cmpstr(((MwChange *)changes->pdata[0])->action, ==, "first_win");
    g_assert_false(mw_record_is_null(record, "closed_on"));
}

static void
test_processes(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    int64_t account = account_of(f, "Keller");
    MwInput *bare = mw_test_input(f, "sales_process", "key", "again", "name", "Again", NULL);
    const char *const kinds[] = { "open", "won", "lost" };
    const MwEntity *stage = mw_test_entity(f, "stage");

    g_autofree char *without = mw_test_try(f, 0, bare);
    g_assert_cmpstr(without, ==, "stage:required stage:required stage:required");
    MwInput *input = mw_test_input(f, "sales_process", "key", "again", "name", "Again", "type",
                                   "repeat", "is_default", "true", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        MwInput *line = mw_input_add_detail(input, stage, 0, false);
        g_autofree char *key = g_strconcat("again_", kinds[i], NULL);
        mw_input_set(line, "position", mw_test_id(f, (int64_t)i));
        mw_input_set(line, "key", key);
        mw_input_set(line, "name", kinds[i]);
        mw_input_set(line, "kind", kinds[i]);
        mw_input_set(line, "probability", "50");
    }
    int64_t process = mw_test_save(f, 0, input);
    int64_t id = opportunity_of(f, account);
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "process"), ==,
                    process); /* the default one now */
    g_assert_cmpint(mw_test_int(f, "opportunity", id, "probability"), ==, 5000);
    assert_told(mw_opportunity_move(&f->context, id, "access", NULL, problems, NULL), problems,
                "stage:not_found");
    g_autofree char *foreign =
        mw_test_try(f, id, mw_test_input(f, "opportunity", "stage", "2", NULL));
    g_assert_cmpstr(foreign, ==, "stage:not_found");

    MwInput *gate = mw_test_input(f, "sales_process", NULL);
    MwInput *line = mw_input_add_detail(gate, mw_test_entity(f, "stage_gate"), 0, false);
    mw_input_set(line, "stage", "2"); /* of the other process */
    mw_input_set(line, "rule", "field");
    mw_input_set(line, "parameter", "nonsense");
    g_autofree char *wrong = mw_test_try(f, process, gate);
    g_assert_cmpstr(wrong, ==, "stage_gate.1.parameter:unknown stage_gate.1.stage:not_found");
}

typedef struct {
    const char *rule, *parameter;
} Rule;

/* Related records, tasks and files: refused first, then with the evidence not. */
static void
test_evidence(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const Rule rules[] = {
        { "related", "opportunity_line" },
        { "related", "activity" },
        { "tasks", "Visit the plant" },
        { "tasks", NULL },
        { "file", NULL },
    };
    int64_t id = opportunity_of(f, account_of(f, "Keller"));
    g_autoptr(MwProblems) problems = mw_problems_new();
    MwInput *process = mw_test_input(f, "sales_process", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        MwInput *gate = mw_input_add_detail(process, mw_test_entity(f, "stage_gate"), 0, false);
        mw_input_set(gate, "stage", "2");
        mw_input_set(gate, "rule", rules[i].rule);
        mw_input_set(gate, "parameter", rules[i].parameter);
    }
    mw_test_save(f, 1, process);
    assert_told(mw_opportunity_move(&f->context, id, "access", NULL, problems, NULL), problems,
                "stage:gate stage:gate stage:gate stage:gate");
    int64_t task =
        mw_test_save(f, 0,
                     mw_test_input(f, "activity", "type", "task", "subject", "Visit the plant",
                                   "opportunity", mw_test_id(f, id), NULL));
    assert_told(mw_opportunity_move(&f->context, id, "access", NULL, problems, NULL), problems,
                "stage:gate stage:gate stage:gate stage:gate");
    mw_test_save(f, task, mw_test_input(f, "activity", "done", "true", NULL));
    mw_test_save(f, 0,
                 mw_test_input(f, "file", "name", "plan.pdf", "entity", "opportunity", "record",
                               mw_test_id(f, id), "content_type", "application/pdf", "size", "1",
                               "sha256", "00", NULL));
    assert_told(mw_opportunity_move(&f->context, id, "access", NULL, problems, NULL), problems,
                "stage:gate"); /* the line */
    MwInput *input = mw_test_input(f, "opportunity", "stage", "2", NULL);
    MwInput *line = mw_input_add_detail(input, mw_test_entity(f, "opportunity_line"), 0, false);
    int64_t product =
        mw_test_save(f, 0, mw_test_input(f, "product", "code", "P", "name", "Pump", NULL));
    mw_input_set(line, "product", mw_test_id(f, product));
    mw_input_set(line, "quantity", "1");
    mw_input_set(line, "unit_price", "1");
    mw_test_save(f, id, input);
}

static void
run_sql(Fixture *f, const char *sql, int64_t id)
{
    g_autoptr(GError) error = NULL;
    MwValue param = MW_INT(id);

    mw_store_run(f->store, sql, &param, 1, NULL, NULL, &error);
    g_assert_no_error(error);
}

/* Two won and one lost from the first stage: (2 + 10 p) / (3 + 10). */
static void
test_learned(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = account_of(f, "Mill works"), id = 0, stage;
    g_autoptr(GError) error = NULL;
    size_t changed = 0;

    for (int i = 0; i < 3; i++) {
        id = opportunity_of(f, account);
        run_sql(f,
                i < 2 ? "UPDATE opportunity SET outcome = 'won' WHERE id = $1"
                      : "UPDATE opportunity SET outcome = 'lost' WHERE id = $1",
                id);
    }
    stage = mw_test_int(f, "opportunity", id, "stage");
    g_assert_true(mw_store_commit(f->store, NULL));
    g_assert_true(mw_stages_learn(f->company, f->store, &changed, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(changed, >, 0);
    g_assert_true(mw_stages_learn(f->company, f->store, &changed, &error));
    g_assert_cmpuint(changed, ==, 0);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_autoptr(MwRecord) record = mw_test_read(f, "stage", stage);
    double p = (double)mw_record_int(record, "probability") / 10000;
    g_assert_cmpint(mw_record_int(record, "learned_deals"), ==, 3);
    g_assert_cmpint(mw_record_int(record, "learned_probability"), ==,
                    (int64_t)((2 + 10 * p) / 13 * 10000 + 0.5));
}

/* Two deals of 1,000 in the first stage: nothing is behind them, and nothing is decided. */
static void
test_way_at_the_beginning(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = account_of(f, "Mill works");
    int64_t first = opportunity_of(f, account), second = opportunity_of(f, account);
    g_autoptr(MwRecord) record = mw_test_read(f, "opportunity", first);
    MwFunnelAsk ask = { .process = mw_test_int(f, "opportunity", second, "process") };
    g_auto(MwStagePath) path = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_stage_path(&f->context, record, &path, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(path.steps->len, >, 2);
    g_assert_cmpint(path.last_open, ==, mw_test_int(f, "opportunity", first, "stage"));
    for (guint i = 0; i < path.steps->len; i++)
        g_assert_cmpint(g_array_index(path.steps, MwStep, i).state, ==,
                        i == 0 ? MW_STEP_CURRENT : MW_STEP_COMING);
    g_autoptr(GArray) stages = mw_funnel_stages(&f->context, &ask, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(stages->len, ==, path.steps->len);
    for (guint i = 0; i < stages->len; i++) {
        const MwFunnelStage *stage = &g_array_index(stages, MwFunnelStage, i);
        g_assert_cmpint(stage->now, ==, i == 0 ? 2 : 0);
        g_assert_cmpint(stage->now_value, ==, i == 0 ? 200000 : 0);
        g_assert_cmpint(stage->went_on + stage->lost, ==, 0);
        g_assert_cmpint(stage->stays, ==, 0);
    }
}

/* What was planned before the day was kept is found again. */
static void
test_next_activity_refill(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t id = opportunity_of(f, account_of(f, "Mill works"));
    g_autoptr(GError) error = NULL;

    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "task", "subject", "Call", "due_on",
                               "2026-12-01", "opportunity", mw_test_id(f, id), NULL));
    run_sql(f, "UPDATE opportunity SET next_activity_on = NULL WHERE id = $1", id);
    g_assert_true(mw_store_commit(f->store, NULL));
    g_assert_true(mw_next_activity_refill(f->company, f->store, &error));
    g_assert_no_error(error);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    mw_test_assert_text(f, "opportunity", id, "next_activity_on", "2026-12-01");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/opportunity/begins", test_begins);
    mw_test_add("/opportunity/name", test_name);
    mw_test_add("/opportunity/lines", test_lines);
    mw_test_add("/opportunity/probability", test_probability);
    mw_test_add("/opportunity/gates", test_gates);
    mw_test_add("/opportunity/moves-are-kept", test_moves_are_kept);
    mw_test_add("/opportunity/outcome", test_outcome);
    mw_test_add("/opportunity/reasons", test_reasons);
    mw_test_add("/opportunity/processes", test_processes);
    mw_test_add("/opportunity/evidence", test_evidence);
    mw_test_add("/opportunity/way-at-the-beginning", test_way_at_the_beginning);
    mw_test_add("/opportunity/learned", test_learned);
    mw_test_add("/opportunity/next-activity-refill", test_next_activity_refill);
    return g_test_run();
}
