/* query: a query as SQL, in the subset that both databases understand. */
#include "store/query.h"

#include "base/i18n.h"
#include "store/search.h"

typedef struct {
    MwDialect dialect;
    GString *sql;
    GArray *params;         /* of MwValue, borrowed texts */
    unsigned depth;         /* of nested tables: t, t1, t2... */
    const MwFilter *search; /* what is known to find just `hits`, or NULL */
    const GArray *hits;     /* of MwValue */
} Writer;

enum { FEW_HITS = 200 };

static void
put_table(Writer *w)
{
    g_string_append_c(w->sql, 't');
    if (w->depth > 0)
        g_string_append_printf(w->sql, "%u", w->depth);
}

static void
put_column(Writer *w, const MwField *field)
{
    put_table(w);
    g_string_append_c(w->sql, '.');
    mw_sql_name(w->sql, field->name);
}

static const MwValue *
value_at(const MwFilter *filter, guint i)
{
    static const MwValue nothing = { .is = MW_NULL };

    return i < filter->values->len ? &g_array_index(filter->values, MwValue, i) : &nothing;
}

static void
put_like(Writer *w, const MwFilter *filter)
{
    put_column(w, filter->field);
    g_string_append(w->sql, w->dialect == MW_POSTGRES ? " ILIKE " : " LIKE ");
    mw_sql_param(w->sql, w->params, *value_at(filter, 0));
    g_string_append(w->sql, " ESCAPE '\\'");
}

static void
put_contains(Writer *w, const MwFilter *filter)
{
    g_string_append(w->sql, w->dialect == MW_POSTGRES ? "strpos(" : "instr(");
    put_column(w, filter->field);
    g_string_append(w->sql, ", ");
    mw_sql_param(w->sql, w->params, *value_at(filter, 0));
    g_string_append(w->sql, ") > 0");
}

static void
put_in(Writer *w, const MwFilter *filter)
{
    if (filter->values->len == 0) {
        g_string_append(w->sql, "1=0");
        return;
    }
    put_column(w, filter->field);
    g_string_append(w->sql, " IN ");
    mw_sql_list(w->sql, w->params, (const MwValue *)filter->values->data, filter->values->len);
}

static void
put_test(Writer *w, const MwFilter *filter)
{
    static const char *const signs[] = {
        [MW_TEST_EQ] = " = ", [MW_TEST_LT] = " < ",   [MW_TEST_LTE] = " <= ",
        [MW_TEST_GT] = " > ", [MW_TEST_GTE] = " >= ",
    };

    switch (filter->test) {
    case MW_TEST_LIKE:
        put_like(w, filter);
        return;
    case MW_TEST_CONTAINS:
        put_contains(w, filter);
        return;
    case MW_TEST_IN:
        put_in(w, filter);
        return;
    case MW_TEST_NULL:
    case MW_TEST_NOT_NULL:
        put_column(w, filter->field);
        g_string_append(w->sql, filter->test == MW_TEST_NULL ? " IS NULL" : " IS NOT NULL");
        return;
    case MW_TEST_NEQ:
        g_string_append_c(w->sql, '(');
        put_column(w, filter->field);
        g_string_append(w->sql, " <> ");
        mw_sql_param(w->sql, w->params, *value_at(filter, 0));
        g_string_append(w->sql, " OR ");
        put_column(w, filter->field);
        g_string_append(w->sql, " IS NULL)");
        return;
    case MW_TEST_EQ:
    case MW_TEST_LT:
    case MW_TEST_LTE:
    case MW_TEST_GT:
    case MW_TEST_GTE:
        put_column(w, filter->field);
        g_string_append(w->sql, signs[filter->test]);
        mw_sql_param(w->sql, w->params, *value_at(filter, 0));
        return;
    }
}

static void put_filter(Writer *w, const MwFilter *filter);

static void
put_joined(Writer *w, const MwFilter *filter, const char *word, const char *none)
{
    if (filter->children->len == 0) {
        g_string_append(w->sql, none);
        return;
    }
    g_string_append_c(w->sql, '(');
    for (guint i = 0; i < filter->children->len; i++) {
        g_string_append(w->sql, i > 0 ? word : "");
        put_filter(w, filter->children->pdata[i]);
    }
    g_string_append_c(w->sql, ')');
}

/* EXISTS over another table, joined to this one by `left` = `right`. */
static void
put_exists(Writer *w, const MwFilter *filter, const char *theirs, const char *ours)
{
    g_string_append(w->sql, "EXISTS (SELECT 1 FROM ");
    mw_sql_name(w->sql, filter->entity->name);
    g_string_append_printf(w->sql, " t%u WHERE t%u.", w->depth + 1, w->depth + 1);
    mw_sql_name(w->sql, theirs);
    g_string_append(w->sql, " = ");
    put_table(w);
    g_string_append_c(w->sql, '.');
    mw_sql_name(w->sql, ours);
    w->depth++;
    g_string_append(w->sql, " AND ");
    put_table(w);
    g_string_append(w->sql, ".\"deleted_at\" IS NULL");
    for (guint i = 0; i < filter->children->len; i++) {
        g_string_append(w->sql, " AND ");
        put_filter(w, filter->children->pdata[i]);
    }
    w->depth--;
    g_string_append_c(w->sql, ')');
}

/* The values of a search are as mw_filter_search() puts them. */
static void
put_search(Writer *w, const MwFilter *filter)
{
    bool postgres = w->dialect == MW_POSTGRES, known = w->search && filter == w->search;

    if (known ? w->hits->len == 0 : filter->values->len == 0) {
        g_string_append(w->sql, "1=0");
        return;
    }
    put_table(w);
    if (known) {
        g_string_append(w->sql, ".\"id\" IN ");
        mw_sql_list(w->sql, w->params, (const MwValue *)w->hits->data, w->hits->len);
        return;
    }
    /* As an array PostgreSQL looks for the found ones; else it may read all records by their ids to see which it finds. */
    g_string_append(w->sql, postgres ? ".\"id\" = ANY (ARRAY(SELECT record FROM search_doc WHERE "
                                       "array_to_tsvector(string_to_array(tokens, ' ')) @@ "
                                     : ".\"id\" IN (SELECT rowid FROM search WHERE search MATCH ");
    mw_sql_param(w->sql, w->params, *value_at(filter, postgres ? 1 : 0));
    g_string_append_printf(w->sql,
                           postgres ? "::tsquery LIMIT %d))" : " ORDER BY rowid DESC LIMIT %d)",
                           MW_SEARCH_SCAN);
}

static void
put_filter(Writer *w, const MwFilter *filter)
{
    switch (filter->is) {
    case MW_FILTER_ALL:
        put_joined(w, filter, " AND ", "1=1");
        return;
    case MW_FILTER_ANY:
        put_joined(w, filter, " OR ", "1=0");
        return;
    case MW_FILTER_NOT:
        g_string_append(w->sql, "NOT COALESCE(");
        put_joined(w, filter, " AND ", "1=1");
        g_string_append(w->sql, w->dialect == MW_POSTGRES ? ", false)" : ", 0)");
        return;
    case MW_FILTER_TEST:
        put_test(w, filter);
        return;
    case MW_FILTER_VIA:
        put_exists(w, filter, "id", filter->field->name);
        return;
    case MW_FILTER_HAS:
        put_exists(w, filter, filter->field->name, "id");
        return;
    case MW_FILTER_SEARCH:
        put_search(w, filter);
        return;
    }
}

static void
put_where(Writer *w, const MwQuery *query)
{
    const MwFilter *const filters[] = { query->scope, query->filter };

    g_string_append(w->sql, query->which == MW_LIVE      ? " WHERE t.\"deleted_at\" IS NULL"
                            : query->which == MW_DELETED ? " WHERE t.\"deleted_at\" IS NOT NULL"
                                                         : " WHERE 1=1");
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
        if (!filters[i])
            continue;
        g_string_append(w->sql, " AND ");
        put_filter(w, filters[i]);
    }
}

void
mw_query_where(const MwQuery *query, MwDialect dialect, GString *sql, GArray *params)
{
    Writer w = { .dialect = dialect, .sql = sql, .params = params };

    put_where(&w, query);
}

void
mw_query_want(MwQuery *query, const MwField *field)
{
    query->columns[field->index / 64] |= UINT64_C(1) << (field->index % 64);
}

bool
mw_order_parse(const MwEntity *entity, const char *text, MwOrder *order)
{
    order->descending = *text == '-';
    order->asked = order->field = mw_entity_field(entity, text + order->descending);
    if (entity->name_order && g_str_equal(text + order->descending, entity->title))
        order->field = entity->name_order;
    return order->field != NULL;
}

/* The columns to read, in order; an array of const MwField *. */
static GPtrArray *
columns_of(const MwQuery *query)
{
    const MwEntity *entity = query->entity;
    GPtrArray *columns = g_ptr_array_sized_new((guint)entity->n_fields);
    bool all = !query->columns[0] && !query->columns[1];
    MwQuery wanted = *query;

    mw_query_want(&wanted, &entity->fields[MW_FIELD_ID]);
    mw_query_want(&wanted, &entity->fields[MW_FIELD_VERSION]);
    for (size_t i = 0; i < query->n_order; i++)
        mw_query_want(&wanted, query->order[i].field);
    for (size_t i = 0; i < entity->n_fields; i++)
        if (all || wanted.columns[i / 64] >> (i % 64) & 1)
            g_ptr_array_add(columns, (gpointer)&entity->fields[i]);
    return columns;
}

static void
put_select(GString *sql, const MwEntity *entity, const GPtrArray *columns)
{
    g_string_append(sql, "SELECT ");
    for (guint i = 0; i < columns->len; i++) {
        g_string_append(sql, i > 0 ? ", t." : "t.");
        mw_sql_name(sql, ((const MwField *)columns->pdata[i])->name);
    }
    g_string_append(sql, " FROM ");
    mw_sql_name(sql, entity->name);
    g_string_append(sql, " t");
}

static void
put_order(GString *sql, const MwQuery *query, MwDialect dialect)
{
    bool down = query->n_order == 0 || query->order[query->n_order - 1].descending;

    g_string_append(sql, " ORDER BY ");
    for (size_t i = 0; i < query->n_order; i++) {
        g_string_append(sql, "t.");
        mw_sql_name(sql, query->order[i].field->name);
        g_string_append(sql, query->order[i].descending ? " DESC" : "");
        /* SQLite's own order of NULL, which its indexes have; PostgreSQL's are built to match. */
        if (dialect == MW_POSTGRES)
            g_string_append(sql, query->order[i].descending ? " NULLS LAST" : " NULLS FIRST");
        g_string_append(sql, ", ");
    }
    g_string_append(sql, down ? "t.\"id\" DESC" : "t.\"id\"");
}

/*
 * A page after a cursor is read in at most two phases, each a plain range of an index, because
 * an OR over NULLs would make the database sort everything:
 *   0: the rows equal in being NULL or not NULL to the cursor, beyond it;
 *   1: the other kind of rows (ascending: the not NULL ones; descending: the NULL ones).
 */
static bool
put_after_one(Writer *w, const MwQuery *query, unsigned phase)
{
    const MwOrder *order = &query->order[0];
    const MwValue *value = &query->after->values[0];
    bool null = value->is == MW_NULL;

    g_string_append(w->sql, " AND ");
    if (phase == 1) {
        if (null != !order->descending)
            return false; /* what is left lies before the cursor */
        put_column(w, order->field);
        g_string_append(w->sql, order->descending ? " IS NULL" : " IS NOT NULL");
        return true;
    }
    if (null) {
        put_column(w, order->field);
        g_string_append(w->sql, order->descending ? " IS NULL AND t.\"id\" < "
                                                  : " IS NULL AND t.\"id\" > ");
        mw_sql_param(w->sql, w->params, MW_INT(query->after->id));
        return true;
    }
    g_string_append_c(w->sql, '(');
    put_column(w, order->field);
    g_string_append(w->sql, order->descending ? ", t.\"id\") < (" : ", t.\"id\") > (");
    mw_sql_param(w->sql, w->params, *value);
    g_string_append(w->sql, ", ");
    mw_sql_param(w->sql, w->params, MW_INT(query->after->id));
    g_string_append_c(w->sql, ')');
    return true;
}

/* "field is beyond the cursor's value", NULLs first when ascending and last when descending. */
static void
put_beyond(Writer *w, const MwOrder *order, const MwValue *value)
{
    if (value->is == MW_NULL) {
        if (order->descending) {
            g_string_append(w->sql, "1=0");
            return;
        }
        put_column(w, order->field);
        g_string_append(w->sql, " IS NOT NULL");
        return;
    }
    g_string_append_c(w->sql, '(');
    put_column(w, order->field);
    g_string_append(w->sql, order->descending ? " < " : " > ");
    mw_sql_param(w->sql, w->params, *value);
    if (order->descending) {
        g_string_append(w->sql, " OR ");
        put_column(w, order->field);
        g_string_append(w->sql, " IS NULL");
    }
    g_string_append_c(w->sql, ')');
}

static void
put_same(Writer *w, const MwField *field, const MwValue *value)
{
    put_column(w, field);
    if (value->is == MW_NULL) {
        g_string_append(w->sql, " IS NULL");
        return;
    }
    g_string_append(w->sql, " = ");
    mw_sql_param(w->sql, w->params, *value);
}

/* Several keys: beyond in the first, or same in the first and beyond in the second, ... */
static void
put_after_many(Writer *w, const MwQuery *query)
{
    size_t n = query->n_order;

    g_string_append(w->sql, " AND (");
    for (size_t i = 0; i <= n; i++) {
        g_string_append(w->sql, i > 0 ? " OR (" : "(");
        for (size_t j = 0; j < i; j++) {
            put_same(w, query->order[j].field, &query->after->values[j]);
            g_string_append(w->sql, " AND ");
        }
        if (i < n) {
            put_beyond(w, &query->order[i], &query->after->values[i]);
        } else {
            g_string_append(w->sql, query->order[n - 1].descending ? "t.\"id\" < " : "t.\"id\" > ");
            mw_sql_param(w->sql, w->params, MW_INT(query->after->id));
        }
        g_string_append_c(w->sql, ')');
    }
    g_string_append_c(w->sql, ')');
}

static bool
put_after(Writer *w, const MwQuery *query, unsigned phase)
{
    if (!query->after)
        return phase == 0;
    if (query->n_order == 1)
        return put_after_one(w, query, phase);
    if (phase == 1)
        return false;
    if (query->n_order == 0) {
        g_string_append(w->sql, " AND t.\"id\" < ");
        mw_sql_param(w->sql, w->params, MW_INT(query->after->id));
    } else {
        put_after_many(w, query);
    }
    return true;
}

typedef struct {
    const MwEntity *entity;
    const GPtrArray *columns;
    GPtrArray *records;
} Reading;

static bool
read_row(const MwValue *columns, size_t n_columns, void *data)
{
    Reading *reading = data;
    MwRecord *record = mw_record_new(reading->entity);

    for (size_t i = 0; i < n_columns; i++) {
        MwValue value = columns[i];
        if (value.is == MW_TEXT)
            value.text = g_strdup(value.text);
        mw_record_load(record, reading->columns->pdata[i], value);
    }
    g_ptr_array_add(reading->records, record);
    return true;
}

/* A cursor comes from outside: its values may be of other fields. */
static bool
cursor_fits(const MwQuery *query, GError **error)
{
    for (size_t i = 0; query->after && i < query->n_order; i++) {
        MwStorage is = query->after->values[i].is;
        if (is != MW_NULL && is != query->order[i].field->kind->storage)
            return mw_fail(error, MW_ERROR_INVALID,
                           _("This place in the list is not known; start again."));
    }
    return true;
}

/* The search that finds all that the filter does, if there is one. */
static const MwFilter *
needed_search(const MwFilter *filter)
{
    const MwFilter *needed =
        filter->is == MW_FILTER_SEARCH && filter->values->len > 0 ? filter : NULL;

    for (guint i = 0; filter->is == MW_FILTER_ALL && !needed && i < filter->children->len; i++)
        needed = needed_search(filter->children->pdata[i]);
    return needed;
}

/* Appends to the records of `reading` up to `limit` of them. `search` (may be NULL) is known to find just `hits`. */
static bool
read_page(MwStore *store, const MwQuery *query, unsigned limit, const MwFilter *search,
          const GArray *hits, Reading *reading, GError **error)
{
    MwDialect dialect = mw_store_dialect(store);

    for (unsigned phase = 0; phase < 2 && reading->records->len < limit; phase++) {
        g_autoptr(GString) sql = g_string_sized_new(512);
        g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
        Writer w = { dialect, sql, params, .search = search, .hits = hits };

        put_select(sql, query->entity, reading->columns);
        put_where(&w, query);
        if (!put_after(&w, query, phase))
            break;
        put_order(sql, query, dialect);
        /* In the text: for a number that PostgreSQL does not know, it expects a tenth of the table and plans anew each time. */
        g_string_append_printf(sql, " LIMIT %u",
                               limit); /* perhaps some too many, of the second phase */
        if (!mw_store_run(store, sql->str, (MwValue *)params->data, params->len, read_row, reading,
                          error))
            return false;
    }
    return true;
}

/*
 * The same on SQLite for a search. In a long list of hits, such as the one of all records of an entity, FTS5 goes backwards
 * page by page: among 100,000 records that takes it a millisecond, where the words alone take a hundredth. So the words are
 * looked for among all entities first: few hits are all there are, and of a list that shows the newest first the newest
 * hits mostly fill a page.
 */
static bool
read_found(MwStore *store, const MwQuery *query, unsigned limit, Reading *reading, GError **error)
{
    const MwFilter *search = query->filter ? needed_search(query->filter) : NULL;
    bool newest = query->n_order == 0;
    bool alone = search && !query->scope && query->filter->children->len <= 1;
    unsigned few = newest && alone ? MIN(limit * 3 / 2, FEW_HITS) : FEW_HITS;

    bool sqlite = mw_store_dialect(store) == MW_SQLITE, frequent = false;
    g_autoptr(GArray) hits = g_array_sized_new(false, false, sizeof(MwValue), few);

    if (search && !sqlite && newest &&
        !mw_search_is_frequent(store, value_at(search, 1)->text, &frequent, error))
        return false;
    if (!search || (!sqlite && !frequent))
        return read_page(store, query, limit, NULL, NULL, reading, error);
    if (!(sqlite ? mw_search_newest(store, value_at(search, 3)->text, few, hits, error)
                 : mw_search_look_through(store, query->entity->name, value_at(search, 1)->text,
                                          few, hits, error)))
        return false;
    bool all = sqlite && hits->len < few;
    if ((all || (newest && hits->len >= limit)) &&
        !read_page(store, query, limit, search, hits, reading, error))
        return false;
    if (all || reading->records->len == limit)
        return true;
    g_ptr_array_set_size(reading->records, 0);
    return read_page(store, query, limit, NULL, NULL, reading, error);
}

GPtrArray *
mw_store_find(MwStore *store, const MwQuery *query, bool *more, GError **error)
{
    unsigned limit = query->limit > 0 ? MIN(query->limit, MW_PAGE_MAX) : MW_PAGE_MAX;
    g_autoptr(GPtrArray) columns = columns_of(query);
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
    Reading reading = { query->entity, columns, records };

    if (!cursor_fits(query, error))
        return NULL;
    if (!read_found(store, query, limit + 1, &reading, error))
        return NULL;
    if (more)
        *more = records->len > limit;
    if (records->len > limit)
        g_ptr_array_set_size(records, (int)limit);
    return g_steal_pointer(&records);
}

MwRecord *
mw_store_get(MwStore *store, const MwQuery *query, int64_t id, GError **error)
{
    g_autoptr(GPtrArray) columns = columns_of(query);
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
    g_autoptr(GString) sql = g_string_sized_new(512);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    Reading reading = { query->entity, columns, records };

    put_select(sql, query->entity, columns);
    mw_query_where(query, mw_store_dialect(store), sql, params);
    g_string_append(sql, " AND t.\"id\" = ");
    mw_sql_param(sql, params, MW_INT(id));
    if (!mw_store_run(store, sql->str, (MwValue *)params->data, params->len, read_row, &reading,
                      error))
        return NULL;
    if (records->len == 0)
        return mw_fail_null(error, MW_ERROR_NOT_FOUND, _("There is no such record: %s."),
                            mw_entity_label(query->entity));
    return g_ptr_array_steal_index(records, 0);
}
