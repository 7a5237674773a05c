/* mail: the outbox, its claims and back-off, and what stands in a mail; on both databases. No time passes: the context's is
 * set. What a server says to it is in tests/api/mail.test.js. */
#include "base/clock.h"
#include "methods/activity.h"
#include "methods/derivations.h"
#include "methods/mail_text.h"
#include "methods/mailing.h"
#include "record/notice.h"
#include "tests/store/company.h"

static const MwMailServer server = { .server = "smtp://127.0.0.1:1",
                                     .address = "sales@example.com",
                                     .url = "https://crm.example.com" };

static void
begin(Fixture *f)
{
    mw_company_derive_by(f->company, mw_derivations);
    mw_company_mail_by(f->company, &server);
}

static MwMail *
claim(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    MwMail *mail = mw_outbox_claim(&f->context, &error);

    g_assert_no_error(error);
    return mail;
}

static MwMailEnd
settle(Fixture *f, const MwMail *mail, MwMailEnd end, const char *reason)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_outbox_settle(&f->context, mail, &end, reason, &error));
    g_assert_no_error(error);
    g_assert_true(mw_mailing_settled(&f->context, mail, end, reason, &error));
    g_assert_no_error(error);
    return end;
}

static bool
is_due(Fixture *f)
{
    bool due = false;

    g_assert_true(mw_outbox_due(&f->context, &due, NULL));
    return due;
}

/* A letter of the user whose turn it is, to a contact of an account; the activity. */
static int64_t
write_letter(Fixture *f, int64_t *contact)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MwProblems) problems = mw_problems_new();
    int64_t account = mw_test_save(f, 0, mw_test_input(f, "account", "name", "Pumps", NULL));
    *contact = mw_test_save(f, 0,
                            mw_test_input(f, "contact", "name", "Wang Fang", "email",
                                          "wang@customer.example", "account",
                                          mw_test_id(f, account), NULL));
    g_autoptr(MwRecord) record = mw_test_read(f, "account", account);
    g_autoptr(MwInput) input =
        mw_test_input(f, "activity", "subject", "Offer", "body", "Text", NULL);
    g_autoptr(GArray) to = g_array_new(false, false, sizeof(int64_t));
    MwMailingAsk ask = { .to = to };

    g_array_append_val(to, *contact);
    g_autoptr(MwRecord) activity =
        mw_mailing_send(&f->context, record, input, &ask, problems, &error);
    g_assert_no_error(error);
    g_assert_false(mw_problems_any(problems));
    return mw_record_id(activity);
}

/* A program that is killed holds its claim until the lease runs out; then the mail is sent with the same message id, and the
 * first one's word does not count any more. */
static void
test_killed(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t contact;

    begin(f);
    g_assert_false(is_due(f));
    int64_t activity = write_letter(f, &contact);
    g_assert_true(is_due(f));
    g_autoptr(MwMail) killed = claim(f);
    g_assert_null(claim(f)); /* no two at once */
    f->context.now += MW_MAIL_LEASE_MS + 1;
    g_assert_true(is_due(f));
    g_autoptr(MwMail) again = claim(f);
    g_assert_cmpint(again->id, ==, killed->id);
    g_assert_cmpstr(again->message_id, ==, killed->message_id);
    g_assert_cmpint(again->attempts, ==, 2);
    MwMailEnd end = MW_MAIL_FAILED;
    g_autoptr(GError) error = NULL;
    g_assert_false(mw_outbox_settle(&f->context, killed, &end, "late", &error));
    g_assert_no_error(error);
    settle(f, again, MW_MAIL_SENT, NULL);
    mw_test_assert_text(f, "activity", activity, "mail_state", "sent");
    f->context.now += MW_DAY_MS;
    g_assert_null(claim(f));
}

/* Each time later, and in the end given up; the sender is told, and the contact was no contact. */
static void
test_back_off(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t contact, last = 0;
    g_autoptr(GError) error = NULL;

    begin(f);
    int64_t boss = mw_test_user(f, "Boss", "admin", 0);
    mw_test_turn(f, boss);
    int64_t activity = write_letter(f, &contact);
    g_autoptr(MwRecord) before = mw_test_read(f, "contact", contact);
    g_assert_nonnull(mw_record_text(before, "last_contact_on"));
    for (int64_t n = 1; n <= MW_MAIL_ATTEMPTS; n++) {
        g_autoptr(MwMail) mail = claim(f);
        g_assert_nonnull(mail);
        bool over = n == MW_MAIL_ATTEMPTS;
        g_assert_cmpint(settle(f, mail, MW_MAIL_LATER, "451 busy"), ==,
                        over ? MW_MAIL_FAILED : MW_MAIL_LATER);
        mw_test_assert_text(f, "activity", activity, "mail_state", over ? "failed" : "queued");
        mw_test_assert_text(f, "activity", activity, "mail_error", "451 busy");
        g_autoptr(MwRecord) row = mw_test_read(f, "mail", mail->id);
        int64_t wait = mw_record_int(row, "send_at") - f->context.now;
        if (!over)
            g_assert_cmpint(wait, ==,
                            MIN((int64_t)MW_MAIL_WAIT_MS << (n - 1), MW_MAIL_WAIT_MAX_MS));
        g_assert_false(is_due(f));
        last = mail->id;
        f->context.now += MW_MAIL_WAIT_MAX_MS;
    }
    g_assert_null(claim(f));
    g_autoptr(MwRecord) after = mw_test_read(f, "contact", contact);
    g_assert_null(mw_record_text(after, "last_contact_on"));
    g_assert_cmpint(mw_notices_unread(&f->context, NULL), ==, 1);

    g_assert_true(mw_mailing_again(&f->context, activity, &error));
    g_assert_no_error(error);
    mw_test_assert_text(f, "activity", activity, "mail_state", "queued");
    g_autoptr(MwMail) again = claim(f);
    g_assert_cmpint(again->id, ==, last);
    g_assert_cmpint(again->attempts, ==, 1);
    settle(f, again, MW_MAIL_RELEASED, NULL); /* the program stops: as if it had not been claimed */
    g_assert_true(is_due(f));
    mw_test_assert_text(f, "activity", activity, "mail_state", "queued");
    g_assert_false(mw_mailing_again(&f->context, activity, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
}

/* Nobody wants it any more: the activity is deleted, the reader not active, the record out of his sight. */
static void
test_dropped(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    int64_t contact;

    begin(f);
    int64_t activity = write_letter(f, &contact);
    g_autoptr(MwMail) mail = claim(f);
    g_autoptr(MwLetter) letter = mw_mail_letter(&f->context, mail, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(letter->subject, ==, "Offer");
    g_assert_cmpstr(letter->text, ==, "Text\n");
    g_assert_true(
        mw_record_remove(&f->context, mw_test_entity(f, "activity"), activity, 0, &error));
    g_assert_null(mw_mail_letter(&f->context, mail, &error));
    g_assert_no_error(error);
    settle(f, mail, MW_MAIL_DROPPED, NULL);
    mw_test_assert_text(f, "mail", mail->id, "status", "dropped");

    int64_t team = mw_test_save(f, 0, mw_test_input(f, "team", "name", "North", NULL));
    int64_t wang = mw_test_user(f, "wang", "sales", team);
    mw_test_save(f, wang, mw_test_input(f, "user", "mail_notices", "true", NULL));
    mw_test_turn(f, 0);
    int64_t task = mw_test_save(f, 0,
                                mw_test_input(f, "activity", "type", "task", "subject", "Do it",
                                              "owner", mw_test_id(f, wang), NULL));
    MwNotice notice = { .user = wang,
                        .kind = "assigned",
                        .entity = mw_test_entity(f, "activity"),
                        .record = task,
                        .title = "Do it" };
    g_assert_true(mw_notify(&f->context, &notice, &error));
    g_autoptr(MwMail) told = claim(f);
    g_assert_cmpstr(told->recipients, ==, "wang@example.com");
    g_autoptr(MwLetter) wanted = mw_mail_letter(&f->context, told, &error);
    g_assert_no_error(error);
    g_assert_true(wanted->automatic);
    g_autofree char *link =
        g_strdup_printf("https://crm.example.com/activities/%s\n", mw_test_id(f, task));
    g_assert_nonnull(strstr(wanted->text, link));
    int64_t other = mw_test_user(f, "other", "sales", 0);
    mw_test_save(f, task,
                 mw_test_input(f, "activity", "owner", mw_test_id(f, other), "team", NULL, NULL));
    g_assert_null(mw_mail_letter(&f->context, told, &error));
    g_assert_no_error(error);
    mw_test_save(f, wang, mw_test_input(f, "user", "active", "false", NULL));
    mw_test_turn(f, 0);
    g_assert_null(mw_mail_letter(&f->context, told, &error));
    g_assert_no_error(error);
}

static void
test_digest(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    begin(f);
    int64_t wang = mw_test_user(f, "wang", "sales", 0);
    mw_test_save(f, wang, mw_test_input(f, "user", "language", "zh_CN", NULL));
    const char *owner = mw_test_id(f, wang);
    g_autofree char *today =
        mw_date_format(mw_date_of_instant(f->context.now, f->context.settings->zone), MW_CLOCK_ISO);
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "task", "subject", "Late", "due_on",
                               "2026-01-03", "owner", owner, NULL));
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "task", "subject", "Now", "due_on", today,
                               "owner", owner, NULL));
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "task", "subject", "Some day", "due_on",
                               "2999-01-03", "owner", owner, NULL));
    mw_test_turn(f, 0);
    MwNotice notice = { .user = wang, .kind = "digest", .title = "Late", .count = 1 };
    g_assert_true(mw_notify(&f->context, &notice, &error));
    g_autoptr(MwMail) mail = claim(f);
    g_assert_cmpstr(mail->kind, ==, "digest");
    g_autoptr(MwLetter) letter = mw_mail_letter(&f->context, mail, &error);
    g_assert_no_error(error);
    const char *late = strstr(letter->text, "Late"), *now = strstr(letter->text, "Now");
    g_assert_true(late && now && late < now);
    g_assert_null(strstr(letter->text, "Some day"));
    g_assert_true(g_str_has_prefix(letter->text, "已逾期"));

    settle(f, mail, MW_MAIL_SENT, NULL);
    mw_test_save(f, wang, mw_test_input(f, "user", "mail_digest", "false", NULL));
    g_assert_true(mw_notify(&f->context, &notice, &error));
    g_assert_null(claim(f));

    mw_company_mail_by(f->company, NULL); /* without a server nothing is queued */
    mw_test_save(f, wang, mw_test_input(f, "user", "mail_digest", "true", NULL));
    g_assert_true(mw_notify(&f->context, &notice, &error));
    mw_company_mail_by(f->company, &server);
    g_assert_null(claim(f));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/mail/killed", test_killed);
    mw_test_add("/mail/back-off", test_back_off);
    mw_test_add("/mail/dropped", test_dropped);
    mw_test_add("/mail/digest", test_digest);
    return g_test_run();
}
