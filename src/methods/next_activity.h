#pragma once
/* next_activity: opportunity.next_activity_on, the first day of its activities that are planned and not done. */
#include "record/derivation.h"
#include "record/work.h"

extern const MwDerivation mw_next_activity_derivations[]; /* ends with a NULL entity */
/* For opportunities whose activities are older than the field; in transactions of 500, safe to repeat. */
bool mw_next_activity_refill(MwCompany *company, MwStore *store, GError **error);
