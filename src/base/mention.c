#include "base/mention.h"

#include <string.h>

enum { NAME_MAX_BYTES = 400 };

/* Whether a mention stands at `at`; its name and what is behind it. */
static bool
read_mention(const char *at, MwMentionPart *part, const char **behind)
{
    if (at[0] != '@' || at[1] != '[')
        return false;
    const char *name = at + 2, *end = strpbrk(name, "]\n");
    if (!end || *end != ']' || end == name || end - name > NAME_MAX_BYTES || end[1] != '(')
        return false;
    size_t digits = strspn(end + 2, "0123456789");
    if (digits == 0 || digits > 18 || end[2 + digits] != ')')
        return false;
    *part = (MwMentionPart){ name, (size_t)(end - name), g_ascii_strtoll(end + 2, NULL, 10) };
    *behind = end + 2 + digits + 1;
    return part->user > 0;
}

bool
mw_mention_next(const char **at, MwMentionPart *part)
{
    const char *begin = *at, *behind;

    if (!*begin)
        return false;
    if (read_mention(begin, part, at))
        return true;
    const char *next = begin + 1;
    MwMentionPart ignored;
    while (*next && !(*next == '@' && read_mention(next, &ignored, &behind)))
        next++;
    *part = (MwMentionPart){ begin, (size_t)(next - begin), 0 };
    *at = next;
    return true;
}

void
mw_mentions_of(const char *text, GArray *users)
{
    MwMentionPart part;
    const char *at = text ? text : "";

    while (users->len < MW_MENTIONS_MAX && mw_mention_next(&at, &part)) {
        bool known = part.user == 0;
        for (guint i = 0; i < users->len && !known; i++)
            known = g_array_index(users, int64_t, i) == part.user;
        if (!known)
            g_array_append_val(users, part.user);
    }
}

void
mw_mention_show(const char *text, GString *out)
{
    MwMentionPart part;

    for (const char *at = text; mw_mention_next(&at, &part);) {
        if (part.user)
            g_string_append_c(out, '@');
        g_string_append_len(out, part.text, (gssize)part.size);
    }
}

void
mw_mention_append(GString *out, const char *name, int64_t user)
{
    g_string_append(out, "@[");
    for (const char *c = name; *c; c++)
        if (!strchr("[]()\n", *c))
            g_string_append_c(out, *c);
    g_string_append_printf(out, "](%" G_GINT64_FORMAT ")", user);
}

const char *
mw_mention_candidate(const char *text, const char *from)
{
    MwMentionPart part;
    const char *behind;

    for (const char *at = strchr(from, '@'); at; at = strchr(at + 1, '@'))
        if (!read_mention(at, &part, &behind) && at[1] && at[1] != ' ' &&
            (at == text || !(g_ascii_isalnum(at[-1]) || strchr("._-+", at[-1]))))
            return at;
    return NULL;
}
