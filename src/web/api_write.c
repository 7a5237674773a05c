/* api_write: creating, changing and deleting by REST. */
#include <sodium.h>

#include "base/i18n.h"
#include "base/json.h"
#include "store/backend.h"
#include "web/api.h"

enum { BATCH_MAX = 1000, KEY_MAX = 200 };

/* ---- idempotency -------------------------------------------------------------------- */

/* A POST with Idempotency-Key is done once: its reply is kept with the change, for a day. */
typedef struct {
    char *key;     /* user and key, NULL: none was sent */
    char *request; /* hash of path and body */
} Once;

static void
once_clear(Once *once)
{
    g_free(once->key);
    g_free(once->request);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Once, once_clear)

static char *
hash_of(const MwRequest *request)
{
    unsigned char hash[32];
    char hex[2 * sizeof hash + 1];
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)request->path,
                              strlen(request->path) + 1);
    crypto_generichash_update(&state, (const unsigned char *)request->body, request->body_size);
    crypto_generichash_final(&state, hash, sizeof hash);
    return g_strdup(sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

typedef struct {
    MwReply *reply;
    const char *request;
    bool found, same;
} Replay;

static bool
replay_row(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Replay *replay = data;

    replay->found = true;
    replay->same = g_str_equal(columns[0].text, replay->request);
    if (!replay->same)
        return false;
    mw_reply_status(replay->reply, (unsigned)columns[1].integer);
    if (*columns[2].text)
        mw_reply_header(replay->reply, "Location", columns[2].text);
    mw_reply_header(replay->reply, "Idempotent-Replay", "true");
    mw_reply_type(replay->reply, "application/json");
    g_string_assign(mw_reply_body(replay->reply), columns[3].text);
    return false;
}

/* `done`: the reply of the first time was given. */
static bool
once_begin(const MwRequest *request, MwReply *reply, Once *once, bool *done, GError **error)
{
    const char *key = mw_request_header(request, "Idempotency-Key");
    Replay replay = { .reply = reply };

    *done = false;
    if (!key)
        return true;
    if (strlen(key) > KEY_MAX || !g_str_is_ascii(key))
        return mw_fail(error, MW_ERROR_INVALID, _("Idempotency-Key: at most %d ASCII characters."),
                       KEY_MAX);
    once->key = g_strdup_printf("%lld:%s", (long long)mw_actor_user(request->context->actor), key);
    once->request = hash_of(request);
    replay.request = once->request;
    MwValue param = MW_BORROW(once->key);
    if (!mw_store_run(request->context->store,
                      "SELECT request, status, headers, body FROM idempotency WHERE key = $1",
                      &param, 1, replay_row, &replay, error))
        return false;
    if (replay.found && !replay.same)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("This Idempotency-Key was used for another request."));
    *done = replay.found;
    return true;
}

static bool
once_end(const MwRequest *request, MwReply *reply, const Once *once, unsigned status,
         const char *location, GError **error)
{
    if (!once->key)
        return true;
    MwValue params[] = { MW_BORROW(once->key),     MW_INT(request->context->now),
                         MW_BORROW(once->request), MW_INT(status),
                         MW_BORROW(location),      MW_BORROW(mw_reply_body(reply)->str) };
    if (!mw_store_run(request->context->store,
                      "INSERT INTO idempotency (key, at, request, status, headers, body) "
                      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO NOTHING",
                      params, G_N_ELEMENTS(params), NULL, NULL, error))
        return false;
    if (mw_store_touched(request->context->store) == 1)
        return true;
    /* The same request was faster: begin again, and find its reply. */
    g_set_error_literal(error, MW_STORE_RETRY, 0, "idempotency key");
    return false;
}

/* ---- one record ----------------------------------------------------------------------- */

/* The version in If-Match: "3-0123456789abcdef" or "3"; 0 for * and for none. False when it has none. */
static bool
expected_version(const MwRequest *request, int64_t *version, GError **error)
{
    const char *match = mw_request_header(request, "If-Match");
    gint64 number = 0;

    *version = 0;
    if (!match || g_str_equal(match, "*"))
        return true;
    g_autofree char *plain = g_strdup(match);
    g_strdelimit(plain, "\"", ' ');
    g_strstrip(plain);
    plain[strcspn(plain, "-")] = '\0';
    if (!g_ascii_string_to_signed(plain, 10, 1, G_MAXINT64, &number, NULL))
        return mw_fail(error, MW_ERROR_INVALID, _("If-Match: send the ETag of the record."));
    *version = number;
    return true;
}

/* Reads a record again, so that the reply shows it as everybody sees it. */
static bool
reply_saved(const MwRequest *request, MwReply *reply, int64_t id, GError **error)
{
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, request->entity, id, MW_LIVE, error);

    return record && mw_api_reply_record(request, reply, record, error);
}

static MwRecord *
write_object(const MwRequest *request, const json_t *object, int64_t id, int64_t version,
             MwProblems *problems, GError **error)
{
    g_autoptr(MwInput) input = mw_api_input(request->entity, object, problems);

    if (version)
        mw_input_expect(input, version);
    /* With problems already, look for the others too: all are told at once. */
    return mw_problems_any(problems)
               ? mw_record_check(request->context, input, id, problems, error)
               : mw_record_write(request->context, input, id, problems, error);
}

static bool
create(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(Once) once = { 0 };
    bool done;
    json_t *body = mw_api_body(request, error);

    if (!body)
        return false;
    if (!once_begin(request, reply, &once, &done, error) || done) {
        json_decref(body);
        return done;
    }
    g_autoptr(MwRecord) record = write_object(request, body, 0, 0, problems, error);
    json_decref(body);
    if (!record)
        return false;
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    int64_t id = mw_record_id(record);
    g_autofree char *location =
        g_strdup_printf("/api/v1/%s/%lld", request->entity->path, (long long)id);
    mw_reply_status(reply, 201);
    mw_reply_header(reply, "Location", location);
    return reply_saved(request, reply, id, error) &&
           once_end(request, reply, &once, 201, location, error);
}

static bool
update(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    int64_t version;
    json_t *body = expected_version(request, &version, error) ? mw_api_body(request, error) : NULL;

    if (!body)
        return false;
    g_autoptr(MwRecord) record = write_object(request, body, request->id, version, problems, error);
    json_decref(body);
    if (!record)
        return false;
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    return reply_saved(request, reply, request->id, error);
}

static bool
remove_one(const MwRequest *request, MwReply *reply, GError **error)
{
    int64_t version;

    if (!expected_version(request, &version, error) ||
        !mw_record_remove(request->context, request->entity, request->id, version, error))
        return false;
    mw_reply_status(reply, 204);
    return true;
}

static bool
restore(const MwRequest *request, MwReply *reply, GError **error)
{
    return mw_record_restore(request->context, request->entity, request->id, error) &&
           reply_saved(request, reply, request->id, error);
}

/* ---- batches ---------------------------------------------------------------------------- */

typedef struct {
    const MwRequest *request;
    GString *data, *errors;
    int index;
} Batch;

static void
put_result(Batch *batch, int64_t id, int64_t version, bool removed)
{
    g_string_append_printf(batch->data, "%s{\"id\":\"%lld\"", batch->data->len > 0 ? "," : "",
                           (long long)id);
    g_string_append_printf(batch->data, removed ? ",\"deleted\":true}" : ",\"version\":%lld}",
                           (long long)version);
}

/* What is wrong with one record is told like the problems of its fields, so that the whole batch is
 * looked at. False: the error is of another kind. */
static bool
tell(const GError *error, MwProblems *problems)
{
    static const char *const codes[] = {
        [MW_ERROR_NOT_FOUND] = "not_found",
        [MW_ERROR_DENIED] = "denied",
        [MW_ERROR_CONFLICT] = "conflict",
    };

    if (error->domain != MW_ERROR || error->code >= (int)G_N_ELEMENTS(codes) || !codes[error->code])
        return false;
    mw_problems_add(problems, "", codes[error->code], "%s", error->message);
    return true;
}

/* An object with "id" changes that record, with "_delete": true deletes it, without creates one. */
static bool
batch_write(Batch *batch, json_t *item, int64_t id, MwProblems *problems, GError **error)
{
    const MwRequest *request = batch->request;

    if (!mw_actor_may(request->context->actor, request->entity, id ? MW_MAY_UPDATE : MW_MAY_CREATE))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not do this: %s."),
                       mw_entity_plural(request->entity));
    g_autoptr(MwRecord) record = write_object(request, item, id, 0, problems, error);
    if (record && !mw_problems_any(problems))
        put_result(batch, mw_record_id(record), mw_record_version(record), false);
    return record != NULL;
}

static bool
batch_remove(Batch *batch, const json_t *item, int64_t id, MwProblems *problems, GError **error)
{
    const MwRequest *request = batch->request;
    g_autoptr(MwInput) input = mw_input_new(request->entity);
    const json_t *version = json_object_get(item, "version");

    if (id == 0)
        mw_problems_add(problems, "id", "required", _("Name the record to delete."));
    if (version && !json_is_integer(version))
        mw_problems_add(problems, "version", "not_a_number", _("Send the version you have read."));
    if (mw_problems_any(problems))
        return true;
    put_result(batch, id, 0, true);
    return mw_record_remove(request->context, request->entity, id, json_integer_value(version),
                            error);
}

static bool
batch_item(Batch *batch, json_t *item, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) local = NULL;
    const json_t *given = json_object_get(item, "id");
    int64_t id = mw_api_id(given);
    bool gone = json_is_true(json_object_get(item, "_delete")), done = true;

    if (given && id == 0)
        mw_problems_add(problems, "id", "not_an_id", _("This is no id."));
    json_object_del(item, "id");
    json_object_del(item, "_delete");
    done = gone ? batch_remove(batch, item, id, problems, &local)
                : batch_write(batch, item, id, problems, &local);
    if (!done && !tell(local, problems)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (mw_problems_any(problems))
        mw_api_put_problems(batch->errors, problems, batch->index);
    return true;
}

static bool
batch_items(Batch *batch, json_t *items, GError **error)
{
    size_t i;
    json_t *item;

    json_array_foreach(items, i, item)
    {
        batch->index = (int)i;
        if (!batch_item(batch, item, error))
            return false;
    }
    return true;
}

static bool
batch(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(GString) data = g_string_new(NULL), errors = g_string_new(NULL);
    Batch all = { .request = request, .data = data, .errors = errors };
    g_auto(Once) once = { 0 };
    json_t *body = mw_api_body(request, error);
    bool replayed = false, done;

    if (!body)
        return false;
    if (!json_is_array(body) || json_array_size(body) > BATCH_MAX)
        done = mw_fail(error, MW_ERROR_INVALID, _("Send a list of at most %d objects."), BATCH_MAX);
    else
        done = once_begin(request, reply, &once, &replayed, error) &&
               (replayed || batch_items(&all, body, error));
    json_decref(body);
    if (!done || replayed)
        return done;
    if (errors->len > 0) {
        mw_api_end_problems(reply, errors);
        return true;
    }
    g_string_append_printf(mw_reply_body(reply), "{\"data\":[%s]}", data->str);
    mw_reply_type(reply, "application/json");
    return once_end(request, reply, &once, 200, "", error);
}

const MwRoute mw_api_write_routes[] = {
    { MW_POST, "/api/v1/{entity}", MW_FOR_RIGHT, MW_MAY_CREATE, MW_RUN_WRITE, create },
    { MW_POST, "/api/v1/{entity}/batch", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, batch },
    { MW_PATCH, "/api/v1/{entity}/{id}", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, update },
    { MW_DELETE, "/api/v1/{entity}/{id}", MW_FOR_RIGHT, MW_MAY_REMOVE, MW_RUN_WRITE, remove_one },
    { MW_POST, "/api/v1/{entity}/{id}/restore", MW_FOR_RIGHT, MW_MAY_REMOVE, MW_RUN_WRITE,
      restore },
    { .path = NULL },
};
