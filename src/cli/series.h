#pragma once
/* series: time series from a table, wide (a column each) or long (a row a value). */
#include "table/reader.h"

enum { MW_SERIES_CELLS_MAX = 20000000 };

typedef struct {
    GPtrArray *names;   /* of the series, in the order of the file   */
    GPtrArray *periods; /* labels of the periods, oldest first       */
    double *values;     /* values[series * periods->len + period]; NaN: not known */
} MwSeries;

void mw_series_clear(MwSeries *series);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwSeries, mw_series_clear)

/* The first column labels the periods, every other one is a series, in the order of the rows.
 * MW_ERROR_INVALID for what is not a number, MW_ERROR_TOO_LARGE above the limit, or without columns. */
bool mw_series_read_wide(MwTableReader *reader, MwSeries *out, GError **error);

typedef struct {
    const char *key, *time, *value; /* names of columns; NULL: the first, second, third */
    double absent;                  /* value of a series in a period that has no row of it */
} MwSeriesColumns;

/* A row a series and period; several of the same are added up. Periods are those that occur, whatever
 * the order of the rows: by value when all labels are numbers, else by text, in which numbers count by
 * their value (2024-09-30, 2024-9). */
bool mw_series_read_long(MwTableReader *reader, const MwSeriesColumns *columns, MwSeries *out,
                         GError **error);
