/* pool: leads or accounts that nobody owns, for whoever may use it to take; how they come back into it, and every move. */
#include "entities/common.h"

static const MwChoice held[] = {
    { "lead", N_("Leads"), "azure" },
    { "account", N_("Accounts"), "blue" },
    { NULL },
};

static const MwChoice reaches[] = {
    { "taken", N_("What was taken from it") },
    { "team", N_("Everything that its users own") },
    { NULL },
};

/* Names of fields of leads and of accounts; what one of them lacks is passed over. Never what names a record. */
static const MwChoice hidable[] = {
    { "person", N_("Contact person") },
    { "job_title", N_("Job title") },
    { "phone", N_("Phone") },
    { "email", N_("E-mail") },
    { "website", N_("Website") },
    { "credit_code", N_("Credit code") },
    { "address", N_("Address") },
    { "postcode", N_("Postcode") },
    { "need", N_("Need") },
    { "description", N_("Description") },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "name", .label = N_("Name"), .kind = &mw_text, .max = 100,
      .flags = MW_REQUIRED | MW_UNIQUE | MW_INDEXED },
    { .name = "holds", .label = N_("Holds"), .kind = &mw_choice, .choices = held,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "lead" },
    { .name = "team", .label = N_("Who may use it"), .kind = &mw_link, .target = "team",
      .flags = MW_INDEXED, .help = N_("A team with those below it; empty: everybody."),
      .back = N_("Open pools") },
    { .name = "active", .label = N_("Active"), .kind = &mw_bool, .flags = MW_REQUIRED,
      .initial = "true", .help = N_("Otherwise nothing is taken from it or comes back into it.") },
    { .name = "picks_per_day", .label = N_("Picks per person and day"), .kind = &mw_integer,
      .min = 1, .max = 10000, .help = N_("Empty: as many as one likes.") },
    { .name = "capacity", .label = N_("Held per person"), .kind = &mw_integer, .min = 1,
      .max = 100000,
      .help = N_("How many taken from it one may have at a time. Empty: as many as one likes.") },
    { .name = "hidden", .label = N_("Hidden until picked"), .kind = &mw_choices,
      .choices = hidable, .customs_of = MW_NAMES("lead", "account"),
      .help = N_("Managers and administrators see everything.") },
    { .name = "reach", .label = N_("Its rules hold for"), .kind = &mw_choice, .choices = reaches,
      .flags = MW_REQUIRED, .initial = "taken" },
    { .name = "notice_days", .label = N_("Notice (days)"), .kind = &mw_integer, .max = 365,
      .initial = "3", .help = N_("So long before it comes back the owner is told.") },
    { .name = "spare_deals", .label = N_("Spare accounts with open opportunities"),
      .kind = &mw_bool, .flags = MW_REQUIRED, .initial = "true" },
    { .name = "description", .label = N_("Description"), .kind = &mw_memo, .max = 2000 },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Open pool"), MW_NAMES("name", "holds", "team", "active", "description") },
    { N_("Taking"), MW_NAMES("picks_per_day", "capacity", "hidden") },
    { N_("Coming back"), MW_NAMES("reach", "notice_days", "spare_deals") },
    { NULL },
};

static void
add_problem(MwProblems *problems, guint line, const char *field, const char *message)
{
    g_autofree char *name = g_strdup_printf("pool_rule.%u.%s", line, field);

    mw_problems_add(problems, name, "not_a_choice", "%s", message);
}

/* What only accounts have is no rule of a pool of leads. */
static void
check(MwRecord *pool, const MwRecord *before, const GPtrArray *rules, MwProblems *problems)
{
    bool leads = g_strcmp0(mw_record_text(pool, "holds"), "lead") == 0;

    if (before && mw_record_has_changed(pool, "holds"))
        mw_problems_add(problems, "holds", "read_only",
                        _("What a pool holds stays; make another pool."));
    for (guint i = 0; rules && i < rules->len; i++) {
        const MwRecord *rule = rules->pdata[i];
        if (leads && !mw_record_is_null(rule, "class"))
            add_problem(problems, i + 1, "class", _("Leads have no class; leave this empty."));
        if (!leads && !mw_record_is_null(rule, "rating"))
            add_problem(problems, i + 1, "rating", _("Accounts have no rating; leave this empty."));
        if (leads && g_strcmp0(mw_record_text(rule, "rule"), "contract") == 0)
            add_problem(problems, i + 1, "rule", _("Leads have no contract; choose another rule."));
    }
}

const MwEntity mw_entity_pool = {
    .name = "pool",
    .path = "pools",
    .label = N_("Open pool"),
    .plural = N_("Open pool rules"),
    .help =
        N_("Leads or accounts that nobody owns: who may take how many, and when they come back."),
    .icon = "ripple",
    .title = "name",
    .nav = MW_NAV_MANAGE,
    .fields = fields,
    .list = MW_NAMES("name", "holds", "team", "active", "picks_per_day", "capacity", "reach"),
    .order = "name",
    .sections = sections,
    .grants = mw_grants_reference,
    .hooks = { .check = check },
};

static const MwChoice rules[] = {
    { "idle", N_("Without activity for") },
    { "undealt", N_("Taken, and no opportunity for") },
    { "contract", N_("After the end of the contract") },
    { NULL },
};

/* clang-format off */
static const MwField rule_fields[] = {
    { .name = "pool", .label = N_("Open pool"), .kind = &mw_link, .target = "pool",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "rule", .label = N_("Rule"), .kind = &mw_choice, .choices = rules,
      .flags = MW_REQUIRED, .initial = "idle" },
    { .name = "days", .label = N_("Days"), .kind = &mw_integer, .max = 3650,
      .flags = MW_REQUIRED },
    { .name = "class", .label = N_("Class"), .kind = &mw_choice, .choices = mw_classes,
      .help = N_("Empty: every class that has no such rule of its own.") },
    { .name = "rating", .label = N_("Rating"), .kind = &mw_choice, .choices = mw_ratings,
      .help = N_("Empty: every rating that has no such rule of its own.") },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_pool_rule = {
    .name = "pool_rule",
    .path = "pool-rules",
    .label = N_("Rule for coming back"),
    .plural = N_("Rules for coming back"),
    .help = N_("When a record that somebody owns goes back into the pool."),
    .icon = "clock",
    .title = "rule",
    .fields = rule_fields,
    .list = MW_NAMES("rule", "days", "class", "rating"),
    .unique = (const char *const *const[]){ MW_NAMES("pool", "rule", "class", "rating"), NULL },
    .master = "pool",
};

static const MwChoice actions[] = {
    { "entered", N_("Put into the pool"), "secondary" },
    { "picked", N_("Picked"), "green" },
    { "assigned", N_("Assigned"), "blue" },
    { "returned", N_("Returned"), "orange" },
    { "recycled", N_("Came back by a rule"), "red" },
    { NULL },
};

/* clang-format off */
static const MwField move_fields[] = {
    { .name = "lead", .label = N_("Lead"), .kind = &mw_link, .target = "lead",
      .flags = MW_INDEXED },
    { .name = "account", .label = N_("Account"), .kind = &mw_link, .target = "account",
      .flags = MW_INDEXED },
    { .name = "action", .label = N_("Action"), .kind = &mw_choice, .choices = actions,
      .flags = MW_REQUIRED },
    { .name = "pool", .label = N_("Open pool"), .kind = &mw_link, .target = "pool",
      .flags = MW_INDEXED },
    { .name = "from_owner", .label = N_("From"), .kind = &mw_link, .target = "user" },
    { .name = "to_owner", .label = N_("To"), .kind = &mw_link, .target = "user",
      .flags = MW_INDEXED },
    { .name = "reason", .label = N_("Reason"), .kind = &mw_text, .max = 500,
      .flags = MW_REQUIRED },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_pool_move = {
    .name = "pool_move",
    .path = "pool-moves",
    .label = N_("Move through a pool"),
    .plural = N_("Moves through pools"),
    .help = N_("Who took, assigned or returned what, and why."),
    .icon = "arrows-right",
    .title = "action",
    .flags = MW_INTERNAL | MW_NO_HISTORY,
    .fields = move_fields,
    .list =
        MW_NAMES("action", "created_at", "pool", "from_owner", "to_owner", "reason", "created_by"),
    .follows = MW_NAMES("lead", "account"),
    .grants = mw_grants_directory,
};
