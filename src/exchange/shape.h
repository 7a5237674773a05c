#pragma once
/*
 * shape: what one file may hold, and which column goes where.
 *
 * A file holds the records of one entity; with an entity that has lines, a row is a line together
 * with its master, and rows of one master are put together by its key. A column goes to a path:
 *
 *     ordered_at              a field of the entity
 *     account                 a link: the cell is a key of the record to point at, or its title
 *     account.country         a field of that record, for when it is made
 *     line.quantity           a field of the line
 *     line.product            a link of the line; line.product.name a field of that record
 *
 * Some files have a name of their own ("orders"), with short names for paths; see shape.c. To add
 * one, write its row there.
 */
#include "model/catalog.h"

typedef struct {
    const char *name;                /* "orders", or the path of the entity             */
    const MwEntity *entity, *detail; /* detail: NULL when it has no lines              */
    const char *const *aliases;      /* pairs of a short name and a path; NULL: none    */
} MwShape;

typedef struct {
    bool line;            /* of the line, else of the record itself                      */
    const MwField *link;  /* of that entity, whose record is meant; NULL: the entity's own field */
    const MwField *field; /* NULL: the key by which the linked record is found           */
} MwPath;

/* By the name of a shape, or the name or path of an entity; MW_ERROR_NOT_FOUND names those there are. */
bool mw_shape_find(const MwCatalog *catalog, const char *name, MwShape *shape, GError **error);
/* Whether files of an entity can be taken in at all. */
bool mw_shape_possible(const MwEntity *entity);

/* The paths (of MwPath) that a key of a mapping means: several for some short names. False when it means none. */
bool mw_shape_paths(const MwShape *shape, const MwCatalog *catalog, const char *key, GArray *paths);
/* Every key that a column can be given, with its label in the language in use; for a page to choose from.
 * Pairs of owned strings, one after the other. */
GPtrArray *mw_shape_keys(const MwShape *shape, const MwCatalog *catalog);
/* Whether a file can set a field. */
bool mw_shape_settable(const MwField *field);
/* What a key is called: "Account › Country"; the key itself when it means nothing. The caller frees it. */
char *mw_shape_label(const MwShape *shape, const MwCatalog *catalog, const char *key);
/* The key that a column of this name probably means, by names and labels in English and Chinese and by
 * what ledgers usually call it ("InvoiceNo"); NULL when none
 * does. The caller frees it. */
char *mw_shape_guess(const MwShape *shape, const MwCatalog *catalog, const char *column);
/* The only key whose name or label begins like the column's ("Phone number" and "Phone"); NULL when there is none, or there are
 * several. To be looked at by people. The caller frees it. */
char *mw_shape_suggest(const MwShape *shape, const MwCatalog *catalog, const char *column);
