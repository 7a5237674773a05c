/* demo_process: how the demo company sells each kind of thing, and against whom. */
#include "cli/demo.h"

static MwInput *
stage_input(const MwDemo *demo, MwInput *process, const MwDemoStage *stage, int64_t position)
{
    MwInput *line =
        mw_input_add_detail(process, mw_catalog_entity(demo->context->catalog, "stage"), 0, false);

    mw_demo_put(line, "position", position);
    mw_input_set(line, "key", stage->key);
    mw_input_set(line, "name", demo->zh ? stage->zh : stage->en);
    mw_input_set(line, "kind", stage->kind);
    mw_input_set(line, "forecast_category", stage->category);
    mw_demo_put(line, "probability", stage->probability * 100);
    if (stage->days)
        mw_demo_put(line, "expected_days", stage->days);
    return line;
}

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

/* The gates name stages, which have an id only once they are saved. */
static bool
make_gates(const MwDemo *demo, int64_t id, const MwDemoStage *stages, GError **error)
{
    g_autoptr(MwInput) process = mw_demo_input(demo, "sales_process");

    for (const MwDemoStage *stage = stages; stage->key; stage++) {
        if (!stage->rule)
            continue;
        MwInput *gate = mw_input_add_detail(
            process, mw_catalog_entity(demo->context->catalog, "stage_gate"), 0, false);
        int64_t of = id_of(demo, "SELECT id FROM stage WHERE key = $1", stage->key, error);
        if (!of)
            return false;
        mw_demo_put(gate, "stage", of);
        mw_input_set(gate, "rule", stage->rule);
        mw_input_set(gate, "parameter", stage->parameter);
    }
    return mw_demo_save(demo->context, process, id, error) != 0;
}

static bool
make_process(MwDemo *demo, size_t i, GError **error)
{
    const MwDemoProcess *given = &mw_demo_processes[i];
    g_autoptr(MwInput) process = mw_demo_input(demo, "sales_process");
    int64_t position = 1;

    if (!given->stages) {
        demo->processes[i] =
            id_of(demo, "SELECT id FROM sales_process WHERE key = $1", given->key, error);
        return demo->processes[i] != 0;
    }
    mw_input_set(process, "key", given->key);
    mw_input_set(process, "name", demo->zh ? given->zh : given->en);
    mw_input_set(process, "type", given->key);
    for (const MwDemoStage *stage = given->stages; stage->key; stage++)
        stage_input(demo, process, stage, position++);
    demo->processes[i] = mw_demo_save(demo->context, process, 0, error);
    return demo->processes[i] && make_gates(demo, demo->processes[i], given->stages, error);
}

bool
mw_demo_make_processes(MwDemo *demo, GError **error)
{
    for (size_t i = 0; i < MW_DEMO_PROCESSES; i++)
        if (!make_process(demo, i, error))
            return false;
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
