#pragma once
/*
 * form: multipart/form-data (RFC 7578) as it comes in, piece by piece. Fields are kept in the arena;
 * files go to temporary files in a private folder, which are removed with the form.
 */
#include "web/arena.h"
#include "web/web.h"

typedef struct MwForm MwForm;

enum {
    MW_FORM_PARTS_MAX = 1000,
    MW_FORM_UPLOADS_MAX = 20,
    MW_FORM_FIELD_MAX = 1 << 20, /* bytes of a value that is no file */
    MW_FORM_HEAD_MAX = 4096,     /* bytes of the headers of a part   */
    MW_FORM_BOUNDARY_MAX = 70,   /* as RFC 2046 says                 */
};

/* `content_type` as the client sent it; NULL with MW_ERROR_INVALID when it names no boundary. */
MwForm *mw_form_new(MwArena *arena, const char *content_type, const char *folder, GError **error);
void mw_form_free(MwForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwForm, mw_form_free)

/* MW_ERROR_INVALID when it is malformed, MW_ERROR_TOO_LARGE, MW_ERROR_FULL; then it stays so. */
bool mw_form_feed(MwForm *form, const char *bytes, size_t size, GError **error);
/* After the last piece. The arrays are the form's. */
bool mw_form_end(MwForm *form, const MwParam **params, size_t *n_params, const MwUpload **uploads,
                 size_t *n_uploads, GError **error);
