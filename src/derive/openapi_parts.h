#pragma once
/* openapi_parts: what the files of openapi share. Private to them. */
#include "model/catalog.h"

typedef struct {
    const MwCatalog *catalog;
    bool (*sees)(const MwEntity *entity, const MwField *field, void *data);
    void *data;
    GString *out;
} MwOpenapiWriter;

typedef enum {
    MW_GIVES_NOTHING,
    MW_GIVES_RECORD,
    MW_GIVES_READ, /* a record, or where it was merged into */
    MW_GIVES_LIST,
    MW_GIVES_HISTORY,
    MW_GIVES_BATCH,
    MW_GIVES_OBJECT,
    MW_GIVES_BUYING_CENTRE,
} MwOpenapiGives;

/* Whether records of it are written by themselves. */
bool mw_openapi_written(const MwEntity *entity);
void mw_openapi_parameter(GString *out, const char *name, const char *in, const char *schema,
                          const char *description);
/* "parameters" of a path with an id, with the comma behind it. */
void mw_openapi_id(MwOpenapiWriter *w);
/* Begins an operation: "get":{ with id, tag and summary. */
void mw_openapi_operation(MwOpenapiWriter *w, const char *method, const MwEntity *entity,
                          const char *verb, const char *summary);
/* ",responses": one success and the problem document for everything else. Ends the operation. */
void mw_openapi_responses(MwOpenapiWriter *w, const MwEntity *entity, const char *status,
                          MwOpenapiGives gives);
/* Further paths of an entity, each with the comma before it. In openapi_work.c. */
void mw_openapi_work(MwOpenapiWriter *w, const MwEntity *entity);
/* The operation that makes a classification, with the comma before it; see web/classification_plan.c. */
void mw_openapi_classify(MwOpenapiWriter *w, const MwEntity *entity);
/* The path of all favourites. */
void mw_openapi_favourites(MwOpenapiWriter *w);
