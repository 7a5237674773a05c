#pragma once
/*
 * money: amounts in minor units of a currency of ISO 4217.
 *
 * An amount is an int64_t of minor units (fen, cents; whole yen) beside the code
 * of its currency. Unit prices have MW_PRICE_SCALE digits, quantities
 * MW_QUANTITY_SCALE, exchange rates MW_RATE_SCALE; the arithmetic on them is
 * mw_decimal_multiply() and its sisters in decimal.h.
 *
 * To add a currency: one line in the table of money.c, in order of the code.
 */
#include "base/decimal.h"

enum {
    MW_QUANTITY_SCALE = 3, /* thousandths */
    MW_PRICE_SCALE = 6,    /* millionths of the currency's unit */
    MW_RATE_SCALE = 8,
};

typedef struct {
    char code[4];       /* "CNY" */
    unsigned exponent;  /* digits after the point: 2; JPY 0, KWD 3 */
    const char *symbol; /* "¥", unambiguous within the table; NULL: the code serves */
} MwCurrency;

/* NULL unless `code` is three capitals of a currency in use. Static. O(log n) */
const MwCurrency *mw_currency_find(const char *code);
/* All of them, in order of the code. Static. */
const MwCurrency *mw_currencies(size_t *n);

/* As mw_decimal_parse_large() at the currency's scale; the currency's own code or symbol may stand before
 * or after the number ("¥1,234.50", "USD 20", "20 元" and "38万元" for CNY), another's is MW_DECIMAL_SYNTAX. */
MwDecimalStatus mw_money_parse(const char *text, const MwCurrency *currency, int64_t *minor);

typedef enum {
    MW_MONEY_PLAIN,   /* "-1234.50": JSON, CSV, forms       */
    MW_MONEY_GROUPED, /* "-1,234.50": columns               */
    MW_MONEY_SYMBOL,  /* "-¥1,234.50", "-CHF 1,234.50" with a no-break space */
} MwMoneyStyle;

/* The caller frees it. */
char *mw_money_format(int64_t minor, const MwCurrency *currency, MwMoneyStyle style);

/* quantity × unit price in minor units, rounded once; false on overflow. */
bool mw_money_of_line(int64_t quantity, int64_t unit_price, const MwCurrency *currency,
                      int64_t *minor);
/* `rate`, at MW_RATE_SCALE and more than 0: how many units of `to` one unit of `from` is; false on
 * overflow. */
bool mw_money_convert(int64_t minor, const MwCurrency *from, int64_t rate, const MwCurrency *to,
                      int64_t *out);
