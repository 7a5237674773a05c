#pragma once
/* parts: what the pages of some entities have beside the generic; record_parts.c lists them. */
#include "web/record.h"

bool mw_opportunity_part(MwNode *node, MwRecordPage *page, GError **error);
bool mw_process_part(MwNode *node, MwRecordPage *page, GError **error);
