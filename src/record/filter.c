#include "record/filter.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "model/kinds/kinds.h"

typedef struct {
    const MwContext *context;
    MwProblems *problems;
    const char *key; /* under which problems are told */
    unsigned *tests; /* so far, in the whole filter */
    unsigned depth;
} Parser;

typedef struct {
    const char *name;
    MwTest test;
    unsigned needs; /* one of MwOperators */
} Operator;

static const Operator operators[] = {
    { "eq", MW_TEST_EQ, MW_EQ },
    { "neq", MW_TEST_NEQ, MW_EQ },
    { "gt", MW_TEST_GT, MW_ORDERED },
    { "gte", MW_TEST_GTE, MW_ORDERED },
    { "lt", MW_TEST_LT, MW_ORDERED },
    { "lte", MW_TEST_LTE, MW_ORDERED },
    { "in", MW_TEST_IN, MW_EQ },
    { "is", MW_TEST_NULL, MW_EMPTY_OP },
    { "like", MW_TEST_LIKE, MW_MATCHES },
    { "ilike", MW_TEST_LIKE, MW_MATCHES },
    { "cs", MW_TEST_CONTAINS, MW_MATCHES },
};

static const Operator *
operator_of(const char *name, size_t size)
{
    for (size_t i = 0; i < G_N_ELEMENTS(operators); i++)
        if (strlen(operators[i].name) == size && strncmp(operators[i].name, name, size) == 0)
            return &operators[i];
    return NULL;
}

/* Adds a problem and answers NULL. */
#define refuse(p, code, ...) (mw_problems_add((p)->problems, (p)->key, (code), __VA_ARGS__), NULL)

/* ---- values --------------------------------------------------------------------- */

/* "@me" and its like; false when `text` is none of them or does not suit the field. */
static bool
special_value(const Parser *p, const MwField *field, const char *text, MwValue *value)
{
    const MwContext *context = p->context;
    int64_t days = 0, today = mw_date_of_instant(context->now, context->locale.zone);
    bool instant = field->kind == &mw_instant;

    if (g_str_equal(text, "@me") && g_strcmp0(field->target, "user") == 0) {
        *value = MW_INT(mw_actor_user(context->actor));
    } else if (g_str_equal(text, "@my_team") && g_strcmp0(field->target, "team") == 0) {
        *value = MW_INT(mw_actor_team(context->actor));
    } else if (instant && g_str_equal(text, "@now")) {
        *value = MW_INT(context->now);
    } else if ((instant || field->kind == &mw_date) && g_str_has_prefix(text, "@today")) {
        text += strlen("@today");
        if (*text && !g_ascii_string_to_signed(text, 10, -99999, 99999, &days, NULL))
            return false;
        if (instant)
            *value = MW_INT(mw_instant_of_date(today + days, context->locale.zone));
        else
            value->text = mw_date_format(today + days, MW_CLOCK_ISO), value->is = MW_TEXT;
    } else {
        return false;
    }
    return true;
}

/* A value may be asked for that the field would not take: limits do not hold. */
static bool
read_value(const Parser *p, const MwField *field, const char *text, MwValue *value)
{
    MwField asked = *field;

    if (*text == '@' && special_value(p, field, text, value))
        return true;
    asked.name = p->key;
    if (field->kind->storage == MW_INTEGER)
        asked.min = asked.max = 0;
    return mw_field_parse(&asked, &p->context->locale, text, value, p->problems);
}

/* The end of an item of a list: a comma outside of quotes and parentheses, or the end of the text.
 * NULL when quotes or parentheses are not closed. */
static const char *
item_end(const char *text)
{
    int open = 0;

    for (bool quoted = false; *text || quoted; text++) {
        if (!*text)
            return NULL;
        if (quoted && *text == '\\' && text[1])
            text++;
        else if (*text == '"')
            quoted = !quoted;
        else if (!quoted && *text == '(')
            open++;
        else if (!quoted && *text == ')' && --open < 0)
            return NULL;
        else if (!quoted && *text == ',' && open == 0)
            return text;
    }
    return open == 0 ? text : NULL;
}

/* A copy without quotes around it and the escapes within. */
static char *
unquote(const char *text)
{
    size_t size = strlen(text);
    GString *plain;

    if (size < 2 || *text != '"' || text[size - 1] != '"')
        return g_strdup(text);
    plain = g_string_sized_new(size);
    for (const char *c = text + 1; c < text + size - 1; c++) {
        if (*c == '\\' && c + 1 < text + size - 1)
            c++;
        g_string_append_c(plain, *c);
    }
    return g_string_free(plain, false);
}

/* The items of "(a,b)", NULL and a problem when it is not that. */
static char **
items_of(const Parser *p, const char *text)
{
    g_autoptr(GStrvBuilder) items = g_strv_builder_new();
    size_t size = strlen(text), n = 0;

    if (size < 2 || *text != '(' || text[size - 1] != ')')
        return refuse(p, "bad_list", _("Write the values in parentheses: (a,b)."));
    g_autofree char *list = g_strndup(text + 1, size - 2);
    for (const char *item = list; *item;) {
        const char *end = item_end(item);
        if (!end)
            return refuse(p, "bad_list", _("Quotes or parentheses are not closed."));
        if (++n > MW_FILTER_VALUES_MAX)
            return refuse(p, "too_many", _("At most %d values are possible."),
                          MW_FILTER_VALUES_MAX);
        g_autofree char *copy = g_strndup(item, (size_t)(end - item));
        g_strv_builder_add(items, copy);
        item = *end ? end + 1 : end;
    }
    return g_strv_builder_end(items);
}

/* ---- one test --------------------------------------------------------------------- */

static MwFilter *
parse_in(const Parser *p, const MwField *field, const char *text)
{
    g_auto(GStrv) items = items_of(p, text);
    g_autoptr(MwFilter) filter = mw_filter_test(field, MW_TEST_IN, MW_NOTHING);

    for (char **item = items; item && *item; item++) {
        g_autofree char *plain = unquote(*item);
        g_auto(MwValue) value = MW_NOTHING;
        if (!read_value(p, field, plain, &value))
            return NULL;
        if (value.is != MW_NULL)
            mw_filter_value(filter, value);
    }
    return items ? g_steal_pointer(&filter) : NULL;
}

static MwFilter *
parse_is(const Parser *p, const MwField *field, const char *text)
{
    if (g_str_equal(text, "null"))
        return mw_filter_test(field, MW_TEST_NULL, MW_NOTHING);
    if (field->kind == &mw_bool && (g_str_equal(text, "true") || g_str_equal(text, "false")))
        return mw_filter_test(field, MW_TEST_EQ, MW_INT(*text == 't'));
    return refuse(p, "bad_value", _("After “is” write null, or true or false of a yes/no field."));
}

static MwFilter *
parse_compare(const Parser *p, const MwField *field, MwTest test, const char *text)
{
    g_auto(MwValue) value = MW_NOTHING;

    if (!read_value(p, field, text, &value))
        return NULL;
    if (value.is != MW_NULL)
        return mw_filter_test(field, test, value);
    if (test == MW_TEST_EQ || test == MW_TEST_NEQ)
        return mw_filter_test(field, test == MW_TEST_EQ ? MW_TEST_NULL : MW_TEST_NOT_NULL, value);
    return refuse(p, "required", _("Write a value to compare with."));
}

/* "not.eq.value". */
static MwFilter *
parse_test(const Parser *p, const MwField *field, const char *text)
{
    bool negated = g_str_has_prefix(text, "not.");
    const char *name = negated ? text + strlen("not.") : text, *dot = strchr(name, '.');
    const Operator *op = dot ? operator_of(name, (size_t)(dot - name)) : NULL;
    MwFilter *filter;

    if (!op)
        return refuse(p, "bad_test",
                      _("Write a test and a value: eq, neq, gt, gte, lt, lte, in, is, like or cs, "
                        "as in eq.%s."),
                      dot ? dot + 1 : name);
    if (!(field->kind->operators & op->needs) || (op->test == MW_TEST_CONTAINS && !field->choices))
        return refuse(p, "bad_test", _("“%s” cannot be asked of this field."), op->name);
    if (++*p->tests > MW_FILTER_TESTS_MAX)
        return refuse(p, "too_many", _("At most %d tests are possible."), MW_FILTER_TESTS_MAX);

    if (op->test == MW_TEST_IN)
        filter = parse_in(p, field, dot + 1);
    else if (op->test == MW_TEST_NULL)
        filter = parse_is(p, field, dot + 1);
    else if (op->needs == MW_MATCHES)
        filter = mw_filter_test(field, op->test, MW_BORROW(dot + 1));
    else
        filter = parse_compare(p, field, op->test, dot + 1);
    return filter && negated ? mw_filter_not(filter) : filter;
}

/* ---- paths -------------------------------------------------------------------------- */

static MwFilter *parse_path(Parser *p, const MwEntity *entity, const char *path, const char *test);

/* A record of another entity that the actor may read satisfies the rest of the path. */
static MwFilter *
parse_other(Parser *p, const MwEntity *other, const char *path, const char *test)
{
    g_autoptr(MwFilter) both = mw_filter_all();
    MwFilter *child;

    if (p->depth++ >= MW_FILTER_DEPTH_MAX)
        return refuse(p, "too_deep", _("The filter is nested too deeply."));
    child = parse_path(p, other, path, test);
    p->depth--;
    if (!child)
        return NULL;
    mw_filter_add(both, child);
    mw_filter_add(both,
                  mw_actor_filter(p->context->actor, p->context->catalog, other, MW_MAY_READ));
    return g_steal_pointer(&both);
}

/* Of a record whose pool hides the field nothing can be found out by asking. Takes the test. */
static MwFilter *
shown_only(const Parser *p, const MwEntity *entity, const MwField *field, MwFilter *test)
{
    MwFilter *shown =
        test ? mw_pools_shown(mw_actor_pools(p->context->actor), entity, field) : NULL;

    if (!shown)
        return test;
    MwFilter *both = mw_filter_all();
    mw_filter_add(both, test);
    mw_filter_add(both, shown);
    return both;
}

static MwFilter *
parse_path(Parser *p, const MwEntity *entity, const char *path, const char *test)
{
    const char *dot = strchr(path, '.');
    g_autofree char *name = dot ? g_strndup(path, (size_t)(dot - path)) : g_strdup(path);
    const MwField *field = mw_entity_field(entity, name);
    const MwEntity *detail = dot && !field ? mw_entity_detail(entity, name) : NULL;
    MwFilter *child;

    if (detail) {
        child = parse_other(p, detail, dot + 1, test);
        return child ? mw_filter_has(detail, mw_entity_field(detail, detail->master), child) : NULL;
    }
    if (!field || field->flags & MW_SECRET || !mw_actor_sees(p->context->actor, entity, field))
        return refuse(p, "unknown", _("There is no such field: %s."), path);
    if (!dot)
        return shown_only(p, entity, field, parse_test(p, field, test));

    const MwEntity *target =
        field->target ? mw_catalog_entity(p->context->catalog, field->target) : NULL;
    if (!target || target->flags & MW_HIDDEN)
        return refuse(p, "unknown", _("There is no such field: %s."), path);
    child = parse_other(p, target, dot + 1, test);
    return child ? mw_filter_via(field, target, child) : NULL;
}

/* ---- groups --------------------------------------------------------------------------- */

/* Divides "path.test.value" where the test begins. */
static bool
split_item(char *item, char **test)
{
    for (char *dot = strchr(item, '.'); dot; dot = strchr(dot + 1, '.')) {
        size_t size = strcspn(dot + 1, ".");
        if (operator_of(dot + 1, size) || (size == 3 && g_str_has_prefix(dot + 1, "not."))) {
            *dot = '\0';
            *test = dot + 1;
            return true;
        }
    }
    return false;
}

/* "or", "and", "not.or", "not.and". */
static bool
is_group(const char *word)
{
    const char *join = g_str_has_prefix(word, "not.") ? word + strlen("not.") : word;

    return g_str_equal(join, "or") || g_str_equal(join, "and");
}

static MwFilter *parse_group(Parser *p, const MwEntity *entity, const char *word, const char *list);

/* In a group the value may stand in quotes: eq."a,b". */
static char *
plain_test(const char *test)
{
    const char *quote = strchr(test, '"');
    g_autofree char *value = quote && quote > test && quote[-1] == '.' ? unquote(quote) : NULL;

    return value ? g_strdup_printf("%.*s%s", (int)(quote - test), test, value) : g_strdup(test);
}

static MwFilter *
parse_item(Parser *p, const MwEntity *entity, char *item)
{
    char *open = strchr(item, '('), *test;
    g_autofree char *word = open ? g_strndup(item, (size_t)(open - item)) : NULL;

    if (open && is_group(word))
        return parse_group(p, entity, word, open);
    if (!split_item(item, &test))
        return refuse(p, "bad_test", _("Write field.test.value in a group, not “%s”."), item);
    g_autofree char *plain = plain_test(test);
    return parse_path(p, entity, item, plain);
}

static MwFilter *
parse_group(Parser *p, const MwEntity *entity, const char *word, const char *list)
{
    bool any = g_str_has_suffix(word, "or");

    if (p->depth++ >= MW_FILTER_DEPTH_MAX)
        return refuse(p, "too_deep", _("The filter is nested too deeply."));

    g_auto(GStrv) items = items_of(p, list);
    g_autoptr(MwFilter) group = any ? mw_filter_any() : mw_filter_all();
    for (char **item = items; item && *item; item++) {
        MwFilter *child = parse_item(p, entity, *item);
        if (!child)
            return NULL;
        mw_filter_add(group, child);
    }
    p->depth--;
    if (!items)
        return NULL;
    if (group->children->len == 0)
        return refuse(p, "bad_list", _("The group is empty."));
    return g_str_has_prefix(word, "not.") ? mw_filter_not(g_steal_pointer(&group))
                                          : g_steal_pointer(&group);
}

/* ---- the whole -------------------------------------------------------------------------- */

/* How many tests a filter holds. */
static unsigned
count_tests(const MwFilter *filter)
{
    unsigned n = filter->is == MW_FILTER_TEST;

    for (guint i = 0; i < filter->children->len; i++)
        n += count_tests(filter->children->pdata[i]);
    return n;
}

bool
mw_filter_parse(const MwContext *context, const MwEntity *entity, const char *key,
                const char *value, MwFilter *filter, MwProblems *problems)
{
    unsigned tests = count_tests(filter);
    Parser p = { .context = context, .problems = problems, .key = key, .tests = &tests };
    MwFilter *child;

    if (strlen(key) + strlen(value) > MW_FILTER_TEXT_MAX || !g_utf8_validate(key, -1, NULL) ||
        !g_utf8_validate(value, -1, NULL)) {
        mw_problems_add(problems, "", "bad_filter",
                        _("The filter is too long or is not valid UTF-8."));
        return false;
    }
    child =
        is_group(key) ? parse_group(&p, entity, key, value) : parse_path(&p, entity, key, value);
    mw_filter_add(filter, child);
    return child != NULL;
}

MwFilter *
mw_filter_parse_text(const MwContext *context, const MwEntity *entity, const char *text,
                     MwProblems *problems)
{
    g_auto(GStrv) pairs = g_strsplit(text, "&", MW_FILTER_TESTS_MAX + 1);
    g_autoptr(MwFilter) filter = mw_filter_all();
    bool fits = true;

    for (char **pair = pairs; *pair; pair++) {
        char *equals = strchr(*pair, '=');
        if (!**pair)
            continue;
        if (!equals) {
            mw_problems_add(problems, "", "bad_filter", _("Write field=test.value, not “%s”."),
                            *pair);
            fits = false;
            continue;
        }
        *equals = '\0';
        g_autofree char *key = g_uri_unescape_string(*pair, NULL);
        g_autofree char *value = g_uri_unescape_string(equals + 1, NULL);
        /* What is not percent-encoded is taken as it stands. */
        fits &= mw_filter_parse(context, entity, key ? key : *pair, value ? value : equals + 1,
                                filter, problems);
    }
    return fits ? g_steal_pointer(&filter) : NULL;
}

static bool
is_hidden_somewhere(const MwContext *context, const MwEntity *entity, const MwField *field)
{
    const MwPools *pools = mw_actor_pools(context->actor);

    for (size_t i = 0; i < mw_pools_count(pools); i++) {
        const MwOpenPool *pool = mw_pools_at(pools, i);
        if (pool->entity == entity && pool->hidden[field->index / 64] >> (field->index % 64) & 1)
            return true;
    }
    return false;
}

bool
mw_order_parse_list(const MwContext *context, const char *text, MwQuery *query,
                    MwProblems *problems)
{
    g_auto(GStrv) names = g_strsplit(text, ",", MW_ORDER_MAX + 1);

    query->n_order = 0;
    for (char **name = names; *name; name++) {
        MwOrder order;
        if (query->n_order >= MW_ORDER_MAX)
            mw_problems_add(problems, "order", "too_many", _("At most %d fields are possible."),
                            MW_ORDER_MAX);
        else if (!mw_order_parse(query->entity, g_strstrip(*name), &order) ||
                 order.asked->flags & MW_SECRET ||
                 !mw_actor_sees(context->actor, query->entity, order.asked))
            mw_problems_add(problems, "order", "unknown", _("There is no such field: %s."), *name);
        else if (is_hidden_somewhere(context, query->entity, order.asked))
            mw_problems_add(problems, "order", "hidden",
                            _("An open pool hides “%s”, so lists cannot be sorted by it."),
                            mw_field_label(order.asked));
        else {
            query->order[query->n_order++] = order;
            continue;
        }
        return false;
    }
    return true;
}
