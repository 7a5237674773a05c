#pragma once
/*
 * json: a record as JSON, as the REST API and webhooks show it. Ids, links and exact numbers
 * (money, prices, quantities, rates) are strings; see each kind's schema().
 */
#include "model/catalog.h"

/* Which fields: bit set by index. */
typedef struct {
    uint64_t bits[2];
} MwFieldSet;

static inline bool
mw_field_set_has(const MwFieldSet *set, const MwField *field)
{
    return set->bits[field->index / 64] >> (field->index % 64) & 1;
}

static inline void
mw_field_set_add(MwFieldSet *set, const MwField *field)
{
    set->bits[field->index / 64] |= UINT64_C(1) << (field->index % 64);
}

/* Appends {"id":"…",…}: the fields of `fields` that the record knows, in declared order. Where
 * `linked` is given, it may write a field's value itself by returning true. */
void mw_record_json(const MwRecord *record, const MwLocale *locale, const MwFieldSet *fields,
                    bool (*linked)(const MwRecord *record, const MwField *field, GString *out,
                                   void *data),
                    void *data, GString *out);
