/* process_part: what the page of a sales process has below its heading: its stages in order, in words what each asks for. */
#include "base/i18n.h"
#include "methods/stages.h"
#include "model/kinds/kinds.h"
#include "web/parts.h"

static void
put_percent(MwNode *node, const char *key, const MwContext *context, int64_t hundredths)
{
    const MwField field = { .kind = &mw_percent };
    g_autoptr(GString) text = g_string_new(NULL);
    MwValue value = MW_INT(hundredths);

    if (hundredths >= 0)
        mw_field_show(&field, &context->locale, &value, text);
    mw_put_copy(node, key, hundredths >= 0 ? text->str : "–");
}

static void
put_stage(MwNode *stages, const MwContext *context, const MwStage *stage, const GPtrArray *gates)
{
    MwNode *item = mw_put_object(stages, NULL), *list;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "stage");
    const MwChoice *kind = mw_entity_field(entity, "kind")->choices;

    while (kind->key && *kind->key != stage->kind)
        kind++;
    mw_put_copy(item, "name", stage->name);
    mw_put_text(item, "kind", kind->key ? _(kind->label) : NULL);
    mw_put_text(item, "tone", kind->tone);
    put_percent(item, "probability", context, stage->probability);
    put_percent(item, "learned", context, stage->kind == 'o' ? stage->learned : -1);
    mw_put_int(item, "deals", stage->kind == 'o' ? stage->learned_deals : 0);
    if (stage->expected_days > 0)
        mw_put_format(item, "days",
                      mw_ngettext("%lld day", "%lld days", (unsigned long)stage->expected_days),
                      (long long)stage->expected_days);
    else
        mw_put_text(item, "days", "–");
    list = mw_put_list(item, "gates");
    for (guint i = 0; i < gates->len; i++) {
        const MwGateText *gate = gates->pdata[i];
        if (gate->stage == stage->id)
            mw_put_copy(mw_put_object(list, NULL), "text", gate->text);
    }
}

bool
mw_process_part(MwNode *node, MwRecordPage *page, GError **error)
{
    const MwContext *context = page->request->context;
    int64_t id = mw_record_id(page->record);
    g_autoptr(GArray) stages = mw_stages_load(context->store, id, error);
    g_autoptr(GPtrArray) gates = stages ? mw_gate_texts(context, id, error) : NULL;

    if (!gates)
        return false;
    MwNode *list = mw_put_list(node, "stages");
    for (guint i = 0; i < stages->len; i++)
        put_stage(list, context, mw_stage_at(stages, (int)i), gates);
    mw_put_bool(node, "edits",
                mw_record_is_null(page->record, "deleted_at") &&
                    mw_actor_may(context->actor, page->entity, MW_MAY_UPDATE));
    mw_put_format(node, "edit", "/%s/%" G_GINT64_FORMAT "/edit", page->entity->path, id);
    mw_put_format(node, "board", "/opportunities/board?process=eq.%" G_GINT64_FORMAT, id);
    return true;
}
