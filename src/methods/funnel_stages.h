#pragma once
/*
 * funnel_stages: the stages of one sales process as a funnel: what is in each now, how many of the deals that reached it
 * went on, and how long they stayed.
 *
 * Deals have reached a stage as learning.h has it. Those that are still in it have neither gone on nor been lost and do
 * not count in its conversion. Durations are of stays that have ended, also of deals that went back.
 */
#include "methods/funnel.h"

typedef struct {
    int64_t stage;
    char *name;
    char kind;                        /* 'o'pen, 'w'on, 'l'ost                          */
    int64_t now, now_value, weighted; /* deals in it; minor units of the base currency */
    int64_t reached, went_on, lost;   /* lost: from this stage, as far as is known     */
    double conversion;                /* went_on / (went_on + lost); NAN: none decided  */
    int64_t stays;
    double days; /* mean of a stay; NAN: none has ended            */
    int64_t probability, learned,
        learned_deals; /* hundredths of a percent; learned -1: nothing is known */
} MwFunnelStage;

/* Of ask->process, which must not be 0, within the rights of the reader; in the order of the process. Three statements
 * over the opportunities and their moves. An array of MwFunnelStage. */
GArray *mw_funnel_stages(const MwContext *context, const MwFunnelAsk *ask, GError **error);
/* What the deals now in each stage come to as `funnel`, by stage, has it: those without an amount count by the list price of
 * their product there, so the stages add up to its totals. */
void mw_funnel_stages_value(GArray *stages, const MwFunnel *funnel);
/* [{"stage":…,"name":…,"now":…,"reached":…,"conversion":…,"mean_days":…,…}]; amounts are texts in the base currency,
 * probabilities shares; null what is not known. */
json_t *mw_funnel_stages_json(const MwContext *context, const GArray *stages);
