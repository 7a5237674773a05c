#pragma once
/* table: records in rows and fields in columns, as list.html, table.html and others show them. */
#include "web/ages.h"

typedef struct {
    const MwContext *context;
    MwTitles *links;
    const GPtrArray *fields;  /* columns: const MwField * */
    const MwField *title;     /* the column that leads to the record; NULL: the first */
    const char *origin;       /* behind the address of each record: "?list=…"; ""    */
    bool edits;               /* whether cells say that they can be edited in place  */
    const MwAges *ages;       /* how long records are in their columns; NULL: not told */
    const GArray *favourites; /* rows have a star each; NULL: they have none        */
} MwTable;

/* Has the query read the columns, and the currencies of its amounts. */
void mw_table_want(MwQuery *query, const GPtrArray *fields);
/* The field that leads to the record: its title when that is shown, else the first. */
const MwField *mw_table_title(const MwEntity *entity, const GPtrArray *fields);
/* Takes out the columns in which no record has anything, but for one to stay: narrow places have no room for them. */
void mw_table_narrow(GPtrArray *fields, const MwField *stays, const GPtrArray *records);
/* Puts `headers` (label, class), `rows` (id, cells: label, class and what the cell reads; a star) and `any`. */
bool mw_table_put(MwNode *node, const MwTable *table, const GPtrArray *records, GError **error);
/* The rows alone; titles of links are read already. */
void mw_table_put_rows(MwNode *node, const MwTable *table, const GPtrArray *records);
