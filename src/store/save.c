/* save: records into their tables. */
#include "base/i18n.h"
#include "base/name.h"
#include "store/backend.h"
#include "store/query.h"

/* The beginning of an INSERT, made once for an entity and a connection. */
typedef struct {
    const char *
        name; /* of the entity, with n_fields: another catalog may have put its own at the same address */
    size_t n_fields;
    char sql[];
} Head;

static Head *
head_new(const MwEntity *entity)
{
    g_autoptr(GString) sql = g_string_new("INSERT INTO ");

    mw_sql_name(sql, entity->name);
    for (size_t i = 0; i < entity->n_fields; i++) {
        g_string_append(sql, i > 0 ? ", " : " (");
        mw_sql_name(sql, entity->fields[i].name);
    }
    g_string_append(sql, ") VALUES ");
    Head *head = g_malloc(sizeof(Head) + sql->len + 1);
    head->name = entity->name;
    head->n_fields = entity->n_fields;
    memcpy(head->sql, sql->str, sql->len + 1);
    return head;
}

static const char *
head_of(MwStore *store, const MwEntity *entity)
{
    Head *head = g_hash_table_lookup(mw_store_heads(store), entity);

    if (!head || head->name != entity->name || head->n_fields != entity->n_fields) {
        head = head_new(entity);
        g_hash_table_replace(mw_store_heads(store), (gpointer)entity, head);
    }
    return head->sql;
}

/* Of a name that is new, its place in lists. */
static void
put_name_order(MwRecord *record, bool fresh)
{
    const MwEntity *entity = record->entity;
    const MwField *title = entity->name_order ? mw_entity_field(entity, entity->title) : NULL;
    const MwValue *name = title ? mw_record_value(record, title) : NULL;
    MwValue order = MW_NOTHING;

    if (!title || !(fresh || mw_record_changed(record, title)))
        return;
    if (name->is == MW_TEXT)
        order = (MwValue){ .is = MW_TEXT, .text = mw_name_order(name->text) };
    mw_record_put(record, entity->name_order, order);
}

bool
mw_store_insert(MwStore *store, MwRecord *record, GError **error)
{
    return mw_store_insert_many(store, &record, 1, error);
}

bool
mw_store_insert_many(MwStore *store, MwRecord *const *records, size_t n, GError **error)
{
    g_autofree const MwValue **rows = g_new(const MwValue *, n);

    for (size_t i = 0; i < n; i++) {
        put_name_order(records[i], true);
        mw_record_load(records[i], &records[i]->entity->fields[MW_FIELD_VERSION], MW_INT(1));
        rows[i] = records[i]->values;
    }
    return n == 0 || mw_store_insert_rows(store, head_of(store, records[0]->entity),
                                          records[0]->entity->n_fields, rows, n, error);
}

static bool
conflict(const MwRecord *record, GError **error)
{
    return mw_fail(error, MW_ERROR_CONFLICT,
                   _("Somebody else has changed this %s since you opened it."),
                   mw_entity_label_inside(record->entity));
}

/* From stored version `from` to `to`. */
static bool
update(MwStore *store, MwRecord *record, int64_t from, int64_t to, GError **error)
{
    const MwEntity *entity = record->entity;
    g_autoptr(GString) sql = g_string_sized_new(512);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    put_name_order(record, false);
    g_string_append(sql, "UPDATE ");
    mw_sql_name(sql, entity->name);
    g_string_append(sql, " SET \"version\" = ");
    mw_sql_param(sql, params, MW_INT(to));
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        if (!mw_record_changed(record, field) || i == MW_FIELD_VERSION)
            continue;
        g_string_append(sql, ", ");
        mw_sql_name(sql, field->name);
        g_string_append(sql, " = ");
        mw_sql_param(sql, params, record->values[i]);
    }
    g_string_append(sql, " WHERE \"id\" = ");
    mw_sql_param(sql, params, MW_INT(mw_record_id(record)));
    g_string_append(sql, " AND \"version\" = ");
    mw_sql_param(sql, params, MW_INT(from));
    if (!mw_store_run(store, sql->str, (MwValue *)params->data, params->len, NULL, NULL, error))
        return false;
    return mw_store_wait(store, error) && (mw_store_touched(store) == 1 || conflict(record, error));
}

bool
mw_store_update(MwStore *store, MwRecord *record, int64_t version, GError **error)
{
    if (!update(store, record, version, version + 1, error))
        return false;
    mw_record_load(record, &record->entity->fields[MW_FIELD_VERSION], MW_INT(version + 1));
    return true;
}

bool
mw_store_patch(MwStore *store, MwRecord *record, GError **error)
{
    int64_t version = mw_record_version(record);

    return update(store, record, version, version, error);
}
