#pragma once
/* progress: a bar on the terminal while something long runs; nothing when standard error is no terminal. */
#include <stdbool.h>
#include <stdint.h>

/* `all` 0: unknown; the count alone is shown. Always true, so that it can be the callback of an import. */
bool mw_progress_show(int64_t done, int64_t all, void *what);
/* Clears the line. */
void mw_progress_end(void);
