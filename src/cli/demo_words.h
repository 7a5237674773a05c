#pragma once
/* demo_words: the names of which the demo company is made, in Chinese and in English. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *city, *province, *region;
    int share; /* of a hundred customers */
} MwDemoCity;

typedef struct {
    const char *word;     /* "泵业": what a name says of the trade */
    const char *industry; /* choice of the account */
    const char *type;     /* choice of the account */
} MwDemoTrade;

/* Words of one language. Lists end with NULL. */
typedef struct {
    const char *company, *currency, *zone, *country, *domain;
    const char *const *rate_currencies; /* that some customers pay in; two */
    const char *const *regions;         /* three, each a sales team */
    const char *const *teams;           /* root, three regions, service, marketing */
    const char *const *people; /* the users: admin, manager, 4 sales, service, marketing, viewer */
    const MwDemoCity *cities;
    const MwDemoTrade *trades;
    const char *const *brand_first, *const *brand_second;
    const char *brand_join; /* between them: "" or " & " */
    const char *const *forms;
    const char *const *surnames, *const *given;
    bool surname_first;
    const char *const *jobs;
    const char *const *visits, *const *calls, *const *mails, *const *tasks, *const *notes;
    const char *const *results;
    const char *const *streets;
} MwDemoWords;

extern const MwDemoWords mw_demo_zh, mw_demo_en;

/* A family of products: `sizes` of them, each dearer than the one before by `step`. */
typedef struct {
    const char *line_zh, *line_en, *kind, *unit_zh, *unit_en;
    const char *code, *name_zh, *name_en; /* the size follows code and name */
    const char *const *sizes;
    double price;  /* of the smallest, in CNY */
    double step;   /* factor from one size to the next */
    double margin; /* share of the price above cost */
    int most;      /* usual quantity of an order: 1..most */
} MwDemoFamily;

extern const MwDemoFamily mw_demo_families[]; /* ends with a NULL code */

size_t mw_demo_count(const char *const *list);
