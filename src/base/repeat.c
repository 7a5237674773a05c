#include "base/repeat.h"

#include <string.h>

#include "base/clock.h"

static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

MwRepeat
mw_repeat_of(const char *unit, int64_t every, const char *weekdays)
{
    MwRepeat repeat = { .every = every > 0 ? (int)MIN(every, 99) : 1 };

    if (g_strcmp0(unit, "daily") == 0)
        repeat.unit = MW_REPEAT_DAILY;
    else if (g_strcmp0(unit, "weekly") == 0)
        repeat.unit = MW_REPEAT_WEEKLY;
    else if (g_strcmp0(unit, "monthly") == 0)
        repeat.unit = MW_REPEAT_MONTHLY;
    for (unsigned i = 0; weekdays && i < G_N_ELEMENTS(days); i++)
        if (strstr(weekdays, days[i]))
            repeat.weekdays |= 1u << i;
    return repeat;
}

/* The next weekday of this week that is in the set, else the first one of the week so many weeks later. */
static int64_t
next_weekday(const MwRepeat *repeat, int64_t day)
{
    int64_t monday = day - (mw_date_weekday(day) - 1);

    if (repeat->weekdays == 0)
        return day + INT64_C(7) * repeat->every;
    for (int64_t d = day + 1; d < monday + 7; d++)
        if (repeat->weekdays >> (d - monday) & 1)
            return d;
    monday += INT64_C(7) * repeat->every;
    for (int i = 0; i < 7; i++)
        if (repeat->weekdays >> i & 1)
            return monday + i;
    return monday;
}

static bool
next_month(const MwRepeat *repeat, int64_t day, int64_t *next)
{
    int year, month, of_month;
    int64_t first, after;

    mw_date_to_ymd(day, &year, &month, &of_month);
    if (!mw_date_from_ymd(year, month, 1, &first) ||
        !mw_date_add_months(first, repeat->every, next) || !mw_date_add_months(*next, 1, &after))
        return false;
    *next = MIN(*next + (repeat->month_day ? repeat->month_day : of_month) - 1, after - 1);
    return true;
}

bool
mw_repeat_next(const MwRepeat *repeat, int64_t day, int64_t *next)
{
    int64_t found = day;

    if (repeat->unit == MW_REPEAT_NOT || repeat->count == 1)
        return false;
    if (repeat->unit == MW_REPEAT_DAILY)
        found = day + repeat->every;
    else if (repeat->unit == MW_REPEAT_WEEKLY)
        found = next_weekday(repeat, day);
    else if (!next_month(repeat, day, &found))
        return false;
    if (found > MW_DATE_MAX || (repeat->until && found > repeat->until))
        return false;
    *next = found;
    return true;
}
