#pragma once
/*
 * parser: what a reader of one file format gives to reader.c. Private to table/.
 *
 * To add a format: one file that defines a `const MwTableParser`, its magic bytes in reader.c.
 */
#include <zip.h>

#include "table/text.h"

typedef struct {
    /* As mw_table_next(), without the limit on rows. */
    bool (*next)(void *state, MwTableRow *row, GError **error);
    void (*progress)(const void *state, uint64_t *read_bytes, uint64_t *all_bytes);
    const char *(*encoding)(const void *state);
    const char *const *(*sheets)(const void *state); /* NULL: the format has none */
    void (*free)(void *state);
} MwTableParser;

extern const MwTableParser mw_csv, mw_xlsx;

/* Takes over `source`, also on failure. Sets the delimiter in `options` when it is 0. */
void *mw_csv_new(MwSource *source, MwTableOptions *options, GError **error);
void *mw_xlsx_new(zip_source_t *source, MwTableOptions *options, GError **error);

/*
 * The delimiter among TAB ; | , that splits `sample` best: over its first 20 rows, quotes
 * respected, most rows have as many cells as the first one (two at least); then most cells;
 * then the order given here. Comma when none splits the first row. `whole`: the sample is the
 * whole file, so that its last row counts without a line end.
 */
char mw_csv_find_delimiter(const char *sample, size_t size, bool whole);
