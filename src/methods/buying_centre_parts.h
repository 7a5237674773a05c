#pragma once
/* buying_centre_parts: what the files of buying_centre share. Private to them. */
#include "methods/buying_centre.h"

/* Fills in people, ties, knows and users; centre has entity, record, account and days. In buying_centre_read.c. */
bool mw_buying_read(const MwContext *context, MwBuyingCentre *centre, GError **error);
/* Makes and fills in the places. In buying_centre_read.c. */
bool mw_buying_read_places(const MwContext *context, MwBuyingCentre *centre, GError **error);
/* Fills in rank, between, reach, cost and before. In buying_centre_net.c. */
bool mw_buying_measure(MwBuyingCentre *centre, GError **error);
/* Who is reached when one of the people is left out; each is tried once, when first asked for. */
typedef struct MwBuyingCuts MwBuyingCuts;
MwBuyingCuts *mw_buying_cuts_new(const MwBuyingCentre *centre);
void mw_buying_cuts_free(MwBuyingCuts *cuts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwBuyingCuts, mw_buying_cuts_free)
/* Numbers of the people who lie on every way from us to `target` (not itself); NULL on an error. */
GArray *mw_buying_single(MwBuyingCuts *cuts, guint target, GError **error);
/* The people to talk to next, and how many they are asked by (themselves included). */
GArray *mw_buying_next(const MwBuyingCentre *centre, guint *asked_by, GError **error);
/* Fills in the findings. In buying_centre_words.c. */
bool mw_buying_find(const MwContext *context, MwBuyingCentre *centre, GError **error);
