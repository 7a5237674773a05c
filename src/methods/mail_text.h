#pragma once
/*
 * mail_text: what stands in an e-mail, made when it is sent: a letter from its activity, a notice and the daily summary in
 * the language and by the rights of who reads it.
 */
#include "mail/letter.h"
#include "record/outbox.h"

/* The letter of a mail that was claimed; NULL without an error when nobody wants it any more: its activity was deleted, its
 * reader is no longer active or may no longer see what it is about. `context` is the system's. */
MwLetter *mw_mail_letter(const MwContext *context, const MwMail *mail, GError **error);
