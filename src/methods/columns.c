#include "methods/columns.h"

#include "base/clock.h"

enum { ROWS_FOR_A_THREAD = 100000 }; /* below this, starting one costs more than it saves */

/* ---- the heap -------------------------------------------------------------- */

MwHeap *
mw_heap_new(const MwColumns *before)
{
    MwHeap *heap = g_new(MwHeap, 1);
    int64_t none = 0;

    heap->documents = g_array_new(false, false, sizeof(MwDocument));
    heap->rows = g_array_new(false, false, sizeof(MwRow));
    heap->products = g_array_new(false, false, sizeof(int64_t));
    heap->numbers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_array_append_val(heap->products, none);
    for (size_t i = 1; before && i < before->n_products; i++)
        mw_heap_product(heap, before->products[i]);
    return heap;
}

void
mw_heap_free(MwHeap *heap)
{
    if (!heap)
        return;
    g_array_unref(heap->documents);
    g_array_unref(heap->rows);
    g_array_unref(heap->products);
    g_hash_table_unref(heap->numbers);
    g_free(heap);
}

uint32_t
mw_heap_product(MwHeap *heap, int64_t product)
{
    gpointer number = g_hash_table_lookup(heap->numbers, &product);

    if (!number) {
        number = GUINT_TO_POINTER(heap->products->len);
        g_array_append_val(heap->products, product);
        g_hash_table_insert(heap->numbers, g_memdup2(&product, sizeof product), number);
    }
    return GPOINTER_TO_UINT(number) & MW_ROW_PRODUCT;
}

static size_t
bytes_of(size_t accounts, size_t documents, size_t rows, size_t products)
{
    return accounts * (sizeof(int64_t) + sizeof(uint32_t)) +
           documents * (sizeof(int64_t) + sizeof(int32_t) + sizeof(uint32_t)) +
           rows * (sizeof(uint32_t) + 2 * sizeof(int64_t)) + products * sizeof(int64_t);
}

size_t
mw_heap_bytes(const MwHeap *heap)
{
    return bytes_of(0, heap->documents->len, heap->rows->len, heap->products->len);
}

/* ---- building ---------------------------------------------------------------- */

static MwColumns *
columns_new(size_t accounts, size_t documents, size_t rows, const int64_t *products,
            size_t n_products)
{
    MwColumns *c = g_new0(MwColumns, 1);

    c->references = 1;
    c->accounts = g_new(int64_t, accounts);
    c->first_documents = g_new0(uint32_t, accounts + 1);
    c->documents = g_new(int64_t, documents);
    c->days = g_new(int32_t, documents);
    c->first_rows = g_new0(uint32_t, documents + 1);
    c->what = g_new(uint32_t, rows);
    c->amounts = g_new(int64_t, rows);
    c->margins = g_new(int64_t, rows);
    c->products = g_memdup2(products, n_products * sizeof *products);
    c->n_products = n_products;
    return c;
}

MwColumns *
mw_columns_ref(MwColumns *columns)
{
    g_atomic_int_inc(&columns->references);
    return columns;
}

void
mw_columns_unref(MwColumns *c)
{
    if (!c || !g_atomic_int_dec_and_test(&c->references))
        return;
    g_free(c->accounts);
    g_free(c->first_documents);
    g_free(c->documents);
    g_free(c->days);
    g_free(c->first_rows);
    g_free(c->what);
    g_free(c->amounts);
    g_free(c->margins);
    g_free(c->products);
    g_free(c);
}

size_t
mw_columns_bytes(const MwColumns *c)
{
    return bytes_of(c->n_accounts, c->n_documents, c->n_rows, c->n_products);
}

/* A document of `account` comes next, its rows after it; accounts come in order. */
static void
begin_document(MwColumns *c, int64_t account, int64_t id, int32_t day)
{
    if (c->n_accounts == 0 || c->accounts[c->n_accounts - 1] != account) {
        c->accounts[c->n_accounts] = account;
        c->first_documents[c->n_accounts++] = (uint32_t)c->n_documents;
    }
    c->documents[c->n_documents] = id;
    c->days[c->n_documents] = day;
    c->first_rows[c->n_documents++] = (uint32_t)c->n_rows;
}

static MwColumns *
end_documents(MwColumns *c)
{
    c->first_documents[c->n_accounts] = (uint32_t)c->n_documents;
    c->first_rows[c->n_documents] = (uint32_t)c->n_rows;
    return c;
}

static int
by_account(const void *left, const void *right, void *data)
{
    const MwDocument *documents = data;
    const MwDocument *a = &documents[*(const uint32_t *)left];
    const MwDocument *b = &documents[*(const uint32_t *)right];

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static size_t
count_accounts(const MwDocument *documents, const uint32_t *order, size_t n)
{
    size_t accounts = 0;

    for (size_t i = 0; i < n; i++)
        accounts += i == 0 || documents[order[i]].account != documents[order[i - 1]].account;
    return accounts;
}

MwColumns *
mw_columns_build(const MwHeap *heap)
{
    MwDocument *documents = (MwDocument *)(void *)heap->documents->data;
    const MwRow *rows = (const MwRow *)(const void *)heap->rows->data;
    size_t n = heap->documents->len, n_rows = heap->rows->len;
    g_autofree uint32_t *order = g_new(uint32_t, n + 1);
    g_autofree uint32_t *next = g_new(uint32_t, n + 1); /* where the next row of a document goes */

    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
        documents[i].rows = 0;
    }
    for (size_t i = 0; i < n_rows; i++)
        documents[rows[i].document].rows++;
    g_qsort_with_data(order, (gint)n, sizeof *order, by_account, documents);

    MwColumns *c =
        columns_new(count_accounts(documents, order, n), n, n_rows,
                    (const int64_t *)(const void *)heap->products->data, heap->products->len);
    for (size_t i = 0; i < n; i++) {
        const MwDocument *document = &documents[order[i]];
        begin_document(c, document->account, document->id, document->day);
        next[order[i]] = (uint32_t)c->n_rows;
        c->n_rows += document->rows;
    }
    for (size_t i = 0; i < n_rows; i++) {
        uint32_t at = next[rows[i].document]++;
        c->what[at] = rows[i].what;
        c->amounts[at] = rows[i].amount;
        c->margins[at] = rows[i].margin;
    }
    return end_documents(c);
}

static void
copy_account(MwColumns *to, const MwColumns *from, size_t account, GHashTable *gone)
{
    for (uint32_t d = from->first_documents[account]; d < from->first_documents[account + 1]; d++) {
        uint32_t first = from->first_rows[d], n = from->first_rows[d + 1] - first;

        if (gone && g_hash_table_contains(gone, &from->documents[d]))
            continue;
        begin_document(to, from->accounts[account], from->documents[d], from->days[d]);
        if (n == 0)
            continue;
        memcpy(to->what + to->n_rows, from->what + first, n * sizeof *to->what);
        memcpy(to->amounts + to->n_rows, from->amounts + first, n * sizeof *to->amounts);
        memcpy(to->margins + to->n_rows, from->margins + first, n * sizeof *to->margins);
        to->n_rows += n;
    }
}

MwColumns *
mw_columns_merge(const MwColumns *old, GHashTable *gone, const MwColumns *fresh)
{
    MwColumns *c =
        columns_new(old->n_accounts + fresh->n_accounts, old->n_documents + fresh->n_documents,
                    old->n_rows + fresh->n_rows, fresh->products, fresh->n_products);

    for (size_t i = 0, j = 0; i < old->n_accounts || j < fresh->n_accounts;) {
        int64_t a = i < old->n_accounts ? old->accounts[i] : INT64_MAX;
        int64_t b = j < fresh->n_accounts ? fresh->accounts[j] : INT64_MAX;
        if (a <= b)
            copy_account(c, old, i++, gone);
        if (b <= a)
            copy_account(c, fresh, j++, NULL);
    }
    return end_documents(c);
}

/* ---- sums ---------------------------------------------------------------------- */

typedef struct {
    const MwColumns *columns;
    const MwLedgerAsk *ask;
    int32_t year_ago, two_years_ago; /* the last days that no longer count as the year */
    size_t first, end;               /* accounts */
    GArray *out;
} Part;

/* What the rows of one document come to. */
typedef struct {
    int64_t revenue;
    bool counts, sale;
} Seen;

static Seen
sum_rows(const Part *part, uint32_t document, uint32_t stamp, uint32_t *stamps, MwAccountSums *sums)
{
    const MwColumns *c = part->columns;
    Seen seen = { 0 };

    for (uint32_t r = c->first_rows[document]; r < c->first_rows[document + 1]; r++) {
        uint32_t what = c->what[r], product = what & MW_ROW_PRODUCT;
        int64_t amount = c->amounts[r];

        if (what & MW_ROW_PAYMENT) {
            sums->payments++;
            sums->late_days += amount;
            continue;
        }
        if (what & MW_ROW_SALE) {
            seen.sale = true;
            sums->sold += amount;
        } else {
            sums->returned -= MIN(amount, 0);
            if (part->ask->sales_only)
                continue;
        }
        seen.counts = true;
        seen.revenue += amount;
        if (what & MW_ROW_COSTED) {
            sums->costed = true;
            sums->margin += c->margins[r];
        }
        if (product && stamps[product] != stamp) {
            stamps[product] = stamp;
            sums->products++;
        }
    }
    return seen;
}

/* Only what growth asks for: a document before the first day that counts. */
static int64_t
revenue_alone(const MwColumns *c, uint32_t document, bool sales_only)
{
    int64_t revenue = 0;

    for (uint32_t r = c->first_rows[document]; r < c->first_rows[document + 1]; r++)
        if (!(c->what[r] & MW_ROW_PAYMENT) && (c->what[r] & MW_ROW_SALE || !sales_only))
            revenue += c->amounts[r];
    return revenue;
}

/* False when no line of the account counts. */
static bool
sum_account(const Part *part, size_t account, uint32_t *stamps, MwAccountSums *sums)
{
    const MwColumns *c = part->columns;
    bool counts = false;

    *sums = (MwAccountSums){ .account = c->accounts[account], .last_day = INT32_MIN };
    for (uint32_t d = c->first_documents[account]; d < c->first_documents[account + 1]; d++) {
        int32_t day = c->days[d];
        int64_t revenue;

        if (day > part->ask->as_of)
            continue;
        if (day >= part->ask->from) {
            Seen seen = sum_rows(part, d, (uint32_t)account + 1, stamps, sums);
            counts |= seen.counts;
            sums->revenue += seen.revenue;
            revenue = seen.revenue;
            if (seen.sale) {
                sums->orders++;
                sums->last_day = MAX(sums->last_day, day);
            }
        } else if (day > part->two_years_ago) {
            revenue = revenue_alone(c, d, part->ask->sales_only);
        } else {
            continue;
        }
        if (day > part->year_ago)
            sums->last_year += revenue;
        else if (day > part->two_years_ago)
            sums->year_before += revenue;
    }
    return counts;
}

static gpointer
sum_part(gpointer data)
{
    const Part *part = data;
    g_autofree uint32_t *stamps = g_new0(uint32_t, part->columns->n_products);
    MwAccountSums sums;

    for (size_t i = part->first; i < part->end; i++)
        if (sum_account(part, i, stamps, &sums))
            g_array_append_val(part->out, sums);
    return NULL;
}

/* The first account of the k-th of n parts with as many rows each. */
static size_t
part_start(const MwColumns *c, size_t k, size_t n)
{
    size_t low = 0, high = c->n_accounts, rows = c->n_rows / n * k;

    if (k == n)
        return c->n_accounts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->first_rows[c->first_documents[middle]] < rows)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t
months_before(int64_t day, int months)
{
    int64_t then;

    return (int32_t)(mw_date_add_months(day, -months, &then) ? then : MW_DATE_MIN - 1);
}

void
mw_columns_sums(const MwColumns *columns, const MwLedgerAsk *ask, unsigned threads, GArray *out)
{
    size_t n = MIN(CLAMP(threads, 1, 16), 1 + columns->n_rows / ROWS_FOR_A_THREAD);
    Part parts[16];
    GThread *started[16];

    for (size_t k = 0; k < n; k++) {
        parts[k] = (Part){
            .columns = columns,
            .ask = ask,
            .year_ago = months_before(ask->as_of, 12),
            .two_years_ago = months_before(ask->as_of, 24),
            .first = part_start(columns, k, n),
            .end = part_start(columns, k + 1, n),
            .out = k == 0 ? out : g_array_new(false, false, sizeof(MwAccountSums)),
        };
        started[k] = k == 0 ? NULL : g_thread_new("ledger", sum_part, &parts[k]);
    }
    sum_part(&parts[0]);
    for (size_t k = 1; k < n; k++) {
        g_thread_join(started[k]);
        g_array_append_vals(out, parts[k].out->data, parts[k].out->len);
        g_array_unref(parts[k].out);
    }
}
