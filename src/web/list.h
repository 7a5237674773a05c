#pragma once
/*
 * list: what somebody asks of a list, from a URL and back to one: conditions, words, order, columns, view, page.
 *
 * The URL says everything, so that lists can be bookmarked, sent and stepped through:
 *
 *     /accounts?class=eq.A&owner=eq.@me&q=pump&order=-amount,name&columns=name,class&after=…
 *
 * Conditions are as record/filter.h reads them; `q` are words for the full-text index; `after` and `before` are
 * cursors; `view` is the id of a saved view, whose own filter, order and columns hold as long as the URL has none,
 * or "all": no view, not even the user's default; `deleted=1` lists what can be restored.
 */
#include "web/cells.h"

enum { MW_LIST_LIMIT = 50, MW_LIST_COLUMNS_MAX = 30, MW_LIST_CONDITIONS_MAX = 30 };

#define MW_UNPLACED INT64_MAX

/* One saved view of the entity that the user may see. */
typedef struct {
    int64_t id;
    bool mine, shared, initial; /* initial: shown first to him */
    int64_t position;           /* in his own order; MW_UNPLACED: behind those, by name */
    const char *name, *query;   /* query: "class=eq.A&order=name", without columns' names checked */
} MwListView;

typedef struct {
    const MwEntity *entity;
    const MwRequest *request;
    const char *place; /* of the pages it leads to, under the entity's: "/board"; "": the list */
    const char *const
        *own; /* parameters that are the page's at that place: no conditions, and kept in
                               its links; NULL: none */
    MwParam conditions[MW_LIST_CONDITIONS_MAX];
    size_t n_conditions;
    const char *words, *order, *columns; /* as asked for; NULL: none                    */
    const char *after, *before;
    bool deleted;
    int64_t view;        /* 0: none            */
    bool has_view;       /* the URL named one or "all" */
    GArray *views;       /* of MwListView, in the user's order */
    GStringChunk *texts; /* of views */

    /* What they mean. */
    GPtrArray *shown; /* of const MwField *: the columns */
    MwFilter *filter;
    MwQuery query;
    MwCursor cursor;
    MwProblems *problems; /* of conditions that do not fit: they are left out, and told */
} MwList;

/* Reads what a request asks of a list of `entity`: parameters, and the views that there are. */
bool mw_list_init(MwList *list, const MwRequest *request, const MwEntity *entity, GError **error);
/* The same for another page of the records, such as a calendar, with its place and own parameters. */
bool mw_list_init_at(MwList *list, const MwRequest *request, const MwEntity *entity,
                     const char *place, const char *const *own, GError **error);
/* The same of the text of a query, as mw_list_append() writes it, without views: for a record that was opened from a
 * list. */
bool mw_list_init_text(MwList *list, const MwRequest *request, const MwEntity *entity,
                       const char *text, GError **error);
void mw_list_clear(MwList *list);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwList, mw_list_clear)

/* Appends "?a=b&c=d" that asks for the same list, without page; nothing when it is the plain one. */
void mw_list_append(const MwList *list, GString *out);
/* Appends the page's own parameters of this request to a path, with "?" or "&". */
void mw_list_append_own(const MwList *list, GString *path);
/* "/accounts?…" of it, with its place. The caller frees it. */
char *mw_list_path(const MwList *list);
/* The page before or after: the query with its cursor set. Reads it in the order of the list. */
GPtrArray *mw_list_find(MwList *list, bool *more, GError **error);
/* The cursor of a record of the list, as text; the caller frees it. */
char *mw_list_cursor(const MwList *list, const MwRecord *record);
