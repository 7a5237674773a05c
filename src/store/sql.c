/* sql: pieces of statements that are put together by hand; see query.h. */
#include "base/append.h"
#include "store/query.h"

enum { LIST_STEP = 1024, LIST_PADDED_MAX = 30000 };

void
mw_sql_name(GString *sql, const char *name)
{
    g_string_append_c(sql, '"');
    g_string_append(sql, name);
    g_string_append_c(sql, '"');
}

void
mw_sql_param(GString *sql, GArray *params, MwValue value)
{
    char digits[16], *at = digits + sizeof digits;
    guint rest = params->len + 1;

    g_array_append_val(params, value);
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    *--at = '$';
    mw_append(sql, at, (size_t)(digits + sizeof digits - at));
}

/* As many as the next power of two, or of a thousand. */
static size_t
padded(size_t n)
{
    size_t size = 1;

    if (n > LIST_STEP)
        return n > LIST_PADDED_MAX ? n : (n + LIST_STEP - 1) / LIST_STEP * LIST_STEP;
    while (size < n)
        size *= 2;
    return size;
}

void
mw_sql_list(GString *sql, GArray *params, const MwValue *values, size_t n)
{
    size_t size = padded(n);

    for (size_t i = 0; i < size; i++) {
        g_string_append(sql, i > 0 ? ", " : "(");
        mw_sql_param(sql, params, values[MIN(i, n - 1)]);
    }
    g_string_append_c(sql, ')');
}
