#pragma once
/*
 * record: the page of one record: facts at the left, in the middle one of its tabs (timeline, lines, related lists), at
 * the right people, open activities and files.
 *
 * Statements for a page, besides the session: the record, whether it is a favourite, the tab (the timeline takes two),
 * three at the right, and one for each entity that is linked to, once for the record and once for the rest.
 */
#include "web/pages.h"

typedef struct {
    const MwRequest *request;
    const MwEntity *entity;
    MwRecord *record;
    MwTitles *links;
    const char *tab;  /* "timeline", a detail's name, "sales_order.account", a key of MwRecordTab */
    const char *list; /* "?list=…" of the list it was opened from; ""       */
} MwRecordPage;

/*
 * What the page of an entity has beside the generic: a template that stands below the heading, and what puts the values
 * it reads. To add one: a row in record_parts.c.
 */
typedef struct {
    const char *entity;
    const char *template; /* "opportunity/head" */
    bool (*put)(MwNode *node, MwRecordPage *page, GError **error);
} MwRecordPart;

extern const MwRecordPart mw_record_parts[]; /* ends with a NULL entity */

/*
 * A tab that the page of an entity has beside the generic ones. To add one: a row in record_parts.c.
 */
typedef struct {
    const char *entity;
    const char *key; /* in "?tab=" */
    const char *label, *icon;
    const char *template;
    const char *const *instead; /* keys of generic tabs that it stands for; NULL: none */
    bool (*put)(MwNode *node, MwRecordPage *page, GError **error);
} MwRecordTab;

extern const MwRecordTab mw_record_tabs[]; /* ends with a NULL entity */

/* The activities' link to records of an entity; NULL when they have none. */
const MwLinkFrom *mw_link_from(const MwCatalog *catalog, const MwEntity *entity, const char *from);
/* Whether a field keeps the amount of another one in base currency, so that people need not see both. */
bool mw_is_base_amount(const MwEntity *entity, const MwField *field);
/* Puts `sections`, each with its facts. In facts.c. */
void mw_facts_put(MwNode *node, const MwRecordPage *page);
/* Puts `timeline`: composer, items, older (address). In timeline.c. */
bool mw_timeline_put(MwNode *node, const MwRecordPage *page, GError **error);
/* Puts `adds`, the form of one more line, where the reader may add one. In add_line.c. */
void mw_line_form_put(MwNode *node, const MwRecordPage *page, const MwEntity *detail);
/* Puts `rail`: people, activities, files. In rail.c. */
bool mw_rail_put(MwNode *node, const MwRecordPage *page, GError **error);
/* Puts `reach` (href, to, icon, label, name) and `reaches`: whom to ring or write to. In reach.c. */
bool mw_reach_put(MwNode *node, const MwRecordPage *page, GError **error);
/* Shows the page of a record as it is now; in record_page.c. */
bool mw_record_show(const MwRequest *request, MwReply *reply, GError **error);
/* The files of a record, newest first; the caller has read the record. In files.c. */
GPtrArray *mw_files_of(const MwContext *context, const MwRecord *record, unsigned limit,
                       GError **error);
/* Keeps the files that came with a request about a record; `n` of them had anything in them. */
bool mw_files_keep(const MwRequest *request, size_t *n, GError **error);
/* Of leads and accounts: the open pool, what can be done there, when it comes back; converting. In pool_page.c. */
bool mw_pool_head_put(MwNode *node, MwRecordPage *page, GError **error);
enum { MW_FILE_MAX = 32 << 20 /* bytes of one */ };
/* Keeps the files that came with a request with a record; whether the actor may is the caller's to check. In files.c. */
bool mw_files_add(const MwRequest *request, const MwEntity *of, int64_t id, size_t *n,
                  GError **error);
/* Puts a text of people as `parts` (text, mention), so that mentions show. In timeline.c. */
void mw_prose_put(MwNode *node, const char *key, const char *text);
