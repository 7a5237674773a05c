#include "methods/derivations.h"

#include "methods/activity.h"
#include "methods/next_activity.h"
#include "methods/open_pool.h"
#include "methods/opportunity.h"
#include "methods/people.h"
#include "methods/policy.h"
#include "methods/progress.h"
#include "methods/views.h"

const MwDerivation *const mw_derivations[] = {
    mw_policy_derivations, mw_opportunity_derivations, mw_next_activity_derivations,
    mw_people_derivations, mw_activity_derivations,    mw_pool_derivations,
    mw_view_derivations,   mw_progress_derivations,    NULL,
};
