#pragma once
/* deals: won, lost and open deals from a table, by group, valued by their own amount or a price list. */
#include "cli/names.h"
#include "engines/pipeline.h"
#include "table/reader.h"

typedef struct {
    const char *group;           /* column; NULL: all deals are one group "all" */
    const char *stage;           /* column                                      */
    const char *amount;          /* column                                      */
    const char *item;            /* column that the price list names; NULL: the group's, or none */
    const char *opened, *closed; /* columns of dates; NULL: not wanted      */
    const char *won, *lost;      /* stages                                */
    const char *const *open;     /* stages, ends with NULL; NULL: every other one */
} MwDealColumns;

/* A deal that was won or lost, with both its dates. */
typedef struct {
    bool won;
    int64_t closed; /* days since 1970-01-01     */
    double days;    /* from opened to closed     */
    double amount;  /* NaN when the cell is empty */
} MwClosedDeal;

/* Prices by item. Items are compared without blanks and without regard to case. */
GHashTable *mw_deals_read_prices(MwTableReader *reader, const char *item, const char *price,
                                 GError **error);

typedef struct {
    MwNames groups;            /* in the order in which they occur */
    uint64_t *won, *lost;      /* decided deals of each group                           */
    GArray *deals;             /* MwDeal: the open ones with a value; probability not yet set */
    GArray *closed;            /* MwClosedDeal, where both columns were given and filled  */
    size_t n_open, n_unvalued; /* open deals; those of them without amount or price */
} MwDeals;

void mw_deals_clear(MwDeals *deals);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwDeals, mw_deals_clear)

/* `prices` may be NULL; it serves the open deals whose amount is empty. MW_ERROR_INVALID with the line of
 * an amount that is no number or a date that is none, MW_ERROR_TOO_LARGE above MW_PIPELINE_DEALS_MAX. */
bool mw_deals_read(MwTableReader *reader, const MwDealColumns *columns, GHashTable *prices,
                   MwDeals *out, GError **error);
