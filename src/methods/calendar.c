#include "methods/calendar.h"

#include "base/clock.h"

static const MwField *
field_of(const MwEntity *entity, const char *name)
{
    return mw_entity_field(entity, name);
}

MwFilter *
mw_calendar_overdue(const MwEntity *entity, int64_t day, GTimeZone *zone)
{
    const MwCalendar *c = entity->calendar;
    g_autofree char *today = mw_date_format(day, MW_CLOCK_ISO);
    int64_t begins = mw_instant_of_date(day, zone);
    MwFilter *filter = mw_filter_all(), *either = mw_filter_any(), *dated = mw_filter_all();

    mw_filter_add(filter, mw_filter_test(field_of(entity, c->done), MW_TEST_EQ, MW_INT(0)));
    /* The bound is for the index; the sharp ones follow. */
    mw_filter_add(filter, mw_filter_test(field_of(entity, c->at), MW_TEST_LT,
                                         MW_INT(MAX(begins, day * MW_DAY_MS))));
    mw_filter_add(either, mw_filter_test(field_of(entity, c->begin), MW_TEST_LT, MW_INT(begins)));
    mw_filter_add(dated, mw_filter_test(field_of(entity, c->begin), MW_TEST_NULL, MW_NOTHING));
    mw_filter_add(dated, mw_filter_test(field_of(entity, c->day), MW_TEST_LT, MW_BORROW(today)));
    mw_filter_add(either, dated);
    mw_filter_add(filter, either);
    return filter;
}

MwFilter *
mw_calendar_between(const MwEntity *entity, int64_t from, int64_t to, GTimeZone *zone)
{
    const MwCalendar *c = entity->calendar;
    int64_t begin = mw_instant_of_date(from, zone), end = mw_instant_of_date(to, zone);
    MwFilter *filter = mw_filter_all(), *either = mw_filter_any();
    MwFilter *done = mw_filter_test(field_of(entity, c->done), MW_TEST_IN, MW_INT(0));

    mw_filter_value(done, MW_INT(1)); /* for the index */
    mw_filter_add(filter, done);
    mw_filter_add(filter, mw_filter_test(field_of(entity, c->at), MW_TEST_GTE,
                                         MW_INT(begin - MW_CALENDAR_BACK_DAYS * MW_DAY_MS)));
    mw_filter_add(filter, mw_filter_test(field_of(entity, c->at), MW_TEST_LT,
                                         MW_INT(MAX(end, to * MW_DAY_MS))));
    mw_filter_add(either, mw_filter_test(field_of(entity, c->at), MW_TEST_GTE,
                                         MW_INT(MIN(begin, from * MW_DAY_MS))));
    mw_filter_add(either, mw_filter_test(field_of(entity, c->end), MW_TEST_GT, MW_INT(begin)));
    mw_filter_add(filter, either);
    return filter;
}

MwRepeat
mw_calendar_repeat(const MwRecord *activity)
{
    MwRepeat repeat =
        mw_repeat_of(mw_record_text(activity, "repeats"), mw_record_int(activity, "repeat_every"),
                     mw_record_text(activity, "repeat_on"));
    const char *until = mw_record_text(activity, "repeat_until");

    repeat.month_day = (int)mw_record_int(activity, "repeat_day");
    repeat.count = mw_record_int(activity, "repeat_count");
    if (until)
        mw_date_parse(until, &repeat.until);
    return repeat;
}

int64_t
mw_calendar_on_day(int64_t at, int64_t day, GTimeZone *zone)
{
    g_autofree char *text = mw_instant_format(at, zone, MW_CLOCK_ISO);
    g_autofree char *date = mw_date_format(day, MW_CLOCK_ISO);
    const char *time = strchr(text, ' ');
    g_autofree char *moved = g_strconcat(date, time ? time : "", NULL);
    int64_t found = at;

    mw_instant_parse(moved, zone, &found);
    return found;
}
