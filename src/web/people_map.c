/* people_map: see people.h; where everybody stands, and the drawing. */
#include <math.h>

#include "base/i18n.h"
#include "web/people.h"

enum { LEVELS_MAX = 12, MARGIN = 90, GAP = 7, SHIFT = 9, LETTERS_MAX = 9 };

/* Where on a line its label stands, nearer to whom it begins at: names stand below circles. */
static const double label_at = 0.62;

/* ---- layout ------------------------------------------------------------------------- */

typedef struct {
    guint person;
    int level;
    double wish; /* the column below whom they report to */
} Place;

/* Levels below the top by reporting lines; -1 without one. Circles end at LEVELS_MAX. */
static void
settle_levels(const MwBuyingCentre *centre, const bool *shown, int *level)
{
    for (guint i = 0; i < centre->people->len; i++)
        level[i] = -1;
    for (int round = 0; round <= LEVELS_MAX; round++)
        for (guint i = 0; i < centre->ties->len; i++) {
            const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
            if (!g_str_equal(tie->kind, "reports_to") || !shown[tie->from] || !shown[tie->to])
                continue;
            level[tie->to] = MAX(level[tie->to], 0);
            level[tie->from] = MIN(MAX(level[tie->from], level[tie->to] + 1), LEVELS_MAX);
        }
}

static int
level_by_role(const MwBuyingPerson *person, int last)
{
    if (!person->member)
        return last + 1;
    if (person->roles & (MW_ROLE_DECIDER | MW_ROLE_APPROVER))
        return 0;
    return person->roles & MW_ROLE_USER || !person->roles ? MIN(2, MAX(last, 1)) : 1;
}

static int
compare_places(const void *a, const void *b)
{
    const Place *x = a, *y = b;

    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    if (x->wish != y->wish)
        return x->wish < y->wish ? -1 : 1;
    return x->person < y->person ? -1 : x->person > y->person;
}

/* The middle of those above whom a person reports to; else where he would stand anyway. */
static double
wish_of(const MwBuyingCentre *centre, const bool *shown, guint person, double otherwise)
{
    double sum = 0;
    unsigned n = 0;

    for (guint i = 0; i < centre->ties->len; i++) {
        const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
        if (tie->from != person || !g_str_equal(tie->kind, "reports_to") || !shown[tie->to])
            continue;
        sum += mw_buying_person(centre, tie->to)->x;
        n++;
    }
    return n > 0 ? sum / n : otherwise;
}

/* One level, in as many rows as it takes, each in the middle; the next free row. */
static int
put_level(const MwBuyingCentre *centre, Place *places, guint n, int row)
{
    for (guint i = 0; i < n; i++) {
        MwBuyingPerson *person = mw_buying_person(centre, places[i].person);
        guint in_row = MIN(n - i / MW_MAP_ACROSS * MW_MAP_ACROSS, MW_MAP_ACROSS);
        guint column = i % MW_MAP_ACROSS;
        if (person->placed)
            continue;
        person->x = (int)((2 * (double)column - in_row + 1) * MW_MAP_COLUMN / 2);
        person->y = (row + (int)(i / MW_MAP_ACROSS)) * MW_MAP_ROW;
    }
    return row + (int)((n + MW_MAP_ACROSS - 1) / MW_MAP_ACROSS);
}

void
mw_people_lay_out(const MwBuyingCentre *centre, const bool *shown)
{
    guint people = centre->people->len, n = 0;
    g_autofree int *level = g_new(int, people + 1);
    g_autofree Place *places = g_new(Place, people + 1);
    int last = 0, row = 0;

    settle_levels(centre, shown, level);
    for (guint i = 0; i < people; i++)
        last = MAX(last, level[i]);
    for (guint i = 0; i < people; i++) {
        const MwBuyingPerson *person = mw_buying_person(centre, i);
        if (!shown[i])
            continue;
        places[n++] = (Place){ i, level[i] >= 0 ? level[i] : level_by_role(person, last), 0 };
    }
    qsort(places, n, sizeof *places, compare_places);
    for (guint first = 0, end; first < n; first = end) {
        for (end = first; end < n && places[end].level == places[first].level; end++)
            places[end].wish = wish_of(centre, shown, places[end].person, end - first);
        qsort(places + first, end - first, sizeof *places, compare_places);
        row = put_level(centre, places + first, end - first, row);
    }
}

bool *
mw_people_shown(const MwBuyingCentre *centre)
{
    bool *shown = g_new0(bool, centre->people->len + 1);

    for (guint i = 0; i < centre->people->len; i++) {
        const MwBuyingPerson *person = mw_buying_person(centre, i);
        shown[i] |= person->member;
        if (!person->member || !(person->roles & (MW_ROLE_DECIDER | MW_ROLE_APPROVER)))
            continue;
        g_autoptr(GArray) way = mw_buying_way(centre, i);
        for (guint j = 1; j < way->len; j++)
            shown[g_array_index(way, guint, j)] = true;
    }
    for (guint i = 0; i < centre->ties->len; i++) {
        const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
        if (mw_buying_person(centre, tie->from)->member)
            shown[tie->to] = true;
        if (mw_buying_person(centre, tie->to)->member)
            shown[tie->from] = true;
    }
    return shown;
}

/* ---- drawing ---------------------------------------------------------------------------- */

int
mw_people_radius(const MwBuyingCentre *centre, const MwBuyingPerson *person)
{
    int by_rank = (int)lround(2.5 * person->rank * centre->people->len);
    int size = person->influence ? person->influence : CLAMP(by_rank, 1, 5);

    return MW_MAP_RADIUS + 3 * (size - 1);
}

const char *
mw_people_sign(const MwBuyingPerson *person)
{
    static const char *const signs[][2] = {
        { "champion", "++" }, { "supporter", "+" }, { "neutral", "0" },
        { "sceptic", "−" },   { "opponent", "−−" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (g_strcmp0(person->stance, signs[i][0]) == 0)
            return signs[i][1];
    return "?";
}

const char *
mw_people_initials(const char *name, char initials[16])
{
    glong n = g_utf8_strlen(name, -1);
    const char *space = strrchr(name, ' ');

    if ((guchar)*name >= 0x80) { /* 王芳: the given name says more than the family's */
        g_strlcpy(initials, g_utf8_offset_to_pointer(name, MAX(n - 2, 0)), 16);
        return initials;
    }
    initials[0] = *name;
    initials[1] = '\0';
    if (space && space[1] && (guchar)space[1] < 0x80) {
        initials[1] = space[1];
        initials[2] = '\0';
    }
    return initials;
}

/* A name as the map has room for it; an arena's copy. */
static void
put_short(MwNode *node, const char *name)
{
    glong max = (guchar)*name >= 0x80 ? LETTERS_MAX : 2 * LETTERS_MAX;

    if (g_utf8_strlen(name, -1) <= max) {
        mw_put_copy(node, "short", name);
        return;
    }
    g_autofree char *head = g_utf8_substring(name, 0, max - 1);
    mw_put_format(node, "short", "%s…", head);
}

static void
put_node(MwNode *nodes, const MwRecordPage *page, const MwBuyingCentre *centre, guint i)
{
    const MwBuyingPerson *person = mw_buying_person(centre, i);
    const MwContext *context = page->request->context;
    g_autofree char *roles = mw_buying_role_names(context, person->roles),
                    *age = mw_people_age(centre, person);
    MwNode *node = mw_put_object(nodes, NULL);
    char initials[16];
    int r = mw_people_radius(centre, person);

    mw_put_format(node, "id", "%" G_GINT64_FORMAT, person->contact);
    mw_put_format(node, "href", "/%s/%" G_GINT64_FORMAT "/people/%" G_GINT64_FORMAT,
                  page->entity->path, centre->record, person->contact);
    mw_put_int(node, "x", person->x);
    mw_put_int(node, "y", person->y);
    mw_put_int(node, "r", r);
    mw_put_int(node, "name_y", r + 16);
    mw_put_int(node, "role_y", r + 31);
    mw_put_copy(node, "name", person->name);
    put_short(node, person->name);
    mw_put_copy(node, "role", *roles ? roles : NULL);
    mw_put_text(node, "stance", person->stance ? person->stance : "unknown");
    mw_put_text(node, "stance_label",
                person->stance
                    ? mw_buying_label(context, "opportunity_person", "stance", person->stance)
                    : _("stance unknown"));
    mw_put_text(node, "sign", mw_people_sign(person));
    mw_put_bool(node, "guest", !person->member);
    mw_put_copy(node, "age", age);
    bool closed = mw_buying_closed(centre);
    if (person->days >= 0 && !closed)
        mw_put_format(node, "days", _("%d d"), (int)MIN(person->days, 9999));
    else
        mw_put_text(node, "days", NULL);
    mw_put_bool(node, "late", !person->covered && !closed);
    mw_put_text(node, "owner", NULL);
    for (guint j = 0; j < centre->users->len; j++) {
        const MwBuyingUser *user = &g_array_index(centre->users, MwBuyingUser, j);
        if (user->id != person->owner)
            continue;
        MwNode *owner = mw_put_object(node, "ours");
        mw_put_copy(owner, "initials", mw_people_initials(user->name, initials));
        mw_put_copy(owner, "name", user->name);
        mw_put_int(owner, "x", r - 4);
        mw_put_int(owner, "y", 4 - r);
    }
}

/* Marks the relations that lie on ways to deciders and approvers. */
static void
mark_ways(const MwBuyingCentre *centre, GHashTable *marked)
{
    for (guint i = 0; i < centre->people->len; i++) {
        const MwBuyingPerson *person = mw_buying_person(centre, i);
        if (!person->member || !(person->roles & (MW_ROLE_DECIDER | MW_ROLE_APPROVER)))
            continue;
        g_autoptr(GArray) way = mw_buying_way(centre, i);
        for (guint j = 2; j < way->len; j++)
            g_hash_table_add(marked,
                             (gpointer)mw_buying_tie(centre, g_array_index(way, guint, j - 1),
                                                     g_array_index(way, guint, j)));
    }
}

static void
put_line(MwNode *lines, const MwContext *context, const MwBuyingCentre *centre, guint i,
         bool marked)
{
    const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
    const MwBuyingPerson *from = mw_buying_person(centre, tie->from);
    const MwBuyingPerson *to = mw_buying_person(centre, tie->to);
    double dx = to->x - from->x, dy = to->y - from->y, length = MAX(hypot(dx, dy), 1.0);
    double ux = dx / length, uy = dy / length, shift = 0;
    double begin = mw_people_radius(centre, from) + 1, end = mw_people_radius(centre, to) + GAP;
    bool to_each_other = g_str_equal(tie->kind, "friend_of") ||
                         g_str_equal(tie->kind, "family_of") ||
                         g_str_equal(tie->kind, "colleague_of");
    MwNode *line = mw_put_object(lines, NULL);

    for (guint j = 0; j < i; j++) { /* several between the same two stand side by side */
        const MwBuyingTie *other = &g_array_index(centre->ties, MwBuyingTie, j);
        if (other->from == tie->from && other->to == tie->to)
            shift += SHIFT;
        else if (other->from == tie->to && other->to == tie->from)
            shift -= SHIFT; /* its own direction is turned, too */
    }
    mw_put_format(line, "from", "%" G_GINT64_FORMAT, from->contact);
    mw_put_format(line, "to", "%" G_GINT64_FORMAT, to->contact);
    mw_put_int(line, "shift", (int)shift);
    mw_put_bool(line, "formal", tie->formal);
    mw_put_bool(line, "directed", !to_each_other);
    mw_put_bool(line, "way", marked);
    mw_put_text(line, "label", mw_buying_label(context, "contact_relation", "kind", tie->kind));
    mw_put_int(line, "x1", lround(from->x + begin * ux - shift * uy));
    mw_put_int(line, "y1", lround(from->y + begin * uy + shift * ux));
    mw_put_int(line, "x2", lround(to->x - end * ux - shift * uy));
    mw_put_int(line, "y2", lround(to->y - end * uy + shift * ux));
    mw_put_int(line, "x", lround(label_at * from->x + (1 - label_at) * to->x - shift * uy));
    mw_put_int(line, "y", lround(label_at * from->y + (1 - label_at) * to->y + shift * ux));
}

void
mw_people_put_map(MwNode *node, const MwRecordPage *page, const MwBuyingCentre *centre,
                  const bool *shown)
{
    g_autoptr(GHashTable) marked = g_hash_table_new(g_direct_hash, g_direct_equal);
    MwNode *map = mw_put_object(node, "map");
    MwNode *lines = mw_put_list(map, "lines"), *nodes = mw_put_list(map, "nodes");
    int left = INT_MAX, top = INT_MAX, right = INT_MIN, bottom = INT_MIN;

    mark_ways(centre, marked);
    for (guint i = 0; i < centre->people->len; i++) {
        const MwBuyingPerson *person = mw_buying_person(centre, i);
        if (!shown[i])
            continue;
        left = MIN(left, person->x);
        right = MAX(right, person->x);
        top = MIN(top, person->y);
        bottom = MAX(bottom, person->y);
        put_node(nodes, page, centre, i);
    }
    for (guint i = 0; i < centre->ties->len; i++) {
        const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
        if (shown[tie->from] && shown[tie->to])
            put_line(lines, page->request->context, centre, i, g_hash_table_contains(marked, tie));
    }
    mw_put_format(map, "box", "%d %d %d %d", left - MARGIN, top - MARGIN / 2,
                  right - left + 2 * MARGIN, bottom - top + 2 * MARGIN);
    mw_put_int(map, "wide", right - left + 2 * MARGIN); /* at its natural size texts are legible */
    mw_put_int(map, "high", bottom - top + 2 * MARGIN);
    mw_put_format(map, "save", "/%s/%" G_GINT64_FORMAT "/map", page->entity->path, centre->record);
}
