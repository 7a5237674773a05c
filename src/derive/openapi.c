#include "derive/openapi.h"

#include "base/i18n.h"
#include "base/json.h"

typedef struct {
    const MwCatalog *catalog;
    bool (*sees)(const MwEntity *entity, const MwField *field, void *data);
    void *data;
    GString *out;
} Writer;

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
    g_string_append_printf(w->out, "\"%s\":{\"description\":", field->name);
    mw_json_string(mw_field_label(field), w->out);
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

static void
put_parameter(GString *out, const char *name, const char *in, const char *schema,
              const char *description)
{
    g_string_append_printf(out,
                           "{\"name\":\"%s\",\"in\":\"%s\",\"required\":%s,\"schema\":%s,"
                           "\"description\":",
                           name, in, g_str_equal(in, "path") ? "true" : "false", schema);
    mw_json_string(description, out);
    g_string_append_c(out, '}');
}

static void
put_operation(Writer *w, const char *method, const MwEntity *entity, const char *verb,
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

typedef enum { NOTHING, RECORD, LIST, HISTORY, BATCH, OBJECT, BUYING_CENTRE } Gives;

/* ",responses": one success and the problem document for everything else. Ends the operation. */
static void
put_responses(Writer *w, const MwEntity *entity, const char *status, Gives gives)
{
    g_string_append_printf(w->out, ",\"responses\":{\"%s\":{\"description\":\"OK\"", status);
    if (gives != NOTHING)
        g_string_append(w->out, ",\"content\":{\"application/json\":{\"schema\":");
    if (gives == RECORD)
        put_schema_of(w, entity, "");
    else if (gives == LIST)
        put_list_schema(w, entity);
    else if (gives == HISTORY || gives == BATCH)
        g_string_append_printf(w->out, "{\"$ref\":\"#/components/schemas/%s\"}",
                               gives == HISTORY ? "History" : "Batch");
    else if (gives == BUYING_CENTRE)
        g_string_append(w->out, "{\"$ref\":\"#/components/schemas/BuyingCentre\"}");
    else if (gives == OBJECT)
        g_string_append(w->out, "{\"type\":\"object\"}");
    g_string_append(w->out, gives != NOTHING ? "}}}" : "}");
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

static void
put_id_parameter(Writer *w)
{
    g_string_append(w->out, "\"parameters\":[");
    put_parameter(w->out, "id", "path", "{\"type\":\"string\"}", _("Id of the record"));
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
    put_operation(w, "get", entity, "export",
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
    put_operation(w, "post", entity, "begin",
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
    put_id_parameter(w);
    put_operation(w, "get", entity, "rejects", _("The rejected rows as CSV, with line and reason"));
    g_string_append(w->out, ",\"responses\":{\"200\":{\"$ref\":\"#/components/responses/Table\"},"
                            "\"default\":{\"$ref\":\"#/components/responses/Problem\"}}}},"
                            "\"/api/v1/imports/{id}/undo\":{");
    put_id_parameter(w);
    put_operation(w, "post", entity, "undo", _("Take a whole import back"));
    put_responses(w, entity, "200", OBJECT);
    g_string_append_c(w->out, '}');
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
        put_parameter(w->out, list_parameters[i].name, "query", list_parameters[i].schema,
                      _(list_parameters[i].description));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(export_parameters); i++) {
        if (!export_parameters[i].schema)
            continue;
        g_string_append_printf(w->out, ",\"%s\":", export_parameters[i].name);
        put_parameter(w->out, export_parameters[i].name, "query", export_parameters[i].schema,
                      _(export_parameters[i].description));
    }
    g_string_append(w->out, ",\"days\":");
    put_parameter(w->out, "days", "query",
                  "{\"type\":\"integer\",\"minimum\":1,\"maximum\":3650,\"default\":30}",
                  _("Covered: contact within so many days"));
}

static bool
written(const MwEntity *entity)
{
    return !(entity->flags & MW_INTERNAL) && !entity->master;
}

static void
put_collection(Writer *w, const MwEntity *entity)
{
    g_string_append_printf(w->out, "\"/api/v1/%s\":{", entity->path);
    put_operation(w, "get", entity, "list", _("List, with filters such as name=like.*pump*"));
    put_list_parameters(w);
    put_responses(w, entity, "200", LIST);
    if (written(entity)) {
        g_string_append_c(w->out, ',');
        put_operation(w, "post", entity, "create", _("Create"));
        put_body(w, entity, false);
        put_responses(w, entity, "201", RECORD);
        g_string_append_printf(w->out, "},\"/api/v1/%s/batch\":{", entity->path);
        put_operation(w, "post", entity, "batch",
                      _("Create, change and delete up to 1,000 at once, or none of them"));
        put_body(w, entity, true);
        put_responses(w, entity, "200", BATCH);
    }
    if (g_str_equal(entity->name, "import_run"))
        put_import(w, entity);
    g_string_append_c(w->out, '}');
    put_export(w, entity);
    if (g_str_equal(entity->name, "import_run"))
        put_change_items(w, entity);
}

static void
put_item(Writer *w, const MwEntity *entity)
{
    g_string_append_printf(w->out, ",\"/api/v1/%s/{id}\":{", entity->path);
    put_id_parameter(w);
    put_operation(w, "get", entity, "read", _("Read"));
    put_responses(w, entity, "200", RECORD);
    if (written(entity)) {
        g_string_append_c(w->out, ',');
        put_operation(w, "patch", entity, "update", _("Change the given fields"));
        put_body(w, entity, false);
        put_responses(w, entity, "200", RECORD);
        g_string_append_c(w->out, ',');
        put_operation(w, "delete", entity, "remove", _("Delete; can be restored for 30 days"));
        put_responses(w, entity, "204", NOTHING);
        g_string_append_printf(w->out, "},\"/api/v1/%s/{id}/restore\":{", entity->path);
        put_id_parameter(w);
        put_operation(w, "post", entity, "restore", _("Restore a deleted one"));
        put_responses(w, entity, "200", RECORD);
    }
    g_string_append_printf(w->out, "},\"/api/v1/%s/{id}/history\":{", entity->path);
    put_id_parameter(w);
    put_operation(w, "get", entity, "history", _("Who changed what, newest first"));
    put_responses(w, entity, "200", HISTORY);
    g_string_append_c(w->out, '}');
}

/* What else is done with one record; see web/api_sales.c. The properties of the body are texts but where noted. */
static const struct {
    const char *entity, *verb, *summary;
    const char *const *texts;
    const char *flag; /* a property that is true or false, or NULL */
    Gives gives;
} actions[] = {
    { "opportunity", "move", N_("Move to a stage by its key or id"), MW_NAMES("stage", "reason"),
      NULL, RECORD },
    { "opportunity", "win", N_("Close as won"),
      MW_NAMES("reason", "competitor", "note", "closed_on", "move_reason"), NULL, RECORD },
    { "opportunity", "lose", N_("Close as lost"),
      MW_NAMES("reason", "competitor", "note", "closed_on", "move_reason"), NULL, RECORD },
    { "opportunity", "reopen", N_("Open again"), MW_NAMES("reason"), NULL, RECORD },
    { "lead", "convert", N_("Convert to account, contact and opportunity"),
      MW_NAMES("account", "name"), "no_opportunity", OBJECT },
    { "activity", "complete", N_("Complete with a result, and make the next step"),
      MW_NAMES("result", "next_step", "next_type", "next_at"), NULL, RECORD },
    { "notice", "mark-read", N_("Mark as read"), MW_NAMES(NULL), NULL, RECORD },
    { "lead", "pick", N_("Take from its open pool"), MW_NAMES("reason"), NULL, RECORD },
    { "lead", "assign", N_("Give to a user, also from an open pool"), MW_NAMES("owner", "reason"),
      NULL, RECORD },
    { "lead", "return", N_("Put into an open pool"), MW_NAMES("pool", "reason"), NULL, RECORD },
    { "account", "pick", N_("Take from its open pool"), MW_NAMES("reason"), NULL, RECORD },
    { "account", "assign", N_("Give to a user, also from an open pool"),
      MW_NAMES("owner", "reason"), NULL, RECORD },
    { "account", "return", N_("Put into an open pool"), MW_NAMES("pool", "reason"), NULL, RECORD },
};

/* What is done with many records; see web/api_bulk.c. */
static void
put_bulk(Writer *w, const MwEntity *entity)
{
    const char *ids = "\"ids\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":[\"string\","
                      "\"integer\"]}},\"dry_run\":{\"type\":\"boolean\"}";

    if (g_str_equal(entity->name, "bulk_change")) {
        g_string_append_printf(w->out, ",\"/api/v1/%s/{id}/undo\":{", entity->path);
        put_id_parameter(w);
        put_operation(w, "post", entity, "undo", _("Take the whole change back"));
        put_responses(w, entity, "200", OBJECT);
        g_string_append_c(w->out, '}');
    }
    if (!written(entity))
        return;
    g_string_append_printf(w->out, ",\"/api/v1/%s/bulk\":{", entity->path);
    put_operation(w, "post", entity, "bulk", _("Change, delete or restore many"));
    g_string_append_printf(
        w->out,
        ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{"
        "\"schema\":{\"type\":\"object\",\"additionalProperties\":false,"
        "\"required\":[\"ids\",\"action\"],\"properties\":{%s,\"action\":{\"enum\":"
        "[\"edit\",\"remove\",\"restore\"]},\"values\":{\"type\":\"object\"}}}}}}",
        ids);
    put_responses(w, entity, "200", OBJECT);
    g_string_append_c(w->out, '}');
    if (!entity->twins)
        return;
    g_string_append_printf(w->out, ",\"/api/v1/%s/merge\":{", entity->path);
    put_operation(w, "post", entity, "merge", _("Make one record of several"));
    g_string_append_printf(
        w->out,
        ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{"
        "\"schema\":{\"type\":\"object\",\"additionalProperties\":false,"
        "\"required\":[\"ids\",\"survivor\"],\"properties\":{%s,\"survivor\":{"
        "\"type\":[\"string\",\"integer\"]},\"choices\":{\"type\":\"object\"}}}}}}",
        ids);
    put_responses(w, entity, "200", OBJECT);
    g_string_append_c(w->out, '}');
}

static void
put_actions(Writer *w, const MwEntity *entity)
{
    for (size_t i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (!g_str_equal(actions[i].entity, entity->name))
            continue;
        g_string_append_printf(w->out, ",\"/api/v1/%s/{id}/%s\":{", entity->path, actions[i].verb);
        put_id_parameter(w);
        put_operation(w, "post", entity, actions[i].verb, _(actions[i].summary));
        g_string_append(w->out, ",\"requestBody\":{\"required\":true,\"content\":{"
                                "\"application/json\":{\"schema\":{\"type\":\"object\","
                                "\"additionalProperties\":false,\"properties\":{");
        for (const char *const *text = actions[i].texts; *text; text++)
            g_string_append_printf(w->out, "%s\"%s\":{\"type\":[\"string\",\"null\"]}",
                                   text > actions[i].texts ? "," : "", *text);
        if (actions[i].flag)
            g_string_append_printf(w->out, ",\"%s\":{\"type\":\"boolean\"}", actions[i].flag);
        g_string_append(w->out, "}}}}}");
        put_responses(w, entity, "200", actions[i].gives);
        g_string_append_c(w->out, '}');
    }
}

/* What is worked out from a record and others, to be read. */
static void
put_readings(Writer *w, const MwEntity *entity)
{
    if (!g_str_equal(entity->name, "opportunity"))
        return;
    g_string_append_printf(w->out, ",\"/api/v1/%s/{id}/buying-centre\":{", entity->path);
    put_id_parameter(w);
    put_operation(w, "get", entity, "buying_centre", _("What the people of the deal come to"));
    g_string_append(w->out, ",\"parameters\":[{\"$ref\":\"#/components/parameters/days\"}]");
    put_responses(w, entity, "200", BUYING_CENTRE);
    g_string_append(w->out, "},\"/api/v1/funnel\":{");
    put_operation(w, "get", entity, "funnel", _("What the opportunities come to"));
    g_string_append(w->out,
                    ",\"parameters\":[{\"name\":\"by\",\"in\":\"query\",\"schema\":{\"type\":"
                    "\"string\",\"enum\":[\"product\",\"owner\",\"team\",\"region\",\"month\","
                    "\"stage\"]}}");
    for (const char *const *name = MW_NAMES("from", "to", "owner", "team", "process"); *name;
         name++)
        g_string_append_printf(
            w->out,
            ",{\"name\":\"%s\",\"in\":\"query\",\"schema\":{\"type\":"
            "\"string\"%s}}",
            *name,
            g_str_equal(*name, "from") || g_str_equal(*name, "to") ? ",\"format\":\"date\"" : "");
    g_string_append_c(w->out, ']');
    put_responses(w, entity, "200", OBJECT);
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
        put_id_parameter(w);
        put_operation(w, "get", entity, verb, mw_entity_plural(other));
        put_list_parameters(w);
        put_responses(w, other, "200", LIST);
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
    const char *join = "";

    g_string_append_printf(w.out,
                           "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Millwright\","
                           "\"version\":\"%s\"},\"security\":[{\"token\":[]}],\"paths\":{",
                           version);
    for (size_t i = 0; i < n; i++) {
        if (!shown(&w, entities[i], NULL))
            continue;
        g_string_append(w.out, join);
        put_collection(&w, entities[i]);
        put_item(&w, entities[i]);
        put_actions(&w, entities[i]);
        put_readings(&w, entities[i]);
        put_bulk(&w, entities[i]);
        put_linked(&w, entities[i]);
        join = ",";
    }
    g_string_append(w.out, "},\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\","
                           "\"scheme\":\"bearer\"}},\"responses\":{\"Problem\":{\"description\":"
                           "\"RFC 9457\",\"content\":{\"application/problem+json\":{\"schema\":{"
                           "\"$ref\":\"#/components/schemas/Problem\"}}}},\"ImportReport\":{"
                           "\"description\":\"OK\",\"content\":{\"application/json\":{"
                           "\"schema\":{\"type\":\"object\",\"required\":[\"id\"]}}}},"
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
