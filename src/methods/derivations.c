#include "methods/derivations.h"

#include "methods/opportunity.h"
#include "methods/policy.h"

const MwDerivation *const mw_derivations[] = {
    mw_policy_derivations,
    mw_opportunity_derivations,
    NULL,
};
