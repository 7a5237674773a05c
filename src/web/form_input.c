#include "web/form_input.h"

#include "model/kinds/kinds.h"
#include "web/call.h"

static MwArena *
arena_of(const MwRequest *request)
{
    return &((MwCall *)mw_call_of(request))->arena;
}

enum {
    CHOICES_BYTES_MAX = 8192
}; /* more than all keys of any field together: the kind refuses it */

/* Several boxes of one field come as several values; an unticked box comes as the "false" before it. */
const char *
mw_form_text(const MwRequest *request, const MwField *field, const char *prefix)
{
    size_t size = strlen(prefix);
    bool several = field->kind == &mw_choices, last = field->kind == &mw_bool;
    const char *text = NULL;

    for (size_t i = 0; i < request->n_form; i++) {
        const MwParam *param = &request->form[i];
        if (strncmp(param->name, prefix, size) != 0 ||
            !g_str_equal(param->name + size, field->name))
            continue;
        if (several && text && strlen(text) + strlen(param->value) > CHOICES_BYTES_MAX)
            return text; /* else the copies would grow with the square of the form */
        if (several && text && *text && *param->value)
            text = mw_arena_format(arena_of(request), "%s,%s", text, param->value);
        else if (!text || last || (several && *param->value))
            text = param->value;
    }
    return text;
}

GPtrArray *
mw_form_lines(const MwRequest *request, const MwEntity *detail)
{
    GPtrArray *prefixes = g_ptr_array_new();
    size_t size = strlen(detail->name);

    for (size_t i = 0; i < request->n_form; i++) {
        const char *name = request->form[i].name, *dot;
        if (strncmp(name, detail->name, size) != 0 || name[size] != '.' ||
            !(dot = strchr(name + size + 1, '.')))
            continue;
        size_t length = (size_t)(dot + 1 - name);
        if (prefixes->len > 0 && strncmp(prefixes->pdata[prefixes->len - 1], name, length) == 0)
            continue; /* a line's fields stand together */
        if (prefixes->len < MW_DETAILS_MAX)
            g_ptr_array_add(prefixes, mw_arena_copy(arena_of(request), name, length));
    }
    return prefixes;
}

static const char *
line_param(const MwRequest *request, const char *prefix, const char *name)
{
    g_autofree char *full = g_strconcat(prefix, name, NULL);

    return mw_form_param(request, full);
}

/* A row that nobody has filled in is no line. */
static bool
is_blank(const MwRequest *request, const MwEntity *detail, const char *prefix)
{
    const char *key = line_param(request, prefix, "_key");

    if (key && *key) {
        const char *text = line_param(request, prefix, key);
        return !text || !*text;
    }
    for (size_t i = 0; i < detail->n_fields; i++) {
        const MwField *field = &detail->fields[i];
        const char *text = mw_form_text(request, field, prefix);
        if (text && *text && !g_str_equal(field->name, "position") && field->kind != &mw_bool &&
            g_strcmp0(text, field->initial) != 0)
            return false;
    }
    return true;
}

/* Lines that are there already come first, in their stored order, as the service counts them when it tells problems. */
static gint
by_token(gconstpointer a, gconstpointer b)
{
    const char *const tokens[] = { strchr(*(const char *const *)a, '.') + 1,
                                   strchr(*(const char *const *)b, '.') + 1 };
    bool old[2] = { g_ascii_isdigit(*tokens[0]), g_ascii_isdigit(*tokens[1]) };

    if (old[0] != old[1])
        return old[0] ? -1 : 1;
    int64_t left = g_ascii_strtoll(tokens[0] + !old[0], NULL, 10);
    int64_t right = g_ascii_strtoll(tokens[1] + !old[1], NULL, 10);
    return left < right ? -1 : left > right;
}

/* New lines go to the end. */
static void
put_positions(const MwRequest *request, const MwField *position, const GPtrArray *prefixes,
              const GPtrArray *lines)
{
    int64_t last = 0;

    for (guint i = 0; i < prefixes->len; i++) {
        const char *text = mw_form_text(request, position, prefixes->pdata[i]);
        last = MAX(last, text ? MIN(g_ascii_strtoll(text, NULL, 10), G_MAXINT32) : 0);
    }
    for (guint i = 0; i < lines->len; i++) {
        MwInput *line = lines->pdata[i];
        const char *text = mw_input_get(line, position);
        if (text && *text)
            continue;
        g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, ++last);
        mw_input_set_field(line, position, number);
    }
}

/* An input for instants shows minutes: sent back as it was shown, it says nothing new of a record that is there. */
static bool
is_as_shown(const MwRequest *request, const MwField *field, const char *prefix, const char *text)
{
    if (field->kind != &mw_instant || request->id == 0)
        return false;
    g_autofree char *name = g_strdup_printf("_shown.%s%s", prefix, field->name);
    const char *shown = mw_form_param(request, name);
    return shown && *shown && g_str_equal(shown, text);
}

static void
set_fields(const MwRequest *request, MwInput *input, const MwEntity *entity, const char *prefix)
{
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        const char *text = mw_form_text(request, field, prefix);
        if (text && !is_as_shown(request, field, prefix, text) &&
            mw_actor_sees(request->context->actor, entity, field) &&
            mw_actor_edits(request->context->actor, entity, field))
            mw_input_set_field(input, field, text);
    }
}

GPtrArray *
mw_form_filled_lines(const MwRequest *request, const MwEntity *detail)
{
    GPtrArray *prefixes = mw_form_lines(request, detail);

    g_ptr_array_sort(prefixes, by_token);
    for (guint i = prefixes->len; i-- > 0;)
        if (!line_param(request, prefixes->pdata[i], "_id") &&
            is_blank(request, detail, prefixes->pdata[i]))
            g_ptr_array_remove_index(prefixes, i);
    return prefixes;
}

static void
add_lines(const MwRequest *request, MwInput *input, const MwEntity *detail)
{
    g_autofree char *all = g_strconcat("_lines.", detail->name, NULL);
    g_autofree char *some = g_strconcat("_add.", detail->name, NULL);
    bool replaces = mw_form_param(request, all) != NULL;
    g_autoptr(GPtrArray) prefixes = mw_form_filled_lines(request, detail);
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    const MwField *position = mw_entity_field(detail, "position");

    if (!replaces && !mw_form_param(request, some))
        return;
    if (replaces)
        mw_input_replace_details(input, detail);
    for (guint i = 0; i < prefixes->len; i++) {
        const char *prefix = prefixes->pdata[i], *id = line_param(request, prefix, "_id");
        MwInput *line =
            mw_input_add_detail(input, detail, id ? g_ascii_strtoll(id, NULL, 10) : 0, false);
        set_fields(request, line, detail, prefix);
        g_ptr_array_add(lines, line);
    }
    if (position && replaces)
        put_positions(request, position, prefixes, lines);
}

/* "There is no exchange rate" is worth telling while somebody types; that something is missing is not. */
static const char *
why_not(const MwProblems *problems, const char *name)
{
    for (size_t i = 0; i < mw_problems_count(problems); i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        if (g_str_equal(problem->code, "no_rate") && g_str_equal(problem->field, name))
            return problem->message;
    }
    return NULL;
}

void
mw_field_put_taken(MwNode *list, const MwRequest *request, const MwProblems *problems,
                   const MwRecord *line, const MwField *field, const char *prefix, guint number)
{
    const char *typed = mw_form_text(request, field, prefix);
    MwLocale locale = request->context->locale;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *name = g_strdup_printf("%s.%u.%s", line->entity->name, number, field->name);

    if (!field->taken_from || (typed && *typed))
        return;
    locale.record = line;
    mw_field_edit(field, &locale, mw_record_value(line, field), text);
    MwNode *item = mw_put_object(list, NULL);
    mw_put_format(item, "takes", "f-%s%s", prefix, field->name);
    mw_put_copy(item, "value", text->str);
    mw_put_copy(item, "hint", why_not(problems, name));
}

MwInput *
mw_form_input(const MwRequest *request, const MwEntity *entity)
{
    MwInput *input = mw_input_new(entity);
    const char *version = mw_form_param(request, "_version");

    if (version)
        mw_input_expect(input, g_ascii_strtoll(version, NULL, 10));
    set_fields(request, input, entity, "");
    for (size_t i = 0; entity->details[i]; i++)
        add_lines(request, input, entity->details[i]);
    return input;
}
