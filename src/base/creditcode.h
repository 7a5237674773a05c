#pragma once
/*
 * creditcode: the unified social credit code of Chinese organisations (统一社会信用代码, GB 32100-2015).
 *
 * 18 characters of the 31 digits and capitals without I, O, S, V, Z: registering
 * authority (1), kind (2), administrative division (3..8, digits), organisation
 * (9..17), check character (18). The check character is that of section 4.7:
 * 31 − Σ value(i) · 3^(i−1) mod 31, which detects every wrong character and every
 * two exchanged ones, since 31 is a prime.
 */
#include <glib.h>

enum { MW_CREDIT_CODE_SIZE = 19 }; /* with the NUL */

typedef enum {
    MW_CREDIT_CODE_OK = 0,
    MW_CREDIT_CODE_LENGTH,    /* not 18 characters */
    MW_CREDIT_CODE_CHARACTER, /* one that the alphabet does not have */
    MW_CREDIT_CODE_DIVISION,  /* a letter among the six digits of the division */
    MW_CREDIT_CODE_CHECK,     /* well formed, but mistyped somewhere */
} MwCreditCodeStatus;

/* Reads a code as people write it: small letters, full-width forms, blanks and hyphens between. `out`
 * gets the 18 characters and is written only on MW_CREDIT_CODE_OK. */
MwCreditCodeStatus mw_credit_code_parse(const char *text, char out[MW_CREDIT_CODE_SIZE]);

/* The check character that belongs behind the first 17 of `code`, or 0 where one of these is not of
 * the alphabet or missing. */
char mw_credit_code_check(const char *code);
