/* write: one record and its lines from input to saved, in one fixed order; see service.h. */
#include "record/write.h"

#include "base/i18n.h"
#include "record/derivation.h"
#include "record/history.h"
#include "record/rules.h"
#include "record/taken.h"

/* A line as it will be. */
typedef struct {
    MwRecord *record, *before; /* before is NULL for a new one */
    guint number;              /* in the input, from 1; 0: not there */
    bool gone;
} Line;

/* The lines of one detail entity. */
typedef struct {
    const MwEntity *entity;
    GArray *lines; /* of Line */
    bool touched;
} Lines;

typedef struct {
    const MwContext *context;
    const MwInput *input;
    const MwEntity *entity;
    MwRecord *record, *before;
    GArray *details; /* of Lines */
    MwProblems *problems;
    MwProblems *of_line; /* of the line at hand */
} Write;

static void
line_clear(gpointer data)
{
    Line *line = data;

    mw_record_free(line->record);
    mw_record_free(line->before);
}

static void
lines_clear(gpointer data)
{
    g_array_unref(((Lines *)data)->lines);
}

static void
write_clear(Write *w)
{
    mw_record_free(w->record);
    mw_record_free(w->before);
    g_array_unref(w->details);
    mw_problems_free(w->of_line);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Write, write_clear)

/* ---- right and load ------------------------------------------------------- */

/* Who could give rights could take all of them. */
static bool
may_give_rights(const MwContext *context, const MwEntity *entity)
{
    return !(entity->flags & MW_GIVES_RIGHTS) || mw_actor_is_system(context->actor) ||
           mw_actor_has_role(context->actor, "admin");
}

bool
mw_write_allowed(const MwContext *context, const MwEntity *entity, GError **error)
{
    bool internal = entity->flags & MW_INTERNAL;

    if (internal && !mw_actor_is_system(context->actor))
        return mw_fail(error, MW_ERROR_DENIED, _("The system keeps these records by itself."));
    if (entity->master && !internal)
        return mw_fail(error, MW_ERROR_DENIED, _("%s: this changes with the record it belongs to."),
                       mw_entity_label(entity));
    return may_give_rights(context, entity) ||
           mw_fail(error, MW_ERROR_DENIED, _("Only administrators may do this."));
}

static bool
begin_create(Write *w, GError **error)
{
    if (!mw_actor_may(w->context->actor, w->entity, MW_MAY_CREATE))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not create this: %s."),
                       mw_entity_label(w->entity));
    w->record = mw_record_new(w->entity);
    mw_record_put(w->record, &w->entity->fields[MW_FIELD_ID],
                  MW_INT(mw_id_next(mw_company_ids(w->context->company))));
    return true;
}

static bool
begin_update(Write *w, int64_t id, GError **error)
{
    int64_t expected = mw_input_expected(w->input);

    w->record = mw_write_load(w->context, w->entity, id, MW_MAY_UPDATE, MW_LIVE, error);
    if (!w->record)
        return false;
    if (expected && expected != mw_record_version(w->record))
        return mw_fail(error, MW_ERROR_CONFLICT,
                       _("Somebody else has changed this %s since you opened it."),
                       mw_entity_label_inside(w->entity));
    w->before = mw_record_copy(w->record);
    return true;
}

static Lines *
add_lines(Write *w, const MwEntity *detail)
{
    Lines lines = { .entity = detail, .lines = g_array_new(false, true, sizeof(Line)) };

    g_array_set_clear_func(lines.lines, line_clear);
    g_array_append_val(w->details, lines);
    return &g_array_index(w->details, Lines, w->details->len - 1);
}

static bool
load_lines(Write *w, GError **error)
{
    for (size_t i = 0; w->entity->details[i]; i++) {
        Lines *lines = add_lines(w, w->entity->details[i]);
        if (!w->before)
            continue;
        g_autoptr(GPtrArray) records =
            mw_record_details(w->context, lines->entity, mw_record_id(w->record), error);
        if (!records)
            return false;
        for (guint j = 0; j < records->len; j++) {
            Line line = { .record = records->pdata[j],
                          .before = mw_record_copy(records->pdata[j]) };
            g_array_append_val(lines->lines, line);
            records->pdata[j] = NULL;
        }
    }
    return true;
}

/* ---- parsing ---------------------------------------------------------------- */

static void
parse_field(Write *w, const MwInput *input, MwRecord *record, const MwField *field,
            MwProblems *problems)
{
    bool import = mw_input_is_import(input) && field->flags & MW_IMPORTABLE;
    const MwValue *ready = mw_input_value(input, field);
    MwLocale locale = w->context->locale;
    MwValue value = MW_NOTHING;

    if (ready && !mw_field_fits(field, ready, problems))
        return;
    if (ready) {
        mw_value_copy(&value, ready);
        mw_record_put(record, field, value);
        return;
    }
    if (!mw_actor_sees(w->context->actor, record->entity, field)) {
        mw_problems_add(problems, field->name, "unknown", _("There is no such field."));
        return;
    }
    if (!import && !mw_actor_edits(w->context->actor, record->entity, field)) {
        mw_problems_add(problems, field->name, "read_only", _("This cannot be changed here."));
        return;
    }
    locale.record = record;
    if (!mw_field_parse(field, &locale, mw_input_get(input, field), &value, problems))
        return;
    if (mw_rules_is_master(record->entity, field) &&
        !mw_value_equal(&value, mw_record_value(record, field))) {
        mw_value_clear(&value);
        mw_problems_add(problems, field->name, "read_only", _("This cannot be changed here."));
        return;
    }
    mw_record_put(record, field, value);
}

/* The currency of an amount says how many decimals it has: currencies are read first. */
static void
parse_fields(Write *w, const MwInput *input, MwRecord *record, MwProblems *problems)
{
    const MwEntity *entity = record->entity;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < entity->n_fields; i++) {
            const MwField *field = &entity->fields[i];
            if (mw_input_has(input, field) && (field->currency != NULL) == (pass == 1))
                parse_field(w, input, record, field, problems);
        }
        if (pass == 0 && mw_record_version(record) == 0)
            mw_rules_defaults(w->context, input, record, problems);
    }
}

static Line *
line_of(Lines *lines, int64_t id)
{
    for (guint i = 0; i < lines->lines->len; i++) {
        Line *line = &g_array_index(lines->lines, Line, i);
        if (mw_record_id(line->record) == id)
            return line;
    }
    return NULL;
}

static Line *
new_line(Write *w, Lines *lines)
{
    const MwEntity *entity = lines->entity;
    Line line = { .record = mw_record_new(entity) };

    mw_record_put(line.record, &entity->fields[MW_FIELD_ID],
                  MW_INT(mw_id_next(mw_company_ids(w->context->company))));
    mw_record_put(line.record, mw_entity_field(entity, entity->master),
                  MW_INT(mw_record_id(w->record)));
    g_array_append_val(lines->lines, line);
    return &g_array_index(lines->lines, Line, lines->lines->len - 1);
}

/* Problems of a line are told as "entity.3.field", counted from 1. */
static void
add_line_problems(Write *w, const Lines *lines, guint number)
{
    if (!mw_problems_any(w->of_line))
        return;
    for (size_t i = 0; i < mw_problems_count(w->of_line); i++) {
        const MwProblem *problem = mw_problems_get(w->of_line, i);
        g_autofree char *field =
            g_strdup_printf("%s.%u.%s", lines->entity->name, number, problem->field);
        mw_problems_add(w->problems, field, problem->code, "%s", problem->message);
    }
    mw_problems_reset(w->of_line);
}

static void
parse_line(Write *w, Lines *lines, const MwInput *input, guint number)
{
    int64_t id = mw_input_id(input);
    Line *line = id ? line_of(lines, id) : new_line(w, lines);

    if (line)
        line->number = number;
    if (!line)
        mw_problems_add(w->of_line, "id", "unknown", _("There is no such line any more."));
    else if (mw_input_gone(input))
        line->gone = true;
    else
        parse_fields(w, input, line->record, w->of_line);
    add_line_problems(w, lines, number);
}

static void
drop_unnamed(Lines *lines, const GPtrArray *inputs)
{
    for (guint i = 0; i < lines->lines->len; i++) {
        Line *line = &g_array_index(lines->lines, Line, i);
        bool named = line->before == NULL;
        for (guint j = 0; inputs && j < inputs->len && !named; j++)
            named = mw_input_id(inputs->pdata[j]) == mw_record_id(line->record);
        if (!named)
            line->gone = true;
    }
}

static void
parse_lines(Write *w)
{
    for (guint i = 0; i < w->details->len; i++) {
        Lines *lines = &g_array_index(w->details, Lines, i);
        const GPtrArray *inputs = mw_input_details(w->input, lines->entity);
        bool given = inputs || mw_input_replaces(w->input, lines->entity);

        if (given && lines->entity->flags & MW_INTERNAL && !mw_actor_is_system(w->context->actor)) {
            mw_problems_add(w->problems, lines->entity->name, "read_only",
                            _("This cannot be changed here."));
            continue;
        }
        for (guint j = 0; inputs && j < inputs->len; j++)
            parse_line(w, lines, inputs->pdata[j], j + 1);
        if (mw_input_replaces(w->input, lines->entity))
            drop_unnamed(lines, inputs);
        if (lines->lines->len > MW_DETAILS_MAX)
            mw_problems_add(w->problems, lines->entity->name, "too_many",
                            _("At most %d lines are possible."), MW_DETAILS_MAX);
    }
}

/* ---- rules and hooks --------------------------------------------------------- */

static GPtrArray *
living(const Lines *lines)
{
    GPtrArray *records = g_ptr_array_new();

    for (guint i = 0; i < lines->lines->len; i++) {
        const Line *line = &g_array_index(lines->lines, Line, i);
        if (!line->gone)
            g_ptr_array_add(records, line->record);
    }
    return records;
}

static bool
any_change(const MwRecord *record)
{
    return record->changed[0] || record->changed[1];
}

/* Whether the lines differ from what is saved. */
static void
touch_lines(Lines *lines)
{
    for (guint i = 0; i < lines->lines->len; i++) {
        const Line *line = &g_array_index(lines->lines, Line, i);
        lines->touched |= line->gone ? line->before != NULL : any_change(line->record);
    }
}

static void
check_right_on_lines(Write *w, Lines *lines)
{
    touch_lines(lines);
    if (lines->touched && !may_give_rights(w->context, lines->entity))
        mw_problems_add(w->problems, lines->entity->name, "denied",
                        _("Only administrators may do this."));
}

static bool
check_lines(Write *w, const Lines *lines, const GPtrArray *living, GError **error)
{
    const GPtrArray *inputs = mw_input_details(w->input, lines->entity);
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(MwTaken) taken = mw_taken_read(w->context, lines->entity, living, error);
    guint number, others = inputs ? inputs->len : 0;

    if (!taken)
        return false;
    for (guint i = 0; i < lines->lines->len; i++) {
        const Line *line = &g_array_index(lines->lines, Line, i);
        if (line->gone)
            continue;
        number = line->number ? line->number : ++others;
        const MwInput *input = line->number ? inputs->pdata[line->number - 1] : NULL;
        mw_rules_line_keys(line->record, keys, w->of_line);
        if (!mw_taken_put(taken, line->record, input, w->record, w->of_line, error) ||
            !mw_rules_check(w->context, line->record, line->before, w->of_line, error))
            return false;
        if (lines->entity->hooks.check)
            lines->entity->hooks.check(line->record, line->before, NULL, w->of_line);
        if (!mw_derive_check(w->context, line->record, line->before, NULL, w->of_line, error))
            return false;
        add_line_problems(w, lines, number);
    }
    return true;
}

static bool
check_all(Write *w, GError **error)
{
    g_autoptr(GHashTable) living_lines =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    const GPtrArray *first = NULL;

    if (!mw_rules_check(w->context, w->record, w->before, w->problems, error))
        return false;
    for (guint i = 0; i < w->details->len; i++) {
        Lines *lines = &g_array_index(w->details, Lines, i);
        check_right_on_lines(w, lines);
        GPtrArray *records = living(lines);
        first = i == 0 ? records : first;
        g_hash_table_insert(living_lines, (gpointer)lines->entity->name, records);
        if (!check_lines(w, lines, records, error))
            return false;
    }
    if (w->entity->hooks.check)
        w->entity->hooks.check(w->record, w->before, first, w->problems);
    return mw_derive_check(w->context, w->record, w->before, living_lines, w->problems, error) &&
           mw_write_rates(w->context, w->record, w->problems, error);
}

/* Everything up to saving. */
static bool
prepare(Write *w, int64_t id, GError **error)
{
    if (!(id ? begin_update(w, id, error) : begin_create(w, error)) || !load_lines(w, error))
        return false;
    parse_fields(w, w->input, w->record, w->problems);
    parse_lines(w);
    return check_all(w, error);
}

/* ---- saving -------------------------------------------------------------------- */

static void
stamp(const MwContext *context, MwRecord *record, bool create)
{
    const char *const names[] = { "updated_at", "updated_by", "created_at", "created_by" };
    int64_t user = mw_actor_user(context->actor);

    for (size_t i = 0; i < (create ? 4 : 2); i++) {
        const MwField *field = mw_entity_field(record->entity, names[i]);
        bool instant = i % 2 == 0;
        if (i >= 2 && mw_record_value(record, field)->is != MW_NULL)
            continue; /* an import has set the original */
        if (instant)
            mw_record_put(record, field, MW_INT(context->now));
        else
            mw_record_put(record, field, user ? MW_INT(user) : MW_NOTHING);
    }
}

/* Notes what hooks have changed as well; whether any line differs. */
static bool
touch_all_lines(Write *w)
{
    bool any = false;

    for (guint i = 0; i < w->details->len; i++) {
        Lines *lines = &g_array_index(w->details, Lines, i);
        touch_lines(lines);
        any |= lines->touched;
    }
    return any;
}

static bool
save_lines(Write *w, Lines *lines, GError **error)
{
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();

    for (guint i = 0; i < lines->lines->len; i++) {
        Line *line = &g_array_index(lines->lines, Line, i);
        if (line->gone && !line->before)
            continue;
        if (line->gone)
            mw_record_put(line->record, &lines->entity->fields[MW_FIELD_DELETED],
                          MW_INT(w->context->now));
        if (!any_change(line->record))
            continue;
        stamp(w->context, line->record, !line->before);
        if (!line->before)
            g_ptr_array_add(fresh, line->record);
        else if (!mw_store_update(w->context->store, line->record, mw_record_version(line->record),
                                  error))
            return false;
    }
    if (lines->touched && !mw_write_notice(w->context, lines->entity, error))
        return false;
    return mw_store_insert_many(w->context->store, (MwRecord *const *)fresh->pdata, fresh->len,
                                error);
}

/* What has changed in the lines: "entity":[[id,"add"],[id,{…}],[id,"remove"]], and for a new
 * master only their number. */
static void
put_line_changes(Write *w, const Lines *lines, GString *json)
{
    g_string_append_printf(json, "%s\"%s\":[", json->len > 1 ? "," : "", lines->entity->name);
    if (!w->before) {
        g_string_append_printf(json, "null,%u]", lines->lines->len);
        return;
    }
    for (guint i = 0, n = 0; i < lines->lines->len; i++) {
        const Line *line = &g_array_index(lines->lines, Line, i);
        g_autofree char *changes = line->gone
                                       ? g_strdup("\"remove\"")
                                       : mw_history_changes(w->context, line->record, line->before);
        if (!changes || (line->gone && !line->before))
            continue;
        g_string_append_printf(json, "%s[\"%" G_GINT64_FORMAT "\",", n++ > 0 ? "," : "",
                               mw_record_id(line->record));
        g_string_append_printf(json, "%s]", changes);
    }
    g_string_append_c(json, ']');
}

static bool
save_history(Write *w, GError **error)
{
    g_autofree char *changes = mw_history_changes(w->context, w->record, w->before);
    g_autoptr(GString) json = g_string_new(changes ? changes : "{}");

    if (w->entity->flags & MW_NO_HISTORY)
        return true;
    g_string_truncate(json, json->len - 1);
    for (guint i = 0; i < w->details->len; i++) {
        const Lines *lines = &g_array_index(w->details, Lines, i);
        if (lines->touched)
            put_line_changes(w, lines, json);
    }
    g_string_append_c(json, '}');
    if (w->before && json->len <= 2)
        return true;
    return mw_history_add(w->context, w->entity->name, mw_record_id(w->record),
                          w->before ? "update" : "create", json->str, error);
}

static bool
save(Write *w, GError **error)
{
    const MwContext *context = w->context;

    if (!touch_all_lines(w) && w->before && !any_change(w->record))
        return true; /* saved as it was */
    stamp(context, w->record, !w->before);
    if (!w->before) {
        if (!mw_write_number(context, w->record, error) ||
            !mw_store_insert(context->store, w->record, error))
            return false;
    } else if (!mw_store_update(context->store, w->record, mw_record_version(w->before), error)) {
        return false;
    }
    for (guint i = 0; i < w->details->len; i++)
        if (!save_lines(w, &g_array_index(w->details, Lines, i), error))
            return false;
    if (!save_history(w, error) || !mw_write_index(context, w->record, error))
        return false;
    mw_record_settle(w->record);
    return mw_derive_after(context, w->record, w->before, error) &&
           mw_write_notice(context, w->entity, error);
}

/* Copies of the lines that there will be, by detail, in the order of the input. */
static void
tell_lines(const Write *w, GPtrArray *told)
{
    for (guint i = 0; i < w->details->len; i++) {
        const Lines *lines = &g_array_index(w->details, Lines, i);
        GPtrArray *copies = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
        for (guint j = 0; j < lines->lines->len; j++) {
            const Line *line = &g_array_index(lines->lines, Line, j);
            if (!line->gone)
                g_ptr_array_add(copies, mw_record_copy(line->record));
        }
        g_ptr_array_add(told, copies);
    }
}

static MwRecord *
write_or_check(const MwContext *context, const MwInput *input, int64_t id, bool really,
               GPtrArray *lines, MwProblems *problems, GError **error)
{
    g_auto(Write) w = {
        .context = context,
        .input = input,
        .entity = mw_input_entity(input),
        .details = g_array_new(false, true, sizeof(Lines)),
        .problems = problems,
        .of_line = mw_problems_new(),
    };

    g_array_set_clear_func(w.details, lines_clear);
    if (!mw_write_allowed(context, w.entity, error) || !prepare(&w, id, error))
        return NULL;
    if (really && !mw_problems_any(problems) && !save(&w, error))
        return NULL;
    if (lines)
        tell_lines(&w, lines);
    return g_steal_pointer(&w.record);
}

MwRecord *
mw_record_write(const MwContext *context, const MwInput *input, int64_t id, MwProblems *problems,
                GError **error)
{
    return write_or_check(context, input, id, true, NULL, problems, error);
}

MwRecord *
mw_record_check(const MwContext *context, const MwInput *input, int64_t id, MwProblems *problems,
                GError **error)
{
    return write_or_check(context, input, id, false, NULL, problems, error);
}

MwRecord *
mw_record_check_lines(const MwContext *context, const MwInput *input, int64_t id, GPtrArray *lines,
                      MwProblems *problems, GError **error)
{
    return write_or_check(context, input, id, false, lines, problems, error);
}
