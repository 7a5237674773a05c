/* text, memo: what people write, on one line or several. */
#include "model/kinds/parts.h"

enum { LINE_MAX_DEFAULT = 200, MEMO_MAX_DEFAULT = 20000 };

static int64_t
longest(const MwField *field)
{
    if (field->max > 0)
        return field->max;
    return field->kind == &mw_memo ? MEMO_MAX_DEFAULT : LINE_MAX_DEFAULT;
}

/* CR LF and CR to LF, in place. */
static void
unify_line_ends(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        if (*from == '\r' && from[1] == '\n')
            continue;
        *to++ = *from == '\r' ? '\n' : *from;
    }
    *to = '\0';
}

static bool
parse(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text, MwValue *out,
      MwProblems *problems)
{
    bool lines = field->kind == &mw_memo;
    char *clean = mw_kind_clean(field, text, lines, longest(field), problems);
    if (!clean)
        return false;

    if (field->min > 0 && g_utf8_strlen(clean, -1) < field->min) {
        g_free(clean);
        return mw_kind_refuse(field, problems, "too_short", _("Write at least %lld characters."),
                              (long long)field->min);
    }
    if (lines)
        unify_line_ends(clean);
    *out = (MwValue){ .is = MW_TEXT, .text = clean };
    return true;
}

static void
schema(const MwField *field, GString *out)
{
    g_string_append_printf(out, "{\"type\":\"string\",\"maxLength\":%" G_GINT64_FORMAT "}",
                           longest(field));
}

const MwKind mw_text = {
    .name = "text",
    .label = N_("Text"),
    .widget = "text",
    .storage = MW_TEXT,
    .operators = MW_EQ | MW_ORDERED | MW_MATCHES | MW_EMPTY_OP,
    .custom = true,
    .parse = parse,
    .show = mw_kind_show_text,
    .json = mw_kind_json_text,
    .schema = schema,
};

/* What the program itself has said, in each language: whoever reads gets his own. */
static void
show_worded(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED,
            const MwValue *value, GString *out)
{
    size_t size;
    const char *part = mw_i18n_part(value->text, &size);

    g_string_append_len(out, part, (gssize)size);
}

static void
json_worded(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED,
            const MwValue *value, GString *out)
{
    size_t size;
    const char *part = mw_i18n_part(value->text, &size);
    g_autofree char *text = g_strndup(part, size);

    mw_json_string(text, out);
}

const MwKind mw_worded = {
    .name = "worded",
    .label = N_("Text"),
    .widget = "text",
    .storage = MW_TEXT,
    .operators = MW_MATCHES | MW_EMPTY_OP,
    .parse = parse,
    .show = show_worded,
    .json = json_worded,
    .schema = mw_kind_schema_text,
};

const MwKind mw_memo = {
    .name = "memo",
    .label = N_("Long text"),
    .widget = "memo",
    .storage = MW_TEXT,
    .operators = MW_MATCHES | MW_EMPTY_OP,
    .custom = true,
    .parse = parse,
    .show = mw_kind_show_text,
    .json = mw_kind_json_text,
    .schema = schema,
};
