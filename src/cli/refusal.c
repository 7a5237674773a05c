#include "cli/refusal.h"

#include "base/i18n.h"

const char *
mw_refusal_reason(MwStatus status)
{
    static const char *const reasons[] = {
        [MW_OK] = N_("done"),
        [MW_EMPTY] = N_("there is nothing to compute"),
        [MW_NOT_FINITE] = N_("a number is missing or infinite"),
        [MW_OUT_OF_RANGE] = N_("a number lies outside of what the method allows"),
        [MW_BAD_SHAPE] = N_("the parts do not belong together"),
        [MW_NO_SOLUTION] = N_("the question has no answer here"),
        [MW_NOT_IDENTIFIED] = N_("the data are too few to tell"),
        [MW_NOT_CONVERGED] = N_("the search did not settle"),
        [MW_TOO_LARGE] = N_("it is more than the limit"),
        [MW_NO_MEMORY] = N_("there is not enough memory"),
    };
    return _(reasons[status]);
}

bool
mw_refuse(MwStatus status, const char *what, GError **error)
{
    const MwError code = status == MW_TOO_LARGE   ? MW_ERROR_TOO_LARGE
                         : status == MW_NO_MEMORY ? MW_ERROR_UNAVAILABLE
                                                  : MW_ERROR_INVALID;
    return mw_fail(error, code, _("%s: %s."), what, mw_refusal_reason(status));
}

bool
mw_refuse_option(MwStatus status, const char *option, GError **error)
{
    return mw_wrong_call(error, _("%s: %s."), option, mw_refusal_reason(status));
}
