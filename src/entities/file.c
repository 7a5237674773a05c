/* file: a document kept with a record; who sees the record sees its files. */
#include "entities/common.h"

/* clang-format off */
static const MwField fields[] = {
    { .name = "name", .label = N_("File name"), .kind = &mw_text, .max = 255,
      .flags = MW_REQUIRED | MW_SEARCHED },
    { .name = "entity", .label = N_("Records"), .kind = &mw_text, .max = 60, .flags = MW_INDEXED },
    { .name = "record", .label = N_("Record"), .kind = &mw_text, .max = 20, .flags = MW_INDEXED },
    { .name = "content_type", .label = N_("Content type"), .kind = &mw_text, .max = 100,
      .flags = MW_REQUIRED },
    { .name = "size", .label = N_("Size (bytes)"), .kind = &mw_integer, .max = INT64_MAX,
      .flags = MW_REQUIRED },
    { .name = "sha256", .label = N_("SHA-256"), .kind = &mw_text, .max = 64,
      .flags = MW_REQUIRED },
    { .name = "storage_key", .label = N_("Storage key"), .kind = &mw_hidden,
      .flags = MW_READ_ONLY | MW_SECRET },
    MW_FIELDS_END,
};
/* clang-format on */

const MwEntity mw_entity_file = {
    .name = "file",
    .path = "files",
    .label = N_("File"),
    .plural = N_("Files"),
    .help = N_("Documents kept with records."),
    .icon = "paperclip",
    .title = "name",
    .flags = MW_OWNED | MW_INTERNAL,
    .fields = fields,
    .list = MW_NAMES("name", "content_type", "size", "created_at", "created_by"),
    .grants = mw_grants_own,
};
