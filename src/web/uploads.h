#pragma once
/*
 * uploads: who is sending how much at the moment, so that one user does not fill the disk or the memory of all. A user
 * sends at most MW_UPLOADS_AT_ONCE files' worth of forms at a time, and bodies of so many bytes together.
 */
#include <stdbool.h>

#include "base/error.h"

enum { MW_UPLOADS_AT_ONCE = 4 };

typedef struct MwUploads MwUploads;

MwUploads *mw_uploads_new(size_t bytes_max);
void mw_uploads_free(MwUploads *uploads);
/* Before a body of at most `bytes` is taken in from the user of the company number `site`; `form`: it may have files.
 * MW_ERROR_TOO_MANY when it would be too much; else it is to be released. Any thread. */
bool mw_uploads_admit(MwUploads *uploads, unsigned site, int64_t user, bool form, size_t bytes,
                      GError **error);
void mw_uploads_release(MwUploads *uploads, unsigned site, int64_t user, bool form, size_t bytes);
