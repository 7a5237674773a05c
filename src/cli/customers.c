#include "cli/customers.h"

#include <math.h>

#include "base/i18n.h"
#include "cli/names.h"
#include "engines/classify.h"

/* ---- Indicators ---- */

typedef struct {
    MwNames *keys;
    GArray *cells; /* row by row */
    size_t columns;
} IndicatorRows;

static bool
take_indicators(MwTableReader *reader, const MwTableRow *row, void *data, GError **error)
{
    IndicatorRows *rows = data;
    g_autofree char *key = mw_cells_text(row, 0);
    if (*key == '\0')
        return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: a customer needs a key."),
                       (unsigned long)row->line);
    if (rows->cells->len + rows->columns > MW_CUSTOMER_CELLS)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("The file has more than %d values."),
                       MW_CUSTOMER_CELLS);
    uint32_t known = rows->keys->texts->len;
    uint32_t number = mw_names_number(rows->keys, g_steal_pointer(&key));
    if (number < known)
        return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: “%s” is there twice."),
                       (unsigned long)row->line, mw_names_text(rows->keys, number));
    for (size_t j = 0; j < rows->columns; j++) {
        double value;
        if (!mw_cells_number(reader, row, j + 1, &value, error))
            return false;
        g_array_append_val(rows->cells, value);
    }
    return true;
}

bool
mw_indicator_file_read(MwIndicatorFile *file, MwTableReader *reader, GError **error)
{
    size_t columns = mw_table_columns(reader);
    if (columns < 2 || columns > MW_INDICATORS + 1)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("The file needs a key and 1 to %d indicators; it has %zu columns."),
                       MW_INDICATORS, columns);
    const char *const *header = mw_table_header(reader);
    for (size_t j = 1; j < columns; j++)
        if (g_strv_contains(header + j + 1, header[j]))
            return mw_fail(error, MW_ERROR_INVALID, _("Two indicators are called “%s”."),
                           header[j]);
    g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(double));
    g_auto(MwNames) keys = mw_names_new();
    IndicatorRows rows = { &keys, cells, columns - 1 };
    if (!mw_cells_each_row(reader, MW_CUSTOMER_ROWS, take_indicators, &rows, error))
        return false;
    size_t n = keys.texts->len;
    if (n == 0)
        return mw_fail(error, MW_ERROR_INVALID, _("The file has no rows."));

    file->columns = columns - 1;
    file->names = g_strdupv((char **)header + 1);
    file->keys = g_ptr_array_ref(keys.texts);
    file->values = g_new(double, n * file->columns);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < file->columns; j++)
            file->values[j * n + i] = g_array_index(cells, double, i * file->columns + j);
    return true;
}

void
mw_indicator_file_clear(MwIndicatorFile *file)
{
    g_clear_pointer(&file->names, g_strfreev);
    g_clear_pointer(&file->keys, g_ptr_array_unref);
    g_clear_pointer(&file->values, g_free);
}

/* ---- Comparisons ---- */

typedef struct {
    char *const *names;
    size_t n;
    size_t column[MW_AHP_CRITERIA]; /* of each indicator */
    bool seen[MW_AHP_CRITERIA];
    double *matrix;
} Comparisons;

/* "3", "0.33" or "1/3"; NAN if it is none of these. */
static double
ratio(const char *text)
{
    char *end;
    double value = g_ascii_strtod(text, &end);
    if (end != text && *end == '/') {
        const char *below = end + 1;
        value /= g_ascii_strtod(below, &end);
        if (end == below)
            return NAN;
    }
    return end != text && *end == '\0' && isfinite(value) ? value : NAN;
}

static bool
take_comparison(MwTableReader *reader G_GNUC_UNUSED, const MwTableRow *row, void *data,
                GError **error)
{
    Comparisons *c = data;
    g_autofree char *name = mw_cells_text(row, 0);
    size_t i = 0;
    while (i < c->n && !g_str_equal(c->names[i], name))
        i++;
    if (i == c->n || c->seen[i])
        return mw_fail(error, MW_ERROR_INVALID,
                       i == c->n ? _("Line %lu: there is no indicator “%s”.")
                                 : _("Line %lu: “%s” is there twice."),
                       (unsigned long)row->line, name);
    c->seen[i] = true;
    for (size_t j = 0; j < c->n; j++) {
        g_autofree char *text = mw_cells_text(row, c->column[j]);
        c->matrix[i * c->n + j] = ratio(text);
        if (isnan(c->matrix[i * c->n + j]))
            return mw_fail(error, MW_ERROR_INVALID,
                           _("Line %lu, column “%s”: “%s” is not a ratio such as 3 or 1/3."),
                           (unsigned long)row->line, c->names[j], text);
    }
    return true;
}

bool
mw_comparisons_read(MwTableReader *reader, char *const *names, size_t n, double *matrix,
                    GError **error)
{
    Comparisons c = { .names = names, .n = n, .matrix = matrix };
    if (n > MW_AHP_CRITERIA)
        return mw_fail(error, MW_ERROR_TOO_LARGE,
                       _("Pairwise comparison takes up to %d indicators."), MW_AHP_CRITERIA);
    for (size_t j = 0; j < n; j++)
        if (!mw_cells_column(reader, names[j], 0, &c.column[j], error))
            return false;
    if (!mw_cells_each_row(reader, MW_AHP_CRITERIA, take_comparison, &c, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!c.seen[i])
            return mw_fail(error, MW_ERROR_INVALID, _("The comparisons have no row for “%s”."),
                           names[i]);
    return true;
}

/* ---- Totals ---- */

typedef struct {
    MwTotals *totals;
    MwNames *keys;
    size_t key, value, times;
    bool product;
} TotalRows;

static bool
take_total(MwTableReader *reader, const MwTableRow *row, void *data, GError **error)
{
    TotalRows *rows = data;
    g_autofree char *key = mw_cells_text(row, rows->key);
    double value, times = 1.0;
    if (!mw_cells_number(reader, row, rows->value, &value, error) ||
        (rows->product && !mw_cells_number(reader, row, rows->times, &times, error)))
        return false;
    value *= times;
    if (*key == '\0' || isnan(value)) {
        rows->totals->rows_left_out++;
        return true;
    }
    uint32_t number = mw_names_number(rows->keys, g_steal_pointer(&key));
    if (number == rows->totals->totals->len)
        g_array_append_val(rows->totals->totals, value);
    else
        g_array_index(rows->totals->totals, double, number) += value;
    return true;
}

bool
mw_totals_read(MwTotals *totals, MwTableReader *reader, const char *key, const char *value,
               GError **error)
{
    g_auto(MwNames) keys = mw_names_new();
    TotalRows rows = { .totals = totals, .keys = &keys };
    const char *star = value && mw_table_column(reader, value) < 0 ? strchr(value, '*') : NULL;
    size_t last = MAX(mw_table_columns(reader), 2) - 1;
    totals->totals = g_array_new(FALSE, FALSE, sizeof(double));
    totals->keys = g_ptr_array_ref(keys.texts);
    if (!mw_cells_column(reader, key, 0, &rows.key, error))
        return false;
    if (star) {
        g_autofree char *first = g_strstrip(g_strndup(value, (gsize)(star - value)));
        g_autofree char *second = g_strstrip(g_strdup(star + 1));
        rows.product = true;
        if (!mw_cells_column(reader, first, 0, &rows.value, error) ||
            !mw_cells_column(reader, second, 0, &rows.times, error))
            return false;
    } else if (!mw_cells_column(reader, value, last, &rows.value, error)) {
        return false;
    }
    return mw_cells_each_row(reader, MW_CUSTOMER_ROWS, take_total, &rows, error);
}

void
mw_totals_clear(MwTotals *totals)
{
    g_clear_pointer(&totals->keys, g_ptr_array_unref);
    g_clear_pointer(&totals->totals, g_array_unref);
}
