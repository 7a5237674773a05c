/* rejects: the rows that were not taken in, as they came, with their line and why, in front. */
#include <errno.h>
#include <glib/gstdio.h>

#include "base/i18n.h"
#include "exchange/importer.h"

enum { ROWS_AT_ONCE = 1000 };

typedef struct {
    FILE *file;
    char delimiter;
    int64_t last; /* line */
    unsigned rows;
} Writer;

/* Quoted where a reader would else take it apart. */
static void
put_cell(FILE *file, const char *text, char delimiter)
{
    char special[] = { delimiter, '"', '\n', '\r', '\0' };

    if (!strpbrk(text, special)) {
        fputs(text, file);
        return;
    }
    putc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', file);
        putc(*text, file);
    }
    putc('"', file);
}

static void
put_row(Writer *w, int64_t line, const char *reason, const char *raw)
{
    fprintf(w->file, "%" G_GINT64_FORMAT "%c", line, w->delimiter);
    put_cell(w->file, reason, w->delimiter);
    putc(w->delimiter, w->file);
    if (*raw == '%') {
        gsize size;
        g_autofree guchar *bytes = g_base64_decode(raw + 1, &size);
        fwrite(bytes, 1, size, w->file);
    } else {
        fputs(raw + 1, w->file);
    }
    putc('\n', w->file);
}

static void
put_header(Writer *w, char delimiter, const char *raw)
{
    w->delimiter = delimiter;
    fprintf(w->file, "line%creason%c%s\n", delimiter, delimiter, raw);
}

static bool
put_kept(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Writer *w = data;

    w->rows++;
    w->last = columns[0].integer;
    if (w->last == 0)
        put_header(w, *columns[1].text, columns[2].text + 1);
    else
        put_row(w, columns[0].integer, columns[1].text, columns[2].text);
    return true;
}

static bool
failed(const char *path, GError **error)
{
    int code = errno;

    return mw_fail(error, code == ENOSPC || code == EFBIG ? MW_ERROR_FULL : MW_ERROR_UNAVAILABLE,
                   _("%s cannot be written: %s"), path, g_strerror(code));
}

/* Line 0 is the header; its reason is the delimiter. */
static bool
put_run(Writer *w, MwStore *store, int64_t run, GError **error)
{
    w->last = -1;
    do {
        MwValue params[] = { MW_INT(run), MW_INT(w->last), MW_INT(ROWS_AT_ONCE) };
        w->rows = 0;
        if (!mw_store_run(store,
                          "SELECT line, reason, raw FROM import_reject "
                          "WHERE run = $1 AND line > $2 ORDER BY line LIMIT $3",
                          params, 3, put_kept, w, error))
            return false;
    } while (w->rows == ROWS_AT_ONCE);
    return true;
}

/* The file appears when it is whole. */
static bool
begin(Writer *w, const char *path, char **draft, GError **error)
{
    *draft = g_strconcat(path, ".part", NULL);
    w->file = fopen(*draft, "wb");
    return w->file || failed(path, error);
}

static bool
end(Writer *w, const char *path, const char *draft, bool done, GError **error)
{
    bool whole = !ferror(w->file);

    if ((fclose(w->file) != 0 || !whole) && done)
        done = failed(path, error);
    if (done && g_rename(draft, path) != 0)
        done = failed(path, error);
    if (!done)
        g_unlink(draft);
    return done;
}

bool
mw_import_rejects(MwStore *store, int64_t run, const char *path, GError **error)
{
    g_autofree char *draft = NULL;
    Writer w = { 0 };

    if (!begin(&w, path, &draft, error))
        return false;
    bool done = put_run(&w, store, run, error);
    if (done && w.last < 0) /* not even the header */
        done = mw_fail(error, MW_ERROR_NOT_FOUND, _("The rejected rows are kept no longer."));
    return end(&w, path, draft, done, error);
}

static int
by_line(gconstpointer a, gconstpointer b)
{
    const MwImportReject *x = a, *y = b;

    return x->line < y->line ? -1 : x->line > y->line;
}

bool
mw_rejects_write_dry(const MwImporter *importer, const MwTableReader *reader, const char *path,
                     GError **error)
{
    g_autofree char *draft = NULL;
    Writer w = { 0 };

    if (!begin(&w, path, &draft, error))
        return false;
    g_array_sort(importer->rejects, by_line);
    put_header(&w, mw_table_delimiter(reader), mw_table_raw_header(reader));
    for (guint i = 0; i < importer->rejects->len; i++) {
        const MwImportReject *reject = &g_array_index(importer->rejects, MwImportReject, i);
        put_row(&w, reject->line, reject->reason, reject->raw);
    }
    return end(&w, path, draft, true, error);
}
