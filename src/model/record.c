#include "model/record.h"

static bool
has(const uint64_t bits[2], int index)
{
    return bits[index / 64] >> (index % 64) & 1;
}

static void
set(uint64_t bits[2], int index)
{
    bits[index / 64] |= UINT64_C(1) << (index % 64);
}

MwRecord *
mw_record_new(const MwEntity *entity)
{
    MwRecord *record = g_malloc0(sizeof(MwRecord) + entity->n_fields * sizeof(MwValue));

    record->entity = entity;
    return record;
}

MwRecord *
mw_record_copy(const MwRecord *record)
{
    MwRecord *copy = mw_record_new(record->entity);

    memcpy(copy->known, record->known, sizeof copy->known);
    memcpy(copy->changed, record->changed, sizeof copy->changed);
    for (size_t i = 0; i < record->entity->n_fields; i++)
        mw_value_copy(&copy->values[i], &record->values[i]);
    return copy;
}

void
mw_record_free(MwRecord *record)
{
    if (!record)
        return;
    for (size_t i = 0; i < record->entity->n_fields; i++)
        if (record->values[i].is == MW_TEXT)
            g_free(record->values[i].text);
    g_free(record);
}

const MwValue *
mw_record_value(const MwRecord *record, const MwField *field)
{
    return &record->values[field->index];
}

bool
mw_record_knows(const MwRecord *record, const MwField *field)
{
    return has(record->known, field->index);
}

bool
mw_record_changed(const MwRecord *record, const MwField *field)
{
    return has(record->changed, field->index);
}

void
mw_record_put(MwRecord *record, const MwField *field, MwValue value)
{
    MwValue *mine = &record->values[field->index];

    if (has(record->known, field->index) && mw_value_equal(mine, &value)) {
        mw_value_clear(&value);
        return;
    }
    /* A new record starts with nothing: setting nothing changes nothing. */
    bool change = has(record->known, field->index) || value.is != MW_NULL;
    mw_value_clear(mine);
    *mine = value;
    set(record->known, field->index);
    if (change)
        set(record->changed, field->index);
}

void
mw_record_load(MwRecord *record, const MwField *field, MwValue value)
{
    mw_value_clear(&record->values[field->index]);
    record->values[field->index] = value;
    set(record->known, field->index);
}

void
mw_record_settle(MwRecord *record)
{
    memset(record->changed, 0, sizeof record->changed);
}

static const MwField *
named(const MwRecord *record, const char *name)
{
    const MwField *field = mw_entity_field(record->entity, name);

    if (!field)
        g_error("entity %s has no field %s", record->entity->name, name);
    return field;
}

static const MwValue *
value_named(const MwRecord *record, const char *name)
{
    return &record->values[named(record, name)->index];
}

bool
mw_record_is_null(const MwRecord *record, const char *name)
{
    return value_named(record, name)->is == MW_NULL;
}

bool
mw_record_has_changed(const MwRecord *record, const char *name)
{
    return mw_record_changed(record, named(record, name));
}

const char *
mw_record_text(const MwRecord *record, const char *name)
{
    const MwValue *value = value_named(record, name);

    return value->is == MW_TEXT ? value->text : NULL;
}

int64_t
mw_record_int(const MwRecord *record, const char *name)
{
    const MwValue *value = value_named(record, name);

    return value->is == MW_INTEGER ? value->integer : 0;
}

double
mw_record_real(const MwRecord *record, const char *name)
{
    const MwValue *value = value_named(record, name);

    return value->is == MW_REAL ? value->real : 0.0;
}

void
mw_record_set_text(MwRecord *record, const char *name, const char *text)
{
    MwValue value = MW_NOTHING;

    mw_value_set_text(&value, text);
    mw_record_put(record, named(record, name), value);
}

void
mw_record_set_int(MwRecord *record, const char *name, int64_t number)
{
    mw_record_put(record, named(record, name), MW_INT(number));
}

void
mw_record_set_real(MwRecord *record, const char *name, double number)
{
    mw_record_put(record, named(record, name), MW_DOUBLE(number));
}

void
mw_record_set_null(MwRecord *record, const char *name)
{
    mw_record_put(record, named(record, name), MW_NOTHING);
}

int64_t
mw_record_id(const MwRecord *record)
{
    return record->values[MW_FIELD_ID].is == MW_INTEGER ? record->values[MW_FIELD_ID].integer : 0;
}

int64_t
mw_record_version(const MwRecord *record)
{
    const MwValue *version = &record->values[MW_FIELD_VERSION];

    return version->is == MW_INTEGER ? version->integer : 0;
}

void
mw_record_title(const MwRecord *record, GString *out)
{
    static const char *const fallbacks[] = { "number", NULL };
    static const MwLocale plain = { .language = "en" };
    const MwField *field =
        record->entity->title ? mw_entity_field(record->entity, record->entity->title) : NULL;

    for (size_t i = 0; !field || mw_record_value(record, field)->is == MW_NULL; i++) {
        if (i >= G_N_ELEMENTS(fallbacks) - 1) {
            g_string_append_printf(out, "%" G_GINT64_FORMAT, mw_record_id(record));
            return;
        }
        field = mw_entity_field(record->entity, fallbacks[i]);
    }
    mw_field_show(field, &plain, mw_record_value(record, field), out);
}

bool
mw_choice_suits(const MwField *field, const MwChoice *choice, const MwRecord *record)
{
    if (!choice->unless || !record || !mw_entity_field(record->entity, field->choices_by))
        return true;
    return g_strcmp0(mw_record_text(record, field->choices_by), choice->unless) != 0;
}
