#pragma once
/*
 * password: what may be one, and its Argon2id hash (libsodium).
 *
 * Hashing takes some 50 ms and 64 MiB: never on a thread that serves others.
 */
#include "base/error.h"

enum { MW_PASSWORD_MIN = 10, MW_PASSWORD_MAX = 200 }; /* characters */

/* Long enough, not too long, not one character again and again, not the user's own `name` or
 * address (may be NULL); otherwise a problem under `field`. */
bool mw_password_acceptable(const char *password, const char *name, const char *field,
                            MwProblems *problems);
/* NULL when there is no memory for it. The caller frees it. */
char *mw_password_hash(const char *password, GError **error);
/* Takes as long for a wrong password, and for `hash` NULL (no such user), as for a right one. */
bool mw_password_verify(const char *hash, const char *password);
