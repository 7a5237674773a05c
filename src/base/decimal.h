#pragma once
/*
 * decimal: exact decimal numbers as an integer and a scale.
 *
 * A number is an int64_t count of 10^-scale: 12.5 with scale 3 is 12500. The
 * scale is known from the field (quantities 3, unit prices 6, rates 8, money by
 * its currency, see money.h) and is not kept with the number. Nothing here goes
 * through a double. Scales are 0..MW_DECIMAL_SCALE_MAX; another is our own fault
 * and asserted.
 *
 * Rounding is to the nearest, halves away from zero, as invoices round. The
 * arithmetic answers false, and leaves `out` untouched, when the result does not
 * fit 64 bits.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    MW_DECIMAL_SCALE_MAX = 18,
    MW_DECIMAL_TEXT_MAX = 128, /* bytes of text that are looked at */
    MW_DECIMAL_LARGE_SCALE_MAX = 10,
};

typedef enum {
    MW_DECIMAL_OK = 0,
    MW_DECIMAL_EMPTY,   /* nothing but white space                                  */
    MW_DECIMAL_SYNTAX,  /* not a decimal number, or longer than MW_DECIMAL_TEXT_MAX */
    MW_DECIMAL_PRECISE, /* more digits after the point than the scale keeps         */
    MW_DECIMAL_RANGE,   /* does not fit 64 bits at this scale                       */
} MwDecimalStatus;

/*
 * Reads "1234.5", "-1,234.50", "+.5", "5.", "１，２３４．５０". Digits, signs, comma and point may be
 * full-width, the point may be the Chinese full stop; white space around is ignored. Commas stand
 * between groups of three or not at all, so "1,5" and "12,34" are refused rather than guessed.
 * No exponents, no other letters. Zeros beyond the scale are fine, other digits are not: what a
 * person wrote is never rounded silently. `out` is written only on MW_DECIMAL_OK.
 */
MwDecimalStatus mw_decimal_parse(const char *text, unsigned scale, int64_t *out);
/* The same as people write large numbers: after it, 千 (10^3), 万 (10^4), 百万, 千万 or 亿 (10^8), or k (10^3) or M (10^6)
 * in either case: "38万", "1.25亿", "380k", "1,200 万". Exact like the rest: "1.23456万" has a digit after the point. The
 * scale is at most MW_DECIMAL_LARGE_SCALE_MAX. */
MwDecimalStatus mw_decimal_parse_large(const char *text, unsigned scale, int64_t *out);

/*
 * "1234.50", or "1,234.50" when `grouped`. Zeros at the end are dropped down to `min_places` digits
 * after the point (12.500000 with min_places 2 is "12.50"); pass `scale` to keep all. Any value can
 * be written and read back to itself. The caller frees it.
 */
char *mw_decimal_format(int64_t value, unsigned scale, unsigned min_places, bool grouped);

bool mw_decimal_add(int64_t a, int64_t b, int64_t *out);
/* The same number at another scale, rounded if there are fewer digits. */
bool mw_decimal_rescale(int64_t value, unsigned from_scale, unsigned to_scale, int64_t *out);
/* a × b, such as quantity (thousandths) × unit price (millionths) to minor units, rounded once. */
bool mw_decimal_multiply(int64_t a, unsigned a_scale, int64_t b, unsigned b_scale,
                         unsigned out_scale, int64_t *out);
/* a ÷ b, rounded once; false when b is 0 too. */
bool mw_decimal_divide(int64_t a, unsigned a_scale, int64_t b, unsigned b_scale, unsigned out_scale,
                       int64_t *out);
/* a × b ÷ c at the scale of a, such as the part of an amount in a total; false when c is 0 too. */
bool mw_decimal_proportion(int64_t a, int64_t b, int64_t c, int64_t *out);
