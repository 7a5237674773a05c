/* sales_order: what an account ordered, with its lines; returns are lines of negative quantity. */
#include "base/money.h"
#include "entities/common.h"

/* clang-format off */
static const MwChoice statuses[] = {
    { "draft", N_("Draft"), "secondary" },
    { "confirmed", N_("Confirmed"), "azure" },
    { "delivered", N_("Delivered"), "blue" },
    { "closed", N_("Closed"), "green" },
    { "cancelled", N_("Cancelled"), "red" },
    { NULL },
};

static const MwField fields[] = {
    { .name = "external_number", .label = N_("External number"), .kind = &mw_text, .max = 60,
      .flags = MW_UNIQUE | MW_SEARCHED, .help = N_("Its number in the ERP or ledger.") },
    { .name = "account", .label = N_("Account"), .kind = &mw_link, .target = "account",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_INDEXED },
    { .name = "opportunity", .label = N_("Opportunity"), .kind = &mw_link,
      .target = "opportunity", .flags = MW_INDEXED },
    { .name = "customer_reference", .label = N_("Customer's reference"), .kind = &mw_text,
      .max = 100, .flags = MW_SEARCHED },
    { .name = "ordered_at", .label = N_("Ordered at"), .kind = &mw_instant,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "@now" },
    { .name = "status", .label = N_("Status"), .kind = &mw_choice, .choices = statuses,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "confirmed" },
    { .name = "due_on", .label = N_("Due on"), .kind = &mw_date, .flags = MW_INDEXED,
      .help = N_("When it is to be paid.") },
    { .name = "country", .label = N_("Country"), .kind = &mw_text, .max = 60,
      .flags = MW_INDEXED },
    { .name = "currency", .label = N_("Currency"), .kind = &mw_currency, .flags = MW_REQUIRED,
      .initial = "@base_currency" },
    { .name = "total", .label = N_("Total"), .kind = &mw_money, .flags = MW_READ_ONLY,
      .currency = "currency", .in_base = "total_base" },
    { .name = "total_base", .label = N_("Total in base currency"), .kind = &mw_money,
      .flags = MW_READ_ONLY | MW_INDEXED },
    { .name = "margin", .label = N_("Margin"), .kind = &mw_money, .flags = MW_READ_ONLY,
      .currency = "currency", .in_base = "margin_base",
      .help = N_("Total less cost, known when every line has a cost.") },
    { .name = "margin_base", .label = N_("Margin in base currency"), .kind = &mw_money,
      .flags = MW_READ_ONLY },
    { .name = "paid", .label = N_("Paid"), .kind = &mw_money, .flags = MW_READ_ONLY,
      .currency = "currency", .help = N_("Sum of the payments to this order.") },
    { .name = "note", .label = N_("Note"), .kind = &mw_memo, .flags = MW_SEARCHED },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Order"),
      MW_NAMES("number", "external_number", "account", "contact", "opportunity",
               "customer_reference", "ordered_at", "status", "country", "owner", "team") },
    { N_("Value"),
      MW_NAMES("currency", "total", "margin", "due_on", "paid", "total_base", "margin_base") },
    { N_("Note"), MW_NAMES("note") },
    { NULL },
};

static const MwCurrency *
currency_of(const MwRecord *record)
{
    const char *code = mw_record_text(record, "currency");

    return code ? mw_currency_find(code) : NULL;
}

/* False when the amount does not fit. */
static bool
put_amount(MwRecord *line, const MwCurrency *currency)
{
    int64_t amount;
    bool fits = mw_line_value(mw_record_int(line, "quantity"), mw_record_int(line, "unit_price"),
                              mw_record_int(line, "discount"), currency, &amount);

    if (fits)
        mw_record_set_int(line, "amount", amount);
    return fits;
}

static void
check_line(MwRecord *line, const MwRecord *before G_GNUC_UNUSED,
           const GPtrArray *details G_GNUC_UNUSED, MwProblems *problems)
{
    const MwCurrency *currency = currency_of(line);

    if (mw_record_is_null(line, "product") && mw_record_is_null(line, "description"))
        mw_problems_add(problems, "product", "required", _("Choose a product or describe it."));
    /* A new line has no currency before its order gives it one. */
    if (currency && !put_amount(line, currency))
        mw_problems_add(problems, "amount", "out_of_range", _("The amount is too large."));
}

/* What the lines come to and cost. False when that does not fit; `costed` is whether each has a cost. */
static bool
sum_up(const GPtrArray *lines, const MwCurrency *currency, int64_t *total, int64_t *cost,
       bool *costed)
{
    *total = *cost = 0;
    *costed = lines->len > 0;
    for (guint i = 0; i < lines->len; i++) {
        MwRecord *line = lines->pdata[i];
        int64_t costs;

        mw_record_set_text(line, "currency", currency->code);
        *costed = *costed && !mw_record_is_null(line, "cost");
        if (!put_amount(line, currency) ||
            !mw_line_value(mw_record_int(line, "quantity"), mw_record_int(line, "cost"), 0,
                           currency, &costs) ||
            !mw_decimal_add(*total, mw_record_int(line, "amount"), total) ||
            !mw_decimal_add(*cost, costs, cost))
            return false;
    }
    return true;
}

/* The lines take the currency of the order; the order sums up what they come to. */
static void
check(MwRecord *order, const MwRecord *before G_GNUC_UNUSED, const GPtrArray *lines,
      MwProblems *problems)
{
    const MwCurrency *currency = currency_of(order);
    int64_t total, cost, margin;
    bool costed;

    if (!lines || !currency)
        return;
    if (!sum_up(lines, currency, &total, &cost, &costed) ||
        __builtin_sub_overflow(total, cost, &margin)) {
        mw_problems_add(problems, "total", "out_of_range", _("The total is too large."));
        return;
    }
    mw_record_set_int(order, "total", total);
    if (costed)
        mw_record_set_int(order, "margin", margin);
    else
        mw_record_set_null(order, "margin");
}

const MwEntity mw_entity_sales_order = {
    .name = "sales_order",
    .path = "sales-orders",
    .label = N_("Sales order"),
    .plural = N_("Sales orders"),
    .help = N_("What your customers ordered; the ledger that classes and forecasts read."),
    .icon = "file-invoice",
    .title = "number",
    .nav = MW_NAV_SELL,
    .flags = MW_OWNED,
    .fields = fields,
    .list = MW_NAMES("number", "external_number", "account", "ordered_at", "status", "total",
                     "due_on", "owner"),
    .order = "-ordered_at",
    .dated = "ordered_at",
    .sections = sections,
    .grants = mw_grants_business,
    .number = "SO-{YYYY}-{000000}",
    .hooks = { .check = check },
};

/* clang-format off */
static const MwField line_fields[] = {
    { .name = "sales_order", .label = N_("Sales order"), .kind = &mw_link,
      .target = "sales_order", .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "position", .label = N_("Line number"), .kind = &mw_integer, .max = 1000000 },
    { .name = "product", .label = N_("Product"), .kind = &mw_link, .target = "product",
      .flags = MW_INDEXED },
    { .name = "description", .label = N_("Description"), .kind = &mw_text, .max = 500 },
    { .name = "quantity", .label = N_("Quantity"), .kind = &mw_quantity, .flags = MW_REQUIRED,
      .help = N_("Less than zero for a return.") },
    { .name = "unit", .label = N_("Unit"), .kind = &mw_text, .max = 20,
      .taken_from = "product.unit" },
    { .name = "unit_price", .label = N_("Unit price"), .kind = &mw_price, .flags = MW_REQUIRED,
      .currency = "currency", .taken_from = "product.list_price" },
    { .name = "discount", .label = N_("Discount"), .kind = &mw_percent, .max = 10000 },
    { .name = "amount", .label = N_("Amount"), .kind = &mw_money, .flags = MW_READ_ONLY,
      .currency = "currency" },
    { .name = "cost", .label = N_("Cost"), .kind = &mw_price, .max = INT64_MAX,
      .currency = "currency", .help = N_("What one unit costs us, in the currency of the order.") },
    { .name = "currency", .label = N_("Currency"), .kind = &mw_currency,
      .flags = MW_READ_ONLY | MW_QUIET },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_sales_order_line = {
    .name = "sales_order_line",
    .path = "sales-order-lines",
    .label = N_("Order line"),
    .plural = N_("Order lines"),
    .help = N_("Products of an order, with quantity and price."),
    .icon = "list-details",
    .title = "description",
    .fields = line_fields,
    .list = MW_NAMES("position", "product", "quantity", "unit", "unit_price", "discount", "amount",
                     "description"),
    .order = "position",
    .master = "sales_order",
    .hooks = { .check = check_line },
};
