#include "web/admin.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "model/kinds/kinds.h"

/* ---- fields of forms ------------------------------------------------------------------ */

MwNode *
mw_ask(MwNode *fields, const char *type, const char *name, const char *label, const char *value,
       const MwProblems *problems)
{
    MwNode *field = mw_put_object(fields, NULL);
    bool select = g_str_equal(type, "select"), memo = g_str_equal(type, "memo");
    bool check = g_str_equal(type, "check");

    mw_put_copy(field, "name", name);
    mw_put_copy(field, "label", label);
    mw_put_copy(field, "value", value);
    mw_put_copy(field, "problem", problems ? mw_problems_of(problems, name) : NULL);
    mw_put_bool(field, "select", select);
    mw_put_bool(field, "memo", memo);
    mw_put_bool(field, "check", check);
    mw_put_bool(field, "checked", check && g_strcmp0(value, "true") == 0);
    mw_put_text(field, "type", select || memo || check ? NULL : type);
    return field;
}

void
mw_ask_more(MwNode *field, bool required, const char *help)
{
    mw_put_bool(field, "required", required);
    mw_put_text(field, "help", help);
}

void
mw_ask_option(MwNode *field, const char *value, const char *label, bool chosen)
{
    static const MwKey key = { NULL, 0 };
    MwNode *options = (MwNode *)mw_node_get(field, mw_key("options"));

    if (!options)
        options = mw_put_list(field, "options");
    MwNode *option = mw_put_object_at(options, key);
    mw_put_copy(option, "value", value);
    mw_put_copy(option, "label", label);
    mw_put_bool(option, "chosen", chosen);
}

bool
mw_ask_records(const MwRequest *request, MwNode *field, const MwEntity *entity, const char *chosen,
               GError **error)
{
    MwQuery query = { .entity = entity, .limit = MW_ASK_OPTIONS_MAX };

    query.n_order = mw_order_parse(entity, entity->title, &query.order[0]) ? 1 : 0;
    g_autoptr(GPtrArray) records =
        mw_record_find(request->context, &query, MW_MAY_READ, NULL, error);
    if (!records)
        return false;
    for (guint i = 0; i < records->len; i++) {
        g_autoptr(GString) title = g_string_new(NULL);
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, mw_record_id(records->pdata[i]));
        mw_record_title(records->pdata[i], title);
        mw_ask_option(field, id, title->str, g_strcmp0(id, chosen) == 0);
    }
    return true;
}

static const char *
type_of(const MwField *field)
{
    if (field->choices || field->kind == &mw_link)
        return "select";
    if (field->kind == &mw_memo || field->kind == &mw_json)
        return "memo";
    if (field->kind == &mw_bool)
        return "check";
    if (field->kind == &mw_date)
        return "date";
    return field->kind == &mw_email ? "email" : "text";
}

bool
mw_ask_field(const MwRequest *request, MwNode *fields, const MwEntity *entity, const char *name,
             const char *value, const MwProblems *problems, GError **error)
{
    const MwField *field = mw_entity_field(entity, name);
    MwNode *node = mw_ask(fields, type_of(field), name, mw_field_label(field), value, problems);
    bool required = field->flags & MW_REQUIRED;

    mw_ask_more(node, required && field->kind != &mw_bool, field->help ? _(field->help) : NULL);
    if (!field->choices && field->kind != &mw_link)
        return true;
    if (!required)
        mw_ask_option(node, "", "", false);
    for (const MwChoice *choice = field->choices; choice && choice->key; choice++)
        mw_ask_option(node, choice->key, _(choice->label), g_strcmp0(choice->key, value) == 0);
    return field->choices ||
           mw_ask_records(request, node,
                          mw_catalog_entity(request->context->catalog, field->target), value,
                          error);
}

char *
mw_form_value(const MwRequest *request, const MwRecord *record, const MwEntity *entity,
              const char *name)
{
    const char *sent = mw_form_param(request, name);
    const MwField *field = mw_entity_field(entity, name);
    GString *text = g_string_new(NULL);

    if (request->n_form > 0)
        g_string_append(text, sent ? sent : "");
    else if (record)
        mw_field_edit(field, &request->context->locale, mw_record_value(record, field), text);
    else if (mw_query_param(request, name))
        g_string_append(text, mw_query_param(request, name));
    else if (field->initial && *field->initial != '@')
        g_string_append(text, field->initial);
    return g_string_free(text, false);
}

void
mw_form_into(const MwRequest *request, MwInput *input, const char *const *names,
             const char *const *checks)
{
    for (; *names; names++) {
        const char *sent = mw_form_param(request, *names);
        if (sent)
            mw_input_set(input, *names, sent);
        else if (checks && g_strv_contains(checks, *names))
            mw_input_set(input, *names, "false");
    }
}

/* ---- the frame of a page ------------------------------------------------------------------ */

void
mw_put_flash(MwNode *page, bool good, const char *text)
{
    MwNode *flash = mw_put_object(page, "flash");

    mw_put_text(flash, "class", good ? "alert-success" : "alert-danger");
    mw_put_text(flash, "icon", good ? "circle-check" : "alert-triangle");
    mw_put_text(flash, "text", text);
}

bool
mw_put_done(const MwRequest *request, MwNode *page)
{
    static const char *const notices[][2] = {
        { "saved", N_("Saved.") },
        { "created", N_("Added.") },
        { "removed", N_("Removed.") },
        { "password", N_("The password is changed; the user's sessions have ended.") },
        { "ended", N_("The sessions have ended.") },
        { "queued", N_("The work has begun.") },
        { "undone", N_("The import is undone.") },
    };
    const char *done = mw_query_param(request, "done");

    for (size_t i = 0; done && i < G_N_ELEMENTS(notices); i++) {
        if (!g_str_equal(done, notices[i][0]))
            continue;
        mw_put_flash(page, true, _(notices[i][1]));
        return true;
    }
    return false;
}

void
mw_put_crumb(MwNode *page, const char *label, const char *href)
{
    MwNode *crumb = mw_put_object(mw_put_list(page, "crumbs"), NULL);

    mw_put_bool(page, "has_crumbs", true);
    mw_put_copy(crumb, "label", label);
    mw_put_copy(crumb, "href", href);
}

void
mw_put_action(MwNode *list, const char *label, const char *href, const char *icon, bool primary)
{
    MwNode *action = mw_put_object(list, NULL);

    mw_put_text(action, "label", label);
    mw_put_copy(action, "href", href);
    mw_put_text(action, "icon", icon);
    mw_put_text(action, "class", primary ? "btn-primary" : "");
}

void
mw_put_instant(const MwRequest *request, MwNode *node, const char *key, int64_t instant)
{
    g_autofree char *text =
        instant ? mw_instant_format(instant, request->context->locale.zone, MW_CLOCK_ISO) : NULL;

    mw_put_copy(node, key, text);
}

/* ---- records ------------------------------------------------------------------------------- */

char *
mw_title_of(const MwContext *context, const MwEntity *entity, int64_t id, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));

    g_array_append_val(ids, id);
    g_autoptr(GHashTable) titles = mw_record_titles(context, entity, ids, error);
    return titles ? g_strdup(g_hash_table_lookup(titles, &id)) : NULL;
}

int64_t
mw_id_param(const MwRequest *request, const char *name)
{
    const char *text = mw_param(request, name);
    guint64 id = 0;

    return text && g_ascii_string_to_unsigned(text, 10, 1, INT64_MAX, &id, NULL) ? (int64_t)id : 0;
}

GPtrArray *
mw_records_of(const MwContext *context, const char *entity, const char *link, int64_t id,
              GError **error)
{
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, entity), .limit = MW_PAGE_MAX };
    g_autoptr(MwFilter) filter = NULL;

    query.n_order = mw_order_parse(query.entity, query.entity->order ? query.entity->order : "id",
                                   &query.order[0])
                        ? 1
                        : 0;
    if (id) {
        filter = mw_filter_test(mw_entity_field(query.entity, link), MW_TEST_EQ, MW_INT(id));
        query.filter = filter;
    }
    return mw_record_find(context, &query, MW_MAY_READ, NULL, error);
}
