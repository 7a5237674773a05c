/* openapi_work: see openapi.h; what is done with records beside reading and writing them. */
#include "base/i18n.h"
#include "base/json.h"
#include "derive/openapi_parts.h"

/* What else is done with one record; see web/api_sales.c. The properties of the body are texts but where noted. */
static const struct {
    const char *entity, *verb, *summary;
    const char *const *texts;
    const char *flag; /* a property that is true or false, or NULL */
    MwOpenapiGives gives;
} actions[] = {
    { "opportunity", "move", N_("Move to a stage by its key or id"), MW_NAMES("stage", "reason"),
      NULL, MW_GIVES_RECORD },
    { "opportunity", "win", N_("Close as won"),
      MW_NAMES("reason", "competitor", "note", "closed_on", "move_reason"), NULL, MW_GIVES_RECORD },
    { "opportunity", "lose", N_("Close as lost"),
      MW_NAMES("reason", "competitor", "note", "closed_on", "move_reason"), NULL, MW_GIVES_RECORD },
    { "opportunity", "reopen", N_("Open again"), MW_NAMES("reason"), NULL, MW_GIVES_RECORD },
    { "lead", "convert", N_("Convert to account, contact and opportunity"),
      MW_NAMES("account", "name", "amount", "currency", "close_on", "process", "product"),
      "no_opportunity", MW_GIVES_OBJECT },
    { "activity", "complete", N_("Complete with a result, and make the next step"),
      MW_NAMES("result", "next_step", "next_type", "next_at"), NULL, MW_GIVES_RECORD },
    { "activity", "send-again", N_("Send again the e-mail that failed"), MW_NAMES(NULL), NULL,
      MW_GIVES_RECORD },
    { "mail", "send-again", N_("Send again what failed"), MW_NAMES(NULL), NULL, MW_GIVES_RECORD },
    { "notice", "mark-read", N_("Mark as read"), MW_NAMES(NULL), NULL, MW_GIVES_RECORD },
    { "lead", "pick", N_("Take from its open pool"), MW_NAMES("reason"), NULL, MW_GIVES_RECORD },
    { "lead", "assign", N_("Give to a user, also from an open pool"), MW_NAMES("owner", "reason"),
      NULL, MW_GIVES_RECORD },
    { "lead", "return", N_("Put into an open pool"), MW_NAMES("pool", "reason"), NULL,
      MW_GIVES_RECORD },
    { "account", "pick", N_("Take from its open pool"), MW_NAMES("reason"), NULL, MW_GIVES_RECORD },
    { "account", "assign", N_("Give to a user, also from an open pool"),
      MW_NAMES("owner", "reason"), NULL, MW_GIVES_RECORD },
    { "account", "return", N_("Put into an open pool"), MW_NAMES("pool", "reason"), NULL,
      MW_GIVES_RECORD },
};

/* A body that is an object with these properties, all of them required: `required` is what stands in the list. */
static void
put_object_body(MwOpenapiWriter *w, const char *required, const char *properties)
{
    g_string_append_printf(w->out,
                           ",\"requestBody\":{\"required\":true,\"content\":{"
                           "\"application/json\":{\"schema\":{\"type\":\"object\","
                           "\"additionalProperties\":false,\"required\":[%s],"
                           "\"properties\":{%s}}}}}",
                           required, properties);
}

/* ",responses" with a schema of one's own. Ends the operation. */
static void
put_answer(MwOpenapiWriter *w, const char *status, const char *schema)
{
    g_string_append_printf(w->out,
                           ",\"responses\":{\"%s\":{\"description\":\"OK\",\"content\":{"
                           "\"application/json\":{\"schema\":%s}}},\"default\":{"
                           "\"$ref\":\"#/components/responses/Problem\"}}}",
                           status, schema);
}

/* What is done with many records; see web/api_bulk.c. */
static void
put_many(MwOpenapiWriter *w, const MwEntity *entity, const char *verb, const char *summary,
         const char *required, const char *properties, const char *answer)
{
    g_autofree char *all = g_strconcat(
        "\"ids\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":[\"string\",\"integer\"]}},"
        "\"dry_run\":{\"type\":\"boolean\"},",
        properties, NULL);

    g_string_append_printf(w->out, ",\"/api/v1/%s/%s\":{", entity->path, verb);
    mw_openapi_operation(w, "post", entity, verb, summary);
    put_object_body(w, required, all);
    put_answer(w, "200", answer);
    g_string_append_c(w->out, '}');
}

#define RUN "\"run\":{\"type\":[\"string\",\"null\"]}"
#define NUMBER "{\"type\":\"integer\"}"

static void
put_undo(MwOpenapiWriter *w, const MwEntity *entity)
{
    static const char undone[] =
        "{\"type\":\"object\",\"required\":[\"removed\",\"restored\",\"kept\",\"titles\",\"done\"],"
        "\"properties\":{\"removed\":" NUMBER ",\"restored\":" NUMBER ",\"kept\":" NUMBER
        ",\"titles\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
        "\"done\":{\"type\":\"boolean\"}},\"additionalProperties\":false}";

    g_string_append_printf(w->out, ",\"/api/v1/%s/{id}/undo\":{", entity->path);
    mw_openapi_id(w);
    mw_openapi_operation(
        w, "post", entity, "undo",
        _("Take the whole change back; 202: a job does it, the change tells how far "
          "it is"));
    g_string_append_printf(w->out,
                           ",\"responses\":{\"200\":{\"description\":\"OK\",\"content\":{"
                           "\"application/json\":{\"schema\":%s}}},\"202\":{"
                           "\"description\":\"OK\",\"content\":{\"application/json\":{"
                           "\"schema\":%s}}},\"default\":{"
                           "\"$ref\":\"#/components/responses/Problem\"}}}}",
                           undone, undone);
}

static void
put_bulk(MwOpenapiWriter *w, const MwEntity *entity)
{
    if (g_str_equal(entity->name, "bulk_change"))
        put_undo(w, entity);
    if (!mw_openapi_written(entity))
        return;
    put_many(w, entity, "bulk",
             _("Change, delete or restore many; a dry run tries up to 501 of them"),
             "\"ids\",\"action\"",
             "\"action\":{\"enum\":[\"edit\",\"remove\",\"restore\"]},"
             "\"values\":{\"type\":\"object\"}",
             "{\"type\":\"object\",\"required\":[\"run\",\"records\",\"checked\",\"changed\","
             "\"skipped\",\"done\"],\"properties\":{" RUN ",\"records\":" NUMBER
             ",\"checked\":" NUMBER ",\"changed\":" NUMBER ",\"skipped\":" NUMBER
             ",\"done\":{\"type\":\"boolean\"}},\"additionalProperties\":false}");
    if (entity->twins)
        put_many(w, entity, "merge", _("Make one record of several"), "\"ids\",\"survivor\"",
                 "\"survivor\":{\"type\":[\"string\",\"integer\"]},"
                 "\"choices\":{\"type\":\"object\"}",
                 "{\"type\":\"object\",\"required\":[\"run\",\"survivor\",\"changed\"],"
                 "\"properties\":{" RUN ",\"survivor\":{\"type\":\"string\"},\"changed\":" NUMBER
                 "},\"additionalProperties\":false}");
}

static void
put_actions(MwOpenapiWriter *w, const MwEntity *entity)
{
    for (size_t i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (!g_str_equal(actions[i].entity, entity->name))
            continue;
        g_string_append_printf(w->out, ",\"/api/v1/%s/{id}/%s\":{", entity->path, actions[i].verb);
        mw_openapi_id(w);
        mw_openapi_operation(w, "post", entity, actions[i].verb, _(actions[i].summary));
        g_string_append(w->out, ",\"requestBody\":{\"required\":true,\"content\":{"
                                "\"application/json\":{\"schema\":{\"type\":\"object\","
                                "\"additionalProperties\":false,\"properties\":{");
        for (const char *const *text = actions[i].texts; *text; text++)
            g_string_append_printf(w->out, "%s\"%s\":{\"type\":[\"string\",\"null\"]}",
                                   text > actions[i].texts ? "," : "", *text);
        if (actions[i].flag)
            g_string_append_printf(w->out, ",\"%s\":{\"type\":\"boolean\"}", actions[i].flag);
        g_string_append(w->out, "}}}}}");
        mw_openapi_responses(w, entity, "200", actions[i].gives);
        g_string_append_c(w->out, '}');
    }
}

/* What is worked out from a record and others, to be read. */
static void
put_readings(MwOpenapiWriter *w, const MwEntity *entity)
{
    if (!g_str_equal(entity->name, "opportunity"))
        return;
    g_string_append_printf(w->out, ",\"/api/v1/%s/{id}/buying-centre\":{", entity->path);
    mw_openapi_id(w);
    mw_openapi_operation(w, "get", entity, "buying_centre",
                         _("What the people of the deal come to"));
    g_string_append(w->out, ",\"parameters\":[{\"$ref\":\"#/components/parameters/days\"}]");
    mw_openapi_responses(w, entity, "200", MW_GIVES_BUYING_CENTRE);
    g_string_append(w->out, "},\"/api/v1/funnel\":{");
    mw_openapi_operation(w, "get", entity, "funnel", _("What the opportunities come to"));
    g_string_append(w->out,
                    ",\"parameters\":[{\"name\":\"by\",\"in\":\"query\",\"schema\":{\"type\":"
                    "\"string\",\"enum\":[\"product\",\"owner\",\"team\",\"region\",\"month\","
                    "\"stage\"]}}");
    for (const char *const *name =
             MW_NAMES("from", "to", "owner", "team", "process", "product", "region");
         *name; name++)
        g_string_append_printf(
            w->out,
            ",{\"name\":\"%s\",\"in\":\"query\",\"schema\":{\"type\":"
            "\"string\"%s}}",
            *name,
            g_str_equal(*name, "from") || g_str_equal(*name, "to") ? ",\"format\":\"date\"" : "");
    g_string_append_c(w->out, ']');
    mw_openapi_responses(w, entity, "200", MW_GIVES_OBJECT);
    g_string_append_c(w->out, '}');
}

#define IDS "{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"integer\"]}}"

/* Likely duplicates; see web/twins_page.c. */
static void
put_twins(MwOpenapiWriter *w, const MwEntity *entity)
{
    static const char groups[] =
        "{\"type\":\"object\",\"required\":[\"data\",\"next\",\"search\"],\"properties\":{"
        "\"data\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"score\","
        "\"text\",\"reasons\",\"ids\"],\"properties\":{\"score\":{\"type\":\"integer\"},"
        "\"text\":{\"type\":\"string\"},\"reasons\":{\"type\":\"array\",\"items\":{"
        "\"type\":\"string\"}},\"ids\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
        "\"additionalProperties\":false}},\"next\":{\"type\":[\"string\",\"null\"]},"
        "\"search\":{\"type\":\"object\",\"required\":[\"status\",\"at\"],\"properties\":{"
        "\"status\":{\"enum\":[\"never\",\"working\",\"done\",\"failed\"]},"
        "\"at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}}}},"
        "\"additionalProperties\":false}";

    if (!entity->twins)
        return;
    g_string_append_printf(w->out, ",\"/api/v1/%s/twins\":{", entity->path);
    mw_openapi_operation(w, "get", entity, "twins",
                         _("Groups of likely duplicates, as the last search has found them"));
    g_string_append(w->out, ",\"parameters\":[{\"$ref\":\"#/components/parameters/after\"}]");
    put_answer(w, "200", groups);
    g_string_append_printf(w->out, "},\"/api/v1/%s/twins/search\":{", entity->path);
    mw_openapi_operation(w, "post", entity, "search_twins",
                         _("Search all records for duplicates; one search at a time"));
    put_answer(w, "202",
               "{\"type\":\"object\",\"required\":[\"status\"],\"properties\":{"
               "\"status\":{\"type\":\"string\"}}}");
    g_string_append_printf(w->out, "},\"/api/v1/%s/twins/part\":{", entity->path);
    mw_openapi_operation(w, "post", entity, "part_twins",
                         _("Say that records are not the same: they are not offered again"));
    put_object_body(w, "\"ids\"", "\"ids\":" IDS);
    mw_openapi_responses(w, entity, "204", MW_GIVES_NOTHING);
    g_string_append_c(w->out, '}');
}

/* The saved views of a list as the user has them; see web/views.c. */
static void
put_views(MwOpenapiWriter *w, const MwEntity *entity)
{
    static const char views[] =
        "{\"type\":\"object\",\"required\":[\"data\"],\"properties\":{\"data\":{"
        "\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"name\","
        "\"mine\",\"shared\",\"initial\",\"query\"],\"properties\":{"
        "\"id\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"},"
        "\"mine\":{\"type\":\"boolean\"},\"shared\":{\"type\":\"boolean\"},"
        "\"initial\":{\"type\":\"boolean\"},\"query\":{\"type\":\"string\"}},"
        "\"additionalProperties\":false}}},\"additionalProperties\":false}";

    g_string_append_printf(w->out, ",\"/api/v1/%s/views\":{", entity->path);
    mw_openapi_operation(w, "get", entity, "views",
                         _("Saved views of the list, in one's own order"));
    put_answer(w, "200", views);
    g_string_append_c(w->out, ',');
    mw_openapi_operation(w, "post", entity, "arrange_views",
                         _("Put the views in order, and choose the one that is shown first"));
    put_object_body(w, "\"order\"",
                    "\"order\":" IDS ",\"initial\":{\"type\":[\"string\",\"integer\",\"null\"]}");
    put_answer(w, "200", views);
    g_string_append_c(w->out, '}');
}

/* Records that a user has marked; see web/favourites.c. */
static void
put_favourites(MwOpenapiWriter *w, const MwEntity *entity)
{
    g_string_append_printf(w->out, ",\"/api/v1/%s/{id}/favourite\":{", entity->path);
    mw_openapi_id(w);
    mw_openapi_operation(w, "post", entity, "mark", _("Mark as a favourite"));
    mw_openapi_responses(w, entity, "204", MW_GIVES_NOTHING);
    g_string_append_c(w->out, ',');
    mw_openapi_operation(w, "delete", entity, "unmark", _("Take off the favourites"));
    mw_openapi_responses(w, entity, "204", MW_GIVES_NOTHING);
    g_string_append_c(w->out, '}');
}

void
mw_openapi_favourites(MwOpenapiWriter *w)
{
    g_string_append(w->out, "\"/api/v1/favourites\":{\"get\":{\"operationId\":\"favourites\","
                            "\"tags\":[");
    mw_json_string(_("Favourites"), w->out);
    g_string_append(w->out, "],\"summary\":");
    mw_json_string(_("What the user has marked, the newest first"), w->out);
    put_answer(w, "200",
               "{\"type\":\"object\",\"required\":[\"data\"],\"properties\":{\"data\":{"
               "\"type\":\"array\",\"maxItems\":200,\"items\":{\"type\":\"object\","
               "\"required\":[\"entity\",\"id\",\"title\",\"marked_at\"],\"properties\":{"
               "\"entity\":{\"type\":\"string\"},\"id\":{\"type\":\"string\"},"
               "\"title\":{\"type\":\"string\"},\"marked_at\":{\"type\":\"string\","
               "\"format\":\"date-time\"}},\"additionalProperties\":false}}},"
               "\"additionalProperties\":false}");
    g_string_append_c(w->out, '}');
}

/* One's notices in words; see web/notices.c. */
static void
put_notices(MwOpenapiWriter *w, const MwEntity *entity)
{
    if (!g_str_equal(entity->name, "notice"))
        return;
    g_string_append(w->out, ",\"/api/v1/notices/worded\":{");
    mw_openapi_operation(w, "get", entity, "worded",
                         _("One's notices as sentences, in the language asked for"));
    g_string_append(
        w->out, ",\"parameters\":[{\"name\":\"language\",\"in\":\"query\",\"schema\":{\"enum\":["
                "\"en\",\"zh_CN\"]}},{\"name\":\"unread\",\"in\":\"query\",\"schema\":{\"type\":"
                "\"boolean\"}},{\"$ref\":\"#/components/parameters/limit\"},"
                "{\"$ref\":\"#/components/parameters/after\"}]");
    put_answer(
        w, "200",
        "{\"type\":\"object\",\"required\":[\"data\",\"next\"],\"properties\":{\"data\":{"
        "\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"kind\","
        "\"text\",\"entity\",\"record\",\"created_at\",\"read_at\"],\"properties\":{"
        "\"id\":{\"type\":\"string\"},\"kind\":{\"type\":\"string\"},\"text\":{\"type\":"
        "\"string\"},\"entity\":{\"type\":[\"string\",\"null\"]},\"record\":{\"type\":["
        "\"string\",\"null\"]},\"created_at\":{\"type\":\"string\",\"format\":\"date-time\"},"
        "\"read_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}},"
        "\"additionalProperties\":false}},\"next\":{\"type\":[\"string\",\"null\"]}},"
        "\"additionalProperties\":false}");
    g_string_append(w->out, "},\"/api/v1/notices/mark-all-read\":{");
    mw_openapi_operation(w, "post", entity, "mark_all_read", _("Mark all of one's notices read"));
    put_answer(w, "200",
               "{\"type\":\"object\",\"required\":[\"read\"],\"properties\":{\"read\":{\"type\":"
               "\"integer\"}},\"additionalProperties\":false}");
    g_string_append_c(w->out, '}');
}

/* An e-mail to people of a record; see web/api_mail.c. */
static void
put_mailing(MwOpenapiWriter *w, const MwEntity *entity)
{
    size_t n;
    const MwLinkFrom *links = mw_catalog_links_to(w->catalog, entity, &n);
    const MwEntity *activity = NULL;

    for (size_t i = 0; i < n && !activity; i++)
        if (g_str_equal(links[i].entity->name, "activity") && !(links[i].field->flags & MW_SYSTEM))
            activity = links[i].entity;
    if (!activity)
        return;
    g_string_append_printf(w->out, ",\"/api/v1/%s/{id}/mail\":{", entity->path);
    mw_openapi_id(w);
    mw_openapi_operation(w, "post", entity, "mail", _("Send an e-mail to people of the record"));
    put_object_body(w, "\"to\",\"subject\"",
                    "\"to\":{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"integer\"]}},"
                    "\"subject\":{\"type\":\"string\"},\"body\":{\"type\":[\"string\",\"null\"]},"
                    "\"files\":{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"integer\"]}}");
    mw_openapi_responses(w, activity, "201", MW_GIVES_RECORD);
    g_string_append_c(w->out, '}');
}

#define NUMBERS(n)                                                                                 \
    "{\"type\":\"array\",\"items\":{\"type\":\"number\"},\"minItems\":" n ",\"maxItems\":" n "}"
#define CLASS                                                                                      \
    "{\"type\":\"object\",\"required\":[\"accounts\",\"revenue\",\"share\"],\"properties\":{"      \
    "\"accounts\":" NUMBER ",\"revenue\":{\"type\":\"string\"},\"share\":{\"type\":\"number\"}}}"

void
mw_openapi_classify(MwOpenapiWriter *w, const MwEntity *entity)
{
    static const char found[] =
        "{\"type\":\"object\",\"required\":[\"run\",\"accounts\",\"revenue\",\"currency\",\"gini\","
        "\"top20_accounts\",\"top20_share\",\"accounts_for_80\",\"classes\",\"summary\"],"
        "\"properties\":{" RUN ",\"accounts\":" NUMBER ",\"revenue\":{\"type\":\"string\"},"
        "\"currency\":{\"type\":\"string\"},\"gini\":{\"type\":\"number\"},\"top20_"
        "accounts\":" NUMBER ",\"top20_share\":{\"type\":\"number\"},\"accounts_for_80\":" NUMBER
        ",\"classes\":{\"type\":\"object\",\"additionalProperties\":" CLASS
        "},\"summary\":{\"type\":\"string\"}},\"additionalProperties\":false}";

    g_string_append_c(w->out, ',');
    mw_openapi_operation(
        w, "post", entity, "classify",
        _("Put the accounts in classes by what they order; a dry run keeps nothing"));
    put_object_body(
        w, "",
        "\"name\":{\"type\":\"string\",\"maxLength\":100},\"indicators\":{\"type\":[\"array\","
        "\"object\"]},\"returns\":{\"enum\":[\"include\",\"exclude\"]},\"as_of\":{\"type\":"
        "\"string\","
        "\"format\":\"date\"},\"from\":{\"type\":\"string\",\"format\":\"date\"},\"method\":{"
        "\"enum\":["
        "\"topsis\",\"sum\"]},\"weights\":{\"enum\":[\"given\",\"ahp\",\"entropy\"]},"
        "\"comparisons\":{"
        "\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{\"type\":\"number\"}}},"
        "\"quota\":" NUMBERS("4") ",\"thresholds\":" NUMBERS(
            "3") ",\"schedule\":{\"enum\":[\"none\",\"weekly\",\"monthly\",\"quarterly\","
                 "\"yearly\"]},\"dry_run\":{\"type\":\"boolean\"}");
    g_string_append_printf(w->out,
                           ",\"responses\":{\"200\":{\"description\":\"OK\",\"content\":{"
                           "\"application/json\":{\"schema\":%s}}},\"201\":{"
                           "\"description\":\"OK\",\"content\":{\"application/json\":{"
                           "\"schema\":%s}}},\"default\":{"
                           "\"$ref\":\"#/components/responses/Problem\"}}}",
                           found, found);
}

void
mw_openapi_work(MwOpenapiWriter *w, const MwEntity *entity)
{
    put_actions(w, entity);
    put_mailing(w, entity);
    put_notices(w, entity);
    put_readings(w, entity);
    put_bulk(w, entity);
    put_twins(w, entity);
    if (entity->master)
        return;
    put_views(w, entity);
    put_favourites(w, entity);
}
