/* demo_deals: opportunities over three years and what is open today, each from its first call on. */
#include "cli/demo_deals.h"

#include <math.h>

#include "base/clock.h"

enum { TRIES_MAX = 40 };

typedef struct {
    int64_t instant;
    guint deal;
    int step;
} Event;

/* ---- plans ---------------------------------------------------------------------- */

static unsigned
pick_process(MwDice *dice)
{
    double u = mw_demo_roll(dice);

    return u < 0.5 ? 0 : u < 0.62 ? 1 : u < 0.82 ? 2 : 3;
}

/* Of a hundred deals 40 are open today; of the others, most simple ones are won. */
static char
pick_outcome(unsigned process, MwDice *dice)
{
    static const double won[MW_DEMO_PROCESSES] = { 0.5, 0.55, 0.72, 0.78 };

    if (mw_demo_roll(dice) < (process == 0 ? 0.48 : 0.33))
        return 'o';
    return mw_demo_roll(dice) < won[process] ? 'w' : 'l';
}

/* Somebody who was a customer by then, the large ones more often; any, if there is none. */
static void
pick_account(const MwDemo *demo, MwDemoDeal *deal, int64_t start)
{
    size_t n = MIN(demo->n_accounts, (size_t)MW_DEMO_BUSY_MAX);
    int64_t first = demo->today - 365 * MW_DEMO_YEARS;

    for (int tries = 0; tries < TRIES_MAX; tries++) {
        deal->account_number = mw_demo_pick(&deal->dice, n);
        deal->account = &g_array_index(demo->accounts, MwDemoAccount, deal->account_number);
        size_t i = deal->account_number;
        double weight = demo->weights[i] - (i > 0 ? demo->weights[i - 1] : 0.0);
        bool large = weight * (double)demo->n_accounts > 3.0;
        if (deal->account->from <= MAX(start, first + 11) &&
            (large || mw_demo_roll(&deal->dice) < 0.35))
            return;
    }
}

static int64_t
workday(int64_t day)
{
    int weekday = mw_date_weekday(day);

    return weekday > 5 ? day + 8 - weekday : day;
}

/* How long it stays in each stage; the days count from 0 at the first call. Returns the day on which it leaves the last. */
static int64_t
plan_days(const MwDemoSales *sales, MwDemoDeal *deal)
{
    const GArray *stages = sales->stages[deal->process];
    int64_t day = 0;

    for (int i = 0; i <= deal->reach; i++) {
        double u = mw_demo_roll(&deal->dice);
        double expected = (double)MAX(mw_stage_at(stages, i)->expected_days, 2);
        bool current = i == deal->reach && deal->outcome == 'o';
        deal->days[i] = day;
        day += 1 + (int64_t)(expected * (current ? 0.05 + 1.5 * u * u : 0.35 + 1.2 * u));
    }
    return day;
}

static void
shift_days(MwDemoDeal *deal, int64_t start, int64_t today)
{
    for (int i = 0; i <= deal->reach; i++) {
        int64_t day = workday(start + deal->days[i]);
        if (i > 0)
            day = MAX(day, deal->days[i - 1] + 1);
        deal->days[i] = MIN(day, today - deal->reach + i);
    }
}

static void
plan_deal(const MwDemoSales *sales, MwDemoDeal *deal, size_t number)
{
    const MwDemo *demo = sales->demo;

    *deal = (MwDemoDeal){ .number = number, .dice = mw_demo_dice(demo, MW_DICE_DEAL, number) };
    deal->process = pick_process(&deal->dice);
    deal->outcome = pick_outcome(deal->process, &deal->dice);
    int n_open = sales->n_open[deal->process];
    double u = mw_demo_roll(&deal->dice);
    deal->reach = deal->outcome == 'w' ? n_open - 1 : (int)(u * n_open);
    int64_t length = plan_days(sales, deal);
    double ago = pow(mw_demo_roll(&deal->dice), 1.2) * (365.0 * MW_DEMO_YEARS - 240.0);
    int64_t end = deal->outcome == 'o' ? demo->today : demo->today - 1 - (int64_t)ago;
    pick_account(demo, deal, end - length);
    shift_days(deal, end - length, demo->today - 1);
    deal->closed = workday(MAX(end, deal->days[deal->reach] + 1));
    if (deal->closed >= demo->today)
        deal->closed = demo->today - 1;
    for (int i = deal->reach; i < n_open; i++)
        length = i == deal->reach
                     ? 20
                     : length + mw_stage_at(sales->stages[deal->process], i)->expected_days;
    /* Open ones: some should have been closed by now. */
    deal->close_on = deal->outcome != 'o'               ? deal->closed
                     : mw_demo_roll(&deal->dice) < 0.08 ? demo->today - 1 - (int64_t)(u * 12)
                                                        : workday(demo->today + length);
    deal->no_decider = deal->process == 0 && mw_demo_roll(&deal->dice) < 0.06;
    deal->from_lead = deal->process == 0 && mw_demo_roll(&deal->dice) < 0.2;
    deal->reopened = deal->outcome == 'l' && deal->closed < demo->today - 40 &&
                     deal->closed > demo->today - 200 && mw_demo_roll(&deal->dice) < 0.25;
}

/* ---- carrying out -------------------------------------------------------------------- */

static void
add_event(GArray *events, const MwDemo *demo, const MwDemoDeal *deal, int64_t day, double hour,
          int step)
{
    Event event = { mw_demo_at(demo, day, hour), (guint)deal->number, step };

    g_array_append_val(events, event);
}

static void
add_events(GArray *events, const MwDemo *demo, MwDemoDeal *deal)
{
    double hour = 8.5 + 7.0 * mw_demo_roll(&deal->dice);

    for (int i = 0; i <= deal->reach; i++) {
        bool skip = i > 0 && i < deal->reach && mw_demo_roll(&deal->dice) < 0.08;
        if (!skip)
            add_event(events, demo, deal, deal->days[i], hour, i);
    }
    if (deal->outcome != 'o')
        add_event(events, demo, deal, deal->closed, hour + 1, MW_DEMO_CLOSE);
    if (deal->reopened)
        add_event(events, demo, deal, workday(deal->closed + 30), hour, MW_DEMO_REOPEN);
    if (deal->outcome == 'o' || deal->reopened)
        add_event(events, demo, deal, demo->today, 0, MW_DEMO_NOW);
}

static int
by_instant(gconstpointer a, gconstpointer b)
{
    const Event *x = a, *y = b;

    if (x->instant != y->instant)
        return x->instant < y->instant ? -1 : 1;
    return x->deal != y->deal ? (x->deal < y->deal ? -1 : 1) : x->step - y->step;
}

static bool
load_stages(MwDemoSales *sales, GError **error)
{
    for (size_t i = 0; i < MW_DEMO_PROCESSES; i++) {
        sales->stages[i] =
            mw_stages_load(sales->demo->context->store, sales->demo->processes[i], error);
        if (!sales->stages[i])
            return false;
        while (sales->n_open[i] < (int)sales->stages[i]->len &&
               mw_stage_at(sales->stages[i], sales->n_open[i])->kind == 'o')
            sales->n_open[i]++;
    }
    return true;
}

static bool
carry_out(const MwDemoSales *sales, MwDemoDeal *deals, const GArray *events, GError **error)
{
    for (guint i = 0; i < events->len; i++) {
        const Event *event = &g_array_index(events, Event, i);
        if (!mw_demo_step(sales, &deals[event->deal], event->step, event->instant, error)) {
            g_prefix_error(error, "deal %u, step %d: ", event->deal, event->step);
            return false;
        }
    }
    return mw_store_commit(sales->demo->context->store, error) &&
           mw_store_begin(sales->demo->context->store, true, error);
}

bool
mw_demo_make_deals(MwDemo *demo, GError **error)
{
    MwDemoSales sales = { .demo = demo };
    g_autoptr(GArray) events = g_array_new(false, false, sizeof(Event));
    g_autofree MwDemoDeal *deals = g_new0(MwDemoDeal, demo->n_deals);
    bool done = load_stages(&sales, error);

    for (size_t i = 0; done && i < demo->n_deals; i++) {
        plan_deal(&sales, &deals[i], i);
        add_events(events, demo, &deals[i]);
    }
    g_array_sort(events, by_instant);
    done = done && carry_out(&sales, deals, events, error);
    for (size_t i = 0; i < MW_DEMO_PROCESSES; i++)
        g_clear_pointer(&sales.stages[i], g_array_unref);
    demo->made_deals = demo->n_deals;
    return done;
}
