/* status: every value has a name of its own. */
#include <glib.h>

#include "engines/status.h"

static void
test_names(void)
{
    for (int i = MW_OK; i <= MW_NO_MEMORY; i++) {
        g_assert_cmpstr(mw_status_name((MwStatus)i), !=, "unknown");
        for (int j = MW_OK; j < i; j++)
            g_assert_cmpstr(mw_status_name((MwStatus)i), !=, mw_status_name((MwStatus)j));
    }
    g_assert_cmpstr(mw_status_name((MwStatus)99), ==, "unknown");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/status/names", test_names);
    return g_test_run();
}
