#pragma once
/*
 * people: the tab «People» of opportunities and accounts, with the relationship map, and «Relations» of contacts.
 *
 * The map is drawn by the server as SVG: circles coloured by stance with a sign that says the same, larger by influence,
 * with the role below, the initials of our owner at the right and how long ago the last contact was at the left; solid
 * lines are formal, dashed ones not, thick ones lie on a way to a decider. static/people.js lets people be dragged (by
 * pointer, touch and arrow keys), zooms, and sends where they were put; without it the map is still read, and each
 * person is a link. Wherever somebody has been put, all see it; whom nobody has put stands by mw_people_lay_out(). The
 * list below has the same facts in words: for phones, for screen readers, and for printing on more than one sheet.
 */
#include "methods/buying_centre.h"
#include "web/record.h"
#include "web/table.h"

enum {
    MW_MAP_COLUMN = 150, /* units of the drawing, 1 px at its natural size */
    MW_MAP_ROW = 136,
    MW_MAP_ACROSS = 10,        /* people in a row */
    MW_MAP_RADIUS = 20,        /* of the smallest */
    MW_MAP_PLACE_MAX = 100000, /* of where somebody is put, from the middle */
};

/* For mw_record_tabs. */
bool mw_people_put(MwNode *node, MwRecordPage *page, GError **error);
bool mw_people_put_contact(MwNode *node, MwRecordPage *page, GError **error);

/* For mw_record_parts: what one wants to know of a contact at once. */
bool mw_people_head(MwNode *node, MwRecordPage *page, GError **error);
/* For the right of a contact's page: `relations`, the first of them. */
bool mw_people_put_rail(MwNode *rail, const MwRecordPage *page, GError **error);

/*
 * Places for those of `shown` whom nobody has put anywhere: reporting lines from the top down, others by their role
 * (deciders and approvers at the top, users below), people from outside at the bottom; beneath whom they report to.
 * Depends on the people and relations alone.
 */
void mw_people_lay_out(const MwBuyingCentre *centre, const bool *shown);
/* "CONTACT,X,Y" of somebody who was moved; false when it is none. */
bool mw_people_place_read(const char *text, int64_t *contact, int *x, int *y);
/* Who is drawn: the people in the decision, whom they have relations with, and who lies on a way to a decider. The
 * caller frees it. */
bool *mw_people_shown(const MwBuyingCentre *centre);
/* Puts `map`: box, nodes, lines. */
void mw_people_put_map(MwNode *node, const MwRecordPage *page, const MwBuyingCentre *centre,
                       const bool *shown);
int mw_people_radius(const MwBuyingCentre *centre, const MwBuyingPerson *person);
/* "+", "−"…; "?" when the stance is not known. */
const char *mw_people_sign(const MwBuyingPerson *person);
/* Puts `kinds` (value, label) and the look-up for a new relation, people of `account` (0: none) first: every kind both
 * ways, those told from the other side with "-" before them. */
void mw_people_put_relation_form(MwNode *node, const MwContext *context, int64_t account);
/* "?tab=people" of a record; in a buffer. */
const char *mw_people_path(const MwEntity *entity, int64_t id, char path[MW_RECORD_PATH_SIZE]);
/* "12 days ago", "today", "no contact yet"; of a deal at its end the day. The caller frees it. */
char *mw_people_age(const MwBuyingCentre *centre, const MwBuyingPerson *person);
/* What stands before the other one's name: "reports to"; from the other side "Subordinate". */
const char *mw_people_tie_label(const MwContext *context, const char *kind, bool forward);
/* Of two letters: "WF", "王芳"; into a buffer of 16. */
const char *mw_people_initials(const char *name, char initials[16]);
