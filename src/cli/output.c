#include "cli/output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void
mw_print_json(json_t *document)
{
    g_assert(document); /* json_pack() refuses NaN and infinity: mw_json_number() does not */
    /* Not through g_print(): a document can be some hundred MB. */
    json_dumpf(document, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(17) | JSON_ENCODE_ANY);
    putchar('\n');
    fflush(stdout);
    json_decref(document);
}

struct MwPrintTable {
    char *alignment;
    size_t columns;
    GPtrArray *cells; /* row by row */
};

/* Terminal columns: wide (East Asian) characters take two, marks none. */
static int
width_of(const char *text)
{
    int width = 0;

    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        if (!g_unichar_iszerowidth(c))
            width += g_unichar_iswide(c) ? 2 : 1;
    }
    return width;
}

MwPrintTable *
mw_print_table_new(const char *alignment, const char *const *headers)
{
    MwPrintTable *table = g_new0(MwPrintTable, 1);

    table->alignment = g_strdup(alignment);
    table->columns = strlen(alignment);
    table->cells = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; headers && i < table->columns; i++)
        g_ptr_array_add(table->cells, g_strdup(headers[i]));
    return table;
}

void
mw_print_table_row(MwPrintTable *table, ...)
{
    va_list arguments;

    va_start(arguments, table);
    for (size_t i = 0; i < table->columns; i++)
        g_ptr_array_add(table->cells, g_strdup(va_arg(arguments, const char *)));
    va_end(arguments);
}

static void
append_padded(GString *line, const char *text, int width)
{
    g_string_append_printf(line, "%s%*s", text, MAX(width - width_of(text), 0), "");
}

void
mw_append_option(GString *text, const char *name, const char *argument, const char *help)
{
    g_autofree char *left =
        g_strconcat("  --", name, argument ? "=" : "", argument ? argument : "", NULL);

    append_padded(text, left, 30);
    g_string_append_printf(text, " %s\n", help);
}

static void
append_cell(GString *line, const char *text, int width, char alignment, bool last)
{
    if (alignment == 'r')
        g_string_append_printf(line, "%*s%s", width - width_of(text), "", text);
    else
        append_padded(line, text, last ? 0 : width);
}

void
mw_print_table_end(MwPrintTable *table)
{
    g_autofree int *widths = g_new0(int, table->columns);
    g_autoptr(GString) line = g_string_new(NULL);

    for (size_t i = 0; i < table->cells->len; i++) {
        int *width = &widths[i % table->columns];
        *width = MAX(*width, width_of(table->cells->pdata[i]));
    }
    for (size_t i = 0; i < table->cells->len; i++) {
        size_t column = i % table->columns;
        bool last = column + 1 == table->columns;
        append_cell(line, table->cells->pdata[i], widths[column], table->alignment[column], last);
        if (!last) {
            g_string_append(line, "  ");
            continue;
        }
        g_print("%s\n", line->str);
        g_string_truncate(line, 0);
    }
    g_ptr_array_unref(table->cells);
    g_free(table->alignment);
    g_free(table);
}

const char *
mw_print_number(double value, int digits)
{
    static _Thread_local char ring[16][64];
    static _Thread_local unsigned next;
    char *text = ring[next++ % 16];

    if (!isfinite(value))
        return isnan(value) ? "–" : value > 0 ? "∞" : "-∞";
    if (fabs(value) >= 1e15) { /* no more digits than a double has, and than the ring holds */
        g_snprintf(text, sizeof ring[0], "%.6g", value);
        return text;
    }
    g_snprintf(text, sizeof ring[0], "%.*f", digits, value);
    if (strchr(text, '.')) {
        char *end = text + strlen(text);
        while (end[-1] == '0')
            *--end = '\0';
        if (end[-1] == '.')
            *--end = '\0';
    }
    return g_str_equal(text, "-0") ? "0" : text;
}

json_t *
mw_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *
mw_json_numbers(const double *values, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, mw_json_number(values[i]));
    return array;
}
