#pragma once
/*
 * xlsx_value: what the number in a cell means and how it is written as text. Pure. Private to table/.
 *
 * Number formats and serial dates as in ECMA-376 part 1, 18.8.30 (numFmt) and 18.17.4 (dates).
 */
#include <glib.h>
#include <stdbool.h>

/* What a number format shows; combined. */
enum {
    MW_XLSX_DATE = 1 << 0,
    MW_XLSX_TIME = 1 << 1,
    MW_XLSX_ELAPSED = 1 << 2, /* [h]:mm, hours beyond 24 */
};

/* Of a format built into every workbook, the East Asian ones (27-36, 50-58) included. */
unsigned mw_xlsx_built_in_format(unsigned id);
/* Of a format code such as `yyyy"年"m"月"d"日" hh:mm;@`. */
unsigned mw_xlsx_format(const char *code);

/*
 * Appends the number `text` as its format shows it:
 *   date "2026-03-31", date and time "2026-03-31 08:05:00" (to the second), time "08:05:00";
 *   else a plain decimal with at most 15 significant digits, which is what a spreadsheet
 *   keeps: "1.1000000000000001" is 1.1 and "1E-3" is 0.001.
 * What is no date (negative, the 29th of February 1900, after 9999) stays a number; what is no
 * number stays as it is.
 */
void mw_xlsx_append_number(GString *out, const char *text, unsigned format, bool since_1904);
/* Appends an ISO 8601 date or date and time in the form above. */
void mw_xlsx_append_iso(GString *out, const char *text);
/* Appends `text` with the escapes _xHHHH_ (ECMA-376 part 1, 22.9.2.19) decoded. */
void mw_xlsx_append_text(GString *out, const char *text);
