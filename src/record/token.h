#pragma once
/*
 * token: secrets that stand for a user: of sessions and of programs (entity api_token). 256 random
 * bits as base64url; the database keeps only their BLAKE2b hash.
 */
#include "record/context.h"

enum { MW_SECRET_SIZE = 44, MW_SECRET_HASH_SIZE = 65, MW_TOKEN_PREFIX_LETTERS = 8 };
#define MW_TOKEN_PREFIX "mw_"

/* A new secret of 43 letters. */
void mw_secret_make(char secret[MW_SECRET_SIZE]);
/* What is kept of a secret of any length: 64 hexadecimal digits. */
void mw_secret_hash(const char *secret, char hash[MW_SECRET_HASH_SIZE]);
/* Takes as long wherever the two differ. */
bool mw_secret_equal(const char *a, const char *b);

/* Makes an API token for a user: the only time that it can be read; the caller frees it.
 * `expires_at`: instant; 0: never. The context's store is in a transaction that writes; whether the
 * actor may do this is the caller's to check. Problems are those of its record. */
char *mw_token_create(const MwContext *context, int64_t user, const char *name, int64_t expires_at,
                      MwProblems *problems, GError **error);

/* Ends all API tokens of a user, and the secret address of his calendar; all of it is in the history. Whether the actor may do this is the caller's to check. */
bool mw_tokens_end(const MwContext *context, int64_t user, GError **error);
