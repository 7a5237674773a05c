#pragma once
/*
 * input: what somebody wants a record to be, as text by field.
 *
 * A field is given (text, or NULL to clear it) or not given (left as it is). Lines of a
 * master come as further inputs under the name of their entity.
 */
#include "model/catalog.h"

typedef struct MwInput MwInput;

MwInput *mw_input_new(const MwEntity *entity);
void mw_input_free(MwInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwInput, mw_input_free)

const MwEntity *mw_input_entity(const MwInput *input);
/* Copies `text`. False when the entity has no such field; then nothing is changed. */
bool mw_input_set(MwInput *input, const char *name, const char *text);
void mw_input_set_field(MwInput *input, const MwField *field, const char *text);
/* As above without a copy: `text` outlives the input. */
void mw_input_lend_field(MwInput *input, const MwField *field, const char *text);
/* A value that needs no parsing and no look-up: from the program itself, not from outside. */
void mw_input_set_value(MwInput *input, const MwField *field, MwValue value);
/* The same of a text that came from outside beside the data (the name of a file): cut at the length of the field, which
 * has a `max`. */
void mw_input_set_cut(MwInput *input, const char *name, const char *text);
/* Given at all, and as what. */
bool mw_input_has(const MwInput *input, const MwField *field);
const char *mw_input_get(const MwInput *input, const MwField *field);
const MwValue *mw_input_value(const MwInput *input, const MwField *field); /* NULL: text */

/* The version the writer has seen (If-Match); 0: whatever it is. */
void mw_input_expect(MwInput *input, int64_t version);
int64_t mw_input_expected(const MwInput *input);
/* May set fields that only imports set (MW_IMPORTABLE). */
void mw_input_import(MwInput *input);
bool mw_input_is_import(const MwInput *input);

/* Lines: a detail with an id changes that line, without one makes a line; `gone` removes it. */
MwInput *mw_input_add_detail(MwInput *input, const MwEntity *detail, int64_t id, bool gone);
const GPtrArray *mw_input_details(const MwInput *input, const MwEntity *detail); /* may be NULL */
int64_t mw_input_id(const MwInput *input);
bool mw_input_gone(const MwInput *input);
/* The given lines are all there are: the others are removed. */
void mw_input_replace_details(MwInput *input, const MwEntity *detail);
bool mw_input_replaces(const MwInput *input, const MwEntity *detail);
