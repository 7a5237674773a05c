#include "cli/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/cells.h"
#include "cli/names.h"

void
mw_series_clear(MwSeries *series)
{
    g_clear_pointer(&series->names, g_ptr_array_unref);
    g_clear_pointer(&series->periods, g_ptr_array_unref);
    g_clear_pointer(&series->values, g_free);
}

static bool
too_many(GError **error)
{
    return mw_fail(error, MW_ERROR_TOO_LARGE, _("The file has more than %d values."),
                   (int)MW_SERIES_CELLS_MAX);
}

typedef struct {
    MwSeries *series;
    GArray *cells; /* row by row */
} WideRows;

static bool
take_wide(MwTableReader *reader, const MwTableRow *row, void *data, GError **error)
{
    WideRows *rows = data;
    const size_t columns = mw_table_columns(reader);

    if (row->n_cells > columns)
        return mw_fail(error, MW_ERROR_INVALID, _("Line %lu has more cells than the header."),
                       (unsigned long)row->line);
    g_ptr_array_add(rows->series->periods, mw_cells_text(row, 0));
    for (size_t c = 1; c < columns; c++) {
        double value = 0.0;
        if (!mw_cells_number(reader, row, c, &value, error))
            return false;
        g_array_append_val(rows->cells, value);
    }
    return rows->cells->len <= MW_SERIES_CELLS_MAX || too_many(error);
}

bool
mw_series_read_wide(MwTableReader *reader, MwSeries *out, GError **error)
{
    g_auto(MwSeries) series = { .names = g_ptr_array_new_with_free_func(g_free),
                                .periods = g_ptr_array_new_with_free_func(g_free) };
    g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(double));
    WideRows rows = { &series, cells };
    size_t second = 0;

    if (!mw_cells_column(reader, NULL, 1, &second, error) ||
        !mw_cells_each_row(reader, MW_SERIES_CELLS_MAX, take_wide, &rows, error))
        return false;
    const size_t n = mw_table_columns(reader) - 1, periods = series.periods->len;
    for (size_t c = 1; c <= n; c++)
        g_ptr_array_add(series.names, g_strdup(mw_table_header(reader)[c]));
    series.values = g_new(double, n *periods + 1);
    for (size_t t = 0; t < periods; t++)
        for (size_t s = 0; s < n; s++)
            series.values[s * periods + t] = g_array_index(cells, double, t *n + s);
    *out = series;
    series = (MwSeries){ 0 };
    return true;
}

/* A row of a long table, by the numbers of its series and of its period. */
typedef struct {
    uint32_t series, period;
    double value;
} Entry;

typedef struct {
    size_t key, time, value; /* columns */
    MwNames names, periods;
    GArray *entries;
} LongRows;

static bool
take_entry(MwTableReader *reader, const MwTableRow *row, void *data, GError **error)
{
    LongRows *rows = data;
    Entry entry = { 0 };

    if (!mw_cells_number(reader, row, rows->value, &entry.value, error))
        return false;
    entry.series = mw_names_number(&rows->names, mw_cells_text(row, rows->key));
    entry.period = mw_names_number(&rows->periods, mw_cells_text(row, rows->time));
    g_array_append_val(rows->entries, entry);
    return (guint64)rows->names.texts->len * rows->periods.texts->len <= MW_SERIES_CELLS_MAX ||
           too_many(error);
}

/* A period by its label. */
typedef struct {
    uint32_t number; /* in the order of the file */
    double value;    /* of the label; NaN when it is no number */
    const char *label;
} Period;

static int
by_value(const void *a, const void *b)
{
    const Period *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* Numbers within the text by their value: 2024-9 comes before 2024-10. */
static int
by_label(const void *a, const void *b)
{
    const Period *x = a, *y = b;
    return strverscmp(x->label, y->label);
}

/* The labels in the order of time; place[number] is where a period comes. */
static GPtrArray *
sort_periods(const GPtrArray *labels, uint32_t *place)
{
    g_autofree Period *order = g_new(Period, labels->len + 1);
    GPtrArray *sorted = g_ptr_array_new_with_free_func(g_free);
    bool numbers = true;

    for (guint i = 0; i < labels->len; i++) {
        const char *label = g_ptr_array_index(labels, i);
        char *end = NULL;
        order[i] = (Period){ i, g_ascii_strtod(label, &end), label };
        numbers = numbers && end > label && *end == '\0' && isfinite(order[i].value);
    }
    qsort(order, labels->len, sizeof *order, numbers ? by_value : by_label);
    for (guint i = 0; i < labels->len; i++) {
        place[order[i].number] = i;
        g_ptr_array_add(sorted, g_strdup(order[i].label));
    }
    return sorted;
}

static void
long_rows_clear(LongRows *rows)
{
    mw_names_clear(&rows->names);
    mw_names_clear(&rows->periods);
    g_array_unref(rows->entries);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LongRows, long_rows_clear)

bool
mw_series_read_long(MwTableReader *reader, const MwSeriesColumns *columns, MwSeries *out,
                    GError **error)
{
    g_auto(LongRows) rows = { .names = mw_names_new(),
                              .periods = mw_names_new(),
                              .entries = g_array_new(FALSE, FALSE, sizeof(Entry)) };

    if (!mw_cells_column(reader, columns->key, 0, &rows.key, error) ||
        !mw_cells_column(reader, columns->time, 1, &rows.time, error) ||
        !mw_cells_column(reader, columns->value, 2, &rows.value, error) ||
        !mw_cells_each_row(reader, MW_SERIES_CELLS_MAX, take_entry, &rows, error))
        return false;
    const size_t n = rows.periods.texts->len, cells = rows.names.texts->len * n;
    g_autofree uint32_t *place = g_new(uint32_t, n + 1);
    g_autofree bool *seen = g_new0(bool, cells + 1);
    MwSeries series = { .names = g_ptr_array_ref(rows.names.texts),
                        .periods = sort_periods(rows.periods.texts, place),
                        .values = g_new(double, cells + 1) };

    for (size_t i = 0; i < cells; i++)
        series.values[i] = columns->absent;
    for (guint i = 0; i < rows.entries->len; i++) {
        const Entry *entry = &g_array_index(rows.entries, Entry, i);
        const size_t at = entry->series * n + place[entry->period];
        series.values[at] = entry->value + (seen[at] ? series.values[at] : 0.0);
        seen[at] = true;
    }
    *out = series;
    return true;
}
