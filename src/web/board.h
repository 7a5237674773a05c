#pragma once
/*
 * board: the records of an entity as cards in columns, as its MwBoard declares.
 *
 *     GET  /opportunities/board?…              the page; conditions, words, views as a list has them (list.h)
 *     GET  /opportunities/board/cards?…&_in=4  further cards of a column, from _after=CURSOR, for htmx
 *     GET  /opportunities/board/new?_to=4      what is asked for a new record in a column
 *     POST /opportunities/board                makes it
 *     GET  /opportunities/{id}/move            where to; with _to=4, what is missing for that
 *     POST /opportunities/{id}/move            moves: _to=4, _version, fields and lines as a form has them
 *
 * A page reads the columns, 20 cards of each open one, and with one statement what the open columns come to, all by the
 * board's own index; what they come to is remembered until somebody writes (record/sums.h). Columns at an end are folded: their cards are read when somebody opens one.
 *
 * A move is an ordinary write of the record. What it lacks comes back as a dialogue (a page without scripts) that asks
 * for it: fields with problems, and what the entity's MwMoveAid adds, such as the evidence of stage gates.
 */
#include "web/pages.h"

enum { MW_COLUMNS_MAX = 30, MW_BOARDS_MAX = 20, MW_BOARD_CARDS = 20 };

typedef struct {
    int64_t id;        /* of the record linked to; 0: a choice */
    const char *value; /* as forms have it: the key, or the id as text */
    const char *label, *tone;
    int64_t expected; /* days; 0: not said */
    bool closed;
    const MwBoardEnd *end; /* how its end is worded; NULL: as any other */
    bool summed, exact;    /* the numbers are read; they are of all records */
    int64_t count, amount, weighted;
} MwColumn;

typedef struct {
    const MwRequest *request;
    const MwEntity *entity;
    const MwBoard *board;
    const MwField *field; /* `columns` of the board */
    int64_t of;           /* the record whose board it is; 0: there is one board alone */
    GArray *boards;       /* of MwColumn, what `boards` may point at */
    GArray *columns;      /* of MwColumn, in order */
    GStringChunk *texts;
} MwColumns;

/* `of`: 0 for the default one. */
bool mw_columns_init(MwColumns *columns, const MwRequest *request, const MwEntity *entity,
                     int64_t of, GError **error);
void mw_columns_clear(MwColumns *columns);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwColumns, mw_columns_clear)
/* By the text of a form; NULL: none. */
MwColumn *mw_columns_find(const MwColumns *columns, const char *value);
/* That a record is in; NULL: none of them. */
MwColumn *mw_columns_of(const MwColumns *columns, const MwRecord *record);
MwValue mw_column_value(const MwColumn *column); /* borrowed */
/* Counts and sums those that `wanted` says, or all open ones (NULL), under the filter of a list. */
bool mw_columns_sum(const MwColumns *columns, const MwList *list, const MwColumn *wanted,
                    GError **error);

static inline MwColumn *
mw_column_at(const GArray *columns, guint i)
{
    return &g_array_index(columns, MwColumn, i);
}

/* What all cards of a page share. */
typedef struct {
    const MwColumns *columns;
    MwTitles *links;
    GPtrArray *shown; /* const MwField *: below the title */
    char *origin;     /* behind the address of each record */
    char *today;
    bool moves; /* the reader may change such records */
} MwCards;

void mw_cards_init(MwCards *cards, const MwColumns *columns, const MwList *list, MwTitles *links);
void mw_cards_clear(MwCards *cards);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwCards, mw_cards_clear)
/* Has the query read what cards show. */
void mw_cards_want(const MwCards *cards, MwQuery *query);
/* Puts what board/card.html reads; titles of links are read. */
void mw_card_put(MwNode *node, const MwCards *cards, const MwRecord *record,
                 const MwColumn *column);
/* Puts what board/head.html reads; `swapped`: in place of the head that the page has. */
void mw_column_put_head(MwNode *node, const MwColumns *columns, const MwColumn *column,
                        bool swapped);

/* ---- moves ------------------------------------------------------------------------ */

/* The dialogue as far as an aid needs to know it. */
typedef struct {
    const MwRequest *request;
    MwTitles *links;        /* of the record and of what was typed, read */
    const MwRecord *record; /* as it is meant */
    MwProblems *problems;   /* that the write has told */
    bool typed;             /* the form was sent */
    bool tried;             /* somebody has filled in the dialogue: what it lacks is no news */
    GPtrArray *placed;      /* const MwField *: shown by the aid, so not once more */
    const MwBoardEnd *end;  /* of the column moved to; NULL: none */
} MwAsk;

/* Whether the dialogue may ask for a field. */
bool mw_ask_may(const MwAsk *ask, const MwField *field);
/* Puts a field with what was typed, as form/field.html reads it. */
void mw_ask_put_field(MwNode *list, const MwAsk *ask, const MwField *field);

/* What a move of an entity's records may lack beside fields: puts `missing` (text, and by what it is supplied) into the
 * dialogue. `keep` (may be NULL) keeps evidence that is no part of the record, files or tasks done, and says whether
 * there was any. */
typedef struct {
    const char *entity;
    bool (*put)(MwNode *node, MwAsk *ask, GError **error);
    bool (*keep)(const MwRequest *request, bool *kept, GError **error);
} MwMoveAid;

extern const MwMoveAid mw_move_aids[]; /* ends with a NULL entity */
