/* choice, choices: keys of a declared list; bool: yes or no. */
#include "model/kinds/parts.h"

#include <string.h>

static bool
same_word(const char *a, const char *b)
{
    g_autofree char *folded_a = g_utf8_casefold(a, -1);
    g_autofree char *folded_b = g_utf8_casefold(b, -1);

    return strcmp(folded_a, folded_b) == 0;
}

/* Whether `text` is the label of the choice in any language, so that lists made for people come
 * back in. */
static bool
has_label(const MwChoice *choice, const char *text)
{
    const char *language = mw_i18n_language();
    bool found = same_word(choice->label, text);

    for (const char *const *other = mw_i18n_languages(); !found && *other; other++) {
        mw_i18n_use(*other);
        found = same_word(mw_gettext(choice->label), text);
    }
    mw_i18n_use(language);
    return found;
}

static const MwChoice *
choice_of_key(const MwField *field, const char *key, size_t size)
{
    for (const MwChoice *choice = field->choices; choice && choice->key; choice++)
        if (strncmp(choice->key, key, size) == 0 && !choice->key[size])
            return choice;
    return NULL;
}

static const MwChoice *
choice_of_text(const MwField *field, const char *text)
{
    const MwChoice *exact = choice_of_key(field, text, strlen(text));

    if (exact)
        return exact;
    for (const MwChoice *choice = field->choices; choice && choice->key; choice++)
        if (same_word(choice->key, text) || has_label(choice, text))
            return choice;
    return NULL;
}

static bool
refuse(const MwField *field, const char *text, MwProblems *problems)
{
    enum { SHOWN_MAX = 12 };
    g_autoptr(GString) labels = g_string_new(NULL);
    size_t n = 0;

    for (const MwChoice *choice = field->choices; choice && choice->key && n < SHOWN_MAX; choice++)
        g_string_append_printf(labels, "%s%s", n++ ? ", " : "", mw_gettext(choice->label));
    if (n == SHOWN_MAX)
        g_string_append(labels, ", …");
    return mw_kind_refuse(field, problems, "not_a_choice", _("“%s” is none of: %s."), text,
                          labels->str);
}

static bool
parse_choice(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text,
             MwValue *out, MwProblems *problems)
{
    g_autofree char *clean = mw_kind_clean(field, text, false, 200, problems);
    if (!clean)
        return false;

    const MwChoice *choice = choice_of_text(field, clean);
    if (!choice)
        return refuse(field, clean, problems);
    mw_value_set_text(out, choice->key);
    return true;
}

/* A key that is no longer declared shows as itself. */
static void
append_label(const MwField *field, const char *key, size_t size, GString *out)
{
    const MwChoice *choice = choice_of_key(field, key, size);

    if (choice)
        g_string_append(out, mw_gettext(choice->label));
    else
        g_string_append_len(out, key, (gssize)size);
}

static void
show_choice(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
            GString *out)
{
    append_label(field, value->text, strlen(value->text), out);
}

static void
schema_choice(const MwField *field, GString *out)
{
    g_string_append(out, "{\"type\":\"string\",\"enum\":[");
    for (const MwChoice *choice = field->choices; choice && choice->key; choice++) {
        if (choice != field->choices)
            g_string_append_c(out, ',');
        mw_json_string(choice->key, out);
    }
    g_string_append(out, "]}");
}

const MwKind mw_choice = {
    .name = "choice",
    .label = N_("Choice"),
    .widget = "choice",
    .storage = MW_TEXT,
    .operators = MW_EQ | MW_EMPTY_OP,
    .custom = true,
    .alike = 500000,
    .parse = parse_choice,
    .show = show_choice,
    .edit = mw_kind_show_text,
    .json = mw_kind_json_text,
    .schema = schema_choice,
};

/* Calls for each key of ",a,b,". */
typedef void (*EachKey)(const MwField *field, const char *key, size_t size, bool first,
                        GString *out);

static void
each_key(const MwField *field, const char *stored, EachKey append, GString *out)
{
    bool first = true;

    for (const char *key = stored + strspn(stored, ","); *key; key += strspn(key, ",")) {
        size_t size = strcspn(key, ",");
        append(field, key, size, first, out);
        first = false;
        key += size;
    }
}

/* Separated by commas, semicolons, Chinese ones too, bars or line ends; or as a JSON array. */
static bool
parse_choices(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text,
              MwValue *out, MwProblems *problems)
{
    g_autofree char *clean = mw_kind_clean(field, text, true, 10000, problems);
    if (!clean)
        return false;

    g_auto(GStrv) words =
        g_regex_split_simple("[][\",;|\\r\\n，；、]+", clean, G_REGEX_OPTIMIZE, 0);
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    for (char **word = words; *word; word++) {
        if (!*g_strstrip(*word))
            continue;
        const MwChoice *choice = choice_of_text(field, *word);
        if (!choice)
            return refuse(field, *word, problems);
        g_ptr_array_add(chosen, (gpointer)choice);
    }
    if (chosen->len == 0)
        return true;

    g_autoptr(GString) keys = g_string_new(",");
    for (const MwChoice *choice = field->choices; choice->key; choice++)
        if (g_ptr_array_find(chosen, choice, NULL))
            g_string_append_printf(keys, "%s,", choice->key);
    *out = (MwValue){ .is = MW_TEXT, .text = g_string_free(g_steal_pointer(&keys), false) };
    return true;
}

static void
append_shown(const MwField *field, const char *key, size_t size, bool first, GString *out)
{
    if (!first)
        g_string_append(out, _(", "));
    append_label(field, key, size, out);
}

static void
show_choices(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
             GString *out)
{
    each_key(field, value->text, append_shown, out);
}

static void
append_plain(const MwField *field G_GNUC_UNUSED, const char *key, size_t size, bool first,
             GString *out)
{
    if (!first)
        g_string_append_c(out, ',');
    g_string_append_len(out, key, (gssize)size);
}

static void
edit_choices(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
             GString *out)
{
    each_key(field, value->text, append_plain, out);
}

static void
append_json(const MwField *field G_GNUC_UNUSED, const char *key, size_t size, bool first,
            GString *out)
{
    g_autofree char *copy = g_strndup(key, size);

    if (!first)
        g_string_append_c(out, ',');
    mw_json_string(copy, out);
}

static void
json_choices(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
             GString *out)
{
    g_string_append_c(out, '[');
    each_key(field, value->text, append_json, out);
    g_string_append_c(out, ']');
}

static void
schema_choices(const MwField *field, GString *out)
{
    g_string_append(out, "{\"type\":\"array\",\"items\":");
    schema_choice(field, out);
    g_string_append_c(out, '}');
}

const MwKind mw_choices = {
    .name = "choices",
    .label = N_("Several choices"),
    .widget = "choices",
    .storage = MW_TEXT,
    .operators = MW_EQ | MW_MATCHES | MW_EMPTY_OP,
    .custom = true,
    .alike = 500000,
    .parse = parse_choices,
    .show = show_choices,
    .edit = edit_choices,
    .json = json_choices,
    .schema = schema_choices,
};
