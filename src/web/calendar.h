#pragma once
/*
 * calendar: records in days, weeks and months, of any entity that declares it; /{entity}/calendar.
 *
 *     ?show=month|week|day&on=2026-11-27&who=me|team|<id>&who=<id>…
 *
 * What leads to a day are buttons of one form, which has what is asked once: an address in each day with everybody who is
 * chosen was half of the page of a team. An entry says what scripts need of it in one attribute (static/calendar.js).
 *
 * Statements, besides the session: people to choose from, one indexed range, those that repeat, and of a month the texts of
 * what is shown.
 */
#include "methods/calendar.h"
#include "web/cells.h"

/* One record in time, or one to come of a series. Days are of the reader's zone. */
typedef struct {
    int64_t id, version, owner;
    int64_t begin, end;     /* instants; without a time 0                                   */
    int64_t first, last;    /* days, both included                                          */
    int begin_min, end_min; /* minutes of the first and the last day; of all day 0 and 1440 */
    bool all_day, done, to_come;
    char *title, *colour;
    const MwField *whose; /* the link that tells whose it is, and where it points; NULL: none    */
    int64_t whose_id;
    char *whose_name; /* by mw_entries_recall() only; NULL: not known */
} MwEntry;

/* What does not stand there though it should. */
typedef struct {
    bool entries; /* more than MW_ENTRIES_MAX                                                */
    bool series;  /* what repeats more often than is worked out, or more of it than is read  */
} MwEntriesCut;

/* Those of days `from` to before `to` that the actor may read, of these owners (none: of all) or with them taking part, and
 * for which `asked` (may be NULL) holds, in order; at most
 * MW_ENTRIES_MAX. Of each day's first `most` with title, colour and version, of the others what the index of the calendar
 * tells; 0: of all with all. Freed with the array. */
GArray *mw_entries_find(const MwContext *context, const MwEntity *entity, const MwFilter *asked,
                        const GArray *owners, int64_t from, int64_t to, unsigned most,
                        MwEntriesCut *cut, GError **error);
/* The same with the names of whose they are (one statement for each entity that is linked to), remembered until somebody
 * writes where the transaction only reads (record/memo.h): the array is shared, and not to be changed. */
GArray *mw_entries_recall(const MwContext *context, const MwEntity *entity, const MwFilter *asked,
                          const GArray *owners, int64_t from, int64_t to, unsigned most,
                          MwEntriesCut *cut, GError **error);

enum {
    MW_ENTRIES_MAX = 5000,
    MW_CALENDAR_PEOPLE_MAX = 100,
    MW_SERIES_MAX = 500,  /* that are read                                      */
    MW_TO_COME_MAX = 400, /* dates of a series after the open one, counted from it */
};
