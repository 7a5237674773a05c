#include "cli/ties.h"

#include "base/i18n.h"
#include "cli/input.h"

static bool
too_many(GError **error)
{
    return mw_fail(error, MW_ERROR_TOO_LARGE, _("The net has more than %u people or %u ties."),
                   MW_GRAPH_PEOPLE_MAX, MW_GRAPH_TIES_MAX);
}

bool
mw_ties_read_people(MwTableReader *reader, const char *id, MwNames *people, GError **error)
{
    MwTableRow row;
    size_t column = 0;
    GError *failure = NULL;

    if (!mw_input_column(reader, id, 0, &column, error))
        return false;
    while (mw_input_next(reader, &row, &failure)) {
        g_autofree char *name = mw_input_text(&row, column);
        if (*name == '\0')
            return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: a person needs a name."),
                           (unsigned long)row.line);
        if (people->texts->len >= MW_GRAPH_PEOPLE_MAX)
            return too_many(error);
        mw_names_number(people, g_steal_pointer(&name));
    }
    if (failure)
        g_propagate_error(error, failure);
    return !failure;
}

bool
mw_ties_read(MwTableReader *reader, const char *from, const char *to, MwNames *people, GArray *ties,
             GError **error)
{
    MwTableRow row;
    size_t from_column = 0, to_column = 0;
    GError *failure = NULL;

    if (!mw_input_column(reader, from, 0, &from_column, error) ||
        !mw_input_column(reader, to, 1, &to_column, error))
        return false;
    while (mw_input_next(reader, &row, &failure)) {
        g_autofree char *a = mw_input_text(&row, from_column);
        g_autofree char *b = mw_input_text(&row, to_column);
        if (*a == '\0' || *b == '\0')
            return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: a tie needs two people."),
                           (unsigned long)row.line);
        if (people->texts->len + 2 > MW_GRAPH_PEOPLE_MAX || ties->len >= MW_GRAPH_TIES_MAX)
            return too_many(error);
        MwTie tie;
        tie.from = mw_names_number(people, g_steal_pointer(&a));
        tie.to = mw_names_number(people, g_steal_pointer(&b));
        g_array_append_val(ties, tie);
    }
    if (failure)
        g_propagate_error(error, failure);
    return !failure;
}
