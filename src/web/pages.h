#pragma once
/* pages: what the pages share. */
#include "web/list.h"

/* Puts `flash` for what "?_done=…" says was done just now. */
void mw_flash_put(const MwRequest *request);
/* 303 to `path` with "_done=what", to be told there. */
bool mw_reply_done(MwReply *reply, const char *path, const char *what);

/* Where a page asked to come back to, by a parameter of the URL or the form: a path of this server, else NULL. */
const char *mw_back_of(const MwRequest *request, const char *name);

/* Puts `views` (label, href, active, mine, shared) and `view` (the active one) of a list. In views.c. */
void mw_views_put(MwNode *node, const MwList *list);
/* Puts `places` (label, icon, href, active): list, board and calendar of the same records, as far as their entity
 * declares them; templates/list/places.html shows them. In views.c. */
void mw_places_put(MwNode *node, const MwList *list);
/* Puts what the bar of a list reads, on whichever page it stands: what is asked, in words and in hidden fields, the
 * views, and what the user may do. templates/list/bar.html. In list_page.c. */
bool mw_list_bar_put(MwNode *node, MwList *list, MwTitles *links, GError **error);
/* 409: what somebody else has saved beside what the form says, field by field, to choose from. In conflict.c. */
bool mw_conflict_show(const MwRequest *request, MwReply *reply, GError **error);
/* Puts `pool` of a list of what is in one open pool ("pool=eq.123"): name, picks, assigns, standing; null of any other
 * list. In pool_page.c. */
bool mw_pool_bar_put(MwNode *node, const MwList *list, GError **error);

/* What the form of an entity says of a field by the record at hand, before the field's help. To add one: a row in
 * record_parts.c. `text`: translated, the caller's; NULL with no error: nothing. */
typedef struct {
    const char *entity, *field;
    char *(*text)(const MwContext *context, const MwRecord *record, GError **error);
} MwFormNote;

extern const MwFormNote mw_form_notes[]; /* ends with a NULL entity */
