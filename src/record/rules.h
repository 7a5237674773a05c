#pragma once
/* rules: what holds for a field of any entity: defaults, required, unique, links. Private. */
#include "record/write.h"

/* Fills fields of a new record that were not given. */
void mw_rules_defaults(const MwContext *context, const MwInput *input, MwRecord *record,
                       MwProblems *problems);
/* Whether `field` says which master a line belongs to. */
bool mw_rules_is_master(const MwEntity *entity, const MwField *field);
/* Keys that hold within a master are compared among its lines as they will be, because lines that
 * go are still in the database. `keys`: a set of those met so far. */
void mw_rules_line_keys(const MwRecord *line, GHashTable *keys, MwProblems *problems);
/* What one unit of a currency was in the base currency on a day; 0 when no rate is known. */
bool mw_rules_rate(const MwContext *context, const char *currency, const char *date, int64_t *rate,
                   GError **error);
/* The day whose rates count: the entity's `dated` field, else today. The caller frees it. */
char *mw_rules_rate_day(const MwContext *context, const MwRecord *record);
/* Required fields, unique keys, links to what there is and may be seen, an owner within reach. */
bool mw_rules_check(const MwContext *context, const MwRecord *record, const MwRecord *before,
                    MwProblems *problems, GError **error);
