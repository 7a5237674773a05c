#pragma once
/* plural: gettext's plural expressions, such as "n==1 ? 0 : n%10>=2 ? 1 : 2". */
#include <stdbool.h>

enum {
    MW_PLURAL_DEPTH = 32,      /* parentheses and operators nested within each other */
    MW_PLURAL_LENGTH_MAX = 500 /* bytes of an expression                             */
};

/*
 * The value of `expression` for `n`; it ends at ';' or at the end of the string. Operators, in rising
 * order: ?: || && == != < > <= >= + - * / % ! and parentheses, as in C on unsigned long; division by
 * zero gives 0. False, and `value` untouched, when it is malformed, too long or too deep. Linear in its length.
 */
bool mw_plural(const char *expression, unsigned long n, unsigned long *value);
