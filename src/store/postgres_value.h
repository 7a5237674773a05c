#pragma once
/*
 * postgres_value: our values as libpq's parameters, and its rows as our values. Private to postgres.c.
 */
#include "store/store.h"

struct pg_result;

typedef struct {
    char text[40];
} MwPgNumber;

/* Parameters as texts, borrowed from the values; numbers are written into `numbers`, one for each parameter. */
void mw_pg_bind(const MwValue *params, size_t n_params, const char **texts, MwPgNumber *numbers);
/* Calls `row` for each row, until it returns false. */
void mw_pg_give_rows(const struct pg_result *result, MwRowFunc row, void *data);
