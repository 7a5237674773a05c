#pragma once
/*
 * links: the records that one link column of a file points at, by what stands in its cells.
 *
 * Every cell is noted first, with what the file says of its record; then all are looked up, many at a time;
 * those that are missing are made when a record that points at them is written. Private to exchange/.
 */
#include "exchange/shape.h"
#include "record/service.h"

enum { MW_LINK_FIELDS_MAX = 32, MW_LOOKUPS_MAX = 8 };

/* One record pointed at. */
typedef struct {
    const char *key;     /* what the cell says, see mw_exchange_key()                  */
    int64_t id;          /* 0: not found, or not yet                                   */
    bool ambiguous;      /* several records have this title                            */
    bool counted;        /* as made, by a dry run that has taken it back since         */
    uint32_t differs;    /* by field: the file says different things of it             */
    const char *texts[]; /* by field: the first thing the file says, or NULL          */
} MwLinkEntry;

typedef struct {
    const MwField *link; /* of the record or its line          */
    bool line;
    bool create; /* those that are missing             */
    const MwEntity *target;
    const MwField *lookups[MW_LOOKUPS_MAX]; /* unique keys, then the title; ends with NULL */
    const MwField *key; /* which field a new record gets the cell as; may be NULL */
    const MwField *fields[MW_LINK_FIELDS_MAX]; /* that the file tells of the record */
    size_t n_fields;
    GHashTable *entries; /* key -> MwLinkEntry, of `all` */
    GStringChunk *texts;
    GPtrArray *all;     /* entries in the order of the file */
    uint64_t differing; /* fields of records of which the file says different things */
} MwLinks;

MwLinks *mw_links_new(const MwCatalog *catalog, const MwPath *path, bool create);
void mw_links_free(MwLinks *links);
/* `match`: only by this field; for the records themselves. */
MwLinks *mw_links_new_of(const MwEntity *entity, const MwField *match);

/* The entry of a key, made if it is new. */
MwLinkEntry *mw_links_note(MwLinks *links, const char *key);
MwLinkEntry *mw_links_get(const MwLinks *links, const char *key);
void mw_links_note_text(MwLinks *links, MwLinkEntry *entry, size_t field, const char *text);

/* Looks up every entry without an id. */
bool mw_links_resolve(const MwLinks *links, const MwContext *context, GError **error);
/* Looks up one, which may have come since. */
bool mw_links_find(const MwLinks *links, const MwContext *context, MwLinkEntry *entry,
                   GError **error);
/* Makes its record, or (not `really`) finds out whether it could be made. Problems when it does not fit. */
bool mw_links_make(const MwLinks *links, const MwContext *context, MwLinkEntry *entry, bool really,
                   MwProblems *problems, GError **error);

/* What identifies a record in a cell: without blanks around it, and "17850" for "17850.0", as spreadsheets write
 * numbers. `text` itself, or a part of it copied into `buffer`; "" for a blank cell. */
const char *mw_exchange_key(const char *text, GString *buffer);
