/* report: what came of an import. */
#include "base/i18n.h"
#include "exchange/importer.h"

static void
problem_clear(gpointer data)
{
    MwImportProblem *problem = data;

    g_free(problem->field);
    g_free(problem->message);
}

static void
warning_clear(gpointer data)
{
    MwImportWarning *warning = data;

    g_free(warning->field);
    g_free(warning->message);
}

void
mw_import_report_clear(MwImportReport *report)
{
    g_clear_pointer(&report->counts, g_array_unref);
    g_clear_pointer(&report->problems, g_array_unref);
    g_clear_pointer(&report->warnings, g_array_unref);
}

void
mw_report_init(MwImportReport *report)
{
    *report = (MwImportReport){
        .counts = g_array_new(false, true, sizeof(MwImportCount)),
        .problems = g_array_new(false, true, sizeof(MwImportProblem)),
        .warnings = g_array_new(false, true, sizeof(MwImportWarning)),
    };
    g_array_set_clear_func(report->problems, problem_clear);
    g_array_set_clear_func(report->warnings, warning_clear);
}

json_t *
mw_import_report_json(const MwImportReport *report, bool dry_run)
{
    json_t *created = json_object(), *updated = json_object();
    json_t *problems = json_array(), *warnings = json_array();
    char run[24];

    for (guint i = 0; i < report->counts->len; i++) {
        const MwImportCount *c = &g_array_index(report->counts, MwImportCount, i);
        json_object_set_new(created, c->entity->name, json_integer(c->created));
        json_object_set_new(updated, c->entity->name, json_integer(c->updated));
    }
    for (guint i = 0; i < report->problems->len; i++) {
        const MwImportProblem *p = &g_array_index(report->problems, MwImportProblem, i);
        json_array_append_new(problems, json_pack("{s:I,s:s,s:s}", "line", (json_int_t)p->line,
                                                  "field", p->field, "message", p->message));
    }
    for (guint i = 0; i < report->warnings->len; i++) {
        const MwImportWarning *w = &g_array_index(report->warnings, MwImportWarning, i);
        json_array_append_new(warnings, json_pack("{s:s,s:s,s:I}", "field", w->field, "message",
                                                  w->message, "count", (json_int_t)w->count));
    }
    g_snprintf(run, sizeof run, "%" G_GINT64_FORMAT, report->run);
    return json_pack("{s:s?,s:b,s:b,s:I,s:I,s:I,s:o,s:o,s:o,s:o}", "run", report->run ? run : NULL,
                     "dry_run", dry_run, "resumed", report->resumed, "rows",
                     (json_int_t)report->rows, "lines", (json_int_t)report->lines, "rejected",
                     (json_int_t)report->rejected, "created", created, "updated", updated,
                     "warnings", warnings, "problems", problems);
}

static void
warn(MwImportReport *report, const char *key, int64_t count, const char *message)
{
    if (count == 0)
        return;
    for (guint i = 0; i < report->warnings->len; i++) {
        MwImportWarning *known = &g_array_index(report->warnings, MwImportWarning, i);
        if (g_str_equal(known->field, key) && g_str_equal(known->message, message)) {
            known->count += count;
            return;
        }
    }
    MwImportWarning warning = { g_strdup(key), g_strdup(message), count };
    g_array_append_val(report->warnings, warning);
}

void
mw_report_differences(const MwImporter *importer)
{
    const MwPlan *plan = importer->plan;

    for (guint i = 0; i < plan->values->len; i++) {
        const MwPlanValue *value = mw_plan_value(plan, i);
        int64_t n = 0;
        g_autofree char *message = NULL;
        if (value->path.link && value->path.field) {
            for (guint j = 0; j < value->links->all->len; j++) {
                const MwLinkEntry *entry = value->links->all->pdata[j];
                n += entry->differs >> value->link_field & 1;
            }
            message = g_strdup_printf(_("%s with different values; the first one counts"),
                                      mw_entity_plural_inside(value->links->target));
        } else {
            n = (int64_t)importer->differing[i];
            message = g_strdup_printf(_("%s with different values; the first one counts"),
                                      mw_entity_plural_inside(plan->shape.entity));
        }
        warn(importer->report, value->key, n, message);
    }
}
