#pragma once
/* ties: who goes to whom, from tables. */
#include "cli/names.h"
#include "engines/graph.h"
#include "table/reader.h"

/* Adds the people of a table, one a row; `id` NULL: the first column. MW_ERROR_INVALID for an empty name,
 * MW_ERROR_TOO_LARGE above MW_GRAPH_PEOPLE_MAX. */
bool mw_ties_read_people(MwTableReader *reader, const char *id, MwNames *people, GError **error);

/* Adds the ties of a table, one a row, to an array of MwTie, and people who are new; `from` and `to` NULL: the first
 * two columns. Errors as above, and above MW_GRAPH_TIES_MAX. */
bool mw_ties_read(MwTableReader *reader, const char *from, const char *to, MwNames *people,
                  GArray *ties, GError **error);
