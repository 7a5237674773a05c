#include "methods/people.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "record/history.h"

enum { CHAIN_MAX = 100 }; /* steps up a reporting line */

#define REACHES "type IN ('call', 'visit', 'mail')"

/* ---- last and next contact ---------------------------------------------------------- */

/* What the activities of a contact come to, of one pair of whom and what, or of all. */
typedef struct {
    int64_t count, last;            /* done ones; the instant of the last, 0: none */
    char next[sizeof "2026-01-01"]; /* the first that is planned; "" */
} Sum;

typedef struct {
    const MwContext *context;
    int64_t contact;
    GArray *users;            /* int64_t: owners of the activity now and before, who took part */
    int64_t opportunities[2]; /* of the activity now and before; 0: none */
    Sum all, about[2];
    Sum *of_user;
} Contact;

static void
add_next(Sum *sum, const char *day)
{
    if (day && (!*sum->next || strcmp(day, sum->next) < 0))
        g_strlcpy(sum->next, day, sizeof sum->next);
}

static void
add_group(const Contact *c, Sum *sum, const MwValue *row)
{
    if (row[2].integer) {
        sum->count += row[3].integer;
        sum->last = MAX(sum->last, row[4].is == MW_INTEGER ? row[4].integer : 0);
        return;
    }
    if (row[5].is == MW_INTEGER) {
        g_autofree char *day = mw_date_format(
            mw_date_of_instant(row[5].integer, c->context->settings->zone), MW_CLOCK_ISO);
        add_next(sum, day);
    }
    add_next(sum, row[6].is == MW_TEXT ? row[6].text : NULL);
}

/* who of us, opportunity, done, count, last done, next begin, next day due; with several of us the same activity several
 * times, which the count of each one wants and the last and next of all do not mind */
static bool
keep_group(const MwValue *row, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Contact *c = data;
    int64_t user = row[0].is == MW_INTEGER ? row[0].integer : 0;
    int64_t opportunity = row[1].is == MW_INTEGER ? row[1].integer : 0;

    add_group(c, &c->all, row);
    for (guint i = 0; i < c->users->len; i++)
        if (user && user == g_array_index(c->users, int64_t, i))
            add_group(c, &c->of_user[i], row);
    for (size_t i = 0; i < 2; i++)
        if (opportunity && opportunity == c->opportunities[i])
            add_group(c, &c->about[i], row);
    return true;
}

static bool
read_activities(Contact *c, GError **error)
{
    MwValue params[] = { MW_INT(c->contact), MW_INT(MW_PEOPLE_ACTIVITIES_MAX) };

    return mw_store_run(
        c->context->store,
        "WITH a AS (SELECT id, owner, opportunity, done, starts_at, done_at, due_on FROM activity "
        "WHERE (contact = $1 OR id IN (SELECT activity FROM activity_contact WHERE contact = $1 "
        "AND deleted_at IS NULL)) AND deleted_at IS NULL AND " REACHES
        " AND COALESCE(mail_state, '') <> 'failed' ORDER BY id DESC LIMIT $2) "
        "SELECT who, opportunity, done, COUNT(*), MAX(COALESCE(starts_at, done_at)), "
        "MIN(starts_at), MIN(due_on) FROM (SELECT a.*, a.owner AS who FROM a UNION ALL "
        "SELECT a.*, u.\"user\" AS who FROM a JOIN activity_user u ON u.activity = a.id AND "
        "u.deleted_at IS NULL AND u.\"user\" <> COALESCE(a.owner, 0)) b "
        "GROUP BY who, opportunity, done",
        params, G_N_ELEMENTS(params), keep_group, c, error);
}

/* The day of a last contact; what is noted for a day to come was today at the latest. "" for none. */
static void
last_day(const Contact *c, const Sum *sum, char day[sizeof "2026-01-01"])
{
    g_autofree char *text = sum->last
                                ? mw_date_format(mw_date_of_instant(MIN(sum->last, c->context->now),
                                                                    c->context->settings->zone),
                                                 MW_CLOCK_ISO)
                                : NULL;

    g_strlcpy(day, text ? text : "", sizeof "2026-01-01");
}

static bool
put_contact(const Contact *c, GError **error)
{
    char last[sizeof "2026-01-01"];

    last_day(c, &c->all, last);
    MwValue params[] = { MW_BORROW(last), MW_BORROW(c->all.next), MW_INT(c->contact) };
    return mw_store_run(
        c->context->store,
        "UPDATE contact SET last_contact_on = NULLIF($1, ''), "
        "next_contact_on = NULLIF($2, '') WHERE id = $3 AND "
        "(COALESCE(last_contact_on, '') <> $1 OR COALESCE(next_contact_on, '') <> $2)",
        params, G_N_ELEMENTS(params), NULL, NULL, error);
}

static bool
put_person(const Contact *c, size_t i, GError **error)
{
    char last[sizeof "2026-01-01"];

    last_day(c, &c->about[i], last);
    MwValue params[] = { MW_BORROW(last), MW_BORROW(c->about[i].next), MW_INT(c->contact),
                         MW_INT(c->opportunities[i]) };
    return mw_store_run(c->context->store,
                        "UPDATE opportunity_person SET last_contact_on = NULLIF($1, ''), "
                        "next_contact_on = NULLIF($2, '') WHERE contact = $3 AND opportunity = $4 "
                        "AND (COALESCE(last_contact_on, '') <> $1 OR "
                        "COALESCE(next_contact_on, '') <> $2)",
                        params, G_N_ELEMENTS(params), NULL, NULL, error);
}

static bool
put_acquaintance(const Contact *c, guint i, GError **error)
{
    const MwContext *context = c->context;
    const Sum *sum = &c->of_user[i];
    int64_t user = g_array_index(c->users, int64_t, i);
    char last[sizeof "2026-01-01"];

    last_day(c, sum, last);
    MwValue params[] = { MW_INT(sum->count), MW_BORROW(last), MW_INT(c->contact), MW_INT(user) };
    MwValue fresh[] = { MW_INT(mw_id_next(mw_company_ids(context->company))),
                        MW_INT(c->contact),
                        MW_INT(user),
                        MW_INT(sum->count),
                        MW_BORROW(last),
                        MW_INT(context->now) };
    return sum->count > 0
               ? mw_store_run(context->store,
                              "INSERT INTO acquaintance (id, version, contact, \"user\", contacts, "
                              "last_contact_on, created_at, updated_at) "
                              "VALUES ($1, 1, $2, $3, $4, NULLIF($5, ''), $6, $6) "
                              "ON CONFLICT (contact, \"user\") WHERE deleted_at IS NULL "
                              "DO UPDATE SET contacts = excluded.contacts, "
                              "last_contact_on = excluded.last_contact_on",
                              fresh, G_N_ELEMENTS(fresh), NULL, NULL, error)
               : mw_store_run(context->store,
                              "UPDATE acquaintance SET contacts = $1, "
                              "last_contact_on = NULLIF($2, '') "
                              "WHERE contact = $3 AND \"user\" = $4 AND deleted_at IS NULL",
                              params, G_N_ELEMENTS(params), NULL, NULL, error);
}

static bool
derive_contact(Contact *c, GError **error)
{
    g_autofree Sum *of_user = g_new0(Sum, c->users->len);

    if (c->contact == 0)
        return true;
    c->of_user = of_user;
    c->all = c->about[0] = c->about[1] = (Sum){ 0 };
    if (!read_activities(c, error) || !put_contact(c, error))
        return false;
    for (size_t i = 0; i < 2; i++)
        if (c->opportunities[i] && (i == 0 || c->opportunities[1] != c->opportunities[0]) &&
            !put_person(c, i, error))
            return false;
    for (guint i = 0; i < c->users->len; i++)
        if (!put_acquaintance(c, i, error))
            return false;
    return true;
}

/* ---- people of an opportunity --------------------------------------------------------- */

/* Who is met about a deal has a part in it; which one, somebody will say. */
static bool
add_person(const MwContext *context, int64_t opportunity, int64_t contact, int64_t owner,
           GError **error)
{
    MwValue params[] = { MW_INT(opportunity), MW_INT(contact) };
    g_auto(MwValue) found = MW_NOTHING;
    g_autofree char *changes = NULL;

    if (!opportunity || !contact || context->moves_links)
        return true;
    if (!mw_store_scalar(
            context->store,
            "SELECT id FROM opportunity_person WHERE opportunity = $1 AND contact = $2 "
            "LIMIT 1",
            params, 2, &found, error))
        return false;
    if (found.is != MW_NULL)
        return true;
    g_autoptr(MwRecord) person =
        mw_record_new(mw_catalog_entity(context->catalog, "opportunity_person"));
    int64_t user = mw_actor_user(context->actor), id = mw_id_next(mw_company_ids(context->company));
    mw_record_set_int(person, "id", id);
    mw_record_set_int(person, "opportunity", opportunity);
    mw_record_set_int(person, "contact", contact);
    mw_record_set_int(person, "created_at", context->now);
    mw_record_set_int(person, "updated_at", context->now);
    if (user)
        mw_record_set_int(person, "created_by", user);
    if (owner)
        mw_record_set_int(person, "contact_owner", owner);
    changes = g_strdup_printf("{\"opportunity_person\":[[\"%" G_GINT64_FORMAT
                              "\",{\"opportunity\":[null,\"%" G_GINT64_FORMAT
                              "\"],\"contact\":[null,\"%" G_GINT64_FORMAT "\"]}]]}",
                              id, opportunity, contact);
    return mw_store_insert(context->store, person, error) &&
           mw_history_add(context, "opportunity", opportunity, "derive", changes, error);
}

static bool
reaches(const MwRecord *activity)
{
    const char *type = activity ? mw_record_text(activity, "type") : NULL;

    return type && g_strv_contains((const char *const[]){ "call", "visit", "mail", NULL }, type);
}

static void
add_id(GArray *ids, int64_t id)
{
    for (guint i = 0; i < ids->len; i++)
        if (g_array_index(ids, int64_t, i) == id)
            return;
    if (id)
        g_array_append_val(ids, id);
}

static bool
keep_id(const MwValue *row, size_t n_columns G_GNUC_UNUSED, void *data)
{
    add_id(data, row[0].integer);
    return true;
}

/* Who takes part, and who took part until now: lines stay when they are removed. */
static bool
read_part(const MwContext *context, const char *sql, int64_t activity, GArray *ids, GError **error)
{
    MwValue param = MW_INT(activity);

    return mw_store_run(context->store, sql, &param, 1, keep_id, ids, error);
}

static bool
add_people(const MwContext *context, const MwRecord *activity, const GArray *contacts,
           GError **error)
{
    int64_t opportunity = mw_record_int(activity, "opportunity");

    for (guint i = 0; i < contacts->len; i++)
        if (!add_person(context, opportunity, g_array_index(contacts, int64_t, i),
                        mw_record_int(activity, "owner"), error))
            return false;
    return true;
}

static bool
after_activity(const MwContext *context, const MwRecord *activity, const MwRecord *before,
               GError **error)
{
    const MwRecord *then = before ? before : activity;
    int64_t id = mw_record_id(activity);
    g_autoptr(GArray) users = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(GArray) now = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(GArray) ever = g_array_new(false, false, sizeof(int64_t));
    Contact contact = { .context = context,
                        .users = users,
                        .opportunities = { mw_record_int(activity, "opportunity"),
                                           mw_record_int(then, "opportunity") } };

    if (!reaches(activity) && !reaches(before))
        return true;
    add_id(users, mw_record_int(activity, "owner"));
    add_id(users, mw_record_int(then, "owner"));
    add_id(now, mw_record_int(activity, "contact"));
    if (!read_part(context, "SELECT \"user\" FROM activity_user WHERE activity = $1", id, users,
                   error) ||
        !read_part(context,
                   "SELECT contact FROM activity_contact WHERE activity = $1 AND deleted_at IS "
                   "NULL",
                   id, now, error) ||
        !read_part(context, "SELECT contact FROM activity_contact WHERE activity = $1", id, ever,
                   error))
        return false;
    add_id(ever, mw_record_int(activity, "contact"));
    add_id(ever, mw_record_int(then, "contact"));
    if (reaches(activity) && mw_record_is_null(activity, "deleted_at") &&
        !add_people(context, activity, now, error))
        return false;
    for (guint i = 0; i < ever->len; i++) {
        contact.contact = g_array_index(ever, int64_t, i);
        if (!derive_contact(&contact, error))
            return false;
    }
    return true;
}

static bool
after_opportunity(const MwContext *context, const MwRecord *opportunity, const MwRecord *before,
                  GError **error)
{
    int64_t contact = mw_record_int(opportunity, "contact");

    if (before && mw_record_int(before, "contact") == contact)
        return true;
    return add_person(context, mw_record_id(opportunity), contact,
                      mw_record_int(opportunity, "owner"), error);
}

/* A person of a deal whom a merge has moved. */
static bool
after_person(const MwContext *context, const MwRecord *person, const MwRecord *before G_GNUC_UNUSED,
             GError **error)
{
    g_autoptr(GArray) nobody = g_array_new(false, false, sizeof(int64_t));
    Contact contact = { .context = context,
                        .contact = mw_record_int(person, "contact"),
                        .users = nobody,
                        .opportunities = { mw_record_int(person, "opportunity"), 0 } };

    return derive_contact(&contact, error);
}

/* Who takes part in an activity and was moved by a merge: it counts of the one now, and of the other no more. */
static bool
after_part(const MwContext *context, const MwRecord *part, const MwRecord *before, GError **error)
{
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, "activity"),
                      .which = MW_LIVE_AND_DELETED };
    g_autoptr(MwRecord) activity =
        mw_store_get(context->store, &query, mw_record_int(part, "activity"), error);

    if (!activity)
        return false;
    g_autoptr(MwRecord) then = mw_record_copy(activity);
    if (before)
        mw_record_set_int(then, "contact", mw_record_int(before, "contact"));
    return after_activity(context, activity, then, error);
}

/* ---- contacts that go ------------------------------------------------------------------------ */

/* Relations with a contact that is deleted go and come back with it, as its own do; its places on maps go. */
static bool
after_contact(const MwContext *context, const MwRecord *contact, const MwRecord *before,
              GError **error)
{
    bool gone = !mw_record_is_null(contact, "deleted_at");
    bool was = before && !mw_record_is_null(before, "deleted_at");
    int64_t at = mw_record_int(gone ? contact : before ? before : contact, "deleted_at");
    MwValue params[] = { MW_INT(at), MW_INT(mw_record_id(contact)) };

    if (!before || gone == was)
        return true;
    if (!gone)
        return mw_store_run(context->store,
                            "UPDATE contact_relation SET deleted_at = NULL WHERE deleted_at = $1 "
                            "AND to_contact = $2 AND contact IN "
                            "(SELECT id FROM contact WHERE deleted_at IS NULL)",
                            params, 2, NULL, NULL, error);
    return mw_store_run(context->store,
                        "UPDATE contact_relation SET deleted_at = $1 WHERE to_contact = $2 AND "
                        "deleted_at IS NULL",
                        params, 2, NULL, NULL, error) &&
           mw_store_run(context->store, "DELETE FROM map_position WHERE contact = $1", &params[1],
                        1, NULL, NULL, error);
}

/* ---- relations ----------------------------------------------------------------------------- */

static bool
any_row(const MwContext *context, const char *sql, const MwValue *params, size_t n, bool *any,
        GError **error)
{
    g_auto(MwValue) found = MW_NOTHING;
    bool done = mw_store_scalar(context->store, sql, params, n, &found, error);

    *any = done && found.is != MW_NULL;
    return done;
}

static bool
check_relation(const MwContext *context, MwRecord *relation, const MwRecord *before G_GNUC_UNUSED,
               GHashTable *lines G_GNUC_UNUSED, MwProblems *problems, GError **error)
{
    const char *kind = mw_record_text(relation, "kind");
    MwValue params[] = { MW_INT(mw_record_int(relation, "to_contact")),
                         MW_INT(mw_record_int(relation, "contact")), MW_BORROW(kind) };
    bool any;

    if (!kind || !mw_record_is_null(relation, "deleted_at") ||
        mw_problems_of(problems, "to_contact"))
        return true;
    if (g_str_equal(kind, "reports_to")) {
        g_autofree char *sql = g_strdup_printf(
            "WITH RECURSIVE up (id, depth) AS (SELECT CAST($1 AS BIGINT), 1 UNION "
            "SELECT r.to_contact, up.depth + 1 FROM contact_relation r JOIN up ON r.contact = "
            "up.id "
            "WHERE r.kind = 'reports_to' AND r.deleted_at IS NULL AND up.depth < %d) "
            "SELECT 1 FROM up WHERE id = $2 LIMIT 1",
            CHAIN_MAX);
        if (!any_row(context, sql, params, 2, &any, error))
            return false;
        if (any)
            mw_problems_add(problems, "to_contact", "circular",
                            _("That person reports to this one, directly or through others."));
        return true;
    }
    if (!g_str_has_suffix(kind, "_of") || g_str_equal(kind, "former_boss_of"))
        return true;
    if (!any_row(context,
                 "SELECT 1 FROM contact_relation WHERE contact = $1 AND to_contact = $2 AND "
                 "kind = $3 AND deleted_at IS NULL LIMIT 1",
                 params, 3, &any, error))
        return false;
    if (any)
        mw_problems_add(problems, "to_contact", "taken",
                        _("This relation is known already, from the other person's side."));
    return true;
}

const MwDerivation mw_people_derivations[] = {
    { .entity = "activity", .after = after_activity },
    { .entity = "opportunity", .after = after_opportunity },
    { .entity = "contact", .after = after_contact },
    { .entity = "opportunity_person", .after = after_person },
    { .entity = "activity_contact", .after = after_part },
    { .entity = "contact_relation", .check = check_relation },
    { .entity = NULL },
};
