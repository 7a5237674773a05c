#pragma once
/*
 * activity: what pages share about activities: completing one with its result and the next step, opening it again, and
 * writing one in a timeline.
 *
 * templates/record/complete.html is the form, wherever an activity stands; templates/record/next.html its next step, which
 * the composer has too.
 */
#include "web/record.h"

/* Of a type: "phone", "map-pin"... */
const char *mw_activity_icon(const char *type);
/* Puts what next.html reads, into the root of the view: the types, and the day and time that are suggested. Whoever shows
 * complete.html or the composer calls it once for a page. */
void mw_next_step_put(const MwRequest *request);
/* Puts what complete.html reads of an activity: id, version, completes, reopens. `then` is the caller's. */
void mw_completing_put(MwNode *node, const MwContext *context, const MwRecord *activity);
/* For mw_record_parts: completing or opening again, on the activity's own page. */
bool mw_activity_part(MwNode *node, MwRecordPage *page, GError **error);
/* For mw_record_tabs: when, with whom, what was said and what came of it. In activity_tab.c. */
bool mw_activity_tab(MwNode *node, MwRecordPage *page, GError **error);
/* Puts `composer`, null for who may not write activities of the record. In composer.c. */
bool mw_composer_put(MwNode *node, const MwRecordPage *page, const MwEntity *activity,
                     GError **error);
