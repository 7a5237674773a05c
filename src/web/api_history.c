/* api_history: who changed what of a record, by REST. */
#include "base/clock.h"
#include "record/history.h"
#include "web/api.h"

enum { HISTORY_MAX = 200 };

static void drop_hidden(const MwRequest *request, const MwEntity *entity, const MwRecord *record,
                        json_t *changes);

/* Changes of lines: [["id", {…}], ["id", "remove"], …]. */
static void
drop_hidden_of_lines(const MwRequest *request, const MwEntity *detail, json_t *lines)
{
    size_t i;
    json_t *line;

    json_array_foreach(lines, i, line)
    {
        drop_hidden(request, detail, NULL, json_array_get(line, 1));
    }
}

static bool
sees(const MwRequest *request, const MwEntity *entity, const MwRecord *record, const MwField *field)
{
    const MwActor *actor = request->context->actor;

    if (!field)
        return mw_actor_has_role(actor, "admin"); /* where somebody logged in from */
    return record ? mw_actor_sees_of(actor, record, field) : mw_actor_sees(actor, entity, field);
}

/* Takes away what the actor does not see of {"field": [before, after], …}; `record` is NULL for lines. */
static void
drop_hidden(const MwRequest *request, const MwEntity *entity, const MwRecord *record,
            json_t *changes)
{
    const char *name;
    json_t *value;
    void *safe;

    json_object_foreach_safe(changes, safe, name, value)
    {
        const MwField *field = mw_entity_field(entity, name);
        size_t i = 0;
        while (entity->details[i] && !g_str_equal(entity->details[i]->name, name))
            i++;
        if (!field && entity->details[i])
            drop_hidden_of_lines(request, entity->details[i], value);
        else if (!sees(request, entity, record, field))
            json_object_del(changes, name);
    }
}

static json_t *
change_json(const MwRequest *request, const MwRecord *record, const MwChange *change)
{
    json_t *changes = json_loads(change->changes, 0, NULL);
    g_autofree char *id = g_strdup_printf("%lld", (long long)change->id);
    g_autofree char *actor = g_strdup_printf("%lld", (long long)change->actor);
    g_autofree char *at = mw_instant_rfc3339(change->at);

    drop_hidden(request, request->entity, record, changes);
    return json_pack("{s:s,s:s,s:s*,s:s,s:s,s:o}", "id", id, "at", at, "actor",
                     change->actor ? actor : NULL, "source", change->source, "action",
                     change->action, "changes", changes ? changes : json_object());
}

static bool
history(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, request->entity, request->id, MW_LIVE_AND_DELETED, error);
    MwHistoryQuery query = { .record = request->id, .limit = HISTORY_MAX };
    g_autoptr(GPtrArray) changes =
        record ? mw_history_find(request->context->store, &query, error) : NULL;

    if (!changes)
        return false;
    json_t *all = json_array();
    for (guint i = 0; i < changes->len; i++)
        json_array_append_new(all, change_json(request, record, changes->pdata[i]));
    return mw_reply_json(reply, json_pack("{s:o}", "data", all));
}

const MwRoute mw_api_history_routes[] = {
    { MW_GET, "/api/v1/{entity}/{id}/history", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, history },
    { .path = NULL },
};
