#pragma once
/*
 * xlsx_book: what a workbook says beside its rows: sheets, styles, shared texts. Private to table/.
 *
 * ECMA-376 part 1 (SpreadsheetML) and part 2 (relationships), transitional and strict.
 */
#include "table/xlsx_part.h"

typedef struct {
    MwXlsxArchive archive;
    bool since_1904;
    GPtrArray *sheets;    /* names, NULL-terminated                                    */
    char *sheet_path;     /* entry of the sheet that was asked for                     */
    GByteArray *formats;  /* of each cell style: MW_XLSX_DATE and so on                */
    GString *texts;       /* the shared texts, each with its NUL                       */
    GArray *text_offsets; /* uint32_t, into `texts`                                    */
} MwXlsxBook;

/* Takes over `zip`, also on failure. `sheet`: NULL for the first that is not hidden. */
MwXlsxBook *mw_xlsx_book_open(zip_t *zip, uint64_t size, const MwTableLimits *limits,
                              const char *sheet, GError **error);
void mw_xlsx_book_free(MwXlsxBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwXlsxBook, mw_xlsx_book_free)

/* The shared text, or NULL when there is no such one. Good until the book is freed. */
const char *mw_xlsx_book_text(const MwXlsxBook *book, uint64_t index);
/* What the numbers of this cell style show. */
unsigned mw_xlsx_book_format(const MwXlsxBook *book, uint64_t style);
