#include "base/name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/pinyin.h"

enum { PHONE_MIN = 5, PHONE_MAX = 20 };

/* Taken off the end again and again, so that 集团股份有限公司 goes as a whole. Longest first. */
static const char *const chinese_forms[] = {
    "股份有限公司", "有限责任公司", "有限公司", "股份公司", "集团公司", "总公司", "公司", "集团",
};

/* In order, for the binary search. */
static const char *const latin_forms[] = {
    "ab",    "ag",      "aps",  "as",          "bhd",  "bv",    "co",  "colimited",
    "coltd", "company", "corp", "corporation", "gmbh", "group", "inc", "incorporated",
    "kg",    "kgaa",    "kk",   "limited",     "llc",  "llp",   "ltd", "nv",
    "oy",    "oyj",     "plc",  "pte",         "pty",  "pvt",   "sa",  "sarl",
    "sas",   "sdn",     "se",   "spa",         "srl",
};

/* Where anybody can have an address. In order. */
static const char *const public_domains[] = {
    "126.com",    "139.com",     "163.com",    "188.com",        "189.cn",      "21cn.com",
    "263.net",    "aliyun.com",  "aol.com",    "daum.net",       "foxmail.com", "gmail.com",
    "gmx.com",    "gmx.de",      "gmx.net",    "googlemail.com", "hanmail.net", "hotmail.com",
    "icloud.com", "live.cn",     "live.com",   "mac.com",        "mail.com",    "mail.ru",
    "me.com",     "msn.com",     "naver.com",  "outlook.com",    "proton.me",   "protonmail.com",
    "qq.com",     "sina.cn",     "sina.com",   "sina.com.cn",    "sohu.com",    "t-online.de",
    "tom.com",    "vip.163.com", "vip.qq.com", "vip.sina.com",   "web.de",      "wo.cn",
    "yahoo.cn",   "yahoo.co.jp", "yahoo.com",  "yahoo.com.cn",   "yandex.com",  "yandex.ru",
    "yeah.net",   "zoho.com",
};

static int
compare_text(const void *text, const void *item)
{
    return strcmp(text, *(const char *const *)item);
}

static bool
listed(const char *text, const char *const *list, size_t n)
{
    return bsearch(text, list, n, sizeof *list, compare_text) != NULL;
}

/* Whether the `n` characters end with `form` and have more than it; its number of characters. */
static size_t
ends_with(const gunichar *name, size_t n, const char *form)
{
    size_t length = (size_t)g_utf8_strlen(form, -1);

    if (length >= n)
        return 0;
    name += n - length;
    for (; *form; form = g_utf8_next_char(form))
        if (*name++ != g_utf8_get_char(form))
            return 0;
    return length;
}

size_t
mw_name_legal_tail(const gunichar *name, size_t n)
{
    size_t rest = n;

    for (size_t i = 0; i < G_N_ELEMENTS(chinese_forms); i++) {
        size_t length = ends_with(name, rest, chinese_forms[i]);
        if (length > 0) {
            rest -= length;
            i = (size_t)-1; /* from the longest again */
        }
    }
    return n - rest;
}

/* Leaves letters and digits, with one blank between words; points and apostrophes vanish ("S.A.").
 * Returns how many characters are left. */
static size_t
compact(gunichar *chars, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        gunichar c = chars[i];
        if (c == '.' || c == '\'' || c == 0x2019)
            continue;
        if (g_unichar_isalnum(c))
            chars[kept++] = c;
        else if (kept > 0 && chars[kept - 1] != ' ')
            chars[kept++] = ' ';
    }
    return kept;
}

/* Whether the last word is a legal form in Latin letters; its number of characters. */
static size_t
latin_tail(const gunichar *chars, size_t n)
{
    char word[16];
    size_t length = 0;

    while (length < n && chars[n - length - 1] < 0x80 && chars[n - length - 1] != ' ')
        length++;
    if (length == n || length >= sizeof word)
        return 0;
    for (size_t i = 0; i < length; i++)
        word[i] = (char)chars[n - length + i];
    word[length] = '\0';
    return listed(word, latin_forms, G_N_ELEMENTS(latin_forms)) ? length : 0;
}

static size_t
without_forms(const gunichar *chars, size_t n)
{
    for (;;) {
        while (n > 0 && chars[n - 1] == ' ')
            n--;
        size_t tail = mw_name_legal_tail(chars, n);
        if (tail == 0)
            tail = latin_tail(chars, n);
        if (tail == 0)
            return n;
        n -= tail;
    }
}

/* Whether 省 or 市 stands at `i` behind a place of two or three characters that begins at `start`. */
static bool
is_place_mark(const gunichar *chars, size_t n, size_t start, size_t i, gunichar mark)
{
    return i + 1 < n && chars[i] == mark && (i == start + 2 || i == start + 3);
}

char *
mw_name_key(const char *name)
{
    size_t n;
    g_autofree gunichar *chars = mw_fold(name, MW_NAME_MAX, &n);
    GString *key = g_string_sized_new(64);
    size_t start = 0;
    bool city = false;

    n = without_forms(chars, compact(chars, n));
    for (size_t i = 0; i < n; i++) {
        if (start == 0 && is_place_mark(chars, n, 0, i, 0x7701 /* 省 */)) {
            start = i + 1;
        } else if (!city && is_place_mark(chars, n, start, i, 0x5E02 /* 市 */)) {
            city = true;
        } else if (chars[i] != ' ') {
            g_string_append_unichar(key, chars[i]);
        }
    }
    return g_string_free(key, false);
}

static int
compare_pairs(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The sorted pairs of neighbouring characters of `key`; their number. */
static size_t
pairs_of(const char *key, uint64_t pairs[MW_NAME_MAX])
{
    size_t n = 0;

    for (const char *next; *key && *(next = g_utf8_next_char(key)) && n < MW_NAME_MAX; key = next)
        pairs[n++] = (uint64_t)g_utf8_get_char(key) << 32 | g_utf8_get_char(next);
    qsort(pairs, n, sizeof *pairs, compare_pairs);
    return n;
}

double
mw_name_likeness(const char *key, const char *other)
{
    uint64_t a[MW_NAME_MAX], b[MW_NAME_MAX];

    if (g_str_equal(key, other))
        return *key ? 1.0 : 0.0;
    size_t n = pairs_of(key, a), m = pairs_of(other, b), common = 0;
    for (size_t i = 0, j = 0; i < n && j < m;) {
        bool less = a[i]<b[j], more = a[i]> b[j];
        common += !less && !more;
        i += !more;
        j += !less;
    }
    return n + m > 0 ? 2.0 * (double)common / (double)(n + m) : 0.0;
}

/* Whether an extension or a second number begins here. */
static bool
ends_number(gunichar c)
{
    return c == 0x8F6C /* 转 */ || c == 0x5206 /* 分机 */ || c == 'e' || c == 'x' || c == '#' ||
           c == ',' || c == ';' || c == '/' || c == 0x3001 /* 、 */;
}

/* A number in China without its 86: fixed lines get back the 0 that goes before an area code. */
static char *
domestic(const char *digits)
{
    size_t length = strlen(digits);
    bool whole =
        *digits == '0' || (*digits == '1' && length == 11) ||
        (length == 10 && (g_str_has_prefix(digits, "400") || g_str_has_prefix(digits, "800")));

    return g_strconcat(whole ? "" : "0", digits, NULL);
}

char *
mw_phone_key(const char *phone)
{
    char digits[PHONE_MAX + 1];
    size_t n, length = 0;
    g_autofree gunichar *chars = mw_fold(phone, MW_NAME_MAX, &n);
    bool abroad = false;

    for (size_t i = 0; i < n; i++) {
        if (length >= PHONE_MIN && ends_number(chars[i]))
            break;
        if (chars[i] == '+' && length == 0)
            abroad = true;
        if (chars[i] < '0' || chars[i] > '9')
            continue;
        /* The zero of "+49 (0) 40" is only dialled at home. */
        if (abroad && chars[i] == '0' && i > 0 && i + 1 < n && chars[i - 1] == '(' &&
            chars[i + 1] == ')')
            continue;
        if (length == PHONE_MAX)
            return NULL;
        digits[length++] = (char)chars[i];
    }
    digits[length] = '\0';

    const char *number = digits;
    if (!abroad && g_str_has_prefix(number, "00")) {
        abroad = true;
        number += 2;
    }
    if (strlen(number) < PHONE_MIN)
        return NULL;
    /* 86 and a mobile number is also written without the plus. */
    bool mobile = strlen(number) == 13 && g_str_has_prefix(number, "861");
    if ((abroad || mobile) && g_str_has_prefix(number, "86") && strlen(number) >= PHONE_MIN + 2)
        return domestic(number + 2);
    return g_strdup(number);
}

char *
mw_mail_domain_key(const char *address)
{
    const char *at = strrchr(address, '@');

    if (!at || at == address || strnlen(at, MW_NAME_MAX) == MW_NAME_MAX)
        return NULL;
    g_autofree char *domain = g_ascii_strdown(at + 1, -1);
    g_strstrip(domain);
    if (!strchr(domain, '.') || *domain == '.' || g_str_has_suffix(domain, ".") ||
        strspn(domain, "abcdefghijklmnopqrstuvwxyz0123456789.-") != strlen(domain) ||
        listed(domain, public_domains, G_N_ELEMENTS(public_domains)))
        return NULL;
    return g_steal_pointer(&domain);
}

typedef struct {
    gunichar character;
    unsigned n, taken; /* readings, and how many of them are combined */
    const char *readings[MW_PINYIN_MAX];
} Sound;

/* The readings of a key's characters; of those further on only the commonest when they become too many to combine.
 * Returns how many combinations there are. */
static unsigned
sounds_of(const char *key, GArray *sounds)
{
    unsigned total = 1;

    for (; *key; key = g_utf8_next_char(key)) {
        Sound sound = { .character = g_utf8_get_char(key), .taken = 1 };
        sound.n = mw_pinyin_readings(sound.character, sound.readings);
        if (sound.n > 1 && total * sound.n <= MW_NAME_SOUNDS_MAX)
            sound.taken = sound.n;
        total *= sound.taken;
        g_array_append_val(sounds, sound);
    }
    return total;
}

GPtrArray *
mw_name_sounds(const char *name)
{
    g_autofree char *key = mw_name_key(name);
    g_autoptr(GArray) sounds = g_array_new(false, false, sizeof(Sound));
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    unsigned total = sounds_of(key, sounds);

    for (unsigned combination = 0; combination < total; combination++) {
        GString *text = g_string_new(NULL);
        unsigned rest = combination;
        for (guint i = 0; i < sounds->len; i++) {
            const Sound *sound = &g_array_index(sounds, Sound, i);
            if (sound->n > 0)
                g_string_append(text, sound->readings[rest % sound->taken]);
            else
                g_string_append_unichar(text, sound->character);
            rest /= sound->taken;
        }
        g_ptr_array_add(names, g_string_free(text, false));
    }
    return names;
}

char *
mw_name_order(const char *name)
{
    size_t n;
    g_autofree gunichar *chars = mw_fold(name, MW_NAME_MAX, &n);

    mw_pinyin_place(chars, n);
    return g_ucs4_to_utf8(chars, (glong)n, NULL, NULL, NULL);
}

char *
mw_name_pinyin(const char *name)
{
    g_autoptr(GPtrArray) sounds = mw_name_sounds(name);

    return g_strdup(sounds->pdata[0]);
}
