/* activity: something done or to do with a customer: a note, call, visit, mail or task. */
#include "base/clock.h"
#include "entities/common.h"

static const MwChoice types[] = {
    { "note", N_("Note"), "secondary" }, { "call", N_("Call"), "green" },
    { "visit", N_("Visit"), "blue" },    { "mail", N_("Mail"), "azure" },
    { "task", N_("Task"), "orange" },    { NULL },
};

static const MwChoice rhythms[] = {
    { "daily", N_("Daily") },
    { "weekly", N_("Weekly") },
    { "monthly", N_("Monthly") },
    { NULL },
};

/* The keys are those of base/repeat.h. */
static const MwChoice weekdays[] = {
    { "mon", N_("Monday") },    { "tue", N_("Tuesday") },
    { "wed", N_("Wednesday") }, { "thu", N_("Thursday") },
    { "fri", N_("Friday") },    { "sat", N_("Saturday") },
    { "sun", N_("Sunday") },    { NULL },
};

/* Of a mail that goes out; kept from the outbox, see methods/mailing.h. */
static const MwChoice mail_states[] = {
    { "queued", N_("Queued"), "azure" },
    { "sent", N_("Sent"), "green" },
    { "failed", N_("Not sent"), "red" },
    { NULL },
};

/* Minutes before. */
static const MwChoice reminders[] = {
    { "0", N_("When it begins") },
    { "10", N_("10 minutes before") },
    { "30", N_("30 minutes before") },
    { "60", N_("1 hour before") },
    { "120", N_("2 hours before") },
    { "1440", N_("1 day before") },
    { "2880", N_("2 days before") },
    { "10080", N_("1 week before") },
    { NULL },
};

/* clang-format off */
static const MwField fields[] = {
    { .name = "type", .label = N_("Type"), .kind = &mw_choice, .choices = types,
      .flags = MW_REQUIRED | MW_INDEXED, .initial = "note" },
    { .name = "subject", .label = N_("Subject"), .kind = &mw_text,
      .flags = MW_REQUIRED | MW_SEARCHED },
    { .name = "body", .label = N_("Text"), .kind = &mw_memo, .flags = MW_SEARCHED },
    { .name = "account", .label = N_("Account"), .kind = &mw_link, .target = "account",
      .flags = MW_INDEXED },
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_INDEXED },
    { .name = "opportunity", .label = N_("Opportunity"), .kind = &mw_link,
      .target = "opportunity", .flags = MW_INDEXED },
    { .name = "lead", .label = N_("Lead"), .kind = &mw_link, .target = "lead",
      .flags = MW_INDEXED },
    { .name = "sales_order", .label = N_("Sales order"), .kind = &mw_link,
      .target = "sales_order", .flags = MW_INDEXED },
    { .name = "starts_at", .label = N_("Begins"), .kind = &mw_instant, .flags = MW_INDEXED },
    { .name = "ends_at", .label = N_("Ends"), .kind = &mw_instant },
    { .name = "place", .label = N_("Place"), .kind = &mw_text },
    { .name = "due_on", .label = N_("Due on"), .kind = &mw_date, .flags = MW_INDEXED },
    { .name = "reminders", .label = N_("Reminders"), .kind = &mw_choices, .choices = reminders,
      .help = N_("Of a day without a time: before 9 o'clock.") },
    { .name = "repeats", .label = N_("Repeats"), .kind = &mw_choice, .choices = rhythms,
      .flags = MW_INDEXED,
      .help = N_("The next one is made when this one is done.") },
    { .name = "repeat_every", .label = N_("Every so many days, weeks, months"),
      .kind = &mw_integer, .min = 1, .max = 99 },
    { .name = "repeat_on", .label = N_("On weekdays"), .kind = &mw_choices,
      .choices = weekdays },
    { .name = "repeat_until", .label = N_("Repeats until"), .kind = &mw_date },
    { .name = "repeat_count", .label = N_("Times left"), .kind = &mw_integer, .min = 1,
      .max = 999, .help = N_("This one counts too. Empty: without end.") },
    { .name = "repeat_day", .label = N_("Day of the month"), .kind = &mw_integer, .min = 1,
      .max = 31, .flags = MW_READ_ONLY | MW_SECRET | MW_QUIET },
    { .name = "calendar_at", .label = N_("In the calendar at"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_SECRET | MW_QUIET },
    { .name = "remind_at", .label = N_("Next reminder"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_SECRET | MW_QUIET | MW_INDEXED },
    { .name = "done", .label = N_("Done"), .kind = &mw_bool, .flags = MW_REQUIRED | MW_INDEXED,
      .initial = "false" },
    { .name = "done_at", .label = N_("Done at"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_IMPORTABLE },
    { .name = "result", .label = N_("Result"), .kind = &mw_memo, .max = 2000,
      .flags = MW_SEARCHED },
    { .name = "next_step", .label = N_("Next step"), .kind = &mw_text },
    { .name = "mail_to", .label = N_("Sent to"), .kind = &mw_memo,
      .flags = MW_READ_ONLY | MW_QUIET | MW_PERSONAL },
    { .name = "mail_state", .label = N_("Delivery"), .kind = &mw_choice, .choices = mail_states,
      .flags = MW_READ_ONLY | MW_QUIET },
    { .name = "mail_error", .label = N_("Why it was not sent"), .kind = &mw_text, .max = 500,
      .flags = MW_READ_ONLY | MW_QUIET },
    MW_FIELDS_END,
};
/* clang-format on */

static const MwSection sections[] = {
    { N_("Activity"), MW_NAMES("type", "subject", "body", "owner", "team") },
    { N_("About"), MW_NAMES("account", "contact", "lead", "opportunity", "sales_order") },
    { N_("Time and place"), MW_NAMES("starts_at", "ends_at", "place", "due_on", "reminders") },
    { N_("Repetition"),
      MW_NAMES("repeats", "repeat_every", "repeat_on", "repeat_until", "repeat_count") },
    { N_("Outcome"), MW_NAMES("done", "done_at", "result", "next_step") },
    { N_("Delivery by e-mail"), MW_NAMES("mail_to", "mail_state", "mail_error") },
    { NULL },
};

/* A note is said and done. */
static void
check_done(MwRecord *record)
{
    if (g_strcmp0(mw_record_text(record, "type"), "note") == 0)
        mw_record_set_int(record, "done", 1);
    if (!mw_record_int(record, "done"))
        mw_record_set_null(record, "done_at");
    else if (mw_record_is_null(record, "done_at"))
        mw_record_set_int(record, "done_at", mw_clock_now());
}

/* What stands in no calendar cannot repeat. The rule goes along with the one that is open: see methods/activity.h. */
static void
check_repetition(MwRecord *record, MwProblems *problems)
{
    bool placed = !mw_record_is_null(record, "starts_at") || !mw_record_is_null(record, "due_on");

    if (mw_record_is_null(record, "repeats"))
        return;
    if (!placed)
        mw_problems_add(problems, "repeats", "required",
                        _("Say when the first one is: fill in “%s” or “%s”."), _("Begins"),
                        _("Due on"));
    if (mw_record_is_null(record, "repeat_every"))
        mw_record_set_int(record, "repeat_every", 1);
}

/* In the calendars of its owner and, by the lines, of who takes part; on the day of those as long as it is not done. */
static void
put_calendar_at(MwRecord *record, const GPtrArray *details)
{
    int64_t day;

    if (!mw_record_is_null(record, "starts_at"))
        mw_record_set_int(record, "calendar_at", mw_record_int(record, "starts_at"));
    else if (!mw_record_is_null(record, "due_on") &&
             mw_date_parse(mw_record_text(record, "due_on"), &day))
        mw_record_set_int(record, "calendar_at", day * MW_DAY_MS);
    else
        mw_record_set_null(record, "calendar_at");
    for (guint i = 0; details && i < details->len; i++) {
        MwRecord *line = details->pdata[i];
        if (mw_record_is_null(record, "calendar_at"))
            mw_record_set_null(line, "at");
        else
            mw_record_set_int(line, "at", mw_record_int(record, "calendar_at"));
        if (mw_record_is_null(line, "at") || mw_record_int(record, "done"))
            mw_record_set_null(line, "open_at");
        else
            mw_record_set_int(line, "open_at", mw_record_int(line, "at"));
    }
}

/* What others have in their mailbox is told as it was. */
static void
check_mailed(MwRecord *record, const MwRecord *before, MwProblems *problems)
{
    static const char *const kept[] = { "type", "subject", "body" };
    const char *state = before ? mw_record_text(before, "mail_state") : NULL;

    if (!state || g_str_equal(state, "failed"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
        if (mw_record_has_changed(record, kept[i]))
            mw_problems_add(problems, kept[i], "read_only",
                            _("This has gone out as an e-mail, so it stays as it is."));
}

static void
check(MwRecord *record, const MwRecord *before, const GPtrArray *details, MwProblems *problems)
{
    check_mailed(record, before, problems);
    mw_check_in_order(record, "starts_at", "ends_at", problems);
    check_done(record);
    check_repetition(record, problems);
    put_calendar_at(record, details);
}

static const MwCalendar calendar = {
    .begin = "starts_at",
    .end = "ends_at",
    .day = "due_on",
    .at = "calendar_at",
    .done = "done",
    .colour = "type",
    .whose = MW_NAMES("account", "lead", "opportunity", "contact"),
    .people = "activity_user",
};

const MwEntity mw_entity_activity = {
    .name = "activity",
    .path = "activities",
    .label = N_("Activity"),
    .plural = N_("Activities"),
    .help = N_("Notes, calls, visits, mails and tasks, done and planned."),
    .icon = "calendar-event",
    .title = "subject",
    .nav = MW_NAV_CUSTOMERS,
    .flags = MW_OWNED,
    .fields = fields,
    .list = MW_NAMES("type", "subject", "account", "starts_at", "due_on", "done", "owner"),
    .sections = sections,
    .grants = mw_grants_business,
    .indexes = (const char *const *const[]){ MW_NAMES("done", "calendar_at"), NULL },
    .calendar = &calendar,
    .hooks = { .check = check },
};

/* ---- who takes part beside the owner --------------------------------------------------------- */

/* clang-format off */
static const MwField user_fields[] = {
    { .name = "activity", .label = N_("Activity"), .kind = &mw_link, .target = "activity",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "user", .label = N_("Colleague"), .kind = &mw_link, .target = "user",
      .flags = MW_REQUIRED, .back = N_("Takes part in") },
    { .name = "at", .label = N_("In the calendar at"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_SECRET | MW_QUIET },
    { .name = "open_at", .label = N_("To be done at"), .kind = &mw_instant,
      .flags = MW_READ_ONLY | MW_SECRET | MW_QUIET },
    MW_FIELDS_END,
};
/* clang-format on */

/* The first detail of the activity: its hook keeps `at`, and `open_at` as long as the activity is not done. */
const MwEntity mw_entity_activity_user = {
    .name = "activity_user",
    .path = "activity-colleagues",
    .label = N_("Colleague taking part"),
    .plural = N_("Colleagues taking part"),
    .help = N_("Who of us takes part beside the owner; it stands in their calendars too."),
    .icon = "users",
    .title = "user",
    .fields = user_fields,
    .list = MW_NAMES("user"),
    .unique = (const char *const *const[]){ MW_NAMES("activity", "user"), NULL },
    .indexes =
        (const char *const *const[]){ MW_NAMES("user", "at"), MW_NAMES("user", "open_at"), NULL },
    .master = "activity",
};

/* clang-format off */
static const MwField contact_fields[] = {
    { .name = "activity", .label = N_("Activity"), .kind = &mw_link, .target = "activity",
      .flags = MW_REQUIRED | MW_INDEXED },
    { .name = "contact", .label = N_("Contact"), .kind = &mw_link, .target = "contact",
      .flags = MW_REQUIRED | MW_INDEXED, .back = N_("Took part in") },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_activity_contact = {
    .name = "activity_contact",
    .path = "activity-contacts",
    .label = N_("Contact taking part"),
    .plural = N_("Contacts taking part"),
    .help = N_("Whom else of the customer it is with; a contact with each of them."),
    .icon = "address-book",
    .title = "contact",
    .fields = contact_fields,
    .list = MW_NAMES("contact"),
    .unique = (const char *const *const[]){ MW_NAMES("activity", "contact"), NULL },
    .master = "activity",
    .seen_with = "contact",
};
