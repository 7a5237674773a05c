#pragma once
/*
 * demo: what the parts of `millwright demo` share.
 *
 * Everything follows from the seed, the sizes and the day: number n of thing i of a kind is a function of these alone
 * (engines/philox.h). What there is little of (users, products, policies, leads, opportunities) goes through the record
 * service, at the instants at which it would have happened and on behalf of who would have done it, so that history,
 * gates and moves are real. Accounts and their orders go straight into the tables, in bulk and with their search words,
 * because a million of them would take hours: one row of the history tells of that.
 */
#include "cli/demo_deal_words.h"
#include "cli/demo_words.h"
#include "engines/philox.h"
#include "record/service.h"

enum {
    MW_DEMO_SALES = 4,
    MW_DEMO_USERS = 9,
    MW_DEMO_TEAMS = 6,
    MW_DEMO_YEARS = 3,
    MW_DEMO_PROCESSES = 4,
    MW_DEMO_BUSY_MAX = 20000, /* accounts with people and activities of their own: the first ones */
};

/* Who logs in, in the order of MwDemoWords.people. */
enum {
    MW_DEMO_ADMIN,
    MW_DEMO_MANAGER,
    MW_DEMO_SELLER,
    MW_DEMO_SERVICE = 6,
    MW_DEMO_MARKETING,
    MW_DEMO_VIEWER
};

typedef struct {
    int64_t id;
    int64_t list_price, cost; /* millionths of the base currency */
    const char *unit;
    int most, family; /* of mw_demo_families */
    char *name;
} MwDemoProduct;

/* An account as the orders need it. */
typedef struct {
    int64_t id;
    int32_t from, until; /* days between which it buys */
    uint16_t terms_days;
    int16_t late_days; /* its usual delay of payment */
    uint16_t product;  /* what it mostly buys */
    uint8_t seller;    /* 0..3 */
    uint8_t currency;  /* 0: base, else 1 + index in rate_currencies */
    int8_t growth;     /* percent a year */
} MwDemoAccount;

typedef struct {
    MwContext *context;
    const MwDemoWords *words;
    const MwDemoDealWords *deal_words;
    bool zh;
    uint64_t seed;
    size_t n_accounts, n_orders, n_deals, n_leads;
    int64_t today; /* day */
    int64_t users[MW_DEMO_USERS], teams[MW_DEMO_TEAMS];
    int64_t processes[MW_DEMO_PROCESSES], competitors[MW_DEMO_COMPETITORS];
    int64_t pools[2]; /* of leads, of accounts */
    MwActor *actors[MW_DEMO_USERS];
    GArray *products;    /* of MwDemoProduct */
    GArray *accounts;    /* of MwDemoAccount */
    double *weights;     /* running sum of the accounts' shares of the orders */
    int64_t last_serial; /* makes ids unique within a millisecond */
    unsigned pauses;
    size_t made_orders, made_lines, made_payments, made_activities, made_contacts, made_deals,
        made_leads;
} MwDemo;

/* Random numbers of thing i of a kind. */
typedef struct {
    uint64_t seed, stream, n;
} MwDice;

typedef enum {
    MW_DICE_ACCOUNT = 1,
    MW_DICE_CONTACT,
    MW_DICE_ORDER,
    MW_DICE_ACTIVITY,
    MW_DICE_DEAL,
    MW_DICE_LEAD
} MwDiceKind;

MwDice mw_demo_dice(const MwDemo *demo, MwDiceKind kind, size_t i);
double mw_demo_roll(MwDice *dice);           /* in (0, 1) */
size_t mw_demo_pick(MwDice *dice, size_t n); /* 0..n-1 */
const char *mw_demo_word(MwDice *dice, const char *const *list);

/* A new record of the demo, made at `instant`, with an id that tells so. */
MwRecord *mw_demo_record(MwDemo *demo, const char *entity, int64_t instant, int64_t user);
/* The instant of a day at an hour in the company's time zone. */
int64_t mw_demo_at(const MwDemo *demo, int64_t day, double hour);
void mw_demo_set_day(MwRecord *record, const char *field, int64_t day);
/* What the hook of its entity fills in, such as the keys by which duplicates are found. */
void mw_demo_check(MwRecord *record);
/* Inserts the records with their search words, and empties the array. */
bool mw_demo_flush(MwDemo *demo, GPtrArray *records, GError **error);
/* After each chunk; commits now and then and begins anew. */
bool mw_demo_pause(MwDemo *demo, GError **error);
/* Hundred-millionths of the base currency for one unit of rate_currencies[which] on a day. */
int64_t mw_demo_rate(const MwDemo *demo, size_t which, int64_t day);
int64_t mw_demo_team(const MwDemo *demo, unsigned seller);
/* Owner and team of what a seller (0..3) keeps. */
void mw_demo_own(const MwDemo *demo, MwRecord *record, unsigned seller);

/* ---- through the record service ---------------------------------------------------- */

/* A context of user number `user` (MW_DEMO_SELLER…) at an instant, never after the present one; it holds nothing. */
MwContext mw_demo_as(const MwDemo *demo, unsigned user, int64_t instant);
MwInput *mw_demo_input(const MwDemo *demo, const char *entity);
void mw_demo_put(MwInput *input, const char *field, int64_t number);
void mw_demo_put_day(MwInput *input, const char *field, int64_t day);
/* Saves and gives the id; 0 on an error. Here problems are errors. */
int64_t mw_demo_save(const MwContext *as, const MwInput *input, int64_t id, GError **error);
/* Attaches a file to a record. */
bool mw_demo_attach(const MwContext *as, const char *entity, int64_t id, const char *name,
                    const char *type, const char *bytes, size_t size, GError **error);

/* Puts a record into a pool. */
bool mw_demo_pool(const MwContext *as, const MwEntity *entity, int64_t id, int64_t pool,
                  const char *action, const char *reason, GError **error);

/* ---- names ---------------------------------------------------------------------------- */

const MwDemoCity *mw_demo_city(const MwDemoWords *words, MwDice *dice);
/* The i-th of all combinations, scattered, so that no name comes twice before all have come. */
char *mw_demo_company_name(const MwDemo *demo, size_t i, const MwDemoCity *city,
                           const MwDemoTrade *trade);
char *mw_demo_person_name(const MwDemoWords *words, MwDice *dice);
char *mw_demo_mobile(const MwDemo *demo, MwDice *dice);

/* In this order; each in a transaction of the context, which it may commit and begin again. */
bool mw_demo_make_company(MwDemo *demo, const char *password, GError **error);
bool mw_demo_make_accounts(MwDemo *demo, GError **error);
bool mw_demo_make_orders(MwDemo *demo, GError **error);
/* Sales processes and competitors; then deals from their first call to today; then leads. */
bool mw_demo_make_processes(MwDemo *demo, GError **error);
bool mw_demo_make_deals(MwDemo *demo, GError **error);
bool mw_demo_make_pools(MwDemo *demo, GError **error);
bool mw_demo_fill_pool(MwDemo *demo, GError **error);
bool mw_demo_make_leads(MwDemo *demo, GError **error);
bool mw_demo_make_today(MwDemo *demo, GError **error);
