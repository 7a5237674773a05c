/* deals: any table is refused with a reason, or read so that every deal has a group and a finite amount. */
#include <math.h>

#include "cli/deals.h"
#include "fuzz.h"

/* The table is its own price list, too. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const MwTableOptions options = { .limits = { .total_bytes = 1 << 20, .rows = 5000 } };
    const MwDealColumns columns = {
        .group = "group", .stage = "stage", .amount = "amount", .won = "Won", .lost = "Lost"
    };
    g_autoptr(GError) no_prices = NULL, error = NULL;
    g_auto(MwDeals) deals = { 0 };
    g_autoptr(MwTableReader) list = mw_table_open_bytes(bytes, size, &options, &no_prices);
    g_autoptr(GHashTable) prices =
        list ? mw_deals_read_prices(list, "group", "amount", &no_prices) : NULL;
    g_assert_true((prices != NULL) == (no_prices == NULL));

    g_autoptr(MwTableReader) reader = mw_table_open_bytes(bytes, size, &options, &error);
    const bool read = reader && mw_deals_read(reader, &columns, prices, &deals, &error);
    g_assert_true(read == (error == NULL));
    for (guint i = 0; read && i < deals.deals->len; i++) {
        const MwDeal *deal = &g_array_index(deals.deals, MwDeal, i);
        g_assert_cmpuint(deal->group, <, deals.groups.texts->len);
        g_assert_true(isfinite(deal->amount));
    }
    if (read)
        g_assert_cmpuint(deals.deals->len + deals.n_unvalued, ==, deals.n_open);
    return 0;
}
