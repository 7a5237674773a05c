#pragma once
/*
 * lead: a lead becomes an account, a contact and an opportunity in one step.
 *
 * What is there already is linked to, never made twice: the account by credit code, then by the key of its name, then,
 * if only one has it, by mail domain or telephone (base/name.h); the contact, within the account, by address, telephone
 * or name. A lead that has been converted gives what it became. Needs a store in a transaction that writes.
 *
 * What was done and planned with the lead goes along: its activities stay with it and are linked to the account, the
 * contact and the opportunity too, through the service, so that last contact, next step and coverage follow; its files
 * go to the opportunity, or to the account where none is made. The newest MW_CARRIED_MAX of each.
 */
#include "record/service.h"

typedef struct {
    int64_t account; /* to be linked to, in place of looking for one; 0: look                */
    bool fresh;      /* makes an account even where mail domain or phone are those of one; credit
                            code and name still decide, so that there are no twins              */
    bool no_opportunity; /* only account and contact                                            */
    const char *name;    /* of the opportunity; NULL: that of mw_lead_deal_name()                */
    const MwInput
        *deal; /* what else the opportunity begins with, of mw_lead_deal_fields; may be NULL */
} MwConversionAsk;

enum { MW_CARRIED_MAX = 1000 };

/* Of the opportunity, what a conversion asks for beside its name; ends with NULL. */
extern const char *const mw_lead_deal_fields[];

/* How the opportunity of a lead is called unless somebody says otherwise: what is needed (the first line, if it is short), else
 * the product, and for which company. The caller frees it. */
char *mw_lead_deal_name(const MwRecord *lead, const char *product);

typedef struct {
    int64_t account, contact, opportunity; /* 0: none */
    bool account_made, contact_made, opportunity_made;
} MwConversion;

/* False on an error. With problems nothing is to be kept: the caller undoes. An account that the actor may not see is a
 * problem of "account" with the code "taken". A lead in an open pool is
 * MW_ERROR_CONFLICT. */
bool mw_lead_convert(const MwContext *context, int64_t lead, const MwConversionAsk *ask,
                     MwConversion *out, MwProblems *problems, GError **error);
