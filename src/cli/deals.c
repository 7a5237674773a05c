#include "cli/deals.h"

#include <math.h>

#include "base/i18n.h"
#include "cli/cells.h"

void
mw_deals_clear(MwDeals *deals)
{
    mw_names_clear(&deals->groups);
    g_clear_pointer(&deals->won, g_free);
    g_clear_pointer(&deals->lost, g_free);
    g_clear_pointer(&deals->deals, g_array_unref);
    g_clear_pointer(&deals->closed, g_array_unref);
}

/* "GTX Pro" and "GTXPro" are one item to the person who typed them. Takes the text. */
static char *
item_key(char *text)
{
    g_autofree char *given = text;
    char *to = given;

    for (const char *from = given; *from; from++)
        if (!g_ascii_isspace(*from))
            *to++ = *from;
    *to = '\0';
    return g_utf8_casefold(given, -1);
}

typedef struct {
    GHashTable *prices;
    size_t item, price; /* columns */
} PriceList;

static bool
take_price(MwTableReader *reader, const MwTableRow *row, void *data, GError **error)
{
    PriceList *list = data;
    double value = 0.0;

    if (!mw_cells_number(reader, row, list->price, &value, error))
        return false;
    if (!isnan(value))
        g_hash_table_replace(list->prices, item_key(mw_cells_text(row, list->item)),
                             g_memdup2(&value, sizeof value));
    return true;
}

GHashTable *
mw_deals_read_prices(MwTableReader *reader, const char *item, const char *price, GError **error)
{
    g_autoptr(GHashTable) prices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    PriceList list = { .prices = prices };

    if (!mw_cells_column(reader, item, 0, &list.item, error) ||
        !mw_cells_column(reader, price, 1, &list.price, error) ||
        !mw_cells_each_row(reader, MW_PIPELINE_DEALS_MAX, take_price, &list, error))
        return NULL;
    return g_steal_pointer(&prices);
}

/* Where the reading stands. */
typedef struct {
    const MwDealColumns *columns;
    GHashTable *prices;
    size_t group, stage, amount, item, opened, closed;
    bool has_item, has_dates;
    GArray *won, *lost;
    MwDeals *out;
} Reading;

static bool
find_columns(Reading *r, MwTableReader *reader, GError **error)
{
    const MwDealColumns *columns = r->columns;
    const char *item = columns->item ? columns->item : columns->group;

    r->has_item = r->prices && item;
    r->has_dates = columns->opened && columns->closed;
    return (!columns->group || mw_cells_column(reader, columns->group, 0, &r->group, error)) &&
           mw_cells_column(reader, columns->stage, 0, &r->stage, error) &&
           mw_cells_column(reader, columns->amount, 0, &r->amount, error) &&
           (!r->has_item || mw_cells_column(reader, item, 0, &r->item, error)) &&
           (!r->has_dates || (mw_cells_column(reader, columns->opened, 0, &r->opened, error) &&
                              mw_cells_column(reader, columns->closed, 0, &r->closed, error)));
}

static uint32_t
group_number(Reading *r, char *name)
{
    const uint64_t none = 0;
    const uint32_t number = mw_names_number(&r->out->groups, name);

    if (number == r->won->len) {
        g_array_append_val(r->won, none);
        g_array_append_val(r->lost, none);
    }
    return number;
}

static void
add_open(Reading *r, const MwTableRow *row, uint32_t group, double amount)
{
    if (isnan(amount) && r->has_item) {
        g_autofree char *key = item_key(mw_cells_text(row, r->item));
        const double *price = g_hash_table_lookup(r->prices, key);
        amount = price ? *price : NAN;
    }
    r->out->n_open++;
    if (isnan(amount)) {
        r->out->n_unvalued++;
    } else {
        const MwDeal deal = { .amount = amount, .group = group };
        g_array_append_val(r->out->deals, deal);
    }
}

static bool
add_closed(Reading *r, MwTableReader *reader, const MwTableRow *row, bool won, double amount,
           GError **error)
{
    int64_t opened = MW_CELLS_NO_DAY, closed = MW_CELLS_NO_DAY;

    if (r->has_dates && (!mw_cells_day(reader, row, r->opened, &opened, error) ||
                         !mw_cells_day(reader, row, r->closed, &closed, error)))
        return false;
    if (opened != MW_CELLS_NO_DAY && closed != MW_CELLS_NO_DAY) {
        const MwClosedDeal deal = { won, closed, (double)(closed - opened), amount };
        g_array_append_val(r->out->closed, deal);
    }
    return true;
}

static bool
take_deal(MwTableReader *reader, const MwTableRow *row, void *data, GError **error)
{
    Reading *r = data;
    const MwDealColumns *columns = r->columns;
    g_autofree char *stage = mw_cells_text(row, r->stage);
    double amount = 0.0;

    if (!mw_cells_number(reader, row, r->amount, &amount, error))
        return false;
    const uint32_t group =
        group_number(r, columns->group ? mw_cells_text(row, r->group) : g_strdup(_("all")));
    const bool won = g_str_equal(stage, columns->won);
    if (won || g_str_equal(stage, columns->lost)) {
        g_array_index(won ? r->won : r->lost, uint64_t, group)++;
        if (!add_closed(r, reader, row, won, amount, error))
            return false;
    } else if (!columns->open || g_strv_contains(columns->open, stage)) {
        add_open(r, row, group, amount);
    }
    return true;
}

bool
mw_deals_read(MwTableReader *reader, const MwDealColumns *columns, GHashTable *prices, MwDeals *out,
              GError **error)
{
    g_auto(MwDeals) deals = { .groups = mw_names_new(),
                              .deals = g_array_new(FALSE, FALSE, sizeof(MwDeal)),
                              .closed = g_array_new(FALSE, FALSE, sizeof(MwClosedDeal)) };
    g_autoptr(GArray) won = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    Reading r = { .columns = columns, .prices = prices, .won = won, .lost = lost, .out = &deals };

    if (!find_columns(&r, reader, error) ||
        !mw_cells_each_row(reader, MW_PIPELINE_DEALS_MAX, take_deal, &r, error))
        return false;
    deals.won = g_memdup2(won->data, won->len * sizeof(uint64_t));
    deals.lost = g_memdup2(lost->data, lost->len * sizeof(uint64_t));
    *out = deals;
    deals = (MwDeals){ 0 };
    return true;
}
