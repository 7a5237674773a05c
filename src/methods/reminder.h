#pragma once
/* reminder: private to methods/: when an activity is to be reminded of. */
#include "model/record.h"
#include "record/context.h"

/* Of who it is of: his own, else the company's. Hold `actor` (may become NULL) as long as the zone. */
GTimeZone *mw_owner_zone(const MwContext *context, int64_t user, MwActor **actor);
/* Sets remind_at to the next of its reminders after `now`, or to nothing. */
void mw_reminder_set(MwRecord *activity, GTimeZone *zone, int64_t now);
