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
    if (role_id.is == MW_NULL)
        mw_problems_add(problems, "role", "not_found", _("There is no role “%s”."), role);
    mw_password_acceptable(password, email, "password", problems);
    mw_input_set(input, "name", name);
    mw_input_set(input, "email", email);
    mw_input_set(input, "language", language);
    mw_input_set(input, "time_zone", context->settings->time_zone);
    MwInput *link = mw_input_add_detail(input, user_role, 0, false);
    mw_input_set_value(link, mw_entity_field(user_role, "role"), role_id);

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
