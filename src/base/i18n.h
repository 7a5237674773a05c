#pragma once
/*
 * i18n: messages in the language of the request being served.
 *
 * The catalogues are gettext's (.po, .mo, xgettext, msgfmt); the look-up is ours,
 * because libintl takes its language from the process and from locales that a
 * container seldom has. The language in use is one thread-local pointer, set by
 * web/server.c for each request and by cli/main.c once. Look-ups take no lock; one
 * costs some 20 ns (bench/i18n.c).
 *
 * To add a string: write _("…") or N_("…") in C, or {{_ …}} in a template; run
 * tools/po-update; fill in its msgstr in po/zh_CN.po. A test fails on a missing one.
 */
#include <glib.h>

/* "zh_CN", "en"; an unknown one means English, the language of the source. */
void mw_i18n_use(const char *language);
/* The language in use; static. */
const char *mw_i18n_language(void);
/* All languages there are; static, ends with NULL. */
const char *const *mw_i18n_languages(void);

const char *mw_gettext(const char *text) G_GNUC_FORMAT(1);
const char *mw_ngettext(const char *one, const char *many, unsigned long n) G_GNUC_FORMAT(1)
    G_GNUC_FORMAT(2);

/* What `say` says in each language, one after the other, to be kept: whoever reads it gets his own part. The caller
 * frees it, as `say`'s own texts are freed here. */
char *mw_i18n_each(char *(*say)(const void *data), const void *data);
/* The part of such a text in the language in use, of `size` bytes; all of one that was not made so. Borrowed. */
const char *mw_i18n_part(const char *kept, size_t *size);

#define _(text) mw_gettext(text)
#define N_(text) (text) /* marks a string in a table; translated when shown */
