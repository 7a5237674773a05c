#include "cli/password.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/i18n.h"

enum { LINE_MAX_BYTES = 1024 };

static char *
read_line(GError **error)
{
    char line[LINE_MAX_BYTES];

    if (!fgets(line, sizeof line, stdin))
        return mw_fail_null(error, MW_ERROR_INVALID, _("No password was given."));
    line[strcspn(line, "\r\n")] = '\0';
    return g_strdup(line);
}

static char *
ask(const char *prompt, GError **error)
{
    struct termios shown, hidden;

    fputs(prompt, stderr);
    tcgetattr(STDIN_FILENO, &shown);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    char *line = read_line(error);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return line;
}

char *
mw_ask_password(const char *prompt, GError **error)
{
    const char *given = g_getenv("MILLWRIGHT_ADMIN_PASSWORD");

    if (given)
        return g_strdup(given);
    if (!isatty(STDIN_FILENO))
        return read_line(error);
    g_autofree char *first = ask(prompt, error);
    g_autofree char *second = first ? ask(_("Once more: "), error) : NULL;
    if (!second)
        return NULL;
    if (!g_str_equal(first, second))
        return mw_fail_null(error, MW_ERROR_INVALID, _("The two are not the same."));
    return g_steal_pointer(&first);
}
