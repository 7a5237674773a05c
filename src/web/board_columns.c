/* board_columns: the columns of a board, and what they come to. */
#include "base/i18n.h"
#include "record/sums.h"
#include "web/board.h"

/* ---- columns -------------------------------------------------------------------- */

static bool
is_closed(const MwBoard *board, const char *state)
{
    return state && board->closed && g_strv_contains(board->closed, state);
}

static void
add_choices(MwColumns *columns)
{
    for (const MwChoice *choice = columns->field->choices; choice->key; choice++) {
        MwColumn column = { .value = choice->key,
                            .label = _(choice->label),
                            .tone = choice->tone,
                            .closed = is_closed(columns->board, choice->key),
                            .end = mw_board_end(columns->board, choice->key) };
        g_array_append_val(columns->columns, column);
    }
}

static MwColumn
column_of(const MwColumns *columns, const MwRecord *record, const MwField *state,
          const MwField *expected)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, mw_record_id(record));
    g_autoptr(GString) title = g_string_new(NULL);
    const char *key = state ? mw_record_text(record, state->name) : NULL;

    mw_record_title(record, title);
    return (MwColumn){ .id = mw_record_id(record),
                       .value = g_string_chunk_insert(columns->texts, id),
                       .label = g_string_chunk_insert(columns->texts, title->str),
                       .expected = expected ? mw_record_int(record, expected->name) : 0,
                       .closed = is_closed(columns->board, key),
                       .end = mw_board_end(columns->board, key) };
}

/* Those that the reader may read: a board tells of them what a card's link does not. */
static GPtrArray *
find_seen(const MwColumns *columns, MwQuery *query, GError **error)
{
    const MwContext *context = columns->request->context;
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, query->entity, MW_MAY_READ);

    query->scope = scope;
    return mw_store_find(context->store, query, NULL, error);
}

static bool
add_linked(MwColumns *columns, const MwEntity *target, GError **error)
{
    const MwBoard *board = columns->board;
    const MwField *state = board->state ? mw_entity_field(target, board->state) : NULL;
    const MwField *expected = board->expected ? mw_entity_field(target, board->expected) : NULL;
    g_autoptr(MwFilter) filter = columns->of
                                     ? mw_filter_test(mw_entity_field(target, target->master),
                                                      MW_TEST_EQ, MW_INT(columns->of))
                                     : NULL;
    MwQuery query = { .entity = target, .filter = filter, .limit = MW_COLUMNS_MAX, .n_order = 1 };

    mw_order_parse(target, target->order, &query.order[0]);
    g_autoptr(GPtrArray) found = find_seen(columns, &query, error);
    for (guint i = 0; found && i < found->len; i++) {
        MwColumn column = column_of(columns, found->pdata[i], state, expected);
        g_array_append_val(columns->columns, column);
    }
    return found != NULL;
}

/* ---- boards --------------------------------------------------------------------------- */

/* What is no longer in use is left out, the default comes first, where the entity tells either. */
static bool
add_boards(MwColumns *columns, const MwEntity *target, GError **error)
{
    const MwField *active = mw_entity_field(target, "active");
    const MwField *preferred = mw_entity_field(target, "is_default");
    g_autoptr(MwFilter) filter = active ? mw_filter_test(active, MW_TEST_EQ, MW_INT(1)) : NULL;
    MwQuery query = { .entity = target, .filter = filter, .limit = MW_BOARDS_MAX };

    if (preferred)
        query.order[query.n_order++] = (MwOrder){ preferred, true };
    query.order[query.n_order++] = (MwOrder){ &target->fields[MW_FIELD_ID], false };
    g_autoptr(GPtrArray) found = find_seen(columns, &query, error);
    for (guint i = 0; found && i < found->len; i++) {
        MwColumn board = column_of(columns, found->pdata[i], NULL, NULL);
        g_array_append_val(columns->boards, board);
    }
    if (found && !columns->of && found->len > 0)
        columns->of = mw_record_id(found->pdata[0]);
    return found != NULL;
}

bool
mw_columns_init(MwColumns *columns, const MwRequest *request, const MwEntity *entity, int64_t of,
                GError **error)
{
    const MwCatalog *catalog = request->context->catalog;

    *columns = (MwColumns){
        .request = request,
        .entity = entity,
        .board = entity->board,
        .field = mw_entity_field(entity, entity->board->columns),
        .of = of,
        .boards = g_array_new(false, false, sizeof(MwColumn)),
        .columns = g_array_new(false, false, sizeof(MwColumn)),
        .texts = g_string_chunk_new(512),
    };
    if (!columns->field->target) {
        add_choices(columns);
        return true;
    }
    if (entity->board->boards &&
        !add_boards(
            columns,
            mw_catalog_entity(catalog, mw_entity_field(entity, entity->board->boards)->target),
            error))
        return false;
    return add_linked(columns, mw_catalog_entity(catalog, columns->field->target), error);
}

void
mw_columns_clear(MwColumns *columns)
{
    g_clear_pointer(&columns->boards, g_array_unref);
    g_clear_pointer(&columns->columns, g_array_unref);
    g_clear_pointer(&columns->texts, g_string_chunk_free);
}

MwColumn *
mw_columns_find(const MwColumns *columns, const char *value)
{
    for (guint i = 0; i < columns->columns->len; i++)
        if (g_strcmp0(mw_column_at(columns->columns, i)->value, value) == 0)
            return mw_column_at(columns->columns, i);
    return NULL;
}

MwColumn *
mw_columns_of(const MwColumns *columns, const MwRecord *record)
{
    const MwValue *value = mw_record_value(record, columns->field);

    for (guint i = 0; i < columns->columns->len; i++) {
        MwValue own = mw_column_value(mw_column_at(columns->columns, i));
        if (mw_value_equal(&own, value))
            return mw_column_at(columns->columns, i);
    }
    return NULL;
}

MwValue
mw_column_value(const MwColumn *column)
{
    return column->id ? MW_INT(column->id) : MW_BORROW(column->value);
}

/* ---- sums -------------------------------------------------------------------------------- */

static size_t
summed_fields(const MwColumns *columns, const MwField *fields[MW_GROUP_SUMS])
{
    const char *const names[] = { columns->board->amount, columns->board->weighted };
    size_t n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const MwField *field = names[i] ? mw_entity_field(columns->entity, names[i]) : NULL;
        if (field && mw_actor_sees(columns->request->context->actor, columns->entity, field))
            fields[n++] = field;
    }
    return n;
}

bool
mw_columns_sum(const MwColumns *columns, const MwList *list, const MwColumn *wanted, GError **error)
{
    const MwContext *context = columns->request->context;
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, columns->entity, MW_MAY_READ);
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwFilter *in = mw_filter_test(columns->field, MW_TEST_IN, MW_NOTHING);
    const MwField *fields[MW_GROUP_SUMS];
    size_t n = summed_fields(columns, fields);
    MwQuery query = { .entity = columns->entity, .scope = scope, .filter = filter };
    bool all;

    g_array_set_size(in->values, 0);
    for (guint i = 0; i < columns->columns->len; i++) {
        MwColumn *column = mw_column_at(columns->columns, i);
        if (wanted ? column != wanted : column->closed)
            continue;
        column->summed = true;
        mw_filter_value(in, mw_column_value(column));
    }
    mw_filter_add(filter, in);
    mw_filter_add(filter, mw_filter_copy(list->filter));
    g_autoptr(GArray) groups =
        mw_sums_groups(context, &query, columns->field, fields, n, &all, error);
    for (guint i = 0; groups && i < groups->len; i++) {
        const MwGroup *group = &g_array_index(groups, MwGroup, i);
        for (guint j = 0; j < columns->columns->len; j++) {
            MwColumn *column = mw_column_at(columns->columns, j);
            MwValue own = mw_column_value(column);
            if (!mw_value_equal(&own, &group->key))
                continue;
            column->count = group->count;
            for (size_t k = 0; k < n; k++)
                *(fields[k] == mw_entity_field(columns->entity, columns->board->amount)
                      ? &column->amount
                      : &column->weighted) = group->sums[k];
        }
    }
    for (guint i = 0; groups && i < columns->columns->len; i++)
        mw_column_at(columns->columns, i)->exact = all;
    return groups != NULL;
}
