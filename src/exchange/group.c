/* group: a record and the rows that are about it, written as one, or rejected with a reason. */
#include "base/i18n.h"
#include "exchange/importer.h"

typedef struct {
    MwImportRow *row;
    char *key, *fault; /* NULL: nothing is wrong with it */
    bool settled;      /* it was out before this attempt: what is found now is of the others */
} Member;

/* A record that a link points at and that is not there yet. */
typedef struct {
    const MwLinks *links;
    MwLinkEntry *entry;
} Missing;

typedef struct {
    MwImporter *importer;
    const MwPlan *plan;
    GArray *members; /* of Member */
    GArray *missing; /* of Missing: to be made before it */
    MwLinkEntry *match;
} Group;

static void
member_clear(gpointer data)
{
    Member *member = data;

    g_free(member->key);
    g_free(member->fault);
}

static void
group_clear(Group *group)
{
    g_array_unref(group->members);
    g_array_unref(group->missing);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Group, group_clear)

static Member *
member_at(const Group *group, guint i)
{
    return &g_array_index(group->members, Member, i);
}

/* ---- faults ---------------------------------------------------------------------- */

/* A fault by the label of its field, with which some begin by themselves. */
static char *
labelled(const MwPlan *plan, const char *key, const char *fault)
{
    g_autofree char *label = mw_plan_label(plan, key);
    g_autofree char *said = g_strdup_printf(_("%s: %s"), label, "");

    return *label && !g_str_has_prefix(fault, said) ? g_strdup_printf(_("%s: %s"), label, fault)
                                                    : g_strdup(fault);
}

static void
blame(const MwPlan *plan, Member *member, const char *key, const char *fault)
{
    if (member->settled)
        return;
    if (!member->fault) {
        member->key = g_strdup(key);
        member->fault = g_strdup(fault);
        return;
    }
    g_autofree char *label = mw_plan_label(plan, key);
    g_autofree char *said = g_strdup_printf(_("%s: %s"), label, "");
    if (g_str_equal(member->key, key) || strstr(member->fault, said))
        return; /* the first fault of a field says enough */
    g_autofree char *before = member->fault, *more = labelled(plan, key, fault);
    if (g_str_has_suffix(before, "."))
        before[strlen(before) - 1] = '\0';
    else if (g_str_has_suffix(before, "。"))
        before[strlen(before) - strlen("。")] = '\0';
    member->fault = g_strdup_printf(_("%s; %s"), before, more);
}

static void
blame_all(const Group *group, const char *key, const char *fault)
{
    for (guint i = 0; i < group->members->len; i++)
        blame(group->plan, member_at(group, i), key, fault);
}

static guint
count_good(const Group *group)
{
    guint n = 0;

    for (guint i = 0; i < group->members->len; i++)
        n += !member_at(group, i)->fault;
    return n;
}

/* The good member that was given as line `number`, counted from 1. */
static Member *
member_of_line(const Group *group, guint64 number)
{
    for (guint i = 0; i < group->members->len; i++)
        if (!member_at(group, i)->fault && --number == 0)
            return member_at(group, i);
    return NULL;
}

/* Problems of lines go to their rows, others to all. */
static void
blame_by_problems(const Group *group, const MwProblems *problems)
{
    const MwPlan *plan = group->plan;
    g_autofree Member **lines = g_new0(Member *, mw_problems_count(problems));

    /* Found first: a member that is blamed no longer counts. */
    for (size_t i = 0; i < mw_problems_count(problems); i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        const char *dot = strchr(problem->field, '.');
        if (dot)
            lines[i] = member_of_line(group, g_ascii_strtoull(dot + 1, NULL, 10));
    }
    for (size_t i = 0; i < mw_problems_count(problems); i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        const char *field = strrchr(problem->field, '.');
        const char *key =
            mw_plan_key_of(plan, lines[i] != NULL, field ? field + 1 : problem->field);
        if (lines[i])
            blame(plan, lines[i], key, problem->message);
        else
            blame_all(group, key, problem->message);
    }
}

/* ---- links ------------------------------------------------------------------------- */

/* Finds out whether the record could be made; what is wrong becomes `fault`. */
static bool
plan_link(Group *group, const MwLinks *links, MwLinkEntry *entry, char **fault, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    Missing missing = { links, entry };

    for (guint i = 0; i < group->missing->len; i++)
        if (g_array_index(group->missing, Missing, i).entry == entry)
            return true;
    if (!mw_links_make(links, group->importer->context, entry, false, problems, error))
        return false;
    if (mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        *fault = g_strdup_printf(_("The %s “%s” cannot be made: %s"),
                                 mw_entity_label_inside(links->target), entry->key, text);
        return true;
    }
    g_array_append_val(group->missing, missing);
    return true;
}

/* Sees to it that a link's record is there or can be made. What is wrong becomes `fault`. */
static bool
settle_link(Group *group, const MwLinks *links, MwLinkEntry *entry, char **fault, GError **error)
{
    if (entry->id == 0 && links->target == group->plan->shape.entity &&
        !mw_links_find(links, group->importer->context, entry, error))
        return false;
    if (entry->ambiguous)
        *fault = g_strdup_printf(_("Several records are named “%s”."), entry->key);
    else if (!entry->id && !links->create)
        *fault = g_strdup_printf(_("There is no %s “%s”."), mw_entity_label_inside(links->target),
                                 entry->key);
    else if (!entry->id)
        return plan_link(group, links, entry, fault, error);
    return true;
}

/* Stands for the id of a record that is still to be made, while it is found out whether all fits. */
enum { TO_BE_MADE = 1 };

/* ---- input ---------------------------------------------------------------------------- */

static bool
set_cell(Group *group, MwInput *input, const MwPlanValue *value, const MwImportRow *row, guint i,
         char **fault, GError **error)
{
    if (value->path.link && value->path.field)
        return true; /* told when its record is made */
    if (!value->path.link) {
        if (row->cells[i].text)
            mw_input_lend_field(input, value->path.field, row->cells[i].text);
        return true;
    }
    MwLinkEntry *entry = row->cells[i].entry;
    if (!entry)
        return true;
    if (!settle_link(group, value->links, entry, fault, error))
        return false;
    if (!*fault)
        mw_input_set_value(input, value->path.link, MW_INT(entry->id ? entry->id : TO_BE_MADE));
    return true;
}

/* Lines stand in the order of the file where no column says otherwise. */
static void
number_line(const Group *group, MwInput *line, int64_t number)
{
    const MwField *position = mw_entity_field(group->plan->shape.detail, "position");

    for (guint i = 0; i < group->plan->values->len; i++) {
        const MwPath *path = &mw_plan_value(group->plan, i)->path;
        if (path->line && !path->link && path->field == position)
            return;
    }
    if (position)
        mw_input_set_value(line, position, MW_INT(number));
}

static bool
fill_line(Group *group, MwInput *input, Member *member, int64_t number, GError **error)
{
    MwInput *line = mw_input_add_detail(input, group->plan->shape.detail, 0, false);

    number_line(group, line, number);

    for (guint i = 0; i < group->plan->values->len; i++) {
        const MwPlanValue *value = mw_plan_value(group->plan, i);
        g_autofree char *fault = NULL;
        if (!value->path.line)
            continue;
        if (!set_cell(group, line, value, member->row, i, &fault, error))
            return false;
        if (fault)
            blame(group->plan, member, value->key, fault);
    }
    return true;
}

/* The first good row that says something counts. */
static const MwImportRow *
first_to_say(const Group *group, guint i)
{
    for (guint j = 0; j < group->members->len; j++) {
        const Member *member = member_at(group, j);
        /* Of a record of one row all is told that is wrong; of several, the good ones speak. */
        bool out = group->members->len > 1 ? member->fault != NULL : member->settled;
        if (!out && member->row->cells[i].text)
            return member->row;
    }
    return NULL;
}

/* Counts the fields of the record of which its rows say different things. */
static void
note_differences(const Group *group)
{
    for (guint i = 0; i < group->plan->values->len; i++) {
        const MwPlanValue *value = mw_plan_value(group->plan, i);
        const MwImportRow *first;
        if (value->path.line || (value->path.link && value->path.field) ||
            !(first = first_to_say(group, i)))
            continue;
        for (guint j = 0; j < group->members->len; j++) {
            const MwImportRow *row = member_at(group, j)->row;
            bool same = value->path.link ? first->cells[i].entry == row->cells[i].entry
                                         : g_strcmp0(first->cells[i].text, row->cells[i].text) == 0;
            if (row->cells[i].text && !same) {
                group->importer->differing[i]++;
                break;
            }
        }
    }
}

static bool
fill_record(Group *group, MwInput *input, GError **error)
{
    for (guint i = 0; i < group->plan->values->len; i++) {
        const MwPlanValue *value = mw_plan_value(group->plan, i);
        const MwImportRow *row;
        g_autofree char *fault = NULL;
        if (value->path.line || (value->path.link && value->path.field) ||
            !(row = first_to_say(group, i)))
            continue;
        if (!set_cell(group, input, value, row, i, &fault, error))
            return false;
        if (fault)
            blame_all(group, value->key, fault);
    }
    return true;
}

/* ---- writing ----------------------------------------------------------------------------- */

static void
count(MwImportReport *report, const MwEntity *entity, bool update)
{
    for (guint i = 0; i <= report->counts->len; i++) {
        if (i == report->counts->len) {
            MwImportCount fresh = { .entity = entity };
            g_array_append_val(report->counts, fresh);
        }
        MwImportCount *c = &g_array_index(report->counts, MwImportCount, i);
        if (c->entity != entity)
            continue;
        *(update ? &c->updated : &c->created) += 1;
        return;
    }
}

/* A change is told by its row of the history: what comes after it is somebody else's. */
static bool
note_item(MwImporter *importer, const MwEntity *entity, int64_t record, bool update, GError **error)
{
    MwImportItem item = { .record = record, .entity = entity, .update = update };
    MwValue id = MW_INT(record);
    g_auto(MwValue) last = MW_NOTHING;

    if (update &&
        !mw_store_scalar(importer->context->store, "SELECT MAX(id) FROM history WHERE record = $1",
                         &id, 1, &last, error))
        return false;
    item.history = last.is == MW_INTEGER ? last.integer : 0;
    g_array_append_val(importer->items, item);
    count(importer->report, entity, update);
    return true;
}

static bool
keep(Group *group, const MwRecord *record, bool update, guint lines, GError **error)
{
    MwImporter *importer = group->importer;

    if (group->match && !update) {
        group->match->id = mw_record_id(record);
        g_ptr_array_add(importer->fresh, group->match);
        update = group->match->counted; /* it was made before and would be there */
        group->match->counted = true;
    }
    importer->report->lines += group->plan->has_lines ? lines : 0;
    return note_item(importer, group->plan->shape.entity, mw_record_id(record), update, error);
}

static bool
make_missing(Group *group, MwProblems *problems, GError **error)
{
    MwImporter *importer = group->importer;

    for (guint i = 0; i < group->missing->len; i++) {
        const Missing *missing = &g_array_index(group->missing, Missing, i);
        if (!mw_links_make(missing->links, importer->context, missing->entry, true, problems,
                           error))
            return false;
        if (mw_problems_any(problems)) /* two of them do not go together */
            return true;
        g_ptr_array_add(importer->fresh, missing->entry);
        if (!missing->entry->counted &&
            !note_item(importer, missing->links->target, missing->entry->id, false, error))
            return false;
        missing->entry->counted = true;
    }
    g_array_set_size(group->missing, 0);
    return true;
}

static MwInput *
input_of(Group *group, GError **error)
{
    const MwPlan *plan = group->plan;
    g_autoptr(MwInput) input = mw_input_new(plan->shape.entity);
    int64_t number = 0;

    mw_input_import(input);
    if (plan->has_lines)
        mw_input_replace_details(input, plan->shape.detail);
    if (!fill_record(group, input, error))
        return NULL;
    for (guint i = 0; plan->has_lines && i < group->members->len; i++)
        if (!member_at(group, i)->fault &&
            !fill_line(group, input, member_at(group, i), ++number, error))
            return NULL;
    return g_steal_pointer(&input);
}

/* Tries to write with the rows that are good. `again`: some have turned out not to be, or what they point at was
 * missing: then all is only checked, and the missing are made when nothing speaks against it. */
static bool
attempt(Group *group, bool *again, GError **error)
{
    const MwContext *context = group->importer->context;
    int64_t id = group->match ? group->match->id : 0;
    guint good = count_good(group);
    g_autoptr(MwProblems) problems = mw_problems_new();

    for (guint i = 0; i < group->members->len; i++)
        member_at(group, i)->settled = member_at(group, i)->fault != NULL;
    g_array_set_size(group->missing, 0);
    g_autoptr(MwInput) input = input_of(group, error);
    if (!input)
        return false;
    *again = count_good(group) < good;
    if (*again)
        return true;

    *again = group->missing->len > 0;
    g_autoptr(MwRecord) record = *again ? mw_record_check(context, input, id, problems, error)
                                        : mw_record_write(context, input, id, problems, error);
    if (!record || (*again && !mw_problems_any(problems) && !make_missing(group, problems, error)))
        return false;
    if (mw_problems_any(problems)) {
        blame_by_problems(group, problems);
        *again = true;
    } else if (!*again) {
        return keep(group, record, id != 0, good, error);
    }
    return true;
}

bool
mw_group_write(MwImporter *importer, MwImportRow *const *rows, size_t n, MwLinkEntry *match,
               GError **error)
{
    g_auto(Group) group = {
        .importer = importer,
        .plan = importer->plan,
        .members = g_array_sized_new(false, true, sizeof(Member), (guint)n),
        .missing = g_array_new(false, false, sizeof(Missing)),
        .match = match,
    };
    bool again = true;

    g_array_set_clear_func(group.members, member_clear);
    for (size_t i = 0; i < n; i++) {
        Member member = { .row = rows[i] };
        g_array_append_val(group.members, member);
    }
    if (match && match->ambiguous)
        blame_all(&group, mw_plan_value(group.plan, (guint)group.plan->key)->key,
                  _("Several records have this key."));
    note_differences(&group);
    while (again && count_good(&group) > 0)
        if (!attempt(&group, &again, error))
            return false;
    for (size_t i = 0; i < n; i++) {
        const Member *member = member_at(&group, (guint)i);
        if (member->fault)
            mw_importer_reject(importer, rows[i]->line, rows[i]->raw, rows[i]->raw_size,
                               member->key, member->fault);
    }
    return true;
}

void
mw_importer_reject(MwImporter *importer, uint64_t line, const char *raw, size_t raw_size,
                   const char *key, const char *reason)
{
    MwImportReport *report = importer->report;
    size_t max = importer->options->problems_max ? importer->options->problems_max : 100;
    MwImportReject reject = {
        .line = (int64_t)line,
        .reason = *key ? labelled(importer->plan, key, reason) : g_strdup(reason),
        .raw = mw_run_raw(raw, raw_size),
    };

    report->rejected++;
    g_array_append_val(importer->rejects, reject);
    if (report->problems->len >= max)
        return;
    MwImportProblem problem = { line, g_strdup(key), g_strdup(reason) };
    g_array_append_val(report->problems, problem);
}
