#pragma once
/* openapi: the REST API of a catalog as an OpenAPI 3.1 document. */
#include "model/catalog.h"

/* Labels in the language in use. `sees` (may be NULL: all) leaves out entities and, with a field,
 * fields that the reader may not see. The caller frees the text. */
char *mw_openapi(const MwCatalog *catalog, const char *version,
                 bool (*sees)(const MwEntity *entity, const MwField *field, void *data),
                 void *data);
