#pragma once
/* input: what the commands that read a table share. All messages are translated. */
#include "engines/status.h"
#include "table/reader.h"

/* The column named `name`, or number `otherwise` (0 = first) when `name` is NULL. MW_ERROR_INVALID
 * when there is none: the message lists the columns. */
bool mw_input_column(const MwTableReader *reader, const char *name, size_t otherwise, size_t *out,
                     GError **error);

/* The next row; as mw_table_next(), but a malformed row is MW_ERROR_INVALID with its line. */
bool mw_input_next(MwTableReader *reader, MwTableRow *row, GError **error);

/* The text of a cell without outer blanks, "" where the row is too short. The reader's, good until the
 * next row; `row->cells` is not changed. The caller frees it. */
char *mw_input_text(const MwTableRow *row, size_t column);

/* A number with a decimal point. An empty cell, "NA", "NaN" and "null" are NAN. MW_ERROR_INVALID names line and
 * column when it is anything else, or infinite. */
bool mw_input_number(const MwTableReader *reader, const MwTableRow *row, size_t column, double *out,
                     GError **error);

/* Says what an engine's refusal means, after `what`, such as the name of a series; returns false. */
bool mw_input_refused(MwStatus status, const char *what, GError **error);
/* The reason alone: "there is nothing to compute"; translated. */
const char *mw_input_reason(MwStatus status);
