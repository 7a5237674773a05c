#pragma once
/*
 * cells: values as a reader sees them, each by the partial templates/cell/<widget>.html of its kind.
 *
 * Links are shown by the title of what they point at, read with one statement for each entity that is pointed
 * at, however many records a page shows: want every link first, then read, then put.
 *
 * To show a kind in a new way: give it a widget, and write templates/cell/<widget>.html and
 * templates/field/<widget>.html.
 */
#include "web/web.h"

/* ---- titles of linked records ------------------------------------------------ */

typedef struct MwTitles MwTitles;

MwTitles *mw_titles_new(const MwContext *context);
void mw_titles_free(MwTitles *links);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwTitles, mw_titles_free)

/* That the title of a linked record will be asked for; fields that are no links are ignored. */
void mw_titles_want(MwTitles *links, const MwField *field, const MwValue *value);
void mw_titles_want_id(MwTitles *links, const MwEntity *entity, int64_t id);
/* From now on titles are read only of records that the actor may read: for links that somebody typed. */
void mw_titles_only_seen(MwTitles *links);
/* Of a record, all that it knows; of a table, its columns. */
void mw_titles_want_all(MwTitles *links, const MwRecord *record);
void mw_titles_want_columns(MwTitles *links, const GPtrArray *fields, const GPtrArray *records);
/* Reads what was wanted since the last time. */
bool mw_titles_read(MwTitles *links, GError **error);
/* The title of a record that was wanted and read; NULL when there is none. Lives as long as `links`. */
const char *mw_titles_get(const MwTitles *links, const MwEntity *entity, int64_t id);

/* ---- cells -------------------------------------------------------------------- */

/* The partials of a field, such as "cell/money" and "field/money"; static. */
const char *mw_cell_partial(const MwField *field);
const char *mw_cell_widget(const MwField *field);
/* A column is to the right when its numbers are compared with each other. */
const char *mw_cell_class(const MwField *field);

/*
 * Puts into `node` what the partial of the field reads: `cell` (its name; "cell/none" without a value), `text`, and
 * by kind `href`, `tone`, `yes`, `items`. `partial` is mw_cell_partial() of the field, which a list asks once a column.
 * The field is one that the actor sees. A link gets `href` when the actor may read such records.
 */
void mw_cell_put(const MwContext *context, MwNode *node, const MwTitles *links,
                 const MwRecord *record, const MwField *field, const char *partial);
/* The same of a value alone. */
void mw_cell_put_value(const MwContext *context, MwNode *node, const MwTitles *links,
                       const MwField *field, const MwValue *value, const char *partial);
/* A value as a line of text: links by title, everything else as its kind shows it. Appends. */
void mw_cell_text(const MwContext *context, const MwTitles *links, const MwRecord *record,
                  const MwField *field, const MwValue *value, GString *out);

/* Puts the field's value under its name, as its kind shows it; NULL when it is empty. Not for links. */
void mw_cell_put_shown(const MwContext *context, MwNode *node, const MwRecord *record,
                       const char *name);

/* Whether records of `entity` have pages that the actor may open. */
bool mw_entity_opens(const MwContext *context, const MwEntity *entity);
/* "/accounts/123" into a buffer. */
enum { MW_RECORD_PATH_SIZE = 160 };
const char *mw_record_path(const MwEntity *entity, int64_t id, char path[MW_RECORD_PATH_SIZE]);
/* The fields of names that the actor sees, in order (const MwField *). */
GPtrArray *mw_fields_seen(const MwContext *context, const MwEntity *entity,
                          const char *const *names);
