#include "methods/views.h"

#include "base/i18n.h"
#include "record/service.h"

static bool
keep_place(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwViewPlace place = { columns[0].integer, columns[1].integer, columns[2].integer != 0 };

    g_array_append_val((GArray *)data, place);
    return true;
}

GArray *
mw_views_places(const MwContext *context, const MwEntity *entity, GError **error)
{
    g_autoptr(GArray) places = g_array_new(false, false, sizeof(MwViewPlace));
    MwValue params[] = { MW_INT(mw_actor_user(context->actor)), MW_BORROW(entity->name) };

    if (!mw_store_run(context->store,
                      "SELECT view, position, initial FROM view_place WHERE user_id = $1 "
                      "AND entity = $2",
                      params, 2, keep_place, places, error))
        return NULL;
    return g_steal_pointer(&places);
}

/* None of the user's views of the entity but one (0: none) is shown first any more. */
static bool
clear_initial(const MwContext *context, int64_t user, const char *entity, int64_t except,
              GError **error)
{
    MwValue params[] = { MW_INT(user), MW_BORROW(entity), MW_INT(except) };

    return mw_store_run(context->store,
                        "UPDATE saved_view SET initial = 0 WHERE owner = $1 AND entity = $2 "
                        "AND id <> $3 AND initial = 1",
                        params, 3, NULL, NULL, error) &&
           mw_store_run(context->store,
                        "UPDATE view_place SET initial = 0 WHERE user_id = $1 AND entity = $2 "
                        "AND view <> $3 AND initial = 1",
                        params, 3, NULL, NULL, error);
}

/* The views among these ids that the actor may read, of MwRecord. */
static GPtrArray *
read_views(const MwContext *context, const MwEntity *entity, const GArray *ids, GError **error)
{
    const MwEntity *view = mw_catalog_entity(context->catalog, "saved_view");
    g_autoptr(MwFilter) all = mw_filter_all();
    MwFilter *among = mw_filter_test(&view->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
    MwQuery query = { .entity = view, .filter = all, .limit = MW_VIEWS_MAX };

    mw_filter_add(all, among);
    mw_filter_add(
        all, mw_filter_test(mw_entity_field(view, "entity"), MW_TEST_EQ, MW_BORROW(entity->name)));
    for (guint i = 0; i < ids->len; i++)
        mw_filter_value(among, MW_INT(g_array_index(ids, int64_t, i)));
    return mw_record_find(context, &query, MW_MAY_READ, NULL, error);
}

static const MwRecord *
view_of(const GPtrArray *views, int64_t id)
{
    for (guint i = 0; i < views->len; i++)
        if (mw_record_id(views->pdata[i]) == id)
            return views->pdata[i];
    return NULL;
}

static void
check_order(const GArray *order, const GPtrArray *views, MwProblems *problems)
{
    for (guint i = 0; i < order->len; i++) {
        int64_t id = g_array_index(order, int64_t, i);
        bool again = false;
        for (guint j = 0; j < i; j++)
            again |= g_array_index(order, int64_t, j) == id;
        if (again || !view_of(views, id)) {
            mw_problems_add(problems, "order", "not_found",
                            _("Name each of these views once: those that you see in this list."));
            return;
        }
    }
}

static bool
put_place(const MwContext *context, const MwEntity *entity, const MwViewPlace *place,
          GError **error)
{
    MwValue row[] = { MW_INT(mw_actor_user(context->actor)), MW_INT(place->view),
                      MW_BORROW(entity->name), MW_INT(place->position), MW_INT(place->initial) };

    return mw_store_run(context->store,
                        "INSERT INTO view_place (user_id, view, entity, position, initial) "
                        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id, view) DO UPDATE SET "
                        "position = excluded.position, initial = excluded.initial",
                        row, G_N_ELEMENTS(row), NULL, NULL, error);
}

/* Of one's own the view itself says it. */
static bool
put_initial(const MwContext *context, const MwEntity *entity, const MwRecord *view, guint position,
            GError **error)
{
    int64_t user = mw_actor_user(context->actor), id = mw_record_id(view);
    MwValue param = MW_INT(id);
    const MwViewPlace place = { id, position, true };

    if (mw_record_int(view, "owner") == user)
        return mw_store_run(context->store, "UPDATE saved_view SET initial = 1 WHERE id = $1",
                            &param, 1, NULL, NULL, error);
    return put_place(context, entity, &place, error);
}

bool
mw_views_arrange(const MwContext *context, const MwEntity *entity, const GArray *order,
                 int64_t initial, MwProblems *problems, GError **error)
{
    int64_t user = mw_actor_user(context->actor);
    MwValue params[] = { MW_INT(user), MW_BORROW(entity->name) };
    g_autoptr(GArray) ids = g_array_copy((GArray *)order);
    guint place_of_initial = order->len;

    if (initial)
        g_array_append_val(ids, initial);
    if (order->len > MW_VIEWS_MAX) {
        mw_problems_add(problems, "order", "too_many", _("At most %d views."), MW_VIEWS_MAX);
        return true;
    }
    g_autoptr(GPtrArray) views = read_views(context, entity, ids, error);
    if (!views)
        return false;
    check_order(order, views, problems);
    if (initial && !view_of(views, initial))
        mw_problems_add(problems, "initial", "not_found", _("There is no such view."));
    if (mw_problems_any(problems))
        return true;
    if (!clear_initial(context, user, entity->name, 0, error) ||
        !mw_store_run(context->store, "DELETE FROM view_place WHERE user_id = $1 AND entity = $2",
                      params, 2, NULL, NULL, error))
        return false;
    for (guint i = 0; i < order->len; i++) {
        const MwViewPlace place = { g_array_index(order, int64_t, i), i, false };
        if (place.view == initial)
            place_of_initial = i;
        if (!put_place(context, entity, &place, error))
            return false;
    }
    return !initial ||
           put_initial(context, entity, view_of(views, initial), place_of_initial, error);
}

static bool
after_view(const MwContext *context, const MwRecord *view, const MwRecord *before, GError **error)
{
    MwValue id = MW_INT(mw_record_id(view));
    bool initial = mw_record_int(view, "initial") != 0;

    if (!mw_record_is_null(view, "deleted_at"))
        return mw_store_run(context->store, "DELETE FROM view_place WHERE view = $1", &id, 1, NULL,
                            NULL, error);
    return !initial || (before && mw_record_int(before, "initial")) ||
           clear_initial(context, mw_record_int(view, "owner"), mw_record_text(view, "entity"),
                         mw_record_id(view), error);
}

const MwDerivation mw_view_derivations[] = {
    { .entity = "saved_view", .after = after_view },
    { .entity = NULL },
};
