/* replay: runs a fuzz target over its seeds, whole and cut short, as a test that speaks TAP. */
#include "fuzz.h"

enum { CUTS = 32 };

/* From a copy of exactly this size, so that AddressSanitizer sees a read beyond it. */
static void
feed(const char *bytes, size_t size)
{
    g_autofree uint8_t *copy = g_memdup2(bytes, size);

    LLVMFuzzerTestOneInput(copy ? copy : (const uint8_t *)"", size);
}

static void
replay(gconstpointer path)
{
    g_autofree char *bytes = NULL;
    gsize size = 0;

    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    for (size_t cut = 0; cut <= CUTS; cut++)
        feed(bytes, size * cut / CUTS);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
    g_autoptr(GDir) folder = g_dir_open(argv[1], 0, &error);
    g_assert_no_error(error);
    for (const char *name; (name = g_dir_read_name(folder));) {
        g_autofree char *test = g_strdup_printf("/%s", name);
        g_test_add_data_func_full(test, g_build_filename(argv[1], name, NULL), replay, g_free);
    }
    return g_test_run();
}
