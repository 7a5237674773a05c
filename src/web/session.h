#pragma once
/*
 * session: who asks, by cookie or token. Table session keeps hashes only.
 *
 * A session ends 12 hours after it was last used and 30 days after it began. That it was used is
 * noted at most every 5 minutes, by the writer, so that reading never waits for writing.
 */
#include "web/web.h"

#define MW_SESSION_COOKIE "mw_session"

/* Begins a session of `user`: row, cookie, history, last login; drops those that have ended. The store is
 * in a transaction that writes. */
bool mw_session_begin(const MwRequest *request, MwReply *reply, int64_t user, GError **error);
/* Ends this session, or all of its user. */
bool mw_session_end(const MwRequest *request, MwReply *reply, bool everywhere, GError **error);
