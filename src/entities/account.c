/* account: a company we sell to, or would like to. */
#include "base/name.h"
#include "entities/common.h"

static const MwChoice types[] = {
    { "oem", N_("OEM"), "blue" },
    { "end_user", N_("End user"), "green" },
    { "distributor", N_("Distributor"), "purple" },
    { "dealer", N_("Dealer"), "pink" },
    { "retailer", N_("Retailer"), "orange" },
    { NULL },
};

static const MwChoice statuses[] = {
    { "prospect", N_("Prospect"), "azure" },
    { "customer", N_("Customer"), "green" },
    { "former", N_("Former customer"), "secondary" },
    { NULL },
};

static const MwChoice industries[] = {
    { "machinery", N_("General machinery") },
    { "machine_tools", N_("Machine tools") },
    { "automotive", N_("Automotive") },
    { "rail", N_("Rail") },
    { "shipbuilding", N_("Shipbuilding") },
    { "aerospace", N_("Aerospace") },
    { "electronics", N_("Electronics") },
    { "electrical", N_("Electrical equipment") },
    { "metals", N_("Metals") },
    { "mining", N_("Mining") },
    { "chemicals", N_("Chemicals") },
    { "oil_gas", N_("Oil and gas") },
    { "power", N_("Power generation") },
    { "water", N_("Water and waste water") },
    { "construction", N_("Construction") },
    { "building_materials", N_("Building materials") },
    { "paper", N_("Paper and packaging") },
    { "textiles", N_("Textiles") },
    { "food", N_("Food and drink") },
    { "pharma", N_("Pharmaceuticals") },
    { "agriculture", N_("Agriculture") },
    { "logistics", N_("Logistics") },
    { "trade", N_("Trade") },
    { "services", N_("Services") },
    { "public", N_("Public sector") },
    { "other", N_("Other") },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "name", .label = N_("Name"), .kind = &mw_text,
      .flags = MW_REQUIRED | MW_SEARCHED | MW_NAMED | MW_INDEXED },
    { .name = "external_code", .label = N_("External code"), .kind = &mw_text, .max = 60,
      .flags = MW_UNIQUE | MW_SEARCHED,
      .help = N_("The number of this customer in the ERP or ledger; imports match by it.") },
    { .name = "type", .label = N_("Type"), .kind = &mw_choice, .choices = types,
      .flags = MW_INDEXED },
    { .name = "status", .label = N_("Status"), .kind = &mw_choice, .choices = statuses,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "prospect" },
    { .name = "parent", .label = N_("Belongs to"), .kind = &mw_link, .target = "account",
      .flags = MW_INDEXED, .help = N_("The company this one is a part of."),
      .back = N_("Companies below") },
    { .name = "industry", .label = N_("Industry"), .kind = &mw_choice, .choices = industries,
      .flags = MW_INDEXED },
    { .name = "segment", .label = N_("Segment"), .kind = &mw_text, .max = 100,
      .flags = MW_INDEXED, .help = N_("Your own name for customers that are served alike.") },
    { .name = "credit_code", .label = N_("Credit code"), .kind = &mw_credit_code,
      .flags = MW_SEARCHED | MW_INDEXED,
      .help = N_("The 18 characters on the Chinese business licence.") },
    { .name = "phone", .label = N_("Phone"), .kind = &mw_phone, .flags = MW_SEARCHED },
    { .name = "email", .label = N_("E-mail"), .kind = &mw_email, .flags = MW_SEARCHED },
    { .name = "website", .label = N_("Website"), .kind = &mw_url },

    { .name = "country", .label = N_("Country"), .kind = &mw_text, .max = 60, .flags = MW_INDEXED },
    { .name = "region", .label = N_("Region"), .kind = &mw_text, .max = 60, .flags = MW_INDEXED,
      .help = N_("A sales region, such as East China.") },
    { .name = "province", .label = N_("Province"), .kind = &mw_text, .max = 60 },
    { .name = "city", .label = N_("City"), .kind = &mw_text, .max = 60 },
    { .name = "postcode", .label = N_("Postcode"), .kind = &mw_text, .max = 20 },
    { .name = "address", .label = N_("Address"), .kind = &mw_text, .max = 300 },

    { .name = "currency", .label = N_("Currency"), .kind = &mw_currency,
      .initial = "@base_currency" },
    { .name = "payment_terms_days", .label = N_("Payment terms (days)"), .kind = &mw_integer,
      .max = 3650 },
    { .name = "credit_limit", .label = N_("Credit limit"), .kind = &mw_money, .max = INT64_MAX,
      .currency = "currency" },
    { .name = "contract_until", .label = N_("Contract until"), .kind = &mw_date,
      .flags = MW_INDEXED, .help = N_("When the contract with this customer ends.") },

    { .name = "class", .label = N_("Class"), .kind = &mw_choice, .choices = mw_classes,
      .flags = MW_READ_ONLY | MW_INDEXED | MW_IMPORTABLE,
      .help = N_("From the last classification, or as overridden.") },
    { .name = "class_computed", .label = N_("Computed class"), .kind = &mw_choice,
      .choices = mw_classes, .flags = MW_READ_ONLY },
    { .name = "class_reason", .label = N_("Reason of the class"), .kind = &mw_worded,
      .flags = MW_READ_ONLY },
    { .name = "classified_at", .label = N_("Classified at"), .kind = &mw_instant,
      .flags = MW_READ_ONLY },
    { .name = "class_override", .label = N_("Class by decision"), .kind = &mw_choice,
      .choices = mw_classes, .flags = MW_INDEXED,
      .help = N_("Stands in place of the computed class until the date given.") },
    { .name = "class_override_reason", .label = N_("Reason of the decision"), .kind = &mw_text,
      .max = 500 },
    { .name = "class_override_until", .label = N_("Decision valid until"), .kind = &mw_date,
      .flags = MW_INDEXED },
    { .name = "potential", .label = N_("Potential a year"), .kind = &mw_money, .max = INT64_MAX,
      .currency = "currency", .help = N_("What it buys a year from anybody of what we sell.") },
    { .name = "strategic_fit", .label = N_("Strategic fit"), .kind = &mw_integer, .min = 1,
      .max = 5, .help = N_("From 1, hardly, to 5, decisive for our strategy.") },

    { .name = "last_visit_on", .label = N_("Last visit"), .kind = &mw_date,
      .flags = MW_READ_ONLY | MW_IMPORTABLE | MW_QUIET },
    { .name = "next_visit_on", .label = N_("Next visit due"), .kind = &mw_date,
      .flags = MW_READ_ONLY | MW_INDEXED | MW_QUIET,
      .help = N_("From the last visit and the policy of its class.") },
    { .name = "description", .label = N_("Description"), .kind = &mw_memo, .flags = MW_SEARCHED },
    MW_POOL_FIELDS,

    MW_KEY("name_key", N_("Key of the name")),
    MW_KEY("pinyin_key", N_("Key of the pinyin")),
    MW_KEY("phone_key", N_("Key of the phone")),
    MW_KEY("mail_key", N_("Key of the mail domain")),
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Company"), MW_NAMES("name", "external_code", "type", "status", "parent", "industry",
                              "segment", "credit_code", "owner", "team") },
    { N_("Contact data"), MW_NAMES("phone", "email", "website", "country", "region", "province",
                                   "city", "postcode", "address") },
    { N_("Terms"), MW_NAMES("currency", "payment_terms_days", "credit_limit", "contract_until") },
    { N_("Class"),
      MW_NAMES("class", "class_computed", "class_reason", "classified_at", "class_override",
               "class_override_reason", "class_override_until", "potential", "strategic_fit") },
    { N_("Visits"), MW_NAMES("last_visit_on", "next_visit_on") },
    { N_("Open pool"),
      MW_NAMES("pool", "pooled_at", "taken_from", "taken_at", "last_activity_at") },
    { N_("Description"), MW_NAMES("description") },
    { NULL },
};

/* A decision on the class says why and until when; it wins over the computed class. */
static void
check_override(MwRecord *record, const MwRecord *before, MwProblems *problems)
{
    const char *override = mw_record_text(record, "class_override");

    if (override) {
        if (mw_record_is_null(record, "class_override_reason"))
            mw_problems_add(problems, "class_override_reason", "required",
                            _("Say why the class is decided by hand."));
        if (mw_record_is_null(record, "class_override_until"))
            mw_problems_add(problems, "class_override_until", "required",
                            _("Say until when the decision holds."));
        mw_record_set_text(record, "class", override);
    } else {
        mw_record_set_null(record, "class_override_reason");
        mw_record_set_null(record, "class_override_until");
        if (before && !mw_record_is_null(before, "class_override"))
            mw_record_set_text(record, "class", mw_record_text(record, "class_computed"));
    }
}

static void
check(MwRecord *record, const MwRecord *before, const GPtrArray *details G_GNUC_UNUSED,
      MwProblems *problems)
{
    mw_check_not_itself(record, "parent", problems);
    check_override(record, before, problems);
    mw_check_pooled(record, before, problems);
    mw_put_key(record, "name_key", "name", mw_name_key);
    mw_put_key(record, "pinyin_key", "name", mw_name_pinyin);
    mw_put_key(record, "phone_key", "phone", mw_phone_key);
    mw_put_key(record, "mail_key", "email", mw_mail_domain_key);
}

const MwEntity mw_entity_account = {
    .name = "account",
    .path = "accounts",
    .label = N_("Account"),
    .plural = N_("Accounts"),
    .help = N_("Companies you sell to or would like to sell to."),
    .icon = "building",
    .title = "name",
    .nav = MW_NAV_CUSTOMERS,
    .flags = MW_OWNED,
    .fields = fields,
    .list = MW_NAMES("name", "class", "type", "status", "industry", "region", "city",
                     "next_visit_on", "owner"),
    .order = "name",
    .sections = sections,
    .grants = mw_grants_business,
    .twins = MW_NAMES("credit_code", "name", "phone", "email"),
    .hooks = { .check = check },
};
