#pragma once
/*
 * writer: rows into a CSV or XLSX file, streamed in constant memory.
 *
 *     g_autoptr(MwTableWriter) writer = mw_table_writer_new(path, columns, &options, &error);
 *     if (!writer)
 *         return false;
 *     while (...)
 *         if (!mw_table_write(writer, cells, n_cells, &error))
 *             return false;
 *     return mw_table_writer_finish(writer, &error);
 *
 * A file is written under another name in the same folder and renamed when it is whole: until
 * mw_table_writer_finish() returns true, nothing has changed at the target, and after a
 * failure nothing is left. Errors: MW_ERROR_FULL (no space), MW_ERROR_DENIED and _NOT_FOUND
 * (the folder), MW_ERROR_TOO_LARGE (more rows or columns than a sheet holds), else
 * MW_ERROR_UNAVAILABLE. After an error the writer can only be freed.
 *
 * CSV is RFC 4180: UTF-8, CRLF, quotes where needed. XLSX has the header bold and frozen and
 * columns as wide as their first 1,000 rows (8 to 60 characters, a Chinese one counts two); a
 * text of more than 32,767 characters, which a sheet cannot hold, is cut and ends with "…".
 */
#include "base/error.h"

typedef enum { MW_TABLE_CSV, MW_TABLE_XLSX } MwTableFormat;

typedef enum {
    MW_CELL_EMPTY,
    MW_CELL_TEXT,
    MW_CELL_INTEGER,
    MW_CELL_DECIMAL, /* `text` is "-1234.50": its digits after the point are shown           */
    MW_CELL_DATE,    /* `text` is "2026-03-31"                                               */
    MW_CELL_INSTANT, /* `text` is "2026-03-31 08:05:00", in the time zone of the reader      */
} MwCellKind;

/* In XLSX, what a sheet cannot hold exactly stays text: integers and decimals of more than 15
 * digits, dates before March 1900, and text that is not of the form above. */
typedef struct {
    MwCellKind kind;
    const char *text; /* valid UTF-8, borrowed for the call; NULL is an empty cell */
    int64_t integer;
} MwCell;

typedef struct {
    MwTableFormat format;
    char delimiter;       /* CSV; 0: comma                                                  */
    bool byte_order_mark; /* CSV; Excel needs it to see that a file is UTF-8                */
    bool guard_formulas;  /* CSV; puts ' before a text that starts with = + - @ TAB CR, so that
                               a spreadsheet does not run it. Off by default because it changes
                               the text (+86 10 ...) and so what another import reads. XLSX needs
                               none: its texts are typed                                      */
    const char *sheet;    /* XLSX; NULL: "Sheet1"; cut to 31 characters, []:*?/\ become "_" */
} MwTableWriterOptions;

typedef struct MwTableWriter MwTableWriter;

/* Takes bytes in order. False with `error` set stops the writing. */
typedef bool (*MwTableSink)(const void *bytes, size_t size, void *data, GError **error);

/* Writes the header. `path` "-" is standard output; a device or pipe is written to directly.
 * `columns` ends with NULL; `options` may be NULL: CSV. */
MwTableWriter *mw_table_writer_new(const char *path, const char *const *columns,
                                   const MwTableWriterOptions *options, GError **error);
/* As above; XLSX goes through a temporary file and reaches the sink with the finish. */
MwTableWriter *mw_table_writer_new_sink(MwTableSink sink, void *data, const char *const *columns,
                                        const MwTableWriterOptions *options, GError **error);
/* Drops what was not finished. */
void mw_table_writer_free(MwTableWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwTableWriter, mw_table_writer_free)

bool mw_table_write(MwTableWriter *writer, const MwCell *cells, size_t n_cells, GError **error);
/* Completes the file and puts it in its place. */
bool mw_table_writer_finish(MwTableWriter *writer, GError **error);
