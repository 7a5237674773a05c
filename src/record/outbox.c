#include "record/outbox.h"

#include <sodium.h>

#include "base/i18n.h"
#include "record/job.h"

void
mw_mail_free(MwMail *mail)
{
    if (!mail)
        return;
    g_free(mail->kind);
    g_free(mail->recipients);
    g_free(mail->message_id);
    g_free(mail);
}

static bool
changed(const MwContext *context)
{
    mw_company_changed(context->company, context->store,
                       mw_catalog_entity(context->catalog, "mail"));
    return true;
}

/* ---- queueing ------------------------------------------------------------------------- */

/* Unlike any other, also of other companies on the same server; the same at each attempt. */
static void
put_message_id(MwRecord *mail, const MwMailServer *server)
{
    const char *host = strchr(server->address, '@');
    unsigned char random[12];
    char hex[2 * sizeof random + 1];

    randombytes_buf(random, sizeof random);
    sodium_bin2hex(hex, sizeof hex, random, sizeof random);
    g_autofree char *id =
        g_strdup_printf("%" G_GINT64_FORMAT ".%s%s", mw_record_id(mail), hex, host);
    mw_record_set_text(mail, "message_id", id);
}

static MwRecord *
new_mail(const MwContext *context, const char *kind, const char *recipients)
{
    MwRecord *mail = mw_record_new(mw_catalog_entity(context->catalog, "mail"));

    mw_record_set_int(mail, "id", mw_id_next(mw_company_ids(context->company)));
    mw_record_set_int(mail, "created_at", context->now);
    mw_record_set_int(mail, "updated_at", context->now);
    mw_record_set_text(mail, "kind", kind);
    mw_record_set_text(mail, "status", "queued");
    mw_record_set_text(mail, "recipients", recipients);
    mw_record_set_int(mail, "send_at", context->now);
    mw_record_set_int(mail, "attempts", 0);
    put_message_id(mail, mw_company_mail(context->company));
    return mail;
}

/* The job begins as soon as this is committed. */
static bool
queue(const MwContext *context, MwRecord *mail, GError **error)
{
    return mw_store_insert(context->store, mail, error) && changed(context) &&
           mw_job_soon(context, "mails", error);
}

bool
mw_outbox_letter(const MwContext *context, int64_t activity, const char *recipients, GError **error)
{
    g_autoptr(MwRecord) mail = new_mail(context, "letter", recipients);
    int64_t sender = mw_actor_user(context->actor);

    mw_record_set_int(mail, "activity", activity);
    if (sender)
        mw_record_set_int(mail, "sender", sender);
    return queue(context, mail, error);
}

static bool
keep_text(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    if (c[0].is == MW_TEXT)
        *(char **)data = g_strdup(c[0].text);
    return false;
}

bool
mw_outbox_notice(const MwContext *context, const char *kind, int64_t notice, int64_t reader,
                 GError **error)
{
    bool digest = g_str_equal(kind, "digest");
    MwValue param = MW_INT(reader);
    g_autofree char *address = NULL;

    if (!mw_company_mail(context->company))
        return true;
    if (!mw_store_run(context->store,
                      digest ? "SELECT email FROM \"user\" WHERE id = $1 AND active = 1 AND "
                               "deleted_at IS NULL AND COALESCE(mail_digest, 1) = 1"
                             : "SELECT email FROM \"user\" WHERE id = $1 AND active = 1 AND "
                               "deleted_at IS NULL AND COALESCE(mail_notices, 0) = 1",
                      &param, 1, keep_text, &address, error))
        return false;
    if (!address)
        return true;
    g_autoptr(MwRecord) mail = new_mail(context, digest ? "digest" : "notice", address);
    mw_record_set_int(mail, "notice", notice);
    mw_record_set_int(mail, "reader", reader);
    return queue(context, mail, error);
}

/* ---- sending --------------------------------------------------------------------------- */

#define DUE                                                                                        \
    "deleted_at IS NULL AND ((status = 'queued' AND send_at <= $1) OR "                            \
    "(status = 'sending' AND lease_until < $1))"

bool
mw_outbox_due(const MwContext *context, bool *due, GError **error)
{
    MwValue now = MW_INT(context->now);
    g_auto(MwValue) found = MW_NOTHING;

    *due = false;
    if (!mw_company_mail(context->company))
        return true;
    if (!mw_store_scalar(context->store, "SELECT 1 FROM mail WHERE " DUE " LIMIT 1", &now, 1,
                         &found, error))
        return false;
    *due = found.is != MW_NULL;
    return true;
}

static int64_t
number(const MwValue *value)
{
    return value->is == MW_INTEGER ? value->integer : 0;
}

static bool
keep_mail(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwMail *mail = data;

    mail->id = c[0].integer;
    mail->kind = g_strdup(c[1].text);
    mail->recipients = g_strdup(c[2].is == MW_TEXT ? c[2].text : "");
    mail->message_id = g_strdup(c[3].is == MW_TEXT ? c[3].text : "");
    mail->activity = number(&c[4]);
    mail->notice = number(&c[5]);
    mail->sender = number(&c[6]);
    mail->reader = number(&c[7]);
    mail->attempts = number(&c[8]) + 1;
    return false;
}

#define TAKE                                                                                       \
    "SELECT id, kind, recipients, message_id, activity, notice, sender, reader, attempts FROM "    \
    "mail WHERE " DUE " ORDER BY send_at, id LIMIT 1"

MwMail *
mw_outbox_claim(const MwContext *context, GError **error)
{
    g_autoptr(MwMail) mail = g_new0(MwMail, 1);
    MwValue now = MW_INT(context->now);
    const char *sql =
        mw_store_dialect(context->store) == MW_POSTGRES ? TAKE " FOR UPDATE SKIP LOCKED" : TAKE;

    if (!mw_store_run(context->store, sql, &now, 1, keep_mail, mail, error) || mail->id == 0)
        return NULL;
    MwValue params[] = { now, MW_INT(context->now + MW_MAIL_LEASE_MS), MW_INT(mail->attempts),
                         MW_INT(mail->id) };
    if (!mw_store_run(context->store,
                      "UPDATE mail SET status = 'sending', updated_at = $1, lease_until = $2, "
                      "attempts = $3 WHERE id = $4",
                      params, G_N_ELEMENTS(params), NULL, NULL, error))
        return NULL;
    changed(context);
    return g_steal_pointer(&mail);
}

static int64_t
wait_ms(int64_t attempts)
{
    return MIN((int64_t)MW_MAIL_WAIT_MS << CLAMP(attempts - 1, 0, 20),
               (int64_t)MW_MAIL_WAIT_MAX_MS);
}

bool
mw_outbox_settle(const MwContext *context, const MwMail *mail, MwMailEnd *end, const char *reason,
                 GError **error)
{
    static const char *const statuses[] = { "sent", "failed", "dropped", "queued", "queued" };

    if (*end == MW_MAIL_LATER && mail->attempts >= MW_MAIL_ATTEMPTS)
        *end = MW_MAIL_FAILED;
    bool waits = *end == MW_MAIL_LATER || *end == MW_MAIL_RELEASED;
    MwValue params[] = {
        MW_INT(context->now),
        MW_BORROW(statuses[*end]),
        MW_BORROW(reason),
        waits ? MW_INT(context->now + (*end == MW_MAIL_LATER ? wait_ms(mail->attempts) : 0))
              : MW_NOTHING,
        waits ? MW_NOTHING : MW_INT(context->now),
        MW_INT(mail->attempts - (*end == MW_MAIL_RELEASED)),
        MW_INT(mail->id),
        MW_INT(mail->attempts),
    };

    return mw_store_run(context->store,
                        "UPDATE mail SET updated_at = $1, status = $2, error = $3, send_at = $4, "
                        "finished_at = $5, attempts = $6, lease_until = NULL WHERE id = $7 AND "
                        "attempts = $8 AND status = 'sending'",
                        params, G_N_ELEMENTS(params), NULL, NULL, error) &&
           mw_store_touched(context->store) == 1 && changed(context);
}

bool
mw_outbox_retry(const MwContext *context, int64_t id, const char *recipients, GError **error)
{
    MwValue params[] = { MW_INT(context->now), MW_BORROW(recipients), MW_INT(id) };

    if (!mw_store_run(context->store,
                      "UPDATE mail SET status = 'queued', attempts = 0, send_at = $1, updated_at = "
                      "$1, finished_at = NULL, recipients = COALESCE($2, recipients) WHERE id = $3 "
                      "AND status = 'failed'",
                      params, G_N_ELEMENTS(params), NULL, NULL, error))
        return false;
    if (mw_store_touched(context->store) != 1)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such e-mail that has failed."));
    return changed(context) && mw_job_soon(context, "mails", error);
}
