#pragma once
/*
 * command: a row of the command table in main.c, from which dispatch and help derive.
 *
 * To add a command: one file here that defines `const MwCommand mw_command_<name>`,
 * its name in commands.h, one line in meson.build. Exit status: 0 done, 1 could not
 * be done, 2 called wrongly (an error of domain G_OPTION_ERROR).
 */
#include <glib.h>
#include <stdbool.h>

/* False, with an error of that domain; printf format, translated. */
#define mw_wrong_call(error, ...)                                                                  \
    (g_set_error((error), G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, __VA_ARGS__), false)

typedef struct MwApp MwApp; /* app.h: configuration, catalog and store, opened on need */

typedef struct {
    const char *name;            /* "clv" */
    const char *summary;         /* N_("Show the lifetime value of customers") */
    const char *arguments;       /* N_("FILE.csv") */
    const char *details;         /* N_(…): what --help says below the options, or NULL */
    const GOptionEntry *options; /* long names, translated summaries; NULL: none */
    /* argv[1..argc-1] are the arguments left after the options; argc >= 1. */
    bool (*run)(MwApp *app, int argc, char **argv, GError **error);
} MwCommand;
