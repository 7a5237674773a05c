#include "methods/ledger.h"

#include "base/clock.h"
#include "methods/ledger_read.h"

enum {
    CHANGES_MAX = 20000, /* documents; beyond, reading all is as quick */
    ACCOUNTS_AT_ONCE_ROWS =
        50000, /* orders of the accounts that are read together without memory */
};

struct MwLedger {
    MwCompany *company;
    size_t bytes_max;
    GMutex lock; /* of all below */
    MwStore *store;
    MwColumns *columns;             /* NULL: not loaded yet, or too large */
    int64_t position[MW_LANES_MAX]; /* of the history: what the columns know of */
    char *zone, *currency;          /* by which they were made */
    bool too_large;
    unsigned loads, updates;
};

MwLedger *
mw_ledger_new(MwCompany *company, size_t bytes_max)
{
    MwLedger *ledger = g_new0(MwLedger, 1);

    g_mutex_init(&ledger->lock);
    ledger->company = company;
    ledger->bytes_max = bytes_max;
    ledger->too_large = bytes_max == 0;
    return ledger;
}

void
mw_ledger_free(MwLedger *ledger)
{
    if (!ledger)
        return;
    mw_store_close(ledger->store);
    mw_columns_unref(ledger->columns);
    g_mutex_clear(&ledger->lock);
    g_free(ledger->zone);
    g_free(ledger->currency);
    g_free(ledger);
}

/* ---- keeping current ---------------------------------------------------------- */

static void
put(MwLedger *ledger, MwColumns *columns, const int64_t *position)
{
    mw_columns_unref(ledger->columns);
    ledger->columns = columns;
    memcpy(ledger->position, position, sizeof ledger->position);
}

static bool
load(MwLedger *ledger, const MwSettings *settings, const int64_t *position, GError **error)
{
    g_autoptr(MwHeap) heap = mw_heap_new(NULL);
    MwLedgerReading reading = { ledger->store, settings, heap, ledger->bytes_max };
    MwLedgerRead read = mw_ledger_read_all(&reading, error);

    put(ledger, read == MW_LEDGER_READ ? mw_columns_build(heap) : NULL, position);
    ledger->too_large = read == MW_LEDGER_TOO_LARGE;
    ledger->loads++;
    g_free(ledger->zone);
    g_free(ledger->currency);
    ledger->zone = g_strdup(settings->time_zone);
    ledger->currency = g_strdup(settings->currency);
    return read != MW_LEDGER_FAILED;
}

static bool
update(MwLedger *ledger, const MwSettings *settings, const int64_t *position, const GArray *ids,
       GError **error)
{
    g_autoptr(MwHeap) heap = mw_heap_new(ledger->columns);
    g_autoptr(GHashTable) gone = g_hash_table_new(g_int64_hash, g_int64_equal);
    MwLedgerReading reading = { ledger->store, settings, heap, SIZE_MAX };

    if (mw_ledger_read_documents(&reading, ids, error) != MW_LEDGER_READ)
        return false;
    for (guint i = 0; i < ids->len; i++)
        g_hash_table_add(gone, &g_array_index(ids, int64_t, i));
    g_autoptr(MwColumns) fresh = mw_columns_build(heap);
    for (size_t i = 0; i < fresh->n_documents; i++) /* payments that came with their order */
        g_hash_table_add(gone, &fresh->documents[i]);
    put(ledger, mw_columns_merge(ledger->columns, gone, fresh), position);
    ledger->updates++;
    if (mw_columns_bytes(ledger->columns) > ledger->bytes_max) {
        g_clear_pointer(&ledger->columns, mw_columns_unref);
        ledger->too_large = true;
    }
    return true;
}

/* Inside a transaction of the ledger's own store, which sees what is committed and nothing else. */
static bool
refresh(MwLedger *ledger, const MwSettings *settings, GError **error)
{
    int64_t position[MW_LANES_MAX];
    g_autoptr(GError) local = NULL;

    if (!mw_ledger_position(ledger->store, position, error))
        return false;
    if (!ledger->columns || g_strcmp0(ledger->zone, settings->time_zone) != 0 ||
        g_strcmp0(ledger->currency, settings->currency) != 0)
        return load(ledger, settings, position, error);
    if (memcmp(position, ledger->position, sizeof position) == 0)
        return true;
    g_autoptr(GArray) ids =
        mw_ledger_changes(ledger->store, ledger->position, position, CHANGES_MAX, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (!ids)
        return load(ledger, settings, position, error);
    if (ids->len > 0)
        return update(ledger, settings, position, ids, error);
    memcpy(ledger->position, position, sizeof position);
    return true;
}

/* The columns in force, NULL without an error when they are too large. */
static MwColumns *
take(MwLedger *ledger, const MwSettings *settings, GError **error)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&ledger->lock);

    if (ledger->too_large)
        return NULL;
    if (!ledger->store)
        ledger->store = mw_company_connect(ledger->company, MW_OPEN_READ_ONLY, error);
    if (!ledger->store || !mw_store_begin(ledger->store, false, error))
        return NULL;
    bool done = refresh(ledger, settings, error);
    mw_store_rollback(ledger->store);
    return done && ledger->columns ? mw_columns_ref(ledger->columns) : NULL;
}

/* ---- without memory --------------------------------------------------------------- */

typedef struct {
    GArray *bounds; /* of int64_t: the last account of each part */
    int64_t orders, last;
} Bounds;

static bool
keep_bound(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Bounds *bounds = data;

    bounds->last = c[0].integer;
    bounds->orders += c[1].integer;
    if (bounds->orders >= ACCOUNTS_AT_ONCE_ROWS) {
        g_array_append_val(bounds->bounds, bounds->last);
        bounds->orders = 0;
    }
    return true;
}

static bool
sum_parts(MwStore *store, const MwSettings *settings, const MwLedgerAsk *ask, GArray *sums,
          GError **error)
{
    g_autoptr(GArray) list = g_array_new(false, false, sizeof(int64_t));
    Bounds bounds = { .bounds = list };
    int64_t from = 0;

    if (!mw_store_run(store,
                      "SELECT account, COUNT(*) FROM sales_order WHERE deleted_at IS NULL "
                      "GROUP BY account ORDER BY account",
                      NULL, 0, keep_bound, &bounds, error))
        return false;
    g_array_append_val(list, bounds.last);
    for (guint i = 0; i < list->len; i++) {
        int64_t to = g_array_index(list, int64_t, i);
        g_autoptr(MwHeap) heap = mw_heap_new(NULL);
        MwLedgerReading reading = { store, settings, heap, SIZE_MAX };
        if (mw_ledger_read_accounts(&reading, from, to, error) != MW_LEDGER_READ)
            return false;
        g_autoptr(MwColumns) columns = mw_columns_build(heap);
        mw_columns_sums(columns, ask, 1, sums);
        from = to + 1;
    }
    return true;
}

static bool
sum_from_database(MwLedger *ledger, const MwSettings *settings, const MwLedgerAsk *ask,
                  GArray *sums, GError **error)
{
    g_autoptr(MwStore) store = mw_company_connect(ledger->company, MW_OPEN_READ_ONLY, error);

    return store && mw_store_begin(store, false, error) &&
           sum_parts(store, settings, ask, sums, error);
}

GArray *
mw_ledger_sums(MwLedger *ledger, const MwLedgerAsk *ask, unsigned threads, GError **error)
{
    g_autoptr(MwSettings) settings = mw_company_settings(ledger->company);
    g_autoptr(GArray) sums = g_array_new(false, false, sizeof(MwAccountSums));
    g_autoptr(GError) local = NULL;
    g_autoptr(MwColumns) columns = take(ledger, settings, &local);

    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    if (columns)
        mw_columns_sums(columns, ask, threads, sums);
    else if (!sum_from_database(ledger, settings, ask, sums, error))
        return NULL;
    return g_steal_pointer(&sums);
}

MwLedgerState
mw_ledger_state(MwLedger *ledger)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&ledger->lock);
    MwLedgerState state = { .loads = ledger->loads, .updates = ledger->updates };

    if (ledger->columns) {
        state.rows = ledger->columns->n_rows;
        state.bytes = mw_columns_bytes(ledger->columns);
    }
    return state;
}
