#include "model/entity.h"

#include "base/i18n.h"

const MwField *
mw_entity_field(const MwEntity *entity, const char *name)
{
    return g_hash_table_lookup(entity->by_name, name);
}

const MwEntity *
mw_entity_detail(const MwEntity *entity, const char *name)
{
    for (size_t i = 0; entity->details[i]; i++)
        if (g_str_equal(entity->details[i]->name, name))
            return entity->details[i];
    return NULL;
}

const char *
mw_entity_label(const MwEntity *entity)
{
    return mw_gettext(entity->label);
}

const char *
mw_entity_plural(const MwEntity *entity)
{
    return mw_gettext(entity->plural);
}

/* "API token" keeps its letters, Chinese has no small ones. */
static const char *
inside(const char *label)
{
    if (!g_ascii_isupper(label[0]) || !(g_ascii_islower(label[1]) || label[1] == '-'))
        return label;
    g_autofree char *small = g_strdup(label);
    small[0] = g_ascii_tolower(small[0]);
    return g_intern_string(small); /* as many as there are labels */
}

const char *
mw_entity_label_inside(const MwEntity *entity)
{
    return inside(mw_entity_label(entity));
}

const char *
mw_entity_plural_inside(const MwEntity *entity)
{
    return inside(mw_entity_plural(entity));
}

const char *
mw_right_name(MwRight right)
{
    static const char *const names[MW_N_RIGHTS] = { "read",   "create", "update",
                                                    "remove", "export", "import" };

    return names[right];
}

static const char *const scope_names[] = { "nobody", "own", "team", "team_below", "all" };

const char *
mw_scope_name(MwScope scope)
{
    return scope_names[scope];
}

bool
mw_scope_parse(const char *name, MwScope *scope)
{
    for (size_t i = 0; i < G_N_ELEMENTS(scope_names); i++) {
        if (g_strcmp0(name, scope_names[i]) == 0) {
            *scope = (MwScope)i;
            return true;
        }
    }
    return false;
}

const MwBoardEnd *
mw_board_end(const MwBoard *board, const char *state)
{
    for (const MwBoardEnd *end = board ? board->ends : NULL; state && end && end->state; end++)
        if (g_str_equal(end->state, state))
            return end;
    return NULL;
}

const char *
mw_board_end_label(const MwBoardEnd *end, const MwField *field)
{
    for (const char *const *name = end ? end->labels : NULL; name && *name; name += 2)
        if (g_str_equal(*name, field->name))
            return mw_gettext(name[1]);
    return NULL;
}
