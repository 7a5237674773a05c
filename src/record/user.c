#include "record/user.h"

#include "base/i18n.h"
#include "record/history.h"
#include "record/password.h"
#include "record/token.h"

static bool
put_password(const MwContext *context, int64_t user, const char *password, GError **error)
{
    g_autofree char *hash = mw_password_hash(password, error);
    MwValue params[] = { MW_BORROW(hash), MW_INT(user) };

    return hash &&
           mw_store_run(context->store, "UPDATE \"user\" SET password = $1 WHERE id = $2", params,
                        2, NULL, NULL, error) &&
           mw_history_add(context, "user", user, "password", "{}", error);
}

static bool
list_role(const MwValue *columns, size_t n G_GNUC_UNUSED, void *data)
{
    GString *keys = data;

    g_string_append_printf(keys, "%s%s", keys->len ? ", " : "", columns[0].text);
    return true;
}

static bool
refuse_role(const MwContext *context, const char *role, MwProblems *problems, GError **error)
{
    g_autoptr(GString) keys = g_string_new(NULL);

    if (!mw_store_run(context->store, "SELECT key FROM role WHERE deleted_at IS NULL ORDER BY key",
                      NULL, 0, list_role, keys, error))
        return false;
    mw_problems_add(problems, "role", "not_found", _("There is no role “%s”; there are: %s."), role,
                    keys->str);
    return true;
}

int64_t
mw_user_create(const MwContext *context, const char *name, const char *email, const char *role,
               const char *password, const char *language, MwProblems *problems, GError **error)
{
    const MwEntity *user = mw_catalog_entity(context->catalog, "user");
    const MwEntity *user_role = mw_catalog_entity(context->catalog, "user_role");
    g_autoptr(MwInput) input = mw_input_new(user);
    g_auto(MwValue) role_id = MW_NOTHING;
    MwValue key = MW_BORROW(role);

    if (!mw_store_scalar(context->store,
                         "SELECT id FROM role WHERE key = $1 AND deleted_at IS NULL", &key, 1,
                         &role_id, error))
        return 0;
    if (role_id.is == MW_NULL && !refuse_role(context, role, problems, error))
        return 0;
    mw_password_acceptable(password, email, "password", problems);
    mw_input_set(input, "name", name);
    mw_input_set(input, "email", email);
    mw_input_set(input, "language", language);
    if (role_id.is != MW_NULL) {
        MwInput *link = mw_input_add_detail(input, user_role, 0, false);
        mw_input_set_value(link, mw_entity_field(user_role, "role"), role_id);
    }

    g_autoptr(MwRecord) record = mw_problems_any(problems)
                                     ? mw_record_check(context, input, 0, problems, error)
                                     : mw_record_write(context, input, 0, problems, error);
    if (!record || mw_problems_any(problems))
        return 0;
    int64_t id = mw_record_id(record);
    return put_password(context, id, password, error) ? id : 0;
}

bool
mw_user_set_password(const MwContext *context, int64_t user, const char *password, const char *keep,
                     bool end_tokens, MwProblems *problems, GError **error)
{
    MwValue params[] = { MW_INT(user), MW_BORROW(keep ? keep : "") };

    if (!mw_password_acceptable(password, NULL, "password", problems))
        return true;
    return put_password(context, user, password, error) &&
           mw_store_run(context->store, "DELETE FROM session WHERE user_id = $1 AND token <> $2",
                        params, 2, NULL, NULL, error) &&
           (!end_tokens || mw_tokens_end(context, user, error));
}

int64_t
mw_user_find(MwStore *store, const char *email, GError **error)
{
    MwValue address = MW_BORROW(email);
    g_auto(MwValue) id = MW_NOTHING;

    if (!mw_store_scalar(store,
                         "SELECT id FROM \"user\" WHERE lower(email) = lower($1) "
                         "AND deleted_at IS NULL",
                         &address, 1, &id, error))
        return -1;
    return id.is == MW_INTEGER ? id.integer : 0;
}

bool
mw_user_any(MwStore *store, bool *any, GError **error)
{
    g_auto(MwValue) id = MW_NOTHING;

    if (!mw_store_scalar(store, "SELECT id FROM \"user\" LIMIT 1", NULL, 0, &id, error))
        return false;
    *any = id.is != MW_NULL;
    return true;
}
