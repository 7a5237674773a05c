#pragma once
/*
 * notice: what a user should know, told in the transaction of what has happened.
 *
 *     MwNotice notice = { .user = owner, .kind = "reminder", .entity = activity, .record = id, .title = subject };
 *     mw_notify(context, &notice, error);
 *
 * What is kept are a kind and its parameters; the text is made when it is read, in the language and time zone of who
 * reads it. To add a kind: a row in the table of notice.c. Whether the reader may see the record is the caller's to
 * check: mw_may_see().
 */
#include "record/context.h"
#include "record/service.h"

typedef struct {
    int64_t user;     /* to whom; nothing is told to nobody (0)                              */
    const char *kind; /* a key of notice.c's table                                           */
    const MwEntity
        *entity; /* of the record that it is about, or NULL                             */
    int64_t record;
    const char *title; /* of the record; NULL                                                     */
    const char
        *detail;       /* NULL                                                                    */
    int64_t at, count; /* an instant, a number; 0: none                                           */
} MwNotice;

/* From the context's actor; the system's own have no sender. */
bool mw_notify(const MwContext *context, const MwNotice *notice, GError **error);
/* Whether a user may see a record; false with an error when it cannot be told. */
bool mw_may_see(const MwContext *context, int64_t user, const MwEntity *entity, int64_t record,
                bool *may, GError **error);

enum { MW_NOTICES_COUNTED = 99 };
/* How many are unread, at most MW_NOTICES_COUNTED + 1; -1 on an error. One look into an index. */
int mw_notices_unread(const MwContext *context, GError **error);
/* The text for the reader of the context; `sender`: the name of who it is from, or NULL. The caller frees it. */
char *mw_notice_text(const MwContext *context, const MwRecord *notice, const char *sender);
const char *mw_notice_icon(const MwRecord *notice);
/* Marks the actor's notices read: this one, or all with 0. */
bool mw_notices_read(const MwContext *context, int64_t id, GError **error);
