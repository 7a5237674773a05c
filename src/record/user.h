#pragma once
/* user: what is special about users: their password and their first role. */
#include "record/service.h"

/* Makes a user with a role (key) and a password; `language` NULL: that of the company, as his time zone is. Problems under "name", "email", "password",
 * "role". Returns the id, 0 with problems or on an error. */
int64_t mw_user_create(const MwContext *context, const char *name, const char *email,
                       const char *role, const char *password, const char *language,
                       MwProblems *problems, GError **error);
/* Sets the password, ends the user's sessions but `keep` (key of a session's row, or NULL), and with `end_tokens` his
 * API tokens. */
bool mw_user_set_password(const MwContext *context, int64_t user, const char *password,
                          const char *keep, bool end_tokens, MwProblems *problems, GError **error);
/* Id of the user with this address in any case of letters, 0 when there is none. -1 on error. */
int64_t mw_user_find(MwStore *store, const char *email, GError **error);
/* Whether the company has any user; false with an error when it cannot be told. */
bool mw_user_any(MwStore *store, bool *any, GError **error);
