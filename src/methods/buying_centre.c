#include "methods/buying_centre.h"

#include "base/i18n.h"
#include "engines/route.h"
#include "methods/buying_centre_parts.h"
#include "record/memo.h"

static void
person_free(gpointer data)
{
    MwBuyingPerson *person = data;

    g_free(person->name);
    g_free(person->job_title);
    g_free(person->note);
    g_free(person->account);
    g_free(person->role_names);
    g_free(person);
}

static void
finding_free(gpointer data)
{
    MwFinding *finding = data;

    g_free(finding->text);
    g_free(finding->reason);
    g_free(finding->step);
    g_free(finding);
}

static void
user_clear(gpointer data)
{
    g_free(((MwBuyingUser *)data)->name);
}

void
mw_buying_centre_clear(MwBuyingCentre *centre)
{
    g_clear_pointer(&centre->people, g_ptr_array_unref);
    g_clear_pointer(&centre->findings, g_ptr_array_unref);
    g_clear_pointer(&centre->ties, g_array_unref);
    g_clear_pointer(&centre->knows, g_array_unref);
    g_clear_pointer(&centre->users, g_array_unref);
    g_clear_pointer(&centre->places, g_array_unref);
}

bool
mw_buying_closed(const MwBuyingCentre *centre)
{
    return g_str_equal(centre->entity->name, "opportunity") && !centre->stage;
}

static void
count(const MwContext *context, MwBuyingCentre *centre)
{
    for (guint i = 0; i < centre->people->len; i++) {
        MwBuyingPerson *person = mw_buying_person(centre, i);
        bool key = person->roles & (MW_ROLE_DECIDER | MW_ROLE_APPROVER);
        if (person->roles)
            person->role_names = mw_buying_role_names(context, person->roles);
        if (!person->member || person->departed)
            continue;
        centre->members++;
        centre->covered += person->covered;
        centre->key += key;
        centre->key_covered += key && person->covered && !mw_buying_elsewhere(centre, person);
    }
}

/* All but the places. */
static bool
work_out(const MwContext *context, const MwRecord *record, unsigned days, bool words,
         MwBuyingCentre *centre, GError **error)
{
    bool deal = g_str_equal(record->entity->name, "opportunity");
    bool open = deal && g_strcmp0(mw_record_text(record, "outcome"), "open") == 0;

    *centre = (MwBuyingCentre){
        .entity = record->entity,
        .record = mw_record_id(record),
        .account = deal ? mw_record_int(record, "account") : mw_record_id(record),
        .process = open ? mw_record_int(record, "process") : 0,
        .stage = open ? mw_record_int(record, "stage") : 0,
        .days = days,
        .people = g_ptr_array_new_with_free_func(person_free),
        .findings = g_ptr_array_new_with_free_func(finding_free),
        .ties = g_array_new(false, true, sizeof(MwBuyingTie)),
        .knows = g_array_new(false, true, sizeof(MwBuyingKnows)),
        .users = g_array_new(false, true, sizeof(MwBuyingUser)),
    };
    g_array_set_clear_func(centre->users, user_clear);
    if (!mw_buying_read(context, centre, error) || !mw_buying_measure(centre, error))
        return false;
    count(context, centre);
    return !words || mw_buying_find(context, centre, error);
}

/* ---- remembered ---------------------------------------------------------------------------- */

static void
clear(gpointer centre)
{
    mw_buying_centre_clear(centre);
}

/* What work_out() takes from the record stands in the key: it was read earlier. */
static char *
key_of(const MwContext *context, const MwRecord *record, unsigned days, bool words)
{
    GString *key = mw_memo_key(context, "buying_centre", context->settings->zone);

    g_string_append_printf(key, " %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u %d",
                           record->entity->name, mw_record_id(record), mw_record_version(record),
                           days, words);
    return g_string_free(key, false);
}

/* About: names and texts are some dozens of bytes each. */
static size_t
bytes_of(const MwBuyingCentre *centre)
{
    return sizeof *centre + centre->people->len * (sizeof(MwBuyingPerson) + 200) +
           centre->findings->len * (sizeof(MwFinding) + 400) +
           centre->ties->len * sizeof(MwBuyingTie) + centre->knows->len * sizeof(MwBuyingKnows) +
           centre->users->len * 100;
}

static MwBuyingCentre
shared(const MwBuyingCentre *piece)
{
    MwBuyingCentre centre = *piece;

    g_ptr_array_ref(centre.people);
    g_ptr_array_ref(centre.findings);
    g_array_ref(centre.ties);
    g_array_ref(centre.knows);
    g_array_ref(centre.users);
    return centre;
}

static bool
recall(const MwContext *context, const MwRecord *record, unsigned days, bool words,
       MwBuyingCentre *centre, GError **error)
{
    g_autofree char *key = key_of(context, record, days, words);
    gpointer piece;
    int64_t heads;

    if (!mw_memo_find(context, key, &piece, &heads, error))
        return false;
    if (!piece) {
        piece = g_atomic_rc_box_new0(MwBuyingCentre);
        if (!work_out(context, record, days, words, piece, error)) {
            g_atomic_rc_box_release_full(piece, clear);
            return false;
        }
        mw_memo_keep(context, key, heads, piece, bytes_of(piece), clear);
    }
    *centre = shared(piece);
    g_atomic_rc_box_release_full(piece, clear);
    return true;
}

bool
mw_buying_centre(const MwContext *context, const MwRecord *record, unsigned days, bool words,
                 MwBuyingCentre *centre, GError **error)
{
    unsigned within = days ? days : context->settings->coverage_days;

    return (context->reads ? recall(context, record, within, words, centre, error)
                           : work_out(context, record, within, words, centre, error)) &&
           mw_buying_read_places(context, centre, error);
}

/* ---- places -------------------------------------------------------------------------------- */

bool
mw_buying_place(const MwContext *context, int64_t map, int64_t contact, int x, int y,
                GError **error)
{
    MwValue params[] = { MW_INT(mw_id_next(mw_company_ids(context->company))),
                         MW_INT(map),
                         MW_INT(contact),
                         MW_INT(x),
                         MW_INT(y),
                         MW_INT(context->now) };

    return mw_store_run(context->store,
                        "INSERT INTO map_position (id, version, map, contact, x, y, created_at, "
                        "updated_at) VALUES ($1, 1, $2, $3, $4, $5, $6, $6) "
                        "ON CONFLICT (map, contact) WHERE deleted_at IS NULL DO UPDATE SET "
                        "x = excluded.x, y = excluded.y, updated_at = excluded.updated_at",
                        params, G_N_ELEMENTS(params), NULL, NULL, error);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *
id_json(int64_t id)
{
    char text[24];

    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, id);
    return id ? json_string(text) : json_null();
}

static json_t *
text_json(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *
contact_json(const MwBuyingCentre *centre, guint person)
{
    return person == MW_NOBODY_THERE ? json_null()
                                     : id_json(mw_buying_person(centre, person)->contact);
}

static json_t *
way_json(const MwBuyingCentre *centre, guint person)
{
    g_autoptr(GArray) way = mw_buying_way(centre, person);
    guint people = centre->people->len;
    json_t *steps = json_array();

    for (guint i = 0; i < way->len; i++) {
        guint node = g_array_index(way, guint, i);
        const MwBuyingTie *tie =
            i > 1 ? mw_buying_tie(centre, g_array_index(way, guint, i - 1), node) : NULL;
        if (node < people)
            json_array_append_new(steps,
                                  json_pack("{s:o,s:s,s:o}", "contact", contact_json(centre, node),
                                            "name", mw_buying_person(centre, node)->name, "by",
                                            text_json(tie ? tie->kind : "knows")));
        else {
            const MwBuyingUser *user = &g_array_index(centre->users, MwBuyingUser, node - people);
            json_array_append_new(
                steps, json_pack("{s:o,s:s}", "user", id_json(user->id), "name", user->name));
        }
    }
    return steps;
}

static json_t *
roles_json(const MwContext *context, unsigned roles)
{
    const MwChoice *choice =
        mw_entity_field(mw_catalog_entity(context->catalog, "opportunity_person"), "role")->choices;
    json_t *list = json_array();

    for (unsigned i = 0; choice[i].key; i++)
        if (roles & (1u << i))
            json_array_append_new(list, json_string(choice[i].key));
    return list;
}

static json_t *
person_json(const MwContext *context, const MwBuyingCentre *centre, guint i)
{
    const MwBuyingPerson *p = mw_buying_person(centre, i);
    json_t *json =
        json_pack("{s:o,s:s,s:o,s:b,s:o,s:o,s:o}", "contact", id_json(p->contact), "name", p->name,
                  "job_title", text_json(p->job_title), "member", p->member, "roles",
                  roles_json(context, p->roles), "stance", text_json(p->stance), "influence",
                  p->influence ? json_integer(p->influence) : json_null());

    json_object_set_new(json, "owner", id_json(p->owner));
    json_object_set_new(json, "last_contact_on", text_json(p->last));
    json_object_set_new(json, "next_contact_on", text_json(p->next));
    json_object_set_new(json, "days_since_contact",
                        p->days < 0 ? json_null() : json_integer(p->days));
    json_object_set_new(json, "covered", json_boolean(p->covered));
    json_object_set_new(json, "rank", json_real(p->rank));
    json_object_set_new(json, "between", json_real(p->between));
    json_object_set_new(json, "reach", json_integer(p->reach));
    json_object_set_new(json, "cost",
                        p->cost == MW_ROUTE_NONE ? json_null() : json_integer(p->cost));
    json_object_set_new(json, "way", way_json(centre, i));
    return json;
}

static json_t *
tie_json(const MwBuyingCentre *centre, const MwBuyingTie *tie)
{
    return json_pack("{s:o,s:o,s:o,s:s,s:b,s:i}", "id", id_json(tie->id), "from",
                     contact_json(centre, tie->from), "to", contact_json(centre, tie->to), "kind",
                     tie->kind, "formal", tie->formal, "strength", (int)tie->strength);
}

static json_t *
finding_json(const MwBuyingCentre *centre, const MwFinding *finding)
{
    static const char *const kinds[] = { "missing_role", "uncovered", "single_point",
                                         "way",          "blocker",   "next" };

    return json_pack("{s:s,s:b,s:o,s:s,s:s,s:o,s:o}", "kind", kinds[finding->is], "urgent",
                     finding->urgent, "contact", contact_json(centre, finding->person), "text",
                     finding->text, "reason", finding->reason, "step", text_json(finding->step),
                     "step_contact", contact_json(centre, finding->step_person));
}

json_t *
mw_buying_centre_json(const MwContext *context, const MwBuyingCentre *centre)
{
    json_t *people = json_array(), *ties = json_array(), *findings = json_array();

    for (guint i = 0; i < centre->people->len; i++)
        json_array_append_new(people, person_json(context, centre, i));
    for (guint i = 0; i < centre->ties->len; i++)
        json_array_append_new(ties, tie_json(centre, &g_array_index(centre->ties, MwBuyingTie, i)));
    for (guint i = 0; i < centre->findings->len; i++)
        json_array_append_new(findings, finding_json(centre, centre->findings->pdata[i]));
    json_t *json =
        json_pack("{s:i,s:i,s:i,s:i,s:i,s:b}", "days", (int)centre->days, "members",
                  (int)centre->members, "covered", (int)centre->covered, "key", (int)centre->key,
                  "key_covered", (int)centre->key_covered, "more", centre->more);
    json_object_set_new(json, "people", people);
    json_object_set_new(json, "ties", ties);
    json_object_set_new(json, "findings", findings);
    return json;
}
