#include "cli/input.h"

#include <math.h>

#include "base/i18n.h"

bool
mw_input_column(const MwTableReader *reader, const char *name, size_t otherwise, size_t *out,
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
mw_input_next(MwTableReader *reader, MwTableRow *row, GError **error)
{
    if (!mw_table_next(reader, row, error))
        return false;
    if (row->fault)
        return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: %s"), (unsigned long)row->line,
                       row->fault);
    return true;
}

char *
mw_input_text(const MwTableRow *row, size_t column)
{
    return g_strstrip(g_strdup(column < row->n_cells ? row->cells[column] : ""));
}

bool
mw_input_number(const MwTableReader *reader, const MwTableRow *row, size_t column, double *out,
                GError **error)
{
    g_autofree char *text = mw_input_text(row, column);
    char *end = NULL;

    if (*text == '\0' || g_ascii_strcasecmp(text, "na") == 0 ||
        g_ascii_strcasecmp(text, "nan") == 0 || g_ascii_strcasecmp(text, "null") == 0) {
        *out = NAN;
        return true;
    }
    const double value = g_ascii_strtod(text, &end);
    if (*end != '\0' || !isfinite(value))
        return mw_fail(error, MW_ERROR_INVALID, _("Line %lu, column “%s”: “%s” is not a number."),
                       (unsigned long)row->line, mw_table_header(reader)[column], text);
    *out = value;
    return true;
}

const char *
mw_input_reason(MwStatus status)
{
    static const char *const reasons[] = {
        [MW_OK] = N_("done"),
        [MW_EMPTY] = N_("there is nothing to compute"),
        [MW_NOT_FINITE] = N_("a number is missing or infinite"),
        [MW_OUT_OF_RANGE] = N_("a number lies outside of what the method allows"),
        [MW_BAD_SHAPE] = N_("the parts do not belong together"),
        [MW_NO_SOLUTION] = N_("the question has no answer here"),
        [MW_NOT_IDENTIFIED] = N_("the data are too few to tell"),
        [MW_NOT_CONVERGED] = N_("the search did not settle"),
        [MW_TOO_LARGE] = N_("it is more than the limit"),
        [MW_NO_MEMORY] = N_("there is not enough memory"),
    };
    return _(reasons[status]);
}

bool
mw_input_refused(MwStatus status, const char *what, GError **error)
{
    const MwError code = status == MW_TOO_LARGE   ? MW_ERROR_TOO_LARGE
                         : status == MW_NO_MEMORY ? MW_ERROR_UNAVAILABLE
                                                  : MW_ERROR_INVALID;
    return mw_fail(error, code, _("%s: %s."), what, mw_input_reason(status));
}
