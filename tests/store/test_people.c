/* people: last contact, acquaintances and people of a deal follow from activities; relations are kept once. */
#include "methods/derivations.h"
#include "record/derivation.h"
#include "record/merge.h"
#include "tests/store/company.h"

static int64_t
person(Fixture *f, const char *name)
{
    mw_company_derive_by(f->company, mw_derivations);
    return mw_test_save(f, 0, mw_test_input(f, "contact", "name", name, NULL));
}

static int64_t
deal(Fixture *f)
{
    return mw_test_save(f, 0, mw_test_input(f, "opportunity", "name", "Mill", NULL));
}

static GPtrArray *
lines(Fixture *f, const char *entity, int64_t master)
{
    return mw_record_details(&f->context, mw_test_entity(f, entity), master, NULL);
}

static void
test_last_contact(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t roth = person(f, "Frau Roth"), mill = deal(f),
            sally = mw_test_user(f, "sally", "sales", 0);
    const char *contact = mw_test_id(f, roth), *opportunity = mw_test_id(f, mill);
    const char *owner = mw_test_id(f, sally);
    int64_t call =
        mw_test_save(f, 0,
                     mw_test_input(f, "activity", "type", "call", "subject", "a", "contact",
                                   contact, "opportunity", opportunity, "owner", owner, "done",
                                   "true", "starts_at", "2026-01-05 09:00", NULL));
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "mail", "subject", "b", "contact", contact,
                               "owner", owner, "done", "true", "starts_at", "2026-02-07 09:00",
                               NULL));
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "note", "subject", "c", "contact", contact,
                               "done", "true", "starts_at", "2026-03-01 09:00", NULL));
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "visit", "subject", "d", "contact", contact,
                               "opportunity", opportunity, "due_on", "2026-04-01", NULL));
    mw_test_assert_text(f, "contact", roth, "last_contact_on",
                        "2026-02-07"); /* a note reaches nobody */
    mw_test_assert_text(f, "contact", roth, "next_contact_on", "2026-04-01");

    /* The person came into the deal by itself, with the role unknown and the caller as owner. */
    g_autoptr(GPtrArray) people = lines(f, "opportunity_person", mill);
    g_assert_cmpuint(people->len, ==, 1);
    g_assert_null(mw_record_text(people->pdata[0], "role"));
    g_assert_cmpint(mw_record_int(people->pdata[0], "contact_owner"), ==, sally);
    g_assert_cmpstr(mw_record_text(people->pdata[0], "last_contact_on"), ==, "2026-01-05");
    g_assert_cmpstr(mw_record_text(people->pdata[0], "next_contact_on"), ==, "2026-04-01");

    g_autoptr(GPtrArray) known = lines(f, "acquaintance", roth);
    g_assert_cmpuint(known->len, ==, 1);
    g_assert_cmpint(mw_record_int(known->pdata[0], "user"), ==, sally);
    g_assert_cmpint(mw_record_int(known->pdata[0], "contacts"), ==, 2);

    /* What is taken back counts no more, and whom somebody has taken off stays off. */
    g_assert_true(mw_record_remove(&f->context, mw_test_entity(f, "activity"), call, 0, NULL));
    g_autoptr(GPtrArray) now = lines(f, "opportunity_person", mill);
    g_assert_null(mw_record_text(now->pdata[0], "last_contact_on"));
    MwInput *input = mw_test_input(f, "opportunity", NULL);
    mw_input_add_detail(input, mw_test_entity(f, "opportunity_person"), mw_record_id(now->pdata[0]),
                        true);
    mw_test_save(f, mill, input);
    mw_test_save(f, 0,
                 mw_test_input(f, "activity", "type", "call", "subject", "e", "contact", contact,
                               "opportunity", opportunity, "done", "true", NULL));
    g_autoptr(GPtrArray) off = lines(f, "opportunity_person", mill);
    g_assert_cmpuint(off->len, ==, 0);
}

/* An activity that moves to another contact leaves the first one. */
static void
test_moved(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t roth = person(f, "Frau Roth"), keller = person(f, "Herr Keller");
    int64_t sally = mw_test_user(f, "sally", "sales", 0);
    int64_t call =
        mw_test_save(f, 0,
                     mw_test_input(f, "activity", "type", "call", "subject", "a", "contact",
                                   mw_test_id(f, roth), "owner", mw_test_id(f, sally), "done",
                                   "true", "starts_at", "2026-01-05 09:00", NULL));

    mw_test_save(f, call, mw_test_input(f, "activity", "contact", mw_test_id(f, keller), NULL));
    mw_test_assert_text(f, "contact", roth, "last_contact_on", NULL);
    mw_test_assert_text(f, "contact", keller, "last_contact_on", "2026-01-05");
    g_autoptr(GPtrArray) was = lines(f, "acquaintance", roth);
    g_assert_cmpint(mw_record_int(was->pdata[0], "contacts"), ==, 0);
}

static void
test_main_contact(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t roth = person(f, "Frau Roth"), mill = deal(f);

    mw_test_save(f, mill, mw_test_input(f, "opportunity", "contact", mw_test_id(f, roth), NULL));
    g_autoptr(GPtrArray) people = lines(f, "opportunity_person", mill);
    g_assert_cmpuint(people->len, ==, 1);
    mw_test_save(f, mill, mw_test_input(f, "opportunity", "contact", NULL, NULL));
    g_autoptr(GPtrArray) still = lines(f, "opportunity_person", mill);
    g_assert_cmpuint(still->len, ==, 1);
}

static char *
relate(Fixture *f, int64_t from, const char *kind, int64_t to)
{
    MwInput *input = mw_test_input(f, "contact", NULL);
    MwInput *line = mw_input_add_detail(input, mw_test_entity(f, "contact_relation"), 0, false);

    mw_input_set(line, "kind", kind);
    mw_input_set(line, "to_contact", mw_test_id(f, to));
    return mw_test_try(f, from, input);
}

#define assert_related(f, from, kind, to, expected)                                                \
    do {                                                                                           \
        g_autofree char *told_ = relate(f, from, kind, to);                                        \
        g_assert_cmpstr(told_, ==, expected);                                                      \
    } while (0)

static void
test_relations(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t a = person(f, "A"), b = person(f, "B"), c = person(f, "C");

    assert_related(f, a, "reports_to", b, "");
    assert_related(f, b, "reports_to", c, "");
    assert_related(f, c, "reports_to", a, "contact_relation.1.to_contact:circular");
    assert_related(f, a, "reports_to", a, "contact_relation.1.to_contact:circular");
    assert_related(f, a, "friend_of", b, "");
    assert_related(f, b, "friend_of", a, "contact_relation.1.to_contact:taken");
    assert_related(f, b, "former_boss_of", a, "");
    g_autoptr(GPtrArray) found = lines(f, "contact_relation", a);
    g_assert_cmpuint(found->len, ==, 2);
    g_assert_cmpint(mw_record_int(found->pdata[1], "formal"), ==, 1);
    g_assert_cmpint(mw_record_int(found->pdata[0], "formal"), ==, 0);
}

/* Relations told from either side go and come back with a contact. */
static void
test_deleted(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t a = person(f, "A"), b = person(f, "B");
    const MwEntity *contact = mw_test_entity(f, "contact");

    assert_related(f, a, "reports_to", b, "");
    assert_related(f, b, "friend_of", a, "");
    g_assert_true(mw_record_remove(&f->context, contact, b, 0, NULL));
    g_autoptr(GPtrArray) without = lines(f, "contact_relation", a);
    g_assert_cmpuint(without->len, ==, 0);
    g_assert_true(mw_record_restore(&f->context, contact, b, NULL));
    g_autoptr(GPtrArray) of_a = lines(f, "contact_relation", a);
    g_autoptr(GPtrArray) of_b = lines(f, "contact_relation", b);
    g_assert_cmpuint(of_a->len, ==, 1);
    g_assert_cmpuint(of_b->len, ==, 1);
}

/* Who takes part beside the owner and the contact: met by both, known to both, until the line is taken off. */
static void
test_taking_part(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t roth = person(f, "Frau Roth"), kern = person(f, "Herr Kern"), mill = deal(f);
    int64_t sally = mw_test_user(f, "sally", "sales", 0), tom = mw_test_user(f, "tom", "sales", 0);
    const MwEntity *users = mw_test_entity(f, "activity_user");
    const MwEntity *contacts = mw_test_entity(f, "activity_contact");
    MwInput *input =
        mw_test_input(f, "activity", "type", "visit", "subject", "Round", "contact",
                      mw_test_id(f, roth), "opportunity", mw_test_id(f, mill), "owner",
                      mw_test_id(f, sally), "done", "true", "starts_at", "2026-01-05 09:00", NULL);

    mw_input_set(mw_input_add_detail(input, users, 0, false), "user", mw_test_id(f, tom));
    mw_input_set(mw_input_add_detail(input, contacts, 0, false), "contact", mw_test_id(f, kern));
    int64_t visit = mw_test_save(f, 0, input);
    mw_test_assert_text(f, "contact", roth, "last_contact_on", "2026-01-05");
    mw_test_assert_text(f, "contact", kern, "last_contact_on", "2026-01-05");
    g_autoptr(GPtrArray) people = lines(f, "opportunity_person", mill);
    g_assert_cmpuint(people->len, ==, 2);
    g_autoptr(GPtrArray) known = lines(f, "acquaintance", kern);
    g_assert_cmpuint(known->len, ==, 2);
    for (guint i = 0; i < 2; i++)
        g_assert_cmpint(mw_record_int(known->pdata[i], "contacts"), ==, 1);

    g_autoptr(GPtrArray) part = lines(f, "activity_contact", visit);
    g_autoptr(GPtrArray) seen = lines(f, "activity_user", visit);
    g_autoptr(MwRecord) whole = mw_test_read(f, "activity", visit);
    g_assert_cmpint(mw_record_int(seen->pdata[0], "at"), ==, mw_record_int(whole, "calendar_at"));
    input = mw_test_input(f, "activity", "starts_at", "2026-01-07 09:00", NULL);
    mw_input_add_detail(input, contacts, mw_record_id(part->pdata[0]), true);
    mw_test_save(f, visit, input);
    mw_test_assert_text(f, "contact", roth, "last_contact_on", "2026-01-07");
    mw_test_assert_text(f, "contact", kern, "last_contact_on", NULL);
    g_autoptr(GPtrArray) after = lines(f, "acquaintance", kern);
    g_assert_cmpint(mw_record_int(after->pdata[0], "contacts"), ==, 0);
    g_autoptr(GPtrArray) moved = lines(f, "activity_user", visit);
    g_autoptr(MwRecord) now = mw_test_read(f, "activity", visit);
    g_assert_cmpint(mw_record_int(moved->pdata[0], "at"), ==, mw_record_int(now, "calendar_at"));

    input = mw_test_input(f, "activity", NULL);
    mw_input_set(mw_input_add_detail(input, users, 0, false), "user", mw_test_id(f, tom));
    g_autofree char *twice = mw_test_try(f, visit, input);
    g_assert_cmpstr(twice, !=, ""); /* nobody takes part twice */
}

static int64_t
call_about(Fixture *f, int64_t contact, int64_t opportunity, int64_t owner, const char *when)
{
    return mw_test_save(f, 0,
                        mw_test_input(f, "activity", "type", "call", "subject", "x", "contact",
                                      mw_test_id(f, contact), "opportunity",
                                      mw_test_id(f, opportunity), "owner", mw_test_id(f, owner),
                                      "done", "true", "starts_at", when, NULL));
}

/* Two contacts made one: what was counted of each is counted of the one that stays, at once, and of both again when that
 * is taken back. */
static void
test_merged_contacts(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t stays = person(f, "Frau Roth"), goes = person(f, "Roth, Frau"), mill = deal(f),
            plant = deal(f), sally = mw_test_user(f, "sally", "sales", 0);
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwUndone) undone = { 0 };
    g_autoptr(GError) error = NULL;
    const MwMerge asked = { mw_test_entity(f, "contact"), ids, stays, NULL };

    g_array_append_val(ids, stays);
    g_array_append_val(ids, goes);
    call_about(f, stays, mill, sally, "2026-01-05 09:00");
    MwInput *input = mw_test_input(f, "opportunity", NULL);
    MwInput *line = mw_input_add_detail(input, mw_test_entity(f, "opportunity_person"), 0, false);
    mw_input_set(line, "contact", mw_test_id(f, goes));
    mw_input_set(line, "role", "decider");
    mw_test_save(f, mill, input);
    call_about(f, goes, mill, sally, "2026-02-07 09:00");
    call_about(f, goes, plant, sally, "2026-01-09 09:00");
    MwInput *round =
        mw_test_input(f, "activity", "type", "visit", "subject", "Round", "owner",
                      mw_test_id(f, sally), "done", "true", "starts_at", "2026-03-01 09:00", NULL);
    mw_input_set(mw_input_add_detail(round, mw_test_entity(f, "activity_contact"), 0, false),
                 "contact", mw_test_id(f, goes));
    mw_test_save(f, 0, round);

    int64_t run = mw_merge(&f->context, &asked, problems, &error);
    g_assert_no_error(error);
    g_assert_cmpint(run, >, 0);
    mw_test_assert_text(f, "contact", stays, "last_contact_on", "2026-03-01");
    g_autoptr(GPtrArray) known = lines(f, "acquaintance", stays);
    g_assert_cmpuint(known->len, ==, 1);
    g_assert_cmpint(mw_record_int(known->pdata[0], "contacts"), ==, 4);
    g_assert_cmpstr(mw_record_text(known->pdata[0], "last_contact_on"), ==, "2026-03-01");
    g_autoptr(GPtrArray) people = lines(f, "opportunity_person", mill);
    for (guint i = 0; i < people->len; i++) {
        g_assert_cmpint(mw_record_int(people->pdata[i], "contact"), ==, stays);
        g_assert_cmpstr(mw_record_text(people->pdata[i], "last_contact_on"), ==, "2026-02-07");
    }
    g_autoptr(GPtrArray) others = lines(f, "opportunity_person", plant);
    g_assert_cmpuint(others->len, ==, 1);
    g_assert_cmpstr(mw_record_text(others->pdata[0], "last_contact_on"), ==, "2026-01-09");

    g_assert_true(mw_bulk_undo(&f->context, run, &undone, &error));
    g_assert_no_error(error);
    for (guint i = 0; i < undone.kept->len; i++)
        g_test_message("%s", (char *)undone.kept->pdata[i]);
    g_assert_cmpint(undone.n_kept, ==, 0);
    mw_test_assert_text(f, "contact", stays, "last_contact_on", "2026-01-05");
    mw_test_assert_text(f, "contact", goes, "last_contact_on", "2026-03-01");
    g_autoptr(GPtrArray) again = lines(f, "acquaintance", goes);
    g_assert_cmpuint(again->len, ==, 1);
    g_assert_cmpint(mw_record_int(again->pdata[0], "contacts"), ==, 3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/people/last-contact", test_last_contact);
    mw_test_add("/people/merged-contacts", test_merged_contacts);
    mw_test_add("/people/moved", test_moved);
    mw_test_add("/people/main-contact", test_main_contact);
    mw_test_add("/people/relations", test_relations);
    mw_test_add("/people/deleted", test_deleted);
    mw_test_add("/people/taking-part", test_taking_part);
    return g_test_run();
}
