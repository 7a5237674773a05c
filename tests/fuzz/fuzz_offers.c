/* offers: any table is refused, or is a log whose every option is one of the domain's. */
#include "cli/negotiation_input.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char text[] = "{\"issues\": [{\"name\": \"Price\", \"options\": [\"9\", \"8\"]},"
                               " {\"name\": \"Days\", \"from\": -1, \"to\": 2}]}";
    g_autoptr(MwDomain) domain = mw_domain_read(text, sizeof text - 1, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(MwTableReader) reader = mw_table_open_bytes(bytes, size, NULL, &error);
    g_autoptr(GPtrArray) offers = reader ? mw_offers_read(domain, reader, &error) : NULL;

    g_assert_true((offers == NULL) == (error != NULL));
    for (guint i = 0; offers && i < offers->len; i++) {
        const MwOffer *offer = offers->pdata[i];
        g_assert_cmpuint(offer->options[0], <, 2);
        g_assert_cmpuint(offer->options[1], <, 4);
    }
    return 0;
}
