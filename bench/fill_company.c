/*
 * fill_company: a company with very many records at once, for run_server and run_workplace.
 *
 *     fill_company URL ACCOUNTS [CONTACTS OPPORTUNITIES]
 *
 * The company is there already (“millwright init”). Accounts have names, types, cities, codes and credit limits that
 * differ, and are found by their words. With contacts and opportunities there come also a team of 50 with a month of
 * activities, 50,000 open opportunities at most (the others are won or lost), and people around the first opportunity
 * who relate to each other. What follows from other records is put as it would come to be; history is left out.
 *
 * Prints what run_server asks for, as JSON: the ids of the account in the middle, of the first opportunity and of the team.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "entities/entities.h"
#include "record/company.h"
#include "record/context.h"
#include "record/write.h"

enum {
    AT_ONCE = 1000,
    TRANSACTION = 50, /* times AT_ONCE */
    COUNT_MAX = 2000000,
    TEAM = 50,
    ACTIVITIES = 5000, /* in this month, the last and the next */
    OPEN = 50000,
    MAP = 200,
    STAGES_MAX = 20,
};

typedef struct {
    const MwContext *context;
    size_t accounts, contacts, opportunities;
    int64_t team, users[TEAM], process, today;
    int64_t *account_ids, *contact_ids, first_opportunity, deals[ACTIVITIES];
    struct {
        int64_t id, probability, days;
        char outcome[8];
    } stages[STAGES_MAX];
    size_t n_stages, n_open; /* the open ones come first */
} Fill;

static const char *const cities[] = { "上海", "重庆", "厦门", "沈阳", "Basel", "Graz", "Lyon" };
static const char *const trades[] = {
    "泵业", "机床", "轴承", "Bearings", "Pumpen", "Machine Tools"
};
static const char *const types[] = { "oem", "end_user", "distributor", "dealer", "retailer" };
static const char *const surnames[] = { "王", "李", "张", "刘", "陈", "Meier", "Novak", "Rossi" };
static const char *const given[] = { "伟", "芳", "秀英", "建国", "Anna", "Jan", "Lucia" };

#define PICK(list, i) (list)[(i) % G_N_ELEMENTS(list)]

/* ---- records ---------------------------------------------------------------------------- */

static MwRecord *
record_new(const Fill *fill, const char *entity)
{
    MwRecord *record = mw_record_new(mw_catalog_entity(fill->context->catalog, entity));

    mw_record_set_int(record, "id", mw_id_next(mw_company_ids(fill->context->company)));
    mw_record_set_int(record, "created_at", fill->context->now);
    mw_record_set_int(record, "updated_at", fill->context->now);
    return record;
}

static void
set_owner(const Fill *fill, MwRecord *record, size_t i)
{
    if (!fill->team)
        return;
    mw_record_set_int(record, "owner", fill->users[i % TEAM]);
    mw_record_set_int(record, "team", fill->team);
}

static void
set_day(MwRecord *record, const char *field, int64_t day)
{
    g_autofree char *text = mw_date_format(day, MW_CLOCK_ISO);

    mw_record_set_text(record, field, text);
}

static MwRecord *
account(Fill *fill, size_t i)
{
    MwRecord *record = record_new(fill, "account");
    const char *city = PICK(cities, i * 31);
    g_autofree char *name =
        g_strdup_printf("%s%s %07zu", city, PICK(trades, i * 17), i * 7919 % 9999991);
    g_autofree char *code = g_strdup_printf("C%07zu", i);

    mw_record_set_text(record, "name", name);
    mw_record_set_text(record, "external_code", code);
    mw_record_set_text(record, "type", PICK(types, i));
    mw_record_set_text(record, "status", i % 3 ? "customer" : "prospect");
    mw_record_set_text(record, "city", city);
    mw_record_set_text(record, "currency", "CNY");
    mw_record_set_int(record, "credit_limit", (int64_t)(i % 1000) * 100000);
    set_owner(fill, record, i);
    fill->account_ids[i] = mw_record_id(record);
    return record;
}

static MwRecord *
contact(Fill *fill, size_t i)
{
    MwRecord *record = record_new(fill, "contact");
    g_autofree char *name =
        g_strdup_printf("%s%s %06zu", PICK(surnames, i * 7), PICK(given, i * 3), i * 7919 % 999983);
    g_autofree char *email = g_strdup_printf("c%zu@firm%zu.example", i, i / 2);
    g_autofree char *mobile = g_strdup_printf("+86 139 %04zu %04zu", i / 10000, i % 10000);

    mw_record_set_text(record, "name", name);
    mw_record_set_int(record, "account", fill->account_ids[i % fill->accounts]);
    mw_record_set_text(record, "email", email);
    mw_record_set_text(record, "mobile", mobile);
    if (i % 3 == 0)
        set_day(record, "last_contact_on", fill->today - (int64_t)(i % 400));
    set_owner(fill, record, i);
    fill->contact_ids[i] = mw_record_id(record);
    return record;
}

/* The first OPEN of them are open, and of those two thirds have a next activity. */
static MwRecord *
opportunity(Fill *fill, size_t i)
{
    MwRecord *record = record_new(fill, "opportunity");
    bool open = i < OPEN;
    size_t stage = open ? i % fill->n_open : fill->n_open + i % (fill->n_stages - fill->n_open);
    g_autofree char *name = g_strdup_printf("%s %s %zu", PICK(cities, i * 31), PICK(trades, i), i);
    g_autofree char *number = g_strdup_printf("OPP-2020-%07zu", i);
    int64_t amount = (int64_t)(i * 7919 % 2000000 + 1000) * 100,
            probability = fill->stages[stage].probability;

    mw_record_set_text(record, "name", name);
    mw_record_set_text(record, "number", number);
    mw_record_set_int(record, "account", fill->account_ids[i % fill->accounts]);
    mw_record_set_int(record, "process", fill->process);
    mw_record_set_int(record, "stage", fill->stages[stage].id);
    mw_record_set_int(record, "stage_since",
                      fill->context->now - (int64_t)(i % 90) * MW_DAY_MS - (int64_t)i);
    mw_record_set_text(record, "outcome", fill->stages[stage].outcome);
    mw_record_set_text(record, "currency", "CNY");
    mw_record_set_int(record, "amount", amount);
    mw_record_set_int(record, "amount_base", amount);
    mw_record_set_int(record, "probability", probability);
    mw_record_set_int(record, "probability_overridden", 0);
    mw_record_set_int(record, "weighted", amount / 10000 * probability);
    mw_record_set_int(record, "weighted_base", amount / 10000 * probability);
    set_day(record, "engaged_on", fill->today - 100 - (int64_t)(i % 900));
    set_day(record, "close_on", fill->today + (open ? 1 : -1) * (int64_t)(i % 200));
    if (!open)
        set_day(record, "closed_on", fill->today - (int64_t)(i % 900));
    else if (i % 3)
        set_day(record, "next_activity_on", fill->today - 5 + (int64_t)(i % 30));
    set_owner(fill, record, i);
    if (i == 0)
        fill->first_opportunity = mw_record_id(record);
    if (i < ACTIVITIES)
        fill->deals[i] = mw_record_id(record);
    return record;
}

/* Visits and calls in working hours, spread over 90 days around today, half of them done. */
static MwRecord *
activity(Fill *fill, size_t i)
{
    MwRecord *record = record_new(fill, "activity");
    int64_t day = fill->today - 45 + (int64_t)(i / TEAM % 90);
    int64_t starts = day * MW_DAY_MS + (int64_t)(1 + i % 9) * 3600000;
    g_autofree char *subject = g_strdup_printf("%s %zu", i % 2 ? "Visit 拜访" : "Call 电话", i);

    mw_record_set_text(record, "type", i % 2 ? "visit" : "call");
    mw_record_set_text(record, "subject", subject);
    mw_record_set_int(record, "account", fill->account_ids[i % fill->accounts]);
    if (i % 4 == 0 && fill->deals[i])
        mw_record_set_int(record, "opportunity", fill->deals[i]);
    mw_record_set_int(record, "starts_at", starts);
    mw_record_set_int(record, "ends_at", starts + 3600000);
    mw_record_set_int(record, "done", day < fill->today);
    set_owner(fill, record, i);
    return record;
}

/* ---- people around the first opportunity ---------------------------------------------------- */

static MwRecord *
person(Fill *fill, size_t i)
{
    static const char *const roles[] = { "decider", "approver",   "user", "buyer",
                                         "adviser", "gatekeeper", "coach" };
    static const char *const stances[] = { "champion", "supporter", "neutral", "sceptic",
                                           "opponent" };
    MwRecord *record = record_new(fill, "opportunity_person");

    mw_record_set_int(record, "opportunity", fill->first_opportunity);
    mw_record_set_int(record, "contact", fill->contact_ids[i]);
    mw_record_set_text(record, "role", PICK(roles, i));
    mw_record_set_text(record, "stance", PICK(stances, i * 3));
    mw_record_set_int(record, "influence", (int64_t)(1 + i % 5));
    mw_record_set_int(record, "contact_owner", fill->users[i % TEAM]);
    return record;
}

/* Everybody reports to one before, and is a friend of one further away. */
static MwRecord *
relation(Fill *fill, size_t i)
{
    MwRecord *record = record_new(fill, "contact_relation");
    size_t from = 1 + i % (MAP - 1);
    bool formal = i < MAP - 1;

    mw_record_set_int(record, "contact", fill->contact_ids[from]);
    mw_record_set_text(record, "kind", formal ? "reports_to" : "friend_of");
    mw_record_set_int(record, "to_contact", fill->contact_ids[formal ? (from - 1) / 4 : from / 2]);
    mw_record_set_int(record, "strength", (int64_t)(1 + i % 3));
    mw_record_set_int(record, "formal", formal);
    return record;
}

static MwRecord *
acquaintance(Fill *fill, size_t i)
{
    MwRecord *record = record_new(fill, "acquaintance");

    mw_record_set_int(record, "contact", fill->contact_ids[i]);
    mw_record_set_int(record, "user", fill->users[i * 7 % TEAM]);
    mw_record_set_int(record, "contacts", (int64_t)(1 + i % 12));
    set_day(record, "last_contact_on", fill->today - (int64_t)(i % 120));
    return record;
}

/* ---- storing ---------------------------------------------------------------------------------- */

static bool
commit(const Fill *fill, GError **error)
{
    MwStore *store = fill->context->store;

    return mw_store_commit(store, error) && mw_store_begin(store, true, error);
}

static bool
put_all(Fill *fill, MwRecord *(*make)(Fill *fill, size_t i), size_t n, GError **error)
{
    MwStore *store = fill->context->store;

    for (size_t start = 0, turn = 1; start < n; start += AT_ONCE, turn++) {
        g_autoptr(GPtrArray) records =
            g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
        for (size_t i = start; i < MIN(start + AT_ONCE, n); i++) {
            g_autoptr(MwProblems) problems = mw_problems_new();
            MwRecord *record = make(fill, i);
            g_ptr_array_add(records, record);
            if (record->entity->hooks.check)
                record->entity->hooks.check(record, NULL, NULL, problems);
            g_assert(!mw_problems_any(problems));
        }
        if (!mw_store_insert_many(store, (MwRecord *const *)records->pdata, records->len, error))
            return false;
        for (guint i = 0; i < records->len; i++)
            if (!mw_write_index(fill->context, records->pdata[i], error))
                return false;
        if (turn % TRANSACTION == 0 && !commit(fill, error))
            return false;
    }
    return commit(fill, error);
}

static MwRecord *
user(Fill *fill, size_t i)
{
    MwRecord *record = record_new(fill, "user");
    g_autofree char *name = g_strdup_printf("%s%s", PICK(surnames, i), PICK(given, i * 5));
    g_autofree char *email = g_strdup_printf("seller%zu@example.com", i);

    mw_record_set_text(record, "name", name);
    mw_record_set_text(record, "email", email);
    mw_record_set_int(record, "active", 1);
    mw_record_set_int(record, "team", fill->team);
    fill->users[i] = mw_record_id(record);
    return record;
}

static MwRecord *
team(Fill *fill, size_t i G_GNUC_UNUSED)
{
    MwRecord *record = record_new(fill, "team");

    mw_record_set_text(record, "name", "Pumps");
    fill->team = mw_record_id(record);
    return record;
}

static bool
keep_stage(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Fill *fill = data;

    if (fill->n_stages == STAGES_MAX)
        return false;
    fill->process = columns[0].integer;
    fill->stages[fill->n_stages].id = columns[1].integer;
    fill->stages[fill->n_stages].probability = columns[2].integer;
    g_strlcpy(fill->stages[fill->n_stages].outcome, columns[3].text,
              sizeof fill->stages[0].outcome);
    fill->n_open += g_str_equal(columns[3].text, "open");
    fill->n_stages++;
    return true;
}

static bool
fill_all(Fill *fill, GError **error)
{
    bool workplace = fill->opportunities > 0;

    return (!workplace ||
            (put_all(fill, team, 1, error) && put_all(fill, user, TEAM, error) &&
             mw_store_run(fill->context->store,
                          "SELECT s.process, s.id, s.probability, s.kind FROM stage s "
                          "JOIN sales_process p ON p.id = s.process AND p.is_default = 1 "
                          "ORDER BY CASE s.kind WHEN 'open' THEN 0 ELSE 1 END, s.position",
                          NULL, 0, keep_stage, fill, error))) &&
           put_all(fill, account, fill->accounts, error) &&
           put_all(fill, contact, fill->contacts, error) &&
           put_all(fill, opportunity, fill->opportunities, error) &&
           (!workplace ||
            (put_all(fill, activity, ACTIVITIES, error) && put_all(fill, person, MAP, error) &&
             put_all(fill, relation, (size_t)MAP * 2 - 2, error) &&
             put_all(fill, acquaintance, MAP, error)));
}

static bool
run(Fill *fill, MwCompany *company, MwStore *store, GError **error)
{
    g_autoptr(MwActor) system = mw_company_system(company);
    MwContext context;

    mw_context_begin(&context, company, store, system, "bench");
    fill->context = &context;
    fill->today = mw_clock_now() / MW_DAY_MS;
    bool done = mw_store_begin(store, true, error) && fill_all(fill, error) &&
                (mw_store_dialect(store) == MW_SQLITE ||
                 mw_store_run(store, "ANALYZE", NULL, 0, NULL, NULL, error)) &&
                mw_store_commit(store, error);
    mw_context_end(&context);
    return done;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    guint64 n[3] = { 0 };
    bool fits = argc == 3 || argc == 5;

    for (int i = 2; fits && i < argc; i++)
        fits = g_ascii_string_to_unsigned(argv[i], 10, 1, COUNT_MAX, &n[i - 2], NULL);
    if (!fits || (argc == 5 && n[1] < MAP)) {
        fprintf(stderr,
                "fill_company: give a URL and a number of accounts up to %d, or also of "
                "contacts, at least %d, and opportunities\n",
                COUNT_MAX, MAP);
        return 2;
    }
    mw_i18n_use("en");
    Fill fill = { .accounts = n[0], .contacts = n[1], .opportunities = n[2] };
    fill.account_ids = g_new(int64_t, n[0]);
    fill.contact_ids = g_new(int64_t, n[1] + 1);
    g_autoptr(MwCompany) company = mw_company_open(argv[1], mw_entities, &error);
    g_autoptr(MwStore) store = company ? mw_company_connect(company, MW_OPEN_BULK, &error) : NULL;
    if (!store || !run(&fill, company, store, &error)) {
        fprintf(stderr, "fill_company: %s\n", error->message);
        return 1;
    }
    printf("{\"account\":\"%" G_GINT64_FORMAT "\",\"opportunity\":\"%" G_GINT64_FORMAT
           "\",\"users\":[",
           fill.account_ids[fill.accounts / 2], fill.first_opportunity);
    for (size_t i = 0; fill.team && i < TEAM; i++)
        printf("%s\"%" G_GINT64_FORMAT "\"", i > 0 ? "," : "", fill.users[i]);
    printf("]}\n");
    g_free(fill.account_ids);
    g_free(fill.contact_ids);
    return 0;
}
