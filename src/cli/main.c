#include "cli/main.h"

#include <locale.h>

#include "base/error.h"
#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"

/* The language of the terminal: LC_ALL, LC_MESSAGES, LANG, as gettext reads them. */
static void
use_terminal_language(void)
{
    static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *value = g_getenv(variables[i]);
        if (value && *value) {
            mw_i18n_use(g_str_has_prefix(value, "zh") ? "zh_CN" : "en");
            return;
        }
    }
}

static void
print_commands(void)
{
    g_print("%s\n\n", _("Usage: millwright COMMAND [OPTION…] [ARGUMENT…]"));
    for (size_t i = 0; mw_commands[i]; i++)
        g_print("  %-18s %s\n", mw_commands[i]->name, mw_gettext(mw_commands[i]->summary));
    g_print("\n%s\n", _("“millwright COMMAND --help” tells more of one command."));
}

static const MwCommand *
find_command(const char *name)
{
    for (size_t i = 0; mw_commands[i]; i++)
        if (g_str_equal(mw_commands[i]->name, name))
            return mw_commands[i];
    return NULL;
}

static void
put_options(GString *text, const GOptionEntry *options)
{
    for (; options && options->long_name; options++)
        mw_append_option(text, options->long_name,
                         options->arg_description ? mw_gettext(options->arg_description) : NULL,
                         options->description ? mw_gettext(options->description) : "");
}

/* Ours and not GLib's, whose headings follow the process' locale. */
static void
print_help(const MwCommand *command)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, _("Usage: millwright %s [OPTION…]"), command->name);
    if (command->arguments)
        g_string_append_printf(text, " %s", mw_gettext(command->arguments));
    g_string_append_printf(text, "\n\n%s\n", mw_gettext(command->summary));
    if (command->options || command == &mw_command_serve)
        g_string_append_printf(text, "\n%s\n", _("Options:"));
    put_options(text, command->options);
    if (command == &mw_command_serve)
        mw_app_help(text, false);
    g_string_append_printf(text, "\n%s\n", _("Options of every command:"));
    mw_app_help(text, true);
    if (command->details)
        g_string_append_printf(text, "\n%s\n", mw_gettext(command->details));
    g_print("%s", text->str);
}

static bool
run_command(const MwCommand *command, int argc, char **argv, GError **error)
{
    g_autoptr(MwApp) app = mw_app_new();
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autofree char *program = g_strdup_printf("millwright %s", command->name);

    g_set_prgname(program);
    g_option_context_set_help_enabled(context, false);
    if (command->options)
        g_option_context_add_main_entries(context, command->options, NULL);
    g_option_context_add_group(context, mw_app_options(app));
    for (int i = 1; i < argc && !g_str_equal(argv[i], "--"); i++) {
        if (g_str_equal(argv[i], "--help") || g_str_equal(argv[i], "-h")) {
            print_help(command);
            return true;
        }
    }
    if (!g_option_context_parse(context, &argc, &argv, error) || !mw_app_configure(app, error))
        return false;
    return command->run(app, argc, argv, error);
}

int
mw_main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    use_terminal_language();

    if (argc < 2 || g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "help")) {
        print_commands();
        return argc < 2 ? 2 : 0;
    }
    const MwCommand *command =
        find_command(g_str_equal(argv[1], "--version") ? "version" : argv[1]);
    if (!command) {
        g_printerr(_("millwright: there is no command “%s”; see “millwright --help”.\n"), argv[1]);
        return 2;
    }

    g_autoptr(GError) error = NULL;
    if (run_command(command, argc - 1, argv + 1, &error))
        return 0;
    g_printerr("millwright %s: %s\n", command->name, error->message);
    return error->domain == G_OPTION_ERROR ? 2 : 1;
}
