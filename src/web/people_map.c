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
        sum += mw_buying_at(centre, tie->to)->x;
        n++;
    }
    return n > 0 ? sum / n : otherwise;
}

/* One level, in as many rows as it takes, each in the middle; the next free row. */
static int
put_level(const MwBuyingCentre *centre, Place *places, guint n, int row)
{
    for (guint i = 0; i < n; i++) {
        MwBuyingPlace *at = mw_buying_at(centre, places[i].person);
        guint in_row = MIN(n - i / MW_MAP_ACROSS * MW_MAP_ACROSS, MW_MAP_ACROSS);
        guint column = i % MW_MAP_ACROSS;
        if (at->placed)
            continue;
        at->x = (int)((2 * (double)column - in_row + 1) * MW_MAP_COLUMN / 2);
        at->y = (row + (int)(i / MW_MAP_ACROSS)) * MW_MAP_ROW;
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

/* What is drawn, and what is worked out once for all. */
typedef struct {
    const MwRecordPage *page;
    const MwBuyingCentre *centre;
    guint *number;         /* of a person among those that are drawn */
    guint *last, *earlier; /* of a person and of a tie: the tie before between the same two */
    bool *marked;          /* of a tie: lies on a way to a decider or approver */
} Drawing;

static void
drawing_clear(Drawing *drawing)
{
    g_free(drawing->number);
    g_free(drawing->last);
    g_free(drawing->earlier);
    g_free(drawing->marked);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Drawing, drawing_clear)

/* Who of us owns the contact: at the right of the circle. */
static void
put_owner(MwNode *node, const MwBuyingCentre *centre, int64_t owner, int r)
{
    char initials[16];

    for (guint j = 0; j < centre->users->len; j++) {
        const MwBuyingUser *user = &g_array_index(centre->users, MwBuyingUser, j);
        if (user->id != owner)
            continue;
        MwNode *ours = mw_put_object(node, "ours");
        mw_put_copy(ours, "initials", mw_people_initials(user->name, initials));
        mw_put_int(ours, "x", r - 4);
        mw_put_int(ours, "y", 4 - r);
        return;
    }
    mw_put_text(node, "ours", NULL);
}

static void
put_node(MwNode *nodes, const Drawing *drawing, guint i)
{
    const MwBuyingCentre *centre = drawing->centre;
    const MwBuyingPerson *person = mw_buying_person(centre, i);
    const MwBuyingPlace *at = mw_buying_at(centre, i);
    bool closed = mw_buying_closed(centre);
    g_autofree char *age = mw_people_age(centre, person);
    MwNode *node = mw_put_object(nodes, NULL);
    int r = mw_people_radius(centre, person);

    mw_put_int(node, "id", person->contact);
    mw_put_int(node, "x", at->x);
    mw_put_int(node, "y", at->y);
    mw_put_int(node, "r", r);
    mw_put_int(node, "name_y", r + 16);
    mw_put_int(node, "role_y", r + 31);
    mw_put_copy(node, "name", person->name);
    put_short(node, person->name);
    mw_put_copy(node, "role", person->role_names);
    mw_put_text(node, "stance", person->stance ? person->stance : "unknown");
    mw_put_text(node, "stance_label",
                person->stance ? mw_buying_label(drawing->page->request->context,
                                                 "opportunity_person", "stance", person->stance)
                               : _("stance unknown"));
    mw_put_text(node, "sign", mw_people_sign(person));
    mw_put_bool(node, "guest", !person->member);
    mw_put_copy(node, "age", age);
    if (person->days >= 0 && !closed)
        mw_put_format(node, "days", _("%d d"), (int)MIN(person->days, 9999));
    else
        mw_put_text(node, "days", NULL);
    mw_put_bool(node, "late", !person->covered && !closed);
    put_owner(node, centre, person->owner, r);
}

/* Marks the relations that lie on ways to deciders and approvers. */
static void
mark_ways(Drawing *drawing)
{
    const MwBuyingCentre *centre = drawing->centre;
    const MwBuyingTie *ties = (const MwBuyingTie *)centre->ties->data;

    for (guint i = 0; i < centre->people->len; i++) {
        const MwBuyingPerson *person = mw_buying_person(centre, i);
        if (!person->member || !(person->roles & (MW_ROLE_DECIDER | MW_ROLE_APPROVER)))
            continue;
        g_autoptr(GArray) way = mw_buying_way(centre, i);
        for (guint j = 2; j < way->len; j++) {
            const MwBuyingTie *tie = mw_buying_tie(centre, g_array_index(way, guint, j - 1),
                                                   g_array_index(way, guint, j));
            if (tie)
                drawing->marked[tie - ties] = true;
        }
    }
}

/* Several between the same two stand side by side: how far from the middle this one does. */
static int
shift_of(const Drawing *drawing, guint i)
{
    const MwBuyingTie *ties = (const MwBuyingTie *)drawing->centre->ties->data;
    guint lower = MIN(ties[i].from, ties[i].to);
    int shift = 0;

    drawing->earlier[i] = drawing->last[lower];
    drawing->last[lower] = i;
    for (guint j = drawing->earlier[i]; j != MW_NOBODY_THERE; j = drawing->earlier[j])
        if (ties[j].from == ties[i].from && ties[j].to == ties[i].to)
            shift += SHIFT;
        else if (ties[j].from == ties[i].to && ties[j].to == ties[i].from)
            shift -= SHIFT; /* its own direction is turned, too */
    return shift;
}

static void
put_line(MwNode *lines, const Drawing *drawing, guint i)
{
    const MwBuyingCentre *centre = drawing->centre;
    const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
    const MwBuyingPlace *from = mw_buying_at(centre, tie->from),
                        *to = mw_buying_at(centre, tie->to);
    double dx = to->x - from->x, dy = to->y - from->y, length = MAX(hypot(dx, dy), 1.0);
    double ux = dx / length, uy = dy / length;
    double begin = mw_people_radius(centre, mw_buying_person(centre, tie->from)) + 1;
    double end = mw_people_radius(centre, mw_buying_person(centre, tie->to)) + GAP;
    int shift = shift_of(drawing, i);
    MwNode *line = mw_put_object(lines, NULL);

    mw_put_int(line, "from", drawing->number[tie->from]);
    mw_put_int(line, "to", drawing->number[tie->to]);
    mw_put_int(line, "shift", shift);
    mw_put_bool(line, "formal", tie->formal);
    mw_put_bool(line, "both",
                g_str_equal(tie->kind, "friend_of") || g_str_equal(tie->kind, "family_of") ||
                    g_str_equal(tie->kind, "colleague_of"));
    mw_put_bool(line, "way", drawing->marked[i]);
    mw_put_text(
        line, "label",
        mw_buying_label(drawing->page->request->context, "contact_relation", "kind", tie->kind));
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
    guint people = centre->people->len, ties = centre->ties->len, n = 0;
    g_auto(Drawing) drawing = { page,
                                centre,
                                g_new(guint, people),
                                g_new(guint, people),
                                g_new(guint, ties),
                                g_new0(bool, ties) };
    MwNode *map = mw_put_object(node, "map");
    MwNode *lines = mw_put_list(map, "lines"), *nodes = mw_put_list(map, "nodes");
    int left = INT_MAX, top = INT_MAX, right = INT_MIN, bottom = INT_MIN;

    mark_ways(&drawing);
    for (guint i = 0; i < people; i++) {
        const MwBuyingPlace *at = mw_buying_at(centre, i);
        drawing.last[i] = MW_NOBODY_THERE;
        if (!shown[i])
            continue;
        left = MIN(left, at->x);
        right = MAX(right, at->x);
        top = MIN(top, at->y);
        bottom = MAX(bottom, at->y);
        drawing.number[i] = n++;
        put_node(nodes, &drawing, i);
    }
    for (guint i = 0; i < ties; i++) {
        const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
        if (shown[tie->from] && shown[tie->to])
            put_line(lines, &drawing, i);
    }
    mw_put_format(map, "box", "%d %d %d %d", left - MARGIN, top - MARGIN / 2,
                  right - left + 2 * MARGIN, bottom - top + 2 * MARGIN);
    mw_put_int(map, "wide", right - left + 2 * MARGIN); /* at its natural size texts are legible */
    mw_put_int(map, "high", bottom - top + 2 * MARGIN);
    mw_put_format(map, "save", "/%s/%" G_GINT64_FORMAT "/map", page->entity->path, centre->record);
}
