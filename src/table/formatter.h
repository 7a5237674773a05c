#pragma once
/* formatter: what a file format gives to writer.c. Private to table/. */
#include "table/target.h"

typedef struct {
    /* Writes the header. `target` outlives the state. */
    void *(*new)(MwTarget *target, const char *const *columns, const MwTableWriterOptions *options,
                 GError **error);
    bool (*write)(void *state, const MwCell *cells, size_t n_cells, GError **error);
    bool (*finish)(void *state, GError **error);
    void (*free)(void *state);
} MwTableFormatter;

extern const MwTableFormatter mw_csv_formatter, mw_xlsx_formatter;
