/* histories: orders of customers, from a log or from a summary, as clv.h wants them. */
#include <math.h>

#include "base/i18n.h"
#include "cli/customers.h"
#include "cli/names.h"

typedef struct {
    uint32_t customer;
    int32_t day;
    double amount;
} Order;

typedef struct {
    const MwHistoryOptions *options;
    MwHistories *to;
    MwNames *customers;
    GArray *orders;                /* of Order */
    size_t customer, date, amount; /* columns */
    size_t x, tx, T, m;
} Reading;

static void
add_history(MwHistories *to, MwPurchases purchases, double mean, double later)
{
    g_array_append_val(to->purchases, purchases);
    g_array_append_val(to->mean, mean);
    g_array_append_val(to->later, later);
}

/* ---- A summary: a row a customer ---- */

static bool
take_summary(MwTableReader *reader, const MwTableRow *row, void *data, GError **error)
{
    Reading *r = data;
    g_autofree char *key = mw_cells_text(row, r->customer);
    MwPurchases p;
    double mean = NAN;
    if (!mw_cells_number(reader, row, r->x, &p.x, error) ||
        !mw_cells_number(reader, row, r->tx, &p.tx, error) ||
        !mw_cells_number(reader, row, r->T, &p.T, error) ||
        (r->to->has_amounts && !mw_cells_number(reader, row, r->m, &mean, error)))
        return false;
    if (*key == '\0') {
        r->to->rows_left_out++;
        return true;
    }
    uint32_t known = r->customers->texts->len;
    uint32_t number = mw_names_number(r->customers, g_steal_pointer(&key));
    if (number < known)
        return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: “%s” is there twice."),
                       (unsigned long)row->line, mw_names_text(r->customers, number));
    if (mw_purchases_check(&p) != MW_OK)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("Line %lu: x must be a whole number, 0 ≤ tx ≤ T, and tx above 0 just "
                         "when x is."),
                       (unsigned long)row->line);
    g_ptr_array_add(r->to->keys, g_strdup(mw_names_text(r->customers, number)));
    add_history(r->to, p, mean, 0.0);
    return true;
}

/* ---- A log: a row an order ---- */

static bool
take_order(MwTableReader *reader, const MwTableRow *row, void *data, GError **error)
{
    Reading *r = data;
    g_autofree char *key = mw_cells_text(row, r->customer);
    int64_t day;
    Order order = { .amount = NAN };
    if (*key == '\0') {
        r->to->rows_left_out++;
        return true;
    }
    if (!mw_cells_day(reader, row, r->date, &day, error) ||
        (r->to->has_amounts && !mw_cells_number(reader, row, r->amount, &order.amount, error)))
        return false;
    if (day == MW_CELLS_NO_DAY)
        return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: an order needs a date."),
                       (unsigned long)row->line);
    if (order.amount < 0.0) {
        r->to->credits++;
        r->to->credit_total += order.amount;
        return true;
    }
    order.customer = mw_names_number(r->customers, g_steal_pointer(&key));
    order.day = (int32_t)day;
    g_array_append_val(r->orders, order);
    return true;
}

static int
by_customer_and_day(const void *left, const void *right)
{
    const Order *a = left, *b = right;
    if (a->customer != b->customer)
        return a->customer < b->customer ? -1 : 1;
    return (a->day > b->day) - (a->day < b->day);
}

/* One customer's orders, by day: the days after the first count, up to `until`. */
static bool
sum_up_customer(Reading *r, const Order *orders, size_t n, int32_t until)
{
    MwPurchases p = { 0.0, 0.0, (until - orders[0].day) / r->options->days };
    double spent = 0.0, later = 0.0;
    if (orders[0].day > until)
        return false;
    for (size_t i = 0, next; i < n; i = next) {
        double amount = 0.0;
        for (next = i; next < n && orders[next].day == orders[i].day; next++)
            amount += orders[next].amount;
        r->to->same_day += next - i - 1;
        if (orders[i].day > until) {
            later += 1.0;
        } else if (i > 0) {
            p.x += 1.0;
            p.tx = (orders[i].day - orders[0].day) / r->options->days;
            spent += amount;
        }
    }
    add_history(r->to, p, r->to->has_amounts && p.x > 0.0 ? spent / p.x : NAN, later);
    return true;
}

/* Customers in the order in which they first came; those of later are left out. */
static void
sum_up_log(Reading *r)
{
    const Order *orders = (const Order *)(void *)r->orders->data;
    size_t n = r->orders->len;
    int32_t last = n > 0 ? orders[0].day : 0;
    for (size_t i = 0; i < n; i++)
        last = MAX(last, orders[i].day);
    int32_t until = (int32_t)MIN(r->options->until, (int64_t)last);
    r->to->later_time = (last - until) / r->options->days;

    g_array_sort(r->orders, by_customer_and_day);
    for (size_t i = 0, next; i < n; i = next) {
        uint32_t customer = orders[i].customer;
        for (next = i; next < n && orders[next].customer == customer; next++)
            ;
        if (sum_up_customer(r, orders + i, next - i, until))
            g_ptr_array_add(r->to->keys, g_strdup(mw_names_text(r->customers, customer)));
        else
            r->to->newcomers++;
    }
}

static bool
find_columns(Reading *r, MwTableReader *reader, bool summary, GError **error)
{
    const MwHistoryOptions *o = r->options;
    if (!mw_cells_column(reader, o->customer, 0, &r->customer, error))
        return false;
    if (summary) {
        r->to->has_amounts = o->m || mw_table_columns(reader) > 4;
        return mw_cells_column(reader, o->x, 1, &r->x, error) &&
               mw_cells_column(reader, o->tx, 2, &r->tx, error) &&
               mw_cells_column(reader, o->T, 3, &r->T, error) &&
               (!r->to->has_amounts || mw_cells_column(reader, o->m, 4, &r->m, error));
    }
    r->to->has_amounts = o->amount || mw_table_columns(reader) > 2;
    return mw_cells_column(reader, o->date, 1, &r->date, error) &&
           (!r->to->has_amounts || mw_cells_column(reader, o->amount, 2, &r->amount, error));
}

bool
mw_histories_read(MwHistories *histories, MwTableReader *reader, const MwHistoryOptions *options,
                  GError **error)
{
    bool summary = options->x || options->tx || options->T || options->m;
    g_auto(MwNames) customers = mw_names_new();
    g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(Order));
    Reading r = { .options = options, .to = histories, .customers = &customers, .orders = orders };

    histories->keys = g_ptr_array_new_with_free_func(g_free);
    histories->purchases = g_array_new(FALSE, FALSE, sizeof(MwPurchases));
    histories->mean = g_array_new(FALSE, FALSE, sizeof(double));
    histories->later = g_array_new(FALSE, FALSE, sizeof(double));
    if (!find_columns(&r, reader, summary, error) ||
        !mw_cells_each_row(reader, MW_CUSTOMER_ROWS, summary ? take_summary : take_order, &r,
                           error))
        return false;
    if (!summary)
        sum_up_log(&r);
    if (histories->keys->len == 0)
        return mw_fail(error, MW_ERROR_INVALID, _("The file has no customers."));
    return true;
}

void
mw_histories_clear(MwHistories *histories)
{
    g_clear_pointer(&histories->keys, g_ptr_array_unref);
    g_clear_pointer(&histories->purchases, g_array_unref);
    g_clear_pointer(&histories->mean, g_array_unref);
    g_clear_pointer(&histories->later, g_array_unref);
}
