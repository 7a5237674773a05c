#pragma once
/*
 * catalog: the entities in force, declared ones with their custom fields.
 *
 * Immutable and reference-counted: a request takes the current one and keeps it to
 * its end; a change of custom fields makes a new one that is swapped in whole.
 */
#include "model/record.h"

typedef struct MwCatalog MwCatalog;

/* A custom field as its row tells it; see entities/custom_field.c. All borrowed. */
typedef struct {
    const char *entity, *name, *label, *help, *kind, *choices; /* choices: one "key=label" a line */
    const char *target, *initial;
    bool required, searched, retired;
    int64_t min, max;
} MwCustomField;

/* `entities` ends with NULL. Fails with MW_ERROR_INVALID on a declaration or custom field that
 * does not fit (unknown kind or entity, a name twice, too many fields), naming it. */
MwCatalog *mw_catalog_new(const MwEntity *const *entities, const MwCustomField *customs,
                          size_t n_customs, GError **error);
MwCatalog *mw_catalog_ref(MwCatalog *catalog);
void mw_catalog_unref(MwCatalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwCatalog, mw_catalog_unref)

/* By name or by path; NULL when there is none. */
const MwEntity *mw_catalog_entity(const MwCatalog *catalog, const char *name);
const MwEntity *mw_catalog_by_path(const MwCatalog *catalog, const char *path);
/* All, in declared order; ends with NULL. */
const MwEntity *const *mw_catalog_entities(const MwCatalog *catalog, size_t *n);

/* A field of some entity that links to a given one: the source of related lists. */
typedef struct {
    const MwEntity *entity;
    const MwField *field;
} MwLinkFrom;
/* Every link to `entity`; the array is the catalog's, `n` its length. */
const MwLinkFrom *mw_catalog_links_to(const MwCatalog *catalog, const MwEntity *entity, size_t *n);
/* The field of another entity that a line takes this one from (MwField.taken_from); NULL when from none. */
const MwField *mw_catalog_source(const MwCatalog *catalog, const MwField *field);
