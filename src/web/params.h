#pragma once
/*
 * params: names and values from URLs, forms and cookies, decoded and checked: valid UTF-8 without
 * control characters but tab, LF, CR. What does not fit is refused as a whole.
 */
#include "web/arena.h"
#include "web/web.h"

enum { MW_PARAMS_MAX = 2000, MW_PATH_SEGMENTS_MAX = 12 };

/* Reads "a=1&b=2" (application/x-www-form-urlencoded) into an array of the arena. MW_ERROR_INVALID
 * when it is malformed, MW_ERROR_TOO_LARGE above MW_PARAMS_MAX. Linear. */
bool mw_params_read(MwArena *arena, const char *text, size_t size, MwParam **params, size_t *n,
                    GError **error);
/* Text as a client may send it: see above. */
bool mw_params_is_text(const char *text, size_t size);

/* The path of a URL, decoded; `segments` are its parts in the arena. "/" has none; one slash at
 * the end is dropped. NULL for whatever could mislead: no slash in front, empty segments, "." and
 * "..", encoded slashes, backslashes, control characters, more than MW_PATH_SEGMENTS_MAX parts. */
char *mw_path_read(MwArena *arena, const char *raw, size_t size, const char **segments, size_t *n);

/* The value of a cookie in a Cookie header; `size` is its length. NULL when there is none. */
const char *mw_cookie_find(const char *header, const char *name, size_t *size);
/* Appends `text` with everything but letters, digits and "-._~/" as %XX. */
void mw_url_escape(GString *out, const char *text);
