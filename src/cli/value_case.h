#pragma once
/*
 * value_case: a value case as a JSON document, docs/methods/value-case.schema.json.
 *
 * Turns effects, investments and running costs into the lines of engines/value.h; what
 * the schema says about signs, taxes and defaults is done here and nowhere else.
 */
#include "cli/json_input.h"
#include "engines/value.h"

typedef enum {
    MW_ROLE_EFFECT,
    MW_ROLE_INVESTMENT,
    MW_ROLE_RUNNING_COST,
    MW_ROLE_CASH_FLOW, /* given as it is */
} MwLineRole;

/* What the engine need not know of a line; the texts are the document's. */
typedef struct {
    const char *name, *group;
    MwLineRole role;
    bool to_seller;       /* an investment: part of the price                         */
    double gross_present; /* an investment: its present value before tax, positive    */
} MwLineNote;

typedef struct {
    const char *name;
    double score; /* 1..5 */
} MwScore;

/* Lines of one side: the offer, or the alternative. */
typedef struct {
    GArray *lines; /* MwValueLine */
    GArray *notes; /* MwLineNote, one a line */
} MwCostSide;

typedef struct {
    json_t *document;
    const char *name, *currency, *alternative_name; /* NULL when not given */
    unsigned years;
    double rate, finance_rate, reinvest_rate, tax_rate;
    int64_t depreciation_years; /* 0: not depreciated */
    MwCostSide offer, alternative;
    bool has_alternative;
    GArray *scores;      /* MwScore */
    GPtrArray *groups;   /* names, borrowed from the document */
    double seller_floor; /* NAN when not given */
    double customer_share;
    int64_t draws, seed;
} MwValueFile;

/* Takes the reference to `document`, also on failure. */
MwValueFile *mw_value_file_new(json_t *document, GError **error);
void mw_value_file_free(MwValueFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwValueFile, mw_value_file_free)
