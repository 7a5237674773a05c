/* save: records into their tables. */
#include "base/i18n.h"
#include "store/backend.h"
#include "store/query.h"

enum { ROWS_MAX = 200 }; /* in one INSERT on PostgreSQL: ROWS_MAX * MW_FIELDS_MAX < 65,536 */

static void
put_insert(GString *sql, const MwEntity *entity)
{
    g_string_append(sql, "INSERT INTO ");
    mw_sql_name(sql, entity->name);
    for (size_t i = 0; i < entity->n_fields; i++) {
        g_string_append(sql, i > 0 ? ", " : " (");
        mw_sql_name(sql, entity->fields[i].name);
    }
    g_string_append(sql, ") VALUES ");
}

static void
put_row(GString *sql, GArray *params, MwRecord *record)
{
    mw_record_load(record, &record->entity->fields[MW_FIELD_VERSION], MW_INT(1));
    for (size_t i = 0; i < record->entity->n_fields; i++) {
        g_string_append(sql, i > 0 ? ", " : "(");
        mw_sql_param(sql, params, record->values[i]);
    }
    g_string_append_c(sql, ')');
}

bool
mw_store_insert(MwStore *store, MwRecord *record, GError **error)
{
    return mw_store_insert_many(store, &record, 1, error);
}

bool
mw_store_insert_many(MwStore *store, MwRecord *const *records, size_t n, GError **error)
{
    /* SQLite gains nothing from rows joined in one statement. */
    size_t at_once = mw_store_dialect(store) == MW_POSTGRES ? ROWS_MAX : 1;
    g_autoptr(GString) sql = g_string_sized_new(1024);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    for (size_t start = 0; start < n; start += at_once) {
        size_t end = MIN(start + at_once, n);
        g_string_truncate(sql, 0);
        g_array_set_size(params, 0);
        put_insert(sql, records[start]->entity);
        for (size_t i = start; i < end; i++) {
            g_string_append(sql, i > start ? ", " : "");
            put_row(sql, params, records[i]);
        }
        if (!mw_store_run(store, sql->str, (MwValue *)params->data, params->len, NULL, NULL, error))
            return false;
    }
    return true;
}

static bool
conflict(const MwRecord *record, GError **error)
{
    return mw_fail(error, MW_ERROR_CONFLICT,
                   _("Somebody else has changed this %s since you opened it."),
                   mw_entity_label(record->entity));
}

/* From stored version `from` to `to`. */
static bool
update(MwStore *store, const MwRecord *record, int64_t from, int64_t to, GError **error)
{
    const MwEntity *entity = record->entity;
    g_autoptr(GString) sql = g_string_sized_new(512);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

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
    return mw_store_touched(store) == 1 || conflict(record, error);
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
