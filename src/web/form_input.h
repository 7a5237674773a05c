#pragma once
/*
 * form_input: what a form sends, as the input of a write.
 *
 * Fields go by their names. Lines are "sales_order_line.TOKEN.field": TOKEN is a number for the lines that the form
 * began with, in their order, and a word for those added; "…TOKEN._id" is the id of a line that there is already.
 * "_lines.sales_order_line" says that the lines given are all there are, "_add.sales_order_line" that they are added to
 * those that there are. "…TOKEN._key" names the field without which a line says nothing and is left out.
 */
#include "record/input.h"
#include "web/web.h"

/* The text that the form has for a field, NULL when it has none; several boxes of a choice are joined by commas. The
 * text lives as long as the request. */
const char *mw_form_text(const MwRequest *request, const MwField *field, const char *prefix);
/* Adds what an empty field of a line takes from what the line links to (MwField.taken_from), or why it does not: line
 * `number` of its kind, from 1, as it was checked with these problems. templates/form/takes.html shows it. */
void mw_field_put_taken(MwNode *list, const MwRequest *request, const MwProblems *problems,
                        const MwRecord *line, const MwField *field, const char *prefix,
                        guint number);
/* Every field that the form names and the actor may edit, and the lines. The version is that of "_version". */
MwInput *mw_form_input(const MwRequest *request, const MwEntity *entity);
/* The prefixes of lines that are filled in, in the order in which they come to the service and problems count them. */
GPtrArray *mw_form_filled_lines(const MwRequest *request, const MwEntity *detail);
/* The tokens of the lines of a form, as they stand in it (borrowed prefixes "sales_order_line.TOKEN."). */
GPtrArray *mw_form_lines(const MwRequest *request, const MwEntity *detail);
