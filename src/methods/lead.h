#pragma once
/*
 * lead: a lead becomes an account, a contact and an opportunity in one step.
 *
 * What is there already is linked to, never made twice: the account by credit code, then by the key of its name, then,
 * if only one has it, by mail domain or telephone (base/name.h); the contact, within the account, by address, telephone
 * or name. A lead that has been converted gives what it became. Needs a store in a transaction that writes.
 */
#include "record/service.h"

typedef struct {
    int64_t account; /* to be linked to, in place of looking for one; 0: look                */
    bool fresh;      /* makes an account even where mail domain or phone are those of one; credit
                            code and name still decide, so that there are no twins              */
    bool no_opportunity; /* only account and contact                                            */
    const char *name;    /* of the opportunity; NULL: made of account and product                */
} MwConversionAsk;

typedef struct {
    int64_t account, contact, opportunity; /* 0: none */
    bool account_made, contact_made, opportunity_made;
} MwConversion;

/* False on an error. With problems nothing is to be kept: the caller undoes. An account that the actor may not see is a
 * problem of "account" with the code "taken". A lead in an open pool is
 * MW_ERROR_CONFLICT. */
bool mw_lead_convert(const MwContext *context, int64_t lead, const MwConversionAsk *ask,
                     MwConversion *out, MwProblems *problems, GError **error);
