#pragma once
/* table_show: what a table reads as, for the tests of table/. */
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "table/reader.h"

/*
 * Shows a table as text: cells in <>, one row a line, "N:" before it where the line is not the
 * one after the row before, "!" behind it for a fault; the header first.
 */
G_GNUC_UNUSED static char *
show(MwTableReader *reader, GError **error)
{
    GString *out = g_string_new(NULL);
    MwTableRow row;
    uint64_t expected = 2;

    for (size_t i = 0; i < mw_table_columns(reader); i++)
        g_string_append_printf(out, "<%s>", mw_table_header(reader)[i]);
    g_string_append_c(out, '\n');
    while (mw_table_next(reader, &row, error)) {
        if (row.line != expected)
            g_string_append_printf(out, "%" G_GUINT64_FORMAT ":", row.line);
        expected = row.line + 1;
        for (size_t i = 0; i < row.n_cells; i++) {
            g_assert_true(g_utf8_validate(row.cells[i], -1, NULL));
            g_string_append_printf(out, "<%s>", row.cells[i]);
        }
        g_string_append(out, row.fault ? "!\n" : "\n");
    }
    return g_string_free(out, FALSE);
}

G_GNUC_UNUSED static void
assert_shows(const void *bytes, size_t size, const MwTableOptions *options, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MwTableReader) reader = mw_table_open_bytes(bytes, size, options, &error);

    g_assert_no_error(error);
    g_assert_nonnull(reader);
    g_autofree char *shown = show(reader, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(shown, ==, expected);
}

/* The bytes fail on opening or while reading, with this code and a message that has `text`. */
G_GNUC_UNUSED static void
assert_fails(const void *bytes, size_t size, const MwTableOptions *options, MwError code,
             const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MwTableReader) reader = mw_table_open_bytes(bytes, size, options, &error);

    if (reader)
        g_free(show(reader, &error));
    g_assert_error(error, MW_ERROR, (int)code);
    if (!strstr(error->message, text))
        g_error("“%s” does not hold “%s”", error->message, text);
}
