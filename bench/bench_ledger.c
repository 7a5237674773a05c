/* The ledger's sums beside SQLite's and DuckDB's over the same lines, and the classification of a million customers. */
#include <glib/gstdio.h>
#include <stdlib.h>

#include "bench.h"
#include "entities/entities.h"
#include "methods/classification.h"
#include "methods/columns.h"

enum { LINES = 10000000, ACCOUNTS = 1000000, CUSTOMERS = 1000000, ORDERS = 2000000 };

/* What line i is; bench/duckdb/sums.mjs says the same in SQL. */
static uint32_t
scatter(int64_t i)
{
    return (uint32_t)((uint64_t)i * 2654435761u);
}

static MwColumns *
make_columns(void)
{
    g_autoptr(MwHeap) heap = mw_heap_new(NULL);
    g_autofree uint32_t *products = g_new(uint32_t, 5000);

    for (int64_t p = 0; p < 5000; p++)
        products[p] = mw_heap_product(heap, p + 1);
    for (int64_t i = 0; i < LINES; i++) {
        uint32_t h = scatter(i);
        bool back = h % 33 == 0;
        int64_t amount = (back ? -1 : 1) * (int64_t)(h % 100000 + 100);
        if (i % 5 == 0) {
            MwDocument order = { .account = scatter(i / 5) % ACCOUNTS + 1,
                                 .id = i / 5 + 1,
                                 .day = (int32_t)(19000 + i / 5 % 1095) };
            g_array_append_val(heap->documents, order);
        }
        MwRow row = { heap->documents->len - 1,
                      products[h % 5000] | MW_ROW_COSTED | (back ? 0 : MW_ROW_SALE), amount,
                      amount / 4 };
        g_array_append_val(heap->rows, row);
    }
    return mw_columns_build(heap);
}

static void
sum_columns(void *data)
{
    const MwLedgerAsk ask = { .from = INT32_MIN, .as_of = 20094 };
    g_autoptr(GArray) sums = g_array_new(false, false, sizeof(MwAccountSums));

    mw_columns_sums(data, &ask, 2, sums);
    g_assert_cmpuint(sums->len, >, 0);
}

/* ---- beside ------------------------------------------------------------------------ */

static double
run_sql(MwStore *store, const char *sql)
{
    g_autoptr(GError) error = NULL;
    int64_t start = g_get_monotonic_time();

    mw_store_run(store, sql, NULL, 0, NULL, NULL, &error);
    g_assert_no_error(error);
    return (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

#define H "(i * 2654435761 %% 4294967296)"

/* Once: it takes long enough. */
static double
sum_in_sqlite(const char *folder)
{
    g_autofree char *url = g_strdup_printf("sqlite:%s/lines.db", folder);
    g_autoptr(MwStore) store = mw_store_open(url, MW_OPEN_CREATE | MW_OPEN_BULK, NULL);
    g_autofree char *fill = g_strdup_printf(
        "INSERT INTO line WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < %d - 1) SELECT (i / 5 * 2654435761 %% 4294967296) %% %d, i / 5, "
        "19000 + i / 5 %% 1095, (i * 2654435761 %% 4294967296) %% 5000, "
        "CASE WHEN (i * 2654435761 %% 4294967296) %% 33 = 0 THEN -1 ELSE 1 END * "
        "((i * 2654435761 %% 4294967296) %% 100000 + 100) FROM n",
        LINES, ACCOUNTS);

    run_sql(store, "CREATE TABLE line (account INT, orders INT, day INT, product INT, amount INT)");
    run_sql(store, fill);
    return run_sql(store,
                   "SELECT COUNT(*) FROM (SELECT account, SUM(amount), SUM(amount / 4), MAX(day), "
                   "SUM(amount) FILTER (WHERE day > 19729), "
                   "SUM(amount) FILTER (WHERE day > 19364 AND day <= 19729), "
                   "SUM(amount) FILTER (WHERE amount > 0), SUM(-amount) FILTER (WHERE amount < 0), "
                   "COUNT(DISTINCT orders), COUNT(DISTINCT product) FROM line GROUP BY account)");
}

/* Seconds without and with counting different ones; 0 where DuckDB is not there. */
static void
sum_in_duckdb(double seconds[2])
{
    g_autofree char *lines = g_strdup_printf("%d", LINES);
    g_autofree char *accounts = g_strdup_printf("%d", ACCOUNTS);
    char *argv[] = { (char *)"node", (char *)"bench/duckdb/sums.mjs", lines, accounts, NULL };
    g_autofree char *out = NULL;
    int status = 1;

    seconds[0] = seconds[1] = 0.0;
    if (g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                     &out, NULL, &status, NULL) &&
        status == 0) {
        char *end;
        seconds[0] = g_ascii_strtod(out, &end);
        seconds[1] = g_ascii_strtod(end, NULL);
    }
}

static void
bench_sums(const char *folder)
{
    g_autoptr(MwColumns) columns = make_columns();
    double ours = bench_best_s(sum_columns, columns), duckdb[2];

    sum_in_duckdb(duckdb);
    const char *absent = "DuckDB (not there: npm ci --prefix bench/duckdb)";
    bench_row_s("Ledger: all indicators, 10 M lines, 1 M accounts", ours,
                duckdb[1] > 0 ? "DuckDB, 2 threads, the same sums" : absent, duckdb[1]);
    bench_row_s("Ledger: all indicators, 10 M lines, 1 M accounts", ours,
                duckdb[0] > 0 ? "DuckDB, 2 threads, without counting orders and products" : absent,
                duckdb[0]);
    bench_row_s("Ledger: all indicators, 10 M lines, 1 M accounts", ours, "SQLite GROUP BY",
                sum_in_sqlite(folder));
    printf("Ledger: memory for 10 M lines of 2 M orders\t%.1f bytes a line\t–\t–\t–\n",
           (double)mw_columns_bytes(columns) / LINES);
}

/* ---- classification ------------------------------------------------------------------- */

typedef struct {
    MwContext context;
    MwLedger *ledger;
    MwClassificationPlan plan;
} Classify;

static void
sum_ledger(void *data)
{
    const Classify *c = data;
    g_autoptr(GArray) sums = mw_ledger_sums(c->ledger, &c->plan.ask, 2, NULL);

    g_assert_nonnull(sums);
}

static void
classify(void *data)
{
    Classify *c = data;
    g_auto(MwClassification) found = { 0 };
    g_autoptr(GError) error = NULL;

    mw_classification_compute(&c->context, c->ledger, &c->plan, &found, &error);
    g_assert_no_error(error);
}

/* Two lines an order, twice as many orders as customers. */
static void
fill_company(MwStore *store)
{
    g_autofree char *accounts = g_strdup_printf(
        "INSERT INTO account (id, version, name, status) WITH RECURSIVE n (i) AS (SELECT 1 UNION "
        "ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i, 1, 'Account ' || i, 'customer' FROM n",
        CUSTOMERS);
    g_autofree char *orders = g_strdup_printf(
        "INSERT INTO sales_order (id, version, account, ordered_at, status, currency, total, "
        "total_base) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
        "SELECT 10000000 + i, 1, 1 + i %% %d, (19000 + i %% 1095) * 86400000, 'closed', 'CNY', 0, "
        "0 "
        "FROM n",
        ORDERS, CUSTOMERS);
    g_autofree char *lines = g_strdup_printf(
        "INSERT INTO sales_order_line (id, version, sales_order, quantity, unit_price, amount, "
        "cost) "
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2 * %d - 1) "
        "SELECT 20000000 + i, 1, 10000001 + i / 2, 1000, " H " %% 100000000 + 1000000, " H
        " %% 10000 + 100, 500000 FROM n",
        ORDERS);

    g_assert_true(mw_store_begin(store, true, NULL));
    run_sql(store, accounts);
    run_sql(store, orders);
    run_sql(store, lines);
    g_assert_true(mw_store_commit(store, NULL));
}

static void
bench_classification(const char *folder)
{
    static const char *const settings[] = { "currency", "CNY", NULL, NULL };
    static const MwIndicator judged[] = { MW_IND_REVENUE, MW_IND_MARGIN, MW_IND_ORDERS,
                                          MW_IND_RECENCY, MW_IND_GROWTH };
    g_autofree char *url = g_strdup_printf("sqlite:%s/company.db", folder);
    g_autoptr(GError) error = NULL;

    mw_company_create(url, mw_entities, settings, &error);
    g_assert_no_error(error);
    g_autoptr(MwCompany) company = mw_company_open(url, mw_entities, &error);
    g_autoptr(MwStore) store = mw_company_connect(company, MW_OPEN_BULK, &error);
    fill_company(store);
    g_autoptr(MwLedger) ledger = mw_ledger_new(company, (size_t)1 << 30);
    g_autoptr(MwActor) system = mw_company_system(company);
    Classify c = { .ledger = ledger };
    g_assert_true(mw_store_begin(store, false, &error));
    mw_context_begin(&c.context, company, store, system, "cli");
    c.plan = mw_classification_plan(&c.context);
    c.plan.ask.as_of = 20094;
    c.plan.n_criteria = G_N_ELEMENTS(judged);
    for (size_t j = 0; j < c.plan.n_criteria; j++)
        c.plan.criteria[j] = (MwCriterion){ judged[j], mw_indicator_direction(judged[j]), 1.0 };

    int64_t start = g_get_monotonic_time();
    sum_ledger(&c);
    bench_row_s("Ledger: first load of 4 M lines from SQLite",
                (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC, "–", 0);
    bench_row_s("Ledger: all indicators, warm, 4 M lines", bench_best_s(sum_ledger, &c), "–", 0);
    bench_row_s("Classification of 1,000,000 customers by five indicators, warm",
                bench_best_s(classify, &c), "aim: 2 s", 2.0);
    mw_context_end(&c.context);
    mw_store_rollback(store);
}

int
main(void)
{
    g_autofree char *folder = g_dir_make_tmp("millwright-bench-XXXXXX", NULL);

    bench_sums(folder);
    bench_classification(folder);
    g_autoptr(GDir) names = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(names));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    return 0;
}
