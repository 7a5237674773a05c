/* demo_deal_steps: what is done, written down and decided at each step of a deal. */
#include <math.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/demo_deals.h"
#include "methods/lead.h"
#include "methods/opportunity.h"

enum { HOUR_MS = 3600000, DAY_MS = 24 * HOUR_MS };

/* ---- value ------------------------------------------------------------------------------ */

static double
rate(const MwDemoStep *s)
{
    int64_t day = mw_date_of_instant(s->instant, s->demo->context->settings->zone);
    unsigned currency = s->deal->account->currency;

    return currency ? (double)mw_demo_rate(s->demo, currency - 1u, day) / 1e8 : 1.0;
}

/* Projects are about machines, spare parts about seals and impellers, repeat orders about what the customer mostly buys. */
static const MwDemoProduct *
pick_product(MwDemoStep *s)
{
    static const int projects[] = { 0, 1, 2, 3, 7, 8, 9, 1, 9 }, spares[] = { 10, 11, 11 };
    const MwDemo *demo = s->demo;
    MwDemoDeal *deal = s->deal;
    int family = deal->process == 0 ? projects[mw_demo_pick(&deal->dice, G_N_ELEMENTS(projects))]
                                    : spares[mw_demo_pick(&deal->dice, G_N_ELEMENTS(spares))];
    const MwDemoProduct *products = (const MwDemoProduct *)(const void *)demo->products->data;
    size_t n = 0, first = 0;

    if (deal->process == 3)
        return &products[deal->account->product];
    for (guint i = 0; i < demo->products->len; i++) {
        if (products[i].family != family)
            continue;
        first = n++ == 0 ? i : first;
    }
    return &products[first + mw_demo_pick(&deal->dice, n)];
}

static void
add_line(MwDemoStep *s, MwInput *input, const MwDemoProduct *product, int64_t position)
{
    MwInput *line =
        mw_input_add_detail(input, mw_catalog_entity(s->as.catalog, "opportunity_line"), 0, false);
    double u = mw_demo_roll(&s->deal->dice), most = product->most;
    double factor = s->deal->process == 0 ? 2.5 : 1.5;
    double price = (double)product->list_price * (0.88 + 0.1 * u) / rate(s);

    mw_demo_put(line, "position", position);
    mw_demo_put(line, "product", product->id);
    mw_demo_put(line, "quantity", (1 + (int64_t)(u * most * factor)) * 1000);
    mw_demo_put(line, "unit_price", (int64_t)(price / 1e6 + 0.5) * 1000000);
}

static void
put_lines(MwDemoStep *s, MwInput *input, const MwDemoProduct *main_product)
{
    int64_t position = 1;

    add_line(s, input, main_product, position);
    while (position < 4 && mw_demo_chance(s, 0.5)) {
        const MwDemoProduct *other = pick_product(s);
        if (other == main_product)
            break;
        add_line(s, input, other, ++position);
    }
    s->deal->has_amount = true;
}

static void
put_figure(MwDemoStep *s, MwInput *input)
{
    double u = mw_demo_roll(&s->deal->dice);
    double amount = 80000.0 * exp(u * 3.6) / (s->demo->zh ? 1.0 : 7.7) / rate(s);
    double step = amount > 500000 ? 50000 : 5000;

    mw_demo_put(input, "amount", (int64_t)(round(amount / step) * step) * 100);
    s->deal->has_amount = true;
}

/* ---- activities ------------------------------------------------------------------------------ */

/* Which of the talks of the words fits a stage: those of projects, or fewer. */
static size_t
talk_of(const MwDemoDeal *deal, int stage)
{
    size_t talk = deal->process == 0 ? (size_t)stage : (size_t)(stage > 0 ? stage + 2 : 0);

    return MIN(talk, (size_t)MW_DEMO_TALKS - 1);
}

static MwInput *
activity(MwDemoStep *s, const char *type, const char *subject)
{
    MwDemoDeal *deal = s->deal;
    MwInput *input = mw_demo_input(s->demo, "activity");

    s->sales->demo->made_activities++;
    mw_input_import(input); /* it is told when it was done */
    mw_input_set(input, "type", type);
    mw_input_set(input, "subject", subject);
    mw_demo_put(input, "opportunity", deal->id);
    mw_demo_put(input, "account", deal->account->id);
    if (deal->n_people > 0)
        mw_demo_put(input, "contact", deal->people[mw_demo_pick(&deal->dice, deal->n_people)]);
    return input;
}

/* What was done and came of it, some hours before this step. */
static bool
talk(MwDemoStep *s, int stage, GError **error)
{
    MwDemoDeal *deal = s->deal;
    const MwDemoDealWords *w = s->demo->deal_words;
    size_t which = talk_of(deal, stage);
    bool visit = which > 0 && mw_demo_chance(s, 0.7);
    const char *type = visit ? "visit" : mw_demo_chance(s, 0.7) ? "call" : "mail";
    int64_t end = s->instant - HOUR_MS / 2, begin = end - (visit ? 2 * HOUR_MS : HOUR_MS / 4);
    g_autoptr(MwInput) input = activity(s, type, mw_demo_word(&deal->dice, w->talks[which]));

    mw_demo_put(input, "starts_at", begin);
    mw_demo_put(input, "ends_at", end);
    mw_demo_put(input, "done", 1);
    mw_demo_put(input, "done_at", end);
    mw_input_set(input, "result", mw_demo_word(&deal->dice, w->results[which]));
    mw_input_set(input, "next_step", mw_demo_word(&deal->dice, w->next_steps[which]));
    return mw_demo_save(&s->as, input, 0, error) != 0;
}

/* A question to a colleague, who is told of it. */
static bool
ask(MwDemoStep *s, const char *text, GError **error)
{
    g_autoptr(MwInput) input = activity(s, "note", s->demo->deal_words->question);

    mw_input_set(input, "body", text);
    mw_demo_put(input, "done", 1);
    mw_demo_put(input, "done_at", s->as.now);
    return mw_demo_save(&s->as, input, 0, error) != 0;
}

/* What is planned: most deals have a next step, some of them late, some none. */
static bool
plan(MwDemoStep *s, GError **error)
{
    static const int64_t days[] = { -6, -2, -1, 0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 7, 9, 12, 16 };
    MwDemoDeal *deal = s->deal;
    size_t which = talk_of(deal, deal->stage);
    const char *subject = mw_demo_word(&deal->dice, s->demo->deal_words->next_steps[which]);
    int64_t day = s->demo->today + days[mw_demo_pick(&deal->dice, G_N_ELEMENTS(days))];
    double hour = 9.0 + floor(mw_demo_roll(&deal->dice) * 15) / 2;
    double u = mw_demo_roll(&deal->dice);
    const char *type = u < 0.4 ? "visit" : u < 0.7 ? "call" : "task";

    if (mw_demo_chance(s, 0.2))
        return true;
    if (mw_date_weekday(day) > 5)
        day += day < s->demo->today ? -2 : 2;
    g_autoptr(MwInput) input = activity(s, type, subject);
    if (*type == 't') {
        mw_demo_put_day(input, "due_on", day);
    } else {
        int64_t begin = mw_demo_at(s->demo, day, hour);
        mw_demo_put(input, "starts_at", begin);
        mw_demo_put(input, "ends_at", begin + (*type == 'v' ? 2 * HOUR_MS : HOUR_MS / 4));
    }
    return mw_demo_save(&s->as, input, 0, error) != 0;
}

/* ---- files --------------------------------------------------------------------------------- */

/* A page of one line; Latin, because it brings no font of its own. */
static char *
make_pdf(const char *title)
{
    g_autofree char *text = g_strdup_printf("BT /F1 20 Tf 60 760 Td (%s) Tj ET", title);
    const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 "
        "5 0 R>>>>>>",
        NULL, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    };
    g_autoptr(GString) pdf = g_string_new("%PDF-1.4\n");
    gsize at[G_N_ELEMENTS(objects)];

    for (size_t i = 0; i < G_N_ELEMENTS(objects); i++) {
        at[i] = pdf->len;
        if (objects[i])
            g_string_append_printf(pdf, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
        else
            g_string_append_printf(pdf,
                                   "%zu 0 obj\n<</Length %zu>>\nstream\n%s\nendstream\nendobj\n",
                                   i + 1, strlen(text), text);
    }
    gsize table = pdf->len;
    g_string_append_printf(pdf, "xref\n0 %zu\n0000000000 65535 f \n", G_N_ELEMENTS(objects) + 1);
    for (size_t i = 0; i < G_N_ELEMENTS(objects); i++)
        g_string_append_printf(pdf, "%010zu 00000 n \n", at[i]);
    g_string_append_printf(pdf, "trailer\n<</Size %zu/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
                           G_N_ELEMENTS(objects) + 1, table);
    return g_string_free(g_steal_pointer(&pdf), false);
}

static bool
attach(MwDemoStep *s, int stage, GError **error)
{
    const MwDemoDealWords *w = s->demo->deal_words;
    g_autofree char *title = g_strdup_printf("Technical proposal %zu", s->deal->number + 1);
    g_autofree char *pdf = make_pdf(title);
    const char *const files[][3] = { { w->minutes_name, "text/plain", w->minutes },
                                     { w->survey_name, "text/csv", w->survey },
                                     { w->offer_name, "application/pdf", pdf } };

    if (stage < 1 || stage > 3 || s->deal->process > 0 || !mw_demo_chance(s, 0.35))
        return true;
    const char *const *file = files[stage - 1];
    return mw_demo_attach(&s->as, "opportunity", s->deal->id, file[0], file[1], file[2],
                          strlen(file[2]), error);
}

/* ---- steps ----------------------------------------------------------------------------------- */

static char *
name_of(MwDemoStep *s, const MwDemoProduct *product)
{
    const MwDemoDealWords *w = s->demo->deal_words;
    int year, month, day;

    if (s->deal->process == 0)
        return g_strdup(mw_demo_word(&s->deal->dice, w->projects));
    mw_date_to_ymd(s->deal->close_on + 60, &year, &month, &day);
    if (s->deal->process == 1)
        return g_strdup_printf(mw_demo_word(&s->deal->dice, w->frameworks), year);
    return g_strdup_printf(s->deal->process == 2 ? w->spares : w->repeat, product->name);
}

/* A lead some days before, which becomes this opportunity; what is there of the customer is linked to. */
static bool
convert_lead(MwDemoStep *s, const char *name, GError **error)
{
    static const char *const sources[] = { "website", "fair", "referral", "call", "partner" };
    MwDemoDeal *deal = s->deal;
    MwValue id = MW_INT(deal->account->id);
    g_auto(MwValue) company = MW_NOTHING;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwInput) input = mw_demo_input(s->demo, "lead");
    MwConversionAsk ask = { .account = deal->account->id, .name = name };
    MwConversion made = { 0 };
    MwContext then = mw_demo_as(s->demo, mw_demo_seller(deal), s->instant - 4 * (int64_t)DAY_MS);

    if (!mw_store_scalar(s->as.store, "SELECT name FROM account WHERE id = $1", &id, 1, &company,
                         error))
        return false;
    mw_input_set(input, "company", company.text);
    mw_input_set(input, "source", sources[mw_demo_pick(&deal->dice, G_N_ELEMENTS(sources))]);
    mw_input_set(input, "need", mw_demo_word(&deal->dice, s->demo->deal_words->needs));
    mw_input_set(input, "rating", mw_demo_chance(s, 0.5) ? "hot" : "warm");
    mw_input_set(input, "status", "qualified");
    int64_t lead = mw_demo_save(&then, input, 0, error);
    if (!lead || !mw_lead_convert(&s->as, lead, &ask, &made, problems, error))
        return false;
    if (mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INTERNAL, "lead: %s", text);
    }
    deal->id = made.opportunity;
    return true;
}

static bool
first_contact(MwDemoStep *s, GError **error)
{
    static const char *const sources[] = { "customer", "website", "fair",    "referral",
                                           "tender",   "call",    "customer" };
    MwDemoDeal *deal = s->deal;
    const MwDemoProduct *product = pick_product(s);
    g_autofree char *name = name_of(s, product);
    g_autoptr(MwInput) input = mw_demo_input(s->demo, "opportunity");

    if (!mw_demo_load_people(s, error) || (deal->from_lead && !convert_lead(s, name, error)))
        return false;
    mw_input_set(input, "name", name);
    mw_demo_put(input, "account", deal->account->id);
    mw_demo_put(input, "process", s->demo->processes[deal->process]);
    mw_demo_put_day(input, "close_on", deal->close_on);
    mw_demo_put_day(input, "engaged_on", deal->days[0]);
    mw_input_set(input, "currency",
                 deal->account->currency
                     ? s->demo->words->rate_currencies[deal->account->currency - 1]
                     : s->demo->words->currency);
    if (!deal->from_lead)
        mw_input_set(input, "source",
                     deal->process == 3
                         ? "customer"
                         : sources[mw_demo_pick(&deal->dice, G_N_ELEMENTS(sources))]);
    if (deal->process != 1)
        mw_demo_put(input, "product", product->id);
    if (deal->process >= 2)
        put_lines(s, input, product);
    else if (mw_demo_chance(s, 0.6))
        put_figure(s, input);
    if (deal->n_people > 0)
        mw_demo_put(input, "contact", deal->people[0]);
    deal->id = mw_demo_save(&s->as, input, deal->id, error);
    return deal->id && talk(s, 0, error);
}

/* What is known by the time it moves on: people, product lines, competitors, the next step. */
static bool
learn(MwDemoStep *s, int stage, GError **error)
{
    static const char *const standings[] = { "ahead", "level", "behind", "behind", "out" };
    MwDemoDeal *deal = s->deal;
    const MwDemoDealWords *w = s->demo->deal_words;
    g_autoptr(MwInput) input = mw_demo_input(s->demo, "opportunity");
    bool long_sale = deal->process < 2;

    mw_input_set(input, "next_step",
                 mw_demo_word(&deal->dice, w->next_steps[talk_of(deal, stage)]));
    if (long_sale && stage == 2) {
        if (!mw_demo_meet_people(s, input, error))
            return false;
        size_t n = mw_demo_pick(&deal->dice, 3), first = mw_demo_pick(&deal->dice, 5);
        for (size_t i = 0; i < n; i++) {
            MwInput *line = mw_input_add_detail(
                input, mw_catalog_entity(s->as.catalog, "opportunity_competitor"), 0, false);
            mw_demo_put(line, "competitor", s->demo->competitors[(first + i) % 5]);
            mw_input_set(line, "standing", standings[mw_demo_pick(&deal->dice, 5)]);
            mw_input_set(line, "note", mw_demo_word(&deal->dice, w->standings));
        }
    } else if (long_sale && stage == 1 && deal->n_people > 0 &&
               !mw_demo_add_person(s, input, 0, error)) {
        return false;
    }
    if (deal->process == 0 && stage == 3 && (!deal->has_amount || mw_demo_chance(s, 0.65)))
        put_lines(s, input, pick_product(s));
    else if (deal->process == 1 && stage >= 2 && !deal->has_amount)
        put_figure(s, input);
    return mw_demo_save(&s->as, input, deal->id, error) != 0 &&
           (!long_sale || stage != 2 || mw_demo_relate_people(s, error));
}

/* As its seller; where the evidence is missing, as the manager with a reason. */
static bool
move_on(MwDemoStep *s, int stage, GError **error)
{
    const MwStage *to = mw_stage_at(s->sales->stages[s->deal->process], stage);
    MwContext manager = mw_demo_as(s->demo, MW_DEMO_MANAGER, s->instant);

    for (int try = 0; try < 2; try++) {
        g_autoptr(MwProblems) problems = mw_problems_new();
        const char *reason = mw_demo_word(&s->deal->dice, s->demo->deal_words->overrides);
        g_autoptr(MwRecord) moved = mw_opportunity_move(
            try ? &manager : &s->as, s->deal->id, to->key, try ? reason : NULL, problems, error);
        if (!moved)
            return false;
        if (!mw_problems_any(problems)) {
            s->deal->stage = stage;
            return true;
        }
        g_autofree char *text = mw_problems_text(problems);
        if (try)
            return mw_fail(error, MW_ERROR_INTERNAL, "%s", text);
    }
    return false;
}

/* A stage may have been skipped: its evidence is gathered all the same. */
static bool
advance(MwDemoStep *s, int stage, GError **error)
{
    for (int i = s->deal->stage + 1; i <= stage; i++)
        if (!learn(s, i, error))
            return false;
    return talk(s, stage, error) && attach(s, stage, error) && move_on(s, stage, error);
}

static bool
close_deal(MwDemoStep *s, GError **error)
{
    static const char *const wins[] = { "product", "service", "relationship", "delivery", "price" },
                             *const losses[] = { "price",        "price",    "product",
                                                 "relationship", "delivery", "budget",
                                                 "no_decision",  "cancelled" };
    MwDemoDeal *deal = s->deal;
    const MwDemoDealWords *w = s->demo->deal_words;
    bool won = deal->outcome == 'w';
    g_autofree char *competitor =
        g_strdup_printf("%" G_GINT64_FORMAT, s->demo->competitors[mw_demo_pick(&deal->dice, 5)]);
    MwContext manager = mw_demo_as(s->demo, MW_DEMO_MANAGER, s->instant);
    MwClosing closing = {
        .won = won,
        .reason = won ? wins[mw_demo_pick(&deal->dice, G_N_ELEMENTS(wins))]
                      : losses[mw_demo_pick(&deal->dice, G_N_ELEMENTS(losses))],
        .competitor = mw_demo_chance(s, 0.7) ? competitor : NULL,
        .note =
            mw_demo_chance(s, 0.6) ? mw_demo_word(&deal->dice, won ? w->wins : w->losses) : NULL,
    };

    for (int try = 0; try < 2; try++) {
        g_autoptr(MwProblems) problems = mw_problems_new();
        g_autoptr(MwRecord) closed =
            mw_opportunity_close(try ? &manager : &s->as, deal->id, &closing, problems, error);
        if (!closed)
            return false;
        if (!mw_problems_any(problems))
            return true;
        g_autofree char *text = mw_problems_text(problems);
        if (try)
            return mw_fail(error, MW_ERROR_INTERNAL, "%s", text);
        closing.move_reason = mw_demo_word(&deal->dice, w->overrides);
    }
    return false;
}

static bool
reopen(MwDemoStep *s, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwInput) input = mw_demo_input(s->demo, "opportunity");
    g_autoptr(MwRecord) opened = mw_opportunity_reopen(
        &s->as, s->deal->id, mw_demo_word(&s->deal->dice, s->demo->deal_words->reopenings),
        problems, error);

    mw_demo_put_day(input, "close_on", s->demo->today + 21);
    return opened && !mw_problems_any(problems) &&
           mw_demo_save(&s->as, input, s->deal->id, error) != 0;
}

/* Today: what is planned, and here and there a question to a colleague. */
static bool
look_ahead(MwDemoStep *s, GError **error)
{
    MwDemoDeal *deal = s->deal;
    unsigned beside =
        deal->account->seller < 2 ? MW_DEMO_SELLER + 1u - deal->account->seller : MW_DEMO_SERVICE;
    unsigned to = mw_demo_chance(s, 0.5) ? MW_DEMO_MANAGER : beside;

    s->as.now = MIN(s->demo->context->now,
                    s->instant - (int64_t)(mw_demo_roll(&deal->dice) * 2.5 * (double)DAY_MS));
    if (mw_demo_chance(s, 0.2)) {
        g_autofree char *text = g_strdup_printf(
            mw_demo_word(&deal->dice, s->demo->deal_words->mentions), s->demo->words->people[to]);
        if (!ask(s, text, error))
            return false;
    }
    return plan(s, error);
}

bool
mw_demo_step(const MwDemoSales *sales, MwDemoDeal *deal, int step, int64_t instant, GError **error)
{
    MwDemoStep s = { .sales = sales, .demo = sales->demo, .deal = deal, .instant = instant };

    s.as = mw_demo_as(sales->demo, mw_demo_seller(deal), instant);
    switch (step) {
    case 0:
        return first_contact(&s, error);
    case MW_DEMO_CLOSE:
        return close_deal(&s, error);
    case MW_DEMO_REOPEN:
        return reopen(&s, error);
    case MW_DEMO_NOW:
        return look_ahead(&s, error);
    default:
        return advance(&s, step, error);
    }
}
