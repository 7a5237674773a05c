#pragma once
/* demo_deal_words: what the demo company sells, against whom, to which needs: in Chinese and in English. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MW_DEMO_COMPETITORS = 5, MW_DEMO_TALKS = 6 };

typedef struct {
    const char *name, *strengths, *weaknesses;
} MwDemoCompetitor;

/* Words of one language. Lists end with NULL. */
typedef struct {
    MwDemoCompetitor competitors[MW_DEMO_COMPETITORS];
    const char *const *projects;   /* names of deals */
    const char *const *frameworks; /* with a year: printf */
    const char *spares, *repeat;   /* with the name of a product: printf */
    /* Talks at the first, second… stage of a deal: subject, result and next step. */
    const char *const *talks[MW_DEMO_TALKS], *const *results[MW_DEMO_TALKS],
                                                 *const *next_steps[MW_DEMO_TALKS];
    const char *const *wins, *const *losses; /* notes on the outcome */
    const char *const *overrides, *const *reopenings;
    const char *const *standings, *const *people; /* notes on competitors, on people */
    const char *const *needs;                     /* of leads, in their words */
    const char *const *refusals;                  /* why a lead came to nothing */
    const char *lead_pool, *account_pool;
    const char *const *pooled;   /* why something was put into a pool */
    const char *question;        /* subject of a note to a colleague */
    const char *const *mentions; /* its text: printf with the name */
    const char *const *lead_talks, *const *lead_results, *const *lead_plans;
    const char *const *service, *const *marketing; /* tasks of these two */
    const char *outsider,
        *outsider_there; /* job of an adviser from outside, and what he is at the customer */
    const char *minutes_name, *minutes, *survey_name, *survey, *offer_name;
    const char *const *meetings; /* of the own team */
} MwDemoDealWords;

extern const MwDemoDealWords mw_demo_deals_zh, mw_demo_deals_en;
extern const char *const mw_demo_processes[]; /* keys of those that every company has */

/* What the people of MwDemoWords.jobs are in a decision, in that order: choices of their role. */
extern const char *const mw_demo_job_roles[];
