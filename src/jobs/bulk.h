#pragma once
/* bulk: the kinds of job that work on many records at once. */
#include "jobs/jobs.h"

/* Goes on with a bulk change (record/bulk.h), as the user who asked. */
bool mw_bulk_run(MwJobRun *run, GError **error);
/* Goes on with undoing one, as the user who asked. */
bool mw_bulk_undo_run(MwJobRun *run, GError **error);
/* Searches all records of an entity for twins (methods/duplicates.h). */
bool mw_duplicates_run(MwJobRun *run, GError **error);
