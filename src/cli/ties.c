#include "cli/ties.h"

#include "base/i18n.h"
#include "cli/cells.h"

/* The number of the person in a cell, a new one for a new name. */
static bool
person(const MwTableRow *row, size_t column, MwNames *people, uint32_t *out, GError **error)
{
    g_autofree char *name = mw_cells_text(row, column);

    if (*name == '\0')
        return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: a person needs a name."),
                       (unsigned long)row->line);
    *out = mw_names_number(people, g_steal_pointer(&name));
    return people->texts->len <= MW_GRAPH_PEOPLE_MAX ||
           mw_fail(error, MW_ERROR_TOO_LARGE, _("The net has more than %u people."),
                   MW_GRAPH_PEOPLE_MAX);
}

/* Where the reading stands; the columns are those of the table being read. */
typedef struct {
    size_t from, to;
    MwNames *people;
    GArray *ties;
} Reading;

static bool
take_person(MwTableReader *reader G_GNUC_UNUSED, const MwTableRow *row, void *data, GError **error)
{
    Reading *r = data;
    uint32_t number;

    return person(row, r->from, r->people, &number, error);
}

static bool
take_tie(MwTableReader *reader G_GNUC_UNUSED, const MwTableRow *row, void *data, GError **error)
{
    Reading *r = data;
    MwTie tie;

    if (!person(row, r->from, r->people, &tie.from, error) ||
        !person(row, r->to, r->people, &tie.to, error))
        return false;
    g_array_append_val(r->ties, tie);
    return true;
}

bool
mw_ties_read_people(MwTableReader *reader, const char *id, MwNames *people, GError **error)
{
    Reading r = { .people = people };

    return mw_cells_column(reader, id, 0, &r.from, error) &&
           mw_cells_each_row(reader, MW_GRAPH_TIES_MAX, take_person, &r, error);
}

bool
mw_ties_read(MwTableReader *reader, const char *from, const char *to, MwNames *people, GArray *ties,
             GError **error)
{
    Reading r = { .people = people, .ties = ties };

    return mw_cells_column(reader, from, 0, &r.from, error) &&
           mw_cells_column(reader, to, 1, &r.to, error) &&
           mw_cells_each_row(reader, MW_GRAPH_TIES_MAX, take_tie, &r, error);
}
