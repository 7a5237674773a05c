/* classification_run: the customers put in classes at one time, kept so that it can be repeated. */
#include "entities/common.h"

/* clang-format off */
static const MwChoice statuses[] = {
    { "queued", N_("Queued"), "azure" },
    { "running", N_("Running"), "blue" },
    { "done", N_("Done"), "green" },
    { "failed", N_("Failed"), "red" },
    { NULL },
};

static const MwChoice methods[] = {
    { "weighted_sum", N_("Weighted sum") },
    { "topsis", N_("Closeness to the ideal (TOPSIS)") },
    { NULL },
};

static const MwChoice weightings[] = {
    { "manual", N_("By choice") },
    { "ahp", N_("By comparing in pairs (AHP)") },
    { "entropy", N_("By what the data tell apart (entropy)") },
    { NULL },
};

static const MwChoice cuts[] = {
    { "quota", N_("Shares of the accounts") },
    { "thresholds", N_("Thresholds of the score") },
    { NULL },
};

static const MwChoice returns[] = {
    { "include", N_("Subtracted from the revenue") },
    { "exclude", N_("Left out") },
    { NULL },
};

static const MwChoice schedules[] = {
    { "none", N_("Once") },
    { "weekly", N_("Every week") },
    { "monthly", N_("Every month") },
    { "quarterly", N_("Every quarter") },
    { "yearly", N_("Every year") },
    { NULL },
};

static const MwField fields[] = {
    { .name = "name", .label = N_("Name"), .kind = &mw_text, .max = 100,
      .flags = MW_REQUIRED | MW_SEARCHED },
    { .name = "status", .label = N_("Status"), .kind = &mw_choice, .choices = statuses,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "queued" },
    { .name = "run_at", .label = N_("Run at"), .kind = &mw_instant, .flags = MW_INDEXED,
      .initial = "@now" },
    { .name = "as_of", .label = N_("As of"), .kind = &mw_date, .flags = MW_REQUIRED,
      .initial = "@today", .help = N_("Orders after this day do not count.") },
    { .name = "period_from", .label = N_("Orders from"), .kind = &mw_date,
      .help = N_("Empty: from the first order on.") },
    { .name = "returns_mode", .label = N_("Returns"), .kind = &mw_choice, .choices = returns,
      .flags = MW_REQUIRED, .initial = "include" },
    { .name = "schedule", .label = N_("Repeat"), .kind = &mw_choice, .choices = schedules,
      .flags = MW_REQUIRED, .initial = "none" },
    { .name = "next_run_on", .label = N_("Next run"), .kind = &mw_date, .flags = MW_INDEXED },

    { .name = "method", .label = N_("Method"), .kind = &mw_choice, .choices = methods,
      .flags = MW_REQUIRED, .initial = "weighted_sum" },
    { .name = "weighting", .label = N_("Weights"), .kind = &mw_choice, .choices = weightings,
      .flags = MW_REQUIRED, .initial = "manual" },
    { .name = "comparisons", .label = N_("Comparisons in pairs"), .kind = &mw_json },
    { .name = "consistency_ratio", .label = N_("Consistency ratio"), .kind = &mw_real },
    { .name = "cut", .label = N_("Classes by"), .kind = &mw_choice, .choices = cuts,
      .flags = MW_REQUIRED, .initial = "quota" },
    { .name = "quota_a", .label = N_("Share of class A"), .kind = &mw_percent, .max = 10000,
      .initial = "20" },
    { .name = "quota_b", .label = N_("Share of class B"), .kind = &mw_percent, .max = 10000,
      .initial = "30" },
    { .name = "quota_c", .label = N_("Share of class C"), .kind = &mw_percent, .max = 10000,
      .initial = "30" },
    { .name = "threshold_a", .label = N_("Least score of class A"), .kind = &mw_real },
    { .name = "threshold_b", .label = N_("Least score of class B"), .kind = &mw_real },
    { .name = "threshold_c", .label = N_("Least score of class C"), .kind = &mw_real },

    { .name = "accounts", .label = N_("Accounts"), .kind = &mw_integer },
    { .name = "revenue", .label = N_("Revenue"), .kind = &mw_money },
    { .name = "gini", .label = N_("Gini coefficient"), .kind = &mw_real },
    { .name = "top20_accounts", .label = N_("Accounts in the top 20 %"), .kind = &mw_integer },
    { .name = "top20_share", .label = N_("Share of the top 20 %"), .kind = &mw_real },
    { .name = "accounts_for_80", .label = N_("Accounts that make 80 %"), .kind = &mw_integer },
    { .name = "classes", .label = N_("Classes"), .kind = &mw_json },
    { .name = "lorenz", .label = N_("Lorenz curve"), .kind = &mw_json },
    { .name = "message", .label = N_("Message"), .kind = &mw_worded },
    { .name = "finished_at", .label = N_("Finished at"), .kind = &mw_instant },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Run"), MW_NAMES("name", "status", "run_at", "finished_at", "message", "as_of",
                          "period_from", "returns_mode", "schedule", "next_run_on") },
    { N_("Method"),
      MW_NAMES("method", "weighting", "comparisons", "consistency_ratio", "cut", "quota_a",
               "quota_b", "quota_c", "threshold_a", "threshold_b", "threshold_c") },
    { N_("Result"), MW_NAMES("accounts", "revenue", "gini", "top20_accounts", "top20_share",
                             "accounts_for_80", "classes", "lorenz") },
    { NULL },
};

const MwEntity mw_entity_classification_run = {
    .name = "classification_run",
    .path = "classification-runs",
    .label = N_("Classification"),
    .plural = N_("Classifications"),
    .help = N_("Accounts put in classes by what they are worth, and who moved."),
    .icon = "chart-pie",
    .title = "name",
    .flags = MW_INTERNAL,
    .fields = fields,
    .list = MW_NAMES("name", "status", "run_at", "accounts", "revenue", "gini", "top20_share"),
    .sections = sections,
    .grants = mw_grants_reference,
    .made_at = "/classification/new",
};

/* What an account is judged by; the keys are those of methods/. */
static const MwChoice indicators[] = {
    { "revenue", N_("Revenue") },
    { "margin", N_("Margin") },
    { "orders", N_("Orders") },
    { "recency", N_("Days since the last order") },
    { "growth", N_("Growth") },
    { "payment_delay", N_("Payment delay (days)") },
    { "returns_share", N_("Share of returns") },
    { "products", N_("Products bought") },
    { "potential", N_("Potential a year") },
    { "strategic_fit", N_("Strategic fit") },
    { NULL },
};

static const MwChoice directions[] = {
    { "more", N_("More is better") },
    { "less", N_("Less is better") },
    { NULL },
};

/* clang-format off */
static const MwField indicator_fields[] = {
    { .name = "run", .label = N_("Classification"), .kind = &mw_link,
      .target = "classification_run", .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "indicator", .label = N_("Indicator"), .kind = &mw_choice, .choices = indicators,
      .flags = MW_REQUIRED },
    { .name = "weight", .label = N_("Weight"), .kind = &mw_real, .flags = MW_REQUIRED,
      .initial = "1" },
    { .name = "direction", .label = N_("Direction"), .kind = &mw_choice, .choices = directions,
      .flags = MW_REQUIRED, .initial = "more" },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_classification_indicator = {
    .name = "classification_indicator",
    .path = "classification-indicators",
    .label = N_("Indicator"),
    .plural = N_("Indicators"),
    .help = N_("What a classification judges accounts by, with its weight."),
    .icon = "gauge",
    .title = "indicator",
    .flags = MW_INTERNAL | MW_NO_HISTORY,
    .fields = indicator_fields,
    .list = MW_NAMES("indicator", "weight", "direction"),
    .unique = (const char *const *const[]){ MW_NAMES("run", "indicator"), NULL },
    .master = "run",
};

static const MwChoice moves[] = {
    { "up", N_("Up"), "green" },
    { "down", N_("Down"), "red" },
    { "same", N_("Stays") },
    { "new", N_("New") },
    { NULL },
};

/* clang-format off */
static const MwField result_fields[] = {
    { .name = "run", .label = N_("Classification"), .kind = &mw_link,
      .target = "classification_run", .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "account", .label = N_("Account"), .kind = &mw_link, .target = "account",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "rank", .label = N_("Rank"), .kind = &mw_integer },
    { .name = "score", .label = N_("Score"), .kind = &mw_real },
    { .name = "class", .label = N_("Class"), .kind = &mw_choice, .choices = mw_classes,
      .flags = MW_REQUIRED },
    { .name = "previous_class", .label = N_("Class before"), .kind = &mw_choice,
      .choices = mw_classes },
    { .name = "moved", .label = N_("Moved"), .kind = &mw_choice, .choices = moves },
    { .name = "reason", .label = N_("Reason"), .kind = &mw_worded },
    { .name = "revenue", .label = N_("Revenue"), .kind = &mw_money },
    { .name = "margin", .label = N_("Margin"), .kind = &mw_money },
    { .name = "orders", .label = N_("Orders"), .kind = &mw_integer },
    { .name = "recency_days", .label = N_("Days since the last order"), .kind = &mw_integer },
    { .name = "growth", .label = N_("Growth"), .kind = &mw_real },
    { .name = "payment_delay_days", .label = N_("Payment delay (days)"), .kind = &mw_real },
    { .name = "returns_share", .label = N_("Share of returns"), .kind = &mw_real },
    { .name = "products", .label = N_("Products bought"), .kind = &mw_integer },
    { .name = "potential", .label = N_("Potential a year"), .kind = &mw_money },
    { .name = "strategic_fit", .label = N_("Strategic fit"), .kind = &mw_integer },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_classification_result = {
    .name = "classification_result",
    .path = "classification-results",
    .label = N_("Result of a classification"),
    .plural = N_("Results of classifications"),
    .help = N_("The class of each account in one classification, and why."),
    .icon = "list-numbers",
    .title = "account",
    .flags = MW_INTERNAL | MW_NO_HISTORY,
    .fields = result_fields,
    .list = MW_NAMES("rank", "account", "class", "previous_class", "moved", "score", "revenue",
                     "orders", "recency_days"),
    .order = "rank",
    .unique = (const char *const *const[]){ MW_NAMES("run", "account"),
                                            MW_NAMES("run", "class", "rank"), NULL },
    .master = "run",
    .seen_with = "account",
};
