/* value-case: any bytes are refused, or make lines that the engine takes or refuses by a status. */
#include <math.h>

#include "cli/value_case.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autoptr(GError) error = NULL;
    json_t *document = mw_json_parse((const char *)bytes, size, &error);
    g_autoptr(MwValueFile) file = document ? mw_value_file_new(document, &error) : NULL;

    g_assert_true((file == NULL) == (error != NULL));
    if (!file)
        return 0;

    const MwValueCase value_case = { (const MwValueLine *)(gpointer)file->offer.lines->data,
                                     file->offer.lines->len, file->years, file->rate };
    double flows[MW_FLOWS_MAX], rates[MW_FLOWS_MAX], npv;
    size_t n;
    if (mw_value_flows(&value_case, flows) == MW_OK &&
        mw_irr(flows, NULL, file->years + 1, rates, &n) == MW_OK)
        for (size_t i = 0; i < n; i++)
            g_assert_true(rates[i] > MW_IRR_MIN && rates[i] <= MW_IRR_MAX);
    MwValueModel *model = NULL;
    if (mw_value_model_new(&value_case, &model) == MW_OK) {
        g_assert_cmpint(mw_value_draws(model, 1, 0, 1, &npv), ==, MW_OK);
        g_assert_false(isnan(npv));
    }
    mw_value_model_free(model);
    return 0;
}
