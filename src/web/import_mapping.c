/* import_mapping: the page that asks where the columns of a file go and what its texts mean. */
#include <string.h>

#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "web/import.h"

/* ---- columns --------------------------------------------------------------------------------- */

/* What the fields of a path are of: the records, their lines, or what a link points at. */
static const char *
group_of(const MwShape *shape, const MwPath *path)
{
    return path->link && path->field ? mw_field_label(path->link)
           : path->line              ? mw_entity_plural(shape->detail)
                                     : mw_entity_plural(shape->entity);
}

/* A field that a column may go to. */
typedef struct {
    char *key, *label, *also; /* also: another key that means the same, or NULL */
    const char *group;        /* NULL where there is one alone */
    MwPath path;
    bool simple; /* it means `path` alone */
} Target;

static void
target_clear(gpointer data)
{
    Target *target = data;

    g_free(target->key);
    g_free(target->label);
    g_free(target->also);
}

/* Whether one says the same already: a short name, or the field itself. */
static bool
is_said(const GArray *targets, const Target *target)
{
    for (guint i = 0; i < targets->len; i++) {
        Target *other = &g_array_index(targets, Target, i);
        const MwPath *a = &other->path, *b = &target->path;
        if (g_str_equal(other->key, target->key) ||
            (other->simple && target->simple && a->line == b->line && a->link == b->link &&
             a->field == b->field)) {
            if (!other->also)
                other->also = g_strdup(target->key);
            return true;
        }
    }
    return false;
}

static GArray *
targets_of(const MwRequest *request, const MwShape *shape)
{
    const MwCatalog *catalog = request->context->catalog;
    g_autoptr(GPtrArray) keys = mw_shape_keys(shape, catalog);
    GArray *targets = g_array_new(false, false, sizeof(Target));

    g_array_set_clear_func(targets, target_clear);
    for (guint i = 0; i < keys->len; i += 2) {
        g_autoptr(GArray) paths = g_array_new(false, false, sizeof(MwPath));
        if (!mw_shape_paths(shape, catalog, keys->pdata[i], paths))
            continue;
        Target target = { .key = g_strdup(keys->pdata[i]),
                          .label = mw_shape_label(shape, catalog, keys->pdata[i]),
                          .path = g_array_index(paths, MwPath, 0),
                          .simple = paths->len == 1 };
        if (shape->detail || shape->aliases)
            target.group = group_of(shape, &target.path);
        if (is_said(targets, &target))
            target_clear(&target);
        else
            g_array_append_val(targets, target);
    }
    return targets;
}

static bool
means(const Target *target, const char *key)
{
    return key &&
           (g_str_equal(target->key, key) || (target->also && g_str_equal(target->also, key)));
}

static void
put_option(MwNode *options, const char *key, const char *label, bool chosen)
{
    MwNode *option = mw_put_object(options, NULL);

    mw_put_copy(option, "value", key);
    mw_put_copy(option, "label", label);
    mw_put_bool(option, "chosen", chosen);
}

static void
put_group(MwNode *groups, const GArray *targets, const char *group, const char *chosen)
{
    MwNode *item = mw_put_object(groups, NULL), *options = mw_put_list(item, "options");

    mw_put_copy(item, "label", group);
    for (guint i = 0; i < targets->len; i++) {
        const Target *target = &g_array_index(targets, Target, i);
        if (g_strcmp0(target->group, group) == 0)
            put_option(options, target->key, target->label, means(target, chosen));
    }
}

/* The fields that a column may go to, as options of a select, by what they are of. */
static void
put_keys(MwNode *item, const GArray *targets, const char *chosen)
{
    MwNode *groups = mw_put_list(item, "groups");
    bool listed = !chosen;

    for (guint i = 0; i < targets->len; i++) {
        const Target *target = &g_array_index(targets, Target, i);
        bool first = true;
        for (guint j = 0; j < i && first; j++)
            first = g_strcmp0(g_array_index(targets, Target, j).group, target->group) != 0;
        if (first)
            put_group(groups, targets, target->group, chosen);
        listed |= means(target, chosen);
    }
    if (listed)
        return;
    MwNode *other = mw_put_object(groups, NULL); /* another name for one of them */
    mw_put_text(other, "label", NULL);
    put_option(mw_put_list(other, "options"), chosen, chosen, true);
}

/* The first field that a column goes to, the others, and one more that it might. */
static void
put_targets(MwNode *item, const GArray *keys, const MwAsked *asked, const char *column)
{
    MwNode *more = NULL;
    unsigned n = 0;

    for (guint i = 0; i < asked->map->len; i++) {
        const char *pair = asked->map->pdata[i], *equals = strchr(pair, '=');
        if (!equals || !g_str_equal(equals + 1, column))
            continue;
        g_autofree char *key = g_strndup(pair, (size_t)(equals - pair));
        put_keys(n == 0 ? item : mw_put_object(more, NULL), keys, key);
        if (n++ == 0)
            more = mw_put_list(item, "more");
    }
    if (n == 0) {
        put_keys(item, keys, NULL);
        more = mw_put_list(item, "more");
    }
    mw_put_bool(item, "open", n > 1);
    put_keys(mw_put_object(more, NULL), keys, NULL);
}

/* Whether a column goes anywhere. */
static bool
is_taken(const MwAsked *asked, const char *column)
{
    for (guint i = 0; i < asked->map->len; i++) {
        const char *equals = strchr(asked->map->pdata[i], '=');
        if (equals && equals != (const char *)asked->map->pdata[i] &&
            g_str_equal(equals + 1, column))
            return true;
    }
    return false;
}

static void
put_columns(const MwRequest *request, MwNode *page, const MwShape *shape, const MwAsked *asked,
            const MwImportPreview *preview)
{
    g_autoptr(GArray) keys = targets_of(request, shape);
    g_autoptr(GString) left = g_string_new(NULL);
    MwNode *list = mw_put_list(page, "columns");
    unsigned n = 0;

    for (size_t i = 0; preview->header[i] && i < MW_COLUMNS_MAX; i++) {
        MwNode *item = mw_put_object(list, NULL);
        mw_put_format(item, "name", "col.%zu", i);
        mw_put_copy(item, "column", preview->header[i]);
        put_targets(item, keys, asked, preview->header[i]);
        if (is_taken(asked, preview->header[i]))
            continue;
        g_string_append_printf(left, "%s%s", n++ ? _(", ") : "", preview->header[i]);
    }
    if (n > 0)
        mw_put_format(
            page, "left_out",
            mw_ngettext("%u column is not taken over: %s", "%u columns are not taken over: %s", n),
            n, left->str);
    else
        mw_put_text(page, "left_out", NULL);
}

static void
put_rows(MwNode *page, const MwImportPreview *preview)
{
    MwNode *rows = mw_put_list(page, "rows");

    for (guint n = 0; n < preview->rows->len; n++) {
        char *const *row = preview->rows->pdata[n];
        MwNode *cells = mw_put_list(mw_put_object(rows, NULL), "cells");
        for (size_t i = 0; row[i] && i < MW_COLUMNS_MAX; i++) {
            g_autofree char *text = g_utf8_substring(row[i], 0, MIN(80, g_utf8_strlen(row[i], -1)));
            mw_put_copy(cells, NULL, text);
        }
    }
}

static void
put_formats(const MwRequest *request, MwNode *page, const MwAsked *asked,
            const MwImportPreview *preview)
{
    static const char *const delimiters[][2] = {
        { ",", "," }, { ";", ";" }, { "tab", "Tab" }, { "|", "|" }
    };
    static const char *const encodings[] = { "UTF-8", "GB18030", "UTF-16LE", "Big5" };
    char *const *sheets = preview->sheets;
    const char *delimiter = mw_param(request, "delimiter");
    MwNode *fields = mw_put_list(page, "formats"), *field;
    const char found[] = { preview->delimiter, '\0' };

    mw_import_put_shapes(request,
                         mw_ask(fields, "select", "what", _("What the file holds"), NULL, NULL),
                         asked->what);
    if (sheets && *sheets) {
        field = mw_ask(fields, "select", "sheet", _("Sheet"), NULL, NULL);
        for (; *sheets; sheets++)
            mw_ask_option(field, *sheets, *sheets, g_strcmp0(asked->sheet, *sheets) == 0);
        return;
    }
    field = mw_ask(fields, "select", "delimiter", _("Between the cells"), NULL, NULL);
    g_autofree char *as_found = g_strdup_printf(_("as found: %s"), *found == '\t' ? "Tab" : found);
    mw_ask_option(field, "", as_found, false);
    for (size_t i = 0; i < G_N_ELEMENTS(delimiters); i++)
        mw_ask_option(field, delimiters[i][0], delimiters[i][1],
                      g_strcmp0(delimiter, delimiters[i][0]) == 0);
    field = mw_ask(fields, "select", "encoding", _("Encoding"), NULL, NULL);
    g_autofree char *encoding_found = g_strdup_printf(_("as found: %s"), preview->encoding);
    mw_ask_option(field, "", encoding_found, false);
    for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++)
        mw_ask_option(field, encodings[i], encodings[i],
                      g_strcmp0(asked->encoding, encodings[i]) == 0);
}

/* ---- rules ----------------------------------------------------------------------------------- */

static bool
is_listed(const GPtrArray *texts, const char *text)
{
    for (guint i = 0; i < texts->len; i++)
        if (g_str_equal(texts->pdata[i], text))
            return true;
    return false;
}

/* Links of the records and of their lines whose records can be made on the way. */
static void
put_links_of(const MwRequest *request, MwNode *list, const MwEntity *entity, const MwAsked *asked)
{
    for (size_t i = 0; entity && i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        const MwEntity *target = field->kind == &mw_link
                                     ? mw_catalog_entity(request->context->catalog, field->target)
                                     : NULL;
        if (!target || field->flags & (MW_SYSTEM | MW_READ_ONLY) ||
            (target->nav == MW_NAV_MANAGE && entity->nav != MW_NAV_MANAGE) ||
            !mw_shape_possible(target) || g_strcmp0(entity->master, field->name) == 0)
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "name", field->name);
        mw_put_text(item, "label", mw_field_label(field));
        mw_put_bool(item, "checked", is_listed(asked->create, field->name));
    }
}

/* What the constants say of a field, as a value of the database; nothing when they say none that fits. */
static void
constant_of(const MwRequest *request, const MwField *field, const MwAsked *asked, MwValue *value,
            guint *at)
{
    g_autoptr(MwProblems) ignored = mw_problems_new();
    size_t n = strlen(field->name);

    for (guint i = 0; i < asked->constants->len; i++) {
        const char *text = asked->constants->pdata[i];
        if (strncmp(text, field->name, n) != 0 || text[n] != '=' ||
            !mw_field_parse(field, &request->context->locale, text + n + 1, value, ignored) ||
            value->is == MW_NULL)
            continue;
        *at = i;
        return;
    }
}

/* The same in every row: a select for each field with choices, and lines for the others. */
static void
put_constants(const MwRequest *request, MwNode *page, const MwShape *shape, const MwAsked *asked)
{
    MwNode *same = mw_put_object(page, "same"), *fields = mw_put_list(same, "fields"), *field;
    g_autofree bool *shown = g_new0(bool, asked->constants->len + 1);
    g_autoptr(GString) others = g_string_new(NULL);

    for (size_t i = 0; i < shape->entity->n_fields; i++) {
        const MwField *of = &shape->entity->fields[i];
        g_auto(MwValue) value = MW_NOTHING;
        guint at = asked->constants->len;
        if (!of->choices || of->kind != &mw_choice || !mw_shape_settable(of))
            continue;
        constant_of(request, of, asked, &value, &at);
        shown[at] = true;
        g_autofree char *name = g_strconcat("const.", of->name, NULL);
        field = mw_ask(fields, "select", name, mw_field_label(of), NULL, NULL);
        mw_ask_more(field, false, NULL);
        mw_ask_option(field, "", "–", false);
        for (const MwChoice *choice = of->choices; choice->key; choice++)
            mw_ask_option(field, choice->key, _(choice->label),
                          value.is == MW_TEXT && g_str_equal(value.text, choice->key));
    }
    for (guint i = 0; i < asked->constants->len; i++)
        if (!shown[i])
            g_string_append_printf(others, "%s%s", others->len > 0 ? "\n" : "",
                                   (const char *)asked->constants->pdata[i]);
    field = mw_ask(fields, "memo", "constants", _("Others"), others->str, NULL);
    mw_ask_more(field, false, _("One a line, such as currency=CNY."));
    mw_put_bool(same, "open", asked->constants->len > 0);
}

static void
put_rules(const MwRequest *request, MwNode *page, const MwShape *shape, const MwAsked *asked)
{
    MwNode *list = mw_put_list(page, "creates"), *fields = mw_put_list(page, "fields"), *field;

    put_links_of(request, list, shape->entity, asked);
    put_links_of(request, list, shape->detail, asked);
    field = mw_ask(fields, "select", "match", _("Change records that have the same"), NULL, NULL);
    mw_ask_more(field, false, _("Without it every record of the file is new."));
    mw_ask_option(field, "", "", false);
    for (size_t i = 0; i < shape->entity->n_fields; i++)
        if (shape->entity->fields[i].flags & MW_UNIQUE)
            mw_ask_option(field, shape->entity->fields[i].name,
                          mw_field_label(&shape->entity->fields[i]),
                          g_strcmp0(asked->match, shape->entity->fields[i].name) == 0);
    put_constants(request, page, shape, asked);
}

/* ---- texts ------------------------------------------------------------------------------------ */

/* The texts that the form has asked for, as "key.3", "from.3" and "to.3" for each, a text behind its key: a set of both. */
static GHashTable *
sent_texts(const MwRequest *request)
{
    GHashTable *sent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *key = NULL;

    for (size_t i = 0; i < request->n_form; i++) {
        const MwParam *param = &request->form[i];
        if (g_str_has_prefix(param->name, "key."))
            key = param->value;
        else if (key && g_str_has_prefix(param->name, "from."))
            g_hash_table_add(sent, g_strconcat(key, "\n", param->value, NULL));
    }
    return sent;
}

static bool
was_sent(GHashTable *sent, const char *key, const char *text)
{
    g_autofree char *both = g_strconcat(key, "\n", text, NULL);

    return g_hash_table_contains(sent, both);
}

bool
mw_import_texts_new(const MwRequest *request, const GPtrArray *texts)
{
    g_autoptr(GHashTable) sent = sent_texts(request);

    for (guint i = 0; texts && i < texts->len; i++) {
        const MwImportColumn *column = texts->pdata[i];
        for (guint k = 0; k < column->texts->len; k++) {
            const MwImportText *text = &g_array_index(column->texts, MwImportText, k);
            if (!text->fits && !was_sent(sent, column->key, text->text))
                return true;
        }
    }
    return false;
}

/* The choice of a list: "" rejects, "=" leaves blank, else "=" and the text. */
static void
put_choice(MwNode *list, const char *value, const char *label, const char *chosen)
{
    MwNode *option = mw_put_object(list, NULL);

    mw_put_copy(option, "value", value);
    mw_put_copy(option, "label", label);
    mw_put_bool(option, "chosen", g_strcmp0(value, chosen) == 0);
}

static void
put_choices(MwNode *item, const MwImportColumn *column, const char *chosen)
{
    MwNode *list = mw_put_list(item, "options");

    bool listed = !*chosen || g_str_equal(chosen, "=");

    put_choice(list, "", _("Reject these rows"), chosen);
    put_choice(list, "=", _("Leave it blank"), chosen);
    for (guint i = 0; i + 1 < column->choices->len; i += 2) {
        g_autofree char *value = g_strconcat("=", column->choices->pdata[i], NULL);
        put_choice(list, value, column->choices->pdata[i + 1], chosen);
        listed |= g_str_equal(value, chosen);
    }
    if (!listed) /* a code, or another name of one of them */
        put_choice(list, chosen, chosen + 1, chosen);
}

static void
put_text(GHashTable *sent, MwNode *list, const MwImportColumn *column, const MwImportText *text,
         unsigned number)
{
    MwNode *item = mw_put_object(list, NULL);
    bool asked = was_sent(sent, column->key, text->text);
    const char *meant = text->meaning ? text->meaning : asked ? NULL : text->near;
    g_autofree char *chosen = meant ? g_strconcat("=", meant, NULL) : g_strdup("");

    mw_put_int(item, "number", number);
    mw_put_copy(item, "key", column->key);
    mw_put_copy(item, "from", text->text);
    mw_put_int(item, "count", text->rows);
    mw_put_bool(item, "suggested", meant && !text->meaning);
    mw_put_bool(item, "wrong", text->meaning && !text->fits);
    mw_put_copy(item, "to", meant);
    mw_put_bool(item, "listed", column->choices != NULL);
    if (column->choices)
        put_choices(item, column, chosen);
    else
        mw_put_list(item, "options");
}

static void
put_texts(const MwRequest *request, MwNode *page, const MwShape *shape, const GPtrArray *texts)
{
    g_autoptr(GHashTable) sent = sent_texts(request);
    MwNode *list = mw_put_list(page, "texts");
    unsigned number = 0;

    for (guint i = 0; texts && i < texts->len; i++) {
        const MwImportColumn *column = texts->pdata[i];
        MwNode *item = mw_put_object(list, NULL), *rows = mw_put_list(item, "texts");
        g_autofree char *label = mw_shape_label(shape, request->context->catalog, column->key);
        mw_put_copy(item, "label", label);
        for (guint k = 0; k < column->texts->len && number < MW_ASKED_TEXTS_MAX; k++)
            put_text(sent, rows, column, &g_array_index(column->texts, MwImportText, k), number++);
        mw_put_bool(item, "more", column->more);
    }
    mw_put_bool(page, "any_texts", number > 0);
}

/* ---- the report of a check ------------------------------------------------------------------------ */

static void
put_report(const MwRequest *request, MwNode *page, const MwShape *shape,
           const MwImportReport *report)
{
    MwNode *node = mw_put_object(page, "report"), *list;

    mw_put_count(node, "rows_read", report->done);
    mw_put_count(node, "rejected", report->rejected);
    mw_put_bool(node, "partly", report->cancelled);
    list = mw_put_list(node, "counts");
    for (guint i = 0; i < report->counts->len; i++) {
        const MwImportCount *c = &g_array_index(report->counts, MwImportCount, i);
        MwNode *item = mw_put_object(list, NULL);
        mw_import_put_counts(item, mw_entity_plural(c->entity), c->created, c->updated);
    }
    list = mw_put_list(node, "problems");
    for (guint i = 0; i < report->problems->len && i < 50; i++) {
        const MwImportProblem *p = &g_array_index(report->problems, MwImportProblem, i);
        MwNode *item = mw_put_object(list, NULL);
        mw_put_format(item, "line", "%lld", (long long)p->line);
        g_autofree char *label = mw_shape_label(shape, request->context->catalog, p->field);
        mw_put_copy(item, "field", label);
        mw_put_copy(item, "message", p->message);
    }
    list = mw_put_list(node, "warnings");
    for (guint i = 0; i < report->warnings->len; i++) {
        const MwImportWarning *w = &g_array_index(report->warnings, MwImportWarning, i);
        MwNode *item = mw_put_object(list, NULL);
        g_autofree char *label = mw_shape_label(shape, request->context->catalog, w->field);
        mw_put_copy(item, "field", label);
        mw_put_copy(item, "message", w->message);
        mw_put_count(item, "count", w->count);
    }
}

/* ---- the page --------------------------------------------------------------------------------------- */

bool
mw_import_mapping_page(const MwRequest *request, MwReply *reply, const MwAsked *asked,
                       const MwImportPreview *preview, const GPtrArray *texts,
                       const MwImportReport *report, const char *problem, GError **error)
{
    MwNode *page = mw_view_root(request->view);
    MwShape shape;

    if (!mw_shape_find(request->context->catalog, asked->what, &shape, error))
        return false;
    mw_put_text(page, "title", _("Import a file"));
    mw_put_copy(page, "subtitle", asked->file_name);
    mw_put_crumb(page, _("Imports"), "/imports");
    mw_put_format(page, "action", "/imports/%lld/mapping", (long long)request->id);
    mw_put_copy(page, "what", asked->what);
    mw_put_copy(page, "delimiter", mw_param(request, "delimiter"));
    mw_put_copy(page, "encoding", asked->encoding);
    mw_put_copy(page, "sheet", asked->sheet);
    mw_put_copy(page, "problem", problem);
    mw_put_bool(page, "remembered", preview->remembered && request->method == MW_GET);
    if (report)
        put_report(request, page, &shape, report);
    else
        mw_put_text(page, "report", NULL);
    put_rows(page, preview);
    put_formats(request, page, asked, preview);
    put_columns(request, page, &shape, asked, preview);
    put_texts(request, page, &shape, texts);
    put_rules(request, page, &shape, asked);
    if (problem)
        mw_reply_status(reply, 422);
    return mw_reply_page(request, reply, "import/mapping", error);
}
