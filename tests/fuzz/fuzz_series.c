/* series: any table is refused with a reason, or read as series whose forecast is refused or finite. */
#include <math.h>

#include "cli/series.h"
#include "engines/intermittent.h"
#include "fuzz.h"

static void
forecast(const MwSeries *series)
{
    const MwIntermittentOptions how = { MW_TSB, MW_START_MEAN, 0.1, 0.1 };
    const size_t n = series->periods->len;

    for (guint i = 0; i < series->names->len; i++) {
        MwIntermittent fit = { .rate = NAN };
        const MwStatus status = mw_intermittent(series->values + i * n, n, &how, &fit);
        g_assert_true((status == MW_OK) == (isfinite(fit.rate) && fit.rate >= 0.0));
    }
}

/* Both layouts from the same bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const MwTableOptions options = { .limits = {
                                         .total_bytes = 1 << 20, .rows = 2000, .columns = 200 } };
    const MwSeriesColumns columns = { .absent = NAN };

    for (int is_long = 0; is_long < 2; is_long++) {
        g_autoptr(GError) error = NULL;
        g_auto(MwSeries) series = { 0 };
        g_autoptr(MwTableReader) reader = mw_table_open_bytes(bytes, size, &options, &error);
        const bool read =
            reader && (is_long ? mw_series_read_long(reader, &columns, &series, &error)
                               : mw_series_read_wide(reader, &series, &error));
        g_assert_true(read == (error == NULL));
        if (read)
            forecast(&series);
    }
    return 0;
}
