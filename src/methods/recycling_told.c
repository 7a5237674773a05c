#include "methods/recycling_told.h"

#include "store/query.h"

/* Which rule brings a record back, and when. */
typedef struct {
    char *reason;
    int64_t record, owner, at;
} Told;

static void
told_clear(gpointer data)
{
    g_free(((Told *)data)->reason);
}

/* record, owner, at, detail */
static bool
keep_told(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Told told = { .reason = g_strdup(c[3].is == MW_TEXT ? c[3].text : ""),
                  .record = c[0].is == MW_TEXT ? g_ascii_strtoll(c[0].text, NULL, 10) : 0,
                  .owner = c[1].is == MW_INTEGER ? c[1].integer : 0,
                  .at = c[2].is == MW_INTEGER ? c[2].integer : 0 };

    g_array_append_val((GArray *)data, told);
    return true;
}

GArray *
mw_told_read(const MwContext *context, const GArray *ids, int64_t from, GError **error)
{
    g_autoptr(GArray) told = g_array_new(false, false, sizeof(Told));
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_autoptr(GString) sql = g_string_new("SELECT record, owner, \"at\", detail FROM notice WHERE "
                                          "kind = 'coming_back' AND \"at\" >= ");

    g_array_set_clear_func(told, told_clear);
    mw_sql_param(sql, params, MW_INT(from));
    g_string_append(sql, " AND record IN (");
    for (guint i = 0; i < ids->len; i++) {
        char *id = g_strdup_printf("%" G_GINT64_FORMAT, g_array_index(ids, int64_t, i));
        g_ptr_array_add(texts, id);
        g_string_append(sql, i > 0 ? ", " : "");
        mw_sql_param(sql, params, MW_BORROW(id));
    }
    g_string_append_c(sql, ')');
    if (ids->len > 0 && !mw_store_run(context->store, sql->str, (MwValue *)params->data,
                                      params->len, keep_told, told, error))
        return NULL;
    return g_steal_pointer(&told);
}

bool
mw_told_is(const GArray *told, int64_t record, int64_t owner, int64_t at, const char *reason,
           bool *later)
{
    *later = false;
    for (guint i = 0; i < told->len; i++) {
        const Told *before = &g_array_index(told, Told, i);
        bool other = g_strcmp0(before->reason, reason) != 0;
        if (before->owner != owner || before->record != record)
            continue;
        if (other ? before->at <= at : before->at == at)
            return true;
        *later |= other;
    }
    return false;
}

bool
mw_told_forget_later(const MwContext *context, int64_t record, int64_t owner, int64_t at,
                     GError **error)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, record);
    MwValue params[] = { MW_BORROW(id), MW_INT(owner), MW_INT(at) };

    return mw_store_run(context->store,
                        "DELETE FROM notice WHERE kind = 'coming_back' AND record = $1 AND owner = "
                        "$2 AND \"at\" > $3 AND read_at IS NULL",
                        params, 3, NULL, NULL, error);
}
