#include "model/value.h"

void
mw_value_clear(MwValue *value)
{
    if (value->is == MW_TEXT)
        g_free(value->text);
    *value = MW_NOTHING;
}

void
mw_value_set_text(MwValue *value, const char *text)
{
    char *copy = g_strdup(text); /* first: `text` may be the value's own */

    mw_value_clear(value);
    if (copy)
        *value = (MwValue){ .is = MW_TEXT, .text = copy };
}

void
mw_value_copy(MwValue *to, const MwValue *from)
{
    if (from->is == MW_TEXT) {
        mw_value_set_text(to, from->text);
        return;
    }
    MwValue value = *from;
    mw_value_clear(to);
    *to = value;
}

bool
mw_value_equal(const MwValue *a, const MwValue *b)
{
    if (a->is != b->is)
        return false;
    switch (a->is) {
    case MW_NULL:
        return true;
    case MW_INTEGER:
        return a->integer == b->integer;
    case MW_REAL:
        return !(a->real < b->real) && !(a->real > b->real);
    case MW_TEXT:
        return g_str_equal(a->text, b->text);
    }
    return false;
}
