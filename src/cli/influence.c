/* millwright influence: who counts in a net of people, from a table of who goes to whom. */
#include <math.h>

#include "base/i18n.h"
#include "cli/cells.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/refusal.h"
#include "cli/ties.h"
#include "engines/influence.h"

/* Above this many steps (people x (people + ties)) the two measures that take them are left out. */
static const double work_max = 5e9;

static gboolean undirected, as_json;
static char *from_column, *to_column, *id_column, *path_from, *path_to;
static int largest_set = 3;
static double damping = 0.85;

static const GOptionEntry options[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from_column,
      N_("Column of who goes to somebody (default: the first)"), N_("COLUMN") },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to_column,
      N_("Column of whom they go to (default: the second)"), N_("COLUMN") },
    { "id", 0, 0, G_OPTION_ARG_STRING, &id_column,
      N_("Column of the person in NODES.csv (default: the first)"), N_("COLUMN") },
    { "undirected", 0, 0, G_OPTION_ARG_NONE, &undirected, N_("Take every tie both ways"), NULL },
    { "sets", 0, 0, G_OPTION_ARG_INT, &largest_set,
      N_("Best sets of 1 to K people by coverage (default 3)"), N_("K") },
    { "path-from", 0, 0, G_OPTION_ARG_STRING, &path_from,
      N_("Show a shortest way from this person"), N_("PERSON") },
    { "path-to", 0, 0, G_OPTION_ARG_STRING, &path_to, N_("… to this one"), N_("PERSON") },
    { "damping", 0, 0, G_OPTION_ARG_DOUBLE, &damping,
      N_("PageRank: probability to follow a tie (default 0.85)"), N_("D") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

/* People, ties, and what was found about them. */
typedef struct {
    MwNames people;
    GArray *ties;
    MwGraph graph;
    double density, reciprocity;                                           /* NAN: there is none */
    double *betweenness, *normalised, *closeness, *pagerank, *eigenvector; /* NULL: left out */
    const char *no_eigenvector, *no_betweenness;                           /* why */
    bool *articulation;
} Net;

static void
net_clear(Net *net)
{
    mw_names_clear(&net->people);
    g_clear_pointer(&net->ties, g_array_unref);
    mw_graph_clear(&net->graph);
    g_free(net->betweenness);
    g_free(net->normalised);
    g_free(net->closeness);
    g_free(net->pagerank);
    g_free(net->eigenvector);
    g_free(net->articulation);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Net, net_clear)

static const char *
name_of(const Net *net, size_t person)
{
    return mw_names_text(&net->people, person);
}

static bool
read_net(Net *net, const char *ties_path, const char *people_path, GError **error)
{
    g_autoptr(MwTableReader) people = people_path ? mw_table_open(people_path, NULL, error) : NULL;
    if (people_path && (!people || !mw_ties_read_people(people, id_column, &net->people, error)))
        return mw_fail_in(people_path, error);
    g_autoptr(MwTableReader) ties = mw_table_open(ties_path, NULL, error);
    return (ties && mw_ties_read(ties, from_column, to_column, &net->people, net->ties, error)) ||
           mw_fail_in(ties_path, error);
}

static bool
measure(Net *net, GError **error)
{
    const MwGraph *graph = &net->graph;
    const size_t n = graph->n_people;
    MwStatus status = MW_OK;

    if (mw_influence_density(graph, &net->density) != MW_OK)
        net->density = NAN;
    if (mw_influence_reciprocity(graph, &net->reciprocity) != MW_OK)
        net->reciprocity = NAN;
    net->articulation = g_new(bool, n);
    net->pagerank = g_new(double, n);
    status = mw_influence_pagerank(graph, damping, net->pagerank);
    if (status == MW_OK)
        status = mw_influence_articulation(graph, net->articulation);
    if (status == MW_OK && (double)n * (double)(n + graph->n_ties) <= work_max) {
        net->betweenness = g_new(double, n);
        net->normalised = g_new(double, n);
        net->closeness = g_new(double, n);
        status = mw_influence_betweenness(graph, false, net->betweenness);
        const double pairs = n < 3 ? 1.0 : (double)(n - 1) * (double)(n - 2) / (undirected ? 2 : 1);
        for (size_t p = 0; p < n; p++)
            net->normalised[p] = net->betweenness[p] / pairs;
        if (status == MW_OK)
            status = mw_influence_closeness(graph, net->closeness);
    } else {
        net->no_betweenness = _("The net is too large to walk from everybody to everybody.");
    }
    if (status != MW_OK)
        return mw_refuse(status, _("The net"), error);

    net->eigenvector = g_new(double, n);
    status = mw_influence_eigenvector(graph, net->eigenvector);
    if (status != MW_OK) {
        g_clear_pointer(&net->eigenvector, g_free);
        net->no_eigenvector =
            status == MW_NO_SOLUTION
                ? _("No way along the ties ever returns (a reporting line is like that), so the "
                    "eigenvector says nothing; take PageRank.")
                : _("The eigenvector does not settle: the net has parts of equal weight.");
    }
    return true;
}

static json_t *
value_at(const double *values, size_t person)
{
    return values ? mw_json_number(values[person]) : json_null();
}

static json_t *
nodes_json(const Net *net)
{
    json_t *nodes = json_array();

    for (size_t p = 0; p < net->graph.n_people; p++)
        json_array_append_new(
            nodes, json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:b}", "id", name_of(net, p),
                             "in_degree", (json_int_t)mw_graph_degree(&net->graph.in, p),
                             "out_degree", (json_int_t)mw_graph_degree(&net->graph.out, p),
                             "betweenness", value_at(net->betweenness, p), "betweenness_normalised",
                             value_at(net->normalised, p), "closeness", value_at(net->closeness, p),
                             "pagerank", value_at(net->pagerank, p), "eigenvector",
                             value_at(net->eigenvector, p), "articulation", net->articulation[p]));
    return nodes;
}

static json_t *
names_json(const Net *net, const uint32_t *people, size_t n)
{
    json_t *names = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(names, json_string(name_of(net, people[i])));
    return names;
}

/* Best sets of 1, 2, … people, as JSON. */
static bool
coverage_json(const Net *net, json_t **out, GError **error)
{
    g_autofree uint32_t *set = g_new(uint32_t, MW_COVERAGE_SET_MAX);
    const size_t n = net->graph.n_people;
    MwCoverage coverage;

    *out = json_array();
    for (size_t k = 1; k <= MIN((size_t)largest_set, n); k++) {
        const MwStatus status = mw_influence_coverage(&net->graph, k, set, &coverage);
        if (status != MW_OK)
            return mw_refuse(status, "--sets", error);
        json_array_append_new(*out, json_pack("{s:I, s:o, s:I, s:b, s:I}", "k", (json_int_t)k,
                                              "set", names_json(net, set, k), "covered",
                                              (json_int_t)coverage.covered, "exact", coverage.exact,
                                              "upper_bound", (json_int_t)coverage.upper_bound));
    }
    return true;
}

/* The asked-for way: null when none was asked for; `people` is null when there is none. */
static bool
path_json(const Net *net, json_t **out, GError **error)
{
    *out = json_null();
    if (!path_from)
        return true;

    const char *const ends[] = { path_from, path_to };
    uint32_t numbers[2];
    for (int i = 0; i < 2; i++)
        if (!mw_names_find(&net->people, ends[i], &numbers[i]))
            return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is nobody called “%s”."), ends[i]);

    g_autofree uint32_t *path = g_new(uint32_t, net->graph.n_people);
    size_t length = 0;
    const MwStatus status = mw_influence_path(&net->graph, numbers[0], numbers[1], path, &length);
    if (status != MW_OK && status != MW_NO_SOLUTION)
        return mw_refuse(status, _("The way"), error);
    *out = json_pack("{s:s, s:s, s:o, s:o}", "from", path_from, "to", path_to, "length",
                     status == MW_OK ? json_integer((json_int_t)length) : json_null(), "people",
                     status == MW_OK ? names_json(net, path, length + 1) : json_null());
    return true;
}

static json_t *
text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *
document(const Net *net, GError **error)
{
    const MwGraph *graph = &net->graph;
    json_t *coverage = NULL, *path = NULL;

    if (!coverage_json(net, &coverage, error) || !path_json(net, &path, error)) {
        json_decref(coverage);
        json_decref(path);
        return NULL;
    }
    return json_pack("{s:I, s:I, s:b, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "people",
                     (json_int_t)graph->n_people, "ties", (json_int_t)graph->n_ties, "directed",
                     !graph->undirected, "loops_left_out", (json_int_t)graph->n_loops,
                     "repeats_left_out", (json_int_t)graph->n_repeats, "density",
                     mw_json_number(net->density), "reciprocity", mw_json_number(net->reciprocity),
                     "nodes", nodes_json(net), "coverage", coverage, "path", path, "no_eigenvector",
                     text_or_null(net->no_eigenvector), "no_betweenness",
                     text_or_null(net->no_betweenness));
}

/* "A → B → C" or "A, B". */
static char *
joined(const json_t *names, const char *between)
{
    GString *text = g_string_new(NULL);
    size_t i;
    json_t *name;

    json_array_foreach(names, i, name)
    {
        if (i > 0)
            g_string_append(text, between);
        g_string_append(text, json_string_value(name));
    }
    return g_string_free(text, FALSE);
}

static const char *
shown(const double *values, size_t person)
{
    return mw_print_number(values ? values[person] : NAN, 4);
}

static void
print_nodes(const Net *net)
{
    const char *const headers[] = { _("Person"),      _("In"),        _("Out"),
                                    _("Betweenness"), _("Closeness"), _("PageRank"),
                                    _("Eigenvector"), _("Cut point"), NULL };
    MwPrintTable *table = mw_print_table_new("lrrrrrrl", headers);

    for (size_t p = 0; p < net->graph.n_people; p++)
        mw_print_table_row(
            table, name_of(net, p), mw_print_number((double)mw_graph_degree(&net->graph.in, p), 0),
            mw_print_number((double)mw_graph_degree(&net->graph.out, p), 0),
            shown(net->betweenness, p), shown(net->closeness, p), shown(net->pagerank, p),
            shown(net->eigenvector, p), net->articulation[p] ? _("yes") : "");
    mw_print_table_end(table);
}

static void
print_sets(const json_t *coverage)
{
    const char *const headers[] = { _("Set of"), _("Covered"), _("At most"), _("People"), NULL };
    MwPrintTable *table = mw_print_table_new("rrrl", headers);
    size_t i;
    json_t *row;

    json_array_foreach(coverage, i, row)
    {
        g_autofree char *people = joined(json_object_get(row, "set"), ", ");
        mw_print_table_row(
            table, mw_print_number((double)(i + 1), 0),
            mw_print_number(json_number_value(json_object_get(row, "covered")), 0),
            mw_print_number(json_number_value(json_object_get(row, "upper_bound")), 0), people);
    }
    mw_print_table_end(table);
}

static void
print_all(const Net *net, const json_t *all)
{
    const json_t *path = json_object_get(all, "path");

    g_print(_("%zu people, %zu ties, density %s, reciprocity %s\n\n"), net->graph.n_people,
            net->graph.n_ties, mw_print_number(net->density, 4),
            mw_print_number(net->reciprocity, 4));
    print_nodes(net);
    g_print("\n");
    print_sets(json_object_get(all, "coverage"));
    if (json_is_object(path)) {
        g_autofree char *people = joined(json_object_get(path, "people"), " → ");
        g_print("\n%s\n", *people ? people : _("There is no way between them."));
    }
    if (net->no_eigenvector)
        g_print("\n%s\n", net->no_eigenvector);
    if (net->no_betweenness)
        g_print("\n%s\n", net->no_betweenness);
}

static bool
run(MwApp *app G_GNUC_UNUSED, int argc, char **argv, GError **error)
{
    g_auto(Net)
        net = { .people = mw_names_new(), .ties = g_array_new(FALSE, FALSE, sizeof(MwTie)) };
    if (argc != 2 && argc != 3)
        return mw_wrong_call(error, _("Name a table of ties and, if you like, one of people."));
    if (largest_set < 0 || largest_set > (int)MW_COVERAGE_SET_MAX)
        return mw_refuse_option(MW_OUT_OF_RANGE, "--sets", error);
    if (!(damping >= 0.0 && damping < 1.0))
        return mw_refuse_option(MW_OUT_OF_RANGE, "--damping", error);
    if (!path_from != !path_to)
        return mw_wrong_call(error, _("A way needs --path-from and --path-to."));
    if (!read_net(&net, argv[1], argc == 3 ? argv[2] : NULL, error))
        return false;

    const MwStatus status =
        mw_graph_build(net.people.texts->len, (const MwTie *)(void *)net.ties->data, net.ties->len,
                       undirected, &net.graph);
    if (status != MW_OK)
        return mw_refuse(status, argv[1], error);
    if (!measure(&net, error))
        return false;

    json_t *all = document(&net, error);
    if (!all)
        return false;
    if (as_json) {
        mw_print_json(all);
    } else {
        print_all(&net, all);
        json_decref(all);
    }
    return true;
}

const MwCommand mw_command_influence = {
    .name = "influence",
    .summary = N_("Show who counts in a net of people"),
    .arguments = N_("EDGES.csv [NODES.csv]"),
    .details =
        N_("EDGES.csv has a tie a row: who goes to whom. NODES.csv adds people without ties and "
           "sets the order.\nSee docs/methods/influence.md."),
    .options = options,
    .run = run,
};
