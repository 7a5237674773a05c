#pragma once
/*
 * outbox: e-mail on its way; rows of entity mail, which administrators see.
 *
 * A mail is queued in the transaction of what causes it, and so exists exactly when that does. A job claims it (with a
 * lease), sends it, and marks it: a program that is killed between the server's last word and the mark sends it once
 * more, with the same message id; docs/decisions/0006-outbox.md. Without a mail server nothing is queued.
 *
 * Every function wants a context whose store is in a transaction that writes, but mw_outbox_due().
 */
#include "record/context.h"

/* How mail leaves; borrowed, and outlives the company. */
typedef struct MwMailServer {
    const char *server;          /* "smtp://HOST:PORT", "smtps://HOST:PORT"               */
    const char *user, *password; /* NULL: none                                           */
    bool tls;                    /* nothing goes unencrypted                              */
    const char *name, *address;  /* of the sender; the name may be NULL                   */
    const char *url; /* where people open the pages, without "/" at the end; NULL: not known */
} MwMailServer;

/* Call it before any thread works; NULL: there is none. */
void mw_company_mail_by(MwCompany *company, const MwMailServer *server);
const MwMailServer *mw_company_mail(const MwCompany *company);

enum {
    MW_MAIL_ATTEMPTS = 14,             /* over a day or so, then it is given up */
    MW_MAIL_LEASE_MS = 10 * 60 * 1000, /* longer than any sending takes         */
    MW_MAIL_WAIT_MS = 60 * 1000,       /* after the first failure; then 2, 4, 8… */
    MW_MAIL_WAIT_MAX_MS = 4 * 3600 * 1000,
};

typedef struct {
    int64_t id;
    char *kind, *recipients, *message_id;
    int64_t activity, notice, sender, reader; /* 0: none */
    int64_t attempts; /* this one included; also tells this holder from an earlier one */
} MwMail;

void mw_mail_free(MwMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwMail, mw_mail_free)

/* Queues a letter from the actor about an activity; `recipients`: a mailbox a line. */
bool mw_outbox_letter(const MwContext *context, int64_t activity, const char *recipients,
                      GError **error);
/* Queues a notice for its reader if he wants such by mail; `kind` as in notice.c. */
bool mw_outbox_notice(const MwContext *context, const char *kind, int64_t notice, int64_t reader,
                      GError **error);

bool mw_outbox_due(const MwContext *context, bool *due, GError **error);
/* Takes the one that is due longest; NULL without an error when none is. */
MwMail *mw_outbox_claim(const MwContext *context, GError **error);

typedef enum {
    MW_MAIL_SENT,
    MW_MAIL_FAILED,
    MW_MAIL_DROPPED,
    MW_MAIL_LATER,
    MW_MAIL_RELEASED
} MwMailEnd;
/* What became of it; `end` is changed to MW_MAIL_FAILED when a last attempt was to be tried later. False without an error when
 * the mail is no longer this holder's. */
bool mw_outbox_settle(const MwContext *context, const MwMail *mail, MwMailEnd *end,
                      const char *reason, GError **error);
/* Queues one that failed again, to `recipients` or, with NULL, the same; MW_ERROR_NOT_FOUND when it has not failed. */
bool mw_outbox_retry(const MwContext *context, int64_t id, const char *recipients, GError **error);
