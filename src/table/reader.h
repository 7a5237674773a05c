#pragma once
/*
 * reader: rows of text from a file of somebody else: CSV or XLSX, plain or
 * compressed (.gz, .zst), UTF-8 or GB18030, streamed in constant memory.
 *
 * The format is found from the content, never from the name. Every size has a
 * limit (MwTableLimits); passing one is MW_ERROR_TOO_LARGE and names line and limit.
 * A row with a malformed part is still returned, with `fault` set, so that an
 * import can put it into its rejects as it came. Other errors: MW_ERROR_NOT_FOUND,
 * _DENIED, _UNAVAILABLE (the file cannot be opened or read), _INVALID (it is empty,
 * damaged, cut off, or no table). After an error the reader can only be closed.
 *
 *     g_autoptr(MwTableReader) reader = mw_table_open(path, NULL, &error);
 *     MwTableRow row;
 *     while (mw_table_next(reader, &row, &error))
 *         ... row.cells[column] where column < row.n_cells ...
 *
 * Encoding: a byte order mark decides (UTF-8, UTF-16); else the 64 KiB from the first
 * byte above 127 do, once for the whole file: UTF-8, GB18030 (with GBK, GB 2312), or
 * UTF-8 with faults when they are neither; the rule is in text.h. Others must be named.
 *
 * A reader belongs to one thread.
 */
#include "base/error.h"

typedef struct MwTableReader MwTableReader;

typedef struct {
    size_t cell_bytes;    /* default 1 MiB                                   */
    size_t row_bytes;     /* default 4 MiB                                   */
    size_t columns;       /* default 16,384                                  */
    uint64_t rows;        /* default 100,000,000                             */
    uint64_t total_bytes; /* of the unpacked content, default 64 GiB         */
    unsigned expansion;   /* unpacked to packed, over 16 MiB; default 1,000, XLSX 200 */
    size_t shared_bytes;  /* XLSX, the table of texts; default 256 MiB, at most 2 GiB */
} MwTableLimits;

typedef struct {
    char delimiter;       /* 0: found from the first lines: , ; tab |        */
    const char *encoding; /* NULL: found; "UTF-8", "GB18030", any of iconv   */
    const char *sheet;    /* XLSX: name of the sheet; NULL: the first        */
    bool no_header;       /* columns are then named "1", "2", ...            */
    MwTableLimits limits; /* zero members mean the defaults                  */
} MwTableOptions;

/* One row. All pointers are the reader's, good until the next call. */
typedef struct {
    uint64_t line;            /* line in the unpacked file where the row starts, 1 = first;
                                 XLSX: the row number                          */
    const char *const *cells; /* valid UTF-8, NUL-terminated; n_cells of them, fewer or more
                                 than the header when the file says so         */
    size_t n_cells;
    const char *raw; /* the row as it came, without the line end, in UTF-8 (bytes that
                                 cannot be converted to it: 0xFF); XLSX: written as a CSV line */
    size_t raw_size;
    const char *fault; /* NULL, or what is malformed, translated; bytes that are
                                 no text stand as '?' in the cells             */
} MwTableRow;

/* `path` "-" is standard input (CSV only). Reads the header. `options` may be NULL. */
MwTableReader *mw_table_open(const char *path, const MwTableOptions *options, GError **error);
/* As above, from bytes in memory that outlive the reader (uploads, fuzzing). */
MwTableReader *mw_table_open_bytes(const void *bytes, size_t size, const MwTableOptions *options,
                                   GError **error);
void mw_table_close(MwTableReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwTableReader, mw_table_close)

/* The column names, outer blanks trimmed; a NULL-terminated array of the reader's. */
const char *const *mw_table_header(const MwTableReader *reader);
size_t mw_table_columns(const MwTableReader *reader);
/* Index of the column with this name (exact, then ignoring ASCII case), or -1. */
int mw_table_column(const MwTableReader *reader, const char *name);
/* The header line as it came, for the first line of a rejects file. */
const char *mw_table_raw_header(const MwTableReader *reader);
/* ',' for XLSX. */
char mw_table_delimiter(const MwTableReader *reader);
/* "UTF-8", "GB18030", "UTF-16LE"...; settled with the first byte above 127. */
const char *mw_table_encoding(const MwTableReader *reader);
/* The names of the sheets; NULL-terminated, empty for CSV. */
const char *const *mw_table_sheets(const MwTableReader *reader);

/* True and the next row; false at the end (no error) or on an error. Empty lines are skipped. */
bool mw_table_next(MwTableReader *reader, MwTableRow *row, GError **error);

/* Packed bytes read so far and in all (0 when unknown), for a progress bar. */
void mw_table_progress(const MwTableReader *reader, uint64_t *read_bytes, uint64_t *all_bytes);
