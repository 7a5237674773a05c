/* facts: what is known of a record, in the sections of its declaration. See record.h. */
#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "web/record.h"
#include "web/table.h"

/* A base amount whose own amount, in sight, is in base currency anyhow; or what goes with one write and is not kept. */
static bool
says_nothing(const MwRecordPage *page, const MwField *field)
{
    const MwContext *context = page->request->context;

    for (size_t i = 0; i < page->entity->n_fields; i++) {
        const MwField *amount = &page->entity->fields[i];
        if (g_strcmp0(amount->in_base, field->name) == 0 && amount->currency &&
            mw_actor_sees(context->actor, page->entity, amount))
            return g_strcmp0(mw_record_text(page->record, amount->currency),
                             context->locale.currency) == 0;
    }
    return field->flags & MW_PASSING;
}

static void
put_fact(MwNode *facts, const MwRecordPage *page, const MwField *field, bool updates)
{
    const MwContext *context = page->request->context;
    bool edits = updates && mw_actor_edits(context->actor, page->entity, field);
    MwNode *fact = mw_put_object(facts, NULL);

    mw_put_text(fact, "name", field->name);
    mw_put_text(fact, "label", mw_field_label(field));
    mw_put_text(fact, "help", field->help ? _(field->help) : NULL);
    mw_put_bool(fact, "wide", field->kind == &mw_memo || field->kind == &mw_json);
    if (edits)
        mw_put_format(fact, "edit", "/%s/%" G_GINT64_FORMAT "/field/%s", page->entity->path,
                      mw_record_id(page->record), field->name);
    else
        mw_put_text(fact, "edit", NULL);
    mw_cell_put(context, fact, page->links, page->record, field, mw_cell_partial(field));
    mw_put_bool(fact, "whole",
                field->kind == &mw_memo && mw_record_value(page->record, field)->is != MW_NULL);
}

static void
put_section(MwNode *sections, const MwRecordPage *page, const char *label, const char *const *names,
            bool updates)
{
    g_autoptr(GPtrArray) fields = mw_fields_seen(page->request->context, page->entity, names);

    for (guint i = fields->len; i-- > 0;)
        if (says_nothing(page, fields->pdata[i]))
            g_ptr_array_remove_index(fields, i);
    if (fields->len == 0)
        return;
    MwNode *section = mw_put_object(sections, NULL);
    mw_put_text(section, "label", _(label));
    MwNode *facts = mw_put_list(section, "facts");
    for (guint i = 0; i < fields->len; i++)
        put_fact(facts, page, fields->pdata[i], updates);
}

void
mw_facts_put(MwNode *node, const MwRecordPage *page)
{
    static const char *const kept[] = { "created_at", "created_by", "updated_at", "updated_by",
                                        NULL };
    const MwEntity *entity = page->entity;
    bool updates = !(entity->flags & MW_INTERNAL) &&
                   mw_record_is_null(page->record, "deleted_at") &&
                   mw_actor_reaches(page->request->context->actor, page->record, MW_MAY_UPDATE);
    MwNode *sections = mw_put_list(node, "sections");
    g_autoptr(GHashTable) placed = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) rest = g_ptr_array_new();

    for (const MwSection *s = entity->sections; s && s->label; s++) {
        put_section(sections, page, s->label, s->fields, updates);
        for (const char *const *name = s->fields; *name; name++)
            g_hash_table_add(placed, (gpointer)*name);
    }
    for (size_t i = 0; i < entity->n_fields; i++)
        if (!(entity->fields[i].flags & MW_SYSTEM) &&
            !g_hash_table_contains(placed, entity->fields[i].name))
            g_ptr_array_add(rest, (gpointer)entity->fields[i].name);
    g_ptr_array_add(rest, NULL);
    put_section(sections, page, entity->sections ? N_("More") : N_("Data"),
                (const char *const *)rest->pdata, updates);
    put_section(sections, page, N_("Kept by the system"), kept, false);
}
