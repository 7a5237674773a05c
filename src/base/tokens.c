#include "base/tokens.h"

#include <stdbool.h>
#include <string.h>

#include "base/fold.h"
#include "base/name.h"
#include "base/pinyin.h"

enum {
    RUN_MAX = 64,         /* characters of a run that get pinyin: a name, not a chapter */
    COMBINATIONS_MAX = 6, /* of readings, from one character onwards                    */
};

typedef enum { SPACE, JOINT, LETTER, DIGIT, IDEOGRAPH } Class;

static Class
class_of(gunichar c)
{
    if (c < 0x80) {
        if (g_ascii_isdigit((char)c))
            return DIGIT;
        if (g_ascii_isalpha((char)c))
            return LETTER;
        return c && strchr("-./_&+@'", (int)c) ? JOINT : SPACE;
    }
    if (c >= 0x4E00 && c <= 0x9FFF)
        return IDEOGRAPH;
    if (!g_unichar_isalpha(c) && c != 0x3007) /* 〇 */
        return SPACE;
    return c < MW_FOLD_IDEOGRAPHS ? LETTER : IDEOGRAPH;
}

/* Where the run of one class, or of a word, that begins at `start` ends. */
static size_t
run_end(const gunichar *chars, size_t n, size_t start, bool ideographs)
{
    size_t i = start;

    for (; i < n; i++) {
        Class class = class_of(chars[i]);
        bool joins = class == JOINT && i + 1 < n &&
                     (class_of(chars[i + 1]) == LETTER || class_of(chars[i + 1]) == DIGIT);
        if (ideographs ? class != IDEOGRAPH : class != LETTER && class != DIGIT && !joins)
            break;
    }
    return i;
}

static void
append_letters(GString *out, const gunichar *chars, size_t n, size_t letters_max)
{
    for (size_t i = 0, letters = 0; i < n && letters < letters_max; i++) {
        if (class_of(chars[i]) == JOINT)
            continue;
        if (chars[i] < 0x80)
            g_string_append_c(out, (char)chars[i]);
        else
            g_string_append_unichar(out, chars[i]);
        letters++;
    }
}

static void
separate(GString *out)
{
    if (out->len > 0)
        g_string_append_c(out, ' ');
}

static bool
begins_part(const gunichar *word, size_t i)
{
    Class class = class_of(word[i]);

    return class != JOINT && (i == 0 || class_of(word[i - 1]) != class);
}

static void
index_word(GString *out, const gunichar *word, size_t n)
{
    for (size_t i = 0; i < n && out->len < MW_TOKENS_MAX; i++) {
        if (!begins_part(word, i))
            continue;
        separate(out);
        append_letters(out, word + i, n - i, MW_TOKEN_LETTERS);
    }
}

/* How a character may sound. */
typedef struct {
    unsigned n, n_initials;
    const char *full[MW_PINYIN_MAX];
    char initials[MW_PINYIN_MAX];
    size_t shortest; /* letters of the shortest reading */
} Sound;

static void
sound_of(gunichar c, Sound *sound)
{
    sound->n = mw_pinyin_readings(c, sound->full);
    sound->n_initials = 0;
    sound->shortest = MW_PINYIN_LETTERS;
    for (unsigned i = 0; i < sound->n; i++) {
        char initial = sound->full[i][0];
        sound->shortest = MIN(sound->shortest, strlen(sound->full[i]));
        if (!memchr(sound->initials, initial, sound->n_initials))
            sound->initials[sound->n_initials++] = initial;
    }
}

/* One token for each combination of the readings of `n` characters; when they become too many, the
 * characters further on have their commonest reading only. */
static void
append_combinations(GString *out, const Sound *sounds, size_t n, bool initials)
{
    unsigned choices[MW_TOKEN_LETTERS], total = 1;

    for (size_t i = 0; i < n; i++) {
        unsigned readings = initials ? sounds[i].n_initials : sounds[i].n;
        choices[i] = total * readings <= COMBINATIONS_MAX ? readings : 1;
        total *= choices[i];
    }
    for (unsigned combination = 0; combination < total; combination++) {
        char token[MW_TOKEN_LETTERS + MW_PINYIN_LETTERS];
        size_t size = 0;
        unsigned rest = combination;
        for (size_t i = 0; i < n && size < MW_TOKEN_LETTERS; i++) {
            unsigned choice = rest % choices[i];
            rest /= choices[i];
            if (initials)
                token[size++] = sounds[i].initials[choice];
            else
                for (const char *p = sounds[i].full[choice]; *p; p++)
                    token[size++] = *p;
        }
        separate(out);
        g_string_append_len(out, token, (gssize)MIN(size, MW_TOKEN_LETTERS));
    }
}

static void
index_pinyin(GString *out, const gunichar *run, size_t n)
{
    Sound sounds[RUN_MAX];
    size_t named = n - mw_name_legal_tail(run, n);

    n = MIN(n, RUN_MAX);
    for (size_t i = 0; i < n; i++)
        sound_of(run[i], &sounds[i]);
    for (size_t start = 0; start < MIN(named, n); start++) {
        size_t known = 0, full = 0, letters = 0;
        while (known < MIN(n - start, MW_TOKEN_LETTERS) && sounds[start + known].n > 0) {
            full += letters < MW_TOKEN_LETTERS;
            letters += sounds[start + known++].shortest;
        }
        if (known > 0)
            append_combinations(out, sounds + start, full, false);
        if (known > 1)
            append_combinations(out, sounds + start, known, true);
    }
}

static void
index_run(GString *out, const gunichar *run, size_t n, MwTokensKind kind)
{
    for (size_t i = 0; i < n && out->len < MW_TOKENS_MAX; i++) {
        separate(out);
        append_letters(out, run + i, 1, 1);
        if (i + 1 == n)
            break;
        separate(out);
        append_letters(out, run + i, 2, 2);
    }
    if (kind == MW_TOKENS_PINYIN)
        index_pinyin(out, run, n);
}

void
mw_tokens_index(GString *out, const char *text, MwTokensKind kind)
{
    size_t n, end;
    g_autofree gunichar *chars = mw_fold(text, MW_TOKENS_INPUT_MAX, &n);

    for (size_t i = 0; i < n && out->len < MW_TOKENS_MAX; i = end) {
        Class class = class_of(chars[i]);
        end = i + 1;
        if (class == SPACE || class == JOINT)
            continue;
        end = run_end(chars, n, i, class == IDEOGRAPH);
        if (class == IDEOGRAPH)
            index_run(out, chars + i, end - i, kind);
        else
            index_word(out, chars + i, end - i);
    }
}

/* FNV-1a (Fowler, Noll, Vo): of 64 bits, so that among millions of names hardly two meet by chance. */
char *
mw_tokens_sound(const char *sound)
{
    guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);

    for (; *sound; sound++)
        hash = (hash ^ (guchar)*sound) * G_GUINT64_CONSTANT(0x100000001b3);
    return g_strdup_printf("s0%016" G_GINT64_MODIFIER "x", hash);
}

void
mw_tokens_sounds(GString *out, const char *name)
{
    g_autoptr(GPtrArray) sounds = mw_name_sounds(name);

    for (guint i = 1; i < sounds->len; i++) {
        g_autofree char *token = mw_tokens_sound(sounds->pdata[i]);
        separate(out);
        g_string_append(out, token);
    }
}

/* A query as it grows, and how the database writes it. */
typedef struct {
    const char *between, *open, *close, *close_prefix;
    GString *text;
    unsigned n;
} Query;

static void
ask(Query *query, const gunichar *chars, size_t n, bool prefix)
{
    if (query->n == MW_TOKENS_QUERY_TOKENS_MAX)
        return;
    if (query->n++ > 0)
        g_string_append(query->text, query->between);
    g_string_append(query->text, query->open);
    append_letters(query->text, chars, n, MW_TOKEN_LETTERS);
    g_string_append(query->text, prefix ? query->close_prefix : query->close);
}

static char *
ask_all(const char *text, Query query)
{
    size_t n, end;
    g_autofree gunichar *chars = mw_fold(text, MW_TOKENS_QUERY_MAX, &n);

    query.text = g_string_new(NULL);
    for (size_t i = 0; i < n; i = end) {
        Class class = class_of(chars[i]);
        end = i + 1;
        if (class == IDEOGRAPH) {
            end = run_end(chars, n, i, true);
            if (end - i == 1)
                ask(&query, chars + i, 1, false);
            for (size_t pair = i; pair + 1 < end; pair++)
                ask(&query, chars + pair, 2, false);
        } else if (class == LETTER || class == DIGIT) {
            while (end < n && (class_of(chars[end]) == LETTER || class_of(chars[end]) == DIGIT))
                end++;
            ask(&query, chars + i, end - i, true);
        }
    }
    return g_string_free(query.text, query.n == 0);
}

char *
mw_tokens_fts5_query(const char *text)
{
    return ask_all(text, (Query){ " ", "\"", "\"", "\"*", NULL, 0 });
}

char *
mw_tokens_tsquery(const char *text)
{
    return ask_all(text, (Query){ " & ", "'", "'", "':*", NULL, 0 });
}

/* Whether one of the tokens is `asked`, or begins with it where that ends with an asterisk. */
static bool
has_token(const char *tokens, const char *asked)
{
    size_t n = strlen(asked);
    bool prefix = n > 0 && asked[n - 1] == '*';

    n -= prefix;
    for (const char *at = tokens; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        if ((prefix ? size >= n : size == n) && strncmp(at, asked, n) == 0)
            return true;
        at += size;
    }
    return false;
}

bool
mw_tokens_match(const char *tokens, const char *text)
{
    g_autofree char *query = ask_all(text, (Query){ " ", "", "", "*", NULL, 0 });
    g_auto(GStrv) asked = query ? g_strsplit(query, " ", -1) : NULL;
    bool all = asked != NULL;

    for (char **one = asked; all && *one; one++)
        all = has_token(tokens, *one);
    return all;
}
