/* api_input: JSON bodies as input for the record service. */
#include "base/i18n.h"
#include "web/api.h"

enum { DEPTH_MAX = 20 };

json_t *
mw_api_body(const MwRequest *request, GError **error)
{
    json_error_t fault;

    if (!g_str_equal(request->content_type, "application/json") &&
        !g_str_equal(request->content_type, "application/merge-patch+json"))
        return mw_fail_null(error, MW_ERROR_INVALID, _("Send the body as application/json."));
    json_t *value = json_loadb(request->body, request->body_size, JSON_REJECT_DUPLICATES, &fault);
    if (!value)
        return mw_fail_null(error, MW_ERROR_INVALID, _("Line %d, column %d: %s"), fault.line,
                            fault.column, fault.text);
    return value;
}

int64_t
mw_api_id(const json_t *value)
{
    gint64 id = 0;

    if (json_is_string(value) &&
        g_ascii_string_to_signed(json_string_value(value), 10, 1, G_MAXINT64, &id, NULL))
        return id;
    return json_is_integer(value) ? json_integer_value(value) : 0;
}

/* Several keys as a form sends them: "a,b". */
static char *
joined(const json_t *array)
{
    GString *text = g_string_new(NULL);
    size_t i;
    json_t *item;

    json_array_foreach(array, i, item)
    {
        if (!json_is_string(item)) {
            g_string_free(text, true);
            return NULL;
        }
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "", json_string_value(item));
    }
    return g_string_free(text, false);
}

/* The text of a value as a form would send it; NULL with `fits` true clears the field. */
static char *
text_of(const MwField *field, const json_t *value, bool *fits)
{
    *fits = true;
    switch (json_typeof(value)) {
    case JSON_NULL:
        return NULL;
    case JSON_TRUE:
        return g_strdup("true");
    case JSON_FALSE:
        return g_strdup("false");
    case JSON_STRING:
        return g_strdup(json_string_value(value));
    case JSON_INTEGER:
    case JSON_REAL: {
        char *plain = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        char *text = g_strdup(plain);
        free(plain);
        return text;
    }
    case JSON_ARRAY: {
        char *text = joined(value);
        *fits = text != NULL;
        return text;
    }
    case JSON_OBJECT: { /* an expanded link comes back */
        const json_t *id = json_object_get(value, "id");
        *fits = field->target && json_is_string(id);
        return *fits ? g_strdup(json_string_value(id)) : NULL;
    }
    }
    *fits = false;
    return NULL;
}

static const MwEntity *
detail_named(const MwEntity *entity, const char *name)
{
    for (size_t i = 0; entity->details[i]; i++)
        if (g_str_equal(entity->details[i]->name, name))
            return entity->details[i];
    return NULL;
}

static void put_member(MwInput *input, const char *name, const json_t *value, MwProblems *problems);

static void
put_lines(MwInput *input, const MwEntity *detail, const json_t *value, MwProblems *problems)
{
    size_t i;
    json_t *item;

    if (!json_is_array(value)) {
        mw_problems_add(problems, detail->name, "not_a_list", _("Give a list of lines."));
        return;
    }
    mw_input_replace_details(input, detail);
    json_array_foreach(value, i, item)
    {
        const char *name;
        json_t *member;
        if (!json_is_object(item)) {
            mw_problems_add(problems, detail->name, "not_an_object", _("Each line is an object."));
            return;
        }
        MwInput *line =
            mw_input_add_detail(input, detail, mw_api_id(json_object_get(item, "id")), false);
        json_object_foreach(item, name, member)
        {
            if (!g_str_equal(name, "id"))
                put_member(line, name, member, problems);
        }
    }
}

static void
put_member(MwInput *input, const char *name, const json_t *value, MwProblems *problems)
{
    const MwEntity *entity = mw_input_entity(input), *detail = detail_named(entity, name);
    const MwField *field = mw_entity_field(entity, name);
    bool fits;

    if (detail) {
        put_lines(input, detail, value, problems);
        return;
    }
    if (!field || field->flags & (MW_SECRET | MW_RETIRED)) {
        mw_problems_add(problems, name, "unknown", _("There is no such field."));
        return;
    }
    g_autofree char *text = text_of(field, value, &fits);
    if (fits)
        mw_input_set_field(input, field, text);
    else
        mw_problems_add(problems, name, "wrong_type", _("A value of this kind does not fit here."));
}

MwInput *
mw_api_input(const MwEntity *entity, const json_t *object, MwProblems *problems)
{
    MwInput *input = mw_input_new(entity);
    const char *name;
    json_t *value;

    if (!json_is_object(object)) {
        mw_problems_add(problems, "", "not_an_object", _("Send one JSON object."));
        return input;
    }
    json_object_foreach((json_t *)object, name, value)
    {
        if (g_str_equal(name, "version"))
            mw_input_expect(input, json_integer_value(value));
        else
            put_member(input, name, value, problems);
    }
    return input;
}
