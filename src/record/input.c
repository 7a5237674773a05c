#include "record/input.h"

typedef struct {
    bool given, ready, lent; /* ready: `value` holds, else `text`; lent: it is not ours */
    const char *text;
    MwValue value;
} Slot;

struct MwInput {
    const MwEntity *entity;
    int64_t id, version;
    bool gone, import;
    GPtrArray *details; /* of GPtrArray of MwInput, by position in entity->details; or NULL */
    GArray *replaced;   /* of bool, likewise; or NULL */
    Slot slots[];
};

MwInput *
mw_input_new(const MwEntity *entity)
{
    MwInput *input = g_malloc0(sizeof(MwInput) + entity->n_fields * sizeof(Slot));

    input->entity = entity;
    return input;
}

static void
slot_clear(Slot *slot)
{
    if (!slot->lent)
        g_free((char *)slot->text);
    mw_value_clear(&slot->value);
    *slot = (Slot){ 0 };
}

void
mw_input_free(MwInput *input)
{
    if (!input)
        return;
    for (size_t i = 0; i < input->entity->n_fields; i++)
        slot_clear(&input->slots[i]);
    g_clear_pointer(&input->details, g_ptr_array_unref);
    g_clear_pointer(&input->replaced, g_array_unref);
    g_free(input);
}

const MwEntity *
mw_input_entity(const MwInput *input)
{
    return input->entity;
}

bool
mw_input_set(MwInput *input, const char *name, const char *text)
{
    const MwField *field = mw_entity_field(input->entity, name);

    if (field)
        mw_input_set_field(input, field, text);
    return field != NULL;
}

void
mw_input_set_field(MwInput *input, const MwField *field, const char *text)
{
    Slot *slot = &input->slots[field->index];

    slot_clear(slot);
    slot->given = true;
    slot->text = g_strdup(text);
}

void
mw_input_lend_field(MwInput *input, const MwField *field, const char *text)
{
    Slot *slot = &input->slots[field->index];

    slot_clear(slot);
    slot->given = slot->lent = true;
    slot->text = text;
}

void
mw_input_set_value(MwInput *input, const MwField *field, MwValue value)
{
    Slot *slot = &input->slots[field->index];
    MwValue copy = MW_NOTHING;

    mw_value_copy(&copy, &value);
    slot_clear(slot);
    *slot = (Slot){ .given = true, .ready = true, .value = copy };
}

void
mw_input_set_cut(MwInput *input, const char *name, const char *text)
{
    const MwField *field = mw_entity_field(input->entity, name);
    g_autofree char *cut = g_utf8_substring(text, 0, MIN(field->max, g_utf8_strlen(text, -1)));

    mw_input_set_value(input, field, MW_BORROW(cut));
}

bool
mw_input_has(const MwInput *input, const MwField *field)
{
    return input->slots[field->index].given;
}

const char *
mw_input_get(const MwInput *input, const MwField *field)
{
    return input->slots[field->index].text;
}

const MwValue *
mw_input_value(const MwInput *input, const MwField *field)
{
    const Slot *slot = &input->slots[field->index];

    return slot->ready ? &slot->value : NULL;
}

void
mw_input_expect(MwInput *input, int64_t version)
{
    input->version = version;
}

int64_t
mw_input_expected(const MwInput *input)
{
    return input->version;
}

void
mw_input_import(MwInput *input)
{
    input->import = true;
}

bool
mw_input_is_import(const MwInput *input)
{
    return input->import;
}

/* Position of `detail` among the details of the entity. */
static int
position_of(const MwInput *input, const MwEntity *detail)
{
    for (int i = 0; input->entity->details[i]; i++)
        if (input->entity->details[i] == detail)
            return i;
    g_error("%s is no detail of %s", detail->name, input->entity->name);
}

MwInput *
mw_input_add_detail(MwInput *input, const MwEntity *detail, int64_t id, bool gone)
{
    int position = position_of(input, detail);
    MwInput *line = mw_input_new(detail);

    line->id = id;
    line->gone = gone;
    line->import = input->import;
    if (!input->details)
        input->details = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    while (input->details->len <= (guint)position)
        g_ptr_array_add(input->details,
                        g_ptr_array_new_with_free_func((GDestroyNotify)mw_input_free));
    g_ptr_array_add(input->details->pdata[position], line);
    return line;
}

const GPtrArray *
mw_input_details(const MwInput *input, const MwEntity *detail)
{
    guint position = (guint)position_of(input, detail);

    return input->details && position < input->details->len ? input->details->pdata[position]
                                                            : NULL;
}

int64_t
mw_input_id(const MwInput *input)
{
    return input->id;
}

bool
mw_input_gone(const MwInput *input)
{
    return input->gone;
}

void
mw_input_replace_details(MwInput *input, const MwEntity *detail)
{
    guint position = (guint)position_of(input, detail);

    if (!input->replaced)
        input->replaced = g_array_new(false, true, sizeof(bool));
    if (input->replaced->len <= position)
        g_array_set_size(input->replaced, position + 1);
    g_array_index(input->replaced, bool, position) = true;
}

bool
mw_input_replaces(const MwInput *input, const MwEntity *detail)
{
    guint position = (guint)position_of(input, detail);

    return input->replaced && position < input->replaced->len &&
           g_array_index(input->replaced, bool, position);
}
