/* record_parts: what the pages of some entities have beside the generic. */
#include "web/record.h"

const MwRecordPart mw_record_parts[] = {
    { NULL, NULL, NULL },
};
