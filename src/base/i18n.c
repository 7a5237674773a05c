#include "base/i18n.h"

static _Thread_local const char *language = "en";

void
mw_i18n_use(const char *name)
{
    language = g_strcmp0(name, "zh_CN") == 0 ? "zh_CN" : "en";
}

const char *
mw_i18n_language(void)
{
    return language;
}

const char *
mw_gettext(const char *text)
{
    return text;
}

const char *
mw_ngettext(const char *one, const char *many, unsigned long n)
{
    return n == 1 ? one : many;
}
