#pragma once
/* my_day: what is to be done today, what is overdue, what comes next, and whose class has changed: for the start page. */
#include "web/web.h"

/* Puts `days`: a list of key, label, icon, none, any, more, all and items (subject, href, icon, time, about: list of text and
 * href, person, person_href, place, phone, takes_part, owner, then, and what record/complete.html reads). `own`: what the
 * actor owns or takes part in. Five statements, three more when he takes part in anything, and one for each of account,
 * contact, lead, opportunity and user that is pointed at. */
bool mw_my_day_put(MwNode *node, const MwContext *context, bool own, GError **error);
/* Puts `movers`: list of name, href, before, class, up, reason; and `any_movers`. Three statements. */
bool mw_movers_put(MwNode *node, const MwContext *context, bool own, GError **error);
