#pragma once
/*
 * policy: the policies of the classes act. The next visit of an account follows from its last one and the rhythm of its
 * class, what an order has been paid from its payments, and who orders for the first time becomes a customer.
 *
 * mw_policy_derivations is registered with the company at start; the service then calls it within each write's
 * transaction, whoever writes. Changes of a policy itself reach its accounts by mw_policy_visits(), a job.
 */
#include "record/derivation.h"

/* Ends with a NULL entity. */
extern const MwDerivation mw_policy_derivations[];

/* Days between visits by class, A first; 0: no rhythm. */
typedef struct {
    int64_t days[4];
} MwVisitRhythm;

bool mw_policy_rhythm(MwStore *store, MwVisitRhythm *rhythm, GError **error);
/* ISO date of the next visit; NULL without a class that has a rhythm. An account never visited is due at once: on the
 * day it has been due since, else on `today`. `class`, `last` and `due` (ISO dates) may be NULL or "". The caller frees
 * it. */
char *mw_policy_next_visit(const MwVisitRhythm *rhythm, const char *class, const char *last,
                           const char *due, int64_t today);

/* Brings next_visit_on of all accounts to the policies, in transactions of its own on `store`; safe to repeat.
 * `changed` (may be NULL) counts the accounts. */
bool mw_policy_visits(MwCompany *company, MwStore *store, size_t *changed, GError **error);
/* Takes back decisions on a class whose day has passed. As above. */
bool mw_policy_overrides(MwCompany *company, MwStore *store, size_t *changed, GError **error);

/* Accounts whose next visit was due before `today`, the longest overdue first, as a query for mw_record_find(): the
 * caller frees the filter that it points at. */
MwFilter *mw_policy_overdue(const MwContext *context, MwQuery *query);
