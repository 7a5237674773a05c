#include "methods/open_pool.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "record/job.h"
#include "record/notice.h"
#include "record/service.h"

/* One record on its way. */
typedef struct {
    const MwContext *context;
    MwRecord *record, *before;
    MwProblems *problems;
} Move;

static void
move_clear(Move *move)
{
    mw_record_free(move->record);
    mw_record_free(move->before);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Move, move_clear)

bool
mw_pool_suits(const MwEntity *entity)
{
    return mw_entity_field(entity, "taken_from") != NULL;
}

/* ---- limits ------------------------------------------------------------------------ */

/* Nobody else counts for this user until the transaction ends. */
static bool
lock_user(const MwContext *context, int64_t user, GError **error)
{
    MwValue id = MW_INT(user);

    return mw_store_run(context->store, "UPDATE \"user\" SET version = version WHERE id = $1", &id,
                        1, NULL, NULL, error);
}

/* `picks`: the limit of a day counts too. */
static bool
check_limits(Move *move, const MwOpenPool *pool, int64_t user, bool picks, GError **error)
{
    MwPoolStanding standing;

    if (!lock_user(move->context, user, error) ||
        !mw_pool_standing(move->context, pool, user, &standing, error))
        return false;
    if (!standing.active)
        mw_problems_add(move->problems, "pool", "inactive", _("This pool is not active."));
    else if (picks && standing.picks_per_day && standing.picked >= standing.picks_per_day)
        mw_problems_add(move->problems, "pool", "limit",
                        _("%lld of %lld for today are picked already; go on tomorrow."),
                        (long long)standing.picked, (long long)standing.picks_per_day);
    else if (standing.capacity && standing.held >= standing.capacity)
        mw_problems_add(move->problems, picks ? "pool" : "owner", "capacity",
                        picks
                            ? _("You hold %lld of at most %lld from this pool; return some first.")
                            : _("Has %lld of at most %lld from this pool already."),
                        (long long)standing.held, (long long)standing.capacity);
    return true;
}

/* ---- what a move changes ------------------------------------------------------------ */

static bool
keep_move(const Move *move, const char *action, int64_t pool, const char *reason, GError **error)
{
    const MwContext *context = move->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "pool_move");
    g_autoptr(MwRecord) kept = mw_record_new(entity);
    int64_t user = mw_actor_user(context->actor);
    int64_t from = move->before ? mw_record_int(move->before, "owner") : 0;
    int64_t to = mw_record_int(move->record, "owner");

    mw_record_set_int(kept, "id", mw_id_next(mw_company_ids(context->company)));
    mw_record_set_int(kept, "created_at", context->now);
    mw_record_set_int(kept, "updated_at", context->now);
    if (user)
        mw_record_set_int(kept, "created_by", user);
    mw_record_set_int(kept, move->record->entity->name, mw_record_id(move->record));
    mw_record_set_text(kept, "action", action);
    if (pool)
        mw_record_set_int(kept, "pool", pool);
    if (from)
        mw_record_set_int(kept, "from_owner", from);
    if (to)
        mw_record_set_int(kept, "to_owner", to);
    mw_record_set_text(kept, "reason", reason);
    mw_company_changed(context->company, context->store, entity);
    return mw_store_insert(context->store, kept, error);
}

/* Those that a query finds: as many as a page has. Whoever has moved is found no more. */
static bool
move_page(const Move *move, MwQuery *query, guint *n, GError **error)
{
    const MwField *owner = mw_entity_field(query->entity, "owner");
    const MwField *team = mw_entity_field(query->entity, "team");
    int64_t to = mw_record_int(move->record, "owner");
    const MwValue *new_team =
        mw_record_value(move->record, mw_entity_field(move->record->entity, "team"));
    g_autoptr(GPtrArray) contacts = mw_store_find(move->context->store, query, NULL, error);

    for (guint i = 0; contacts && i < contacts->len; i++) {
        mw_record_put(contacts->pdata[i], owner, to ? MW_INT(to) : MW_NOTHING);
        mw_record_put(contacts->pdata[i], team, *new_team);
        if (!mw_record_derive(move->context, contacts->pdata[i], error))
            return false;
    }
    *n = contacts ? contacts->len : 0;
    return contacts != NULL;
}

/* The contacts of an account go with it: those that have its owner of before. */
static bool
move_contacts(const Move *move, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(move->context->catalog, "contact");
    const MwField *owner = mw_entity_field(entity, "owner");
    int64_t from = mw_record_int(move->before, "owner"), to = mw_record_int(move->record, "owner");
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = entity, .filter = filter };

    if (!g_str_equal(move->record->entity->name, "account") || from == to)
        return true;
    mw_filter_add(filter, mw_filter_test(mw_entity_field(entity, "account"), MW_TEST_EQ,
                                         MW_INT(mw_record_id(move->record))));
    mw_filter_add(filter, from ? mw_filter_test(owner, MW_TEST_EQ, MW_INT(from))
                               : mw_filter_test(owner, MW_TEST_NULL, MW_NOTHING));
    guint n;
    do
        if (!move_page(move, &query, &n, error))
            return false;
    while (n == MW_PAGE_MAX);
    return true;
}

/* Who was given something by another, and whose something a rule took. */
static bool
tell(const Move *move, const char *action, const char *reason, GError **error)
{
    const MwContext *context = move->context;
    bool assigned = g_str_equal(action, "assigned");
    int64_t user = mw_record_int(assigned ? move->record : move->before, "owner");
    g_autoptr(GString) title = g_string_new(NULL);

    if ((!assigned && !g_str_equal(action, "recycled")) || user == mw_actor_user(context->actor))
        return true;
    mw_record_title(move->record, title);
    const MwNotice notice = { .user = user,
                              .kind = action,
                              .entity = move->record->entity,
                              .record = mw_record_id(move->record),
                              .title = title->str,
                              .detail = reason };
    return mw_notify(context, &notice, error);
}

/* Saves the record as it is now, with its move. */
static bool
finish(const Move *move, const char *action, int64_t pool, const char *reason, GError **error)
{
    g_autoptr(GError) local = NULL;

    if (mw_record_amend(move->context, move->record, move->before, &local))
        return keep_move(move, action, pool, reason, error) && move_contacts(move, error) &&
               tell(move, action, reason, error);
    if (g_error_matches(local, MW_ERROR, MW_ERROR_CONFLICT))
        return mw_fail(error, MW_ERROR_CONFLICT,
                       _("Somebody else has just taken or changed this."));
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

static void
set_or_clear(MwRecord *record, const char *name, int64_t value)
{
    if (value)
        mw_record_set_int(record, name, value);
    else
        mw_record_set_null(record, name);
}

static void
give(Move *move, int64_t owner, int64_t team)
{
    MwRecord *record = move->record;
    int64_t pool = mw_record_int(record, "pool");

    set_or_clear(record, "owner", owner);
    set_or_clear(record, "team", team);
    mw_record_set_int(record, "last_activity_at", move->context->now);
    if (!pool)
        return;
    mw_record_set_null(record, "pool");
    mw_record_set_null(record, "pooled_at");
    mw_record_set_int(record, "taken_from", pool);
    mw_record_set_int(record, "taken_at", move->context->now);
}

bool
mw_pool_put(const MwContext *context, MwRecord *record, int64_t pool, const char *action,
            const char *reason, GError **error)
{
    g_autoptr(MwRecord) before = mw_record_copy(record);
    const Move move = { context, record, before, NULL };

    mw_record_set_null(record, "owner");
    mw_record_set_null(record, "team");
    mw_record_set_null(record, "taken_from");
    mw_record_set_null(record, "taken_at");
    mw_record_set_int(record, "pool", pool);
    mw_record_set_int(record, "pooled_at", context->now);
    return finish(&move, action, pool, reason, error);
}

/* ---- reading -------------------------------------------------------------------------- */

/* The record whole, whoever asks; of what the actor may not read, only that he came too late for it. */
static bool
load(Move *move, const MwEntity *entity, int64_t id, GError **error)
{
    const MwContext *context = move->context;
    MwQuery query = { .entity = entity };
    g_autoptr(GError) local = NULL;
    g_autoptr(MwRecord) seen = mw_record_read(context, entity, id, MW_LIVE, &local);

    if (!seen && !g_error_matches(local, MW_ERROR, MW_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    move->record = mw_store_get(context->store, &query, id, error);
    if (!move->record)
        return false;
    const MwOpenPool *from =
        mw_pools_find(mw_actor_pools(context->actor), mw_record_int(move->record, "taken_from"));
    if (!seen && from && from->usable)
        return mw_fail(error, MW_ERROR_CONFLICT, _("Somebody else has taken this already."));
    if (!seen) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    move->before = mw_record_copy(move->record);
    return true;
}

static bool
has_text(const char *text)
{
    for (; text && *text; text = g_utf8_next_char(text))
        if (!mw_is_blank(g_utf8_get_char(text)))
            return true;
    return false;
}

/* A reason that fits; a problem otherwise. */
static void
check_reason(Move *move, const char *reason)
{
    const MwEntity *entity = mw_catalog_entity(move->context->catalog, "pool_move");

    if (!has_text(reason))
        mw_problems_add(move->problems, "reason", "required", _("Say why."));
    else if (g_utf8_strlen(reason, -1) > mw_entity_field(entity, "reason")->max)
        mw_problems_add(move->problems, "reason", "too_long", _("At most %d characters."),
                        (int)mw_entity_field(entity, "reason")->max);
}

/* team, active */
typedef struct {
    int64_t team;
    bool active;
} Receiver;

static bool
keep_receiver(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    *(Receiver *)data = (Receiver){ c[0].is == MW_INTEGER ? c[0].integer : 0, c[1].integer != 0 };
    return true;
}

/* ---- pick, assign, return ----------------------------------------------------------------- */

/* The pool that the record is in, if the actor may take from it. */
static const MwOpenPool *
pool_to_take_from(const Move *move, GError **error)
{
    const MwActor *actor = move->context->actor;
    const MwOpenPool *pool =
        mw_pools_find(mw_actor_pools(actor), mw_record_int(move->record, "pool"));

    if (pool && pool->usable && mw_actor_may(actor, pool->entity, MW_MAY_UPDATE))
        return pool;
    return mw_fail_null(error, MW_ERROR_DENIED, _("You may not take from this pool."));
}

bool
mw_pool_pick(const MwContext *context, const MwEntity *entity, int64_t id, const char *reason,
             MwProblems *problems, GError **error)
{
    g_auto(Move) move = { context, NULL, NULL, problems };
    const char *why = has_text(reason) ? reason : _("Picked to work on it.");
    int64_t user = mw_actor_user(context->actor);

    if (!load(&move, entity, id, error))
        return false;
    if (mw_record_is_null(move.record, "pool"))
        return mw_fail(error, MW_ERROR_CONFLICT,
                       mw_record_int(move.record, "owner") == user
                           ? _("This is yours already.")
                           : _("This is not in a pool; somebody may have taken it already."));
    const MwOpenPool *pool = pool_to_take_from(&move, error);
    check_reason(&move, why);
    if (!pool || !check_limits(&move, pool, user, true, error))
        return false;
    if (mw_problems_any(problems))
        return true;
    give(&move, user, mw_actor_team(context->actor));
    return finish(&move, "picked", pool->id, why, error);
}

static bool
find_receiver(Move *move, int64_t owner, Receiver *receiver, GError **error)
{
    MwValue id = MW_INT(owner);

    *receiver = (Receiver){ 0 };
    if (!mw_store_run(move->context->store,
                      "SELECT team, active FROM \"user\" WHERE id = $1 AND deleted_at IS NULL", &id,
                      1, keep_receiver, receiver, error))
        return false;
    if (!receiver->active)
        mw_problems_add(move->problems, "owner", owner ? "not_found" : "required",
                        owner ? _("There is no such active user.") : _("Say who gets it."));
    return true;
}

bool
mw_pool_assign(const MwContext *context, const MwEntity *entity, int64_t id, int64_t owner,
               const char *reason, MwProblems *problems, GError **error)
{
    g_auto(Move) move = { context, NULL, NULL, problems };
    const MwOpenPool *pool = NULL;
    Receiver receiver;

    if (!mw_actor_leads(context->actor))
        return mw_fail(error, MW_ERROR_DENIED, _("Only managers assign."));
    if (!load(&move, entity, id, error) || !find_receiver(&move, owner, &receiver, error))
        return false;
    check_reason(&move, reason);
    bool pooled = !mw_record_is_null(move.record, "pool");
    if (pooled && !mw_actor_is_system(context->actor)) {
        pool = pool_to_take_from(&move, error);
        if (!pool ||
            (!mw_problems_any(problems) && !check_limits(&move, pool, owner, false, error)))
            return false;
    } else if (!pooled && !mw_actor_reaches(context->actor, move.record, MW_MAY_UPDATE)) {
        return mw_fail(error, MW_ERROR_DENIED, _("You may see this %s, but not do that."),
                       mw_entity_label(entity));
    }
    int64_t from = mw_record_int(move.record, "pool");
    give(&move, owner, receiver.team);
    if (!mw_problems_any(problems) && !mw_actor_reaches(context->actor, move.record, MW_MAY_UPDATE))
        mw_problems_add(problems, "owner", "denied",
                        _("You may not give this to that owner or team."));
    return mw_problems_any(problems) || finish(&move, "assigned", from, reason, error);
}

/* Where it goes: as asked, where it came from, or the only one. A problem when none is clear. */
static const MwOpenPool *
pool_to_put_into(Move *move, int64_t asked)
{
    const MwPools *pools = mw_actor_pools(move->context->actor);
    int64_t id = asked ? asked : mw_record_int(move->record, "taken_from");
    const MwOpenPool *found = id ? mw_pools_find(pools, id) : NULL, *only = NULL;
    unsigned n = 0;

    if (found && found->entity == move->record->entity && (found->usable || !asked))
        return found;
    for (size_t i = 0; !asked && i < mw_pools_count(pools); i++) {
        const MwOpenPool *pool = mw_pools_at(pools, i);
        if (pool->entity != move->record->entity || !pool->usable)
            continue;
        only = pool;
        n++;
    }
    if (n == 1)
        return only;
    mw_problems_add(move->problems, "pool", asked || n == 0 ? "not_found" : "required",
                    asked || n == 0 ? _("There is no such pool that you may use.")
                                    : _("Say into which pool."));
    return NULL;
}

static bool
may_return(const Move *move)
{
    const MwActor *actor = move->context->actor;

    return mw_record_int(move->record, "owner") == mw_actor_user(actor) ||
           (mw_actor_leads(actor) && mw_actor_reaches(actor, move->record, MW_MAY_UPDATE));
}

bool
mw_pool_return(const MwContext *context, const MwEntity *entity, int64_t id, int64_t pool,
               const char *reason, MwProblems *problems, GError **error)
{
    g_auto(Move) move = { context, NULL, NULL, problems };
    MwPoolStanding standing = { .active = true };

    if (!load(&move, entity, id, error))
        return false;
    if (!mw_record_is_null(move.record, "pool"))
        return mw_fail(error, MW_ERROR_CONFLICT, _("This is in a pool already."));
    if (!may_return(&move))
        return mw_fail(error, MW_ERROR_DENIED, _("Only its owner or a manager returns this."));
    if (mw_entity_field(entity, "converted_at") && !mw_record_is_null(move.record, "converted_at"))
        mw_problems_add(problems, "pool", "converted", _("A converted lead stays where it is."));
    check_reason(&move, reason);
    const MwOpenPool *into = pool_to_put_into(&move, pool);
    if (into && !mw_pool_standing(context, into, 0, &standing, error))
        return false;
    if (!standing.active)
        mw_problems_add(problems, "pool", "inactive", _("This pool is not active."));
    return mw_problems_any(problems) ||
           mw_pool_put(context, move.record, into->id, "returned", reason, error);
}

/* ---- what follows from changes ---------------------------------------------------------- */

/* Later than what it has. */
static bool
touch(const MwContext *context, const char *table, int64_t id, int64_t at, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "UPDATE \"%s\" SET last_activity_at = $1 WHERE id = $2 AND last_activity_at < $1", table);
    MwValue params[] = { MW_INT(MIN(at, context->now)), MW_INT(id) };

    return id == 0 || mw_store_run(context->store, sql, params, 2, NULL, NULL, error);
}

static int64_t
link_of(const MwRecord *record, const char *name)
{
    return mw_entity_field(record->entity, name) ? mw_record_int(record, name) : 0;
}

/* The account of an activity that names only its opportunity or contact. */
static bool
account_of(const MwContext *context, const MwRecord *activity, int64_t *account, GError **error)
{
    int64_t deal = link_of(activity, "opportunity"), contact = link_of(activity, "contact");
    MwValue id = MW_INT(deal ? deal : contact);
    g_auto(MwValue) found = MW_NOTHING;

    *account = link_of(activity, "account");
    if (*account || !id.integer)
        return true;
    if (!mw_store_scalar(context->store,
                         deal ? "SELECT account FROM opportunity WHERE id = $1"
                              : "SELECT account FROM contact WHERE id = $1",
                         &id, 1, &found, error))
        return false;
    *account = found.is == MW_INTEGER ? found.integer : 0;
    return true;
}

/* A note, and whatever is done. What is taken back has been an activity all the same. */
static bool
after_activity(const MwContext *context, const MwRecord *activity,
               const MwRecord *before G_GNUC_UNUSED, GError **error)
{
    bool note = g_strcmp0(mw_record_text(activity, "type"), "note") == 0;
    int64_t at = mw_record_int(activity, "starts_at"), account;

    if (!mw_record_is_null(activity, "deleted_at") || !(note || mw_record_int(activity, "done")))
        return true;
    if (at == 0)
        at = mw_record_int(activity, "done_at");
    if (at == 0)
        at = mw_record_int(activity, "created_at");
    return account_of(context, activity, &account, error) &&
           touch(context, "account", account, at, error) &&
           touch(context, "lead", link_of(activity, "lead"), at, error);
}

/* A new opportunity or order. */
static bool
after_business(const MwContext *context, const MwRecord *record, const MwRecord *before,
               GError **error)
{
    return before || mw_store_is_bulk(context->store) ||
           touch(context, "account", mw_record_int(record, "account"),
                 mw_record_int(record, "created_at"), error);
}

/* An import has put it into a pool; all other ways keep their moves themselves. */
static bool
after_pooled(const MwContext *context, const MwRecord *record, const MwRecord *before,
             GError **error)
{
    const Move move = { context, (MwRecord *)record, (MwRecord *)before, NULL };
    int64_t pool = mw_record_int(record, "pool");

    if (pool == 0 || pool == (before ? mw_record_int(before, "pool") : 0))
        return true;
    return keep_move(&move, "entered", pool, _("Put there by an import."), error);
}

/* Not before what it holds is taken or given away; what it hides is searched for no more. */
static bool
after_pool(const MwContext *context, const MwRecord *pool, const MwRecord *before, GError **error)
{
    const char *holds = mw_record_text(pool, "holds");
    g_autofree char *sql = g_strdup_printf(
        "SELECT 1 FROM \"%s\" WHERE pool = $1 AND deleted_at IS NULL LIMIT 1", holds);
    g_autofree char *payload =
        g_strdup_printf("{\"pool\":\"%" G_GINT64_FORMAT "\"}", mw_record_id(pool));
    MwValue id = MW_INT(mw_record_id(pool));
    g_auto(MwValue) found = MW_NOTHING;

    if (!before)
        return true;
    if (!mw_record_is_null(pool, "deleted_at")) {
        if (!mw_store_scalar(context->store, sql, &id, 1, &found, error))
            return false;
        return found.is == MW_NULL ||
               mw_fail(error, MW_ERROR_CONFLICT,
                       _("There is still something in this pool: assign or pick it first."));
    }
    return g_strcmp0(mw_record_text(pool, "hidden"), mw_record_text(before, "hidden")) == 0 ||
           mw_job_add(context, "pool_words", payload, context->now, error) > 0;
}

const MwDerivation mw_pool_derivations[] = {
    { .entity = "activity", .after = after_activity },
    { .entity = "opportunity", .after = after_business },
    { .entity = "sales_order", .after = after_business },
    { .entity = "lead", .after = after_pooled },
    { .entity = "account", .after = after_pooled },
    { .entity = "pool", .after = after_pool },
    { .entity = NULL },
};
