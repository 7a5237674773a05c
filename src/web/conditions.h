#pragma once
/*
 * conditions: the filter of a list as people read and build it: chips in words, a field, a test and a value.
 */
#include "web/list.h"

/* Puts `chips` (label, test, value, href without it) and `filter_fields` (name, label) into `node`. */
bool mw_conditions_put(MwNode *node, MwList *list, MwTitles *links, GError **error);
/* "_field=…&_test=…&_value=…" of the form that adds a condition: the address of the list that has it, NULL when the
 * request adds none. The caller frees it. */
char *mw_conditions_added(MwList *list);
/* Fragment: tests and value of the field that the form names; GET /{entity}/condition?_field=…  */
bool mw_conditions_form(const MwRequest *request, MwReply *reply, GError **error);
