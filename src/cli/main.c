#include "cli/main.h"

#include <locale.h>

#include "base/error.h"
#include "base/i18n.h"
#include "cli/commands.h"

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

static const char *
translate(const char *text, gpointer data G_GNUC_UNUSED)
{
    return text && *text ? mw_gettext(text) : text;
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

static bool
run_command(const MwCommand *command, int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) context =
        g_option_context_new(command->arguments ? mw_gettext(command->arguments) : NULL);
    g_autofree char *program = g_strdup_printf("millwright %s", command->name);

    g_set_prgname(program);
    g_option_context_set_summary(context, mw_gettext(command->summary));
    if (command->details)
        g_option_context_set_description(context, mw_gettext(command->details));
    g_option_context_set_translate_func(context, translate, NULL, NULL);
    if (command->options)
        g_option_context_add_main_entries(context, command->options, NULL);

    if (!g_option_context_parse(context, &argc, &argv, error))
        return false;
    return command->run(NULL, argc, argv, error);
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
