#include "methods/twins.h"

#include "base/i18n.h"
#include "base/name.h"
#include "base/tokens.h"
#include "record/open_pool.h"
#include "record/service.h"

enum { EACH_MAX = 4, BEGINNING_MIN = 2, SOUND_MIN = 4, SCANNED_MAX = 200 };

/* The keys of what was asked for; "" what is none. */
typedef struct {
    char *name, *phone, *domain, *email, *code, *end;
    GPtrArray *sounds; /* all ways in which the name may sound */
} Keys;

static void
keys_clear(Keys *keys)
{
    g_free(keys->name);
    g_ptr_array_unref(keys->sounds);
    g_free(keys->phone);
    g_free(keys->domain);
    g_free(keys->email);
    g_free(keys->code);
    g_free(keys->end);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Keys, keys_clear)

static char *
key_of(const char *text, char *(*key)(const char *))
{
    char *made = text && *text ? key(text) : NULL;

    return made ? made : g_strdup("");
}

static char *
stripped(const char *text)
{
    return g_strstrip(g_strdup(text));
}

static void
make_keys(const MwTwinAsk *ask, Keys *keys)
{
    *keys = (Keys){
        .name = key_of(ask->name, mw_name_key),
        .sounds = mw_name_sounds(ask->name ? ask->name : ""),
        .phone = key_of(ask->phone, mw_phone_key),
        .domain = key_of(ask->email, mw_mail_domain_key),
        .email = key_of(ask->email, stripped),
        .code = key_of(ask->credit_code, stripped),
    };
    for (char *c = keys->code; *c; c++)
        *c = g_ascii_toupper(*c);
    keys->end = g_strconcat(keys->name, "\xf4\x8f\xbf\xbf", NULL); /* behind all that begin so */
    if (g_utf8_strlen(keys->sounds->pdata[0], -1) < SOUND_MIN)
        g_ptr_array_set_size(keys->sounds, 0);
}

typedef struct {
    const MwEntity *entity;
    const MwTwinAsk *ask;
    GPtrArray *twins;
} Finding;

static bool
keep_twin(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    const Finding *finding = data;
    int64_t id = c[1].integer;

    if (finding->ask->except == finding->entity && finding->ask->except_id == id)
        return true;
    for (guint i = 0; i < finding->twins->len; i++) { /* some dozen at most */
        MwTwin *other = finding->twins->pdata[i];
        if (other->entity != finding->entity || other->id != id)
            continue;
        other->by = MIN(other->by, (MwTwinBy)c[0].integer);
        return true;
    }
    MwTwin *twin = g_new0(MwTwin, 1);
    *twin = (MwTwin){ finding->entity, id, (MwTwinBy)c[0].integer, NULL };
    g_ptr_array_add(finding->twins, twin);
    return true;
}

/* "UNION ALL SELECT by, id … WHERE column = key", of a few rows. */
static void
put_step(const MwContext *context, GString *sql, GArray *params, const MwEntity *entity,
         MwTwinBy by, const char *column, const char *from, const char *key, const char *end)
{
    const MwField *field = mw_entity_field(entity, from);

    /* Whoever may not see a field, of any record or of one in a pool, is not told that it is alike. */
    if (!*key || !mw_entity_field(entity, column) || !field ||
        !mw_actor_sees(context->actor, entity, field))
        return;
    g_autoptr(MwFilter) shown = mw_pools_shown(mw_actor_pools(context->actor), entity, field);
    const MwQuery query = { .entity = entity, .filter = shown };
    g_string_append_printf(sql, "%sSELECT * FROM (SELECT CAST(%d AS BIGINT), t.id FROM \"%s\" t ",
                           sql->len > 0 ? " UNION ALL " : "", (int)by, entity->name);
    mw_query_where(&query, mw_store_dialect(context->store), sql, params);
    g_string_append_printf(sql, " AND t.%s %s ", column, end ? ">" : "=");
    mw_sql_param(sql, params, MW_BORROW(key));
    if (end) {
        g_string_append_printf(sql, " AND t.%s < ", column);
        mw_sql_param(sql, params, MW_BORROW(end));
    }
    g_string_append_printf(sql, " ORDER BY t.%s, t.id LIMIT %d) q%d", column, EACH_MAX, (int)by);
}

/* By the commonest reading, which has a column, and by the others, which are words of the search index. */
static void
put_sounds(const MwContext *context, GString *sql, GArray *params, const MwEntity *entity,
           const Keys *keys, GPtrArray *texts)
{
    bool sqlite = mw_store_dialect(context->store) == MW_SQLITE;
    const MwField *title = mw_entity_field(entity, entity->title);
    g_autoptr(GString) words = g_string_new(NULL);
    const MwQuery query = { .entity = entity };

    if (keys->sounds->len == 0 || !mw_entity_field(entity, "pinyin_key") ||
        !mw_actor_sees(context->actor, entity, title))
        return;
    for (guint i = 0; i < keys->sounds->len; i++) {
        g_autofree char *word = mw_tokens_sound(keys->sounds->pdata[i]);
        put_step(context, sql, params, entity, MW_TWIN_SOUND, "pinyin_key", entity->title,
                 keys->sounds->pdata[i], NULL);
        g_string_append_printf(words, sqlite ? "%s\"%s\"" : "%s'%s'",
                               i == 0   ? ""
                               : sqlite ? " OR "
                                        : " | ",
                               word);
    }
    g_ptr_array_add(texts, g_strdup(words->str)); /* as long as the parameters */
    g_string_append_printf(
        sql, " UNION ALL SELECT * FROM (SELECT CAST(%d AS BIGINT), t.id FROM \"%s\" t",
        MW_TWIN_SOUND, entity->name);
    mw_query_where(&query, mw_store_dialect(context->store), sql, params);
    g_string_append(sql, sqlite ? " AND t.id IN (SELECT rowid FROM search WHERE search MATCH "
                                : " AND t.id = ANY (ARRAY(SELECT record FROM search_doc WHERE "
                                  "array_to_tsvector(string_to_array(tokens, ' ')) @@ ");
    mw_sql_param(sql, params, MW_BORROW(texts->pdata[texts->len - 1]));
    g_string_append_printf(sql,
                           sqlite ? " LIMIT %d) LIMIT %d) w" : "::tsquery LIMIT %d)) LIMIT %d) w",
                           SCANNED_MAX, EACH_MAX);
}

static bool
find_in(const MwContext *context, const char *name, const Keys *keys, const MwTwinAsk *ask,
        GPtrArray *twins, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, name);
    bool people = g_str_equal(name, "contact"),
         begins = g_utf8_strlen(keys->name, -1) >= BEGINNING_MIN;
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    Finding finding = { entity, ask, twins };

    if (!mw_actor_may(context->actor, entity, MW_MAY_READ))
        return true;
    put_step(context, sql, params, entity, MW_TWIN_CREDIT_CODE, "credit_code", "credit_code",
             keys->code, NULL);
    put_step(context, sql, params, entity, MW_TWIN_NAME, "name_key", entity->title, keys->name,
             NULL);
    if (people)
        put_step(context, sql, params, entity, MW_TWIN_EMAIL, "email", "email", keys->email, NULL);
    put_step(context, sql, params, entity, MW_TWIN_PHONE, "phone_key", "phone", keys->phone, NULL);
    put_step(context, sql, params, entity, MW_TWIN_DOMAIN, "mail_key", "email", keys->domain, NULL);
    put_sounds(context, sql, params, entity, keys, texts);
    if (begins)
        put_step(context, sql, params, entity, MW_TWIN_BEGINNING, "name_key", entity->title,
                 keys->name, keys->end);
    return sql->len == 0 || mw_store_run(context->store, sql->str, (MwValue *)params->data,
                                         params->len, keep_twin, &finding, error);
}

static int
compare_twins(gconstpointer a, gconstpointer b)
{
    const MwTwin *x = *(MwTwin *const *)a, *y = *(MwTwin *const *)b;

    return x->by != y->by ? (int)x->by - (int)y->by : (x->id > y->id) - (x->id < y->id);
}

static void
twin_free(MwTwin *twin)
{
    mw_record_free(twin->record);
    g_free(twin);
}

/* Of one entity those that the actor may read. */
static bool
read_seen(const MwContext *context, const MwEntity *entity, GPtrArray *twins, GError **error)
{
    g_autoptr(MwFilter) filter =
        mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
    MwQuery query = { .entity = entity, .filter = filter };
    const char *const names[] = { entity->title, "owner", "pool" };

    for (guint i = 0; i < twins->len; i++)
        if (((MwTwin *)twins->pdata[i])->entity == entity)
            mw_filter_value(filter, MW_INT(((MwTwin *)twins->pdata[i])->id));
    if (filter->values->len == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (mw_entity_field(entity, names[i]))
            mw_query_want(&query, mw_entity_field(entity, names[i]));
    g_autoptr(GPtrArray) seen = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    for (guint i = 0; seen && i < seen->len; i++)
        for (guint j = 0; j < twins->len; j++) {
            MwTwin *twin = twins->pdata[j];
            if (twin->entity == entity && seen->pdata[i] &&
                twin->id == mw_record_id(seen->pdata[i]))
                twin->record = g_steal_pointer(&seen->pdata[i]);
        }
    return seen != NULL;
}

GPtrArray *
mw_twins_find(const MwContext *context, const MwTwinAsk *ask, unsigned limit, GError **error)
{
    static const char *const tables[] = { "account", "lead", "contact" };
    g_autoptr(GPtrArray) twins = g_ptr_array_new_with_free_func((GDestroyNotify)twin_free);
    size_t n = ask->contacts ? 3 : 2;
    g_auto(Keys) keys;

    make_keys(ask, &keys);
    for (size_t i = 0; i < n; i++)
        if (!find_in(context, tables[i], &keys, ask, twins, error))
            return NULL;
    g_ptr_array_sort(twins, compare_twins);
    if (twins->len > limit)
        g_ptr_array_set_size(twins, (int)limit);
    for (size_t i = 0; i < n; i++)
        if (!read_seen(context, mw_catalog_entity(context->catalog, tables[i]), twins, error))
            return NULL;
    return g_steal_pointer(&twins);
}

const char *
mw_twin_words(MwTwinBy by)
{
    static const char *const words[] = {
        [MW_TWIN_CREDIT_CODE] = N_("same credit code"),
        [MW_TWIN_NAME] = N_("same name"),
        [MW_TWIN_EMAIL] = N_("same e-mail"),
        [MW_TWIN_PHONE] = N_("same phone"),
        [MW_TWIN_DOMAIN] = N_("same mail domain"),
        [MW_TWIN_SOUND] = N_("sounds the same"),
        [MW_TWIN_BEGINNING] = N_("begins the same"),
    };

    return _(words[by]);
}
