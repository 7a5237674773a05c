/* millwright user: people who log in. */

#include "record/user.h"
#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/password.h"
#include "record/history.h"
#include "record/token.h"

static char *name, *role;
static gboolean as_json, keep_tokens;

static const GOptionEntry options[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_("Name of the person"), N_("NAME") },
    { "role", 0, 0, G_OPTION_ARG_STRING, &role, N_("Key of the role, default sales"), N_("KEY") },
    { "keep-tokens", 0, 0, G_OPTION_ARG_NONE, &keep_tokens,
      N_("Leave the user's API tokens as they are"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

static bool
told(MwProblems *problems, GError **error)
{
    if (!mw_problems_any(problems))
        return true;
    g_autofree char *text = mw_problems_text(problems);
    return mw_fail(error, MW_ERROR_INVALID, "%s", text);
}

static bool
add(const MwContext *context, const char *email, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autofree char *password = mw_ask_password(_("Password: "), error);

    if (!password)
        return false;
    int64_t id = mw_user_create(context, name ? name : email, email, role ? role : "sales",
                                password, NULL, problems, error);
    return told(problems, error) && id > 0;
}

static bool
set_password(const MwContext *context, const char *email, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    int64_t id;

    if (!mw_app_user(context, email, &id, error))
        return false;
    g_autofree char *password = mw_ask_password(_("Password: "), error);
    return password &&
           mw_user_set_password(context, id, password, NULL, !keep_tokens, problems, error) &&
           told(problems, error);
}

/* Ends the sessions and the tokens. */
static bool
log_out(const MwContext *context, const char *email, GError **error)
{
    int64_t id;

    if (!mw_app_user(context, email, &id, error))
        return false;
    MwValue user = MW_INT(id);
    return mw_store_run(context->store, "DELETE FROM session WHERE user_id = $1", &user, 1, NULL,
                        NULL, error) &&
           (keep_tokens || mw_tokens_end(context, id, error)) &&
           mw_history_add(context, "user", id, "logout_everywhere", "{}", error);
}

static bool
set_active(const MwContext *context, const char *email, const char *active, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "user"));
    int64_t id;

    if (!mw_app_user(context, email, &id, error))
        return false;
    mw_input_set(input, "active", active);
    g_autoptr(MwRecord) record = mw_record_write(context, input, id, problems, error);
    return record && told(problems, error);
}

static bool
enable(const MwContext *context, const char *email, GError **error)
{
    return set_active(context, email, "true", error);
}

static bool
disable(const MwContext *context, const char *email, GError **error)
{
    return set_active(context, email, "false", error);
}

static bool
list(const MwContext *context, const char *none G_GNUC_UNUSED, GError **error)
{
    static const char *const headers[] = { "id", "email", "name", "active" };
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, "user") };
    g_autoptr(GPtrArray) users = mw_record_find(context, &query, MW_MAY_READ, NULL, error);

    if (!users)
        return false;
    json_t *all = json_array();
    MwPrintTable *table = mw_print_table_new("llll", headers);
    for (guint i = 0; i < users->len; i++) {
        const MwRecord *user = users->pdata[i];
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, mw_record_id(user));
        const char *email = mw_record_text(user, "email"), *who = mw_record_text(user, "name");
        bool active = mw_record_int(user, "active");
        json_array_append_new(all, json_pack("{s:s,s:s,s:s,s:b}", "id", id, "email", email, "name",
                                             who, "active", active));
        mw_print_table_row(table, id, email, who, active ? _("yes") : _("no"));
    }
    if (as_json)
        mw_print_json(json_incref(all));
    else
        mw_print_table_end(table);
    json_decref(all);
    return true;
}

static const MwVerb verbs[] = {
    { "list", false, list },     { "add", true, add },       { "password", true, set_password },
    { "logout", true, log_out }, { "enable", true, enable }, { "disable", true, disable },
    { NULL, false, NULL },
};

static bool
run(MwApp *app, int argc, char **argv, GError **error)
{
    return mw_app_verb(app, verbs, argc, argv,
                       _("Say list, or add, password, logout, disable or enable with an address."),
                       error);
}

const MwCommand mw_command_user = {
    .name = "user",
    .summary = N_("Add, list, enable or disable users, set a password, end sessions"),
    .arguments = N_("list|add|password|logout|disable|enable [EMAIL]"),
    .details = N_("The password is taken from MILLWRIGHT_ADMIN_PASSWORD or asked for.\n"
                  "A new password and logout end all sessions and API tokens of the user."),
    .options = options,
    .run = run,
};
