/* values: texts of a file that mean nothing to the choice or link they go to, and what they probably mean. */
#include <string.h>

#include "base/i18n.h"
#include "base/name.h"
#include "exchange/importer.h"

enum {
    TEXTS_SEEN_MAX = 10000, /* different ones of a column                    */
    TITLES_MAX = 2000,      /* of records, among which the likely one is sought */
    PROGRESS_ROWS = 5000,
};

static const double likely = 0.6; /* of mw_name_likeness() */

/* A column at work. */
typedef struct {
    const MwPlanValue *value;
    GHashTable *seen;  /* text -> int64_t: rows that have it */
    GHashTable *meant; /* text -> what it means, of the options; may be NULL */
    bool more;
} Column;

static void
text_clear(gpointer data)
{
    MwImportText *text = data;

    g_free(text->text);
    g_free(text->meaning);
    g_free(text->near);
}

static void
column_free(gpointer data)
{
    MwImportColumn *column = data;

    g_free(column->key);
    g_clear_pointer(&column->choices, g_ptr_array_unref);
    g_array_unref(column->texts);
    g_free(column);
}

static void
work_clear(gpointer data)
{
    Column *column = data;

    g_hash_table_unref(column->seen);
    g_clear_pointer(&column->meant, g_hash_table_unref);
}

/* ---- reading -------------------------------------------------------------------------- */

/* The columns whose texts must be one of some: links by their key, and choices. */
static GArray *
columns_of(const MwPlan *plan)
{
    GArray *columns = g_array_new(false, true, sizeof(Column));

    g_array_set_clear_func(columns, work_clear);
    for (guint i = 0; i < plan->values->len; i++) {
        MwPlanValue *value = mw_plan_value(plan, i);
        bool link = value->path.link && !value->path.field;
        bool choice = !value->path.link && value->path.field->choices;
        if (value->column < 0 || !(choice || (link && !value->links->create)))
            continue;
        Column column = { value, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                          value->meant, false };
        g_array_append_val(columns, column);
        value->meant = NULL; /* the texts as they are */
    }
    return columns;
}

static void
note(Column *column, const MwTableRow *row)
{
    const char *text = mw_plan_text(column->value, row);

    if (!text)
        return;
    int64_t *rows = g_hash_table_lookup(column->seen, text);
    if (!rows && g_hash_table_size(column->seen) == TEXTS_SEEN_MAX) {
        column->more = true;
        return;
    }
    if (!rows)
        g_hash_table_insert(column->seen, g_strdup(text), rows = g_new0(int64_t, 1));
    ++*rows;
}

static bool
read_rows(MwTableReader *reader, GArray *columns, MwImportProgress progress, void *data,
          GError **error)
{
    g_autoptr(GError) local = NULL;
    MwTableRow row;

    for (int64_t n = 0; mw_table_next(reader, &row, &local); n++) {
        if (progress && n % PROGRESS_ROWS == 0 && !progress(n, 0, data))
            break;
        for (guint i = 0; i < columns->len && !row.fault; i++)
            note(&g_array_index(columns, Column, i), &row);
    }
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    return !local;
}

/* ---- what fits ------------------------------------------------------------------------- */

static bool
is_choice(const MwContext *context, const MwField *field, const char *text)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwValue) value = MW_NOTHING;

    return mw_field_parse(field, &context->locale, text, &value, problems);
}

/* The links of all texts, or of what they mean, looked up at once. */
static bool
look_up(const Column *column, const MwContext *context, GString *buffer, GError **error)
{
    GHashTableIter each;
    gpointer text;

    g_hash_table_iter_init(&each, column->seen);
    while (g_hash_table_iter_next(&each, &text, NULL)) {
        const char *meant = column->meant ? g_hash_table_lookup(column->meant, text) : NULL;
        const char *key = mw_exchange_key(meant ? meant : text, buffer);
        if (*key)
            mw_links_note(column->value->links, key);
    }
    return mw_links_resolve(column->value->links, context, error);
}

static bool
fits(const Column *column, const MwContext *context, const char *text, GString *buffer)
{
    if (!*text)
        return true; /* left blank */
    if (!column->value->path.link)
        return is_choice(context, column->value->path.field, text);
    const MwLinkEntry *entry = mw_links_get(column->value->links, mw_exchange_key(text, buffer));
    return entry && entry->id && !entry->ambiguous;
}

static int
by_rows(gconstpointer a, gconstpointer b)
{
    const MwImportText *x = a, *y = b;

    return x->rows != y->rows ? (x->rows < y->rows ? 1 : -1) : strcmp(x->text, y->text);
}

static void
put_texts(const Column *column, const MwContext *context, MwImportColumn *told)
{
    g_autoptr(GString) buffer = g_string_new(NULL);
    GHashTableIter each;
    gpointer text, rows;

    g_hash_table_iter_init(&each, column->seen);
    while (g_hash_table_iter_next(&each, &text, &rows)) {
        const char *meant = column->meant ? g_hash_table_lookup(column->meant, text) : NULL;
        MwImportText one = { .rows = *(int64_t *)rows,
                             .fits = fits(column, context, meant ? meant : text, buffer) };
        if (one.fits && !meant)
            continue;
        one.text = g_strdup(text);
        one.meaning = g_strdup(meant);
        g_array_append_val(told->texts, one);
    }
    g_array_sort(told->texts, by_rows);
    told->more = column->more || told->texts->len > MW_TEXTS_MAX;
    if (told->texts->len > MW_TEXTS_MAX)
        g_array_set_size(told->texts, MW_TEXTS_MAX);
}

/* ---- what they may mean ------------------------------------------------------------------- */

static GPtrArray *
titles_of(const MwLinks *links, const MwContext *context, GError **error)
{
    const MwEntity *target = links->target;
    const MwField *title = target->title ? mw_entity_field(target, target->title) : NULL;
    MwQuery query = { .entity = target, .limit = MW_PAGE_MAX };
    g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
    MwCursor cursor = { 0 };
    bool more = title && title->kind->storage == MW_TEXT;

    if (more)
        mw_query_want(&query, title);
    while (more && titles->len < 2 * TITLES_MAX) {
        query.after = cursor.id ? &cursor : NULL;
        g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, &more, error);
        if (!found)
            return NULL;
        for (guint i = 0; i < found->len; i++) {
            const MwValue *value = mw_record_value(found->pdata[i], title);
            cursor.id = mw_record_id(found->pdata[i]);
            if (value->is != MW_TEXT)
                continue;
            g_ptr_array_add(titles, g_strdup(value->text));
            g_ptr_array_add(titles, g_strdup(value->text));
        }
    }
    return g_steal_pointer(&titles);
}

static GPtrArray *
labels_of(const MwField *field)
{
    GPtrArray *labels = g_ptr_array_new_with_free_func(g_free);

    for (const MwChoice *choice = field->choices; choice->key; choice++) {
        g_ptr_array_add(labels, g_strdup(choice->key));
        g_ptr_array_add(labels, g_strdup(mw_gettext(choice->label)));
    }
    return labels;
}

/* The likeliest of the choices, by key or label; NULL when none is likely, or two are as much. */
static char *
nearest(const char *text, const GPtrArray *choices, char *const *keys)
{
    g_autofree char *key = mw_name_key(text);
    double best = 0;
    const char *found = NULL;

    for (guint i = 0; i < choices->len; i++) {
        double likeness = *key && g_str_equal(keys[i], key) ? 2 : mw_name_likeness(key, keys[i]);
        if (likeness < likely || likeness < best)
            continue;
        const char *choice = choices->pdata[i & ~1u];
        found = likeness > best || (found && g_str_equal(found, choice)) ? choice : NULL;
        best = likeness;
    }
    return g_strdup(found);
}

static int
by_label(gconstpointer a, gconstpointer b)
{
    return strcmp(((char *const *)a)[1], ((char *const *)b)[1]);
}

static bool
put_choices(const Column *column, const MwContext *context, MwImportColumn *told, GError **error)
{
    g_autoptr(GPtrArray) choices = column->value->path.link
                                       ? titles_of(column->value->links, context, error)
                                       : labels_of(column->value->path.field);

    if (!choices)
        return false;
    g_auto(GStrv) keys = g_new0(char *, choices->len + 1);
    for (guint i = 0; i < choices->len; i++)
        keys[i] = mw_name_key(choices->pdata[i]);
    for (guint i = 0; i < told->texts->len; i++) {
        MwImportText *text = &g_array_index(told->texts, MwImportText, i);
        text->near = nearest(text->text, choices, keys);
    }
    if (choices->len > 2 * MW_TEXTS_MAX)
        return true;
    if (column->value->path.link && choices->len > 0)
        qsort(choices->pdata, choices->len / 2, 2 * sizeof(gpointer), by_label);
    told->choices = g_steal_pointer(&choices);
    return true;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static bool
tell_column(const Column *column, const MwContext *context, GPtrArray *told, GError **error)
{
    const MwPath *path = &column->value->path;
    MwImportColumn *one = g_new0(MwImportColumn, 1);
    g_autoptr(GString) buffer = g_string_new(NULL);

    one->key = g_strdup(column->value->key);
    one->field = path->link ? path->link : path->field;
    one->texts = g_array_new(false, true, sizeof(MwImportText));
    g_array_set_clear_func(one->texts, text_clear);
    g_ptr_array_add(told, one);
    if (path->link && !look_up(column, context, buffer, error))
        return false;
    put_texts(column, context, one);
    if (one->texts->len > 0)
        return put_choices(column, context, one, error);
    g_ptr_array_set_size(told, (int)told->len - 1);
    return true;
}

GPtrArray *
mw_import_texts(const MwContext *context, const MwImportOptions *options, MwImportProgress progress,
                void *data, GError **error)
{
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(column_free);
    g_autoptr(MwTableReader) reader = mw_table_open(options->path, &options->table, error);
    g_autoptr(MwPlan) plan =
        reader ? mw_plan_new(context, options, options->map, reader, error) : NULL;

    if (!plan)
        return NULL;
    g_autoptr(GArray) columns = columns_of(plan);
    bool done = read_rows(reader, columns, progress, data, error);
    for (guint i = 0; i < columns->len; i++) {
        const Column *column = &g_array_index(columns, Column, i);
        done = done && tell_column(column, context, told, error);
    }
    return done ? g_steal_pointer(&told) : NULL;
}
