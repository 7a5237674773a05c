#include "base/clock.h"

#include <string.h>

#include "base/i18n.h"

enum { MINUTE_MS = 60 * 1000 };

static const char *const month_names[] = {
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
};

/* Quotient rounded down, so that days before 1970 count the same way. */
static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t
mw_clock_now(void)
{
    return g_get_real_time() / 1000;
}

/* GDate counts from 1 on 0001-01-01. */
static void
to_gdate(int64_t days, GDate *date)
{
    g_date_clear(date, 1);
    g_date_set_julian(date, (guint32)(days - MW_DATE_MIN + 1));
}

static int64_t
from_gdate(const GDate *date)
{
    return (int64_t)g_date_get_julian(date) - 1 + MW_DATE_MIN;
}

bool
mw_date_from_ymd(int year, int month, int day, int64_t *days)
{
    GDate date;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > g_date_get_days_in_month((GDateMonth)month, (GDateYear)year))
        return false;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    *days = from_gdate(&date);
    return true;
}

void
mw_date_to_ymd(int64_t days, int *year, int *month, int *day)
{
    GDate date;

    g_assert(days >= MW_DATE_MIN && days <= MW_DATE_MAX);
    to_gdate(days, &date);
    *year = g_date_get_year(&date);
    *month = (int)g_date_get_month(&date);
    *day = g_date_get_day(&date);
}

bool
mw_date_add_months(int64_t days, int months, int64_t *out)
{
    int year, month, day;

    mw_date_to_ymd(days, &year, &month, &day);
    int64_t count = (int64_t)year * 12 + month - 1 + months;
    if (count < 12 || count >= 12 * 10000)
        return false;
    year = (int)(count / 12);
    month = (int)(count % 12) + 1;
    return mw_date_from_ymd(
        year, month, MIN(day, g_date_get_days_in_month((GDateMonth)month, (GDateYear)year)), out);
}

int
mw_date_weekday(int64_t days)
{
    GDate date;

    g_assert(days >= MW_DATE_MIN && days <= MW_DATE_MAX);
    to_gdate(days, &date);
    return (int)g_date_get_weekday(&date);
}

static void
skip_space(const char **p)
{
    while (g_unichar_isspace(g_utf8_get_char(*p)))
        *p = g_utf8_next_char(*p);
}

static bool
skip(const char **p, const char *text)
{
    if (!g_str_has_prefix(*p, text))
        return false;
    *p += strlen(text);
    return true;
}

/* Reads `min`..`max` digits, max at most 4. */
static bool
digits(const char **p, int min, int max, int *out)
{
    int n = 0, value = 0;

    for (; n < max && g_ascii_isdigit((*p)[n]); n++)
        value = value * 10 + ((*p)[n] - '0');
    if (n < min)
        return false;
    *p += n;
    *out = value;
    return true;
}

static bool
read_date(const char **p, int64_t *days)
{
    static const char *const separators[][2] = {
        { "-", "-" },
        { "/", "/" },
        { ".", "." },
        { "年", "月" },
    };
    int year, month, day;

    if (!digits(p, 4, 4, &year))
        return false;
    if (g_ascii_isdigit(**p))
        return digits(p, 2, 2, &month) && digits(p, 2, 2, &day) && !g_ascii_isdigit(**p) &&
               mw_date_from_ymd(year, month, day, days);
    for (size_t i = 0; i < G_N_ELEMENTS(separators); i++) {
        if (!skip(p, separators[i][0]))
            continue;
        if (!digits(p, 1, 2, &month) || !skip(p, separators[i][1]) || !digits(p, 1, 2, &day) ||
            g_ascii_isdigit(**p))
            return false;
        if (i == 3 && !skip(p, "日"))
            skip(p, "号");
        return mw_date_from_ymd(year, month, day, days);
    }
    return false;
}

/* Milliseconds of the day from "8:05", "08:05:09", "08:05:09.123". */
static bool
read_time(const char **p, int64_t *ms)
{
    int hour, minute, second = 0, thousandths = 0;

    if (!digits(p, 1, 2, &hour) || !skip(p, ":") || !digits(p, 2, 2, &minute))
        return false;
    if (skip(p, ":")) {
        if (!digits(p, 2, 2, &second))
            return false;
        if (skip(p, ".")) {
            if (!g_ascii_isdigit(**p))
                return false;
            for (int weight = 100; g_ascii_isdigit(**p); weight /= 10, ++*p)
                thousandths += weight * (**p - '0');
        }
    }
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *ms = ((hour * 60 + minute) * 60 + second) * 1000 + thousandths;
    return true;
}

/* "Z" or "+08:00", "+0800", "+08", to milliseconds east of Greenwich. */
static bool
read_offset(const char **p, int64_t *ms)
{
    int hours, minutes = 0;

    if (skip(p, "Z") || skip(p, "z")) {
        *ms = 0;
        return true;
    }
    bool west = **p == '-';
    if (!skip(p, "+") && !skip(p, "-"))
        return false;
    if (!digits(p, 2, 2, &hours) || hours > 23)
        return false;
    if ((skip(p, ":") || g_ascii_isdigit(**p)) && (!digits(p, 2, 2, &minutes) || minutes > 59))
        return false;
    *ms = (hours * 60 + minutes) * (west ? -MINUTE_MS : MINUTE_MS);
    return true;
}

bool
mw_date_parse(const char *text, int64_t *days)
{
    int64_t result;

    if (!g_utf8_validate(text, -1, NULL))
        return false;
    skip_space(&text);
    if (!read_date(&text, &result))
        return false;
    skip_space(&text);
    if (*text)
        return false;
    *days = result;
    return true;
}

/* From the milliseconds that the clocks of `zone` show, counted as if they were UTC. */
static int64_t
of_local(int64_t local, GTimeZone *zone)
{
    int64_t seconds = floor_div(local, 1000);
    int64_t thousandths = local - seconds * 1000;
    int interval = g_time_zone_adjust_time(zone, G_TIME_TYPE_STANDARD, &seconds);

    return (seconds - g_time_zone_get_offset(zone, interval)) * 1000 + thousandths;
}

static int64_t
to_local(int64_t ms, GTimeZone *zone)
{
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, floor_div(ms, 1000));

    return ms + (int64_t)g_time_zone_get_offset(zone, interval) * 1000;
}

bool
mw_instant_parse(const char *text, GTimeZone *zone, int64_t *ms)
{
    int64_t days, time = 0, offset = 0;
    bool has_offset = false;

    if (!g_utf8_validate(text, -1, NULL))
        return false;
    skip_space(&text);
    if (!read_date(&text, &days))
        return false;
    if (*text == 'T' || *text == 't') {
        text++;
        if (!g_ascii_isdigit(*text))
            return false;
    }
    skip_space(&text);
    if (*text) {
        if (!read_time(&text, &time))
            return false;
        skip_space(&text);
        has_offset = *text != '\0';
        if (has_offset && !read_offset(&text, &offset))
            return false;
        skip_space(&text);
        if (*text)
            return false;
    }
    int64_t local = days * MW_DAY_MS + time;
    int64_t instant = has_offset ? local - offset : of_local(local, zone);
    if (instant < MW_INSTANT_MIN || instant > MW_INSTANT_MAX)
        return false;
    *ms = instant;
    return true;
}

int64_t
mw_date_of_instant(int64_t ms, GTimeZone *zone)
{
    return CLAMP(floor_div(to_local(ms, zone), MW_DAY_MS), MW_DATE_MIN, MW_DATE_MAX);
}

int64_t
mw_instant_of_date(int64_t days, GTimeZone *zone)
{
    return CLAMP(of_local(days * MW_DAY_MS, zone), MW_INSTANT_MIN, MW_INSTANT_MAX);
}

/* Writes a date by a pattern in which Y, M, D, T stand for the year, the name of the month, the day
 * and the time of day; everything else is copied. */
static char *
by_pattern(const char *pattern, int64_t days, const char *time)
{
    int year, month, day;
    GString *out = g_string_new(NULL);

    mw_date_to_ymd(days, &year, &month, &day);
    for (; *pattern; pattern++) {
        if (*pattern == 'Y')
            g_string_append_printf(out, "%d", year);
        else if (*pattern == 'M')
            g_string_append(out, _(month_names[month - 1]));
        else if (*pattern == 'D')
            g_string_append_printf(out, "%d", day);
        else if (*pattern == 'T')
            g_string_append(out, time);
        else
            g_string_append_c(out, *pattern);
    }
    return g_string_free(out, false);
}

/* Writes `n` digits and then `mark`, and answers where the next come. Not printf: a page of a list
 * shows some hundred instants. */
static char *
put_digits(char *to, int number, int n, char mark)
{
    for (int i = n - 1; i >= 0; i--, number /= 10)
        to[i] = (char)('0' + number % 10);
    to[n] = mark;
    return to + n + 1;
}

/* "2026-03-05" and `mark`. */
static char *
put_date(char *to, int64_t days, char mark)
{
    int year, month, day;

    mw_date_to_ymd(days, &year, &month, &day);
    to = put_digits(to, year, 4, '-');
    to = put_digits(to, month, 2, '-');
    return put_digits(to, day, 2, mark);
}

/* Translators, here and below: D is the day, M the name of the month, Y the year, T the time. */
char *
mw_date_format(int64_t days, MwClockStyle style)
{
    if (days < MW_DATE_MIN || days > MW_DATE_MAX)
        return g_strdup("?");
    if (style == MW_CLOCK_ISO) {
        char text[sizeof "2026-03-05"];
        put_date(text, days, '\0');
        return g_strdup(text);
    }
    return by_pattern(style == MW_CLOCK_LONG ? _("D M Y") : _("D M"), days, "");
}

char *
mw_instant_format(int64_t ms, GTimeZone *zone, MwClockStyle style)
{
    if (ms < MW_INSTANT_MIN || ms > MW_INSTANT_MAX)
        return g_strdup("?");

    int64_t local = to_local(ms, zone);
    int64_t days = floor_div(local, MW_DAY_MS);
    int minutes = (int)((local - days * MW_DAY_MS) / MINUTE_MS);
    if (days < MW_DATE_MIN || days > MW_DATE_MAX)
        return g_strdup("?");
    char text[sizeof "2026-03-05 08:05"], *time = put_date(text, days, ' ');
    put_digits(put_digits(time, minutes / 60, 2, ':'), minutes % 60, 2, '\0');
    if (style == MW_CLOCK_ISO)
        return g_strdup(text);
    return by_pattern(style == MW_CLOCK_LONG ? _("D M Y, T") : _("D M, T"), days, time);
}

char *
mw_instant_rfc3339(int64_t ms)
{
    char text[sizeof "2026-03-05T00:05:00.000Z"];

    if (ms < MW_INSTANT_MIN || ms > MW_INSTANT_MAX)
        return g_strdup("?");
    int64_t days = floor_div(ms, MW_DAY_MS);
    int time = (int)(ms - days * MW_DAY_MS);
    char *to = put_date(text, days, 'T');
    to = put_digits(to, time / 3600000, 2, ':');
    to = put_digits(to, time / MINUTE_MS % 60, 2, ':');
    to = put_digits(to, time / 1000 % 60, 2, '.');
    to = put_digits(to, time % 1000, 3, 'Z');
    *to = '\0';
    return g_strdup(text);
}
