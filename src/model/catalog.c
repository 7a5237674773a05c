#include "model/catalog.h"

#include "base/i18n.h"
#include "model/kinds/kinds.h"

struct MwCatalog {
    gint references;
    GPtrArray *entities; /* of MwEntity *, ends with NULL */
    GHashTable *by_name, *by_path;
    GPtrArray *links_to;   /* of GArray of MwLinkFrom, by entity index */
    GStringChunk *strings; /* what custom fields say */
    GPtrArray *allocated;  /* choice tables of custom fields */
};

/* What every entity has; their positions are named in entity.h. */
static const MwField first_fields[] = {
    { .name = "id", .label = N_("ID"), .kind = &mw_link, .flags = MW_SYSTEM | MW_READ_ONLY },
    { .name = "version",
      .label = N_("Version"),
      .kind = &mw_integer,
      .flags = MW_SYSTEM | MW_READ_ONLY | MW_QUIET },
    { .name = "deleted_at",
      .label = N_("Deleted at"),
      .kind = &mw_instant,
      .flags = MW_SYSTEM | MW_READ_ONLY | MW_QUIET },
    MW_FIELDS_END,
};

static const MwField number_field[] = {
    { .name = "number",
      .label = N_("Number"),
      .kind = &mw_text,
      .max = 60,
      .flags = MW_SYSTEM | MW_READ_ONLY | MW_IMPORTABLE | MW_UNIQUE | MW_SEARCHED },
    MW_FIELDS_END,
};

static const MwField owner_fields[] = {
    { .name = "owner",
      .label = N_("Owner"),
      .kind = &mw_link,
      .target = "user",
      .initial = "@me",
      .flags = MW_SYSTEM | MW_INDEXED },
    { .name = "team",
      .label = N_("Team"),
      .kind = &mw_link,
      .target = "team",
      .initial = "@my_team",
      .flags = MW_SYSTEM | MW_INDEXED },
    MW_FIELDS_END,
};

static const MwField last_fields[] = {
    { .name = "created_at",
      .label = N_("Created at"),
      .kind = &mw_instant,
      .flags = MW_SYSTEM | MW_READ_ONLY | MW_IMPORTABLE | MW_QUIET },
    { .name = "created_by",
      .label = N_("Created by"),
      .kind = &mw_link,
      .target = "user",
      .flags = MW_SYSTEM | MW_READ_ONLY | MW_IMPORTABLE | MW_QUIET },
    { .name = "updated_at",
      .label = N_("Updated at"),
      .kind = &mw_instant,
      .flags = MW_SYSTEM | MW_READ_ONLY | MW_QUIET },
    { .name = "updated_by",
      .label = N_("Updated by"),
      .kind = &mw_link,
      .target = "user",
      .flags = MW_SYSTEM | MW_READ_ONLY | MW_QUIET },
    MW_FIELDS_END,
};

/* Of an entity whose title is a name. */
static const MwField order_field[] = {
    { .name = "name_order",
      .label = N_("Order of the name"),
      .kind = &mw_hidden,
      .flags = MW_SYSTEM | MW_READ_ONLY | MW_SECRET | MW_QUIET | MW_INDEXED },
    MW_FIELDS_END,
};

static bool
is_listed_by_name(const MwEntity *declared)
{
    const MwField *field = declared->fields;

    while (field->name && g_strcmp0(field->name, declared->title) != 0)
        field++;
    return field->name && field->flags & MW_NAMED;
}

static void
entity_free(gpointer data)
{
    MwEntity *entity = data;

    if (!entity)
        return;
    g_clear_pointer(&entity->by_name, g_hash_table_unref);
    g_free((gpointer)entity->fields);
    g_free((gpointer)entity->details);
    g_free(entity);
}

static bool
append_field(const MwEntity *entity, GArray *fields, MwField field, GError **error)
{
    if (fields->len >= MW_FIELDS_MAX)
        return mw_fail(error, MW_ERROR_INVALID, _("%s would have more than %d fields."),
                       entity->name, MW_FIELDS_MAX);
    for (guint i = 0; i < fields->len; i++)
        if (g_str_equal(g_array_index(fields, MwField, i).name, field.name))
            return mw_fail(error, MW_ERROR_INVALID, _("%s has the field “%s” twice."), entity->name,
                           field.name);
    field.index = (int)fields->len;
    g_array_append_val(fields, field);
    return true;
}

static bool
append_fields(const MwEntity *entity, GArray *fields, const MwField *more, GError **error)
{
    for (; more->name; more++)
        if (!append_field(entity, fields, *more, error))
            return false;
    return true;
}

/* "key=label" lines to a table of choices. */
static const MwChoice *
custom_choices(MwCatalog *catalog, const char *lines)
{
    g_auto(GStrv) rows = g_strsplit(lines ? lines : "", "\n", -1);
    MwChoice *choices = g_new0(MwChoice, g_strv_length(rows) + 1);
    size_t n = 0;

    for (char **row = rows; *row; row++) {
        char *text = g_strstrip(*row), *equals = strchr(text, '=');
        if (!*text)
            continue;
        if (equals)
            *equals = '\0';
        choices[n].key = g_string_chunk_insert(catalog->strings, g_strstrip(text));
        choices[n].label = equals ? g_string_chunk_insert(catalog->strings, g_strstrip(equals + 1))
                                  : choices[n].key;
        n++;
    }
    g_ptr_array_add(catalog->allocated, choices);
    return choices;
}

static const char *
keep(MwCatalog *catalog, const char *text)
{
    return text && *text ? g_string_chunk_insert_const(catalog->strings, text) : NULL;
}

static bool
append_custom(MwCatalog *catalog, const MwEntity *entity, GArray *fields,
              const MwCustomField *custom, GError **error)
{
    const MwKind *kind = mw_kind_named(custom->kind);

    if (!kind || !kind->custom)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("The custom field “%s” has an unknown kind “%s”."), custom->name,
                       custom->kind);
    MwField field = {
        .name = keep(catalog, custom->name),
        .label = keep(catalog, custom->label ? custom->label : custom->name),
        .help = keep(catalog, custom->help),
        .kind = kind,
        .initial = custom->retired ? NULL : keep(catalog, custom->initial),
        .target = keep(catalog, custom->target),
        .min = custom->min,
        .max = custom->max,
        .flags = MW_CUSTOM | (custom->required && !custom->retired ? MW_REQUIRED : 0) |
                 (custom->searched ? MW_SEARCHED : 0) | (custom->retired ? MW_RETIRED : 0),
    };
    if (kind == &mw_choice || kind == &mw_choices)
        field.choices = custom_choices(catalog, custom->choices);
    return append_field(entity, fields, field, error);
}

static bool
add_entity(MwCatalog *catalog, const MwEntity *declared, const MwCustomField *customs,
           size_t n_customs, GError **error)
{
    g_autoptr(GArray) fields = g_array_new(true, true, sizeof(MwField));

    if (!append_fields(declared, fields, first_fields, error) ||
        (declared->number && !append_fields(declared, fields, number_field, error)) ||
        !append_fields(declared, fields, declared->fields, error) ||
        (declared->flags & MW_OWNED && !append_fields(declared, fields, owner_fields, error)) ||
        !append_fields(declared, fields, last_fields, error) ||
        (is_listed_by_name(declared) && !append_fields(declared, fields, order_field, error)))
        return false;
    for (size_t i = 0; i < n_customs; i++)
        if (g_str_equal(customs[i].entity, declared->name) &&
            !append_custom(catalog, declared, fields, &customs[i], error))
            return false;

    MwEntity *entity = g_memdup2(declared, sizeof *declared);
    entity->n_fields = fields->len;
    entity->index = (int)catalog->entities->len;
    entity->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    entity->fields = (MwField *)g_array_free(g_steal_pointer(&fields), false);
    for (size_t i = 0; i < entity->n_fields; i++) {
        MwField *field = (MwField *)&entity->fields[i];
        if (field->index == MW_FIELD_ID)
            field->target = entity->name;
        g_hash_table_insert(entity->by_name, (gpointer)field->name, field);
    }
    entity->name_order = g_hash_table_lookup(entity->by_name, order_field->name);
    g_ptr_array_add(catalog->entities, entity);
    g_hash_table_insert(catalog->by_name, (gpointer)entity->name, entity);
    g_hash_table_insert(catalog->by_path, (gpointer)entity->path, entity);
    return true;
}

static void
add_choice(GArray *choices, const MwField *custom)
{
    MwChoice choice = { custom->name, custom->label, NULL };

    if (!(custom->flags & MW_CUSTOM) || custom->flags & MW_RETIRED)
        return;
    for (guint i = 0; i < choices->len; i++)
        if (g_str_equal(g_array_index(choices, MwChoice, i).key, custom->name))
            return;
    g_array_append_val(choices, choice);
}

/* What may be chosen of the fields of other entities, once all are there. */
static void
extend_choices(MwCatalog *catalog, MwField *field)
{
    g_autoptr(GArray) choices = g_array_new(true, true, sizeof(MwChoice));

    for (const MwChoice *choice = field->choices; choice->key; choice++)
        g_array_append_val(choices, *choice);
    guint declared = choices->len;
    for (const char *const *name = field->customs_of; *name; name++) {
        const MwEntity *entity = mw_catalog_entity(catalog, *name);
        for (size_t i = 0; entity && i < entity->n_fields; i++)
            add_choice(choices, &entity->fields[i]);
    }
    if (choices->len == declared)
        return;
    field->choices = (MwChoice *)g_array_free(g_steal_pointer(&choices), false);
    g_ptr_array_add(catalog->allocated, (gpointer)field->choices);
}

/* Fills in links_to and details, once all entities are there. */
static bool
connect(MwCatalog *catalog, GError **error)
{
    size_t n = catalog->entities->len;

    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(catalog->links_to, g_array_new(false, false, sizeof(MwLinkFrom)));
    for (size_t i = 0; i < n; i++) {
        const MwEntity *entity = catalog->entities->pdata[i];
        for (size_t f = 1; f < entity->n_fields; f++) {
            const MwField *field = &entity->fields[f];
            if (field->customs_of)
                extend_choices(catalog, (MwField *)field);
            if (!field->target)
                continue;
            const MwEntity *target = mw_catalog_entity(catalog, field->target);
            if (!target)
                return mw_fail(error, MW_ERROR_INVALID, _("%s.%s links to an unknown entity “%s”."),
                               entity->name, field->name, field->target);
            MwLinkFrom link = { entity, field };
            g_array_append_val((GArray *)catalog->links_to->pdata[target->index], link);
        }
    }
    for (size_t i = 0; i < n; i++) {
        MwEntity *entity = catalog->entities->pdata[i];
        g_autoptr(GPtrArray) details = g_ptr_array_new();
        for (size_t j = 0; j < n; j++) {
            const MwEntity *other = catalog->entities->pdata[j];
            if (other->master &&
                g_str_equal(mw_entity_field(other, other->master)->target, entity->name))
                g_ptr_array_add(details, (gpointer)other);
        }
        g_ptr_array_add(details, NULL);
        entity->details =
            (const MwEntity *const *)g_ptr_array_free(g_steal_pointer(&details), false);
    }
    return true;
}

MwCatalog *
mw_catalog_new(const MwEntity *const *entities, const MwCustomField *customs, size_t n_customs,
               GError **error)
{
    g_autoptr(MwCatalog) catalog = g_new0(MwCatalog, 1);

    catalog->references = 1;
    catalog->entities = g_ptr_array_new_with_free_func(entity_free);
    catalog->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    catalog->by_path = g_hash_table_new(g_str_hash, g_str_equal);
    catalog->links_to = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    catalog->strings = g_string_chunk_new(1024);
    catalog->allocated = g_ptr_array_new_with_free_func(g_free);

    for (; *entities; entities++)
        if (!add_entity(catalog, *entities, customs, n_customs, error))
            return NULL;
    if (!connect(catalog, error))
        return NULL;
    g_ptr_array_add(catalog->entities, NULL);
    return g_steal_pointer(&catalog);
}

MwCatalog *
mw_catalog_ref(MwCatalog *catalog)
{
    g_atomic_int_inc(&catalog->references);
    return catalog;
}

void
mw_catalog_unref(MwCatalog *catalog)
{
    if (!catalog || !g_atomic_int_dec_and_test(&catalog->references))
        return;
    g_hash_table_unref(catalog->by_name);
    g_hash_table_unref(catalog->by_path);
    g_ptr_array_unref(catalog->links_to);
    g_ptr_array_unref(catalog->entities);
    g_ptr_array_unref(catalog->allocated);
    g_string_chunk_free(catalog->strings);
    g_free(catalog);
}

const MwEntity *
mw_catalog_entity(const MwCatalog *catalog, const char *name)
{
    return g_hash_table_lookup(catalog->by_name, name);
}

const MwEntity *
mw_catalog_by_path(const MwCatalog *catalog, const char *path)
{
    return g_hash_table_lookup(catalog->by_path, path);
}

const MwEntity *const *
mw_catalog_entities(const MwCatalog *catalog, size_t *n)
{
    if (n)
        *n = catalog->entities->len - 1;
    return (const MwEntity *const *)catalog->entities->pdata;
}

const MwLinkFrom *
mw_catalog_links_to(const MwCatalog *catalog, const MwEntity *entity, size_t *n)
{
    const GArray *links = catalog->links_to->pdata[entity->index];

    *n = links->len;
    return (const MwLinkFrom *)links->data;
}

const MwField *
mw_catalog_source(const MwCatalog *catalog, const MwField *field)
{
    const char *dot = field->taken_from ? strchr(field->taken_from, '.') : NULL;
    g_autofree char *name =
        dot ? g_strndup(field->taken_from, (gsize)(dot - field->taken_from)) : NULL;
    const MwEntity *entity = name ? mw_catalog_entity(catalog, name) : NULL;

    return entity ? mw_entity_field(entity, dot + 1) : NULL;
}
