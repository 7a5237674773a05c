/* import_page: the way of a file into the company: upload, mapping, check, work, result. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "record/job.h"
#include "web/import.h"
#include "web/routes.h"

enum { PREVIEW_ROWS = 20, COLUMNS_MAX = 200, CHECK_SECONDS = 15, SHAPES_MAX = 100 };

/* ---- the upload ---------------------------------------------------------------------------- */

/* What a file may hold: orders first, then each entity that the user may take in. */
static void
put_shapes(const MwRequest *request, MwNode *field, const char *chosen)
{
    const MwContext *context = request->context;
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(context->catalog, &n);
    const MwEntity *orders = mw_catalog_entity(context->catalog, "sales_order");

    if (mw_actor_may(context->actor, orders, MW_MAY_IMPORT))
        mw_ask_option(field, "orders", _("Orders with their lines"),
                      g_strcmp0(chosen, "orders") == 0);
    for (size_t i = 0; i < n; i++)
        if (mw_shape_possible(entities[i]) && !entities[i]->master &&
            !g_str_equal(entities[i]->name, "sales_order") &&
            mw_actor_may(context->actor, entities[i], MW_MAY_IMPORT))
            mw_ask_option(field, entities[i]->path, mw_entity_plural(entities[i]),
                          g_strcmp0(chosen, entities[i]->path) == 0);
}

static bool
show_upload(const MwRequest *request, MwReply *reply, const char *problem, GError **error)
{
    MwNode *page = mw_view_root(request->view), *fields = mw_put_list(page, "fields");
    const char *what = mw_param(request, "what");

    mw_put_text(page, "title", _("Import a file"));
    mw_put_crumb(page, _("Imports"), "/imports");
    put_shapes(request, mw_ask(fields, "select", "what", _("What the file holds"), what, NULL),
               what);
    mw_put_copy(page, "problem", problem);
    if (problem)
        mw_reply_status(reply, 422);
    return mw_reply_page(request, reply, "import/upload", error);
}

static bool
show_new(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_upload(request, reply, NULL, error);
}

/* Lists lead here, each with the path of its entity. */
static bool
lead_to_new(const MwRequest *request, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    const MwEntity *entity = mw_catalog_by_path(request->context->catalog, request->name);
    bool orders = entity && g_str_equal(entity->name, "sales_order");
    g_autofree char *next = g_strdup_printf("/imports/new?what=%s", orders   ? "orders"
                                                                    : entity ? entity->path
                                                                             : "");

    return mw_reply_see_other(reply, next);
}

/* "import-USER-…" in the server's folder: only its user goes on with it. */
static char *
path_of(const MwRequest *request, const char *name)
{
    g_autofree char *prefix =
        g_strdup_printf("import-%lld-", (long long)mw_actor_user(request->context->actor));

    if (!g_str_has_prefix(name, prefix) ||
        name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
        return NULL;
    return g_build_filename(request->server->folder, name, NULL);
}

static bool
upload(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *what = mw_form_param(request, "what");
    MwShape shape;
    g_autoptr(GError) local = NULL;
    g_autofree char *name = g_strdup_printf("import-%lld-%08x%08x%08x",
                                            (long long)mw_actor_user(request->context->actor),
                                            g_random_int(), g_random_int(), g_random_int());

    if (request->n_uploads != 1 || request->uploads[0].size == 0)
        return show_upload(request, reply, _("Choose a file that is not empty."), error);
    if (!mw_shape_find(request->context->catalog, what ? what : "", &shape, &local))
        return show_upload(request, reply, local->message, error);
    if (!mw_actor_may(request->context->actor, shape.entity, MW_MAY_IMPORT))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not take in files of this: %s."),
                       mw_entity_plural(shape.entity));
    g_autoptr(MwTableReader) reader = mw_table_open(request->uploads[0].path, NULL, &local);
    if (!reader)
        return show_upload(request, reply, local->message, error);
    g_autofree char *path = path_of(request, name);
    if (g_rename(request->uploads[0].path, path) != 0)
        return mw_fail(error, MW_ERROR_FULL, _("The file cannot be kept."));
    g_autoptr(GString) next = g_string_new("/imports/upload/");
    g_string_append_printf(next, "%s?what=%s&file=", name, what);
    g_string_append_uri_escaped(next, request->uploads[0].file_name, NULL, false);
    return mw_reply_see_other(reply, next->str);
}

/* ---- the mapping -------------------------------------------------------------------------------- */

static const char *
some(const char *text)
{
    return text && *text ? text : NULL;
}

/* What the form, or the address of the page, asks for. */
static void
read_asked(const MwRequest *request, MwAsked *asked, const MwTableReader *reader)
{
    const char *const *header = reader ? mw_table_header(reader) : NULL;
    const char *constants = mw_form_param(request, "constants");
    const char *delimiter = some(mw_param(request, "delimiter"));
    const char *what = some(mw_param(request, "what")), *file = some(mw_param(request, "file"));

    asked->what = g_strdup(what ? what : "accounts");
    asked->file_name = g_strdup(file ? file : "file");
    asked->match = g_strdup(some(mw_form_param(request, "match")));
    asked->encoding = g_strdup(some(mw_param(request, "encoding")));
    asked->sheet = g_strdup(some(mw_param(request, "sheet")));
    asked->delimiter = delimiter ? (g_str_equal(delimiter, "tab") ? '\t' : *delimiter) : '\0';
    for (size_t i = 0; header && header[i] && i < COLUMNS_MAX; i++) {
        g_autofree char *name = g_strdup_printf("col.%zu", i);
        const char *key = some(mw_form_param(request, name));
        if (key)
            g_ptr_array_add(asked->map, g_strdup_printf("%s=%s", key, header[i]));
    }
    g_auto(GStrv) lines = g_strsplit(constants ? constants : "", "\n", 200);
    for (char **line = lines; *line; line++)
        if (*g_strstrip(*line))
            g_ptr_array_add(asked->constants, g_strdup(*line));
    for (size_t i = 0; i < request->n_form; i++)
        if (g_str_equal(request->form[i].name, "create"))
            g_ptr_array_add(asked->create, g_strdup(request->form[i].value));
}

static bool
keep_mapping(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    *(json_t **)data = json_loads(c[0].is == MW_TEXT ? c[0].text : "[]", 0, NULL);
    return false;
}

/* The key that a column was given the last time, when the user last took such a file in. */
static const char *
remembered(const json_t *mapping, const char *column)
{
    json_t *one;
    size_t at;

    json_array_foreach(mapping, at, one)
    {
        const char *text = json_string_value(one), *equals = text ? strchr(text, '=') : NULL;
        if (equals && g_str_equal(equals + 1, column))
            return text;
    }
    return NULL;
}

/* What a key of a mapping is called: "Account › Country"; `usual` when it means several things. */
static char *
label_of(const MwShape *shape, const MwCatalog *catalog, const char *key, const char *usual)
{
    g_autoptr(GArray) paths = g_array_new(false, false, sizeof(MwPath));

    if (!mw_shape_paths(shape, catalog, key, paths) || paths->len == 0)
        return g_strdup(usual);
    const MwPath *path = &g_array_index(paths, MwPath, 0);
    const char *link = path->link ? mw_field_label(path->link) : NULL;
    const char *field = path->field ? mw_field_label(path->field) : NULL;
    return link && field ? g_strdup_printf("%s › %s", link, field) : g_strdup(link ? link : field);
}

static void
put_columns(const MwRequest *request, MwNode *page, const MwShape *shape, const json_t *mapping,
            const MwTableReader *reader)
{
    const MwCatalog *catalog = request->context->catalog;
    g_autoptr(GPtrArray) keys = mw_shape_keys(shape, catalog);
    g_autoptr(GHashTable) given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *const *header = mw_table_header(reader);
    MwNode *list = mw_put_list(page, "columns");

    for (size_t i = 0; header[i] && i < COLUMNS_MAX; i++) {
        g_autofree char *name = g_strdup_printf("col.%zu", i);
        const char *sent = mw_form_param(request, name), *before = remembered(mapping, header[i]);
        g_autofree char *key = sent     ? g_strdup(sent)
                               : before ? g_strndup(before, strcspn(before, "="))
                                        : mw_shape_guess(shape, catalog, header[i]);
        MwNode *item = mw_put_object(list, NULL), *options;
        if (key && *key && !sent && !g_hash_table_add(given, g_strdup(key)))
            *key = '\0'; /* a guess is for one column */
        mw_put_copy(item, "name", name);
        mw_put_copy(item, "column", header[i]);
        options = mw_put_list(item, "options");
        for (guint k = 0; k + 1 < keys->len; k += 2) {
            MwNode *option = mw_put_object(options, NULL);
            mw_put_copy(option, "value", keys->pdata[k]);
            g_autofree char *label = label_of(shape, catalog, keys->pdata[k], keys->pdata[k + 1]);
            mw_put_copy(option, "label", label);
            mw_put_bool(option, "chosen", g_strcmp0(key, keys->pdata[k]) == 0);
        }
    }
}

static bool
put_preview(MwNode *page, MwTableReader *reader, GError **error)
{
    MwNode *rows = mw_put_list(page, "rows");
    MwTableRow row;
    g_autoptr(GError) local = NULL;

    for (int n = 0; n < PREVIEW_ROWS && mw_table_next(reader, &row, &local); n++) {
        MwNode *node = mw_put_object(rows, NULL), *cells = mw_put_list(node, "cells");
        for (size_t i = 0; i < row.n_cells && i < COLUMNS_MAX; i++) {
            g_autofree char *text =
                g_utf8_substring(row.cells[i], 0, MIN(80, g_utf8_strlen(row.cells[i], -1)));
            mw_put_copy(cells, NULL, text);
        }
        mw_put_copy(node, "fault", row.fault);
    }
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    return true;
}

static void
put_formats(const MwRequest *request, MwNode *page, const MwTableReader *reader)
{
    static const char *const delimiters[][2] = {
        { ",", "," }, { ";", ";" }, { "tab", "Tab" }, { "|", "|" }
    };
    static const char *const encodings[] = { "UTF-8", "GB18030", "UTF-16LE", "Big5" };
    const char *const *sheets = mw_table_sheets(reader);
    const char *delimiter = some(mw_param(request, "delimiter"));
    const char *encoding = some(mw_param(request, "encoding"));
    const char *sheet = some(mw_param(request, "sheet"));
    MwNode *fields = mw_put_list(page, "formats"), *field;
    const char found[] = { mw_table_delimiter(reader), '\0' };

    put_shapes(request, mw_ask(fields, "select", "what", _("What the file holds"), NULL, NULL),
               mw_param(request, "what"));
    if (sheets && *sheets) {
        field = mw_ask(fields, "select", "sheet", _("Sheet"), NULL, NULL);
        for (; *sheets; sheets++)
            mw_ask_option(field, *sheets, *sheets, g_strcmp0(sheet, *sheets) == 0);
        return;
    }
    field = mw_ask(fields, "select", "delimiter", _("Between the cells"), NULL, NULL);
    g_autofree char *as_found = g_strdup_printf(_("as found: %s"), *found == '\t' ? "Tab" : found);
    mw_ask_option(field, "", as_found, false);
    for (size_t i = 0; i < G_N_ELEMENTS(delimiters); i++)
        mw_ask_option(field, delimiters[i][0], delimiters[i][1],
                      g_strcmp0(delimiter, delimiters[i][0]) == 0);
    field = mw_ask(fields, "select", "encoding", _("Encoding"), NULL, NULL);
    g_autofree char *encoding_found = g_strdup_printf(_("as found: %s"), mw_table_encoding(reader));
    mw_ask_option(field, "", encoding_found, false);
    for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++)
        mw_ask_option(field, encodings[i], encodings[i], g_strcmp0(encoding, encodings[i]) == 0);
}

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
        if (!target || field->flags & (MW_SYSTEM | MW_READ_ONLY) || target->nav == MW_NAV_MANAGE ||
            !mw_shape_possible(target) || g_strcmp0(entity->master, field->name) == 0)
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "name", field->name);
        mw_put_text(item, "label", mw_field_label(field));
        mw_put_bool(item, "checked", is_listed(asked->create, field->name));
    }
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
    field = mw_ask(fields, "memo", "constants", _("The same in every row"),
                   mw_form_param(request, "constants"), NULL);
    mw_ask_more(field, false, _("One a line, such as currency=CNY."));
}

static void
put_report(MwNode *page, const MwImportReport *report)
{
    MwNode *node = mw_put_object(page, "report"), *list;

    mw_put_format(node, "rows_read", "%lld", (long long)report->done);
    mw_put_format(node, "rejected", "%lld", (long long)report->rejected);
    mw_put_bool(node, "partly", report->cancelled);
    list = mw_put_list(node, "counts");
    for (guint i = 0; i < report->counts->len; i++) {
        const MwImportCount *c = &g_array_index(report->counts, MwImportCount, i);
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "label", mw_entity_plural(c->entity));
        mw_put_format(item, "created", "%lld", (long long)c->created);
        mw_put_format(item, "updated", "%lld", (long long)c->updated);
    }
    list = mw_put_list(node, "problems");
    for (guint i = 0; i < report->problems->len && i < 50; i++) {
        const MwImportProblem *p = &g_array_index(report->problems, MwImportProblem, i);
        MwNode *item = mw_put_object(list, NULL);
        mw_put_format(item, "line", "%lld", (long long)p->line);
        mw_put_copy(item, "field", p->field);
        mw_put_copy(item, "message", p->message);
    }
    list = mw_put_list(node, "warnings");
    for (guint i = 0; i < report->warnings->len; i++) {
        const MwImportWarning *w = &g_array_index(report->warnings, MwImportWarning, i);
        MwNode *item = mw_put_object(list, NULL);
        mw_put_copy(item, "field", w->field);
        mw_put_copy(item, "message", w->message);
        mw_put_format(item, "count", "%lld", (long long)w->count);
    }
}

/* The page of the mapping; `report` of a check, `problem` of what was asked: may be NULL. */
static bool
show_mapping(const MwRequest *request, MwReply *reply, const MwAsked *asked, MwTableReader *reader,
             const MwImportReport *report, const char *problem, GError **error)
{
    const MwContext *context = request->context;
    MwNode *page = mw_view_root(request->view);
    MwValue params[] = { MW_BORROW(asked->what), MW_INT(mw_actor_user(context->actor)) };
    json_t *mapping = NULL;
    MwShape shape;

    if (!mw_shape_find(context->catalog, asked->what, &shape, error) ||
        !mw_store_begin(context->store, false, error))
        return false;
    bool read = mw_store_run(context->store,
                             "SELECT mapping FROM import_run WHERE entity = $1 AND owner = $2 "
                             "AND deleted_at IS NULL ORDER BY id DESC LIMIT 1",
                             params, 2, keep_mapping, &mapping, error);
    mw_store_rollback(context->store);
    mw_put_text(page, "title", _("Import a file"));
    mw_put_copy(page, "subtitle", asked->file_name);
    mw_put_crumb(page, _("Imports"), "/imports");
    mw_put_format(page, "action", "/imports/upload/%s", request->name);
    mw_put_copy(page, "file", asked->file_name);
    mw_put_copy(page, "what", asked->what);
    mw_put_copy(page, "delimiter", mw_param(request, "delimiter"));
    mw_put_copy(page, "encoding", asked->encoding);
    mw_put_copy(page, "sheet", asked->sheet);
    mw_put_copy(page, "problem", problem);
    if (report)
        put_report(page, report);
    else
        mw_put_text(page, "report", NULL);
    if (read && put_preview(page, reader, error)) {
        put_formats(request, page, reader);
        put_columns(request, page, &shape, mapping, reader);
        put_rules(request, page, &shape, asked);
    } else {
        read = false;
    }
    json_decref(mapping);
    if (problem)
        mw_reply_status(reply, 422);
    return read && mw_reply_page(request, reply, "import/mapping", error);
}

static MwTableReader *
open_upload(const MwRequest *request, MwAsked *asked, GError **error)
{
    const char *delimiter = some(mw_param(request, "delimiter"));
    MwTableOptions table = { .delimiter = !delimiter                      ? '\0'
                                          : g_str_equal(delimiter, "tab") ? '\t'
                                                                          : *delimiter,
                             .encoding = some(mw_param(request, "encoding")),
                             .sheet = some(mw_param(request, "sheet")) };

    asked->path = path_of(request, request->name);
    if (!asked->path || !g_file_test(asked->path, G_FILE_TEST_EXISTS))
        return mw_fail_null(error, MW_ERROR_NOT_FOUND,
                            _("The file is no longer here; please upload it again."));
    return mw_table_open(asked->path, &table, error);
}

static bool
get_mapping(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(MwAsked) asked = { 0 };

    mw_asked_init(&asked);
    g_autoptr(MwTableReader) reader = open_upload(request, &asked, error);
    if (!reader)
        return false;
    read_asked(request, &asked, reader);
    return show_mapping(request, reply, &asked, reader, NULL, NULL, error);
}

static bool
still_time(int64_t done G_GNUC_UNUSED, int64_t all G_GNUC_UNUSED, void *end)
{
    return g_get_monotonic_time() < *(int64_t *)end;
}

static bool
check(const MwRequest *request, MwReply *reply, const MwAsked *asked, MwTableReader *reader,
      GError **error)
{
    const MwContext *context = request->context;
    MwImportOptions options = mw_asked_options(asked);
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) local = NULL;
    int64_t end = g_get_monotonic_time() + CHECK_SECONDS * G_USEC_PER_SEC;

    options.dry_run = true;
    if (mw_import(context->company, context->store, (MwActor *)context->actor, &options, NULL,
                  still_time, &end, &report, &local))
        return show_mapping(request, reply, asked, reader, &report, NULL, error);
    if (local->domain == MW_ERROR && local->code == MW_ERROR_INVALID)
        return show_mapping(request, reply, asked, reader, NULL, local->message, error);
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

typedef struct {
    const MwRequest *request;
    const MwAsked *asked;
    int64_t job;
} Queue;

static bool
write_queue(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    Queue *queue = data;
    MwContext context = *queue->request->context;
    g_autoptr(MwActor) system = mw_company_system(context.company);
    json_t *payload = mw_asked_write(queue->asked);
    char user[24];

    g_snprintf(user, sizeof user, "%lld", (long long)mw_actor_user(context.actor));
    json_object_set_new(payload, "user", json_string(user));
    char *text = json_dumps(payload, JSON_COMPACT);
    json_decref(payload);
    context.actor = system; /* jobs are the system's own */
    queue->job = mw_job_add(&context, "import", text, context.now, error);
    free(text);
    return queue->job > 0;
}

static bool
post_mapping(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(MwAsked) asked = { 0 };
    Queue queue = { request, &asked, 0 };

    mw_asked_init(&asked);
    g_autoptr(MwTableReader) reader = open_upload(request, &asked, error);
    if (!reader)
        return false;
    read_asked(request, &asked, reader);
    if (asked.map->len == 0)
        return show_mapping(request, reply, &asked, reader, NULL,
                            _("Say of at least one column where it goes."), error);
    if (g_strcmp0(mw_form_param(request, "action"), "run") != 0)
        return check(request, reply, &asked, reader, error);
    if (!mw_store_atomically(request->context->store, write_queue, &queue, error))
        return false;
    g_autofree char *next = g_strdup_printf("/imports/work/%lld", (long long)queue.job);
    return mw_reply_see_other(reply, next);
}

const MwRoute mw_import_routes[] = {
    { MW_GET, "/import/{name}", MW_FOR_USERS, 0, MW_RUN_READ, lead_to_new },
    { MW_GET, "/imports/new", MW_FOR_USERS, 0, MW_RUN_READ, show_new },
    { MW_POST, "/imports/new", MW_FOR_USERS, 0, MW_RUN_SLOW, upload },
    { MW_GET, "/imports/upload/{name}", MW_FOR_USERS, 0, MW_RUN_SLOW, get_mapping },
    { MW_POST, "/imports/upload/{name}", MW_FOR_USERS, 0, MW_RUN_SLOW, post_mapping },
    { .path = NULL },
};
