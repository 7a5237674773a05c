#pragma once
/*
 * bulk_form: the pages of a change of many records: what is chosen, what it would do, whether it is meant.
 *
 * Names in the form: "_field" chooses a field and "_drop" takes it out again. A chosen field without a value stays as it is
 * in each record; "_clear" with its name empties it.
 */
#include "web/selection.h"

typedef struct {
    const MwRequest *request;
    const MwSelection *selection;
    const GPtrArray *fields; /* chosen; of a preview those that change */
    MwProblems *problems;    /* NULL: nothing was sent yet */
} MwBulkForm;

/* Fields (const MwField *) that "_field" names; without any what the action means, else none. */
GPtrArray *mw_bulk_chosen(const MwRequest *request);
/* Of those the ones that something becomes of. */
GPtrArray *mw_bulk_changing(const MwRequest *request, const GPtrArray *chosen);
/* What the form says, as mw_bulk_begin() takes it. The caller frees it. */
char *mw_bulk_values(const MwRequest *request, const GPtrArray *fields);
/* What cannot be meant: nothing at all, or a value beside "_clear". */
void mw_bulk_check_form(const MwBulkForm *form, const GPtrArray *changing);
/* Problems of the values themselves: those that each record has. They go back to the form. */
bool mw_bulk_find_faults(const MwBulkForm *form, GError **error);

bool mw_bulk_show_form(const MwBulkForm *form, MwReply *reply, GError **error);
/* The first records as they are and as they would be; `asks`: whether all are meant, before many are changed. */
bool mw_bulk_show_preview(const MwBulkForm *form, MwReply *reply, bool asks, GError **error);
/* Before many are deleted or restored. */
bool mw_bulk_show_question(const MwRequest *request, MwReply *reply, const MwSelection *selection,
                           bool removes, GError **error);
