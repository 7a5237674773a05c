#include "cli/cells.h"

#include <math.h>

#include "base/clock.h"
#include "base/i18n.h"

bool
mw_cells_column(const MwTableReader *reader, const char *name, size_t otherwise, size_t *out,
                GError **error)
{
    const int found = name ? mw_table_column(reader, name)
                           : (otherwise < mw_table_columns(reader) ? (int)otherwise : -1);
    if (found >= 0) {
        *out = (size_t)found;
        return true;
    }
    g_autofree char *columns = g_strjoinv(", ", (char **)mw_table_header(reader));
    if (g_utf8_strlen(columns, -1) > 200)
        g_utf8_offset_to_pointer(columns, 200)[0] = '\0';
    if (!name)
        return mw_fail(error, MW_ERROR_INVALID, _("The file needs %zu columns; it has: %s."),
                       otherwise + 1, columns);
    return mw_fail(error, MW_ERROR_INVALID, _("There is no column “%s”; the columns are: %s."),
                   name, columns);
}

bool
mw_cells_each_row(MwTableReader *reader, uint64_t most, MwTakeRow take, void *data, GError **error)
{
    MwTableRow row;
    GError *failure = NULL;

    for (uint64_t rows = 0; mw_table_next(reader, &row, &failure); rows++) {
        if (row.fault)
            return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: %s"), (unsigned long)row.line,
                           row.fault);
        if (rows >= most)
            return mw_fail(error, MW_ERROR_TOO_LARGE, _("The file has more than %lu rows."),
                           (unsigned long)most);
        if (!take(reader, &row, data, error))
            return false;
    }
    if (failure)
        g_propagate_error(error, failure);
    return !failure;
}

char *
mw_cells_text(const MwTableRow *row, size_t column)
{
    return g_strstrip(g_strdup(column < row->n_cells ? row->cells[column] : ""));
}

/* `message` has the line, the name of the column and the text, in this order. */
static bool
bad_cell(const MwTableReader *reader, const MwTableRow *row, size_t column, const char *message,
         const char *text, GError **error)
{
    return mw_fail(error, MW_ERROR_INVALID, message, (unsigned long)row->line,
                   mw_table_header(reader)[column], text);
}

bool
mw_cells_number(const MwTableReader *reader, const MwTableRow *row, size_t column, double *out,
                GError **error)
{
    g_autofree char *text = mw_cells_text(row, column);
    char *end = NULL;

    if (*text == '\0' || g_ascii_strcasecmp(text, "na") == 0 ||
        g_ascii_strcasecmp(text, "nan") == 0 || g_ascii_strcasecmp(text, "null") == 0) {
        *out = NAN;
        return true;
    }
    const double value = g_ascii_strtod(text, &end);
    if (*end != '\0' || !isfinite(value))
        return bad_cell(reader, row, column, _("Line %lu, column “%s”: “%s” is not a number."),
                        text, error);
    if (fabs(value) > MW_CELLS_LARGEST)
        return bad_cell(reader, row, column, _("Line %lu, column “%s”: “%s” is too large."), text,
                        error);
    *out = value;
    return true;
}

bool
mw_cells_day(const MwTableReader *reader, const MwTableRow *row, size_t column, int64_t *out,
             GError **error)
{
    g_autofree char *text = mw_cells_text(row, column);
    int64_t ms;

    if (*text == '\0') {
        *out = MW_CELLS_NO_DAY;
        return true;
    }
    if (mw_date_parse(text, out))
        return true;
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    if (!mw_instant_parse(text, utc, &ms))
        return bad_cell(reader, row, column, _("Line %lu, column “%s”: “%s” is not a date."), text,
                        error);
    *out = mw_date_of_instant(ms, utc);
    return true;
}

bool
mw_fail_in(const char *path, GError **error)
{
    if (error && *error && !g_str_equal(path, "-") && !g_str_has_prefix((*error)->message, path))
        g_prefix_error(error, "%s: ", path);
    return false;
}
