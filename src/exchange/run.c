/* run: what is kept of an import in the database: its import_run, how far it is, what it made and rejected. */
#include <errno.h>
#include <jansson.h>
#include <sodium.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "exchange/importer.h"

enum { BLOCK = 1 << 16 };

/* ---- what it is ------------------------------------------------------------------- */

static void
hash_text(crypto_generichash_state *state, const char *text)
{
    const char *kept = text ? text : "";

    crypto_generichash_update(state, (const unsigned char *)kept, strlen(kept) + 1);
}

static void
hash_texts(crypto_generichash_state *state, const char *const *texts)
{
    for (; texts && *texts; texts++)
        hash_text(state, *texts);
    hash_text(state, NULL);
}

static bool
hash_file(crypto_generichash_state *state, const char *path, GError **error)
{
    g_autofree unsigned char *block = g_malloc(BLOCK);
    FILE *file = fopen(path, "rb");
    size_t n;

    if (!file)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("%s cannot be opened: %s"), path,
                       g_strerror(errno));
    while ((n = fread(block, 1, BLOCK, file)) > 0)
        crypto_generichash_update(state, block, n);
    bool whole = !ferror(file);
    fclose(file);
    return whole || mw_fail(error, MW_ERROR_UNAVAILABLE, _("%s cannot be read."), path);
}

/* The same for the same bytes, mapping, options and user. */
static char *
fingerprint(const MwImporter *importer, const char *const *map, GError **error)
{
    const MwImportOptions *options = importer->options;
    unsigned char hash[crypto_generichash_BYTES];
    char delimiter[] = { options->table.delimiter, '\0' };
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    hash_text(&state, options->shape);
    hash_texts(&state, map);
    hash_texts(&state, options->constants);
    hash_texts(&state, options->values);
    hash_texts(&state, options->create_missing);
    hash_text(&state, options->match);
    hash_text(&state, delimiter);
    hash_text(&state, options->table.encoding);
    hash_text(&state, options->table.sheet);
    if (!hash_file(&state, options->path, error))
        return NULL;
    crypto_generichash_final(&state, hash, sizeof hash);
    char *text = g_malloc(2 * sizeof hash + 1);
    return sodium_bin2hex(text, 2 * sizeof hash + 1, hash, sizeof hash);
}

/* ---- counts ------------------------------------------------------------------------- */

static char *
write_counts(const MwImporter *importer)
{
    const MwImportReport *report = importer->report;
    json_t *entities = json_object();

    for (guint i = 0; i < report->counts->len; i++) {
        const MwImportCount *count = &g_array_index(report->counts, MwImportCount, i);
        json_object_set_new(
            entities, count->entity->name,
            json_pack("[II]", (json_int_t)count->created, (json_int_t)count->updated));
    }
    json_t *all = json_pack("{s:I,s:I,s:o}", "rejected", (json_int_t)report->rejected, "lines",
                            (json_int_t)report->lines, "entities", entities);
    char *dumped = json_dumps(all, JSON_COMPACT | JSON_PRESERVE_ORDER);
    char *text = g_strdup(dumped);
    free(dumped);
    json_decref(all);
    return text;
}

static void
read_counts(MwImporter *importer, const char *text)
{
    MwImportReport *report = importer->report;
    json_t *all = json_loads(text, 0, NULL), *pair;
    const char *name;

    report->rejected = json_integer_value(json_object_get(all, "rejected"));
    report->lines = json_integer_value(json_object_get(all, "lines"));
    json_object_foreach(json_object_get(all, "entities"), name, pair)
    {
        MwImportCount count = {
            .entity = mw_catalog_entity(importer->context->catalog, name),
            .created = json_integer_value(json_array_get(pair, 0)),
            .updated = json_integer_value(json_array_get(pair, 1)),
        };
        if (count.entity)
            g_array_append_val(report->counts, count);
    }
    json_decref(all);
}

/* ---- its record ------------------------------------------------------------------------ */

static json_t *
json_strings(const char *const *texts)
{
    json_t *array = json_array();

    for (; texts && *texts; texts++)
        json_array_append_new(array, json_string(*texts));
    return array;
}

static void
set(MwInput *input, const char *name, MwValue value)
{
    mw_input_set_value(input, mw_entity_field(mw_input_entity(input), name), value);
}

static void
set_json(MwInput *input, const char *name, json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT);

    set(input, name, MW_BORROW(text));
    free(text);
    json_decref(document);
}

int64_t
mw_run_write(const MwContext *system, const MwInput *input, int64_t run, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwRecord) record = mw_record_write(system, input, run, problems, error);

    if (record && mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INTERNAL, "import_run: %s", text);
    }
    return record ? mw_record_id(record) : 0;
}

static bool
save_run(MwImporter *importer, const MwInput *input, GError **error)
{
    int64_t run = mw_run_write(importer->system, input, importer->report->run, error);

    if (run)
        importer->report->run = run;
    return run != 0;
}

MwRecord *
mw_run_read(const MwContext *context, int64_t run, GError **error)
{
    return mw_record_read(context, mw_catalog_entity(context->catalog, "import_run"), run, MW_LIVE,
                          error);
}

void
mw_run_put_options(MwInput *input, const char *const *map, const MwImportOptions *options)
{
    char delimiter[] = { options->table.delimiter, '\0' };

    set_json(input, "mapping", json_strings(map));
    set_json(input, "options",
             json_pack("{s:o,s:o,s:o,s:s?,s:s,s:s?,s:s?}", "constants",
                       json_strings(options->constants), "values", json_strings(options->values),
                       "create_missing", json_strings(options->create_missing), "match",
                       options->match, "delimiter", delimiter, "encoding", options->table.encoding,
                       "sheet", options->table.sheet));
}

static MwInput *
run_input(const MwImporter *importer)
{
    return mw_input_new(mw_catalog_entity(importer->system->catalog, "import_run"));
}

/* As line 0 of the rejected rows, with the delimiter for a reason. */
static bool
keep_header(const MwImporter *importer, GError **error)
{
    char delimiter[] = { mw_table_delimiter(importer->reader), '\0' };
    const char *header = mw_table_raw_header(importer->reader);
    g_autofree char *raw = mw_run_raw(header, strlen(header));
    MwValue row[] = { MW_INT(importer->report->run), MW_BORROW(delimiter), MW_BORROW(raw) };

    return mw_store_run(importer->context->store,
                        "INSERT INTO import_reject (run, line, reason, raw) VALUES ($1, 0, $2, $3)",
                        row, 3, NULL, NULL, error);
}

static bool
make_run(MwImporter *importer, const char *const *map, GError **error)
{
    const MwImportOptions *options = importer->options;
    const MwActor *actor = importer->context->actor;
    g_autofree char *base = g_path_get_basename(options->path);
    g_autoptr(MwInput) input = run_input(importer);

    importer->report->run = importer->queued;
    mw_input_set_cut(input, "file_name", options->file_name ? options->file_name : base);
    set(input, "entity", MW_BORROW(importer->plan->shape.name));
    set(input, "status", MW_BORROW("running"));
    set(input, "started_at", MW_INT(mw_clock_now()));
    mw_run_put_options(input, map, options);
    if (mw_actor_user(actor))
        set(input, "owner", MW_INT(mw_actor_user(actor)));
    if (!save_run(importer, input, error))
        return false;
    MwValue state[] = { MW_INT(importer->report->run), MW_BORROW(importer->fingerprint) };
    return keep_header(importer, error) &&
           mw_store_run(importer->context->store,
                        "INSERT INTO import_state (run, fingerprint, turn, done, counts) "
                        "VALUES ($1, $2, 1, 0, '{}')",
                        state, 2, NULL, NULL, error);
}

static bool
keep_state(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwImporter *importer = data;

    importer->report->run = columns[0].integer;
    importer->report->resumed = true;
    importer->turn = columns[1].integer;
    importer->done = (uint64_t)columns[2].integer;
    read_counts(importer, columns[3].text);
    return false;
}

/* Goes on with an unfinished run of the same. */
static bool
find_run(MwImporter *importer, GError **error)
{
    MwStore *store = importer->context->store;
    MwValue asked[] = { MW_BORROW(importer->fingerprint),
                        MW_INT(mw_actor_user(importer->context->actor)), MW_INT(importer->queued) };

    if (importer->options->afresh)
        return true;
    if (!mw_store_run(store,
                      "SELECT s.run, s.turn, s.done, s.counts FROM import_state s "
                      "JOIN import_run r ON r.id = s.run WHERE s.fingerprint = $1 "
                      "AND r.status IN ('queued', 'running', 'failed') AND r.deleted_at IS NULL "
                      "AND COALESCE(r.owner, 0) = $2 AND s.run = COALESCE(NULLIF(CAST($3 AS "
                      "BIGINT), 0), s.run) "
                      "ORDER BY s.run DESC LIMIT 1",
                      asked, 3, keep_state, importer, error))
        return false;
    if (!importer->report->resumed)
        return true;
    MwValue taken[] = { MW_INT(++importer->turn), MW_INT(importer->report->run) };
    return mw_store_run(store, "UPDATE import_state SET turn = $1 WHERE run = $2", taken, 2, NULL,
                        NULL, error);
}

static bool
find_or_make(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    gpointer *both = data;
    MwImporter *importer = both[0];

    importer->turn = 1;
    return find_run(importer, error) &&
           (importer->report->resumed || make_run(importer, both[1], error));
}

bool
mw_run_begin(MwImporter *importer, const char *const *map, GError **error)
{
    gpointer both[] = { importer, (gpointer)map };

    importer->fingerprint = fingerprint(importer, map, error);
    return importer->fingerprint &&
           mw_store_atomically(importer->context->store, find_or_make, both, error);
}

/* ---- how far it is ---------------------------------------------------------------------- */

enum { REJECT_COLUMNS = 4, ITEM_COLUMNS = 6 };

/* Rows that lie one after the other, as the store wants them. */
static bool
insert_rows(const MwImporter *importer, const char *head, const MwValue *values, size_t n_columns,
            size_t n_rows, GError **error)
{
    g_autofree const MwValue **rows = g_new(const MwValue *, n_rows);

    for (size_t i = 0; i < n_rows; i++)
        rows[i] = values + i * n_columns;
    return mw_store_insert_rows(importer->context->store, head, n_columns, rows, n_rows, error);
}

static bool
keep_rejects(const MwImporter *importer, GError **error)
{
    size_t n = importer->rejects->len;
    g_autofree MwValue *values = g_new(MwValue, n * REJECT_COLUMNS);

    for (size_t i = 0; i < n; i++) {
        const MwImportReject *reject = &g_array_index(importer->rejects, MwImportReject, i);
        MwValue *row = values + i * REJECT_COLUMNS;
        row[0] = MW_INT(importer->report->run);
        row[1] = MW_INT(reject->line);
        row[2] = MW_BORROW(reject->reason);
        row[3] = MW_BORROW(reject->raw);
    }
    return insert_rows(importer, "INSERT INTO import_reject (run, line, reason, raw) VALUES ",
                       values, REJECT_COLUMNS, n, error);
}

static int64_t
sum_counts(const MwImportReport *report, bool updated)
{
    int64_t sum = 0;

    for (guint i = 0; i < report->counts->len; i++) {
        const MwImportCount *count = &g_array_index(report->counts, MwImportCount, i);
        sum += updated ? count->updated : count->created;
    }
    return sum;
}

static bool
keep_items(const MwImporter *importer, GError **error)
{
    size_t n = importer->items->len;
    g_autofree MwValue *values = g_new(MwValue, n * ITEM_COLUMNS);
    int64_t all = sum_counts(importer->report, false) + sum_counts(importer->report, true);

    for (size_t i = 0; i < n; i++) {
        const MwImportItem *item = &g_array_index(importer->items, MwImportItem, i);
        MwValue *row = values + i * ITEM_COLUMNS;
        row[0] = MW_INT(importer->report->run);
        row[1] = MW_INT(all - (int64_t)(n - i));
        row[2] = MW_INT(item->record);
        row[3] = MW_BORROW(item->entity->name);
        row[4] = MW_BORROW(item->update ? "update" : "create");
        row[5] = MW_INT(item->history);
    }
    return insert_rows(
        importer,
        "INSERT INTO change_item (run, position, record, entity, action, history) VALUES ", values,
        ITEM_COLUMNS, n, error);
}

static void
set_progress(const MwImporter *importer, MwInput *input, uint64_t rows)
{
    const MwImportReport *report = importer->report;

    set(input, "rows", MW_INT(report->rows));
    set(input, "created", MW_INT(sum_counts(report, false)));
    set(input, "updated", MW_INT(sum_counts(report, true)));
    set(input, "rejected", MW_INT(report->rejected));
    set(input, "progress", MW_INT(report->rows > 0 ? (int64_t)rows * 10000 / report->rows : 10000));
}

bool
mw_run_keep(MwImporter *importer, uint64_t rows, GError **error)
{
    MwStore *store = importer->context->store;
    g_autofree char *counts = write_counts(importer);
    g_autoptr(MwInput) input = run_input(importer);
    MwValue state[] = { MW_INT((int64_t)rows), MW_BORROW(counts), MW_INT(importer->report->run),
                        MW_INT(importer->turn) };

    if (!mw_store_run(store,
                      "UPDATE import_state SET done = $1, counts = $2 WHERE run = $3 AND turn = $4",
                      state, 4, NULL, NULL, error))
        return false;
    if (!mw_store_wait(store, error))
        return false;
    if (mw_store_touched(store) != 1)
        return mw_fail(error, MW_ERROR_CONFLICT, _("Somebody else goes on with this import."));
    set(input, "status", MW_BORROW("running"));
    set_progress(importer, input, rows);
    return keep_rejects(importer, error) && keep_items(importer, error) &&
           save_run(importer, input, error);
}

typedef struct {
    MwImporter *importer;
    const char *status, *message;
} Ending;

static bool
end_run(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    const Ending *ending = data;
    g_autoptr(MwInput) input = run_input(ending->importer);

    set(input, "status", MW_BORROW(ending->status));
    set(input, "message", MW_BORROW(ending->message));
    set(input, "finished_at", MW_INT(mw_clock_now()));
    set_json(input, "report", mw_import_report_json(ending->importer->report, false));
    return save_run(ending->importer, input, error);
}

bool
mw_run_end(MwImporter *importer, const char *status, const char *message, GError **error)
{
    Ending ending = { importer, status, message };

    return mw_store_atomically(importer->context->store, end_run, &ending, error);
}

/* ---- rejected rows ------------------------------------------------------------------------- */

char *
mw_run_raw(const char *raw, size_t size)
{
    if (g_utf8_validate_len(raw, size, NULL)) /* and so has no zero byte */
        return g_strdup_printf("=%.*s", (int)size, raw);
    g_autofree char *coded = g_base64_encode((const guchar *)raw, size);
    return g_strconcat("%", coded, NULL);
}
