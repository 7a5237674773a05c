#pragma once
/* purge: what is removed for good. Private to jobs/. */
#include "jobs/jobs.h"

/* Records that were deleted 30 days ago, with their lines, words, files; those that others still point at wait until
 * these are gone too. */
bool mw_purge_deleted(MwJobRun *run, GError **error);
/* Sessions and login failures that have run out, replies kept for retries over a day old, jobs done 30 days ago; files and
 * rejected rows of imports that ended MW_IMPORT_KEPT_DAYS ago, and uploads that were never mapped since; bulk changes and merges that
 * cannot be undone any more (MW_BULK_KEPT_DAYS). */
bool mw_purge_expired(MwJobRun *run, GError **error);
