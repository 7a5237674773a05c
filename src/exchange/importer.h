#pragma once
/* importer: one import at work; its parts are import.c (the passes), group.c (a record and its rows) and run.c (what is
 * kept of it in the database). Private to exchange/. */
#include "exchange/plan.h"

/* A row that waits for the others of its record. One block of memory. */
typedef struct {
    uint64_t line;
    const char *raw;
    size_t raw_size;
    union {
        const char *text;   /* NULL: blank */
        MwLinkEntry *entry; /* of a link's key; NULL: blank */
    } cells[];              /* by value of the plan */
} MwImportRow;

typedef struct {
    int64_t line;
    char *reason, *raw; /* raw as in table import_reject */
} MwImportReject;

typedef struct {
    int64_t record, history;
    const MwEntity *entity;
    bool update;
} MwImportItem;

typedef struct {
    const MwImportOptions *options;
    MwContext *context, *system; /* the actor's and, to keep the run, the system's */
    MwPlan *plan;
    const MwTableReader *reader; /* of the first pass */
    MwImportReport *report;
    GArray *rejects;     /* of MwImportReject: of this transaction; of a dry run, all */
    GArray *items;       /* of MwImportItem: of this transaction */
    GPtrArray *fresh;    /* of MwLinkEntry: made in this transaction */
    uint64_t *differing; /* by value: records whose rows differ in it */
    GString *key;        /* scratch */
    char *fingerprint;
    int64_t turn;
    int64_t queued; /* the import_run that was made before, or 0 */
    uint64_t done;  /* rows that an earlier transaction settled */
    uint64_t told;  /* rows when the database was last told that its tables have grown */
} MwImporter;

/* ---- group.c ---- */
/* Writes the record that the rows are about, or rejects rows. */
bool mw_group_write(MwImporter *importer, MwImportRow *const *rows, size_t n, MwLinkEntry *match,
                    GError **error);
/* Notes a rejected row; `key`: of the mapping, or "". */
void mw_importer_reject(MwImporter *importer, uint64_t line, const char *raw, size_t raw_size,
                        const char *key, const char *reason);

/* ---- run.c ---- */
/* Finds the unfinished run of this file and these options, or makes a new one. */
bool mw_run_begin(MwImporter *importer, const char *const *map, GError **error);
/* Writes what the transaction has come to; `rows`: settled ones. */
bool mw_run_keep(MwImporter *importer, uint64_t rows, GError **error);
/* "done", "failed" with a message. In a transaction of its own. */
bool mw_run_end(MwImporter *importer, const char *status, const char *message, GError **error);
/* mw_import() of a run that was made before, or 0. */
bool mw_importer_run(MwCompany *company, MwStore *store, MwActor *actor,
                     const MwImportOptions *options, int64_t queued, const char *rejects,
                     MwImportProgress progress, void *data, MwImportReport *report, GError **error);
/* The import_run that the actor may see, with all its fields. */
MwRecord *mw_run_read(const MwContext *context, int64_t run, GError **error);
/* Sets fields of an import_run as the system, pairs of name and value in `input`; `run` 0 makes one. 0 on error. */
int64_t mw_run_write(const MwContext *system, const MwInput *input, int64_t run, GError **error);
/* The mapping and the options of a run as JSON, into fields of `input`. */
void mw_run_put_options(MwInput *input, const char *const *map, const MwImportOptions *options);
/* "=text", or "%base64" of what the database does not take as text. The caller frees it. */
char *mw_run_raw(const char *raw, size_t size);

/* ---- rejects.c ---- */
/* Of a dry run: header and rejected rows from memory. */
bool mw_rejects_write_dry(const MwImporter *importer, const MwTableReader *reader, const char *path,
                          GError **error);

/* ---- report.c ---- */
void mw_report_init(MwImportReport *report);
/* Warns of fields of which the file says different things. */
void mw_report_differences(const MwImporter *importer);

/* ---- mapping.c ---- */
typedef struct {
    char **map, **values, **constants, **create_missing, *match; /* NULL: none */
    bool remembered;
} MwMapping;

void mw_mapping_clear(MwMapping *mapping);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwMapping, mw_mapping_clear)
/* What the actor, or else somebody whose imports he sees, asked last of such a file; else the mapping that the column
 * names suggest. */
bool mw_mapping_for(const MwContext *context, const MwShape *shape, const MwTableReader *reader,
                    MwMapping *mapping, GError **error);
