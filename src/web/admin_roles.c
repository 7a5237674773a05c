/* admin_roles: what each role may do: a matrix of records and rights, and fields that are hidden or fixed. */
#include <string.h>

#include "base/i18n.h"
#include "base/id.h"
#include "web/admin.h"
#include "web/routes.h"

static const struct {
    const char *field, *label;
} rights[MW_N_RIGHTS] = {
    [MW_MAY_READ] = { "may_read", N_("See") },
    [MW_MAY_CREATE] = { "may_create", N_("Create") },
    [MW_MAY_UPDATE] = { "may_update", N_("Change") },
    [MW_MAY_REMOVE] = { "may_remove", N_("Delete") },
    [MW_MAY_EXPORT] = { "may_export", N_("Export") },
    [MW_MAY_IMPORT] = { "may_import", N_("Import") },
};

static const char *const scope_labels[] = {
    [MW_NOBODY] = N_("None"),
    [MW_OWN] = N_("Own records"),
    [MW_TEAM] = N_("Records of the team"),
    [MW_TEAM_BELOW] = N_("Records of the team and teams below"),
    [MW_ALL] = N_("All records"),
};

/* Entities that rights are given on; lines follow their master. */
static bool
is_governed(const MwEntity *entity)
{
    return !entity->master && !(entity->flags & MW_HIDDEN);
}

/* What the system keeps can only be looked at and taken out. */
static bool
is_possible(const MwEntity *entity, MwRight right)
{
    return !(entity->flags & MW_INTERNAL) || right == MW_MAY_READ || right == MW_MAY_EXPORT;
}

/* ---- the list -------------------------------------------------------------------------- */

/* Whose rights a new role begins with. */
static void
put_like(const MwRequest *request, MwNode *fields, const GPtrArray *roles)
{
    const char *chosen = mw_form_param(request, "like");
    MwNode *field = mw_ask(fields, "select", "like", _("Rights to begin with"), NULL, NULL);

    mw_ask_more(field, false, _("Those of another role; each can be changed afterwards."));
    mw_ask_option(field, "", _("None"), false);
    for (guint i = 0; i < roles->len; i++) {
        g_autofree char *id = g_strdup_printf("%lld", (long long)mw_record_id(roles->pdata[i]));
        mw_ask_option(field, id, mw_record_text(roles->pdata[i], "name"),
                      g_strcmp0(chosen, id) == 0);
    }
}

static bool
show_list(const MwRequest *request, MwReply *reply, const MwProblems *problems, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "role");
    MwNode *page = mw_view_root(request->view), *rows = mw_put_list(page, "rows");
    g_autoptr(GPtrArray) roles = mw_records_of(context, "role", NULL, 0, error);
    MwNode *fields = mw_put_list(page, "fields");
    static const char *const names[] = { "name", "key", "note", NULL };

    if (!roles)
        return false;
    mw_put_text(page, "title", _("Roles"));
    mw_put_text(page, "subtitle", mw_gettext(entity->help));
    mw_put_done(request, page);
    for (guint i = 0; i < roles->len; i++) {
        const MwRecord *role = roles->pdata[i];
        MwValue id = MW_INT(mw_record_id(role));
        g_auto(MwValue) users = MW_NOTHING;
        MwNode *row = mw_put_object(rows, NULL);
        if (!mw_store_scalar(
                context->store,
                "SELECT count(*) FROM user_role WHERE role = $1 AND deleted_at IS NULL", &id, 1,
                &users, error))
            return false;
        mw_put_int(row, "id", id.integer);
        mw_put_copy(row, "name", mw_record_text(role, "name"));
        mw_put_copy(row, "key", mw_record_text(role, "key"));
        mw_put_copy(row, "note", mw_record_text(role, "note"));
        mw_put_bool(row, "builtin", mw_record_int(role, "builtin"));
        mw_put_format(row, "users", "%lld", (long long)users.integer);
    }
    for (const char *const *name = names; *name; name++) {
        g_autofree char *value = mw_form_value(request, NULL, entity, *name);
        if (!mw_ask_field(request, fields, entity, *name, value, problems, error))
            return false;
    }
    put_like(request, fields, roles);
    if (problems)
        mw_reply_status(reply, 422);
    return mw_reply_page(request, reply, "admin/roles", error);
}

static bool
show_roles(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_list(request, reply, NULL, error);
}

/* ---- the matrix --------------------------------------------------------------------------- */

typedef struct {
    MwRecord *role;
    GPtrArray *rights, *fields; /* lines */
} Role;

static void
role_clear(Role *role)
{
    mw_record_free(role->role);
    g_clear_pointer(&role->rights, g_ptr_array_unref);
    g_clear_pointer(&role->fields, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Role, role_clear)

static bool
role_read(const MwRequest *request, int64_t id, Role *role, GError **error)
{
    const MwContext *context = request->context;

    role->role =
        mw_record_read(context, mw_catalog_entity(context->catalog, "role"), id, MW_LIVE, error);
    role->rights =
        role->role ? mw_record_details(context, mw_catalog_entity(context->catalog, "role_right"),
                                       id, error)
                   : NULL;
    role->fields =
        role->rights ? mw_record_details(context, mw_catalog_entity(context->catalog, "role_field"),
                                         id, error)
                     : NULL;
    return role->fields != NULL;
}

static bool
is_admin(const Role *role)
{
    return g_strcmp0(mw_record_text(role->role, "key"), "admin") == 0;
}

static const MwRecord *
line_of(const Role *role, const MwEntity *entity)
{
    for (guint i = 0; i < role->rights->len; i++)
        if (g_strcmp0(mw_record_text(role->rights->pdata[i], "entity"), entity->name) == 0)
            return role->rights->pdata[i];
    return NULL;
}

/* What is declared for the role on an entity. */
static MwScope
declared(const Role *role, const MwEntity *entity, MwRight right)
{
    const char *key = mw_record_text(role->role, "key");

    for (const MwGrant *grant = entity->grants; grant && grant->role; grant++)
        if (g_strcmp0(grant->role, key) == 0)
            return grant->may[right];
    return MW_NOBODY;
}

static MwScope
current(const Role *role, const MwEntity *entity, MwRight right)
{
    const MwRecord *line = line_of(role, entity);
    MwScope scope = MW_NOBODY;

    if (!line)
        return declared(role, entity, right);
    mw_scope_parse(mw_record_text(line, rights[right].field), &scope);
    return scope;
}

/* ---- a new one ------------------------------------------------------------------------------ */

/* The rights and fields of another role, as lines of a new one. */
static void
copy_rights(const MwRequest *request, const Role *like, MwInput *input)
{
    const MwCatalog *catalog = request->context->catalog;
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(catalog, &n);

    for (size_t i = 0; i < n; i++) {
        bool any = false;
        for (int right = 0; right < MW_N_RIGHTS; right++)
            any |= current(like, entities[i], (MwRight)right) != MW_NOBODY;
        if (!any || !is_governed(entities[i]))
            continue;
        MwInput *line =
            mw_input_add_detail(input, mw_catalog_entity(catalog, "role_right"), 0, false);
        mw_input_set(line, "entity", entities[i]->name);
        for (int right = 0; right < MW_N_RIGHTS; right++)
            mw_input_set(line, rights[right].field,
                         mw_scope_name(current(like, entities[i], (MwRight)right)));
    }
    for (guint i = 0; i < like->fields->len; i++) {
        static const char *const copied[] = { "entity", "field", "access" };
        MwInput *line =
            mw_input_add_detail(input, mw_catalog_entity(catalog, "role_field"), 0, false);
        for (size_t k = 0; k < G_N_ELEMENTS(copied); k++)
            mw_input_set(line, copied[k], mw_record_text(like->fields->pdata[i], copied[k]));
    }
}

static bool
add_role(const MwRequest *request, MwReply *reply, GError **error)
{
    static const char *const names[] = { "name", "key", "note", NULL };
    const MwContext *context = request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "role"));

    mw_form_into(request, input, names, NULL);
    g_auto(Role) like = { 0 };
    int64_t id = mw_id_read(mw_form_param(request, "like"));
    if (id && !role_read(request, id, &like, error))
        return false;
    if (id)
        copy_rights(request, &like, input);
    g_autoptr(MwRecord) role = mw_record_write(context, input, 0, problems, error);
    if (!role)
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_discard(reply);
        return show_list(request, reply, problems, error);
    }
    g_autofree char *path = g_strdup_printf("/roles/%lld", (long long)mw_record_id(role));
    return mw_reply_see_other(reply, path);
}

/* "sales_order.may_read": name of the select in the form. */
static const char *
name_of(const MwEntity *entity, MwRight right, char name[160])
{
    g_snprintf(name, 160, "%s.%s", entity->name, rights[right].field);
    return name;
}

static void
put_cell(const Role *role, MwNode *cells, const MwEntity *entity, MwRight right)
{
    MwNode *cell = mw_put_object(cells, NULL), *options = mw_put_list(cell, "options");
    MwScope now = current(role, entity, right), was = declared(role, entity, right);
    char name[160];

    mw_put_copy(cell, "name", name_of(entity, right, name));
    mw_put_bool(cell, "possible", is_possible(entity, right));
    mw_put_format(cell, "aria", "%s: %s", mw_entity_plural(entity), _(rights[right].label));
    mw_put_bool(cell, "differs", now != was);
    mw_put_text(cell, "usual", _(scope_labels[was]));
    mw_put_text(cell, "now", _(scope_labels[now]));
    for (int scope = MW_NOBODY; scope <= MW_ALL; scope++) {
        bool between = scope != MW_NOBODY && scope != MW_ALL;
        if (between && !(entity->flags & MW_OWNED) && (MwScope)scope != now)
            continue;
        MwNode *option = mw_put_object(options, NULL);
        mw_put_text(option, "value", mw_scope_name((MwScope)scope));
        mw_put_text(option, "label", _(scope_labels[scope]));
        mw_put_bool(option, "chosen", (MwScope)scope == now);
    }
}

static void
put_matrix(const MwRequest *request, MwNode *page, const Role *role)
{
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(request->context->catalog, &n);
    MwNode *heads = mw_put_list(page, "rights"), *rows = mw_put_list(page, "rows");

    for (int right = 0; right < MW_N_RIGHTS; right++)
        mw_put_text(mw_put_object(heads, NULL), "label", _(rights[right].label));
    for (size_t i = 0; i < n; i++) {
        if (!is_governed(entities[i]))
            continue;
        MwNode *row = mw_put_object(rows, NULL);
        mw_put_text(row, "label", mw_entity_plural(entities[i]));
        MwNode *cells = mw_put_list(row, "cells");
        for (int right = 0; right < MW_N_RIGHTS; right++)
            put_cell(role, cells, entities[i], (MwRight)right);
    }
}

static const char *
label_of_field(const MwContext *context, const char *entity_name, const char *field_name,
               const char **entity_label)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, entity_name);
    const MwField *field = entity ? mw_entity_field(entity, field_name) : NULL;

    *entity_label = entity ? mw_entity_label(entity) : entity_name;
    return field ? mw_field_label(field) : field_name;
}

static void
put_fields(const MwRequest *request, MwNode *page, const Role *role)
{
    MwNode *lines = mw_put_list(page, "lines"), *groups = mw_put_list(page, "groups");
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(request->context->catalog, &n);

    for (guint i = 0; i < role->fields->len; i++) {
        const MwRecord *line = role->fields->pdata[i];
        const char *entity;
        MwNode *node = mw_put_object(lines, NULL);
        mw_put_copy(node, "field",
                    label_of_field(request->context, mw_record_text(line, "entity"),
                                   mw_record_text(line, "field"), &entity));
        mw_put_copy(node, "entity", entity);
        mw_put_int(node, "id", mw_record_id(line));
        mw_put_bool(node, "hidden", g_strcmp0(mw_record_text(line, "access"), "hide") == 0);
    }
    for (size_t i = 0; i < n; i++) {
        if (entities[i]->flags & (MW_HIDDEN | MW_INTERNAL))
            continue;
        MwNode *group = mw_put_object(groups, NULL), *options;
        mw_put_text(group, "label", mw_entity_label(entities[i]));
        options = mw_put_list(group, "options");
        for (size_t f = 0; f < entities[i]->n_fields; f++) {
            const MwField *field = &entities[i]->fields[f];
            if (field->flags & (MW_SYSTEM | MW_SECRET | MW_RETIRED))
                continue;
            MwNode *option = mw_put_object(options, NULL);
            mw_put_format(option, "value", "%s.%s", entities[i]->name, field->name);
            mw_put_text(option, "label", mw_field_label(field));
        }
    }
}

static bool
show_page(const MwRequest *request, MwReply *reply, const Role *role, const MwProblems *problems,
          GError **error)
{
    MwNode *page = mw_view_root(request->view), *fields = mw_put_list(page, "fields");
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, "role");
    static const char *const names[] = { "name", "note", NULL };

    mw_put_copy(page, "title", mw_record_text(role->role, "name"));
    mw_put_copy(page, "subtitle", mw_record_text(role->role, "key"));
    mw_put_crumb(page, _("Roles"), "/roles");
    if (problems) {
        g_autofree char *text = mw_problems_text(problems);
        mw_put_copy(page, "trouble", text);
        mw_reply_status(reply, 422);
    } else {
        mw_put_text(page, "trouble", NULL);
        mw_put_done(request, page);
    }
    mw_put_int(page, "id", request->id);
    mw_put_bool(page, "fixed", is_admin(role));
    mw_put_bool(page, "builtin", mw_record_int(role->role, "builtin"));
    for (const char *const *name = names; *name; name++) {
        g_autofree char *value = mw_form_value(request, role->role, entity, *name);
        if (!mw_ask_field(request, fields, entity, *name, value, problems, error))
            return false;
    }
    put_matrix(request, page, role);
    put_fields(request, page, role);
    return mw_reply_page(request, reply, "admin/role", error);
}

static bool
show_role(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(Role) role = { 0 };

    return role_read(request, request->id, &role, error) &&
           show_page(request, reply, &role, NULL, error);
}

/* ---- saving ---------------------------------------------------------------------------------- */

/* One row of the matrix: a line while it differs from what is declared, none when it does not. */
static void
matrix_row(const MwRequest *request, const Role *role, const MwEntity *entity, MwInput *input,
           MwProblems *problems)
{
    const MwRecord *line = line_of(role, entity);
    MwScope wanted[MW_N_RIGHTS];
    bool differs = false, changed = false;
    char name[160];

    for (int i = 0; i < MW_N_RIGHTS; i++) {
        MwRight right = (MwRight)i;
        const char *sent = mw_form_param(request, name_of(entity, right, name));
        wanted[i] = current(role, entity, right);
        if (sent && is_possible(entity, right) && !mw_scope_parse(sent, &wanted[i]))
            mw_problems_add(problems, name, "not_a_choice", _("There is no such scope."));
        differs |= wanted[i] != declared(role, entity, right);
        changed |= wanted[i] != current(role, entity, right);
    }
    if (!changed)
        return;
    const MwEntity *detail = mw_catalog_entity(request->context->catalog, "role_right");
    MwInput *row = mw_input_add_detail(input, detail, line ? mw_record_id(line) : 0, !differs);
    if (!differs)
        return;
    mw_input_set(row, "entity", entity->name);
    for (int i = 0; i < MW_N_RIGHTS; i++)
        mw_input_set(row, rights[i].field, mw_scope_name(wanted[i]));
}

static void
fields_into(const MwRequest *request, const Role *role, MwInput *input, MwProblems *problems)
{
    const MwEntity *detail = mw_catalog_entity(request->context->catalog, "role_field");
    const char *added = mw_form_param(request, "add_field");
    const char *access = mw_form_param(request, "add_access");
    const char *dot = added ? strchr(added, '.') : NULL;

    for (guint i = 0; i < role->fields->len; i++) {
        int64_t id = mw_record_id(role->fields->pdata[i]);
        g_autofree char *name = g_strdup_printf("field.%lld", (long long)id);
        const char *sent = mw_form_param(request, name);
        if (!sent)
            continue;
        MwInput *line = mw_input_add_detail(input, detail, id, g_str_equal(sent, "write"));
        if (!g_str_equal(sent, "write"))
            mw_input_set(line, "access", sent);
    }
    if (!dot)
        return;
    g_autofree char *entity_name = g_strndup(added, (gsize)(dot - added));
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, entity_name);
    if (!entity || !mw_entity_field(entity, dot + 1)) {
        mw_problems_add(problems, "add_field", "not_found", _("There is no such field."));
        return;
    }
    MwInput *line = mw_input_add_detail(input, detail, 0, false);
    mw_input_set(line, "entity", entity_name);
    mw_input_set(line, "field", dot + 1);
    mw_input_set(line, "access", access);
}

static bool
save_role(const MwRequest *request, MwReply *reply, GError **error)
{
    static const char *const names[] = { "name", "note", NULL };
    const MwContext *context = request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "role"));
    g_auto(Role) role = { 0 };
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(context->catalog, &n);

    if (!role_read(request, request->id, &role, error))
        return false;
    mw_form_into(request, input, names, NULL);
    for (size_t i = 0; i < n && !is_admin(&role); i++)
        if (is_governed(entities[i]))
            matrix_row(request, &role, entities[i], input, problems);
    if (!is_admin(&role))
        fields_into(request, &role, input, problems);
    g_autoptr(MwRecord) record =
        mw_problems_any(problems) ? mw_record_check(context, input, request->id, problems, error)
                                  : mw_record_write(context, input, request->id, problems, error);
    if (!record)
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_discard(reply);
        return show_page(request, reply, &role, problems, error);
    }
    g_autofree char *back = g_strdup_printf("/roles/%lld?done=saved", (long long)request->id);
    return mw_reply_see_other(reply, back);
}

static bool
remove_role(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    MwValue id = MW_INT(request->id);
    g_auto(MwValue) users = MW_NOTHING;
    g_auto(Role) role = { 0 };

    if (!role_read(request, request->id, &role, error) ||
        !mw_store_scalar(context->store,
                         "SELECT count(*) FROM user_role WHERE role = $1 AND deleted_at IS NULL",
                         &id, 1, &users, error))
        return false;
    if (mw_record_int(role.role, "builtin"))
        return mw_fail(error, MW_ERROR_INVALID, _("A built-in role cannot be removed."));
    if (users.integer > 0)
        return mw_fail(error, MW_ERROR_INVALID, _("Users still have this role."));
    return mw_record_remove(context, role.role->entity, request->id, 0, error) &&
           mw_reply_see_other(reply, "/roles?done=removed");
}

const MwRoute mw_admin_roles_routes[] = {
    { MW_GET, "/roles", MW_FOR_ADMINS, 0, MW_RUN_READ, show_roles },
    { MW_POST, "/roles", MW_FOR_ADMINS, 0, MW_RUN_WRITE, add_role },
    { MW_GET, "/roles/{id}", MW_FOR_ADMINS, 0, MW_RUN_READ, show_role },
    { MW_POST, "/roles/{id}", MW_FOR_ADMINS, 0, MW_RUN_WRITE, save_role },
    { MW_POST, "/roles/{id}/remove", MW_FOR_ADMINS, 0, MW_RUN_WRITE, remove_role },
    { .path = NULL },
};
