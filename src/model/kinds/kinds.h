#pragma once
/*
 * kinds: every kind of value.
 *
 * Limits: `min` and `max` of a field are in characters for text and memo (0 is the default), in the
 * stored unit for numbers. Both 0 is no limit; max below min is no upper one, so { .min = 1 } is
 * "1 or more" and { .max = INT64_MAX } "0 or more".
 *
 * Money and prices are read in the currency that their record holds already: parse the currency
 * before them.
 */
#include "model/field.h"

extern const MwKind mw_text;     /* one line; max characters (default 200)              */
extern const MwKind mw_memo;     /* several lines; max characters (default 20,000)      */
extern const MwKind mw_worded;   /* what the program says, in each language: mw_i18n_each() */
extern const MwKind mw_integer;  /* whole number                                        */
extern const MwKind mw_quantity; /* stored in thousandths                               */
extern const MwKind mw_real;     /* computed figure such as a score                     */
extern const MwKind mw_percent;  /* stored in hundredths of a percent: 12.5 % is 1250   */
extern const MwKind mw_money;    /* minor units of its currency                         */
extern const MwKind mw_price;    /* unit price in millionths of the currency's unit     */
extern const MwKind mw_rate;     /* exchange rate, in 10^-8                             */
extern const MwKind mw_currency; /* ISO 4217 code                                       */
extern const MwKind mw_date;     /* "2026-11-23"                                        */
extern const MwKind mw_instant;  /* milliseconds since 1970 UTC                         */
extern const MwKind mw_bool;     /* 0 or 1                                              */
extern const MwKind mw_choice;   /* one key of field->choices                           */
extern const MwKind mw_choices;  /* several keys, stored ",a,b," in declared order      */
extern const MwKind mw_link;     /* id of a record of field->target                     */
extern const MwKind mw_email, mw_phone, mw_url;
extern const MwKind mw_credit_code; /* 统一社会信用代码, GB 32100                          */
extern const MwKind mw_json;        /* a JSON document kept as text                        */
extern const MwKind mw_file;        /* id of a record of entity "file"                     */
extern const MwKind mw_hidden;      /* a secret's hash: stored, never parsed or shown      */

/* All of them; ends with NULL. */
extern const MwKind *const mw_kinds[];
const MwKind *mw_kind_named(const char *name); /* NULL when there is none */
