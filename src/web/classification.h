#pragma once
/* classification: what the files of the pages about the classes of accounts share. Private to web/. */
#include <jansson.h>

#include "methods/classification.h"
#include "web/admin.h"

/* The plan that the form asks for; problems by the names of its fields. */
void mw_plan_of_form(const MwRequest *request, MwClassificationPlan *plan, MwProblems *problems);
/* ... or a JSON object; MW_ERROR_INVALID names the member that does not fit. */
bool mw_plan_of_json(const MwContext *context, const json_t *asked, MwClassificationPlan *plan,
                     GError **error);
/* Comparison of two indicators as the form names it: "ahp.revenue.margin". */
void mw_comparison_name(MwIndicator a, MwIndicator b, char name[96]);
/* Puts a table of the classes: list `classes` of class, accounts, revenue, share. `json` as in the field of the run. */
void mw_put_classes(MwNode *page, const char *json, const char *currency);
/* "0.71514" to "0.715"; "74.6 %". */
void mw_put_real(MwNode *node, const char *key, double number, int digits);
void mw_put_share(MwNode *node, const char *key, double share);
