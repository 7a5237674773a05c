/* millwright import: the records of a file. */
#include "exchange/import.h"

#include "base/i18n.h"
#include "base/id.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"

static char **maps, **constants, **values, *create_missing, *match, *rejects, *delimiter, *encoding,
    *sheet;
static gboolean dry_run, afresh, as_json;

static const GOptionEntry options[] = {
    { "map", 0, 0, G_OPTION_ARG_STRING_ARRAY, &maps, N_("Which column goes where"),
      N_("FIELD=COLUMN,…") },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &constants, N_("The same value in every row"),
      N_("FIELD=VALUE") },
    { "value", 0, 0, G_OPTION_ARG_STRING_ARRAY, &values,
      N_("What a text of the file means; once for each text"), N_("FIELD:TEXT=MEANING") },
    { "create-missing", 0, 0, G_OPTION_ARG_STRING, &create_missing,
      N_("Make the records of these links that are missing"), N_("LINK,…") },
    { "match", 0, 0, G_OPTION_ARG_STRING, &match,
      N_("Change the records that have the same value in this field"), N_("FIELD") },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_("Write nothing, only report"), NULL },
    { "afresh", 0, 0, G_OPTION_ARG_NONE, &afresh,
      N_("Do not go on with an import that was interrupted"), NULL },
    { "rejects", 0, 0, G_OPTION_ARG_FILENAME, &rejects, N_("Where the rejected rows go"),
      N_("FILE") },
    { "delimiter", 0, 0, G_OPTION_ARG_STRING, &delimiter, N_("Between the cells; else it is found"),
      N_("CHARACTER") },
    { "encoding", 0, 0, G_OPTION_ARG_STRING, &encoding, N_("Such as GB18030; else it is found"),
      N_("NAME") },
    { "sheet", 0, 0, G_OPTION_ARG_STRING, &sheet, N_("Sheet of a workbook; else the first"),
      N_("NAME") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

/* "a=B,c=D" of each text as pairs. What has no "=" belongs to the pair before it: names of
 * columns hold commas too. */
static char **
split_pairs(char **texts)
{
    g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(g_free);

    for (; texts && *texts; texts++) {
        g_auto(GStrv) pieces = g_strsplit(*texts, ",", -1);
        guint first = pairs->len;
        for (char **piece = pieces; *piece; piece++) {
            if (strchr(*piece, '=') || pairs->len == first) {
                g_ptr_array_add(pairs, g_strdup(*piece));
                continue;
            }
            char *whole = g_strjoin(",", pairs->pdata[pairs->len - 1], *piece, NULL);
            g_free(pairs->pdata[pairs->len - 1]);
            pairs->pdata[pairs->len - 1] = whole;
        }
    }
    g_ptr_array_add(pairs, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&pairs), false);
}

/* ---- telling what came of it ---------------------------------------------------------- */

static void
print_report(const MwCatalog *catalog, const char *what, const MwImportReport *report)
{
    enum { SHOWN = 10 };
    MwShape shape;
    bool shaped = mw_shape_find(catalog, what, &shape, NULL);

    g_print(_("Rows: %lld, rejected: %lld\n"), (long long)report->rows,
            (long long)report->rejected);
    for (guint i = 0; i < report->counts->len; i++) {
        const MwImportCount *c = &g_array_index(report->counts, MwImportCount, i);
        g_print(_("%s: %lld created, %lld changed\n"), mw_entity_plural(c->entity),
                (long long)c->created, (long long)c->updated);
    }
    if (report->lines > 0)
        g_print(_("Lines: %lld\n"), (long long)report->lines);
    for (guint i = 0; i < report->warnings->len; i++) {
        const MwImportWarning *w = &g_array_index(report->warnings, MwImportWarning, i);
        g_autofree char *label =
            shaped ? mw_shape_label(&shape, catalog, w->field) : g_strdup(w->field);
        g_print(_("%s: %lld %s\n"), label, (long long)w->count, w->message);
    }
    for (guint i = 0; i < report->problems->len && i < SHOWN; i++) {
        const MwImportProblem *p = &g_array_index(report->problems, MwImportProblem, i);
        g_autofree char *label =
            shaped ? mw_shape_label(&shape, catalog, p->field) : g_strdup(p->field);
        g_print(_("Line %lld: %s%s%s\n"), (long long)p->line, label, *label ? ": " : "",
                p->message);
    }
    if (report->run)
        g_print(_("Undo it all with: millwright import undo %lld\n"), (long long)report->run);
    if (dry_run)
        g_print("%s\n", _("This was a dry run; nothing was written."));
}

/* ---- running ------------------------------------------------------------------------------ */

static bool
run_import(MwApp *app, const char *shape, const char *path, GError **error)
{
    MwCompany *company = mw_app_company(app, error);
    g_autoptr(MwStore) store = company ? mw_company_connect(company, MW_OPEN_BULK, error) : NULL;
    g_autoptr(MwActor) system = store ? mw_company_system(company) : NULL;
    g_auto(GStrv) map = split_pairs(maps), sets = split_pairs(constants);
    g_auto(GStrv) links = create_missing ? g_strsplit(create_missing, ",", -1) : NULL;
    g_auto(MwImportReport) report = { 0 };
    const MwImportOptions asked = {
        .path = path,
        .shape = shape,
        .map = maps ? (const char *const *)map : NULL,
        .constants = (const char *const *)sets,
        .values = (const char *const *)values,
        .create_missing = (const char *const *)links,
        .match = match,
        .dry_run = dry_run,
        .afresh = afresh,
        .table = { .delimiter = delimiter ? *delimiter : '\0',
                   .encoding = encoding,
                   .sheet = sheet },
    };

    if (!store)
        return false;
    g_autoptr(MwCatalog) catalog = mw_company_catalog(company);
    bool done =
        mw_import(company, store, system, &asked, rejects, mw_progress_show, NULL, &report, error);
    mw_progress_end();
    if (!done)
        return false;
    if (as_json)
        mw_print_json(mw_import_report_json(&report, dry_run));
    else
        print_report(catalog, shape, &report);
    return true;
}

/* ---- undoing ------------------------------------------------------------------------------- */

static void
print_undo(const MwUndone *undo)
{
    g_print(_("%lld removed, %lld set back, %lld kept\n"), (long long)undo->removed,
            (long long)undo->restored, (long long)undo->n_kept);
    for (guint i = 0; undo->kept && i < undo->kept->len; i++)
        g_print(_("Kept, because it has changed since or others refer to it: %s\n"),
                (const char *)undo->kept->pdata[i]);
}

static bool
undo_import(MwApp *app, const char *text, GError **error)
{
    int64_t run = mw_id_read(text);
    if (run == 0)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("“%s” is no id of an import; “millwright import” tells it at its end."),
                       text);
    MwCompany *company = mw_app_company(app, error);
    g_autoptr(MwStore) store = company ? mw_company_connect(company, MW_OPEN_BULK, error) : NULL;
    g_auto(MwUndone) undone = { 0 };
    bool done =
        store && mw_import_undo_run(company, store, run, 0, mw_progress_show, NULL, &undone, error);

    mw_progress_end();
    if (done && as_json)
        mw_print_json(mw_import_undone_json(&undone));
    else if (done)
        print_undo(&undone);
    return done;
}

static bool
run(MwApp *app, int argc, char **argv, GError **error)
{
    if (argc == 3 && g_str_equal(argv[1], "undo"))
        return undo_import(app, argv[2], error);
    if (argc != 3)
        return mw_wrong_call(
            error, _("Name what the file holds, such as orders or accounts, and the file."));
    return run_import(app, argv[1], argv[2], error);
}

const MwCommand mw_command_import = {
    .name = "import",
    .summary = N_("Take in records from a CSV or XLSX file"),
    .arguments = N_("WHAT FILE | undo RUN"),
    .details = N_("WHAT is orders (with their lines) or the name of a list, such as accounts.\n"
                  "Without --map the columns go where they went the last time, or where their "
                  "names say.\n"
                  "An import that was interrupted goes on when it is started again."),
    .options = options,
    .run = run,
};
