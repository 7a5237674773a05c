/* buying_centre_words: see buying_centre.h; what the numbers say, why, and what to do. */
#include "base/decimal.h"
#include "base/i18n.h"
#include "engines/route.h"
#include "methods/buying_centre_parts.h"
#include "methods/stages.h"

enum { KEY_ROLES = MW_ROLE_DECIDER | MW_ROLE_APPROVER, STRONG_INFLUENCE = 4, NAMES_SHOWN = 4 };

/* Roles that a deal needs once its stage has this default probability, in hundredths of a percent. */
static const struct {
    int64_t probability;
    unsigned roles;
} needs[] = {
    { 0, MW_ROLE_USER },       { 1000, MW_ROLE_COACH },
    { 2000, MW_ROLE_DECIDER }, { 4000, MW_ROLE_ADVISER | MW_ROLE_APPROVER },
    { 6000, MW_ROLE_BUYER },
};

typedef struct {
    const MwContext *context;
    MwBuyingCentre *centre;
    MwBuyingCuts *cuts;
} Finder;

const char *
mw_buying_label(const MwContext *context, const char *entity, const char *field, const char *key)
{
    const MwChoice *choice =
        mw_entity_field(mw_catalog_entity(context->catalog, entity), field)->choices;

    for (; key && choice->key; choice++)
        if (g_str_equal(choice->key, key))
            return mw_gettext(choice->label);
    return "";
}

char *
mw_buying_role_names(const MwContext *context, unsigned roles)
{
    const MwChoice *choice =
        mw_entity_field(mw_catalog_entity(context->catalog, "opportunity_person"), "role")->choices;
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; choice[i].key; i++)
        if (roles & (1u << i))
            g_string_append_printf(text, "%s%s", text->len ? _(", ") : "",
                                   mw_gettext(choice[i].label));
    return g_string_free(text, false);
}

static MwFinding *
add(const Finder *f, MwFindingIs is, guint person, bool urgent)
{
    MwFinding *finding = g_new0(MwFinding, 1);

    finding->is = is;
    finding->person = person;
    finding->urgent = urgent;
    finding->step_person = MW_NOBODY_THERE;
    g_ptr_array_add(f->centre->findings, finding);
    return finding;
}

/* Takes `subject`. */
static void
step(const Finder *f, MwFinding *finding, const char *type, guint with, char *subject)
{
    finding->step_type = type;
    finding->step = subject;
    finding->step_person = with;
    if (with != MW_NOBODY_THERE)
        finding->step_owner = mw_buying_person(f->centre, with)->owner;
}

static const char *
name(const Finder *f, guint node)
{
    guint people = f->centre->people->len;

    return node < people ? mw_buying_person(f->centre, node)->name
                         : g_array_index(f->centre->users, MwBuyingUser, node - people).name;
}

/* Whom to ask: of those of the deal who are not against us, the nearest to us but `but`. */
static guint
confidant(const Finder *f, guint but)
{
    guint best = MW_NOBODY_THERE;

    for (guint i = 0; i < f->centre->people->len; i++) {
        const MwBuyingPerson *person = mw_buying_person(f->centre, i);
        if (i == but || !person->member || person->departed || mw_buying_against(person) ||
            person->cost == MW_ROUTE_NONE)
            continue;
        bool coach = person->roles & MW_ROLE_COACH;
        const MwBuyingPerson *than =
            best == MW_NOBODY_THERE ? NULL : mw_buying_person(f->centre, best);
        if (!than || (coach && !(than->roles & MW_ROLE_COACH)) ||
            (coach == ((than->roles & MW_ROLE_COACH) != 0) && person->cost < than->cost))
            best = i;
    }
    return best;
}

/* ---- missing roles ------------------------------------------------------------------------ */

typedef struct {
    const MwContext *context;
    unsigned roles[7]; /* the stage whose gate asks for a role + 1 */
    const GArray *stages;
    int last; /* number of the last stage that counts */
} Gates;

/* stage, parameter */
static bool
keep_gate(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Gates *gates = data;
    const MwChoice *choice =
        mw_entity_field(mw_catalog_entity(gates->context->catalog, "opportunity_person"), "role")
            ->choices;
    int stage = mw_stages_find(gates->stages, c[0].integer);
    g_auto(GStrv) asked = g_strsplit(c[1].is == MW_TEXT ? c[1].text : "", ",", -1);

    if (stage < 0 || stage > gates->last)
        return true;
    for (char **key = asked; *key; key++) {
        g_strstrip(*key);
        for (unsigned i = 0; i < G_N_ELEMENTS(gates->roles) && choice[i].key; i++)
            if (g_str_equal(choice[i].key, *key) && !gates->roles[i])
                gates->roles[i] = (unsigned)stage + 1;
    }
    return true;
}

static void
add_missing(const Finder *f, const Gates *gates, unsigned role, const MwStage *now, bool asked)
{
    g_autofree char *label = mw_buying_role_names(f->context, 1u << role);
    MwFinding *finding = add(f, MW_FINDING_ROLE, MW_NOBODY_THERE, asked);
    guint ask = confidant(f, MW_NOBODY_THERE);

    finding->text = g_strdup_printf(_("%s: not identified yet"), label);
    if (asked)
        finding->reason =
            g_strdup_printf(_("The gate to “%s” asks for this role."),
                            mw_stage_at(gates->stages, (int)gates->roles[role] - 1)->name);
    else
        finding->reason = g_strdup_printf(_("Advisable at “%s”; no gate asks for it."), now->name);
    step(f, finding, "call", ask,
         ask == MW_NOBODY_THERE ? g_strdup_printf(_("Find out who is: %s"), label)
                                : g_strdup_printf(_("Ask %s who is: %s"), name(f, ask), label));
}

static bool
find_missing(const Finder *f, GError **error)
{
    MwBuyingCentre *centre = f->centre;
    MwValue process = MW_INT(centre->process);
    unsigned known = 0, wanted = 0;

    if (!centre->stage)
        return true;
    g_autoptr(GArray) stages = mw_stages_load(f->context->store, centre->process, error);
    int now = stages ? mw_stages_find(stages, centre->stage) : -1;
    Gates gates = { .context = f->context, .stages = stages, .last = now + 1 };
    if (!stages || now < 0)
        return stages != NULL;
    if (!mw_store_run(f->context->store,
                      "SELECT stage, parameter FROM stage_gate WHERE process = $1 AND "
                      "rule = 'people' AND deleted_at IS NULL ORDER BY id",
                      &process, 1, keep_gate, &gates, error))
        return false;
    for (guint i = 0; i < centre->people->len; i++)
        if (!mw_buying_person(centre, i)->departed)
            known |= mw_buying_person(centre, i)->roles;
    for (size_t i = 0; i < G_N_ELEMENTS(needs); i++)
        if (mw_stage_at(stages, now)->probability >= needs[i].probability)
            wanted |= needs[i].roles;
    for (int urgent = 1; urgent >= 0; urgent--)
        for (unsigned i = 0; i < G_N_ELEMENTS(gates.roles); i++)
            if (!(known & (1u << i)) && (gates.roles[i] || wanted & (1u << i)) &&
                (gates.roles[i] != 0) == urgent)
                add_missing(f, &gates, i, mw_stage_at(stages, now), urgent);
    return true;
}

/* ---- coverage ------------------------------------------------------------------------------- */

static void
add_reason(GString *text, char *reason)
{
    g_string_append_printf(text, "%s%s", text->len ? _("; ") : "", reason);
    g_free(reason);
}

static void
find_uncovered(const Finder *f, guint i)
{
    const MwBuyingPerson *person = mw_buying_person(f->centre, i);
    g_autoptr(GString) why = g_string_new(NULL);

    if (person->departed)
        add_reason(why, g_strdup(_("has left the company")));
    if (mw_buying_elsewhere(f->centre, person))
        add_reason(why, person->account
                            ? g_strdup_printf(_("is of %s, not of this account"), person->account)
                            : g_strdup(_("is of no account")));
    if (!person->owner)
        add_reason(why, g_strdup(_("nobody of us is the contact owner")));
    if (person->days < 0)
        add_reason(why, g_strdup(_("no contact yet")));
    else if (!person->covered && person->owner)
        add_reason(why, g_strdup_printf(_("last contact %d days ago"), (int)person->days));
    if (!person->stance)
        add_reason(why, g_strdup(_("stance unknown")));
    else if (mw_buying_against(person))
        add_reason(
            why, g_strdup_printf(_("stance: %s"), mw_buying_label(f->context, "opportunity_person",
                                                                  "stance", person->stance)));
    if (why->len == 0)
        return;
    g_autofree char *roles = mw_buying_role_names(f->context, person->roles & KEY_ROLES);
    MwFinding *finding = add(f, MW_FINDING_UNCOVERED, i,
                             (!person->covered || mw_buying_elsewhere(f->centre, person)) &&
                                 person->roles & MW_ROLE_DECIDER);
    finding->text = g_strdup_printf(_("%s (%s) is not covered"), person->name, roles);
    finding->reason = g_strdup(why->str);
    if (person->seen && !person->departed)
        step(f, finding, person->days < 0 ? "visit" : "call", i,
             g_strdup_printf(person->days < 0 ? _("First visit to %s") : _("Call %s"),
                             person->name));
}

/* ---- single points ------------------------------------------------------------------------------ */

static guint
knowing(const Finder *f, guint person, guint *user)
{
    guint n = 0;

    for (guint i = 0; i < f->centre->knows->len; i++) {
        const MwBuyingKnows *knows = &g_array_index(f->centre->knows, MwBuyingKnows, i);
        if (knows->person == person) {
            n++;
            *user = knows->user;
        }
    }
    return n;
}

static bool
find_single(const Finder *f, guint i, GError **error)
{
    const MwBuyingPerson *person = mw_buying_person(f->centre, i);
    guint user = 0, n = knowing(f, i, &user);
    g_autoptr(GArray) single = mw_buying_single(f->cuts, i, error);

    if (!single)
        return false;
    for (guint j = 0; j < single->len; j++) {
        guint point = g_array_index(single, guint, j);
        MwFinding *finding = add(f, MW_FINDING_SINGLE, point, false);
        finding->text =
            g_strdup_printf(_("Every way to %s leads through %s"), person->name, name(f, point));
        finding->reason = g_strdup(_("Should they leave or turn away, no way is left."));
        if (person->seen)
            step(f, finding, "visit", i,
                 g_strdup_printf(_("Get to know %s in person"), person->name));
    }
    if (n == 1) {
        const char *who = g_array_index(f->centre->users, MwBuyingUser, user).name;
        MwFinding *finding = add(f, MW_FINDING_SINGLE, i, false);
        finding->text = g_strdup_printf(_("Of us, only %s knows %s"), who, person->name);
        finding->reason = g_strdup(_("One person of ours is a single point of failure."));
        if (person->seen)
            step(f, finding, "visit", i,
                 g_strdup_printf(_("Visit %s together with a colleague"), person->name));
    }
    return true;
}

/* ---- ways ------------------------------------------------------------------------------------------ */

/* "Wang (of us) — knows → Li — is a friend of → Zhang" */
static char *
way_text(const Finder *f, const GArray *way)
{
    GString *text = g_string_new(name(f, g_array_index(way, guint, 0)));

    g_string_append(text, _(" (of us)"));
    for (guint i = 1; i < way->len; i++) {
        guint a = g_array_index(way, guint, i - 1), b = g_array_index(way, guint, i);
        const MwBuyingTie *tie = i > 1 ? mw_buying_tie(f->centre, a, b) : NULL;
        const char *label =
            tie ? mw_buying_label(f->context, "contact_relation", "kind", tie->kind) : _("knows");
        bool forward = !tie || tie->from == a;
        g_string_append_printf(text, forward ? " — %s → %s" : " ← %s — %s", label, name(f, b));
    }
    return g_string_free(text, false);
}

static void
find_way(const Finder *f, guint i)
{
    const MwBuyingPerson *person = mw_buying_person(f->centre, i);
    g_autoptr(GArray) way = mw_buying_way(f->centre, i);
    guint user;

    if (knowing(f, i, &user) > 0)
        return; /* no introduction is needed */
    MwFinding *finding = add(f, MW_FINDING_WAY, i, way->len == 0);
    if (way->len == 0) {
        guint ask = confidant(f, i);
        finding->text = g_strdup_printf(_("No way to %s is known"), person->name);
        finding->reason = g_strdup(_("Nobody of us knows them, nor anybody whom we know."));
        step(f, finding, "call", ask,
             ask == MW_NOBODY_THERE
                 ? g_strdup_printf(_("Find out who knows %s"), person->name)
                 : g_strdup_printf(_("Ask %s who knows %s"), name(f, ask), person->name));
        return;
    }
    guint first = g_array_index(way, guint, 1);
    finding->text = g_strdup_printf(_("The shortest way to %s"), person->name);
    finding->reason = way_text(f, way);
    if (mw_buying_person(f->centre, first)->seen)
        step(f, finding, "call", first,
             g_strdup_printf(_("Ask %s for an introduction to %s"), name(f, first), person->name));
}

/* ---- blockers ---------------------------------------------------------------------------------------- */

static char *
percent(double share)
{
    char text[32];

    return g_strdup_printf("%s %%", g_ascii_formatd(text, sizeof text, "%.1f", 100.0 * share));
}

static void
find_blocker(const Finder *f, guint i)
{
    const MwBuyingPerson *person = mw_buying_person(f->centre, i);

    if (!person->member || person->departed || !mw_buying_against(person) ||
        (person->reach == 0 && !(person->roles & KEY_ROLES) &&
         person->influence < STRONG_INFLUENCE))
        return;
    g_autofree char *rank = percent(person->rank), *between = percent(person->between);
    MwFinding *finding = add(f, MW_FINDING_BLOCKER, i, g_strcmp0(person->stance, "opponent") == 0);
    const char *stance =
        mw_buying_label(f->context, "opportunity_person", "stance", person->stance);
    if (person->reach == 0)
        finding->text = g_strdup_printf(_("%s (%s) stands against us"), person->name, stance);
    else
        finding->text =
            g_strdup_printf(mw_ngettext("%s (%s) has the ear of %u person",
                                        "%s (%s) has the ear of %u people", person->reach),
                            person->name, stance, person->reach);
    finding->reason =
        g_strdup_printf(_("Share of influence %s, between others %s."), rank, between);
    if (person->seen)
        step(f, finding, "visit", i, g_strdup_printf(_("Hear out %s"), person->name));
}

/* ---- next ------------------------------------------------------------------------------------------------ */

static bool
find_next(const Finder *f, GError **error)
{
    guint asked_by = 0;
    g_autoptr(GArray) set = mw_buying_next(f->centre, &asked_by, error);
    g_autoptr(GString) names = g_string_new(NULL);

    if (!set)
        return false;
    for (guint i = 0; i < set->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? _(", ") : "",
                               name(f, g_array_index(set, guint, i)));
    for (guint i = 0; i < set->len; i++) {
        guint number = g_array_index(set, guint, i);
        const MwBuyingPerson *person = mw_buying_person(f->centre, number);
        if (person->covered || !person->seen || *person->next)
            continue;
        MwFinding *finding = add(f, MW_FINDING_NEXT, number, false);
        finding->text = g_strdup_printf(_("Talk to %s next"), person->name);
        finding->reason = set->len == 1
                              ? g_strdup_printf(_("With them one reaches %u of %u people."),
                                                asked_by, f->centre->members)
                              : g_strdup_printf(_("Together, %s reach %u of %u people."),
                                                names->str, asked_by, f->centre->members);
        step(f, finding, "call", number, g_strdup_printf(_("Call %s"), person->name));
    }
    return true;
}

bool
mw_buying_find(const MwContext *context, MwBuyingCentre *centre, GError **error)
{
    guint n = centre->people->len;

    if (mw_buying_closed(centre))
        return true; /* closed: there is nothing left to do about it */
    g_autoptr(MwBuyingCuts) cuts = mw_buying_cuts_new(centre);
    const Finder f = { context, centre, cuts };
    if (!find_missing(&f, error))
        return false;
    for (guint i = 0; i < n; i++)
        if (mw_buying_person(centre, i)->member && mw_buying_person(centre, i)->roles & KEY_ROLES)
            find_uncovered(&f, i);
    for (guint i = 0; i < n; i++) {
        const MwBuyingPerson *person = mw_buying_person(centre, i);
        if (person->member && person->roles & KEY_ROLES && !person->departed &&
            !find_single(&f, i, error))
            return false;
    }
    for (guint i = 0; i < n; i++) {
        const MwBuyingPerson *person = mw_buying_person(centre, i);
        if (person->member && person->roles & KEY_ROLES && !person->departed)
            find_way(&f, i);
    }
    for (guint i = 0; i < n; i++)
        find_blocker(&f, i);
    return find_next(&f, error);
}
