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

/* --language anywhere, so that help and what is said of wrong options are in it too. */
static void
use_asked_language(int argc, char **argv)
{
    const char *asked = g_getenv("MILLWRIGHT_LANGUAGE");

    for (int i = 1; i < argc && !g_str_equal(argv[i], "--"); i++) {
        if (g_str_has_prefix(argv[i], "--language="))
            asked = argv[i] + strlen("--language=");
        else if (g_str_equal(argv[i], "--language") && i + 1 < argc)
            asked = argv[i + 1];
    }
    if (asked && *asked)
        mw_i18n_use(g_str_has_prefix(asked, "zh") ? "zh_CN" : "en");
}

/* How many words before the command are about the language: "millwright --language en help". */
static int
language_words(int argc, char **argv)
{
    int n = 0;

    while (1 + n < argc) {
        if (g_str_has_prefix(argv[1 + n], "--language="))
            n += 1;
        else if (g_str_equal(argv[1 + n], "--language") && 2 + n < argc)
            n += 2;
        else
            break;
    }
    return n;
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

/* What GLib says of wrong options, in the language of the caller; the option stands last. */
static bool
wrong_option(const GError *found, const MwCommand *command, GError **error)
{
    const char *option = strstr(found->message, "-");

    if (g_error_matches(found, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION) && option)
        return mw_wrong_call(error, _("There is no option %s; see “millwright %s --help”."), option,
                             command->name);
    if (found->domain == G_OPTION_ERROR && g_str_has_prefix(found->message, "Missing argument") &&
        option)
        return mw_wrong_call(error, _("%s needs a value; see “millwright %s --help”."), option,
                             command->name);
    return mw_wrong_call(error, "%s", found->message);
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
    g_autoptr(GError) wrong = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &wrong))
        return wrong_option(wrong, command, error);
    return mw_app_configure(app, error) && command->run(app, argc, argv, error);
}

int
mw_main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    use_terminal_language();
    use_asked_language(argc, argv);

    int before = language_words(argc, argv);
    const char *name = before + 1 < argc ? argv[before + 1] : NULL;
    if (!name || g_str_equal(name, "--help") || g_str_equal(name, "-h") ||
        g_str_equal(name, "help")) {
        print_commands();
        return name ? 0 : 2;
    }
    const MwCommand *command = find_command(g_str_equal(name, "--version") ? "version" : name);
    if (!command) {
        g_printerr(_("millwright: there is no command “%s”; see “millwright --help”.\n"), name);
        return 2;
    }

    /* The words about the language go behind the command, whose options they are. */
    for (int i = before; i > 0; i--)
        argv[i + 1] = argv[i];
    argv[1] = argv[0];
    g_autoptr(GError) error = NULL;
    if (run_command(command, argc - 1, argv + 1, &error))
        return 0;
    g_printerr("millwright %s: %s\n", command->name, error->message);
    return error->domain == G_OPTION_ERROR ? 2 : 1;
}
