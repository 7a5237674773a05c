/* mapping: which column probably goes where, from the last import of such a file or from its header. */
#include <jansson.h>

#include "base/i18n.h"
#include "exchange/importer.h"

enum { RUNS_LOOKED_AT = 20 };

void
mw_mapping_clear(MwMapping *mapping)
{
    g_clear_pointer(&mapping->map, g_strfreev);
    g_clear_pointer(&mapping->values, g_strfreev);
    g_clear_pointer(&mapping->constants, g_strfreev);
    g_clear_pointer(&mapping->create_missing, g_strfreev);
    g_clear_pointer(&mapping->match, g_free);
}

static char **
texts_of(const json_t *list)
{
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        if (json_is_string(one))
            g_strv_builder_add(texts, json_string_value(one));
    }
    return json_array_size(list) > 0 ? g_strv_builder_end(texts) : NULL;
}

/* Whether the file has all columns of a kept mapping. */
static bool
fits(char **map, const MwTableReader *reader)
{
    bool all = map != NULL;

    for (char **pair = map; pair && *pair; pair++) {
        const char *equals = strchr(*pair, '=');
        all &= equals && mw_table_column(reader, equals + 1) >= 0;
    }
    return all;
}

static bool
read_kept(const MwRecord *run, const MwTableReader *reader, MwMapping *mapping)
{
    const char *map = mw_record_text(run, "mapping"), *options = mw_record_text(run, "options");
    json_t *pairs = json_loads(map ? map : "", 0, NULL);
    json_t *all = json_loads(options ? options : "{}", 0, NULL);

    mapping->map = texts_of(pairs);
    mapping->remembered = fits(mapping->map, reader);
    if (mapping->remembered) {
        mapping->values = texts_of(json_object_get(all, "values"));
        mapping->constants = texts_of(json_object_get(all, "constants"));
        mapping->create_missing = texts_of(json_object_get(all, "create_missing"));
        mapping->match = g_strdup(json_string_value(json_object_get(all, "match")));
    } else {
        mw_mapping_clear(mapping);
    }
    json_decref(pairs);
    json_decref(all);
    return mapping->remembered;
}

/* From the last runs of the user's own, or of anybody's. */
static bool
remember(const MwContext *context, const MwShape *shape, const MwTableReader *reader, bool own,
         MwMapping *mapping, GError **error)
{
    const MwEntity *run = mw_catalog_entity(context->catalog, "import_run");
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = run, .filter = filter, .limit = RUNS_LOOKED_AT };

    mw_filter_add(
        filter, mw_filter_test(mw_entity_field(run, "entity"), MW_TEST_EQ, MW_BORROW(shape->name)));
    if (own)
        mw_filter_add(filter, mw_filter_test(mw_entity_field(run, "owner"), MW_TEST_EQ,
                                             MW_INT(mw_actor_user(context->actor))));
    g_autoptr(GPtrArray) runs = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    for (guint i = 0; runs && i < runs->len; i++)
        if (read_kept(runs->pdata[i], reader, mapping))
            break;
    return runs != NULL;
}

static char **
guess(const MwContext *context, const MwShape *shape, const MwTableReader *reader)
{
    g_autoptr(GStrvBuilder) map = g_strv_builder_new();
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    /* What says it exactly first, then, for the columns left, what alone is like it. */
    for (int pass = 0; pass < 2; pass++)
        for (const char *const *column = mw_table_header(reader); *column; column++) {
            g_autofree char *exact = mw_shape_guess(shape, context->catalog, *column);
            char *key = pass == 0 ? g_strdup(exact)
                        : exact   ? NULL
                                  : mw_shape_suggest(shape, context->catalog, *column);
            g_autofree char *pair = g_strdup_printf("%s=%s", key ? key : "", *column);
            if (key && g_hash_table_add(taken, key))
                g_strv_builder_add(map, pair);
        }
    return g_strv_builder_end(map);
}

bool
mw_mapping_for(const MwContext *context, const MwShape *shape, const MwTableReader *reader,
               MwMapping *mapping, GError **error)
{
    *mapping = (MwMapping){ 0 };
    if (mw_actor_user(context->actor) && !remember(context, shape, reader, true, mapping, error))
        return false;
    if (!mapping->remembered && !remember(context, shape, reader, false, mapping, error))
        return false;
    if (!mapping->remembered)
        mapping->map = guess(context, shape, reader);
    return true;
}

/* ---- preview ------------------------------------------------------------------------- */

void
mw_import_preview_clear(MwImportPreview *preview)
{
    g_clear_pointer(&preview->header, g_strfreev);
    g_clear_pointer(&preview->map, g_strfreev);
    g_clear_pointer(&preview->sheets, g_strfreev);
    g_clear_pointer(&preview->rows, g_ptr_array_unref);
    g_clear_pointer(&preview->encoding, g_free);
    g_clear_pointer(&preview->values, g_strfreev);
    g_clear_pointer(&preview->constants, g_strfreev);
    g_clear_pointer(&preview->create_missing, g_strfreev);
    g_clear_pointer(&preview->match, g_free);
}

static char **
cells_of(const MwTableRow *row, size_t n)
{
    char **cells = g_new0(char *, n + 1);

    for (size_t i = 0; i < n; i++)
        cells[i] = g_strdup(i < row->n_cells ? row->cells[i] : "");
    return cells;
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
    g_auto(MwMapping) mapping = { 0 };
    if (!mw_mapping_for(context, &shape, reader, &mapping, error))
        return false;
    preview->remembered = mapping.remembered;
    preview->values = g_steal_pointer(&mapping.values);
    preview->constants = g_steal_pointer(&mapping.constants);
    preview->create_missing = g_steal_pointer(&mapping.create_missing);
    preview->match = g_steal_pointer(&mapping.match);
    preview->header = g_strdupv((char **)mw_table_header(reader));
    preview->sheets = g_strdupv((char **)mw_table_sheets(reader));
    preview->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    preview->map = g_steal_pointer(&mapping.map);
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
