#include "derive/openapi.h"

#include "base/i18n.h"
#include "base/json.h"
#include "derive/openapi_parts.h"

typedef MwOpenapiWriter Writer;

static bool
shown(const Writer *w, const MwEntity *entity, const MwField *field)
{
    if (entity->flags & MW_HIDDEN || (field && field->flags & (MW_SECRET | MW_RETIRED)))
        return false;
    return !w->sees || w->sees(entity, field, w->data);
}

/* "sales_order" to "SalesOrder". */
static void
put_name(GString *out, const char *name)
{
    bool up = true;

    for (; *name; name++) {
        if (*name == '_')
            up = true;
        else
            g_string_append_c(out, up ? g_ascii_toupper(*name) : *name);
        up = *name == '_';
    }
}

static void
put_schema_of(Writer *w, const MwEntity *entity, const char *suffix)
{
    g_string_append(w->out, "{\"$ref\":\"#/components/schemas/");
    put_name(w->out, entity->name);
    g_string_append_printf(w->out, "%s\"}", suffix);
}

/* A field may be null, and a link an object when it was expanded. */
static void
put_field(Writer *w, const MwField *field, bool reading)
{
    g_autofree char *taken = field->taken_from && !reading
                                 ? g_strdup_printf("%s. When it is not given: %s.",
                                                   mw_field_label(field), field->taken_from)
                                 : NULL;

    g_string_append_printf(w->out, "\"%s\":{\"description\":", field->name);
    mw_json_string(taken ? taken : mw_field_label(field), w->out);
    g_string_append(w->out, ",\"anyOf\":[");
    field->kind->schema(field, w->out);
    if (reading && field->target && field->index != MW_FIELD_ID)
        g_string_append(w->out, ",{\"type\":\"object\"}");
    g_string_append(w->out, ",{\"type\":\"null\"}]}");
}

static void
put_schema(Writer *w, const MwEntity *entity, bool reading)
{
    GString *out = w->out;
    const char *join = "";

    g_string_append_c(out, '"');
    put_name(out, entity->name);
    g_string_append(out, reading ? "\":{\"type\":\"object\",\"properties\":{"
                                 : "Input\":{\"type\":\"object\",\"properties\":{");
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        if (!shown(w, entity, field) || (!reading && field->flags & MW_READ_ONLY))
            continue;
        g_string_append(out, join);
        put_field(w, field, reading);
        join = ",";
    }
    for (size_t i = 0; entity->details[i]; i++) {
        if (!reading && entity->details[i]->flags & MW_INTERNAL)
            continue;
        g_string_append_printf(out, "%s\"%s\":{\"type\":\"array\",\"items\":", join,
                               entity->details[i]->name);
        put_schema_of(w, entity->details[i], reading ? "" : "Input");
        g_string_append_c(out, '}');
        join = ",";
    }
    if (reading) {
        g_string_append(out, "},\"required\":[\"id\",\"version\"]}");
        return;
    }
    /* Of lines and in batches; the version is the one that the writer has read. */
    g_string_append_printf(out,
                           "%s\"id\":{\"type\":[\"string\",\"null\"]},"
                           "\"version\":{\"type\":\"integer\",\"minimum\":1},"
                           "\"_delete\":{\"type\":\"boolean\"}},\"additionalProperties\":false}",
                           join);
}

/* As mw_buying_centre_json() of methods/ writes it. */
static const char buying_centre[] =
    "\"BuyingCentre\":{\"type\":\"object\",\"required\":[\"days\",\"members\",\"covered\",\"k"
    "ey\",\"key_covered\",\"more\",\"people\",\"ties\",\"findings\"],\"properties\":{\"days\""
    ":{\"type\":\"integer\"},\"members\":{\"type\":\"integer\"},\"covered\":{\"type\":\"integ"
    "er\"},\"key\":{\"type\":\"integer\"},\"key_covered\":{\"type\":\"integer\"},\"more\":{\""
    "type\":\"boolean\"},\"people\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"requ"
    "ired\":[\"contact\",\"name\",\"job_title\",\"member\",\"roles\",\"stance\",\"influence\""
    ",\"owner\",\"last_contact_on\",\"next_contact_on\",\"days_since_contact\",\"covered\",\""
    "rank\",\"between\",\"reach\",\"cost\",\"way\"],\"properties\":{\"contact\":{\"type\":\"s"
    "tring\"},\"name\":{\"type\":\"string\"},\"job_title\":{\"type\":[\"string\",\"null\"]},"
    "\"member\":{\"type\":\"boolean\"},\"roles\":{\"type\":\"array\",\"items\":{\"type\":\"st"
    "ring\"}},\"stance\":{\"type\":[\"string\",\"null\"]},\"influence\":{\"type\":[\"integer"
    "\",\"null\"]},\"owner\":{\"type\":[\"string\",\"null\"]},\"last_contact_on\":{\"type\":["
    "\"string\",\"null\"]},\"next_contact_on\":{\"type\":[\"string\",\"null\"]},\"days_since_"
    "contact\":{\"type\":[\"integer\",\"null\"]},\"covered\":{\"type\":\"boolean\"},\"rank\":"
    "{\"type\":\"number\"},\"between\":{\"type\":\"number\"},\"reach\":{\"type\":\"integer\"}"
    ",\"cost\":{\"type\":[\"integer\",\"null\"]},\"way\":{\"type\":\"array\",\"items\":{\"typ"
    "e\":\"object\",\"required\":[\"name\"],\"properties\":{\"user\":{\"type\":\"string\"},\""
    "contact\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"},\"by\":{\"type\":\"string"
    "\"}},\"additionalProperties\":false}}},\"additionalProperties\":false}},\"ties\":{\"type"
    "\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"from\",\"to\",\"kind"
    "\",\"formal\",\"strength\"],\"properties\":{\"id\":{\"type\":\"string\"},\"from\":{\"typ"
    "e\":\"string\"},\"to\":{\"type\":\"string\"},\"kind\":{\"type\":\"string\"},\"formal\":{"
    "\"type\":\"boolean\"},\"strength\":{\"type\":\"integer\"}},\"additionalProperties\":fals"
    "e}},\"findings\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"kind"
    "\",\"urgent\",\"contact\",\"text\",\"reason\",\"step\",\"step_contact\"],\"properties\":"
    "{\"kind\":{\"enum\":[\"missing_role\",\"uncovered\",\"single_point\",\"way\",\"blocker\""
    ",\"next\"]},\"urgent\":{\"type\":\"boolean\"},\"contact\":{\"type\":[\"string\",\"null\""
    "]},\"text\":{\"type\":\"string\"},\"reason\":{\"type\":\"string\"},\"step\":{\"type\":["
    "\"string\",\"null\"]},\"step_contact\":{\"type\":[\"string\",\"null\"]}},\"additionalPro"
    "perties\":false}}},\"additionalProperties\":false}";

static void
put_schemas(Writer *w)
{
    static const char problem[] =
        "\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\"],"
        "\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
        "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},"
        "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
        "\"index\":{\"type\":\"integer\"},\"field\":{\"type\":\"string\"},"
        "\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}},"
        "\"required\":[\"field\",\"code\",\"message\"]}}}},"
        "\"History\":{\"type\":\"object\",\"required\":[\"data\"],\"properties\":{\"data\":{"
        "\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"at\",\"action\","
        "\"source\",\"changes\"],\"properties\":{\"id\":{\"type\":\"string\"},\"at\":{\"type\":"
        "\"string\",\"format\":\"date-time\"},\"actor\":{\"type\":\"string\"},\"action\":{\"type\":"
        "\"string\"},\"source\":{\"type\":\"string\"},\"changes\":{\"type\":\"object\"}}}}}},"
        "\"Batch\":{\"type\":\"object\",\"required\":[\"data\"],\"properties\":{\"data\":{\"type\":"
        "\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\"],\"properties\":{\"id\":{"
        "\"type\":\"string\"},\"version\":{\"type\":\"integer\"},\"deleted\":{\"type\":"
        "\"boolean\"}}}}}}";
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(w->catalog, &n);

    g_string_append(w->out, problem);
    g_string_append_printf(w->out, ",%s", buying_centre);
    for (size_t i = 0; i < n; i++) {
        if (!shown(w, entities[i], NULL))
            continue;
        g_string_append_c(w->out, ',');
        put_schema(w, entities[i], true);
        g_string_append_c(w->out, ',');
        put_schema(w, entities[i], false);
    }
}

void
mw_openapi_parameter(GString *out, const char *name, const char *in, const char *schema,
                     const char *description)
{
    g_string_append_printf(out,
                           "{\"name\":\"%s\",\"in\":\"%s\",\"required\":%s,\"schema\":%s,"
                           "\"description\":",
                           name, in, g_str_equal(in, "path") ? "true" : "false", schema);
    mw_json_string(description, out);
    g_string_append_c(out, '}');
}

void
mw_openapi_operation(Writer *w, const char *method, const MwEntity *entity, const char *verb,
                     const char *summary)
{
    g_string_append_printf(w->out, "\"%s\":{\"operationId\":\"%s_%s\",\"tags\":[", method, verb,
                           entity->name);
    mw_json_string(mw_entity_plural(entity), w->out);
    g_string_append(w->out, "],\"summary\":");
    mw_json_string(summary, w->out);
}

static void
put_body(Writer *w, const MwEntity *entity, bool many)
{
    g_string_append(w->out, ",\"requestBody\":{\"required\":true,\"content\":{"
                            "\"application/json\":{\"schema\":");
    if (many)
        g_string_append(w->out, "{\"type\":\"array\",\"maxItems\":1000,\"items\":");
    put_schema_of(w, entity, "Input");
    g_string_append(w->out, many ? "}}}}" : "}}}");
}

static void
put_list_schema(Writer *w, const MwEntity *entity)
{
    g_string_append(w->out, "{\"type\":\"object\",\"required\":[\"data\",\"next\"],"
                            "\"properties\":{\"data\":{\"type\":\"array\",\"items\":");
    put_schema_of(w, entity, "");
    g_string_append(w->out, "},\"next\":{\"type\":[\"string\",\"null\"]},"
                            "\"count\":{\"type\":\"integer\"},"
                            "\"count_is_exact\":{\"type\":\"boolean\"}}}");
}

/* ",responses": one success and the problem document for everything else. Ends the operation. */
void
mw_openapi_responses(Writer *w, const MwEntity *entity, const char *status, MwOpenapiGives gives)
{
    g_string_append(w->out, ",\"responses\":{");
    if (gives == MW_GIVES_READ && entity->twins)
        g_string_append(w->out, "\"307\":{\"$ref\":\"#/components/responses/Merged\"},");
    g_string_append_printf(w->out, "\"%s\":{\"description\":\"OK\"", status);
    if (gives != MW_GIVES_NOTHING)
        g_string_append(w->out, ",\"content\":{\"application/json\":{\"schema\":");
    if (gives == MW_GIVES_RECORD || gives == MW_GIVES_READ)
        put_schema_of(w, entity, "");
    else if (gives == MW_GIVES_LIST)
        put_list_schema(w, entity);
    else if (gives == MW_GIVES_HISTORY || gives == MW_GIVES_BATCH)
        g_string_append_printf(w->out, "{\"$ref\":\"#/components/schemas/%s\"}",
                               gives == MW_GIVES_HISTORY ? "History" : "Batch");
    else if (gives == MW_GIVES_BUYING_CENTRE)
        g_string_append(w->out, "{\"$ref\":\"#/components/schemas/BuyingCentre\"}");
    else if (gives == MW_GIVES_OBJECT)
        g_string_append(w->out, "{\"type\":\"object\"}");
    g_string_append(w->out, gives != MW_GIVES_NOTHING ? "}}}" : "}");
    g_string_append(w->out, ",\"default\":{\"$ref\":\"#/components/responses/Problem\"}}}");
}

/* What every list takes, in components/parameters. */
static const struct {
    const char *name, *schema, *description;
} list_parameters[] = {
    { "limit", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":500}", N_("Records on a page") },
    { "after", "{\"type\":\"string\"}", N_("“next” of the page before") },
    { "order", "{\"type\":\"string\"}", N_("Fields to sort by, “-” before one for falling order") },
    { "fields", "{\"type\":\"string\"}", N_("Fields to give") },
    { "expand", "{\"type\":\"string\"}", N_("Links to give as whole records") },
    { "q", "{\"type\":\"string\"}", N_("Words to search for") },
    { "count", "{\"type\":\"boolean\"}", N_("Count the records too") },
    { "deleted", "{\"enum\":[\"no\",\"only\"]}", N_("Deleted records instead") },
};

void
mw_openapi_id(Writer *w)
{
    g_string_append(w->out, "\"parameters\":[");
    mw_openapi_parameter(w->out, "id", "path", "{\"type\":\"string\"}", _("Id of the record"));
    g_string_append(w->out, "],");
}

/* What an export takes, in components/parameters too; those above that it shares have no schema here. */
static const struct {
    const char *name, *schema, *description;
} export_parameters[] = {
    { "order", NULL, NULL },
    { "fields", NULL, NULL },
    { "q", NULL, NULL },
    { "deleted", NULL, NULL },
    { "format", "{\"enum\":[\"csv\",\"xlsx\"]}", N_("CSV, or a workbook") },
    { "labels", "{\"type\":\"boolean\"}",
      N_("Labels and texts as people read them, not names of fields and values") },
    { "lines", "{\"type\":\"boolean\"}", N_("A row a line of each record") },
    { "keys", "{\"type\":\"boolean\"}", N_("IDs of linked records beside their titles") },
};

static void
put_export(Writer *w, const MwEntity *entity)
{
    g_string_append_printf(w->out, ",\"/api/v1/%s/export\":{", entity->path);
    mw_openapi_operation(w, "get", entity, "export",
                         _("All of a list as a file, with the filters of lists"));
    g_string_append(w->out, ",\"parameters\":[");
    for (size_t i = 0; i < G_N_ELEMENTS(export_parameters); i++)
        g_string_append_printf(w->out, "%s{\"$ref\":\"#/components/parameters/%s\"}",
                               i > 0 ? "," : "", export_parameters[i].name);
    g_string_append(w->out, "],\"responses\":{\"200\":{\"$ref\":\"#/components/responses/Table\"},"
                            "\"default\":{\"$ref\":\"#/components/responses/Problem\"}}}}");
}

/* Files taken in: the upload, its rejected rows, and the way back. See web/import_api.c. */
static void
put_import(Writer *w, const MwEntity *entity)
{
    g_string_append_c(w->out, ',');
    mw_openapi_operation(w, "post", entity, "begin",
                         _("Take in a file: it is queued, and its import tells what comes of it"));
    g_string_append(
        w->out,
        ",\"requestBody\":{\"required\":true,\"content\":{\"multipart/form-data\":{\"schema\":{"
        "\"type\":\"object\",\"required\":[\"options\",\"file\"],\"properties\":{"
        "\"file\":{\"type\":\"string\",\"format\":\"binary\"},\"options\":{\"type\":\"object\","
        "\"required\":[\"what\"],\"properties\":{\"what\":{\"type\":\"string\"},"
        "\"map\":{\"type\":[\"object\",\"array\"]},\"constants\":{\"type\":[\"object\",\"array\"]},"
        "\"values\":{\"type\":[\"object\",\"array\"]},\"create_missing\":{\"type\":\"array\"},"
        "\"match\":{\"type\":\"string\"},\"delimiter\":{\"type\":\"string\"},"
        "\"encoding\":{\"type\":\"string\"},\"sheet\":{\"type\":\"string\"},"
        "\"dry_run\":{\"type\":\"boolean\"}}}}}}}},\"responses\":{"
        "\"200\":{\"$ref\":\"#/components/responses/ImportReport\"},"
        "\"202\":{\"$ref\":\"#/components/responses/ImportReport\"},"
        "\"default\":{\"$ref\":\"#/components/responses/Problem\"}}}");
}

static void
put_change_items(Writer *w, const MwEntity *entity)
{
    g_string_append(w->out, ",\"/api/v1/imports/{id}/rejects\":{");
    mw_openapi_id(w);
    mw_openapi_operation(w, "get", entity, "rejects",
                         _("The rejected rows as CSV, with line and reason"));
    g_string_append(w->out, ",\"responses\":{\"200\":{\"$ref\":\"#/components/responses/Table\"},"
                            "\"default\":{\"$ref\":\"#/components/responses/Problem\"}}}},"
                            "\"/api/v1/imports/{id}/undo\":{");
    mw_openapi_id(w);
    mw_openapi_operation(w, "post", entity, "undo",
                         _("Take a whole import back; 202 when it is long"));
    g_string_append(w->out, ",\"responses\":{"
                            "\"200\":{\"$ref\":\"#/components/responses/ImportReport\"},"
                            "\"202\":{\"$ref\":\"#/components/responses/ImportReport\"},"
                            "\"default\":{\"$ref\":\"#/components/responses/Problem\"}}}}");
}

static void
put_list_parameters(Writer *w)
{
    g_string_append(w->out, ",\"parameters\":[");
    for (size_t i = 0; i < G_N_ELEMENTS(list_parameters); i++)
        g_string_append_printf(w->out, "%s{\"$ref\":\"#/components/parameters/%s\"}",
                               i > 0 ? "," : "", list_parameters[i].name);
    g_string_append_c(w->out, ']');
}

static void
put_parameters(Writer *w)
{
    for (size_t i = 0; i < G_N_ELEMENTS(list_parameters); i++) {
        g_string_append_printf(w->out, "%s\"%s\":", i > 0 ? "," : "", list_parameters[i].name);
        mw_openapi_parameter(w->out, list_parameters[i].name, "query", list_parameters[i].schema,
                             _(list_parameters[i].description));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(export_parameters); i++) {
        if (!export_parameters[i].schema)
            continue;
        g_string_append_printf(w->out, ",\"%s\":", export_parameters[i].name);
        mw_openapi_parameter(w->out, export_parameters[i].name, "query",
                             export_parameters[i].schema, _(export_parameters[i].description));
    }
    g_string_append(w->out, ",\"days\":");
    mw_openapi_parameter(
        w->out, "days", "query", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":3650}",
        _("Covered: contact within so many days; without, what the company has set"));
}

bool
mw_openapi_written(const MwEntity *entity)
{
    return !(entity->flags & MW_INTERNAL) && !entity->master;
}

static void
put_collection(Writer *w, const MwEntity *entity)
{
    g_string_append_printf(w->out, "\"/api/v1/%s\":{", entity->path);
    mw_openapi_operation(w, "get", entity, "list",
                         _("List, with filters such as name=like.*pump*"));
    put_list_parameters(w);
    mw_openapi_responses(w, entity, "200", MW_GIVES_LIST);
    if (mw_openapi_written(entity)) {
        g_string_append_c(w->out, ',');
        mw_openapi_operation(w, "post", entity, "create", _("Create"));
        put_body(w, entity, false);
        mw_openapi_responses(w, entity, "201", MW_GIVES_RECORD);
        g_string_append_printf(w->out, "},\"/api/v1/%s/batch\":{", entity->path);
        mw_openapi_operation(w, "post", entity, "batch",
                             _("Create, change and delete up to 1,000 at once, or none of them"));
        put_body(w, entity, true);
        mw_openapi_responses(w, entity, "200", MW_GIVES_BATCH);
    }
    if (g_str_equal(entity->name, "import_run"))
        put_import(w, entity);
    if (g_str_equal(entity->name, "classification_run"))
        mw_openapi_classify(w, entity);
    g_string_append_c(w->out, '}');
    put_export(w, entity);
    if (g_str_equal(entity->name, "import_run"))
        put_change_items(w, entity);
}

static void
put_item(Writer *w, const MwEntity *entity)
{
    g_string_append_printf(w->out, ",\"/api/v1/%s/{id}\":{", entity->path);
    mw_openapi_id(w);
    mw_openapi_operation(w, "get", entity, "read", _("Read"));
    mw_openapi_responses(w, entity, "200", MW_GIVES_READ);
    if (mw_openapi_written(entity)) {
        g_string_append_c(w->out, ',');
        mw_openapi_operation(w, "patch", entity, "update", _("Change the given fields"));
        put_body(w, entity, false);
        mw_openapi_responses(w, entity, "200", MW_GIVES_RECORD);
        g_string_append_c(w->out, ',');
        mw_openapi_operation(w, "delete", entity, "remove",
                             _("Delete; can be restored for 30 days"));
        mw_openapi_responses(w, entity, "204", MW_GIVES_NOTHING);
        g_string_append_printf(w->out, "},\"/api/v1/%s/{id}/restore\":{", entity->path);
        mw_openapi_id(w);
        mw_openapi_operation(w, "post", entity, "restore", _("Restore a deleted one"));
        mw_openapi_responses(w, entity, "200", MW_GIVES_RECORD);
    }
    g_string_append_printf(w->out, "},\"/api/v1/%s/{id}/history\":{", entity->path);
    mw_openapi_id(w);
    mw_openapi_operation(w, "get", entity, "history", _("Who changed what, newest first"));
    mw_openapi_responses(w, entity, "200", MW_GIVES_HISTORY);
    g_string_append_c(w->out, '}');
}

/* The first link from each entity, as web/api.c finds it. */
static void
put_linked(Writer *w, const MwEntity *entity)
{
    g_autoptr(GHashTable) there = g_hash_table_new(g_direct_hash, g_direct_equal);
    size_t n;
    const MwLinkFrom *links = mw_catalog_links_to(w->catalog, entity, &n);

    for (size_t i = 0; i < n; i++) {
        const MwEntity *other = links[i].entity;
        if (links[i].field->flags & MW_QUIET || !shown(w, other, NULL) ||
            !shown(w, other, links[i].field) || !g_hash_table_add(there, (gpointer)other))
            continue;
        g_autofree char *verb = g_strdup_printf("list_%s_of", other->name);
        g_string_append_printf(w->out, ",\"/api/v1/%s/{id}/%s\":{", entity->path, other->path);
        mw_openapi_id(w);
        mw_openapi_operation(w, "get", entity, verb, mw_entity_plural(other));
        put_list_parameters(w);
        mw_openapi_responses(w, other, "200", MW_GIVES_LIST);
        g_string_append_c(w->out, '}');
    }
}

char *
mw_openapi(const MwCatalog *catalog, const char *version,
           bool (*sees)(const MwEntity *entity, const MwField *field, void *data), void *data)
{
    Writer w = { catalog, sees, data, g_string_sized_new(256 * 1024) };
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(catalog, &n);

    g_string_append_printf(w.out,
                           "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Millwright\","
                           "\"version\":\"%s\"},\"security\":[{\"token\":[]}],\"paths\":{",
                           version);
    mw_openapi_favourites(&w);
    for (size_t i = 0; i < n; i++) {
        if (!shown(&w, entities[i], NULL))
            continue;
        g_string_append_c(w.out, ',');
        put_collection(&w, entities[i]);
        put_item(&w, entities[i]);
        mw_openapi_work(&w, entities[i]);
        put_linked(&w, entities[i]);
    }
    g_string_append(w.out, "},\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\","
                           "\"scheme\":\"bearer\"}},\"responses\":{\"Problem\":{\"description\":"
                           "\"RFC 9457\",\"content\":{\"application/problem+json\":{\"schema\":{"
                           "\"$ref\":\"#/components/schemas/Problem\"}}}},\"ImportReport\":{"
                           "\"description\":\"OK\",\"content\":{\"application/json\":{"
                           "\"schema\":{\"type\":\"object\",\"required\":[\"id\"]}}}},"
                           "\"Merged\":{\"description\":\"It was merged into another record\","
                           "\"headers\":{\"Location\":{\"schema\":{\"type\":\"string\"}}}},"
                           "\"Table\":{\"description\":\"OK\",\"content\":{\"text/csv\":{"
                           "\"schema\":{\"type\":\"string\"}},\"application/"
                           "vnd.openxmlformats-officedocument.spreadsheetml.sheet\":{"
                           "\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}}}},"
                           "\"parameters\":{");
    put_parameters(&w);
    g_string_append(w.out, "},\"schemas\":{");
    put_schemas(&w);
    g_string_append(w.out, "}}}");
    return g_string_free(w.out, false);
}
