/* filter: building, copying and freeing filter trees and cursors. */
#include <math.h>

#include "base/i18n.h"
#include "store/query.h"
#include "store/search.h"

enum { CURSOR_MAX = 6000 }; /* of three texts of 255 characters, four bytes each, in base64 */

static void
value_free(gpointer value)
{
    mw_value_clear(value);
}

static MwFilter *
filter_new(MwFilterIs is)
{
    MwFilter *filter = g_new0(MwFilter, 1);

    filter->is = is;
    filter->values = g_array_new(false, true, sizeof(MwValue));
    g_array_set_clear_func(filter->values, value_free);
    filter->children = g_ptr_array_new_with_free_func((GDestroyNotify)mw_filter_free);
    return filter;
}

MwFilter *
mw_filter_all(void)
{
    return filter_new(MW_FILTER_ALL);
}

MwFilter *
mw_filter_any(void)
{
    return filter_new(MW_FILTER_ANY);
}

MwFilter *
mw_filter_not(MwFilter *child)
{
    MwFilter *filter = filter_new(MW_FILTER_NOT);

    mw_filter_add(filter, child);
    return filter;
}

/* "*" is any characters; SQL's own wildcards are plain text. */
static char *
like_pattern(const char *text)
{
    GString *pattern = g_string_new(NULL);

    for (; *text; text++) {
        if (strchr("%_\\", *text))
            g_string_append_c(pattern, '\\');
        g_string_append_c(pattern, *text == '*' ? '%' : *text);
    }
    return g_string_free(pattern, false);
}

MwFilter *
mw_filter_test(const MwField *field, MwTest test, MwValue value)
{
    MwFilter *filter = filter_new(MW_FILTER_TEST);
    g_autofree char *pattern = NULL;

    filter->field = field;
    filter->test = test;
    if (value.is == MW_TEXT && test == MW_TEST_LIKE)
        value.text = pattern = like_pattern(value.text);
    if (value.is == MW_TEXT && test == MW_TEST_CONTAINS)
        value.text = pattern = g_strdup_printf(",%s,", value.text);
    if (value.is != MW_NULL)
        mw_filter_value(filter, value);
    return filter;
}

MwFilter *
mw_filter_via(const MwField *link, const MwEntity *target, MwFilter *child)
{
    MwFilter *filter = filter_new(MW_FILTER_VIA);

    filter->field = link;
    filter->entity = target;
    mw_filter_add(filter, child);
    return filter;
}

MwFilter *
mw_filter_has(const MwEntity *entity, const MwField *link, MwFilter *child)
{
    MwFilter *filter = filter_new(MW_FILTER_HAS);

    filter->field = link;
    filter->entity = entity;
    mw_filter_add(filter, child);
    return filter;
}

MwFilter *
mw_filter_search(const MwEntity *entity, const char *text)
{
    MwFilter *filter = filter_new(MW_FILTER_SEARCH);
    g_autofree char *fts5 = mw_search_query(MW_SQLITE, entity->name, text);
    g_autofree char *fts5_all = mw_search_query(MW_SQLITE, NULL, text);
    g_autofree char *tsquery = mw_search_query(MW_POSTGRES, entity->name, text);

    filter->entity = entity;
    if (!fts5)
        return filter;
    mw_filter_value(filter, MW_BORROW(fts5));
    mw_filter_value(filter, MW_BORROW(tsquery));
    mw_filter_value(filter, MW_BORROW(text));
    mw_filter_value(filter, MW_BORROW(fts5_all));
    return filter;
}

const char *
mw_filter_words(const MwFilter *filter)
{
    return g_array_index(filter->values, MwValue, 2).text;
}

void
mw_filter_value(MwFilter *filter, MwValue value)
{
    MwValue copy = MW_NOTHING;

    mw_value_copy(&copy, &value);
    g_array_append_val(filter->values, copy);
}

void
mw_filter_add(MwFilter *filter, MwFilter *child)
{
    if (child)
        g_ptr_array_add(filter->children, child);
}

MwFilter *
mw_filter_copy(const MwFilter *filter)
{
    if (!filter)
        return NULL;
    MwFilter *copy = filter_new(filter->is);

    copy->test = filter->test;
    copy->field = filter->field;
    copy->entity = filter->entity;
    for (guint i = 0; i < filter->values->len; i++)
        mw_filter_value(copy, g_array_index(filter->values, MwValue, i));
    for (guint i = 0; i < filter->children->len; i++)
        mw_filter_add(copy, mw_filter_copy(filter->children->pdata[i]));
    return copy;
}

void
mw_filter_free(MwFilter *filter)
{
    if (!filter)
        return;
    g_array_unref(filter->values);
    g_ptr_array_unref(filter->children);
    g_free(filter);
}

void
mw_cursor_clear(MwCursor *cursor)
{
    for (size_t i = 0; i < MW_ORDER_MAX; i++)
        mw_value_clear(&cursor->values[i]);
    cursor->id = 0;
}

/* A letter a value: n, i<number>, r<hexadecimal real>, t<text>; joined by zero bytes, in base64. */
char *
mw_cursor_write(const MwCursor *cursor, size_t n_order)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < n_order; i++) {
        const MwValue *value = &cursor->values[i];
        if (value->is == MW_NULL)
            g_string_append_c(text, 'n');
        else if (value->is == MW_INTEGER)
            g_string_append_printf(text, "i%" G_GINT64_FORMAT, value->integer);
        else if (value->is == MW_REAL)
            g_string_append_printf(text, "r%a", value->real);
        else
            g_string_append_printf(text, "t%s", value->text);
        g_string_append_c(text, '\0');
    }
    g_string_append_printf(text, "%" G_GINT64_FORMAT, cursor->id);
    char *coded = g_base64_encode((const guchar *)text->str, text->len);
    g_strdelimit(coded, "+", '-');
    g_strdelimit(coded, "/", '_');
    g_strdelimit(coded, "=", '.');
    return coded;
}

static bool
read_part(const char *part, MwValue *value)
{
    char *end = NULL;

    switch (*part) {
    case 'n':
        return !part[1];
    case 'i':
        *value = MW_INT(g_ascii_strtoll(part + 1, &end, 10));
        return end > part + 1 && !*end;
    case 'r':
        *value = MW_DOUBLE(g_ascii_strtod(part + 1, &end));
        return end > part + 1 && !*end && isfinite(value->real);
    case 't':
        mw_value_set_text(value, part + 1);
        return g_utf8_validate(part + 1, -1, NULL);
    default:
        return false;
    }
}

bool
mw_cursor_read(const char *text, MwCursor *cursor, size_t n_order, GError **error)
{
    gsize size = 0;
    g_autofree char *coded = g_strndup(text, CURSOR_MAX);

    g_strdelimit(coded, "-", '+');
    g_strdelimit(coded, "_", '/');
    g_strdelimit(coded, ".", '=');
    g_autofree guchar *bytes = *coded ? g_base64_decode(coded, &size) : NULL;
    g_autofree char *parts = g_malloc0(size + 1); /* ends with a zero byte */
    if (size > 0)
        memcpy(parts, bytes, size);
    const char *part = parts, *stop = parts + size;

    *cursor = (MwCursor){ 0 };
    for (size_t i = 0; i < n_order; i++) {
        if (part >= stop || !read_part(part, &cursor->values[i]))
            goto bad;
        part += strlen(part) + 1;
    }
    if (part < stop)
        cursor->id = g_ascii_strtoll(part, NULL, 10);
    if (cursor->id > 0)
        return true;
bad:
    mw_cursor_clear(cursor);
    return mw_fail(error, MW_ERROR_INVALID, _("This place in the list is not known; start again."));
}
