#pragma once
/*
 * record: the values of one record of an entity, loaded or about to be saved.
 *
 * A field is `known` once it was loaded or set; a list reads only the columns it
 * shows. Setting a known field to another value makes it `changed`.
 */
#include "model/entity.h"

struct MwRecord {
    const MwEntity *entity; /* borrowed: the catalog outlives its records */
    uint64_t known[2];      /* bit sets by field index; an entity has at most 128 fields */
    uint64_t changed[2];
    MwValue values[];
};

enum { MW_FIELDS_MAX = 128 };

MwRecord *mw_record_new(const MwEntity *entity);
MwRecord *mw_record_copy(const MwRecord *record);
void mw_record_free(MwRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwRecord, mw_record_free)

/* By field. The value is the record's; MW_NULL for a field that is not known. */
const MwValue *mw_record_value(const MwRecord *record, const MwField *field);
bool mw_record_knows(const MwRecord *record, const MwField *field);
bool mw_record_changed(const MwRecord *record, const MwField *field);
/* Takes the value over; marks the field changed unless it is known to be equal. */
void mw_record_put(MwRecord *record, const MwField *field, MwValue value);
/* Takes the value over as loaded: known, not changed. */
void mw_record_load(MwRecord *record, const MwField *field, MwValue value);
/* Nothing is changed any more. */
void mw_record_settle(MwRecord *record);

/* By name, for hooks; a name that the entity lacks is our fault and aborts. */
bool mw_record_is_null(const MwRecord *record, const char *name);
bool mw_record_has_changed(const MwRecord *record, const char *name);
const char *mw_record_text(const MwRecord *record, const char *name); /* borrowed; NULL */
int64_t mw_record_int(const MwRecord *record, const char *name);      /* 0 for NULL */
double mw_record_real(const MwRecord *record, const char *name);      /* 0 for NULL */
void mw_record_set_text(MwRecord *record, const char *name, const char *text);
void mw_record_set_int(MwRecord *record, const char *name, int64_t number);
void mw_record_set_real(MwRecord *record, const char *name, double number);
void mw_record_set_null(MwRecord *record, const char *name);

int64_t mw_record_id(const MwRecord *record);
int64_t mw_record_version(const MwRecord *record);
/* Whether a choice of `field` goes with what the record has in the field's `choices_by`; `record` may be NULL. */
bool mw_choice_suits(const MwField *field, const MwChoice *choice, const MwRecord *record);
/* The text that names it for people: its title field, else its number, else its id. */
void mw_record_title(const MwRecord *record, GString *out);
