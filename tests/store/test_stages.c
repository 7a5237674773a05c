/* stages: what deals tell of the stages they went through: learned probabilities, the way of a deal, the funnel by stage and
 * by whatever it is narrowed to. Every number was worked out by hand from the seven deals of make_deals(). */
#include <math.h>

#include "methods/derivations.h"
#include "methods/funnel_stages.h"
#include "methods/learning.h"
#include "methods/opportunity.h"
#include "methods/stage_path.h"
#include "tests/store/company.h"

/* Positions of the stages of the project process, from 0. */
enum { IDENTIFIED, ACCESS, NEEDS, SOLUTION, PROOF, NEGOTIATION, CONTRACT, DELIVERY, LOST, STAGES };

typedef struct {
    Fixture *f;
    int64_t east, west, ann, wim, north, chile, pump, valve;
    int64_t deal[8]; /* from 1 */
} World;

static int64_t
make(const World *w, int64_t owner, int64_t account, int64_t product, const char *amount)
{
    return mw_test_save(w->f, 0,
                        mw_test_input(w->f, "opportunity", "owner", mw_test_id(w->f, owner),
                                      "account", mw_test_id(w->f, account), "product",
                                      mw_test_id(w->f, product), "amount", amount, "engaged_on",
                                      "2026-01-01", NULL));
}

static void
assert_done(MwRecord *record, MwProblems *problems)
{
    g_autoptr(MwRecord) owned = record;
    g_autofree char *text = mw_problems_text(problems);

    g_assert_nonnull(owned);
    g_assert_cmpstr(text, ==, "");
}

/* The days that it spent in the stage before the last. */
static void
set_days(const World *w, int64_t id, int64_t days)
{
    MwValue params[] = { MW_INT(days), MW_INT(id) };

    g_assert_true(mw_store_run(w->f->store,
                               "UPDATE stage_move SET days = $1 WHERE id = (SELECT MAX(id) FROM "
                               "stage_move WHERE opportunity = $2)",
                               params, 2, NULL, NULL, NULL));
}

static void
move(const World *w, int64_t id, const char *stage, int64_t days)
{
    g_autoptr(MwProblems) problems = mw_problems_new();

    assert_done(mw_opportunity_move(&w->f->context, id, stage, "By the test", problems, NULL),
                problems);
    set_days(w, id, days);
}

static void
close_deal(const World *w, int64_t id, bool won, const char *on)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    const MwClosing closing = {
        .won = won, .reason = won ? NULL : "price", .closed_on = on, .move_reason = "By the test"
    };

    assert_done(mw_opportunity_close(&w->f->context, id, &closing, problems, NULL), problems);
}

static World
world_new(Fixture *f)
{
    World w = { .f = f };

    mw_company_derive_by(f->company, mw_derivations);
    w.east = mw_test_save(f, 0, mw_test_input(f, "team", "name", "East", NULL));
    w.west = mw_test_save(f, 0, mw_test_input(f, "team", "name", "West", NULL));
    w.ann = mw_test_user(f, "ann", "sales", w.east);
    w.wim = mw_test_user(f, "wim", "sales", w.west);
    w.north = mw_test_save(
        f, 0,
        mw_test_input(f, "account", "name", "Keller", "country", "China", "region", "North", NULL));
    w.chile =
        mw_test_save(f, 0, mw_test_input(f, "account", "name", "Minera", "country", "Chile", NULL));
    w.pump = mw_test_save(f, 0, mw_test_input(f, "product", "code", "P", "name", "Pump", NULL));
    w.valve = mw_test_save(
        f, 0, mw_test_input(f, "product", "code", "V", "name", "Valve", "list_price", "100", NULL));
    return w;
}

static World
make_deals(Fixture *f)
{
    World w = world_new(f);

    w.deal[1] = make(&w, w.ann, w.north, w.pump, "1000"); /* stays where it began */
    w.deal[2] = make(&w, w.ann, w.north, w.pump, "2000"); /* on, back, and on again */
    move(&w, w.deal[2], "access", 10);
    move(&w, w.deal[2], "needs", 5);
    move(&w, w.deal[2], "access", 4);
    move(&w, w.deal[2], "needs", 6);
    w.deal[3] = make(&w, w.ann, w.chile, w.valve, NULL); /* lost on the way; at its list price */
    move(&w, w.deal[3], "access", 3);
    close_deal(&w, w.deal[3], false, "2026-03-10");
    w.deal[4] = make(&w, w.wim, w.chile, w.pump, "4000"); /* two stages skipped, and won */
    move(&w, w.deal[4], "solution", 20);
    close_deal(&w, w.deal[4], true, "2026-04-05");
    /* Came as won from another system: no way is known. */
    f->context.source = "import";
    w.deal[5] =
        mw_test_save(f, 0,
                     mw_test_input(f, "opportunity", "owner", mw_test_id(f, w.wim), "account",
                                   mw_test_id(f, w.north), "product", mw_test_id(f, w.valve),
                                   "amount", "500", "stage", mw_test_id(f, CONTRACT + 1),
                                   "engaged_on", "2026-01-01", "closed_on", "2026-03-20", NULL));
    f->context.source = "test";
    w.deal[6] = mw_test_save(f, 0,
                             mw_test_input(f, "opportunity", "owner", mw_test_id(f, w.wim),
                                           "account", mw_test_id(f, w.north), "product",
                                           mw_test_id(f, w.pump), "amount", "800", "process", "3",
                                           "engaged_on", "2026-01-01", NULL)); /* spare parts */
    w.deal[7] = make(&w, w.wim, w.north, w.valve, "300"); /* lost at once, and open again */
    close_deal(&w, w.deal[7], false, "2026-02-02");
    set_days(&w, w.deal[7], 7);
    return w;
}

static void
reopen(World *w)
{
    g_autoptr(MwProblems) problems = mw_problems_new();

    assert_done(mw_opportunity_reopen(&w->f->context, w->deal[7], "New tender", problems, NULL),
                problems);
    set_days(w, w->deal[7], 9);
}

static void
assert_path(const World *w, int64_t id, const char *states, int last_open, const int64_t *days)
{
    g_autoptr(MwRecord) record = mw_test_read(w->f, "opportunity", id);
    g_auto(MwStagePath) path = { 0 };
    char found[STAGES + 1] = "";

    g_assert_true(mw_stage_path(&w->f->context, record, &path, NULL));
    g_assert_cmpuint(path.steps->len, ==, STAGES);
    for (guint i = 0; i < STAGES; i++) {
        const MwStep *step = &g_array_index(path.steps, MwStep, i);
        found[i] = "dsc."[step->state];
        if (step->kind == 'o') /* how long ago it ended is of no interest */
            g_assert_cmpint(step->days, ==, days[i]);
    }
    g_assert_cmpstr(found, ==, states);
    g_assert_cmpint(path.last_open, ==, last_open < 0 ? 0 : last_open + 1);
}

static void
test_ways(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_deals(f);

    assert_path(&w, w.deal[1], "c........", IDENTIFIED, (int64_t[STAGES]){ 0 });
    assert_path(&w, w.deal[2], "ddc......", NEEDS, (int64_t[STAGES]){ 10, 11, 4 });
    assert_path(&w, w.deal[3], "dd......c", ACCESS, (int64_t[STAGES]){ 3 });
    assert_path(&w, w.deal[4], "dssdssc..", SOLUTION, (int64_t[STAGES]){ 20 });
    assert_path(&w, w.deal[5], "......c..", -1, (int64_t[STAGES]){ 0 });
    reopen(&w);
    assert_path(&w, w.deal[7], "c........", IDENTIFIED, (int64_t[STAGES]){ 7 });
}

typedef struct {
    int64_t now, value, weighted, reached, went_on, lost, stays;
    double conversion, days;
} Row;

static void
assert_number(double found, double expected)
{
    if (isnan(expected))
        g_assert_true(isnan(found));
    else
        g_assert_cmpfloat(fabs(found - expected), <, 1e-9);
}

static void
assert_stages(const World *w, const MwFunnelAsk *ask, const Row *rows)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) stages = mw_funnel_stages(&w->f->context, ask, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(stages->len, ==, STAGES);
    for (guint i = 0; i < STAGES; i++) {
        const MwFunnelStage *stage = &g_array_index(stages, MwFunnelStage, i);
        g_assert_cmpint(stage->now, ==, rows[i].now);
        g_assert_cmpint(stage->now_value, ==, rows[i].value * 100);
        g_assert_cmpint(stage->weighted, ==, rows[i].weighted * 100);
        g_assert_cmpint(stage->reached, ==, rows[i].reached);
        g_assert_cmpint(stage->went_on, ==, rows[i].went_on);
        g_assert_cmpint(stage->lost, ==, rows[i].lost);
        g_assert_cmpint(stage->stays, ==, rows[i].stays);
        assert_number(stage->conversion, rows[i].conversion);
        assert_number(stage->days, rows[i].days);
    }
}

static void
test_funnel(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_deals(f);
    const Row all[STAGES] = {
        { 2, 1300, 65, 6, 4, 0, 4, 1.0, 10.0 },     /* 10, 3, 20 and 7 days */
        { 0, 0, 0, 3, 2, 1, 3, 2.0 / 3, 11.0 / 3 }, /* 5, 6 and the loss on the same day */
        { 1, 2000, 400, 2, 1, 0, 1, 1.0, 4.0 },     { 0, 0, 0, 1, 1, 0, 1, 1.0, 0.0 },
        { 0, 0, 0, 1, 1, 0, 0, 1.0, NAN },          { 0, 0, 0, 1, 1, 0, 0, 1.0, NAN },
        { 2, 4500, 4500, 0, 0, 0, 0, NAN, NAN },    { 0, 0, 0, 0, 0, 0, 0, NAN, NAN },
        { 1, 0, 0, 0, 0, 0, 1, NAN, 9.0 }, /* one left it again */
    };
    /* Of Wim alone. */
    const Row his[STAGES] = {
        { 1, 300, 15, 3, 2, 0, 2, 1.0, 13.5 },   { 0, 0, 0, 1, 1, 0, 0, 1.0, NAN },
        { 0, 0, 0, 1, 1, 0, 0, 1.0, NAN },       { 0, 0, 0, 1, 1, 0, 1, 1.0, 0.0 },
        { 0, 0, 0, 1, 1, 0, 0, 1.0, NAN },       { 0, 0, 0, 1, 1, 0, 0, 1.0, NAN },
        { 2, 4500, 4500, 0, 0, 0, 0, NAN, NAN }, { 0, 0, 0, 0, 0, 0, 0, NAN, NAN },
        { 0, 0, 0, 0, 0, 0, 1, NAN, 9.0 },
    };

    reopen(&w);
    assert_stages(&w, &(MwFunnelAsk){ .process = 1 }, all);
    assert_stages(&w, &(MwFunnelAsk){ .process = 1, .owner = w.wim }, his);
    assert_stages(&w, &(MwFunnelAsk){ .process = 1, .team = w.west }, his);
}

/* No deal at all, and one alone. */
static void
test_few(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = world_new(f);
    Row rows[STAGES];

    for (guint i = 0; i < STAGES; i++)
        rows[i] = (Row){ .conversion = NAN, .days = NAN };
    assert_stages(&w, &(MwFunnelAsk){ .process = 1 }, rows);
    make(&w, w.ann, w.north, w.pump, "1000");
    rows[0].now = rows[0].reached = 1;
    rows[0].value = 1000;
    rows[0].weighted = 50;
    assert_stages(&w, &(MwFunnelAsk){ .process = 1 }, rows);
}

static void
learn(Fixture *f, size_t expected)
{
    g_autoptr(GError) error = NULL;
    size_t changed = 99;

    g_assert_true(mw_store_commit(f->store, NULL));
    mw_stages_learn(f->company, f->store, &changed, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(changed, ==, expected);
    g_assert_true(mw_store_begin(f->store, true, NULL));
}

/* In hundredths of a percent; -1: nothing is known. */
static void
assert_learned(Fixture *f, int64_t stage, int64_t learned, int64_t deals)
{
    g_autoptr(MwRecord) record = mw_test_read(f, "stage", stage);
    const MwField *field = mw_entity_field(record->entity, "learned_probability");
    const MwValue *value = mw_record_value(record, field);

    g_assert_cmpint(value->is == MW_INTEGER ? value->integer : -1, ==, learned);
    g_assert_cmpint(mw_record_int(record, "learned_deals"), ==, deals);
}

/* (won + 10 p) / (won + lost + 10) */
static void
test_learned(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_deals(f);

    reopen(&w);
    learn(f, 6);
    assert_learned(f, IDENTIFIED + 1, 1923, 3); /* 2.5 / 13: the imported one counts here alone */
    assert_learned(f, ACCESS + 1, 1667, 2);     /* 2 / 12: passed by one that was won */
    assert_learned(f, NEEDS + 1, 2727, 1);      /* 3 / 11 */
    assert_learned(f, SOLUTION + 1, 4545, 1);
    assert_learned(f, PROOF + 1, 6364, 1);
    assert_learned(f, NEGOTIATION + 1, 8182, 1);
    assert_learned(f, CONTRACT + 1, -1, 0);
    g_autoptr(MwRecord) spare = mw_test_read(f, "opportunity", w.deal[6]);
    assert_learned(f, mw_record_int(spare, "stage"), -1, 0); /* another process, nothing decided */

    /* The one that was won is opened again: what it taught is forgotten. */
    g_autoptr(MwProblems) problems = mw_problems_new();
    assert_done(mw_opportunity_reopen(&f->context, w.deal[4], "Not paid", problems, NULL),
                problems);
    learn(f, 6);
    assert_learned(f, IDENTIFIED + 1, 1250, 2); /* (1 + 0.5) / 12 */
    assert_learned(f, ACCESS + 1, 909, 1);      /* 1 / 11 */
    assert_learned(f, NEEDS + 1, -1, 0);
    learn(f, 0);

    /* Deals of the other process teach its stages alone. */
    close_deal(&w, w.deal[6], true, "2026-05-01");
    learn(f, 2);
    assert_learned(f, mw_record_int(spare, "stage"), 4545, 1); /* (1 + 4) / 11 */
    assert_learned(f, IDENTIFIED + 1, 1250, 2);
}

/* open, its value, won, its value, lost, its value */
static void
assert_total(const World *w, MwFunnelAsk ask, const int64_t expected[6])
{
    g_auto(MwFunnel) funnel = { 0 };
    g_autoptr(GError) error = NULL;

    mw_funnel(&w->f->context, &ask, &funnel, &error);
    g_assert_no_error(error);
    const MwFunnelGroup *t = &funnel.total;
    const int64_t found[] = { t->open, t->open_value / 100, t->won, t->won_value / 100,
                              t->lost, t->lost_value / 100 };
    for (size_t i = 0; i < G_N_ELEMENTS(found); i++)
        g_assert_cmpint(found[i], ==, expected[i]);
}

#define TOTAL(...) ((const int64_t[]){ __VA_ARGS__ })

static void
test_filters(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_deals(f);

    reopen(&w);
    assert_total(&w, (MwFunnelAsk){ 0 }, TOTAL(4, 4100, 2, 4500, 1, 100));
    assert_total(&w, (MwFunnelAsk){ .owner = w.ann }, TOTAL(2, 3000, 0, 0, 1, 100));
    assert_total(&w, (MwFunnelAsk){ .team = w.west }, TOTAL(2, 1100, 2, 4500, 0, 0));
    assert_total(&w, (MwFunnelAsk){ .process = 3 }, TOTAL(1, 800, 0, 0, 0, 0));
    assert_total(&w, (MwFunnelAsk){ .product = w.pump }, TOTAL(3, 3800, 1, 4000, 0, 0));
    assert_total(&w, (MwFunnelAsk){ .region = "North" }, TOTAL(4, 4100, 1, 500, 0, 0));
    assert_total(&w, (MwFunnelAsk){ .region = "Chile" }, TOTAL(0, 0, 1, 4000, 1, 100));
    assert_total(&w, (MwFunnelAsk){ .region = "China" }, TOTAL(0, 0, 0, 0, 0, 0));
    assert_total(&w, (MwFunnelAsk){ .from = "2026-03-01", .to = "2026-03-31" },
                 TOTAL(4, 4100, 1, 500, 1, 100));
    assert_total(&w, (MwFunnelAsk){ .from = "2026-04-05" }, TOTAL(4, 4100, 1, 4000, 0, 0));
    assert_total(&w, (MwFunnelAsk){ .to = "2026-03-10" }, TOTAL(4, 4100, 0, 0, 1, 100));
    assert_total(&w, (MwFunnelAsk){ .owner = w.wim, .product = w.valve, .region = "North" },
                 TOTAL(1, 300, 1, 500, 0, 0));
}

static const MwFunnelGroup *
group_of(const MwFunnel *funnel, const char *label)
{
    for (guint i = 0; i < funnel->groups->len; i++)
        if (g_str_equal(g_array_index(funnel->groups, MwFunnelGroup, i).label, label))
            return &g_array_index(funnel->groups, MwFunnelGroup, i);
    g_error("no group %s", label);
}

/* By region and month: how many were won of those that were decided, and what the open ones are worth. */
static void
test_groups(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_deals(f);
    g_auto(MwFunnel) regions = { 0 }, months = { 0 }, owners = { 0 };

    reopen(&w);
    g_assert_true(mw_funnel(&f->context, &(MwFunnelAsk){ .by = MW_FUNNEL_REGION }, &regions, NULL));
    g_assert_cmpuint(regions.groups->len, ==, 2);
    assert_number(group_of(&regions, "Chile")->rate.rate, 0.5);
    assert_number(group_of(&regions, "North")->rate.rate, 1.0);
    g_assert_cmpint(group_of(&regions, "North")->weighted, ==, 78500); /* 50 + 400 + 320 + 15 */
    g_assert_true(mw_funnel(&f->context, &(MwFunnelAsk){ .by = MW_FUNNEL_MONTH }, &months, NULL));
    g_assert_cmpuint(months.groups->len, ==, 3); /* the open ones have no day yet */
    g_assert_cmpint(group_of(&months, "2026-03")->won, ==, 1);
    g_assert_cmpint(group_of(&months, "2026-03")->lost, ==, 1);
    g_assert_cmpint(group_of(&months, "2026-04")->won_value, ==, 400000);
    g_assert_cmpint(group_of(&months, "")->open, ==, 4);
    g_assert_true(mw_funnel(&f->context, &(MwFunnelAsk){ .by = MW_FUNNEL_OWNER }, &owners, NULL));
    assert_number(group_of(&owners, "ann")->rate.rate, 0.0);
    assert_number(group_of(&owners, "wim")->rate.rate, 1.0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/stages/ways", test_ways);
    mw_test_add("/stages/funnel", test_funnel);
    mw_test_add("/stages/few", test_few);
    mw_test_add("/stages/learned", test_learned);
    mw_test_add("/stages/filters", test_filters);
    mw_test_add("/stages/groups", test_groups);
    return g_test_run();
}
