#include "derive/json.h"

#include <string.h>

/* {"name": or ,"name": at one go: a list of 50 records has thousands of them. */
static void
put_key(GString *out, char join, const char *name)
{
    size_t size = strlen(name), at = out->len;

    g_string_set_size(out, at + size + 4);
    char *to = out->str + at;
    to[0] = join;
    to[1] = '"';
    memcpy(to + 2, name, size);
    to[size + 2] = '"';
    to[size + 3] = ':';
}

void
mw_record_json(const MwRecord *record, const MwLocale *locale, const MwFieldSet *fields,
               bool (*linked)(const MwRecord *record, const MwField *field, GString *out,
                              void *data),
               void *data, GString *out)
{
    MwLocale own = *locale;
    char join = '{';

    own.record = record;
    for (size_t i = 0; i < record->entity->n_fields; i++) {
        const MwField *field = &record->entity->fields[i];
        if (!mw_field_set_has(fields, field) || !mw_record_knows(record, field))
            continue;
        put_key(out, join, field->name);
        if (!linked || !linked(record, field, out, data))
            mw_field_json(field, &own, &record->values[i], out);
        join = ',';
    }
    g_string_append(out, join == '{' ? "{}" : "}");
}
