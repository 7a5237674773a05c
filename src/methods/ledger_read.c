#include "methods/ledger_read.h"

#include "base/clock.h"
#include "base/money.h"
#include "store/query.h"

enum { PIECE = 50000, IDS_AT_ONCE = 500, HISTORY_MAX = 2000000 };

/* The orders read so far, to find the one of a line; in the order of their ids. */
typedef struct {
    int64_t id;
    uint32_t document;
    const MwCurrency *currency;
    int64_t total, total_base;
} Order;

typedef struct {
    MwLedgerReading *reading;
    const MwCurrency *base;
    GArray *orders;  /* of Order */
    size_t found;    /* where the last line's order was */
    int64_t last_id; /* of the last row of a piece */
    size_t n;        /* rows of the piece */
    bool ascending;  /* the orders came by id */
} Reader;

static int64_t
whole(MwValue value)
{
    return value.is == MW_INTEGER ? value.integer : 0;
}

/* ---- rows ------------------------------------------------------------------ */

/* id, account, ordered_at, currency, total, total_base */
static bool
take_order(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reader *r = data;
    MwHeap *heap = r->reading->heap;
    int64_t day = mw_date_of_instant(whole(c[2]), r->reading->settings->zone);
    MwDocument document = { .account = whole(c[1]), .id = c[0].integer, .day = (int32_t)day };
    Order order = {
        .id = c[0].integer,
        .document = heap->documents->len,
        .currency = c[3].is == MW_TEXT ? mw_currency_find(c[3].text) : r->base,
        .total = whole(c[4]),
        .total_base = whole(c[5]),
    };

    r->last_id = order.id;
    r->n++;
    g_array_append_val(heap->documents, document);
    g_array_append_val(r->orders, order);
    return true;
}

static int
by_id(const void *left, const void *right)
{
    int64_t a = ((const Order *)left)->id, b = ((const Order *)right)->id;

    return (a > b) - (a < b);
}

/* NULL when the order does not count. Lines of an order mostly follow each other. */
static const Order *
order_of(Reader *r, int64_t id)
{
    const Order *orders = (const Order *)(const void *)r->orders->data;

    if (r->found < r->orders->len && orders[r->found].id == id)
        return &orders[r->found];
    if (r->found + 1 < r->orders->len && orders[r->found + 1].id == id)
        return &orders[++r->found];
    const Order key = { .id = id };
    const Order *found = orders ? bsearch(&key, orders, r->orders->len, sizeof key, by_id) : NULL;
    if (found)
        r->found = (size_t)(found - orders);
    return found;
}

/* The part of `amount`, of the order's currency, in its total in base currency. */
static int64_t
in_base(const Reader *r, const Order *order, int64_t amount)
{
    int64_t part = 0;

    if (order->currency == r->base)
        return amount;
    return mw_decimal_proportion(amount, order->total_base, order->total, &part) ? part : 0;
}

/* id, sales_order, product, quantity, unit_price, amount, cost */
static bool
take_line(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reader *r = data;
    MwHeap *heap = r->reading->heap;
    const Order *order = order_of(r, c[1].integer);
    int64_t cost;

    r->last_id = c[0].integer;
    r->n++;
    if (!order)
        return true;
    MwRow row = { .document = order->document, .amount = in_base(r, order, whole(c[5])) };
    if (c[2].is == MW_INTEGER)
        row.what = mw_heap_product(heap, c[2].integer);
    if (whole(c[3]) > 0 && whole(c[4]) > 0)
        row.what |= MW_ROW_SALE;
    if (c[6].is == MW_INTEGER && order->currency &&
        mw_money_of_line(whole(c[3]), c[6].integer, order->currency, &cost)) {
        row.what |= MW_ROW_COSTED;
        row.margin = row.amount - in_base(r, order, cost);
    }
    g_array_append_val(heap->rows, row);
    return true;
}

/* id, account, received_on, due_on */
static bool
take_payment(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reader *r = data;
    MwHeap *heap = r->reading->heap;
    int64_t received, due;

    r->last_id = c[0].integer;
    r->n++;
    if (c[2].is != MW_TEXT || c[3].is != MW_TEXT || !mw_date_parse(c[2].text, &received) ||
        !mw_date_parse(c[3].text, &due))
        return true;
    MwDocument document = { .account = whole(c[1]), .id = r->last_id, .day = (int32_t)received };
    MwRow row = {
        .document = heap->documents->len,
        .what = MW_ROW_PAYMENT,
        .amount = received - due,
    };
    g_array_append_val(heap->documents, document);
    g_array_append_val(heap->rows, row);
    return true;
}

/* ---- statements -------------------------------------------------------------- */

/* What is read of each table: its statement up to the condition, the column of ids, the conditions for accounts and for
 * documents ("%s" is a list of ids), and who takes the rows. Lines come after the orders they belong to; payments are
 * read with their orders, whose due date may be theirs. */
typedef struct {
    const char *select, *id, *accounts, *documents;
    MwRowFunc take;
} Source;

static const Source sources[] = {
    { "SELECT o.id, o.account, o.ordered_at, o.currency, o.total, o.total_base FROM sales_order o "
      "WHERE o.deleted_at IS NULL AND o.status NOT IN ('draft', 'cancelled') AND ",
      "o.id", "o.account BETWEEN $1 AND $2", "o.id IN (%s)", take_order },
    { "SELECT l.id, l.sales_order, l.product, l.quantity, l.unit_price, l.amount, l.cost "
      "FROM sales_order_line l WHERE l.deleted_at IS NULL AND ",
      "l.id", "l.sales_order IN (SELECT id FROM sales_order WHERE account BETWEEN $1 AND $2)",
      "l.sales_order IN (%s)", take_line },
    { "SELECT p.id, p.account, p.received_on, COALESCE(p.due_on, o.due_on) FROM payment p "
      "LEFT JOIN sales_order o ON o.id = p.sales_order WHERE p.deleted_at IS NULL AND ",
      "p.id", "p.account BETWEEN $1 AND $2", "(p.id IN (%s) OR p.sales_order IN (%s))",
      take_payment },
};

static Reader
reader_new(MwLedgerReading *reading)
{
    return (Reader){
        .reading = reading,
        .base = mw_currency_find(reading->settings->currency),
        .orders = g_array_new(false, false, sizeof(Order)),
    };
}

static MwLedgerRead
reader_end(Reader *r, bool done)
{
    g_array_unref(r->orders);
    if (!done)
        return MW_LEDGER_FAILED;
    return mw_heap_bytes(r->reading->heap) > r->reading->bytes_max ? MW_LEDGER_TOO_LARGE
                                                                   : MW_LEDGER_READ;
}

static bool
read_pieces(Reader *r, const Source *source, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("%s%s > $1 ORDER BY %s LIMIT $2", source->select, source->id, source->id);

    r->last_id = 0;
    do {
        MwValue params[] = { MW_INT(r->last_id), MW_INT(PIECE) };
        r->n = 0;
        if (!mw_store_run(r->reading->store, sql, params, 2, source->take, r, error))
            return false;
    } while (r->n == PIECE && mw_heap_bytes(r->reading->heap) <= r->reading->bytes_max);
    return true;
}

MwLedgerRead
mw_ledger_read_all(MwLedgerReading *reading, GError **error)
{
    Reader r = reader_new(reading);
    bool done = true;

    for (size_t i = 0; done && i < G_N_ELEMENTS(sources); i++)
        done = mw_heap_bytes(reading->heap) > reading->bytes_max ||
               read_pieces(&r, &sources[i], error);
    return reader_end(&r, done);
}

MwLedgerRead
mw_ledger_read_accounts(MwLedgerReading *reading, int64_t from, int64_t to, GError **error)
{
    Reader r = reader_new(reading);
    MwValue params[] = { MW_INT(from), MW_INT(to) };
    bool done = true;

    for (size_t i = 0; done && i < G_N_ELEMENTS(sources); i++) {
        g_autofree char *sql = g_strconcat(sources[i].select, sources[i].accounts, NULL);
        done = mw_store_run(reading->store, sql, params, 2, sources[i].take, &r, error);
        if (i == 0)
            g_array_sort(r.orders, by_id);
    }
    return reader_end(&r, done);
}

/* Always as many parameters, so that few statements are prepared. */
static bool
read_some(Reader *r, const Source *source, const GArray *ids, guint start, GError **error)
{
    g_autoptr(GString) list = g_string_new(NULL);
    g_autoptr(GString) sql = g_string_new(source->select);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    for (guint i = 0; i < IDS_AT_ONCE; i++) {
        g_string_append(list, i > 0 ? ", " : "");
        mw_sql_param(list, params,
                     start + i < ids->len ? MW_INT(g_array_index(ids, int64_t, start + i))
                                          : MW_NOTHING);
    }
    g_string_append(sql, source->documents);
    g_string_replace(sql, "%s", list->str, 0);
    return mw_store_run(r->reading->store, sql->str, (MwValue *)(void *)params->data, params->len,
                        source->take, r, error);
}

MwLedgerRead
mw_ledger_read_documents(MwLedgerReading *reading, const GArray *ids, GError **error)
{
    Reader r = reader_new(reading);
    bool done = true;

    for (size_t i = 0; done && i < G_N_ELEMENTS(sources); i++) {
        for (guint start = 0; done && start < ids->len; start += IDS_AT_ONCE)
            done = read_some(&r, &sources[i], ids, start, error);
        if (i == 0)
            g_array_sort(r.orders, by_id);
    }
    return reader_end(&r, done);
}

/* ---- what has changed ------------------------------------------------------------ */

static bool
keep_seq(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    if (c[0].integer >= 0 && c[0].integer < MW_LANES_MAX)
        ((int64_t *)data)[c[0].integer] = c[1].integer;
    return true;
}

bool
mw_ledger_position(MwStore *store, int64_t seqs[MW_LANES_MAX], GError **error)
{
    memset(seqs, 0, MW_LANES_MAX * sizeof *seqs);
    return mw_store_run(store, "SELECT lane, seq FROM history_lane", NULL, 0, keep_seq, seqs,
                        error);
}

typedef struct {
    GHashTable *seen;
    GArray *ids;
    size_t most;
    bool all;
} Changes;

static bool
keep_change(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Changes *changes = data;
    int64_t id = c[0].integer;

    changes->all = id == 0 || changes->ids->len >= changes->most;
    if (!changes->all && g_hash_table_add(changes->seen, g_memdup2(&id, sizeof id)))
        g_array_append_val(changes->ids, id);
    return !changes->all;
}

GArray *
mw_ledger_changes(MwStore *store, const int64_t *since, const int64_t *until, size_t most,
                  GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    Changes changes = { seen, ids, most, false };
    int64_t rows = 0;

    for (int64_t lane = 0; lane < MW_LANES_MAX; lane++) {
        MwValue params[] = { MW_INT(lane), MW_INT(since[lane]) };
        if (until[lane] == since[lane])
            continue;
        rows += until[lane] - since[lane];
        if (until[lane] < since[lane] || rows > HISTORY_MAX) /* another database, or too far */
            return NULL;
        if (!mw_store_run(store,
                          "SELECT record FROM history WHERE lane = $1 AND seq > $2 "
                          "AND entity IN ('sales_order', 'payment')",
                          params, 2, keep_change, &changes, error) ||
            changes.all)
            return NULL;
    }
    return g_steal_pointer(&ids);
}
