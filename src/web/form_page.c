/* form_page: the form of any entity: new, edit, conflict. */
#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "web/fields.h"
#include "web/form_begin.h"
#include "web/form_input.h"
#include "web/pages.h"
#include "web/routes.h"

typedef struct {
    const MwRequest *request;
    const MwEntity *entity;
    const MwRecord *record; /* as it is, or as it was meant  */
    MwProblems *problems;
    MwTitles *links;
    bool typed; /* the request is the form that was sent */
    int64_t id, version;
    const MwField *noted; /* the field that the note is of; NULL: none */
    const char *note;
    const MwRecord *from; /* what a new record is made from, with its lines; NULL: nothing */
} Form;

/* Reads what the form says of one of its fields, if anything. */
static bool
read_note(Form *form, char **text, GError **error)
{
    GError *local = NULL;

    for (const MwFormNote *note = mw_form_notes; note->entity && form->record; note++)
        if (g_str_equal(note->entity, form->entity->name)) {
            form->noted = mw_entity_field(form->entity, note->field);
            form->note = *text = note->text(form->request->context, form->record, &local);
        }
    if (local)
        g_propagate_error(error, local);
    return !local;
}

/* ---- fields ------------------------------------------------------------------- */

static bool
is_offered(const Form *form, const MwEntity *entity, const MwField *field)
{
    const MwActor *actor = form->request->context->actor;

    return mw_actor_sees(actor, entity, field) && mw_actor_edits(actor, entity, field) &&
           !(field->flags & MW_READ_ONLY);
}

static void
put_field(MwNode *fields, const Form *form, const MwRecord *record, const MwField *field,
          const char *prefix)
{
    const MwFieldForm widget = { .context = form->request->context,
                                 .links = form->links,
                                 .record = record,
                                 .problems = form->problems,
                                 .prefix = prefix,
                                 .note = field == form->noted ? form->note : NULL,
                                 .master = *prefix ? form->record : NULL };
    const char *text = form->typed ? mw_form_text(form->request, field, prefix) : NULL;

    MwNode *node = mw_put_object(fields, NULL);
    mw_field_put(node, &widget, field, text, text != NULL);
    if (form->typed && field->kind == &mw_instant) {
        g_autofree char *name = g_strdup_printf("_shown.%s%s", prefix, field->name);
        mw_put_text(node, "shown", mw_form_param(form->request, name));
    }
}

static void
put_section(MwNode *sections, const Form *form, const char *label, const char *const *names)
{
    g_autoptr(GPtrArray) fields = mw_fields_seen(form->request->context, form->entity, names);
    MwNode *list = NULL;

    for (guint i = 0; i < fields->len; i++) {
        if (!is_offered(form, form->entity, fields->pdata[i]))
            continue;
        if (!list) {
            MwNode *section = mw_put_object(sections, NULL);
            mw_put_text(section, "label", label ? _(label) : NULL);
            list = mw_put_list(section, "fields");
        }
        put_field(list, form, form->record, fields->pdata[i], "");
    }
}

/* The sections of the declaration, then what stands in none: custom fields. */
static void
put_sections(MwNode *node, const Form *form)
{
    MwNode *sections = mw_put_list(node, "sections");
    g_autoptr(GHashTable) placed = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) rest = g_ptr_array_new();

    for (const MwSection *s = form->entity->sections; s && s->label; s++) {
        put_section(sections, form, s->label, s->fields);
        for (const char *const *name = s->fields; *name; name++)
            g_hash_table_add(placed, (gpointer)*name);
    }
    for (size_t i = 0; i < form->entity->n_fields; i++) {
        const MwField *field = &form->entity->fields[i];
        if (!g_hash_table_contains(placed, field->name) &&
            !(field->flags & MW_SYSTEM && form->entity->sections))
            g_ptr_array_add(rest, (gpointer)field->name);
    }
    g_ptr_array_add(rest, NULL);
    put_section(sections, form, form->entity->sections ? N_("More") : N_("Data"),
                (const char *const *)rest->pdata);
}

/* ---- lines --------------------------------------------------------------------- */

static GPtrArray *
line_fields(const Form *form, const MwEntity *detail)
{
    GPtrArray *fields = mw_fields_seen(form->request->context, detail, detail->list);

    for (guint i = fields->len; i > 0; i--) {
        const MwField *field = fields->pdata[i - 1];
        if (g_str_equal(field->name, "position"))
            g_ptr_array_remove_index(fields, i - 1);
    }
    return fields;
}

static void
put_line(MwNode *rows, const Form *form, const MwEntity *detail, const GPtrArray *fields,
         const MwRecord *line, const char *prefix)
{
    const MwField *position = mw_entity_field(detail, "position");
    MwNode *row = mw_put_object(rows, NULL), *cells = mw_put_list(row, "cells");
    g_autofree char *id_name = g_strconcat(prefix, "_id", NULL);
    const char *typed_id = form->typed ? mw_form_param(form->request, id_name) : NULL;

    mw_put_copy(row, "prefix", prefix);
    if (line && mw_record_id(line))
        mw_put_format(row, "line", "%" G_GINT64_FORMAT, mw_record_id(line));
    else
        mw_put_text(row, "line", typed_id);
    if (position && line && !form->typed)
        mw_put_format(row, "position", "%" G_GINT64_FORMAT, mw_record_int(line, "position"));
    else
        mw_put_text(row, "position",
                    position && form->typed ? mw_form_text(form->request, position, prefix) : NULL);
    mw_put_bool(row, "has_position", position != NULL);
    for (guint i = 0; i < fields->len; i++) {
        const MwField *field = fields->pdata[i];
        MwNode *cell = mw_put_object(cells, NULL);
        bool edited = is_offered(form, detail, field);
        mw_put_text(cell, "class", mw_cell_class(field));
        mw_put_bool(cell, "edited", edited);
        if (edited) {
            MwNode *fields_of_cell = mw_put_list(cell, "fields");
            put_field(fields_of_cell, form, line, field, prefix);
        } else if (line) {
            mw_cell_put(form->request->context, cell, form->links, line, field,
                        mw_cell_partial(field));
        } else {
            mw_put_text(cell, "cell", "cell/none");
        }
        mw_put_format(cell, "output", "o-%s%s", prefix, field->name);
    }
}

/* The prefix by which problems of line `number` are told is that of its place, not of its token. */
static void
move_problems(Form *form, const MwEntity *detail, const GPtrArray *prefixes)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    size_t n = mw_problems_count(form->problems), size = strlen(detail->name);

    for (int pass = 0; pass < 2; pass++) /* the order of mw_form_input() */
        for (guint i = 0; i < prefixes->len; i++) {
            const char *prefix = prefixes->pdata[i];
            if ((pass == 0) == (g_ascii_isdigit(prefix[size + 1]) != 0))
                g_ptr_array_add(sorted, prefixes->pdata[i]);
        }
    for (size_t i = 0; i < n; i++) {
        const MwProblem *problem = mw_problems_get(form->problems, i);
        char *end;
        if (strncmp(problem->field, detail->name, size) != 0 || problem->field[size] != '.')
            continue;
        guint64 number = g_ascii_strtoull(problem->field + size + 1, &end, 10);
        if (number < 1 || number > sorted->len || *end != '.')
            continue;
        g_autofree char *name = g_strconcat(sorted->pdata[number - 1], end + 1, NULL);
        mw_problems_add(form->problems, name, problem->code, "%s", problem->message);
    }
}

static bool
put_stored_lines(MwNode *rows, const Form *form, const MwEntity *detail, const GPtrArray *fields,
                 GError **error)
{
    const MwContext *context = form->request->context;
    g_autoptr(GPtrArray) lines = form->id     ? mw_record_details(context, detail, form->id, error)
                                 : form->from ? mw_begun_lines(context, form->from, detail, error)
                                              : g_ptr_array_new();
    char prefix[160];

    if (!lines)
        return false;
    for (guint i = 0; i < lines->len; i++)
        mw_titles_want_all(form->links, lines->pdata[i]);
    if (!mw_titles_read(form->links, error))
        return false;
    for (guint i = 0; i < lines->len; i++) {
        g_snprintf(prefix, sizeof prefix, form->id ? "%s.%u." : "%s.n%u.", detail->name, i);
        put_line(rows, form, detail, fields, lines->pdata[i], prefix);
    }
    if (lines->len == 0) {
        g_snprintf(prefix, sizeof prefix, "%s.n1.", detail->name);
        put_line(rows, form, detail, fields, NULL, prefix);
    }
    return true;
}

static void
want_typed_links(const Form *form, const GPtrArray *prefixes, const GPtrArray *fields)
{
    for (guint i = 0; i < prefixes->len; i++) {
        for (guint j = 0; j < fields->len; j++) {
            const MwField *field = fields->pdata[j];
            const char *text = mw_form_text(form->request, field, prefixes->pdata[i]);
            MwValue value = MW_INT(text ? g_ascii_strtoll(text, NULL, 10) : 0);
            mw_titles_want(form->links, field, &value);
        }
    }
}

static bool
put_detail(MwNode *details, Form *form, const MwEntity *detail, GError **error)
{
    g_autoptr(GPtrArray) fields = line_fields(form, detail);
    MwNode *node = mw_put_object(details, NULL), *headers = mw_put_list(node, "headers");
    MwNode *rows;

    mw_put_text(node, "name", detail->name);
    mw_put_text(node, "label", mw_entity_plural(detail));
    mw_put_copy(node, "problem", mw_problems_of(form->problems, detail->name));
    mw_put_format(node, "add", "/%s/lines/%s", form->entity->path, detail->name);
    for (guint i = 0; i < fields->len; i++) {
        const MwField *field = fields->pdata[i];
        MwNode *header = mw_put_object(headers, NULL);
        mw_put_text(header, "label", mw_field_label(field));
        mw_put_text(header, "class", mw_cell_class(field));
        mw_put_bool(header, "required", field->flags & MW_REQUIRED && !field->taken_from);
    }
    rows = mw_put_list(node, "rows");
    if (!form->typed)
        return put_stored_lines(rows, form, detail, fields, error);
    g_autoptr(GPtrArray) prefixes = mw_form_lines(form->request, detail);
    move_problems(form, detail, prefixes);
    want_typed_links(form, prefixes, fields);
    if (!mw_titles_read(form->links, error))
        return false;
    for (guint i = 0; i < prefixes->len; i++)
        put_line(rows, form, detail, fields, NULL, prefixes->pdata[i]);
    return true;
}

/* What the lines come to: the amounts of the record, but for those in the base currency. */
static void
put_totals(MwNode *node, const Form *form)
{
    const MwContext *context = form->request->context;
    const MwEntity *entity = form->entity;
    MwNode *list = mw_put_list(node, "totals");

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i], *other;
        bool base = false;
        for (size_t j = 0; j < entity->n_fields; j++) {
            other = &entity->fields[j];
            base |= other->in_base && g_str_equal(other->in_base, field->name);
        }
        if (field->kind != &mw_money || base || !field->currency ||
            !mw_actor_sees(context->actor, entity, field))
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "label", mw_field_label(field));
        mw_put_bool(item, "known",
                    form->record && mw_record_value(form->record, field)->is != MW_NULL);
        if (form->record)
            mw_cell_put(context, item, form->links, form->record, field, mw_cell_partial(field));
    }
    mw_put_format(node, "totals_url", form->id ? "/%s/%" G_GINT64_FORMAT "/totals" : "/%s/totals",
                  entity->path, form->id);
}

static bool
has_form(const MwEntity *detail)
{
    return !(detail->flags & (MW_INTERNAL | MW_HIDDEN));
}

/* ---- the page ------------------------------------------------------------------- */

static void
put_heading(MwNode *root, const Form *form)
{
    MwNode *crumbs = mw_put_list(root, "crumbs"), *crumb = mw_put_object(crumbs, NULL);

    mw_put_bool(root, "has_crumbs", true);
    mw_put_text(crumb, "label", mw_entity_plural(form->entity));
    mw_put_format(crumb, "href", "/%s", form->entity->path);
    if (!form->id) {
        mw_put_format(root, "title", _("New: %s"), mw_entity_label(form->entity));
        return;
    }
    g_autoptr(GString) title = g_string_new(NULL);
    mw_record_title(form->record, title);
    mw_put_format(root, "title", _("Edit %s"), title->str);
    crumb = mw_put_object(crumbs, NULL);
    mw_put_copy(crumb, "label", title->str);
    mw_put_format(crumb, "href", "/%s/%" G_GINT64_FORMAT, form->entity->path, form->id);
}

/* Problems of no field that the form shows. */
static void
put_problems(MwNode *node, const Form *form)
{
    MwNode *list = mw_put_list(node, "problems");
    size_t n = mw_problems_count(form->problems);

    for (size_t i = 0; i < n; i++) {
        const MwProblem *problem = mw_problems_get(form->problems, i);
        const MwField *field = mw_entity_field(form->entity, problem->field);
        if (field && is_offered(form, form->entity, field))
            continue;
        if (strchr(problem->field, '.'))
            continue; /* beside its line */
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "label", field ? mw_field_label(field) : NULL);
        mw_put_copy(item, "text", problem->message);
    }
    mw_put_bool(node, "has_problems", n > 0);
}

static bool
show_form(Form *form, MwReply *reply, GError **error)
{
    MwNode *root = mw_view_root(form->request->view), *node = mw_put_object(root, "form");
    g_autofree char *note = NULL;

    if (form->typed || !form->id)
        mw_titles_only_seen(form->links);
    mw_titles_want_all(form->links, form->record);
    if (!mw_titles_read(form->links, error) || !read_note(form, &note, error))
        return false;
    put_heading(root, form);
    if (form->id)
        mw_put_format(node, "action", "/%s/%" G_GINT64_FORMAT, form->entity->path, form->id);
    else
        mw_put_format(node, "action", "/%s", form->entity->path);
    mw_put_copy(node, "comes_back", mw_back_of(form->request, "_back"));
    if (mw_back_of(form->request, "_back"))
        mw_put_copy(node, "back", mw_back_of(form->request, "_back"));
    else if (form->id)
        mw_put_format(node, "back", "/%s/%" G_GINT64_FORMAT, form->entity->path, form->id);
    else
        mw_put_format(node, "back", "/%s", form->entity->path);
    mw_put_format(node, "version", "%" G_GINT64_FORMAT, form->version);
    mw_put_bool(node, "is_new", form->id == 0);
    mw_put_text(node, "name", form->entity->name);
    mw_put_format(node, "duplicates", "/duplicates/%s?_except=%" G_GINT64_FORMAT,
                  form->entity->name, form->id);
    MwNode *details = mw_put_list(node, "details");
    bool has_lines = false;
    for (size_t i = 0; form->entity->details[i]; i++) {
        const MwEntity *detail = form->entity->details[i];
        if (has_form(detail) && !put_detail(details, form, detail, error))
            return false;
        has_lines |= has_form(detail) && mw_entity_field(detail, "amount");
    }
    mw_put_bool(node, "has_lines", has_lines);
    put_sections(node, form);
    mw_put_list(node, "takes");
    put_totals(node, form);
    put_problems(node, form);
    return mw_reply_page(form->request, reply, "form", error);
}

static bool
refuse_kept(const MwEntity *entity, GError **error)
{
    if (entity->flags & MW_INTERNAL)
        return mw_fail(error, MW_ERROR_DENIED, _("The system keeps these records by itself."));
    return true;
}

/* ---- handlers -------------------------------------------------------------------- */

/* "?account=123": what the form begins with. "?_from=opportunity.123": with what that record has of the same name, too. */
static bool
show_new(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwInput) input = mw_input_new(request->entity);
    g_autoptr(MwProblems) ignored = mw_problems_new();
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwTitles) links = mw_titles_new(context);

    g_autoptr(MwRecord) from = NULL;

    if (!refuse_kept(request->entity, error) ||
        !mw_begin_from(request, input, mw_param(request, "_from"), &from, error))
        return false;
    for (size_t i = 0; i < request->n_query; i++) {
        const MwField *field = mw_entity_field(request->entity, request->query[i].name);
        if (field && mw_actor_sees(context->actor, request->entity, field) &&
            mw_actor_edits(context->actor, request->entity, field))
            mw_input_set_field(input, field, request->query[i].value);
    }
    g_autoptr(MwRecord) record = mw_record_check(context, input, 0, ignored, error);
    if (!record)
        return false;
    mw_flash_put(request);
    Form form = { request, request->entity, record, problems, links, false, 0, 0 };
    form.from = from;
    return show_form(&form, reply, error);
}

static bool
show_edit(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwTitles) links = mw_titles_new(context);
    g_autoptr(MwRecord) record =
        mw_record_read(context, request->entity, request->id, MW_LIVE, error);

    if (!record || !refuse_kept(request->entity, error))
        return false;
    Form form = { request, request->entity, record,      problems,
                  links,   false,           request->id, mw_record_version(record) };
    return show_form(&form, reply, error);
}

static bool
show_again(const MwRequest *request, MwReply *reply, const MwRecord *record, MwProblems *problems,
           GError **error)
{
    const char *version = mw_form_param(request, "_version");
    g_autoptr(MwTitles) links = mw_titles_new(request->context);
    Form form = { request,     request->entity,
                  record,      problems,
                  links,       true,
                  request->id, version ? g_ascii_strtoll(version, NULL, 10) : 0 };

    mw_reply_status(reply, 422);
    mw_reply_discard(reply);
    return show_form(&form, reply, error);
}

static bool
save(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = request->entity;
    const char *then = mw_form_param(request, "_then");
    g_autoptr(MwInput) input = mw_form_input(request, entity);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) local = NULL;
    g_autoptr(MwRecord) record =
        mw_record_write(request->context, input, request->id, problems, &local);
    char path[MW_RECORD_PATH_SIZE];

    if (!record) {
        if (g_error_matches(local, MW_ERROR, MW_ERROR_CONFLICT) && request->id)
            return mw_conflict_show(request, reply, error);
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (mw_problems_any(problems))
        return show_again(request, reply, record, problems, error);
    const char *to = g_strcmp0(then, "new") == 0 ? NULL : mw_back_of(request, "_back");
    if (g_strcmp0(then, "new") == 0)
        g_snprintf(path, sizeof path, "/%s/new", entity->path);
    else
        mw_record_path(entity, mw_record_id(record), path);
    return mw_reply_done(reply, to ? to : path, request->id ? "saved" : "created");
}

/* The cells of a line that nobody types in, with what they come to, and what its empty ones take from its product. */
static void
put_outputs(MwNode *list, MwNode *takes, const Form *form, const MwEntity *detail,
            const GPtrArray *lines)
{
    g_autoptr(GPtrArray) fields = line_fields(form, detail);
    g_autoptr(GPtrArray) prefixes = mw_form_filled_lines(form->request, detail);

    for (guint i = 0; i < MIN(prefixes->len, lines->len); i++) {
        for (guint j = 0; j < fields->len; j++) {
            const MwField *field = fields->pdata[j];
            if (is_offered(form, detail, field)) {
                mw_field_put_taken(takes, form->request, form->problems, lines->pdata[i], field,
                                   prefixes->pdata[i], i + 1);
                continue;
            }
            MwNode *item = mw_put_object(list, NULL);
            mw_put_format(item, "output", "o-%s%s", (const char *)prefixes->pdata[i], field->name);
            mw_cell_put(form->request->context, item, form->links, lines->pdata[i], field,
                        mw_cell_partial(field));
        }
    }
}

/* What the form as it stands comes to, for htmx while somebody types; nothing is written. */
static bool
show_totals(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = request->entity;
    g_autoptr(MwInput) input = mw_form_input(request, entity);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwTitles) links = mw_titles_new(request->context);
    g_autoptr(GPtrArray) details =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(MwRecord) record =
        mw_record_check_lines(request->context, input, request->id, details, problems, error);
    MwNode *root = mw_view_root(request->view), *outputs = mw_put_list(root, "outputs");
    MwNode *takes = mw_put_list(root, "takes");

    if (!record)
        return false;
    Form form = { request, entity, record, problems, links, true, request->id, 0 };
    for (guint i = 0; i < details->len; i++) {
        const GPtrArray *lines = details->pdata[i];
        const MwRecord *first = lines->len > 0 ? lines->pdata[0] : NULL;
        if (first && has_form(first->entity))
            put_outputs(outputs, takes, &form, first->entity, lines);
    }
    put_totals(root, &form);
    return mw_reply_page(request, reply, "form/live", error);
}

/* One more row for the lines of a form, for htmx. */
static bool
add_line(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *detail = mw_catalog_entity(context->catalog, request->name);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwTitles) links = mw_titles_new(context);
    Form form = { request, request->entity, NULL, problems, links, false, 0, 0 };
    char prefix[160];

    if (!detail || !detail->master || !has_form(detail))
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    g_autoptr(GPtrArray) fields = line_fields(&form, detail);
    g_snprintf(prefix, sizeof prefix, "%s.n%" G_GINT64_FORMAT ".", detail->name,
               mw_id_next(mw_company_ids(context->company)));
    MwNode *root = mw_view_root(request->view);
    put_line(mw_put_list(root, "rows"), &form, detail, fields, NULL, prefix);
    return mw_reply_page(request, reply, "form/rows", error);
}

const MwRoute mw_form_routes[] = {
    { MW_GET, "/{entity}/new", MW_FOR_RIGHT, MW_MAY_CREATE, MW_RUN_READ, show_new },
    { MW_POST, "/{entity}", MW_FOR_RIGHT, MW_MAY_CREATE, MW_RUN_WRITE, save },
    { MW_GET, "/{entity}/{id}/edit", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, show_edit },
    { MW_POST, "/{entity}/{id}", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, save },
    { MW_POST, "/{entity}/totals", MW_FOR_RIGHT, MW_MAY_CREATE, MW_RUN_READ, show_totals },
    { MW_POST, "/{entity}/{id}/totals", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, show_totals },
    { MW_GET, "/{entity}/lines/{name}", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, add_line },
    { .path = NULL },
};
