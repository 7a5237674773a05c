/* buying_centre_read: see buying_centre.h; everything from the database, in a fixed number of statements. */
#include <stdlib.h>

#include "base/clock.h"
#include "methods/buying_centre_parts.h"
#include "model/kinds/kinds.h"
#include "record/service.h"

enum { STALE_DAYS = 365, STRONG = 10, FAIR = 3 };

typedef struct {
    const MwContext *context;
    MwBuyingCentre *centre;
    int64_t today;
    GHashTable *numbers; /* id of a contact -> its number + 1 */
    GHashTable *users;   /* id of a user -> its number + 1 */
    GHashTable *ties;    /* ids of relations that were read */
    GHashTable *known;   /* user and person together -> its number in `knows` + 1 */
    const MwEntity *person, *contact, *relation;
} Reader;

/* ---- small things --------------------------------------------------------------------- */

static bool
sees(const Reader *r, const MwEntity *entity, const char *field)
{
    return mw_actor_sees(r->context->actor, entity, mw_entity_field(entity, field));
}

static char *
text_of(const MwValue *value, bool seen)
{
    return seen && value->is == MW_TEXT ? g_strdup(value->text) : NULL;
}

static int64_t
int_of(const MwValue *value)
{
    return value->is == MW_INTEGER ? value->integer : 0;
}

static void
day_of(const MwValue *value, char day[11])
{
    g_strlcpy(day, value->is == MW_TEXT ? value->text : "", 11);
}

static guint
number_of(const Reader *r, int64_t contact)
{
    gpointer found = g_hash_table_lookup(r->numbers, &contact);

    return found ? GPOINTER_TO_UINT(found) - 1 : MW_NOBODY_THERE;
}

static guint
user_of(const Reader *r, int64_t id)
{
    gpointer found = g_hash_table_lookup(r->users, &id);
    MwBuyingUser user = { .id = id };

    if (found)
        return GPOINTER_TO_UINT(found) - 1;
    g_array_append_val(r->centre->users, user);
    g_hash_table_insert(r->users, g_memdup2(&id, sizeof id),
                        GUINT_TO_POINTER(r->centre->users->len));
    return r->centre->users->len - 1;
}

/* The person with this id, made when it is new; NULL when there are too many. */
static MwBuyingPerson *
person_of(Reader *r, int64_t contact, bool member)
{
    guint number = number_of(r, contact);

    if (number != MW_NOBODY_THERE)
        return mw_buying_person(r->centre, number);
    if (r->centre->people->len >= MW_BUYING_PEOPLE_MAX) {
        r->centre->more = true;
        return NULL;
    }
    MwBuyingPerson *person = g_new0(MwBuyingPerson, 1);
    person->contact = contact;
    person->member = member;
    person->days = -1;
    g_ptr_array_add(r->centre->people, person);
    g_hash_table_insert(r->numbers, g_memdup2(&contact, sizeof contact),
                        GUINT_TO_POINTER(r->centre->people->len));
    return person;
}

/* " AND (a IN (…) OR b IN (…))" with the people from number `first` on. */
static void
put_in(const Reader *r, GString *sql, GArray *params, const char *column, guint first)
{
    g_string_append_printf(sql, "t.%s IN (", column);
    for (guint i = first; i < r->centre->people->len; i++) {
        g_string_append(sql, i > first ? ", " : "");
        mw_sql_param(sql, params, MW_INT(mw_buying_person(r->centre, i)->contact));
    }
    g_string_append_c(sql, ')');
}

/* "SELECT columns FROM entity t WHERE what the actor may read". */
static void
put_select(const Reader *r, GString *sql, GArray *params, const MwEntity *entity,
           const char *columns)
{
    g_autoptr(MwFilter) scope =
        mw_actor_filter(r->context->actor, r->context->catalog, entity, MW_MAY_READ);
    MwQuery query = { .entity = entity, .scope = scope };

    g_string_append_printf(sql, "SELECT %s FROM %s t", columns, entity->name);
    mw_query_where(&query, mw_store_dialect(r->context->store), sql, params);
}

static bool
run(const Reader *r, const GString *sql, const GArray *params, MwRowFunc row, GError **error)
{
    return mw_store_run(r->context->store, sql->str, (MwValue *)params->data, params->len, row,
                        (void *)r, error);
}

/* ---- members ----------------------------------------------------------------------------- */

static unsigned
role_bit(const Reader *r, const MwValue *value)
{
    const MwChoice *choices = mw_entity_field(r->person, "role")->choices;

    for (unsigned i = 0; value->is == MW_TEXT && choices[i].key; i++)
        if (g_str_equal(choices[i].key, value->text))
            return 1u << i;
    return 0;
}

/* contact, id, role, stance, influence, contact_owner, last_contact_on, note */
static bool
keep_member(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reader *r = data;
    MwBuyingPerson *person = person_of(r, c[0].integer, true);
    const MwChoice *stances = mw_entity_field(r->person, "stance")->choices;

    if (!person)
        return false;
    if (!person->person &&
        r->centre->entity == mw_catalog_entity(r->context->catalog, "opportunity"))
        person->person = c[1].integer;
    person->roles |= sees(r, r->person, "role") ? role_bit(r, &c[2]) : 0;
    if (sees(r, r->person, "stance") && c[3].is == MW_TEXT)
        for (; stances->key; stances++)
            if (g_str_equal(stances->key, c[3].text))
                person->stance = stances->key;
    if (sees(r, r->person, "influence"))
        person->influence = MAX(person->influence, (int)int_of(&c[4]));
    if (int_of(&c[5]) && sees(r, r->person, "contact_owner"))
        person->owner = int_of(&c[5]);
    if (c[6].is == MW_TEXT && strcmp(c[6].text, person->about) > 0)
        day_of(&c[6], person->about);
    if (!person->note)
        person->note = text_of(&c[7], sees(r, r->person, "note"));
    return true;
}

static bool
read_members(Reader *r, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    bool deal = g_str_equal(r->centre->entity->name, "opportunity");

    if (!mw_actor_may(r->context->actor, r->person, MW_MAY_READ))
        return true;
    put_select(r, sql, params, r->person,
               "contact, id, role, stance, influence, contact_owner, last_contact_on, note");
    g_string_append(sql, " AND EXISTS (SELECT 1 FROM contact c WHERE c.id = t.contact AND "
                         "c.deleted_at IS NULL)");
    g_string_append(sql, deal ? " AND t.opportunity = "
                              : " AND t.opportunity IN (SELECT id FROM opportunity WHERE "
                                "outcome = 'open' AND deleted_at IS NULL AND account = ");
    mw_sql_param(sql, params, MW_INT(r->centre->record));
    g_string_append_printf(sql, "%s ORDER BY t.id LIMIT %d", deal ? "" : ")",
                           2 * MW_BUYING_PEOPLE_MAX);
    return run(r, sql, params, keep_member, error);
}

static bool
keep_contact_id(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    return person_of(data, c[0].integer, true) != NULL;
}

/* The contacts of an account, and those that are there too. */
static bool
read_contacts_of_account(Reader *r, GError **error)
{
    static const char *const sources[][2] = { { "contact", "id" },
                                              { "contact_account", "contact" } };

    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        const MwEntity *entity = mw_catalog_entity(r->context->catalog, sources[i][0]);
        g_autoptr(GString) sql = g_string_new(NULL);
        g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
        put_select(r, sql, params, entity, sources[i][1]);
        g_string_append(sql, " AND t.account = ");
        mw_sql_param(sql, params, MW_INT(r->centre->record));
        g_string_append_printf(sql, " ORDER BY t.id LIMIT %d", MW_BUYING_PEOPLE_MAX + 1);
        if (!run(r, sql, params, keep_contact_id, error))
            return false;
    }
    return true;
}

/* ---- relations ---------------------------------------------------------------------------- */

/* id, contact, to_contact, kind, strength, formal */
static bool
keep_relation(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reader *r = data;
    const MwChoice *kind = mw_entity_field(r->relation, "kind")->choices;
    MwBuyingTie tie = { .id = c[0].integer,
                        .strength = sees(r, r->relation, "strength") && int_of(&c[4])
                                        ? (unsigned)int_of(&c[4])
                                        : 2,
                        .formal = int_of(&c[5]) != 0 };

    while (kind->key && g_strcmp0(kind->key, c[3].text) != 0)
        kind++;
    tie.kind = kind->key;
    if (!tie.kind || c[1].integer == c[2].integer || /* two contacts that were merged */
        !g_hash_table_add(r->ties, g_memdup2(&tie.id, sizeof tie.id)) ||
        !person_of(r, c[1].integer, false) || !person_of(r, c[2].integer, false))
        return true;
    tie.from = number_of(r, c[1].integer);
    tie.to = number_of(r, c[2].integer);
    g_array_append_val(r->centre->ties, tie);
    return true;
}

/* Of the people from number `first` on; they bring further ones. */
static bool
read_relations(Reader *r, guint first, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    if (first >= r->centre->people->len ||
        !mw_actor_may(r->context->actor, r->relation, MW_MAY_READ) ||
        !sees(r, r->relation, "kind") || !sees(r, r->relation, "to_contact"))
        return true;
    put_select(r, sql, params, r->relation, "id, contact, to_contact, kind, strength, formal");
    g_string_append(sql, " AND EXISTS (SELECT 1 FROM contact c WHERE c.id = t.to_contact AND "
                         "c.deleted_at IS NULL) AND (");
    put_in(r, sql, params, "contact", first);
    g_string_append(sql, " OR ");
    put_in(r, sql, params, "to_contact", first);
    g_string_append_printf(sql, ") ORDER BY t.id LIMIT %d", MW_BUYING_TIES_MAX);
    return run(r, sql, params, keep_relation, error);
}

/* ---- who they are --------------------------------------------------------------------------- */

/* id, name, job_title, account, departed, owner, last_contact_on, next_contact_on */
static bool
keep_contact(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reader *r = data;
    MwBuyingPerson *person = mw_buying_person(r->centre, number_of(r, c[0].integer));

    person->seen = true;
    person->name = text_of(&c[1], sees(r, r->contact, "name"));
    person->job_title = text_of(&c[2], sees(r, r->contact, "job_title"));
    person->account_id = sees(r, r->contact, "account") ? int_of(&c[3]) : 0;
    person->departed = int_of(&c[4]) != 0;
    if (!person->owner)
        person->owner = int_of(&c[5]);
    if (sees(r, r->contact, "last_contact_on"))
        day_of(&c[6], person->last);
    if (sees(r, r->contact, "next_contact_on"))
        day_of(&c[7], person->next);
    return true;
}

static bool
read_contacts(Reader *r, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    put_select(r, sql, params, r->contact,
               "id, name, job_title, account, departed, owner, last_contact_on, next_contact_on");
    g_string_append(sql, " AND ");
    put_in(r, sql, params, "id", 0);
    return run(r, sql, params, keep_contact, error);
}

static void
add_knows(Reader *r, guint person, int64_t user, unsigned strength)
{
    guint number = user_of(r, user);
    gpointer both = GSIZE_TO_POINTER((gsize)number * MW_BUYING_PEOPLE_MAX + person);
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(r->known, both));
    MwBuyingKnows fresh = { person, number, strength };

    if (at) {
        MwBuyingKnows *knows = &g_array_index(r->centre->knows, MwBuyingKnows, at - 1);
        knows->strength = MAX(knows->strength, strength);
        return;
    }
    g_array_append_val(r->centre->knows, fresh);
    g_hash_table_insert(r->known, both, GUINT_TO_POINTER(r->centre->knows->len));
}

static int64_t
days_since(const Reader *r, const char *day)
{
    int64_t then;

    return *day && mw_date_parse(day, &then) ? r->today - then : -1;
}

/* contact, user, strength, contacts, last_contact_on */
static bool
keep_acquaintance(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reader *r = data;
    int64_t told = int_of(&c[2]), contacts = int_of(&c[3]);
    char last[11];
    unsigned strength = contacts >= STRONG ? 3 : contacts >= FAIR ? 2 : 1;

    day_of(&c[4], last);
    if (strength > 1 && days_since(r, last) > STALE_DAYS)
        strength--;
    if (told || contacts)
        add_knows(r, number_of(r, c[0].integer), c[1].integer, told ? (unsigned)told : strength);
    return true;
}

static bool
read_acquaintances(Reader *r, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(r->context->catalog, "acquaintance");
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    put_select(r, sql, params, entity, "contact, t.\"user\", strength, contacts, last_contact_on");
    g_string_append(sql, " AND t.\"user\" IN (SELECT id FROM \"user\" WHERE active = 1 AND "
                         "deleted_at IS NULL) AND ");
    put_in(r, sql, params, "contact", 0);
    g_string_append(sql, " ORDER BY t.id");
    return run(r, sql, params, keep_acquaintance, error);
}

/* ---- names ------------------------------------------------------------------------------------ */

static GHashTable *
titles(const Reader *r, const char *entity, const GArray *ids, GError **error)
{
    return mw_record_titles(r->context, mw_catalog_entity(r->context->catalog, entity), ids, error);
}

static bool
read_names(Reader *r, GError **error)
{
    g_autoptr(GArray) contacts = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(GArray) accounts = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(GArray) users = g_array_new(false, false, sizeof(int64_t));

    for (guint i = 0; i < r->centre->people->len; i++) {
        const MwBuyingPerson *person = mw_buying_person(r->centre, i);
        if (!person->seen)
            g_array_append_val(contacts, person->contact);
        if (person->account_id && person->account_id != r->centre->account)
            g_array_append_val(accounts, person->account_id);
    }
    for (guint i = 0; i < r->centre->users->len; i++)
        g_array_append_val(users, g_array_index(r->centre->users, MwBuyingUser, i).id);
    g_autoptr(GHashTable) by_contact = titles(r, "contact", contacts, error);
    g_autoptr(GHashTable) by_account = by_contact ? titles(r, "account", accounts, error) : NULL;
    g_autoptr(GHashTable) by_user = by_account ? titles(r, "user", users, error) : NULL;
    if (!by_user)
        return false;
    for (guint i = 0; i < r->centre->people->len; i++) {
        MwBuyingPerson *person = mw_buying_person(r->centre, i);
        const char *name = g_hash_table_lookup(by_contact, &person->contact);
        if (!person->name)
            person->name = g_strdup(name ? name : "…");
        person->account = g_strdup(g_hash_table_lookup(by_account, &person->account_id));
        person->outside = person->seen && person->account_id != r->centre->account;
    }
    for (guint i = 0; i < r->centre->users->len; i++) {
        MwBuyingUser *user = &g_array_index(r->centre->users, MwBuyingUser, i);
        user->name = g_strdup(g_hash_table_lookup(by_user, &user->id));
        if (!user->name)
            user->name = g_strdup("…");
    }
    return true;
}

static bool
keep_inside(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    const Reader *r = data;
    guint number = number_of(r, c[0].integer);

    if (number != MW_NOBODY_THERE)
        mw_buying_person(r->centre, number)->outside = false;
    return true;
}

/* Who is of another account, but works or decides at this one too, is not from outside. */
static bool
read_inside(Reader *r, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(r->context->catalog, "contact_account");
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    bool any = false;

    for (guint i = 0; i < r->centre->people->len; i++)
        any = any || mw_buying_person(r->centre, i)->outside;
    if (!any || !r->centre->account)
        return true;
    put_select(r, sql, params, entity, "contact");
    g_string_append(sql, " AND t.account = ");
    mw_sql_param(sql, params, MW_INT(r->centre->account));
    g_string_append(sql, " AND ");
    put_in(r, sql, params, "contact", 0);
    return run(r, sql, params, keep_inside, error);
}

/* ---- places ------------------------------------------------------------------------------------ */

/* contact, x, y */
static bool
keep_place(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    const MwBuyingCentre *centre = data;

    for (guint i = 0; i < centre->people->len; i++)
        if (mw_buying_person(centre, i)->contact == c[0].integer)
            *mw_buying_at(centre, i) =
                (MwBuyingPlace){ true, (int)c[1].integer, (int)c[2].integer };
    return true;
}

bool
mw_buying_read_places(const MwContext *context, MwBuyingCentre *centre, GError **error)
{
    MwValue map = MW_INT(centre->record);

    centre->places = g_array_new(false, true, sizeof(MwBuyingPlace));
    g_array_set_size(centre->places, centre->people->len);
    return centre->people->len == 0 ||
           mw_store_run(context->store,
                        "SELECT contact, x, y FROM map_position WHERE map = $1 AND "
                        "deleted_at IS NULL",
                        &map, 1, keep_place, centre, error);
}

/* ---- all ---------------------------------------------------------------------------------------- */

/* Whose owner it is knows the contact, too. */
static void
settle(Reader *r)
{
    for (guint i = 0; i < r->centre->people->len; i++) {
        MwBuyingPerson *person = mw_buying_person(r->centre, i);
        if (person->owner)
            add_knows(r, i, person->owner, 1);
        person->days = days_since(r, person->last);
        person->covered =
            person->owner && person->days >= 0 && person->days <= (int64_t)r->centre->days;
    }
}

/* The members, whom they have relations with, and whom those have. */
static bool
read_around(Reader *r, GError **error)
{
    guint members = r->centre->people->len;

    return read_relations(r, 0, error) && read_relations(r, members, error) &&
           read_contacts(r, error) && read_acquaintances(r, error);
}

bool
mw_buying_read(const MwContext *context, MwBuyingCentre *centre, GError **error)
{
    g_autoptr(GHashTable) numbers =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) users = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) ties = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) known = g_hash_table_new(g_direct_hash, g_direct_equal);
    Reader r = { .context = context,
                 .centre = centre,
                 .today = mw_date_of_instant(context->now, context->settings->zone),
                 .numbers = numbers,
                 .users = users,
                 .ties = ties,
                 .known = known,
                 .person = mw_catalog_entity(context->catalog, "opportunity_person"),
                 .contact = mw_catalog_entity(context->catalog, "contact"),
                 .relation = mw_catalog_entity(context->catalog, "contact_relation") };

    if (!read_members(&r, error) ||
        (g_str_equal(centre->entity->name, "account") && !read_contacts_of_account(&r, error)))
        return false;
    if (centre->people->len == 0)
        return true;
    if (!read_around(&r, error))
        return false;
    settle(&r);
    return read_names(&r, error) && read_inside(&r, error);
}
