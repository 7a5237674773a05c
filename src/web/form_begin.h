#pragma once
/*
 * form_begin: a new record that begins with what another one has: a sales order made from an opportunity.
 *
 * What the two declare alike goes along: fields of one name and kind, links to the same, and the lines of a detail that
 * links to the same records as one of the other's (the products of an opportunity). Nothing is kept before the form is sent.
 */
#include "record/input.h"
#include "web/web.h"

/* "opportunity.123": that record, which the actor may read, and its values in `input`; NULL text: nothing. */
bool mw_begin_from(const MwRequest *request, MwInput *input, const char *text, MwRecord **from,
                   GError **error);
/* The lines of the record as new ones of `detail`, without ids (MwRecord *, freed with the array). */
GPtrArray *mw_begun_lines(const MwContext *context, const MwRecord *from, const MwEntity *detail,
                          GError **error);
