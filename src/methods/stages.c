#include "methods/stages.h"

#include "base/i18n.h"

/* ---- stages --------------------------------------------------------------------- */

static void
stage_clear(gpointer data)
{
    MwStage *stage = data;

    g_free(stage->key);
    g_free(stage->name);
    g_free(stage->category);
}

static bool
keep_stage(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwStage stage = {
        .id = c[0].integer,
        .key = g_strdup(c[1].text),
        .name = g_strdup(c[2].text),
        .category = g_strdup(c[3].text),
        .kind = *c[4].text,
        .probability = c[5].integer,
        .expected_days = c[6].is == MW_INTEGER ? c[6].integer : 0,
        .position = c[7].is == MW_INTEGER ? c[7].integer : 0,
        .learned = c[8].is == MW_INTEGER ? c[8].integer : -1,
        .learned_deals = c[9].is == MW_INTEGER ? c[9].integer : 0,
    };

    g_array_append_val((GArray *)data, stage);
    return true;
}

GArray *
mw_stages_load(MwStore *store, int64_t process, GError **error)
{
    g_autoptr(GArray) stages = g_array_new(false, false, sizeof(MwStage));
    MwValue param = MW_INT(process);

    g_array_set_clear_func(stages, stage_clear);
    if (!mw_store_run(store,
                      "SELECT id, key, name, forecast_category, kind, probability, "
                      "expected_days, \"position\", learned_probability, learned_deals FROM stage "
                      "WHERE process = $1 AND deleted_at IS NULL ORDER BY \"position\", id",
                      &param, 1, keep_stage, stages, error))
        return NULL;
    return g_steal_pointer(&stages);
}

int
mw_stages_find(const GArray *stages, int64_t id)
{
    for (int i = 0; i < (int)stages->len; i++)
        if (mw_stage_at(stages, i)->id == id)
            return i;
    return -1;
}

int
mw_stages_first(const GArray *stages, char kind)
{
    for (int i = 0; i < (int)stages->len; i++)
        if (mw_stage_at(stages, i)->kind == kind)
            return i;
    return -1;
}

/* ---- gates ----------------------------------------------------------------------- */

typedef struct {
    int64_t stage;
    char *rule, *parameter, *message;
} Gate;

static void
gate_clear(gpointer data)
{
    Gate *gate = data;

    g_free(gate->rule);
    g_free(gate->parameter);
    g_free(gate->message);
}

static bool
keep_gate(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Gate gate = { c[0].integer, g_strdup(c[1].text), g_strdup(c[2].is == MW_TEXT ? c[2].text : ""),
                  g_strdup(c[3].is == MW_TEXT ? c[3].text : NULL) };

    g_array_append_val((GArray *)data, gate);
    return true;
}

typedef struct {
    const MwContext *context;
    const MwRecord *opportunity;
    GHashTable *lines;
} Evidence;

/* Whether there is a row; the parameters are the opportunity and, if not NULL, a text. */
static bool
any_row(const Evidence *e, const char *sql, const char *text, bool *any, GError **error)
{
    char id[24];
    bool by_text = strstr(sql, "record = $1") != NULL;

    g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, mw_record_id(e->opportunity));
    MwValue params[] = { by_text ? MW_BORROW(id) : MW_INT(mw_record_id(e->opportunity)),
                         MW_BORROW(text) };
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_store_scalar(e->context->store, sql, params, text ? 2 : 1, &found, error))
        return false;
    *any = found.is != MW_NULL;
    return true;
}

/* The link by which records of an entity belong to an opportunity; NULL: none. */
static const MwField *
link_to_opportunity(const MwEntity *entity)
{
    for (size_t i = 0; entity && i < entity->n_fields; i++)
        if (g_strcmp0(entity->fields[i].target, "opportunity") == 0)
            return &entity->fields[i];
    return NULL;
}

static bool
has_related(const Evidence *e, const char *name, bool *there, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(e->context->catalog, name);
    const MwField *link = link_to_opportunity(entity);
    const GPtrArray *lines = g_hash_table_lookup(e->lines, name);
    g_autoptr(GString) sql = g_string_new("SELECT 1 FROM ");

    *there = lines ? lines->len > 0 : !link; /* an entity that is no more asks for nothing */
    if (lines || !link)
        return true;
    mw_sql_name(sql, name);
    g_string_append(sql, " WHERE deleted_at IS NULL AND ");
    mw_sql_name(sql, link->name);
    g_string_append(sql, " = $1 LIMIT 1");
    return any_row(e, sql->str, NULL, there, error);
}

/* The roles among those asked for in which not identified yet, shown with commas; NULL: none. */
static char *
missing_roles(const Evidence *e, const char *parameter)
{
    const MwEntity *person = mw_catalog_entity(e->context->catalog, "opportunity_person");
    const MwChoice *roles = mw_entity_field(person, "role")->choices;
    const GPtrArray *people = g_hash_table_lookup(e->lines, "opportunity_person");
    g_auto(GStrv) asked = g_strsplit(parameter, ",", -1);
    g_autoptr(GString) missing = g_string_new(NULL);

    for (char **key = asked; *key; key++) {
        bool known = false;
        g_strstrip(*key);
        for (guint i = 0; people && i < people->len && !known; i++)
            known = g_strcmp0(mw_record_text(people->pdata[i], "role"), *key) == 0;
        for (const MwChoice *role = roles; role->key && !known; role++)
            if (g_str_equal(role->key, *key))
                g_string_append_printf(missing, "%s%s", missing->len ? _(", ") : "",
                                       mw_gettext(role->label));
    }
    return missing->len ? g_string_free(g_steal_pointer(&missing), false) : NULL;
}

static bool
tasks_done(const Evidence *e, const char *subject, bool *done, GError **error)
{
    if (*subject)
        return any_row(e,
                       "SELECT 1 FROM activity WHERE opportunity = $1 AND type = 'task' AND "
                       "subject = $2 AND done = 1 AND deleted_at IS NULL LIMIT 1",
                       subject, done, error);
    bool any = any_row(e,
                       "SELECT 1 FROM activity WHERE opportunity = $1 AND type = 'task' AND "
                       "done = 0 AND deleted_at IS NULL LIMIT 1",
                       NULL, done, error);
    *done = any && !*done;
    return any;
}

/* What a gate misses, as a text; NULL when it is open. */
static bool
look(const Evidence *e, const Gate *gate, char **missing, GError **error)
{
    const MwEntity *entity = e->opportunity->entity;
    const char *parameter = gate->parameter;
    bool there = true;

    *missing = NULL;
    if (g_str_equal(gate->rule, "field")) {
        const MwField *field = mw_entity_field(entity, parameter);
        if (field && mw_record_value(e->opportunity, field)->is == MW_NULL)
            *missing = g_strdup_printf(_("Fill in “%s”."), mw_field_label(field));
    } else if (g_str_equal(gate->rule, "related")) {
        if (!has_related(e, parameter, &there, error))
            return false;
        if (!there)
            *missing =
                g_strdup_printf(_("Add at least one: %s."),
                                mw_entity_label(mw_catalog_entity(e->context->catalog, parameter)));
    } else if (g_str_equal(gate->rule, "people")) {
        g_autofree char *roles = missing_roles(e, parameter);
        if (roles)
            *missing = g_strdup_printf(_("Find out who is: %s."), roles);
    } else if (g_str_equal(gate->rule, "tasks")) {
        if (!tasks_done(e, parameter, &there, error))
            return false;
        if (!there)
            *missing = *parameter ? g_strdup_printf(_("Do the task “%s”."), parameter)
                                  : g_strdup(_("Do the open tasks."));
    } else if (g_str_equal(gate->rule, "file")) {
        if (!any_row(e,
                     "SELECT 1 FROM file WHERE entity = 'opportunity' AND record = $1 AND "
                     "deleted_at IS NULL LIMIT 1",
                     NULL, &there, error))
            return false;
        if (!there)
            *missing = g_strdup(_("Attach a file."));
    }
    if (*missing && gate->message) {
        g_free(*missing);
        *missing = g_strdup(gate->message);
    }
    return true;
}

static void
missing_free(gpointer data)
{
    MwMissing *missing = data;

    g_free(missing->stage);
    g_free(missing->text);
    g_free(missing->rule);
    g_free(missing->parameter);
    g_free(missing);
}

GPtrArray *
mw_missing_new(void)
{
    return g_ptr_array_new_with_free_func(missing_free);
}

char *
mw_missing_text(const MwMissing *missing)
{
    return g_strdup_printf(_("Before “%s”: %s"), missing->stage, missing->text);
}

/* Takes the text. */
static MwMissing *
missing_new(const MwStage *stage, const Gate *gate, char *text)
{
    MwMissing *missing = g_new(MwMissing, 1);

    *missing =
        (MwMissing){ g_strdup(stage->name), text, g_strdup(gate->rule), g_strdup(gate->parameter) };
    return missing;
}

static GArray *
load_gates(MwStore *store, int64_t process, GError **error)
{
    g_autoptr(GArray) gates = g_array_new(false, false, sizeof(Gate));
    MwValue param = MW_INT(process);

    g_array_set_clear_func(gates, gate_clear);
    if (!mw_store_run(store,
                      "SELECT stage, rule, parameter, message FROM stage_gate "
                      "WHERE process = $1 AND deleted_at IS NULL ORDER BY id",
                      &param, 1, keep_gate, gates, error))
        return NULL;
    return g_steal_pointer(&gates);
}

bool
mw_gates_check(const MwContext *context, const MwRecord *opportunity, GHashTable *lines,
               const GArray *stages, int from, int to, GPtrArray *missing, GError **error)
{
    Evidence e = { context, opportunity, lines };

    if (mw_stage_at(stages, to)->kind == 'l' || from >= to)
        return true;
    g_autoptr(GArray) gates =
        load_gates(context->store, mw_record_int(opportunity, "process"), error);
    if (!gates)
        return false;
    for (int i = from + 1; i <= to; i++) {
        const MwStage *stage = mw_stage_at(stages, i);
        for (guint j = 0; j < gates->len; j++) {
            const Gate *gate = &g_array_index(gates, Gate, j);
            char *text = NULL;
            if (gate->stage != stage->id)
                continue;
            if (!look(&e, gate, &text, error))
                return false;
            if (text)
                g_ptr_array_add(missing, missing_new(stage, gate, text));
        }
    }
    return true;
}

static char *
roles_text(const MwContext *context, const char *parameter)
{
    const MwEntity *person = mw_catalog_entity(context->catalog, "opportunity_person");
    const MwChoice *roles = mw_entity_field(person, "role")->choices;
    g_auto(GStrv) asked = g_strsplit(parameter, ",", -1);
    g_autoptr(GString) text = g_string_new(NULL);

    for (char **key = asked; *key; key++) {
        g_strstrip(*key);
        for (const MwChoice *role = roles; role->key; role++)
            if (g_str_equal(role->key, *key))
                g_string_append_printf(text, "%s%s", text->len ? _(", ") : "",
                                       mw_gettext(role->label));
    }
    return g_string_free(g_steal_pointer(&text), false);
}

static char *
gate_text(const MwContext *context, const Gate *gate)
{
    const MwEntity *opportunity = mw_catalog_entity(context->catalog, "opportunity");
    const MwField *field = mw_entity_field(opportunity, gate->parameter);
    const MwEntity *related = mw_catalog_entity(context->catalog, gate->parameter);

    if (g_str_equal(gate->rule, "field"))
        return g_strdup_printf(_("“%s” is filled in"),
                               field ? mw_field_label(field) : gate->parameter);
    if (g_str_equal(gate->rule, "related"))
        return g_strdup_printf(_("There is at least one: %s"),
                               related ? mw_entity_label(related) : gate->parameter);
    if (g_str_equal(gate->rule, "people")) {
        g_autofree char *roles = roles_text(context, gate->parameter);
        return g_strdup_printf(_("It is known who is: %s"), roles);
    }
    if (g_str_equal(gate->rule, "tasks"))
        return *gate->parameter ? g_strdup_printf(_("The task “%s” is done"), gate->parameter)
                                : g_strdup(_("No task is open"));
    return g_strdup(_("A file is attached"));
}

static void
gate_text_free(gpointer data)
{
    g_free(((MwGateText *)data)->text);
    g_free(data);
}

GPtrArray *
mw_gate_texts(const MwContext *context, int64_t process, GError **error)
{
    g_autoptr(GArray) gates = load_gates(context->store, process, error);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(gate_text_free);

    if (!gates)
        return NULL;
    for (guint i = 0; i < gates->len; i++) {
        const Gate *gate = &g_array_index(gates, Gate, i);
        MwGateText *text = g_new(MwGateText, 1);
        *text = (MwGateText){ gate->stage, gate_text(context, gate) };
        g_ptr_array_add(texts, text);
    }
    return g_steal_pointer(&texts);
}

/* ---- the gates themselves --------------------------------------------------------------- */

static bool
names_roles(const MwContext *context, const char *parameter)
{
    const MwEntity *person = mw_catalog_entity(context->catalog, "opportunity_person");
    const MwChoice *roles = mw_entity_field(person, "role")->choices;
    g_auto(GStrv) asked = g_strsplit(parameter, ",", -1);

    for (char **key = asked; *key; key++) {
        bool known = false;
        g_strstrip(*key);
        for (const MwChoice *role = roles; role->key && !known; role++)
            known = g_str_equal(role->key, *key);
        if (!known)
            return false;
    }
    return *asked != NULL;
}

bool
mw_gate_check_itself(const MwContext *context, MwRecord *gate, const MwRecord *before G_GNUC_UNUSED,
                     GHashTable *lines G_GNUC_UNUSED, MwProblems *problems, GError **error)
{
    const MwEntity *opportunity = mw_catalog_entity(context->catalog, "opportunity");
    const char *rule = mw_record_text(gate, "rule");
    const char *parameter = mw_record_text(gate, "parameter");
    MwValue stage = MW_INT(mw_record_int(gate, "stage"));
    g_auto(MwValue) process = MW_NOTHING;
    bool fits = true;

    if (!rule)
        return true;
    if (g_str_equal(rule, "field"))
        fits = parameter && mw_entity_field(opportunity, parameter);
    else if (g_str_equal(rule, "related"))
        fits = parameter && link_to_opportunity(mw_catalog_entity(context->catalog, parameter));
    else if (g_str_equal(rule, "people"))
        fits = parameter && names_roles(context, parameter);
    if (!fits)
        mw_problems_add(problems, "parameter", "unknown",
                        _("Name a field of the opportunity, an entity that links to it, or roles "
                          "in the decision, as the kind of evidence asks for."));
    if (!mw_store_scalar(context->store, "SELECT process FROM stage WHERE id = $1", &stage, 1,
                         &process, error))
        return false;
    if (process.is == MW_INTEGER && process.integer != mw_record_int(gate, "process"))
        mw_problems_add(problems, "stage", "not_found", _("Choose a stage of this process."));
    return true;
}
