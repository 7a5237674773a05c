#include "cli/app.h"

#include "base/i18n.h"
#include "cli/output.h"
#include "entities/entities.h"
#include "mail/letter.h"
#include "methods/derivations.h"
#include "record/outbox.h"
#include "record/user.h"

typedef struct {
    const char *key;     /* in the file; the option with "-" for "_"; MILLWRIGHT_KEY */
    const char *initial; /* default, or NULL */
    const char *help, *argument;
    bool common; /* an option of every command; the others are options of “serve” */
    bool secret; /* no option: others on the machine see those */
} Setting;

/* Every setting there is. Those that are not common are read by “serve”, which repeats none. */
static const Setting settings[] = {
    { "db", NULL, N_("Database: sqlite:FILE or postgresql://…?company=NAME"), N_("URL"), true },
    { "language", NULL, N_("Language of the messages: en or zh_CN"), N_("LANGUAGE"), true },
    { "listen", "127.0.0.1:8080", N_("Address and port to serve on"), N_("ADDRESS:PORT"), false },
    { "threads", "2", N_("Threads that have the sockets"), N_("N"), false },
    { "workers", "4", N_("Threads for slow work"), N_("N"), false },
    { "tls_certificate", NULL, N_("Certificate for TLS, a PEM file"), N_("FILE"), false },
    { "tls_key", NULL, N_("Key of the certificate, a PEM file"), N_("FILE"), false },
    { "templates", NULL, N_("Folder whose templates go before the built-in ones"), N_("FOLDER"),
      false },
    { "behind_proxy", "no", N_("Believe X-Forwarded-Proto and -For: yes or no"), N_("YES"), false },
    { "log", "lines", N_("Form of the log: lines, json or none"), N_("FORM"), false },
    { "ledger_mb", "1024", N_("Memory for sums over the ledger, in MB; 0: none"), N_("MB"), true },
    { "smtp", NULL,
      N_("Mail server: smtp://HOST:PORT or smtps://HOST:PORT; without it nothing is sent"),
      N_("URL"), false },
    { "smtp_tls", "yes", N_("Send mail only by an encrypted connection: yes or no"), N_("YES"),
      false },
    { "smtp_user", NULL, N_("User at the mail server; the password is the setting smtp_password"),
      N_("NAME"), false },
    { "smtp_password", NULL, NULL, NULL, false, .secret = true },
    { "mail_from", NULL, N_("Sender of mail: ADDRESS or NAME <ADDRESS>"), N_("ADDRESS"), false },
    { "url", NULL, N_("Address of the pages, for links in mail: https://HOST"), N_("URL"), false },
};

#define DEFAULT_FILE "/etc/millwright/millwright.conf"
#define GROUP "millwright"
#define COMPANY_GROUP "company "

struct MwApp {
    char *config; /* --config */
    char *values[G_N_ELEMENTS(settings)];
    GKeyFile *file;
    GOptionEntry entries[G_N_ELEMENTS(settings) + 2];
    char *names[G_N_ELEMENTS(settings)];
    MwMailbox sender;
    MwMailServer mail;
    MwCompany *company;
    MwStore *store;
};

bool
mw_app_verb(MwApp *app, const MwVerb *verbs, int argc, char **argv, const char *wrong,
            GError **error)
{
    MwContext context;

    while (verbs->name && !(argc == (verbs->argument ? 3 : 2) && g_str_equal(verbs->name, argv[1])))
        verbs++;
    if (!verbs->name)
        return mw_wrong_call(error, "%s", wrong);
    if (!mw_app_begin(app, true, &context, error))
        return false;
    bool done = verbs->perform(&context, argv[2], error);
    return mw_app_end(app, &context, done, done ? error : NULL) && done;
}

bool
mw_app_user(const MwContext *context, const char *email, int64_t *user, GError **error)
{
    *user = mw_user_find(context->store, email, error);
    if (*user == 0)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no user “%s”."), email);
    return *user > 0;
}

MwApp *
mw_app_new(void)
{
    MwApp *app = g_new0(MwApp, 1);

    app->file = g_key_file_new();
    return app;
}

void
mw_app_free(MwApp *app)
{
    if (!app)
        return;
    mw_store_close(app->store);
    mw_company_free(app->company);
    g_key_file_unref(app->file);
    mw_mailbox_clear(&app->sender);
    g_free((char *)app->mail.url);
    g_free(app->config);
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        g_free(app->values[i]);
        g_free(app->names[i]);
    }
    g_free(app);
}

GOptionGroup *
mw_app_options(MwApp *app)
{
    GOptionGroup *group = g_option_group_new("common", "", "", app, NULL);

    size_t n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (settings[i].secret)
            continue;
        app->names[i] = g_strdelimit(g_strdup(settings[i].key), "_", '-');
        app->entries[n++] = (GOptionEntry){
            .long_name = app->names[i],
            .arg = G_OPTION_ARG_STRING,
            .arg_data = &app->values[i],
            .description = settings[i].help,
            .arg_description = settings[i].argument,
        };
    }
    app->entries[n] = (GOptionEntry){ .long_name = "config",
                                      .arg = G_OPTION_ARG_FILENAME,
                                      .arg_data = &app->config };
    g_option_group_add_entries(group, app->entries);
    return group;
}

void
mw_app_help(GString *text, bool common)
{
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        g_autofree char *name = g_strdelimit(g_strdup(settings[i].key), "_", '-');
        if (settings[i].common == common && !settings[i].secret)
            mw_append_option(text, name, mw_gettext(settings[i].argument),
                             mw_gettext(settings[i].help));
    }
    if (common) {
        g_autofree char *help =
            g_strdup_printf("%s: " DEFAULT_FILE, _("Configuration file, without it"));
        mw_append_option(text, "config", _("FILE"), help);
    }
}

/* Why a file of settings is not taken. */
static bool
refuse_file(const char *file, const GError *found, GError **error)
{
    if (g_error_matches(found, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND))
        return mw_fail(error, MW_ERROR_INVALID,
                       _("%s: settings stand below a line [millwright]; write it above them."),
                       file);
    return mw_fail(error, MW_ERROR_INVALID, "%s: %s", file, found->message);
}

bool
mw_app_configure(MwApp *app, GError **error)
{
    const char *named = app->config ? app->config : g_getenv("MILLWRIGHT_CONFIG");
    const char *file = named ? named : DEFAULT_FILE;
    g_autoptr(GError) local = NULL;

    if (!g_key_file_load_from_file(app->file, file, G_KEY_FILE_NONE, &local) &&
        (named || !g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT)))
        return refuse_file(file, local, error);
    g_auto(GStrv) groups = g_key_file_get_groups(app->file, NULL);
    for (char **group = groups; *group; group++)
        if (!g_str_equal(*group, GROUP) && !g_str_has_prefix(*group, COMPANY_GROUP))
            return mw_fail(error, MW_ERROR_INVALID,
                           _("%s: there is no group [%s]; settings stand below [millwright], those "
                             "of a further company below [company NAME]."),
                           file, *group);
    g_auto(GStrv) keys = g_key_file_get_keys(app->file, GROUP, NULL, NULL);
    for (char **key = keys; key && *key; key++) {
        bool known = false;
        for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
            known |= g_str_equal(settings[i].key, *key);
        if (!known)
            return mw_fail(error, MW_ERROR_INVALID, _("%s: there is no setting “%s”."), file, *key);
    }
    const char *language = mw_app_get(app, "language");
    if (language && !g_str_has_prefix(language, "zh") && !g_str_has_prefix(language, "en"))
        return mw_wrong_call(error, _("The language is zh_CN or en, not “%s”."), language);
    if (language)
        mw_i18n_use(g_str_has_prefix(language, "zh") ? "zh_CN" : "en");
    return true;
}

const char *
mw_app_get(MwApp *app, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (!g_str_equal(settings[i].key, key))
            continue;
        if (app->values[i])
            return app->values[i];
        g_autofree char *upper = g_ascii_strup(key, -1);
        g_autofree char *variable = g_strconcat("MILLWRIGHT_", upper, NULL);
        const char *environment = g_getenv(variable);
        if (environment && *environment)
            return environment;
        app->values[i] = g_key_file_get_string(app->file, GROUP, key, NULL);
        return app->values[i] ? app->values[i] : settings[i].initial;
    }
    g_error("there is no setting %s", key);
}

bool
mw_app_number(MwApp *app, const char *key, int64_t min, int64_t max, int64_t *number,
              GError **error)
{
    const char *text = mw_app_get(app, key);

    if (!g_ascii_string_to_signed(text ? text : "", 10, min, max, number, NULL))
        return mw_fail(error, MW_ERROR_INVALID,
                       _("%s: write a whole number from %lld to %lld, not “%s”."), key,
                       (long long)min, (long long)max, text ? text : "");
    return true;
}

bool
mw_app_flag(MwApp *app, const char *key)
{
    const char *text = mw_app_get(app, key);

    return text &&
           (g_str_equal(text, "yes") || g_str_equal(text, "true") || g_str_equal(text, "1"));
}

char **
mw_app_companies(MwApp *app)
{
    g_auto(GStrv) groups = g_key_file_get_groups(app->file, NULL);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (char **group = groups; *group; group++)
        if (g_str_has_prefix(*group, COMPANY_GROUP))
            g_strv_builder_add(names, *group + strlen(COMPANY_GROUP));
    return g_strv_builder_end(names);
}

char *
mw_app_company_setting(MwApp *app, const char *name, const char *key)
{
    g_autofree char *group = g_strconcat(COMPANY_GROUP, name, NULL);

    return g_key_file_get_string(app->file, group, key, NULL);
}

const char *
mw_app_database(MwApp *app, GError **error)
{
    const char *url = mw_app_get(app, "db");

    if (!url || (strstr(url, "://") && !g_str_has_prefix(url, "postgres") &&
                 !g_str_has_prefix(url, "sqlite:"))) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    _("Name the database: --db sqlite:FILE or --db postgresql://…"));
        return NULL;
    }
    return url;
}

/* ---- mail ------------------------------------------------------------------------ */

static bool
check_mail(const MwMailServer *mail, GError **error)
{
    const char *host = g_str_has_prefix(mail->server, "smtp://")    ? mail->server + 7
                       : g_str_has_prefix(mail->server, "smtps://") ? mail->server + 8
                                                                    : "";

    if (!*host || strpbrk(mail->server, "@ \t\r\n"))
        return mw_fail(error, MW_ERROR_INVALID, _("smtp: write %s, without user and password."),
                       "smtp://HOST:PORT");
    if (!mail->address)
        return mw_fail(error, MW_ERROR_INVALID, _("mail_from: write %s."),
                       "Sales <sales@example.com>");
    if (mail->url && !g_str_has_prefix(mail->url, "https://") &&
        !g_str_has_prefix(mail->url, "http://"))
        return mw_fail(error, MW_ERROR_INVALID, _("url: write %s."), "https://crm.example.com");
    return true;
}

/* NULL when there is none; the same for all companies. */
static bool
mail_of(MwApp *app, const MwMailServer **mail, GError **error)
{
    const char *from = mw_app_get(app, "mail_from"), *url = mw_app_get(app, "url");
    MwMailServer *own = &app->mail;

    *mail = NULL;
    if (!mw_app_get(app, "smtp") || !*mw_app_get(app, "smtp"))
        return true;
    if (!own->server) {
        size_t size = url ? strlen(url) : 0;
        while (size > 0 && url[size - 1] == '/')
            size--;
        mw_mailbox_parse(from, &app->sender);
        *own = (MwMailServer){ .server = mw_app_get(app, "smtp"),
                               .user = mw_app_get(app, "smtp_user"),
                               .password = mw_app_get(app, "smtp_password"),
                               .tls = mw_app_flag(app, "smtp_tls"),
                               .name = app->sender.name,
                               .address = app->sender.address,
                               .url = url ? g_strndup(url, size) : NULL };
    }
    *mail = own;
    return check_mail(own, error);
}

MwCompany *
mw_app_open(MwApp *app, const char *url, GError **error)
{
    const MwMailServer *mail;

    if (!mail_of(app, &mail, error))
        return NULL;
    MwCompany *company = mw_company_open(url, mw_entities, error);
    if (!company)
        return NULL;
    mw_company_derive_by(company, mw_derivations);
    mw_company_mail_by(company, mail);
    return company;
}

MwCompany *
mw_app_company(MwApp *app, GError **error)
{
    if (app->company)
        return app->company;
    const char *url = mw_app_database(app, error);
    if (!url)
        return NULL;
    g_autofree char *full = mw_store_url_of(url);
    app->company = mw_app_open(app, full, error);
    return app->company;
}

bool
mw_app_begin(MwApp *app, bool writes, MwContext *context, GError **error)
{
    if (!mw_app_company(app, error))
        return false;
    if (!app->store)
        app->store = mw_company_connect(app->company, MW_OPEN_BULK, error);
    if (!app->store || !mw_store_begin(app->store, writes, error))
        return false;
    g_autoptr(MwActor) system = mw_company_system(app->company);
    mw_context_begin(context, app->company, app->store, system, "cli");
    context->locale.language = mw_i18n_language(); /* of the terminal */
    return true;
}

bool
mw_app_end(MwApp *app, MwContext *context, bool keep, GError **error)
{
    mw_context_end(context);
    if (!keep) {
        mw_store_rollback(app->store);
        return true;
    }
    if (!mw_store_commit(app->store, error))
        return false;
    return !mw_company_touched(app->company) || mw_company_reload(app->company, app->store, error);
}
