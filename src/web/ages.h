#pragma once
/* ages: how long records of a board (entity.h) have been in their columns, for tables that show the column. */
#include "web/cells.h"

typedef struct {
    const MwField *column; /* that of the board, a link; NULL: nothing is told */
    const MwField *since;
    GHashTable *
        open; /* id of what the column points at -> days that are usual in it (0: not said); not of those at an end */
} MwAges;

/* For a table of `fields`; the query reads what is needed. */
void mw_ages_init(MwAges *ages, const MwContext *context, MwQuery *query, const GPtrArray *fields);
/* One statement, none where nothing is told. */
bool mw_ages_read(MwAges *ages, const MwContext *context, const GPtrArray *records, GError **error);
void mw_ages_clear(MwAges *ages);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwAges, mw_ages_clear)
/* Puts `age` and `late`, which cell/aged.html reads; false where a record has none. `ages` may be NULL. */
bool mw_age_put(MwNode *cell, const MwAges *ages, const MwContext *context, const MwRecord *record,
                const MwField *field);
