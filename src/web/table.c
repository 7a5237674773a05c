#include "web/table.h"

#include "model/kinds/kinds.h"
#include "web/favourites.h"

void
mw_table_want(MwQuery *query, const GPtrArray *fields)
{
    for (guint i = 0; i < fields->len; i++) {
        const MwField *field = fields->pdata[i];
        mw_query_want(query, field);
        if (field->currency && mw_entity_field(query->entity, field->currency))
            mw_query_want(query, mw_entity_field(query->entity, field->currency));
    }
}

const MwField *
mw_table_title(const MwEntity *entity, const GPtrArray *fields)
{
    const MwField *title = entity->title ? mw_entity_field(entity, entity->title) : NULL;

    return title && g_ptr_array_find((GPtrArray *)fields, title, NULL) ? title : fields->pdata[0];
}

static bool
is_empty(const MwField *field, const GPtrArray *records)
{
    for (guint i = 0; i < records->len; i++)
        if (mw_record_value(records->pdata[i], field)->is != MW_NULL)
            return false;
    return true;
}

void
mw_table_narrow(GPtrArray *fields, const MwField *stays, const GPtrArray *records)
{
    for (guint i = fields->len; i > 0 && records->len > 0; i--)
        if (fields->pdata[i - 1] != stays && is_empty(fields->pdata[i - 1], records))
            g_ptr_array_remove_index(fields, i - 1);
}

static void
put_title_cell(MwNode *cell, const MwTable *table, const MwRecord *record, const MwField *field)
{
    g_autoptr(GString) text = g_string_sized_new(64);

    mw_cell_text(table->context, table->links, record, field, mw_record_value(record, field), text);
    if (text->len == 0)
        g_string_append_printf(text, "%" G_GINT64_FORMAT, mw_record_id(record));
    mw_put_text(cell, "cell", "cell/title");
    mw_put_copy_at(cell, mw_key("text"), text->str, text->len);
    mw_put_format(cell, "href", "/%s/%" G_GINT64_FORMAT "%s", record->entity->path,
                  mw_record_id(record), table->origin);
}

/* What is the same for all rows is worked out once a column. */
typedef struct {
    const MwField *field;
    const char *partial, *class, *label;
    bool leads, edits;
} Column;

static void
put_row(MwNode *rows, const MwTable *table, const MwRecord *record, const Column *columns)
{
    MwNode *row = mw_put_object(rows, NULL);

    mw_put_int(row, "id", mw_record_id(record));
    if (table->favourites)
        mw_star_put(row, record->entity, mw_record_id(record), table->favourites);
    MwNode *cells = mw_put_list(row, "cells");
    for (guint i = 0; i < table->fields->len; i++) {
        const Column *column = &columns[i];
        MwNode *cell = mw_put_object(cells, NULL);
        mw_put_text(cell, "class", column->class);
        mw_put_text(cell, "label", column->label);
        mw_put_text(cell, "name", column->field->name);
        mw_put_bool(cell, "edits", column->edits);
        if (column->leads) {
            put_title_cell(cell, table, record, column->field);
            continue;
        }
        bool aged = mw_age_put(cell, table->ages, table->context, record, column->field);
        mw_cell_put(table->context, cell, table->links, record, column->field,
                    aged ? "cell/aged" : column->partial);
    }
}

static bool
can_edit(const MwTable *table, const MwField *field, const GPtrArray *records)
{
    return records->len > 0 && !(field->flags & (MW_READ_ONLY | MW_SECRET)) &&
           field->kind != &mw_file &&
           mw_actor_edits(table->context->actor, ((const MwRecord *)records->pdata[0])->entity,
                          field);
}

void
mw_table_put_rows(MwNode *node, const MwTable *table, const GPtrArray *records)
{
    g_autofree Column *columns = g_new0(Column, table->fields->len + 1);
    MwNode *rows = mw_put_list(node, "rows");

    for (guint i = 0; i < table->fields->len; i++) {
        const MwField *field = table->fields->pdata[i];
        columns[i] = (Column){ field,
                               mw_cell_partial(field),
                               mw_cell_class(field),
                               mw_field_label(field),
                               field == table->title,
                               table->edits && can_edit(table, field, records) };
    }
    for (guint i = 0; i < records->len; i++)
        put_row(rows, table, records->pdata[i], columns);
    mw_put_bool(node, "any", records->len > 0);
}

bool
mw_table_put(MwNode *node, const MwTable *table, const GPtrArray *records, GError **error)
{
    MwNode *headers = mw_put_list(node, "headers");

    for (guint i = 0; i < table->fields->len; i++) {
        MwNode *header = mw_put_object(headers, NULL);
        mw_put_text(header, "label", mw_field_label(table->fields->pdata[i]));
        mw_put_text(header, "class", mw_cell_class(table->fields->pdata[i]));
    }
    mw_titles_want_columns(table->links, table->fields, records);
    if (!mw_titles_read(table->links, error))
        return false;
    mw_table_put_rows(node, table, records);
    return true;
}
