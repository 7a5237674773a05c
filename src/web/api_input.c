/* api_input: JSON bodies as input for the record service. */
#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "web/api.h"

enum { VALUES_MAX = 1000 * 1000 };

static json_t *
refuse(GError **error, int status, const char *message)
{
    g_set_error_literal(error, MW_HTTP, status, message);
    return NULL;
}

/* Values take up to a hundred times the memory of their text. */
static bool
has_too_many_values(const MwRequest *request)
{
    size_t n = 0;

    for (size_t i = 0; i < request->body_size; i++)
        n += request->body[i] == '{' || request->body[i] == '[' || request->body[i] == ',';
    return n > VALUES_MAX;
}

json_t *
mw_api_body(const MwRequest *request, GError **error)
{
    json_error_t fault;

    if (!g_str_equal(request->content_type, "application/json") &&
        !g_str_equal(request->content_type, "application/merge-patch+json"))
        return refuse(error, 415, _("Send the body as application/json."));
    if (has_too_many_values(request))
        return mw_fail_null(error, MW_ERROR_TOO_LARGE, _("At most %d values are possible."),
                            VALUES_MAX);
    json_t *value = json_loadb(request->body, request->body_size, JSON_REJECT_DUPLICATES, &fault);
    if (!value) {
        g_autofree char *text =
            g_strdup_printf(_("Line %d, column %d: %s"), fault.line, fault.column, fault.text);
        return refuse(error, 400, text);
    }
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

/* A number in full; NULL for one that JSON's binary fractions have bent: it is to come as text. */
static char *
digits_of(const json_t *number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (json_is_integer(number))
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(number));
    g_ascii_formatd(text, sizeof text, "%.15g", json_real_value(number));
    bool exact = g_ascii_strtod(text, NULL) == json_real_value(number);
    return exact && !strchr(text, 'e') ? g_strdup(text) : NULL;
}

static char *
document_of(const json_t *value)
{
    char *plain = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    char *text = g_strdup(plain);

    free(plain);
    return text;
}

/* Whether a number is written as replies write it; forms also understand 38万, 120k and ¥1,234.50. */
static bool
is_plain(const char *text)
{
    const char *digits = text + (*text == '-');
    size_t whole = strspn(digits, "0123456789");
    const char *rest = digits + whole;

    if (*rest == '.' && g_ascii_isdigit(rest[1]))
        rest += 1 + strspn(rest + 1, "0123456789");
    return whole > 0 && !*rest;
}

bool
mw_api_is_plain(const MwField *field, const char *text, MwProblems *problems)
{
    const MwKind *const numbers[] = { &mw_money,   &mw_price,   &mw_quantity, &mw_rate,
                                      &mw_percent, &mw_integer, &mw_real };
    bool plain = !*text || is_plain(text);

    for (size_t i = 0; i < G_N_ELEMENTS(numbers) && !plain; i++)
        if (field->kind == numbers[i]) {
            mw_problems_add(problems, field->name, "not_a_number",
                            _("Send a plain decimal number such as 1234.50."));
            return false;
        }
    return true;
}

/* The text of a value, not null, as a form would send it; NULL when it does not fit the field. */
static char *
text_of(const MwField *field, const json_t *value)
{
    if (field->kind == &mw_json)
        return document_of(value);
    switch (json_typeof(value)) {
    case JSON_TRUE:
    case JSON_FALSE:
        return field->kind == &mw_bool ? g_strdup(json_is_true(value) ? "true" : "false") : NULL;
    case JSON_STRING:
        return g_strdup(json_string_value(value));
    case JSON_INTEGER:
    case JSON_REAL:
        return field->kind->storage != MW_TEXT ? digits_of(value) : NULL;
    case JSON_ARRAY:
        return field->kind == &mw_choices ? joined(value) : NULL;
    case JSON_OBJECT: /* an expanded link comes back */
        return field->target ? g_strdup(json_string_value(json_object_get(value, "id"))) : NULL;
    case JSON_NULL:
        break;
    }
    return NULL;
}

static void put_member(MwInput *input, const char *name, const json_t *value, MwProblems *problems);

/* Whether any line of the list says "_delete": then it tells what changes, else all there is. */
static bool
tells_changes(const json_t *lines)
{
    size_t i;
    json_t *line;

    json_array_foreach(lines, i, line)
    {
        if (json_object_get(line, "_delete"))
            return true;
    }
    return false;
}

static void
put_line(MwInput *input, const MwEntity *detail, json_t *item, const char *path,
         MwProblems *problems)
{
    const json_t *given = json_object_get(item, "id");
    int64_t id = mw_api_id(given);
    bool gone = json_is_true(json_object_get(item, "_delete"));
    g_autoptr(MwProblems) own = mw_problems_new();
    const char *name;
    json_t *member;

    if (given && id == 0)
        mw_problems_add(own, "id", "not_an_id", _("This is no id."));
    MwInput *line = mw_input_add_detail(input, detail, id, gone);
    json_object_foreach(item, name, member)
    {
        if (!g_str_equal(name, "id") && !g_str_equal(name, "_delete"))
            put_member(line, name, member, own);
    }
    for (size_t i = 0; i < mw_problems_count(own); i++) {
        const MwProblem *problem = mw_problems_get(own, i);
        g_autofree char *field = g_strconcat(path, ".", problem->field, NULL);
        mw_problems_add(problems, field, problem->code, "%s", problem->message);
    }
}

static void
put_lines(MwInput *input, const MwEntity *detail, const json_t *value, MwProblems *problems)
{
    size_t i;
    json_t *item;

    if (!json_is_array(value)) {
        mw_problems_add(problems, detail->name, "not_a_list", _("Give a list of lines."));
        return;
    }
    if (json_array_size(value) > MW_DETAILS_MAX) {
        mw_problems_add(problems, detail->name, "too_many", _("At most %d lines are possible."),
                        MW_DETAILS_MAX);
        return;
    }
    if (!tells_changes(value))
        mw_input_replace_details(input, detail);
    json_array_foreach(value, i, item)
    {
        g_autofree char *path = g_strdup_printf("%s.%zu", detail->name, i + 1);
        if (json_is_object(item))
            put_line(input, detail, item, path, problems);
        else
            mw_problems_add(problems, path, "not_an_object", _("Each line is an object."));
    }
}

static void
put_member(MwInput *input, const char *name, const json_t *value, MwProblems *problems)
{
    const MwEntity *entity = mw_input_entity(input), *detail = mw_entity_detail(entity, name);
    const MwField *field = mw_entity_field(entity, name);

    if (detail) {
        put_lines(input, detail, value, problems);
        return;
    }
    if (!field || field->flags & (MW_SECRET | MW_RETIRED)) {
        mw_problems_add(problems, name, "unknown", _("There is no such field."));
        return;
    }
    g_autofree char *text = text_of(field, value);
    if (text && json_is_string(value) && !mw_api_is_plain(field, text, problems))
        return;
    if (text || json_is_null(value))
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
        if (!g_str_equal(name, "version"))
            put_member(input, name, value, problems);
        else if (json_is_integer(value) && json_integer_value(value) > 0)
            mw_input_expect(input, json_integer_value(value));
        else
            mw_problems_add(problems, name, "not_a_number", _("Send the version you have read."));
    }
    return input;
}

json_t *
mw_api_object(const MwRequest *request, const char *const *names, MwProblems *problems,
              GError **error)
{
    json_t *body = mw_api_body(request, error), *value;
    const char *name;

    if (body && !json_is_object(body)) {
        json_decref(body);
        return mw_fail_null(error, MW_ERROR_INVALID, _("Send one object."));
    }
    json_object_foreach(body, name, value) if (!g_strv_contains(names, name))
        mw_problems_add(problems, name, "unknown", _("There is no such field."));
    return body;
}

GArray *
mw_api_ids(const json_t *list, const char *name, size_t min, size_t max, MwProblems *problems)
{
    GArray *ids = g_array_new(false, false, sizeof(int64_t));
    const json_t *value;
    size_t i;

    if (!json_is_array(list) || json_array_size(list) < min || json_array_size(list) > max) {
        mw_problems_add(problems, name, "not_a_list", _("Send a list of %zu to %zu ids."), min,
                        max);
        return ids;
    }
    json_array_foreach(list, i, value)
    {
        int64_t id = mw_api_id(value);
        if (id == 0)
            mw_problems_add(problems, name, "not_an_id", _("This is no id."));
        g_array_append_val(ids, id);
    }
    return ids;
}
