#include "methods/activity.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mention.h"
#include "methods/calendar.h"
#include "methods/reminder.h"
#include "record/notice.h"

static const char *const written[] = { "body", "result" };

static bool
is_open(const MwRecord *activity)
{
    return !mw_record_int(activity, "done") && mw_record_is_null(activity, "deleted_at");
}

/* ---- mentions ------------------------------------------------------------------- */

typedef struct {
    int64_t id;
    size_t size; /* of the name found, in bytes */
    bool twice;
    char *name;
    const char *text;
} Named;

static bool
keep_named(const MwValue *c, size_t n_columns, void *data)
{
    Named *named = data;

    for (size_t i = 1; i < n_columns; i++) {
        size_t size = c[i].is == MW_TEXT ? strlen(c[i].text) : 0;
        if (size == 0 || size < named->size || strncmp(named->text, c[i].text, size) != 0)
            continue;
        named->twice = size == named->size && named->id != c[0].integer;
        named->id = c[0].integer;
        named->size = size;
        g_free(named->name);
        named->name = g_strdup(c[i].text);
    }
    return true;
}

/* The active user whose name is the longest at the beginning of `text`; nobody when there are two of that name. */
static bool
find_named(const MwContext *context, const char *text, Named *named, GError **error)
{
    g_autofree char *head = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), 100));
    MwValue param = MW_BORROW(head);

    *named = (Named){ .text = text };
    return mw_store_run(context->store,
                        "SELECT id, name, name_zh FROM \"user\" WHERE active = 1 AND deleted_at IS "
                        "NULL AND (substr($1, 1, length(name)) = name OR "
                        "substr($1, 1, length(name_zh)) = name_zh) LIMIT 50",
                        &param, 1, keep_named, named, error);
}

/* "@Wang Fang" as somebody types it becomes a mention. */
static bool
resolve_mentions(const MwContext *context, MwRecord *activity, const char *name, GError **error)
{
    const char *text = mw_record_text(activity, name), *from = text;
    g_autoptr(GString) out = NULL;

    for (unsigned n = 0; from && n < MW_MENTIONS_MAX; n++) {
        const char *at = mw_mention_candidate(text, from);
        Named named;
        if (!at)
            break;
        if (!out)
            out = g_string_new(NULL);
        if (!find_named(context, at + 1, &named, error)) {
            g_free(named.name);
            return false;
        }
        g_string_append_len(out, from, at - from);
        from = at + 1;
        if (named.id && !named.twice) {
            mw_mention_append(out, named.name, named.id);
            from += named.size;
        } else {
            g_string_append_c(out, '@');
        }
        g_free(named.name);
    }
    if (out) {
        g_string_append(out, from);
        mw_record_set_text(activity, name, out->str);
    }
    return true;
}

static bool
contains(const GArray *users, int64_t user)
{
    for (guint i = 0; i < users->len; i++)
        if (g_array_index(users, int64_t, i) == user)
            return true;
    return false;
}

/* Of a mention, or of taking part; who may not see it is not told, but who wrote it is told so. */
static bool
tell_of(const MwContext *context, const MwRecord *activity, int64_t user, const char *kind,
        const char *unseen, GError **error)
{
    int64_t id = mw_record_id(activity), author = mw_actor_user(context->actor);
    MwNotice notice = { .user = user,
                        .kind = kind,
                        .entity = activity->entity,
                        .record = id,
                        .title = mw_record_text(activity, "subject") };
    MwValue param = MW_INT(user);
    g_auto(MwValue) name = MW_NOTHING;
    bool may;

    if (!mw_may_see(context, user, activity->entity, id, &may, error))
        return false;
    if (may)
        return mw_notify(context, &notice, error);
    if (!mw_store_scalar(context->store, "SELECT name FROM \"user\" WHERE id = $1", &param, 1,
                         &name, error))
        return false;
    notice.user = name.is == MW_TEXT ? author : 0; /* a number that is nobody's */
    notice.kind = unseen;
    notice.detail = name.is == MW_TEXT ? name.text : NULL;
    return mw_notify(context, &notice, error);
}

/* Those who are mentioned now and were not before. */
static bool
tell_all_mentioned(const MwContext *context, const MwRecord *activity, const MwRecord *before,
                   GError **error)
{
    g_autoptr(GArray) now = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(GArray) then = g_array_new(false, false, sizeof(int64_t));

    for (size_t i = 0; i < G_N_ELEMENTS(written); i++) {
        mw_mentions_of(mw_record_text(activity, written[i]), now);
        if (before)
            mw_mentions_of(mw_record_text(before, written[i]), then);
    }
    for (guint i = 0; i < now->len; i++) {
        int64_t user = g_array_index(now, int64_t, i);
        if (user != mw_actor_user(context->actor) && !contains(then, user) &&
            !tell_of(context, activity, user, "mention", "mention_unseen", error))
            return false;
    }
    return true;
}

/* ---- series ------------------------------------------------------------------------------ */

static const char *const rule[] = { "repeats",      "repeat_every", "repeat_on",
                                    "repeat_until", "repeat_count", "repeat_day" };

static bool
ends_series(const MwRecord *activity, const MwRecord *before)
{
    return before && !mw_record_int(before, "done") && mw_record_int(activity, "done") &&
           !mw_record_is_null(before, "repeats") && mw_record_is_null(activity, "deleted_at");
}

/* The day of the month of the first one, so that the 31st comes back after February. */
static void
keep_month_day(MwRecord *activity, const MwRecord *before, GTimeZone *zone)
{
    int64_t at = mw_record_int(activity, "calendar_at");
    bool moved = !before || mw_record_has_changed(activity, "calendar_at") ||
                 mw_record_is_null(activity, "repeat_day");
    int year, month, day;

    if (g_strcmp0(mw_record_text(activity, "repeats"), "monthly") != 0) {
        mw_record_set_null(activity, "repeat_day");
        return;
    }
    if (!moved || (!before && !mw_record_is_null(activity, "repeat_day")))
        return; /* a next one has it from the one before */
    mw_date_to_ymd(mw_record_is_null(activity, "starts_at") ? at / MW_DAY_MS
                                                            : mw_date_of_instant(at, zone),
                   &year, &month, &day);
    mw_record_set_int(activity, "repeat_day", day);
}

/* Puts begin, end and day of the next one; false when the series is over. */
static bool
put_next(MwInput *input, const MwRecord *activity, const MwRecord *before, GTimeZone *zone)
{
    const MwEntity *entity = activity->entity;
    MwRepeat repeat = mw_calendar_repeat(before);
    int64_t starts = mw_record_int(before, "starts_at"), ends = mw_record_int(before, "ends_at");
    int64_t day = 0, next = 0;
    const char *due = mw_record_text(before, "due_on");

    if (starts)
        day = mw_date_of_instant(starts, zone);
    else if (!due || !mw_date_parse(due, &day))
        return false;
    if (!mw_repeat_next(&repeat, day, &next))
        return false;
    if (starts) {
        int64_t at = mw_calendar_on_day(starts, next, zone);
        mw_input_set_value(input, mw_entity_field(entity, "starts_at"), MW_INT(at));
        if (ends)
            mw_input_set_value(input, mw_entity_field(entity, "ends_at"),
                               MW_INT(at + ends - starts));
    } else {
        g_autofree char *text = mw_date_format(next, MW_CLOCK_ISO);
        mw_input_set(input, "due_on", text);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rule); i++) {
        const MwField *field = mw_entity_field(entity, rule[i]);
        if (mw_record_value(before, field)->is != MW_NULL)
            mw_input_set_value(input, field, *mw_record_value(before, field));
    }
    if (repeat.count)
        mw_input_set_value(input, mw_entity_field(entity, "repeat_count"),
                           MW_INT(repeat.count - 1));
    return true;
}

static void
copy(MwInput *input, const MwRecord *from, const char *const *names)
{
    for (; *names; names++) {
        const MwField *field = mw_entity_field(from->entity, *names);
        if (mw_record_value(from, field)->is != MW_NULL)
            mw_input_set_value(input, field, *mw_record_value(from, field));
    }
}

/* Who takes part in one takes part in the next. */
static bool
copy_people(const MwContext *context, MwInput *input, const MwRecord *from, GError **error)
{
    static const char *const details[][2] = { { "activity_user", "user" },
                                              { "activity_contact", "contact" } };

    for (size_t i = 0; i < G_N_ELEMENTS(details); i++) {
        const MwEntity *detail = mw_catalog_entity(context->catalog, details[i][0]);
        const MwField *link = mw_entity_field(detail, details[i][1]);
        g_autoptr(GPtrArray) lines = mw_record_details(context, detail, mw_record_id(from), error);
        for (guint n = 0; lines && n < lines->len; n++) {
            MwInput *line = mw_input_add_detail(input, detail, 0, false);
            mw_input_set_value(line, link, *mw_record_value(lines->pdata[n], link));
        }
        if (!lines)
            return false;
    }
    return true;
}

/* By the system, because it is not the person who completes one that makes the next. */
static bool
make_next(const MwContext *context, const MwRecord *activity, const MwRecord *before,
          GError **error)
{
    g_autoptr(MwActor) owner = NULL;
    g_autoptr(MwActor) system = mw_company_system(context->company);
    g_autoptr(MwInput) input = mw_input_new(activity->entity);
    g_autoptr(MwProblems) problems = mw_problems_new();
    MwContext own = *context;

    if (!put_next(input, activity, before,
                  mw_owner_zone(context, mw_record_int(activity, "owner"), &owner)))
        return true;
    copy(input, activity,
         MW_NAMES("type", "subject", "body", "account", "contact", "lead", "opportunity",
                  "sales_order", "place", "reminders", "owner", "team", "created_by"));
    own.actor = system;
    if (!copy_people(&own, input, activity, error))
        return false;
    g_autoptr(MwRecord) made = mw_record_write(&own, input, 0, problems, error);
    if (made && mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INVALID, "%s", text);
    }
    return made != NULL;
}

/* ---- in each write --------------------------------------------------------------------------- */

static bool
check(const MwContext *context, MwRecord *activity, const MwRecord *before,
      GHashTable *lines G_GNUC_UNUSED, MwProblems *problems G_GNUC_UNUSED, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(written); i++)
        if ((!before || mw_record_has_changed(activity, written[i])) &&
            !resolve_mentions(context, activity, written[i], error))
            return false;
    if (ends_series(activity, before))
        for (size_t i = 0; i < G_N_ELEMENTS(rule); i++)
            mw_record_set_null(activity, rule[i]);
    if (mw_record_is_null(activity, "repeats") && mw_record_is_null(activity, "reminders") &&
        mw_record_is_null(activity, "remind_at"))
        return true;
    g_autoptr(MwActor) owner = NULL;
    GTimeZone *zone = mw_owner_zone(context, mw_record_int(activity, "owner"), &owner);
    keep_month_day(activity, before, zone);
    mw_reminder_set(activity, zone, context->now);
    return true;
}

static bool
tell_owner(const MwContext *context, const MwRecord *activity, const MwRecord *before,
           GError **error)
{
    int64_t owner = mw_record_int(activity, "owner"), actor = mw_actor_user(context->actor);
    MwNotice notice = { .user = owner,
                        .kind = "assigned",
                        .entity = activity->entity,
                        .record = mw_record_id(activity),
                        .title = mw_record_text(activity, "subject") };

    if (!is_open(activity) || actor == 0 || owner == actor ||
        (before && mw_record_int(before, "owner") == owner))
        return true;
    return mw_notify(context, &notice, error);
}

static bool
keep_id(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_array_append_val((GArray *)data, c[0].integer);
    return true;
}

/* Those who were put down in this write. */
static bool
tell_taking_part(const MwContext *context, const MwRecord *activity, GError **error)
{
    g_autoptr(GArray) users = g_array_new(false, false, sizeof(int64_t));
    MwValue params[] = { MW_INT(mw_record_id(activity)), MW_INT(context->now) };

    if (!is_open(activity) || !mw_actor_user(context->actor))
        return true;
    if (!mw_store_run(context->store,
                      "SELECT \"user\" FROM activity_user WHERE activity = $1 AND created_at >= $2 "
                      "AND deleted_at IS NULL",
                      params, 2, keep_id, users, error))
        return false;
    for (guint i = 0; i < users->len; i++) {
        int64_t user = g_array_index(users, int64_t, i);
        if (user != mw_actor_user(context->actor) && user != mw_record_int(activity, "owner") &&
            !tell_of(context, activity, user, "takes_part", "part_unseen", error))
            return false;
    }
    return true;
}

static bool
after(const MwContext *context, const MwRecord *activity, const MwRecord *before, GError **error)
{
    if (g_strcmp0(context->source, "import") == 0 || g_strcmp0(context->source, "demo") == 0 ||
        !mw_record_is_null(activity, "deleted_at"))
        return true;
    if (ends_series(activity, before) && !make_next(context, activity, before, error))
        return false;
    return tell_all_mentioned(context, activity, before, error) &&
           tell_owner(context, activity, before, error) &&
           tell_taking_part(context, activity, error);
}

const MwDerivation mw_activity_derivations[] = {
    { .entity = "activity", .check = check, .after = after },
    { .entity = NULL },
};

/* ---- what it is about ------------------------------------------------------------------------ */

void
mw_activity_about(MwInput *input, const MwRecord *record)
{
    const MwEntity *activity = mw_input_entity(input);
    bool itself = false;

    for (size_t i = 0; i < activity->n_fields; i++) {
        const MwField *field = &activity->fields[i];
        const MwField *same = mw_entity_field(record->entity, field->name);
        if (!field->target || field->flags & MW_SYSTEM)
            continue;
        if (!itself && g_str_equal(field->target, record->entity->name)) {
            itself = true;
            mw_input_set_value(input, field, MW_INT(mw_record_id(record)));
        } else if (same && same->target && g_str_equal(same->target, field->target) &&
                   !mw_input_has(input, field)) {
            mw_input_set_value(input, field, *mw_record_value(record, same));
        }
    }
}

/* ---- completing -------------------------------------------------------------------------------- */

/* Problems of the next step, told under the names by which it was given. */
static void
tell_problems(const MwProblems *from, MwProblems *to)
{
    for (size_t i = 0; i < mw_problems_count(from); i++) {
        const MwProblem *problem = mw_problems_get(from, i);
        const char *name = g_str_equal(problem->field, "subject") ? "next_step"
                           : g_str_equal(problem->field, "type")  ? "next_type"
                                                                  : "next_at";
        mw_problems_add(to, name, problem->code, "%s", problem->message);
    }
}

static bool
is_given(const char *text)
{
    return text && *text;
}

bool
mw_activity_is_timed(const char *type)
{
    return type && g_strv_contains((const char *const[]){ "call", "visit", NULL }, type);
}

static bool
has_time(const char *at)
{
    return strpbrk(at, ":T") != NULL;
}

/* A step without a day stands in nobody's list of what comes next. */
static void
check_step(const MwCompletion *completion, MwProblems *problems)
{
    const char *at = completion->next_at;

    if (!is_given(completion->next_step) && is_given(at))
        mw_problems_add(problems, "next_step", "required", _("%s: please fill this in."),
                        _("Next step"));
    else if (is_given(completion->next_step) && !is_given(at))
        mw_problems_add(problems, "next_at", "required",
                        _("Say on which day the next step is to be done."));
    else if (is_given(at) && !has_time(at) && mw_activity_is_timed(completion->next_type))
        mw_problems_add(problems, "next_at", "required",
                        _("A visit or a call takes a date and a time, such as 2026-03-05 09:30."));
}

static bool
make_step(const MwContext *context, const MwRecord *activity, const MwCompletion *completion,
          int64_t *next, MwProblems *problems, GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(activity->entity);
    g_autoptr(MwProblems) found = mw_problems_new();
    const char *type = completion->next_type, *at = completion->next_at;
    bool others = mw_actor_scope(context->actor, activity->entity, MW_MAY_CREATE) > MW_OWN;

    mw_input_set(input, "type", is_given(type) ? type : "task");
    mw_input_set(input, "subject", completion->next_step);
    mw_input_set(input, has_time(at) ? "starts_at" : "due_on", at);
    copy(input, activity, MW_NAMES("account", "contact", "lead", "opportunity", "sales_order"));
    if (others)
        copy(input, activity, MW_NAMES("owner"));
    g_autoptr(MwRecord) made = mw_record_write(context, input, 0, found, error);
    tell_problems(found, problems);
    *next = made && !mw_problems_any(found) ? mw_record_id(made) : 0;
    return made != NULL;
}

MwRecord *
mw_activity_complete(const MwContext *context, int64_t id, const MwCompletion *completion,
                     int64_t *next, MwProblems *problems, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "activity");
    g_autoptr(MwInput) input = mw_input_new(entity);
    bool step = is_given(completion->next_step);

    *next = 0;
    check_step(completion, problems);
    mw_input_set(input, "done", "true");
    if (completion->result)
        mw_input_set(input, "result", completion->result);
    if (step)
        mw_input_set(input, "next_step", completion->next_step);
    mw_input_expect(input, completion->version);
    g_autoptr(MwRecord) done = mw_record_write(context, input, id, problems, error);
    if (!done || mw_problems_any(problems) || !step)
        return g_steal_pointer(&done);
    return make_step(context, done, completion, next, problems, error) ? g_steal_pointer(&done)
                                                                       : NULL;
}

bool
mw_activity_next(const MwContext *context, const MwRecord *activity, const MwCompletion *completion,
                 int64_t *next, MwProblems *problems, GError **error)
{
    *next = 0;
    check_step(completion, problems);
    return mw_problems_any(problems) || !is_given(completion->next_step) ||
           make_step(context, activity, completion, next, problems, error);
}

MwRecord *
mw_activity_reopen(const MwContext *context, int64_t id, int64_t version, MwProblems *problems,
                   GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "activity"));

    mw_input_set(input, "done", "false");
    mw_input_expect(input, version);
    return mw_record_write(context, input, id, problems, error);
}

int64_t
mw_activity_next_day(int64_t today)
{
    int64_t day = today + 1;

    while (mw_date_weekday(day) > 5)
        day++;
    return day;
}
