/* entities: every declaration fits what it names, and every hook holds its rule. */
#include <glib.h>
#include <string.h>

#include "base/i18n.h"
#include "entities/entities.h"
#include "model/catalog.h"
#include "model/kinds/kinds.h"

static MwCatalog *catalog;

static const MwEntity *
entity_named(const char *name)
{
    const MwEntity *entity = mw_catalog_entity(catalog, name);

    g_assert_nonnull(entity);
    return entity;
}

/* A name of a table, column or path part: small letters, digits and `extra`, a letter first. */
static bool
is_name(const char *name, char extra)
{
    if (!g_ascii_islower(*name) || strlen(name) > 60)
        return false;
    for (; *name; name++)
        if (!g_ascii_islower(*name) && !g_ascii_isdigit(*name) && *name != extra)
            return false;
    return true;
}

static void
assert_fields(const MwEntity *entity, const char *const *names)
{
    for (; names && *names; names++)
        if (!mw_entity_field(entity, *names))
            g_error("%s names a field %s that it lacks", entity->name, *names);
}

/* A board names fields of its entity, and of what its columns link to. */
static void
check_board(const MwEntity *entity, const MwBoard *board)
{
    const MwField *columns = mw_entity_field(entity, board->columns);
    const MwEntity *target = columns->target ? entity_named(columns->target) : NULL;
    const MwField *state = target ? mw_entity_field(target, board->state) : columns;

    g_assert_true(columns->target || columns->kind == &mw_choice);
    if (target)
        g_assert_nonnull(target->order);
    g_assert_true(state->kind == &mw_choice);
    for (const char *const *key = board->closed; key && *key; key++) {
        const MwChoice *choice = state->choices;
        while (choice->key && !g_str_equal(choice->key, *key))
            choice++;
        g_assert_nonnull(choice->key);
    }
    if (board->boards) {
        g_assert_nonnull(target);
        g_assert_cmpstr(mw_entity_field(entity, board->boards)->target, ==,
                        mw_entity_field(target, target->master)->target);
    }
    if (board->expected)
        g_assert_true(mw_entity_field(target, board->expected)->kind == &mw_integer);
    if (board->since)
        g_assert_true(mw_entity_field(entity, board->since)->kind == &mw_instant);
    if (board->next)
        g_assert_true(mw_entity_field(entity, board->next)->kind == &mw_date);
    if (board->amount)
        g_assert_null(mw_entity_field(entity, board->amount)->currency);
    if (board->weighted)
        g_assert_null(mw_entity_field(entity, board->weighted)->currency);
    assert_fields(entity, board->card);
    assert_fields(entity, board->asks);
    g_assert_nonnull(mw_entity_field(entity, board->order + (*board->order == '-')));
    for (const char *const *order = board->orders; order && *order; order++)
        g_assert_true(mw_entity_field(entity, *order + (**order == '-'))->flags & MW_INDEXED);
}

/* What a line takes is of the same kind, and a price; the line links to what has it. */
static void
check_taken(const MwEntity *entity)
{
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i], *source = mw_catalog_source(catalog, field);
        bool linked = false;

        g_assert_true((field->taken_from != NULL) == (source != NULL));
        if (!source)
            continue;
        g_assert_nonnull(entity->master);
        for (size_t j = 0; j < entity->n_fields; j++)
            linked |=
                entity->fields[j].target &&
                mw_entity_field(entity_named(entity->fields[j].target), source->name) == source;
        g_assert_true(linked);
        g_assert_true(field->kind == source->kind);
        g_assert_true((field->kind == &mw_price) == (source->currency != NULL));
    }
}

static void
test_entity(gconstpointer data)
{
    const MwEntity *entity = entity_named(data);

    g_assert_true(is_name(entity->name, '_'));
    g_assert_true(is_name(entity->path, '-'));
    g_assert_true(mw_catalog_by_path(catalog, entity->path) == entity);
    g_assert_nonnull(entity->label);
    g_assert_nonnull(entity->plural);
    g_assert_nonnull(entity->help);
    g_assert_true(is_name(entity->icon, '-'));
    g_assert_nonnull(mw_entity_field(entity, entity->title));
    g_assert_nonnull(entity->list);
    assert_fields(entity, entity->list);
    for (const char *const *const *key = entity->unique; key && *key; key++)
        assert_fields(entity, *key);
    for (const char *const *const *key = entity->indexes; key && *key; key++)
        assert_fields(entity, *key);
    const MwCalendar *c = entity->calendar;
    if (c)
        assert_fields(entity, MW_NAMES(c->begin, c->end, c->day, c->at, c->done, c->colour));
    if (entity->order)
        g_assert_nonnull(mw_entity_field(entity, entity->order + (*entity->order == '-')));
    if (entity->dated) {
        const MwKind *kind = mw_entity_field(entity, entity->dated)->kind;
        g_assert_true(kind == &mw_date || kind == &mw_instant);
    }
    if (entity->board)
        check_board(entity, entity->board);
    check_taken(entity);
    g_assert_cmpuint(entity->n_fields, <=, MW_FIELDS_MAX - 30); /* room for custom ones */

    /* Details have the rights of their master, everything else its own, administrators all. */
    g_assert_true((entity->master != NULL) == (entity->grants == NULL));
    if (entity->grants)
        g_assert_cmpstr(entity->grants[0].role, ==, "admin");
    if (entity->master)
        g_assert_true(mw_entity_field(entity, entity->master)->flags & MW_REQUIRED);
    if (entity->flags & MW_PRIVATE)
        g_assert_true(entity->flags & MW_OWNED);
}

/* A form shows every field once that is neither the system's nor secret. */
static void
test_sections(gconstpointer data)
{
    const MwEntity *entity = entity_named(data);
    g_autoptr(GHashTable) shown = g_hash_table_new(g_str_hash, g_str_equal);

    if (!entity->sections) {
        g_test_skip("one section of all");
        return;
    }
    for (const MwSection *section = entity->sections; section->label; section++) {
        assert_fields(entity, section->fields);
        for (const char *const *name = section->fields; *name; name++)
            if (!g_hash_table_add(shown, (gpointer)*name))
                g_error("%s shows %s twice", entity->name, *name);
    }
    for (size_t i = 0; i < entity->n_fields; i++)
        if (!(entity->fields[i].flags & (MW_SYSTEM | MW_SECRET)) &&
            !g_hash_table_contains(shown, entity->fields[i].name))
            g_error("%s shows %s in no section", entity->name, entity->fields[i].name);
}

static void
check_field(const MwEntity *entity, const MwField *field)
{
    /* Words of the query string of the REST API, and those PostgreSQL never takes as a column. */
    static const char *const reserved[] = { "order",  "limit",  "after",   "fields", "expand",
                                            "or",     "and",    "not",     "q",      "left",
                                            "create", "from",   "to",      "group",  "check",
                                            "on",     "offset", "default", "end",    NULL };
    const MwKind *kind = field->kind;

    g_assert_true(is_name(field->name, '_'));
    g_assert_false(g_strv_contains(reserved, field->name));
    g_assert_false(g_str_has_prefix(field->name, "x_")); /* custom fields' own */
    g_assert_nonnull(field->label);
    g_assert_true(mw_kind_named(kind->name) == kind);
    g_assert_true((kind == &mw_choice || kind == &mw_choices) == (field->choices != NULL));
    if (kind == &mw_link || kind == &mw_file)
        g_assert_nonnull(field->target);
    if (kind == &mw_hidden)
        g_assert_true(field->flags & MW_SECRET && field->flags & MW_READ_ONLY);
    if (field->flags & MW_SEARCHED)
        g_assert_cmpint(kind->storage, ==, MW_TEXT);
    if (field->currency)
        g_assert_true(mw_entity_field(entity, field->currency)->kind == &mw_currency);
    if (field->in_base) {
        const MwField *base = mw_entity_field(entity, field->in_base);
        g_assert_true(base->kind == &mw_money && !base->currency && base->flags & MW_READ_ONLY);
    }
}

static void
test_fields(gconstpointer data)
{
    const MwEntity *entity = entity_named(data);
    const MwLocale locale = { .language = "en", .currency = "CNY" };

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        check_field(entity, field);
        if (!field->initial || *field->initial == '@')
            continue;
        g_autoptr(MwProblems) problems = mw_problems_new();
        g_auto(MwValue) value = MW_NOTHING;
        if (!mw_field_parse(field, &locale, field->initial, &value, problems))
            g_error("%s.%s: %s", entity->name, field->name, mw_problems_of(problems, field->name));
    }
}

static void
test_choices(gconstpointer data)
{
    const MwEntity *entity = entity_named(data);

    for (size_t i = 0; i < entity->n_fields; i++) {
        g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
        for (const MwChoice *c = entity->fields[i].choices; c && c->key; c++) {
            g_assert_true(g_hash_table_add(keys, (gpointer)c->key));
            g_assert_null(strpbrk(c->key, ", "));
            g_assert_nonnull(c->label);
        }
    }
}

/* The kinds that a custom field may have are those that say so. */
static void
test_custom_kinds(void)
{
    const MwField *kind = mw_entity_field(entity_named("custom_field"), "kind");
    size_t listed = 0, custom = 0;

    for (const MwChoice *c = kind->choices; c->key; c++, listed++)
        g_assert_true(mw_kind_named(c->key)->custom);
    for (const MwKind *const *k = mw_kinds; *k; k++)
        custom += (*k)->custom;
    g_assert_cmpuint(listed, ==, custom);
}

/* --- hooks: a record of "name=value" words, what the hook says and makes of it --- */

static MwRecord *
record_of(const char *entity_name, const char *const *pairs)
{
    const MwEntity *entity = entity_named(entity_name);
    MwRecord *record = mw_record_new(entity);
    g_autoptr(MwProblems) problems = mw_problems_new();

    for (; pairs && *pairs; pairs++) {
        g_auto(GStrv) words = g_strsplit(*pairs, "=", 2);
        const MwField *field = mw_entity_field(entity, words[0]);
        const MwLocale locale = { .language = "en", .currency = "CNY", .record = record };
        MwValue value = MW_NOTHING;
        if (!mw_field_parse(field, &locale, words[1], &value, problems))
            g_error("%s: %s", *pairs, mw_problems_of(problems, words[0]));
        mw_record_load(record, field, value);
    }
    return record;
}

/* "name=value" as forms show it. */
static void
assert_value(const MwRecord *record, const char *pair)
{
    g_auto(GStrv) words = g_strsplit(pair, "=", 2);
    const MwField *field = mw_entity_field(record->entity, words[0]);
    const MwLocale locale = { .language = "en", .currency = "CNY", .record = record };
    g_autoptr(GString) text = g_string_new(NULL);

    mw_field_edit(field, &locale, mw_record_value(record, field), text);
    g_assert_cmpstr(text->str, ==, words[1]);
}

typedef struct {
    const char *name, *entity;
    const char *const *before; /* NULL: a new record */
    const char *const *after;
    const char *problem; /* "field code", or NULL */
    const char *result;  /* "field=value", or NULL */
} HookCase;

static const HookCase hooks[] = {
    { "zone-unknown", "user", NULL, MW_NAMES("time_zone=Mars/Olympus"), "time_zone not_a_choice" },
    { "zone-known", "user", NULL, MW_NAMES("time_zone=Asia/Shanghai") },
    { "team-in-itself", "team", NULL, MW_NAMES("id=7", "parent=7"), "parent circular" },
    { "account-in-itself", "account", NULL, MW_NAMES("id=7", "parent=7"), "parent circular" },
    { "account-in-another", "account", NULL, MW_NAMES("id=7", "parent=8") },
    { "role-key", "role", NULL, MW_NAMES("key=Sales North"), "key bad_name" },
    { "role-key-good", "role", NULL, MW_NAMES("key=sales_north") },
    { "payment-of-zero", "payment", NULL, MW_NAMES("currency=CNY", "amount=0"),
      "amount out_of_range" },
    { "payment-back", "payment", NULL, MW_NAMES("currency=CNY", "amount=-5") },
    { "override-without-reason", "account", NULL,
      MW_NAMES("class_override=A", "class_override_until=2027-01-01"),
      "class_override_reason required" },
    { "override-without-end", "account", NULL,
      MW_NAMES("class_override=A", "class_override_reason=new plant"),
      "class_override_until required" },
    { "override-wins", "account", NULL,
      MW_NAMES("class=C", "class_computed=C", "class_override=A", "class_override_reason=new plant",
               "class_override_until=2027-01-01"),
      NULL, "class=A" },
    { "override-ends", "account", MW_NAMES("class=A", "class_computed=C", "class_override=A"),
      MW_NAMES("class=A", "class_computed=C"), NULL, "class=C" },
    { "override-leaves-no-reason", "account", MW_NAMES("class_override=A"),
      MW_NAMES("class_override_reason=new plant"), NULL, "class_override_reason=" },
    { "imported-class-stays", "account", NULL, MW_NAMES("class=B"), NULL, "class=B" },
    { "activity-backwards", "activity", NULL,
      MW_NAMES("starts_at=2026-11-23 10:00", "ends_at=2026-11-23 09:00"), "ends_at out_of_range" },
    { "activity-not-done", "activity", NULL, MW_NAMES("done=no", "done_at=2026-11-23 10:00"), NULL,
      "done_at=" },
    { "activity-done-before", "activity", NULL, MW_NAMES("done=yes", "done_at=2026-11-23 10:00"),
      NULL, "done_at=2026-11-23 10:00" },
    { "custom-name", "custom_field", NULL, MW_NAMES("name=colour", "kind=text"), "name bad_name" },
    { "custom-name-short", "custom_field", NULL, MW_NAMES("name=x_", "kind=text"),
      "name bad_name" },
    { "custom-name-capital", "custom_field", NULL, MW_NAMES("name=x_Colour", "kind=text"),
      "name bad_name" },
    { "custom-good", "custom_field", NULL, MW_NAMES("name=x_colour", "kind=text") },
    { "custom-choice-without-choices", "custom_field", NULL,
      MW_NAMES("name=x_colour", "kind=choice"), "choices required" },
    { "custom-choice-without-label", "custom_field", NULL,
      MW_NAMES("name=x_colour", "kind=choice", "choices=red"), "choices bad_choice" },
    { "custom-choice-twice", "custom_field", NULL,
      MW_NAMES("name=x_colour", "kind=choices", "choices=red=Red\nred=Rot"), "choices bad_choice" },
    { "custom-choice-with-comma", "custom_field", NULL,
      MW_NAMES("name=x_colour", "kind=choices", "choices=red,dark=Red"), "choices bad_choice" },
    { "custom-choice-good", "custom_field", NULL,
      MW_NAMES("name=x_colour", "kind=choice", "choices=red=Red\n\nblue=Blue") },
    { "custom-link-nowhere", "custom_field", NULL, MW_NAMES("name=x_dealer", "kind=link"),
      "target required" },
    { "custom-limits", "custom_field", NULL,
      MW_NAMES("name=x_size", "kind=integer", "min=5", "max=4"), "max out_of_range" },
    { "custom-limit-below", "custom_field", NULL,
      MW_NAMES("name=x_size", "kind=integer", "min=5") },
    { "line-of-nothing", "sales_order_line", NULL, MW_NAMES("quantity=1", "unit_price=1"),
      "product required" },
    /* 3 × 19.99 × (1 − 12.5 %) = 52.47375 */
    { "line-discounted", "sales_order_line", NULL,
      MW_NAMES("currency=CNY", "product=1", "quantity=3", "unit_price=19.99", "discount=12.5"),
      NULL, "amount=52.47" },
    /* 0.5 × 0.01 = 0.005: halves go away from zero, on both sides of it */
    { "line-half-up", "sales_order_line", NULL,
      MW_NAMES("currency=CNY", "product=1", "quantity=0.5", "unit_price=0.01"), NULL,
      "amount=0.01" },
    { "line-half-down", "sales_order_line", NULL,
      MW_NAMES("currency=CNY", "product=1", "quantity=-0.5", "unit_price=0.01"), NULL,
      "amount=-0.01" },
    { "line-in-yen", "sales_order_line", NULL,
      MW_NAMES("currency=JPY", "product=1", "quantity=3", "unit_price=99.5"), NULL, "amount=299" },
    { "line-in-dinar", "sales_order_line", NULL,
      MW_NAMES("currency=KWD", "product=1", "quantity=3", "unit_price=1.0005"), NULL,
      "amount=3.002" },
    { "line-free", "sales_order_line", NULL,
      MW_NAMES("currency=CNY", "product=1", "quantity=3", "unit_price=5", "discount=100"), NULL,
      "amount=0.00" },
    { "line-too-large", "sales_order_line", NULL,
      MW_NAMES("currency=CNY", "product=1", "quantity=900000000000", "unit_price=9000000000000"),
      "amount out_of_range" },
};

static bool
has_problem(const MwProblems *problems, const char *field_and_code)
{
    for (size_t i = 0; i < mw_problems_count(problems); i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        g_autofree char *text = g_strconcat(problem->field, " ", problem->code, NULL);
        if (g_str_equal(text, field_and_code))
            return true;
    }
    return false;
}

static void
test_hook(gconstpointer data)
{
    const HookCase *c = data;
    g_autoptr(MwRecord) record = record_of(c->entity, c->after);
    g_autoptr(MwRecord) before = c->before ? record_of(c->entity, c->before) : NULL;
    g_autoptr(MwProblems) problems = mw_problems_new();

    record->entity->hooks.check(record, before, NULL, problems);
    if (c->problem)
        g_assert_true(has_problem(problems, c->problem));
    else
        g_assert_cmpuint(mw_problems_count(problems), ==, 0);
    if (c->result)
        assert_value(record, c->result);
}

static void
test_activity_done_now(void)
{
    g_autoptr(MwRecord) record = record_of("activity", MW_NAMES("done=yes"));
    g_autoptr(MwProblems) problems = mw_problems_new();
    int64_t before = g_get_real_time() / 1000;

    record->entity->hooks.check(record, NULL, NULL, problems);
    g_assert_cmpint(mw_record_int(record, "done_at"), >=, before);
}

/* What the column is cannot be changed once it is there. */
static void
test_custom_field_is_fixed(void)
{
    static const char *const fixed[] = { "entity", "name", "target" };
    const char *const *pairs =
        MW_NAMES("entity=account", "name=x_dealer", "kind=link", "target=account");

    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        g_autoptr(MwRecord) before = record_of("custom_field", pairs);
        g_autoptr(MwRecord) record = record_of("custom_field", pairs);
        g_autoptr(MwProblems) problems = mw_problems_new();
        g_autofree char *problem = g_strconcat(fixed[i], " read_only", NULL);

        mw_record_set_text(record, fixed[i], "x_other");
        record->entity->hooks.check(record, before, NULL, problems);
        g_assert_cmpuint(mw_problems_count(problems), ==, 1);
        g_assert_true(has_problem(problems, problem));
    }
}

static void
test_builtin_role_keeps_its_key(void)
{
    g_autoptr(MwRecord) before = record_of("role", MW_NAMES("key=sales", "builtin=yes"));
    g_autoptr(MwRecord) record = record_of("role", MW_NAMES("key=sales", "builtin=yes"));
    g_autoptr(MwProblems) problems = mw_problems_new();

    mw_record_set_text(record, "key", "selling");
    record->entity->hooks.check(record, before, NULL, problems);
    g_assert_true(has_problem(problems, "key read_only"));
}

/* Lines of "currency", then each line's own words. */
static GPtrArray *
lines_of(const char *const *const *lines)
{
    GPtrArray *records = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);

    for (; *lines; lines++)
        g_ptr_array_add(records, record_of("sales_order_line", *lines));
    return records;
}

static void
test_order_sums_its_lines(void)
{
    /* 10 × 8.00 − 2 × 8.00 (returned) + 3 × 19.99 × 0.875; cost 10 × 5 − 2 × 5 + 3 × 12.345678 */
    g_autoptr(GPtrArray) lines = lines_of((const char *const *const[]){
        MW_NAMES("product=1", "quantity=10", "unit_price=8", "cost=5"),
        MW_NAMES("product=1", "quantity=-2", "unit_price=8", "cost=5"),
        MW_NAMES("product=2", "quantity=3", "unit_price=19.99", "discount=12.5", "cost=12.345678"),
        NULL });
    g_autoptr(MwRecord) order = record_of("sales_order", MW_NAMES("currency=USD"));
    g_autoptr(MwProblems) problems = mw_problems_new();

    order->entity->hooks.check(order, NULL, lines, problems);
    g_assert_cmpuint(mw_problems_count(problems), ==, 0);
    assert_value(lines->pdata[0], "amount=80.00");
    assert_value(lines->pdata[1], "amount=-16.00");
    assert_value(lines->pdata[2], "amount=52.47");
    assert_value(lines->pdata[2], "currency=USD");
    assert_value(order, "total=116.47");
    assert_value(order, "margin=39.43"); /* 116.47 − (50.00 − 10.00 + 37.04) */
}

static void
test_order_without_every_cost_has_no_margin(void)
{
    g_autoptr(GPtrArray) lines = lines_of(
        (const char *const *const[]){ MW_NAMES("product=1", "quantity=1", "unit_price=8", "cost=5"),
                                      MW_NAMES("product=2", "quantity=1", "unit_price=8"), NULL });
    g_autoptr(MwRecord) order = record_of("sales_order", MW_NAMES("currency=CNY", "margin=1"));
    g_autoptr(MwProblems) problems = mw_problems_new();

    order->entity->hooks.check(order, NULL, lines, problems);
    assert_value(order, "total=16.00");
    assert_value(order, "margin=");
}

static void
test_order_without_lines(void)
{
    g_autoptr(GPtrArray) lines = lines_of((const char *const *const[]){ NULL });
    g_autoptr(MwRecord) order = record_of("sales_order", MW_NAMES("currency=CNY"));
    g_autoptr(MwProblems) problems = mw_problems_new();

    order->entity->hooks.check(order, NULL, lines, problems);
    assert_value(order, "total=0.00");
    assert_value(order, "margin=");

    /* Not told of its lines, it leaves the total as it is. */
    g_autoptr(MwRecord) alone = record_of("sales_order", MW_NAMES("currency=CNY", "total=5"));
    alone->entity->hooks.check(alone, NULL, NULL, problems);
    assert_value(alone, "total=5.00");
}

static void
test_order_too_large(void)
{
    const char *const *line =
        MW_NAMES("product=1", "quantity=90000000", "unit_price=900000000"); /* 8.1e18 fen */
    g_autoptr(GPtrArray) lines = lines_of((const char *const *const[]){ line, line, NULL });
    g_autoptr(MwRecord) order = record_of("sales_order", MW_NAMES("currency=CNY"));
    g_autoptr(MwProblems) problems = mw_problems_new();

    order->entity->hooks.check(order, NULL, lines, problems);
    g_assert_true(has_problem(problems, "total out_of_range"));
}

static void
add_declaration_tests(const char *name)
{
    static const struct {
        const char *name;
        GTestDataFunc run;
    } tests[] = {
        { "entity", test_entity },
        { "sections", test_sections },
        { "fields", test_fields },
        { "choices", test_choices },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/entities/%s/%s", name, tests[i].name);
        g_test_add_data_func(path, name, tests[i].run);
    }
}

/* An icon that is not in the sprite would be an empty space. */
static void
test_icons(void)
{
    g_autofree char *icons = NULL;
    g_autoptr(GError) error = NULL;

    g_file_get_contents(MW_SOURCE_ROOT "/static/icons.txt", &icons, NULL, &error);
    g_assert_no_error(error);
    g_auto(GStrv) names = g_strsplit(icons, "\n", -1);
    for (size_t i = 0; mw_entities[i]; i++)
        if (!g_strv_contains((const char *const *)names, mw_entities[i]->icon))
            g_error("%s: static/icons.txt lacks “%s”", mw_entities[i]->name, mw_entities[i]->icon);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    g_test_init(&argc, &argv, NULL);
    mw_i18n_use("en");
    catalog = mw_catalog_new(mw_entities, NULL, 0, &error);
    g_assert_no_error(error);
    for (const MwEntity *const *entity = mw_entities; *entity; entity++)
        add_declaration_tests((*entity)->name);
    g_test_add_func("/entities/custom-kinds", test_custom_kinds);
    g_test_add_func("/entities/icons", test_icons);
    for (size_t i = 0; i < G_N_ELEMENTS(hooks); i++) {
        g_autofree char *path = g_strdup_printf("/hooks/%s", hooks[i].name);
        g_test_add_data_func(path, &hooks[i], test_hook);
    }
    g_test_add_func("/hooks/activity-done-now", test_activity_done_now);
    g_test_add_func("/hooks/custom-field-is-fixed", test_custom_field_is_fixed);
    g_test_add_func("/hooks/builtin-role-keeps-its-key", test_builtin_role_keeps_its_key);
    g_test_add_func("/hooks/order/sums-its-lines", test_order_sums_its_lines);
    g_test_add_func("/hooks/order/no-margin", test_order_without_every_cost_has_no_margin);
    g_test_add_func("/hooks/order/without-lines", test_order_without_lines);
    g_test_add_func("/hooks/order/too-large", test_order_too_large);

    int status = g_test_run();
    mw_catalog_unref(catalog);
    return status;
}
