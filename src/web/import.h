#pragma once
/* import: what the pages and the API that take in files share. Private to web/. */
#include <jansson.h>

#include "exchange/import.h"
#include "web/admin.h"
#include "web/call.h"

enum {
    MW_COLUMNS_MAX = 200,
    MW_ASKED_TEXTS_MAX = 300,     /* to which a meaning can be given at once */
    MW_IMPORT_CHECK_SECONDS = 15, /* of a dry run: it then tells of the first rows */
};

/* What is asked of one import; everything is owned. */
typedef struct {
    char *path, *file_name, *what, *match, *encoding, *sheet;
    char delimiter;
    GPtrArray *map, *constants, *values, *create; /* of strings, each ends with NULL */
} MwAsked;

void mw_asked_init(MwAsked *asked);
void mw_asked_clear(MwAsked *asked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwAsked, mw_asked_clear)
/* From the JSON that the API is sent: texts, and lists of texts or objects of them. */
bool mw_asked_read(MwAsked *asked, const json_t *options);
/* How the file is to be read, from the form or the address of the page. */
void mw_asked_table(MwAsked *asked, const MwRequest *request);
/* From the form of the page: where columns go, and the rules. */
void mw_asked_form(MwAsked *asked, const MwRequest *request, const char *const *header);
/* As the last import of such a file had it. */
void mw_asked_remembered(MwAsked *asked, const MwImportPreview *preview);
/* Options that borrow from `asked`. */
MwImportOptions mw_asked_options(const MwAsked *asked);
/* Keeps the upload and queues it, in one transaction of its own; the run, 0 on error. */
int64_t mw_import_begin(const MwRequest *request, const MwAsked *asked, GError **error);

/* ---- import_api.c ---- */

/* Replies with `document` (taken) and the id of the run, 0 for none; `status`: what it is doing, behind a 202. */
void mw_import_reply(MwReply *reply, int64_t run, const char *status, json_t *document);

/* ---- import_page.c ---- */

/* Progress that stops a check: `end` is its int64_t of g_get_monotonic_time(). */
bool mw_import_still_time(int64_t done, int64_t all, void *end);

/* Options of a select: what a file may hold, orders first, then each entity that the user may take in. */
void mw_import_put_shapes(const MwRequest *request, MwNode *field, const char *chosen);

/* ---- import_result.c ---- */

/* "Accounts: 4,372 new, 0 changed" as `text`. */
void mw_import_put_counts(MwNode *item, const char *what, int64_t created, int64_t updated);

/* ---- import_mapping.c ---- */

/* The page that asks where columns go; `preview` of the file. `report` of a check, `texts` that fit nothing,
 * `problem` and `notice`: may be NULL. */
bool mw_import_mapping_page(const MwRequest *request, MwReply *reply, const MwAsked *asked,
                            const MwImportPreview *preview, const GPtrArray *texts,
                            const MwImportReport *report, const char *problem, GError **error);
/* Whether there is a text to which the form that was sent gave no chance of a meaning. */
bool mw_import_texts_new(const MwRequest *request, const GPtrArray *texts);
