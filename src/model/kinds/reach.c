/* email, phone, url: how to reach somebody. */
#include "model/kinds/parts.h"

#include <string.h>

enum { EMAIL_MAX = 254, EMAIL_LOCAL_MAX = 64, PHONE_MAX = 40, URL_MAX = 2000 };

/* One @, a local part of at most 64 characters, a domain with a point; no blanks, quotes or signs
 * that need any. Stricter than RFC 5322, which allows what nobody uses. */
static bool
is_email(const char *text)
{
    const char *at = strchr(text, '@');

    if (!at || at == text || at - text > EMAIL_LOCAL_MAX || strchr(at + 1, '@') ||
        strpbrk(text, " \"(),:;<>[]\\"))
        return false;
    const char *domain = at + 1;
    return *text != '.' && at[-1] != '.' && !strstr(text, "..") && strchr(domain, '.') &&
           *domain != '.' && *domain != '-' && domain[strlen(domain) - 1] != '.' &&
           domain[strlen(domain) - 1] != '-';
}

static bool
parse_email(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text,
            MwValue *out, MwProblems *problems)
{
    g_autofree char *narrow = mw_kind_narrow(field, text, EMAIL_MAX, problems);
    if (!narrow)
        return false;

    if (!is_email(narrow))
        return mw_kind_refuse(field, problems, "not_an_email",
                              _("Write an address such as li.na@example.com."));
    /* Small letters throughout: no mail server tells them apart, and people do not either. */
    *out = (MwValue){ .is = MW_TEXT, .text = g_ascii_strdown(narrow, -1) };
    return true;
}

static void
schema_email(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"string\",\"format\":\"email\",\"maxLength\":254}");
}

const MwKind mw_email = {
    .name = "email",
    .label = N_("E-mail"),
    .widget = "email",
    .storage = MW_TEXT,
    .operators = MW_EQ | MW_MATCHES | MW_EMPTY_OP,
    .custom = true,
    .parse = parse_email,
    .show = mw_kind_show_text,
    .json = mw_kind_json_text,
    .schema = schema_email,
};

/* "+86 10 6512-3456 ext. 8", "021-5050 1234 转 801": digits with the signs that people set. */
static bool
is_phone(const char *text)
{
    size_t digits = 0;

    for (const char *p = text; *p; p++) {
        digits += g_ascii_isdigit(*p);
        if (*p == '+' && p != text && p[-1] != '(')
            return false;
        if (strncmp(p, "转", strlen("转")) == 0)
            p += strlen("转") - 1;
        else if (strncmp(p, "ext.", 4) == 0)
            p += 3;
        else if (!g_ascii_isdigit(*p) && !strchr("+-() ./x#", *p))
            return false;
    }
    return digits >= 3 && digits <= 20;
}

static bool
parse_phone(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text,
            MwValue *out, MwProblems *problems)
{
    g_autofree char *narrow = mw_kind_narrow(field, text, PHONE_MAX, problems);
    if (!narrow)
        return false;

    if (!is_phone(narrow))
        return mw_kind_refuse(field, problems, "not_a_phone",
                              _("Write a number such as +86 21 5050 1234."));
    *out = (MwValue){ .is = MW_TEXT, .text = g_steal_pointer(&narrow) };
    return true;
}

static void
schema_phone(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"string\",\"maxLength\":40}");
}

const MwKind mw_phone = {
    .name = "phone",
    .label = N_("Phone"),
    .widget = "phone",
    .storage = MW_TEXT,
    .operators = MW_EQ | MW_MATCHES | MW_EMPTY_OP,
    .custom = true,
    .parse = parse_phone,
    .show = mw_kind_show_text,
    .json = mw_kind_json_text,
    .schema = schema_phone,
};

/* Only http and https: a link of another scheme, such as javascript:, would act on a click. */
static bool
is_web_address(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_ENCODED, NULL);

    if (!uri || strpbrk(text, " \"<>\\^`{|}"))
        return false;
    const char *scheme = g_uri_get_scheme(uri), *host = g_uri_get_host(uri);
    return (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) && host && *host &&
           strchr(host, '.') && !g_uri_get_userinfo(uri);
}

static bool
parse_url(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text,
          MwValue *out, MwProblems *problems)
{
    g_autofree char *narrow = mw_kind_narrow(field, text, URL_MAX, problems);
    if (!narrow)
        return false;

    g_autofree char *url =
        strstr(narrow, "://") ? g_strdup(narrow) : g_strconcat("https://", narrow, NULL);
    if (!is_web_address(url))
        return mw_kind_refuse(field, problems, "not_a_url",
                              _("Write a web address such as https://www.example.com."));
    *out = (MwValue){ .is = MW_TEXT, .text = g_steal_pointer(&url) };
    return true;
}

static void
schema_url(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"string\",\"format\":\"uri\",\"maxLength\":2000}");
}

const MwKind mw_url = {
    .name = "url",
    .label = N_("Web address"),
    .widget = "url",
    .storage = MW_TEXT,
    .operators = MW_EQ | MW_MATCHES | MW_EMPTY_OP,
    .custom = true,
    .parse = parse_url,
    .show = mw_kind_show_text,
    .json = mw_kind_json_text,
    .schema = schema_url,
};
