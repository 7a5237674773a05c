/*
 * opportunity: a deal that may be won, with its lines, competitors and moves between stages; its people are in people.c.
 *
 * What follows from its stage (outcome, probability, moves, gates) is in methods/opportunity.c, because it takes the
 * sales process.
 */
#include "base/money.h"
#include "entities/common.h"

static const MwChoice reasons[] = {
    { "price", N_("Price") },
    { "product", N_("Product and technology") },
    { "delivery", N_("Delivery") },
    { "service", N_("Service") },
    { "relationship", N_("Relationship") },
    { "terms", N_("Terms of payment") },
    { "budget", N_("No budget"), .unless = "won" },
    { "no_decision", N_("No decision"), .unless = "won" },
    { "cancelled", N_("Project cancelled"), .unless = "won" },
    { "other", N_("Other") },
    { NULL },
};

const MwChoice mw_sources[] = {
    { "website", N_("Website") },
    { "fair", N_("Trade fair") },
    { "referral", N_("Referral") },
    { "call", N_("Call") },
    { "advertising", N_("Advertising") },
    { "partner", N_("Partner") },
    { "tender", N_("Tender") },
    { "customer", N_("Existing customer") },
    { "other", N_("Other") },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "name", .label = N_("Name"), .kind = &mw_text,
      .flags = MW_SEARCHED | MW_NAMED | MW_INDEXED,
      .help = N_("Empty: made of account and product.") },
    { .name = "external_number", .label = N_("External number"), .kind = &mw_text, .max = 60,
      .flags = MW_UNIQUE | MW_SEARCHED, .help = N_("Its number in another system.") },
    { .name = "account", .label = N_("Account"), .kind = &mw_link, .target = "account",
      .flags = MW_INDEXED },
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_INDEXED },
    { .name = "product", .label = N_("Main product"), .kind = &mw_link, .target = "product",
      .flags = MW_INDEXED },
    { .name = "source", .label = N_("Source"), .kind = &mw_choice, .choices = mw_sources,
      .flags = MW_INDEXED },
    { .name = "process", .label = N_("Sales process"), .kind = &mw_link,
      .target = "sales_process", .flags = MW_INDEXED },
    { .name = "stage", .label = N_("Stage"), .kind = &mw_link, .target = "stage",
      .flags = MW_INDEXED },
    { .name = "move_reason", .label = N_("Reason of the move"), .kind = &mw_text, .max = 500,
      .flags = MW_QUIET | MW_PASSING,
      .help = N_("With it a manager moves an opportunity on without evidence, or anybody reopens "
                 "it. It is kept with the move.") },
    { .name = "stage_since", .label = N_("In this stage since"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_INDEXED },
    { .name = "outcome", .label = N_("Outcome"), .kind = &mw_choice, .choices = mw_outcomes,
      .flags = MW_READ_ONLY | MW_INDEXED, .initial = "open" },
    { .name = "forecast_category", .label = N_("Forecast category"), .kind = &mw_choice,
      .choices = mw_forecast_categories, .flags = MW_READ_ONLY | MW_INDEXED },

    { .name = "currency", .label = N_("Currency"), .kind = &mw_currency, .flags = MW_REQUIRED,
      .initial = "@base_currency" },
    { .name = "amount", .label = N_("Amount"), .kind = &mw_money, .max = INT64_MAX,
      .currency = "currency", .in_base = "amount_base",
      .help = N_("With product lines, what they come to.") },
    { .name = "amount_base", .label = N_("Amount in base currency"), .kind = &mw_money,
      .flags = MW_READ_ONLY | MW_INDEXED },
    { .name = "probability", .label = N_("Probability"), .kind = &mw_percent, .max = 10000,
      .told_by = "stage", .help = N_("Empty: that of the stage.") },
    { .name = "probability_overridden", .label = N_("Probability by decision"), .kind = &mw_bool,
      .flags = MW_REQUIRED, .initial = "false", .told_by = "stage",
      .help = N_("It stays when the stage changes.") },
    { .name = "weighted", .label = N_("Weighted amount"), .kind = &mw_money,
      .flags = MW_READ_ONLY, .currency = "currency", .in_base = "weighted_base",
      .help = N_("Amount times probability.") },
    { .name = "weighted_base", .label = N_("Weighted amount in base currency"),
      .kind = &mw_money, .flags = MW_READ_ONLY },

    { .name = "engaged_on", .label = N_("Engaged on"), .kind = &mw_date, .flags = MW_INDEXED,
      .told_by = "stage", .help = N_("When work with the customer began.") },
    { .name = "close_on", .label = N_("Expected to close on"), .kind = &mw_date,
      .flags = MW_INDEXED },
    { .name = "closed_on", .label = N_("Closed on"), .kind = &mw_date, .flags = MW_INDEXED,
      .told_by = "stage" },
    { .name = "days_to_close", .label = N_("Days to close"), .kind = &mw_integer,
      .min = INT64_MIN, .max = INT64_MAX, .flags = MW_READ_ONLY },
    { .name = "reason", .label = N_("Reason won or lost"), .kind = &mw_choice,
      .choices = reasons, .choices_by = "outcome", .flags = MW_INDEXED },
    { .name = "competitor", .label = N_("Decisive competitor"), .kind = &mw_link,
      .target = "competitor", .flags = MW_INDEXED,
      .help = N_("To whom it was lost, or against whom it was won.") },
    { .name = "close_note", .label = N_("Note on the outcome"), .kind = &mw_memo,
      .flags = MW_SEARCHED },
    { .name = "next_step", .label = N_("Note on the next step"), .kind = &mw_text,
      .help = N_("Shown as the next step as long as no activity is planned.") },
    { .name = "next_activity_on", .label = N_("Next activity on"), .kind = &mw_date,
      .flags = MW_READ_ONLY | MW_INDEXED | MW_QUIET,
      .help = N_("The first day of what is planned and not done.") },
    { .name = "description", .label = N_("Description"), .kind = &mw_memo, .flags = MW_SEARCHED },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Opportunity"),
      MW_NAMES("number", "name", "external_number", "account", "contact", "product", "source",
               "next_step", "next_activity_on", "owner", "team") },
    { N_("Stage"), MW_NAMES("process", "stage", "stage_since", "move_reason", "outcome",
                            "forecast_category", "engaged_on", "close_on") },
    { N_("Value"), MW_NAMES("currency", "amount", "probability", "probability_overridden",
                            "weighted", "amount_base", "weighted_base") },
    { N_("Outcome"), MW_NAMES("closed_on", "days_to_close", "reason", "competitor", "close_note") },
    { N_("Description"), MW_NAMES("description") },
    { NULL },
};

static const MwBoardEnd ends[] = {
    { "won", N_("Win"),
      MW_NAMES("reason", N_("Why it was won"), "competitor", N_("Won against"), "closed_on",
               N_("Won on")) },
    { "lost", N_("Lose"),
      MW_NAMES("reason", N_("Why it was lost"), "competitor", N_("Lost to"), "closed_on",
               N_("Lost on")) },
    { NULL },
};

static const MwBoard board = {
    .columns = "stage",
    .boards = "process",
    .state = "kind",
    .closed = MW_NAMES("won", "lost"),
    .expected = "expected_days",
    .since = "stage_since",
    .next = "next_activity_on",
    .amount = "amount_base",
    .weighted = "weighted_base",
    .card = MW_NAMES("account", "amount", "close_on"),
    .order = "-stage_since",
    .orders = MW_NAMES("next_activity_on", "close_on", "-amount_base"),
    .asks = MW_NAMES("reason", "competitor", "closed_on", "close_note"),
    .ends = ends,
    .outcome = "outcome",
};

/* The lines take the currency of the opportunity; what they come to is its amount. */
static void
check(MwRecord *opportunity, const MwRecord *before G_GNUC_UNUSED, const GPtrArray *lines,
      MwProblems *problems)
{
    const char *code = mw_record_text(opportunity, "currency");
    const MwCurrency *currency = code ? mw_currency_find(code) : NULL;
    int64_t total = 0;

    mw_check_in_order(opportunity, "engaged_on", "closed_on", problems);
    for (guint i = 0; lines && currency && i < lines->len; i++) {
        MwRecord *line = lines->pdata[i];
        int64_t amount = 0;

        mw_record_set_text(line, "currency", currency->code);
        if (!mw_line_value(mw_record_int(line, "quantity"), mw_record_int(line, "unit_price"), 0,
                           currency, &amount) ||
            !mw_decimal_add(total, amount, &total)) {
            mw_problems_add(problems, "amount", "out_of_range", _("The amount is too large."));
            return;
        }
        mw_record_set_int(line, "amount", amount);
    }
    if (lines && lines->len > 0 && currency)
        mw_record_set_int(opportunity, "amount", total);
}

const MwEntity mw_entity_opportunity = {
    .name = "opportunity",
    .path = "opportunities",
    .label = N_("Opportunity"),
    .plural = N_("Opportunities"),
    .help = N_("Deals that may be won, from the first hint to the signature."),
    .icon = "target-arrow",
    .title = "name",
    .nav = MW_NAV_SELL,
    .flags = MW_OWNED,
    .fields = fields,
    .list = MW_NAMES("name", "account", "stage", "outcome", "amount", "probability", "weighted",
                     "close_on", "owner"),
    .sections = sections,
    .grants = mw_grants_business,
    .number = "OPP-{YYYY}-{000000}",
    /* Open deals without a next step, and the largest of them: else those that are closed long since are read too. */
    .indexes = (const char *const *const[]){ MW_NAMES("outcome", "next_activity_on", "close_on"),
                                             MW_NAMES("outcome", "amount_base"), NULL },
    .board = &board,
    .hooks = { .check = check },
};

/* clang-format off */
static const MwField line_fields[] = {
    { .name = "opportunity", .label = N_("Opportunity"), .kind = &mw_link,
      .target = "opportunity", .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "position", .label = N_("Line number"), .kind = &mw_integer, .max = 1000000 },
    { .name = "product", .label = N_("Product"), .kind = &mw_link, .target = "product",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "quantity", .label = N_("Quantity"), .kind = &mw_quantity, .max = INT64_MAX,
      .flags = MW_REQUIRED },
    { .name = "unit_price", .label = N_("Unit price"), .kind = &mw_price, .max = INT64_MAX,
      .flags = MW_REQUIRED, .currency = "currency", .taken_from = "product.list_price" },
    { .name = "amount", .label = N_("Amount"), .kind = &mw_money, .flags = MW_READ_ONLY,
      .currency = "currency" },
    { .name = "currency", .label = N_("Currency"), .kind = &mw_currency,
      .flags = MW_READ_ONLY | MW_QUIET },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_opportunity_line = {
    .name = "opportunity_line",
    .path = "opportunity-lines",
    .label = N_("Line item"),
    .plural = N_("Line items"),
    .help = N_("Products that an opportunity is about, with quantity and price."),
    .icon = "list-details",
    .title = "product",
    .fields = line_fields,
    .list = MW_NAMES("position", "product", "quantity", "unit_price", "amount"),
    .order = "position",
    .master = "opportunity",
};

static const MwChoice standings[] = {
    { "ahead", N_("Ahead of us"), "red" },
    { "level", N_("Level with us"), "orange" },
    { "behind", N_("Behind us"), "green" },
    { "out", N_("Out"), "secondary" },
    { NULL },
};

/* clang-format off */
static const MwField competitor_fields[] = {
    { .name = "opportunity", .label = N_("Opportunity"), .kind = &mw_link,
      .target = "opportunity", .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "competitor", .label = N_("Competitor"), .kind = &mw_link, .target = "competitor",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "standing", .label = N_("Position"), .kind = &mw_choice, .choices = standings },
    { .name = "note", .label = N_("Note"), .kind = &mw_text, .max = 500 },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_opportunity_competitor = {
    .name = "opportunity_competitor",
    .path = "opportunity-competitors",
    .label = N_("Competitor in the deal"),
    .plural = N_("Competitors in the deal"),
    .help = N_("Who else is after this deal, and how they stand."),
    .icon = "swords",
    .title = "competitor",
    .fields = competitor_fields,
    .list = MW_NAMES("competitor", "standing", "note"),
    .unique = (const char *const *const[]){ MW_NAMES("opportunity", "competitor"), NULL },
    .master = "opportunity",
};

/* clang-format off */
static const MwField move_fields[] = {
    { .name = "opportunity", .label = N_("Opportunity"), .kind = &mw_link,
      .target = "opportunity", .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "from_stage", .label = N_("From stage"), .kind = &mw_link, .target = "stage" },
    { .name = "to_stage", .label = N_("To stage"), .kind = &mw_link, .target = "stage",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "moved_at", .label = N_("Moved at"), .kind = &mw_instant, .flags = MW_REQUIRED },
    { .name = "days", .label = N_("Days in the stage before"), .kind = &mw_integer },
    { .name = "skipped", .label = N_("Skipped stages"), .kind = &mw_text, .max = 1000 },
    { .name = "reason", .label = N_("Reason"), .kind = &mw_text, .max = 500 },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_stage_move = {
    .name = "stage_move",
    .path = "stage-moves",
    .label = N_("Move between stages"),
    .plural = N_("Moves between stages"),
    .help = N_("Every move of an opportunity, with how long it stayed in the stage before."),
    .icon = "arrows-right",
    .title = "to_stage",
    .flags = MW_INTERNAL | MW_NO_HISTORY,
    .fields = move_fields,
    .list =
        MW_NAMES("moved_at", "from_stage", "to_stage", "days", "skipped", "reason", "created_by"),
    .order = "moved_at",
    .master = "opportunity",
};
