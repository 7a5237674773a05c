#include "jobs/purge.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "exchange/import.h"
#include "record/bulk.h"
#include "record/history.h"
#include "record/work.h"
#include "store/search.h"

enum { KEEP_DAYS = 30, NOTICES_DAYS = 180, CHUNK = 200 };

/* ---- records that were deleted --------------------------------------------------- */

typedef struct {
    const char *name; /* of the entity */
    int64_t last;     /* id of the last record looked at */
    guint n;          /* records of the chunk */
    size_t purged;
    GArray *ids;
} Pass;

static bool
keep_id(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_array_append_val((GArray *)data, c[0].integer);
    return true;
}

static bool
run_on(const MwContext *context, const char *format, const char *table, const char *column,
       int64_t id, GError **error)
{
    g_autofree char *sql = g_strdup_printf(format, table, column);
    MwValue param = MW_INT(id);

    return mw_store_run(context->store, sql, &param, 1, NULL, NULL, error);
}

/* What only tells of the record goes with it. */
static bool
erase_followers(const MwContext *context, const MwEntity *entity, int64_t id, GError **error)
{
    size_t n;
    const MwLinkFrom *links = mw_catalog_links_to(context->catalog, entity, &n);

    for (size_t i = 0; i < n; i++) {
        const MwEntity *other = links[i].entity;
        if (other->follows && g_strv_contains(other->follows, links[i].field->name) &&
            !run_on(context, "DELETE FROM \"%s\" WHERE \"%s\" = $1", other->name,
                    links[i].field->name, id, error))
            return false;
    }
    return true;
}

static bool
erase(const MwContext *context, const MwEntity *entity, int64_t id, GError **error)
{
    for (size_t i = 0; entity->details[i]; i++)
        if (!run_on(context, "DELETE FROM \"%s\" WHERE \"%s\" = $1", entity->details[i]->name,
                    entity->details[i]->master, id, error))
            return false;
    return erase_followers(context, entity, id, error) &&
           mw_search_drop(context->store, id, error) &&
           run_on(context, "DELETE FROM %s WHERE %s = $1", "visit", "record", id, error) &&
           run_on(context, "DELETE FROM %s WHERE %s = $1", "file_piece", "file", id, error) &&
           run_on(context, "DELETE FROM \"%s\" WHERE %s = $1", entity->name, "id", id, error);
}

/* Whether it went; a record that another points at does not. */
static bool
try_to_erase(const MwContext *context, const MwEntity *entity, int64_t id, bool *gone,
             GError **error)
{
    g_autoptr(GError) local = NULL;

    if (!mw_store_mark(context->store, error))
        return false;
    *gone = erase(context, entity, id, &local) && mw_store_wait(context->store, &local);
    if (*gone)
        return mw_store_forget_mark(context->store, error) &&
               mw_history_add(context, entity->name, id, "purge", "{}", error);
    if (!g_error_matches(local, MW_ERROR, MW_ERROR_INVALID)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    return mw_store_back_to_mark(context->store, error);
}

static bool
purge_step(const MwContext *context, void *data, GError **error)
{
    Pass *pass = data;
    const MwEntity *entity = mw_catalog_entity(context->catalog, pass->name);
    g_autofree char *sql =
        g_strdup_printf("SELECT id FROM \"%s\" WHERE id > $1 AND deleted_at < $2 "
                        "ORDER BY id LIMIT $3",
                        entity->name);
    MwValue params[] = { MW_INT(pass->last), MW_INT(context->now - KEEP_DAYS * MW_DAY_MS),
                         MW_INT(CHUNK) };

    g_array_set_size(pass->ids, 0);
    if (!mw_store_run(context->store, sql, params, 3, keep_id, pass->ids, error))
        return false;
    for (guint i = 0; i < pass->ids->len; i++) {
        bool gone;
        pass->last = g_array_index(pass->ids, int64_t, i);
        if (!try_to_erase(context, entity, pass->last, &gone, error))
            return false;
        pass->purged += gone;
    }
    pass->n = pass->ids->len;
    if (pass->n > 0)
        mw_company_changed(context->company, context->store, entity);
    return true;
}

static bool
purge_entity(MwJobRun *run, Pass *pass, GError **error)
{
    do {
        if (!mw_job_goes_on(run, 0, 0))
            return mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped before the end."));
        if (!mw_work_atomically(run->company, run->store, purge_step, pass, error))
            return false;
    } while (pass->n == CHUNK);
    return true;
}

bool
mw_purge_deleted(MwJobRun *run, GError **error)
{
    g_autoptr(MwCatalog) catalog = mw_company_catalog(run->company);
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    size_t n, purged = 0;
    const MwEntity *const *entities = mw_catalog_entities(catalog, &n);

    /* From the last declared one: what points at others mostly stands after them. */
    while (n-- > 0) {
        Pass pass = { .name = entities[n]->name, .ids = ids };
        if (!purge_entity(run, &pass, error))
            return false;
        purged += pass.purged;
    }
    run->message = g_strdup_printf(_("%zu records purged"), purged);
    return true;
}

/* ---- what has run out --------------------------------------------------------------- */

static bool
expire_step(const MwContext *context, void *data, GError **error)
{
    static const struct {
        const char *sql;
        int64_t days;
    } rows[] = {
        { "DELETE FROM session WHERE expires_at < $1", 0 },
        { "DELETE FROM login_failure WHERE until < $1", 1 },
        { "DELETE FROM idempotency WHERE at < $1", 1 },
        { "DELETE FROM job WHERE status = 'done' AND finished_at < $1", KEEP_DAYS },
        { "DELETE FROM mail WHERE finished_at < $1", KEEP_DAYS },
        { "DELETE FROM notice WHERE created_at < $1", NOTICES_DAYS },
    };
    int64_t *removed = data;

    *removed = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        MwValue before = MW_INT(context->now - rows[i].days * MW_DAY_MS);
        if (!mw_store_run(context->store, rows[i].sql, &before, 1, NULL, NULL, error))
            return false;
        *removed += mw_store_touched(context->store);
    }
    return true;
}

/* ---- what imports keep ---------------------------------------------------------------- */

/* The next import whose time is over; 0: none. Its file may have gone before. */
typedef struct {
    int64_t last, run, file;
    unsigned n;
} Kept;

static bool
keep_run(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Kept *kept = data;

    kept->run = c[0].integer;
    kept->file = c[1].is == MW_INTEGER ? c[1].integer : 0;
    return false;
}

/* One that the command has begun and that has failed is gone on with from the file on the disk: it keeps what it has
 * rejected so far. One that was never mapped goes with its file. */
static bool
import_step(const MwContext *context, void *data, GError **error)
{
    Kept *kept = data;
    bool gone;
    MwValue after[] = { MW_INT(kept->last),
                        MW_INT(context->now - MW_IMPORT_KEPT_DAYS * MW_DAY_MS) };

    kept->run = 0;
    bool read = mw_store_run(
        context->store,
        "SELECT id, source FROM import_run WHERE id > $1 AND (source IS NOT NULL OR "
        "(status IN ('done', 'undone', 'undo_failed') AND (EXISTS (SELECT 1 FROM import_reject "
        "WHERE run = import_run.id) OR EXISTS (SELECT 1 FROM change_item WHERE run = "
        "import_run.id)))) AND "
        "((status IN ('done', 'undone', 'undo_failed', 'failed') AND finished_at < $2) "
        "OR (status = 'mapping' AND created_at < $2)) ORDER BY id LIMIT 1",
        after, 2, keep_run, kept, error);
    if (!read || !kept->run)
        return read;
    MwValue run[] = { MW_INT(context->now), MW_INT(kept->run) };
    return mw_store_run(context->store, "DELETE FROM import_reject WHERE run = $1", &run[1], 1,
                        NULL, NULL, error) &&
           mw_store_run(context->store,
                        "DELETE FROM change_item WHERE run = (SELECT id FROM import_run WHERE "
                        "id = $1 AND status IN ('done', 'undone', 'undo_failed'))",
                        &run[1], 1, NULL, NULL, error) &&
           mw_store_run(context->store,
                        "UPDATE import_run SET source = NULL, deleted_at = CASE WHEN status = "
                        "'mapping' THEN $1 ELSE deleted_at END WHERE id = $2",
                        run, 2, NULL, NULL, error) &&
           (!kept->file || try_to_erase(context, mw_catalog_entity(context->catalog, "file"),
                                        kept->file, &gone, error));
}

/* ---- what bulk changes keep ------------------------------------------------------------- */

/* The next bulk change that cannot be undone any more, with its items. Ids are by time, so an old one is found at once. */
static bool
change_step(const MwContext *context, void *data, GError **error)
{
    Kept *kept = data;
    g_auto(MwValue) id = MW_NOTHING;
    MwValue after[] = { MW_INT(kept->last), MW_INT(context->now - MW_BULK_KEPT_DAYS * MW_DAY_MS) };
    bool gone;

    kept->run = 0;
    if (!mw_store_scalar(context->store,
                         "SELECT id FROM bulk_change WHERE id > $1 AND created_at < $2 "
                         "ORDER BY id LIMIT 1",
                         after, 2, &id, error))
        return false;
    if (id.is != MW_INTEGER)
        return true;
    kept->run = id.integer;
    return mw_store_run(context->store, "DELETE FROM change_item WHERE run = $1", &id, 1, NULL,
                        NULL, error) &&
           try_to_erase(context, mw_catalog_entity(context->catalog, "bulk_change"), id.integer,
                        &gone, error);
}

static bool
purge_kept(MwJobRun *run, MwWork step, Kept *kept, GError **error)
{
    do {
        if (!mw_job_goes_on(run, 0, 0))
            return mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped before the end."));
        if (!mw_work_atomically(run->company, run->store, step, kept, error))
            return false;
        kept->last = kept->run;
        kept->n += kept->run != 0;
    } while (kept->run);
    return true;
}

bool
mw_purge_expired(MwJobRun *run, GError **error)
{
    int64_t removed;
    Kept imports = { 0 }, changes = { 0 };

    if (!mw_work_atomically(run->company, run->store, expire_step, &removed, error) ||
        !purge_kept(run, import_step, &imports, error) ||
        !purge_kept(run, change_step, &changes, error))
        return false;
    run->message = g_strdup_printf(_("%lld rows removed; files of %u imports; %u bulk changes"),
                                   (long long)removed, imports.n, changes.n);
    return true;
}
