#pragma once
/*
 * smtp: hands letters to a mail server, by libcurl.
 *
 * A connection is kept from letter to letter and belongs to one thread. A letter goes to all of its recipients or to
 * none: when the server refuses one address nothing is sent. The password is never told, not even to the log.
 */
#include "mail/letter.h"

typedef struct MwSmtp MwSmtp;

typedef enum {
    MW_SMTP_SENT,    /* the server has taken it                                               */
    MW_SMTP_REFUSED, /* for good: this letter will not be taken                               */
    MW_SMTP_LATER,   /* not now; also when the connection broke before the server's last word */
    MW_SMTP_AWAY,    /* the server is not there, or lets us not in: so with every letter      */
    MW_SMTP_STOPPED, /* `goes_on` said so                                                     */
} MwSmtpOutcome;

/* `server`: "smtp://HOST:PORT" or "smtps://HOST:PORT". With `tls` nothing, and no password, is sent before the connection
 * is encrypted and the server's certificate checked. User and password may be NULL. */
MwSmtp *mw_smtp_new(const char *server, const char *user, const char *password, bool tls);
void mw_smtp_free(MwSmtp *smtp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwSmtp, mw_smtp_free)

/* Blocks, at most some minutes. `reason` says why it was not sent, in the server's words where there are any; the caller
 * frees it. `goes_on` (may be NULL) is asked about once a second. */
MwSmtpOutcome mw_smtp_send(MwSmtp *smtp, const MwLetter *letter, bool (*goes_on)(void *data),
                           void *data, char **reason);
