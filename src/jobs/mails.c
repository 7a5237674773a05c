/* mails: claims one mail after another, sends it, marks it. */
#include "jobs/mails.h"

#include "base/i18n.h"
#include "mail/smtp.h"
#include "methods/mail_text.h"
#include "methods/mailing.h"
#include "record/work.h"

/* One mail on its way. */
typedef struct {
    MwMail *mail; /* NULL: none is due */
    MwLetter *letter;
    MwMailEnd end;
    char *reason;
} Sending;

static void
sending_clear(Sending *sending)
{
    g_clear_pointer(&sending->mail, mw_mail_free);
    g_clear_pointer(&sending->letter, mw_letter_free);
    g_clear_pointer(&sending->reason, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sending, sending_clear)

static bool
settle(const MwContext *context, Sending *sending, GError **error)
{
    g_autoptr(GError) local = NULL;

    if (!mw_outbox_settle(context, sending->mail, &sending->end, sending->reason, &local)) {
        if (!local)
            return true; /* somebody else has taken it over meanwhile */
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    return mw_mailing_settled(context, sending->mail, sending->end, sending->reason, error);
}

/* Takes the next one and writes it. What cannot be written is no reason to hold up the others. */
static bool
claim_step(const MwContext *context, void *data, GError **error)
{
    Sending *sending = data;
    g_autoptr(GError) local = NULL;

    sending_clear(sending); /* of a try that was undone */
    sending->mail = mw_outbox_claim(context, &local);
    if (sending->mail && !local)
        sending->letter = mw_mail_letter(context, sending->mail, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (!sending->mail || sending->letter)
        return true;
    sending->end = MW_MAIL_DROPPED;
    return settle(context, sending, error);
}

static bool
settle_step(const MwContext *context, void *data, GError **error)
{
    return settle(context, data, error);
}

static bool
goes_on(void *run)
{
    return mw_job_goes_on(run, 0, 0);
}

static MwSmtpOutcome
send(MwJobRun *run, MwSmtp *smtp, Sending *sending)
{
    static const MwMailEnd ends[] = {
        [MW_SMTP_SENT] = MW_MAIL_SENT,        [MW_SMTP_REFUSED] = MW_MAIL_FAILED,
        [MW_SMTP_LATER] = MW_MAIL_LATER,      [MW_SMTP_AWAY] = MW_MAIL_LATER,
        [MW_SMTP_STOPPED] = MW_MAIL_RELEASED,
    };

    if (sending->letter->to->len == 0) {
        sending->reason = g_strdup(_("There is no valid address."));
        sending->end = MW_MAIL_FAILED;
        return MW_SMTP_REFUSED;
    }
    MwSmtpOutcome outcome = mw_smtp_send(smtp, sending->letter, goes_on, run, &sending->reason);
    sending->end = ends[outcome];
    return outcome;
}

/* Until nothing is due, or the server is not to be had: then there is no use in trying the others. */
static bool
send_all(MwJobRun *run, MwSmtp *smtp, size_t counts[], GError **error)
{
    for (MwSmtpOutcome outcome = MW_SMTP_SENT;
         outcome != MW_SMTP_AWAY && outcome != MW_SMTP_STOPPED && goes_on(run);) {
        g_auto(Sending) sending = { 0 };
        if (!mw_work_atomically(run->company, run->store, claim_step, &sending, error))
            return false;
        if (!sending.mail)
            return true;
        if (!sending.letter)
            continue;
        outcome = send(run, smtp, &sending);
        if (outcome == MW_SMTP_AWAY)
            g_warning("mail: %s", sending.reason);
        counts[sending.end == MW_MAIL_SENT ? 0 : 1]++;
        if (!mw_work_atomically(run->company, run->store, settle_step, &sending, error))
            return false;
    }
    return true;
}

bool
mw_mails_run(MwJobRun *run, GError **error)
{
    const MwMailServer *server = mw_company_mail(run->company);
    size_t counts[2] = { 0 };

    if (!server)
        return true; /* what was queued waits until there is one again */
    g_autoptr(MwSmtp) smtp =
        mw_smtp_new(server->server, server->user, server->password, server->tls);
    bool done = send_all(run, smtp, counts, error);
    run->message = g_strdup_printf(_("%zu sent, %zu not sent"), counts[0], counts[1]);
    return done;
}
