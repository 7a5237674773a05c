/*
 * people: what is known of contacts beyond themselves: their further accounts, their relations with each other, who of us
 * knows them, and their part in the decision on an opportunity.
 *
 * All but the last are lines of the contact. A relation is personal data of two people: it is a line of the one and seen
 * with the other, so only who may read both sees it. What follows from activities is in methods/people.c.
 */
#include "entities/common.h"

/* clang-format off */
static const MwField account_fields[] = {
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "account", .label = N_("Account"), .kind = &mw_link, .target = "account",
      .flags = MW_REQUIRED | MW_INDEXED, .back = N_("Further people") },
    { .name = "job_title", .label = N_("Role there"), .kind = &mw_text, .max = 100,
      .flags = MW_PERSONAL },
    { .name = "since", .label = N_("Since"), .kind = &mw_date },
    { .name = "until", .label = N_("Until"), .kind = &mw_date },
    { .name = "note", .label = N_("Note"), .kind = &mw_text, .max = 500, .flags = MW_PERSONAL },
    MW_FIELDS_END,
};
/* clang-format on */

static void
check_account(MwRecord *record, const MwRecord *before G_GNUC_UNUSED,
              const GPtrArray *details G_GNUC_UNUSED, MwProblems *problems)
{
    mw_check_in_order(record, "since", "until", problems);
}

const MwEntity mw_entity_contact_account = {
    .name = "contact_account",
    .path = "contact-accounts",
    .label = N_("Further account"),
    .plural = N_("Further accounts"),
    .help = N_("Where a contact works, advises or decides besides the main account."),
    .icon = "building",
    .title = "account",
    .fields = account_fields,
    .list = MW_NAMES("account", "job_title", "since", "until", "note"),
    .unique = (const char *const *const[]){ MW_NAMES("contact", "account"), NULL },
    .master = "contact",
    .seen_with = "account",
    .hooks = { .check = check_account },
};

static const MwChoice kinds[] = {
    { "reports_to", N_("reports to"), "blue" },
    { "advises", N_("advises"), "azure" },
    { "friend_of", N_("is a friend of"), "green" },
    { "former_boss_of", N_("is a former boss of"), "purple" },
    { "family_of", N_("is family of"), "orange" },
    { "colleague_of", N_("is a colleague of"), "secondary" },
    { NULL },
};

/* clang-format off */
static const MwField relation_fields[] = {
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "kind", .label = N_("Relation"), .kind = &mw_choice, .choices = kinds,
      .flags = MW_REQUIRED | MW_PERSONAL },
    { .name = "to_contact", .label = N_("With whom"), .kind = &mw_link, .target = "contact",
      .flags = MW_REQUIRED | MW_INDEXED | MW_PERSONAL, .back = N_("Relations with them"),
      .help = N_("Anybody in the contacts, also without an account: an institute, a relative.") },
    { .name = "strength", .label = N_("Strength"), .kind = &mw_integer, .min = 1, .max = 3,
      .flags = MW_PERSONAL, .help = N_("From 1, loose, to 3, close; empty: 2.") },
    { .name = "formal", .label = N_("Formal"), .kind = &mw_bool, .flags = MW_READ_ONLY,
      .help = N_("Reporting lines and colleagues are formal, all else is not.") },
    { .name = "note", .label = N_("Note"), .kind = &mw_text, .max = 500, .flags = MW_PERSONAL },
    MW_FIELDS_END,
};
/* clang-format on */

static void
check_relation(MwRecord *record, const MwRecord *before G_GNUC_UNUSED,
               const GPtrArray *details G_GNUC_UNUSED, MwProblems *problems)
{
    const char *kind = mw_record_text(record, "kind");

    mw_record_set_int(record, "formal",
                      g_strcmp0(kind, "reports_to") == 0 || g_strcmp0(kind, "colleague_of") == 0);
    if (!mw_record_is_null(record, "to_contact") &&
        mw_record_int(record, "contact") == mw_record_int(record, "to_contact"))
        mw_problems_add(problems, "to_contact", "circular", _("Choose somebody else."));
}

const MwEntity mw_entity_contact_relation = {
    .name = "contact_relation",
    .path = "contact-relations",
    .label = N_("Relation"),
    .plural = N_("Relations"),
    .help = N_("Who reports to whom, advises, was the boss, is a friend or family."),
    .icon = "affiliate",
    .title = "to_contact",
    .fields = relation_fields,
    .list = MW_NAMES("kind", "to_contact", "strength", "note"),
    .unique = (const char *const *const[]){ MW_NAMES("contact", "to_contact", "kind"), NULL },
    .master = "contact",
    .seen_with = "to_contact",
    .hooks = { .check = check_relation },
};

/* clang-format off */
static const MwField acquaintance_fields[] = {
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "user", .label = N_("Who of us"), .kind = &mw_link, .target = "user",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "strength", .label = N_("How well"), .kind = &mw_integer, .min = 1, .max = 3,
      .help = N_("From 1, hardly, to 3, well; empty: worked out from calls, visits and mails.") },
    { .name = "contacts", .label = N_("Contacts so far"), .kind = &mw_integer,
      .flags = MW_READ_ONLY | MW_QUIET },
    { .name = "last_contact_on", .label = N_("Last contact"), .kind = &mw_date,
      .flags = MW_READ_ONLY | MW_INDEXED | MW_QUIET },
    { .name = "note", .label = N_("Note"), .kind = &mw_text, .max = 500 },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_acquaintance = {
    .name = "acquaintance",
    .path = "acquaintances",
    .label = N_("Acquaintance"),
    .plural = N_("Who of us knows them"),
    .help = N_("Who of us knows a contact, and how well; kept from calls, visits and mails."),
    .icon = "users",
    .title = "user",
    .fields = acquaintance_fields,
    .list = MW_NAMES("user", "strength", "contacts", "last_contact_on", "note"),
    .unique = (const char *const *const[]){ MW_NAMES("contact", "user"), NULL },
    .master = "contact",
};

const MwChoice mw_buying_roles[] = {
    { "decider", N_("Decider"), "red" },    { "approver", N_("Approver"), "orange" },
    { "user", N_("Product user"), "blue" }, { "buyer", N_("Buyer"), "green" },
    { "adviser", N_("Adviser"), "azure" },  { "gatekeeper", N_("Gatekeeper"), "secondary" },
    { "coach", N_("Coach"), "purple" },     { NULL },
};

static const MwChoice stances[] = {
    { "champion", N_("Champion"), "green" },   { "supporter", N_("Supporter"), "teal" },
    { "neutral", N_("Neutral"), "secondary" }, { "sceptic", N_("Sceptic"), "orange" },
    { "opponent", N_("Opponent"), "red" },     { NULL },
};

/* clang-format off */
static const MwField person_fields[] = {
    { .name = "opportunity", .label = N_("Opportunity"), .kind = &mw_link,
      .target = "opportunity", .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "role", .label = N_("Role in the decision"), .kind = &mw_choice,
      .choices = mw_buying_roles, .help = N_("Empty: not known yet.") },
    { .name = "stance", .label = N_("Stance"), .kind = &mw_choice, .choices = stances },
    { .name = "influence", .label = N_("Influence"), .kind = &mw_integer, .min = 1, .max = 5,
      .help = N_("From 1, hardly, to 5, nothing goes without them.") },
    { .name = "contact_owner", .label = N_("Our contact owner"), .kind = &mw_link,
      .target = "user", .flags = MW_INDEXED },
    { .name = "last_contact_on", .label = N_("Last contact about this deal"), .kind = &mw_date,
      .flags = MW_READ_ONLY | MW_INDEXED | MW_QUIET,
      .help = N_("The day of the last call, visit or mail with them about this deal.") },
    { .name = "next_contact_on", .label = N_("Next contact about this deal"), .kind = &mw_date,
      .flags = MW_READ_ONLY | MW_QUIET },
    { .name = "note", .label = N_("Note"), .kind = &mw_text, .max = 500 },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_opportunity_person = {
    .name = "opportunity_person",
    .path = "opportunity-people",
    .label = N_("Person in the decision"),
    .plural = N_("People in the decision"),
    .help = N_("Who decides, approves, uses, buys, advises, guards the gate or coaches us."),
    .icon = "users-group",
    .title = "contact",
    .fields = person_fields,
    .list = MW_NAMES("contact", "role", "stance", "influence", "contact_owner", "last_contact_on",
                     "note"),
    .unique = (const char *const *const[]){ MW_NAMES("opportunity", "contact", "role"), NULL },
    .master = "opportunity",
};

/* clang-format off */
static const MwField position_fields[] = {
    { .name = "map", .label = N_("Map"), .kind = &mw_integer, .max = INT64_MAX,
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_REQUIRED },
    { .name = "x", .label = N_("Across"), .kind = &mw_integer, .min = -100000, .max = 100000 },
    { .name = "y", .label = N_("Down"), .kind = &mw_integer, .min = -100000, .max = 100000 },
    MW_FIELDS_END,
};
/* clang-format on */

/* Where somebody has put a person on the map of an opportunity or account; `map` is its id. No record of its own: each
 * move writes over the last one. */
const MwEntity mw_entity_map_position = {
    .name = "map_position",
    .path = "map-positions",
    .label = N_("Place on the map"),
    .plural = N_("Places on the map"),
    .help = N_("Where people stand on a relationship map."),
    .icon = "map-pin",
    .title = "contact",
    .flags = MW_INTERNAL | MW_HIDDEN | MW_NO_HISTORY,
    .fields = position_fields,
    .list = MW_NAMES("contact", "x", "y"),
    .grants = mw_grants_admin,
    .unique = (const char *const *const[]){ MW_NAMES("map", "contact"), NULL },
};
