#pragma once
/*
 * app: configuration and the company of a command, opened on need.
 *
 * A setting comes from, in rising order: its default, the configuration file (--config,
 * MILLWRIGHT_CONFIG or /etc/millwright/millwright.conf, group [millwright]), the environment
 * (MILLWRIGHT_<KEY>), an option. The table of settings is in app.c; help derives from it.
 */
#include "cli/command.h"
#include "record/context.h"

/* NULL when nothing gives it and it has no default. Borrowed. */
const char *mw_app_get(MwApp *app, const char *key);
/* A whole number within min..max, else an error that names the setting. */
bool mw_app_number(MwApp *app, const char *key, int64_t min, int64_t max, int64_t *number,
                   GError **error);
bool mw_app_flag(MwApp *app, const char *key);
/* A further company of the configuration file, groups [company NAME] with keys host and db: the
 * names; ends with NULL. */
char **mw_app_companies(MwApp *app);
char *mw_app_company_setting(MwApp *app, const char *name, const char *key);

/* URL of the database of --db; an error when none is given. Borrowed. */
const char *mw_app_database(MwApp *app, GError **error);
/* Any company, with what follows from changes of its records (methods/policy.h) and with the mail server of the settings. The
 * caller frees it, before the app. */
MwCompany *mw_app_open(MwApp *app, const char *url, GError **error);
/* The company of --db, opened once; borrowed. */
MwCompany *mw_app_company(MwApp *app, GError **error);
/* Begins a transaction of the system on it; ended by mw_app_end(). */
bool mw_app_begin(MwApp *app, bool writes, MwContext *context, GError **error);
/* Commits when `keep`, else undoes; reloads what the change asks for. */
bool mw_app_end(MwApp *app, MwContext *context, bool keep, GError **error);

/* One of the verbs of a command: "list", or, with an argument behind it, "add EMAIL". */
typedef struct {
    const char *name; /* NULL ends a table */
    bool argument;
    bool (*perform)(const MwContext *context, const char *argument, GError **error);
} MwVerb;

/* Runs the verb that the call names in a transaction of the system; `wrong` says which there are. */
bool mw_app_verb(MwApp *app, const MwVerb *verbs, int argc, char **argv, const char *wrong,
                 GError **error);
/* The user of an address, for whom a verb is. */
bool mw_app_user(const MwContext *context, const char *email, int64_t *user, GError **error);

/* For main.c. */
MwApp *mw_app_new(void);
void mw_app_free(MwApp *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwApp, mw_app_free)
/* The options that every command has; `data` of the entries is the app's. */
GOptionGroup *mw_app_options(MwApp *app);
/* Reads the configuration file. */
bool mw_app_configure(MwApp *app, GError **error);
/* For the help: appends a line an option that every command has, or that `serve` has. */
void mw_app_help(GString *text, bool common);
