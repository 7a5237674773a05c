/* tokens, name: tokens of any text are short and safe, queries hold no syntax, keys keep nothing to fold. */
#include <string.h>

#include "base/name.h"
#include "base/tokens.h"
#include "fuzz.h"

/* Every token is of letters and digits; `quote` and what else a database reads stand outside. */
static void
check_tokens(const char *text)
{
    size_t letters = 0;

    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        letters = c == ' ' ? 0 : letters + 1;
        g_assert_true(c == ' ' ? p > text && p[-1] != ' ' : g_unichar_isalnum(c) || c == 0x3007);
        g_assert_cmpuint(letters, <=, MW_TOKEN_LETTERS);
    }
}

static void
check_query(char *query, char quote)
{
    size_t quotes = 0;

    for (const char *p = query; p && *p; p++) {
        quotes += *p == quote;
        /* Inside quotes there are letters and digits only. */
        if (quotes % 2 == 1 && *p != quote)
            g_assert_true(g_ascii_isalnum(*p) || (unsigned char)*p >= 0x80);
    }
    g_assert_cmpuint(quotes % 2, ==, 0);
    g_free(query);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = g_strndup((const char *)bytes, size);
    g_autoptr(GString) plain = g_string_new(NULL), pinyin = g_string_new(NULL);

    mw_tokens_index(plain, text, MW_TOKENS_PLAIN);
    mw_tokens_index(pinyin, text, MW_TOKENS_PINYIN);
    check_tokens(plain->str);
    check_tokens(pinyin->str);
    g_assert_cmpuint(plain->len, <=, pinyin->len);
    check_query(mw_tokens_fts5_query(text), '"');
    check_query(mw_tokens_tsquery(text), '\'');

    g_autofree char *key = mw_name_key(text);
    g_assert_true(g_utf8_validate(key, -1, NULL));
    g_assert_cmpfloat(mw_name_likeness(key, key), ==, *key ? 1.0 : 0.0);
    g_autofree char *start = g_strndup(text, strlen(text) / 2);
    g_autofree char *other = mw_name_key(start);
    double likeness = mw_name_likeness(key, other);
    g_assert_true(likeness >= 0.0 && likeness <= 1.0);
    return 0;
}
