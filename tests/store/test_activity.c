/* activity: reminders, series, mentions, notices and the next step; on both databases. */
#include "base/clock.h"
#include "methods/activity.h"
#include "methods/calendar.h"
#include "methods/derivations.h"
#include "record/history.h"
#include "record/notice.h"
#include "tests/store/company.h"

static void
begin(Fixture *f)
{
    mw_company_derive_by(f->company, mw_derivations);
}

static char *
text_of(Fixture *f, int64_t id, const char *field)
{
    g_autoptr(MwRecord) record = mw_test_read(f, "activity", id);

    return g_strdup(mw_record_text(record, field));
}

/* Users log in by an address that has no Chinese letters. */
static int64_t
make_user(Fixture *f, const char *login, const char *name, const char *role, int64_t team)
{
    int64_t id = mw_test_user(f, login, role, team);

    return mw_test_save(f, id, mw_test_input(f, "user", "name", name, NULL));
}

/* The notices of a user in order, as "kind:title kind:title"; the caller frees it. */
static bool
append_notice(const MwValue *c, size_t n G_GNUC_UNUSED, void *data)
{
    GString *text = data;

    g_string_append_printf(text, "%s%s:%s", text->len ? " " : "", c[0].text,
                           c[1].is == MW_TEXT ? c[1].text : "");
    return true;
}

static void
assert_notices(Fixture *f, int64_t user, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    MwValue param = MW_INT(user);

    mw_store_run(f->store, "SELECT kind, title FROM notice WHERE owner = $1 ORDER BY id", &param, 1,
                 append_notice, text, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text->str, ==, expected);
}

/* The open activities by where they stand: "2026-03-05 08:00 2026-03-06 …" in UTC. */
static bool
append_at(const MwValue *c, size_t n G_GNUC_UNUSED, void *data)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *at = mw_instant_format(c[0].integer, utc, MW_CLOCK_ISO);

    g_string_append_printf(data, "%s%s", ((GString *)data)->len ? ", " : "", at);
    return true;
}

static void
assert_open(Fixture *f, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    mw_store_run(f->store,
                 "SELECT calendar_at FROM activity WHERE done = 0 AND deleted_at IS NULL "
                 "ORDER BY calendar_at",
                 NULL, 0, append_at, text, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text->str, ==, expected);
}

static void
test_series(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    begin(f);
    int64_t user = mw_test_user(f, "wang", "sales", 0);
    int64_t id = mw_test_save(
        f, 0,
        mw_test_input(f, "activity", "type", "visit", "subject", "Monthly", "starts_at",
                      "2026-01-31T08:00Z", "ends_at", "2026-01-31T09:30Z", "repeats", "monthly",
                      "repeat_count", "3", "owner", mw_test_id(f, user), NULL));
    assert_open(f, "2026-01-31 08:00");
    mw_test_save(f, id, mw_test_input(f, "activity", "done", "true", NULL));
    assert_open(f, "2026-02-28 08:00");
    g_autofree char *moved_on = text_of(f, id, "repeats");
    g_assert_null(moved_on);

    /* Done again, after it was taken back: the series has gone on already. */
    mw_test_save(f, id, mw_test_input(f, "activity", "done", "false", NULL));
    mw_test_save(f, id, mw_test_input(f, "activity", "done", "true", NULL));
    assert_open(f, "2026-02-28 08:00");

    g_autoptr(MwFilter) open = mw_filter_test(
        mw_entity_field(mw_test_entity(f, "activity"), "done"), MW_TEST_EQ, MW_INT(0));
    for (size_t i = 0; i < 2; i++) {
        MwQuery query = { .entity = mw_test_entity(f, "activity"), .filter = open, .limit = 1 };
        g_autoptr(GPtrArray) found = mw_store_find(f->store, &query, NULL, NULL);
        g_assert_cmpint(mw_record_int(found->pdata[0], "owner"), ==, user);
        g_assert_cmpint(mw_record_int(found->pdata[0], "ends_at") -
                            mw_record_int(found->pdata[0], "starts_at"),
                        ==, 90 * 60000);
        mw_test_save(f, mw_record_id(found->pdata[0]),
                     mw_test_input(f, "activity", "done", "true", NULL));
        assert_open(f, i == 0 ? "2026-03-31 08:00" : "");
    }

    g_autofree char *nowhere = mw_test_try(
        f, 0,
        mw_test_input(f, "activity", "subject", "x", "type", "task", "repeats", "daily", NULL));
    g_assert_cmpstr(nowhere, ==, "repeats:required");
}

static void
test_next_step(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    int64_t next;

    begin(f);
    int64_t account = mw_test_save(f, 0, mw_test_input(f, "account", "name", "Account", NULL));
    int64_t id = mw_test_save(f, 0,
                              mw_test_input(f, "activity", "type", "call", "subject", "Call",
                                            "account", mw_test_id(f, account), NULL));
    MwCompletion completion = { .result = "Wants a quote",
                                .next_step = "Send it",
                                .next_at = "2026-05-04" };
    g_autoptr(MwRecord) done =
        mw_activity_complete(&f->context, id, &completion, &next, problems, &error);
    g_assert_no_error(error);
    g_assert_false(mw_problems_any(problems));
    g_assert_cmpint(mw_record_int(done, "done"), ==, 1);
    g_autoptr(MwRecord) made = mw_test_read(f, "activity", next);
    g_assert_cmpstr(mw_record_text(made, "subject"), ==, "Send it");
    g_assert_cmpstr(mw_record_text(made, "type"), ==, "task");
    g_assert_cmpstr(mw_record_text(made, "due_on"), ==, "2026-05-04");
    g_assert_cmpint(mw_record_int(made, "account"), ==, account);

    completion = (MwCompletion){ .next_step = "x", .next_at = "tomorrow", .next_type = "dance" };
    g_autoptr(MwRecord) refused =
        mw_activity_complete(&f->context, next, &completion, &next, problems, &error);
    g_autofree char *text = mw_problems_text(problems);
    g_assert_cmpuint(mw_problems_count(problems), ==, 2);
    g_assert_cmpstr(mw_problems_get(problems, 0)->field, ==, "next_type");
    g_assert_cmpstr(mw_problems_get(problems, 1)->field, ==, "next_at");

    static const struct {
        MwCompletion completion;
        const char *field;
    } refusals[] = {
        { { .next_step = "x" }, "next_at" },
        { { .next_step = "x", .next_type = "task", .next_at = "" }, "next_at" },
        { { .next_step = "x", .next_type = "visit", .next_at = "2026-05-04" }, "next_at" },
        { { .next_step = "x", .next_type = "call", .next_at = "2026-05-04" }, "next_at" },
        { { .next_at = "2026-05-04" }, "next_step" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autoptr(MwProblems) found = mw_problems_new();
        g_autoptr(MwRecord) not_done = mw_activity_complete(
            &f->context, mw_record_id(made), &refusals[i].completion, &next, found, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(mw_problems_count(found), ==, 1);
        g_assert_cmpstr(mw_problems_get(found, 0)->field, ==, refusals[i].field);
        g_assert_cmpint(next, ==, 0);
    }

    completion = (MwCompletion){ .next_step = "See the pump house",
                                 .next_type = "visit",
                                 .next_at = "2026-05-06 14:00" };
    g_autoptr(MwProblems) none = mw_problems_new();
    g_autoptr(MwRecord) again =
        mw_activity_complete(&f->context, mw_record_id(made), &completion, &next, none, &error);
    g_assert_no_error(error);
    g_assert_false(mw_problems_any(none));
    g_autoptr(MwRecord) visit = mw_test_read(f, "activity", next);
    g_assert_cmpstr(mw_record_text(visit, "type"), ==, "visit");
    g_assert_false(mw_record_is_null(visit, "starts_at"));
    g_assert_true(mw_record_is_null(visit, "due_on"));

    g_autoptr(MwRecord) open =
        mw_activity_reopen(&f->context, mw_record_id(again), 0, none, &error);
    g_assert_no_error(error);
    g_assert_cmpint(mw_record_int(open, "done"), ==, 0);
    g_assert_true(mw_record_is_null(open, "done_at"));

    g_assert_cmpint(mw_activity_next_day(20783), ==, 20784); /* Thursday 2026-11-26 */
    g_assert_cmpint(mw_activity_next_day(20784), ==, 20787); /* after Friday comes Monday */
    g_assert_cmpint(mw_activity_next_day(20785), ==, 20787);

    completion = (MwCompletion){ .version = 99 };
    g_assert_null(mw_activity_complete(&f->context, id, &completion, &next, problems, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
}

static void
assert_status(Fixture *f, const char *entity, int64_t id, const char *status)
{
    g_autoptr(MwRecord) record = mw_test_read(f, entity, id);

    g_assert_cmpstr(mw_record_text(record, "status"), ==, status);
}

/* How often the history of a record says this. */
static unsigned
told(Fixture *f, int64_t id, const char *action)
{
    MwHistoryQuery query = { .record = id, .limit = 100 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) changes = mw_history_find(f->store, &query, &error);
    unsigned n = 0;

    g_assert_no_error(error);
    for (guint i = 0; i < changes->len; i++)
        n += g_str_equal(((MwChange *)changes->pdata[i])->action, action);
    return n;
}

/* The first completed activity, and only that, moves a lead on; and only from its first status. */
static void
test_lead_moves_on(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    begin(f);
    int64_t lead = mw_test_save(f, 0, mw_test_input(f, "lead", "company", "New", NULL));
    g_autoptr(MwRecord) before = mw_test_read(f, "lead", lead);

    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "note", "subject", "From the fair", "lead",
                               mw_test_id(f, lead), NULL));
    int64_t call = mw_test_save(f, 0,
                                mw_test_input(f, "activity", "type", "call", "subject", "Call",
                                              "lead", mw_test_id(f, lead), NULL));
    assert_status(f, "lead", lead, "new");
    mw_test_save(f, call, mw_test_input(f, "activity", "done", "true", NULL));
    assert_status(f, "lead", lead, "working");
    g_assert_cmpuint(told(f, lead, "first_activity"), ==, 1);
    g_autoptr(MwRecord) after = mw_test_read(f, "lead", lead);
    g_assert_cmpint(mw_record_version(after), ==, mw_record_version(before) + 1);

    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "visit", "subject", "Visit", "done", "true",
                               "lead", mw_test_id(f, lead), NULL));
    g_assert_cmpuint(told(f, lead, "first_activity"), ==, 1);

    int64_t other = mw_test_save(
        f, 0, mw_test_input(f, "lead", "company", "Other", "status", "qualified", NULL));
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "visit", "subject", "Visit", "done", "true",
                               "lead", mw_test_id(f, other), NULL));
    assert_status(f, "lead", other, "qualified");
    g_assert_cmpuint(told(f, other, "first_activity"), ==, 0);

    int64_t imported = mw_test_save(f, 0, mw_test_input(f, "lead", "company", "Old", NULL));
    f->context.source = "import";
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "call", "subject", "Call", "done", "true",
                               "lead", mw_test_id(f, imported), NULL));
    assert_status(f, "lead", imported, "new");
}

static void
test_mentions(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    begin(f);
    int64_t team = mw_test_save(f, 0, mw_test_input(f, "team", "name", "North", NULL));
    int64_t author = mw_test_user(f, "Author", "sales", team);
    int64_t mate = make_user(f, "wang", "王芳", "sales", team);
    int64_t other = make_user(f, "fang", "王芳芳", "sales", 0);
    mw_test_turn(f, author);
    int64_t note = mw_test_save(
        f, 0,
        mw_test_input(f, "activity", "subject", "Plan", "body",
                      "@王芳 look, @王芳芳 too; a@王芳.example; @Nobody @Author", NULL));
    g_autofree char *body = text_of(f, note, "body");
    g_autofree char *expected =
        g_strdup_printf("@[王芳](%" G_GINT64_FORMAT ") look, @[王芳芳](%" G_GINT64_FORMAT
                        ") too; a@王芳.example; @Nobody @[Author](%" G_GINT64_FORMAT ")",
                        mate, other, author);
    g_assert_cmpstr(body, ==, expected);
    assert_notices(f, mate, "mention:Plan");
    assert_notices(f, other, ""); /* may not see it */
    assert_notices(f, author, "mention_unseen:Plan");

    /* Nobody is told twice. */
    g_autofree char *more = g_strconcat(body, "!", NULL);
    mw_test_save(f, note, mw_test_input(f, "activity", "body", more, NULL));
    assert_notices(f, mate, "mention:Plan");

    /* Given to somebody. */
    mw_test_turn(f, 0);
    int64_t boss = mw_test_user(f, "Boss", "admin", 0);
    mw_test_turn(f, boss);
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "task", "subject", "Do it", "owner",
                               mw_test_id(f, mate), NULL));
    assert_notices(f, mate, "mention:Plan assigned:Do it");
    mw_test_turn(f, mate);
    g_assert_cmpint(mw_notices_unread(&f->context, NULL), ==, 2);
    g_assert_true(mw_notices_read(&f->context, 0, NULL));
    g_assert_cmpint(mw_notices_unread(&f->context, NULL), ==, 0);

    /* A notice is of its reader alone. */
    MwQuery query = { .entity = mw_test_entity(f, "notice") };
    GPtrArray *mine = mw_record_find(&f->context, &query, MW_MAY_READ, NULL, NULL);
    g_assert_cmpuint(mine->len, ==, 2);
    g_autofree char *text = mw_notice_text(&f->context, mine->pdata[0], "Boss");
    g_assert_cmpstr(text, ==, "Boss gave you “Do it”");
    g_ptr_array_unref(mine);
    mw_test_turn(f, boss);
    query.entity = mw_test_entity(f, "notice");
    g_autoptr(GPtrArray) none = mw_record_find(&f->context, &query, MW_MAY_READ, NULL, NULL);
    g_assert_cmpuint(none->len, ==, 0);
}

/* Sets a column past the rules: time does not pass in tests. */
static void
set_past(Fixture *f, const char *sql, int64_t id)
{
    MwValue params[] = { MW_INT(f->context.now - 1000), MW_INT(id) };
    g_autoptr(GError) error = NULL;

    mw_store_run(f->store, sql, params, 2, NULL, NULL, &error);
    g_assert_no_error(error);
}

static void
test_reminders(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    bool wait;
    size_t told;

    begin(f);
    int64_t user = mw_test_user(f, "wang", "sales", 0);
    int64_t id = mw_test_save(f, 0,
                              mw_test_input(f, "activity", "type", "call", "subject", "Call",
                                            "starts_at", "2999-01-02T08:00Z", "reminders",
                                            "10,1440", "owner", mw_test_id(f, user), NULL));
    int64_t begins = mw_test_int(f, "activity", id, "starts_at");
    g_assert_cmpint(mw_test_int(f, "activity", id, "remind_at"), ==, begins - MW_DAY_MS);
    int64_t past = mw_test_save(f, 0,
                                mw_test_input(f, "activity", "type", "task", "subject", "Past",
                                              "due_on", "2020-01-02", "reminders", "0", NULL));
    g_assert_cmpint(mw_test_int(f, "activity", past, "remind_at"), ==, 0);

    g_assert_true(mw_activity_reminders_wait(&f->context, &wait, &error));
    g_assert_false(wait);
    set_past(f, "UPDATE activity SET remind_at = $1 WHERE id = $2", id);
    g_assert_true(mw_activity_reminders_wait(&f->context, &wait, &error));
    g_assert_true(wait);
    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    g_assert_true(mw_activity_remind(f->company, f->store, &told, &error));
    g_assert_cmpuint(told, ==, 1);
    g_assert_true(mw_activity_remind(f->company, f->store, &told, &error));
    g_assert_cmpuint(told, ==, 0);
    g_assert_true(mw_store_begin(f->store, true, &error));
    assert_notices(f, user, "reminder:Call");
    g_assert_cmpint(mw_test_int(f, "activity", id, "remind_at"), ==, begins - MW_DAY_MS);
    mw_test_save(f, id, mw_test_input(f, "activity", "done", "true", NULL));
    g_assert_cmpint(mw_test_int(f, "activity", id, "remind_at"), ==, 0);
}

static void
test_digest(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    size_t told;
    bool wait;

    begin(f);
    int64_t user = mw_test_user(f, "wang", "sales", 0);
    int64_t idle = mw_test_user(f, "Idle", "sales", 0);
    const char *owner = mw_test_id(f, user);
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "task", "subject", "Second", "due_on",
                               "2026-01-03", "owner", owner, NULL));
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "visit", "subject", "First", "starts_at",
                               "2026-01-02 10:00", "owner", owner, NULL));
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "task", "subject", "Some day", "due_on",
                               "2999-01-03", "owner", owner, NULL));
    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    g_assert_true(mw_activity_digest(f->company, f->store, &told, &error));
    g_assert_cmpuint(told, ==, 0); /* the first day */
    g_assert_true(mw_store_begin(f->store, true, &error));
    g_assert_true(mw_activity_digests_wait(&f->context, &wait, &error));
    g_assert_false(wait);
    set_past(f, "UPDATE \"user\" SET digest_at = $1 WHERE id <> $2", 0);
    g_assert_true(mw_activity_digests_wait(&f->context, &wait, &error));
    g_assert_true(wait);
    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    g_assert_true(mw_activity_digest(f->company, f->store, &told, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(told, ==, 1);
    g_assert_true(mw_store_begin(f->store, true, &error));
    assert_notices(f, user, "digest:First");
    assert_notices(f, idle, "");
}

/* Who is put down is told, where he may see it; in a series he takes part in the next one too. */
static void
test_taking_part(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    begin(f);
    int64_t team = mw_test_save(f, 0, mw_test_input(f, "team", "name", "North", NULL));
    int64_t author = mw_test_user(f, "Author", "sales", team);
    int64_t mate = mw_test_user(f, "Mate", "sales", team), far = mw_test_user(f, "Far", "sales", 0);
    const int64_t people[] = { mate, far, author };
    mw_test_turn(f, author);
    MwInput *input = mw_test_input(f, "activity", "type", "visit", "subject", "Round", "starts_at",
                                   "2999-01-04T08:00Z", "repeats", "weekly", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++)
        mw_input_set(mw_input_add_detail(input, mw_test_entity(f, "activity_user"), 0, false),
                     "user", mw_test_id(f, people[i]));
    int64_t id = mw_test_save(f, 0, input);
    assert_notices(f, mate, "takes_part:Round");
    assert_notices(f, far, "");
    assert_notices(f, author, "part_unseen:Round");

    f->context.now += 1000;
    mw_test_save(f, id, mw_test_input(f, "activity", "place", "Hall 3", NULL));
    assert_notices(f, mate, "takes_part:Round"); /* once */
    mw_test_save(f, id, mw_test_input(f, "activity", "done", "true", NULL));
    g_autoptr(MwFilter) open = mw_filter_test(
        mw_entity_field(mw_test_entity(f, "activity"), "done"), MW_TEST_EQ, MW_INT(0));
    MwQuery query = { .entity = mw_test_entity(f, "activity"), .filter = open };
    g_autoptr(GPtrArray) next = mw_store_find(f->store, &query, NULL, NULL);
    g_assert_cmpuint(next->len, ==, 1);
    g_autoptr(GPtrArray) lines = mw_record_details(&f->context, mw_test_entity(f, "activity_user"),
                                                   mw_record_id(next->pdata[0]), NULL);
    g_assert_cmpuint(lines->len, ==, 3);
    g_assert_cmpint(mw_record_int(lines->pdata[0], "at"), ==,
                    mw_record_int(next->pdata[0], "calendar_at"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/activity/series", test_series);
    mw_test_add("/activity/next-step", test_next_step);
    mw_test_add("/activity/lead-moves-on", test_lead_moves_on);
    mw_test_add("/activity/mentions", test_mentions);
    mw_test_add("/activity/reminders", test_reminders);
    mw_test_add("/activity/digest", test_digest);
    mw_test_add("/activity/taking-part", test_taking_part);
    return g_test_run();
}
