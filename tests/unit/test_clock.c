/* clock: calendars by hand, zones by a rule written out, so that no tzdata is needed. */
#include <glib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"

#define SHANGHAI "CST-8"
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

static const struct {
    const char *text, *iso; /* iso NULL: refused */
} date_cases[] = {
    { "2026-03-05", "2026-03-05" },
    { " 2026/3/5 ", "2026-03-05" },
    { "2026.3.05", "2026-03-05" },
    { "20260305", "2026-03-05" },
    { "2026年3月5日", "2026-03-05" },
    { "2026年12月31号", "2026-12-31" },
    { "\u30002026年12月31", "2026-12-31" },
    { "2024-02-29", "2024-02-29" },
    { "2000-02-29", "2000-02-29" },
    { "0001-01-01", "0001-01-01" },
    { "9999-12-31", "9999-12-31" },
    { "2026-02-29", NULL },
    { "1900-02-29", NULL },
    { "2026-02-30", NULL },
    { "2026-04-31", NULL },
    { "2026-13-01", NULL },
    { "2026-00-01", NULL },
    { "2026-01-00", NULL },
    { "0000-01-01", NULL },
    { "26-01-01", NULL },
    { "12026-01-01", NULL },
    { "3/5/2026", NULL },
    { "2026-3/5", NULL },
    { "2026-003-05", NULL },
    { "2026-03-005", NULL },
    { "202603051", NULL },
    { "2026035", NULL },
    { "2026-03-05x", NULL },
    { "2026-03-05日", NULL },
    { "2026年3月5日号", NULL },
    { "2026-03-05 08:00", NULL },
    { "2026", NULL },
    { "", NULL },
    { "2026-03-05\xff", NULL },
};

static void
test_date_parse(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(date_cases); i++) {
        int64_t days = -7;
        bool ok = mw_date_parse(date_cases[i].text, &days);
        g_test_message("case %zu", i);
        g_assert_cmpint(ok, ==, date_cases[i].iso != NULL);
        if (ok) {
            g_autofree char *iso = mw_date_format(days, MW_CLOCK_ISO);
            g_assert_cmpstr(iso, ==, date_cases[i].iso);
        } else {
            g_assert_cmpint(days, ==, -7);
        }
    }
}

static int64_t
day(const char *text)
{
    int64_t days;

    g_assert_true(mw_date_parse(text, &days));
    return days;
}

static void
test_calendar(void)
{
    int64_t days;
    int year, month, d;

    g_assert_cmpint(day("1970-01-01"), ==, 0);
    g_assert_cmpint(day("2000-03-01"), ==, 11017);
    g_assert_cmpint(day("0001-01-01"), ==, MW_DATE_MIN);
    g_assert_cmpint(day("9999-12-31"), ==, MW_DATE_MAX);
    mw_date_to_ymd(-1, &year, &month, &d);
    g_assert_cmpint(year * 10000 + month * 100 + d, ==, 19691231);
    g_assert_cmpint(mw_date_weekday(0), ==, 4);                 /* a Thursday */
    g_assert_cmpint(mw_date_weekday(day("2026-11-23")), ==, 1); /* a Monday */
    g_assert_cmpint(mw_date_weekday(-4), ==, 7);

    g_assert_true(mw_date_add_months(day("2026-01-31"), 1, &days));
    g_assert_cmpint(days, ==, day("2026-02-28"));
    g_assert_true(mw_date_add_months(day("2024-03-31"), -1, &days));
    g_assert_cmpint(days, ==, day("2024-02-29"));
    g_assert_true(mw_date_add_months(day("2026-11-23"), 14, &days));
    g_assert_cmpint(days, ==, day("2028-01-23"));
    g_assert_false(mw_date_add_months(MW_DATE_MAX, 1, &days));
    g_assert_false(mw_date_add_months(MW_DATE_MIN, -1, &days));
    g_assert_false(mw_date_add_months(0, INT32_MAX, &days));
    g_assert_cmpint(days, ==, day("2028-01-23"));
}

static const struct {
    const char *zone, *text, *utc; /* utc NULL: refused */
} instant_cases[] = {
    { SHANGHAI, "2026-03-05 08:05", "2026-03-05T00:05:00.000Z" },
    { SHANGHAI, "2026/3/5 8:05:09", "2026-03-05T00:05:09.000Z" },
    { SHANGHAI, "2026年3月5日 07:05", "2026-03-04T23:05:00.000Z" },
    { SHANGHAI, "2026-03-05", "2026-03-04T16:00:00.000Z" },
    { SHANGHAI, "2026-03-05T08:05:09.123456Z", "2026-03-05T08:05:09.123Z" },
    { SHANGHAI, "2026-03-05t08:05:09.1z", "2026-03-05T08:05:09.100Z" },
    { SHANGHAI, "2026-03-05 08:05 +02:00", "2026-03-05T06:05:00.000Z" },
    { SHANGHAI, "2026-03-05T08:05-0330", "2026-03-05T11:35:00.000Z" },
    { SHANGHAI, "2026-03-05T08:05+08", "2026-03-05T00:05:00.000Z" },
    { SHANGHAI, "1969-12-31 23:59:59.999Z", "1969-12-31T23:59:59.999Z" },
    { SHANGHAI, "0001-01-01T00:00Z", "0001-01-01T00:00:00.000Z" },
    { SHANGHAI, "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z" },
    { BERLIN, "2026-01-15 12:00", "2026-01-15T11:00:00.000Z" },
    { BERLIN, "2026-07-15 12:00", "2026-07-15T10:00:00.000Z" },
    { BERLIN, "2026-03-29 02:30", "2026-03-29T01:00:00.000Z" }, /* skipped */
    { BERLIN, "2026-10-25 02:30", "2026-10-25T01:30:00.000Z" }, /* twice: standard time */
    { SHANGHAI, "0001-01-01 00:00", NULL },                     /* in the year 0 at Greenwich */
    { SHANGHAI, "9999-12-31T23:00-08:00", NULL },
    { SHANGHAI, "2026-02-30 08:00", NULL },
    { SHANGHAI, "2026-03-05 24:00", NULL },
    { SHANGHAI, "2026-03-05 23:60", NULL },
    { SHANGHAI, "2026-03-05 23:59:60", NULL },
    { SHANGHAI, "2026-03-05 8", NULL },
    { SHANGHAI, "2026-03-05 8:5", NULL },
    { SHANGHAI, "2026-03-05T", NULL },
    { SHANGHAI, "2026-03-05T 08:05", NULL },
    { SHANGHAI, "2026-03-05 08:05:", NULL },
    { SHANGHAI, "2026-03-05 08:05:09.", NULL },
    { SHANGHAI, "2026-03-05 08:05+24:00", NULL },
    { SHANGHAI, "2026-03-05 08:05+08:", NULL },
    { SHANGHAI, "2026-03-05 08:05+08:60", NULL },
    { SHANGHAI, "2026-03-05 08:05+8", NULL },
    { SHANGHAI, "2026-03-05 08:05Zx", NULL },
    { SHANGHAI, "2026-03-05 Z", NULL },
    { SHANGHAI, "now", NULL },
    { SHANGHAI, "", NULL },
    { SHANGHAI, "2026-03-05 08:05\xc3", NULL },
};

static void
test_instant_parse(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(instant_cases); i++) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(instant_cases[i].zone);
        int64_t ms = -7;
        g_assert_nonnull(zone);
        bool ok = mw_instant_parse(instant_cases[i].text, zone, &ms);
        g_test_message("case %zu", i);
        g_assert_cmpint(ok, ==, instant_cases[i].utc != NULL);
        if (ok) {
            g_autofree char *utc = mw_instant_rfc3339(ms);
            g_assert_cmpstr(utc, ==, instant_cases[i].utc);
        } else {
            g_assert_cmpint(ms, ==, -7);
        }
    }
}

static void
test_zones(void)
{
    g_autoptr(GTimeZone) shanghai = g_time_zone_new_identifier(SHANGHAI);
    g_autoptr(GTimeZone) berlin = g_time_zone_new_identifier(BERLIN);
    int64_t ms;

    g_assert_true(mw_instant_parse("2026-03-29T22:30Z", shanghai, &ms));
    g_assert_cmpint(mw_date_of_instant(ms, shanghai), ==, day("2026-03-30"));
    g_assert_cmpint(mw_date_of_instant(ms, berlin), ==, day("2026-03-30"));
    g_assert_cmpint(mw_date_of_instant(-1, shanghai), ==, 0);
    g_assert_true(mw_instant_parse("2026-03-29", berlin, &ms));
    g_assert_cmpint(ms, ==, mw_instant_of_date(day("2026-03-29"), berlin));
    /* The clocks go forward on that day. */
    g_assert_cmpint(mw_instant_of_date(day("2026-03-30"), berlin) - ms, ==, 23 * 3600 * 1000);
    /* Beyond the last year in the east while it still lasts at Greenwich. */
    g_assert_cmpint(mw_date_of_instant(MW_INSTANT_MAX, shanghai), ==, MW_DATE_MAX);
    g_assert_cmpint(mw_instant_of_date(MW_DATE_MIN, shanghai), ==, MW_INSTANT_MIN);
    g_assert_cmpint(mw_clock_now(), >, mw_instant_of_date(day("2020-01-01"), shanghai));
}

static void
assert_text(char *text, const char *expected)
{
    g_assert_cmpstr(text, ==, expected);
    g_free(text);
}

static void
test_format(void)
{
    g_autoptr(GTimeZone) shanghai = g_time_zone_new_identifier(SHANGHAI);
    int64_t ms;

    g_assert_true(mw_instant_parse("2026-03-05 08:05:59.999", shanghai, &ms));
    assert_text(mw_instant_format(ms, shanghai, MW_CLOCK_ISO), "2026-03-05 08:05");
    assert_text(mw_instant_format(ms, shanghai, MW_CLOCK_LONG), "5 Mar 2026, 08:05");
    assert_text(mw_instant_format(ms, shanghai, MW_CLOCK_SHORT), "5 Mar, 08:05");
    assert_text(mw_date_format(day("2026-12-31"), MW_CLOCK_LONG), "31 Dec 2026");
    assert_text(mw_date_format(day("2026-05-01"), MW_CLOCK_SHORT), "1 May");
    assert_text(mw_date_format(MW_DATE_MAX + 1, MW_CLOCK_ISO), "?");
    assert_text(mw_date_format(INT64_MIN, MW_CLOCK_LONG), "?");
    assert_text(mw_instant_rfc3339(MW_INSTANT_MIN - 1), "?");
    assert_text(mw_instant_format(MW_INSTANT_MAX + 1, shanghai, MW_CLOCK_ISO), "?");
    mw_i18n_use("zh_CN");
    assert_text(mw_instant_format(ms, shanghai, MW_CLOCK_LONG), "2026年3月5日 08:05");
    assert_text(mw_instant_format(ms, shanghai, MW_CLOCK_SHORT), "3月5日 08:05");
    assert_text(mw_date_format(day("2026-12-31"), MW_CLOCK_LONG), "2026年12月31日");
    mw_i18n_use("en");
    /* The last moment in UTC is already beyond the years in the east. */
    assert_text(mw_instant_format(MW_INSTANT_MAX, shanghai, MW_CLOCK_ISO), "?");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/date-parse", test_date_parse);
    g_test_add_func("/clock/calendar", test_calendar);
    g_test_add_func("/clock/instant-parse", test_instant_parse);
    g_test_add_func("/clock/zones", test_zones);
    g_test_add_func("/clock/format", test_format);
    return g_test_run();
}
