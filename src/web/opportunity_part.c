/* opportunity_part: what the page of an opportunity has below its heading: the stage bar, how it ends, its chances. */
#include "base/clock.h"
#include "base/i18n.h"
#include "methods/stage_path.h"
#include "model/kinds/kinds.h"
#include "web/parts.h"

enum { DAY_MS = 86400000, PLANNED_MAX = 50 };

static const char *const states[] = {
    [MW_STEP_DONE] = "done",
    [MW_STEP_SKIPPED] = "skipped",
    [MW_STEP_CURRENT] = "current",
    [MW_STEP_COMING] = "coming",
};

static char *
days_text(int64_t days)
{
    return g_strdup_printf(mw_ngettext("%lld day", "%lld days", (unsigned long)days),
                           (long long)days);
}

static char *
percent_text(const MwContext *context, int64_t hundredths)
{
    const MwField field = { .kind = &mw_percent };
    g_autoptr(GString) text = g_string_new(NULL);
    MwValue value = MW_INT(hundredths);

    mw_field_show(&field, &context->locale, &value, text);
    return g_string_free(g_steal_pointer(&text), false);
}

/* ---- the bar --------------------------------------------------------------------- */

static void
put_note(MwNode *item, const MwStep *step)
{
    g_autofree char *days = days_text(step->days), *usual = days_text(step->expected_days);
    bool current = step->state == MW_STEP_CURRENT && step->kind == 'o';

    if (step->state == MW_STEP_SKIPPED)
        mw_put_text(item, "note", _("skipped"));
    else
        mw_put_copy(item, "note", current || step->state == MW_STEP_DONE ? days : NULL);
    mw_put_bool(item, "late",
                current && step->expected_days > 0 && step->days > step->expected_days);
    if (step->expected_days > 0)
        mw_put_format(item, "tip", _("%s; usually %s"), step->name, usual);
    else
        mw_put_copy(item, "tip", step->name);
}

static void
put_steps(MwNode *node, const MwStagePath *path, bool moves)
{
    MwNode *steps = mw_put_list(node, "steps");

    for (guint i = 0; i < path->steps->len; i++) {
        const MwStep *step = &g_array_index(path->steps, MwStep, i);
        if (step->kind == 'l' && step->state != MW_STEP_CURRENT)
            continue;
        MwNode *item = mw_put_object(steps, NULL);
        mw_put_format(item, "id", "%" G_GINT64_FORMAT, step->stage);
        mw_put_copy(item, "name", step->name);
        mw_put_format(item, "state", "%s%s", states[step->state],
                      step->state != MW_STEP_CURRENT ? ""
                      : step->kind == 'w'            ? " stage-won"
                      : step->kind == 'l'            ? " stage-lost"
                                                     : "");
        mw_put_bool(item, "current", step->state == MW_STEP_CURRENT);
        mw_put_bool(item, "clicks", moves && step->state != MW_STEP_CURRENT);
        put_note(item, step);
    }
}

/* ---- how it ends ------------------------------------------------------------------ */

static void
put_end(MwNode *ends, const MwRecordPage *page, int64_t stage, const char *label, const char *class,
        const char *icon)
{
    if (!stage)
        return;
    MwNode *item = mw_put_object(ends, NULL);
    mw_put_text(item, "label", label);
    mw_put_text(item, "class", class);
    mw_put_text(item, "icon", icon);
    mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT "/move?_to=%" G_GINT64_FORMAT,
                  page->entity->path, mw_record_id(page->record), stage);
}

static int64_t
first_of_kind(const MwStagePath *path, char kind)
{
    for (guint i = 0; i < path->steps->len; i++)
        if (g_array_index(path->steps, MwStep, i).kind == kind)
            return g_array_index(path->steps, MwStep, i).stage;
    return 0;
}

static void
put_ends(MwNode *node, const MwRecordPage *page, const MwStagePath *path, bool moves)
{
    MwNode *ends = mw_put_list(node, "ends");
    bool open = g_strcmp0(mw_record_text(page->record, "outcome"), "open") == 0;

    if (!moves)
        return;
    if (open) {
        put_end(ends, page, first_of_kind(path, 'w'), _("Win"), "btn-success", "trophy");
        put_end(ends, page, first_of_kind(path, 'l'), _("Lose"), "", "x");
    } else {
        put_end(ends, page, path->last_open ? path->last_open : first_of_kind(path, 'o'),
                _("Reopen"), "", "arrow-back-up");
    }
}

/* The open stage after the current one, to go to by one button. */
static void
put_next(MwNode *node, const MwStagePath *path, bool moves)
{
    const MwStep *next = NULL;

    for (guint i = 0; moves && i + 1 < path->steps->len; i++) {
        const MwStep *step = &g_array_index(path->steps, MwStep, i);
        if (step->state == MW_STEP_CURRENT && step->kind == 'o' && step[1].kind == 'o')
            next = step + 1;
    }
    if (!next) {
        mw_put_text(node, "next", NULL);
        return;
    }
    MwNode *item = mw_put_object(node, "next");
    mw_put_format(item, "id", "%" G_GINT64_FORMAT, next->stage);
    mw_put_format(item, "label", _("Move to %s"), next->name);
}

/* What comes after a win, as far as the reader may make it: the order, and a visit to deliver. */
static void
put_follows(MwNode *node, const MwRecordPage *page)
{
    const MwContext *context = page->request->context;
    const struct {
        const char *entity, *label, *icon, *query;
    } follows[] = {
        { "sales_order", _("Create the sales order"), "file-invoice", "_from=opportunity.%s" },
        { "activity", _("Plan the delivery visit"), "truck-delivery",
          "_from=opportunity.%s&type=visit&opportunity=%s" },
    };
    bool won = g_strcmp0(mw_record_text(page->record, "outcome"), "won") == 0;
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, mw_record_id(page->record));
    MwNode *list = mw_put_list(node, "follows");
    bool any = false;

    for (size_t i = 0; won && i < G_N_ELEMENTS(follows); i++) {
        const MwEntity *entity = mw_catalog_entity(context->catalog, follows[i].entity);
        if (!mw_actor_may(context->actor, entity, MW_MAY_CREATE))
            continue;
        g_auto(GStrv) parts = g_strsplit(follows[i].query, "%s", -1);
        g_autofree char *query = g_strjoinv(id, parts);
        MwNode *item = mw_put_object(list, NULL);
        any = true;
        mw_put_text(item, "label", follows[i].label);
        mw_put_text(item, "icon", follows[i].icon);
        mw_put_format(item, "href", "/%s/new?%s", entity->path, query);
    }
    mw_put_bool(node, "any_follows", any);
}

/* ---- what is known ------------------------------------------------------------------- */

static MwNode *
put_fact(MwNode *facts, const char *label, const char *text, const char *note, const char *tip,
         bool late)
{
    MwNode *fact = mw_put_object(facts, NULL);

    mw_put_text(fact, "label", label);
    mw_put_copy(fact, "text", text);
    mw_put_copy(fact, "note", note);
    mw_put_copy(fact, "tip", tip);
    mw_put_text(fact, "href", NULL);
    mw_put_bool(fact, "late", late);
    return fact;
}

static void
put_chances(MwNode *facts, const MwRecordPage *page, const MwStep *step)
{
    const MwContext *context = page->request->context;
    g_autofree char *own = percent_text(context, mw_record_int(page->record, "probability"));
    g_autofree char *usual = percent_text(context, step->probability);
    g_autofree char *learned = percent_text(context, step->learned);
    g_autofree char *beside =
        g_strdup_printf(_("default of the stage %s; counts in the weighted amount"), usual);
    g_autofree char *of = g_strdup_printf(
        mw_ngettext("from %lld deal", "from %lld deals", (unsigned long)step->learned_deals),
        (long long)step->learned_deals);
    bool decided = mw_record_int(page->record, "probability_overridden") != 0;

    put_fact(facts, _("Probability"), own, decided ? beside : _("counts in the weighted amount"),
             NULL, false);
    put_fact(facts, _("Learned probability"), step->learned >= 0 ? learned : "–",
             step->learned >= 0 ? of : NULL,
             _("The share of the closed deals that reached this stage and were won."), false);
}

/* probability, learned_probability, learned_deals */
static bool
keep_chances(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    *(MwStep *)data = (MwStep){ .stage = 1,
                                .probability = c[0].integer,
                                .learned = c[1].is == MW_INTEGER ? c[1].integer : -1,
                                .learned_deals = c[2].is == MW_INTEGER ? c[2].integer : 0 };
    return true;
}

char *
mw_opportunity_chances(const MwContext *context, const MwRecord *record, GError **error)
{
    MwValue stage = MW_INT(mw_record_int(record, "stage"));
    MwStep step = { 0 };

    if (!mw_store_run(context->store,
                      "SELECT probability, learned_probability, learned_deals FROM stage WHERE id "
                      "= $1 AND kind = 'open'",
                      &stage, 1, keep_chances, &step, error) ||
        !step.stage)
        return NULL;
    g_autofree char *usual = percent_text(context, step.probability);
    g_autofree char *learned = percent_text(context, step.learned);
    if (step.learned < 0)
        return g_strdup_printf(_("Default of the stage: %s; nothing is learned yet."), usual);
    return g_strdup_printf(mw_ngettext("Default of the stage: %s; learned: %s of %lld deal.",
                                       "Default of the stage: %s; learned: %s of %lld deals.",
                                       (unsigned long)step.learned_deals),
                           usual, learned, (long long)step.learned_deals);
}

static void
put_day(MwNode *facts, const MwRecordPage *page, const char *name, bool can_be_late)
{
    const MwContext *context = page->request->context;
    const MwField *field = mw_entity_field(page->entity, name);
    const MwValue *value = mw_record_value(page->record, field);
    g_autofree char *today =
        mw_date_format(mw_date_of_instant(context->now, context->locale.zone), MW_CLOCK_ISO);
    g_autoptr(GString) text = g_string_new(NULL);

    if (!mw_actor_sees(context->actor, page->entity, field))
        return;
    mw_field_show(field, &context->locale, value, text);
    put_fact(facts, mw_field_label(field), text->len > 0 ? text->str : "–", NULL, NULL,
             can_be_late && value->is == MW_TEXT && strcmp(value->text, today) < 0);
}

/* How long it is in its stage, beside what is usual there. */
static void
put_stay(MwNode *facts, const MwStep *step)
{
    g_autofree char *days = days_text(step->days), *usual = days_text(step->expected_days);
    g_autofree char *beside = g_strdup_printf(_("usually %s"), usual);

    put_fact(facts, _("In this stage"), days, step->expected_days > 0 ? beside : NULL, NULL,
             step->expected_days > 0 && step->days > step->expected_days);
}

/* The first open activity that the reader may see; NULL without an error: none. */
static bool
find_planned(const MwRecordPage *page, MwRecord **first, GError **error)
{
    const MwContext *context = page->request->context;
    const MwEntity *activity = mw_catalog_entity(context->catalog, "activity");
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = activity, .filter = filter, .limit = PLANNED_MAX };

    mw_filter_add(filter, mw_filter_test(mw_entity_field(activity, "opportunity"), MW_TEST_EQ,
                                         MW_INT(mw_record_id(page->record))));
    mw_filter_add(filter, mw_filter_test(mw_entity_field(activity, "done"), MW_TEST_EQ, MW_INT(0)));
    g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    *first = NULL;
    for (guint i = 0; found && i < found->len; i++) {
        MwRecord *each = found->pdata[i];
        int64_t at = mw_record_int(each, "calendar_at");
        if (!*first || (at && (mw_record_is_null(*first, "calendar_at") ||
                               at < mw_record_int(*first, "calendar_at"))))
            *first = each;
    }
    *first = *first ? mw_record_copy(*first) : NULL;
    return found != NULL;
}

/* What is planned first; where nothing is, what somebody has written down. */
static bool
put_next_step(MwNode *facts, const MwRecordPage *page, GError **error)
{
    const MwContext *context = page->request->context;
    const MwField *written = mw_entity_field(page->entity, "next_step");
    const char *text = mw_actor_sees(context->actor, page->entity, written)
                           ? mw_record_text(page->record, "next_step")
                           : NULL;
    g_autoptr(MwRecord) planned = NULL;

    if (!find_planned(page, &planned, error))
        return false;
    if (!planned) {
        put_fact(facts, _("Next step"), text ? text : "–", _("nothing is planned"), NULL, true);
        return true;
    }
    const MwField *at = mw_entity_field(
        planned->entity, mw_record_is_null(planned, "starts_at") ? "due_on" : "starts_at");
    g_autoptr(GString) when = g_string_new(NULL);
    mw_field_show(at, &context->locale, mw_record_value(planned, at), when);
    MwNode *fact = mw_put_object(facts, NULL);
    mw_put_text(fact, "label", _("Next step"));
    mw_put_copy(fact, "text", mw_record_text(planned, "subject"));
    mw_put_copy(fact, "note", when->len > 0 ? when->str : NULL);
    mw_put_text(fact, "tip", NULL);
    mw_put_format(fact, "href", "/activities/%" G_GINT64_FORMAT, mw_record_id(planned));
    mw_put_bool(fact, "late", false);
    return true;
}

static bool
put_facts(MwNode *node, const MwRecordPage *page, const MwStagePath *path, GError **error)
{
    MwNode *facts = mw_put_list(node, "facts");
    const MwContext *context = page->request->context;
    const MwField *probability = mw_entity_field(page->entity, "probability");
    bool open = g_strcmp0(mw_record_text(page->record, "outcome"), "open") == 0;

    for (guint i = 0; open && i < path->steps->len; i++) {
        const MwStep *step = &g_array_index(path->steps, MwStep, i);
        if (step->state != MW_STEP_CURRENT)
            continue;
        if (mw_actor_sees(context->actor, page->entity, probability))
            put_chances(facts, page, step);
        put_stay(facts, step);
    }
    if (open) {
        g_autofree char *age =
            days_text(MAX(context->now - mw_record_int(page->record, "created_at"), 0) / DAY_MS);
        put_fact(facts, _("Age"), age, NULL, NULL, false);
        put_day(facts, page, "close_on", true);
        return put_next_step(facts, page, error);
    }
    static const char *const closing[] = { "closed_on", "days_to_close", "reason", "competitor" };
    for (size_t i = 0; i < G_N_ELEMENTS(closing); i++) {
        const MwField *field = mw_entity_field(page->entity, closing[i]);
        const MwValue *value = mw_record_value(page->record, field);
        g_autoptr(GString) text = g_string_new(NULL);
        if (value->is == MW_NULL || !mw_actor_sees(context->actor, page->entity, field))
            continue;
        const char *label = mw_board_end_label(
            mw_board_end(page->entity->board, mw_record_text(page->record, "outcome")), field);
        mw_cell_text(context, page->links, page->record, field, value, text);
        put_fact(facts, label ? label : mw_field_label(field), text->str, NULL, NULL, false);
    }
    return true;
}

bool
mw_opportunity_part(MwNode *node, MwRecordPage *page, GError **error)
{
    const MwActor *actor = page->request->context->actor;
    const MwField *stage = mw_entity_field(page->entity, "stage");
    bool moves = mw_record_is_null(page->record, "deleted_at") &&
                 mw_actor_may(actor, page->entity, MW_MAY_UPDATE) &&
                 mw_actor_edits(actor, page->entity, stage);
    g_auto(MwStagePath) path = { 0 };

    if (!mw_stage_path(page->request->context, page->record, &path, error))
        return false;
    mw_put_format(node, "move", "/%s/%" G_GINT64_FORMAT "/move", page->entity->path,
                  mw_record_id(page->record));
    mw_put_bool(node, "moves", moves);
    put_steps(node, &path, moves);
    put_ends(node, page, &path, moves);
    put_next(node, &path, moves);
    put_follows(node, page);
    return put_facts(node, page, &path, error);
}
