/* demo_kit: dice, ids, days and bulk for the demo company. */
#include <math.h>

#include "base/clock.h"
#include "base/money.h"
#include "cli/demo.h"
#include "record/write.h"
#include "store/query.h"

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

bool
mw_demo_flush(MwDemo *demo, GPtrArray *records, GError **error)
{
    if (!mw_store_insert_many(demo->context->store, (MwRecord *const *)records->pdata, records->len,
                              error))
        return false;
    for (guint i = 0; i < records->len; i++)
        if (!mw_write_index(demo->context, records->pdata[i], error))
            return false;
    g_ptr_array_set_size(records, 0);
    return true;
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

void
mw_demo_own(const MwDemo *demo, MwRecord *record, unsigned seller)
{
    /* Two sellers in the first region, one in each of the others. */
    static const unsigned teams[MW_DEMO_SALES] = { 1, 1, 2, 3 };

    mw_record_set_int(record, "owner", demo->users[MW_DEMO_SELLER + seller]);
    mw_record_set_int(record, "team", demo->teams[teams[seller]]);
}
