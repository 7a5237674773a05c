/* demo_leads: who has asked lately, and what has become of it so far. */
#include <math.h>

#include "base/clock.h"
#include "cli/demo.h"
#include "methods/open_pool.h"

enum { DAYS = 75 };

static const char *
status_of(int64_t age, double u)
{
    if (age < 3 || u < 0.22)
        return "new";
    return u < 0.6 ? "working" : u < 0.8 ? "qualified" : "disqualified";
}

/* What was done about it by its seller, and what is planned. */
static bool
follow_up(MwDemo *demo, MwDice *dice, int64_t lead, unsigned seller, int64_t age, GError **error)
{
    static const int64_t ahead[] = { -3, -1, 0, 0, 1, 2, 4, 8 };
    const MwDemoDealWords *w = demo->deal_words;
    int64_t done =
        mw_demo_at(demo, demo->today - age / 2 - 1, 10.0 + (double)mw_demo_pick(dice, 6));
    MwContext as = mw_demo_as(demo, MW_DEMO_SELLER + seller, done);
    g_autoptr(MwInput) talk = mw_demo_input(demo, "activity");
    g_autoptr(MwInput) plan = mw_demo_input(demo, "activity");

    mw_input_import(talk); /* it is told when it was done */
    mw_input_set(talk, "type", "call");
    mw_input_set(talk, "subject", mw_demo_word(dice, w->lead_talks));
    mw_input_set(talk, "result", mw_demo_word(dice, w->lead_results));
    mw_demo_put(talk, "lead", lead);
    mw_demo_put(talk, "starts_at", done);
    mw_demo_put(talk, "done", 1);
    mw_demo_put(talk, "done_at", done);
    mw_input_set(plan, "type", "call");
    mw_input_set(plan, "subject", mw_demo_word(dice, w->lead_plans));
    mw_demo_put(plan, "lead", lead);
    mw_demo_put(plan, "starts_at",
                mw_demo_at(demo, demo->today + ahead[mw_demo_pick(dice, G_N_ELEMENTS(ahead))],
                           9.5 + (double)mw_demo_pick(dice, 7)));
    demo->made_activities += 2;
    return mw_demo_save(&as, talk, 0, error) && mw_demo_save(&as, plan, 0, error);
}

/* Half of the new ones wait in the pool, half of those in work were taken from it. */
static bool
pass_pool(MwDemo *demo, MwDice *dice, int64_t lead, int seller, const char *status,
          const MwContext *as, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(as->catalog, "lead");
    const char *reason = demo->deal_words->pooled[2 + mw_demo_pick(dice, 2)];

    if (mw_demo_roll(dice) < 0.5 || (seller < 0 && !g_str_equal(status, "new")))
        return true;
    if (!mw_demo_pool(as, entity, lead, demo->pools[0], "entered", reason, error))
        return false;
    if (seller < 0)
        return true;
    MwContext taker = mw_demo_as(demo, MW_DEMO_SELLER + (unsigned)seller, as->now + 3600000);
    g_autoptr(MwProblems) problems = mw_problems_new();
    return mw_pool_pick(&taker, entity, lead, NULL, problems, error);
}

static bool
make_lead(MwDemo *demo, size_t i, GError **error)
{
    static const char *const sources[] = { "website", "website", "fair",   "referral",
                                           "call",    "partner", "tender", "advertising" };
    static const char *const ratings[] = { "hot", "warm", "warm", "cold" };
    const MwDemoWords *w = demo->words;
    MwDice dice = mw_demo_dice(demo, MW_DICE_LEAD, i);
    const MwDemoCity *city = mw_demo_city(w, &dice);
    /* The oldest first. */
    int64_t age = (int64_t)(DAYS * pow(1.0 - (double)i / (double)demo->n_leads, 1.6));
    const char *status = status_of(age, mw_demo_roll(&dice));
    g_autofree char *company =
        mw_demo_company_name(demo, demo->n_accounts + i, city, &w->trades[mw_demo_pick(&dice, 23)]);
    g_autofree char *person = mw_demo_person_name(w, &dice);
    g_autofree char *mobile = mw_demo_mobile(demo, &dice);
    g_autofree char *mail = g_strdup_printf("info@lead%zu.example", i + 1);
    unsigned region = 0;
    MwContext as = mw_demo_as(demo, MW_DEMO_MANAGER,
                              mw_demo_at(demo, demo->today - age, 8.5 + mw_demo_roll(&dice) * 8.5));
    g_autoptr(MwInput) input = mw_demo_input(demo, "lead");

    while (w->regions[region] && strcmp(w->regions[region], city->region) != 0)
        region++;
    unsigned seller = region == 0 ? (unsigned)mw_demo_pick(&dice, 2) : region + 1;
    mw_input_set(input, "company", company);
    mw_input_set(input, "person", person);
    mw_input_set(input, "job_title", mw_demo_word(&dice, w->jobs));
    mw_input_set(input, "source", sources[mw_demo_pick(&dice, G_N_ELEMENTS(sources))]);
    mw_input_set(input, "need", mw_demo_word(&dice, demo->deal_words->needs));
    mw_input_set(input, "rating", ratings[mw_demo_pick(&dice, G_N_ELEMENTS(ratings))]);
    mw_input_set(input, "status", status);
    if (g_str_equal(status, "disqualified"))
        mw_input_set(input, "disqualified_because",
                     mw_demo_word(&dice, demo->deal_words->refusals));
    mw_input_set(input, "phone", mobile);
    mw_input_set(input, "email", mail);
    mw_input_set(input, "country", w->country);
    mw_input_set(input, "region", city->region);
    mw_input_set(input, "city", city->city);
    mw_demo_put(input, "owner", demo->users[MW_DEMO_SELLER + seller]);
    mw_demo_put(input, "team", mw_demo_team(demo, seller));
    demo->made_leads++;
    int64_t id = mw_demo_save(&as, input, 0, error);
    bool working = g_str_equal(status, "working") || g_str_equal(status, "qualified");
    if (!id || !pass_pool(demo, &dice, id, working ? (int)seller : -1, status, &as, error))
        return false;
    return (!working || follow_up(demo, &dice, id, seller, age, error));
}

bool
mw_demo_make_leads(MwDemo *demo, GError **error)
{
    for (size_t i = 0; i < demo->n_leads; i++)
        if (!make_lead(demo, i, error))
            return false;
    return true;
}
