#include "record/rules.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"
#include "base/tokens.h"
#include "model/kinds/kinds.h"
#include "record/history.h"
#include "store/search.h"

enum { CHAIN_MAX = 100 }; /* records followed from one to the next */

/* ---- defaults --------------------------------------------------------------- */

static char *
iso_date(int64_t ms, GTimeZone *zone)
{
    return mw_date_format(mw_date_of_instant(ms, zone), MW_CLOCK_ISO);
}

/* A default that depends on who asks and when; false when `initial` is plain text. */
static bool
special(const MwContext *context, const char *initial, MwValue *value)
{
    if (*initial != '@')
        return false;
    if (g_str_equal(initial, "@now"))
        *value = MW_INT(context->now);
    else if (g_str_equal(initial, "@me") && mw_actor_user(context->actor))
        *value = MW_INT(mw_actor_user(context->actor));
    else if (g_str_equal(initial, "@my_team") && mw_actor_team(context->actor))
        *value = MW_INT(mw_actor_team(context->actor));
    else if (g_str_equal(initial, "@today"))
        *value = (MwValue){ .is = MW_TEXT, .text = iso_date(context->now, context->locale.zone) };
    else if (g_str_equal(initial, "@base_currency"))
        mw_value_set_text(value, context->locale.currency);
    return true;
}

void
mw_rules_defaults(const MwContext *context, const MwInput *input, MwRecord *record,
                  MwProblems *problems)
{
    const MwEntity *entity = record->entity;

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        MwValue value = MW_NOTHING;
        MwLocale locale = context->locale;

        locale.record = record;
        if (!field->initial || mw_input_has(input, field) || mw_record_knows(record, field))
            continue;
        if (!special(context, field->initial, &value))
            mw_field_parse(field, &locale, field->initial, &value, problems);
        mw_record_put(record, field, value);
    }
}

/* ---- required, unique, links --------------------------------------------------- */

static void
check_required(const MwRecord *record, MwProblems *problems)
{
    for (size_t i = 0; i < record->entity->n_fields; i++) {
        const MwField *field = &record->entity->fields[i];
        if (field->flags & MW_REQUIRED && !(field->flags & MW_READ_ONLY) &&
            record->values[i].is == MW_NULL && !mw_problems_of(problems, field->name))
            mw_problems_add(problems, field->name, "required", _("%s: please fill this in."),
                            mw_field_label(field));
    }
}

bool
mw_rules_is_master(const MwEntity *entity, const MwField *field)
{
    return entity->master && g_str_equal(field->name, entity->master);
}

static bool
holds_within_master(const MwEntity *entity, const char *const *names)
{
    return entity->master && g_strv_contains(names, entity->master);
}

static void
add_taken(const MwEntity *entity, const char *const *names, MwProblems *problems)
{
    for (; *names; names++)
        if (!entity->master || !g_str_equal(*names, entity->master))
            mw_problems_add(problems, *names, "taken", _("Another %s has this already."),
                            mw_entity_label_inside(entity));
}

/* The values of a key as one text; NULL when one is missing: nothing equals nothing. */
static char *
key_text(const MwRecord *record, const char *const *names)
{
    g_autoptr(GString) text = g_string_new(*names);

    for (; *names; names++) {
        const MwValue *value = mw_record_value(record, mw_entity_field(record->entity, *names));
        if (value->is == MW_NULL)
            return NULL;
        if (value->is == MW_TEXT)
            g_string_append_printf(text, "/%zu:%s", strlen(value->text), value->text);
        else
            g_string_append_printf(text, "/%" G_GINT64_FORMAT, value->integer);
    }
    return g_string_free(g_steal_pointer(&text), false);
}

void
mw_rules_line_keys(const MwRecord *line, GHashTable *keys, MwProblems *problems)
{
    const MwEntity *entity = line->entity;

    for (size_t i = 0; entity->unique && entity->unique[i]; i++) {
        char *key = holds_within_master(entity, entity->unique[i])
                        ? key_text(line, entity->unique[i])
                        : NULL;
        if (key && !g_hash_table_add(keys, key))
            add_taken(entity, entity->unique[i], problems);
    }
}

/* Whether another living record has the same values in `names`. */
static bool
is_taken(const MwContext *context, const MwRecord *record, const char *const *names, bool *taken,
         GError **error)
{
    const MwEntity *entity = record->entity;
    g_autoptr(GString) sql = g_string_new("SELECT id FROM ");
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_auto(MwValue) found = MW_NOTHING;
    bool changed = false;

    *taken = false;
    mw_sql_name(sql, entity->name);
    g_string_append(sql, " WHERE deleted_at IS NULL");
    for (; *names; names++) {
        const MwField *field = mw_entity_field(entity, *names);
        const MwValue *value = mw_record_value(record, field);
        if (value->is == MW_NULL)
            return true; /* nothing equals nothing */
        changed |= mw_record_changed(record, field);
        g_string_append(sql, " AND ");
        mw_sql_name(sql, field->name);
        g_string_append(sql, " = ");
        mw_sql_param(sql, params, *value);
    }
    g_string_append(sql, " AND id <> ");
    mw_sql_param(sql, params, MW_INT(mw_record_id(record)));
    g_string_append(sql, " LIMIT 1");
    if (!changed && mw_record_value(record, &entity->fields[MW_FIELD_DELETED])->is == MW_NULL)
        return true;
    if (!mw_store_scalar(context->store, sql->str, (MwValue *)params->data, params->len, &found,
                         error))
        return false;
    *taken = found.is != MW_NULL;
    return true;
}

bool
mw_write_check_unique(const MwContext *context, const MwRecord *record, MwProblems *problems,
                      GError **error)
{
    const MwEntity *entity = record->entity;
    bool taken;

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        if (!(field->flags & MW_UNIQUE))
            continue;
        if (!is_taken(context, record, MW_NAMES(field->name), &taken, error))
            return false;
        if (taken)
            mw_problems_add(problems, field->name, "taken", _("Another %s has this already."),
                            mw_entity_label_inside(entity));
    }
    for (size_t i = 0; entity->unique && entity->unique[i]; i++) {
        if (holds_within_master(entity, entity->unique[i]))
            continue;
        if (!is_taken(context, record, entity->unique[i], &taken, error))
            return false;
        if (taken)
            add_taken(entity, entity->unique[i], problems);
    }
    return true;
}

bool
mw_write_is_twin(const MwContext *context, const MwRecord *record, bool *twin, GError **error)
{
    const MwEntity *entity = record->entity;

    *twin = false;
    for (size_t i = 0; i < entity->n_fields && !*twin; i++)
        if (entity->fields[i].flags & MW_UNIQUE &&
            !is_taken(context, record, MW_NAMES(entity->fields[i].name), twin, error))
            return false;
    for (size_t i = 0; entity->unique && entity->unique[i] && !*twin; i++)
        if (!is_taken(context, record, entity->unique[i], twin, error))
            return false;
    return true;
}

/* Whoever follows a link of an entity to itself, such as a parent, comes to an end. */
static bool
check_circle(const MwContext *context, const MwRecord *record, const MwField *field,
             MwProblems *problems, GError **error)
{
    const char *table = record->entity->name;
    int64_t next = record->values[field->index].integer;
    g_autofree char *sql = g_strdup_printf(
        "WITH RECURSIVE up (id, depth) AS (SELECT CAST($1 AS BIGINT), 1 UNION ALL "
        "SELECT t.\"%s\", up.depth + 1 FROM \"%s\" t JOIN up ON t.id = up.id "
        "WHERE t.\"%s\" IS NOT NULL AND up.depth < %d) SELECT 1 FROM up WHERE id = $2 LIMIT 1",
        field->name, table, field->name, CHAIN_MAX);
    MwValue params[] = { MW_INT(next), MW_INT(mw_record_id(record)) };
    g_auto(MwValue) found = MW_NOTHING;

    if (next == mw_record_id(record))
        return true; /* the hook says so */
    if (!mw_store_scalar(context->store, sql, params, G_N_ELEMENTS(params), &found, error))
        return false;
    if (found.is != MW_NULL)
        mw_problems_add(problems, field->name, "circular",
                        _("This one is itself below the record; choose another."));
    return true;
}

static bool
check_link(const MwContext *context, const MwField *field, int64_t id, MwProblems *problems,
           GError **error)
{
    const MwEntity *target = mw_catalog_entity(context->catalog, field->target);
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, target, MW_MAY_READ);
    g_autoptr(GString) sql = g_string_new("SELECT 1 FROM ");
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_auto(MwValue) found = MW_NOTHING;
    MwQuery query = { .entity = target, .scope = scope };

    mw_sql_name(sql, target->name);
    g_string_append(sql, " t");
    mw_query_where(&query, mw_store_dialect(context->store), sql, params);
    g_string_append(sql, " AND t.id = ");
    mw_sql_param(sql, params, MW_INT(id));
    if (!mw_store_scalar(context->store, sql->str, (MwValue *)params->data, params->len, &found,
                         error))
        return false;
    if (found.is == MW_NULL)
        mw_problems_add(problems, field->name, "not_found", _("There is no such record: %s."),
                        mw_entity_label(target));
    return true;
}

/* Links that changed point at what there is and may be seen. Foreign keys stand behind it. */
static bool
check_links(const MwContext *context, const MwRecord *record, const MwRecord *before,
            MwProblems *problems, GError **error)
{
    const MwEntity *entity = record->entity;

    if (context->links_found)
        return true;
    for (size_t i = 1; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        const MwValue *value = &record->values[i];
        bool tree = g_strcmp0(field->target, entity->name) == 0 && !(field->flags & MW_CUSTOM);
        if (!field->target || value->is != MW_INTEGER || field->flags & MW_QUIET ||
            mw_rules_is_master(entity, field) || !mw_record_changed(record, field))
            continue;
        if (!check_link(context, field, value->integer, problems, error) ||
            (tree && before && !check_circle(context, record, field, problems, error)))
            return false;
    }
    return true;
}

/* One may not put a record where one's right to create or change does not reach. */
static void
check_owner(const MwContext *context, const MwRecord *record, const MwRecord *before,
            MwProblems *problems)
{
    const MwEntity *entity = record->entity;

    if (!(entity->flags & MW_OWNED))
        return;
    if (before && !mw_record_changed(record, mw_entity_field(entity, "owner")) &&
        !mw_record_changed(record, mw_entity_field(entity, "team")))
        return;
    if (!mw_actor_reaches(context->actor, record, before ? MW_MAY_UPDATE : MW_MAY_CREATE))
        mw_problems_add(problems, "owner", "denied",
                        _("You may not give this to that owner or team."));
}

bool
mw_rules_check(const MwContext *context, const MwRecord *record, const MwRecord *before,
               MwProblems *problems, GError **error)
{
    check_required(record, problems);
    check_owner(context, record, before, problems);
    return mw_write_check_unique(context, record, problems, error) &&
           check_links(context, record, before, problems, error);
}

/* ---- amounts in base currency ---------------------------------------------------- */

bool
mw_rules_rate(const MwContext *context, const char *currency, const char *date, int64_t *rate,
              GError **error)
{
    MwValue params[] = { MW_BORROW(currency), MW_BORROW(date) };
    g_auto(MwValue) found = MW_NOTHING;

    *rate = 0;
    if (!mw_store_scalar(context->store,
                         "SELECT rate FROM currency_rate WHERE currency = $1 AND valid_from <= $2 "
                         "AND deleted_at IS NULL ORDER BY valid_from DESC LIMIT 1",
                         params, 2, &found, error))
        return false;
    if (found.is == MW_INTEGER)
        *rate = found.integer;
    return true;
}

char *
mw_rules_rate_day(const MwContext *context, const MwRecord *record)
{
    const char *name = record->entity->dated;
    const MwField *field = name ? mw_entity_field(record->entity, name) : NULL;
    const MwValue *value = field ? mw_record_value(record, field) : NULL;

    if (value && value->is == MW_TEXT)
        return g_strdup(value->text);
    return iso_date(value && value->is == MW_INTEGER ? value->integer : context->now,
                    context->settings->zone);
}

/* An amount in base currency is right on its day: rates that come later do not move it. */
static bool
still_holds(const MwRecord *record, const MwField *field, const MwField *base)
{
    const char *dated = record->entity->dated;
    const MwField *day = dated ? mw_entity_field(record->entity, dated) : NULL;

    return mw_record_value(record, base)->is != MW_NULL && !mw_record_changed(record, field) &&
           !mw_record_has_changed(record, field->currency) &&
           !(day && mw_record_changed(record, day));
}

static bool
put_in_base(const MwContext *context, MwRecord *record, const MwField *field, MwProblems *problems,
            GError **error)
{
    const MwField *base = mw_entity_field(record->entity, field->in_base);
    const MwValue *amount = mw_record_value(record, field);
    const char *currency = mw_record_text(record, field->currency);
    int64_t rate = 0, converted;

    if (still_holds(record, field, base))
        return true;
    if (amount->is != MW_INTEGER || !currency) {
        mw_record_put(record, base, MW_NOTHING);
        return true;
    }
    if (g_str_equal(currency, context->locale.currency)) {
        mw_record_put(record, base, MW_INT(amount->integer));
        return true;
    }
    g_autofree char *day = mw_rules_rate_day(context, record);
    if (!mw_rules_rate(context, currency, day, &rate, error))
        return false;
    if (rate == 0)
        mw_problems_add(problems, field->currency, "no_rate",
                        _("There is no exchange rate for %s on %s; add one first."), currency, day);
    else if (!mw_money_convert(amount->integer, mw_currency_find(currency), rate,
                               mw_currency_find(context->locale.currency), &converted))
        mw_problems_add(problems, field->name, "out_of_range", _("The amount is too large."));
    else
        mw_record_put(record, base, MW_INT(converted));
    return true;
}

bool
mw_write_rates(const MwContext *context, MwRecord *record, MwProblems *problems, GError **error)
{
    const MwEntity *entity = record->entity;

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        if (field->in_base && !put_in_base(context, record, field, problems, error))
            return false;
    }
    return true;
}

/* ---- numbers ------------------------------------------------------------------------ */

/* "SO-{YYYY}-{000000}": the year, and a count within it padded to as many digits. */
static MwValue
number_text(const char *rule, const char *day, int64_t count)
{
    GString *number = g_string_new(NULL);

    for (const char *c = rule; *c; c++) {
        if (g_str_has_prefix(c, "{YYYY}")) {
            g_string_append_len(number, day, 4);
            c += strlen("{YYYY}") - 1;
        } else if (g_str_has_prefix(c, "{0")) {
            int digits = (int)strcspn(c + 1, "}");
            g_string_append_printf(number, "%0*" G_GINT64_FORMAT, digits, count);
            c += digits + 1;
        } else {
            g_string_append_c(number, *c);
        }
    }
    return (MwValue){ .is = MW_TEXT, .text = g_string_free(number, false) };
}

/* The last number given by a key, in a store that puts it off until the commit. */
typedef struct {
    char *key;
    int64_t value;
} Counter;

static void
counter_free(gpointer data)
{
    Counter *counter = data;

    g_free(counter->key);
    g_free(counter);
}

static bool
put_counter(MwStore *store, void *data, GError **error)
{
    const Counter *counter = data;
    MwValue params[] = { MW_INT(counter->value), MW_BORROW(counter->key) };

    return mw_store_run(store, "UPDATE counter SET value = $1 WHERE key = $2", params, 2, NULL,
                        NULL, error);
}

/* The next number of a key. Its row is ours from the first one on until the transaction ends. */
static bool
count_up(MwStore *store, const char *what, const char *key, int64_t *next, GError **error)
{
    Counter *counter = mw_store_kept(store, what);
    MwValue params[] = { MW_BORROW(key) };
    g_auto(MwValue) value = MW_NOTHING;

    if (counter && g_str_equal(counter->key, key)) {
        *next = ++counter->value;
        return true;
    }
    if ((counter && !put_counter(store, counter, error)) ||
        !mw_store_scalar(store,
                         "INSERT INTO counter (key, value) VALUES ($1, 1) "
                         "ON CONFLICT (key) DO UPDATE SET value = counter.value + 1 "
                         "RETURNING value",
                         params, 1, &value, error))
        return false;
    *next = value.integer;
    if (mw_store_is_bulk(store)) {
        counter = g_new(Counter, 1);
        *counter = (Counter){ g_strdup(key), *next };
        mw_store_keep(store, what, counter, counter_free, put_counter);
    }
    return true;
}

bool
mw_write_number(const MwContext *context, MwRecord *record, GError **error)
{
    const MwEntity *entity = record->entity;
    const MwField *field = mw_entity_field(entity, "number");
    g_autofree char *day = NULL, *key = NULL;
    int64_t next;
    bool taken = true;

    if (!entity->number || !mw_record_is_null(record, "number"))
        return true;
    day = iso_date(context->now, context->settings->zone);
    key = g_strdup_printf("%s:%.4s", entity->name, day);
    while (taken) { /* an import may have brought numbers that are still to come */
        if (!count_up(context->store, entity->number, key, &next, error))
            return false;
        mw_record_put(record, field, number_text(entity->number, day, next));
        if (!is_taken(context, record, MW_NAMES("number"), &taken, error))
            return false;
    }
    return true;
}

/* ---- search index, notices, order of lines ---------------------------------------------- */

/* Of a record in a pool, what is not found by searching for it; bits by field index. */
static bool
unsearched(const MwContext *context, const MwRecord *record, uint64_t bits[2], GError **error)
{
    const MwField *pool = mw_entity_field(record->entity, "pool");
    const MwValue *value = pool && mw_entity_field(record->entity, "taken_from")
                               ? mw_record_value(record, pool)
                               : NULL;
    g_auto(MwValue) hidden = MW_NOTHING;

    bits[0] = bits[1] = 0;
    if (!value || value->is != MW_INTEGER)
        return true;
    if (!mw_store_scalar(context->store, "SELECT hidden FROM pool WHERE id = $1", value, 1, &hidden,
                         error))
        return false;
    mw_pool_bits(record->entity, hidden.is == MW_TEXT ? hidden.text : NULL, bits);
    return true;
}

bool
mw_write_index(const MwContext *context, const MwRecord *record, GError **error)
{
    const MwEntity *entity = record->entity;
    bool fresh = mw_record_version(record) <= 1, any = false, changed = fresh;
    g_autoptr(GString) tokens = g_string_new(NULL);
    g_autoptr(GString) title = g_string_new(NULL);
    uint64_t left_out[2];

    if (!unsearched(context, record, left_out, error))
        return false;
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        const MwValue *value = &record->values[i];
        if (i == MW_FIELD_DELETED || g_str_equal(field->name, "pool"))
            changed |= mw_record_changed(record, field);
        if (!(field->flags & MW_SEARCHED))
            continue;
        any = true;
        changed |= mw_record_changed(record, field);
        if (value->is == MW_TEXT && !(left_out[i / 64] >> (i % 64) & 1))
            mw_tokens_index(tokens, value->text,
                            field->flags & MW_NAMED ? MW_TOKENS_PINYIN : MW_TOKENS_PLAIN);
    }
    if (!any || !changed)
        return true;
    if (mw_record_value(record, &entity->fields[MW_FIELD_DELETED])->is != MW_NULL)
        return mw_search_drop(context->store, mw_record_id(record), error);
    mw_record_title(record, title);
    if (mw_entity_field(entity, "pinyin_key"))
        mw_tokens_sounds(tokens, title->str);
    return mw_search_put(context->store, entity->name, mw_record_id(record), fresh, title->str,
                         tokens->str, error);
}

/* As the database sorts: nothing comes first. */
static int
compare_values(const MwValue *x, const MwValue *y)
{
    if (x->is != y->is)
        return x->is == MW_NULL ? -1 : 1;
    if (x->is == MW_TEXT)
        return strcmp(x->text, y->text);
    return x->is == MW_INTEGER ? (x->integer > y->integer) - (x->integer < y->integer) : 0;
}

static int
compare_lines(gconstpointer a, gconstpointer b, gpointer data)
{
    const MwOrder *order = data;
    const MwRecord *left = *(MwRecord *const *)a, *right = *(MwRecord *const *)b;
    int difference =
        compare_values(mw_record_value(left, order->field), mw_record_value(right, order->field));

    if (difference == 0)
        return mw_record_id(left) < mw_record_id(right) ? -1 : 1;
    return order->descending ? -difference : difference;
}

void
mw_details_sort(const MwEntity *detail, GPtrArray *records)
{
    MwOrder order;

    if (detail->order && mw_order_parse(detail, detail->order, &order))
        g_ptr_array_sort_with_data(records, compare_lines, &order);
}
