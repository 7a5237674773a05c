#pragma once
/*
 * field: one column of an entity, and the kind of value it holds.
 *
 * A kind (text, money, date, choice, link...) is one file in model/kinds/ that
 * fills in one MwKind. Everything that depends on the type of a value goes
 * through these functions, so no other file switches on a type.
 *
 * To add a kind: one file there, its name in kinds.h and kinds.c, one line in
 * meson.build, a widget in templates/field/, cases in tests/unit/test_kinds.c.
 */
#include "base/error.h"
#include "model/value.h"

typedef struct MwField MwField;
typedef struct MwKind MwKind;
typedef struct MwRecord MwRecord;

/* For whom a value is read or written. All borrowed. */
typedef struct {
    const char *language;   /* "zh_CN", "en"                                          */
    GTimeZone *zone;        /* of the reader; NULL is UTC                             */
    const char *currency;   /* base currency of the company, ISO 4217                 */
    const MwRecord *record; /* the record the value belongs to (its currency), or NULL */
} MwLocale;

/* What a filter may ask of a kind. */
typedef enum {
    MW_EQ = 1 << 0,      /* eq, neq, in: any kind                       */
    MW_ORDERED = 1 << 1, /* gt, gte, lt, lte                            */
    MW_MATCHES = 1 << 2, /* like, ilike with * as wildcard              */
    MW_EMPTY_OP = 1 << 3 /* is.null, not.is.null                        */
} MwOperators;

struct MwKind {
    const char *name;   /* "money": in custom_field rows and in OpenAPI              */
    const char *label;  /* N_("Amount of money")                                     */
    const char *widget; /* partials that show and edit it: templates/field/<widget>  */
    MwStorage storage;
    unsigned operators;
    bool right_aligned;
    bool custom; /* may be chosen for a custom field */
    unsigned
        alike; /* of a million values about so many are the same; 0: a few. For SQLite's choice of an index */

    /* Form, JSON or CSV text (never NULL or blank: the service has made that MW_NULL) to a
     * value; false and a problem under the field's name when it is not one. */
    bool (*parse)(const MwField *field, const MwLocale *locale, const char *text, MwValue *out,
                  MwProblems *problems);
    /* For a reader; appends. `value` is not MW_NULL. */
    void (*show)(const MwField *field, const MwLocale *locale, const MwValue *value, GString *out);
    /* As a user would type it and parse() takes it back: forms, CSV. NULL: as show(). */
    void (*edit)(const MwField *field, const MwLocale *locale, const MwValue *value, GString *out);
    /* The JSON of the value, quotes included; parse() takes the text of it back. */
    void (*json)(const MwField *field, const MwLocale *locale, const MwValue *value, GString *out);
    /* The JSON Schema of the value, as OpenAPI wants it, such as {"type":"string"}. */
    void (*schema)(const MwField *field, GString *out);
};

typedef enum {
    MW_REQUIRED = 1 << 0,
    MW_UNIQUE = 1 << 1,    /* among records that are not deleted                       */
    MW_READ_ONLY = 1 << 2, /* set by the system, hooks or engines, never from input    */
    MW_SEARCHED = 1 << 3,  /* goes into the full-text index                            */
    MW_NAMED =
        1 << 4, /* searched by pinyin too, compared for duplicates; a title is listed by pinyin */
    MW_INDEXED = 1 << 5,     /* filtered or sorted on: gets an index with id             */
    MW_PERSONAL = 1 << 6,    /* personal data: exports and erasure know it               */
    MW_SECRET = 1 << 7,      /* never leaves the server: no page, API, export, history   */
    MW_SYSTEM = 1 << 8,      /* one of the fields that every entity has                  */
    MW_CUSTOM = 1 << 9,      /* added by an administrator at run time                    */
    MW_QUIET = 1 << 10,      /* changes are not written to the history                   */
    MW_IMPORTABLE = 1 << 11, /* read-only, but an import by one with the right may set it */
    MW_RETIRED = 1 << 12,    /* a custom field no longer in use; the column stays        */
    MW_PASSING = 1 << 13, /* goes with one write and is not kept: a record's page leaves it out */
} MwFieldFlags;

typedef struct {
    const char *key;    /* stored, and never translated: "proposal" */
    const char *label;  /* N_("Proposal sent") */
    const char *tone;   /* colour on the screen: "green", "red", "azure"..., or NULL */
    const char *unless; /* not where the field's `choices_by` has this value; NULL: always     */
} MwChoice;

struct MwField {
    const char *name; /* column, JSON key and form field alike: [a-z][a-z0-9_]* */
    const char *label;
    const char *help;
    const MwKind *kind;
    unsigned flags;
    const char *initial; /* default, written as a user would type it; "@today", "@now", "@me",
                            "@base_currency" */

    /* What only some kinds read; all zero means "no limit". */
    int64_t min, max;        /* text: characters; numbers: the stored value */
    const MwChoice *choices; /* choice, choices: ends with a NULL key */
    const char *choices_by; /* another choice of the same record that some choices do not go with */
    const char *const
        *customs_of;      /* choices: the custom fields of these entities are choices too */
    const char *target;   /* link: name of the entity pointed at */
    const char *back;     /* link: name of the list of those that point at a record; NULL: the
                                plural of their entity */
    const char *currency; /* money, price: the field that holds its currency; NULL: base */
    const char *
        told_by; /* the field whose change tells of this one too: a timeline leaves it out beside it */
    const char *in_base; /* money: the read-only field that holds it in base currency */
    const char
        *taken_from; /* of a line: what it is when nothing is given, "product.list_price": that
                               field of the product that the line links to; prices in the currency of the master */

    int index; /* position in its entity; set by the catalog */
};

/* Ends an array of fields. */
#define MW_FIELDS_END                                                                              \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/* Blanks as people and spreadsheets leave them around a text: ideographic, no-break and zero-width
 * ones too. */
bool mw_is_blank(gunichar c);

/* Appends show() or, for MW_NULL, nothing. */
void mw_field_show(const MwField *field, const MwLocale *locale, const MwValue *value,
                   GString *out);
void mw_field_edit(const MwField *field, const MwLocale *locale, const MwValue *value,
                   GString *out);
void mw_field_json(const MwField *field, const MwLocale *locale, const MwValue *value,
                   GString *out);
/* parse() with NULL and blank text as MW_NULL. Does not check MW_REQUIRED. */
bool mw_field_parse(const MwField *field, const MwLocale *locale, const char *text, MwValue *out,
                    MwProblems *problems);
/* Whether a value that was not parsed is no longer than the field says; else a problem. */
bool mw_field_fits(const MwField *field, const MwValue *value, MwProblems *problems);
/* The translated label. */
const char *mw_field_label(const MwField *field);
