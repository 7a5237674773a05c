#pragma once
/* mailing: what pages show of e-mail: whom the composer may send to, what became of a mail, sending it again. */
#include "methods/mailing.h"
#include "web/record.h"

/* Puts `mail` of the composer of a record: `sends`, `people` (value, label), `files` (value, label); without a mail server,
 * or the right to change the record, only why nothing is sent. */
bool mw_mail_composer_put(MwNode *composer, const MwRecordPage *page, GError **error);
/* Puts `mail` of an activity that is one: label, tone, to, problem, failed; else null. */
void mw_mail_state_put(MwNode *node, const MwContext *context, const MwRecord *activity);
/* For mw_record_parts: of an activity, of a row of the outbox. */
bool mw_mail_part(MwNode *node, MwRecordPage *page, GError **error);
/* All values of a form's field that are whole numbers from 0 on, at most 100 (int64_t). */
GArray *mw_form_ids(const MwRequest *request, const char *name);
