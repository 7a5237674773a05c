#include "base/mo.h"

#include <string.h>

#include "base/error.h"
#include "base/plural.h"

enum { HEADER_BYTES = 28 };
static const uint32_t magic = 0x950412de;

/* One translated message. */
typedef struct {
    const char *source;      /* NULL: a free slot; ends at its first NUL (a plural follows) */
    const char *translation; /* forms one after the other, each ended by NUL */
    uint32_t hash;
    uint32_t size; /* of the translation with all forms, without the last NUL */
} Slot;

struct MwMo {
    Slot *slots; /* open addressing, linear probing, at most half full */
    uint32_t mask;
    uint32_t n_forms;
    char *plural; /* expression, or NULL: the Germanic n != 1 */
};

typedef struct {
    const uint8_t *bytes;
    size_t size;
    bool swapped;
} Input;

static uint32_t
read_32(const Input *in, size_t offset)
{
    uint32_t value;

    memcpy(&value, in->bytes + offset, sizeof value);
    return in->swapped ? GUINT32_SWAP_LE_BE(value) : value;
}

/* Eight bytes at a step: messages are 10 to 100 bytes, and every label of a page is looked up. */
static uint32_t
hash_of(const char *text, size_t size)
{
    uint64_t hash = size * UINT64_C(0x9e3779b97f4a7c15), word;

    for (; size >= sizeof word; size -= sizeof word, text += sizeof word) {
        memcpy(&word, text, sizeof word);
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, text, size);
    hash = (hash ^ word) * UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t)(hash >> 32);
}

static Slot *
find_slot(const MwMo *mo, const char *text)
{
    uint32_t hash = hash_of(text, strlen(text));

    for (uint32_t i = hash & mo->mask;; i = (i + 1) & mo->mask) {
        Slot *slot = &mo->slots[i];
        if (!slot->source || (slot->hash == hash && strcmp(slot->source, text) == 0))
            return slot;
    }
}

/* String `index` of the table at `table`: within the file, NUL-terminated, UTF-8. */
static const char *
read_string(const Input *in, uint32_t table, uint32_t index, uint32_t *size, GError **error)
{
    uint64_t entry = (uint64_t)table + (uint64_t)index * 8;

    if (entry + 8 > in->size)
        return mw_fail_null(error, MW_ERROR_INVALID, "mo: string %u: no table entry", index);
    uint32_t length = read_32(in, entry), offset = read_32(in, entry + 4);
    if ((uint64_t)offset + length >= in->size || in->bytes[(size_t)offset + length] != '\0')
        return mw_fail_null(error, MW_ERROR_INVALID, "mo: string %u: outside the file", index);

    const char *text = (const char *)in->bytes + offset;
    for (const char *part = text; part <= text + length; part += strlen(part) + 1)
        if (!g_utf8_validate(part, -1, NULL))
            return mw_fail_null(error, MW_ERROR_INVALID, "mo: string %u: not UTF-8", index);
    *size = length;
    return text;
}

/* The catalogue's header: "Plural-Forms: nplurals=2; plural=n != 1;". */
static bool
read_header(MwMo *mo, const char *header, GError **error)
{
    const char *forms = strstr(header, "Plural-Forms:");
    const char *count = forms ? strstr(forms, "nplurals=") : NULL;
    const char *plural = forms ? strstr(forms, "plural=") : NULL;
    if (!forms)
        return true;

    /* "plural=" is also the end of no other word: "nplurals=" has an s. */
    g_autofree char *line = plural ? g_strndup(plural + 7, strcspn(plural + 7, ";\n")) : NULL;
    guint64 n_forms = count ? g_ascii_strtoull(count + 9, NULL, 10) : 0;
    unsigned long value;
    if (n_forms < 1 || n_forms > MW_MO_FORMS_MAX || !line || !mw_plural(line, 1, &value))
        return mw_fail(error, MW_ERROR_INVALID, "mo: malformed Plural-Forms");
    mo->n_forms = (uint32_t)n_forms;
    mo->plural = g_steal_pointer(&line);
    return true;
}

static bool
read_strings(MwMo *mo, const Input *in, GError **error)
{
    uint32_t count = read_32(in, 8), sources = read_32(in, 12), targets = read_32(in, 16);

    if (count > MW_MO_STRINGS_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE, "mo: %u strings", count);
    uint32_t slots = 16;
    while (slots < 2 * count)
        slots *= 2;
    mo->slots = g_new0(Slot, slots);
    mo->mask = slots - 1;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t source_size, size;
        const char *source = read_string(in, sources, i, &source_size, error);
        const char *translation = source ? read_string(in, targets, i, &size, error) : NULL;
        if (!translation)
            return false;
        if (!*source) {
            if (!read_header(mo, translation, error))
                return false;
            continue;
        }
        *find_slot(mo, source) = (Slot){
            .source = source,
            .translation = translation,
            .hash = hash_of(source, strlen(source)),
            .size = size,
        };
    }
    return true;
}

MwMo *
mw_mo_new(const void *bytes, size_t size, GError **error)
{
    Input in = { bytes, size, false };

    if (size > MW_MO_BYTES_MAX)
        return mw_fail_null(error, MW_ERROR_TOO_LARGE, "mo: %zu bytes", size);
    if (size < HEADER_BYTES)
        return mw_fail_null(error, MW_ERROR_INVALID, "mo: shorter than its header");
    in.swapped = read_32(&in, 0) == GUINT32_SWAP_LE_BE(magic);
    if (read_32(&in, 0) != magic)
        return mw_fail_null(error, MW_ERROR_INVALID, "mo: not a catalogue of messages");
    if (read_32(&in, 4) != 0)
        return mw_fail_null(error, MW_ERROR_INVALID, "mo: revision %u", read_32(&in, 4));

    g_autoptr(MwMo) mo = g_new0(MwMo, 1);
    mo->n_forms = 2;
    if (!read_strings(mo, &in, error))
        return NULL;
    return g_steal_pointer(&mo);
}

void
mw_mo_free(MwMo *mo)
{
    if (!mo)
        return;
    g_free(mo->slots);
    g_free(mo->plural);
    g_free(mo);
}

const char *
mw_mo_get(const MwMo *mo, const char *text)
{
    const char *translation = find_slot(mo, text)->translation;

    return translation && *translation ? translation : NULL;
}

const char *
mw_mo_get_plural(const MwMo *mo, const char *one, unsigned long n)
{
    const Slot *slot = find_slot(mo, one);
    unsigned long form = n != 1;

    if (!slot->source || (mo->plural && !mw_plural(mo->plural, n, &form)) || form >= mo->n_forms)
        return NULL;
    const char *text = slot->translation, *end = text + slot->size;
    for (; form > 0; form--) {
        text += strlen(text) + 1;
        if (text > end)
            return NULL;
    }
    return *text ? text : NULL;
}
