/* negotiation: any bytes are refused, or make a domain; and a profile of it or of a fixed one. */
#include <math.h>

#include "cli/negotiation_input.h"
#include "fuzz.h"

static void
check_profile(const MwDomain *domain, const char *bytes, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MwProfile) profile = mw_profile_read(domain, bytes, size, &error);

    g_assert_true((profile == NULL) == (error != NULL));
    for (size_t i = 0; profile && i < mw_domain_offset(domain, domain->issues->len); i++)
        g_assert_true(isfinite(profile->utilities[i]));
    g_assert_true(!profile || isfinite(profile->reservation));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char fixed[] = "{\"issues\": [{\"name\": \"Price\", \"options\": [\"9\", \"8\"]},"
                                " {\"name\": \"Days\", \"from\": -1, \"to\": 2}]}";
    const char *text = (const char *)bytes;
    g_autoptr(GError) error = NULL;
    g_autoptr(MwDomain) domain = mw_domain_read(text, size, &error);
    g_autoptr(MwDomain) other = mw_domain_read(fixed, sizeof fixed - 1, NULL);

    g_assert_true((domain == NULL) == (error != NULL));
    for (guint i = 0; domain && i < domain->issues->len; i++) {
        const MwIssue *issue = mw_domain_get(domain, i);
        g_assert_cmpint(mw_domain_issue(domain, issue->name), ==, (int)i);
        g_assert_cmpint(mw_issue_option(issue, issue->options->pdata[0]), ==, 0);
    }
    if (domain)
        check_profile(domain, text, size);
    check_profile(other, text, size);
    return 0;
}
