#pragma once
/*
 * clock: dates and instants, from text and to text.
 *
 * A date is a count of days since 1970-01-01, an instant a count of milliseconds
 * since 1970-01-01T00:00:00Z without leap seconds; both int64_t, of the years 1
 * to 9999 of the Gregorian calendar. A zone is the user's (GTimeZone): it gives
 * text without an offset its meaning, and instants their looks.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MW_DATE_MIN INT64_C(-719162) /* 0001-01-01 */
#define MW_DATE_MAX INT64_C(2932896) /* 9999-12-31 */
#define MW_DAY_MS (INT64_C(24) * 60 * 60 * 1000)
#define MW_INSTANT_MIN (MW_DATE_MIN * MW_DAY_MS)
#define MW_INSTANT_MAX ((MW_DATE_MAX + 1) * MW_DAY_MS - 1)

int64_t mw_clock_now(void);

/* False where there is no such day (2026-02-30). */
bool mw_date_from_ymd(int year, int month, int day, int64_t *days);
/* Here and below `days` has to be within MW_DATE_MIN..MW_DATE_MAX. */
void mw_date_to_ymd(int64_t days, int *year, int *month, int *day);
/* The same day of the month so many months later, or that month's last day (31 January plus one is
 * 28 or 29 February); false outside the years 1..9999. */
bool mw_date_add_months(int64_t days, int months, int64_t *out);
/* 1 is Monday, 7 is Sunday. */
int mw_date_weekday(int64_t days);

/*
 * Reads "2026-03-05", "2026/3/5", "2026.3.5", "20260305", "2026年3月5日" (日 or 号 may miss), white
 * space around. The year has four digits and comes first: "3/5/2026" could be two days, so it is
 * refused. False, and `days` untouched, for anything else and for days that do not exist.
 */
bool mw_date_parse(const char *text, int64_t *days);

/*
 * Reads a date as above, then T or spaces, then "8:05", "08:05:09" or "08:05:09.123" (digits beyond
 * the third are cut off), then nothing, "Z", "+08:00", "+0800" or "+08". The date alone is its first
 * moment. Without an offset the time is of `zone`: one that a change of the clocks skips means the
 * moment of the change, one that happens twice the one in standard time. False, and `ms` untouched,
 * for anything else, second 60 and hour 24 included.
 */
bool mw_instant_parse(const char *text, GTimeZone *zone, int64_t *ms);

/* The day that `zone` has at `ms`; the first moment of `days` in `zone`. Where that is outside the
 * years 1 to 9999, the nearest within. */
int64_t mw_date_of_instant(int64_t ms, GTimeZone *zone);
int64_t mw_instant_of_date(int64_t days, GTimeZone *zone);

typedef enum {
    MW_CLOCK_ISO,   /* "2026-03-05", "2026-03-05 08:05"                              */
    MW_CLOCK_LONG,  /* "5 Mar 2026, 08:05"; in Chinese "2026年3月5日 08:05"            */
    MW_CLOCK_SHORT, /* without the year: "5 Mar, 08:05"; in Chinese "3月5日 08:05"     */
} MwClockStyle;

/* In the language in use (i18n.h). Values out of range are written as "?". The caller frees it. */
char *mw_date_format(int64_t days, MwClockStyle style);
char *mw_instant_format(int64_t ms, GTimeZone *zone, MwClockStyle style);
/* RFC 3339 in UTC, always with milliseconds: "2026-03-05T00:05:00.000Z". The caller frees it. */
char *mw_instant_rfc3339(int64_t ms);
