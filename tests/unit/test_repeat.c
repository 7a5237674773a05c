/* repeat, mention: days of a series, and people named within a text. */
#include "base/clock.h"
#include "base/mention.h"
#include "base/repeat.h"

static const struct {
    const char *name, *unit, *weekdays;
    int every, month_day;
    const char *until;
    int64_t count;
    const char *day, *next; /* NULL: none */
} cases[] = {
    { "daily", "daily", NULL, 1, 0, NULL, 0, "2026-02-28", "2026-03-01" },
    { "every-third-day", "daily", NULL, 3, 0, NULL, 0, "2026-12-30", "2027-01-02" },
    { "weekly", "weekly", NULL, 2, 0, NULL, 0, "2026-11-27", "2026-12-11" },
    { "within-the-week", "weekly", ",mon,thu,", 2, 0, NULL, 0, "2026-11-23", "2026-11-26" },
    { "into-the-week-after-next", "weekly", ",mon,thu,", 2, 0, NULL, 0, "2026-11-26",
      "2026-12-07" },
    { "sunday-ends-the-week", "weekly", ",sun,", 1, 0, NULL, 0, "2026-11-23", "2026-11-29" },
    { "monthly", "monthly", NULL, 1, 0, NULL, 0, "2026-12-15", "2027-01-15" },
    { "the-last-of-february", "monthly", NULL, 1, 31, NULL, 0, "2026-01-31", "2026-02-28" },
    { "the-31st-comes-back", "monthly", NULL, 1, 31, NULL, 0, "2026-02-28", "2026-03-31" },
    { "until-that-day", "daily", NULL, 1, 0, "2026-03-02", 0, "2026-03-01", "2026-03-02" },
    { "until-is-over", "daily", NULL, 1, 0, "2026-03-01", 0, "2026-03-01", NULL },
    { "twice", "daily", NULL, 1, 0, NULL, 2, "2026-03-01", "2026-03-02" },
    { "the-last-one", "daily", NULL, 1, 0, NULL, 1, "2026-03-01", NULL },
    { "not-at-all", NULL, NULL, 1, 0, NULL, 0, "2026-03-01", NULL },
    { "end-of-time", "monthly", NULL, 1, 0, NULL, 0, "9999-12-01", NULL },
};

static void
test_next(gconstpointer data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    MwRepeat repeat = mw_repeat_of(cases[i].unit, cases[i].every, cases[i].weekdays);
    int64_t day = 0, next = 0;

    repeat.month_day = cases[i].month_day;
    repeat.count = cases[i].count;
    if (cases[i].until)
        g_assert_true(mw_date_parse(cases[i].until, &repeat.until));
    g_assert_true(mw_date_parse(cases[i].day, &day));
    g_assert_true(mw_repeat_next(&repeat, day, &next) == (cases[i].next != NULL));
    if (cases[i].next) {
        g_autofree char *text = mw_date_format(next, MW_CLOCK_ISO);
        g_assert_cmpstr(text, ==, cases[i].next);
    }
}

static const struct {
    const char *text, *shown;
    unsigned users;
} texts[] = {
    { "", "", 0 },
    { "plain @nobody a@b.example", "plain @nobody a@b.example", 0 },
    { "@[王芳](12) 请看", "@王芳 请看", 1 },
    { "x @[A B](1)@[C](2) @[A B](1)", "x @A B@C @A B", 2 },
    { "@[](1) @[A](x) @[A](0) @[A", "@[](1) @[A](x) @[A](0) @[A", 0 },
    { "@[A\nB](1) @[A](99999999999999999999)", "@[A\nB](1) @[A](99999999999999999999)", 0 },
};

static void
test_mentions(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GString) shown = g_string_new(NULL);
        g_autoptr(GArray) users = g_array_new(false, false, sizeof(int64_t));
        mw_mention_show(texts[i].text, shown);
        mw_mentions_of(texts[i].text, users);
        g_assert_cmpstr(shown->str, ==, texts[i].shown);
        g_assert_cmpuint(users->len, ==, texts[i].users);
    }
    g_autoptr(GString) made = g_string_new(NULL);
    mw_mention_append(made, "A](7) [B]", 3);
    g_assert_cmpstr(made->str, ==, "@[A7 B](3)");
    const char *text = "a@b.example @[A](1) @王芳";
    g_assert_cmpstr(mw_mention_candidate(text, text), ==, "@王芳");
    g_assert_null(mw_mention_candidate(text, strstr(text, "王")));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/repeat/%s", cases[i].name);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_next);
    }
    g_test_add_func("/mention/texts", test_mentions);
    return g_test_run();
}
