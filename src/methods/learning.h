#pragma once
/*
 * learning: how often deals that reached a stage were won, kept with the stage beside its default probability.
 *
 * A deal has reached a stage when it was in it or in a later open one, or was won by way of open stages that are known.
 * Deals that came closed from another system tell of the first stage alone. The rate is drawn towards the default as if
 * that were the experience of ten deals more (mw_win_rate_shrunk(), docs/methods/learned-probability.md), so that few deals
 * do not overthrow it. A job computes it every night; no page does.
 */
#include "record/work.h"

/* `changed` (may be NULL): stages whose numbers are others than before. */
bool mw_stages_learn(MwCompany *company, MwStore *store, size_t *changed, GError **error);
