#include "record/work.h"

#include "base/i18n.h"

typedef struct {
    MwCompany *company;
    MwWork work;
    void *data;
} Step;

static bool
run(MwStore *store, void *data, GError **error)
{
    const Step *step = data;
    g_autoptr(MwActor) system = mw_company_system(step->company);
    const char *language = mw_i18n_language();
    g_auto(MwContext) context;

    mw_context_begin(&context, step->company, store, system, "job");
    mw_context_use_language(&context);
    bool done = step->work(&context, step->data, error);
    mw_i18n_use(language);
    return done;
}

bool
mw_work_atomically(MwCompany *company, MwStore *store, MwWork work, void *data, GError **error)
{
    Step step = { company, work, data };

    if (!mw_store_atomically(store, run, &step, error))
        return false;
    return !mw_company_touched(company) || mw_company_reload(company, store, error);
}
