/* demo_orders: three years of orders, returns and payments. */
#include <math.h>

#include "base/clock.h"
#include "base/money.h"
#include "cli/demo.h"

enum { CHUNK = 5000, DAYS = 365 * MW_DEMO_YEARS + 1, LINES_MAX = 8, TRIES_MAX = 30, YEARS_MAX = 8 };

typedef struct {
    MwDemo *demo;
    double days[DAYS]; /* running sum of how much is ordered on a day */
    int first_year;
    int64_t order_numbers[YEARS_MAX], payment_numbers[YEARS_MAX]; /* by year: the last given */
    GPtrArray *orders, *lines, *payments;
} Batch;

/* Factories order on working days, little around the new year, much before its end; a bit more each year. */
static void
put_days(Batch *b)
{
    static const double months[12] = { 0.9,  0.6,  1.1, 1.05, 1.0,  1.05,
                                       0.95, 0.95, 1.1, 1.0,  1.15, 1.3 };
    double sum = 0;

    for (int i = 0; i < DAYS; i++) {
        int64_t day = b->demo->today - DAYS + 1 + i;
        int year, month, of_month;
        mw_date_to_ymd(day, &year, &month, &of_month);
        double weight = months[month - 1] * (1.0 + 0.08 * i / 365.0);
        sum += mw_date_weekday(day) > 5 ? weight * 0.08 : weight;
        b->days[i] = sum;
    }
}

/* The first at which a running sum passes `at`. */
static size_t
search(const double *sums, size_t n, double at)
{
    size_t low = 0, high = n - 1;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sums[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Who orders on a day: by size, when it buys, and how it has grown by then. */
static const MwDemoAccount *
pick_account(const MwDemo *demo, int64_t day, MwDice *dice)
{
    const MwDemoAccount *account = NULL;
    double years = (double)(day - demo->today + 365 * MW_DEMO_YEARS) / 365.0;

    for (int tries = 0; tries < TRIES_MAX; tries++) {
        double at = mw_demo_roll(dice) * demo->weights[demo->n_accounts - 1];
        account = &g_array_index(demo->accounts, MwDemoAccount,
                                 search(demo->weights, demo->n_accounts, at));
        double growth = 1.0 + account->growth / 100.0;
        double likely = pow(growth, years) / pow(MAX(growth, 1.0), MW_DEMO_YEARS);
        if (day >= account->from && day <= account->until && mw_demo_roll(dice) < likely)
            break;
    }
    return account;
}

/* ---- lines -------------------------------------------------------------------------- */

static const MwDemoProduct *
pick_product(const MwDemo *demo, const MwDemoAccount *account, MwDice *dice)
{
    const MwDemoProduct *products = (const MwDemoProduct *)(const void *)demo->products->data;
    size_t n = demo->products->len;

    if (mw_demo_roll(dice) < 0.5) { /* what it mostly buys, or a size beside it */
        size_t beside = account->product + mw_demo_pick(dice, 3);
        return &products[MIN(beside, n - 1)];
    }
    const MwDemoProduct *a = &products[mw_demo_pick(dice, n)],
                        *b = &products[mw_demo_pick(dice, n)];
    bool cheaper = mw_demo_roll(dice) < 0.8;
    return (a->list_price < b->list_price) == cheaper ? a : b;
}

static void
add_line(Batch *b, const MwRecord *order, GPtrArray *lines, const MwDemoAccount *account,
         int64_t day, bool is_return, MwDice *dice)
{
    const MwDemo *demo = b->demo;
    const MwDemoProduct *product = pick_product(demo, account, dice);
    MwRecord *line =
        mw_demo_record(b->demo, "sales_order_line", mw_record_int(order, "created_at"), 0);
    double u = mw_demo_roll(dice), years = (double)(day - demo->today) / 365.0;
    double price =
        (double)product->list_price * pow(1.03, years) * (0.88 + 0.12 * mw_demo_roll(dice));
    double cost = (double)product->cost * pow(1.025, years);
    double rate =
        account->currency ? (double)mw_demo_rate(demo, account->currency - 1u, day) / 1e8 : 1.0;
    int64_t quantity = 1 + (int64_t)(u * u * product->most);

    if (is_return)
        quantity = -MAX(1, quantity / 10);
    mw_record_set_int(line, "sales_order", mw_record_id(order));
    mw_record_set_int(line, "position", (int64_t)lines->len + 1);
    mw_record_set_int(line, "product", product->id);
    mw_record_set_int(line, "quantity", quantity * 1000);
    mw_record_set_text(line, "unit", product->unit);
    mw_record_set_int(line, "unit_price", (int64_t)(price / rate / 1e4 + 0.5) * 10000);
    mw_record_set_int(line, "cost", (int64_t)(cost / rate / 1e4 + 0.5) * 10000);
    g_ptr_array_add(lines, line);
    b->demo->made_lines++;
}

/* The order's own hook sums up its lines; only the rate is known here without looking it up. */
static bool
sum_up(const MwDemo *demo, MwRecord *order, const GPtrArray *lines, const MwDemoAccount *account,
       int64_t day)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    const MwCurrency *base = mw_currency_find(demo->words->currency);
    const MwCurrency *own = mw_currency_find(mw_record_text(order, "currency"));
    int64_t rate = account->currency ? mw_demo_rate(demo, account->currency - 1u, day) : 100000000;
    int64_t total, margin;

    order->entity->hooks.check(order, NULL, lines, problems);
    if (mw_problems_any(problems) ||
        !mw_money_convert(mw_record_int(order, "total"), own, rate, base, &total) ||
        !mw_money_convert(mw_record_int(order, "margin"), own, rate, base, &margin))
        return false;
    mw_record_set_int(order, "total_base", total);
    mw_record_set_int(order, "margin_base", margin);
    return true;
}

/* ---- orders ---------------------------------------------------------------------------- */

static void
set_number(Batch *b, MwRecord *record, const char *format, int64_t *last, int64_t day)
{
    int year, month, of_month;

    mw_date_to_ymd(day, &year, &month, &of_month);
    g_autofree char *number = g_strdup_printf(format, year, (int)++last[year - b->first_year]);
    mw_record_set_text(record, "number", number);
}

static const char *
status_of(const MwDemo *demo, int64_t day, MwDice *dice)
{
    int64_t age = demo->today - day;
    double u = mw_demo_roll(dice);

    if (age > 5 && u < 0.015)
        return "cancelled";
    if (age < 7)
        return u < 0.2 ? "draft" : "confirmed";
    return age < 25 ? "confirmed" : age < 60 ? "delivered" : "closed";
}

static void
add_payment(Batch *b, MwRecord *order, const MwDemoAccount *account, int64_t due, MwDice *dice)
{
    MwDemo *demo = b->demo;
    int64_t total = mw_record_int(order, "total"), base = mw_record_int(order, "total_base");
    int64_t received = due + account->late_days + (int64_t)(mw_demo_roll(dice) * 14) - 6;
    bool half = mw_demo_roll(dice) < 0.04;
    const char *status = mw_record_text(order, "status");

    if (received > demo->today || total <= 1 || strcmp(status, "draft") == 0 ||
        strcmp(status, "cancelled") == 0)
        return;
    MwRecord *payment = mw_demo_record(demo, "payment", mw_demo_at(demo, received, 14.0),
                                       demo->users[MW_DEMO_SERVICE]);
    mw_record_set_int(payment, "account", account->id);
    mw_record_set_int(payment, "sales_order", mw_record_id(order));
    mw_demo_set_day(payment, "received_on", received);
    mw_demo_set_day(payment, "due_on", due);
    mw_record_set_text(payment, "currency", mw_record_text(order, "currency"));
    mw_record_set_int(payment, "amount", half ? total / 2 : total);
    mw_record_set_int(payment, "amount_base", half ? base / 2 : base);
    mw_record_set_text(payment, "method", mw_demo_roll(dice) < 0.75 ? "transfer" : "bank_bill");
    mw_record_set_int(order, "paid", half ? total / 2 : total);
    set_number(b, payment, "PAY-%d-%06d", b->payment_numbers, received);
    mw_demo_own(demo, payment, account->seller);
    g_ptr_array_add(b->payments, payment);
    demo->made_payments++;
}

static bool
add_order(Batch *b, size_t i, GError **error)
{
    MwDemo *demo = b->demo;
    MwDice dice = mw_demo_dice(demo, MW_DICE_ORDER, i);
    double at = b->days[DAYS - 1] * ((double)i + 0.5) / (double)demo->n_orders;
    int64_t day = demo->today - DAYS + 1 + (int64_t)search(b->days, DAYS, at);
    const MwDemoAccount *account = pick_account(demo, day, &dice);
    int64_t instant = mw_demo_at(demo, day, 8.5 + mw_demo_roll(&dice) * 9.0);
    MwRecord *order =
        mw_demo_record(demo, "sales_order", instant, demo->users[MW_DEMO_SELLER + account->seller]);
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    bool is_return = mw_demo_roll(&dice) < 0.03;

    mw_record_set_int(order, "account", account->id);
    mw_record_set_int(order, "ordered_at", instant);
    mw_record_set_text(order, "status", status_of(demo, day, &dice));
    mw_demo_set_day(order, "due_on", day + account->terms_days);
    mw_record_set_text(order, "country", demo->words->country);
    mw_record_set_text(order, "currency",
                       account->currency ? demo->words->rate_currencies[account->currency - 1]
                                         : demo->words->currency);
    mw_demo_own(demo, order, account->seller);
    set_number(b, order, "SO-%d-%06d", b->order_numbers, day);
    g_ptr_array_add(b->orders, order);
    do
        add_line(b, order, lines, account, day, is_return, &dice);
    while (!is_return && lines->len < LINES_MAX && mw_demo_roll(&dice) < 0.72);
    for (guint k = 0; k < lines->len; k++)
        g_ptr_array_add(b->lines, lines->pdata[k]);
    if (!sum_up(demo, order, lines, account, day))
        return mw_fail(error, MW_ERROR_INTERNAL, "order %zu of the demo does not add up", i);
    add_payment(b, order, account, day + account->terms_days, &dice);
    demo->made_orders++;
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool
flush(Batch *b, GError **error)
{
    return mw_demo_flush(b->demo, b->orders, error) && mw_demo_flush(b->demo, b->lines, error) &&
           mw_demo_flush(b->demo, b->payments, error) && mw_demo_pause(b->demo, error);
}

/* The service goes on counting where the demo ended. */
static bool
put_counters(const Batch *b, const char *entity, const int64_t *last, GError **error)
{
    for (int i = 0; i < YEARS_MAX; i++) {
        g_autofree char *key = g_strdup_printf("%s:%04d", entity, b->first_year + i);
        MwValue params[] = { MW_BORROW(key), MW_INT(last[i]) };
        if (last[i] > 0 && !mw_store_run(b->demo->context->store,
                                         "INSERT INTO counter (key, value) VALUES ($1, $2)", params,
                                         2, NULL, NULL, error))
            return false;
    }
    return true;
}

bool
mw_demo_make_orders(MwDemo *demo, GError **error)
{
    GDestroyNotify free_record = (GDestroyNotify)mw_record_free;
    g_autoptr(GPtrArray) orders = g_ptr_array_new_with_free_func(free_record);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_record);
    g_autoptr(GPtrArray) payments = g_ptr_array_new_with_free_func(free_record);
    g_autofree Batch *b = g_new0(Batch, 1);
    int month, day;

    *b = (Batch){ .demo = demo, .orders = orders, .lines = lines, .payments = payments };
    mw_date_to_ymd(demo->today - DAYS, &b->first_year, &month, &day);
    put_days(b);
    for (size_t i = 0; i < demo->n_orders; i++)
        if (!add_order(b, i, error) || (orders->len == CHUNK && !flush(b, error)))
            return false;
    return flush(b, error) && put_counters(b, "sales_order", b->order_numbers, error) &&
           put_counters(b, "payment", b->payment_numbers, error);
}
