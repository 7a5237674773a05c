#pragma once
/* mails: the kind of job that sends what stands in the outbox. Private to jobs/. */
#include "jobs/jobs.h"

bool mw_mails_run(MwJobRun *run, GError **error);
