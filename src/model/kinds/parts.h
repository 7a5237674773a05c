#pragma once
/* parts: what several kinds are made of. Private to model/kinds/. */
#include "base/i18n.h"
#include "base/json.h"
#include "base/money.h"
#include "model/kinds/kinds.h"

/* Adds a problem about the field and answers false, so that parse() may return it. */
#define mw_kind_refuse(field, problems, code, ...)                                                 \
    (mw_problems_add((problems), (field)->name, (code), __VA_ARGS__), false)

/* A copy of `text` without blanks around it, full-width ones included; NULL and a problem where it
 * is not UTF-8, holds a control character (line ends and tabs pass when `lines`) or has more than
 * `max` characters. */
char *mw_kind_clean(const MwField *field, const char *text, bool lines, int64_t max,
                    MwProblems *problems);
/* The same in ASCII where characters have a full-width form: "１２３" is "123". */
char *mw_kind_narrow(const MwField *field, const char *text, int64_t max, MwProblems *problems);

/* Appends a whole number; several times quicker than printf. */
void mw_kind_digits(int64_t number, GString *out);

/* Checks field->min and field->max, see kinds.h; they and `value` have `scale` decimals. */
bool mw_kind_in_limits(const MwField *field, int64_t value, unsigned scale, MwProblems *problems);
/* Words why a number could not be read; answers false. `scale` is what the field keeps. */
bool mw_kind_refuse_number(const MwField *field, MwDecimalStatus status, unsigned scale,
                           MwProblems *problems);

/* Functions of MwKind for values that are text and look alike everywhere. */
void mw_kind_show_text(const MwField *field, const MwLocale *locale, const MwValue *value,
                       GString *out);
void mw_kind_json_text(const MwField *field, const MwLocale *locale, const MwValue *value,
                       GString *out);
void mw_kind_schema_text(const MwField *field, GString *out);
/* Of a number that is exact: a string of decimal digits. */
void mw_kind_schema_decimal(const MwField *field, GString *out);
