/* demo_accounts: the customers of the demo company, their people, and what was done with them. */
#include <math.h>

#include "base/creditcode.h"
#include "cli/demo.h"

enum { CHUNK = 5000 };

typedef struct {
    MwDemo *demo;
    GPtrArray *accounts, *contacts, *activities;
} Batch;

/* ---- names -------------------------------------------------------------------- */

char *
mw_demo_company_name(const MwDemo *demo, size_t i, const MwDemoCity *city, const MwDemoTrade *trade)
{
    const MwDemoWords *w = demo->words;
    size_t first = mw_demo_count(w->brand_first), second = mw_demo_count(w->brand_second);
    size_t brands = first * second, forms = mw_demo_count(w->forms);
    size_t brand = (i * 7919 + (size_t)demo->seed % brands) % brands;
    /* Most are plain companies; later rounds of the same brand take another form. */
    size_t form = (i / brands + (i % 7 == 0)) % forms;
    const char *a = w->brand_first[brand / second], *b = w->brand_second[brand % second];

    if (demo->zh)
        return g_strconcat(city->city, a, b, trade->word, w->forms[form], NULL);
    return g_strconcat(a, w->brand_join, b, " ", trade->word, " ", w->forms[form], NULL);
}

char *
mw_demo_person_name(const MwDemoWords *w, MwDice *dice)
{
    const char *surname = mw_demo_word(dice, w->surnames), *given = mw_demo_word(dice, w->given);

    return w->surname_first ? g_strconcat(surname, given, NULL)
                            : g_strjoin(" ", given, surname, NULL);
}

char *
mw_demo_mobile(const MwDemo *demo, MwDice *dice)
{
    size_t prefix = 30 + mw_demo_pick(dice, 60), middle = mw_demo_pick(dice, 10000);

    return g_strdup_printf(demo->zh ? "1%zu%04zu%04zu" : "+49 1%zu %04zu %04zu", prefix, middle,
                           mw_demo_pick(dice, 10000));
}

static void
set_credit_code(MwRecord *account, MwDice *dice)
{
    static const char digits[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    char code[MW_CREDIT_CODE_SIZE] = "91";

    for (int i = 2; i < 17; i++)
        code[i] = digits[mw_demo_pick(dice, i < 8 ? 10 : 31)];
    code[17] = mw_credit_code_check(code);
    mw_record_set_text(account, "credit_code", code);
}

const MwDemoCity *
mw_demo_city(const MwDemoWords *w, MwDice *dice)
{
    double all = 0, at;
    const MwDemoCity *city = w->cities;

    for (const MwDemoCity *c = w->cities; c->city; c++)
        all += c->share;
    at = mw_demo_roll(dice) * all;
    while (city[1].city && (at -= city->share) > 0)
        city++;
    return city;
}

/* ---- activities ------------------------------------------------------------------ */

static MwRecord *
new_activity(Batch *b, const MwRecord *account, unsigned seller, const char *type,
             const char *subject, int64_t day, double hour)
{
    MwDemo *demo = b->demo;
    int64_t planned = mw_demo_at(demo, MIN(day, demo->today) - 3, 9.0);
    MwRecord *activity =
        mw_demo_record(demo, "activity", planned, demo->users[MW_DEMO_SELLER + seller]);

    mw_record_set_text(activity, "type", type);
    mw_record_set_text(activity, "subject", subject);
    mw_record_set_int(activity, "account", mw_record_id(account));
    mw_record_set_int(activity, "done", 0);
    mw_demo_own(demo, activity, seller);
    if (strcmp(type, "task") == 0) {
        mw_demo_set_day(activity, "due_on", day);
    } else if (strcmp(type, "visit") == 0 || strcmp(type, "call") == 0) {
        mw_record_set_int(activity, "starts_at", mw_demo_at(demo, day, hour));
        mw_record_set_int(activity, "ends_at",
                          mw_demo_at(demo, day, hour + (*type == 'v' ? 2.0 : 0.25)));
    }
    g_ptr_array_add(b->activities, activity);
    demo->made_activities++;
    return activity;
}

static void
finish_activity(Batch *b, MwRecord *activity, int64_t day, double hour, const char *result)
{
    mw_record_set_int(activity, "done", 1);
    mw_record_set_int(activity, "done_at", mw_demo_at(b->demo, day, hour));
    mw_record_set_text(activity, "result", result);
}

/* Visits that were made, the last of which the account tells. */
static void
add_visits(Batch *b, MwRecord *account, unsigned seller, size_t visits, MwRecord *contact,
           MwDice *dice)
{
    const MwDemoWords *w = b->demo->words;
    int64_t last = 0;

    for (size_t i = 0; i < visits; i++) {
        /* Most were seen lately, or everybody would be overdue. */
        double ago = i == 0 && mw_demo_roll(dice) < 0.6 ? 12 : 380;
        int64_t day = b->demo->today - 1 - (int64_t)(mw_demo_roll(dice) * ago);
        double hour = 9.0 + floor(mw_demo_roll(dice) * 14) / 2;
        MwRecord *visit =
            new_activity(b, account, seller, "visit", mw_demo_word(dice, w->visits), day, hour);
        mw_record_set_int(visit, "contact", mw_record_id(contact));
        mw_record_set_text(visit, "place", mw_record_text(account, "city"));
        finish_activity(b, visit, day, hour + 2, mw_demo_word(dice, w->results));
        last = MAX(last, day);
    }
    if (last) {
        mw_record_set_int(account, "last_activity_at", mw_demo_at(b->demo, last, 17));
        mw_demo_set_day(account, "last_visit_on", last);
        mw_demo_set_day(contact, "last_contact_on", last);
    }
}

static void
add_others(Batch *b, const MwRecord *account, unsigned seller, MwDice *dice)
{
    const MwDemoWords *w = b->demo->words;
    int64_t today = b->demo->today;

    for (size_t i = mw_demo_pick(dice, 4); i > 0; i--) {
        int64_t day = today - 1 - (int64_t)(mw_demo_roll(dice) * 200);
        bool call = mw_demo_roll(dice) < 0.6;
        MwRecord *made = new_activity(b, account, seller, call ? "call" : "mail",
                                      mw_demo_word(dice, call ? w->calls : w->mails), day, 10.5);
        finish_activity(b, made, day, 11, call ? mw_demo_word(dice, w->results) : NULL);
    }
    if (mw_demo_roll(dice) < 0.3) { /* overdue, today, or to come */
        static const int64_t days[] = { -9, -4, -1, 0, 0, 2, 5, 12 };
        new_activity(b, account, seller, "task", mw_demo_word(dice, w->tasks),
                     today + days[mw_demo_pick(dice, G_N_ELEMENTS(days))], 0);
    }
    if (mw_demo_roll(dice) < 0.2)
        new_activity(b, account, seller, "visit", mw_demo_word(dice, w->visits),
                     today + (int64_t)mw_demo_pick(dice, 20), 9.0 + (double)mw_demo_pick(dice, 8));
    if (mw_demo_roll(dice) < 0.15)
        finish_activity(
            b,
            new_activity(b, account, seller, "note", mw_demo_word(dice, w->notes), today - 5, 15),
            today - 5, 15, NULL);
}

/* ---- people ------------------------------------------------------------------------ */

/* The first of them. */
static MwRecord *
add_contacts(Batch *b, const MwRecord *account, size_t i, unsigned seller, int64_t created)
{
    MwDemo *demo = b->demo;
    MwDice dice = mw_demo_dice(demo, MW_DICE_CONTACT, i);
    MwRecord *first = NULL;

    for (size_t n = 1 + mw_demo_pick(&dice, 4), k = 0; k < n; k++) {
        MwRecord *contact = mw_demo_record(demo, "contact", created + (int64_t)k * 60000,
                                           demo->users[MW_DEMO_SELLER + seller]);
        g_autofree char *name = mw_demo_person_name(demo->words, &dice);
        g_autofree char *mail = g_strdup_printf("contact%zu@customer%zu.example", k + 1, i + 1);
        g_autofree char *mobile = mw_demo_mobile(demo, &dice);
        mw_record_set_text(contact, "name", name);
        mw_record_set_int(contact, "account", mw_record_id(account));
        mw_record_set_text(contact, "job_title", mw_demo_word(&dice, demo->words->jobs));
        mw_record_set_text(contact, "email", mail);
        mw_record_set_text(contact, "mobile", mobile);
        mw_record_set_int(contact, "departed", 0);
        mw_demo_own(demo, contact, seller);
        mw_demo_check(contact);
        g_ptr_array_add(b->contacts, contact);
        demo->made_contacts++;
        first = first ? first : contact;
    }
    return first;
}

/* ---- accounts ------------------------------------------------------------------------ */

/* How it will buy: when, how it grows, how late it pays. Of a hundred, 15 are still prospects. */
static MwDemoAccount
plan_account(const MwDemo *demo, MwDice *dice, int64_t created)
{
    int64_t start = demo->today - 365 * MW_DEMO_YEARS;
    MwDemoAccount plan = {
        .from = (int32_t)MAX(start, created + 10),
        .until = (int32_t)demo->today,
        .growth = (int8_t)(mw_demo_roll(dice) * 55 - 22),
        .product = (uint16_t)mw_demo_pick(dice, demo->products->len),
    };
    double good = mw_demo_roll(dice);

    if (mw_demo_roll(dice) < 0.12)
        plan.until = (int32_t)(demo->today - 90 - (int64_t)(mw_demo_roll(dice) * 600));
    plan.late_days = (int16_t)(good < 0.6 ? good * 10 - 3 : (good - 0.6) * 120);
    plan.terms_days = (uint16_t)(30 * (1 + mw_demo_pick(dice, 3)));
    plan.currency = mw_demo_roll(dice) < 0.05 ? (uint8_t)(1 + mw_demo_pick(dice, 2)) : 0;
    if (mw_demo_roll(dice) < 0.15)
        plan.until = 0;
    return plan;
}

static void
describe(const MwDemo *demo, MwRecord *account, size_t i, const MwDemoCity *city, MwDice *dice)
{
    const MwDemoWords *w = demo->words;
    const MwDemoTrade *trade = &w->trades[mw_demo_pick(dice, 23)];
    g_autofree char *name = mw_demo_company_name(demo, i, city, trade);
    g_autofree char *code = g_strdup_printf("C%06zu", i + 1);
    g_autofree char *street =
        g_strdup_printf(demo->zh ? "%s%zu号" : "%s %zu", mw_demo_word(dice, w->streets),
                        1 + mw_demo_pick(dice, 300));
    g_autofree char *phone =
        g_strdup_printf(demo->zh ? "0%zu-%zu" : "+49 %zu %zu", 500 + mw_demo_pick(dice, 90),
                        60000000 + mw_demo_pick(dice, 29999999));

    mw_record_set_text(account, "name", name);
    mw_record_set_text(account, "external_code", code);
    mw_record_set_text(account, "type", trade->type);
    mw_record_set_text(account, "industry", trade->industry);
    mw_record_set_text(account, "country", w->country);
    mw_record_set_text(account, "region", city->region);
    mw_record_set_text(account, "province", city->province);
    mw_record_set_text(account, "city", city->city);
    mw_record_set_text(account, "address", street);
    mw_record_set_text(account, "phone", phone);
    if (demo->zh)
        set_credit_code(account, dice);
}

static void
add_account(Batch *b, size_t i)
{
    MwDemo *demo = b->demo;
    const MwDemoWords *w = demo->words;
    MwDice dice = mw_demo_dice(demo, MW_DICE_ACCOUNT, i);
    const MwDemoCity *city = mw_demo_city(w, &dice);
    unsigned region = 0;
    /* Ids ascend: the oldest customers come first, the newest are a month old. */
    int64_t created = demo->today - 1500 + (int64_t)(1470.0 * (double)i / (double)demo->n_accounts);
    MwDemoAccount plan = plan_account(demo, &dice, created);
    double size = pow(mw_demo_roll(&dice) * (double)demo->n_accounts + 1.0, -0.9);

    while (w->regions[region] && strcmp(w->regions[region], city->region) != 0)
        region++;
    plan.seller = (uint8_t)(region == 0 ? mw_demo_pick(&dice, 2) : region + 1);
    MwRecord *account = mw_demo_record(demo, "account", mw_demo_at(demo, created, 10.0),
                                       demo->users[MW_DEMO_SELLER + plan.seller]);
    describe(demo, account, i, city, &dice);
    mw_record_set_text(account, "status",
                       plan.until == 0                  ? "prospect"
                       : plan.until < demo->today - 365 ? "former"
                                                        : "customer");
    mw_record_set_text(account, "currency",
                       plan.currency ? w->rate_currencies[plan.currency - 1] : w->currency);
    mw_record_set_int(account, "payment_terms_days", plan.terms_days);
    mw_record_set_int(account, "credit_limit", (int64_t)(5 + mw_demo_pick(&dice, 40)) * 10000000);
    mw_record_set_int(account, "potential", (int64_t)(1 + mw_demo_pick(&dice, 80)) * 5000000);
    mw_record_set_int(account, "strategic_fit", 1 + (int64_t)mw_demo_pick(&dice, 5));
    mw_record_set_int(account, "last_activity_at", mw_demo_at(demo, created, 10.0));
    if (plan.until && mw_demo_roll(&dice) < 0.3)
        mw_demo_set_day(account, "contract_until",
                        demo->today - 40 + (int64_t)mw_demo_pick(&dice, 400));
    mw_demo_own(demo, account, plan.seller);
    plan.id = mw_record_id(account);
    demo->weights[i] = (i > 0 ? demo->weights[i - 1] : 0.0) + (plan.until ? size : 0.0);
    g_array_append_val(demo->accounts, plan);
    mw_demo_check(account);
    g_ptr_array_add(b->accounts, account);
    if (i >= MW_DEMO_BUSY_MAX)
        return;
    MwRecord *contact = add_contacts(b, account, i, plan.seller, mw_demo_at(demo, created, 11.0));
    MwDice acts = mw_demo_dice(demo, MW_DICE_ACTIVITY, i);
    size_t visits = mw_demo_pick(&acts, size * (double)demo->n_accounts > 4.0 ? 9 : 3);
    add_visits(b, account, plan.seller, visits, contact, &acts);
    add_others(b, account, plan.seller, &acts);
}

static bool
flush(Batch *b, GError **error)
{
    for (guint i = 0; i < b->activities->len; i++)
        mw_demo_check(b->activities->pdata[i]);
    return mw_demo_flush(b->demo, b->accounts, error) &&
           mw_demo_flush(b->demo, b->contacts, error) &&
           mw_demo_flush(b->demo, b->activities, error) && mw_demo_pause(b->demo, error);
}

bool
mw_demo_make_accounts(MwDemo *demo, GError **error)
{
    GDestroyNotify free_record = (GDestroyNotify)mw_record_free;
    g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func(free_record);
    g_autoptr(GPtrArray) contacts = g_ptr_array_new_with_free_func(free_record);
    g_autoptr(GPtrArray) activities = g_ptr_array_new_with_free_func(free_record);
    Batch batch = { demo, accounts, contacts, activities };

    for (size_t i = 0; i < demo->n_accounts; i++) {
        add_account(&batch, i);
        if (accounts->len == CHUNK && !flush(&batch, error))
            return false;
    }
    return flush(&batch, error);
}
