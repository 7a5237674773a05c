#pragma once
/* notices: what a user should know, on pages; record/notice.h makes and words it. */
#include "web/web.h"

/* Puts `bell` (any, count) of the frame: one look into an index, and nothing where there is no transaction. */
void mw_bell_put(const MwRequest *request, MwNode *page);
/* Puts `notices` (text, when, icon, unread, open) and `any_notices`, the newest first; `before`: ids less than this, 0:
 * all. `last` (may be NULL) gets the id after which there are more, or 0. */
bool mw_notices_put(MwNode *node, const MwContext *context, bool unread, int64_t before,
                    unsigned limit, int64_t *last, GError **error);
