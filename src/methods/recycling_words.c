/* recycling_words: the words by which what a pool holds is found, made anew; see recycling.h. */
#include "methods/recycling.h"
#include "record/work.h"
#include "record/write.h"
#include "store/search.h"

enum { BATCH = 200 };

typedef struct {
    int64_t pool, last;
    guint n;
} Words;

static bool
words_step(const MwContext *context, void *data, GError **error)
{
    Words *words = data;
    MwValue id = MW_INT(words->pool);
    g_auto(MwValue) holds = MW_NOTHING;

    words->n = 0;
    if (!mw_store_scalar(context->store, "SELECT holds FROM pool WHERE id = $1", &id, 1, &holds,
                         error))
        return false;
    const MwEntity *entity =
        holds.is == MW_TEXT ? mw_catalog_entity(context->catalog, holds.text) : NULL;
    if (!entity)
        return true;
    g_autoptr(MwFilter) filter =
        mw_filter_test(mw_entity_field(entity, "pool"), MW_TEST_EQ, MW_INT(words->pool));
    MwCursor cursor = { .id = words->last };
    MwQuery query = { .entity = entity, .filter = filter, .limit = BATCH };
    query.after = words->last ? &cursor : NULL;
    g_autoptr(GPtrArray) records = mw_store_find(context->store, &query, NULL, error);
    if (!records)
        return false;
    for (guint i = 0; i < records->len; i++) {
        MwRecord *record = records->pdata[i];
        const MwField *pool = mw_entity_field(entity, "pool");
        record->changed[pool->index / 64] |= UINT64_C(1) << (pool->index % 64);
        if (!mw_search_drop(context->store, mw_record_id(record), error) ||
            !mw_write_index(context, record, error))
            return false;
        words->last = mw_record_id(record);
    }
    words->n = records->len;
    return true;
}

bool
mw_recycling_words(MwCompany *company, MwStore *store, int64_t pool, GError **error)
{
    Words words = { .pool = pool };

    do
        if (!mw_work_atomically(company, store, words_step, &words, error))
            return false;
    while (words.n == BATCH);
    return true;
}
