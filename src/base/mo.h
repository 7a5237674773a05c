#pragma once
/*
 * mo: a catalogue of translations as gettext's msgfmt writes it (.mo, GNU gettext manual, "The
 * Format of GNU MO Files"), either byte order, revision 0, UTF-8.
 *
 * Everything is checked when it is opened, so that a look-up does nothing but hash and compare:
 * no lock, no allocation; any number of threads may share one.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct MwMo MwMo;

enum {
    MW_MO_STRINGS_MAX = 100000,
    MW_MO_BYTES_MAX = 16 << 20,
    MW_MO_FORMS_MAX = 6, /* plural forms */
};

/* Borrows `bytes`, which outlive it. MW_ERROR_INVALID says what is malformed, MW_ERROR_TOO_LARGE. */
MwMo *mw_mo_new(const void *bytes, size_t size, GError **error);
void mw_mo_free(MwMo *mo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwMo, mw_mo_free)

/* The translation, which lives as long as the bytes; NULL when there is none. Expected O(length). */
const char *mw_mo_get(const MwMo *mo, const char *text);
/* The form of the translation that belongs to `n`; NULL when there is none. */
const char *mw_mo_get_plural(const MwMo *mo, const char *one, unsigned long n);
