#include "exchange/plan.h"

#include "base/i18n.h"

typedef struct {
    MwPlan *plan;
    const MwContext *context;
    const MwImportOptions *options;
    const MwTableReader *reader;
} Maker;

static void
value_clear(gpointer data)
{
    MwPlanValue *value = data;

    g_free(value->key);
    g_free(value->constant);
    g_clear_pointer(&value->meant, g_hash_table_unref);
}

void
mw_plan_free(MwPlan *plan)
{
    if (!plan)
        return;
    g_array_unref(plan->values);
    g_ptr_array_unref(plan->links);
    mw_links_free(plan->match);
    g_free(plan);
}

const char *
mw_plan_key_of(const MwPlan *plan, bool line, const char *field)
{
    for (guint i = 0; i < plan->values->len; i++) {
        const MwPlanValue *value = mw_plan_value(plan, i);
        const MwField *own = value->path.link ? value->path.link : value->path.field;
        if (value->path.line == line && g_str_equal(own->name, field))
            return value->key;
    }
    return field;
}

char *
mw_plan_label(const MwPlan *plan, const char *key)
{
    for (guint i = 0; i < plan->values->len; i++) {
        const MwPlanValue *value = mw_plan_value(plan, i);
        const MwPath *path = &value->path;
        if (!g_str_equal(value->key, key))
            continue;
        return path->link && path->field
                   ? g_strdup_printf("%s › %s", mw_field_label(path->link),
                                     mw_field_label(path->field))
                   : g_strdup(mw_field_label(path->link ? path->link : path->field));
    }
    const MwField *field = mw_entity_field(plan->shape.entity, key);
    return g_strdup(field ? mw_field_label(field) : key);
}

/* ---- cells ------------------------------------------------------------------------------ */

static bool
is_blank(const char *text)
{
    if (*text > ' ' && *text < 0x7f)
        return false; /* most are decided here */
    for (; *text; text = g_utf8_next_char(text))
        if (!mw_is_blank(g_utf8_get_char(text)))
            return false;
    return true;
}

const char *
mw_plan_text(const MwPlanValue *value, const MwTableRow *row)
{
    if (value->column < 0)
        return value->constant;
    if ((size_t)value->column >= row->n_cells)
        return NULL;
    const char *text = row->cells[value->column];
    if (is_blank(text))
        return NULL;
    const char *meant = value->meant ? g_hash_table_lookup(value->meant, text) : NULL;
    return !meant ? text : *meant ? meant : NULL;
}

/* ---- rights ------------------------------------------------------------------------ */

static bool
may_import(const Maker *m, const MwEntity *entity, GError **error)
{
    if (mw_actor_may(m->context->actor, entity, MW_MAY_IMPORT))
        return true;
    return mw_fail(error, MW_ERROR_DENIED, _("You may not take in files of this: %s."),
                   mw_entity_plural(entity));
}

/* Who takes in only his own cannot say that they are another's. */
static bool
may_set(const Maker *m, const MwEntity *entity, const MwField *field, const char *key,
        GError **error)
{
    const MwActor *actor = m->context->actor;
    bool import =
        field->flags & MW_IMPORTABLE && (!g_str_equal(field->name, "created_by") ||
                                         mw_actor_scope(actor, entity, MW_MAY_IMPORT) == MW_ALL);

    if (g_str_equal(field->name, "owner") && mw_actor_scope(actor, entity, MW_MAY_IMPORT) == MW_OWN)
        return mw_fail(error, MW_ERROR_DENIED,
                       _("You may take in only your own records; leave “%s” out."), key);
    if (!mw_actor_sees(actor, entity, field) ||
        (entity->master && g_str_equal(entity->master, field->name)))
        return mw_fail(error, MW_ERROR_INVALID, _("There is no field “%s”."), key);
    if (!import && !mw_actor_edits(actor, entity, field))
        return mw_fail(error, MW_ERROR_INVALID, _("“%s” cannot be set by a file."), key);
    return true;
}

/* ---- links -------------------------------------------------------------------------- */

static bool
is_named(const char *const *names, const MwLinks *links)
{
    for (; names && *names; names++)
        if (g_str_equal(*names, links->link->name) || g_str_equal(*names, links->target->name))
            return true;
    return false;
}

static MwLinks *
links_of(Maker *m, const MwPath *path)
{
    MwPlan *plan = m->plan;

    for (guint i = 0; i < plan->links->len; i++) {
        MwLinks *links = plan->links->pdata[i];
        if (links->link == path->link && links->line == path->line)
            return links;
    }
    MwLinks *links = mw_links_new(m->context->catalog, path, false);
    links->create = is_named(m->options->create_missing, links);
    g_ptr_array_add(plan->links, links);
    return links;
}

static bool
add_link_field(Maker *m, MwPlanValue *value, GError **error)
{
    MwLinks *links = value->links;
    const MwField *field = value->path.field;

    if (field->target)
        return mw_fail(error, MW_ERROR_INVALID, _("“%s” cannot be set by a file."), value->key);
    if (links->create && !may_set(m, links->target, field, value->key, error))
        return false;
    if (links->n_fields >= MW_LINK_FIELDS_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("At most %d fields of a linked record."),
                       MW_LINK_FIELDS_MAX);
    value->link_field = links->n_fields;
    links->fields[links->n_fields++] = field;
    return true;
}

/* ---- values --------------------------------------------------------------------------- */

static bool
add_value(Maker *m, const char *key, const MwPath *path, int column, const char *constant,
          GError **error)
{
    const MwEntity *entity = path->line ? m->plan->shape.detail : m->plan->shape.entity;
    MwPlanValue value = { .path = *path, .column = column };

    if (m->plan->values->len >= MW_PLAN_VALUES_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("At most %d columns can be taken in."),
                       MW_PLAN_VALUES_MAX);
    value.key = g_strdup(key);
    value.constant = g_strdup(constant);
    if (path->link)
        value.links = links_of(m, path);
    g_array_append_val(m->plan->values, value);
    MwPlanValue *kept = mw_plan_value(m->plan, m->plan->values->len - 1);
    m->plan->has_lines |= path->line;
    if (path->link && path->field)
        return add_link_field(m, kept, error);
    return may_set(m, entity, path->link ? path->link : path->field, key, error);
}

/* "key=what": the column of that name, or a constant. */
static bool
add_pair(Maker *m, const char *pair, bool constant, GError **error)
{
    const char *equals = strchr(pair, '=');
    g_autofree char *key = g_strndup(pair, equals ? (size_t)(equals - pair) : strlen(pair));
    g_autoptr(GArray) paths = g_array_new(false, false, sizeof(MwPath));
    int column = -1;

    if (!equals || equals == pair)
        return mw_fail(error, MW_ERROR_INVALID, _("Write field=column, not “%s”."), pair);
    if (!mw_shape_paths(&m->plan->shape, m->context->catalog, g_strstrip(key), paths))
        return mw_fail(error, MW_ERROR_INVALID, _("There is no field “%s”."), key);
    if (!constant && (column = mw_table_column(m->reader, equals + 1)) < 0) {
        g_autofree char *columns = g_strjoinv(", ", (char **)mw_table_header(m->reader));
        return mw_fail(error, MW_ERROR_INVALID, _("The file has no column “%s”; it has %s."),
                       equals + 1, columns);
    }
    for (guint i = 0; i < paths->len; i++)
        if (!add_value(m, key, &g_array_index(paths, MwPath, i), column,
                       constant ? equals + 1 : NULL, error))
            return false;
    return true;
}

static bool
add_pairs(Maker *m, const char *const *pairs, bool constant, GError **error)
{
    for (; pairs && *pairs; pairs++)
        if (!add_pair(m, *pairs, constant, error))
            return false;
    return true;
}

char *
mw_import_meaning(const char *key, const char *from, const char *to)
{
    g_autoptr(GString) text = g_string_new(key);

    g_string_append_c(text, ':');
    for (; *from; from++) {
        if (*from == '=' || *from == '\\')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *from);
    }
    g_string_append_printf(text, "=%s", to);
    return g_string_free(g_steal_pointer(&text), false);
}

bool
mw_import_meaning_parts(const char *text, char **key, char **from, const char **to)
{
    const char *colon = strchr(text, ':'), *at = colon ? colon + 1 : "";
    g_autoptr(GString) read = g_string_new(NULL);

    for (; *at && *at != '='; at++) {
        if (*at == '\\' && (at[1] == '=' || at[1] == '\\'))
            at++;
        g_string_append_c(read, *at);
    }
    if (*at != '=' || colon == text)
        return false;
    *key = g_strndup(text, (size_t)(colon - text));
    *from = g_string_free(g_steal_pointer(&read), false);
    *to = at + 1;
    return true;
}

/* "key:from=to" for every column under that key of the mapping, or for the field of that name. */
static bool
add_meaning(Maker *m, const char *text, GError **error)
{
    g_autofree char *key = NULL, *from = NULL;
    const char *to;
    bool known = false;

    if (!mw_import_meaning_parts(text, &key, &from, &to))
        return mw_fail(error, MW_ERROR_INVALID, _("Write field:text=meaning, not “%s”."), text);
    for (guint i = 0; i < m->plan->values->len; i++) {
        MwPlanValue *value = mw_plan_value(m->plan, i);
        const MwField *field = value->path.link ? value->path.link : value->path.field;
        bool own = !value->path.line && !(value->path.link && value->path.field);
        if (!g_str_equal(value->key, key) && !(own && g_str_equal(field->name, key)))
            continue;
        if (!value->meant)
            value->meant = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_hash_table_insert(value->meant, g_strdup(from), g_strdup(to));
        known = true;
    }
    return known || mw_fail(error, MW_ERROR_INVALID, _("No column is mapped to “%s”."), key);
}

static bool
add_meanings(Maker *m, GError **error)
{
    for (const char *const *text = m->options->values; text && *text; text++)
        if (!add_meaning(m, *text, error))
            return false;
    return true;
}

/* ---- keys ------------------------------------------------------------------------------- */

/* The column that says which record a row is about: the field to match by, else a unique one. */
static int
key_of(const MwPlan *plan, const char *match)
{
    for (guint i = 0; i < plan->values->len; i++) {
        const MwPlanValue *value = mw_plan_value(plan, i);
        const MwField *field = value->path.field;
        if (value->path.line || value->path.link || value->column < 0)
            continue;
        if (match ? g_str_equal(field->name, match) : (field->flags & MW_UNIQUE) != 0)
            return (int)i;
    }
    return -1;
}

static bool
find_key(Maker *m, GError **error)
{
    MwPlan *plan = m->plan;
    g_autoptr(GArray) paths = g_array_new(false, false, sizeof(MwPath));
    const char *match = m->options->match;

    if (match && mw_shape_paths(&plan->shape, m->context->catalog, match, paths)) {
        const MwPath *path = &g_array_index(paths, MwPath, 0);
        match = path->link || path->line ? match : path->field->name;
    }
    plan->key = key_of(plan, match);
    if (!m->options->match)
        return true;
    if (plan->key < 0)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("Map a column to “%s”, by which records are to be found."),
                       m->options->match);
    const MwField *field = mw_plan_value(plan, (guint)plan->key)->path.field;
    if (field->kind->storage != MW_TEXT || !(field->flags & (MW_UNIQUE | MW_INDEXED)))
        return mw_fail(error, MW_ERROR_INVALID, _("Records cannot be found by “%s”."),
                       m->options->match);
    plan->match = mw_links_new_of(plan->shape.entity, field);
    return true;
}

static bool
check_rights(const Maker *m, GError **error)
{
    const MwPlan *plan = m->plan;

    for (guint i = 0; i < plan->links->len; i++) {
        const MwLinks *links = plan->links->pdata[i];
        if (links->create && !may_import(m, links->target, error))
            return false;
        if (links->create && !mw_shape_possible(links->target))
            return mw_fail(error, MW_ERROR_INVALID, _("Records of “%s” cannot be made by a file."),
                           links->target->name);
    }
    return may_import(m, plan->shape.entity, error);
}

static bool
check_names(const Maker *m, GError **error)
{
    for (const char *const *name = m->options->create_missing; name && *name; name++) {
        bool known = false;
        for (guint i = 0; i < m->plan->links->len; i++)
            known |= is_named((const char *const[]){ *name, NULL }, m->plan->links->pdata[i]);
        if (!known)
            return mw_fail(
                error, MW_ERROR_INVALID,
                _("No column is mapped to the link “%s”, whose records were to be made."), *name);
    }
    return true;
}

MwPlan *
mw_plan_new(const MwContext *context, const MwImportOptions *options, const char *const *map,
            const MwTableReader *reader, GError **error)
{
    g_autoptr(MwPlan) plan = g_new0(MwPlan, 1);
    Maker m = { plan, context, options, reader };

    plan->values = g_array_new(false, true, sizeof(MwPlanValue));
    g_array_set_clear_func(plan->values, value_clear);
    plan->links = g_ptr_array_new_with_free_func((GDestroyNotify)mw_links_free);
    if (!mw_shape_find(context->catalog, options->shape, &plan->shape, error) ||
        !add_pairs(&m, map, false, error) || !add_pairs(&m, options->constants, true, error))
        return NULL;
    if (!map || !*map)
        return mw_fail_null(error, MW_ERROR_INVALID,
                            _("No column of the file is mapped to a field."));
    if (!add_meanings(&m, error) || !check_names(&m, error) || !check_rights(&m, error) ||
        !find_key(&m, error))
        return NULL;
    return g_steal_pointer(&plan);
}
