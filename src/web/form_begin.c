#include "web/form_begin.h"
#include "base/id.h"

#include "base/i18n.h"
#include "record/service.h"

/* The field of `entity` that says the same as `field`; NULL: none that is typed in. */
static const MwField *
same_field(const MwEntity *entity, const MwField *field)
{
    const MwField *other = mw_entity_field(entity, field->name);
    bool typed = other && !(other->flags & MW_READ_ONLY) &&
                 (!(other->flags & MW_SYSTEM) || g_str_equal(other->name, "owner"));

    return typed && other->kind == field->kind && !field->choices &&
                   g_strcmp0(other->target, field->target) == 0
               ? other
               : NULL;
}

bool
mw_begin_from(const MwRequest *request, MwInput *input, const char *text, MwRecord **from,
              GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *to = mw_input_entity(input);
    g_auto(GStrv) parts = g_strsplit(text ? text : "", ".", 2);

    *from = NULL;
    if (!text)
        return true;
    const MwEntity *entity = mw_catalog_entity(context->catalog, parts[0]);
    if (!entity || !parts[1])
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    *from = mw_record_read(context, entity, mw_id_read(parts[1]), MW_LIVE, error);
    for (size_t i = 0; *from && i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i], *same = same_field(to, field);
        const MwValue *value = mw_record_value(*from, field);
        if (same && value->is != MW_NULL && mw_actor_sees(context->actor, entity, field) &&
            mw_actor_edits(context->actor, to, same))
            mw_input_set_value(input, same, *value);
    }
    for (size_t i = 0; *from && i < to->n_fields; i++)
        if (g_strcmp0(to->fields[i].target, entity->name) == 0 &&
            mw_actor_edits(context->actor, to, &to->fields[i]) &&
            !(to->fields[i].flags & (MW_READ_ONLY | MW_SYSTEM)))
            mw_input_set_value(input, &to->fields[i], MW_INT(mw_record_id(*from)));
    return *from != NULL;
}

/* Of the details of `entity`, the one whose lines are about the same; NULL: none. */
static const MwEntity *
same_lines(const MwEntity *entity, const MwEntity *detail)
{
    for (size_t i = 0; entity->details[i]; i++) {
        const MwEntity *other = entity->details[i];
        for (size_t j = 0; j < other->n_fields; j++) {
            const MwField *field = &other->fields[j];
            const MwField *same = mw_entity_field(detail, field->name);
            if (field->target && !(field->flags & MW_SYSTEM) && same &&
                !g_str_equal(same->name, detail->master) &&
                g_strcmp0(same->target, field->target) == 0)
                return other;
        }
    }
    return NULL;
}

GPtrArray *
mw_begun_lines(const MwContext *context, const MwRecord *from, const MwEntity *detail,
               GError **error)
{
    const MwEntity *other = same_lines(from->entity, detail);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
    g_autoptr(GPtrArray) theirs =
        other ? mw_record_details(context, other, mw_record_id(from), error) : g_ptr_array_new();

    if (!theirs)
        return NULL;
    for (guint i = 0; i < theirs->len; i++) {
        MwRecord *line = mw_record_new(detail);
        g_ptr_array_add(lines, line);
        for (size_t j = 0; j < other->n_fields; j++) {
            const MwField *field = &other->fields[j], *same = mw_entity_field(detail, field->name);
            bool alike = same && !(same->flags & MW_SYSTEM) && same->kind == field->kind &&
                         g_strcmp0(same->target, field->target) == 0;
            MwValue value = MW_NOTHING;
            if (!alike || !mw_actor_sees(context->actor, other, field))
                continue;
            mw_value_copy(&value, mw_record_value(theirs->pdata[i], field));
            mw_record_put(line, same, value);
        }
    }
    return g_steal_pointer(&lines);
}
