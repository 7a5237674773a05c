#pragma once
/*
 * dataset: the published data sets that some tests check against. They are not part of the
 * project; without them such a test skips and says so.
 */
#include <glib.h>

/* The path of a file under $MILLWRIGHT_DATA (default ../shared/data, from the source root), or
 * NULL after g_test_skip(). */
static inline char *
dataset_path(const char *name)
{
    const char *folder = g_getenv("MILLWRIGHT_DATA");
    g_autofree char *path =
        folder ? g_build_filename(folder, name, NULL)
               : g_build_filename(MW_SOURCE_ROOT, "..", "shared", "data", name, NULL);

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&path);
    g_autofree char *reason = g_strdup_printf("no data set at %s", path);
    g_test_skip(reason);
    return NULL;
}

/* Its lines, without line ends and without a last empty one; NULL after g_test_skip(). Free with
 * g_strfreev(). */
static inline char **
dataset_lines(const char *name)
{
    g_autofree char *path = dataset_path(name), *text = NULL;

    if (!path)
        return NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_autofree char **pieces = g_strsplit(g_strchomp(text), "\n", -1);
    for (char **line = pieces; *line; line++)
        g_strchomp(*line);
    return g_steal_pointer(&pieces);
}
