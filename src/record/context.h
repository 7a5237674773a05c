#pragma once
/*
 * context: what one piece of work needs: the company, its metadata in force, a store in a
 * transaction, and on whose behalf. Everything above the store takes one.
 */
#include "record/actor.h"
#include "record/company.h"

typedef struct {
    MwCompany *company;
    const MwCatalog *catalog; /* held; that of the actor, so that its rights fit       */
    MwStore *store;           /* of this thread; writers have begun a transaction      */
    const MwActor *actor;
    const char *source;   /* "web", "api", "import", "cli", "job", "demo"          */
    MwSettings *settings; /* held, as the catalog                                 */
    MwLocale locale;      /* of the actor                                          */
    int64_t now;          /* the instant the work began, milliseconds since 1970   */
    bool reads; /* the transaction only reads: what is worked out may be remembered (memo.h)   */
    bool links_found; /* the program has looked links up itself, as the actor sees them: they
                             are not checked again                                  */
    bool moves_links; /* a merge or its undoing: what is counted follows, but nothing is made */
} MwContext;

/* Fills in a context for `actor` and takes references; ended with mw_context_end(). */
void mw_context_begin(MwContext *context, MwCompany *company, MwStore *store, MwActor *actor,
                      const char *source);
void mw_context_end(MwContext *context);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwContext, mw_context_end)
/* The actor's language, else the company's; also makes it the thread's (i18n.h). */
void mw_context_use_language(const MwContext *context);
