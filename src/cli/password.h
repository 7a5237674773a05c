#pragma once
/* password: asking for one on the terminal. */
#include <glib.h>

/* From MILLWRIGHT_ADMIN_PASSWORD, else asked twice without showing it, else (no terminal) the first
 * line of standard input. NULL with an error. The caller frees it. */
char *mw_ask_password(const char *prompt, GError **error);
