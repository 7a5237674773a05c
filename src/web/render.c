/* render: runs the programs that mustache.c made. */
#include "base/append.h"
#include "base/error.h"
#include "web/mustache_program.h"

typedef struct {
    const MwTemplates *templates;
    GString *out;
    const MwNode *contexts[MW_TEMPLATE_CONTEXTS_MAX];
    unsigned depth;
    unsigned partials; /* within each other */
    unsigned steps;
    const char *indent; /* of the partial being rendered, or NULL */
    bool line_start;    /* matters only with an indentation */
    GError **error;
} Render;

static bool run(Render *r, const MwTemplate *template, uint32_t from, uint32_t to);

void
mw_html_escape(GString *out, const char *text, size_t size)
{
    static const char *const entities[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
    };
    const char *from = text, *end = text + size;

    for (; text < end; text++) {
        const char *entity = entities[(unsigned char)*text];
        if (!entity)
            continue;
        mw_append(out, from, (size_t)(text - from));
        mw_append(out, entity, strlen(entity));
        from = text + 1;
    }
    mw_append(out, from, (size_t)(end - from));
}

static void
append_int(GString *out, int64_t value)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    mw_append(out, at, (size_t)(digits + sizeof digits - at));
}

/* The first name is looked for from the innermost context outwards, the others within what it gave. */
static const MwNode *
look_up(const Render *r, const Op *op)
{
    const MwNode *node = NULL;

    if (op->n_keys == 0)
        return r->contexts[r->depth - 1];
    for (unsigned i = r->depth; i-- > 0 && !node;)
        node = mw_node_get(r->contexts[i], op->keys[0]);
    for (uint32_t i = 1; i < op->n_keys && node; i++)
        node = mw_node_get(node, op->keys[i]);
    return node;
}

static bool
is_true(const MwNode *node)
{
    if (!node)
        return false;
    switch ((MwNodeType)node->type) {
    case MW_NODE_NULL:
        return false;
    case MW_NODE_BOOL:
        return node->boolean;
    case MW_NODE_INT:
        return node->integer != 0;
    case MW_NODE_TEXT:
        return node->size > 0;
    case MW_NODE_OBJECT:
        return true;
    case MW_NODE_LIST:
        return node->first != NULL;
    }
    return false;
}

static void
start_line(Render *r)
{
    if (r->indent && r->line_start)
        mw_append(r->out, r->indent, strlen(r->indent));
    r->line_start = false;
}

static void
append_text(Render *r, const char *text, size_t size)
{
    if (!r->indent) {
        mw_append(r->out, text, size);
        return;
    }
    for (const char *end = text + size; text < end;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *next = newline ? newline + 1 : end;
        start_line(r);
        mw_append(r->out, text, (size_t)(next - text));
        r->line_start = newline != NULL;
        text = next;
    }
}

static void
append_value(Render *r, const MwNode *node, bool raw)
{
    start_line(r);
    if (!node)
        return;
    switch ((MwNodeType)node->type) {
    case MW_NODE_TEXT:
        if (raw)
            mw_append(r->out, node->text, node->size);
        else
            mw_html_escape(r->out, node->text, node->size);
        return;
    case MW_NODE_INT:
        append_int(r->out, node->integer);
        return;
    case MW_NODE_BOOL:
        mw_append(r->out, node->boolean ? "true" : "false", node->boolean ? 4 : 5);
        return;
    case MW_NODE_NULL:
    case MW_NODE_OBJECT:
    case MW_NODE_LIST:
        return;
    }
}

static bool
run_within(Render *r, const MwTemplate *template, uint32_t from, uint32_t to, const MwNode *context)
{
    if (r->depth >= MW_TEMPLATE_CONTEXTS_MAX)
        return mw_fail(r->error, MW_ERROR_TOO_LARGE, "%s: contexts nested too deep",
                       template->name);
    r->contexts[r->depth++] = context;
    bool done = run(r, template, from, to);
    r->depth--;
    return done;
}

static bool
run_section(Render *r, const MwTemplate *template, const Op *op, uint32_t from)
{
    const MwNode *node = look_up(r, op);

    if (!is_true(node))
        return true;
    if (node->type != MW_NODE_LIST)
        return run_within(r, template, from, op->end, node);
    for (const MwNode *element = node->first; element; element = element->next)
        if (!run_within(r, template, from, op->end, element))
            return false;
    return true;
}

/* The template of a partial tag, NULL where there is none; false when that is an error. */
static bool
find_partial(Render *r, const Op *op, const MwTemplate **partial)
{
    *partial = op->partial;
    if (op->text)
        return true;

    const MwNode *node = look_up(r, op);
    const char *name = node && node->type == MW_NODE_TEXT ? node->text : "";
    *partial = g_hash_table_lookup(r->templates->by_name, name);
    return *partial || r->templates->mode == MW_TEMPLATES_PLAIN ||
           mw_fail(r->error, MW_ERROR_NOT_FOUND, "there is no partial “%s”", name);
}

static bool
run_partial(Render *r, const Op *op)
{
    const MwTemplate *partial;

    if (!find_partial(r, op, &partial))
        return false;
    if (!partial)
        return true;
    if (r->partials >= MW_TEMPLATE_NESTING_MAX)
        return mw_fail(r->error, MW_ERROR_TOO_LARGE, "%s: partials nested too deep", partial->name);

    const char *indent = r->indent;
    g_autofree char *deeper = NULL;
    if (!op->standalone) {
        start_line(r);
        r->indent = NULL;
    } else if (indent && op->indent) {
        r->indent = deeper = g_strconcat(indent, op->indent, NULL);
    } else if (op->indent) {
        r->indent = op->indent;
    }
    r->line_start = op->standalone;
    r->partials++;
    bool done = run(r, partial, 0, partial->ops->len);
    r->partials--;
    r->line_start = op->standalone;
    r->indent = indent;
    return done;
}

static bool
run(Render *r, const MwTemplate *template, uint32_t from, uint32_t to)
{
    const Op *ops = (const Op *)template->ops->data;

    for (uint32_t i = from; i < to; i++) {
        const Op *op = &ops[i];
        if (++r->steps > MW_TEMPLATE_STEPS_MAX || r->out->len > MW_TEMPLATE_OUTPUT_MAX)
            return mw_fail(r->error, MW_ERROR_TOO_LARGE, "%s: the page is too large",
                           template->name);
        switch (op->code) {
        case OP_TEXT:
            append_text(r, op->text, op->size);
            break;
        case OP_VALUE:
        case OP_RAW:
            append_value(r, look_up(r, op), op->code == OP_RAW);
            break;
        case OP_SECTION:
            if (!run_section(r, template, op, i + 1))
                return false;
            i = op->end - 1;
            break;
        case OP_INVERTED:
            if (!is_true(look_up(r, op)) && !run(r, template, i + 1, op->end))
                return false;
            i = op->end - 1;
            break;
        case OP_PARTIAL:
            if (!run_partial(r, op))
                return false;
            break;
        }
    }
    return true;
}

bool
mw_templates_render(const MwTemplates *templates, const char *name, const MwNode *view,
                    GString *out, GError **error)
{
    const MwTemplate *template = g_hash_table_lookup(templates->by_name, name);
    Render r = { .templates = templates, .out = out, .error = error };

    if (!template)
        return mw_fail(error, MW_ERROR_NOT_FOUND, "there is no template “%s”", name);
    return run_within(&r, template, 0, template->ops->len, view);
}
