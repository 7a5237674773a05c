#include "record/notice.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "record/outbox.h"

/* {sender}, {title}, {detail}, {at}, {count} stand for the parameters; {day}: a day that `at` begins in UTC. */
static const struct {
    const char *kind, *text, *icon;
} kinds[] = {
    { "mention", N_("{sender} mentioned you in “{title}”"), "at" },
    { "mention_unseen", N_("{detail} may not see “{title}” and was not told of being mentioned"),
      "eye-off" },
    { "takes_part", N_("{sender} put you down to take part in “{title}”"), "users" },
    { "part_unseen", N_("{detail} may not see “{title}” and was not told of taking part"),
      "eye-off" },
    { "assigned", N_("{sender} gave you “{title}”"), "user-check" },
    { "recycled", N_("“{title}” went back into its open pool. {detail}"), "ripple" },
    { "coming_back", N_("“{title}” goes back into its open pool on {day}. {detail}"), "ripple" },
    { "mail_failed", N_("Your e-mail “{title}” could not be delivered: {detail}"), "mail" },
    { "reminder", N_("{title}: {at}"), "alarm" },
    { "reminder_day", N_("{title}: due on {detail}"), "alarm" },
    { "digest", N_("Overdue activities: {count}. The oldest is “{title}”."), "list-check" },
};

bool
mw_notify(const MwContext *context, const MwNotice *notice, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "notice");
    int64_t from = mw_actor_user(context->actor);

    if (notice->user == 0)
        return true;
    g_autoptr(MwRecord) record = mw_record_new(entity);
    mw_record_set_int(record, "id", mw_id_next(mw_company_ids(context->company)));
    mw_record_set_int(record, "owner", notice->user);
    mw_record_set_int(record, "created_at", context->now);
    mw_record_set_int(record, "updated_at", context->now);
    mw_record_set_text(record, "kind", notice->kind);
    if (from)
        mw_record_set_int(record, "sender", from);
    if (notice->entity) {
        char id[24];
        g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, notice->record);
        mw_record_set_text(record, "entity", notice->entity->name);
        mw_record_set_text(record, "record", id);
    }
    if (notice->title)
        mw_record_set_text(record, "title", notice->title);
    if (notice->detail)
        mw_record_set_text(record, "detail", notice->detail);
    if (notice->at)
        mw_record_set_int(record, "at", notice->at);
    if (notice->count)
        mw_record_set_int(record, "count", notice->count);
    if (!mw_store_insert(context->store, record, error))
        return false;
    mw_company_changed(context->company, context->store, entity);
    return mw_outbox_notice(context, notice->kind, mw_record_id(record), notice->user, error);
}

bool
mw_may_see(const MwContext *context, int64_t user, const MwEntity *entity, int64_t record,
           bool *may, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(MwActor) actor = mw_company_actor(context->company, context->store, user, &local);
    MwContext theirs = *context;

    *may = false;
    if (actor) {
        theirs.actor = actor;
        g_autoptr(MwRecord) seen = mw_record_read(&theirs, entity, record, MW_LIVE, &local);
        *may = seen != NULL;
    }
    if (!local || g_error_matches(local, MW_ERROR, MW_ERROR_NOT_FOUND) ||
        g_error_matches(local, MW_ERROR, MW_ERROR_DENIED) ||
        g_error_matches(local, MW_ERROR, MW_ERROR_UNAUTHENTICATED))
        return true;
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

int
mw_notices_unread(const MwContext *context, GError **error)
{
    MwValue user = MW_INT(mw_actor_user(context->actor));
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_store_scalar(context->store,
                         "SELECT COUNT(*) FROM (SELECT 1 FROM notice WHERE owner = $1 AND read_at "
                         "IS NULL AND deleted_at IS NULL LIMIT 100) AS unread",
                         &user, 1, &found, error))
        return -1;
    return found.is == MW_INTEGER ? (int)found.integer : 0;
}

static void
replace(GString *text, const char *name, const char *value)
{
    g_string_replace(text, name, value ? value : "", 1);
}

char *
mw_notice_text(const MwContext *context, const MwRecord *notice, const char *sender)
{
    const char *kind = mw_record_text(notice, "kind");
    g_autofree char *at =
        mw_record_is_null(notice, "at")
            ? NULL
            : mw_instant_format(mw_record_int(notice, "at"), context->locale.zone, MW_CLOCK_SHORT);
    g_autofree char *day = mw_date_format(mw_record_int(notice, "at") / MW_DAY_MS, MW_CLOCK_LONG);
    g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, mw_record_int(notice, "count"));
    GString *text = g_string_new("{title}");

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_strcmp0(kinds[i].kind, kind) == 0)
            g_string_assign(text, mw_gettext(kinds[i].text));
    /* What people wrote comes last, so that braces in it stay. */
    replace(text, "{at}", at);
    replace(text, "{day}", day);
    replace(text, "{count}", count);
    replace(text, "{sender}", sender ? sender : _("The system"));
    replace(text, "{detail}", mw_record_text(notice, "detail"));
    replace(text, "{title}", mw_record_text(notice, "title"));
    return g_string_free(text, false);
}

const char *
mw_notice_icon(const MwRecord *notice)
{
    const char *kind = mw_record_text(notice, "kind");

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_strcmp0(kinds[i].kind, kind) == 0)
            return kinds[i].icon;
    return "bell";
}

bool
mw_notices_read(const MwContext *context, int64_t id, GError **error)
{
    MwValue params[] = { MW_INT(context->now), MW_INT(mw_actor_user(context->actor)), MW_INT(id) };

    if (!mw_store_run(context->store,
                      id ? "UPDATE notice SET read_at = $1, updated_at = $1 WHERE owner = $2 AND "
                           "read_at IS NULL AND id = $3"
                         : "UPDATE notice SET read_at = $1, updated_at = $1 WHERE owner = $2 AND "
                           "read_at IS NULL",
                      params, id ? 3 : 2, NULL, NULL, error))
        return false;
    mw_company_changed(context->company, context->store,
                       mw_catalog_entity(context->catalog, "notice"));
    return true;
}
