/* millwright export: the records of a list as CSV or XLSX. */
#include "exchange/export.h"

#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "record/filter.h"

static char *format, *filter_text, *order, *columns, *output;
static gboolean raw, keys, lines, for_excel;

static const GOptionEntry options[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &format,
      N_("csv or xlsx; else as the name of the file says"), N_("FORMAT") },
    { "filter", 0, 0, G_OPTION_ARG_STRING, &filter_text, N_("Such as 'class=eq.A&city=like.X*'"),
      N_("FILTER") },
    { "order", 0, 0, G_OPTION_ARG_STRING, &order, N_("Such as -ordered_at,number"), N_("FIELD,…") },
    { "columns", 0, 0, G_OPTION_ARG_STRING, &columns, N_("Only these fields"), N_("FIELD,…") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("File; else standard output"),
      N_("FILE") },
    { "lines", 0, 0, G_OPTION_ARG_NONE, &lines, N_("A row a line of each record"), NULL },
    { "raw", 0, 0, G_OPTION_ARG_NONE, &raw,
      N_("Names of fields and values as an import takes them back"), NULL },
    { "keys", 0, 0, G_OPTION_ARG_NONE, &keys, N_("IDs of linked records beside their titles"),
      NULL },
    { "excel", 0, 0, G_OPTION_ARG_NONE, &for_excel,
      N_("CSV that Excel opens: with a byte order mark, formulas made harmless"), NULL },
    G_OPTION_ENTRY_NULL,
};

static bool
find_format(MwTableFormat *found, GError **error)
{
    const char *name = format                                        ? format
                       : output && g_str_has_suffix(output, ".xlsx") ? "xlsx"
                                                                     : "csv";

    *found = g_str_equal(name, "xlsx") ? MW_TABLE_XLSX : MW_TABLE_CSV;
    if (g_str_equal(name, "csv") || g_str_equal(name, "xlsx"))
        return true;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                _("The format is csv or xlsx, not “%s”."), name);
    return false;
}

static const MwEntity *
find_entity(const MwContext *context, const char *name, GError **error)
{
    const MwEntity *entity = mw_catalog_by_path(context->catalog, name);

    if (!entity)
        entity = mw_catalog_entity(context->catalog, name);
    if (entity && !(entity->flags & MW_HIDDEN))
        return entity;
    return mw_fail_null(error, MW_ERROR_NOT_FOUND, _("There is no list “%s”."), name);
}

static bool
read_query(const MwContext *context, MwQuery *query, MwFilter **filter, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();

    *filter =
        mw_filter_parse_text(context, query->entity, filter_text ? filter_text : "", problems);
    query->filter = *filter;
    if (*filter && (!order || mw_order_parse_list(context, order, query, problems)))
        return true;
    g_autofree char *text = mw_problems_text(problems);
    return mw_fail(error, MW_ERROR_INVALID, "%s", text);
}

static bool export(const MwContext *context, const char *name, GError **error)
{
    MwQuery query = { .entity = find_entity(context, name, error) };
    g_autoptr(MwFilter) filter = NULL;
    g_auto(GStrv) named = columns ? g_strsplit(columns, ",", -1) : NULL;
    MwExportOptions asked = {
        .query = &query,
        .columns = (const char *const *)named,
        .raw = raw,
        .keys = keys,
        .lines = lines,
        .table = { .byte_order_mark = for_excel, .guard_formulas = for_excel },
    };

    if (!query.entity || !find_format(&asked.table.format, error) ||
        !read_query(context, &query, &filter, error))
        return false;
    asked.table.sheet = mw_entity_plural(query.entity);
    bool done =
        mw_export_file(context, &asked, output ? output : "-", mw_progress_show, NULL, NULL, error);
    mw_progress_end();
    return done;
}

static bool
run(MwApp *app, int argc, char **argv, GError **error)
{
    MwContext context;

    if (argc != 2) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            _("Name one list, such as accounts."));
        return false;
    }
    if (!mw_app_begin(app, false, &context, error))
        return false;
    bool done = export(&context, argv[1], error);
    mw_app_end(app, &context, false, NULL);
    return done;
}

const MwCommand mw_command_export = {
    .name = "export",
    .summary = N_("Write the records of a list as CSV or XLSX"),
    .arguments = N_("LIST"),
    .options = options,
    .run = run,
};
