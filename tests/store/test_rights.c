/* rights: who sees and does what, by role, scope, team, field; always in the SQL. */
#include "entities/entities.h"
#include "tests/store/company.h"

#define assert_try(f, id, input, expected)                                                         \
    do {                                                                                           \
        g_autofree char *said = mw_test_try(f, id, input);                                         \
        g_assert_cmpstr(said, ==, expected);                                                       \
    } while (false)

/* A team with another below it, and one beside; somebody of each role. */
typedef struct {
    int64_t north, east, south; /* east is below north */
    int64_t boss, rep, peer, far, admin, viewer, service, marketing;
    int64_t of_boss, of_rep, of_peer, of_far, of_none; /* accounts */
} World;

static int64_t
account(Fixture *f, const char *name, int64_t owner, int64_t team)
{
    return mw_test_save(f, 0,
                        mw_test_input(f, "account", "name", name, "owner",
                                      owner ? mw_test_id(f, owner) : NULL, "team",
                                      team ? mw_test_id(f, team) : NULL, NULL));
}

static World
make_world(Fixture *f)
{
    World w = { 0 };

    w.north = mw_test_save(f, 0, mw_test_input(f, "team", "name", "North", NULL));
    w.east = mw_test_save(
        f, 0, mw_test_input(f, "team", "name", "East", "parent", mw_test_id(f, w.north), NULL));
    w.south = mw_test_save(f, 0, mw_test_input(f, "team", "name", "South", NULL));
    w.boss = mw_test_user(f, "boss", "manager", w.north);
    w.rep = mw_test_user(f, "rep", "sales", w.east);
    w.peer = mw_test_user(f, "peer", "sales", w.east);
    w.far = mw_test_user(f, "far", "sales", w.south);
    w.admin = mw_test_user(f, "admin", "admin", 0);
    w.viewer = mw_test_user(f, "viewer", "viewer", 0);
    w.service = mw_test_user(f, "service", "service", w.south);
    w.marketing = mw_test_user(f, "marketing", "marketing", w.east);
    w.of_boss = account(f, "boss's", w.boss, w.north);
    w.of_rep = account(f, "rep's", w.rep, w.east);
    w.of_peer = account(f, "peer's", w.peer, w.east);
    w.of_far = account(f, "far's", w.far, w.south);
    w.of_none = account(f, "nobody's", 0, 0);
    return w;
}

/* The accounts a right reaches, as the first letters of their names in alphabetical order. */
static char *
reached(Fixture *f, MwRight right)
{
    MwQuery query = { .entity = mw_test_entity(f, "account") };
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) letters = g_string_new(NULL);

    g_assert_true(mw_order_parse(query.entity, "name", &query.order[0]));
    query.n_order = 1;
    g_autoptr(GPtrArray) found = mw_record_find(&f->context, &query, right, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < found->len; i++)
        g_string_append_c(letters, *mw_record_text(found->pdata[i], "name"));
    return g_string_free(g_steal_pointer(&letters), false);
}

static void
test_scopes(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_world(f);
    const struct {
        int64_t user;
        const char *read, *update, *remove, *export;
    } cases[] = {
        { w.boss, "bpr", "bpr", "bpr", "bpr" },
        { w.rep, "pr", "pr", "r", "r" },
        { w.far, "f", "f", "f", "f" },
        { w.admin, "bfnpr", "bfnpr", "bfnpr", "bfnpr" },
        { w.viewer, "bfnpr", "", "", "" },
        { w.service, "bfnpr", "f", "", "" },
        { w.marketing, "bfnpr", "", "", "bfnpr" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const expected[] = { cases[i].read, cases[i].update, cases[i].remove,
                                         cases[i].export };
        const MwRight rights[] = { MW_MAY_READ, MW_MAY_UPDATE, MW_MAY_REMOVE, MW_MAY_EXPORT };
        mw_test_turn(f, cases[i].user);
        for (size_t r = 0; r < G_N_ELEMENTS(rights); r++) {
            g_autofree char *found = reached(f, rights[r]);
            g_assert_cmpstr(found, ==, expected[r]);
        }
    }
}

static void
test_unseen_and_untouchable(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_world(f);
    g_autoptr(GError) error = NULL;

    mw_test_turn(f, w.rep);
    const MwEntity *entity = mw_test_entity(f, "account");
    g_assert_null(mw_record_read(&f->context, entity, w.of_far, MW_LIVE, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    assert_try(f, w.of_far, mw_test_input(f, "account", "name", "x", NULL), "!3");
    /* Seen, but not his to remove. */
    g_assert_false(mw_record_remove(&f->context, entity, w.of_peer, 0, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_DENIED);
    g_clear_error(&error);
    /* What one may not see, one may not point at. */
    assert_try(f, 0,
               mw_test_input(f, "contact", "name", "N", "account", mw_test_id(f, w.of_far), NULL),
               "account:not_found");
    assert_try(f, 0, mw_test_input(f, "team", "name", "Mine", NULL), "!4");
    assert_try(f, 0, mw_test_input(f, "job", NULL), "!4");

    mw_test_turn(f, w.viewer);
    assert_try(f, w.of_far, mw_test_input(f, "account", "name", "x", NULL), "!4");
    assert_try(f, 0, mw_test_input(f, "account", "name", "x", NULL), "!4");

    /* Who may not remove it may not restore it. */
    mw_test_turn(f, w.peer);
    g_assert_true(
        mw_record_remove(&f->context, mw_test_entity(f, "account"), w.of_peer, 0, &error));
    mw_test_turn(f, w.rep);
    g_assert_false(mw_record_restore(&f->context, mw_test_entity(f, "account"), w.of_peer, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_DENIED);
    g_clear_error(&error);
    mw_test_turn(f, w.boss);
    g_assert_true(mw_record_restore(&f->context, mw_test_entity(f, "account"), w.of_peer, &error));
}

static void
test_giving_away(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_world(f);
    const char *far = mw_test_id(f, w.far), *south = mw_test_id(f, w.south);
    const char *peer = mw_test_id(f, w.peer), *east = mw_test_id(f, w.east);

    mw_test_turn(f, w.rep);
    assert_try(f, 0, mw_test_input(f, "account", "name", "x", "owner", peer, NULL), "owner:denied");
    assert_try(f, 0, mw_test_input(f, "account", "name", "x", "owner", NULL, NULL), "owner:denied");
    assert_try(f, 0, mw_test_input(f, "account", "name", "x", NULL), "");
    assert_try(f, w.of_rep, mw_test_input(f, "account", "owner", far, "team", south, NULL),
               "owner:denied");
    assert_try(f, w.of_peer, mw_test_input(f, "account", "team", south, NULL), "owner:denied");
    assert_try(f, w.of_rep, mw_test_input(f, "account", "owner", peer, NULL), "");

    mw_test_turn(f, w.boss);
    assert_try(f, w.of_boss, mw_test_input(f, "account", "owner", peer, "team", east, NULL), "");
    assert_try(f, w.of_peer, mw_test_input(f, "account", "owner", far, "team", south, NULL),
               "owner:denied");
    mw_test_turn(f, w.admin);
    assert_try(f, w.of_peer, mw_test_input(f, "account", "owner", far, "team", south, NULL), "");
}

static void
test_details_follow_masters(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_world(f);
    const MwEntity *line = mw_test_entity(f, "sales_order_line");
    MwInput *input = mw_test_input(f, "sales_order", "account", mw_test_id(f, w.of_far), "owner",
                                   mw_test_id(f, w.far), "team", mw_test_id(f, w.south), NULL);
    MwInput *detail = mw_input_add_detail(input, line, 0, false);
    g_autoptr(GError) error = NULL;

    mw_input_set(detail, "description", "pump");
    mw_input_set(detail, "quantity", "1");
    mw_input_set(detail, "unit_price", "1");
    int64_t order = mw_test_save(f, 0, input);
    GPtrArray *lines = mw_record_details(&f->context, line, order, &error);
    int64_t id = mw_record_id(lines->pdata[0]);
    g_ptr_array_unref(lines); /* records do not outlive their context */

    const struct {
        int64_t user;
        bool sees;
    } cases[] = { { w.far, true }, { w.rep, false }, { w.boss, false }, { w.viewer, true } };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        mw_test_turn(f, cases[i].user);
        MwQuery query = { .entity = mw_test_entity(f, "sales_order_line") };
        g_autoptr(GPtrArray) found = mw_record_find(&f->context, &query, MW_MAY_READ, NULL, &error);
        g_assert_cmpuint(found->len, ==, cases[i].sees);
        g_autoptr(MwRecord) read =
            mw_record_read(&f->context, query.entity, id, MW_LIVE, cases[i].sees ? &error : NULL);
        g_assert_true((read != NULL) == cases[i].sees);
        g_assert_no_error(error);
    }
}

static void
test_private(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_world(f);
    const MwEntity *view;
    g_autoptr(GError) error = NULL;

    mw_test_turn(f, w.rep);
    int64_t mine = mw_test_save(
        f, 0, mw_test_input(f, "saved_view", "name", "mine", "entity", "account", NULL));
    assert_try(f, mine, mw_test_input(f, "saved_view", "owner", mw_test_id(f, w.peer), NULL),
               "owner:denied");
    mw_test_turn(f, w.admin);
    view = mw_test_entity(f, "saved_view");
    g_assert_null(mw_record_read(&f->context, view, mine, MW_LIVE, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    mw_test_turn(f, w.rep);
    mw_test_save(f, mine, mw_test_input(f, "saved_view", "shared", "true", NULL));
    mw_test_turn(f, w.far);
    g_autoptr(MwRecord) shared = mw_test_read(f, "saved_view", mine);
    assert_try(f, mine, mw_test_input(f, "saved_view", "name", "his", NULL), "!4");
}

/* What administrators say of a role replaces the declared grants for that entity, at once. */
static void
test_role_rows(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_world(f);

    mw_test_turn(f, w.rep);
    g_autofree char *before = reached(f, MW_MAY_READ);
    g_assert_cmpstr(before, ==, "pr");
    mw_test_turn(f, 0);
    MwInput *sales = mw_test_input(f, "role", NULL);
    MwInput *right = mw_input_add_detail(sales, mw_test_entity(f, "role_right"), 0, false);
    mw_input_set(right, "entity", "account");
    mw_input_set(right, "may_read", "own");
    mw_input_set(right, "may_update", "own");
    static const char *const fields[][2] = { { "credit_limit", "hide" }, { "segment", "read" } };
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        MwInput *field = mw_input_add_detail(sales, mw_test_entity(f, "role_field"), 0, false);
        mw_input_set(field, "entity", "account");
        mw_input_set(field, "field", fields[i][0]);
        mw_input_set(field, "access", fields[i][1]);
    }
    mw_test_save(f, 3, sales);

    mw_test_turn(f, w.rep);
    g_autofree char *after = reached(f, MW_MAY_READ), *removed = reached(f, MW_MAY_REMOVE);
    g_assert_cmpstr(after, ==, "r");
    g_assert_cmpstr(removed, ==, "");
    const MwEntity *entity = mw_test_entity(f, "account");
    const MwField *limit = mw_entity_field(entity, "credit_limit");
    const MwField *segment = mw_entity_field(entity, "segment");
    g_assert_false(mw_actor_sees(f->context.actor, entity, limit));
    g_assert_true(mw_actor_sees(f->context.actor, entity, segment));
    assert_try(f, w.of_rep, mw_test_input(f, "account", "credit_limit", "1", NULL),
               "credit_limit:unknown");
    assert_try(f, w.of_rep, mw_test_input(f, "account", "segment", "x", NULL), "segment:read_only");
    assert_try(f, w.of_rep, mw_test_input(f, "account", "owner", mw_test_id(f, w.peer), NULL),
               "owner:denied");
    assert_try(f, 0, mw_test_input(f, "account", "name", "x", NULL), "!4");
}

static void
test_roles_add_up(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_world(f);
    MwInput *more = mw_test_input(f, "user", NULL);
    g_autoptr(GError) error = NULL;

    mw_input_set(mw_input_add_detail(more, mw_test_entity(f, "user_role"), 0, false), "role", "6");
    mw_test_save(f, w.rep, more);
    mw_test_turn(f, w.rep);
    g_autofree char *read = reached(f, MW_MAY_READ), *update = reached(f, MW_MAY_UPDATE);
    g_assert_cmpstr(read, ==, "bfnpr");
    g_assert_cmpstr(update, ==, "pr");

    mw_test_turn(f, 0);
    mw_test_save(f, w.rep, mw_test_input(f, "user", "active", "false", NULL));
    mw_test_turn(f, 0);
    g_assert_null(mw_company_actor(f->company, f->store, w.rep, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_UNAUTHENTICATED);
}

/* A command line takes somebody's access away while the server, another process, goes on. */
static void
test_other_process(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_world(f);
    g_autoptr(GError) error = NULL;

    mw_test_turn(f, 0);
    g_autoptr(MwCompany) server = mw_company_open(f->url, mw_entities, &error);
    g_assert_no_error(error);
    g_autoptr(MwStore) store = mw_company_connect(server, MW_OPEN_EXISTING, &error);
    g_autoptr(MwActor) known = mw_company_actor(server, store, w.rep, &error);
    g_assert_no_error(error);

    mw_test_save(f, w.rep, mw_test_input(f, "user", "active", "false", NULL));
    mw_settings_put(f->store, "company_name", "Other", &error);
    mw_test_turn(f, 0);
    g_usleep(1100000);
    g_assert_null(mw_company_actor(server, store, w.rep, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_UNAUTHENTICATED);
    g_autoptr(MwSettings) settings = mw_company_settings(server);
    g_assert_cmpstr(settings->name, ==, "Other");
}

/* Teams that were made a circle behind the program's back do not hang it. */
static void
test_circle_of_teams(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    World w = make_world(f);
    MwValue params[] = { MW_INT(w.east), MW_INT(w.north) };
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_run(f->store, "UPDATE team SET parent = $1 WHERE id = $2", params, 2,
                               NULL, NULL, &error));
    mw_test_turn(f, w.boss);
    g_autofree char *read = reached(f, MW_MAY_READ);
    g_assert_cmpstr(read, ==, "bpr");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/rights/scopes", test_scopes);
    mw_test_add("/rights/unseen-and-untouchable", test_unseen_and_untouchable);
    mw_test_add("/rights/giving-away", test_giving_away);
    mw_test_add("/rights/details-follow-masters", test_details_follow_masters);
    mw_test_add("/rights/private", test_private);
    mw_test_add("/rights/role-rows", test_role_rows);
    mw_test_add("/rights/roles-add-up", test_roles_add_up);
    mw_test_add("/rights/other-process", test_other_process);
    mw_test_add("/rights/circle-of-teams", test_circle_of_teams);
    return g_test_run();
}
