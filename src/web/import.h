#pragma once
/* import: what the pages and the API that take in files share. Private to web/. */
#include <jansson.h>

#include "exchange/import.h"
#include "web/admin.h"
#include "web/call.h"

/* What is asked of one import; everything is owned. */
typedef struct {
    char *path, *file_name, *what, *match, *encoding, *sheet;
    char delimiter;
    GPtrArray *map, *constants, *create; /* of strings, each ends with NULL */
} MwAsked;

void mw_asked_init(MwAsked *asked);
void mw_asked_clear(MwAsked *asked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwAsked, mw_asked_clear)
/* To the payload of a job and back. */
json_t *mw_asked_write(const MwAsked *asked);
bool mw_asked_read(MwAsked *asked, const json_t *payload);
/* Options that borrow from `asked`. */
MwImportOptions mw_asked_options(const MwAsked *asked);
/* A report as JSON, as the API shows it. */
json_t *mw_report_json(const MwImportReport *report, bool dry_run);
