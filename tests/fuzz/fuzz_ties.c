/* ties: any table of people and ties is refused with a reason, or makes a graph of exactly its people. */
#include "cli/ties.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const MwTableOptions options = { .limits = { .total_bytes = 1 << 20, .rows = 5000 } };
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) ties = g_array_new(FALSE, FALSE, sizeof(MwTie));
    g_auto(MwNames) people = mw_names_new();
    g_autoptr(MwTableReader) first = mw_table_open_bytes(bytes, size, &options, &error);
    bool read = first && mw_ties_read_people(first, NULL, &people, &error);
    const guint known = people.texts->len;

    if (read) {
        g_autoptr(MwTableReader) again = mw_table_open_bytes(bytes, size, &options, &error);
        read = again && mw_ties_read(again, NULL, NULL, &people, ties, &error);
    }
    g_assert_true(read == (error == NULL));
    if (!read || people.texts->len == 0)
        return 0;

    /* Whoever goes to somebody stands in the first column, and so was known. */
    MwGraph graph;
    for (guint i = 0; i < ties->len; i++)
        g_assert_cmpuint(g_array_index(ties, MwTie, i).from, <, known);
    g_assert_cmpint(mw_graph_build(people.texts->len, (const MwTie *)(void *)ties->data, ties->len,
                                   false, &graph),
                    ==, MW_OK);
    g_assert_cmpuint(graph.n_ties + graph.n_loops + graph.n_repeats, ==, ties->len);
    mw_graph_clear(&graph);
    return 0;
}
