#pragma once
/* recycling_told: what owners were told of what goes back into a pool, so that each day is told once and of several rules
 * the one that comes first. Private to methods/. */
#include "record/service.h"

/* What the owners of records (`ids`, of int64_t) were told of instants from `from` on. */
GArray *mw_told_read(const MwContext *context, const GArray *ids, int64_t from, GError **error);
/* Whether that was said already, or another rule comes first. `later`: another rule had told of a later day. */
bool mw_told_is(const GArray *told, int64_t record, int64_t owner, int64_t at, const char *reason,
                bool *later);
/* The earlier day is what counts: takes back what was told of a later one and not read. */
bool mw_told_forget_later(const MwContext *context, int64_t record, int64_t owner, int64_t at,
                          GError **error);
