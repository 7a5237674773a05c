#pragma once
/*
 * customers: what the commands about customers read from tables; see cells.h for columns.
 *
 * Each takes an open reader, so that the fuzz targets feed them from memory. Messages name the
 * line. At most MW_CUSTOMER_ROWS rows and MW_CUSTOMER_CELLS numbers are taken.
 */
#include "cli/cells.h"
#include "engines/clv.h"

enum { MW_CUSTOMER_ROWS = 50000000, MW_CUSTOMER_CELLS = 200000000 };

/* ---- Indicators: a row a customer, the first column his key, the others numbers ---- */

typedef struct {
    char **names;    /* of the indicators, NULL-terminated                                  */
    size_t columns;  /* 1..MW_INDICATORS                                                    */
    GPtrArray *keys; /* of the customers, unique                                            */
    double *values;  /* column-major, NAN where the cell is empty                           */
} MwIndicatorFile;

void mw_indicator_file_clear(MwIndicatorFile *file);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwIndicatorFile, mw_indicator_file_clear)
bool mw_indicator_file_read(MwIndicatorFile *file, MwTableReader *reader, GError **error);

/* Pairwise comparisons of the `n` indicators `names`, into matrix[n * n]: a row an indicator, its
 * name first, then how much more it matters than that of the column: 3, 0.33 or 1/3. */
bool mw_comparisons_read(MwTableReader *reader, char *const *names, size_t n, double *matrix,
                         GError **error);

/* ---- Totals: the sum of a value by key ---- */

typedef struct {
    GPtrArray *keys;
    GArray *totals;         /* of double, one a key                    */
    uint64_t rows_left_out; /* without a key or without a value        */
} MwTotals;

void mw_totals_clear(MwTotals *totals);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwTotals, mw_totals_clear)
/* `key` NULL: the first column; `value` NULL: the last; "A*B" is the product of two columns. */
bool mw_totals_read(MwTotals *totals, MwTableReader *reader, const char *key, const char *value,
                    GError **error);

/* ---- Histories: of each customer, how often and how long ago he ordered ---- */

typedef struct {
    const char *customer, *date, *amount; /* columns of a log of orders, NULL: 1st, 2nd, 3rd     */
    const char *x, *tx, *T, *m;           /* columns of a summary; a log is read if all are NULL */
    double days;   /* in a unit of time, 7 for weeks                                      */
    int64_t until; /* last day to learn from (clock.h); INT64_MAX: the last of the log    */
} MwHistoryOptions;

typedef struct {
    GPtrArray *keys;
    GArray *purchases; /* of MwPurchases, one a key                                              */
    GArray *mean;      /* of double: mean value of the orders after the first; NAN: unknown      */
    GArray *later;     /* of double: orders after `until`                                        */
    bool has_amounts;
    double later_time; /* from `until` to the last day of the log, in units                      */
    uint64_t rows_left_out; /* without a customer                                                */
    uint64_t credits; /* rows of a log with a negative amount: no orders, left out              */
    double credit_total;
    uint64_t same_day; /* rows joined with another of the same customer and day                  */
    size_t newcomers;  /* customers whose first order is after `until`: left out                 */
} MwHistories;

void mw_histories_clear(MwHistories *histories);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwHistories, mw_histories_clear)
bool mw_histories_read(MwHistories *histories, MwTableReader *reader,
                       const MwHistoryOptions *options, GError **error);
