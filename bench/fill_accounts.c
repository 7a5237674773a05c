/*
 * fill_accounts: a company with many accounts at once, for run_server.
 *
 *     fill_accounts URL N      the company is there already; N up to 1,000,000
 *
 * Each has a name, type, city, code and credit limit that differ, and is found by its words. History
 * is left out. Prints the id of one in the middle.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/tokens.h"
#include "entities/entities.h"
#include "record/company.h"
#include "store/search.h"

enum { AT_ONCE = 1000 };

static const char *const cities[] = { "上海", "重庆", "厦门", "沈阳", "Basel", "Graz", "Lyon" };
static const char *const trades[] = {
    "泵业", "机床", "轴承", "Bearings", "Pumpen", "Machine Tools"
};
static const char *const types[] = { "oem", "end_user", "distributor", "dealer", "retailer" };

static MwRecord *
account(const MwEntity *entity, MwIds *ids, unsigned i)
{
    MwRecord *record = mw_record_new(entity);
    const char *city = cities[i * 31 % G_N_ELEMENTS(cities)];
    g_autofree char *name = g_strdup_printf(
        "%s%s %07u", city, trades[i * 17 % G_N_ELEMENTS(trades)], i * 7919 % 9999991);
    g_autofree char *code = g_strdup_printf("C%07u", i);
    int64_t now = mw_clock_now();

    mw_record_put(record, &entity->fields[MW_FIELD_ID], MW_INT(mw_id_next(ids)));
    mw_record_set_text(record, "name", name);
    mw_record_set_text(record, "external_code", code);
    mw_record_set_text(record, "type", types[i % G_N_ELEMENTS(types)]);
    mw_record_set_text(record, "status", i % 3 ? "customer" : "prospect");
    mw_record_set_text(record, "city", city);
    mw_record_set_text(record, "currency", "CNY");
    mw_record_set_int(record, "credit_limit", (int64_t)(i % 1000) * 100000);
    mw_record_set_int(record, "created_at", now);
    mw_record_set_int(record, "updated_at", now);
    return record;
}

static bool
index_words(MwStore *store, const MwRecord *record, GError **error)
{
    const char *name = mw_record_text(record, "name");
    g_autoptr(GString) tokens = g_string_new(NULL);

    mw_tokens_index(tokens, name, MW_TOKENS_PINYIN);
    mw_tokens_index(tokens, mw_record_text(record, "external_code"), MW_TOKENS_PLAIN);
    return mw_search_put(store, "account", mw_record_id(record), name, tokens->str, error);
}

static bool
fill(MwCompany *company, MwStore *store, unsigned n, GError **error)
{
    g_autoptr(MwCatalog) catalog = mw_company_catalog(company);
    const MwEntity *entity = mw_catalog_entity(catalog, "account");
    int64_t middle = 0;

    for (unsigned start = 0; start < n; start += AT_ONCE) {
        g_autoptr(GPtrArray) records =
            g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
        for (unsigned i = start; i < MIN(start + AT_ONCE, n); i++)
            g_ptr_array_add(records, account(entity, mw_company_ids(company), i));
        if (!mw_store_insert_many(store, (MwRecord *const *)records->pdata, records->len, error))
            return false;
        for (guint i = 0; i < records->len; i++)
            if (!index_words(store, records->pdata[i], error))
                return false;
        if (start <= n / 2)
            middle = mw_record_id(records->pdata[records->len / 2]);
    }
    printf("%" G_GINT64_FORMAT "\n", middle);
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    guint64 n = 0;

    mw_i18n_use("en");
    if (argc != 3 || !g_ascii_string_to_unsigned(argv[2], 10, 1, 1000000, &n, &error)) {
        fprintf(stderr, "fill_accounts: give a URL and a number up to 1000000\n");
        return 2;
    }
    g_autoptr(MwCompany) company = mw_company_open(argv[1], mw_entities, &error);
    g_autoptr(MwStore) store = company ? mw_company_connect(company, MW_OPEN_BULK, &error) : NULL;
    if (store && mw_store_begin(store, true, &error) && fill(company, store, (unsigned)n, &error) &&
        mw_store_commit(store, &error) &&
        (mw_store_dialect(store) == MW_POSTGRES ||
         mw_store_run(store, "ANALYZE", NULL, 0, NULL, NULL, &error)))
        return 0;
    fprintf(stderr, "fill_accounts: %s\n", error->message);
    return 1;
}
