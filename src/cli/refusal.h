#pragma once
/* refusal: what an engine's refusal means, in words. */
#include "base/error.h"
#include "cli/command.h"
#include "engines/status.h"

/* Such as "there is nothing to compute"; translated. */
const char *mw_refusal_reason(MwStatus status);

/* False, with the reason after `what`, such as the name of a file, an option or a series. */
bool mw_refuse(MwStatus status, const char *what, GError **error);
/* The same of the value of an option: a wrong call. */
bool mw_refuse_option(MwStatus status, const char *option, GError **error);
