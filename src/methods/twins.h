#pragma once
/*
 * twins: who may be there already: leads, accounts and contacts that have the same credit code, name, telephone or mail
 * domain, or a name that sounds the same or begins so (keys of base/name.h).
 *
 * Each look-up is one step into an index and takes at most some rows, so that it can be asked while somebody types:
 * three statements, whatever the size of the tables, and one for each kind of record that was found.
 */
#include "record/context.h"

typedef struct {
    const char *name, *credit_code, *phone, *email; /* as typed; NULL or "": not asked for      */
    bool contacts;                                  /* people too, by address and telephone     */
    const MwEntity *except;                         /* not this record itself; NULL: none       */
    int64_t except_id;
} MwTwinAsk;

typedef enum {
    MW_TWIN_CREDIT_CODE, /* the surest first */
    MW_TWIN_NAME,
    MW_TWIN_EMAIL,
    MW_TWIN_PHONE,
    MW_TWIN_DOMAIN,
    MW_TWIN_SOUND,
    MW_TWIN_BEGINNING,
} MwTwinBy;

typedef struct {
    const MwEntity *entity;
    int64_t id;
    MwTwinBy by;
    MwRecord *record; /* id, title, owner and pool; NULL when the actor may not read it */
} MwTwin;

/* At most `limit`, the surest first, each record once; an array of MwTwin, NULL on an error. */
GPtrArray *mw_twins_find(const MwContext *context, const MwTwinAsk *ask, unsigned limit,
                         GError **error);
/* What is alike, translated: "same name". */
const char *mw_twin_words(MwTwinBy by);
