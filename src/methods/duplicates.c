#include "methods/duplicates.h"

#include "base/i18n.h"
#include "base/name.h"
#include "base/pinyin.h"
#include "model/kinds/kinds.h"
#include "record/work.h"

enum { RULES_MAX = 8, FIELDS_MAX = 16, NEAR = 3, SOUND_LETTERS = 6, NAME_LETTERS = 4 };

/* ---- keys ----------------------------------------------------------------------------- */

typedef struct {
    uint64_t hash;
    uint32_t record; /* its place in `ids` */
} Key;

typedef struct {
    uint32_t record;
    const char *name; /* key of the name */
} Named;

typedef struct {
    int64_t first, second;
} Couple;

/* One rule of an entity: fields that are all equal. */
typedef struct {
    size_t n, columns[4];
    int score;
    bool named;   /* of a name alone: compared by sound and neighbourhood too */
    GArray *keys; /* of Key */
} Rule;

typedef struct {
    const MwEntity *entity;
    const MwField *fields[FIELDS_MAX]; /* the columns read, behind the id */
    size_t n_fields, n_rules;
    Rule rules[RULES_MAX];
    GArray *ids, *sounds, *names; /* of int64_t, Key, Named */
    GStringChunk *texts;
    GHashTable *parted; /* of Couple */
    uint32_t *above;    /* union-find */
    int64_t *reasons;
} Search;

static int
score_of(const MwField *field, size_t n)
{
    if (field->kind == &mw_credit_code)
        return 100;
    if (n > 1)
        return 95;
    if (field->kind == &mw_email)
        return 90;
    return field->flags & MW_NAMED ? 85 : 80;
}

static size_t
column_of(Search *s, const MwField *field)
{
    for (size_t i = 0; i < s->n_fields; i++)
        if (s->fields[i] == field)
            return i;
    s->fields[s->n_fields] = field;
    return s->n_fields++;
}

static void
add_rule(Search *s, const char *text)
{
    g_auto(GStrv) names = g_strsplit(text, "+", 4);
    Rule *rule = &s->rules[s->n_rules++];

    *rule = (Rule){ .keys = g_array_new(false, false, sizeof(Key)) };
    for (size_t i = 0; names[i]; i++) {
        const MwField *field = mw_entity_field(s->entity, names[i]);
        if (!field || s->n_fields >= FIELDS_MAX) {
            rule->n = 0;
            return;
        }
        rule->columns[rule->n++] = column_of(s, field);
    }
    const MwField *first = s->fields[rule->columns[0]];
    rule->score = score_of(first, rule->n);
    rule->named = rule->n == 1 && first->flags & MW_NAMED;
}

static char *
key_of(const MwField *field, const MwValue *value)
{
    if (value->is == MW_INTEGER)
        return g_strdup_printf("%" G_GINT64_FORMAT, value->integer);
    if (value->is != MW_TEXT)
        return NULL;
    if (field->flags & MW_NAMED)
        return mw_name_key(value->text);
    if (field->kind == &mw_phone)
        return mw_phone_key(value->text);
    return g_ascii_strdown(value->text, -1);
}

static uint64_t
hash_of(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return (hash ^ 0x1f) * UINT64_C(0x100000001b3);
}

/* A name by the commonest reading of its characters; only of Chinese names, and not of the shortest. */
static void
add_sound(Search *s, const char *name, uint32_t record)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    const char *readings[MW_PINYIN_MAX];
    unsigned letters = 0;

    for (const char *at = name; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        char plain[8] = "";
        bool read = mw_pinyin_readings(c, readings) > 0;
        plain[g_unichar_to_utf8(c, plain)] = '\0';
        hash = hash_of(hash, read ? readings[0] : plain);
        letters += read ? (unsigned)strlen(readings[0]) : 0;
    }
    Key key = { hash, record };
    if (letters >= SOUND_LETTERS)
        g_array_append_val(s->sounds, key);
}

static void
add_named(Search *s, const char *name, uint32_t record)
{
    Named named = { record, NULL };

    add_sound(s, name, record);
    if (g_utf8_strlen(name, -1) < NAME_LETTERS)
        return;
    named.name = g_string_chunk_insert(s->texts, name);
    g_array_append_val(s->names, named);
}

static void
add_keys(Search *s, Rule *rule, char *const *keys, uint32_t record)
{
    Key key = { UINT64_C(0xcbf29ce484222325), record };

    for (size_t i = 0; i < rule->n; i++) {
        const char *text = keys[rule->columns[i]];
        if (!text || !*text)
            return;
        key.hash = hash_of(key.hash, text);
    }
    if (rule->n == 0)
        return;
    g_array_append_val(rule->keys, key);
    if (rule->named)
        add_named(s, keys[rule->columns[0]], record);
}

static bool
keep_record(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Search *s = data;
    uint32_t record = s->ids->len;
    char *keys[FIELDS_MAX] = { 0 };

    g_array_append_val(s->ids, columns[0].integer);
    for (size_t i = 0; i < s->n_fields; i++)
        keys[i] = key_of(s->fields[i], &columns[1 + i]);
    for (size_t i = 0; i < s->n_rules; i++)
        add_keys(s, &s->rules[i], keys, record);
    for (size_t i = 0; i < s->n_fields; i++)
        g_free(keys[i]);
    return true;
}

/* ---- couples --------------------------------------------------------------------------- */

static guint
couple_hash(gconstpointer data)
{
    const Couple *couple = data;

    return g_int64_hash(&couple->first) * 31 + g_int64_hash(&couple->second);
}

static gboolean
couple_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(Couple)) == 0;
}

static bool
keep_couple(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Couple couple = { columns[0].integer, columns[1].integer };

    g_hash_table_add(data, g_memdup2(&couple, sizeof couple));
    return true;
}

static uint32_t
top_of(Search *s, uint32_t record)
{
    while (s->above[record] != record)
        record = s->above[record] = s->above[s->above[record]];
    return record;
}

static void
join(Search *s, uint32_t a, uint32_t b, int64_t reason)
{
    int64_t x = g_array_index(s->ids, int64_t, a), y = g_array_index(s->ids, int64_t, b);
    const Couple couple = { MIN(x, y), MAX(x, y) };

    if (a == b || g_hash_table_contains(s->parted, &couple))
        return;
    uint32_t one = top_of(s, a), other = top_of(s, b);
    s->above[MAX(one, other)] = MIN(one, other);
    s->reasons[a] |= reason;
    s->reasons[b] |= reason;
}

static int
compare_keys(gconstpointer a, gconstpointer b)
{
    const Key *x = a, *y = b;

    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1)
                              : (x->record > y->record) - (x->record < y->record);
}

static void
join_equal(Search *s, GArray *keys, int64_t reason)
{
    g_array_sort(keys, compare_keys);
    for (guint from = 0, to; from < keys->len; from = to) {
        const Key *first = &g_array_index(keys, Key, from);
        for (to = from + 1; to < keys->len && g_array_index(keys, Key, to).hash == first->hash;)
            to++;
        if (to - from > MW_DUPLICATES_BUCKET)
            continue;
        for (guint i = from; i < to; i++)
            for (guint j = i + 1; j < to; j++)
                join(s, g_array_index(keys, Key, i).record, g_array_index(keys, Key, j).record,
                     reason);
    }
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(((const Named *)a)->name, ((const Named *)b)->name);
}

/* Each with the next few of the alphabet. */
static void
join_near(Search *s)
{
    g_array_sort(s->names, compare_names);
    for (guint i = 0; i < s->names->len; i++) {
        const Named *one = &g_array_index(s->names, Named, i);
        for (guint j = i + 1; j < MIN(i + 1 + NEAR, s->names->len); j++) {
            const Named *other = &g_array_index(s->names, Named, j);
            if (g_utf8_get_char(one->name) != g_utf8_get_char(other->name))
                break;
            if (strcmp(one->name, other->name) != 0 &&
                mw_name_likeness(one->name, other->name) >= 0.8)
                join(s, one->record, other->record, MW_DUPLICATES_NEAR);
        }
    }
}

/* ---- groups -------------------------------------------------------------------------------- */

typedef struct {
    uint32_t top, record;
    int score;
} Member;

static int
score_for(const Search *s, int64_t reasons)
{
    int best = reasons & MW_DUPLICATES_SOUND ? 60 : reasons & MW_DUPLICATES_NEAR ? 50 : 0;

    for (size_t i = 0; i < s->n_rules; i++)
        if (reasons & (INT64_C(1) << i))
            best = MAX(best, s->rules[i].score);
    return best;
}

static int
compare_members(gconstpointer a, gconstpointer b)
{
    const Member *x = a, *y = b;

    if (x->score != y->score)
        return y->score - x->score;
    if (x->top != y->top)
        return x->top < y->top ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

static GArray *
members_of(Search *s)
{
    GArray *members = g_array_new(false, false, sizeof(Member));
    g_autofree int64_t *all = g_new0(int64_t, s->ids->len + 1);

    for (guint i = 0; i < s->ids->len; i++)
        all[top_of(s, i)] |= s->reasons[i];
    for (guint i = 0; i < s->ids->len; i++) {
        uint32_t top = top_of(s, i);
        Member member = { top, i, score_for(s, all[top]) };
        if (all[top] && s->reasons[i])
            g_array_append_val(members, member);
    }
    g_array_sort(members, compare_members);
    return members;
}

static bool
keep_groups(const MwContext *context, Search *s, size_t *groups, GError **error)
{
    g_autoptr(GArray) members = members_of(s);
    g_autofree MwValue *values = g_new(MwValue, members->len * 5 + 1);
    g_autofree const MwValue **rows = g_new(const MwValue *, members->len + 1);
    MwValue entity = MW_BORROW(s->entity->name);
    int64_t number = 0;
    size_t n = 0;

    for (guint i = 0; i < members->len; i++) {
        const Member *member = &g_array_index(members, Member, i);
        number += i == 0 || member->top != g_array_index(members, Member, i - 1).top;
        if (number > MW_DUPLICATES_GROUPS_MAX)
            break;
        MwValue *row = values + n * 5;
        rows[n++] = row;
        row[0] = entity;
        row[1] = MW_INT(member->score);
        row[2] = MW_INT(number);
        row[3] = MW_INT(g_array_index(s->ids, int64_t, member->record));
        row[4] = MW_INT(s->reasons[member->record]);
    }
    if (groups)
        *groups = (size_t)MIN(number, MW_DUPLICATES_GROUPS_MAX);
    return mw_store_run(context->store, "DELETE FROM twin WHERE entity = $1", &entity, 1, NULL,
                        NULL, error) &&
           (n == 0 ||
            mw_store_insert_rows(
                context->store, "INSERT INTO twin (entity, score, number, record, reasons) VALUES ",
                5, rows, n, error));
}

/* ---- all of it ---------------------------------------------------------------------------------- */

typedef struct {
    Search *search;
    size_t *groups;
} Task;

static bool
read_records(const MwContext *context, Search *s, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT id");

    for (size_t i = 0; i < s->n_fields; i++) {
        g_string_append(sql, ", ");
        mw_sql_name(sql, s->fields[i]->name);
    }
    g_string_append(sql, " FROM ");
    mw_sql_name(sql, s->entity->name);
    g_string_append(sql, " WHERE deleted_at IS NULL ORDER BY id");
    return mw_store_run(context->store, "SELECT first, second FROM not_twin", NULL, 0, keep_couple,
                        s->parted, error) &&
           mw_store_run(context->store, sql->str, NULL, 0, keep_record, s, error);
}

static void
join_all(Search *s)
{
    s->above = g_new(uint32_t, s->ids->len + 1);
    s->reasons = g_new0(int64_t, s->ids->len + 1);
    for (guint i = 0; i < s->ids->len; i++)
        s->above[i] = i;
    for (size_t i = 0; i < s->n_rules; i++)
        join_equal(s, s->rules[i].keys, INT64_C(1) << i);
    join_equal(s, s->sounds, MW_DUPLICATES_SOUND);
    join_near(s);
}

static void
search_begin(Search *s, const MwEntity *entity)
{
    *s = (Search){ .entity = entity };
    s->ids = g_array_new(false, false, sizeof(int64_t));
    s->sounds = g_array_new(false, false, sizeof(Key));
    s->names = g_array_new(false, false, sizeof(Named));
    s->texts = g_string_chunk_new(64 * 1024);
    s->parted = g_hash_table_new_full(couple_hash, couple_equal, g_free, NULL);
    for (size_t i = 0; entity->twins[i] && i < RULES_MAX; i++)
        add_rule(s, entity->twins[i]);
}

static void
search_end(Search *s)
{
    for (size_t i = 0; i < s->n_rules; i++)
        g_array_unref(s->rules[i].keys);
    g_array_unref(s->ids);
    g_array_unref(s->sounds);
    g_array_unref(s->names);
    g_string_chunk_free(s->texts);
    g_hash_table_unref(s->parted);
    g_free(s->above);
    g_free(s->reasons);
}

static bool
keep_step(const MwContext *context, void *data, GError **error)
{
    const Task *task = data;

    return keep_groups(context, task->search, task->groups, error);
}

/* All records are read and compared before anything is written: others write meanwhile. */
bool
mw_duplicates_search(MwCompany *company, MwStore *store, const char *entity, size_t *groups,
                     GError **error)
{
    g_autoptr(MwActor) system = mw_company_system(company);
    g_auto(MwContext) context = { 0 };
    Search s;
    const Task task = { &s, groups };

    mw_context_begin(&context, company, store, system, "job");
    const MwEntity *of = mw_catalog_entity(context.catalog, entity);
    if (!of || !of->twins)
        return mw_fail(error, MW_ERROR_INVALID, _("There are no twins of these: %s."), entity);
    search_begin(&s, of);
    bool done = mw_store_begin(store, false, error) && read_records(&context, &s, error);
    mw_store_rollback(store);
    if (done) {
        join_all(&s);
        done = mw_work_atomically(company, store, keep_step, (void *)&task, error);
    }
    search_end(&s);
    return done;
}

/* ---- going through them ---------------------------------------------------------------------------- */

bool
mw_duplicates_part(const MwContext *context, const MwEntity *entity, const GArray *ids,
                   GError **error)
{
    /* Others of the group may be there for others to see: they stay. */
    MwValue group[] = { MW_BORROW(entity->name), MW_INT(0) };

    for (guint i = 0; i < ids->len && i < MW_DUPLICATES_GROUP_MAX; i++) {
        for (guint j = i + 1; j < ids->len && j < MW_DUPLICATES_GROUP_MAX; j++) {
            int64_t x = g_array_index(ids, int64_t, i), y = g_array_index(ids, int64_t, j);
            MwValue row[] = { MW_INT(MIN(x, y)), MW_INT(MAX(x, y)),
                              MW_INT(mw_actor_user(context->actor)), MW_INT(context->now) };
            if (!mw_store_run(context->store,
                              "INSERT INTO not_twin (first, second, user_id, at) "
                              "VALUES ($1, $2, $3, $4) ON CONFLICT (first, second) DO NOTHING",
                              row, G_N_ELEMENTS(row), NULL, NULL, error))
                return false;
        }
    }
    for (guint i = 0; i < ids->len; i++) {
        group[1] = MW_INT(g_array_index(ids, int64_t, i));
        if (!mw_store_run(context->store, "DELETE FROM twin WHERE entity = $1 AND record = $2",
                          group, G_N_ELEMENTS(group), NULL, NULL, error))
            return false;
    }
    return true;
}

static void
twins_free(gpointer data)
{
    MwDuplicates *twins = data;

    g_array_unref(twins->ids);
    g_free(twins);
}

static bool
keep_twin(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    GPtrArray *found = data;
    MwDuplicates *last = found->len > 0 ? found->pdata[found->len - 1] : NULL;

    if (!last || last->number != columns[0].integer) {
        last = g_new0(MwDuplicates, 1);
        *last = (MwDuplicates){ .number = columns[0].integer,
                                .score = columns[1].integer,
                                .ids = g_array_new(false, false, sizeof(int64_t)) };
        g_ptr_array_add(found, last);
    }
    last->reasons |= columns[3].integer;
    g_array_append_val(last->ids, columns[2].integer);
    return true;
}

GPtrArray *
mw_duplicates_find(const MwContext *context, const MwEntity *entity, unsigned skip, unsigned limit,
                   GError **error)
{
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, entity, MW_MAY_READ);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(twins_free);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_autoptr(GString) sql = g_string_new(NULL);
    MwQuery query = { .entity = entity, .scope = scope };

    /* The records that the actor may read, of groups that are there for him. Asked for twice, each time for a few groups
     * in the order of their index: kept, it would be all of them. */
    g_string_append(
        sql, "WITH seen AS NOT MATERIALIZED (SELECT w.number, w.score, w.record, w.reasons FROM ");
    mw_sql_name(sql, entity->name);
    g_string_append(sql, " t JOIN twin w ON w.record = t.id");
    mw_query_where(&query, mw_store_dialect(context->store), sql, params);
    g_string_append(sql, " AND w.entity = ");
    mw_sql_param(sql, params, MW_BORROW(entity->name));
    g_string_append(sql, "), best AS (SELECT number FROM seen GROUP BY number "
                         "HAVING COUNT(*) > 1 ORDER BY number LIMIT ");
    mw_sql_param(sql, params, MW_INT(limit));
    g_string_append(sql, " OFFSET ");
    mw_sql_param(sql, params, MW_INT(skip));
    g_string_append(sql, ") SELECT seen.number, seen.score, seen.record, seen.reasons FROM seen "
                         "WHERE seen.number IN (SELECT number FROM best) "
                         "ORDER BY seen.number, seen.record");
    if (!mw_store_run(context->store, sql->str, (MwValue *)params->data, params->len, keep_twin,
                      found, error))
        return NULL;
    return g_steal_pointer(&found);
}

char *
mw_duplicates_reasons(const MwEntity *entity, int64_t reasons)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; entity->twins && entity->twins[i]; i++) {
        g_auto(GStrv) names = g_strsplit(entity->twins[i], "+", 4);
        const MwField *field = mw_entity_field(entity, names[0]);
        if (field && reasons & (INT64_C(1) << i))
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", mw_field_label(field));
    }
    if (reasons & MW_DUPLICATES_SOUND)
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", _("sounds alike"));
    if (reasons & MW_DUPLICATES_NEAR)
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", _("spelt alike"));
    return g_string_free(text, false);
}
