/* sales_process: how a type of deal is won: its stages in order, and what has to be known to enter each. */
#include "entities/common.h"

static const MwChoice types[] = {
    { "project", N_("Project"), "blue" },
    { "framework", N_("Framework agreement"), "purple" },
    { "spare_parts", N_("Spare parts"), "green" },
    { "repeat", N_("Repeat business"), "azure" },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "key", .label = N_("Key"), .kind = &mw_text, .max = 40,
      .flags = MW_REQUIRED | MW_UNIQUE, .help = N_("Names it to programs: small letters and “_”.") },
    { .name = "name", .label = N_("Name"), .kind = &mw_text, .max = 100, .flags = MW_REQUIRED },
    { .name = "type", .label = N_("Type of sale"), .kind = &mw_choice, .choices = types,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "project" },
    { .name = "is_default", .label = N_("Default"), .kind = &mw_bool, .flags = MW_REQUIRED,
      .initial = "false", .help = N_("New opportunities follow it unless another one is chosen.") },
    { .name = "active", .label = N_("Active"), .kind = &mw_bool, .flags = MW_REQUIRED,
      .initial = "true" },
    MW_FIELDS_END,
};
/* clang-format on */

static void
check(MwRecord *process, const MwRecord *before G_GNUC_UNUSED, const GPtrArray *stages,
      MwProblems *problems)
{
    static const char *const kinds[] = { "open", "won", "lost" };

    mw_check_identifier(process, "key", problems);
    for (size_t i = 0; stages && i < G_N_ELEMENTS(kinds); i++) {
        bool found = false;
        for (guint j = 0; j < stages->len && !found; j++)
            found = g_strcmp0(mw_record_text(stages->pdata[j], "kind"), kinds[i]) == 0;
        if (!found)
            mw_problems_add(problems, "stage", "required",
                            _("A sales process needs at least one open stage, one that is won and "
                              "one that is lost."));
    }
}

const MwEntity mw_entity_sales_process = {
    .name = "sales_process",
    .path = "sales-processes",
    .label = N_("Sales process"),
    .plural = N_("Sales processes"),
    .help = N_("The stages of a type of sale, and the evidence that each one asks for."),
    .icon = "route",
    .title = "name",
    .nav = MW_NAV_MANAGE,
    .fields = fields,
    .list = MW_NAMES("name", "key", "type", "is_default", "active"),
    .order = "name",
    .grants = mw_grants_reference,
    .hooks = { .check = check },
};

const MwChoice mw_forecast_categories[] = {
    { "pipeline", N_("Pipeline"), "secondary" },
    { "most_likely", N_("Most likely"), "azure" },
    { "best_case", N_("Best case"), "blue" },
    { "commit", N_("Committed"), "green" },
    { "closed", N_("Closed"), "dark" },
    { "omitted", N_("Omitted"), "red" },
    { NULL },
};

const MwChoice mw_outcomes[] = {
    { "open", N_("Open"), "blue" },
    { "won", N_("Won"), "green" },
    { "lost", N_("Lost"), "red" },
    { NULL },
};

/* clang-format off */
static const MwField stage_fields[] = {
    { .name = "process", .label = N_("Sales process"), .kind = &mw_link,
      .target = "sales_process", .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "position", .label = N_("Line number"), .kind = &mw_integer, .max = 1000,
      .flags = MW_REQUIRED },
    { .name = "key", .label = N_("Key"), .kind = &mw_text, .max = 40,
      .flags = MW_REQUIRED | MW_UNIQUE,
      .help = N_("Names it to programs and imports; no other stage of any process has it.") },
    { .name = "name", .label = N_("Name"), .kind = &mw_text, .max = 100,
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "kind", .label = N_("Kind of stage"), .kind = &mw_choice, .choices = mw_outcomes,
      .flags = MW_REQUIRED, .initial = "open",
      .help = N_("An opportunity in this stage is open, won or lost.") },
    { .name = "probability", .label = N_("Default probability"), .kind = &mw_percent,
      .max = 10000, .flags = MW_REQUIRED },
    { .name = "forecast_category", .label = N_("Forecast category"), .kind = &mw_choice,
      .choices = mw_forecast_categories, .flags = MW_REQUIRED, .initial = "pipeline" },
    { .name = "expected_days", .label = N_("Expected days"), .kind = &mw_integer, .max = 3650,
      .help = N_("How long an opportunity usually stays in this stage.") },
    { .name = "learned_probability", .label = N_("Learned probability"), .kind = &mw_percent,
      .max = 10000, .flags = MW_READ_ONLY | MW_QUIET,
      .help = N_("The share of the closed deals that reached this stage and were won.") },
    { .name = "learned_deals", .label = N_("Closed deals it was learned from"),
      .kind = &mw_integer, .flags = MW_READ_ONLY | MW_QUIET },
    MW_FIELDS_END,
};
/* clang-format on */

static void
check_stage(MwRecord *stage, const MwRecord *before, const GPtrArray *details G_GNUC_UNUSED,
            MwProblems *problems)
{
    mw_check_identifier(stage, "key", problems);
    if (before && mw_record_has_changed(stage, "kind"))
        mw_problems_add(problems, "kind", "read_only",
                        _("The kind of a stage stays; make another stage."));
}

const MwEntity mw_entity_stage = {
    .name = "stage",
    .path = "stages",
    .label = N_("Stage"),
    .plural = N_("Stages"),
    .help = N_("The steps of a sales process, in order."),
    .icon = "stairs",
    .title = "name",
    .fields = stage_fields,
    .list = MW_NAMES("position", "name", "key", "kind", "probability", "forecast_category",
                     "learned_probability", "learned_deals", "expected_days"),
    .order = "position",
    .master = "process",
    .hooks = { .check = check_stage },
};

static const MwChoice rules[] = {
    { "field", N_("Field is filled in") },
    { "related", N_("Related records exist") },
    { "people", N_("People of these roles are known") },
    { "tasks", N_("Tasks are done") },
    { "file", N_("A file is attached") },
    { NULL },
};

/* clang-format off */
static const MwField gate_fields[] = {
    { .name = "process", .label = N_("Sales process"), .kind = &mw_link,
      .target = "sales_process", .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "stage", .label = N_("Stage"), .kind = &mw_link, .target = "stage",
      .flags = MW_REQUIRED | MW_INDEXED, .help = N_("Whoever enters it shows the evidence.") },
    { .name = "rule", .label = N_("Evidence"), .kind = &mw_choice, .choices = rules,
      .flags = MW_REQUIRED },
    { .name = "parameter", .label = N_("Parameter"), .kind = &mw_text, .max = 200,
      .help = N_("The name of the field or of the related records, the roles with commas between "
                 "them, or the subject of a task that is done (empty: no task is open).") },
    { .name = "message", .label = N_("Message"), .kind = &mw_text, .max = 200,
      .help = N_("Says what is missing; empty: a message is made.") },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_stage_gate = {
    .name = "stage_gate",
    .path = "stage-gates",
    .label = N_("Stage gate"),
    .plural = N_("Stage gates"),
    .help = N_("Evidence that an opportunity shows before it enters a stage."),
    .icon = "barrier-block",
    .title = "rule",
    .fields = gate_fields,
    .list = MW_NAMES("stage", "rule", "parameter", "message"),
    .order = "stage",
    .master = "process",
};
