#pragma once
/*
 * selection: the records of a list that something is to be done with: those that were chosen ("_id"), or with "_all" all
 * that the list in "_list" asks for.
 */
#include "web/list.h"

typedef struct {
    const MwEntity *entity;
    GArray *ids;        /* of int64_t, in the order given; each may be read */
    bool all, too_many; /* too_many: more than can be changed at once, and none is here */
    const char *list;   /* text of the list's query, "" */
} MwSelection;

/* From query or form, whichever the request has. */
bool mw_selection_init(MwSelection *selection, const MwRequest *request, GError **error);
void mw_selection_clear(MwSelection *selection);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwSelection, mw_selection_clear)
/* Puts `ids` (id), `all`, `list`, `n`: what a form sends on. */
void mw_selection_put(MwNode *node, const MwSelection *selection);
/* The path of the list that it was chosen in. The caller frees it. */
char *mw_selection_path(const MwSelection *selection);
/* 303 to that list with "_done=what" and, when `run` is not 0, the bulk change that can be undone there. */
bool mw_selection_done(const MwSelection *selection, MwReply *reply, const char *what, int64_t run);
