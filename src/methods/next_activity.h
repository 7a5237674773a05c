#pragma once
/* next_activity: opportunity.next_activity_on, the first day of its activities that are planned and not done. */
#include "record/derivation.h"

extern const MwDerivation mw_next_activity_derivations[]; /* ends with a NULL entity */
