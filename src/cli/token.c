/* millwright token: keys with which programs use the REST API for a user. */

#include "record/token.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "record/service.h"

static char *email, *expires;
static gboolean as_json;

static const GOptionEntry options[] = {
    { "user", 0, 0, G_OPTION_ARG_STRING, &email, N_("The user for whom the program acts"),
      N_("EMAIL") },
    { "expires", 0, 0, G_OPTION_ARG_STRING, &expires,
      N_("First day on which it no longer works; never without it"), N_("YYYY-MM-DD") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

static bool
expiry(const MwContext *context, int64_t *instant, GError **error)
{
    int64_t day;

    *instant = 0;
    if (!expires)
        return true;
    if (!mw_date_parse(expires, &day))
        return mw_fail(error, MW_ERROR_INVALID, _("Write the date as YYYY-MM-DD, not “%s”."),
                       expires);
    *instant = mw_instant_of_date(day, context->locale.zone);
    return *instant > context->now || mw_fail(error, MW_ERROR_INVALID, _("%s is past."), expires);
}

static bool
create(const MwContext *context, const char *name, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    int64_t user, until;

    if (!email)
        return mw_wrong_call(error, _("Say for whom, by --user."));
    if (!mw_app_user(context, email, &user, error) || !expiry(context, &until, error))
        return false;
    g_autofree char *token = mw_token_create(context, user, name, until, problems, error);
    if (mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INVALID, "%s", text);
    }
    if (token && as_json)
        mw_print_json(json_pack("{s:s}", "token", token));
    else if (token)
        g_print("%s\n", token);
    return token != NULL;
}

static json_t *
json_of(const MwRecord *token, const char *id, const char *who)
{
    json_t *object = json_pack("{s:s,s:s,s:s,s:s}", "id", id, "name", mw_record_text(token, "name"),
                               "user", who, "prefix", mw_record_text(token, "prefix"));
    const char *const instants[] = { "expires_at", "last_used_at" };

    for (size_t i = 0; i < G_N_ELEMENTS(instants); i++) {
        g_autofree char *text = mw_instant_rfc3339(mw_record_int(token, instants[i]));
        bool none = mw_record_is_null(token, instants[i]);
        json_object_set_new(object, instants[i], none ? json_null() : json_string(text));
    }
    return object;
}

static char *
shown(const MwContext *context, const MwRecord *token, const char *name)
{
    return mw_record_is_null(token, name)
               ? g_strdup("–")
               : mw_instant_format(mw_record_int(token, name), context->locale.zone, MW_CLOCK_ISO);
}

static void
print(const MwContext *context, const GPtrArray *tokens, GHashTable *users)
{
    static const char *const headers[] = { "id",         "name",         "user", "prefix",
                                           "expires_at", "last_used_at", NULL };
    MwPrintTable *table = as_json ? NULL : mw_print_table_new("llllll", headers);
    json_t *all = json_array();

    for (guint i = 0; i < tokens->len; i++) {
        const MwRecord *token = tokens->pdata[i];
        int64_t user = mw_record_int(token, "user");
        const char *who = g_hash_table_lookup(users, &user);
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, mw_record_id(token));
        g_autofree char *until = shown(context, token, "expires_at");
        g_autofree char *used = shown(context, token, "last_used_at");
        json_array_append_new(all, json_of(token, id, who));
        if (table)
            mw_print_table_row(table, id, mw_record_text(token, "name"), who,
                               mw_record_text(token, "prefix"), until, used);
    }
    if (table)
        mw_print_table_end(table);
    else
        mw_print_json(json_incref(all));
    json_decref(all);
}

static bool
list(const MwContext *context, const char *none G_GNUC_UNUSED, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "api_token");
    const MwField *link = mw_entity_field(entity, "user");
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = entity, .filter = filter };
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    int64_t user;

    if (email) {
        if (!mw_app_user(context, email, &user, error))
            return false;
        mw_filter_add(filter, mw_filter_test(link, MW_TEST_EQ, MW_INT(user)));
    }
    g_autoptr(GPtrArray) tokens = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    if (!tokens)
        return false;
    for (guint i = 0; i < tokens->len; i++) {
        user = mw_record_int(tokens->pdata[i], "user");
        g_array_append_val(ids, user);
    }
    g_autoptr(GHashTable) users =
        mw_record_titles(context, mw_catalog_entity(context->catalog, "user"), ids, error);
    if (!users)
        return false;
    print(context, tokens, users);
    return true;
}

static bool
revoke_one(const MwContext *context, const char *text, GError **error)
{
    int64_t id = mw_id_read(text);

    if (id == 0)
        return mw_fail(error, MW_ERROR_INVALID, _("“%s” is no id; see “millwright token list”."),
                       text);
    return mw_record_remove(context, mw_catalog_entity(context->catalog, "api_token"), id, 0,
                            error);
}

static const MwVerb verbs[] = {
    { "list", false, list },
    { "create", true, create },
    { "revoke", true, revoke_one },
    { NULL, false, NULL },
};

static bool
run(MwApp *app, int argc, char **argv, GError **error)
{
    return mw_app_verb(app, verbs, argc, argv,
                       _("Say list, create with a name, or revoke with an id."), error);
}

const MwCommand mw_command_token = {
    .name = "token",
    .summary = N_("Create, list or revoke keys for programs that use the REST API"),
    .arguments = N_("create NAME | list | revoke ID"),
    .details = N_("A new key is shown once: only a hash of it is kept. It acts with the rights of "
                  "its user."),
    .options = options,
    .run = run,
};
