#pragma once
/* parts: what the pages of some entities have beside the generic; record_parts.c lists them. */
#include "web/record.h"

bool mw_opportunity_part(MwNode *node, MwRecordPage *page, GError **error);
/* What is known of the chances of an opportunity in its stage, for its form. */
char *mw_opportunity_chances(const MwContext *context, const MwRecord *record, GError **error);
bool mw_process_part(MwNode *node, MwRecordPage *page, GError **error);
