#pragma once
/*
 * buying_centre: the people around a deal (or an account), how they hang together, and what that says.
 *
 * Read are, as the actor may see them: the people in the decision (of an account: its contacts, the further ones, and
 * those in its open deals), everybody they have relations with and once more whom those have, and who of us knows
 * whom; some ten statements whatever the number of people, at most MW_BUYING_PEOPLE_MAX of them. A relation needs both
 * people to be seen. A person in the decision whose record the actor may not read is there by name, role and stance
 * (they belong to the opportunity) and nothing else.
 *
 * What each number is:
 *   covered       somebody of us owns the contact, and the last call, visit or mail is at most `days` ago
 *                 (the company sets it: coverage_days); `key_covered` counts those deciders and approvers who are not from
 *                 outside besides
 *   strength      of a tie 1..3 as told, else 2. Of an acquaintance as told, else by its contacts: 3 from 10 on, 2 from
 *                 3 on, else 1; one less (but 1) when the last is more than a year ago; whoever owns the contact or the
 *                 contact in the deal knows it, by 1
 *   cost, way     4 - strength a step, 3 more for each step to or from somebody against us; the cheapest way from any of
 *                 us, formal and informal ties alike (engines/route.h)
 *   rank          PageRank (damping 0.85) in the net of who goes to whom: to the boss, to the adviser, to the former
 *                 boss; friends, family and colleagues to each other (engines/influence.h)
 *   between       betweenness in that net, 0..1 (engines/influence.h)
 *   reach         how many of the people go to a person, directly or through one other
 *   single point  without whom no way leads from us to a decider or approver (what articulation points are for one pair)
 *   next          the MW_BUYING_NEXT people, none of them against us, who together are asked by the most
 *                 (mw_influence_coverage())
 *   roles needed  those that gates up to the next stage ask for, and by the default probability of the stage: a user
 *                 always, a coach from 10 %, a decider from 20 %, adviser and approver from 40 %, a buyer from 60 %
 * See docs/methods/buying-centre.md, with a worked example.
 */
#include <jansson.h>

#include "record/context.h"

enum {
    MW_BUYING_PEOPLE_MAX = 400,
    MW_BUYING_TIES_MAX = 4000,
    MW_BUYING_NEXT = 3,
};
#define MW_NOBODY_THERE G_MAXUINT

typedef enum {
    MW_ROLE_DECIDER = 1 << 0,
    MW_ROLE_APPROVER = 1 << 1,
    MW_ROLE_USER = 1 << 2,
    MW_ROLE_BUYER = 1 << 3,
    MW_ROLE_ADVISER = 1 << 4,
    MW_ROLE_GATEKEEPER = 1 << 5,
    MW_ROLE_COACH = 1 << 6,
} MwBuyingRoles; /* in the order of the choices of opportunity_person.role */

typedef struct {
    int64_t contact, person;       /* person: the line of the opportunity, 0 */
    char *name, *job_title, *note; /* any but name may be NULL */
    char *account;                 /* name of the main account, NULL: none */
    int64_t account_id;
    bool seen;    /* the actor may read the contact */
    bool member;  /* of the decision or of the account; else known through others */
    bool outside; /* of another account, or of none, and not here by a further account either */
    bool departed;
    unsigned roles;     /* MwBuyingRoles */
    char *role_names;   /* "Decider, buyer" in the reader's language; NULL: not known */
    const char *stance; /* key of the catalog's choice; NULL: unknown */
    int influence;      /* 1..5 as somebody has said, 0: not said */
    int64_t owner;      /* of us, for this contact; 0 */
    char last[11], next[11], about[11]; /* days of last, next contact, last about this deal; "" */
    int64_t days;                       /* since the last; -1: never */
    bool covered;
    double rank, between;
    unsigned reach;
    uint32_t cost, before; /* of the way from us; MW_ROUTE_NONE; nodes are people, then users */
} MwBuyingPerson;

/* Where a person stands on the map. */
typedef struct {
    bool placed; /* somebody has put him there */
    int x, y;
} MwBuyingPlace;

typedef struct {
    guint from, to; /* numbers of people */
    int64_t id;
    const char *kind; /* key of the catalog's choice */
    bool formal;
    unsigned strength;
} MwBuyingTie;

/* Who of us knows a person. */
typedef struct {
    guint person, user; /* user: number in `users` */
    unsigned strength;
} MwBuyingKnows;

typedef struct {
    int64_t id;
    char *name;
} MwBuyingUser;

typedef enum {
    MW_FINDING_ROLE,
    MW_FINDING_UNCOVERED,
    MW_FINDING_SINGLE,
    MW_FINDING_WAY,
    MW_FINDING_BLOCKER,
    MW_FINDING_NEXT,
} MwFindingIs;

/* Something to know, why, and what to do about it; texts in the language of the actor. */
typedef struct {
    MwFindingIs is;
    bool urgent;
    guint person; /* whom it is about; MW_NOBODY_THERE */
    char *text, *reason;
    const char *step_type; /* type of the activity: "call", "visit"; NULL: no step */
    char *step;            /* its subject */
    guint step_person;     /* with whom; MW_NOBODY_THERE */
    int64_t step_owner;    /* of us; 0: whoever asks */
} MwFinding;

typedef struct {
    const MwEntity *entity; /* opportunity or account */
    int64_t record, account;
    int64_t process, stage; /* of an open opportunity, else 0 */
    unsigned days;
    GPtrArray *people;                        /* of MwBuyingPerson, members first */
    GArray *ties;                             /* of MwBuyingTie */
    GArray *knows;                            /* of MwBuyingKnows */
    GArray *users;                            /* of MwBuyingUser */
    GPtrArray *findings;                      /* of MwFinding, the most urgent kind first */
    guint members, covered, key, key_covered; /* key: deciders and approvers */
    bool more;                                /* there are more people than are read */
    GArray *places;                           /* of MwBuyingPlace, one a person */
} MwBuyingCentre;

void mw_buying_centre_clear(MwBuyingCentre *centre);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwBuyingCentre, mw_buying_centre_clear)

/* Of an opportunity or an account that the caller has read. `days` 0: as the company has set it. Without findings when `words` is
 * false: for what only draws the map. Where the transaction only reads, all but the places is remembered until somebody
 * writes (record/memo.h), and shared: only the places may be changed. */
bool mw_buying_centre(const MwContext *context, const MwRecord *record, unsigned days, bool words,
                      MwBuyingCentre *centre, GError **error);
/* As the REST API gives it; OpenAPI describes it. */
json_t *mw_buying_centre_json(const MwContext *context, const MwBuyingCentre *centre);

static inline MwBuyingPerson *
mw_buying_person(const MwBuyingCentre *centre, guint i)
{
    return centre->people->pdata[i];
}

static inline MwBuyingPlace *
mw_buying_at(const MwBuyingCentre *centre, guint i)
{
    return &g_array_index(centre->places, MwBuyingPlace, i);
}

/* The way from us to a person: numbers of nodes, a user's first (people, then users). Empty when there is none. */
GArray *mw_buying_way(const MwBuyingCentre *centre, guint person);
/* The tie that a way takes between two people; NULL: acquaintance. */
const MwBuyingTie *mw_buying_tie(const MwBuyingCentre *centre, guint a, guint b);
/* Whether a deal has an account and the person, whom the actor sees, is from outside: as decider or approver he does not
 * count as covered, however often one meets. */
static inline bool
mw_buying_elsewhere(const MwBuyingCentre *centre, const MwBuyingPerson *person)
{
    return centre->account && person->outside;
}

/* Whether it is a deal at its end: nobody has to be met any more. */
bool mw_buying_closed(const MwBuyingCentre *centre);
/* Whether the person stands against us: sceptic or opponent. */
bool mw_buying_against(const MwBuyingPerson *person);
/* "Decider, buyer" in the reader's language; "" when not known. The caller frees it. */
char *mw_buying_role_names(const MwContext *context, unsigned roles);
/* Label of a choice of a field, translated; "" for NULL. */
const char *mw_buying_label(const MwContext *context, const char *entity, const char *field,
                            const char *key);
/* Saves where people were put on the map: the last one to move a person counts. The caller has checked the right to
 * change the record. */
bool mw_buying_place(const MwContext *context, int64_t map, int64_t contact, int x, int y,
                     GError **error);
