#include "web/conditions.h"

#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "web/fields.h"

/* A test as people choose it, and how the URL has it: `before` value `after`. */
typedef struct {
    const char *key, *label, *before, *after;
    unsigned needs; /* of MwOperators */
    bool listed;    /* values of a list: for choices and links */
    bool valueless;
} Test;

static const Test tests[] = {
    { "in", N_("is any of"), "in.(", ")", MW_EQ, .listed = true },
    { "none", N_("is none of"), "not.in.(", ")", MW_EQ, .listed = true },
    { "has", N_("contains"), "like.*", "*", MW_MATCHES },
    { "begins", N_("begins with"), "like.", "*", MW_MATCHES },
    { "eq", N_("is"), "eq.", "", MW_EQ },
    { "neq", N_("is not"), "neq.", "", MW_EQ },
    { "gte", N_("is at least"), "gte.", "", MW_ORDERED },
    { "lte", N_("is at most"), "lte.", "", MW_ORDERED },
    { "gt", N_("is more than"), "gt.", "", MW_ORDERED },
    { "lt", N_("is less than"), "lt.", "", MW_ORDERED },
    { "cs", N_("includes"), "cs.", "", MW_MATCHES },
    { "empty", N_("is empty"), "is.null", "", MW_EMPTY_OP, .valueless = true },
    { "filled", N_("is not empty"), "not.is.null", "", MW_EMPTY_OP, .valueless = true },
};

static const Test *
test_named(const char *key)
{
    for (size_t i = 0; key && i < G_N_ELEMENTS(tests); i++)
        if (g_str_equal(tests[i].key, key))
            return &tests[i];
    return NULL;
}

/* Dates are later or earlier, not more or less. */
static const char *
test_label(const Test *test, const MwField *field)
{
    static const char *const times[][2] = {
        { "gte", N_("is from") },
        { "lte", N_("is until") },
        { "gt", N_("is after") },
        { "lt", N_("is before") },
    };
    bool time = field->kind == &mw_date || field->kind == &mw_instant;

    for (size_t i = 0; time && i < G_N_ELEMENTS(times); i++)
        if (g_str_equal(times[i][0], test->key))
            return _(times[i][1]);
    return _(test->label);
}

static bool
test_suits(const Test *test, const MwField *field)
{
    bool listed = field->target || field->kind == &mw_choice, several = field->kind == &mw_choices;

    if (!(field->kind->operators & test->needs))
        return false;
    if (several)
        return g_str_equal(test->key, "cs") || test->valueless;
    if (g_str_equal(test->key, "cs") || (test->valueless && field->kind == &mw_bool))
        return false;
    if (test->needs == MW_EQ && !test->listed)
        return !listed && field->kind != &mw_instant;
    return test->listed ? listed : true;
}

static bool
can_be_asked(const MwField *field)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        if (test_suits(&tests[i], field))
            return true;
    return false;
}

/* ---- chips --------------------------------------------------------------------- */

/* "account.region" leads through links; the last field is what is tested. */
static const MwField *
field_of_path(const MwContext *context, const MwEntity *entity, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, ".", MW_LIST_COLUMNS_MAX);
    const MwField *field = NULL;

    for (char **name = names; *name && entity; name++) {
        field = mw_entity_field(entity, *name);
        if (!field || !mw_actor_sees(context->actor, entity, field))
            return NULL;
        entity = field->target ? mw_catalog_entity(context->catalog, field->target) : NULL;
        if (name[1] && !entity)
            return NULL;
    }
    return field;
}

/* The test that the text is of, the more particular first, and where its value stands. */
static const Test *
test_of_text(const char *text, char **value)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        const Test *test = &tests[i];
        size_t before = strlen(test->before), after = strlen(test->after), size = strlen(text);
        if (size < before + after || !g_str_has_prefix(text, test->before) ||
            !g_str_has_suffix(text, test->after) || (test->valueless && size > before))
            continue;
        *value = g_strndup(text + before, size - before - after);
        return test;
    }
    return NULL;
}

typedef struct {
    MwList *list;
    MwTitles *links;
    const MwField *field;
} Values;

/* One value in words. Special ones ("@me") have words of their own. */
static void
append_word(const Values *v, const char *text, GString *out)
{
    static const char *const specials[][2] = {
        { "@me", N_("me") },
        { "@my_team", N_("my team") },
        { "@today", N_("today") },
        { "@now", N_("now") },
    };
    const MwContext *context = v->list->request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwValue) value = MW_NOTHING;
    MwField asked = *v->field;

    for (size_t i = 0; i < G_N_ELEMENTS(specials); i++) {
        if (g_str_equal(text, specials[i][0])) {
            g_string_append(out, _(specials[i][1]));
            return;
        }
    }
    asked.min = asked.max = 0;
    if (*text != '@' && mw_field_parse(&asked, &context->locale, text, &value, problems) &&
        value.is != MW_NULL)
        mw_cell_text(context, v->links, NULL, v->field, &value, out);
    else
        g_string_append(out, text);
}

static void
append_words(const Values *v, const char *text, bool listed, GString *out)
{
    g_auto(GStrv) items = listed ? g_strsplit(text, ",", 20) : NULL;

    if (!listed) {
        append_word(v, text, out);
        return;
    }
    for (char **item = items; *item; item++) {
        size_t size = strlen(*item);
        if (item > items)
            g_string_append(out, _(", "));
        if (size > 1 && (*item)[0] == '"') {
            (*item)[size - 1] = '\0';
            append_word(v, *item + 1, out);
        } else {
            append_word(v, *item, out);
        }
    }
}

static void
want_links(MwTitles *links, const MwField *field, const char *text)
{
    for (const char *c = text + strcspn(text, "0123456789"); *c; c += strcspn(c, "0123456789")) {
        char *end;
        int64_t id = g_ascii_strtoll(c, &end, 10);
        MwValue value = MW_INT(id);
        mw_titles_want(links, field, &value);
        c = end;
    }
}

static char *
path_without(const MwList *list, size_t i)
{
    MwList other = *list;

    memmove(&other.conditions[i], &other.conditions[i + 1],
            (other.n_conditions - i - 1) * sizeof *other.conditions);
    other.n_conditions--;
    return mw_list_path(&other);
}

static void
put_chip(MwNode *chips, MwList *list, MwTitles *links, size_t i)
{
    const MwParam *condition = &list->conditions[i];
    const MwContext *context = list->request->context;
    const MwField *field = field_of_path(context, list->entity, condition->name);
    g_autofree char *value = NULL, *href = path_without(list, i);
    const Test *test = field ? test_of_text(condition->value, &value) : NULL;
    g_autoptr(GString) words = g_string_new(NULL);
    MwNode *chip = mw_put_object(chips, NULL);

    mw_put_copy(chip, "href", href);
    mw_put_text(chip, "problem", mw_problems_of(list->problems, condition->name));
    if (!test) {
        mw_put_text(chip, "label", condition->name);
        mw_put_text(chip, "test", "");
        mw_put_text(chip, "value", condition->value);
        return;
    }
    append_words(&(Values){ list, links, field }, value, test->listed, words);
    mw_put_text(chip, "label", mw_field_label(field));
    if (g_str_equal(test->key, "eq") && !*value) /* an empty value is no value */
        test = test_named("empty");
    mw_put_text(chip, "test", test_label(test, field));
    mw_put_copy(chip, "value", words->str);
}

bool
mw_conditions_put(MwNode *node, MwList *list, MwTitles *links, GError **error)
{
    const MwContext *context = list->request->context;
    const MwEntity *entity = list->entity;

    mw_titles_only_seen(links);
    for (size_t i = 0; i < list->n_conditions; i++) {
        const MwField *field = field_of_path(context, entity, list->conditions[i].name);
        if (field && field->target)
            want_links(links, field, list->conditions[i].value);
    }
    if (!mw_titles_read(links, error))
        return false;
    MwNode *chips = mw_put_list(node, "chips");
    for (size_t i = 0; i < list->n_conditions; i++)
        put_chip(chips, list, links, i);
    mw_put_bool(node, "has_chips", list->n_conditions > 0 || list->words || list->deleted);

    MwNode *fields = mw_put_list(node, "filter_fields");
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        if (i == MW_FIELD_ID || i == MW_FIELD_VERSION || i == MW_FIELD_DELETED ||
            !mw_actor_sees(context->actor, entity, field) || !can_be_asked(field))
            continue;
        MwNode *item = mw_put_object(fields, NULL);
        mw_put_text(item, "name", field->name);
        mw_put_text(item, "label", mw_field_label(field));
    }
    return true;
}

/* ---- adding one --------------------------------------------------------------------- */

/* The values of the form, quoted where a list needs it. */
static void
append_values(const MwRequest *request, const Test *test, GString *out)
{
    size_t n = 0;

    for (size_t i = 0; i < request->n_query; i++) {
        const char *value = request->query[i].value;
        if (!g_str_equal(request->query[i].name, "_value") || (!*value && test->listed))
            continue;
        if (n++ > 0)
            g_string_append_c(out, ',');
        if (test->listed && strpbrk(value, ",()\"\\")) {
            g_auto(GStrv) parts = g_strsplit(value, "\"", -1);
            g_autofree char *escaped = g_strjoinv("\\\"", parts);
            g_string_append_printf(out, "\"%s\"", escaped);
        } else {
            g_string_append(out, value);
        }
        if (!test->listed)
            return;
    }
}

char *
mw_conditions_added(MwList *list)
{
    const MwRequest *request = list->request;
    const char *name = mw_query_param(request, "_field");
    const Test *test = test_named(mw_query_param(request, "_test"));
    g_autoptr(GString) value = g_string_new(NULL);
    MwList other = *list;

    if (!name || !test || list->n_conditions >= MW_LIST_CONDITIONS_MAX)
        return NULL;
    g_string_append(value, test->before);
    if (!test->valueless)
        append_values(request, test, value);
    bool nothing = value->len == strlen(test->before) && !test->valueless;
    g_string_append(value, test->after);
    if (!nothing)
        other.conditions[other.n_conditions++] = (MwParam){ name, value->str };
    return mw_list_path(&other);
}

bool
mw_conditions_form(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const char *name = mw_query_param(request, "_field");
    const MwField *field = name ? mw_entity_field(request->entity, name) : NULL;
    MwNode *page = mw_view_root(request->view);
    g_autoptr(MwTitles) links = mw_titles_new(context);

    if (!field || !mw_actor_sees(context->actor, request->entity, field))
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such field."));
    MwNode *list = mw_put_list(page, "tests");
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        if (!test_suits(&tests[i], field))
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "key", tests[i].key);
        mw_put_text(item, "label", test_label(&tests[i], field));
    }
    mw_fields_put_asked(context, page, field);
    return mw_reply_page(request, reply, "list/condition", error);
}
