#include "table/text.h"

#include <errno.h>
#include <string.h>

#include "base/i18n.h"

enum { SAMPLE_BYTES = 64 * 1024 };

typedef enum { AT_START, UNDECIDED, UTF8, CONVERTED } State;

struct MwText {
    MwSource *source;
    State state;
    bool given; /* the caller named the encoding */
    char *encoding;
    GIConv iconv; /* of CONVERTED */
    size_t unit;  /* bytes to skip at what cannot be converted */

    char *pending; /* SAMPLE_BYTES of the source, [start, end) not yet passed on */
    size_t start, end;
    bool source_end;
};

static bool
use_encoding(MwText *text, const char *encoding, GError **error)
{
    g_free(text->encoding);
    text->encoding = g_strdup(encoding);
    if (g_ascii_strcasecmp(encoding, "UTF-8") == 0) {
        text->state = UTF8;
        return true;
    }
    text->iconv = g_iconv_open("UTF-8", encoding);
    if (text->iconv == (GIConv)-1)
        return mw_fail(error, MW_ERROR_INVALID, _("The encoding “%s” is not known."), encoding);
    text->unit = g_str_has_prefix(encoding, "UTF-16") ? 2 : 1;
    text->state = CONVERTED;
    return true;
}

MwText *
mw_text_new(MwSource *source, const char *encoding, GError **error)
{
    g_autoptr(MwText) text = g_new0(MwText, 1);

    text->source = source;
    text->iconv = (GIConv)-1;
    text->pending = g_malloc(SAMPLE_BYTES);
    text->given = encoding != NULL;
    if (!use_encoding(text, encoding ? encoding : "UTF-8", error))
        return NULL;
    if (text->state == UTF8)
        text->state = AT_START;
    return g_steal_pointer(&text);
}

void
mw_text_free(MwText *text)
{
    if (!text)
        return;
    if (text->iconv != (GIConv)-1)
        g_iconv_close(text->iconv);
    mw_source_free(text->source);
    g_free(text->encoding);
    g_free(text->pending);
    g_free(text);
}

const char *
mw_text_encoding(const MwText *text)
{
    return text->encoding;
}

const MwSource *
mw_text_source(const MwText *text)
{
    return text->source;
}

/* Fills `pending` as far as the source gives. */
static bool
fill(MwText *text, GError **error)
{
    memmove(text->pending, text->pending + text->start, text->end - text->start);
    text->end -= text->start;
    text->start = 0;
    while (text->end < SAMPLE_BYTES && !text->source_end) {
        gssize n = mw_source_read(text->source, text->pending + text->end, SAMPLE_BYTES - text->end,
                                  error);
        if (n < 0)
            return false;
        text->end += (size_t)n;
        text->source_end = n == 0;
    }
    return true;
}

static gssize
pass_on(MwText *text, char *into, size_t n)
{
    memcpy(into, text->pending + text->start, n);
    text->start += n;
    return (gssize)n;
}

static size_t
ascii_prefix(const char *s, size_t size)
{
    size_t n = 0;

    for (uint64_t word; n + sizeof word <= size; n += sizeof word) {
        memcpy(&word, s + n, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (n < size && !(s[n] & 0x80))
        n++;
    return n;
}

typedef struct {
    size_t sure;  /* characters of three and four bytes, and of Latin-1: seldom by chance  */
    size_t odd;   /* the other ones of two bytes: one in six of GB 2312's looks like one   */
    size_t stray; /* bytes that belong to no character                                     */
} Utf8Count;

static Utf8Count
count_utf8(const char *s, size_t size)
{
    Utf8Count count = { 0 };

    for (const char *end = s + size; s < end;) {
        s += ascii_prefix(s, (size_t)(end - s));
        if (s == end)
            break;
        gunichar c = g_utf8_get_char_validated(s, end - s);
        if (c == (gunichar)-2 && end - s < 4) /* cut off by the end of the sample */
            break;
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            count.stray++;
            s++;
            continue;
        }
        if (c > 0xff && c < 0x800)
            count.odd++;
        else
            count.sure++;
        s = g_utf8_next_char(s);
    }
    return count;
}

/* Counts the characters of two bytes and those of GB 2312 among them; false when the bytes are not
 * well-formed as GB 18030-2005. */
static bool
count_gb18030(const char *sample, size_t size, size_t *pairs, size_t *common)
{
    const uint8_t *s = (const uint8_t *)sample;

    *pairs = *common = 0;
    for (size_t i = 0; i < size;) {
        if (s[i] < 0x80) {
            i++;
            continue;
        }
        if (s[i] == 0x80 || s[i] == 0xff)
            return false;
        if (i + 1 == size)
            break;
        if (s[i + 1] >= 0x30 && s[i + 1] <= 0x39) {
            if (i + 3 >= size)
                break;
            if (s[i + 2] < 0x81 || s[i + 2] == 0xff || s[i + 3] < 0x30 || s[i + 3] > 0x39)
                return false;
            i += 4;
            continue;
        }
        if (s[i + 1] < 0x40 || s[i + 1] == 0x7f || s[i + 1] == 0xff)
            return false;
        *pairs += 1;
        *common += s[i] >= 0xa1 && s[i] <= 0xf7 && s[i + 1] >= 0xa1;
        i += 2;
    }
    return true;
}

/* The rule of text.h. */
static bool
is_gb18030(const char *sample, size_t size)
{
    Utf8Count utf8 = count_utf8(sample, size);
    size_t pairs, common;

    if (utf8.sure > utf8.stray || !count_gb18030(sample, size, &pairs, &common))
        return false;
    return common * 10 >= pairs * (utf8.odd > utf8.stray ? 9 : 5);
}

static bool
use_mark(MwText *text, GError **error)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *encoding;
    } marks[] = {
        { "\xef\xbb\xbf", 3, "UTF-8" },
        { "\xff\xfe", 2, "UTF-16LE" },
        { "\xfe\xff", 2, "UTF-16BE" },
    };

    text->state = text->given ? UTF8 : UNDECIDED;
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (text->end >= marks[i].size && (!text->given || i == 0) &&
            memcmp(text->pending, marks[i].bytes, marks[i].size) == 0) {
            text->start = marks[i].size;
            return use_encoding(text, marks[i].encoding, error);
        }
    return true;
}

static gssize
convert(MwText *text, char *into, size_t room, GError **error)
{
    char *out = into;
    size_t out_left = room;

    while (out == into) {
        if (!fill(text, error))
            return -1;
        if (text->start == text->end)
            break;

        char *in = text->pending + text->start;
        size_t in_left = text->end - text->start;
        size_t done = g_iconv(text->iconv, &in, &in_left, &out, &out_left);
        int cause = done == (size_t)-1 ? errno : 0;
        text->start = text->end - in_left;
        if ((cause == EILSEQ || (cause == EINVAL && text->source_end)) && out_left > 0) {
            *out++ = (char)0xff;
            out_left--;
            text->start += MIN(text->unit, in_left);
        }
    }
    return out - into;
}

gssize
mw_text_read(MwText *text, char *into, size_t room, GError **error)
{
    if (text->state == AT_START) {
        if (!fill(text, error) || !use_mark(text, error))
            return -1;
    }
    if (text->state == UNDECIDED) {
        if (!fill(text, error))
            return -1;
        size_t ascii = ascii_prefix(text->pending, text->end);
        if (ascii > 0 || text->end == 0)
            return pass_on(text, into, MIN(ascii, room));
        bool gb = is_gb18030(text->pending, text->end);
        if (!use_encoding(text, gb ? "GB18030" : "UTF-8", error))
            return -1;
    }
    if (text->state == CONVERTED)
        return convert(text, into, room, error);
    if (text->start < text->end)
        return pass_on(text, into, MIN(text->end - text->start, room));
    return mw_source_read(text->source, into, room, error);
}
