#pragma once
/*
 * error: what went wrong, in a form that every surface can show.
 *
 * Two kinds, never mixed:
 *   - a GError (domain MW_ERROR) says that an operation could not be done;
 *   - an MwProblems list says which parts of the caller's input to correct.
 * web/reply.c turns both into HTTP, cli/main.c into an exit status; no other
 * file knows a status number.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MW_ERROR (mw_error_quark())
GQuark mw_error_quark(void);

typedef enum {
    MW_ERROR_INTERNAL,    /* a fault of ours, logged with its cause            */
    MW_ERROR_UNAVAILABLE, /* the database cannot be reached or is busy; retry  */
    MW_ERROR_FULL,        /* no space left to write; nothing was saved         */
    MW_ERROR_NOT_FOUND,   /* no such record, or none this user may see         */
    MW_ERROR_DENIED,      /* the record is visible, the action is not allowed  */
    MW_ERROR_CONFLICT,    /* somebody saved a newer version first              */
    MW_ERROR_INVALID,     /* the input is wrong: the message, or the MwProblems that came with it */
    MW_ERROR_TOO_LARGE,   /* the input passes a stated limit                   */
    MW_ERROR_TOO_MANY,    /* too many attempts; wait                           */
    MW_ERROR_UNAUTHENTICATED, /* nobody is logged in, or no longer             */
} MwError;

#define mw_fail(error, code, ...) (g_set_error((error), MW_ERROR, (code), __VA_ARGS__), false)
#define mw_fail_null(error, code, ...) (g_set_error((error), MW_ERROR, (code), __VA_ARGS__), NULL)

/* One thing to correct. */
typedef struct {
    char *field;   /* name of the field, or "" for the whole input      */
    char *code;    /* stable, for programs: "required", "too_long", ... */
    char *message; /* translated, for people                            */
} MwProblem;

typedef struct MwProblems MwProblems;

MwProblems *mw_problems_new(void);
void mw_problems_free(MwProblems *problems);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwProblems, mw_problems_free)

/* `message` is a translated printf format. At most 1,000 problems are kept; the rest are counted. */
void mw_problems_add(MwProblems *problems, const char *field, const char *code, const char *message,
                     ...) G_GNUC_PRINTF(4, 5);
bool mw_problems_any(const MwProblems *problems);
size_t mw_problems_count(const MwProblems *problems);
const MwProblem *mw_problems_get(const MwProblems *problems, size_t index);
/* The first message about `field`, or NULL. */
const char *mw_problems_of(const MwProblems *problems, const char *field);
void mw_problems_reset(MwProblems *problems);
/* "field: message; field: message", for a log or a rejects file. The caller frees it. */
char *mw_problems_text(const MwProblems *problems);
