#include "exchange/export.h"

#include "base/i18n.h"
#include "model/kinds/kinds.h"

typedef struct {
    const MwField *field;
    const MwEntity *target; /* of a link: its titles are shown; NULL: the value itself */
    bool line;
    GHashTable *titles; /* of the page at hand: id -> title */
} Column;

typedef struct {
    const MwContext *context;
    const MwExportOptions *options;
    const MwEntity *entity, *detail; /* detail: NULL when no lines are asked for */
    GArray *columns;                 /* of Column */
    GPtrArray *headers;              /* ends with NULL */
    GPtrArray *texts;                /* of GString: the cells of the row at hand */
    MwTableWriter *writer;
    int64_t rows;
} Export;

static void
column_clear(gpointer data)
{
    Column *column = data;

    if (column->titles)
        g_hash_table_unref(column->titles);
}

static void
free_text(gpointer text)
{
    g_string_free(text, true);
}

static void
export_init(Export *e, const MwContext *context, const MwExportOptions *options)
{
    *e = (Export){
        .context = context,
        .options = options,
        .entity = options->query->entity,
        .detail = options->lines ? options->query->entity->details[0] : NULL,
        .columns = g_array_new(false, true, sizeof(Column)),
        .headers = g_ptr_array_new_with_free_func(g_free),
        .texts = g_ptr_array_new_with_free_func(free_text),
    };
    g_array_set_clear_func(e->columns, column_clear);
}

static void
export_clear(Export *e)
{
    g_array_unref(e->columns);
    g_ptr_array_unref(e->headers);
    g_ptr_array_unref(e->texts);
    mw_table_writer_free(e->writer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Export, export_clear)

static Column *
column_at(const Export *e, guint i)
{
    return &g_array_index(e->columns, Column, i);
}

/* ---- columns ------------------------------------------------------------------------- */

static void
add_column(Export *e, const MwField *field, const MwEntity *target, bool line)
{
    Column column = { .field = field, .target = target, .line = line };
    const char *prefix = line && e->options->raw ? "line." : "";
    const char *suffix = !target && field->target ? (e->options->raw ? ".id" : _(" (ID)")) : "";

    g_array_append_val(e->columns, column);
    g_ptr_array_add(e->texts, g_string_new(NULL));
    g_ptr_array_add(
        e->headers,
        g_strconcat(prefix, e->options->raw ? field->name : mw_field_label(field), suffix, NULL));
}

static void
add_field(Export *e, const MwField *field, bool line)
{
    const MwEntity *target =
        field->target ? mw_catalog_entity(e->context->catalog, field->target) : NULL;

    if (target && target->title && field->index != MW_FIELD_ID) {
        add_column(e, field, target, line);
        if (!e->options->keys)
            return;
    }
    add_column(e, field, NULL, line);
}

static bool
is_shown(const Export *e, const MwEntity *entity, const MwField *field)
{
    return !(field->flags & MW_SECRET) && mw_actor_sees(e->context->actor, entity, field);
}

static void
add_all(Export *e, const MwEntity *entity, bool line)
{
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        bool own_link = line && g_str_equal(field->name, entity->master);
        if (is_shown(e, entity, field) && i != MW_FIELD_VERSION && i != MW_FIELD_DELETED &&
            !own_link)
            add_field(e, field, line);
    }
}

static bool
add_named(Export *e, GError **error)
{
    for (const char *const *name = e->options->columns; *name; name++) {
        bool line = e->detail && g_str_has_prefix(*name, "line.");
        const MwEntity *entity = line ? e->detail : e->entity;
        const MwField *field = mw_entity_field(entity, *name + (line ? strlen("line.") : 0));
        if (!field || !is_shown(e, entity, field))
            return mw_fail(error, MW_ERROR_INVALID, _("There is no field “%s”."), *name);
        add_field(e, field, line);
    }
    return true;
}

static bool
make_columns(Export *e, GError **error)
{
    if (!mw_actor_may(e->context->actor, e->entity, MW_MAY_EXPORT))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not export this: %s."),
                       mw_entity_plural(e->entity));
    if (e->options->lines && !e->detail)
        return mw_fail(error, MW_ERROR_INVALID, _("%s have no lines."),
                       mw_entity_plural(e->entity));
    if (e->options->columns) {
        if (!add_named(e, error))
            return false;
    } else {
        add_all(e, e->entity, false);
        if (e->detail)
            add_all(e, e->detail, true);
    }
    g_ptr_array_add(e->headers, NULL);
    return true;
}

/* ---- cells ------------------------------------------------------------------------------ */

static bool
read_titles(Export *e, Column *column, GPtrArray *records, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));

    g_clear_pointer(&column->titles, g_hash_table_unref);
    for (guint i = 0; i < records->len; i++) {
        const MwValue *value = mw_record_value(records->pdata[i], column->field);
        if (value->is == MW_INTEGER)
            g_array_append_val(ids, value->integer);
    }
    column->titles = mw_record_titles(e->context, column->target, ids, error);
    return column->titles != NULL;
}

static bool
read_all_titles(Export *e, GPtrArray *records, bool line, GError **error)
{
    for (guint i = 0; i < e->columns->len; i++) {
        Column *column = column_at(e, i);
        if (column->target && column->line == line && !read_titles(e, column, records, error))
            return false;
    }
    return true;
}

static MwCellKind
kind_of(const Column *column)
{
    const MwKind *kind = column->field->kind;

    if (kind == &mw_date)
        return MW_CELL_DATE;
    if (kind == &mw_instant)
        return MW_CELL_INSTANT;
    return kind->right_aligned ? MW_CELL_DECIMAL : MW_CELL_TEXT;
}

static MwCell
cell_of(const Export *e, guint i, const MwRecord *record)
{
    const Column *column = column_at(e, i);
    const MwValue *value = record ? mw_record_value(record, column->field) : NULL;
    GString *text = e->texts->pdata[i];
    MwLocale locale = e->context->locale;
    MwCell cell = { .kind = MW_CELL_TEXT };

    g_string_truncate(text, 0);
    if (!value || value->is == MW_NULL)
        return (MwCell){ .kind = MW_CELL_EMPTY };
    locale.record = record;
    if (column->target) {
        const char *title = g_hash_table_lookup(column->titles, &value->integer);
        g_string_append(text, title ? title : "");
    } else {
        cell.kind = kind_of(column);
        if (e->options->raw || cell.kind != MW_CELL_TEXT)
            mw_field_edit(column->field, &locale, value, text);
        else
            mw_field_show(column->field, &locale, value, text);
        if (cell.kind == MW_CELL_INSTANT && text->len == strlen("2026-03-31 08:05"))
            g_string_append(text, ":00");
    }
    cell.text = text->str;
    return cell;
}

static bool
write_row(Export *e, const MwRecord *record, const MwRecord *line, GError **error)
{
    g_autofree MwCell *cells = g_new(MwCell, e->columns->len);

    for (guint i = 0; i < e->columns->len; i++)
        cells[i] = cell_of(e, i, column_at(e, i)->line ? line : record);
    e->rows++;
    return mw_table_write(e->writer, cells, e->columns->len, error);
}

static bool
write_record(Export *e, const MwRecord *record, GError **error)
{
    if (!e->detail)
        return write_row(e, record, NULL, error);
    g_autoptr(GPtrArray) lines =
        mw_record_details(e->context, e->detail, mw_record_id(record), error);
    if (!lines || !read_all_titles(e, lines, true, error))
        return false;
    for (guint i = 0; i < lines->len; i++)
        if (!write_row(e, record, lines->pdata[i], error))
            return false;
    return lines->len > 0 || write_row(e, record, NULL, error);
}

/* ---- pages --------------------------------------------------------------------------------- */

static void
want_columns(const Export *e, MwQuery *query)
{
    query->columns[0] = query->columns[1] = 0;
    for (guint i = 0; i < e->columns->len; i++) {
        const MwField *field = column_at(e, i)->field;
        const MwField *holder =
            field->currency ? mw_entity_field(e->entity, field->currency) : NULL;
        if (column_at(e, i)->line)
            continue;
        mw_query_want(query, field);
        if (holder)
            mw_query_want(query, holder); /* how many digits an amount has */
    }
}

static void
set_cursor(MwCursor *cursor, const MwQuery *query, const MwRecord *last)
{
    mw_cursor_clear(cursor);
    for (size_t i = 0; i < query->n_order; i++)
        mw_value_copy(&cursor->values[i], mw_record_value(last, query->order[i].field));
    cursor->id = mw_record_id(last);
}

static bool
write_pages(Export *e, MwExportProgress progress, void *data, GError **error)
{
    MwQuery query = *e->options->query;
    MwCursor cursor = { 0 };
    bool more = true, done = true;

    want_columns(e, &query);
    query.limit = MW_PAGE_MAX;
    for (query.after = NULL; done && more; query.after = &cursor) {
        g_autoptr(GPtrArray) page = mw_record_find(e->context, &query, MW_MAY_EXPORT, &more, error);
        done = page && read_all_titles(e, page, false, error);
        for (guint i = 0; done && i < page->len; i++)
            done = write_record(e, page->pdata[i], error);
        if (done && page->len > 0)
            set_cursor(&cursor, &query, page->pdata[page->len - 1]);
        if (done && progress && !progress(e->rows, 0, data))
            done = mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped"));
    }
    mw_cursor_clear(&cursor);
    return done;
}

static bool
finish(Export *e, MwExportProgress progress, void *data, int64_t *rows, GError **error)
{
    if (!e->writer || !write_pages(e, progress, data, error) ||
        !mw_table_writer_finish(e->writer, error))
        return false;
    if (rows)
        *rows = e->rows;
    return true;
}

bool
mw_export_file(const MwContext *context, const MwExportOptions *options, const char *path,
               MwExportProgress progress, void *data, int64_t *rows, GError **error)
{
    g_auto(Export) e;

    export_init(&e, context, options);
    if (!make_columns(&e, error))
        return false;
    e.writer =
        mw_table_writer_new(path, (const char *const *)e.headers->pdata, &options->table, error);
    return finish(&e, progress, data, rows, error);
}

bool
mw_export_sink(const MwContext *context, const MwExportOptions *options, MwTableSink sink,
               void *sink_data, int64_t *rows, GError **error)
{
    g_auto(Export) e;

    export_init(&e, context, options);
    if (!make_columns(&e, error))
        return false;
    e.writer = mw_table_writer_new_sink(sink, sink_data, (const char *const *)e.headers->pdata,
                                        &options->table, error);
    return finish(&e, NULL, NULL, rows, error);
}
