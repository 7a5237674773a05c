#include "record/taken.h"

#include "base/i18n.h"
#include "base/money.h"
#include "record/rules.h"

struct MwTaken {
    const MwContext *context;
    GHashTable *found; /* id -> MwRecord, of any entity; a bulk load keeps it for its transaction */
};

/* The link of the line to what has the field that `field` is taken from. */
static const MwField *
link_of(const MwEntity *entity, const MwField *field)
{
    size_t size = strcspn(field->taken_from, "."), i = 0;
    const char *target;

    do
        target = entity->fields[i++].target;
    while (!target || strlen(target) != size || strncmp(target, field->taken_from, size) != 0);
    return &entity->fields[i - 1];
}

static bool
lacks(const MwRecord *line, const MwField *field, const MwField *link)
{
    return mw_record_value(line, field)->is == MW_NULL &&
           mw_record_value(line, link)->is == MW_INTEGER &&
           (mw_record_changed(line, link) || field->flags & MW_REQUIRED);
}

/* The records that `link` points at, with what any field takes from them. */
static bool
read_linked(MwTaken *taken, const MwEntity *entity, const MwField *link, const GPtrArray *lines,
            GError **error)
{
    const MwContext *context = taken->context;
    const MwEntity *target = mw_catalog_entity(context->catalog, link->target);
    MwQuery query = { .entity = target };
    guint at = 0;

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *source = mw_catalog_source(context->catalog, &entity->fields[i]);
        if (!source || link_of(entity, &entity->fields[i]) != link)
            continue;
        mw_query_want(&query, source);
        if (source->currency)
            mw_query_want(&query, mw_entity_field(target, source->currency));
    }
    while (at < lines->len) {
        g_autoptr(MwFilter) filter =
            mw_filter_test(&target->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
        g_array_set_size(filter->values, 0);
        for (; at < lines->len && filter->values->len < MW_PAGE_MAX; at++) {
            const MwValue *id = mw_record_value(lines->pdata[at], link);
            if (id->is == MW_INTEGER && !g_hash_table_contains(taken->found, &id->integer))
                mw_filter_value(filter, *id);
        }
        query.filter = filter;
        g_autoptr(GPtrArray) records =
            filter->values->len > 0 ? mw_record_find(context, &query, MW_MAY_READ, NULL, error)
                                    : g_ptr_array_new();
        if (!records)
            return false;
        for (guint i = 0; i < records->len; i++) {
            MwRecord *record = g_steal_pointer(&records->pdata[i]);
            int64_t id = mw_record_id(record);
            g_hash_table_replace(taken->found, g_memdup2(&id, sizeof id), record);
        }
    }
    return true;
}

static void
unref(gpointer found)
{
    g_hash_table_unref(found);
}

MwTaken *
mw_taken_read(const MwContext *context, const MwEntity *entity, const GPtrArray *lines,
              GError **error)
{
    static const char kept[] = "taken from what lines link to";
    g_autoptr(MwTaken) taken = g_new0(MwTaken, 1);
    g_autoptr(GPtrArray) lacking = g_ptr_array_new();

    taken->context = context;
    taken->found = mw_store_kept(context->store, kept);
    if (taken->found) {
        g_hash_table_ref(taken->found);
    } else {
        taken->found = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                             (GDestroyNotify)mw_record_free);
        if (mw_store_is_bulk(context->store))
            mw_store_keep(context->store, kept, g_hash_table_ref(taken->found), unref, NULL);
    }
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        const MwField *link = field->taken_from ? link_of(entity, field) : NULL;
        if (!link)
            continue;
        g_ptr_array_set_size(lacking, 0);
        for (guint j = 0; j < lines->len; j++)
            if (lacks(lines->pdata[j], field, link))
                g_ptr_array_add(lacking, lines->pdata[j]);
        if (!read_linked(taken, entity, link, lacking, error))
            return NULL;
    }
    return g_steal_pointer(&taken);
}

void
mw_taken_free(MwTaken *taken)
{
    if (!taken)
        return;
    g_hash_table_unref(taken->found);
    g_free(taken);
}

static const char *
currency_of(const MwContext *context, const MwRecord *record, const char *name)
{
    const char *code = mw_entity_field(record->entity, name) ? mw_record_text(record, name) : NULL;

    return code ? code : context->locale.currency;
}

/* What one unit of a currency is in the base currency; 0 where no rate says so. */
static bool
read_rate(const MwContext *context, const char *currency, const char *day, int64_t *rate,
          GError **error)
{
    *rate = 1;
    if (g_str_equal(currency, context->locale.currency))
        return mw_decimal_rescale(1, 0, MW_RATE_SCALE, rate);
    return mw_rules_rate(context, currency, day, rate, error);
}

/* A price in another currency, to the cent from one unit on; small ones keep their digits. */
static bool
convert(int64_t price, int64_t from, int64_t to, const char *code, int64_t *out)
{
    unsigned exponent = mw_currency_find(code)->exponent;
    int64_t exact, round;

    if (!mw_decimal_proportion(price, from, to, &exact))
        return false;
    *out = exact;
    return !mw_decimal_rescale(1, 0, MW_PRICE_SCALE, &round) || ABS(exact) < round ||
           (mw_decimal_rescale(exact, MW_PRICE_SCALE, exponent, &round) &&
            mw_decimal_rescale(round, exponent, MW_PRICE_SCALE, out));
}

static bool
put_price(const MwContext *context, MwRecord *line, const MwField *field, const MwRecord *from,
          const MwField *source, const MwRecord *master, MwProblems *problems, GError **error)
{
    const char *theirs = currency_of(context, from, source->currency);
    const char *ours = currency_of(context, master, field->currency);
    int64_t price = mw_record_value(from, source)->integer, rates[2];

    if (!g_str_equal(theirs, ours)) {
        g_autofree char *day = mw_rules_rate_day(context, master);
        if (!read_rate(context, theirs, day, &rates[0], error) ||
            !read_rate(context, ours, day, &rates[1], error))
            return false;
        if (rates[0] == 0 || rates[1] == 0) {
            mw_problems_add(problems, field->name, "no_rate",
                            _("The price of the product is in %s, and there is no exchange rate "
                              "for %s on %s: write the price."),
                            theirs, rates[0] == 0 ? theirs : ours, day);
            return true;
        }
        if (!convert(price, rates[0], rates[1], ours, &price))
            return true;
    }
    mw_record_put(line, field, MW_INT(price));
    return true;
}

static bool
put_one(const MwTaken *taken, MwRecord *line, const MwField *field, const MwRecord *master,
        MwProblems *problems, GError **error)
{
    const MwContext *context = taken->context;
    const MwField *link = link_of(line->entity, field);
    const MwField *source = mw_catalog_source(context->catalog, field);
    const MwRecord *from =
        lacks(line, field, link)
            ? g_hash_table_lookup(taken->found, &mw_record_value(line, link)->integer)
            : NULL;
    MwValue value = MW_NOTHING;

    if (!from || mw_record_value(from, source)->is == MW_NULL ||
        !mw_actor_sees(context->actor, from->entity, source))
        return true;
    if (source->currency)
        return put_price(context, line, field, from, source, master, problems, error);
    mw_value_copy(&value, mw_record_value(from, source));
    mw_record_put(line, field, value);
    return true;
}

bool
mw_taken_put(const MwTaken *taken, MwRecord *line, const MwInput *input, const MwRecord *master,
             MwProblems *problems, GError **error)
{
    const MwEntity *entity = line->entity;

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        bool emptied = input && mw_input_has(input, field) && !mw_input_get(input, field) &&
                       !mw_input_value(input, field);
        if (field->taken_from && !emptied && !mw_problems_of(problems, field->name) &&
            !put_one(taken, line, field, master, problems, error))
            return false;
    }
    return true;
}
