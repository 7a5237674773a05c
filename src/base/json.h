#pragma once
/* json: the text of a JSON string. Documents are read and built with jansson. */
#include <glib.h>

/* Appends a JSON string, quotes and escapes included. `text` is UTF-8. */
void mw_json_string(const char *text, GString *out);
