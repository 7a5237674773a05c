#include "cli/series.h"

#include <math.h>

#include "base/i18n.h"
#include "cli/input.h"
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

static bool
read_wide_rows(MwTableReader *reader, MwSeries *series, GArray *cells, GError **error)
{
    const size_t columns = mw_table_columns(reader);
    MwTableRow row;
    GError *failure = NULL;

    while (mw_input_next(reader, &row, &failure)) {
        if (row.n_cells > columns)
            return mw_fail(error, MW_ERROR_INVALID, _("Line %lu has more cells than the header."),
                           (unsigned long)row.line);
        g_ptr_array_add(series->periods, mw_input_text(&row, 0));
        for (size_t c = 1; c < columns; c++) {
            double value = 0.0;
            if (!mw_input_number(reader, &row, c, &value, error))
                return false;
            g_array_append_val(cells, value);
        }
        if (cells->len > MW_SERIES_CELLS_MAX)
            return too_many(error);
    }
    if (failure)
        g_propagate_error(error, failure);
    return !failure;
}

bool
mw_series_read_wide(MwTableReader *reader, MwSeries *out, GError **error)
{
    g_auto(MwSeries) series = { .names = g_ptr_array_new_with_free_func(g_free),
                                .periods = g_ptr_array_new_with_free_func(g_free) };
    g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(double));
    size_t second = 0;

    if (!mw_input_column(reader, NULL, 1, &second, error) ||
        !read_wide_rows(reader, &series, cells, error))
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

static bool
read_entries(MwTableReader *reader, const MwSeriesColumns *columns, MwNames *names,
             MwNames *periods, GArray *entries, GError **error)
{
    size_t key = 0, time = 0, value = 0;
    MwTableRow row;
    GError *failure = NULL;

    if (!mw_input_column(reader, columns->key, 0, &key, error) ||
        !mw_input_column(reader, columns->time, 1, &time, error) ||
        !mw_input_column(reader, columns->value, 2, &value, error))
        return false;
    while (mw_input_next(reader, &row, &failure)) {
        Entry entry = { 0 };
        if (!mw_input_number(reader, &row, value, &entry.value, error))
            return false;
        entry.series = mw_names_number(names, mw_input_text(&row, key));
        entry.period = mw_names_number(periods, mw_input_text(&row, time));
        g_array_append_val(entries, entry);
        if (entries->len > MW_SERIES_CELLS_MAX ||
            (guint64)names->texts->len * periods->texts->len > MW_SERIES_CELLS_MAX)
            return too_many(error);
    }
    if (failure)
        g_propagate_error(error, failure);
    return !failure;
}

static int
compare_labels(const void *a, const void *b, void *labels)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return g_strcmp0(g_ptr_array_index((GPtrArray *)labels, x),
                     g_ptr_array_index((GPtrArray *)labels, y));
}

/* The periods in the order of their labels; place[number] is where a period comes. */
static GPtrArray *
sort_periods(const GPtrArray *periods, uint32_t *place)
{
    g_autofree uint32_t *order = g_new(uint32_t, periods->len + 1);
    GPtrArray *sorted = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < periods->len; i++)
        order[i] = i;
    g_qsort_with_data(order, (int)periods->len, sizeof *order, compare_labels, (void *)periods);
    for (guint i = 0; i < periods->len; i++) {
        place[order[i]] = i;
        g_ptr_array_add(sorted, g_strdup(g_ptr_array_index(periods, order[i])));
    }
    return sorted;
}

bool
mw_series_read_long(MwTableReader *reader, const MwSeriesColumns *columns, MwSeries *out,
                    GError **error)
{
    g_auto(MwNames) names = mw_names_new(), periods = mw_names_new();
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));

    if (!read_entries(reader, columns, &names, &periods, entries, error))
        return false;
    g_autofree uint32_t *place = g_new(uint32_t, periods.texts->len + 1);
    const size_t n = periods.texts->len, cells = names.texts->len * n;
    g_autofree bool *seen = g_new0(bool, cells + 1);
    MwSeries series = { .names = g_steal_pointer(&names.texts),
                        .periods = sort_periods(periods.texts, place) };

    series.values = g_new(double, cells + 1);
    for (size_t i = 0; i < cells; i++)
        series.values[i] = columns->absent;
    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = &g_array_index(entries, Entry, i);
        const size_t at = entry->series * n + place[entry->period];
        series.values[at] = entry->value + (seen[at] ? series.values[at] : 0.0);
        seen[at] = true;
    }
    *out = series;
    return true;
}
