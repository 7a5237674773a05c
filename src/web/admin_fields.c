/* admin_fields: fields of one's own, added at run time, changed and retired. */
#include <string.h>

#include "base/i18n.h"
#include "base/money.h"
#include "model/kinds/kinds.h"
#include "web/admin.h"
#include "web/routes.h"

static const char *const names[] = { "entity", "kind",     "label_en", "label_zh", "name",
                                     "help",   "choices",  "target",   "initial",  "min",
                                     "max",    "required", "searched", "retired",  NULL };
static const char *const checks[] = { "required", "searched", "retired", NULL };

enum { NAME_MAX_MADE = 40 };

/* Records that may have fields of one's own. */
static bool
is_open(const MwEntity *entity)
{
    return !(entity->flags & (MW_HIDDEN | MW_INTERNAL)) && entity->nav != MW_NAV_MANAGE &&
           entity->nav != MW_NAV_NONE;
}

/* ---- limits in the user's units -------------------------------------------------------------- */

/* Digits after the point that a stored number of this kind has. */
static unsigned
scale_of(const MwContext *context, const char *kind)
{
    const MwCurrency *currency = mw_currency_find(context->settings->currency);

    if (g_strcmp0(kind, "percent") == 0)
        return 2;
    if (g_strcmp0(kind, "quantity") == 0)
        return MW_QUANTITY_SCALE;
    return g_strcmp0(kind, "money") == 0 && currency ? currency->exponent : 0;
}

/* "12.5" as the number that is stored. */
static void
limit_into(const MwContext *context, MwInput *input, const char *kind, const char *name,
           const char *text, MwProblems *problems)
{
    const MwField *field = mw_entity_field(mw_input_entity(input), name);
    int64_t stored;

    if (!text || !*text) {
        mw_input_set(input, name, NULL);
        return;
    }
    if (mw_decimal_parse(text, scale_of(context, kind), &stored) != MW_DECIMAL_OK)
        mw_problems_add(problems, name, "bad_number", _("Write a number."));
    else
        mw_input_set_value(input, field, MW_INT(stored));
}

static char *
limit_shown(const MwRequest *request, const MwRecord *record, const char *name)
{
    if (request->n_form > 0)
        return g_strdup(mw_form_param(request, name));
    if (!record || mw_record_is_null(record, name))
        return NULL;
    return mw_decimal_format(mw_record_int(record, name),
                             scale_of(request->context, mw_record_text(record, "kind")), 0, false);
}

/* ---- the list --------------------------------------------------------------------------------- */

static void
put_row(const MwRequest *request, MwNode *rows, const MwRecord *field)
{
    const MwKind *kind = mw_kind_named(mw_record_text(field, "kind"));
    const MwEntity *entity =
        mw_catalog_entity(request->context->catalog, mw_record_text(field, "entity"));
    MwNode *row = mw_put_object(rows, NULL);

    mw_put_int(row, "id", mw_record_id(field));
    mw_put_copy(row, "entity", entity ? mw_entity_label(entity) : mw_record_text(field, "entity"));
    mw_put_copy(row, "name", mw_record_text(field, "name"));
    mw_put_copy(row, "label_en", mw_record_text(field, "label_en"));
    mw_put_copy(row, "label_zh", mw_record_text(field, "label_zh"));
    mw_put_text(row, "kind", kind ? _(kind->label) : NULL);
    mw_put_bool(row, "is_required", mw_record_int(field, "required"));
    mw_put_bool(row, "is_retired", mw_record_int(field, "retired"));
}

static bool
show_fields(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    MwNode *page = mw_view_root(request->view), *rows = mw_put_list(page, "rows"), *filters;
    const char *of = mw_query_param(request, "entity");
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, "custom_field"),
                      .limit = MW_PAGE_MAX,
                      .n_order = 2 };
    g_autoptr(MwFilter) filter = NULL;
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(context->catalog, &n);

    mw_order_parse(query.entity, "entity", &query.order[0]);
    mw_order_parse(query.entity, "name", &query.order[1]);
    if (of && *of)
        filter = mw_filter_test(mw_entity_field(query.entity, "entity"), MW_TEST_EQ, MW_BORROW(of));
    query.filter = filter;
    g_autoptr(GPtrArray) fields = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    if (!fields)
        return false;
    for (guint i = 0; i < fields->len; i++)
        put_row(request, rows, fields->pdata[i]);
    mw_put_text(page, "title", _("Custom fields"));
    mw_put_text(page, "subtitle", mw_gettext(query.entity->help));
    mw_put_done(request, page);
    g_autofree char *add = g_strconcat("/custom-fields/new?entity=", of ? of : "", NULL);
    mw_put_action(mw_put_list(page, "actions"), _("Add a field"), add, "plus", true);
    filters = mw_put_list(page, "filters");
    for (size_t i = 0; i < n; i++) {
        if (!is_open(entities[i]))
            continue;
        MwNode *item = mw_put_object(filters, NULL);
        mw_put_text(item, "value", entities[i]->name);
        mw_put_text(item, "label", mw_entity_label(entities[i]));
        mw_put_bool(item, "chosen", g_strcmp0(of, entities[i]->name) == 0);
    }
    return mw_reply_page(request, reply, "admin/fields", error);
}

/* ---- the form ----------------------------------------------------------------------------------- */

/* A text that names an entity is chosen from those there are. */
static void
ask_entity(const MwRequest *request, MwNode *fields, const MwEntity *entity, const char *name,
           const char *value, const MwProblems *problems)
{
    const MwField *field = mw_entity_field(entity, name);
    bool target = g_str_equal(name, "target");
    MwNode *node = mw_ask(fields, "select", name, mw_field_label(field), value, problems);
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(request->context->catalog, &n);

    mw_ask_more(node, !target, target ? _("Of a link: the records that it points to.") : NULL);
    if (target)
        mw_ask_option(node, "", "", false);
    for (size_t i = 0; i < n; i++)
        if (is_open(entities[i]) || (target && (g_str_equal(entities[i]->name, "user") ||
                                                g_str_equal(entities[i]->name, "team"))))
            mw_ask_option(node, entities[i]->name, mw_entity_label(entities[i]),
                          g_strcmp0(value, entities[i]->name) == 0);
}

static bool
put_form(const MwRequest *request, MwNode *page, const MwRecord *field, const MwProblems *problems,
         GError **error)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, "custom_field");
    MwNode *fields = mw_put_list(page, "fields");

    for (const char *const *name = names; *name; name++) {
        bool limit = g_str_equal(*name, "min") || g_str_equal(*name, "max");
        g_autofree char *value = limit ? limit_shown(request, field, *name)
                                       : mw_form_value(request, field, entity, *name);
        const MwField *asked = mw_entity_field(entity, *name);
        if (g_str_equal(*name, "entity") || g_str_equal(*name, "target")) {
            ask_entity(request, fields, entity, *name, value, problems);
        } else if (g_str_equal(*name, "name") && !request->id) {
            MwNode *node = mw_ask(fields, "text", *name, mw_field_label(asked), value, problems);
            mw_ask_more(node, false,
                        _("For programs and imports; it stays as it is. Empty: made "
                          "from the English label."));
        } else if (limit) {
            MwNode *node = mw_ask(fields, "text", *name, mw_field_label(asked), value, problems);
            mw_ask_more(node, false, asked->help ? _(asked->help) : NULL);
        } else if (!mw_ask_field(request, fields, entity, *name, value, problems, error)) {
            return false;
        }
    }
    return true;
}

static bool
show_form(const MwRequest *request, MwReply *reply, const MwProblems *problems, GError **error)
{
    const MwContext *context = request->context;
    MwNode *page = mw_view_root(request->view);
    g_autoptr(MwRecord) field = NULL;

    if (request->id) {
        field = mw_record_read(context, mw_catalog_entity(context->catalog, "custom_field"),
                               request->id, MW_LIVE, error);
        if (!field)
            return false;
    }
    mw_put_copy(page, "title", field ? mw_record_text(field, "label_en") : _("Add a field"));
    mw_put_crumb(page, _("Custom fields"), "/custom-fields");
    mw_put_format(page, "action", request->id ? "/custom-fields/%lld" : "/custom-fields/new",
                  (long long)request->id);
    mw_put_bool(page, "is_new", !field);
    if (problems)
        mw_reply_status(reply, 422);
    return put_form(request, page, field, problems, error) &&
           mw_reply_page(request, reply, "admin/field", error);
}

static bool
show_field(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_form(request, reply, NULL, error);
}

/* "x_margin_group" of what was typed as the name, else of the English label; NULL when nothing is left. */
static char *
name_made(const char *typed, const char *label)
{
    const char *from = typed && *typed ? typed : label ? label : "";
    GString *name = g_string_new(g_str_has_prefix(from, "x_") ? "" : "x_");
    gsize begin = name->len;

    for (; *from && name->len < NAME_MAX_MADE; from++)
        if (g_ascii_isalnum(*from) || *from == '_')
            g_string_append_c(name, g_ascii_tolower(*from));
        else if (name->len > begin && name->str[name->len - 1] != '_')
            g_string_append_c(name, '_');
    while (name->len > begin && name->str[name->len - 1] == '_')
        g_string_truncate(name, name->len - 1);
    return g_string_free(name, name->len <= begin);
}

static bool
save_field(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "custom_field"));
    const char *of = mw_form_param(request, "entity"), *kind = mw_form_param(request, "kind");
    const MwEntity *entity = of ? mw_catalog_entity(context->catalog, of) : NULL;

    mw_form_into(request, input, names, checks);
    if (!request->id) {
        g_autofree char *name =
            name_made(mw_form_param(request, "name"), mw_form_param(request, "label_en"));
        mw_input_set(input, "name", name ? name : "");
    }
    for (size_t i = 0; i < 2; i++) {
        const char *limit = i ? "max" : "min";
        limit_into(context, input, kind, limit, mw_form_param(request, limit), problems);
    }
    if (of && *of && (!entity || !is_open(entity)))
        mw_problems_add(problems, "entity", "not_a_choice", _("Choose from the list."));
    g_autoptr(MwRecord) field = mw_problems_any(problems)
                                    ? mw_record_check(context, input, request->id, problems, error)
                                    : mw_record_write(context, input, request->id, problems, error);
    if (!field)
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_discard(reply);
        return show_form(request, reply, problems, error);
    }
    return mw_reply_see_other(reply, request->id ? "/custom-fields?done=saved"
                                                 : "/custom-fields?done=created");
}

const MwRoute mw_admin_fields_routes[] = {
    { MW_GET, "/custom-fields", MW_FOR_ADMINS, 0, MW_RUN_READ, show_fields },
    { MW_GET, "/custom-fields/new", MW_FOR_ADMINS, 0, MW_RUN_READ, show_field },
    { MW_POST, "/custom-fields/new", MW_FOR_ADMINS, 0, MW_RUN_WRITE, save_field },
    { MW_GET, "/custom-fields/{id}", MW_FOR_ADMINS, 0, MW_RUN_READ, show_field },
    { MW_POST, "/custom-fields/{id}", MW_FOR_ADMINS, 0, MW_RUN_WRITE, save_field },
    { .path = NULL },
};
