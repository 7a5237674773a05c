#include "record/history.h"

#include <sodium.h>

#include "base/i18n.h"

enum { HASH_BYTES = 32, VERIFY_ROWS = 2000 };

void
mw_change_free(MwChange *change)
{
    if (!change)
        return;
    g_free(change->source);
    g_free(change->entity);
    g_free(change->action);
    g_free(change->changes);
    g_free(change);
}

typedef struct {
    int64_t lane, seq;
    char hash[2 * HASH_BYTES + 1];
} Lane;

/* BLAKE2b over the hash before and every column, each ended by a zero byte. */
static void
chain(Lane *lane, const MwChange *change)
{
    unsigned char hash[HASH_BYTES];
    crypto_generichash_state state;
    char numbers[128];
    const char *const texts[] = { lane->hash,     numbers,        change->source,
                                  change->entity, change->action, change->changes };

    g_snprintf(numbers, sizeof numbers,
               "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT
               "/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
               lane->lane, lane->seq, change->id, change->at, change->actor, change->record);
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        crypto_generichash_update(&state, (const unsigned char *)texts[i], strlen(texts[i]) + 1);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(lane->hash, sizeof lane->hash, hash, sizeof hash);
}

static bool
keep_lane(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Lane *lane = data;

    lane->lane = columns[0].integer;
    lane->seq = columns[1].integer;
    g_strlcpy(lane->hash, columns[2].text, sizeof lane->hash);
    return false;
}

static bool
put_lane(MwStore *store, void *data, GError **error)
{
    const Lane *lane = data;
    MwValue head[] = { MW_INT(lane->seq), MW_BORROW(lane->hash), MW_INT(lane->lane) };

    return mw_store_run(store, "UPDATE history_lane SET seq = $1, hash = $2 WHERE lane = $3", head,
                        G_N_ELEMENTS(head), NULL, NULL, error);
}

/* A lane that nobody else holds; waits for one when all are held. It stays ours until the end of
 * the transaction, so its head is read once and then known. */
static Lane *
take_lane(MwStore *store, GError **error)
{
    static const char *const postgres[] = {
        "SELECT lane, seq, hash FROM history_lane ORDER BY lane LIMIT 1 FOR UPDATE SKIP LOCKED",
        "SELECT lane, seq, hash FROM history_lane WHERE lane = 0 FOR UPDATE",
    };
    Lane *lane = mw_store_kept(store, "history lane");
    bool read = true;

    if (lane)
        return lane;
    lane = g_new(Lane, 1);
    lane->lane = -1;
    if (mw_store_dialect(store) == MW_SQLITE)
        read = mw_store_run(store, "SELECT lane, seq, hash FROM history_lane WHERE lane = 0", NULL,
                            0, keep_lane, lane, error);
    else
        for (size_t i = 0; i < G_N_ELEMENTS(postgres) && read && lane->lane < 0; i++)
            read = mw_store_run(store, postgres[i], NULL, 0, keep_lane, lane, error);
    if (!read) {
        g_free(lane);
        return NULL;
    }
    mw_store_keep(store, "history lane", lane, g_free, mw_store_is_bulk(store) ? put_lane : NULL);
    return lane;
}

bool
mw_history_add(const MwContext *context, const char *entity, int64_t record, const char *action,
               const char *changes, GError **error)
{
    Lane *lane = take_lane(context->store, error);
    MwChange change = {
        .id = mw_id_next(mw_company_ids(context->company)),
        .at = context->now,
        .actor = mw_actor_user(context->actor),
        .record = record,
        .source = (char *)context->source,
        .entity = (char *)entity,
        .action = (char *)action,
        .changes = (char *)changes,
    };

    if (!lane)
        return false;
    lane->seq++;
    chain(lane, &change);

    const MwValue row[] = {
        MW_INT(change.id),    MW_INT(lane->lane),       MW_INT(lane->seq),     MW_INT(change.at),
        MW_INT(change.actor), MW_BORROW(change.source), MW_BORROW(entity),     MW_INT(record),
        MW_BORROW(action),    MW_BORROW(changes),       MW_BORROW(lane->hash),
    };
    const MwValue *rows[] = { row };
    return mw_store_insert_rows(context->store,
                                "INSERT INTO history (id, lane, seq, at, actor, source, entity, "
                                "record, action, changes, hash) VALUES ",
                                G_N_ELEMENTS(row), rows, 1, error) &&
           (mw_store_is_bulk(context->store) || put_lane(context->store, lane, error));
}

char *
mw_history_changes(const MwContext *context, const MwRecord *record, const MwRecord *before)
{
    static const MwValue nothing = { .is = MW_NULL };
    const MwEntity *entity = record->entity;
    GString *json = g_string_new("{");

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        MwLocale locale = context->locale;
        if (!mw_record_changed(record, field) || field->flags & MW_QUIET || i == MW_FIELD_ID)
            continue;
        g_string_append_printf(json, "%s\"%s\":[", json->len > 1 ? "," : "", field->name);
        if (field->flags & MW_SECRET) {
            g_string_append(json, "null,null]");
            continue;
        }
        locale.record = before;
        mw_field_json(field, &locale, before ? mw_record_value(before, field) : &nothing, json);
        g_string_append_c(json, ',');
        locale.record = record;
        mw_field_json(field, &locale, mw_record_value(record, field), json);
        g_string_append_c(json, ']');
    }
    g_string_append_c(json, '}');
    bool any = json->len > 2;
    return g_string_free(json, !any);
}

static bool
keep_change(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwChange *change = g_new0(MwChange, 1);

    *change = (MwChange){
        .id = c[0].integer,
        .at = c[1].integer,
        .actor = c[2].is == MW_INTEGER ? c[2].integer : 0,
        .source = g_strdup(c[3].text),
        .entity = g_strdup(c[4].text),
        .record = c[5].integer,
        .action = g_strdup(c[6].text),
        .changes = g_strdup(c[7].text),
    };
    g_ptr_array_add(data, change);
    return true;
}

GPtrArray *
mw_history_find(MwStore *store, const MwHistoryQuery *query, GError **error)
{
    g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func((GDestroyNotify)mw_change_free);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_autoptr(GString) sql =
        g_string_new("SELECT id, at, actor, source, entity, record, action, changes "
                     "FROM history WHERE id < ");

    mw_sql_param(sql, params, MW_INT(query->before > 0 ? query->before : INT64_MAX));
    if (query->record) {
        g_string_append(sql, " AND record = ");
        mw_sql_param(sql, params, MW_INT(query->record));
    }
    if (query->actor) {
        g_string_append(sql, " AND actor = ");
        mw_sql_param(sql, params, MW_INT(query->actor));
    }
    if (query->entity) {
        g_string_append(sql, " AND entity = ");
        mw_sql_param(sql, params, MW_BORROW(query->entity));
    }
    if (query->by_hand)
        g_string_append(sql, " AND action <> 'derive'");
    g_string_append(sql, " ORDER BY id DESC LIMIT ");
    mw_sql_param(sql, params, MW_INT(CLAMP(query->limit, 1, 500)));
    if (!mw_store_run(store, sql->str, (MwValue *)params->data, params->len, keep_change, changes,
                      error))
        return NULL;
    return g_steal_pointer(&changes);
}

/* ---- verifying ---------------------------------------------------------- */

typedef struct {
    Lane lane;
    MwHistoryReport *report;
    unsigned rows;
} Walk;

/* A lane whose head is gone. */
#define HEADLESS                                                                                   \
    "SELECT id FROM history h WHERE NOT EXISTS (SELECT 1 FROM history_lane l "                     \
    "WHERE l.lane = h.lane) LIMIT 1"

static bool
verify_row(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Walk *walk = data;
    MwChange change = {
        .id = c[0].integer,
        .at = c[1].integer,
        .actor = c[2].is == MW_INTEGER ? c[2].integer : 0,
        .source = c[3].text,
        .entity = c[4].text,
        .record = c[5].integer,
        .action = c[6].text,
        .changes = c[7].text,
    };

    walk->rows++;
    walk->report->rows++;
    walk->lane.seq++;
    chain(&walk->lane, &change);
    if (c[8].integer == walk->lane.seq && g_str_equal(c[9].text, walk->lane.hash))
        return true;
    walk->report->bad_id = change.id;
    walk->report->fault = g_strdup_printf(c[8].integer == walk->lane.seq
                                              ? _("Row %lld was changed after it was written.")
                                              : _("Rows before %lld are missing."),
                                          (long long)change.id);
    return false;
}

static bool
verify_lane(MwStore *store, const Lane *head, MwHistoryReport *report, GError **error)
{
    Walk walk = { .lane = { .lane = head->lane }, .report = report };

    do {
        MwValue params[] = { MW_INT(head->lane), MW_INT(walk.lane.seq), MW_INT(head->seq),
                             MW_INT(VERIFY_ROWS) };
        walk.rows = 0;
        if (!mw_store_run(
                store,
                "SELECT id, at, actor, source, entity, record, action, changes, seq, hash "
                "FROM history WHERE lane = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4",
                params, 4, verify_row, &walk, error))
            return false;
    } while (walk.rows == VERIFY_ROWS && !report->fault);

    if (!report->fault && (walk.lane.seq != head->seq || !g_str_equal(walk.lane.hash, head->hash)))
        report->fault =
            g_strdup_printf(_("The last rows of lane %lld are missing."), (long long)head->lane);
    return true;
}

static bool
keep_head(const MwValue *columns, size_t n_columns, void *data)
{
    Lane lane;

    keep_lane(columns, n_columns, &lane);
    g_array_append_val((GArray *)data, lane);
    return true;
}

bool
mw_history_verify(MwStore *store, MwHistoryReport *report, GError **error)
{
    g_autoptr(GArray) heads = g_array_new(false, false, sizeof(Lane));
    g_auto(MwValue) headless = MW_NOTHING;

    *report = (MwHistoryReport){ 0 };
    if (!mw_store_run(store, "SELECT lane, seq, hash FROM history_lane ORDER BY lane", NULL, 0,
                      keep_head, heads, error) ||
        !mw_store_scalar(store, HEADLESS, NULL, 0, &headless, error))
        return false;
    if (headless.is == MW_INTEGER) {
        report->bad_id = headless.integer;
        report->fault = g_strdup(_("The head of a lane is missing."));
    }
    for (guint i = 0; i < heads->len && !report->fault; i++)
        if (!verify_lane(store, &g_array_index(heads, Lane, i), report, error))
            return false;
    return true;
}
