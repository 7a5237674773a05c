/* demo_process: how the demo company sells each kind of thing, and against whom. */
#include "cli/demo.h"

static int64_t
id_of(const MwDemo *demo, const char *sql, const char *key, GError **error)
{
    MwValue param = MW_BORROW(key);
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_store_scalar(demo->context->store, sql, &param, 1, &found, error))
        return 0;
    if (found.is != MW_INTEGER)
        g_set_error(error, MW_ERROR, MW_ERROR_INTERNAL, "there is no “%s”", key);
    return found.is == MW_INTEGER ? found.integer : 0;
}

bool
mw_demo_make_processes(MwDemo *demo, GError **error)
{
    for (size_t i = 0; i < MW_DEMO_PROCESSES; i++) {
        demo->processes[i] =
            id_of(demo, "SELECT id FROM sales_process WHERE key = $1", mw_demo_processes[i], error);
        if (!demo->processes[i])
            return false;
    }
    for (size_t i = 0; i < MW_DEMO_COMPETITORS; i++) {
        const MwDemoCompetitor *given = &demo->deal_words->competitors[i];
        g_autoptr(MwInput) input = mw_demo_input(demo, "competitor");
        mw_input_set(input, "name", given->name);
        mw_input_set(input, "strengths", given->strengths);
        mw_input_set(input, "weaknesses", given->weaknesses);
        demo->competitors[i] = mw_demo_save(demo->context, input, 0, error);
        if (!demo->competitors[i])
            return false;
    }
    return true;
}
