/* payment: money received from an account. */
#include "entities/common.h"

static const MwChoice methods[] = {
    { "transfer", N_("Bank transfer") },
    { "bank_bill", N_("Bank acceptance bill") },
    { "commercial_bill", N_("Commercial acceptance bill") },
    { "letter_of_credit", N_("Letter of credit") },
    { "cheque", N_("Cheque") },
    { "cash", N_("Cash") },
    { "offset", N_("Offset") },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "account", .label = N_("Account"), .kind = &mw_link, .target = "account",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "sales_order", .label = N_("Sales order"), .kind = &mw_link,
      .target = "sales_order", .flags = MW_INDEXED },
    { .name = "received_on", .label = N_("Received on"), .kind = &mw_date,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "@today" },
    { .name = "due_on", .label = N_("Due on"), .kind = &mw_date,
      .help = N_("When it was to be paid; tells how late it came.") },
    { .name = "currency", .label = N_("Currency"), .kind = &mw_currency, .flags = MW_REQUIRED,
      .initial = "@base_currency" },
    { .name = "amount", .label = N_("Amount"), .kind = &mw_money, .flags = MW_REQUIRED,
      .currency = "currency", .in_base = "amount_base",
      .help = N_("Less than zero for money paid back.") },
    { .name = "amount_base", .label = N_("Amount in base currency"), .kind = &mw_money,
      .flags = MW_READ_ONLY | MW_INDEXED },
    { .name = "method", .label = N_("Method"), .kind = &mw_choice, .choices = methods,
      .flags = MW_INDEXED },
    { .name = "reference", .label = N_("Reference"), .kind = &mw_text, .max = 100,
      .flags = MW_SEARCHED, .help = N_("The number on the bank statement or bill.") },
    { .name = "note", .label = N_("Note"), .kind = &mw_memo },
    MW_FIELDS_END,
};
/* clang-format on */

static void
check(MwRecord *record, const MwRecord *before G_GNUC_UNUSED,
      const GPtrArray *details G_GNUC_UNUSED, MwProblems *problems)
{
    if (!mw_record_is_null(record, "amount") && mw_record_int(record, "amount") == 0)
        mw_problems_add(problems, "amount", "out_of_range", _("A payment is not zero."));
}

const MwEntity mw_entity_payment = {
    .name = "payment",
    .path = "payments",
    .label = N_("Payment"),
    .plural = N_("Payments"),
    .help = N_("Money received, and how late it came."),
    .icon = "cash",
    .title = "number",
    .nav = MW_NAV_SELL,
    .flags = MW_OWNED,
    .fields = fields,
    .list = MW_NAMES("number", "account", "sales_order", "received_on", "amount", "method"),
    .order = "-received_on",
    .dated = "received_on",
    .grants = mw_grants_business,
    .number = "PAY-{YYYY}-{000000}",
    .hooks = { .check = check },
};
