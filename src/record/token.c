#include "record/token.h"

#include <sodium.h>

#include "record/history.h"
#include "record/service.h"

enum { SECRET_BYTES = 32, HASH_BYTES = 32 };

void
mw_secret_make(char secret[MW_SECRET_SIZE])
{
    unsigned char bytes[SECRET_BYTES];

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(secret, MW_SECRET_SIZE, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

void
mw_secret_hash(const char *secret, char hash[MW_SECRET_HASH_SIZE])
{
    unsigned char bytes[HASH_BYTES];

    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)secret, strlen(secret), NULL, 0);
    sodium_bin2hex(hash, MW_SECRET_HASH_SIZE, bytes, sizeof bytes);
}

bool
mw_secret_equal(const char *a, const char *b)
{
    size_t n = strlen(a);

    return n == strlen(b) && sodium_memcmp(a, b, n) == 0;
}

char *
mw_token_create(const MwContext *context, int64_t user, const char *name, int64_t expires_at,
                MwProblems *problems, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "api_token");
    g_autoptr(MwActor) system = mw_company_system(context->company);
    g_autoptr(MwInput) input = mw_input_new(entity);
    MwContext as_system = *context; /* the entity is the system's own */
    char secret[MW_SECRET_SIZE], hash[MW_SECRET_HASH_SIZE];

    as_system.actor = system;
    mw_secret_make(secret);
    g_autofree char *token = g_strconcat(MW_TOKEN_PREFIX, secret, NULL);
    g_autofree char *prefix = g_strndup(token, MW_TOKEN_PREFIX_LETTERS);
    mw_secret_hash(token, hash);
    mw_input_set_value(input, mw_entity_field(entity, "user"), MW_INT(user));
    mw_input_set(input, "name", name);
    mw_input_set_value(input, mw_entity_field(entity, "prefix"), MW_BORROW(prefix));
    mw_input_set_value(input, mw_entity_field(entity, "hash"), MW_BORROW(hash));
    if (expires_at)
        mw_input_set_value(input, mw_entity_field(entity, "expires_at"), MW_INT(expires_at));
    g_autoptr(MwRecord) record = mw_record_write(&as_system, input, 0, problems, error);
    return record && !mw_problems_any(problems) ? g_steal_pointer(&token) : NULL;
}

/* The secret address lets somebody read as a token does. */
static bool
end_calendar(const MwContext *context, int64_t user, GError **error)
{
    MwValue id = MW_INT(user);

    if (!mw_store_run(context->store,
                      "UPDATE \"user\" SET calendar_secret = NULL WHERE id = $1 AND "
                      "calendar_secret IS NOT NULL",
                      &id, 1, NULL, NULL, error))
        return false;
    return mw_store_touched(context->store) == 0 ||
           mw_history_add(context, "user", user, "calendar_unshared", "{}", error);
}

bool
mw_tokens_end(const MwContext *context, int64_t user, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "api_token");
    g_autoptr(MwActor) actor = mw_company_system(context->company);
    g_autoptr(MwFilter) filter =
        mw_filter_test(mw_entity_field(entity, "user"), MW_TEST_EQ, MW_INT(user));
    MwQuery query = { .entity = entity, .filter = filter };
    MwContext system = *context;

    system.actor = actor; /* of oneself one may, whatever the rights on tokens are */
    for (bool more = true; more;) {
        g_autoptr(GPtrArray) tokens = mw_record_find(&system, &query, MW_MAY_READ, &more, error);
        if (!tokens)
            return false;
        for (guint i = 0; i < tokens->len; i++)
            if (!mw_record_remove(&system, entity, mw_record_id(tokens->pdata[i]), 0, error))
                return false;
    }
    return end_calendar(context, user, error);
}
