#include "tests/store/orders.h"

#include "base/clock.h"
#include "base/money.h"
#include "record/history.h"
#include "store/query.h"
#include "store/search.h"
#include "table/reader.h"
#include "tests/unit/dataset.h"

static MwInput *
input_of(Fixture *f, const char *entity)
{
    return mw_input_new(mw_catalog_entity(f->context.catalog, entity));
}

static void
set_link(MwInput *input, const char *name, int64_t id)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);

    g_assert_true(mw_input_set(input, name, id ? text : NULL));
}

int64_t
orders_account(Fixture *f, const char *name)
{
    MwInput *input = input_of(f, "account");

    mw_input_set(input, "name", name);
    return mw_test_save(f, 0, input);
}

int64_t
orders_product(Fixture *f, const char *code)
{
    MwInput *input = input_of(f, "product");

    mw_input_set(input, "code", code);
    mw_input_set(input, "name", code);
    return mw_test_save(f, 0, input);
}

int64_t
orders_add(Fixture *f, int64_t account, const char *at, const char *currency, const char *status,
           const TestLine *lines)
{
    MwInput *input = input_of(f, "sales_order");

    set_link(input, "account", account);
    mw_input_set(input, "ordered_at", at);
    if (currency)
        mw_input_set(input, "currency", currency);
    if (status)
        mw_input_set(input, "status", status);
    for (; lines->quantity; lines++) {
        MwInput *line = mw_input_add_detail(
            input, mw_catalog_entity(f->context.catalog, "sales_order_line"), 0, false);
        if (lines->product)
            set_link(line, "product", lines->product);
        mw_input_set(line, "description", "a thing");
        mw_input_set(line, "quantity", lines->quantity);
        mw_input_set(line, "unit_price", lines->price);
        if (lines->cost)
            mw_input_set(line, "cost", lines->cost);
    }
    return mw_test_save(f, 0, input);
}

bool
orders_write_one(MwStore *store, void *data, GError **error)
{
    const OrderWriter *writer = data;
    g_autoptr(MwActor) system = mw_company_system(writer->company);
    g_auto(MwContext) context = { 0 };
    g_autoptr(MwProblems) problems = mw_problems_new();

    mw_context_begin(&context, writer->company, store, system, "test");
    const MwEntity *order = mw_catalog_entity(context.catalog, "sales_order");
    g_autoptr(MwInput) input = mw_input_new(order);
    mw_input_set_value(input, mw_entity_field(order, "account"), MW_INT(writer->account));
    mw_input_set(input, "note", "A customer's wish, which the search index takes in.");
    for (int i = 0; i < 3; i++) {
        MwInput *line = mw_input_add_detail(
            input, mw_catalog_entity(context.catalog, "sales_order_line"), 0, false);
        mw_input_set(line, "description", "pump");
        mw_input_set(line, "quantity", "1");
        mw_input_set(line, "unit_price", "10");
    }
    g_autoptr(MwRecord) record = mw_record_write(&context, input, 0, problems, error);
    return record && !mw_problems_any(problems);
}

static int64_t
number_of(MwStore *store, const char *sql)
{
    g_auto(MwValue) value = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    mw_store_scalar(store, sql, NULL, 0, &value, &error);
    g_assert_no_error(error);
    return value.is == MW_INTEGER ? value.integer : 0;
}

int64_t
orders_check_whole(MwStore *store)
{
    MwHistoryReport report;
    g_autoptr(GError) error = NULL;
    int64_t orders = number_of(store, "SELECT count(*) FROM sales_order");

    if (mw_store_dialect(store) == MW_SQLITE) {
        g_auto(MwValue) answer = MW_NOTHING;
        mw_store_scalar(store, "PRAGMA integrity_check", NULL, 0, &answer, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(answer.text, ==, "ok");
        g_assert_cmpint(number_of(store, "SELECT count(*) FROM pragma_foreign_key_check"), ==, 0);
    }
    g_assert_true(mw_history_verify(store, &report, &error));
    g_assert_cmpstr(report.fault, ==, NULL);
    g_assert_true(mw_search_verify(store, &error));
    g_assert_no_error(error);
    g_assert_cmpint(number_of(store, "SELECT count(*) FROM sales_order_line"), ==, 3 * orders);
    g_assert_cmpint(number_of(store, "SELECT count(*) FROM history WHERE entity = 'sales_order'"),
                    ==, orders);
    g_assert_cmpint(
        number_of(store, "SELECT count(*) FROM search_doc WHERE entity = 'sales_order'"), ==,
        orders);
    g_assert_cmpint(number_of(store, "SELECT value FROM counter WHERE key LIKE 'sales_order:%'"),
                    ==, orders);
    g_assert_cmpint(number_of(store, "SELECT count(DISTINCT number) FROM sales_order"), ==, orders);
    return orders;
}

void
orders_set_status(Fixture *f, int64_t order, const char *status)
{
    MwInput *input = input_of(f, "sales_order");

    mw_input_set(input, "status", status);
    mw_test_save(f, order, input);
}

int64_t
orders_pay(Fixture *f, int64_t account, int64_t order, const char *received, const char *due,
           const char *amount)
{
    MwInput *input = input_of(f, "payment");

    set_link(input, "account", account);
    set_link(input, "sales_order", order);
    mw_input_set(input, "received_on", received);
    mw_input_set(input, "due_on", due);
    mw_input_set(input, "amount", amount);
    return mw_test_save(f, 0, input);
}

/* ---- the published ledger -------------------------------------------------------- */

typedef struct {
    Fixture *f;
    GHashTable *ids;    /* "entity/key" -> id */
    GPtrArray *pending; /* records of one entity that wait */
} Retail;

static void
flush(Retail *r)
{
    g_autoptr(GError) error = NULL;

    mw_store_insert_many(r->f->store, (MwRecord *const *)r->pending->pdata, r->pending->len,
                         &error);
    g_assert_no_error(error);
    g_ptr_array_set_size(r->pending, 0);
}

static MwRecord *
record_of(Retail *r, const char *entity)
{
    MwRecord *record = mw_record_new(mw_catalog_entity(r->f->context.catalog, entity));

    mw_record_set_int(record, "id", mw_id_next(mw_company_ids(r->f->company)));
    mw_record_set_int(record, "created_at", r->f->context.now);
    mw_record_set_int(record, "updated_at", r->f->context.now);
    return record;
}

/* The id of the record with this key; `fresh` gets it when it is a new one, to be filled and saved. */
static int64_t
known(Retail *r, const char *entity, const char *key, MwRecord **fresh)
{
    char *name = g_strconcat(entity, "/", key, NULL);
    int64_t *id = g_hash_table_lookup(r->ids, name);

    *fresh = NULL;
    if (id) {
        g_free(name);
        return *id;
    }
    *fresh = record_of(r, entity);
    id = g_new(int64_t, 1);
    *id = mw_record_id(*fresh);
    g_hash_table_insert(r->ids, name, id);
    return *id;
}

static void
insert(Retail *r, MwRecord *record)
{
    g_autoptr(GError) error = NULL;

    mw_store_insert(r->f->store, record, &error);
    g_assert_no_error(error);
    mw_record_free(record);
}

static void
add_row(Retail *r, const char *const *cell)
{
    MwRecord *fresh;
    int64_t quantity, price, amount, at = 0;

    int64_t account = known(r, "account", cell[6], &fresh);
    if (fresh) {
        mw_record_set_text(fresh, "name", cell[6]);
        mw_record_set_text(fresh, "status", "customer");
        insert(r, fresh);
    }
    int64_t product = known(r, "product", cell[1], &fresh);
    if (fresh) {
        mw_record_set_text(fresh, "code", cell[1]);
        mw_record_set_text(fresh, "name", cell[1]);
        insert(r, fresh);
    }
    g_assert_true(mw_instant_parse(cell[4], r->f->context.settings->zone, &at));
    int64_t order = known(r, "sales_order", cell[0], &fresh);
    if (fresh) {
        mw_record_set_int(fresh, "account", account);
        mw_record_set_int(fresh, "ordered_at", at);
        mw_record_set_text(fresh, "status", "confirmed");
        mw_record_set_text(fresh, "currency", "CNY");
        insert(r, fresh);
    }
    g_assert_true(mw_decimal_parse(cell[3], MW_QUANTITY_SCALE, &quantity) == MW_DECIMAL_OK);
    g_assert_true(mw_decimal_parse(cell[5], MW_PRICE_SCALE, &price) == MW_DECIMAL_OK);
    g_assert_true(mw_money_of_line(quantity, price, mw_currency_find("CNY"), &amount));
    MwRecord *line = record_of(r, "sales_order_line");
    mw_record_set_int(line, "sales_order", order);
    mw_record_set_int(line, "product", product);
    mw_record_set_int(line, "quantity", quantity);
    mw_record_set_int(line, "unit_price", price);
    mw_record_set_int(line, "amount", amount);
    g_ptr_array_add(r->pending, line);
    if (r->pending->len == 1000)
        flush(r);
}

bool
orders_load_retail(Fixture *f)
{
    g_autofree char *path = dataset_path("retail/online_retail.csv.zst");
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) pending = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
    Retail r = { f, ids, pending };
    g_autoptr(GError) error = NULL;
    MwTableRow row;

    if (!path)
        return false;
    g_autoptr(MwTableReader) reader = mw_table_open(path, NULL, &error);
    g_assert_no_error(error);
    while (mw_table_next(reader, &row, &error))
        if (*row.cells[6])
            add_row(&r, row.cells);
    g_assert_no_error(error);
    flush(&r);
    mw_test_turn(f, 0);
    return true;
}
