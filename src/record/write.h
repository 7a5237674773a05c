#pragma once
/* write: the steps of a write. Private to record/. */
#include "record/service.h"

/* Whether anybody may write this entity by itself: internal ones the system alone, lines only with
 * their master. */
bool mw_write_allowed(const MwContext *context, const MwEntity *entity, GError **error);
/* The record within the scope of a right; MW_ERROR_DENIED when it can only be read. */
MwRecord *mw_write_load(const MwContext *context, const MwEntity *entity, int64_t id, MwRight right,
                        MwWhich which, GError **error);
bool mw_write_check_unique(const MwContext *context, const MwRecord *record, MwProblems *problems,
                           GError **error);
/* Whether a record as it is meant has what another living one has alone, by any unique key, also among lines. */
bool mw_write_is_twin(const MwContext *context, const MwRecord *record, bool *twin, GError **error);
/* Puts a record's words into the search index, or takes them out when it is deleted. */
bool mw_write_index(const MwContext *context, const MwRecord *record, GError **error);
/* Tells the company what has changed; refuses custom fields that would not make a catalog. */
bool mw_write_notice(const MwContext *context, const MwEntity *entity, GError **error);
/* Computes the base-currency fields; a missing rate is a problem. */
bool mw_write_rates(const MwContext *context, MwRecord *record, MwProblems *problems,
                    GError **error);
/* Gives a new record its number by the entity's rule. */
bool mw_write_number(const MwContext *context, MwRecord *record, GError **error);
/* By the entity's default order. */
void mw_details_sort(const MwEntity *detail, GPtrArray *records);
