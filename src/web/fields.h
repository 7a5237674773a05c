#pragma once
/*
 * fields: a value as somebody edits it, each by the partial templates/field/<widget>.html of its kind.
 *
 * The partial stands within form/field.html, which has label, help and problem; it reads `name` (of the form field),
 * `id`, `value` (as the kind's edit() writes it), `label`, `required`, `invalid`, `describe`, `maxlength`, and by kind
 * `options` (value, label, selected), `lookup` (address), `linked` (text of the chosen record), `suffix`, `named`.
 */
#include "web/cells.h"

typedef struct {
    const MwContext *context;
    const MwTitles *links;      /* has the titles of linked values           */
    const MwRecord *record;     /* what is edited; its currency counts; NULL */
    const MwProblems *problems; /* NULL: none                                */
    const char *prefix;         /* of form names, such as "sales_order_line.0." ; "" */
    const char *note;           /* stands before the field's help; NULL: nothing      */
    const MwRecord *master;     /* of a line; what it links to narrows look-ups too; NULL */
    bool asked;                 /* marked as one that must be filled in, whatever it says itself */
    const char *label; /* in place of the field's own, translated, and without its help; NULL */
    bool optional;     /* marked as one that need not                                   */
} MwFieldForm;

/* Puts one field with what its partial reads. `text` is what somebody typed (shown as it is, also when it is
 * wrong); NULL: the record's value. */
void mw_field_put(MwNode *node, const MwFieldForm *form, const MwField *field, const char *text,
                  bool typed);
/* For a filter: the same field named "_value", empty, of several values where that can be asked. */
void mw_fields_put_asked(const MwContext *context, MwNode *node, const MwField *field);
