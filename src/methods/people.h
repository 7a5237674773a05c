#pragma once
/*
 * people: what ordinary work says of people, computed within each write (mw_people_derivations):
 *   - from an activity that reaches somebody (a call, visit or mail) with a contact follow the contact's last and next
 *     contact, the same about the opportunity for its people, and who of us knows the contact (acquaintance);
 *   - a contact of such an activity about an opportunity, and the main contact of an opportunity, belong to its people,
 *     with the role unknown. Whom somebody has taken off stays off;
 *   - a symmetric relation (friend, family, colleague) is kept once, whichever way it is told, and nobody reports to
 *     himself through others;
 *   - relations with a contact that is deleted go and come back with it.
 * Counted are the latest MW_PEOPLE_ACTIVITIES_MAX activities of the contact: one statement by an index, however many
 * there are in the company. Days are those of the company's time zone.
 */
#include "record/derivation.h"

enum { MW_PEOPLE_ACTIVITIES_MAX = 2000 };

extern const MwDerivation mw_people_derivations[]; /* ends with a NULL entity */
