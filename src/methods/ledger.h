#pragma once
/*
 * ledger: what every account ordered, returned and paid, summed up at any day.
 *
 * Sums over millions of lines come from columns in memory: 20 bytes a line or payment and 16 bytes an order or
 * payment, loaded once, then kept current by re-reading the orders and payments that the history names as changed
 * since; so changes by other processes count too. A copy in force is immutable: readers compute on the one they took
 * while the next is made. A ledger larger than its bound is read from the database account by account instead, with
 * the same results, some hundred times as slow.
 *
 * Orders count unless they are drafts or cancelled. The day of an order is that of its moment in the time zone of the
 * company. Amounts are in base currency: a line of an order in another one has its part of the order's `total_base`
 * (none when the order's total is zero). A change past the history (a bulk load) adds one row to it with record 0:
 * then all is loaded anew.
 */
#include "record/context.h"

typedef struct MwLedger MwLedger;

/* What is asked; days as in clock.h. */
typedef struct {
    int64_t from, as_of; /* first and last day that count; MW_DATE_MIN: from the first order on */
    bool sales_only; /* lines of positive quantity and price alone: returns and gifts left out */
} MwLedgerAsk;

/* Of one account that has a line which counts. Money in minor units of the base currency. */
typedef struct {
    int64_t account;
    int64_t revenue;                /* sum of the lines that count                               */
    int64_t margin;                 /* of those lines whose cost is known, if `costed`           */
    int64_t last_year, year_before; /* revenue of the 12 months up to as_of and of the 12 before */
    int64_t sold, returned;         /* sales lines; lines below zero, as a positive amount: both
                                       whatever is left out of the revenue                     */
    int64_t late_days;              /* sum over the payments with a due date, early ones negative */
    int32_t payments;               /* how many those are                                        */
    int32_t orders;                 /* with at least one sales line                              */
    int32_t last_day;               /* of those orders; meaningless when there is none           */
    int32_t products;               /* different ones in the lines that count                    */
    bool costed;                    /* some line has a cost                                      */
} MwAccountSums;

/* Of a company, for any number of threads; `bytes_max` 0: never in memory. The company must outlive it. */
MwLedger *mw_ledger_new(MwCompany *company, size_t bytes_max);
void mw_ledger_free(MwLedger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwLedger, mw_ledger_free)

/* Of all accounts, deleted ones too, in the order of their ids, as of the last commit; an array of MwAccountSums. The
 * first call loads; later ones look for changes. O(lines) on `threads` threads (1..16). */
GArray *mw_ledger_sums(MwLedger *ledger, const MwLedgerAsk *ask, unsigned threads, GError **error);

/* For tests, benchmarks and /metrics. */
typedef struct {
    size_t rows, bytes;      /* of the columns in force; 0 when they are too large */
    unsigned loads, updates; /* how often all was read, and only what had changed  */
} MwLedgerState;
MwLedgerState mw_ledger_state(MwLedger *ledger);
