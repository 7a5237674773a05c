#include "derive/json.h"

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
        g_string_append_c(out, join);
        g_string_append_c(out, '"');
        g_string_append(out, field->name);
        g_string_append_len(out, "\":", 2);
        if (!linked || !linked(record, field, out, data))
            mw_field_json(field, &own, &record->values[i], out);
        join = ',';
    }
    g_string_append(out, join == '{' ? "{}" : "}");
}
