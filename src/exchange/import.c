#include "exchange/import.h"

#include "base/i18n.h"
#include "exchange/importer.h"

enum {
    CHUNK_ROWS = 20000, /* of a transaction                                       */
    WAITING_ROWS_MAX =
        5000000,          /* that wait for others of their record; then it is sorted wrongly */
    PROGRESS_ROWS = 5000, /* between calls                                          */
    CHUNK_SECONDS = 2,    /* of a transaction: others want to write too             */
    CLOCK_ROWS = 128,     /* between looks at the clock                             */
};

/* The rows that are about one record. */
typedef struct {
    uint64_t last;   /* number of its last row, counted from 1 */
    GPtrArray *rows; /* those read so far, in the second pass  */
} Rows;

/* One reading of the file. */
typedef struct {
    MwImporter *importer;
    MwTableReader *reader;
    GHashTable *groups; /* key -> Rows */
    GStringChunk *keys;
    GString *scratch;
    Rows *latest; /* most rows are about the same record as the one before */
    const char *latest_key;
    uint64_t row;     /* number of the row at hand */
    uint64_t waiting; /* rows in memory */
    uint64_t settled; /* rows of the last commit */
    int64_t began_us; /* the transaction at hand, monotonic */
    MwImportProgress progress;
    void *data;
} Pass;

static void
rows_free(gpointer data)
{
    Rows *rows = data;

    if (rows->rows)
        g_ptr_array_unref(rows->rows);
    g_free(rows);
}

static void
reject_clear(gpointer data)
{
    MwImportReject *reject = data;

    g_free(reject->reason);
    g_free(reject->raw);
}

/* ---- rows ------------------------------------------------------------------------------ */

/* Why a row is rejected by itself, whatever the database holds; NULL when it is not. */
static const char *
fault_of(const Pass *pass, const MwTableRow *row, const char **key)
{
    const MwPlan *plan = pass->importer->plan;

    *key = "";
    if (row->fault)
        return row->fault;
    for (guint i = 0; i < plan->values->len; i++) {
        const MwPlanValue *value = mw_plan_value(plan, i);
        bool needed =
            (int)i == plan->key || (value->path.link && !value->path.field && !value->path.line &&
                                    value->path.link->flags & MW_REQUIRED);
        if (!needed || mw_plan_text(value, row))
            continue;
        *key = value->key;
        return _("This is missing.");
    }
    return NULL;
}

/* What the rows of one record have in common. */
static const char *
group_key(Pass *pass, const MwTableRow *row)
{
    const MwPlan *plan = pass->importer->plan;

    if (plan->key >= 0)
        return mw_exchange_key(mw_plan_text(mw_plan_value(plan, (guint)plan->key), row),
                               pass->scratch);
    g_string_truncate(pass->scratch, 0);
    for (guint i = 0; i < plan->values->len; i++) {
        const MwPlanValue *value = mw_plan_value(plan, i);
        const char *text = value->path.line ? NULL : mw_plan_text(value, row);
        g_string_append_printf(pass->scratch, "%s\x1f", text ? text : "");
    }
    return pass->scratch->str;
}

/* ---- first pass: what there is --------------------------------------------------------------- */

static void
note_group(Pass *pass, const MwTableRow *row)
{
    const char *key = group_key(pass, row);

    if (!pass->latest || !g_str_equal(key, pass->latest_key)) {
        gpointer kept = NULL, found = NULL;
        if (!g_hash_table_lookup_extended(pass->groups, key, &kept, &found)) {
            kept = g_string_chunk_insert(pass->keys, key);
            found = g_new0(Rows, 1);
            g_hash_table_insert(pass->groups, kept, found);
        }
        pass->latest = found;
        pass->latest_key = kept;
    }
    pass->latest->last = pass->row;
}

static void
note_links(Pass *pass, const MwTableRow *row)
{
    const MwPlan *plan = pass->importer->plan;
    GString *buffer = pass->importer->key;

    for (guint i = 0; i < plan->links->len; i++) {
        MwLinks *links = plan->links->pdata[i];
        MwLinkEntry *entry = NULL;
        for (guint j = 0; j < plan->values->len && !entry; j++) {
            const MwPlanValue *value = mw_plan_value(plan, j);
            const char *text =
                value->links == links && !value->path.field ? mw_plan_text(value, row) : NULL;
            if (text)
                entry = mw_links_note(links, mw_exchange_key(text, buffer));
        }
        for (guint j = 0; j < plan->values->len && entry && links->n_fields > 0; j++) {
            const MwPlanValue *value = mw_plan_value(plan, j);
            const char *text =
                value->links == links && value->path.field ? mw_plan_text(value, row) : NULL;
            if (text)
                mw_links_note_text(links, entry, value->link_field, text);
        }
    }
    if (plan->match)
        mw_links_note(
            plan->match,
            mw_exchange_key(mw_plan_text(mw_plan_value(plan, (guint)plan->key), row), buffer));
}

static bool
survey(Pass *pass, GError **error)
{
    g_autoptr(GError) local = NULL;
    const char *key;
    MwTableRow row;

    while (mw_table_next(pass->reader, &row, &local)) {
        pass->row++;
        if (pass->progress && pass->row % (PROGRESS_ROWS * 10) == 0 &&
            !pass->progress((int64_t)pass->row, 0, pass->data)) {
            pass->importer->report->cancelled = true;
            return true;
        }
        if (fault_of(pass, &row, &key))
            continue;
        if (pass->importer->plan->has_lines)
            note_group(pass, &row);
        note_links(pass, &row);
    }
    pass->importer->report->rows = (int64_t)pass->row;
    if (!local)
        return true;
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

static bool
resolve_all(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    const MwImporter *importer = data;
    const MwPlan *plan = importer->plan;

    for (guint i = 0; i < plan->links->len; i++)
        if (!mw_links_resolve(plan->links->pdata[i], importer->context, error))
            return false;
    return !plan->match || mw_links_resolve(plan->match, importer->context, error);
}

/* ---- second pass: writing ------------------------------------------------------------------------ */

/* A copy of a row in one block: cells, then their texts and the row as it came. */
static MwImportRow *
copy_row(const MwImporter *importer, const MwTableRow *row)
{
    const MwPlan *plan = importer->plan;
    guint n = plan->values->len;
    gsize size = sizeof(MwImportRow) + n * sizeof(gpointer) + row->raw_size + 1;

    for (guint i = 0; i < n; i++) {
        const char *text = mw_plan_text(mw_plan_value(plan, i), row);
        size += text ? strlen(text) + 1 : 0;
    }
    MwImportRow *copy = g_malloc(size);
    char *end = (char *)&copy->cells[n];
    copy->line = row->line;
    for (guint i = 0; i < n; i++) {
        const MwPlanValue *value = mw_plan_value(plan, i);
        const char *text = mw_plan_text(value, row);
        copy->cells[i].text = NULL;
        if (text && value->path.link && !value->path.field) {
            copy->cells[i].entry = mw_links_get(value->links, mw_exchange_key(text, importer->key));
        } else if (text && !value->path.link) {
            copy->cells[i].text = end;
            end = g_stpcpy(end, text) + 1;
        }
    }
    copy->raw = memcpy(end, row->raw, row->raw_size);
    copy->raw_size = row->raw_size;
    return copy;
}

static MwLinkEntry *
match_of(const MwImporter *importer, const MwImportRow *row)
{
    const MwPlan *plan = importer->plan;

    return plan->match ? mw_links_get(plan->match,
                                      mw_exchange_key(row->cells[plan->key].text, importer->key))
                       : NULL;
}

static bool
write_rows(Pass *pass, MwImportRow *const *rows, guint n, GError **error)
{
    return mw_group_write(pass->importer, rows, n, match_of(pass->importer, rows[0]), error);
}

static bool
take_line(Pass *pass, const MwTableRow *row, GError **error)
{
    const char *key = group_key(pass, row);

    if (!pass->latest || !g_str_equal(key, pass->latest_key)) {
        gpointer kept, found;
        g_hash_table_lookup_extended(pass->groups, key, &kept, &found);
        pass->latest = found;
        pass->latest_key = kept;
    }
    Rows *rows = pass->latest;
    if (rows->last <= pass->importer->done)
        return true; /* written before the import was interrupted */
    if (!rows->rows)
        rows->rows = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(rows->rows, copy_row(pass->importer, row));
    if (++pass->waiting > WAITING_ROWS_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE,
                       _("The rows of one record lie too far apart; sort the file by its key."));
    if (pass->row < rows->last)
        return true;
    bool written =
        write_rows(pass, (MwImportRow *const *)rows->rows->pdata, rows->rows->len, error);
    pass->waiting -= rows->rows->len;
    g_clear_pointer(&rows->rows, g_ptr_array_unref);
    return written;
}

static bool
take_record(Pass *pass, const MwTableRow *row, GError **error)
{
    MwImportRow *rows[] = { copy_row(pass->importer, row) };
    bool written = write_rows(pass, rows, 1, error);

    g_free(rows[0]);
    return written;
}

static bool
take_row(Pass *pass, const MwTableRow *row, GError **error)
{
    const char *key, *fault = fault_of(pass, row, &key);

    if (fault && pass->row > pass->importer->done)
        mw_importer_reject(pass->importer, row->line, row->raw, row->raw_size, key, fault);
    if (fault)
        return true;
    if (pass->importer->plan->has_lines)
        return take_line(pass, row, error);
    return pass->row <= pass->importer->done || take_record(pass, row, error);
}

/* Ends the transaction: keeps it, or, of a dry run, takes back what it has made. */
static bool
end_chunk(Pass *pass, GError **error)
{
    MwImporter *importer = pass->importer;
    MwStore *store = importer->context->store;

    pass->settled = MAX(pass->row, pass->settled);
    importer->report->done = (int64_t)pass->settled;
    if (importer->options->dry_run) {
        mw_store_rollback(store);
        for (guint i = 0; i < importer->fresh->len; i++)
            ((MwLinkEntry *)importer->fresh->pdata[i])->id = 0;
    } else {
        if (!mw_run_keep(importer, pass->settled, error) || !mw_store_commit(store, error))
            return false;
        g_array_set_size(importer->rejects, 0);
    }
    g_array_set_size(importer->items, 0);
    g_ptr_array_set_size(importer->fresh, 0);
    return true;
}

/* Four times as many rows as when the database heard of it last. */
static bool
tell_growth(Pass *pass, GError **error)
{
    MwImporter *importer = pass->importer;
    MwStore *store = importer->context->store;
    const MwPlan *plan = importer->plan;
    bool told = true;

    if (pass->row < 4 * importer->told || importer->options->dry_run)
        return true;
    importer->told = pass->row;
    for (guint i = 0; told && i < importer->report->counts->len; i++) {
        const MwImportCount *count = &g_array_index(importer->report->counts, MwImportCount, i);
        told = mw_store_has_grown(store, count->entity->name, error);
    }
    return told && (!plan->has_lines || mw_store_has_grown(store, plan->shape.detail->name, error));
}

static bool
next_chunk(Pass *pass, GError **error)
{
    bool done =
        end_chunk(pass, error) && mw_store_begin(pass->importer->context->store, true, error);

    pass->began_us = g_get_monotonic_time();
    return done && tell_growth(pass, error);
}

/* A dry run ends its transactions by rows alone, so that it finds the same each time. */
static bool
is_chunk_full(const Pass *pass)
{
    return pass->row >= pass->settled + CHUNK_ROWS ||
           (pass->row % CLOCK_ROWS == 0 && !pass->importer->options->dry_run &&
            g_get_monotonic_time() - pass->began_us > CHUNK_SECONDS * G_USEC_PER_SEC);
}

static bool
go_on(Pass *pass)
{
    if (!pass->progress || pass->row % PROGRESS_ROWS != 0)
        return true;
    pass->importer->report->cancelled =
        !pass->progress((int64_t)pass->row, pass->importer->report->rows, pass->data);
    return !pass->importer->report->cancelled;
}

static bool
write_all(Pass *pass, GError **error)
{
    MwStore *store = pass->importer->context->store;
    g_autoptr(GError) local = NULL;
    MwTableRow row;
    bool done = mw_store_begin(store, true, error);

    pass->settled = pass->importer->done;
    pass->began_us = g_get_monotonic_time();
    while (done && go_on(pass) && mw_table_next(pass->reader, &row, &local)) {
        pass->row++;
        done = take_row(pass, &row, error) && (!is_chunk_full(pass) || next_chunk(pass, error));
    }
    if (done && local) {
        g_propagate_error(error, g_steal_pointer(&local));
        done = false;
    }
    done = done && end_chunk(pass, error);
    mw_store_rollback(store);
    return done;
}

/* ---- the whole ----------------------------------------------------------------------------------- */

static bool
write_rejects(MwImporter *importer, const MwTableReader *reader, const char *path, GError **error)
{
    MwStore *store = importer->context->store;

    if (importer->options->dry_run)
        return mw_rejects_write_dry(importer, reader, path, error);
    if (!mw_store_begin(store, false, error))
        return false;
    bool written = mw_import_rejects(store, importer->report->run, path, error);
    mw_store_rollback(store);
    return written;
}

static bool
run_passes(MwImporter *importer, const char *const *map, Pass *pass, const char *rejects,
           GError **error)
{
    const MwImportOptions *options = importer->options;
    g_autoptr(MwTableReader) again = NULL;

    if (!survey(pass, error) || importer->report->cancelled ||
        !mw_store_atomically(importer->context->store, resolve_all, importer, error))
        return importer->report->cancelled;
    if (!options->dry_run && !mw_run_begin(importer, map, error))
        return false;
    again = mw_table_open(options->path, &options->table, error);
    if (!again)
        return false;
    pass->reader = again;
    pass->row = 0;
    pass->latest = NULL;
    bool done = write_all(pass, error);
    mw_report_differences(importer);
    if (importer->report->run)
        mw_run_end(importer, done && !importer->report->cancelled ? "done" : "failed",
                   done                          ? NULL
                   : importer->report->cancelled ? _("Stopped")
                                                 : (*error)->message,
                   NULL);
    return done && (!rejects || write_rejects(importer, again, rejects, error));
}

static bool
find_mapping(const MwImporter *importer, MwMapping *mapping, GError **error)
{
    MwStore *store = importer->context->store;
    MwShape shape;

    if (!mw_shape_find(importer->context->catalog, importer->options->shape, &shape, error) ||
        !mw_store_begin(store, false, error))
        return false;
    bool found = mw_mapping_for(importer->context, &shape, importer->reader, mapping, error);
    mw_store_rollback(store);
    return found;
}

static bool
run_import(MwImporter *importer, MwImportProgress progress, void *data, const char *rejects,
           GError **error)
{
    MwImportOptions options = *importer->options;
    g_autoptr(MwTableReader) reader = mw_table_open(options.path, &options.table, error);
    g_autoptr(GError) local = NULL;
    g_auto(MwMapping) found = { 0 };

    if (!reader)
        return false;
    importer->reader = reader;
    if (!options.map) {
        if (!find_mapping(importer, &found, error))
            return false;
        options.map = (const char *const *)found.map;
        options.values = options.values ? options.values : (const char *const *)found.values;
    }
    importer->options = &options;
    const char *const *map = options.map;
    if (!(importer->plan = mw_plan_new(importer->context, &options, map, reader, error)))
        return false;
    importer->differing = g_new0(uint64_t, importer->plan->values->len);
    Pass pass = {
        .importer = importer,
        .reader = reader,
        .groups = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, rows_free),
        .keys = g_string_chunk_new(64 * 1024),
        .scratch = g_string_new(NULL),
        .progress = progress,
        .data = data,
    };
    bool done = run_passes(importer, map, &pass, rejects, &local);
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    g_hash_table_unref(pass.groups);
    g_string_chunk_free(pass.keys);
    g_string_free(pass.scratch, true);
    return done;
}

static void
importer_clear(MwImporter *importer)
{
    mw_plan_free(importer->plan);
    g_array_unref(importer->rejects);
    g_array_unref(importer->items);
    g_ptr_array_unref(importer->fresh);
    g_free(importer->differing);
    g_string_free(importer->key, true);
    g_free(importer->fingerprint);
}

bool
mw_import(MwCompany *company, MwStore *store, MwActor *actor, const MwImportOptions *options,
          const char *rejects, MwImportProgress progress, void *data, MwImportReport *report,
          GError **error)
{
    return mw_importer_run(company, store, actor, options, 0, rejects, progress, data, report,
                           error);
}

bool
mw_importer_run(MwCompany *company, MwStore *store, MwActor *actor, const MwImportOptions *options,
                int64_t queued, const char *rejects, MwImportProgress progress, void *data,
                MwImportReport *report, GError **error)
{
    g_autoptr(MwActor) nobody = mw_company_system(company);
    g_auto(MwContext) context = { 0 }, system = { 0 };
    MwImporter importer = {
        .options = options,
        .context = &context,
        .system = &system,
        .report = report,
        .queued = queued,
        .rejects = g_array_new(false, true, sizeof(MwImportReject)),
        .items = g_array_new(false, true, sizeof(MwImportItem)),
        .fresh = g_ptr_array_new(),
        .key = g_string_new(NULL),
    };

    mw_report_init(report);
    g_array_set_clear_func(importer.rejects, reject_clear);
    mw_context_begin(&context, company, store, actor, "import");
    mw_context_begin(&system, company, store, nobody, "import");
    context.links_found = system.links_found = true;
    bool done = run_import(&importer, progress, data, rejects, error);
    importer_clear(&importer);
    if (done && mw_company_touched(company))
        done = mw_company_reload(company, store, error);
    return done;
}
