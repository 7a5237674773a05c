#include "web/mustache.h"

#include "base/error.h"
#include "base/i18n.h"
#include "web/mustache_program.h"

enum { DELIMITER_MAX = 8, PATH_MAX_KEYS = 16 };

typedef struct {
    MwTemplates *templates;
    MwTemplate *template;
    const char *start, *at, *end;
    char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1];
    GString *text; /* literal text not yet in the program */
    bool line_start;
    uint32_t sections[MW_TEMPLATE_NESTING_MAX]; /* open ones: index of their instruction */
    const char *names[MW_TEMPLATE_NESTING_MAX];
    unsigned depth;
    GError **error;
} Parser;

/* A tag as it stands in the text. */
typedef struct {
    const char *from, *to; /* with its delimiters */
    char sigil;            /* '\0': a variable */
    char *content;         /* without sigil, trimmed; the caller frees it */
} Tag;

static bool
refuse(Parser *p, const char *at, const char *what)
{
    unsigned line = 1;

    for (const char *c = p->start; c < at; c++)
        line += *c == '\n';
    return mw_fail(p->error, MW_ERROR_INVALID, "%s:%u: %s", p->template->name, line, what);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void
template_free(gpointer data)
{
    MwTemplate *template = data;

    g_free(template->name);
    g_array_unref(template->ops);
    g_free(template);
}

static void
flush_text(Parser *p)
{
    if (p->text->len == 0)
        return;
    Op op = { .code = OP_TEXT, .size = p->text->len };
    op.text = g_string_chunk_insert_len(p->templates->chunk, p->text->str, (gssize)p->text->len);
    g_array_append_val(p->template->ops, op);
    g_string_truncate(p->text, 0);
}

static void
add_op(Parser *p, Op op)
{
    flush_text(p);
    g_array_append_val(p->template->ops, op);
}

static void
add_text(Parser *p, const char *from, const char *to)
{
    if (p->templates->mode == MW_TEMPLATES_PLAIN) {
        g_string_append_len(p->text, from, to - from);
        return;
    }
    for (; from < to; from++) {
        if (p->line_start && g_ascii_isspace(*from))
            continue;
        g_string_append_c(p->text, *from);
        p->line_start = *from == '\n';
    }
}

/* "a.b.c" or "." into the path of `op`. */
static bool
set_path(Parser *p, const Tag *tag, const char *name, Op *op)
{
    if (g_str_equal(name, "."))
        return true;
    g_auto(GStrv) parts = g_strsplit(name, ".", PATH_MAX_KEYS + 1);
    guint n = g_strv_length(parts);
    if (n == 0 || n > PATH_MAX_KEYS || strpbrk(name, " \t\r\n"))
        return refuse(p, tag->from, "a tag without a proper name");

    MwKey *keys = g_new(MwKey, n);
    g_ptr_array_add(p->templates->paths, keys);
    for (guint i = 0; i < n; i++) {
        if (!*parts[i])
            return refuse(p, tag->from, "a dotted name with an empty part");
        keys[i] = mw_key(g_string_chunk_insert_const(p->templates->chunk, parts[i]));
    }
    op->keys = keys;
    op->n_keys = n;
    return true;
}

static bool
add_value(Parser *p, const Tag *tag, OpCode code)
{
    Op op = { .code = code };

    if (code == OP_RAW && p->templates->mode == MW_TEMPLATES_OWN)
        return refuse(p, tag->from, "an unescaped variable");
    if (!set_path(p, tag, tag->content, &op))
        return false;
    add_op(p, op);
    p->line_start = false;
    return true;
}

static bool
open_section(Parser *p, const Tag *tag, OpCode code)
{
    Op op = { .code = code };

    if (p->depth >= MW_TEMPLATE_NESTING_MAX)
        return refuse(p, tag->from, "sections nested too deep");
    if (!set_path(p, tag, tag->content, &op))
        return false;
    add_op(p, op);
    p->names[p->depth] = g_string_chunk_insert_const(p->templates->chunk, tag->content);
    p->sections[p->depth++] = p->template->ops->len - 1;
    return true;
}

static bool
close_section(Parser *p, const Tag *tag)
{
    if (p->depth == 0 || !g_str_equal(p->names[p->depth - 1], tag->content))
        return refuse(p, tag->from, "the end of a section that is not open");

    uint32_t section = p->sections[--p->depth];
    flush_text(p);
    g_array_index(p->template->ops, Op, section).end = p->template->ops->len;
    return true;
}

static bool
add_partial(Parser *p, const Tag *tag, const char *indent_end, bool standalone)
{
    Op op = { .code = OP_PARTIAL, .standalone = standalone };
    const char *name = tag->content;

    if (*name == '*') {
        g_autofree char *path = g_strstrip(g_strdup(name + 1));
        if (!set_path(p, tag, path, &op))
            return false;
    } else if (!*name || strpbrk(name, " \t\r\n")) {
        return refuse(p, tag->from, "a partial without a proper name");
    } else {
        op.text = g_string_chunk_insert_const(p->templates->chunk, name);
    }
    if (standalone && tag->from > indent_end && p->templates->mode == MW_TEMPLATES_PLAIN)
        op.indent =
            g_string_chunk_insert_len(p->templates->chunk, indent_end, tag->from - indent_end);
    add_op(p, op);
    p->line_start = standalone;
    return true;
}

/* "<% %>": two runs without blanks or "=". */
static bool
set_delimiters(Parser *p, const Tag *tag)
{
    g_auto(GStrv) parts = g_strsplit_set(tag->content, " \t\r\n", -1);
    const char *given[2] = { NULL, NULL };
    unsigned n = 0;

    for (char **part = parts; *part; part++) {
        if (!**part)
            continue;
        if (n == 2 || strlen(*part) > DELIMITER_MAX || strchr(*part, '='))
            return refuse(p, tag->from, "malformed delimiters");
        given[n++] = *part;
    }
    if (n != 2)
        return refuse(p, tag->from, "malformed delimiters");
    g_strlcpy(p->open, given[0], sizeof p->open);
    g_strlcpy(p->close, given[1], sizeof p->close);
    return true;
}

static bool
add_translation(Parser *p, const Tag *tag)
{
    g_auto(GStrv) words = g_strsplit_set(tag->content, " \t\r\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);

    for (char **word = words; *word; word++)
        if (**word)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", *word);
    if (text->len == 0)
        return refuse(p, tag->from, "a text to translate is missing");
    const char *translated = mw_gettext(text->str);
    mw_html_escape(p->text, translated, strlen(translated));
    p->line_start = false;
    return true;
}

static bool
handle(Parser *p, const Tag *tag, const char *line, bool standalone)
{
    switch (tag->sigil) {
    case '#':
        return open_section(p, tag, OP_SECTION);
    case '^':
        return open_section(p, tag, OP_INVERTED);
    case '/':
        return close_section(p, tag);
    case '>':
        return add_partial(p, tag, line, standalone);
    case '=':
        return set_delimiters(p, tag);
    case '!':
        return true;
    case '_':
        return add_translation(p, tag);
    case '{':
    case '&':
        return add_value(p, tag, OP_RAW);
    default:
        return add_value(p, tag, OP_VALUE);
    }
}

/* Reads the tag whose opening delimiter is at `from`. */
static bool
read_tag(Parser *p, const char *from, Tag *tag)
{
    const char *at = from + strlen(p->open);
    char close[DELIMITER_MAX + 2];

    while (at < p->end && g_ascii_isspace(*at))
        at++;
    char sigil = at < p->end ? *at : '\0';
    if (sigil == '_' &&
        !(p->templates->mode == MW_TEMPLATES_OWN && at + 1 < p->end && g_ascii_isspace(at[1])))
        sigil = '\0';
    if (!sigil || !strchr("#^/>=!{&_", sigil))
        sigil = '\0';
    else
        at++;
    g_snprintf(close, sizeof close, "%s%s", sigil == '{' ? "}" : sigil == '=' ? "=" : "", p->close);

    const char *end = g_strstr_len(at, p->end - at, close);
    if (!end)
        return refuse(p, from, "a tag that is not closed");
    tag->from = from;
    tag->to = end + strlen(close);
    tag->sigil = sigil;
    tag->content = g_strstrip(g_strndup(at, (gsize)(end - at)));
    return true;
}

/* Whether nothing but blanks shares the tag's lines. Then `line` is where the first begins and `next` is
 * behind the last. */
static bool
stands_alone(const Parser *p, const Tag *tag, const char **line, const char **next)
{
    const char *before = tag->from, *after = tag->to;

    if (!tag->sigil || !strchr("#^/>=!", tag->sigil))
        return false;
    while (before > p->start && is_blank(before[-1]))
        before--;
    if (before > p->start && before[-1] != '\n')
        return false;
    while (after < p->end && is_blank(*after))
        after++;
    if (after < p->end && *after == '\r' && after + 1 < p->end && after[1] == '\n')
        after++;
    if (after < p->end && *after != '\n')
        return false;
    *line = before;
    *next = after < p->end ? after + 1 : after;
    return true;
}

static bool
parse(Parser *p)
{
    const char *from;

    while ((from = g_strstr_len(p->at, p->end - p->at, p->open))) {
        Tag tag;
        if (!read_tag(p, from, &tag))
            return false;
        g_autofree char *content = tag.content;
        const char *line = from, *next = tag.to;
        bool standalone = stands_alone(p, &tag, &line, &next);
        add_text(p, p->at, MAX(line, p->at));
        if (!handle(p, &tag, line, standalone))
            return false;
        p->at = next;
    }
    add_text(p, p->at, p->end);
    if (p->depth > 0)
        return refuse(p, p->end, "a section that is not closed");
    flush_text(p);
    return true;
}

MwTemplates *
mw_templates_new(MwTemplatesMode mode)
{
    MwTemplates *templates = g_new0(MwTemplates, 1);

    templates->mode = mode;
    templates->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, template_free);
    templates->chunk = g_string_chunk_new(4096);
    templates->paths = g_ptr_array_new_with_free_func(g_free);
    return templates;
}

void
mw_templates_free(MwTemplates *templates)
{
    if (!templates)
        return;
    g_hash_table_unref(templates->by_name);
    g_string_chunk_free(templates->chunk);
    g_ptr_array_unref(templates->paths);
    g_free(templates);
}

bool
mw_templates_add(MwTemplates *templates, const char *name, const char *text, size_t size,
                 GError **error)
{
    if (size > MW_TEMPLATE_BYTES_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE, "%s: %zu bytes", name, size);
    if (!g_utf8_validate(text, (gssize)size, NULL))
        return mw_fail(error, MW_ERROR_INVALID, "%s: not UTF-8", name);

    MwTemplate *template = g_new0(MwTemplate, 1);
    template->name = g_strdup(name);
    template->ops = g_array_new(false, false, sizeof(Op));
    g_autoptr(GString) pending = g_string_new(NULL);
    Parser p = {
        .templates = templates,
        .template = template,
        .start = text,
        .at = text,
        .end = text + size,
        .open = "{{",
        .close = "}}",
        .text = pending,
        .line_start = true,
        .error = error,
    };
    if (!parse(&p)) {
        template_free(template);
        return false;
    }
    g_hash_table_replace(templates->by_name, template->name, template);
    return true;
}

bool
mw_templates_link(MwTemplates *templates, GError **error)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, templates->by_name);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        MwTemplate *template = value;
        for (guint i = 0; i < template->ops->len; i++) {
            Op *op = &g_array_index(template->ops, Op, i);
            if (op->code != OP_PARTIAL || !op->text)
                continue;
            op->partial = g_hash_table_lookup(templates->by_name, op->text);
            if (!op->partial && templates->mode == MW_TEMPLATES_OWN)
                return mw_fail(error, MW_ERROR_INVALID, "%s: there is no partial “%s”",
                               template->name, op->text);
        }
    }
    return true;
}

bool
mw_templates_has(const MwTemplates *templates, const char *name)
{
    return g_hash_table_contains(templates->by_name, name);
}
