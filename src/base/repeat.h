#pragma once
/*
 * repeat: the days of something that happens again and again. Pure arithmetic on days (base/clock.h).
 *
 *   daily    every n days
 *   weekly   on weekdays of every n-th week, Monday first; without weekdays on that of the day before
 *   monthly  on a day of every n-th month, or its last one when it has fewer days
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { MW_REPEAT_NOT, MW_REPEAT_DAILY, MW_REPEAT_WEEKLY, MW_REPEAT_MONTHLY } MwRepeatUnit;

typedef struct {
    MwRepeatUnit unit;
    int every;         /* 1..99                                       */
    unsigned weekdays; /* bit 0 is Monday; 0: that of the day before  */
    int month_day;     /* 1..31; 0: that of the day before            */
    int64_t until;     /* the last day possible; 0: no end            */
    int64_t count;     /* times left, the present one too; 0: no end  */
} MwRepeat;

/* From the keys of the choices of entities/activity.c: "weekly", ",mon,thu,". Either may be NULL. */
MwRepeat mw_repeat_of(const char *unit, int64_t every, const char *weekdays);
/* The day after `day`, which is one of them; false when there is none any more. */
bool mw_repeat_next(const MwRepeat *repeat, int64_t day, int64_t *next);
