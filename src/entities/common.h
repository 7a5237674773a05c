#pragma once
/*
 * common: what several declarations share: lists of choices, default grants, sums of money.
 *
 * Details (entities with a master) have no grants of their own: the rights on the master are theirs.
 */
#include "base/decimal.h"
#include "base/i18n.h"
#include "base/money.h"
#include "entities/entities.h"
#include "model/kinds/kinds.h"
#include "model/record.h"

extern const MwChoice mw_classes[];   /* "A".."D": 关键, 重点, 一般, 维持 */
extern const MwChoice mw_languages[]; /* "zh_CN", "en"                    */
extern const MwChoice mw_outcomes[];  /* of a stage, of an opportunity: "open", "won", "lost" */
extern const MwChoice mw_forecast_categories[];
extern const MwChoice mw_ratings[];      /* of leads: "hot", "warm", "cold" */
extern const MwChoice mw_sources[];      /* of leads and opportunities                       */
extern const MwChoice mw_buying_roles[]; /* of people in a decision                          */

/* Customers and what is done with them: each role as far as its own work reaches. */
extern const MwGrant mw_grants_business[];
/* What the whole company refers to and managers keep: products, rates, policies. */
extern const MwGrant mw_grants_reference[];
/* Everybody may look, administrators alone may change: users, teams. */
extern const MwGrant mw_grants_directory[];
/* Administrators alone: roles, custom fields, tokens, jobs. */
extern const MwGrant mw_grants_admin[];
/* Everybody their own: saved views, imports. */
extern const MwGrant mw_grants_own[];

/* By which duplicates are found; see base/name.h. Nobody reads them, and `millwright migrate` fills them in. */
#define MW_KEY(name_, label_)                                                                      \
    {                                                                                              \
        .name = name_, .label = label_, .kind = &mw_hidden,                                        \
        .flags = MW_READ_ONLY | MW_INDEXED | MW_SECRET | MW_QUIET                                  \
    }

/* Of what may be in an open pool. In one it has no owner; what was taken from one remembers from where. */
/* clang-format off */
#define MW_POOL_FIELDS                                                                             \
    { .name = "pool", .label = N_("Open pool"), .kind = &mw_link, .target = "pool",                \
      .flags = MW_READ_ONLY | MW_INDEXED | MW_IMPORTABLE },                                        \
    { .name = "pooled_at", .label = N_("In the pool since"), .kind = &mw_instant,                  \
      .flags = MW_READ_ONLY },                                                                     \
    { .name = "taken_from", .label = N_("Taken from"), .kind = &mw_link, .target = "pool",         \
      .flags = MW_READ_ONLY | MW_INDEXED, .back = N_("Taken from it"),          \
      .told_by = "pool" },                           \
    { .name = "taken_at", .label = N_("Taken at"), .kind = &mw_instant,                            \
      .flags = MW_READ_ONLY | MW_INDEXED },                                                        \
    { .name = "last_activity_at", .label = N_("Last activity"), .kind = &mw_instant,               \
      .flags = MW_READ_ONLY | MW_INDEXED | MW_QUIET | MW_IMPORTABLE }
/* clang-format on */

/* What holds of them, for the entity's hook. */
void mw_check_pooled(MwRecord *record, const MwRecord *before, MwProblems *problems);
/* Sets a key to what `key` makes of another field; nothing when nothing is left. */
void mw_put_key(MwRecord *record, const char *field, const char *from, char *(*key)(const char *));

/* Refuses a link of a record to itself, such as an account that is its own parent. */
void mw_check_not_itself(const MwRecord *record, const char *link, MwProblems *problems);
/* Refuses `later` before `earlier`, both dates or both instants; either may be missing. */
void mw_check_in_order(const MwRecord *record, const char *earlier, const char *later,
                       MwProblems *problems);
/* Refuses a name that is not [a-z][a-z0-9_]*. */
void mw_check_identifier(const MwRecord *record, const char *field, MwProblems *problems);
/* quantity × price in minor units of `currency`, less `discount` hundredths of a percent; false when it does not fit. */
bool mw_line_value(int64_t quantity, int64_t price, int64_t discount, const MwCurrency *currency,
                   int64_t *value);
