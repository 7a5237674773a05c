#pragma once
/*
 * import: the records of a table taken in: a file of rows, a mapping of its columns, and what came of it.
 *
 * The file is read twice: first to find which rows belong together and what they point at, then to
 * write. Records are written by the service in transactions of some thousand rows, each of which
 * keeps with its data how far it is: an import that was killed goes on there when it is
 * started again with the same file and options, and has written no record in part.
 *
 * Rules, told in docs/modules/exchange.md:
 *   - a row is rejected by itself when it is malformed, its key is blank, or its record's required link is;
 *   - a fault of a line rejects its row, a fault of a record all its rows;
 *   - links are found by the unique keys of their records, then by title; missing ones are made
 *     where create_missing says so;
 *   - where the rows of one record differ in its fields, the first counts, and a warning is given.
 */
#include <jansson.h>

#include "exchange/shape.h"
#include "record/changes.h"
#include "table/reader.h"

typedef struct {
    const char *path;             /* of the file; "-" is not possible: it is read twice      */
    const char *file_name;        /* as shown; NULL: the last part of `path`                 */
    const char *shape;            /* "orders", "accounts"; see shape.h                       */
    const char *const *map;       /* "key=Column"; NULL: remembered for this header, else guessed */
    const char *const *constants; /* "key=value"; may be NULL                                */
    const char *const *values;    /* see mw_import_meaning(); may be NULL                    */
    const char *const *create_missing; /* names of links, "account"; may be NULL               */
    const char *match; /* field by which records that are there already are found and
                                       changed; NULL: all are new                              */
    bool dry_run;      /* writes nothing and reports                              */
    bool afresh;       /* does not go on with an unfinished run                   */
    MwTableOptions table;
    size_t problems_max; /* kept in the report; 0: 100                              */
} MwImportOptions;

typedef struct {
    const MwEntity *entity;
    int64_t created, updated;
} MwImportCount;

typedef struct {
    uint64_t line; /* of the file */
    char *field;   /* key of the mapping, or "" */
    char *message; /* translated */
} MwImportProblem;

typedef struct {
    char *field;   /* key of the mapping */
    char *message; /* translated */
    int64_t count;
} MwImportWarning;

typedef struct {
    int64_t run;    /* id of the import_run; 0 after a dry run              */
    bool resumed;   /* an unfinished run was gone on with                   */
    bool cancelled; /* the progress callback said so; can be gone on with   */
    int64_t rows;   /* of the file, without the header                      */
    int64_t done;   /* of them looked at                                    */
    int64_t rejected;
    int64_t lines;    /* lines of records made                                */
    GArray *counts;   /* of MwImportCount: of the records themselves first    */
    GArray *problems; /* of MwImportProblem, the first ones                   */
    GArray *warnings; /* of MwImportWarning                                   */
} MwImportReport;

/* "key:what the file says=what is meant", with \\ before = and \\ in what the file says; what is meant may be
 * nothing. The caller frees it. */
char *mw_import_meaning(const char *key, const char *from, const char *to);
/* The other way; `to` is part of `text`. False when it is none. */
bool mw_import_meaning_parts(const char *text, char **key, char **from, const char **to);

/* As the command and the API write it: run, dry_run, resumed, rows, lines, rejected, created and updated (by
 * entity), warnings, problems. */
json_t *mw_import_report_json(const MwImportReport *report, bool dry_run);
void mw_import_report_clear(MwImportReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwImportReport, mw_import_report_clear)

/* Called some times a second. `all` is 0 while the file is first read. False: stop after this
 * transaction. */
typedef bool (*MwImportProgress)(int64_t done, int64_t all, void *data);

/* Runs an import to its end. `store` is the caller's and in no transaction; `actor` needs the right to import on each
 * entity that is written. `rejects`: file for the rejected rows, or NULL. False with `error` when nothing could be
 * begun or an error stopped it; the run then says so and can be gone on with. */
bool mw_import(MwCompany *company, MwStore *store, MwActor *actor, const MwImportOptions *options,
               const char *rejects, MwImportProgress progress, void *data, MwImportReport *report,
               GError **error);

/* ---- for the wizard and the API, whose steps are requests and a job ----
 *
 * mw_import_upload() keeps the file and makes the import_run, "mapping"; mw_import_file() writes it out again for
 * mw_import_preview() and a dry run by mw_import(); mw_import_queue() keeps mapping and options, "queued", and adds
 * the job; mw_import_resume(), in that job, runs it as its owner, and again after a crash. Only the owner maps and
 * queues, because it runs with his rights. */

enum {
    MW_IMPORTS_MAPPING_MAX = 20, /* of one user's that wait for their mapping */
    MW_IMPORT_KEPT_DAYS =
        30, /* file and rejected rows, after the end; an upload that is not mapped */
};

typedef struct {
    char **header;
    GPtrArray *rows; /* of char **: the first rows, each as long as the header */
    char **map;      /* "key=Column": as the last time, or as the names of the columns suggest */
    bool remembered; /* from the last import of such a file, else guessed */
    char **values, **constants, **create_missing, *match; /* remembered likewise; may be NULL */
    char delimiter;
    char *encoding; /* "UTF-8", "GB18030" */
    char **sheets;  /* of a workbook */
} MwImportPreview;

enum { MW_PREVIEW_ROWS = 20 };

bool mw_import_preview(const MwContext *context, const char *path, const char *shape,
                       const MwTableOptions *table, MwImportPreview *preview, GError **error);
void mw_import_preview_clear(MwImportPreview *preview);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwImportPreview, mw_import_preview_clear)

/* In the context's transaction, which writes. The id of the run; 0 on error. */
int64_t mw_import_upload(const MwContext *context, const char *path, const char *file_name,
                         const char *shape, GError **error);
/* Writes the file of a run of the actor's to a temporary one; its path, for the caller to unlink and free. */
char *mw_import_file(const MwContext *context, int64_t run, GError **error);
/* A text in a column that goes to a choice or a link, and means none there. */
typedef struct {
    char *text;    /* as the file has it */
    int64_t rows;  /* that have it */
    char *meaning; /* what the options say that it means; NULL: nothing */
    char *near;    /* what it probably means; NULL: unknown */
    bool fits;     /* by its meaning */
} MwImportText;

/* The texts of one column. */
typedef struct {
    char *key; /* of the mapping */
    const MwField *field;
    GPtrArray
        *choices;  /* what there is, pairs of a text and its label; NULL: more than MW_TEXTS_MAX */
    GArray *texts; /* of MwImportText, the most frequent first, at most MW_TEXTS_MAX */
    bool more;     /* there are more of them */
} MwImportColumn;

enum { MW_TEXTS_MAX = 100 };

/* Finds the texts of the file that fit nothing, and those that `options` give a meaning: an array of
 * MwImportColumn. `progress` may stop it; what was found so far is then told. In a transaction. */
GPtrArray *mw_import_texts(const MwContext *context, const MwImportOptions *options,
                           MwImportProgress progress, void *data, GError **error);

/* Whether the mapping fits the file, and the actor may do what it asks. Reads the header only. */
bool mw_import_check(const MwContext *context, const MwImportOptions *options, GError **error);
/* In the context's transaction. Of `options` path and file_name are the run's own; so is shape, unless given. */
bool mw_import_queue(const MwContext *context, int64_t run, const MwImportOptions *options,
                     GError **error);
/* The run, if it is the actor's own; else MW_ERROR_NOT_FOUND. */
MwRecord *mw_import_own(const MwContext *context, int64_t run, GError **error);
/* Whether its mapping can (still) be given: nothing of it was taken in. */
bool mw_import_maps(const MwContext *context, const MwRecord *run, bool *maps, GError **error);
/* Of one that runs, in hundredths of a percent. */
bool mw_import_progress(const MwContext *context, int64_t run, int64_t *progress, GError **error);
/* Queues a run of the actor's that has failed again; it goes on where it stopped. MW_ERROR_CONFLICT when its file is
 * kept no longer. */
bool mw_import_again(const MwContext *context, int64_t run, GError **error);
/* Outside of a transaction; like mw_import(). A fault of the file or of what was asked marks the run as failed. */
bool mw_import_resume(MwCompany *company, MwStore *store, int64_t run, MwImportProgress progress,
                      void *data, MwImportReport *report, GError **error);

/* Writes header and rejected rows of a run as CSV, with line and reason in front. In a transaction.
 * MW_ERROR_NOT_FOUND when they are kept no longer. */
bool mw_import_rejects(MwStore *store, int64_t run, const char *path, GError **error);

/* ---- taking it back ----
 *
 * What the import made is removed (softly), what it changed is set back, the last thing first. What others have changed
 * since, or refer to, stays and is told. As the actor, within his rights. What came of it is kept in the report of the
 * run, as "undo". */

enum { MW_IMPORT_UNDO_AT_ONCE = 1000 /* records; more would hold others up for too long */ };

/* All of it in the context's transaction. */
bool mw_import_undo(const MwContext *context, int64_t run, MwUndone *undone, GError **error);
bool mw_import_undo_is_long(const MwContext *context, int64_t run, bool *is_long, GError **error);
/* Within MW_IMPORT_KEPT_DAYS of its end; then what it has done is known no longer. One that failed can be gone on with, and so
 * keeps it. */
bool mw_import_undo_in_time(const MwContext *context, const MwRecord *run);
/* Marks the run as "undoing" and adds the job, in the context's transaction. */
bool mw_import_undo_queue(const MwContext *context, int64_t run, GError **error);
/* The job is given up: says so of the run, with the reason. It can be queued again, and goes on where it was. */
bool mw_import_undo_failed(const MwContext *context, int64_t run, const char *reason,
                           GError **error);
/* By steps that each have a transaction, outside of one, as a user (0: the system); goes on with one that was stopped. */
bool mw_import_undo_run(MwCompany *company, MwStore *store, int64_t run, int64_t user,
                        MwImportProgress progress, void *data, MwUndone *undone, GError **error);
/* {"removed":…,"restored":…,"kept":…,"titles":[…]} */
json_t *mw_import_undone_json(const MwUndone *undone);
