#pragma once
/* ledger_read: orders, lines and payments from the database into a heap. Private to the ledger. */
#include "methods/columns.h"

typedef struct {
    MwStore *store; /* in a transaction */
    const MwSettings *settings;
    MwHeap *heap;
    size_t bytes_max; /* stop when the columns would be larger */
} MwLedgerReading;

typedef enum { MW_LEDGER_READ, MW_LEDGER_TOO_LARGE, MW_LEDGER_FAILED } MwLedgerRead;

/* All of them, in bounded pieces. */
MwLedgerRead mw_ledger_read_all(MwLedgerReading *reading, GError **error);
/* Those of accounts from..to. */
MwLedgerRead mw_ledger_read_accounts(MwLedgerReading *reading, int64_t from, int64_t to,
                                     GError **error);
/* Those with these ids (of int64_t). */
MwLedgerRead mw_ledger_read_documents(MwLedgerReading *reading, const GArray *ids, GError **error);

/* How far the history is: a number a lane; a lane counts from 1 without gaps in the order of commits. */
bool mw_ledger_position(MwStore *store, int64_t seqs[MW_LANES_MAX], GError **error);
/* Ids of the orders and payments that changed between two positions, each once. NULL without an error when they are
 * more than `most`, or not known one by one: then read all. */
GArray *mw_ledger_changes(MwStore *store, const int64_t *since, const int64_t *until, size_t most,
                          GError **error);
