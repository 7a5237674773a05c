/* millwright init: a new company with its administrator. */

#include "base/i18n.h"
#include "base/money.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/password.h"
#include "entities/entities.h"
#include "record/password.h"
#include "record/user.h"

static char *admin, *admin_name, *company_name, *currency, *company_language, *time_zone;

static const GOptionEntry options[] = {
    { "admin", 0, 0, G_OPTION_ARG_STRING, &admin, N_("Address of the administrator"), N_("EMAIL") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &admin_name, N_("Name of the administrator"), N_("NAME") },
    { "company", 0, 0, G_OPTION_ARG_STRING, &company_name, N_("Name of the company"), N_("NAME") },
    { "currency", 0, 0, G_OPTION_ARG_STRING, &currency, N_("Base currency, default CNY"),
      N_("CODE") },
    { "company-language", 0, 0, G_OPTION_ARG_STRING, &company_language,
      N_("Language of the company: zh_CN (default) or en"), N_("LANGUAGE") },
    { "time-zone", 0, 0, G_OPTION_ARG_STRING, &time_zone, N_("Default Asia/Shanghai"), N_("ZONE") },
    G_OPTION_ENTRY_NULL,
};

static bool
check_settings(GError **error)
{
    if (currency && !mw_currency_find(currency))
        return mw_fail(error, MW_ERROR_INVALID, _("“%s” is no currency; write a code such as CNY."),
                       currency);
    if (company_language && !g_str_equal(company_language, "zh_CN") &&
        !g_str_equal(company_language, "en"))
        return mw_fail(error, MW_ERROR_INVALID, _("The language is zh_CN or en, not “%s”."),
                       company_language);
    if (!time_zone)
        return true;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(time_zone);
    return zone || mw_fail(error, MW_ERROR_INVALID, _("There is no time zone “%s”."), time_zone);
}

static bool
make_admin(MwApp *app, const char *password, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    MwContext context;

    if (!mw_app_begin(app, true, &context, error))
        return false;
    int64_t id = mw_user_create(&context, admin_name ? admin_name : admin, admin, "admin", password,
                                NULL, problems, error);
    if (id == 0 && mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        g_set_error_literal(error, MW_ERROR, MW_ERROR_INVALID, text);
    }
    return mw_app_end(app, &context, id > 0, error) && id > 0;
}

/* What it is like and how to go on: the base currency can be changed until there are amounts. */
static void
tell(const char *const *settings, const char *database)
{
    g_print(_("Company: %s. Base currency: %s. Language: %s. Time zone: %s.\n"), settings[1],
            settings[3], settings[5], settings[7]);
    if (!admin)
        g_print("%s\n", _("The first one to open the page makes the administrator."));
    g_print(_("Now serve it: millwright serve --db %s\n"),
            g_str_has_prefix(database, "sqlite:") ? database : "…");
}

static bool
run(MwApp *app, int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED, GError **error)
{
    const char *database = mw_app_database(app, error);
    g_autoptr(MwProblems) problems = mw_problems_new();

    if (!database || !check_settings(error))
        return false;
    g_autofree char *url = mw_store_url_of(database);
    g_autofree char *password =
        admin ? mw_ask_password(_("Password of the administrator: "), error) : NULL;
    if (admin && !password)
        return false;
    if (password && !mw_password_acceptable(password, admin, "password", problems)) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INVALID, "%s", text);
    }
    const char *const settings[] = {
        "company_name", company_name ? company_name : "Millwright",
        "currency",     currency ? currency : "CNY",
        "language",     company_language ? company_language : "zh_CN",
        "time_zone",    time_zone ? time_zone : "Asia/Shanghai",
        NULL,           NULL,
    };
    if (!mw_company_create(url, mw_entities, settings, error) ||
        (admin && !make_admin(app, password, error)))
        return false;
    tell(settings, database);
    return true;
}

const MwCommand mw_command_init = {
    .name = "init",
    .summary = N_("Make a new company"),
    .details = N_("The password of the administrator is taken from MILLWRIGHT_ADMIN_PASSWORD or "
                  "asked for.\nWithout --admin the first visitor of the page makes one."),
    .options = options,
    .run = run,
};
