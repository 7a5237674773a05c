#include "table/xlsx_value.h"

#include <math.h>
#include <string.h>

enum {
    DAY_SECONDS = 86400,
    SAFE_DIGITS = 15, /* a double holds every integer of so many */
};

unsigned
mw_xlsx_built_in_format(unsigned id)
{
    if (id == 22)
        return MW_XLSX_DATE | MW_XLSX_TIME;
    if (id == 46)
        return MW_XLSX_ELAPSED;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47 || id == 55 ||
        id == 56)
        return MW_XLSX_TIME;
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
        return MW_XLSX_DATE;
    return 0;
}

/* The letters of a format code, in lower case, without what is quoted, escaped or a condition. */
static char *
format_letters(const char *code)
{
    GString *letters = g_string_new(NULL);

    for (const char *s = code; *s && *s != ';'; s++) {
        if (*s == '"') {
            s = strchrnul(s + 1, '"');
        } else if (*s == '[') {
            char inner = g_ascii_tolower(s[1]);
            const char *after = s + 1 + strspn(s + 1, "hmsHMS");
            if (after > s + 1 && *after == ']') /* [h], [mm], [ss] */
                g_string_append_c(letters, inner == 'h' ? 'H' : inner == 'm' ? 'M' : 'S');
            s = strchrnul(s, ']');
        } else if ((*s == '\\' || *s == '_' || *s == '*') && s[1]) {
            s++;
        } else {
            g_string_append_c(letters, g_ascii_tolower(*s));
        }
        if (*s == '\0')
            break;
    }
    return g_string_free(letters, FALSE);
}

unsigned
mw_xlsx_format(const char *code)
{
    g_autofree char *letters = format_letters(code);

    if (g_str_equal(letters, "general"))
        return 0;
    if (strpbrk(letters, "HMS"))
        return MW_XLSX_ELAPSED;
    unsigned format = 0;
    if (strpbrk(letters, "hs"))
        format |= MW_XLSX_TIME;
    if (strpbrk(letters, "yd") || (strchr(letters, 'm') && !format))
        format |= MW_XLSX_DATE;
    return format;
}

static void
append_clock(GString *out, int64_t seconds)
{
    g_string_append_printf(out, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                           (int)(seconds % 60));
}

/* False when the serial is no date. */
static bool
append_date(GString *out, double serial, unsigned format, bool since_1904)
{
    /* Days of 0001-01-01 = 1, as GDate counts. */
    enum { DAY_1899_12_30 = 693594, DAY_1904_01_01 = 695056, LAST_DAY = 3652059 };
    /* A date alone shows the day the moment lies in; with a time, it is rounded to the second. */
    int64_t seconds = format & MW_XLSX_TIME ? llround(serial * DAY_SECONDS)
                                            : (int64_t)floor(serial) * DAY_SECONDS;
    int64_t day = seconds / DAY_SECONDS;

    if (since_1904)
        day += DAY_1904_01_01;
    else if (day == 60 || day == 0)
        return false;
    else /* the 1900 that has a 29th of February */
        day += DAY_1899_12_30 + (day < 60);
    if (day > LAST_DAY)
        return false;

    GDate date;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)day);
    g_string_append_printf(out, "%04d-%02d-%02d", g_date_get_year(&date),
                           (int)g_date_get_month(&date), g_date_get_day(&date));
    if (format & MW_XLSX_TIME) {
        g_string_append_c(out, ' ');
        append_clock(out, seconds % DAY_SECONDS);
    }
    return true;
}

/* "1.5e-07" as "0.00000015". */
static void
append_plain(GString *out, const char *scientific)
{
    const char *e = strchr(scientific, 'e');
    int exponent = (int)g_ascii_strtoll(e + 1, NULL, 10);
    g_autoptr(GString) digits = g_string_new(NULL);

    for (const char *s = scientific; s < e; s++)
        if (g_ascii_isdigit(*s))
            g_string_append_c(digits, *s);
    if (*scientific == '-')
        g_string_append_c(out, '-');
    if (exponent < 0) {
        g_string_append(out, "0.");
        for (int i = 1; i < -exponent; i++)
            g_string_append_c(out, '0');
        g_string_append(out, digits->str);
    } else { /* so large that it has no digits after the point */
        g_string_append(out, digits->str);
        for (int i = (int)digits->len; i <= exponent; i++)
            g_string_append_c(out, '0');
    }
}

static void
append_decimal(GString *out, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(text, sizeof text, "%.15g", value);
    if (strchr(text, 'e') && fabs(value) < 1e30 && fabs(value) > 1e-30)
        append_plain(out, text);
    else
        g_string_append(out, text);
}

void
mw_xlsx_append_number(GString *out, const char *text, unsigned format, bool since_1904)
{
    const char *digits = text + (*text == '-');
    size_t n = strspn(digits, "0123456789");

    if (!format && n > 0 && n <= SAFE_DIGITS && digits[n] == '\0') {
        g_string_append(out, text);
        return;
    }
    char *end;
    double value = g_ascii_strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value)) {
        g_string_append(out, text);
        return;
    }
    if (value >= 0 && value < 4e6) {
        if ((format & MW_XLSX_ELAPSED) || (format == MW_XLSX_TIME && value < 1)) {
            append_clock(out, llround(value * DAY_SECONDS));
            return;
        }
        if (format & MW_XLSX_TIME)
            format |= MW_XLSX_DATE;
        if ((format & MW_XLSX_DATE) && append_date(out, value, format, since_1904))
            return;
    }
    append_decimal(out, value);
}

void
mw_xlsx_append_iso(GString *out, const char *text)
{
    size_t n = strcspn(text, ".Zz");
    size_t start = out->len;

    g_string_append_len(out, text, (gssize)n);
    if (n > 10 && out->str[start + 10] == 'T')
        out->str[start + 10] = ' ';
}

void
mw_xlsx_append_text(GString *out, const char *text)
{
    for (const char *escape; (escape = strstr(text, "_x")); text = escape) {
        unsigned code = 0;
        int i = 2;

        for (; i < 6 && g_ascii_isxdigit(escape[i]); i++)
            code = code * 16 + (unsigned)g_ascii_xdigit_value(escape[i]);
        bool valid = i == 6 && escape[6] == '_' && code > 0 && g_unichar_validate(code);
        g_string_append_len(out, text, escape - text + (valid ? 0 : 2));
        if (valid)
            g_string_append_unichar(out, code);
        escape += valid ? 7 : 2;
    }
    g_string_append(out, text);
}
