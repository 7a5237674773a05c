#include "methods/mail_text.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mention.h"
#include "methods/calendar.h"
#include "record/notice.h"

enum { LINES_MAX = 20 };

/* ---- common --------------------------------------------------------------------------- */

static bool
is_gone(const GError *error)
{
    return g_error_matches(error, MW_ERROR, MW_ERROR_NOT_FOUND) ||
           g_error_matches(error, MW_ERROR, MW_ERROR_DENIED) ||
           g_error_matches(error, MW_ERROR, MW_ERROR_UNAUTHENTICATED);
}

/* One record past all rights; NULL without an error when there is none. */
static MwRecord *
find(const MwContext *context, const char *entity, int64_t id, GError **error)
{
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, entity) };
    g_autoptr(GError) local = NULL;
    MwRecord *record = mw_store_get(context->store, &query, id, &local);

    if (local && !is_gone(local))
        g_propagate_error(error, g_steal_pointer(&local));
    return record;
}

static MwLetter *
begin_letter(const MwContext *context, const MwMail *mail)
{
    const MwMailServer *server = mw_company_mail(context->company);
    MwLetter *letter = mw_letter_new();
    g_auto(GStrv) lines = g_strsplit(mail->recipients, "\n", -1);

    for (char **line = lines; *line; line++) {
        g_auto(MwMailbox) mailbox = { 0 };
        if (mw_mailbox_parse(*line, &mailbox))
            mw_letter_to(letter, mailbox.name, mailbox.address);
    }
    letter->from.address = g_strdup(server->address);
    letter->from.name = g_strdup(server->name ? server->name : context->settings->name);
    letter->id = g_strdup(mail->message_id);
    letter->at = context->now;
    return letter;
}

/* ---- letters ---------------------------------------------------------------------------- */

static bool
append_piece(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    gsize size;
    g_autofree guchar *bytes = g_base64_decode(c[0].text, &size);

    g_byte_array_append(data, bytes, (guint)size);
    return true;
}

static bool
enclose_file(const MwContext *context, MwLetter *letter, const MwRecord *file, GError **error)
{
    GByteArray *bytes = g_byte_array_new();
    MwValue id = MW_INT(mw_record_id(file));

    if (!mw_store_run(context->store,
                      "SELECT content FROM file_piece WHERE file = $1 ORDER BY position", &id, 1,
                      append_piece, bytes, error)) {
        g_byte_array_unref(bytes);
        return false;
    }
    mw_letter_enclose(letter, mw_record_text(file, "name"), mw_record_text(file, "content_type"),
                      g_byte_array_free_to_bytes(bytes));
    return true;
}

/* Only what came with the letter: what somebody adds to the activity later does not go out at another attempt. */
static bool
enclose_files(const MwContext *context, MwLetter *letter, const MwRecord *activity, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "file");
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = entity, .filter = filter };
    char id[24];

    g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, mw_record_id(activity));
    mw_filter_add(filter,
                  mw_filter_test(mw_entity_field(entity, "record"), MW_TEST_EQ, MW_BORROW(id)));
    mw_filter_add(filter, mw_filter_test(mw_entity_field(entity, "entity"), MW_TEST_EQ,
                                         MW_BORROW("activity")));
    mw_filter_add(filter,
                  mw_filter_test(
                      mw_entity_field(entity, "created_at"), MW_TEST_LTE,
                      *mw_record_value(activity, mw_entity_field(activity->entity, "created_at"))));
    g_autoptr(GPtrArray) files = mw_store_find(context->store, &query, NULL, error);
    for (guint i = files ? files->len : 0; i-- > 0;) /* oldest first */
        if (!enclose_file(context, letter, files->pdata[i], error))
            return false;
    return files != NULL;
}

static MwLetter *
write_letter(const MwContext *context, const MwMail *mail, GError **error)
{
    g_autoptr(MwRecord) activity = find(context, "activity", mail->activity, error);
    g_autoptr(MwRecord) sender =
        activity && mail->sender ? find(context, "user", mail->sender, error) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    if (!activity || (error && *error))
        return NULL;
    g_autoptr(MwLetter) letter = begin_letter(context, mail);
    if (mw_record_text(activity, "body"))
        mw_mention_show(mw_record_text(activity, "body"), text);
    g_string_append_c(text, '\n');
    letter->subject = g_strdup(mw_record_text(activity, "subject"));
    letter->text = g_strdup(text->str);
    if (sender) {
        const char *address = mw_record_text(sender, "email");
        g_free(letter->from.name);
        letter->from.name = g_strdup(mw_record_text(sender, "name"));
        if (mw_mailbox_is_address(address)) {
            letter->reply_to.name = g_strdup(mw_record_text(sender, "name"));
            letter->reply_to.address = g_strdup(address);
        }
    }
    return enclose_files(context, letter, activity, error) ? g_steal_pointer(&letter) : NULL;
}

/* ---- notices ------------------------------------------------------------------------------ */

static void
append_link(const MwContext *context, const char *path, int64_t id, GString *text)
{
    const MwMailServer *server = mw_company_mail(context->company);

    if (server->url && id)
        g_string_append_printf(text, "%s/%s/%" G_GINT64_FORMAT "\n", server->url, path, id);
    else if (server->url)
        g_string_append_printf(text, "%s/%s\n", server->url, path);
}

/* What a notice is about, or NULL; `may`: the reader of the context may see it. */
static bool
find_subject(const MwContext *context, const MwRecord *notice, const MwEntity **entity, int64_t *id,
             bool *may, GError **error)
{
    const char *name = mw_record_text(notice, "entity"), *record = mw_record_text(notice, "record");

    *entity = name && record ? mw_catalog_entity(context->catalog, name) : NULL;
    *id = *entity ? g_ascii_strtoll(record, NULL, 10) : 0;
    *may = true;
    /* Of a mention that somebody may not see its writer is told; and what was given away may be out of sight. */
    return !*entity || mw_may_see(context, mw_actor_user(context->actor), *entity, *id, may, error);
}

static bool
put_notice(const MwContext *context, const MwRecord *notice, MwLetter *letter, bool *wanted,
           GError **error)
{
    int64_t from = mw_record_int(notice, "sender"), id;
    g_autoptr(MwRecord) sender = from ? find(context, "user", from, error) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    const MwEntity *entity;

    if (error && *error)
        return false;
    if (!find_subject(context, notice, &entity, &id, wanted, error))
        return false;
    letter->subject =
        mw_notice_text(context, notice, sender ? mw_record_text(sender, "name") : NULL);
    g_string_append_printf(text, "%s\n\n", letter->subject);
    if (entity)
        append_link(context, entity->path, id, text);
    letter->text = g_strdup(text->str);
    return true;
}

/* ---- the daily summary ---------------------------------------------------------------------- */

static void
append_activity(const MwContext *context, const MwRecord *activity, GHashTable *accounts,
                GString *text)
{
    int64_t starts = mw_record_int(activity, "starts_at"), day,
            account = mw_record_int(activity, "account");
    const char *due = mw_record_text(activity, "due_on");
    const char *name = g_hash_table_lookup(accounts, &account);
    g_autofree char *when = starts ? mw_instant_format(starts, context->locale.zone, MW_CLOCK_SHORT)
                            : due && mw_date_parse(due, &day) ? mw_date_format(day, MW_CLOCK_SHORT)
                                                              : g_strdup("");

    g_string_append_printf(text, "- %s  %s", when, mw_record_text(activity, "subject"));
    if (name)
        g_string_append_printf(text, " (%s)", name);
    g_string_append_c(text, '\n');
    if (mw_company_mail(context->company)->url)
        g_string_append(text, "  ");
    append_link(context, activity->entity->path, mw_record_id(activity), text);
}

/* Takes the filter; those of the reader of the context. */
static bool
append_activities(const MwContext *context, MwFilter *when, const char *heading, GString *text,
                  GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "activity");
    const MwEntity *account = mw_catalog_entity(context->catalog, "account");
    g_autoptr(MwFilter) filter = mw_filter_all();
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    MwQuery query = { .entity = entity, .filter = filter, .limit = LINES_MAX, .n_order = 1 };
    bool more = false;

    mw_filter_add(filter, when);
    mw_filter_add(filter, mw_filter_test(mw_entity_field(entity, "owner"), MW_TEST_EQ,
                                         MW_INT(mw_actor_user(context->actor))));
    mw_filter_add(filter, mw_filter_test(mw_entity_field(entity, "done"), MW_TEST_EQ, MW_INT(0)));
    mw_order_parse(entity, entity->calendar->at, &query.order[0]);
    g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, &more, error);
    for (guint i = 0; found && i < found->len; i++) {
        int64_t id = mw_record_int(found->pdata[i], "account");
        if (id)
            g_array_append_val(ids, id);
    }
    g_autoptr(GHashTable) titles = found ? mw_record_titles(context, account, ids, error) : NULL;
    if (!titles)
        return false;
    if (found->len == 0)
        return true;
    g_string_append_printf(text, "%s\n", heading);
    for (guint i = 0; i < found->len; i++)
        append_activity(context, found->pdata[i], titles, text);
    g_string_append(text, more ? _("… and more.\n\n") : "\n");
    return true;
}

static bool
put_digest(const MwContext *context, const MwRecord *notice, MwLetter *letter, bool *wanted,
           GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "activity");
    GTimeZone *zone = context->locale.zone;
    int64_t today = mw_date_of_instant(context->now, zone);
    g_autoptr(GString) text = g_string_new(NULL);

    *wanted = mw_actor_may(context->actor, entity, MW_MAY_READ);
    letter->subject = mw_notice_text(context, notice, NULL);
    if (!append_activities(context, mw_calendar_overdue(entity, today, zone), _("Overdue"), text,
                           error) ||
        !append_activities(context, mw_calendar_between(entity, today, today + 1, zone), _("Today"),
                           text, error))
        return false;
    append_link(context, "", 0, text);
    letter->text = g_strdup(text->str);
    return true;
}

/* ---- to a user -------------------------------------------------------------------------------- */

static void
append_foot(const MwContext *context, MwLetter *letter)
{
    g_autoptr(GString) text = g_string_new(letter->text);

    g_string_append_printf(text, "\n-- \n%s\n%s\n", context->settings->name,
                           _("You choose in your profile what you are told by e-mail."));
    append_link(context, "profile", 0, text);
    g_free(letter->text);
    letter->text = g_strdup(text->str);
}

/* In the context of the reader. */
static MwLetter *
write_for(const MwContext *context, const MwMail *mail, GError **error)
{
    g_autoptr(MwRecord) notice = find(context, "notice", mail->notice, error);
    bool wanted = false, digest = g_str_equal(mail->kind, "digest");

    if (!notice)
        return NULL;
    g_autoptr(MwLetter) letter = begin_letter(context, mail);
    letter->automatic = true;
    if (!(digest ? put_digest : put_notice)(context, notice, letter, &wanted, error) || !wanted)
        return NULL;
    append_foot(context, letter);
    return g_steal_pointer(&letter);
}

static MwLetter *
write_told(const MwContext *context, const MwMail *mail, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(MwActor) reader =
        mw_company_actor(context->company, context->store, mail->reader, &local);
    const char *language = mw_i18n_language();
    MwContext theirs;

    if (!reader) {
        if (!is_gone(local))
            g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    mw_context_begin(&theirs, context->company, context->store, reader, "job");
    mw_context_use_language(&theirs);
    theirs.now = context->now;
    MwLetter *letter = write_for(&theirs, mail, error);
    mw_context_end(&theirs);
    mw_i18n_use(language);
    return letter;
}

MwLetter *
mw_mail_letter(const MwContext *context, const MwMail *mail, GError **error)
{
    g_autoptr(GError) local = NULL;
    MwLetter *letter = g_str_equal(mail->kind, "letter") ? write_letter(context, mail, &local)
                                                         : write_told(context, mail, &local);

    if (local) {
        mw_letter_free(letter);
        letter = NULL;
        g_propagate_error(error, g_steal_pointer(&local));
    }
    return letter;
}
