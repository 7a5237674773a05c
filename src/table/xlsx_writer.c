/*
 * xlsx_writer: one sheet by libxlsxwriter, row by row.
 *
 * The library does not report a failed write of its temporary files, so its row file is asked
 * for an error before the workbook is put together, and the finished archive is read once and
 * every part of it checked for its end: a full disk never leaves half a workbook.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xlsxwriter.h>
#include <zip.h>

#include "base/i18n.h"
#include "table/formatter.h"

enum {
    MAX_ROWS = 1048576,
    MAX_COLUMNS = 16384,
    MAX_TEXT_CHARACTERS = 32767,
    MAX_SHEET_NAME_CHARACTERS = 31,
    EXACT_DIGITS = 15, /* of a double */
    MAX_SCALE = 9,
    MEASURED_ROWS = 1000,
    MIN_WIDTH = 8,
    MAX_WIDTH = 60,
};

typedef struct {
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *bold, *date, *instant, *decimals[MAX_SCALE + 1];
    const char *file;
    lxw_row_t row;
    GArray *widths; /* unsigned: characters, one a column */
} XlsxWriter;

static void
xlsx_writer_free(void *state)
{
    XlsxWriter *xlsx = state;

    if (xlsx->sheet && xlsx->workbook && xlsx->sheet->optimize_tmpfile)
        fclose(xlsx->sheet->optimize_tmpfile); /* only workbook_close() does it otherwise */
    if (xlsx->workbook)
        lxw_workbook_free(xlsx->workbook);
    if (xlsx->widths)
        g_array_unref(xlsx->widths);
    g_free(xlsx);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlsxWriter, xlsx_writer_free)

static bool
fail(GError **error, lxw_error cause)
{
    if (cause == LXW_ERROR_CREATING_TMPFILE || cause == LXW_ERROR_CREATING_XLSX_FILE ||
        cause == LXW_ERROR_READING_TMPFILE ||
        (cause >= LXW_ERROR_ZIP_FILE_OPERATION && cause <= LXW_ERROR_ZIP_CLOSE))
        return mw_target_fail(error, errno ? errno : ENOSPC);
    return mw_fail(error, MW_ERROR_INTERNAL, _("The workbook cannot be written: %s."),
                   lxw_strerror(cause));
}

/* A name that a sheet may have. */
static char *
sheet_name(const char *wanted)
{
    g_autofree char *valid = g_utf8_make_valid(wanted, -1);
    char *name =
        g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), (glong)MAX_SHEET_NAME_CHARACTERS));

    g_strdelimit(name, "[]:*?/\\'", '_');
    return g_strstrip(name);
}

/* ---- cells ---- */

/* Of the longest line; a wide character takes two. */
static unsigned
display_width(const char *text)
{
    unsigned width = 0, longest = 0;

    for (; *text && longest < MAX_WIDTH; text = g_utf8_next_char(text)) {
        width = *text == '\n' ? 0 : width + (g_unichar_iswide(g_utf8_get_char(text)) ? 2 : 1);
        longest = MAX(longest, width);
    }
    return longest;
}

static void
measure(XlsxWriter *xlsx, lxw_col_t column, const char *text)
{
    if (xlsx->row >= MEASURED_ROWS || !g_utf8_validate(text, -1, NULL))
        return;
    if (column >= xlsx->widths->len)
        g_array_set_size(xlsx->widths, column + 1u);
    unsigned *width = &g_array_index(xlsx->widths, unsigned, column);
    *width = MAX(*width, display_width(text) + 2);
}

/* "_xHHHH_" means a character in a sheet. */
static bool
is_escape(const char *s)
{
    return s[0] == '_' && s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") >= 4 &&
           s[6] == '_';
}

static bool
is_storable(const char *text)
{
    for (const char *s = text; (s = strstr(s, "_x")); s++)
        if (is_escape(s))
            return false;
    /* U+FFFE and U+FFFF are characters in UTF-8, not in XML. */
    return strlen(text) <= MAX_TEXT_CHARACTERS && g_utf8_validate(text, -1, NULL) &&
           !strstr(text, "\xef\xbf\xbe") && !strstr(text, "\xef\xbf\xbf");
}

/* `text` as a sheet can hold it. */
static char *
make_storable(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_sized_new(strlen(valid));
    glong left =
        g_utf8_strlen(valid, -1) > MAX_TEXT_CHARACTERS ? MAX_TEXT_CHARACTERS - 1 : G_MAXLONG;

    for (const char *s = valid; *s && left > 0; s = g_utf8_next_char(s), left--) {
        gunichar c = g_utf8_get_char(s);
        g_string_append_unichar(out, c == 0xfffe || c == 0xffff ? 0xfffd : c);
        if (is_escape(s))
            g_string_append(out, "x005F_");
    }
    if (left == 0)
        g_string_append(out, "…");
    return g_string_free(out, FALSE);
}

static lxw_error
write_text(XlsxWriter *xlsx, lxw_col_t column, const char *text, lxw_format *format)
{
    g_autofree char *storable = is_storable(text) ? NULL : make_storable(text);

    return worksheet_write_string(xlsx->sheet, xlsx->row, column, storable ? storable : text,
                                  format);
}

/* Digits after the point of a plain decimal that a double holds exactly enough; -1: it is none. */
static int
decimal_scale(const char *text)
{
    const char *s = text + (*text == '-');
    size_t whole = strspn(s, "0123456789");
    size_t scale = s[whole] == '.' ? strspn(s + whole + 1, "0123456789") : 0;

    if (whole == 0 || whole + scale > EXACT_DIGITS || s[whole + (scale ? scale + 1 : 0)] != '\0')
        return -1;
    return (int)MIN(scale, (size_t)MAX_SCALE);
}

static lxw_error
write_decimal(XlsxWriter *xlsx, lxw_col_t column, const char *text)
{
    int scale = decimal_scale(text);

    if (scale < 0)
        return write_text(xlsx, column, text, NULL);
    if (!xlsx->decimals[scale]) {
        g_autofree char *zeros = g_strnfill((gsize)scale, '0');
        g_autofree char *code = g_strconcat("#,##0", scale > 0 ? "." : "", zeros, NULL);
        xlsx->decimals[scale] = workbook_add_format(xlsx->workbook);
        format_set_num_format(xlsx->decimals[scale], code);
    }
    return worksheet_write_number(xlsx->sheet, xlsx->row, column, g_ascii_strtod(text, NULL),
                                  xlsx->decimals[scale]);
}

/* The serial number of "2026-03-31" or "2026-03-31 08:05:00", or -1. */
static double
date_serial(const char *text, bool with_time)
{
    /* GDate's number of 1899-12-30; the calendar of a sheet is right from 1900-03-01 on. */
    enum { DAY_1899_12_30 = 693594, FIRST_SERIAL = 61 };
    int year, month, day, hour = 0, minute = 0, second = 0, used = 0;

    if (with_time)
        sscanf(text, "%4d-%2d-%2d %2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second,
               &used);
    else
        sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used);
    if (used == 0 || text[used] != '\0' || year < 1 || month < 1 || month > 12 || day < 1 ||
        !g_date_valid_dmy((GDateDay)MIN(day, 32), (GDateMonth)month, (GDateYear)year) || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return -1;

    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    int serial = (int)g_date_get_julian(&date) - DAY_1899_12_30;
    return serial < FIRST_SERIAL ? -1 : serial + (hour * 3600 + minute * 60 + second) / 86400.0;
}

static lxw_error
write_date(XlsxWriter *xlsx, lxw_col_t column, const MwCell *cell)
{
    bool with_time = cell->kind == MW_CELL_INSTANT;
    double serial = date_serial(cell->text, with_time);

    if (serial < 0)
        return write_text(xlsx, column, cell->text, NULL);
    return worksheet_write_number(xlsx->sheet, xlsx->row, column, serial,
                                  with_time ? xlsx->instant : xlsx->date);
}

static lxw_error
write_integer(XlsxWriter *xlsx, lxw_col_t column, int64_t integer)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, integer);

    measure(xlsx, column, text);
    if (strlen(text) > (size_t)EXACT_DIGITS + (*text == '-'))
        return write_text(xlsx, column, text, NULL);
    return worksheet_write_number(xlsx->sheet, xlsx->row, column, (double)integer, NULL);
}

static lxw_error
write_cell(XlsxWriter *xlsx, lxw_col_t column, const MwCell *cell)
{
    if (cell->kind == MW_CELL_INTEGER)
        return write_integer(xlsx, column, cell->integer);
    if (cell->kind == MW_CELL_EMPTY || !cell->text || !*cell->text)
        return LXW_NO_ERROR;
    measure(xlsx, column, cell->text);
    if (cell->kind == MW_CELL_DECIMAL)
        return write_decimal(xlsx, column, cell->text);
    if (cell->kind == MW_CELL_TEXT)
        return write_text(xlsx, column, cell->text, xlsx->row == 0 ? xlsx->bold : NULL);
    return write_date(xlsx, column, cell);
}

static bool
xlsx_writer_write(void *state, const MwCell *cells, size_t n_cells, GError **error)
{
    XlsxWriter *xlsx = state;

    if (xlsx->row == MAX_ROWS || n_cells > MAX_COLUMNS)
        return mw_fail(error, MW_ERROR_TOO_LARGE,
                       _("A sheet holds at most %d rows and %d columns; write CSV instead."),
                       MAX_ROWS, MAX_COLUMNS);
    for (size_t i = 0; i < n_cells; i++) {
        lxw_error cause = write_cell(xlsx, (lxw_col_t)i, &cells[i]);
        if (cause)
            return fail(error, cause);
    }
    xlsx->row++;
    return true;
}

/* ---- the whole ---- */

static void *
xlsx_writer_new(MwTarget *target, const char *const *columns, const MwTableWriterOptions *options,
                GError **error)
{
    g_autoptr(XlsxWriter) xlsx = g_new0(XlsxWriter, 1);
    lxw_workbook_options how = { .constant_memory = LXW_TRUE, .tmpdir = (char *)g_get_tmp_dir() };
    g_autofree char *name = sheet_name(options->sheet ? options->sheet : "");

    xlsx->file = mw_target_file(target, error);
    if (!xlsx->file)
        return NULL;
    errno = 0;
    xlsx->workbook = workbook_new_opt(xlsx->file, &how);
    xlsx->sheet =
        xlsx->workbook ? workbook_add_worksheet(xlsx->workbook, *name ? name : NULL) : NULL;
    if (!xlsx->sheet) {
        fail(error, LXW_ERROR_CREATING_TMPFILE);
        return NULL;
    }
    xlsx->widths = g_array_new(FALSE, TRUE, sizeof(unsigned));
    xlsx->bold = workbook_add_format(xlsx->workbook);
    format_set_bold(xlsx->bold);
    xlsx->date = workbook_add_format(xlsx->workbook);
    format_set_num_format(xlsx->date, "yyyy-mm-dd");
    xlsx->instant = workbook_add_format(xlsx->workbook);
    format_set_num_format(xlsx->instant, "yyyy-mm-dd hh:mm:ss");
    worksheet_freeze_panes(xlsx->sheet, 1, 0);

    g_autoptr(GArray) header = g_array_new(FALSE, FALSE, sizeof(MwCell));
    for (; *columns; columns++)
        g_array_append_val(header, ((MwCell){ MW_CELL_TEXT, *columns, 0 }));
    return xlsx_writer_write(xlsx, (const MwCell *)(const void *)header->data, header->len, error)
               ? g_steal_pointer(&xlsx)
               : NULL;
}

/* Every part of an XLSX is XML: a whole one ends with ">". */
static bool
is_whole_part(zip_t *zip, zip_uint64_t index)
{
    enum { CHUNK_BYTES = 64 * 1024 };
    g_autofree char *chunk = g_malloc(CHUNK_BYTES);
    zip_file_t *file = zip_fopen_index(zip, index, 0);
    zip_int64_t n = -1;
    char last = '\0';

    while (file && (n = zip_fread(file, chunk, CHUNK_BYTES)) > 0)
        last = chunk[n - 1];
    if (file)
        zip_fclose(file);
    return n == 0 && (last == '>' || last == '\n');
}

static bool
is_whole(const char *path)
{
    zip_t *zip = zip_open(path, ZIP_RDONLY, NULL);
    zip_int64_t n = zip ? zip_get_num_entries(zip, 0) : 0;
    bool whole = n > 0;

    for (zip_int64_t i = 0; whole && i < n; i++)
        whole = is_whole_part(zip, (zip_uint64_t)i);
    if (zip)
        zip_discard(zip);
    return whole;
}

static bool
xlsx_writer_finish(void *state, GError **error)
{
    XlsxWriter *xlsx = state;

    for (guint i = 0; i < xlsx->widths->len; i++) {
        unsigned width = g_array_index(xlsx->widths, unsigned, i);
        worksheet_set_column(xlsx->sheet, (lxw_col_t)i, (lxw_col_t)i,
                             CLAMP(width, (unsigned)MIN_WIDTH, (unsigned)MAX_WIDTH), NULL);
    }
    errno = 0;
    FILE *rows = xlsx->sheet->optimize_tmpfile;
    if (rows && (fflush(rows) != 0 || ferror(rows)))
        return mw_target_fail(error, errno ? errno : ENOSPC);
    lxw_error cause = workbook_close(g_steal_pointer(&xlsx->workbook));
    if (cause)
        return fail(error, cause);
    return is_whole(xlsx->file) || mw_target_fail(error, ENOSPC);
}

const MwTableFormatter mw_xlsx_formatter = {
    .new = xlsx_writer_new,
    .write = xlsx_writer_write,
    .finish = xlsx_writer_finish,
    .free = xlsx_writer_free,
};
