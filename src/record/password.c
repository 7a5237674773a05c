#include "record/password.h"

#include <sodium.h>
#include <string.h>

#include "base/i18n.h"

/* Of a password that nobody has: compared with when there is no such user. */
#define NOBODYS                                                                                    \
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"                                       \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static bool
is_monotone(const char *password)
{
    const char *next = g_utf8_next_char(password);

    while (*next && g_utf8_get_char(next) == g_utf8_get_char(password))
        next = g_utf8_next_char(next);
    return !*next;
}

bool
mw_password_acceptable(const char *password, const char *name, const char *field,
                       MwProblems *problems)
{
    glong length = g_utf8_validate(password, -1, NULL) ? g_utf8_strlen(password, -1) : 0;

    if (length < MW_PASSWORD_MIN)
        mw_problems_add(problems, field, "too_short", _("Use at least %d characters."),
                        MW_PASSWORD_MIN);
    else if (length > MW_PASSWORD_MAX)
        mw_problems_add(problems, field, "too_long", _("Use at most %d characters."),
                        MW_PASSWORD_MAX);
    else if (is_monotone(password) || (name && g_ascii_strcasecmp(name, password) == 0))
        mw_problems_add(problems, field, "too_weak", _("This is too easy to guess."));
    else
        return true;
    return false;
}

char *
mw_password_hash(const char *password, GError **error)
{
    char hash[crypto_pwhash_STRBYTES];

    if (sodium_init() < 0 ||
        crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return mw_fail_null(error, MW_ERROR_UNAVAILABLE, _("There is no memory for this now."));
    return g_strdup(hash);
}

bool
mw_password_verify(const char *hash, const char *password)
{
    char whole[crypto_pwhash_STRBYTES] = {
        0
    }; /* libsodium reads as many bytes as a hash may have */

    if (sodium_init() < 0)
        return false;
    g_strlcpy(whole, hash ? hash : NOBODYS, sizeof whole);
    bool right = crypto_pwhash_str_verify(whole, password, strlen(password)) == 0;
    return hash && right;
}
