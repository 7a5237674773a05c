#include "engines/status.h"

const char *
mw_status_name(MwStatus status)
{
    static const char *const names[] = {
        [MW_OK] = "ok",
        [MW_EMPTY] = "empty",
        [MW_NOT_FINITE] = "not-finite",
        [MW_OUT_OF_RANGE] = "out-of-range",
        [MW_BAD_SHAPE] = "bad-shape",
        [MW_NO_SOLUTION] = "no-solution",
        [MW_NOT_IDENTIFIED] = "not-identified",
        [MW_NOT_CONVERGED] = "not-converged",
        [MW_TOO_LARGE] = "too-large",
        [MW_NO_MEMORY] = "no-memory",
    };
    if ((unsigned)status >= sizeof names / sizeof *names)
        return "unknown";
    return names[status];
}
