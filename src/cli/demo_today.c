/* demo_today: what the people of the demo company have to do by themselves: meetings that come again, tasks of service and
 * marketing. */
#include "base/clock.h"
#include "cli/demo.h"

enum { HOUR_MS = 3600000, TASKS = 6 };

static MwInput *
task(MwDemo *demo, const char *subject)
{
    MwInput *input = mw_demo_input(demo, "activity");

    mw_input_set(input, "type", "task");
    mw_input_set(input, "subject", subject);
    demo->made_activities++;
    return input;
}

/* The next day, today included, that is this weekday (1: Monday). */
static int64_t
next_weekday(int64_t today, int weekday)
{
    int64_t day = today;

    while (mw_date_weekday(day) != weekday)
        day++;
    return day;
}

static bool
make_meeting(MwDemo *demo, unsigned user, size_t which, int64_t day, double hour,
             const char *rhythm, GError **error)
{
    MwContext as = mw_demo_as(demo, user, mw_demo_at(demo, demo->today - 20, 9));
    g_autoptr(MwInput) input = task(demo, demo->deal_words->meetings[which]);
    int64_t begin = mw_demo_at(demo, day, hour);

    mw_demo_put(input, "starts_at", begin);
    mw_demo_put(input, "ends_at", begin + HOUR_MS);
    mw_input_set(input, "repeats", rhythm);
    mw_input_set(input, "reminders", "10");
    return mw_demo_save(&as, input, 0, error) != 0;
}

static bool
make_tasks(MwDemo *demo, unsigned user, const char *const *subjects, GError **error)
{
    static const int64_t days[TASKS] = { -2, 0, 0, 1, 3, 6 };
    MwContext as = mw_demo_as(demo, user, mw_demo_at(demo, demo->today - 4, 9));

    for (size_t i = 0; i < TASKS; i++) {
        g_autoptr(MwInput) input = task(demo, subjects[i % mw_demo_count(subjects)]);
        mw_demo_put_day(input, "due_on", demo->today + days[i]);
        if (mw_demo_save(&as, input, 0, error) == 0)
            return false;
    }
    return true;
}

bool
mw_demo_make_today(MwDemo *demo, GError **error)
{
    int64_t today = demo->today;

    for (unsigned i = 0; i < MW_DEMO_SALES; i++)
        if (!make_meeting(demo, MW_DEMO_SELLER + i, 3, next_weekday(today, 3), 16, "monthly",
                          error))
            return false;
    return make_meeting(demo, MW_DEMO_MANAGER, 0, next_weekday(today, 1), 9, "weekly", error) &&
           make_meeting(demo, MW_DEMO_MANAGER, 1, today, 14, "weekly", error) &&
           make_meeting(demo, MW_DEMO_MANAGER, 2, next_weekday(today, 5), 17, "monthly", error) &&
           make_tasks(demo, MW_DEMO_SERVICE, demo->deal_words->service, error) &&
           make_tasks(demo, MW_DEMO_MARKETING, demo->deal_words->marketing, error);
}
