/* demo_deal_people: whom a seller meets at a customer, and how they hang together. */
#include "cli/demo_deals.h"

typedef struct {
    const MwDemo *demo;
    MwDemoDeal *deal;
} Meeting;

static const char *
role_of_job(const MwDemo *demo, const char *job)
{
    for (size_t i = 0; demo->words->jobs[i]; i++)
        if (g_strcmp0(demo->words->jobs[i], job) == 0)
            return mw_demo_job_roles[i];
    return "user";
}

static bool
keep_person(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Meeting *meeting = data;
    MwDemoDeal *deal = meeting->deal;

    deal->people[deal->n_people] = c[0].integer;
    deal->roles[deal->n_people++] =
        role_of_job(meeting->demo, c[1].is == MW_TEXT ? c[1].text : NULL);
    return deal->n_people < MW_DEMO_PEOPLE - 1;
}

static bool
knows(const MwDemoDeal *deal, const char *role)
{
    for (unsigned i = 0; i < deal->n_people; i++)
        if (g_str_equal(deal->roles[i], role))
            return true;
    return false;
}

/* Meets somebody new at the account, whose job fits the role. */
static bool
meet(MwDemoStep *s, const char *role, GError **error)
{
    MwDemoDeal *deal = s->deal;
    const MwDemoWords *w = s->demo->words;
    size_t job = 0;

    if (deal->n_people == MW_DEMO_PEOPLE || knows(deal, role))
        return true;
    while (w->jobs[job + 1] && !g_str_equal(mw_demo_job_roles[job], role))
        job++;
    g_autoptr(MwInput) input = mw_demo_input(s->demo, "contact");
    g_autofree char *name = mw_demo_person_name(w, &deal->dice);
    g_autofree char *mobile = mw_demo_mobile(s->demo, &deal->dice);
    g_autofree char *mail = g_strdup_printf("%s%zu@customer%zu.example", role, deal->number + 1,
                                            deal->account_number + 1);
    mw_input_set(input, "name", name);
    mw_input_set(input, "job_title", w->jobs[job]);
    mw_input_set(input, "mobile", mobile);
    mw_input_set(input, "email", mail);
    mw_demo_put(input, "account", deal->account->id);
    s->sales->demo->made_contacts++;
    deal->roles[deal->n_people] = role;
    deal->people[deal->n_people] = mw_demo_save(&s->as, input, 0, error);
    return deal->people[deal->n_people++] != 0;
}

bool
mw_demo_load_people(MwDemoStep *s, GError **error)
{
    MwValue account = MW_INT(s->deal->account->id);
    Meeting meeting = { s->demo, s->deal };

    return mw_store_run(s->as.store,
                        "SELECT id, job_title FROM contact WHERE account = $1 AND deleted_at IS "
                        "NULL ORDER BY id LIMIT 4",
                        &account, 1, keep_person, &meeting, error);
}

/* Who was talked to belongs to the deal already, with the role unknown. */
static bool
find_person(MwDemoStep *s, unsigned i, int64_t *line, GError **error)
{
    MwValue params[] = { MW_INT(s->deal->id), MW_INT(s->deal->people[i]) };
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_store_scalar(s->as.store,
                         "SELECT id FROM opportunity_person WHERE opportunity = $1 AND contact = "
                         "$2 AND deleted_at IS NULL",
                         params, 2, &found, error))
        return false;
    *line = found.is == MW_INTEGER ? found.integer : 0;
    return true;
}

bool
mw_demo_add_person(MwDemoStep *s, MwInput *input, unsigned i, GError **error)
{
    static const char *const stances[] = { "champion", "supporter", "supporter", "neutral",
                                           "neutral",  "sceptic",   "opponent" };
    MwDemoDeal *deal = s->deal;
    const char *role = deal->roles[i];
    bool coach = g_str_equal(role, "coach"), decider = g_str_equal(role, "decider");
    int64_t line;
    size_t stance = coach                  ? mw_demo_pick(&deal->dice, 2)
                    : deal->outcome == 'l' ? 2 + mw_demo_pick(&deal->dice, 5)
                                           : mw_demo_pick(&deal->dice, 6);

    if (!find_person(s, i, &line, error))
        return false;
    MwInput *person = mw_input_add_detail(
        input, mw_catalog_entity(s->as.catalog, "opportunity_person"), line, false);
    if (!line)
        mw_demo_put(person, "contact", deal->people[i]);
    mw_input_set(person, "role", role);
    mw_input_set(person, "stance", stances[stance]);
    mw_demo_put(person, "influence", decider ? 5 : 1 + (int64_t)mw_demo_pick(&deal->dice, 4));
    mw_demo_put(person, "contact_owner",
                s->demo->users[decider ? MW_DEMO_MANAGER : mw_demo_seller(deal)]);
    if (mw_demo_chance(s, 0.5))
        mw_input_set(person, "note", mw_demo_word(&deal->dice, s->demo->deal_words->people));
    return true;
}

bool
mw_demo_meet_people(MwDemoStep *s, MwInput *input, GError **error)
{
    MwDemoDeal *deal = s->deal;

    if (!(deal->no_decider || meet(s, "decider", error)) || !meet(s, "buyer", error) ||
        !meet(s, "user", error) || (mw_demo_chance(s, 0.5) && !meet(s, "coach", error)))
        return false;
    for (unsigned i = 0; i < deal->n_people; i++)
        if ((!deal->no_decider || !g_str_equal(deal->roles[i], "decider")) &&
            !mw_demo_add_person(s, input, i, error))
            return false;
    return true;
}

/* ---- relations ------------------------------------------------------------------- */

static bool
relate(MwDemoStep *s, int64_t from, const char *kind, int64_t to, int64_t strength, GError **error)
{
    MwValue params[] = { MW_INT(from), MW_INT(to) };
    g_auto(MwValue) found = MW_NOTHING;
    g_autoptr(MwInput) contact = mw_demo_input(s->demo, "contact");

    if (!mw_store_scalar(s->as.store,
                         "SELECT id FROM contact_relation WHERE deleted_at IS NULL AND ((contact = "
                         "$1 AND to_contact = $2) OR (contact = $2 AND to_contact = $1))",
                         params, 2, &found, error))
        return false;
    if (found.is != MW_NULL || from == to)
        return true;
    MwInput *line = mw_input_add_detail(
        contact, mw_catalog_entity(s->as.catalog, "contact_relation"), 0, false);
    mw_input_set(line, "kind", kind);
    mw_demo_put(line, "to_contact", to);
    mw_demo_put(line, "strength", strength);
    return mw_demo_save(&s->as, contact, from, error) != 0;
}

/* Somebody of a planning institute who has a say: without an account of ours as his own. */
static bool
meet_outsider(MwDemoStep *s, int64_t decider, GError **error)
{
    MwDemoDeal *deal = s->deal;
    const MwDemoDealWords *w = s->demo->deal_words;
    g_autoptr(MwInput) contact = mw_demo_input(s->demo, "contact");
    g_autofree char *name = mw_demo_person_name(s->demo->words, &deal->dice);
    g_autofree char *mobile = mw_demo_mobile(s->demo, &deal->dice);
    MwInput *line =
        mw_input_add_detail(contact, mw_catalog_entity(s->as.catalog, "contact_account"), 0, false);

    mw_input_set(contact, "name", name);
    mw_input_set(contact, "job_title", w->outsider);
    mw_input_set(contact, "mobile", mobile);
    mw_demo_put(line, "account", deal->account->id);
    mw_input_set(line, "job_title", w->outsider_there);
    int64_t id = mw_demo_save(&s->as, contact, 0, error);
    s->sales->demo->made_contacts++;
    return id && relate(s, id, "advises", decider, 2, error);
}

bool
mw_demo_relate_people(MwDemoStep *s, GError **error)
{
    static const char *const informal[] = { "friend_of", "former_boss_of", "family_of", "friend_of",
                                            "advises" };
    MwDemoDeal *deal = s->deal;
    unsigned top = 0;

    for (unsigned i = 0; i < deal->n_people; i++)
        if (g_str_equal(deal->roles[i], "decider"))
            top = i;
    for (unsigned i = 0; i < deal->n_people; i++)
        if (i != top && !relate(s, deal->people[i], "reports_to", deal->people[top], 2, error))
            return false;
    if (deal->n_people > 3 && mw_demo_chance(s, 0.6)) {
        unsigned a = (top + 1) % deal->n_people, b = (top + 2) % deal->n_people;
        if (!relate(s, deal->people[a], informal[mw_demo_pick(&deal->dice, 5)], deal->people[b],
                    1 + (int64_t)mw_demo_pick(&deal->dice, 3), error))
            return false;
    }
    return deal->n_people == 0 || !mw_demo_chance(s, 0.3) ||
           meet_outsider(s, deal->people[top], error);
}
