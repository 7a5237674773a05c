#pragma once
/*
 * entity: the one declaration of a kind of business record.
 *
 * From it derive: the table and its indexes, the REST resource and its OpenAPI
 * schema, the list, record and form pages, import and export, the default
 * rights and the search index. What cannot be said in a table is said in a
 * hook, and there only.
 *
 * The catalog (catalog.h) makes from each declaration the entity in force: a copy
 * whose `fields` are the system fields, the declared ones and the custom ones.
 * Everybody but src/entities/ works on those copies.
 */
#include "model/field.h"

typedef struct MwEntity MwEntity;

typedef enum { MW_NOBODY, MW_OWN, MW_TEAM, MW_TEAM_BELOW, MW_ALL } MwScope;

typedef enum {
    MW_MAY_READ,
    MW_MAY_CREATE,
    MW_MAY_UPDATE,
    MW_MAY_REMOVE,
    MW_MAY_EXPORT,
    MW_MAY_IMPORT,
    MW_N_RIGHTS,
} MwRight;

/* What a role may do, each up to a scope of records. Ends with a NULL role. */
typedef struct {
    const char *role; /* key of a built-in role: "sales", "manager"... */
    MwScope may[MW_N_RIGHTS];
} MwGrant;

/* A titled group of fields on the record and form pages. Ends with a NULL label. */
typedef struct {
    const char *label;
    const char *const *fields;
} MwSection;

/* Where the entity stands in the navigation. */
typedef enum {
    MW_NAV_NONE,
    MW_NAV_SELL,
    MW_NAV_CUSTOMERS,
    MW_NAV_MARKET,
    MW_NAV_SERVE,
    MW_NAV_MANAGE
} MwNav;

enum { MW_CALENDAR_WHOSE = 4 };

/* How records stand in a calendar, by the names of their fields. A record has either an instant of beginning (and may
 * have one of its end) or a day. An index of its own, derived from this, counts the days. */
typedef struct {
    const char *begin, *end; /* instants                                                    */
    const char *day;         /* a date: all day                                             */
    const char *at;     /* computed, where it stands: the beginning, or midnight UTC of the day */
    const char *done;   /* yes or no: nothing is left to do                                 */
    const char *colour; /* a choice with tones                                              */
    const char *const *whose; /* links, at most MW_CALENDAR_WHOSE: the first there is, is told  */
    const char
        *people; /* a detail: users who take part beside the owner, in whose calendars it stands
                            too; its fields `user` and `at`, which the hook keeps as that above. NULL: none */
} MwCalendar;

typedef struct {
    /* Fills in computed fields and checks rules across fields. `before` is NULL on create.
     * `details` are the lines of a master as they will be (MwRecord, deleted ones left out), else
     * NULL. It does no I/O: what it needs, the record carries. */
    void (*check)(MwRecord *record, const MwRecord *before, const GPtrArray *details,
                  MwProblems *problems);
} MwHooks;

typedef enum {
    MW_OWNED = 1 << 0,    /* has owner and team; scopes apply                              */
    MW_INTERNAL = 1 << 1, /* kept by the system: no create or edit by pages, REST or import */
    MW_NO_HISTORY = 1 << 2,
    MW_HIDDEN = 1 << 3,       /* no pages and no REST at all                                   */
    MW_PRIVATE = 1 << 4,      /* only its owner sees it unless `shared` is true                */
    MW_GIVES_RIGHTS = 1 << 5, /* only administrators write it, whatever rights on it were given */
} MwEntityFlags;

/* What it is to enter a column at an end, such as to win. */
typedef struct MwBoardEnd {
    const char *state; /* one of `closed`                                               */
    const char *verb;  /* N_("Win"): the title and the button of the dialogue that asks */
    const char *const
        *labels; /* names of fields, each with what it is called here; ends with NULL */
} MwBoardEnd;

/*
 * Records as cards in columns (/{entity}/board), a column for each value of a field. All names are of fields; NULL: the
 * board goes without. An index of its own serves its columns and their sums.
 */
typedef struct {
    const char *columns; /* a choice, or a link whose target has an order: "stage"           */
    const char *boards;  /* a link: a board for each record it may point at, whose details the
                             columns are: "process"                                           */
    const char *state;   /* of what `columns` links to, a choice; NULL: of the column itself */
    const char *const *closed; /* values of the state that are at an end: columns folded     */
    const char *expected; /* of what `columns` links to: days that are usual in the column    */
    const char *since;    /* instant since which a record is in its column                    */
    const char *next;     /* date of what is to be done next                                  */
    const char *amount, *weighted; /* in base currency; summed for each column                */
    const char *const *card;       /* what a card shows below its title                       */
    const char *order;             /* of the cards in a column: "-stage_since"                */
    const char *const *orders;     /* others that a reader may choose                         */
    const char *const *asks; /* what is asked of a record that enters a column at an end       */
    const char *
        outcome; /* a choice of the record itself, open or how it ended: lists tell their sums by it */
    const struct MwBoardEnd
        *ends; /* how those at an end are worded; ends with a NULL state       */
} MwBoard;

struct MwEntity {
    const char *name;   /* table, singular: "sales_order" */
    const char *path;   /* URL segment, plural: "sales-orders" */
    const char *label;  /* N_("Sales order") */
    const char *plural; /* N_("Sales orders") */
    const char *help;   /* N_(one line that defines it, shown on empty lists) */
    const char *icon;   /* name of a Tabler icon: "building" */
    const char *title;  /* the field that names a record in lists and links */
    MwNav nav;
    unsigned flags;
    const MwField *fields;             /* ends with MW_FIELDS_END */
    const char *const *list;           /* columns of the list page */
    const char *order;                 /* default order of lists: "-ordered_at"; NULL: "-id" */
    const MwSection *sections;         /* NULL: one section of all */
    const MwGrant *grants;             /* defaults; administrators change them later */
    const char *const *const *unique;  /* keys of several fields; ends with NULL */
    const char *const *const *indexes; /* further indexes, of several fields; ends with NULL */
    const char *master;                /* of a detail: the link field to its master */
    const char *seen_with;             /* of a detail: a link too; who may not read what it points
                                         at does not see the line. NULL: with its master alone */
    const char *const *follows;        /* links: who may read a record that one of them points at
                                          reads this one too, and nobody else does. NULL: none */
    const char *number;       /* of a number rule: "SO-{YYYY}-{000000}"; the entity then has
                                     the system field `number` */
    const char *dated;        /* the date or instant whose exchange rates count; NULL: today */
    const char *const *twins; /* by what two records are probably one: "credit_code", "name+account"
                                 (both); they can then be merged (record/merge.h). NULL: never */
    const char *made_at;      /* path of the page that makes one, where it is not the generic
                                         form: "/imports/new" */
    const MwBoard *board;     /* NULL: none */
    const MwCalendar *calendar; /* NULL: none */
    MwHooks hooks;

    /* Set by the catalog. */
    size_t n_fields;
    int index;                 /* position in the catalog */
    const MwField *name_order; /* by which names are listed (base/name.h), kept where the title is
                                         MW_NAMED; NULL elsewhere */
    GHashTable *by_name;       /* name -> const MwField */
    const MwEntity *const *details; /* the entities whose master this is; ends with NULL */
};

#define MW_NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Field names every entity has (MW_SYSTEM): id, version, created_at, created_by, updated_at,
 * updated_by, deleted_at; with MW_OWNED also owner and team; with a number rule also number; name_order. */
enum { MW_FIELD_ID = 0, MW_FIELD_VERSION = 1, MW_FIELD_DELETED = 2 };

/* How a board words the end that is this state; NULL when it does not. */
const MwBoardEnd *mw_board_end(const MwBoard *board, const char *state);
/* What a field is called at an end, translated; NULL where it has its own label (or there is no end). */
const char *mw_board_end_label(const MwBoardEnd *end, const MwField *field);
/* NULL when there is none. */
const MwField *mw_entity_field(const MwEntity *entity, const char *name);
const MwEntity *mw_entity_detail(const MwEntity *entity, const char *name);
const char *mw_entity_label(const MwEntity *entity);
const char *mw_entity_plural(const MwEntity *entity);
/* The same inside a sentence: in English with a small letter. */
const char *mw_entity_label_inside(const MwEntity *entity);
const char *mw_entity_plural_inside(const MwEntity *entity);
const char *mw_right_name(MwRight right); /* "read", "create"... */
const char *mw_scope_name(MwScope scope); /* "nobody", "own", "team", "team_below", "all" */
bool mw_scope_parse(const char *name, MwScope *scope);
