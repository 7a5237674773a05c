/* classification_keep: a run computed and stored, account by account in the order of their ids. */
#include <math.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "methods/classification_reason.h"
#include "methods/policy.h"
#include "record/history.h"
#include "record/service.h"
#include "record/work.h"
#include "store/query.h"

enum { CHUNK = 5000, UPDATES_AT_ONCE = 200 };

/* Where the value of an indicator stands in a result. */
static const char *const columns[MW_N_INDICATORS] = {
    [MW_IND_REVENUE] = "revenue",
    [MW_IND_MARGIN] = "margin",
    [MW_IND_ORDERS] = "orders",
    [MW_IND_RECENCY] = "recency_days",
    [MW_IND_GROWTH] = "growth",
    [MW_IND_PAYMENT_DELAY] = "payment_delay_days",
    [MW_IND_RETURNS_SHARE] = "returns_share",
    [MW_IND_PRODUCTS] = "products",
    [MW_IND_POTENTIAL] = "potential",
    [MW_IND_STRATEGIC_FIT] = "strategic_fit",
};

/* An account as it stands before the run. */
typedef struct {
    int64_t id;
    char class[2], computed[2], override[2]; /* "" when there is none */
    char last_visit[11], next_visit[11];
} Standing;

typedef struct {
    MwCompany *company;
    MwClassification *c;
    const MwContext *context; /* of the step that is taken */
    int64_t run, before;      /* before: the run that this one is compared with, 0: none */
    int64_t today, now;
    MwVisitRhythm rhythm;
    double ranges[MW_N_INDICATORS];
    size_t next; /* account of c->sums that comes next */
    const char *failure;
    size_t cleared; /* by the last clean-up */
} Keep;

static int64_t
account_at(const Keep *k, size_t i)
{
    return g_array_index(k->c->sums, MwAccountSums, i).account;
}

/* ---- what was before ---------------------------------------------------------------- */

static bool
keep_earlier(const MwValue *c, size_t n_columns, void *data)
{
    MwEarlier earlier = { .account = c[0].integer, .class = *c[1].text - 'A' };

    for (size_t j = 0; j + 2 < n_columns; j++) {
        const MwValue *v = &c[j + 2];
        earlier.values[j] = v->is == MW_INTEGER ? (double)v->integer
                            : v->is == MW_REAL  ? v->real
                                                : NAN;
    }
    g_array_append_val((GArray *)data, earlier);
    return true;
}

static bool
read_earlier(Keep *k, size_t end, GArray *list, GError **error)
{
    g_autofree char *names =
        g_strjoinv("\", \"", (char *[]){ (char *)columns[0], (char *)columns[1], (char *)columns[2],
                                         (char *)columns[3], (char *)columns[4], (char *)columns[5],
                                         (char *)columns[6], (char *)columns[7], (char *)columns[8],
                                         (char *)columns[9], NULL });
    g_autofree char *sql =
        g_strdup_printf("SELECT account, class, \"%s\" FROM classification_result WHERE run = $1 "
                        "AND account BETWEEN $2 AND $3 AND deleted_at IS NULL ORDER BY account",
                        names);
    MwValue params[] = { MW_INT(k->before), MW_INT(account_at(k, k->next)),
                         MW_INT(account_at(k, end - 1)) };

    return k->before == 0 ||
           mw_store_run(k->context->store, sql, params, 3, keep_earlier, list, error);
}

static bool
keep_standing(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Standing s = { .id = c[0].integer };

    g_strlcpy(s.class, c[1].is == MW_TEXT ? c[1].text : "", sizeof s.class);
    g_strlcpy(s.computed, c[2].is == MW_TEXT ? c[2].text : "", sizeof s.computed);
    g_strlcpy(s.override, c[3].is == MW_TEXT ? c[3].text : "", sizeof s.override);
    g_strlcpy(s.last_visit, c[4].is == MW_TEXT ? c[4].text : "", sizeof s.last_visit);
    g_strlcpy(s.next_visit, c[5].is == MW_TEXT ? c[5].text : "", sizeof s.next_visit);
    g_array_append_val((GArray *)data, s);
    return true;
}

static bool
read_standings(Keep *k, size_t end, GArray *list, GError **error)
{
    MwValue params[] = { MW_INT(account_at(k, k->next)), MW_INT(account_at(k, end - 1)) };

    return mw_store_run(k->context->store,
                        "SELECT id, class, class_computed, class_override, last_visit_on, "
                        "next_visit_on FROM account "
                        "WHERE id BETWEEN $1 AND $2 AND deleted_at IS NULL ORDER BY id",
                        params, 2, keep_standing, list, error);
}

/* ---- results ---------------------------------------------------------------------- */

static void
put_value(MwRecord *record, const char *name, double value)
{
    const MwField *field = mw_entity_field(record->entity, name);

    if (!isnan(value))
        mw_record_put(record, field,
                      field->kind->storage == MW_INTEGER ? MW_INT(llround(value))
                                                         : MW_DOUBLE(value));
}

static MwRecord *
result_of(Keep *k, size_t i, const MwEarlier *earlier, const char *reason)
{
    MwRecord *record =
        mw_record_new(mw_catalog_entity(k->context->catalog, "classification_result"));
    const char class[] = { (char)('A' + k->c->classes[i]), 0 };
    const char *moved = "new";

    mw_record_set_int(record, "id", mw_id_next(mw_company_ids(k->company)));
    mw_record_set_int(record, "created_at", k->now);
    mw_record_set_int(record, "updated_at", k->now);
    mw_record_set_int(record, "run", k->run);
    mw_record_set_int(record, "account", account_at(k, i));
    mw_record_set_int(record, "rank", k->c->ranks[i]);
    mw_record_set_real(record, "score", k->c->scores[i]);
    mw_record_set_text(record, "class", class);
    mw_record_set_text(record, "reason", reason);
    if (earlier) {
        const char was[] = { (char)('A' + earlier->class), 0 };
        int change = (int)k->c->classes[i] - earlier->class;
        mw_record_set_text(record, "previous_class", was);
        moved = change < 0 ? "up" : change > 0 ? "down" : "same";
        k->c->up += change < 0;
        k->c->down += change > 0;
    } else {
        k->c->fresh++;
    }
    mw_record_set_text(record, "moved", moved);
    for (size_t j = 0; j < MW_N_INDICATORS; j++)
        put_value(record, columns[j], k->c->values[j * k->c->n + i]);
    return record;
}

/* ---- accounts ------------------------------------------------------------------------ */

/* Rows of one UPDATE. */
typedef struct {
    GString *sql;
    GArray *params;
    GPtrArray *texts; /* that the parameters borrow */
    size_t rows;
} Updates;

static bool
flush(Keep *k, Updates *u, GError **error)
{
    bool done = true;

    if (u->rows > 0) {
        g_string_append(u->sql, ") AS v WHERE account.id = v.column1");
        done = mw_store_run(k->context->store, u->sql->str, (MwValue *)(void *)u->params->data,
                            u->params->len, NULL, NULL, error);
    }
    g_array_set_size(u->params, 0);
    g_string_assign(u->sql, "UPDATE account SET classified_at = ");
    mw_sql_param(u->sql, u->params, MW_INT(k->now));
    g_string_append(u->sql,
                    ", class = v.column2, class_computed = v.column3, class_reason = v.column4, "
                    "next_visit_on = v.column5 FROM (VALUES ");
    g_ptr_array_set_size(u->texts, 0);
    u->rows = 0;
    return done;
}

static void
add_text(Updates *u, const char *text)
{
    char *own = g_strdup(text);

    g_ptr_array_add(u->texts, own);
    g_string_append(u->sql, ", CAST(");
    mw_sql_param(u->sql, u->params, MW_BORROW(own));
    g_string_append(u->sql, " AS TEXT)");
}

static bool
note_change(Keep *k, const Standing *s, const char *class, const char *computed, GError **error)
{
    g_autoptr(GString) json = g_string_new("{");

    if (!g_str_equal(s->class, class))
        g_string_append_printf(json, "\"class\":[%s%s%s,\"%s\"]", *s->class ? "\"" : "null",
                               s->class, *s->class ? "\"" : "", class);
    if (!g_str_equal(s->computed, computed))
        g_string_append_printf(json, "%s\"class_computed\":[%s%s%s,\"%s\"]",
                               json->len > 1 ? "," : "", *s->computed ? "\"" : "null", s->computed,
                               *s->computed ? "\"" : "", computed);
    g_string_append_c(json, '}');
    return json->len <= 2 ||
           mw_history_add(k->context, "account", s->id, "derive", json->str, error);
}

static bool
update_account(Keep *k, Updates *u, size_t i, const Standing *s, const char *reason, GError **error)
{
    const char computed[] = { (char)('A' + k->c->classes[i]), 0 };
    const char *class = *s->override ? s->override : computed;
    g_autofree char *visit =
        mw_policy_next_visit(&k->rhythm, class, s->last_visit, s->next_visit, k->today);

    g_string_append(u->sql, u->rows > 0 ? ", (CAST(" : "(CAST(");
    mw_sql_param(u->sql, u->params, MW_INT(s->id));
    g_string_append(u->sql, " AS BIGINT)");
    add_text(u, class);
    add_text(u, computed);
    add_text(u, reason);
    add_text(u, visit);
    g_string_append_c(u->sql, ')');
    u->rows++;
    return note_change(k, s, class, computed, error) &&
           (u->rows < UPDATES_AT_ONCE || flush(k, u, error));
}

/* ---- a chunk ----------------------------------------------------------------------------- */

typedef struct {
    GArray *earlier, *standings; /* by account */
    guint at_earlier, at_standing;
    GPtrArray *results;
    Updates updates;
} Chunk;

typedef struct {
    const Keep *keep;
    size_t i;
    const MwEarlier *earlier;
} Because;

static char *
say_reason(const void *data)
{
    const Because *because = data;
    const Keep *k = because->keep;

    return mw_classification_reason(k->c, because->i, because->earlier, k->ranges,
                                    k->context->settings->currency);
}

static bool
keep_account(Keep *k, Chunk *chunk, size_t i, GError **error)
{
    int64_t account = account_at(k, i);
    const MwEarlier *earlier = NULL;
    const Standing *standing = NULL;

    while (chunk->at_earlier < chunk->earlier->len &&
           g_array_index(chunk->earlier, MwEarlier, chunk->at_earlier).account < account)
        chunk->at_earlier++;
    if (chunk->at_earlier < chunk->earlier->len) {
        earlier = &g_array_index(chunk->earlier, MwEarlier, chunk->at_earlier);
        earlier = earlier->account == account ? earlier : NULL;
    }
    while (chunk->at_standing < chunk->standings->len &&
           g_array_index(chunk->standings, Standing, chunk->at_standing).id < account)
        chunk->at_standing++;
    if (chunk->at_standing < chunk->standings->len) {
        standing = &g_array_index(chunk->standings, Standing, chunk->at_standing);
        standing = standing->id == account ? standing : NULL;
    }
    Because because = { k, i, earlier };
    g_autofree char *reason = mw_i18n_each(say_reason, &because);
    g_ptr_array_add(chunk->results, result_of(k, i, earlier, reason));
    return !standing || update_account(k, &chunk->updates, i, standing, reason, error);
}

static bool
fill_chunk(Keep *k, Chunk *chunk, size_t end, GError **error)
{
    if (!read_earlier(k, end, chunk->earlier, error) ||
        !read_standings(k, end, chunk->standings, error) || !flush(k, &chunk->updates, error))
        return false;
    for (size_t i = k->next; i < end; i++)
        if (!keep_account(k, chunk, i, error))
            return false;
    return flush(k, &chunk->updates, error) &&
           mw_store_insert_many(k->context->store, (MwRecord *const *)chunk->results->pdata,
                                chunk->results->len, error);
}

static bool
keep_chunk(Keep *k, GError **error)
{
    size_t end = MIN(k->next + CHUNK, k->c->n);
    Chunk chunk = {
        .earlier = g_array_new(false, false, sizeof(MwEarlier)),
        .standings = g_array_new(false, false, sizeof(Standing)),
        .results = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free),
        .updates = { .sql = g_string_new(NULL),
                     .params = g_array_new(false, false, sizeof(MwValue)),
                     .texts = g_ptr_array_new_with_free_func(g_free) },
    };
    size_t up = k->c->up, down = k->c->down, fresh = k->c->fresh;
    bool done = fill_chunk(k, &chunk, end, error);

    if (!done) { /* it may be tried again */
        k->c->up = up;
        k->c->down = down;
        k->c->fresh = fresh;
    }
    g_array_unref(chunk.earlier);
    g_array_unref(chunk.standings);
    g_ptr_array_unref(chunk.results);
    g_string_free(chunk.updates.sql, true);
    g_array_unref(chunk.updates.params);
    g_ptr_array_unref(chunk.updates.texts);
    return done;
}

/* ---- before and after the chunks ------------------------------------------------------------ */

/* Results of an attempt that was interrupted. */
static bool
drop_results(Keep *k, GError **error)
{
    MwValue params[] = { MW_INT(k->run), MW_INT(CHUNK) };

    if (!mw_store_run(k->context->store,
                      "DELETE FROM classification_result WHERE id IN "
                      "(SELECT id FROM classification_result WHERE run = $1 LIMIT $2)",
                      params, 2, NULL, NULL, error))
        return false;
    k->cleared = (size_t)mw_store_touched(k->context->store);
    return true;
}

/* Accounts of an earlier run that this one did not meet. */
static bool
drop_classes(Keep *k, GError **error)
{
    MwValue params[] = { MW_INT(k->now), MW_INT(CHUNK) };

    if (!mw_store_run(k->context->store,
                      "UPDATE account SET class_computed = NULL, "
                      "class_reason = NULL, classified_at = $1, "
                      "class = class_override WHERE id IN (SELECT id FROM account WHERE "
                      "class IS NOT NULL AND class_computed IS NOT NULL AND deleted_at IS NULL "
                      "AND classified_at < $1 LIMIT $2)",
                      params, 2, NULL, NULL, error))
        return false;
    k->cleared = (size_t)mw_store_touched(k->context->store);
    return true;
}

static MwRecord *
read_run(Keep *k, GError **error)
{
    return mw_record_read(k->context, mw_catalog_entity(k->context->catalog, "classification_run"),
                          k->run, MW_LIVE, error);
}

static bool
start(Keep *k, GError **error)
{
    g_autoptr(MwRecord) run = read_run(k, error);
    g_auto(MwValue) before = MW_NOTHING;
    MwValue param = MW_INT(k->run);

    if (!run || !mw_policy_rhythm(k->context->store, &k->rhythm, error) ||
        !mw_store_scalar(k->context->store,
                         "SELECT id FROM classification_run WHERE status = 'done' AND id <> $1 "
                         "AND deleted_at IS NULL ORDER BY run_at DESC, id DESC LIMIT 1",
                         &param, 1, &before, error))
        return false;
    k->before = before.is == MW_INTEGER ? before.integer : 0;
    mw_record_set_text(run, "status", "running");
    mw_record_set_int(run, "run_at", k->now);
    return mw_record_derive(k->context, run, error);
}

static char *
say_words(const void *data)
{
    const Keep *k = data;

    return mw_classification_words(k->c, k->context->settings->currency);
}

static bool
finish(Keep *k, GError **error)
{
    g_autoptr(MwRecord) run = read_run(k, error);
    const MwClassification *c = k->c;
    const char *currency = k->context->settings->currency;

    if (!run)
        return false;
    g_autofree char *words = mw_i18n_each(say_words, k);
    g_autofree char *classes = mw_classification_classes(c, currency);
    g_autofree char *lorenz = mw_classification_lorenz(c);
    mw_record_set_text(run, "status", "done");
    mw_record_set_text(run, "message", words);
    mw_record_set_int(run, "finished_at", mw_clock_now());
    mw_record_set_int(run, "accounts", (int64_t)c->n);
    mw_record_set_int(run, "revenue", c->revenue);
    mw_record_set_real(run, "gini", c->concentration.gini);
    mw_record_set_int(run, "top20_accounts", (int64_t)c->concentration.top_n);
    mw_record_set_real(run, "top20_share", c->concentration.top_share);
    mw_record_set_int(run, "accounts_for_80", (int64_t)c->concentration.n_for_share);
    mw_record_set_text(run, "classes", classes);
    mw_record_set_text(run, "lorenz", lorenz);
    if (c->plan.weighting == MW_WEIGHTS_AHP)
        mw_record_set_real(run, "consistency_ratio", c->consistency.ratio);
    mw_company_changed(k->company, k->context->store,
                       mw_catalog_entity(k->context->catalog, "account"));
    return mw_record_derive(k->context, run, error);
}

/* The weights as they were found, beside what was asked for. */
static bool
put_weights(Keep *k, GError **error)
{
    for (size_t j = 0; j < k->c->plan.n_criteria; j++) {
        MwValue params[] = { MW_DOUBLE(k->c->plan.criteria[j].weight), MW_INT(k->run),
                             MW_BORROW(mw_indicator_key(k->c->plan.criteria[j].indicator)) };
        if (!mw_store_run(k->context->store,
                          "UPDATE classification_indicator SET weight = $1 "
                          "WHERE run = $2 AND indicator = $3 AND deleted_at IS NULL",
                          params, 3, NULL, NULL, error))
            return false;
    }
    return true;
}

static bool
fail_run(Keep *k, GError **error)
{
    g_autoptr(MwRecord) run = read_run(k, error);

    if (!run)
        return false;
    mw_record_set_text(run, "status", "failed");
    mw_record_set_text(run, "message", k->failure);
    mw_record_set_int(run, "finished_at", mw_clock_now());
    return mw_record_derive(k->context, run, error);
}

/* ---- the whole -------------------------------------------------------------------------------- */

typedef struct {
    Keep *keep;
    bool (*step)(Keep *, GError **);
} Step;

static bool
in_context(const MwContext *context, void *data, GError **error)
{
    const Step *step = data;

    step->keep->context = context;
    return step->step(step->keep, error);
}

/* One step in a transaction of its own. */
static bool
take(Keep *k, MwStore *store, bool (*step)(Keep *, GError **), GError **error)
{
    Step one = { k, step };

    return mw_work_atomically(k->company, store, in_context, &one, error);
}

static bool
take_while_any(Keep *k, MwStore *store, bool (*step)(Keep *, GError **), GError **error)
{
    do {
        if (!take(k, store, step, error))
            return false;
    } while (k->cleared == CHUNK);
    return true;
}

static bool
keep_chunks(Keep *k, MwStore *store, MwProgressFunc progress, void *data, GError **error)
{
    mw_classification_ranges(k->c, k->ranges);
    for (; k->next < k->c->n; k->next = MIN(k->next + CHUNK, k->c->n)) {
        if (progress && !progress(k->next, k->c->n, data))
            return mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped before the end."));
        if (!take(k, store, keep_chunk, error))
            return false;
    }
    k->c->kept = true;
    return true;
}

static bool
compute(MwCompany *company, MwStore *store, MwLedger *ledger, int64_t run, MwClassification *out,
        GError **error)
{
    g_autoptr(MwActor) system = mw_company_system(company);
    MwClassificationPlan plan;
    MwContext context;

    if (!mw_store_begin(store, false, error))
        return false;
    mw_context_begin(&context, company, store, system, "job");
    bool done = mw_classification_plan_of(&context, run, &plan, error) &&
                mw_classification_compute(&context, ledger, &plan, out, error);
    mw_context_end(&context);
    mw_store_rollback(store);
    return done;
}

bool
mw_classification_run(MwCompany *company, MwStore *store, MwLedger *ledger, int64_t run,
                      MwProgressFunc progress, void *data, MwClassification *out, GError **error)
{
    g_auto(MwClassification) own = { 0 };
    MwClassification *c = out ? out : &own;
    g_autoptr(MwSettings) settings = mw_company_settings(company);
    Keep k = { .company = company, .c = c, .run = run, .now = mw_clock_now() };
    g_autoptr(GError) local = NULL;

    k.today = mw_date_of_instant(k.now, settings->zone);
    if (!compute(company, store, ledger, run, c, &local)) {
        k.failure = local->message;
        take(&k, store, fail_run, NULL);
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    return take(&k, store, start, error) && take_while_any(&k, store, drop_results, error) &&
           mw_policy_overrides(company, store, NULL, error) &&
           keep_chunks(&k, store, progress, data, error) &&
           take_while_any(&k, store, drop_classes, error) && take(&k, store, put_weights, error) &&
           take(&k, store, finish, error);
}
