#pragma once
/*
 * calendar: what stands where in time, of any entity that declares a calendar (model/entity.h).
 *
 * Days are those of a time zone: that of the reader. What has a day and no time stands at that day everywhere.
 */
#include "base/repeat.h"
#include "record/service.h"

/* Open ones (nothing done yet) before a day: what is overdue on it. The caller frees the filter. */
MwFilter *mw_calendar_overdue(const MwEntity *entity, int64_t day, GTimeZone *zone);
/* Those of days `from` to before `to`, whether done or not; ones that began up to MW_CALENDAR_BACK_DAYS earlier and
 * reach into them too. */
MwFilter *mw_calendar_between(const MwEntity *entity, int64_t from, int64_t to, GTimeZone *zone);

enum { MW_CALENDAR_BACK_DAYS = 31 };

/* The rule by which a record of activity repeats. */
MwRepeat mw_calendar_repeat(const MwRecord *activity);
/* The same time of another day: `at` with its day in `zone` replaced. */
int64_t mw_calendar_on_day(int64_t at, int64_t day, GTimeZone *zone);
