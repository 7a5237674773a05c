#pragma once
/*
 * json_input: JSON documents from outside, read so that every error names its place.
 *
 * A place is a value and its path from the root, such as "effects[2].unit_price".
 * All errors are MW_ERROR_INVALID, except for a file that cannot be read or is larger
 * than MW_JSON_BYTES_MAX. Unknown and repeated keys are errors.
 */
#include <jansson.h>

#include "base/error.h"

enum { MW_JSON_BYTES_MAX = 64 * 1024 * 1024 };

/* A borrowed value and the path that leads to it; "" is the root. */
typedef struct {
    const json_t *value;
    const char *path;
} MwPlace;

typedef enum { MW_REQUIRED_KEY, MW_OPTIONAL_KEY } MwNeed;

/* A whole file of at most MW_JSON_BYTES_MAX bytes; "-" is standard input. */
bool mw_read_input(const char *path, char **bytes, gsize *size, GError **error);
/* Parses a document; a syntax error names line and column. The caller releases it. */
json_t *mw_json_parse(const char *bytes, gsize size, GError **error);

/* False with an error that names the place: "effects[2]: <message>". */
bool mw_place_fail(const MwPlace *at, const char *key, GError **error, const char *message, ...)
    G_GNUC_PRINTF(4, 5);
/* The path of `key` in the object, or of an element of the array `key`; the caller frees it. */
char *mw_place_path(const MwPlace *at, const char *key);
char *mw_place_element(const MwPlace *at, const char *key, size_t index);

/* That `at` is an object and has no keys but `keys`, which ends with NULL. */
bool mw_place_object(const MwPlace *at, const char *const *keys, GError **error);

/* Each reads member `key` of the object into *out and checks it; *out is left alone when an
 * optional key is absent or null. A number lies in low..high; a text has 1..500 bytes and is
 * borrowed; `choices` ends with NULL and *out is the index of the one given. */
bool mw_place_number(const MwPlace *at, const char *key, MwNeed need, double low, double high,
                     double *out, GError **error);
bool mw_place_integer(const MwPlace *at, const char *key, MwNeed need, int64_t low, int64_t high,
                      int64_t *out, GError **error);
bool mw_place_bool(const MwPlace *at, const char *key, MwNeed need, bool *out, GError **error);
bool mw_place_text(const MwPlace *at, const char *key, MwNeed need, const char **out,
                   GError **error);
bool mw_place_choice(const MwPlace *at, const char *key, MwNeed need, const char *const *choices,
                     unsigned *out, GError **error);
/* An array of at most `largest` elements, or an object; NULL in *out when absent. */
bool mw_place_array(const MwPlace *at, const char *key, MwNeed need, size_t largest,
                    const json_t **out, GError **error);
bool mw_place_member(const MwPlace *at, const char *key, MwNeed need, const json_t **out,
                     GError **error);
