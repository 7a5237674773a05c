#pragma once
/*
 * id: 64-bit record ids, made in the program and ordered by time.
 *
 * 41 bits of milliseconds since 2020, 10 of node (two servers on one database have
 * different ones), 12 of counter: always positive, and good until 2089. A burst of
 * more than 4,096 in a millisecond borrows from the milliseconds to come.
 */
#include <glib.h>
#include <stdint.h>

typedef struct {
    _Atomic int64_t last; /* milliseconds and counter of the last id, node left out */
    unsigned node;        /* 0..1023 */
} MwIds;

/* Safe from many threads at once. */
int64_t mw_id_next(MwIds *ids);
/* The id that a text of digits is; 0 for any other text and for NULL. */
int64_t mw_id_read(const char *text);
/* When an id was made, in milliseconds since 1970. */
int64_t mw_id_instant(int64_t id);
/* No id made at this instant or later is less: for pages of what is ordered by id. */
int64_t mw_id_first(int64_t instant);
