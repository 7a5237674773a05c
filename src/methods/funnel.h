#pragma once
/*
 * funnel: what the opportunities come to: how many are open, won and lost, for how much, how long it took, and what the
 * open ones are worth by the win rates of the past.
 *
 * Only what the actor of the context may see counts. The value of an opportunity is its amount in base currency; one
 * without an amount counts with the list price of its main product. Money is in minor units of the base currency.
 */
#include <jansson.h>

#include "engines/pipeline.h"
#include "record/context.h"

typedef enum {
    MW_FUNNEL_PRODUCT,
    MW_FUNNEL_OWNER,
    MW_FUNNEL_TEAM,
    MW_FUNNEL_REGION, /* of the account, else its country                       */
    MW_FUNNEL_MONTH,  /* closed, or expected to close; "2026-03"                */
    MW_FUNNEL_STAGE,
    MW_N_FUNNELS,
} MwFunnelBy;

bool mw_funnel_by_find(const char *name, MwFunnelBy *by); /* "product", "owner"... */
const char *mw_funnel_by_name(MwFunnelBy by);
const char *mw_funnel_by_label(MwFunnelBy by); /* translated */

/* What counts. Open opportunities count whatever the period. */
typedef struct {
    MwFunnelBy by;
    const char *from, *to;                 /* ISO dates: closed then; NULL: whenever */
    int64_t owner, team, process, product; /* 0: any                        */
    const char *region; /* as the group of MW_FUNNEL_REGION is called; NULL: any */
} MwFunnelAsk;

enum { MW_REGIONS_MAX = 200 };

/* The regions, and countries of those without one, of accounts that the actor may read, in order (char *, freed with the
 * array); `more`: there are others. One statement, by the indexes of both. NULL on an error. */
GPtrArray *mw_funnel_regions(const MwContext *context, bool *more, GError **error);
/* The opportunities that count, as a filter. The caller frees it. */
MwFilter *mw_funnel_filter(const MwContext *context, const MwFunnelAsk *ask);

typedef struct {
    char *key, *label; /* id or text that the group has in common; "" for none */
    guint place;       /* of the record that the key names, among them          */
    int64_t open, open_value;
    int64_t weighted; /* by the probability that each has; of those with an amount */
    double
        expected; /* of the open: value times the win rate of the product, of all when it has none */
    int64_t won, won_value, lost, lost_value;
    double won_days, lost_days; /* mean days from engaged_on to closed_on; NAN: not known */
    MwWinRate rate;             /* of the decided ones; NAN when there are none          */
} MwFunnelGroup;

typedef struct {
    MwFunnelGroup total;
    GArray *groups; /* of MwFunnelGroup, months and stages in their order, others by won value */
} MwFunnel;

void mw_funnel_clear(MwFunnel *funnel);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwFunnel, mw_funnel_clear)

/* In a transaction that reads. One pass in SQL over the opportunities. */
bool mw_funnel(const MwContext *context, const MwFunnelAsk *ask, MwFunnel *out, GError **error);
/* {"by":…,"currency":…,"total":{…},"groups":[{"key":…,"label":…,…}]}; amounts are texts in the base currency. */
json_t *mw_funnel_json(const MwContext *context, MwFunnelBy by, const MwFunnel *funnel);
