#include "derive/json.h"

#include "base/append.h"

/* {"name": or ,"name": */
static void
put_key(GString *out, char join, const char *name)
{
    const char before[] = { join, '"' };

    mw_append(out, before, sizeof before);
    mw_append(out, name, strlen(name));
    mw_append(out, "\":", 2);
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
