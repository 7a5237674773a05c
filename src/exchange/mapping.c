/* mapping: which column probably goes where, from the last import of such a file or from its header. */
#include <jansson.h>

#include "base/i18n.h"
#include "exchange/importer.h"

enum { RUNS_LOOKED_AT = 20 };

/* The pairs of a kept mapping, NULL when the file lacks one of its columns. */
static char **
fitting(const char *kept, const MwTableReader *reader)
{
    json_t *pairs = json_loads(kept ? kept : "", 0, NULL), *pair;
    g_autoptr(GStrvBuilder) map = g_strv_builder_new();
    bool fits = json_array_size(pairs) > 0;
    size_t i;

    json_array_foreach(pairs, i, pair)
    {
        const char *text = json_string_value(pair), *equals = text ? strchr(text, '=') : NULL;
        fits &= equals && mw_table_column(reader, equals + 1) >= 0;
        if (fits)
            g_strv_builder_add(map, text);
    }
    json_decref(pairs);
    return fits ? g_strv_builder_end(map) : NULL;
}

static char **
remember(const MwContext *context, const MwShape *shape, const MwTableReader *reader,
         GError **error)
{
    const MwEntity *run = mw_catalog_entity(context->catalog, "import_run");
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = run, .filter = filter, .limit = RUNS_LOOKED_AT };
    char **map = NULL;

    mw_filter_add(
        filter, mw_filter_test(mw_entity_field(run, "entity"), MW_TEST_EQ, MW_BORROW(shape->name)));
    g_autoptr(GPtrArray) runs = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    for (guint i = 0; runs && i < runs->len && !map; i++)
        map = fitting(mw_record_text(runs->pdata[i], "mapping"), reader);
    return map;
}

static char **
guess(const MwContext *context, const MwShape *shape, const MwTableReader *reader)
{
    g_autoptr(GStrvBuilder) map = g_strv_builder_new();
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (const char *const *column = mw_table_header(reader); *column; column++) {
        char *key = mw_shape_guess(shape, context->catalog, *column);
        g_autofree char *pair = g_strdup_printf("%s=%s", key ? key : "", *column);
        if (key && g_hash_table_add(taken, key))
            g_strv_builder_add(map, pair);
    }
    return g_strv_builder_end(map);
}

char **
mw_mapping_for(const MwContext *context, const MwShape *shape, const MwTableReader *reader,
               bool *remembered, GError **error)
{
    g_autoptr(GError) local = NULL;
    char **map = remember(context, shape, reader, &local);

    *remembered = map != NULL;
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    return map ? map : guess(context, shape, reader);
}

/* ---- preview ------------------------------------------------------------------------- */

void
mw_import_preview_clear(MwImportPreview *preview)
{
    g_clear_pointer(&preview->header, g_strfreev);
    g_clear_pointer(&preview->keys, g_strfreev);
    g_clear_pointer(&preview->sheets, g_strfreev);
    g_clear_pointer(&preview->rows, g_ptr_array_unref);
    g_clear_pointer(&preview->encoding, g_free);
}

static char **
cells_of(const MwTableRow *row, size_t n)
{
    char **cells = g_new0(char *, n + 1);

    for (size_t i = 0; i < n; i++)
        cells[i] = g_strdup(i < row->n_cells ? row->cells[i] : "");
    return cells;
}

static void
put_keys(MwImportPreview *preview, const MwTableReader *reader, char **map)
{
    size_t n = mw_table_columns(reader);

    preview->keys = g_new0(char *, n + 1);
    for (size_t i = 0; i < n; i++)
        preview->keys[i] = g_strdup("");
    for (char **pair = map; *pair; pair++) {
        const char *equals = strchr(*pair, '=');
        int column = mw_table_column(reader, equals + 1);
        if (column < 0)
            continue;
        g_free(preview->keys[column]);
        preview->keys[column] = g_strndup(*pair, (size_t)(equals - *pair));
    }
}

bool
mw_import_preview(const MwContext *context, const char *path, const char *shape_name,
                  const MwTableOptions *table, MwImportPreview *preview, GError **error)
{
    g_autoptr(MwTableReader) reader = mw_table_open(path, table, error);
    g_autoptr(GError) local = NULL;
    MwShape shape;
    MwTableRow row;

    *preview = (MwImportPreview){ 0 };
    if (!reader || !mw_shape_find(context->catalog, shape_name, &shape, error))
        return false;
    g_auto(GStrv) map = mw_mapping_for(context, &shape, reader, &preview->remembered, error);
    if (!map)
        return false;
    preview->header = g_strdupv((char **)mw_table_header(reader));
    preview->sheets = g_strdupv((char **)mw_table_sheets(reader));
    preview->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    put_keys(preview, reader, map);
    while (preview->rows->len < MW_PREVIEW_ROWS && mw_table_next(reader, &row, &local))
        g_ptr_array_add(preview->rows, cells_of(&row, mw_table_columns(reader)));
    preview->delimiter = mw_table_delimiter(reader);
    preview->encoding = g_strdup(mw_table_encoding(reader));
    if (!local)
        return true;
    g_propagate_error(error, g_steal_pointer(&local));
    mw_import_preview_clear(preview);
    return false;
}
