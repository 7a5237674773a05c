#pragma once
/*
 * cells: what the commands that read a table share. All messages are translated and name line and column; which file
 * it was is put before them by mw_fail_in(), where the path is known.
 */
#include "base/error.h"
#include "table/reader.h"

/* The column named `name`, or number `otherwise` (0 = first) when `name` is NULL. MW_ERROR_INVALID
 * when there is none: the message lists the columns. */
bool mw_cells_column(const MwTableReader *reader, const char *name, size_t otherwise, size_t *out,
                     GError **error);

/* Takes one row into `data`; false with an error ends the reading. */
typedef bool (*MwTakeRow)(MwTableReader *reader, const MwTableRow *row, void *data, GError **error);

/* Hands every row to `take`. A malformed row is MW_ERROR_INVALID with its line, one row more than
 * `most` MW_ERROR_TOO_LARGE. */
bool mw_cells_each_row(MwTableReader *reader, uint64_t most, MwTakeRow take, void *data,
                       GError **error);

/* The text of a cell without outer blanks, "" where the row is too short. The caller frees it. */
char *mw_cells_text(const MwTableRow *row, size_t column);

#define MW_CELLS_LARGEST 1e100 /* of a number: sums and squares of many stay finite */

/* A number with a decimal point. An empty cell, "NA", "NaN" and "null" are NAN. MW_ERROR_INVALID
 * when it is anything else, or larger than MW_CELLS_LARGEST either side of 0. */
bool mw_cells_number(const MwTableReader *reader, const MwTableRow *row, size_t column, double *out,
                     GError **error);

#define MW_CELLS_NO_DAY INT64_MIN /* an empty cell */

/* Days since 1970-01-01 of a date or an instant (its day in UTC), as people write them; see clock.h.
 * MW_ERROR_INVALID when it is neither. */
bool mw_cells_day(const MwTableReader *reader, const MwTableRow *row, size_t column, int64_t *out,
                  GError **error);

/* Puts the name of the file before an error that does not begin with it, unless it is "-"; returns
 * false, so that it can end a condition: mw_x_read(…, error) || mw_fail_in(path, error). */
bool mw_fail_in(const char *path, GError **error);
