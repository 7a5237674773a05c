#pragma once
/* pages: what the pages share. */
#include "web/list.h"

/* Puts `flash` for what "?_done=…" says was done just now. */
void mw_flash_put(const MwRequest *request);
/* 303 to `path` with "_done=what", to be told there. */
bool mw_reply_done(MwReply *reply, const char *path, const char *what);

/* Puts `views` (label, href, active, mine, shared) and `view` (the active one) of a list. In views.c. */
void mw_views_put(MwNode *node, const MwList *list);
/* 409: what somebody else has saved beside what the form says, field by field, to choose from. In conflict.c. */
bool mw_conflict_show(const MwRequest *request, MwReply *reply, GError **error);
