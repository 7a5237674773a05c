#pragma once
/* work: what the program does by itself, in steps that each have a transaction of their own. */
#include "record/context.h"

typedef bool (*MwWork)(const MwContext *context, void *data, GError **error);

/* Runs `work` as the system, in the language of the company, in a transaction on `store` (which is in none): committed
 * if it returns true, else undone. It may be run again when the database asks for that; see mw_store_atomically(). */
bool mw_work_atomically(MwCompany *company, MwStore *store, MwWork work, void *data,
                        GError **error);
