/* demo_kit: dice, ids, days, bulk and the service for the demo company. */
#include <math.h>

#include "base/clock.h"
#include "base/money.h"
#include "cli/demo.h"
#include "record/write.h"
#include "store/query.h"

enum { CHUNKS_COMMITTED = 10 };

MwDice
mw_demo_dice(const MwDemo *demo, MwDiceKind kind, size_t i)
{
    return (MwDice){ demo->seed, (uint64_t)kind << 56 | i, 0 };
}

double
mw_demo_roll(MwDice *dice)
{
    return mw_uniform(dice->seed, dice->stream, dice->n++);
}

size_t
mw_demo_pick(MwDice *dice, size_t n)
{
    return (size_t)(mw_demo_roll(dice) * (double)n);
}

const char *
mw_demo_word(MwDice *dice, const char *const *list)
{
    return list[mw_demo_pick(dice, mw_demo_count(list))];
}

/* As base/id.h lays them out, with a serial number in place of node and counter. */
static int64_t
next_id(MwDemo *demo, int64_t instant)
{
    int64_t base = mw_id_instant(0);

    demo->last_serial = (demo->last_serial + 1) & 0x3fffff;
    return (instant - base) << 22 | demo->last_serial;
}

MwRecord *
mw_demo_record(MwDemo *demo, const char *entity, int64_t instant, int64_t user)
{
    MwRecord *record = mw_record_new(mw_catalog_entity(demo->context->catalog, entity));

    mw_record_set_int(record, "id", next_id(demo, instant));
    mw_record_set_int(record, "created_at", instant);
    mw_record_set_int(record, "updated_at", instant);
    if (user) {
        mw_record_set_int(record, "created_by", user);
        mw_record_set_int(record, "updated_by", user);
    }
    return record;
}

int64_t
mw_demo_at(const MwDemo *demo, int64_t day, double hour)
{
    return mw_instant_of_date(day, demo->context->settings->zone) + (int64_t)(hour * 3600e3);
}

void
mw_demo_set_day(MwRecord *record, const char *field, int64_t day)
{
    g_autofree char *text = mw_date_format(day, MW_CLOCK_ISO);

    mw_record_set_text(record, field, text);
}

void
mw_demo_check(MwRecord *record)
{
    g_autoptr(MwProblems) problems = mw_problems_new();

    if (record->entity->hooks.check)
        record->entity->hooks.check(record, NULL, NULL, problems);
    g_assert(!mw_problems_any(problems));
}

static int
by_id(gconstpointer a, gconstpointer b)
{
    int64_t x = mw_record_id(*(MwRecord *const *)a), y = mw_record_id(*(MwRecord *const *)b);

    return (x > y) - (x < y);
}

/* By id: FTS5 writes out all that it has gathered when a number is lower than the one before. */
bool
mw_demo_flush(MwDemo *demo, GPtrArray *records, GError **error)
{
    g_ptr_array_sort(records, by_id);
    if (!mw_store_insert_many(demo->context->store, (MwRecord *const *)records->pdata, records->len,
                              error))
        return false;
    for (guint i = 0; i < records->len; i++)
        if (!mw_write_index(demo->context, records->pdata[i], error))
            return false;
    g_ptr_array_set_size(records, 0);
    return true;
}

bool
mw_demo_pause(MwDemo *demo, GError **error)
{
    MwStore *store = demo->context->store;

    return ++demo->pauses % CHUNKS_COMMITTED != 0 ||
           (mw_store_commit(store, error) && mw_store_begin(store, true, error));
}

/* Around a level, with a slow wave. */
int64_t
mw_demo_rate(const MwDemo *demo, size_t which, int64_t day)
{
    const double levels[2][2] = { { 0.92, 1.17 }, { 7.1, 7.7 } };
    double quarter = floor((double)(day - demo->today + 400 * MW_DEMO_YEARS) / 91.0);
    double wave = 1.0 + 0.02 * sin(quarter * 1.3 + (double)which);

    return (int64_t)(levels[demo->zh][which] * wave * 1e4 + 0.5) * 10000;
}

int64_t
mw_demo_team(const MwDemo *demo, unsigned seller)
{
    /* Two sellers in the first region, one in each of the others. */
    static const unsigned teams[MW_DEMO_SALES] = { 1, 1, 2, 3 };

    return demo->teams[teams[seller]];
}

void
mw_demo_own(const MwDemo *demo, MwRecord *record, unsigned seller)
{
    mw_record_set_int(record, "owner", demo->users[MW_DEMO_SELLER + seller]);
    mw_record_set_int(record, "team", mw_demo_team(demo, seller));
}

/* ---- through the record service ---------------------------------------------------- */

MwContext
mw_demo_as(const MwDemo *demo, unsigned user, int64_t instant)
{
    MwContext as = *demo->context;

    as.actor = demo->actors[user];
    as.now = MIN(instant, demo->context->now);
    as.source = "web";
    return as;
}

MwInput *
mw_demo_input(const MwDemo *demo, const char *entity)
{
    return mw_input_new(mw_catalog_entity(demo->context->catalog, entity));
}

void
mw_demo_put(MwInput *input, const char *field, int64_t number)
{
    mw_input_set_value(input, mw_entity_field(mw_input_entity(input), field), MW_INT(number));
}

void
mw_demo_put_day(MwInput *input, const char *field, int64_t day)
{
    g_autofree char *text = mw_date_format(day, MW_CLOCK_ISO);

    mw_input_set(input, field, text);
}

int64_t
mw_demo_save(const MwContext *as, const MwInput *input, int64_t id, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwRecord) record = mw_record_write(as, input, id, problems, error);

    if (record && mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        g_set_error(error, MW_ERROR, MW_ERROR_INTERNAL, "%s: %s", mw_input_entity(input)->name,
                    text);
        return 0;
    }
    return record ? mw_record_id(record) : 0;
}

bool
mw_demo_attach(const MwContext *as, const char *entity, int64_t id, const char *name,
               const char *type, const char *bytes, size_t size, GError **error)
{
    g_autoptr(MwActor) system = mw_actor_system(mw_actor_catalog(as->actor));
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(as->catalog, "file"));
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
    g_autofree char *content = g_base64_encode((const guchar *)bytes, size);
    g_autofree char *record = g_strdup_printf("%" G_GINT64_FORMAT, id);
    MwContext own = *as;

    own.actor = system;
    mw_input_set(input, "name", name);
    mw_input_set(input, "entity", entity);
    mw_input_set(input, "record", record);
    mw_input_set(input, "content_type", type);
    mw_input_set(input, "sha256", sum);
    mw_demo_put(input, "size", (int64_t)size);
    mw_demo_put(input, "owner", mw_actor_user(as->actor));
    mw_demo_put(input, "created_by", mw_actor_user(as->actor));
    MwValue piece[] = { MW_INT(mw_demo_save(&own, input, 0, error)), MW_INT(0),
                        MW_BORROW(content) };
    return piece[0].integer &&
           mw_store_run(as->store,
                        "INSERT INTO file_piece (file, position, content) VALUES ($1, $2, $3)",
                        piece, G_N_ELEMENTS(piece), NULL, NULL, error);
}
