#include "methods/opportunity.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/i18n.h"
#include "methods/stages.h"

enum { DAY_MS = 86400000, CERTAIN = 10000 };

/* One write of an opportunity. */
typedef struct {
    const MwContext *context;
    MwRecord *record;
    const MwRecord *before; /* NULL: new */
    GArray *stages;
    int from, to; /* numbers of stages; from is -1 for a new one */
    bool import, moved;
    MwProblems *problems;
} Write;

static bool
scalar(const Write *w, const char *sql, int64_t param, MwValue *out, GError **error)
{
    MwValue id = MW_INT(param);

    return mw_store_scalar(w->context->store, sql, &id, strstr(sql, "$1") ? 1 : 0, out, error);
}

/* ---- process and stage ------------------------------------------------------------- */

/* The process that was chosen, else that of the stage, else the default one. */
static bool
settle_process(Write *w, GError **error)
{
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_record_is_null(w->record, "process"))
        return true;
    if (!mw_record_is_null(w->record, "stage")) {
        if (!scalar(w, "SELECT process FROM stage WHERE id = $1", mw_record_int(w->record, "stage"),
                    &found, error))
            return false;
    } else if (!scalar(w,
                       "SELECT id FROM sales_process WHERE active = 1 AND deleted_at IS NULL "
                       "ORDER BY is_default DESC, id LIMIT 1",
                       0, &found, error)) {
        return false;
    }
    if (found.is == MW_INTEGER)
        mw_record_set_int(w->record, "process", found.integer);
    else
        mw_problems_add(w->problems, "process", "required", _("Choose a sales process."));
    return true;
}

/* False with no error set, and a problem, when there is no stage to be in. */
static bool
settle_stage(Write *w)
{
    if (mw_record_is_null(w->record, "stage") && w->stages->len > 0)
        mw_record_set_int(w->record, "stage", mw_stage_at(w->stages, 0)->id);
    w->to = mw_stages_find(w->stages, mw_record_int(w->record, "stage"));
    w->from = w->before ? mw_stages_find(w->stages, mw_record_int(w->before, "stage")) : -1;
    w->moved = !w->before || mw_record_int(w->before, "stage") != mw_record_int(w->record, "stage");
    if (w->to < 0)
        mw_problems_add(w->problems, "stage", "not_found",
                        _("Choose a stage of this sales process."));
    return w->to >= 0;
}

static const MwStage *
stage_of(const Write *w)
{
    return mw_stage_at(w->stages, w->to);
}

/* ---- moves ---------------------------------------------------------------------------- */

bool
mw_opportunity_may_override(const MwActor *actor)
{
    return mw_actor_is_system(actor) || mw_actor_has_role(actor, "manager") ||
           mw_actor_has_role(actor, "admin");
}

static char
kind_before(const Write *w)
{
    const char *outcome = w->before ? mw_record_text(w->before, "outcome") : NULL;

    return outcome ? *outcome : 'o';
}

static bool
check_gates(Write *w, GHashTable *lines, GError **error)
{
    g_autoptr(GPtrArray) missing = mw_missing_new();
    bool given = !mw_record_is_null(w->record, "move_reason");
    /* From a lost stage, which stands behind all others, it begins anew. */
    int from = kind_before(w) == 'l' ? -1 : w->from;

    if (given && mw_opportunity_may_override(w->context->actor))
        return true;
    if (!mw_gates_check(w->context, w->record, lines, w->stages, from, w->to, missing, error))
        return false;
    for (guint i = 0; i < missing->len; i++) {
        g_autofree char *text = mw_missing_text(missing->pdata[i]);
        mw_problems_add(w->problems, "stage", "gate", "%s", text);
    }
    return true;
}

static bool
check_move(Write *w, GHashTable *lines, GError **error)
{
    char kind = stage_of(w)->kind;

    if (w->import)
        return true;
    if (kind == 'l' && mw_record_is_null(w->record, "reason"))
        mw_problems_add(w->problems, "reason", "required", _("Say why it was lost."));
    if (kind == 'o' && kind_before(w) != 'o' && mw_record_is_null(w->record, "move_reason"))
        mw_problems_add(w->problems, "move_reason", "required", _("Say why it is opened again."));
    return check_gates(w, lines, error);
}

/* The first moment of a date field in the company's time zone; now when it is empty. */
static int64_t
moment(const Write *w, const char *field)
{
    const char *text = mw_record_text(w->record, field);
    int64_t day;

    return text && mw_date_parse(text, &day) ? mw_instant_of_date(day, w->context->settings->zone)
                                             : w->context->now;
}

static void
put_today(const Write *w, const char *field)
{
    g_autofree char *today = mw_date_format(
        mw_date_of_instant(w->context->now, w->context->settings->zone), MW_CLOCK_ISO);

    if (mw_record_is_null(w->record, field))
        mw_record_set_text(w->record, field, today);
}

static void
settle_move(Write *w)
{
    bool open = stage_of(w)->kind == 'o';

    if (open && kind_before(w) != 'o') {
        mw_record_set_null(w->record, "closed_on");
        mw_record_set_null(w->record, "reason");
        mw_record_set_null(w->record, "competitor");
        mw_record_set_null(w->record, "close_note");
    }
    if (w->import) { /* it did not move now, but when the file says */
        mw_record_set_int(w->record, "stage_since", moment(w, open ? "engaged_on" : "closed_on"));
        return;
    }
    if (w->to > 0)
        put_today(w, "engaged_on");
    mw_record_set_int(w->record, "stage_since", w->context->now);
}

/* ---- what follows ------------------------------------------------------------------------ */

/* A probability that was changed to another than the stage's is the user's decision and stays. */
static void
settle_probability(Write *w)
{
    const MwStage *stage = stage_of(w);
    MwRecord *record = w->record;
    const MwField *field = mw_entity_field(record->entity, "probability");
    bool given = !mw_record_is_null(record, "probability") &&
                 (!w->before || !mw_value_equal(mw_record_value(record, field),
                                                mw_record_value(w->before, field)));

    if (given)
        mw_record_set_int(record, "probability_overridden",
                          mw_record_int(record, "probability") != stage->probability);
    if (stage->kind != 'o' || mw_record_is_null(record, "probability"))
        mw_record_set_int(record, "probability_overridden", 0);
    if (!mw_record_int(record, "probability_overridden"))
        mw_record_set_int(record, "probability",
                          stage->kind == 'w'   ? CERTAIN
                          : stage->kind == 'l' ? 0
                                               : stage->probability);
}

static void
settle_weighted(const Write *w)
{
    int64_t weighted;

    if (mw_record_is_null(w->record, "amount"))
        mw_record_set_null(w->record, "weighted");
    else if (mw_decimal_proportion(mw_record_int(w->record, "amount"),
                                   mw_record_int(w->record, "probability"), CERTAIN, &weighted))
        mw_record_set_int(w->record, "weighted", weighted);
    else
        mw_problems_add(w->problems, "amount", "out_of_range", _("The amount is too large."));
}

static void
settle_outcome(const Write *w)
{
    static const char *const outcomes[] = { ['o'] = "open", ['w'] = "won", ['l'] = "lost" };
    const MwStage *stage = stage_of(w);
    const char *engaged = mw_record_text(w->record, "engaged_on");
    int64_t first, last;

    mw_record_set_text(w->record, "outcome", outcomes[(unsigned char)stage->kind]);
    mw_record_set_text(w->record, "forecast_category", stage->category);
    if (stage->kind == 'o')
        mw_record_set_null(w->record, "closed_on");
    else
        put_today(w, "closed_on");
    const char *closed = mw_record_text(w->record, "closed_on");
    if (engaged && closed && mw_date_parse(engaged, &first) && mw_date_parse(closed, &last))
        mw_record_set_int(w->record, "days_to_close", last - first);
    else
        mw_record_set_null(w->record, "days_to_close");
}

/* That nobody decided is no reason to win. What was kept before this was told apart stays. */
static void
check_reason(const Write *w)
{
    const MwField *field = mw_entity_field(w->record->entity, "reason");
    const char *key = mw_record_text(w->record, "reason");

    if (w->import || !key || !(w->moved || mw_record_has_changed(w->record, "reason")))
        return;
    for (const MwChoice *choice = field->choices; choice->key; choice++)
        if (g_str_equal(choice->key, key) && !mw_choice_suits(field, choice, w->record))
            mw_problems_add(w->problems, "reason", "not_a_choice",
                            _("“%s” is no reason to win; choose another one."), _(choice->label));
}

/* "Account, product"; what there is of it. */
static bool
settle_name(const Write *w, GError **error)
{
    g_auto(MwValue) account = MW_NOTHING, product = MW_NOTHING;

    if (!mw_record_is_null(w->record, "name"))
        return true;
    if (!scalar(w, "SELECT name FROM account WHERE id = $1", mw_record_int(w->record, "account"),
                &account, error) ||
        !scalar(w, "SELECT name FROM product WHERE id = $1", mw_record_int(w->record, "product"),
                &product, error))
        return false;
    if (account.is != MW_TEXT && product.is != MW_TEXT) {
        mw_problems_add(w->problems, "name", "required", _("%s: please fill this in."), _("Name"));
        return true;
    }
    bool both = account.is == MW_TEXT && product.is == MW_TEXT;
    g_autofree char *name =
        g_strdup_printf("%s%s%s", account.is == MW_TEXT ? account.text : "", both ? _(", ") : "",
                        product.is == MW_TEXT ? product.text : "");
    mw_record_set_text(w->record, "name", name);
    return true;
}

/* Whose team sees it is that of its owner, unless another one is chosen. */
static bool
settle_team(const Write *w, GError **error)
{
    g_auto(MwValue) team = MW_NOTHING;

    if (w->before || !mw_record_is_null(w->record, "team") || mw_record_is_null(w->record, "owner"))
        return true;
    if (!scalar(w, "SELECT team FROM \"user\" WHERE id = $1", mw_record_int(w->record, "owner"),
                &team, error))
        return false;
    if (team.is == MW_INTEGER)
        mw_record_set_int(w->record, "team", team.integer);
    return true;
}

static bool
check_opportunity(const MwContext *context, MwRecord *record, const MwRecord *before,
                  GHashTable *lines, MwProblems *problems, GError **error)
{
    Write w = { .context = context,
                .record = record,
                .before = before,
                .import = g_str_equal(context->source, "import"),
                .problems = problems };

    if (!settle_process(&w, error) || !settle_name(&w, error) || !settle_team(&w, error))
        return false;
    g_autoptr(GArray) stages =
        mw_stages_load(context->store, mw_record_int(record, "process"), error);
    w.stages = stages;
    if (!stages)
        return false;
    if (mw_record_is_null(record, "process") || !settle_stage(&w))
        return true;
    if (w.moved) {
        if (!check_move(&w, lines, error))
            return false;
        settle_move(&w);
    } else {
        mw_record_set_null(record, "move_reason");
    }
    settle_outcome(&w);
    check_reason(&w);
    settle_probability(&w);
    settle_weighted(&w);
    return true;
}

/* ---- keeping the moves ------------------------------------------------------------------- */

/* The open stages that a move has passed over, with commas; NULL: none. */
static char *
skipped(const GArray *stages, int from, int to)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (int i = from + 1; i < to; i++)
        if (mw_stage_at(stages, i)->kind == 'o')
            g_string_append_printf(names, "%s%s", names->len ? ", " : "",
                                   mw_stage_at(stages, i)->name);
    return names->len ? g_string_free(g_steal_pointer(&names), false) : NULL;
}

static MwRecord *
move_record(const MwContext *context, const MwRecord *record, const MwRecord *before,
            const GArray *stages)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "stage_move");
    MwRecord *move = mw_record_new(entity);
    int64_t user = mw_actor_user(context->actor), since = mw_record_int(record, "stage_since");
    int to = mw_stages_find(stages, mw_record_int(record, "stage"));
    int from = before ? mw_stages_find(stages, mw_record_int(before, "stage")) : -1;
    bool import = g_str_equal(context->source, "import");
    bool lost = to >= 0 && mw_stage_at(stages, to)->kind == 'l';
    g_autofree char *passed = import || lost ? NULL : skipped(stages, from, to);

    mw_record_set_int(move, "id", mw_id_next(mw_company_ids(context->company)));
    mw_record_set_int(move, "created_at", context->now);
    mw_record_set_int(move, "updated_at", context->now);
    if (user)
        mw_record_set_int(move, "created_by", user);
    mw_record_set_int(move, "opportunity", mw_record_id(record));
    mw_record_set_int(move, "to_stage", mw_record_int(record, "stage"));
    mw_record_set_int(move, "moved_at", since);
    mw_record_set_text(move, "skipped", passed);
    mw_record_set_text(move, "reason", mw_record_text(record, "move_reason"));
    if (before) {
        int64_t then = mw_record_int(before, "stage_since");
        mw_record_set_int(move, "from_stage", mw_record_int(before, "stage"));
        mw_record_set_int(move, "days", MAX(since - then, 0) / DAY_MS);
    }
    return move;
}

static bool
after_opportunity(const MwContext *context, const MwRecord *record, const MwRecord *before,
                  GError **error)
{
    MwValue id = MW_INT(mw_record_id(record));

    if (before && mw_record_int(before, "stage") == mw_record_int(record, "stage"))
        return true;
    g_autoptr(GArray) stages =
        mw_stages_load(context->store, mw_record_int(record, "process"), error);
    if (!stages)
        return false;
    g_autoptr(MwRecord) move = move_record(context, record, before, stages);
    /* The reason is kept with the move; the next one needs its own. */
    return mw_store_insert(context->store, move, error) &&
           (mw_record_is_null(record, "move_reason") ||
            mw_store_run(context->store, "UPDATE opportunity SET move_reason = NULL WHERE id = $1",
                         &id, 1, NULL, NULL, error));
}

/* There is one default. */
static bool
after_process(const MwContext *context, const MwRecord *process,
              const MwRecord *before G_GNUC_UNUSED, GError **error)
{
    MwValue id = MW_INT(mw_record_id(process));

    return !mw_record_int(process, "is_default") ||
           mw_store_run(context->store,
                        "UPDATE sales_process SET is_default = 0 WHERE id <> $1 AND "
                        "is_default = 1",
                        &id, 1, NULL, NULL, error);
}

const MwDerivation mw_opportunity_derivations[] = {
    { .entity = "opportunity", .check = check_opportunity, .after = after_opportunity },
    { .entity = "sales_process", .after = after_process },
    { .entity = "stage_gate", .check = mw_gate_check_itself },
    { .entity = NULL },
};

/* ---- short ways ------------------------------------------------------------------------------ */

static MwRecord *
write_move(const MwContext *context, int64_t id, int64_t stage, MwInput *input,
           MwProblems *problems, GError **error)
{
    mw_input_set_value(input, mw_entity_field(mw_input_entity(input), "stage"), MW_INT(stage));
    return mw_record_write(context, input, id, problems, error);
}

static MwInput *
input_new(const MwContext *context)
{
    return mw_input_new(mw_catalog_entity(context->catalog, "opportunity"));
}

/* As mw_record_read(), with the stages of its process. */
static MwRecord *
load(const MwContext *context, int64_t id, GArray **stages, GError **error)
{
    g_autoptr(MwRecord) record = mw_record_read(
        context, mw_catalog_entity(context->catalog, "opportunity"), id, MW_LIVE, error);

    *stages =
        record ? mw_stages_load(context->store, mw_record_int(record, "process"), error) : NULL;
    return *stages ? g_steal_pointer(&record) : NULL;
}

static void
lines_free(gpointer lines)
{
    g_ptr_array_unref(lines);
}

/* The lines that gates look at, as they are stored. */
static GHashTable *
stored_lines(const MwContext *context, const MwRecord *record, GError **error)
{
    g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, lines_free);

    for (size_t i = 0; record->entity->details[i]; i++) {
        const MwEntity *detail = record->entity->details[i];
        GPtrArray *found = mw_record_details(context, detail, mw_record_id(record), error);
        if (!found)
            return NULL;
        g_hash_table_insert(lines, (gpointer)detail->name, found);
    }
    return g_steal_pointer(&lines);
}

GPtrArray *
mw_opportunity_missing(const MwContext *context, const MwRecord *meant, GError **error)
{
    g_autoptr(GArray) stages = NULL;
    bool fresh = mw_record_version(meant) == 0;
    g_autoptr(MwRecord) stored =
        fresh ? mw_record_copy(meant) : load(context, mw_record_id(meant), &stages, error);
    g_autoptr(GHashTable) lines = stored ? stored_lines(context, stored, error) : NULL;
    g_autoptr(GPtrArray) missing = mw_missing_new();

    if (fresh && lines)
        stages = mw_stages_load(context->store, mw_record_int(meant, "process"), error);
    if (!lines || !stages)
        return NULL;
    int from = fresh || g_strcmp0(mw_record_text(stored, "outcome"), "lost") == 0
                   ? -1
                   : mw_stages_find(stages, mw_record_int(stored, "stage"));
    int to = mw_stages_find(stages, mw_record_int(meant, "stage"));
    if (to >= 0 && !mw_gates_check(context, meant, lines, stages, from, to, missing, error))
        return NULL;
    return g_steal_pointer(&missing);
}

MwRecord *
mw_opportunity_move(const MwContext *context, int64_t id, const char *stage, const char *reason,
                    MwProblems *problems, GError **error)
{
    g_autoptr(GArray) stages = NULL;
    g_autoptr(MwRecord) record = load(context, id, &stages, error);
    g_autoptr(MwInput) input = input_new(context);
    int64_t number = stage ? g_ascii_strtoll(stage, NULL, 10) : 0;

    if (!record)
        return NULL;
    for (int i = 0; i < (int)stages->len; i++) {
        const MwStage *candidate = mw_stage_at(stages, i);
        if (candidate->id != number && g_strcmp0(candidate->key, stage) != 0)
            continue;
        mw_input_set(input, "move_reason", reason);
        return write_move(context, id, candidate->id, input, problems, error);
    }
    mw_problems_add(problems, "stage", "not_found", _("Choose a stage of this sales process."));
    return g_steal_pointer(&record);
}

MwRecord *
mw_opportunity_close(const MwContext *context, int64_t id, const MwClosing *closing,
                     MwProblems *problems, GError **error)
{
    g_autoptr(GArray) stages = NULL;
    g_autoptr(MwRecord) record = load(context, id, &stages, error);
    g_autoptr(MwInput) input = input_new(context);

    if (!record)
        return NULL;
    if (g_strcmp0(mw_record_text(record, "outcome"), "open") != 0) {
        mw_problems_add(problems, "outcome", "closed", _("This opportunity is closed already."));
        return g_steal_pointer(&record);
    }
    int stage = mw_stages_first(stages, closing->won ? 'w' : 'l');
    if (stage < 0) {
        mw_problems_add(problems, "stage", "not_found", _("Choose a stage of this sales process."));
        return g_steal_pointer(&record);
    }
    mw_input_set(input, "reason", closing->reason);
    mw_input_set(input, "competitor", closing->competitor);
    mw_input_set(input, "close_note", closing->note);
    mw_input_set(input, "closed_on", closing->closed_on);
    mw_input_set(input, "move_reason", closing->move_reason);
    return write_move(context, id, mw_stage_at(stages, stage)->id, input, problems, error);
}

static int
last_open_stage(const MwContext *context, int64_t id, const GArray *stages, GError **error)
{
    g_auto(MwValue) found = MW_NOTHING;
    MwValue param = MW_INT(id);

    if (!mw_store_scalar(context->store,
                         "SELECT m.to_stage FROM stage_move m JOIN stage s ON s.id = m.to_stage "
                         "WHERE m.opportunity = $1 AND s.kind = 'open' AND s.deleted_at IS NULL "
                         "ORDER BY m.id DESC LIMIT 1",
                         &param, 1, &found, error))
        return -1;
    int last = found.is == MW_INTEGER ? mw_stages_find(stages, found.integer) : -1;
    return last >= 0 ? last : mw_stages_first(stages, 'o');
}

MwRecord *
mw_opportunity_reopen(const MwContext *context, int64_t id, const char *reason,
                      MwProblems *problems, GError **error)
{
    g_autoptr(GArray) stages = NULL;
    g_autoptr(MwRecord) record = load(context, id, &stages, error);
    g_autoptr(MwInput) input = input_new(context);
    g_autoptr(GError) local = NULL;

    if (!record)
        return NULL;
    if (g_strcmp0(mw_record_text(record, "outcome"), "open") == 0) {
        mw_problems_add(problems, "outcome", "open", _("This opportunity is open."));
        return g_steal_pointer(&record);
    }
    int stage = last_open_stage(context, id, stages, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    mw_input_set(input, "move_reason", reason);
    return write_move(context, id, mw_stage_at(stages, MAX(stage, 0))->id, input, problems, error);
}
