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

static bool
put_kept(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Writer *w = data;

    w->rows++;
    w->last = columns[0].integer;
    put_row(w, columns[0].integer, columns[1].text, columns[2].text);
    return true;
}

static bool
put_all(const MwImporter *importer, Writer *w, GError **error)
{
    for (guint i = 0; importer->options->dry_run && i < importer->rejects->len; i++) {
        const MwImportReject *reject = &g_array_index(importer->rejects, MwImportReject, i);
        put_row(w, reject->line, reject->reason, reject->raw);
    }
    if (importer->options->dry_run)
        return true;
    do {
        MwValue params[] = { MW_INT(importer->report->run), MW_INT(w->last), MW_INT(ROWS_AT_ONCE) };
        w->rows = 0;
        if (!mw_store_run(importer->context->store,
                          "SELECT line, reason, raw FROM import_reject "
                          "WHERE run = $1 AND line > $2 ORDER BY line LIMIT $3",
                          params, 3, put_kept, w, error))
            return false;
    } while (w->rows == ROWS_AT_ONCE);
    return true;
}

static bool
failed(const char *path, GError **error)
{
    int code = errno;

    return mw_fail(error, code == ENOSPC || code == EFBIG ? MW_ERROR_FULL : MW_ERROR_UNAVAILABLE,
                   _("%s cannot be written: %s"), path, g_strerror(code));
}

bool
mw_rejects_write(MwImporter *importer, const MwTableReader *reader, const char *path,
                 GError **error)
{
    g_autofree char *draft = g_strconcat(path, ".part", NULL);
    Writer w = { .file = fopen(draft, "wb"), .delimiter = mw_table_delimiter(reader) };

    if (!w.file)
        return failed(path, error);
    fprintf(w.file, "line%creason%c%s\n", w.delimiter, w.delimiter, mw_table_raw_header(reader));
    bool done = mw_store_begin(importer->context->store, false, error);
    if (done) {
        done = put_all(importer, &w, error);
        mw_store_rollback(importer->context->store);
    }
    bool whole = !ferror(w.file);
    if ((fclose(w.file) != 0 || !whole) && done)
        done = failed(path, error);
    if (done && g_rename(draft, path) != 0)
        done = failed(path, error);
    if (!done)
        g_unlink(draft);
    return done;
}
