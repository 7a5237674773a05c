#pragma once
/*
 * columns: the ledger's rows in memory. Private to the ledger.
 *
 * Accounts ascend by id; each has a run of documents (orders and payments), each document a run of rows. So an
 * account's number is nowhere stored, and the sums of one account are one pass over neighbours.
 */
#include "methods/ledger.h"

/* `what` of a row: the number of its product (0: none) and marks. */
#define MW_ROW_PRODUCT UINT32_C(0x1fffffff)
#define MW_ROW_SALE UINT32_C(0x80000000)    /* quantity and price above zero          */
#define MW_ROW_COSTED UINT32_C(0x40000000)  /* `margins` is known                     */
#define MW_ROW_PAYMENT UINT32_C(0x20000000) /* no line: `amounts` is how many days late */

enum { MW_LANES_MAX = 64 };

typedef struct {
    gint references;
    size_t n_accounts, n_documents, n_rows, n_products;
    int64_t *accounts;
    uint32_t *first_documents; /* n_accounts + 1 */
    int64_t *documents;        /* ids */
    int32_t *days;
    uint32_t *first_rows; /* n_documents + 1 */
    uint32_t *what;
    int64_t *amounts, *margins;
    int64_t *products; /* ids by number; the first is none */
} MwColumns;

/* Rows as they come, in any order; mw_columns_build() puts them in theirs. */
typedef struct {
    int64_t account, id;
    int32_t day;
    uint32_t rows; /* counted by mw_columns_build() */
} MwDocument;

typedef struct {
    uint32_t document; /* index */
    uint32_t what;
    int64_t amount, margin;
} MwRow;

typedef struct {
    GArray *documents;   /* of MwDocument */
    GArray *rows;        /* of MwRow */
    GArray *products;    /* of int64_t */
    GHashTable *numbers; /* product id -> number */
} MwHeap;

/* Numbers products as `before` (may be NULL) does, and new ones after them. */
MwHeap *mw_heap_new(const MwColumns *before);
void mw_heap_free(MwHeap *heap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwHeap, mw_heap_free)
uint32_t mw_heap_product(MwHeap *heap, int64_t product);
size_t mw_heap_bytes(const MwHeap *heap); /* that the columns made of it will take */

MwColumns *mw_columns_build(const MwHeap *heap);
/* `old` without the documents in `gone` (keys: pointer to int64_t), and with those of `fresh`, whose products are
 * numbered after those of `old`. */
MwColumns *mw_columns_merge(const MwColumns *old, GHashTable *gone, const MwColumns *fresh);
MwColumns *mw_columns_ref(MwColumns *columns);
void mw_columns_unref(MwColumns *columns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwColumns, mw_columns_unref)
size_t mw_columns_bytes(const MwColumns *columns);

/* Appends MwAccountSums of the accounts that have any, in order. */
void mw_columns_sums(const MwColumns *columns, const MwLedgerAsk *ask, unsigned threads,
                     GArray *out);
