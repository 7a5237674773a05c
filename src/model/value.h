#pragma once
/*
 * value: one stored value. A NULL in the database is MW_NULL; text is owned.
 *
 * Three storages carry every kind: whole numbers (money in minor units, prices in
 * millionths, instants in milliseconds, links, yes/no), reals, and UTF-8 text.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { MW_NULL, MW_INTEGER, MW_REAL, MW_TEXT } MwStorage;

typedef struct {
    MwStorage is;
    union {
        int64_t integer;
        double real;
        char *text; /* owned, NUL-terminated */
    };
} MwValue;

#define MW_NOTHING ((MwValue){ .is = MW_NULL })
#define MW_INT(number) ((MwValue){ .is = MW_INTEGER, .integer = (number) })
#define MW_DOUBLE(number) ((MwValue){ .is = MW_REAL, .real = (number) })
/* For parameters that outlive the call; never pass one to mw_value_clear(). */
#define MW_BORROW(string) mw_value_borrow(string)
static inline MwValue
mw_value_borrow(const char *text)
{
    return (MwValue){ .is = text ? MW_TEXT : MW_NULL, .text = (char *)text };
}

void mw_value_clear(MwValue *value);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwValue, mw_value_clear)

void mw_value_set_text(MwValue *value, const char *text); /* copies; NULL means MW_NULL */
void mw_value_copy(MwValue *to, const MwValue *from);     /* clears `to` first          */
bool mw_value_equal(const MwValue *a, const MwValue *b);
