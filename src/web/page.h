#pragma once
/* page: the frame around every page; mw_reply_page() of web.h is defined here. */
#include "web/call.h"

/* The page of an error; false when it cannot be rendered. */
bool mw_page_error(MwCall *call, unsigned status, const char *heading, const char *explanation,
                   const char *reference);
/* Puts `initials`: "Wang Fang" gives WF, 王芳 gives 芳. */
void mw_put_initials(MwNode *user, const char *name);
