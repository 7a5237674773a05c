#pragma once
/* demo_deals: the plan of a deal of the demo company; demo_deals.c makes it, demo_deal_steps.c carries it out. */
#include "cli/demo.h"
#include "methods/stages.h"

enum { MW_DEMO_PEOPLE = 5, MW_DEMO_STEPS = 12 };

/* What happens to a deal after stage moves, which are numbered by stage. */
enum { MW_DEMO_CLOSE = 100, MW_DEMO_REOPEN, MW_DEMO_NOW };

typedef struct {
    size_t number;
    int64_t id;
    const MwDemoAccount *account;
    size_t account_number;
    unsigned process;            /* of mw_demo_processes */
    char outcome;                /* 'o', 'w' or 'l' */
    int reach;                   /* number of the last open stage it comes to */
    int stage;                   /* that it is in */
    int64_t days[MW_DEMO_STEPS]; /* on which it enters each stage */
    int64_t closed, close_on;
    bool from_lead, reopened, no_decider;
    int64_t people[MW_DEMO_PEOPLE];
    const char *roles[MW_DEMO_PEOPLE];
    unsigned n_people;
    bool has_amount;
    MwDice dice;
} MwDemoDeal;

/* Stages of the process of a deal; of MwStage. */
typedef struct {
    MwDemo *demo;
    GArray *stages[MW_DEMO_PROCESSES];
    int n_open[MW_DEMO_PROCESSES];
} MwDemoSales;

/* One step of one deal. */
typedef struct {
    const MwDemoSales *sales;
    const MwDemo *demo;
    MwDemoDeal *deal;
    int64_t instant;
    MwContext as; /* its seller */
} MwDemoStep;

static inline unsigned
mw_demo_seller(const MwDemoDeal *deal)
{
    return MW_DEMO_SELLER + deal->account->seller;
}

static inline bool
mw_demo_chance(MwDemoStep *s, double chance)
{
    return mw_demo_roll(&s->deal->dice) < chance;
}

/* The people of the account that are known already. */
bool mw_demo_load_people(MwDemoStep *s, GError **error);
/* Puts one of them, or all who decide, whom the seller meets for it, into the deal that `input` changes. */
bool mw_demo_add_person(MwDemoStep *s, MwInput *input, unsigned i, GError **error);
bool mw_demo_meet_people(MwDemoStep *s, MwInput *input, GError **error);
/* Who reports to whom, who is whose friend, and who advises from outside. */
bool mw_demo_relate_people(MwDemoStep *s, GError **error);

/* One thing that happens to a deal at an instant: the first contact (0), a move to stage `step`, or one of the above. */
bool mw_demo_step(const MwDemoSales *sales, MwDemoDeal *deal, int step, int64_t instant,
                  GError **error);
