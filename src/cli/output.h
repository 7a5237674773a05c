#pragma once
/* output: results on standard output, as one JSON document or as an aligned table. */
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* Prints `document` with full double precision and a line end, and releases it. */
void mw_print_json(json_t *document);

/* A table built row by row; columns are aligned by display width (Chinese counts two). */
typedef struct MwPrintTable MwPrintTable;

/* `alignment`: a letter a column, 'l' or 'r'. `headers` ends with NULL and may be NULL. */
MwPrintTable *mw_print_table_new(const char *alignment, const char *const *headers);
/* As many strings as columns; they are copied. */
void mw_print_table_row(MwPrintTable *table, ...);
/* Prints to standard output and frees. */
void mw_print_table_end(MwPrintTable *table);

/* Appends a line of a command's help: "  --name=ARGUMENT   help"; `argument` may be NULL. */
void mw_append_option(GString *text, const char *name, const char *argument, const char *help);

/* A double for people: up to `digits` after the point, from 1e15 on six digits and a power of ten. In a small ring of static buffers,
 * 16 deep, so that several can be used in one call. */
const char *mw_print_number(double value, int digits);

/* A number for JSON; null where it is NaN or infinite, which JSON does not have. */
json_t *mw_json_number(double value);
/* An array of them. */
json_t *mw_json_numbers(const double *values, size_t n);
