#pragma once
/*
 * tokens: the words under which a text is found, for every database alike.
 *
 * One function cuts texts for the index and one pair cuts what people type; the
 * database only keeps and intersects tokens, so SQLite and PostgreSQL find the
 * same. A token is made of lower-case letters, digits and CJK characters; there
 * is nothing in it that FTS5 or tsquery could take for syntax.
 *
 * What is found, and how:
 *   - text is folded: NFKC (full-width to half-width), case, accents;
 *   - a run of Chinese (or kana, hangul) gives each character and each pair of
 *     neighbours, so one- and two-character queries find; a longer query asks
 *     for all its pairs;
 *   - words of letters and digits joined by - . / _ & + @ ' are one token, and one
 *     more from each joint and each change between letters and digits onwards:
 *     "6204-2RS" gives 62042rs, 2rs, rs. Words of a query are prefixes, so "6204",
 *     "2rs", "6204-2rs" and "62042" all find it;
 *   - with MW_TOKENS_PINYIN, from each character of a Chinese run onwards the
 *     initials and the full pinyin of the characters that follow, in all common
 *     readings: 厦门钨业 is found by xmwy, smwy, xiamen, xmw, wuye. The legal form
 *     at the end of a company's name begins none (nobody types "yxgs").
 *
 * Index: SQLite `fts5(…, tokenize='ascii', detail=none, prefix='1 2')` with the token text as the
 * column; PostgreSQL `array_to_tsvector(string_to_array($1, ' '))`. Both keep tokens as they are; no
 * parser or dictionary of theirs is used. docs/modules/base.md says what the index costs.
 */
#include <glib.h>
#include <stdbool.h>

/* Limits. Bytes of a text that are indexed; bytes of tokens after which no word is begun, half of what
 * a tsvector holds; bytes and tokens of a query that are looked at; letters at which longer words are
 * cut, in index and query alike. The rest is ignored. */
enum {
    MW_TOKENS_INPUT_MAX = 64 * 1024,
    MW_TOKENS_MAX = 512 * 1024,
    MW_TOKENS_QUERY_MAX = 256,
    MW_TOKENS_QUERY_TOKENS_MAX = 32,
    MW_TOKEN_LETTERS = 20,
};

typedef enum {
    MW_TOKENS_PLAIN,
    MW_TOKENS_PINYIN, /* also pinyin: for names of people, companies, products */
} MwTokensKind;

/* Appends the tokens of `text`, with a space between any two and after what `out` held already.
 * Tokens may repeat. Invalid UTF-8 counts as a space. O(bytes) */
void mw_tokens_index(GString *out, const char *text, MwTokensKind kind);

/* Appends a token for each way in which a name may sound but the commonest (mw_name_sounds()), as mw_tokens_sound() makes
 * it: by them a name meets one that sounds alike. */
void mw_tokens_sounds(GString *out, const char *name);
/* "s0" and a hash: a word that nobody types. The caller frees it. */
char *mw_tokens_sound(const char *sound);

/* "厦门" "门钨" "xmw"*: the right side of FTS5's MATCH, where neighbours mean AND. NULL where the
 * text has no token. The caller frees it. */
char *mw_tokens_fts5_query(const char *text);
/* Whether tokens as mw_tokens_index() writes them have all that `text` asks for; false where it has no token. O(bytes
 * of tokens × tokens of text) */
bool mw_tokens_match(const char *tokens, const char *text);
/* '厦门' & '门钨' & 'xmw':*: to be cast to tsquery, not passed through to_tsquery(). NULL where the
 * text has no token. The caller frees it. */
char *mw_tokens_tsquery(const char *text);
