#include "base/decimal.h"

#include <string.h>

__extension__ typedef unsigned __int128 Wide;

/* The ASCII character that `c` stands for in a number, or 0. */
static char
plain(gunichar c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFF01 - '!'; /* full-width forms */
    if (c == 0x3002)       /* 。 as an input method types it */
        return '.';
    if (c == 0x2212) /* − */
        return '-';
    if (c == 0x3000 || c == 0x00A0 || c == 0x202F)
        return ' ';
    return c > 0 && c < 0x80 ? (char)c : 0;
}

/* Copies `text` in ASCII and without white space around into `out`. */
static MwDecimalStatus
simplify(const char *text, char out[MW_DECIMAL_TEXT_MAX + 1])
{
    size_t length = 0, size = strnlen(text, MW_DECIMAL_TEXT_MAX + 1);

    if (size > MW_DECIMAL_TEXT_MAX)
        return MW_DECIMAL_SYNTAX;
    for (const char *p = text, *end = text + size; p < end;) {
        bool ascii = (unsigned char)*p < 0x80;
        char c = ascii ? *p : plain(g_utf8_get_char_validated(p, end - p));
        if (!c)
            return MW_DECIMAL_SYNTAX;
        if (length > 0 || !g_ascii_isspace(c))
            out[length++] = c;
        p = ascii ? p + 1 : g_utf8_next_char(p);
    }
    while (length > 0 && g_ascii_isspace(out[length - 1]))
        length--;
    out[length] = '\0';
    return length > 0 ? MW_DECIMAL_OK : MW_DECIMAL_EMPTY;
}

/* Appends a digit to `*value`; false when it no longer fits. */
static bool
push(int64_t *value, int digit, bool negative)
{
    return !__builtin_mul_overflow(*value, (int64_t)10, value) &&
           !__builtin_add_overflow(*value, (int64_t)(negative ? -digit : digit), value);
}

/* Whether the text up to the point, which holds a comma, is "1,234,567". */
static bool
grouped_by_three(const char *text)
{
    size_t run = strspn(text, "0123456789");

    if (run < 1 || run > 3)
        return false;
    for (text += run; *text == ','; text += 4)
        if (strspn(text + 1, "0123456789") != 3)
            return false;
    return true;
}

MwDecimalStatus
mw_decimal_parse(const char *text, unsigned scale, int64_t *out)
{
    char buffer[MW_DECIMAL_TEXT_MAX + 1];
    MwDecimalStatus status = simplify(text, buffer);

    g_assert(scale <= MW_DECIMAL_SCALE_MAX);
    if (status != MW_DECIMAL_OK)
        return status;

    const char *p = buffer;
    bool negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    size_t whole = strcspn(p, ".");
    if (memchr(p, ',', whole) && !grouped_by_three(p))
        return MW_DECIMAL_SYNTAX;

    int64_t value = 0;
    bool point = false, any = false, fits = true, lost = false;
    unsigned places = 0;
    for (; *p; p++) {
        if (*p == '.' && !point) {
            point = true;
        } else if (g_ascii_isdigit(*p)) {
            any = true;
            if (point && places == scale)
                lost = lost || *p != '0';
            else
                fits = fits && push(&value, *p - '0', negative);
            places += point && places < scale;
        } else if (*p != ',' || point) {
            return MW_DECIMAL_SYNTAX;
        }
    }
    if (!any)
        return MW_DECIMAL_SYNTAX;
    while (places++ < scale)
        fits = fits && push(&value, 0, negative);
    if (!fits)
        return MW_DECIMAL_RANGE;
    if (lost)
        return MW_DECIMAL_PRECISE;
    *out = value;
    return MW_DECIMAL_OK;
}

/* Longer ones before those that they end in. */
static const struct {
    const char *text;
    unsigned power; /* of ten */
} magnitudes[] = { { "百万", 6 }, { "千万", 7 }, { "千", 3 }, { "万", 4 }, { "萬", 4 }, { "亿", 8 },
                   { "億", 8 },   { "k", 3 },    { "K", 3 },  { "m", 6 },  { "M", 6 } };

MwDecimalStatus
mw_decimal_parse_large(const char *text, unsigned scale, int64_t *out)
{
    g_assert(scale <= MW_DECIMAL_LARGE_SCALE_MAX);
    if (strnlen(text, MW_DECIMAL_TEXT_MAX + 1) > MW_DECIMAL_TEXT_MAX)
        return MW_DECIMAL_SYNTAX;

    g_autofree char *number = g_strchomp(g_strdup(text));
    for (size_t i = 0; i < G_N_ELEMENTS(magnitudes); i++) {
        if (!g_str_has_suffix(number, magnitudes[i].text))
            continue;
        number[strlen(number) - strlen(magnitudes[i].text)] = '\0';
        /* So many places more are kept: the count of them is the same number without the magnitude. */
        MwDecimalStatus status = mw_decimal_parse(number, scale + magnitudes[i].power, out);
        return status == MW_DECIMAL_EMPTY ? MW_DECIMAL_SYNTAX : status;
    }
    return mw_decimal_parse(number, scale, out);
}

char *
mw_decimal_format(int64_t value, unsigned scale, unsigned min_places, bool grouped)
{
    /* Sign, 20 digits at most with a zero before the point, 6 commas, the point: filled from the
     * end, so that the digits come as division gives them. */
    char buffer[40];
    char *p = buffer + sizeof buffer;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    g_assert(scale <= MW_DECIMAL_SCALE_MAX);
    *--p = '\0';
    bool written = false;
    for (unsigned place = scale; place > 0; place--, rest /= 10) {
        written = written || rest % 10 != 0 || place <= min_places;
        if (written)
            *--p = (char)('0' + rest % 10);
    }
    if (written)
        *--p = '.';
    unsigned digits = 0;
    do {
        if (grouped && digits > 0 && digits % 3 == 0)
            *--p = ',';
        *--p = (char)('0' + rest % 10);
        digits++;
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--p = '-';
    return g_strdup(p);
}

/* numerator × 10^exponent ÷ denominator with that sign, rounded to the nearest, halves away from
 * zero. The numerator overflows 128 bits only where the quotient overflows 64: a denominator has
 * less than 2^64 when the exponent is positive. */
static bool
quotient(bool negative, Wide numerator, Wide denominator, int exponent, int64_t *out)
{
    for (; exponent > 0; exponent--)
        if (__builtin_mul_overflow(numerator, (Wide)10, &numerator))
            return false;
    for (; exponent < 0; exponent++)
        denominator *= 10;

    Wide result = numerator / denominator;
    Wide rest = numerator % denominator;
    if (rest >= denominator - rest)
        result++;
    if (result > (Wide)INT64_MAX + negative)
        return false;
    *out = negative ? (int64_t) - (uint64_t)result : (int64_t)result;
    return true;
}

static Wide
magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

bool
mw_decimal_add(int64_t a, int64_t b, int64_t *out)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

bool
mw_decimal_rescale(int64_t value, unsigned from_scale, unsigned to_scale, int64_t *out)
{
    return mw_decimal_multiply(value, from_scale, 1, 0, to_scale, out);
}

bool
mw_decimal_multiply(int64_t a, unsigned a_scale, int64_t b, unsigned b_scale, unsigned out_scale,
                    int64_t *out)
{
    g_assert(MAX(MAX(a_scale, b_scale), out_scale) <= MW_DECIMAL_SCALE_MAX);
    return quotient((a < 0) != (b < 0), magnitude(a) * magnitude(b), 1,
                    (int)out_scale - (int)a_scale - (int)b_scale, out);
}

bool
mw_decimal_divide(int64_t a, unsigned a_scale, int64_t b, unsigned b_scale, unsigned out_scale,
                  int64_t *out)
{
    g_assert(MAX(MAX(a_scale, b_scale), out_scale) <= MW_DECIMAL_SCALE_MAX);
    return b != 0 && quotient((a < 0) != (b < 0), magnitude(a), magnitude(b),
                              (int)out_scale + (int)b_scale - (int)a_scale, out);
}

bool
mw_decimal_proportion(int64_t a, int64_t b, int64_t c, int64_t *out)
{
    bool negative = ((a < 0) != (b < 0)) != (c < 0);

    return c != 0 && quotient(negative, magnitude(a) * magnitude(b), magnitude(c), 0, out);
}
