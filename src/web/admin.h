#pragma once
/*
 * admin: what the pages of administration share: forms whose fields come from the declarations, notices,
 * names of linked records, and writing a record from a form.
 *
 * templates/admin/asks.html shows the list `fields` that mw_ask_…() fill; each element has every key.
 */
#include "web/web.h"

enum { MW_ASK_OPTIONS_MAX = 500 };

/* A field of a form that stands for a field of `entity`: its label, help, choices, limits. `value`: as a form has it,
 * copied; links get a list of the records that the actor sees to choose from. `problems` may be NULL. */
bool mw_ask_field(const MwRequest *request, MwNode *fields, const MwEntity *entity,
                  const char *name, const char *value, const MwProblems *problems, GError **error);
/* A field of its own. `type`: of an input ("text", "password", "date"…), "select", "memo" or "check"; label and help are
 * translated and live as long as the page. */
MwNode *mw_ask(MwNode *fields, const char *type, const char *name, const char *label,
               const char *value, const MwProblems *problems);
/* For what mw_ask() made. */
void mw_ask_more(MwNode *field, bool required, const char *help);
/* Of a select. `label` is copied. */
void mw_ask_option(MwNode *field, const char *value, const char *label, bool chosen);
/* Records of `entity` as options, by title; `chosen`: an id as text, or NULL. */
bool mw_ask_records(const MwRequest *request, MwNode *field, const MwEntity *entity,
                    const char *chosen, GError **error);

/* What a form shows for a field: what was sent, else what `record` (may be NULL) has. The caller frees it. */
char *mw_form_value(const MwRequest *request, const MwRecord *record, const MwEntity *entity,
                    const char *name);
/* Gives the fields of `names` (ends with NULL) that were sent to an input; a check box that was not sent is "false"
 * where `checks` (NULL: none) names it. */
void mw_form_into(const MwRequest *request, MwInput *input, const char *const *names,
                  const char *const *checks);

/* A notice above the page. `text` is borrowed. */
void mw_put_flash(MwNode *page, bool good, const char *text);
/* The notice for ?done=… after a redirect; false when there is none. */
bool mw_put_done(const MwRequest *request, MwNode *page);
/* Where the page stands: one step above it. */
void mw_put_crumb(MwNode *page, const char *label, const char *href);
void mw_put_action(MwNode *list, const char *label, const char *href, const char *icon,
                   bool primary);
/* An instant in the reader's time zone; nothing for 0. */
void mw_put_instant(const MwRequest *request, MwNode *node, const char *key, int64_t instant);
/* Title of one record, NULL when there is none. The caller frees it. */
char *mw_title_of(const MwContext *context, const MwEntity *entity, int64_t id, GError **error);
/* A positive number as a form or URL has it, else 0. */
int64_t mw_id_param(const MwRequest *request, const char *name);
/* All live records (at most 500) of an entity whose `link` points to `id`; 0: all there are. */
GPtrArray *mw_records_of(const MwContext *context, const char *entity, const char *link, int64_t id,
                         GError **error);
/* `sessions` of a user: list of began, seen, address, agent, here. */
bool mw_put_sessions(const MwRequest *request, MwNode *page, int64_t user, GError **error);
