#include "cli/progress.h"

#include <glib.h>
#include <stdio.h>
#include <unistd.h>

enum { WIDTH = 30 };

bool
mw_progress_show(int64_t done, int64_t all, void *what)
{
    g_autoptr(GString) line = g_string_new("\r\033[K");
    int64_t full = all > 0 ? MIN(done, all) * WIDTH / all : 0;

    if (!isatty(STDERR_FILENO))
        return true;
    if (what)
        g_string_append_printf(line, "%s ", (const char *)what);
    for (int i = 0; all > 0 && i < WIDTH; i++)
        g_string_append(line, i < full ? "█" : "░");
    if (all > 0)
        g_string_append_printf(line, " %3d %%  ", (int)(MIN(done, all) * 100 / all));
    g_string_append_printf(line, "%" G_GINT64_FORMAT, done);
    fputs(line->str, stderr);
    fflush(stderr);
    return true;
}

void
mw_progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}
