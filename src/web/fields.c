#include "web/fields.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"
#include "model/kinds/kinds.h"

enum { TEXT_MAX = 200, MEMO_MAX = 20000 }; /* as kinds.h has them */

static bool
is_chosen(const char *keys, const char *key)
{
    size_t size = strlen(key);

    for (const char *at = keys; at && (at = strstr(at, key)); at += size) {
        bool begins = at == keys || at[-1] == ',', ends = !at[size] || at[size] == ',';
        if (begins && ends)
            return true;
    }
    return false;
}

static void
put_option(MwNode *options, const char *value, const char *label, bool selected)
{
    MwNode *option = mw_put_object(options, NULL);

    mw_put_text(option, "value", value);
    mw_put_text(option, "label", label);
    mw_put_bool(option, "selected", selected);
}

static void
put_options(MwNode *node, const MwFieldForm *form, const MwField *field, const char *value)
{
    MwNode *options = mw_put_list(node, "options");

    for (const MwChoice *choice = field->choices; choice && choice->key; choice++) {
        bool chosen = is_chosen(value, choice->key);
        if (chosen || mw_choice_suits(field, choice, form->record))
            put_option(options, choice->key, _(choice->label), chosen);
    }
}

/* Another link of the same record narrows what is offered: to the lines of the master that it names (stages of the
 * process), else with those first that link there too (contacts of the account). "stage" of an opportunity gets
 * "within" = "process:f-process:3": the last is what the record has, for forms without that field. */
static void
put_narrowed(MwNode *node, const MwFieldForm *form, const MwField *field, const MwEntity *target)
{
    const MwEntity *entity = form->record ? form->record->entity : NULL;
    const MwField *master =
        target && target->master ? mw_entity_field(target, target->master) : NULL;
    const MwField *other = NULL, *theirs = NULL;

    for (size_t i = 0; entity && target && i < entity->n_fields && !theirs; i++) {
        other = &entity->fields[i];
        if (!other->target || other == field || other->flags & MW_SYSTEM)
            continue;
        theirs = master ? master : mw_entity_field(target, other->name);
        if (theirs && g_strcmp0(theirs->target, other->target) != 0)
            theirs = NULL;
    }
    const char *key = theirs && theirs == master ? "within" : "near";
    if (theirs)
        mw_put_format(node, key, "%s:f-%s%s:%" G_GINT64_FORMAT, theirs->name, form->prefix,
                      other->name, mw_record_int(form->record, other->name));
    mw_put_text(node, theirs && theirs == master ? "near" : "within", NULL);
    if (!theirs)
        mw_put_text(node, "near", NULL);
}

/* Of a line, by what its master links to: "/lookup/contact?near=account.12". */
static void
put_lookup(MwNode *node, const MwFieldForm *form, const MwField *field, const MwEntity *target)
{
    const MwEntity *master = form->master ? form->master->entity : NULL;

    for (size_t i = 0; master && target && i < master->n_fields; i++) {
        const MwField *other = &master->fields[i], *theirs = mw_entity_field(target, other->name);
        if (!other->target || other->flags & MW_SYSTEM || other == field || !theirs ||
            g_strcmp0(theirs->target, other->target) != 0 ||
            mw_record_value(form->master, other)->is != MW_INTEGER)
            continue;
        mw_put_format(node, "lookup", "/lookup/%s?near=%s.%" G_GINT64_FORMAT, target->name,
                      theirs->name, mw_record_int(form->master, other->name));
        return;
    }
    mw_put_format(node, "lookup", "/lookup/%s", target ? target->name : "");
}

static void
put_link(MwNode *node, const MwFieldForm *form, const MwField *field, const char *value)
{
    const MwContext *context = form->context;
    const MwEntity *target =
        field->target ? mw_catalog_entity(context->catalog, field->target) : NULL;
    int64_t id = value ? g_ascii_strtoll(value, NULL, 10) : 0;
    const char *title = target && form->links ? mw_titles_get(form->links, target, id) : NULL;

    put_lookup(node, form, field, target);
    put_narrowed(node, form, field, target);
    mw_put_copy(node, "linked", title ? title : value);
    bool creates = target && !(target->flags & (MW_INTERNAL | MW_HIDDEN)) && !target->master &&
                   target->nav != MW_NAV_MANAGE &&
                   mw_actor_may(context->actor, target, MW_MAY_CREATE);
    if (creates) {
        MwNode *make = mw_put_object(node, "create_link");
        mw_put_format(make, "href", "/%s/new", target->path);
        mw_put_text(make, "label", mw_entity_label(target));
    } else {
        mw_put_text(node, "create_link", NULL);
    }
}

static int64_t
longest(const MwField *field)
{
    if (field->kind == &mw_memo)
        return field->max > 0 ? field->max : MEMO_MAX;
    if (field->kind == &mw_text)
        return field->max > 0 ? field->max : TEXT_MAX;
    return 1000;
}

/* What stands behind the field: the currency of an amount, the sign of a percentage. */
static void
put_suffix(MwNode *node, const MwFieldForm *form, const MwField *field)
{
    const char *suffix = NULL;

    if (field->kind == &mw_percent) {
        suffix = "%";
    } else if (field->kind == &mw_money || field->kind == &mw_price) {
        suffix = field->currency && form->record &&
                         mw_entity_field(form->record->entity, field->currency)
                     ? mw_record_text(form->record, field->currency)
                     : NULL;
        suffix = suffix ? suffix : form->context->locale.currency;
    }
    mw_put_copy(node, "suffix", suffix);
}

static void
put_widget(MwNode *node, const MwFieldForm *form, const MwField *field, const char *value)
{
    mw_put_text(node, "widget", mw_cell_widget(field));
    mw_put_copy(node, "value", value);
    mw_put_bool(node, "yes", value && (g_str_equal(value, "true") || g_str_equal(value, "1")));
    mw_put_int(node, "maxlength", longest(field));
    mw_put_bool(node, "several", false);
    put_suffix(node, form, field);
    if (field->choices)
        put_options(node, form, field, value);
    if (field->target)
        put_link(node, form, field, value);
    else
        mw_put_text(node, "create_link", NULL);
}

/* As an input of the browser has it, in the reader's zone: minutes, and seconds where there are any. What is sent back as it
 * was shown leaves the stored instant alone, see form_input.c. */
static char *
instant_text(const MwFieldForm *form, const MwField *field)
{
    const MwValue *value = mw_record_value(form->record, field);

    if (value->is != MW_INTEGER)
        return g_strdup("");
    char *text = mw_instant_format(value->integer, form->context->locale.zone, MW_CLOCK_ISO);
    int seconds = (int)((value->integer % 60000 + 60000) % 60000 / 1000);
    g_strdelimit(text, " ", 'T');
    if (seconds == 0 || mw_record_version(form->record) == 0) /* of a new one: now */
        return text;
    g_autofree char *minutes = text;
    return g_strdup_printf("%s:%02d", minutes, seconds);
}

static char *
edit_text(const MwFieldForm *form, const MwField *field)
{
    g_autoptr(GString) text = g_string_new(NULL);
    MwLocale locale = form->context->locale;

    if (!form->record)
        return NULL;
    if (field->kind == &mw_instant)
        return instant_text(form, field);
    locale.record = form->record;
    mw_field_edit(field, &locale, mw_record_value(form->record, field), text);
    return g_string_free(g_steal_pointer(&text), false);
}

/* What stands in an empty field that takes its value from what a link points at: "List price". */
static const char *
source_label(const MwContext *context, const MwField *field)
{
    const MwField *source = mw_catalog_source(context->catalog, field);

    return source ? mw_field_label(source) : NULL;
}

void
mw_field_put(MwNode *node, const MwFieldForm *form, const MwField *field, const char *text,
             bool typed)
{
    g_autofree char *own = typed ? NULL : edit_text(form, field);
    g_autofree char *name = g_strconcat(form->prefix, field->name, NULL);
    const char *problem = form->problems ? mw_problems_of(form->problems, name) : NULL;
    const char *help = field->help && !form->label ? _(field->help) : NULL;

    mw_put_copy(node, "name", name);
    mw_put_format(node, "id", "f-%s", name);
    mw_put_copy(node, "label", form->label ? form->label : mw_field_label(field));
    if (form->note)
        mw_put_format(node, "help", "%s %s", form->note, help ? help : "");
    else
        mw_put_text(node, "help", help);
    mw_put_bool(node, "required",
                form->asked ||
                    (field->flags & MW_REQUIRED && !field->taken_from && !form->optional));
    mw_put_text(node, "taken", source_label(form->context, field));
    mw_put_copy(node, "problem", problem);
    mw_put_bool(node, "invalid", problem != NULL);
    mw_put_bool(node, "described", problem || help || form->note);
    mw_put_bool(node, "wide", field->kind == &mw_memo || field->kind == &mw_json);
    mw_put_bool(node, "named", field->flags & MW_NAMED);
    if (field->kind == &mw_instant) {
        const char *value = typed ? text : own;
        mw_put_copy(node, "shown", own);
        mw_put_bool(node, "seconds", value && strlen(value) > strlen("2026-11-23T09:30"));
    }
    put_widget(node, form, field, typed ? text : own);
}

void
mw_fields_put_asked(const MwContext *context, MwNode *node, const MwField *field)
{
    MwFieldForm form = { .context = context, .prefix = "" };
    MwNode *value = mw_put_object(node, "asked");

    mw_put_text(value, "name", "_value");
    mw_put_text(value, "id", "filter-value");
    mw_put_text(value, "label", _("Sought value"));
    mw_put_bool(value, "required", false);
    mw_put_bool(value, "invalid", false);
    mw_put_bool(value, "described", false);
    mw_put_bool(value, "named", false);
    mw_put_text(value, "taken", NULL);
    mw_put_bool(value, "several", field->kind == &mw_choice || field->target);
    mw_put_bool(value, "me", field->target && g_str_equal(field->target, "user"));
    /* A memo is searched by a line of text, an instant by its day. */
    if (field->kind == &mw_memo || field->kind == &mw_json)
        mw_put_text(value, "widget", "field/text");
    else if (field->kind == &mw_instant)
        mw_put_text(value, "widget", "field/date");
    put_widget(value, &form, field, NULL);
}
