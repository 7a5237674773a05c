/* readers: tables of ties, series and deals, as the commands read them, and what they refuse. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "cli/deals.h"
#include "cli/series.h"
#include "cli/ties.h"

static MwTableReader *
open_text(const char *text)
{
    g_autoptr(GError) error = NULL;
    MwTableReader *reader = mw_table_open_bytes(text, strlen(text), NULL, &error);
    g_assert_no_error(error);
    return reader;
}

static void
test_ties(void)
{
    g_autoptr(MwTableReader) nodes = open_text("age,id\n33, 王工\n42,Li\n");
    g_autoptr(MwTableReader) edges = open_text("to,from\nLi,Zhou\n王工, Li \n");
    g_auto(MwNames) people = mw_names_new();
    g_autoptr(GArray) ties = g_array_new(FALSE, FALSE, sizeof(MwTie));
    uint32_t zhou = 0;

    g_assert_true(mw_ties_read_people(nodes, "id", &people, NULL));
    g_assert_cmpuint(people.texts->len, ==, 2);
    g_assert_true(mw_ties_read(edges, "from", "to", &people, ties, NULL));
    g_assert_true(mw_names_find(&people, "Zhou", &zhou));
    g_assert_cmpuint(zhou, ==, 2);
    g_assert_false(mw_names_find(&people, "nobody", &zhou));
    g_assert_cmpuint(ties->len, ==, 2);
    g_assert_cmpuint(g_array_index(ties, MwTie, 0).from, ==, 2);
    g_assert_cmpuint(g_array_index(ties, MwTie, 0).to, ==, 1);
    g_assert_cmpuint(g_array_index(ties, MwTie, 1).from, ==, 1);
    g_assert_cmpuint(g_array_index(ties, MwTie, 1).to, ==, 0);
}

static void
test_wide(void)
{
    g_autoptr(MwTableReader) reader =
        open_text("month,a,b\n2024-02,1,NA\n2024-01,, 2.5\n2024-03,-3\n");
    g_auto(MwSeries) series = { 0 };

    g_assert_true(mw_series_read_wide(reader, &series, NULL));
    g_assert_cmpuint(series.names->len, ==, 2);
    g_assert_cmpstr(g_ptr_array_index(series.names, 1), ==, "b");
    g_assert_cmpstr(g_ptr_array_index(series.periods, 1), ==, "2024-01");
    g_assert_cmpfloat(series.values[0], ==, 1);
    g_assert_true(isnan(series.values[1]));
    g_assert_cmpfloat(series.values[2], ==, -3);
    g_assert_true(isnan(series.values[3]));
    g_assert_cmpfloat(series.values[4], ==, 2.5);
    g_assert_true(isnan(series.values[5]));
}

/* Rows in any order; two of the same period add up; what is absent is as asked for. */
static void
test_long(void)
{
    static const char text[] =
        "n,part,month\n3,a,2024-02\n1,b,2024-01\n4,a,2024-01\n1,a,2024-02\nNA,b,2024-03\n";
    const MwSeriesColumns columns = { "part", "month", "n", 0 };
    g_autoptr(MwTableReader) reader = open_text(text);
    g_auto(MwSeries) series = { 0 };

    g_assert_true(mw_series_read_long(reader, &columns, &series, NULL));
    g_assert_cmpstr(g_ptr_array_index(series.periods, 0), ==, "2024-01");
    g_assert_cmpstr(g_ptr_array_index(series.periods, 2), ==, "2024-03");
    g_assert_cmpfloat(series.values[0], ==, 4);
    g_assert_cmpfloat(series.values[1], ==, 4);
    g_assert_cmpfloat(series.values[2], ==, 0);
    g_assert_cmpfloat(series.values[3], ==, 1);
    g_assert_cmpfloat(series.values[4], ==, 0);
    g_assert_true(isnan(series.values[5]));
}

static const MwDealColumns deal_columns = {
    .group = "product", .stage = "stage", .amount = "amount", .won = "Won", .lost = "Lost"
};

static void
test_deals(void)
{
    g_autoptr(MwTableReader) list = open_text("price,item\n4821,GTX Pro\n,Free\n");
    g_autoptr(GHashTable) prices = mw_deals_read_prices(list, "item", "price", NULL);
    static const char text[] =
        "product,stage,amount\nGTXPro,Won,4500\ngtx pro,Open,\nGTXPro,Lost,0\nFree,Open,\n"
        "GTXPro,Talking,5000\nGTXPro,Dropped,1\n";
    static const char *const open[] = { "Open", "Talking", NULL };
    MwDealColumns columns = deal_columns;
    g_autoptr(MwTableReader) reader = open_text(text);
    g_auto(MwDeals) deals = { 0 };

    columns.open = open;
    g_assert_true(mw_deals_read(reader, &columns, prices, &deals, NULL));
    g_assert_cmpuint(deals.groups.texts->len, ==, 3);
    g_assert_cmpuint(deals.won[0], ==, 1);
    g_assert_cmpuint(deals.lost[0], ==, 1);
    g_assert_cmpuint(deals.n_open, ==, 3);
    g_assert_cmpuint(deals.n_unvalued, ==, 1);
    g_assert_cmpuint(deals.deals->len, ==, 2);
    g_assert_cmpfloat(g_array_index(deals.deals, MwDeal, 0).amount, ==, 4821);
    g_assert_cmpuint(g_array_index(deals.deals, MwDeal, 0).group, ==, 1);
    g_assert_cmpfloat(g_array_index(deals.deals, MwDeal, 1).amount, ==, 5000);
}

static bool
read_people(MwTableReader *reader, GError **error)
{
    g_auto(MwNames) people = mw_names_new();
    return mw_ties_read_people(reader, NULL, &people, error);
}

static bool
read_ties(MwTableReader *reader, GError **error)
{
    g_auto(MwNames) people = mw_names_new();
    g_autoptr(GArray) ties = g_array_new(FALSE, FALSE, sizeof(MwTie));
    return mw_ties_read(reader, NULL, NULL, &people, ties, error);
}

static bool
read_wide(MwTableReader *reader, GError **error)
{
    g_auto(MwSeries) series = { 0 };
    return mw_series_read_wide(reader, &series, error);
}

static bool
read_long(MwTableReader *reader, GError **error)
{
    const MwSeriesColumns columns = { .key = "key" };
    g_auto(MwSeries) series = { 0 };
    return mw_series_read_long(reader, &columns, &series, error);
}

static bool
read_prices(MwTableReader *reader, GError **error)
{
    g_autoptr(GHashTable) prices = mw_deals_read_prices(reader, NULL, NULL, error);
    return prices != NULL;
}

static bool
read_deals(MwTableReader *reader, GError **error)
{
    g_auto(MwDeals) deals = { 0 };
    return mw_deals_read(reader, &deal_columns, NULL, &deals, error);
}

/* What is refused as invalid, and what the message names. */
static const struct {
    const char *name;
    bool (*read)(MwTableReader *reader, GError **error);
    const char *text, *says;
} refusals[] = {
    { "people/no-name", read_people, "id,x\nA,1\n,2\n", "Line 3" },
    { "ties/one-column", read_ties, "from\nA\n", "2 columns" },
    { "ties/nobody", read_ties, "from,to\nA,B\nA\n", "Line 3" },
    { "ties/open-quote", read_ties, "from,to\nA,\"B\n", "Line 2" },
    { "wide/no-series", read_wide, "t\n1\n", "2 columns" },
    { "wide/no-number", read_wide, "t,y\n1,2\n2,ten\n", "“ten”" },
    { "wide/infinite", read_wide, "t,y\n1,inf\n", "“inf”" },
    { "wide/overflow", read_wide, "t,y\n1,1e999\n", "“y”" },
    { "wide/too-many-cells", read_wide, "t,y\n1,2,3\n", "Line 2" },
    { "long/no-column", read_long, "k,t,v\na,1,2\n", "“key”" },
    { "long/no-number", read_long, "key,t,v\na,1,2 t\n", "“2 t”" },
    { "prices/no-number", read_prices, "item,price\nA,free\n", "“free”" },
    { "prices/one-column", read_prices, "item\nA\n", "2 columns" },
    { "deals/no-stage", read_deals, "product,amount\nA,1\n", "“stage”" },
    { "deals/no-number", read_deals, "product,stage,amount\nA,Open,1 million\n", "“1 million”" },
};

static void
test_refusal(gconstpointer data)
{
    const size_t i = GPOINTER_TO_SIZE(data);
    g_autoptr(MwTableReader) reader = open_text(refusals[i].text);
    g_autoptr(GError) error = NULL;

    g_assert_false(refusals[i].read(reader, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, refusals[i].says));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/readers/ties", test_ties);
    g_test_add_func("/readers/wide", test_wide);
    g_test_add_func("/readers/long", test_long);
    g_test_add_func("/readers/deals", test_deals);
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strdup_printf("/readers/refusal/%s", refusals[i].name);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refusal);
    }
    return g_test_run();
}
