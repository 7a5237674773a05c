#include "base/json.h"

#include "base/append.h"

void
mw_json_string(const char *text, GString *out)
{
    g_string_append_c(out, '"');
    while (*text) {
        size_t plain = 0; /* bytes that need no escape, appended at once */
        while ((unsigned char)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\')
            plain++;
        mw_append(out, text, plain);
        text += plain;
        if (*text == '"' || *text == '\\')
            g_string_append_printf(out, "\\%c", *text++);
        else if (*text)
            g_string_append_printf(out, "\\u%04x", (unsigned)(unsigned char)*text++);
    }
    g_string_append_c(out, '"');
}
