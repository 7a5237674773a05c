/* calendar_entries: what stands in a calendar, read by one range of an index. */
#include <string.h>

#include "base/clock.h"
#include "web/calendar.h"

enum { HOUR_MS = 3600000, SPARE = 6 };

static void
entry_clear(gpointer data)
{
    MwEntry *entry = data;

    g_free(entry->title);
    g_free(entry->colour);
    g_free(entry->whose_name);
}

/* A zone, and a time in which its clocks are not changed. */
typedef struct {
    GTimeZone *zone;
    int64_t from, to; /* instants */
    int64_t ahead;    /* milliseconds */
} Clock;

static int
interval_of(GTimeZone *zone, int64_t at)
{
    return g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL,
                                     at >= 0 ? at / 1000 : (at - 999) / 1000);
}

static Clock
clock_of(GTimeZone *zone, int64_t from, int64_t to)
{
    int interval = interval_of(zone, from);
    bool same = interval_of(zone, to) == interval;

    return (Clock){ zone, from, same ? to : from - 1,
                    INT64_C(1000) * g_time_zone_get_offset(zone, interval) };
}

/* Milliseconds on the clock since 1970 began on it. */
static int64_t
local_of(int64_t at, const Clock *clock)
{
    if (at >= clock->from && at <= clock->to)
        return at + clock->ahead;
    return at + INT64_C(1000) * g_time_zone_get_offset(clock->zone, interval_of(clock->zone, at));
}

static int64_t
day_of(int64_t local)
{
    return local >= 0 ? local / MW_DAY_MS : -((MW_DAY_MS - 1 - local) / MW_DAY_MS);
}

/* Fills in days and minutes; false when it stands nowhere. */
static bool
place(MwEntry *entry, const char *day, const Clock *clock)
{
    if (entry->begin == 0) {
        entry->all_day = true;
        entry->end_min = 1440;
        if (!day || !mw_date_parse(day, &entry->first))
            return false;
        entry->last = entry->first;
        return true;
    }
    int64_t begin = local_of(entry->begin, clock);
    int64_t end = local_of(entry->end > entry->begin ? entry->end : entry->begin + HOUR_MS, clock);
    entry->first = day_of(begin);
    entry->last = day_of(end - 1);
    entry->begin_min = (int)((begin - entry->first * MW_DAY_MS) / 60000);
    entry->end_min = (int)((end - day_of(end) * MW_DAY_MS) / 60000);
    if (entry->end_min == 0)
        entry->end_min = 1440;
    return true;
}

typedef struct {
    const MwContext *context;
    const MwEntity *entity;
    const MwFilter *asked; /* what else is asked of them; NULL: nothing             */
    const GArray *owners;
    GHashTable *parts; /* id -> user (int64_t *): in whose calendar they stand, not being theirs */
    GArray *entries;
    GTimeZone *zone;
    Clock clock; /* of the days asked for */
    int64_t from, to;
    MwEntriesCut *cut;
} Reading;

static int64_t
number(const MwValue *value)
{
    return value->is == MW_INTEGER ? value->integer : 0;
}

/* ", t.version, t.title, t.colour" and the links that tell whose it is: what put_texts() takes. */
static void
append_texts(const MwEntity *entity, GString *sql)
{
    const char *const columns[] = { "version", entity->title, entity->calendar->colour };

    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_string_append(sql, ", t.");
        mw_sql_name(sql, columns[i]);
    }
    for (size_t i = 0; entity->calendar->whose && entity->calendar->whose[i]; i++) {
        g_string_append(sql, ", t.");
        mw_sql_name(sql, entity->calendar->whose[i]);
    }
}

/* The first link that there is, and that the actor sees. */
static void
put_whose(const Reading *reading, MwEntry *entry, const int64_t ids[MW_CALENDAR_WHOSE])
{
    const char *const *names = reading->entity->calendar->whose;

    for (size_t i = 0; names && names[i] && !entry->whose; i++) {
        const MwField *field = mw_entity_field(reading->entity, names[i]);
        if (ids[i] && mw_actor_sees(reading->context->actor, reading->entity, field)) {
            entry->whose = field;
            entry->whose_id = ids[i];
        }
    }
}

static void
put_texts(const Reading *reading, MwEntry *entry, const MwValue *c, size_t n)
{
    int64_t ids[MW_CALENDAR_WHOSE] = { 0 };

    entry->version = c[0].integer;
    entry->title = g_strdup(c[1].is == MW_TEXT ? c[1].text : "");
    entry->colour = g_strdup(c[2].is == MW_TEXT ? c[2].text : NULL);
    for (size_t i = 3; i < n; i++)
        ids[i - 3] = number(&c[i]);
    put_whose(reading, entry, ids);
}

/* id, owner, begin, end, day, done, and what put_texts() takes, if it is asked for */
static bool
keep_entry(const MwValue *c, size_t n_columns, void *data)
{
    Reading *reading = data;
    MwEntry entry = { .id = c[0].integer,
                      .owner = number(&c[1]),
                      .begin = number(&c[2]),
                      .end = number(&c[3]),
                      .done = number(&c[5]) != 0 };
    const int64_t *part = g_hash_table_lookup(reading->parts, &entry.id);

    if (part)
        entry.owner = *part;
    if (!place(&entry, c[4].is == MW_TEXT ? c[4].text : NULL, &reading->clock) ||
        entry.last < reading->from || entry.first >= reading->to)
        return true;
    if (n_columns > SPARE)
        put_texts(reading, &entry, c + SPARE, n_columns - SPARE);
    g_array_append_val(reading->entries, entry);
    return reading->entries->len <= MW_ENTRIES_MAX;
}

/* `field` is one of these; NULL when there are none: of everybody. */
static MwFilter *
one_of(const MwField *field, const GArray *ids)
{
    MwFilter *filter = NULL;

    for (guint i = 0; i < ids->len; i++) {
        MwValue id = MW_INT(g_array_index(ids, int64_t, i));
        if (filter)
            mw_filter_value(filter, id);
        else
            filter = mw_filter_test(field, MW_TEST_IN, id);
    }
    return filter;
}

static MwFilter *
of_owners(const Reading *reading)
{
    return one_of(mw_entity_field(reading->entity, "owner"), reading->owners);
}

static const MwEntity *
people_of(const Reading *reading)
{
    const char *people = reading->entity->calendar->people;

    return people ? mw_catalog_entity(reading->context->catalog, people) : NULL;
}

/* Sorted later, when all is there: the database has to sort only where there is too much of it. */
static bool
run_range(Reading *reading, GString *sql, const GArray *params, GError **error)
{
    MwStore *store = reading->context->store;
    gsize size = sql->len;
    guint before = reading->entries->len;

    g_string_append_printf(sql, " LIMIT %d", MW_ENTRIES_MAX + 1);
    if (!mw_store_run(store, sql->str, (const MwValue *)params->data, params->len, keep_entry,
                      reading, error))
        return false;
    if (reading->entries->len <= MW_ENTRIES_MAX)
        return true;
    g_array_set_size(reading->entries, before);
    g_string_truncate(sql, size);
    g_string_append(sql, " ORDER BY t.");
    mw_sql_name(sql, reading->entity->calendar->at);
    g_string_append_printf(sql, ", t.\"id\" LIMIT %d", MW_ENTRIES_MAX + 1);
    return mw_store_run(store, sql->str, (const MwValue *)params->data, params->len, keep_entry,
                        reading, error);
}

/* The first SPARE columns stand in the index of the calendar. Takes `whose`. */
static bool
read_range(Reading *reading, MwFilter *whose, bool texts, GError **error)
{
    const MwContext *context = reading->context;
    const MwEntity *entity = reading->entity;
    const MwCalendar *c = entity->calendar;
    const char *const columns[SPARE] = { "id", "owner", c->begin, c->end, c->day, c->done };
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, entity, MW_MAY_READ);
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = entity, .scope = scope, .filter = filter };
    g_autoptr(GString) sql = g_string_new("SELECT ");
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    mw_filter_add(filter, whose);
    mw_filter_add(filter, mw_calendar_between(entity, reading->from, reading->to, reading->zone));
    if (reading->asked)
        mw_filter_add(filter, mw_filter_copy(reading->asked));
    for (size_t i = 0; i < SPARE; i++) {
        g_string_append(sql, i > 0 ? ", t." : "t.");
        mw_sql_name(sql, columns[i]);
    }
    if (texts)
        append_texts(entity, sql);
    g_string_append(sql, " FROM ");
    mw_sql_name(sql, entity->name);
    g_string_append(sql, " t ");
    mw_query_where(&query, mw_store_dialect(context->store), sql, params);
    return run_range(reading, sql, params, error);
}

/* ---- those who take part beside the owner ------------------------------------------- */

static bool
keep_part(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    int64_t *pair = g_new(int64_t, 2); /* key and value in one */

    pair[0] = c[0].integer;
    pair[1] = c[1].integer;
    g_hash_table_replace(data, &pair[0], &pair[1]);
    return true;
}

/* By the index of the lines alone: who takes part in nothing costs nothing. */
static bool
find_parts(Reading *reading, GError **error)
{
    const MwEntity *people = people_of(reading);
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = people, .filter = filter };
    g_autoptr(GString) sql = g_string_new("SELECT t.");
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    if (!people || reading->owners->len == 0)
        return true;
    mw_filter_add(filter, one_of(mw_entity_field(people, "user"), reading->owners));
    mw_filter_add(filter, mw_filter_test(mw_entity_field(people, "at"), MW_TEST_GTE,
                                         MW_INT(mw_instant_of_date(reading->from, reading->zone) -
                                                MW_CALENDAR_BACK_DAYS * MW_DAY_MS)));
    mw_filter_add(filter, mw_filter_test(mw_entity_field(people, "at"), MW_TEST_LT,
                                         MW_INT(MAX(mw_instant_of_date(reading->to, reading->zone),
                                                    reading->to * MW_DAY_MS))));
    mw_sql_name(sql, people->master);
    g_string_append(sql, ", t.\"user\" FROM ");
    mw_sql_name(sql, people->name);
    g_string_append(sql, " t ");
    mw_query_where(&query, mw_store_dialect(reading->context->store), sql, params);
    g_string_append_printf(sql, " LIMIT %d", MW_ENTRIES_MAX);
    return mw_store_run(reading->context->store, sql->str, (const MwValue *)params->data,
                        params->len, keep_part, reading->parts, error);
}

static bool
read_parts(Reading *reading, bool texts, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    GHashTableIter parts;
    void *id;

    g_hash_table_iter_init(&parts, reading->parts);
    while (g_hash_table_iter_next(&parts, &id, NULL))
        g_array_append_val(ids, *(int64_t *)id);
    if (ids->len == 0)
        return true;
    MwFilter *whose = mw_filter_all();
    mw_filter_add(whose, one_of(&reading->entity->fields[MW_FIELD_ID], ids));
    mw_filter_add(whose, mw_filter_not(of_owners(reading))); /* those stand there already */
    return read_range(reading, whose, texts, error);
}

/* ---- series ---------------------------------------------------------------------------- */

static void
put_whose_of(const Reading *reading, MwEntry *entry, const MwRecord *record)
{
    const char *const *names = reading->entity->calendar->whose;
    int64_t ids[MW_CALENDAR_WHOSE] = { 0 };

    for (size_t i = 0; names && names[i]; i++)
        ids[i] = mw_record_int(record, names[i]);
    put_whose(reading, entry, ids);
}

/* The ones to come of an open record with a rule. */
static void
add_to_come(Reading *reading, const MwRecord *record)
{
    const MwCalendar *c = record->entity->calendar;
    MwRepeat repeat = mw_calendar_repeat(record);
    int64_t begin = mw_record_int(record, c->begin), end = mw_record_int(record, c->end), day;
    const char *due = mw_record_text(record, c->day);

    if (begin)
        day = mw_date_of_instant(begin, reading->zone);
    else if (!due || !mw_date_parse(due, &day))
        return;
    for (unsigned n = 0; mw_repeat_next(&repeat, day, &day); n++) {
        MwEntry entry = { .id = mw_record_id(record),
                          .version = mw_record_version(record),
                          .owner = mw_record_int(record, "owner"),
                          .to_come = true };
        const int64_t *part = g_hash_table_lookup(reading->parts, &entry.id);
        g_autofree char *date = mw_date_format(day, MW_CLOCK_ISO);
        if (day >= reading->to)
            return;
        if (n == MW_TO_COME_MAX) {
            reading->cut->series = true;
            return;
        }
        if (part)
            entry.owner = *part;
        if (repeat.count)
            repeat.count--;
        if (begin) {
            entry.begin = mw_calendar_on_day(begin, day, reading->zone);
            entry.end = end ? entry.begin + end - begin : 0;
        }
        if (!place(&entry, date, &reading->clock) || entry.last < reading->from)
            continue;
        entry.title = g_strdup(mw_record_text(record, record->entity->title));
        entry.colour = g_strdup(mw_record_text(record, c->colour));
        put_whose_of(reading, &entry, record);
        g_array_append_val(reading->entries, entry);
    }
}

/* Of the owners, and those that they take part in: their parts in the open one are not of these days. */
static MwFilter *
series_of(Reading *reading)
{
    const MwEntity *people = people_of(reading);
    MwFilter *any = mw_filter_any();

    if (reading->owners->len == 0) {
        mw_filter_free(any);
        return NULL;
    }
    mw_filter_add(any, of_owners(reading));
    if (people)
        mw_filter_add(any, mw_filter_has(people, mw_entity_field(people, people->master),
                                         one_of(mw_entity_field(people, "user"), reading->owners)));
    return any;
}

static bool
read_series(Reading *reading, GError **error)
{
    const MwContext *context = reading->context;
    const MwEntity *entity = reading->entity;
    const MwField *repeats = mw_entity_field(entity, "repeats");
    g_autoptr(MwFilter) filter = mw_filter_all();
    const char *const drawn[] = {
        "owner",
        entity->title,
        entity->calendar->begin,
        entity->calendar->end,
        entity->calendar->day,
        entity->calendar->colour,
        "repeats",
        "repeat_every",
        "repeat_on",
        "repeat_until",
        "repeat_count",
        "repeat_day",
    };
    MwQuery query = { .entity = entity, .filter = filter, .limit = MW_SERIES_MAX };

    if (!repeats || !mw_actor_sees(context->actor, entity, repeats))
        return true;
    mw_filter_add(filter, series_of(reading));
    /* By this order for its index: few repeat, while very many are open. */
    query.order[query.n_order++] = (MwOrder){ repeats, false };
    mw_filter_add(filter, mw_filter_test(repeats, MW_TEST_NOT_NULL, MW_NOTHING));
    mw_filter_add(filter, mw_filter_test(mw_entity_field(entity, entity->calendar->done),
                                         MW_TEST_EQ, MW_INT(0)));
    if (reading->asked)
        mw_filter_add(filter, mw_filter_copy(reading->asked));
    for (size_t i = 0; i < G_N_ELEMENTS(drawn); i++)
        mw_query_want(&query, mw_entity_field(entity, drawn[i]));
    g_autoptr(GPtrArray) found =
        mw_record_find(context, &query, MW_MAY_READ, &reading->cut->series, error);
    for (guint i = 0; found && i < found->len; i++)
        add_to_come(reading, found->pdata[i]);
    return found != NULL;
}

static int
compare(gconstpointer a, gconstpointer b)
{
    const MwEntry *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->all_day != y->all_day)
        return x->all_day ? -1 : 1;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* ---- texts of those that are shown ------------------------------------------------ */

typedef struct {
    const Reading *reading;
    GHashTable *shown; /* id -> MwEntry */
} Texts;

static bool
keep_texts(const MwValue *c, size_t n_columns, void *data)
{
    const Texts *texts = data;
    MwEntry *entry = g_hash_table_lookup(texts->shown, &c[0].integer);

    if (entry && !entry->title)
        put_texts(texts->reading, entry, c + 1, n_columns - 1);
    return true;
}

/* Of each day's first `most`; those without a title are to be read. */
static GHashTable *
shown_without(const Reading *reading, unsigned most)
{
    GHashTable *shown = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autofree unsigned *n = g_new0(unsigned, reading->to - reading->from);

    for (guint i = 0; i < reading->entries->len; i++) {
        MwEntry *entry = &g_array_index(reading->entries, MwEntry, i);
        int64_t last = MIN(entry->last, reading->to - 1);
        for (int64_t day = MAX(entry->first, reading->from); day <= last; day++)
            if (n[day - reading->from]++ < most && !entry->title)
                g_hash_table_insert(shown, &entry->id, entry);
    }
    return shown;
}

static bool
read_texts(const Reading *reading, unsigned most, GError **error)
{
    const MwContext *context = reading->context;
    const MwEntity *entity = reading->entity;
    g_autoptr(GHashTable) shown = shown_without(reading, most);
    g_autoptr(MwFilter) filter =
        mw_filter_test(mw_entity_field(entity, "id"), MW_TEST_IN, MW_NOTHING);
    MwQuery query = { .entity = entity, .filter = filter };
    g_autoptr(GString) sql = g_string_new("SELECT t.\"id\"");
    Texts texts = { reading, shown };
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    GHashTableIter ids;
    void *id;

    g_array_set_size(filter->values, 0);
    g_hash_table_iter_init(&ids, shown);
    while (g_hash_table_iter_next(&ids, &id, NULL))
        mw_filter_value(filter, MW_INT(*(int64_t *)id));
    if (filter->values->len == 0)
        return true;
    append_texts(entity, sql);
    g_string_append(sql, " FROM ");
    mw_sql_name(sql, entity->name);
    g_string_append(sql, " t ");
    mw_query_where(&query, mw_store_dialect(context->store), sql, params);
    return mw_store_run(context->store, sql->str, (const MwValue *)params->data, params->len,
                        keep_texts, &texts, error);
}

GArray *
mw_entries_find(const MwContext *context, const MwEntity *entity, const MwFilter *asked,
                const GArray *owners, int64_t from, int64_t to, unsigned most, MwEntriesCut *cut,
                GError **error)
{
    g_autoptr(GArray) entries = g_array_new(false, false, sizeof(MwEntry));
    g_autoptr(GHashTable) parts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Reading reading = { .context = context,
                        .entity = entity,
                        .asked = asked,
                        .owners = owners,
                        .parts = parts,
                        .entries = entries,
                        .zone = context->locale.zone,
                        .clock = clock_of(context->locale.zone,
                                          (from - MW_CALENDAR_BACK_DAYS) * MW_DAY_MS,
                                          (to + 1) * MW_DAY_MS),
                        .from = from,
                        .to = to,
                        .cut = cut };

    *cut = (MwEntriesCut){ 0 };
    g_array_set_clear_func(entries, entry_clear);
    if (!find_parts(&reading, error) ||
        !read_range(&reading, of_owners(&reading), most == 0, error) ||
        !read_parts(&reading, most == 0, error))
        return NULL;
    cut->entries = entries->len > MW_ENTRIES_MAX;
    if (!read_series(&reading, error))
        return NULL;
    g_array_sort(entries, compare);
    if (most > 0 && !read_texts(&reading, most, error))
        return NULL;
    return g_steal_pointer(&entries);
}
