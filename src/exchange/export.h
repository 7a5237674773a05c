#pragma once
/*
 * export: the records of a list as CSV or XLSX, streamed page by page in constant memory.
 *
 * Labels as header and texts as a page shows them, in the language of the context; or, `raw`, names of fields
 * and values as an import takes them back. Numbers, dates and instants are such in a workbook. Links are
 * told by their title, and with `keys` by their id too.
 */
#include "record/service.h"
#include "table/writer.h"

typedef struct {
    const MwQuery *query;       /* entity, filter, order; page and scope are set here          */
    const char *const *columns; /* names of fields; NULL: all that the actor sees              */
    bool raw, keys;
    bool lines; /* of an entity with lines: a row a line, with the columns of its record in front */
    MwTableWriterOptions table;
} MwExportOptions;

/* Rows so far; false stops with MW_ERROR_UNAVAILABLE. */
typedef bool (*MwExportProgress)(int64_t rows, int64_t all, void *data);

/* Needs the right to export. In a transaction. `rows` may be NULL. MW_ERROR_INVALID names an unknown column. */
bool mw_export_file(const MwContext *context, const MwExportOptions *options, const char *path,
                    MwExportProgress progress, void *data, int64_t *rows, GError **error);
/* As above, to a sink; see table/writer.h. */
bool mw_export_sink(const MwContext *context, const MwExportOptions *options, MwTableSink sink,
                    void *sink_data, int64_t *rows, GError **error);
