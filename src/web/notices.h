#pragma once
/* notices: what a user should know, on pages; record/notice.h makes and words it. */
#include "web/web.h"

/* Puts `bell` (any, count) of the frame: one look into an index, and nothing where there is no transaction. */
void mw_bell_put(const MwRequest *request, MwNode *page);
/* Puts `notices` (text, when, icon, unread, open) and `any_notices`, the newest first by when they were made; `after`: a
 * cursor, NULL: from the newest. `next` (may be NULL) gets the cursor of those that are older, the caller's, if any. */
bool mw_notices_put(MwNode *node, const MwContext *context, bool unread, const char *after,
                    unsigned limit, char **next, GError **error);
