#pragma once
/*
 * taken: what a line takes from the records that its links point at where nothing was given (MwField.taken_from), such
 * as the list price of its product. Private.
 */
#include "record/write.h"

typedef struct MwTaken MwTaken;

/* Reads what lines of one entity lack, in one statement for each entity that is pointed at; of `lines` (MwRecord) those
 * whose link is new. What the actor may not see is not taken. NULL on an error. */
MwTaken *mw_taken_read(const MwContext *context, const MwEntity *entity, const GPtrArray *lines,
                       GError **error);
void mw_taken_free(MwTaken *taken);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwTaken, mw_taken_free)

/* Fills in what `line` lacks; `input` (may be NULL) is what was given: a field that was given as nothing stays so.
 * Prices are turned into the currency of the master by the rates of its day; without a rate they stay empty and a
 * problem says so. */
bool mw_taken_put(const MwTaken *taken, MwRecord *line, const MwInput *input,
                  const MwRecord *master, MwProblems *problems, GError **error);
